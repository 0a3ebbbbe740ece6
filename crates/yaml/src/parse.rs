//! From text to documents. Bounded on hostile input: nesting at 255 levels, and aliases may copy at most
//! [`MAX_ALIAS_NODES`] nodes in all (a "billion laughs" text is an error, not a full memory).

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use granit_parser::{Event, Marker, Parser, ScanError, options};
use zeroize::{Zeroize, Zeroizing};

use crate::node::{Comment, Document, Kind, Node, Pair, ScalarStyle, Span, Stream, Tag};
use crate::{Error, Result, lenient};

/// How many nodes all aliases of a text may stand for together.
const MAX_ALIAS_NODES: usize = 1_000_000;

/// Parses a text into its documents. A byte order mark at the start is allowed; CRLF line ends are.
///
/// # Errors
/// `yaml/syntax` with the place, `yaml/unknown-anchor`, `yaml/alias-bomb`. Duplicate keys are no error here: see
/// [`crate::check_duplicates`].
pub fn parse(text: &str) -> Result<Stream> {
    read(text, false)
}

/// As [`parse`], for a text that may be secret: what is read of it is wiped, also where it ends in an error. Only what the
/// scanner itself copies (the texts of scalars with escapes and folds) is out of reach.
///
/// # Errors
/// As [`parse`].
pub fn parse_secret(text: &str) -> Result<Zeroizing<Stream>> {
    read(text, true).map(Zeroizing::new)
}

fn read(text: &str, secret: bool) -> Result<Stream> {
    scan(text, secret).or_else(|error| lenient::read(text, error, |text| scan(text, secret)))
}

fn scan(text: &str, secret: bool) -> Result<Stream> {
    let options = options! {
        emit_anchor_events: true,
        emit_unresolved_aliases: true,
        // libyaml, PyYAML and go-yaml add no line break that is not there.
        block_scalar_eof_without_line_feed: true,
        max_buffered_comment_events: 100_000,
        simple_key_max_lookahead: 1 << 16,
    };
    let builder = Builder::new(text, secret);
    builder.run(Parser::new_from_str_with_options(text, options))
}

/// A collection whose end was not seen yet.
struct Open {
    /// All but its content.
    node: Node,
    is_mapping: bool,
    /// Where its content begins among the nodes.
    first: usize,
    anchor_id: usize,
}

struct Builder<'t> {
    text: &'t str,
    /// Whether what is left over is wiped.
    secret: bool,
    open: Vec<Open>,
    /// What is complete and waits for the end of its collection, in source order; keys and values by turns. In one list
    /// for all collections, so that each gets exactly the room it needs.
    nodes: Vec<Node>,
    /// Whether the last node that began is a collection.
    opened: bool,
    anchors: HashMap<usize, Node>,
    alias_budget: usize,
    documents: Vec<Document>,
    comments: Vec<Comment>,
    document_start: usize,
    explicit_start: bool,
    /// End of the last token that was seen; a block scalar's header lies between it and the scalar's text.
    last_end: usize,
}

impl<'t> Builder<'t> {
    fn new(text: &'t str, secret: bool) -> Self {
        Self {
            text,
            secret,
            open: Vec::new(),
            nodes: Vec::new(),
            opened: false,
            anchors: HashMap::new(),
            alias_budget: MAX_ALIAS_NODES,
            documents: Vec::new(),
            comments: Vec::new(),
            document_start: 0,
            explicit_start: false,
            last_end: 0,
        }
    }

    fn run(
        mut self,
        events: impl Iterator<Item = std::result::Result<(Event<'t>, granit_parser::Span), ScanError>>,
    ) -> Result<Stream> {
        for event in events {
            let (event, span) = event.map_err(|error| self.syntax_error(&error))?;
            let range = span.byte_range().unwrap_or(self.last_end..self.last_end);
            self.event(event, &span, range)?;
        }
        let (documents, comments) = (std::mem::take(&mut self.documents), std::mem::take(&mut self.comments));
        Ok(Stream { documents, comments })
    }

    fn event(&mut self, event: Event<'t>, raw: &granit_parser::Span, range: Range<usize>) -> Result<()> {
        let end = range.end;
        match event {
            Event::Anchor(id, _) => {
                self.anchor(id, Span::new(range.start, end));
                return Ok(());
            }
            Event::Comment(text, _) => self.comment(&text, range, raw.start.col()),
            Event::DocumentStart(explicit, _) => {
                self.explicit_start = explicit;
                self.forget_anchors();
                if explicit {
                    self.close_span(range.start);
                }
            }
            Event::DocumentEnd => self.end_document(end),
            Event::Scalar(text, style, _, tag) => {
                let span = self.scalar_span(range.clone(), style);
                let style = scalar_style(style);
                // The parser reports a missing value as a plain "~" that covers no text.
                let is_missing = range.is_empty() && style == ScalarStyle::Plain;
                let text = if is_missing { String::new() } else { self.own(text) };
                let tag = tag.map(|tag| Box::new(own_tag(&tag, raw)));
                let kind = Kind::Scalar(text, style);
                self.place(Node { kind, span, tag, anchor: None, flow: false });
            }
            Event::SequenceStart(style, id, tag) => {
                let mut node = collection(style, tag.as_deref(), raw, &range);
                node.span.start = self.first_dash(&node);
                self.open(node, false, id);
            }
            Event::MappingStart(style, id, tag) => {
                self.open(collection(style, tag.as_deref(), raw, &range), true, id);
            }
            Event::SequenceEnd | Event::MappingEnd => self.end_collection(end),
            Event::Alias(id) => self.alias(id, Span::new(range.start, end))?,
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

    /// The text of a scalar, without room to grow; one that may be secret is not moved, which would leave a copy behind.
    fn own(&self, text: Cow<'_, str>) -> String {
        let mut text = text.into_owned();
        if !self.secret {
            text.shrink_to_fit();
        }
        text
    }

    fn forget_anchors(&mut self) {
        if self.secret {
            self.anchors.values_mut().for_each(Zeroize::zeroize);
        }
        self.anchors.clear();
    }

    /// The anchor of the node that began last.
    fn anchor(&mut self, id: usize, span: Span) {
        let open = self.open.last_mut().filter(|_| self.opened).map(|open| &mut open.node);
        let Some(node) = open.or(self.nodes.last_mut()) else { return };
        node.anchor = Some(Box::new(span));
        if !self.opened {
            self.anchors.insert(id, node.clone());
        }
    }

    fn comment(&mut self, text: &str, range: Range<usize>, column: usize) {
        let line_start = self.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let before = self.text[line_start..range.start].trim_start_matches('\u{feff}');
        self.last_end = self.last_end.max(range.end);
        self.comments.push(Comment {
            text: text.to_owned(),
            span: Span::new(range.start, range.end),
            column,
            inline: !before.trim().is_empty(),
        });
    }

    /// The parser begins a list whose dashes stand at the column of its key behind the first dash; ours begins at it.
    fn first_dash(&self, node: &Node) -> usize {
        let start = node.span.start;
        let key = self.open.last().filter(|open| open.is_mapping && !node.flow && self.is_key_last(open));
        let Some(key) = key.and_then(|_| self.nodes.last()) else { return start };
        let mut end = start;
        for comment in self.comments.iter().rev().take_while(|comment| comment.span.start >= key.span.end) {
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

    /// Whether a key of a mapping waits for its value.
    fn is_key_last(&self, mapping: &Open) -> bool {
        (self.nodes.len() - mapping.first) % 2 == 1
    }

    fn place(&mut self, node: Node) {
        self.opened = false;
        self.nodes.push(node);
    }

    fn open(&mut self, node: Node, is_mapping: bool, anchor_id: usize) {
        self.opened = true;
        self.open.push(Open { node, is_mapping, first: self.nodes.len(), anchor_id });
    }

    fn alias(&mut self, id: usize, span: Span) -> Result<()> {
        let Some(target) = self.anchors.get(&id) else {
            return Err(Error::new(
                "yaml/recursive-alias",
                "this alias stands inside what it refers to",
                span,
            ));
        };
        let size = count(target);
        if size > self.alias_budget {
            return Err(Error::new(
                "yaml/alias-bomb",
                format!("aliases stand for more than {MAX_ALIAS_NODES} nodes"),
                span,
            ));
        }
        self.alias_budget -= size;
        let kind = Kind::Alias(Box::new(target.clone()));
        self.place(Node { kind, span, tag: None, anchor: None, flow: false });
        Ok(())
    }

    fn end_collection(&mut self, end: usize) {
        let Some(Open { mut node, is_mapping, first, anchor_id }) = self.open.pop() else { return };
        // A value that is missing may stand before the end of its key.
        let last = self.nodes[first..].iter().rev().take(if is_mapping { 2 } else { 1 });
        let last = last.map(|node| node.span.end).max();
        node.kind = if is_mapping {
            let mut pairs = Vec::with_capacity((self.nodes.len() - first) / 2);
            let mut nodes = self.nodes.drain(first..);
            while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
                pairs.push(Pair { key, value });
            }
            Kind::Mapping(pairs)
        } else {
            Kind::Sequence(self.nodes.split_off(first))
        };
        node.span.end = if node.flow { end } else { last.unwrap_or(node.span.start) }.max(node.span.start);
        if anchor_id != 0 {
            self.anchors.insert(anchor_id, node.clone());
        }
        self.place(node);
    }

    fn end_document(&mut self, end: usize) {
        let root = self.nodes.pop().unwrap_or_else(|| missing(end));
        let span = Span::new(self.document_start, end);
        self.documents.push(Document { root, span, explicit_start: self.explicit_start });
        self.document_start = end;
    }

    /// The document before ends where an explicit start begins, and so does the text between them.
    fn close_span(&mut self, start: usize) {
        if let Some(last) = self.documents.last_mut() {
            last.span.end = start.max(last.span.end);
        }
        self.document_start = start;
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
        Error::new("yaml/syntax", error.info(), Span::new(at, end))
    }
}

impl Drop for Builder<'_> {
    fn drop(&mut self) {
        if !self.secret {
            return;
        }
        self.forget_anchors();
        self.nodes.iter_mut().for_each(Zeroize::zeroize);
        self.documents.iter_mut().for_each(|document| document.root.zeroize());
        self.comments.iter_mut().for_each(Zeroize::zeroize);
    }
}

fn count(node: &Node) -> usize {
    match &node.kind {
        Kind::Scalar(..) => 1,
        Kind::Sequence(items) => 1 + items.iter().map(count).sum::<usize>(),
        Kind::Mapping(pairs) => 1 + pairs.iter().map(|p| count(&p.key) + count(&p.value)).sum::<usize>(),
        Kind::Alias(node) => count(node),
    }
}

fn missing(at: usize) -> Node {
    Node {
        kind: Kind::Scalar(String::new(), ScalarStyle::Plain),
        span: Span::new(at, at),
        tag: None,
        anchor: None,
        flow: false,
    }
}

fn collection(
    style: granit_parser::StructureStyle,
    tag: Option<&granit_parser::Tag>,
    raw: &granit_parser::Span,
    range: &Range<usize>,
) -> Node {
    Node {
        kind: Kind::Sequence(Vec::new()),
        span: Span::new(range.start, range.end),
        tag: tag.map(|tag| Box::new(own_tag(tag, raw))),
        anchor: None,
        flow: matches!(style, granit_parser::StructureStyle::Flow),
    }
}

fn own_tag(tag: &granit_parser::Tag, raw: &granit_parser::Span) -> Tag {
    let span = raw.tag_span().and_then(|span| span.byte_range()).unwrap_or_default();
    Tag { full: format!("{}{}", tag.handle(), tag.suffix()), span: Span::new(span.start, span.end) }
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
