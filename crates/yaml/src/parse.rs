//! From text to documents. Bounded on hostile input: nesting at 255 levels, and aliases may copy at most a million nodes
//! in all (a "billion laughs" text is an error, not a full memory).

use std::ops::Range;

use granit_parser::{Event, Marker, Parser, ScanError, options};
use zeroize::Zeroizing;

use crate::builder::Builder;
use crate::node::{ScalarStyle, Span, Stream, Tag};
use crate::{Error, Result, lenient, plain, strict, syntax};

/// Parses a text into its documents. A byte order mark at the start is allowed; CRLF line ends are.
///
/// # Errors
/// `yaml/syntax` with the place, `yaml/unknown-anchor`, `yaml/alias-bomb`. Duplicate keys are no error here: see
/// [`crate::check_duplicates`].
pub fn parse(text: &str) -> Result<Stream> {
    read(text, false)
}

/// As [`parse`], for a text that may be secret: what is read of it is wiped, also where it ends in an error. Only what a
/// reader copies on its way (the texts of scalars with escapes and folds) is out of reach.
///
/// # Errors
/// As [`parse`].
pub fn parse_secret(text: &str) -> Result<Zeroizing<Stream>> {
    read(text, true).map(Zeroizing::new)
}

fn read(text: &str, secret: bool) -> Result<Stream> {
    if let Some(stream) = plain::read(text, secret) {
        debug_assert!(
            scan(text, true)
                .map(Zeroizing::new)
                .is_ok_and(|scanned| *scanned == stream && strict::check(text, &scanned).is_ok())
        );
        return Ok(stream);
    }
    let stream = scan(text, secret).or_else(|error| lenient::read(text, error, |text| scan(text, secret)))?;
    match strict::check(text, &stream) {
        Ok(()) => Ok(stream),
        Err(error) => {
            if secret {
                drop(Zeroizing::new(stream));
            }
            Err(error)
        }
    }
}

/// Reads a text with granit-parser.
pub(crate) fn scan(text: &str, secret: bool) -> Result<Stream> {
    let options = options! {
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        // libyaml, PyYAML and go-yaml add no line break that is not there.
        block_scalar_eof_without_line_feed: true,
        max_buffered_comment_events: 100_000,
        simple_key_max_lookahead: 1 << 16,
    };
    let mut scan = Scan { text, builder: Builder::new(text, secret), last_end: 0 };
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| scan.syntax_error(&error))?;
        scan.event(event, &span)?;
    }
    Ok(scan.builder.finish())
}

/// The scanner's events, brought to the builder.
struct Scan<'t> {
    text: &'t str,
    builder: Builder<'t>,
    /// End of the last token that was seen; a block scalar's header lies between it and the scalar's text.
    last_end: usize,
}

impl<'t> Scan<'t> {
    fn event(&mut self, event: Event<'t>, raw: &granit_parser::Span) -> Result<()> {
        let range = raw.byte_range().unwrap_or(self.last_end..self.last_end);
        let end = range.end;
        match event {
            Event::Anchor(id, _) => {
                self.builder.anchor(id, Span::new(range.start, end));
                return Ok(());
            }
            Event::Comment(text, _) => self.builder.comment(&text, range, raw.start.col()),
            Event::DocumentStart(explicit, _) => {
                self.builder.start_document(explicit, range.start);
                if !explicit {
                    // It stands where the first token ends, of which it is none.
                    return Ok(());
                }
            }
            Event::DocumentEnd => self.builder.end_document(end),
            Event::Scalar(text, style, _, tag) => {
                let span = self.scalar_span(range.clone(), style);
                let style = scalar_style(style);
                // The parser reports a missing value as a plain "~" that covers no text.
                let is_missing = range.is_empty() && style == ScalarStyle::Plain;
                let text = if is_missing { "".into() } else { text };
                self.builder.scalar(text, style, span, own_tag(tag.as_deref(), raw));
            }
            Event::SequenceStart(style, id, tag) => {
                let flow = is_flow(style);
                let start = if flow { range.start } else { self.first_dash(range.start) };
                self.builder.start_collection(false, start, flow, own_tag(tag.as_deref(), raw), id);
            }
            Event::MappingStart(style, id, tag) => {
                let tag = own_tag(tag.as_deref(), raw);
                self.builder.start_collection(true, range.start, is_flow(style), tag, id);
            }
            Event::SequenceEnd | Event::MappingEnd => self.builder.end_collection(end),
            Event::Alias(id) => self.builder.alias(id, Span::new(range.start, end))?,
            Event::UnresolvedAlias(_) => {
                return Err(Error::new(
                    "yaml/unknown-anchor",
                    "no anchor of this name stands before this alias",
                    Span::new(range.start, end),
                )
                .with_help("text that begins with * needs quotes"));
            }
            _ => {}
        }
        self.last_end = self.last_end.max(end);
        Ok(())
    }

    /// The parser begins a list whose dashes stand at the column of its key behind the first dash; ours begins at it.
    fn first_dash(&self, start: usize) -> usize {
        let Some(key) = self.builder.waiting_key() else { return start };
        let mut end = start;
        for comment in
            self.builder.comments().iter().rev().take_while(|comment| comment.span.start >= key.span.end)
        {
            if let Some(at) = self.dash_in(comment.span.end, end) {
                return at;
            }
            end = comment.span.start;
        }
        self.dash_in(key.span.end, end).unwrap_or(start)
    }

    /// The last dash of a range that holds no comment. One that text follows belongs to a tag or an anchor.
    fn dash_in(&self, from: usize, to: usize) -> Option<usize> {
        let at = from + self.text.get(from..to)?.rfind('-')?;
        let after = self.text[at + 1..].chars().next();
        after.is_none_or(char::is_whitespace).then_some(at)
    }

    /// The parser's span of a block scalar is its text; ours is the header and the text.
    fn scalar_span(&self, range: Range<usize>, style: granit_parser::ScalarStyle) -> Span {
        use granit_parser::ScalarStyle as S;
        if !matches!(style, S::Literal | S::Folded) {
            return Span::new(range.start, range.end);
        }
        let gap = &self.text[self.last_end.min(range.start)..range.start];
        let start = gap.find(['|', '>']).map_or(range.start, |at| range.start - gap.len() + at);
        let text = &self.text[start..range.end.max(start)];
        Span::new(start, start + text.trim_end().len())
    }

    fn syntax_error(&self, error: &ScanError) -> Error {
        let marker: &Marker = error.marker();
        let at = marker.byte_offset().unwrap_or(self.last_end).min(self.text.len());
        let mut at = at;
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let end = self.text[at..].chars().next().map_or(at, |c| at + c.len_utf8());
        syntax::error(error.kind(), self.text, Span::new(at, end))
    }
}

fn own_tag(tag: Option<&granit_parser::Tag>, raw: &granit_parser::Span) -> Option<Box<Tag>> {
    let tag = tag?;
    let span = raw.tag_span().and_then(|span| span.byte_range()).unwrap_or_default();
    let full = format!("{}{}", tag.handle(), tag.suffix());
    Some(Box::new(Tag { full, span: Span::new(span.start, span.end) }))
}

fn is_flow(style: granit_parser::StructureStyle) -> bool {
    matches!(style, granit_parser::StructureStyle::Flow)
}

fn scalar_style(style: granit_parser::ScalarStyle) -> ScalarStyle {
    use granit_parser::ScalarStyle as S;
    match style {
        S::Plain => ScalarStyle::Plain,
        S::SingleQuoted => ScalarStyle::SingleQuoted,
        S::DoubleQuoted => ScalarStyle::DoubleQuoted,
        S::Literal => ScalarStyle::Literal,
        S::Folded => ScalarStyle::Folded,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::{Kind, Node};

    fn root(text: &str) -> Node {
        parse(text).unwrap().documents.remove(0).root
    }

    #[test]
    fn spans_slice_the_source() {
        let text = "# head\na: |-\n  té\n\n  two\n\nb: \"x\" # inline\nc: &A\n  - 1\n  - {k: v}\nd: *A\n";
        let stream = parse(text).unwrap();
        let root = &stream.documents[0].root;
        let slice = |key: &str| &text[root.get(key).unwrap().span.range()];
        assert_eq!(slice("a"), "|-\n  té\n\n  two");
        assert_eq!(slice("b"), "\"x\"");
        assert_eq!(slice("c"), "- 1\n  - {k: v}");
        let indentless = "l:\n# - x\n- a # - b\nm:\n- - c\n  - d\n";
        let lists = parse(indentless).unwrap().documents.remove(0).root;
        let list = |key: &str| &indentless[lists.get(key).unwrap().span.range()];
        assert_eq!((list("l"), list("m")), ("- a", "- - c\n  - d"));
        assert_eq!(slice("d"), "*A");
        assert_eq!(&text[root.get("c").unwrap().anchor.as_ref().unwrap().range()], "&A");
        let comments: Vec<_> = stream.comments.iter().map(|c| (c.text.as_str(), c.inline)).collect();
        assert_eq!(comments, [(" head", false), (" inline", true)]);
        assert!(matches!(root.get("d").unwrap().kind, Kind::Alias(_)));
        assert_eq!(root.get("d").unwrap().as_sequence().unwrap().len(), 2);
    }

    #[test]
    fn missing_values_are_empty_and_tildes_are_not() {
        let root = root("a:\nb: ~\nc: ''\n");
        assert!(root.get("a").unwrap().is_missing());
        assert_eq!(root.get("b").unwrap().as_str(), Some("~"));
        assert!(!root.get("c").unwrap().is_missing());
    }

    /// As PyYAML 6.0 and go-yaml v3 read them.
    #[test]
    fn a_block_at_the_end_of_the_text_has_the_line_break_that_is_there() {
        for (text, value) in [
            ("a: |\n  x", "x"),
            ("a: |\n  x\n", "x\n"),
            ("a: |+\n  x", "x"),
            ("a: |+\n  x\n\n", "x\n\n"),
            ("a: |-\n  x", "x"),
            ("a: >\n  x\n  y", "x y"),
            ("a: |\n  x\n\n  y", "x\n\ny"),
            ("a: |\r\n  x\r\n  y", "x\ny"),
            ("a: |\n  x\n ", "x\n"),
            ("a: |\n  x\n# c", "x\n"),
            ("a: |\n  # x", "# x"),
            ("a: |\n  ä", "ä"),
        ] {
            assert_eq!(root(text).get("a").unwrap().as_str(), Some(value), "{text:?}");
        }
    }

    #[test]
    fn documents_tile_the_text() {
        let text = "a: 1\n---\nb: 2\n...\n---\n";
        let stream = parse(text).unwrap();
        let parts: Vec<_> = stream.documents.iter().map(|d| &text[d.span.range()]).collect();
        assert_eq!(parts, ["a: 1\n", "---\nb: 2\n...\n", "---"]);
        assert!(!stream.documents[0].explicit_start && stream.documents[1].explicit_start);
        assert!(stream.documents[2].root.is_missing());
        assert!(parse("# only\n").unwrap().documents.is_empty());
    }

    #[test]
    fn tags_and_byte_order_mark() {
        let text = "\u{feff}a: !!str 5\r\nb: !x {}\r\n";
        let root = root(text);
        let tag = root.get("a").unwrap().tag.clone().unwrap();
        assert_eq!(tag.core(), Some("str"));
        assert_eq!(&text[tag.span.range()], "!!str");
        assert_eq!(root.get("b").unwrap().tag.as_ref().unwrap().core(), None);
    }

    #[test]
    fn errors_have_a_place() {
        let error = parse("a: 1\nb: *nope\n").unwrap_err();
        assert_eq!((error.code, error.span), ("yaml/unknown-anchor", Span::new(8, 13)));
        let error = parse("a: [1\n").unwrap_err();
        assert_eq!(error.code, "yaml/syntax");
        assert_eq!(parse("a: 1\n\tb: 2\n").unwrap_err().code, "yaml/syntax");
    }

    #[test]
    fn hostile_input_is_bounded() {
        let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
        for i in 1..12 {
            let list = vec![format!("*a{}", i - 1); 10].join(",");
            bomb = format!("{bomb}a{i}: &a{i} [{list}]\n");
        }
        assert_eq!(parse(&bomb).unwrap_err().code, "yaml/alias-bomb");
        assert_eq!(parse(&"[".repeat(100_000)).unwrap_err().code, "yaml/syntax");
        assert_eq!(parse(&"- ".repeat(100_000)).unwrap_err().code, "yaml/syntax");
        assert_eq!(parse("a: &x [*x]\n").unwrap_err().code, "yaml/recursive-alias");
    }
}
