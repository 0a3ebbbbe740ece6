//! What the scanner takes and no peer does. libyaml and go-yaml v3 refuse all of it, PyYAML 6 too: a text that passed here would
//! fail where it is used.
//!
//! - a tab before what a line says, or behind the dash of a list
//! - a tab before a block of text has shown its indentation (PyYAML takes it)
//! - `: x` without a key
//! - a key in braces whose colon stands on another line
//! - within brackets, text without quotes that holds `?` or begins with `:`
//! - `&` and `*` with names of more than letters, digits, `_` and `-`
//! - a stream that begins with `...`
//! - a document that is one block of text at the left edge

use granit_parser::ErrorKind;

use crate::node::{Kind, Node, Pair, ScalarStyle, Span, Stream};
use crate::{Error, Result, syntax};

/// Looks a text over that the scanner took.
///
/// # Errors
/// `yaml/syntax` with the place.
pub(crate) fn check(text: &str, stream: &Stream) -> Result<()> {
    documents(text, stream)?;
    let strict = Strict { text, stream };
    stream.documents.iter().try_for_each(|document| strict.node(&document.root, false))?;
    tabs(text, stream)
}

fn error(kind: &ErrorKind, text: &str, at: usize) -> Error {
    let length = text[at..].chars().next().map_or(0, char::len_utf8);
    syntax::error(kind, text, Span::new(at, at + length))
}

fn refused(message: &str, span: Span, help: &str) -> Error {
    Error::new("yaml/syntax", message, span).with_help(help)
}

fn documents(text: &str, stream: &Stream) -> Result<()> {
    for document in &stream.documents {
        let span = document.root.span;
        if let Kind::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded) = document.root.kind
            && let Some(line) = text[span.range()].find('\n').map(|at| span.start + at + 1)
            && !text[line..].starts_with([' ', '\n', '\r', '\t'])
            && line < span.end
        {
            return Err(error(&ErrorKind::InvalidBlockScalarIndent, text, line));
        }
    }
    let mut at = text.len() - text.trim_start_matches('\u{feff}').len();
    for line in text[at..].split_inclusive('\n') {
        match line.trim_end() {
            "..." => return Err(error(&ErrorKind::ExpectedNodeContent, text, at)),
            said if said.is_empty() || said.starts_with('#') => at += line.len(),
            _ => break,
        }
    }
    Ok(())
}

struct Strict<'t> {
    text: &'t str,
    stream: &'t Stream,
}

impl Strict<'_> {
    fn node(&self, node: &Node, in_flow: bool) -> Result<()> {
        if let Some(anchor) = &node.anchor {
            self.name(**anchor)?;
        }
        let in_flow = in_flow || node.flow;
        match &node.kind {
            Kind::Scalar(_, ScalarStyle::Plain) if in_flow => self.plain_in_flow(node.span),
            Kind::Scalar(..) => Ok(()),
            Kind::Alias(_) => self.name(node.span),
            Kind::Sequence(items) => items.iter().try_for_each(|item| self.node(item, in_flow)),
            Kind::Mapping(pairs) => pairs.iter().try_for_each(|pair| {
                self.key(pair, in_flow)?;
                self.node(&pair.key, in_flow)?;
                self.node(&pair.value, in_flow)
            }),
        }
    }

    fn plain_in_flow(&self, span: Span) -> Result<()> {
        let said = &self.text[span.range()];
        let message = if said.contains('?') {
            "in brackets no text without quotes holds a question mark"
        } else if said.starts_with(':') {
            "in brackets no text without quotes begins with a colon"
        } else {
            return Ok(());
        };
        Err(refused(message, span, "put the text in quotes"))
    }

    /// `&name` or `*name`.
    fn name(&self, span: Span) -> Result<()> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if self.text[span.range()].chars().skip(1).all(is_part) {
            return Ok(());
        }
        Err(syntax::error(&ErrorKind::MissingAnchorOrAliasName, self.text, span))
    }

    /// Whether a key that begins here has a `?` before it.
    fn is_marked(&self, start: usize) -> bool {
        let mut before = self.text[..start].trim_end();
        let comments = &self.stream.comments;
        while let Ok(at) = comments.binary_search_by(|comment| comment.span.end.cmp(&before.len())) {
            before = self.text[..comments[at].span.start].trim_end();
        }
        before.ends_with('?')
    }

    fn key(&self, pair: &Pair, in_flow: bool) -> Result<()> {
        let key = &pair.key;
        let has_none = key.is_missing() && key.tag.is_none() && key.anchor.is_none();
        let start = begin(key);
        if self.is_marked(start) {
            return Ok(());
        }
        if has_none {
            return Err(error(&ErrorKind::InvalidColonPlacement, self.text, start));
        }
        // A key in a block that its colon does not follow is refused by the scanner.
        let behind = &self.text[key.span.end..begin(&pair.value).max(key.span.end)];
        let colon = behind.find(':').map(|at| key.span.end + at);
        match colon.filter(|_| in_flow) {
            Some(colon) if self.text[start..colon].contains('\n') => {
                let message = "a key in brackets and its colon stand on one line";
                Err(refused(message, key.span, "is the colon a part of text that needs quotes?"))
            }
            _ => Ok(()),
        }
    }
}

/// Where a node begins, with its tag and its anchor.
fn begin(node: &Node) -> usize {
    let tag = node.tag.as_ref().filter(|tag| !tag.span.is_empty()).map_or(usize::MAX, |tag| tag.span.start);
    let anchor = node.anchor.as_ref().map_or(usize::MAX, |anchor| anchor.start);
    node.span.start.min(tag).min(anchor)
}

/// Tabs where a token could begin. Within brackets and texts they are blanks, and between tokens of a line.
fn tabs(text: &str, stream: &Stream) -> Result<()> {
    if !text.contains('\t') {
        return Ok(());
    }
    let mut inside = Inside { text, ranges: Vec::new() };
    stream.documents.iter().try_for_each(|document| inside.node(&document.root, None))?;
    let mut ranges = inside.ranges.into_iter().peekable();
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        while ranges.next_if(|range| range.end <= start).is_some() {}
        let is_inside = ranges.peek().is_some_and(|range| range.start < start);
        match misplaced(line).filter(|_| !is_inside) {
            Some(at) => return Err(tab(text, start + at)),
            None => start += line.len(),
        }
    }
    Ok(())
}

fn tab(text: &str, at: usize) -> Error {
    error(&ErrorKind::TabInIndentation, text, at)
}

/// A tab before what a line says, dashes before it included, or on a line that says nothing.
fn misplaced(line: &str) -> Option<usize> {
    let mut rest = line;
    loop {
        let said = rest.trim_start_matches(' ');
        if said.starts_with('\t') {
            return Some(line.len() - said.len());
        }
        rest = said.strip_prefix(['-', '?', ':'])?;
        if !rest.starts_with([' ', '\t']) {
            return None;
        }
    }
}

/// How many blanks a line begins with.
fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

fn is_blank(line: &str) -> bool {
    line.trim().is_empty()
}

/// Texts, and what stands in brackets, in order: no token begins within.
struct Inside<'t> {
    text: &'t str,
    ranges: Vec<Span>,
}

impl Inside<'_> {
    /// `column` is that of the mapping or list in which it stands.
    fn node(&mut self, node: &Node, column: Option<usize>) -> Result<()> {
        let span = node.span;
        match &node.kind {
            Kind::Scalar(_, ScalarStyle::Literal | ScalarStyle::Folded) => return self.block(span),
            Kind::Scalar(_, ScalarStyle::Plain) if !node.is_missing() => {
                let indent = column.map_or(0, |column| column + 1);
                self.lines(span, indent)?;
                let end = self.blanks(span.end, indent, true);
                self.ranges.push(Span::new(span.start, end));
            }
            Kind::Scalar(..) => self.ranges.push(span),
            Kind::Alias(_) => {}
            _ if node.flow => self.ranges.push(span),
            Kind::Sequence(items) => {
                let column = Some(self.column(span.start));
                items.iter().try_for_each(|item| self.node(item, column))?;
            }
            Kind::Mapping(pairs) => {
                let column = Some(self.column(span.start));
                for pair in pairs {
                    self.node(&pair.key, column)?;
                    self.node(&pair.value, column)?;
                }
            }
        }
        Ok(())
    }

    /// The further lines of a text without quotes: no tab may indent them.
    fn lines(&self, span: Span, indent: usize) -> Result<()> {
        let mut at = span.start;
        for line in self.text[span.range()].split_inclusive('\n') {
            let blanks = indentation(line);
            if at > span.start && blanks < indent && line[blanks..].starts_with('\t') {
                return Err(tab(self.text, at + blanks));
            }
            at += line.len();
        }
        Ok(())
    }

    fn column(&self, at: usize) -> usize {
        at - self.text[..at].rfind('\n').map_or(0, |at| at + 1)
    }

    /// A block of text: how far it is indented is looked for before the first tab.
    fn block(&mut self, span: Span) -> Result<()> {
        let text = &self.text[span.range()];
        let header = text.find('\n').map_or(text.len(), |at| at + 1);
        let is_given =
            text[..header].split('#').next().is_some_and(|said| said.contains(|c: char| c.is_ascii_digit()));
        let mut at = span.start + header;
        let mut indent = 0;
        for line in self.text[at..span.end].split_inclusive('\n').take_while(|_| !is_given) {
            indent = indentation(line);
            if line[indent..].starts_with('\t') {
                return Err(tab(self.text, at + indent));
            }
            if !is_blank(line) {
                break;
            }
            at += line.len();
        }
        if header < text.len() {
            self.ranges.push(Span::new(span.start, self.blanks(span.end, indent, false)));
        }
        Ok(())
    }

    /// The end of the blank lines behind a text, as far as they belong to it: a tab stands in none before the column
    /// `indent`. Behind text without quotes a comment may follow.
    fn blanks(&self, end: usize, indent: usize, comment: bool) -> usize {
        let mut at = end;
        for (n, line) in self.text[end..].split_inclusive('\n').enumerate() {
            let is_comment = comment && n > 0 && line.trim_start().starts_with('#');
            let has_tab = n > 0 && line[indentation(line)..].starts_with('\t');
            if !(is_blank(line) || is_comment) || (has_tab && indentation(line) < indent) {
                break;
            }
            at += line.len();
            if is_comment {
                break;
            }
        }
        at
    }
}

#[cfg(test)]
mod tests {
    use crate::parse;

    /// What go-yaml v3.0.1 and PyYAML 6 both refuse.
    #[test]
    fn what_no_peer_reads() {
        for text in [
            "\ta: 1\n",
            "  \ta: 1\n",
            "a:\n  b: 1\n \tc: 2\n",
            "- a\n-\tb\n",
            "a:\n- \tb: c\n",
            "a: 'x'\n\t\nb: 1\n",
            "a: x # c\n  \t\nb: 1\n",
            "a: x\n\t# c\n",
            "a: x\n\ty\n",
            "a: |\n  x\n \t\nb: 1\n",
            "---\n\t\n",
            ": a\n",
            "a:\n  : b\n",
            "a: {b\n  : c}\n",
            "a: {b\n  c: d}\n",
            "a: {\"b\"\n: 1}\n",
            "a: [b?c]\n",
            "a: {b: http://x/?y=z}\n",
            "a: [b, c ?]\n",
            "a: [:80]\n",
            "a: {b: ::1}\n",
            "a: &b.c d\n",
            "a: &b\"c d\n",
            "...\n",
            "# c\n\n...\na: 1\n",
            "|\na\n",
            "--- >\na\n",
        ] {
            let error = parse(text).expect_err(text);
            assert_eq!(error.code, "yaml/syntax", "{text:?}");
        }
        // PyYAML takes these, go-yaml does not.
        for text in ["a: |\n \t\n", "a: |\n  \tb\n", "a: |\n \t\n  b\n", "a: >\n\n   \tb\n"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }

    /// What go-yaml v3.0.1 takes, though it is near to the above.
    #[test]
    fn what_is_read() {
        for text in [
            "a:\t1\n",
            "a: 1\t\n",
            "a: 1\t# c\n",
            "a: x\n  \t\nb: 1\n",
            "a: x\n  \t# c\nb: 1\n",
            "a: x\n  \ty\n",
            "a: |\n  x\n  \t\nb: 1\n",
            "a: |\n  x\n  \ty\n",
            "a: |2\n  \tx\n",
            "a: |\n  x\n\nb: 1\n",
            "a: [\n\tb,\n\tc\n]\n",
            "a: 'x\n\ty'\n",
            "a: \"x\n\ty\"\n",
            "---\t\na: 1\n",
            "? a\n: b\n",
            "? # c\n: b\n",
            "?\n: b\n",
            "a: {? b\n  : c}\n",
            "a: {b, c\n}\n",
            "a: {b:\n  c}\n",
            "a: b?c\n",
            "a: ['b?c', \"?\"]\n",
            "a: [b:c, d::e]\n",
            "a: :80\n",
            "a: &b-c_1 d\ne: *b-c_1\n",
            "a: 1\n...\n---\nb: 2\n",
            "a: 1\n...\n",
            "---\n...\n",
            "|\n a\n",
            "--- |\n a\n",
            "&a : b\n",
        ] {
            assert!(parse(text).is_ok(), "{text:?}: {:?}", parse(text));
        }
    }
}
