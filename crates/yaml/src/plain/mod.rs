//! Block YAML as people and programs mostly write it, read line by line: what is many times the work for a scanner that
//! must be ready for everything. What this room reads, granit-parser reads the same; debug builds read each text with
//! both and compare. It judges nothing: whatever is seldom or wrong (tags, directives, tabs, texts and flow collections
//! over several lines, indents that do not fit, …) is left to granit-parser, which reads the text anew.

mod anchor;
mod block;
mod inline;

use std::collections::HashMap;

use anchor::Anchor;
use inline::Scalar;

use crate::builder::Builder;
use crate::node::{ScalarStyle, Span, Stream};

/// How deep collections may be nested here.
const MAX_DEPTH: usize = 64;
/// How long a key may be here, in bytes.
const MAX_KEY: usize = 1024;
/// How many comments a text may have here.
const MAX_COMMENTS: usize = 10_000;

/// Reads a text that may be `secret`. None if it is not for this room.
pub(crate) fn read(text: &str, secret: bool) -> Option<Stream> {
    if !is_printable(text) {
        return None;
    }
    let mut reader = Reader {
        text,
        bytes: text.as_bytes(),
        at: 0,
        line: 0,
        open: Vec::new(),
        awaits: None,
        anchors: HashMap::new(),
        anchor_id: 0,
        anchor: None,
        document: DocumentState::Before,
        comments: 0,
        builder: Builder::new(text, secret),
    };
    while reader.at < text.len() {
        reader.line()?;
    }
    reader.end_document(text.len())?;
    Some(reader.builder.finish())
}

/// Whether it holds nothing but line feeds and what is visible: no tabs, no carriage returns, no byte order mark.
fn is_printable(text: &str) -> bool {
    // Folded over every byte, and without a jump, so that many are looked at in one instruction.
    let others =
        text.bytes().fold(0, |others, b| others | u8::from(!(b' '..=b'~').contains(&b) && b != b'\n'));
    let is_ascii = others == 0;
    is_ascii || text.chars().all(|c| c == '\n' || !c.is_control() && !is_special(c))
}

/// Characters with a meaning, or none, to one of the specifications.
fn is_special(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{feff}') || u32::from(c) & 0xfffe == 0xfffe
}

/// A block collection whose end was not seen yet.
struct Block {
    column: usize,
    is_mapping: bool,
}

/// What the last entry of the innermost block collection waits for.
#[derive(Clone, Copy)]
enum Awaits {
    /// A value; its key ends here.
    Value(usize),
    /// An item.
    Item,
}

#[derive(PartialEq)]
enum DocumentState {
    /// Before its first entry, without a marker.
    Before,
    /// Behind its marker, before its first entry.
    Begun,
    /// Its root has begun.
    Filled,
}

struct Reader<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    /// Where the line begins.
    line: usize,
    open: Vec<Block>,
    awaits: Option<Awaits>,
    /// The anchors of the document by their names.
    anchors: HashMap<&'t str, usize>,
    /// Of the last anchor.
    anchor_id: usize,
    /// The anchor of the node that comes next.
    anchor: Option<Anchor>,
    document: DocumentState,
    comments: usize,
    builder: Builder<'t>,
}

impl<'t> Reader<'t> {
    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Whether a blank, a line end or the end of the text stands `ahead` of here.
    fn is_blank(&self, ahead: usize) -> bool {
        matches!(self.bytes.get(self.at + ahead), None | Some(b' ' | b'\n'))
    }

    fn skip_spaces(&mut self) -> usize {
        let start = self.at;
        while self.peek() == Some(b' ') {
            self.at += 1;
        }
        self.at - start
    }

    /// One line, or several if a block scalar begins on it.
    fn line(&mut self) -> Option<()> {
        self.line = self.at;
        let indent = self.skip_spaces();
        match self.peek() {
            None => Some(()),
            Some(b'\n') => {
                self.at += 1;
                Some(())
            }
            Some(b'#') => self.comment(),
            Some(_) if indent == 0 && self.bytes[self.at..].starts_with(b"---") && self.is_blank(3) => {
                self.marker()
            }
            Some(b'.') if indent == 0 && self.bytes[self.at..].starts_with(b"...") => None,
            Some(first) => self.entry(indent, first == b'-' && self.is_blank(1)),
        }
    }

    fn marker(&mut self) -> Option<()> {
        if self.document != DocumentState::Before {
            self.end_document(self.line)?;
        }
        self.anchors.clear();
        self.builder.start_document(true, self.line);
        self.document = DocumentState::Begun;
        self.at += 3;
        self.end_line()
    }

    fn end_document(&mut self, end: usize) -> Option<()> {
        while !self.open.is_empty() {
            self.close()?;
        }
        match self.document {
            DocumentState::Before => {}
            DocumentState::Begun => return None,
            DocumentState::Filled => self.builder.end_document(end),
        }
        self.document = DocumentState::Before;
        Some(())
    }

    /// The first line of an entry of a block collection.
    fn entry(&mut self, indent: usize, is_item: bool) -> Option<()> {
        while self.open.last().is_some_and(|block| block.column > indent) {
            self.close()?;
        }
        // The dashes of a list may stand at the column of its key; the next key ends it.
        if !is_item && self.open.last().is_some_and(|block| block.column == indent && !block.is_mapping) {
            self.close()?;
        }
        match self.open.last() {
            None => self.root()?,
            Some(block) if block.column == indent && block.is_mapping != is_item => {
                self.leave_out()?;
                return if is_item { self.item(indent) } else { self.pair() };
            }
            Some(_) => {
                self.awaits.take()?;
            }
        }
        if is_item { self.list(indent) } else { self.mapping(indent) }
    }

    fn root(&mut self) -> Option<()> {
        match self.document {
            DocumentState::Before => self.builder.start_document(false, self.line),
            DocumentState::Begun => {}
            DocumentState::Filled => return None,
        }
        self.document = DocumentState::Filled;
        Some(())
    }

    fn begin(&mut self, column: usize, is_mapping: bool, start: usize) -> Option<()> {
        if self.open.len() == MAX_DEPTH {
            return None;
        }
        self.open.push(Block { column, is_mapping });
        self.start(is_mapping, start, false);
        Some(())
    }

    /// Ends the innermost block collection, which is what the one around it waited for.
    fn close(&mut self) -> Option<()> {
        self.leave_out()?;
        self.open.pop();
        self.builder.end_collection(self.at);
        Some(())
    }

    /// A value that something waits for and that does not come is missing.
    fn leave_out(&mut self) -> Option<()> {
        match self.awaits.take() {
            None => Some(()),
            Some(Awaits::Value(at)) if self.anchor.is_none() => {
                self.builder.scalar("".into(), ScalarStyle::Plain, Span::new(at, at), None);
                Some(())
            }
            Some(_) => None,
        }
    }

    fn list(&mut self, column: usize) -> Option<()> {
        self.begin(column, false, self.at)?;
        self.item(column)
    }

    /// An item, from its dash.
    fn item(&mut self, column: usize) -> Option<()> {
        self.at += 1;
        let column = column + 1 + self.skip_spaces();
        match self.peek() {
            Some(b'-') if self.is_blank(1) => return self.list(column),
            Some(b'"' | b'\'') => {}
            Some(_) if self.is_plain_start() => {}
            _ => return self.value(Awaits::Item),
        }
        let scalar = self.scalar()?;
        if scalar.is_key {
            self.begin(column, true, scalar.span.start)?;
            return self.pair_of(scalar);
        }
        self.place(scalar);
        self.end_line()
    }

    fn mapping(&mut self, column: usize) -> Option<()> {
        let key = self.scalar()?;
        self.begin(column, true, key.span.start)?;
        self.pair_of(key)
    }

    fn pair(&mut self) -> Option<()> {
        let key = self.scalar()?;
        self.pair_of(key)
    }

    /// A pair behind its key.
    fn pair_of(&mut self, key: Scalar<'t>) -> Option<()> {
        let span = key.span;
        if !key.is_key || span.end - span.start > MAX_KEY {
            return None;
        }
        self.place(key);
        self.at += 1;
        self.skip_spaces();
        self.value(Awaits::Value(span.end))
    }

    /// What stands behind a key, or behind a dash if it is no collection's first line.
    fn value(&mut self, awaits: Awaits) -> Option<()> {
        if self.peek() == Some(b'&') {
            self.anchor()?;
        }
        match self.peek() {
            None | Some(b'\n' | b'#') => self.awaits = Some(awaits),
            Some(b'|' | b'>') => return self.block_scalar(),
            Some(b'[' | b'{') => self.flow(0)?,
            Some(b'*') => self.alias()?,
            Some(_) => {
                let scalar = self.scalar().filter(|scalar| !scalar.is_key)?;
                self.place(scalar);
            }
        }
        self.end_line()
    }

    /// Nothing but blanks and a comment is left on the line.
    fn end_line(&mut self) -> Option<()> {
        let blanks = self.skip_spaces();
        match self.peek() {
            None => Some(()),
            Some(b'\n') => {
                self.at += 1;
                Some(())
            }
            Some(b'#') if blanks > 0 || self.bytes[self.at - 1] == b' ' => self.comment(),
            Some(_) => None,
        }
    }

    /// A comment and the end of its line.
    fn comment(&mut self) -> Option<()> {
        let start = self.at;
        let end = self.line_end();
        self.comments += 1;
        let column = self.text[self.line..start].chars().count();
        self.builder.comment(&self.text[start + 1..end], start..end, column);
        self.at = (end + 1).min(self.bytes.len());
        (self.comments <= MAX_COMMENTS).then_some(())
    }

    fn line_end(&self) -> usize {
        self.bytes[self.at..]
            .iter()
            .position(|b| *b == b'\n')
            .map_or(self.bytes.len(), |length| self.at + length)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use crate::node::Stream;
    use crate::parse::scan;

    fn read(text: &str) -> Option<Stream> {
        super::read(text, false)
    }

    #[test]
    fn what_is_usual_is_read_as_the_scanner_reads_it() {
        for text in [
            "",
            "\n\n  \n# only\n",
            "a: 1",
            "a:\nb:   \n  # c\n  d:\ne: # f\n  g: h # i\n",
            "# h\n---\na: b # c\n\n# d\n--- # e\nf: g\n",
            "a:\n- b\n- c: d\n  e: f\n-  - g\n   - h\ni: j\n",
            "-\n  a: b\n-\n  - c\n- - d: e\n    f:\n    - g\n",
            "'a': ''\n\"b\": \"\"\nc: 'it''s'\nd: \"\\\"\\\\\\n\\t\\r\\/\" # e\n",
            "a: [b, 'c, d', \"e]\", {f: g, 'h': [ ]}] # i\nj: {}\nk: [ -1, a:b, http://x/#y ]\n",
            "a: |\n  b\n\n    c \n\n\nd: |-\n   e\n # f\ng: |+\n  h\n\n\ni: >-\n\n  j\n  k\n\n  l\nm: >\n  n",
            "a: b:c#d -e ?f\n-g: --h\n<<: /i\n.j: ~\n",
            "é: ü # ä\n  \nö: \"ß\"\n",
            "a: &a 1\nb: &b\n  c: *a\n  d: &c [x]\ne: &d\n- *b\n- *c\n- &a |\n  f\ng: *a\n<<: *b\n---\nh: &a 2\ni: *a\n",
        ] {
            let plain = read(text).unwrap_or_else(|| panic!("{text:?} is left to the scanner"));
            assert_eq!(plain, scan(text, false).unwrap(), "{text:?}");
        }
    }

    #[test]
    fn what_is_seldom_or_wrong_is_left_to_the_scanner() {
        for text in [
            "a\n",
            "a: b\n  c\n",
            "a:\n  b\n",
            "a: 'b\n  c'\n",
            "a: [b,\n  c]\n",
            "a: b: c\n",
            "a: b\n c: d\n",
            "- a\nb: c\n",
            "a: b\n- c\n",
            "a:\n  - b\n  c: d\n",
            "- \n- a\n",
            "a: [b: c]\n",
            "a: [b #c]\n",
            "a: 'b'c\n",
            "a: 'b'#c\n",
            "a: |2\n   b\n",
            "a: |\nb: c\n",
            "a: |\n    \n  b\n",
            "a: >\n  b\n    c\n",
            "a: |+\n  b",
            "a: \"\\x41\"\n",
            "a: \"\\",
            "a: !b c\n",
            "a: *b\n",
            "a: &b *c\n",
            "a: &b [*b]\nc: &d\n",
            "&a b: c\n",
            "? a\n",
            "%YAML 1.2\n---\na: b\n",
            "---\n---\n",
            "a: b\n...\n",
            "--- a\n",
            "a:\tb\n",
            "a: b\r\n",
            "\u{feff}a: b\n",
            "a: \u{85}\n",
            "{a: b}: c\n",
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
        assert_eq!(read(&"- ".repeat(100_000)), None);
        assert_eq!(read(&format!("a: {}", "[".repeat(100_000))), None);
        assert_eq!(read(&format!("{}: b\n", "a".repeat(2_000))), None);
    }

    fn piece() -> impl Strategy<Value = String> {
        const PIECES: &[&str] = &[
            "a", "b: ", "c:", "- ", "-", "\n", "\n", "\n", "\n  ", "\n  ", "\n    ", " ", "#", " # d", "'e'",
            "\"f\"", "'", "\"", "[", "]", "{", "}", ", ", ",", ":", "|", ">", "|-", "|+", "&g ", "*g",
            "\n---", "...", "!h ", "é", "\\n", "1", "~", "?", "%", "\t",
        ];
        proptest::sample::select(PIECES).prop_map(str::to_owned)
    }

    proptest! {
        #[test]
        fn no_text_is_read_in_another_way(pieces in proptest::collection::vec(piece(), 0..24)) {
            let text = pieces.concat();
            if let Some(plain) = read(&text) {
                prop_assert_eq!(Ok(plain), scan(&text, false));
            }
        }
    }
}
