//! What go-yaml, with which sops and Flux read YAML, refuses or takes for something else where other readers do not: such a
//! file would be of no use once it is encrypted. go-yaml follows libyaml, which knows YAML 1.1:
//! - a tab separates words, but never stands where a line's (or a block scalar's) indentation is counted;
//! - names of anchors are ASCII letters, digits, `-` and `_`;
//! - in flow style plain text holds no `?` and does not begin with `:`, and a key stands on one line with its colon;
//! - U+0085, U+2028 and U+2029 are line breaks;
//! - the only version is 1.1; `\/` and halves of surrogate pairs are no escapes.

use yaml::{Kind, Node, ScalarStyle, Span, Stream};

use crate::{Error, Result};

/// Line breaks of YAML 1.1 that are none in 1.2.
const BREAKS: [char; 3] = ['\u{85}', '\u{2028}', '\u{2029}'];

/// Refuses a YAML text that go-yaml does not read as it is read here.
///
/// # Errors
/// `yaml/syntax` with the place.
pub(crate) fn check(text: &str, stream: &Stream) -> Result<()> {
    let mut reader = Reader { text, has_tabs: text.contains('\t'), taken: Vec::new() };
    for document in &stream.documents {
        reader.node(&document.root, Around { flow: false, column: None })?;
    }
    if !reader.has_tabs && !text.contains(BREAKS) && !text.contains('%') {
        return Ok(());
    }
    let comments = stream.comments.iter().map(|comment| Taken { span: comment.span, kind: Part::Comment });
    reader.taken.extend(comments);
    reader.taken.sort_by_key(|part| (part.span.start, part.span.end));
    reader.between()
}

/// What a node stands in.
#[derive(Clone, Copy)]
struct Around {
    flow: bool,
    /// Column of the block collection; none at the top.
    column: Option<usize>,
}

/// A stretch of text that is no blank between two others.
struct Taken {
    span: Span,
    kind: Part,
}

#[derive(Clone, Copy, PartialEq)]
enum Part {
    Comment,
    Quoted,
    /// With the column from which on a tab below it is one of its own blanks.
    Plain(usize),
    Block,
    /// All of a collection in flow style, where a tab is a blank like others.
    Flow,
}

struct Reader<'t> {
    text: &'t str,
    has_tabs: bool,
    taken: Vec<Taken>,
}

impl Reader<'_> {
    fn node(&mut self, node: &Node, around: Around) -> Result<()> {
        if let Some(anchor) = &node.anchor {
            self.anchor(**anchor)?;
        }
        if node.flow && !around.flow {
            self.taken.push(Taken { span: node.span, kind: Part::Flow });
        }
        let inner = Around {
            flow: around.flow || node.flow,
            column: if around.flow || node.flow { around.column } else { Some(self.column(node.span.start)) },
        };
        match &node.kind {
            Kind::Scalar(_, style) => self.scalar(node, *style, around),
            Kind::Alias(_) => Ok(()),
            Kind::Sequence(items) => items.iter().try_for_each(|item| self.node(item, inner)),
            Kind::Mapping(pairs) => pairs.iter().try_for_each(|pair| {
                if inner.flow {
                    self.colon(&pair.key, &pair.value)?;
                }
                self.node(&pair.key, inner)?;
                self.node(&pair.value, inner)
            }),
        }
    }

    fn anchor(&self, anchor: Span) -> Result<()> {
        let is_known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let name = self.text[anchor.range()].trim_start_matches('&');
        if name.chars().all(is_known) {
            return Ok(());
        }
        Err(refused("only letters a-z, digits, - and _ in the names of anchors", anchor)
            .with_help("give the anchor another name"))
    }

    fn scalar(&mut self, node: &Node, style: ScalarStyle, around: Around) -> Result<()> {
        let span = node.span;
        if span.start == span.end {
            return Ok(());
        }
        let text = &self.text[span.range()];
        let kind = match style {
            ScalarStyle::Plain => {
                if around.flow && (text.starts_with(':') || text.contains('?')) {
                    return Err(refused(
                        "no plain text with `?`, or that begins with `:`, in flow style",
                        span,
                    )
                    .with_help("put the text in quotes"));
                }
                let column = around.column.map_or(0, |column| column + 1);
                self.plain(span, column, around.flow)?;
                Part::Plain(column)
            }
            ScalarStyle::Literal | ScalarStyle::Folded => {
                self.block(span)?;
                Part::Block
            }
            ScalarStyle::DoubleQuoted => {
                self.escapes(span)?;
                Part::Quoted
            }
            ScalarStyle::SingleQuoted => Part::Quoted,
        };
        let breaks: &[char] = if kind == Part::Quoted { &BREAKS[..1] } else { &BREAKS };
        if let Some(at) = text.find(breaks) {
            return Err(self.line_break(span.start + at));
        }
        if !around.flow {
            self.taken.push(Taken { span, kind });
        }
        Ok(())
    }

    /// Plain text that goes on below: its lines are indented by blanks.
    fn plain(&self, span: Span, column: usize, flow: bool) -> Result<()> {
        let text = &self.text[span.range()];
        if flow || !self.has_tabs || !text.contains('\t') {
            return Ok(());
        }
        let mut at = span.start;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            if number > 0 && line[blanks..].starts_with('\t') && blanks < column {
                return Err(Self::tab(at + blanks));
            }
            at += line.len();
        }
        Ok(())
    }

    /// Lines of a block scalar and the blank ones below it: no tab in the indentation, which is found by blanks.
    fn block(&self, span: Span) -> Result<()> {
        if !self.has_tabs {
            return Ok(());
        }
        let rest = &self.text[span.start..];
        let Some(first) = rest.find('\n') else { return Ok(()) };
        let is_told =
            rest[..first].split('#').next().unwrap_or_default().contains(|c: char| c.is_ascii_digit());
        let mut indent = None;
        let mut at = span.start + first + 1;
        for line in rest[first + 1..].split_inclusive('\n') {
            let blanks = line.len() - line.trim_start_matches(' ').len();
            let after = line[blanks..].trim_start_matches('\t');
            let is_blank = after.trim().is_empty();
            if at >= span.end && !is_blank {
                break;
            }
            let is_tab = line[blanks..].starts_with('\t');
            if is_tab && !is_told && indent.is_none_or(|indent| blanks < indent) {
                return Err(Self::tab(at + blanks));
            }
            if !is_blank && indent.is_none() {
                indent = Some(blanks);
            }
            at += line.len();
        }
        Ok(())
    }

    fn escapes(&self, span: Span) -> Result<()> {
        let text = &self.text[span.range()];
        let mut from = 0;
        while let Some(found) = text[from..].find('\\') {
            let at = from + found;
            let escape = &text[at + 1..];
            let place = Span::new(span.start + at, span.start + at + 1);
            if escape.starts_with('/') {
                return Err(refused("no escape \\/", place).with_help("write / alone"));
            }
            let half = escape.strip_prefix('u').and_then(|rest| rest.get(..2));
            if half.is_some_and(|half| half.starts_with(['d', 'D']) && half.ends_with(|c: char| c >= '8')) {
                return Err(refused("no halves of a surrogate pair", place)
                    .with_help("write the character itself, or \\U with eight digits"));
            }
            from = at + 1 + escape.chars().next().map_or(0, char::len_utf8);
        }
        Ok(())
    }

    /// A key in flow style: `?` alone lets it go on over lines, and a colon that a blank does not follow is a part of it
    /// unless it is in quotes.
    fn colon(&self, key: &Node, value: &Node) -> Result<()> {
        let behind = &self.text[key.span.end..];
        let is_plain = matches!(key.kind, Kind::Scalar(_, ScalarStyle::Plain)) && !key.is_missing();
        if is_plain && behind.strip_prefix(':').is_some_and(|rest| rest.starts_with([',', ']', '}'])) {
            let colon = Span::new(key.span.end, key.span.end + 1);
            return Err(refused("the colon as a part of the key when no blank follows it", colon)
                .with_help("put a blank behind the colon"));
        }
        let Some(between) = self.text.get(key.span.end..value.span.start) else { return Ok(()) };
        let Some(colon) = between.find(':').filter(|_| key.span.start < key.span.end) else { return Ok(()) };
        let is_told = self.text[..key.span.start].trim_end().ends_with('?');
        if is_told || !self.text[key.span.start..key.span.end + colon].contains('\n') {
            return Ok(());
        }
        Err(refused("no line break between a key in flow style and its colon", key.span)
            .with_help("put the key and its colon on one line"))
    }

    /// What stands between: tabs, line breaks of another kind, directives.
    fn between(&self) -> Result<()> {
        let (mut end, mut before) = (0, None);
        for taken in &self.taken {
            if taken.span.start >= end {
                self.gap(Span::new(end, taken.span.start), before)?;
            }
            let comment = &self.text[taken.span.range()];
            if taken.kind == Part::Comment
                && let Some(at) = comment.find(BREAKS)
            {
                return Err(self.line_break(taken.span.start + at));
            }
            if taken.span.end >= end {
                (end, before) = (taken.span.end, Some(taken.kind));
            }
        }
        self.gap(Span::new(end, self.text.len()), before)
    }

    fn gap(&self, gap: Span, before: Option<Part>) -> Result<()> {
        let text = &self.text[gap.range()];
        let solid = gap.start + text.len() - text.trim_start().len();
        let mut at = gap.start;
        for (number, line) in text.split_inclusive('\n').enumerate() {
            let begins = number > 0 || at == 0 || self.text[..at].ends_with('\n');
            if begins && line.starts_with('%') {
                Self::directive(line, at)?;
            }
            if let Some(found) = line.find(BREAKS) {
                return Err(self.line_break(at + found));
            }
            // Those below a block scalar were looked at with it.
            if let Some(tab) = line.find('\t').filter(|_| begins && before != Some(Part::Block)) {
                let lead = &line[..tab];
                let is_indentation = !lead.starts_with("---")
                    && lead.chars().all(|c| matches!(c, ' ' | '-' | '?' | ':' | '\u{feff}'));
                let is_below = at + tab < solid;
                let is_own = |column| is_below && lead.len() >= column;
                if is_indentation && !matches!(before, Some(Part::Plain(column)) if is_own(column)) {
                    return Err(Self::tab(at + tab));
                }
            }
            at += line.len();
        }
        Ok(())
    }

    fn directive(line: &str, at: usize) -> Result<()> {
        let words: Vec<_> = line.split_whitespace().collect();
        if matches!(words[..], ["%YAML", "1.1", ..] | ["%TAG", ..]) {
            return Ok(());
        }
        Err(refused("no directive but %YAML 1.1 and %TAG", Span::new(at, at + line.trim_end().len()))
            .with_help("remove the line, or write %YAML 1.1"))
    }

    fn tab(at: usize) -> Error {
        refused("no tab in the indentation of a line", Span::new(at, at + 1))
            .with_help("put blanks in the place of the tab")
    }

    fn line_break(&self, at: usize) -> Error {
        let length = self.text[at..].chars().next().map_or(0, char::len_utf8);
        refused("a line break in the characters U+0085, U+2028 and U+2029", Span::new(at, at + length))
            .with_help("write the character as an escape in double quotes")
    }

    fn column(&self, at: usize) -> usize {
        let line = self.text[..at].rfind('\n').map_or(0, |found| found + 1);
        self.text[line..at].trim_start_matches('\u{feff}').chars().count()
    }
}

/// `what` ends the sentence "sops and Flux read …".
fn refused(what: &str, span: Span) -> Error {
    Error::new("yaml/syntax", format!("sops and Flux read {what}")).at(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused_at(text: &str) -> Option<usize> {
        let stream = yaml::parse(text).unwrap();
        check(text, &stream).err().map(|error| {
            assert_eq!(error.code, "yaml/syntax");
            error.span.unwrap().start
        })
    }

    /// Each was given to sops 3.13.3.
    #[test]
    fn what_sops_does_not_read() {
        for (text, at) in [
            ("a: 1\n\t\nb: 2\n", 5),
            ("a: 1\n\t# c\nb: 2\n", 5),
            ("a:\n  b: 1\n\t\n  c: 2\n", 10),
            ("a:\n  -\tx\n", 6),
            ("a: |\n  \tx\n", 7),
            ("a: >-\n  x\n  \n\t\n", 13),
            ("a: |\n  x\n \t\n", 10),
            ("%YAML 1.2\n---\na: 1\n", 0),
            ("%FOO x\n---\na: 1\n", 0),
            ("a: \"x\\\\\\/y\"\n", 7),
            ("a: \"\\uD83D\\uDE00\"\n", 4),
            ("a: &x.y 1\n", 3),
            ("a: {\"x\"\n  : 1}\n", 4),
            ("a: [:x]\n", 4),
            ("a: [x?y=z]\n", 4),
            ("a: {b?: 1}\n", 4),
            ("a: {b:}\n", 5),
            ("a: [b:]\n", 5),
            ("a: {b:, c: 1}\n", 5),
            ("a:\n \tb\n", 4),
            ("a: [?x]\n", 4),
            ("a: x\u{85}y\n", 4),
            ("a: \"x\u{85}y\"\n", 5),
            ("a: 1 # x\u{2028}y\n", 8),
            ("a:\n  x\u{2028}y\n", 6),
        ] {
            assert_eq!(refused_at(text), Some(at), "{text:?}");
        }
    }

    #[test]
    fn what_sops_reads() {
        for text in [
            "a:\t1\nb: 2\t# c\n",
            "a: 1\n  \t\nb: 2\n",
            "a: |\n  x\n  \ty\n",
            "a: |\n  x\n  \t\n",
            "a: |2\n  \tx\n",
            "a: |\t\n  x\n",
            "a: 1\n---\t\nb: 1\n",
            "a: {b: 1,\n  \tc: 2}\n",
            "%YAML 1.1\n---\na: 1\n",
            "a: \"x\\\\/y \\ud7ff\"\n",
            "a: &x_y-1 1\nb: *x_y-1\n",
            "a: {\"x\":\n  1, ? y\n  : 2}\n",
            "a: [\":x\", '?', x:y, x::y, \"a?b\"]\n",
            "a: {\"b\":[1], 'c':{}, d: }\n",
            "a: \"x\u{2028}y\"\n",
            "a: \"x\\u0085y\"\n",
            "a: 100%\n# %\n",
        ] {
            assert_eq!(refused_at(text), None, "{text:?}");
        }
    }
}
