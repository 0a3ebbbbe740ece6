//! Writes objects byte for byte as kustomize does: go-yaml v2.4.2 with sorted keys, two blanks a level, lists not
//! indented below their key, and lines folded at 80 columns. The state follows that emitter's own (column, whether
//! white space or only indentation stands before), because its line breaks depend on it.

use std::borrow::Cow;
use std::fmt::Write as _;

use crate::form::{analyze, is_break, is_printable, reads_as_string};
use crate::natural;
use crate::node::{Map, Node, Scalar};
use crate::scalar::{Final, finish};

const WIDTH: usize = 80;

/// Appends one object to `out`, ending in a line break. Scalars that have no final form were refused before
/// ([`crate::finish`]); here their text is written.
pub(crate) fn object(node: &Node, out: &mut String) {
    let mut emitter =
        Emitter { out, column: 0, indent: None, whitespace: true, indention: true, keys: Vec::new() };
    emitter.node(node, false, false);
    emitter.write_indent();
}

struct Emitter<'o> {
    out: &'o mut String,
    column: usize,
    /// None before the outermost collection.
    indent: Option<usize>,
    whitespace: bool,
    indention: bool,
    keys: Vec<u32>,
}

impl Emitter<'_> {
    /// `in_mapping`: the node is a key's value; `flow`: it was written in braces or brackets.
    fn node(&mut self, node: &Node, in_mapping: bool, flow: bool) {
        match node {
            Node::Map(map) if map.is_empty() => self.empty("{", "}"),
            Node::Seq(items) if items.is_empty() => self.empty("[", "]"),
            Node::Map(map) => self.mapping(map, flow || map.flow),
            Node::Seq(items) => self.sequence(items, in_mapping, flow || items.flow),
            Node::Scalar(scalar) => self.value(scalar, flow),
        }
    }

    fn empty(&mut self, open: &str, close: &str) {
        self.indicator(open, true, true, false);
        self.indicator(close, false, false, false);
    }

    fn mapping(&mut self, map: &Map, flow: bool) {
        let before = self.indent;
        self.indent = Some(before.map_or(0, |indent| indent + 2));
        let start = self.keys.len();
        let entries: Vec<_> = map.iter().collect();
        self.keys.extend((0..entries.len()).map(|n| u32::try_from(n).unwrap_or(u32::MAX)));
        natural::sort(&mut self.keys[start..], &|a: u32, b: u32| {
            natural::compare(&entries[a as usize].0.text, &entries[b as usize].0.text)
        });
        for n in start..start + entries.len() {
            let (key, value) = entries[self.keys[n] as usize];
            self.entry(key, value, flow);
        }
        self.keys.truncate(start);
        self.indent = before;
    }

    fn entry(&mut self, key: &Scalar, value: &Node, flow: bool) {
        let text: Cow<'_, str> = match finish(key, true) {
            Ok(Final::Str(text)) => text,
            _ => Cow::Borrowed(&key.text),
        };
        self.write_indent();
        if text.len() <= 128 && !text.contains(is_break) {
            self.string(&text, true);
            self.indicator(":", false, false, false);
        } else {
            self.indicator("?", true, false, true);
            self.string(&text, false);
            self.write_indent();
            self.indicator(":", true, false, true);
        }
        self.node(value, true, flow);
    }

    fn sequence(&mut self, items: &[Node], in_mapping: bool, flow: bool) {
        let before = self.indent;
        let indentless = in_mapping && !self.indention;
        self.indent = Some(before.map_or(0, |indent| indent + if indentless { 0 } else { 2 }));
        for item in items {
            self.write_indent();
            self.indicator("-", true, false, true);
            self.node(item, false, flow);
        }
        self.indent = before;
    }

    fn value(&mut self, scalar: &Scalar, flow: bool) {
        match finish(scalar, flow) {
            Ok(Final::Null) => self.word("null"),
            Ok(Final::Bool(value)) => self.word(if value { "true" } else { "false" }),
            Ok(Final::Int(value)) => {
                self.space();
                let start = self.out.len();
                let _ = write!(self.out, "{value}");
                self.wrote(self.out.len() - start);
            }
            Ok(Final::Float(value)) => self.word(&yaml::go::float(value)),
            Ok(Final::Str(text)) => self.string(&text, false),
            Err(_) => self.string(&scalar.text, false),
        }
    }

    fn word(&mut self, word: &str) {
        self.space();
        self.out.push_str(word);
        self.wrote(word.len());
    }

    fn space(&mut self) {
        if !self.whitespace {
            self.put(' ');
        }
    }

    fn wrote(&mut self, columns: usize) {
        self.column += columns;
        self.whitespace = false;
        self.indention = false;
    }

    fn string(&mut self, text: &str, simple_key: bool) {
        let before = self.indent;
        self.indent = Some(before.map_or(2, |indent| indent + 2));
        let form = analyze(text);
        let literal = text.contains('\n') && !simple_key;
        if literal && form.block {
            self.literal(text);
        } else if text.contains('\n') || !reads_as_string(text) {
            self.double_quoted(text, !simple_key);
        } else if form.plain && !(text.is_empty() && simple_key) {
            self.plain(text, !simple_key);
        } else if form.single {
            self.single_quoted(text, !simple_key);
        } else {
            self.double_quoted(text, !simple_key);
        }
        self.indent = before;
    }

    fn plain(&mut self, text: &str, breaks: bool) {
        self.space();
        if !breaks || self.column + text.len() <= WIDTH {
            // Nothing to fold.
            self.out.push_str(text);
            self.column += if text.is_ascii() { text.len() } else { text.chars().count() };
        } else {
            self.folding(text);
        }
        self.whitespace = false;
        self.indention = false;
    }

    /// Text in which a blank beyond the width becomes a line break.
    fn folding(&mut self, text: &str) {
        let mut spaces = false;
        let mut chars = text.chars().peekable();
        while let Some(c) = chars.next() {
            if c == ' ' {
                if !spaces && self.column > WIDTH && chars.peek() != Some(&' ') {
                    self.write_indent();
                } else {
                    self.put(c);
                }
                spaces = true;
            } else {
                self.put(c);
                self.indention = false;
                spaces = false;
            }
        }
    }

    fn single_quoted(&mut self, text: &str, allow_breaks: bool) {
        self.indicator("'", true, false, false);
        let (mut spaces, mut breaks) = (false, false);
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if c == ' ' {
                let next_blank = chars.peek().is_some_and(|(_, next)| *next == ' ');
                let inside = at > 0 && at + 1 < text.len();
                if allow_breaks && !spaces && self.column > WIDTH && inside && !next_blank {
                    self.write_indent();
                } else {
                    self.put(c);
                }
                spaces = true;
            } else if is_break(c) {
                // Only separators beyond ASCII come here: text with line feeds has another form.
                self.out.push(c);
                self.column = 0;
                self.indention = true;
                breaks = true;
            } else {
                if breaks {
                    self.write_indent();
                }
                if c == '\'' {
                    self.put(c);
                }
                self.put(c);
                self.indention = false;
                (spaces, breaks) = (false, false);
            }
        }
        self.indicator("'", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    fn double_quoted(&mut self, text: &str, allow_breaks: bool) {
        // go-yaml asks whether the whole text begins with a byte order mark where it means one character.
        let escape_all = text.starts_with('\u{feff}');
        self.indicator("\"", true, false, false);
        let mut spaces = false;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            if escape_all || !is_printable(c) || is_break(c) || matches!(c, '"' | '\\') {
                self.escape(c);
                spaces = false;
            } else if c == ' ' {
                let inside = at > 0 && at + 1 < text.len();
                if allow_breaks && !spaces && self.column > WIDTH && inside {
                    self.write_indent();
                    if chars.peek().is_some_and(|(_, next)| *next == ' ') {
                        self.put('\\');
                    }
                } else {
                    self.put(c);
                }
                spaces = true;
            } else {
                self.put(c);
                spaces = false;
            }
        }
        self.indicator("\"", false, false, false);
        self.whitespace = false;
        self.indention = false;
    }

    fn escape(&mut self, c: char) {
        let short = match c {
            '\0' => '0',
            '\u{7}' => 'a',
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{b}' => 'v',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\u{1b}' => 'e',
            '"' => '"',
            '\\' => '\\',
            '\u{85}' => 'N',
            '\u{a0}' => '_',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            _ => return self.escape_number(u32::from(c)),
        };
        self.put('\\');
        self.put(short);
    }

    fn escape_number(&mut self, code: u32) {
        let start = self.out.len();
        let _ = match code {
            0..=0xff => write!(self.out, "\\x{code:02X}"),
            0x100..=0xffff => write!(self.out, "\\u{code:04X}"),
            _ => write!(self.out, "\\U{code:08X}"),
        };
        self.column += self.out.len() - start;
    }

    fn literal(&mut self, text: &str) {
        self.indicator("|", true, false, false);
        if text.starts_with(|c| c == ' ' || is_break(c)) {
            self.indicator("2", false, false, false);
        }
        let mut ends = text.chars().rev();
        match (ends.next().is_some_and(is_break), ends.next().is_none_or(is_break)) {
            (false, _) => self.indicator("-", false, false, false),
            (true, true) => self.indicator("+", false, false, false),
            (true, false) => {}
        }
        self.line_break();
        self.indention = true;
        self.whitespace = true;
        let mut breaks = true;
        for c in text.chars() {
            if is_break(c) {
                self.out.push(c);
                self.column = 0;
                self.indention = true;
                breaks = true;
            } else {
                if breaks {
                    self.write_indent();
                }
                self.put(c);
                self.indention = false;
                breaks = false;
            }
        }
    }

    fn indicator(&mut self, text: &str, need_whitespace: bool, whitespace: bool, indention: bool) {
        if need_whitespace {
            self.space();
        }
        self.out.push_str(text);
        self.column += text.len();
        self.whitespace = whitespace;
        self.indention &= indention;
    }

    fn write_indent(&mut self) {
        let indent = self.indent.unwrap_or(0);
        if !self.indention || self.column > indent || (self.column == indent && !self.whitespace) {
            self.line_break();
        }
        if self.column < indent {
            self.out.extend(std::iter::repeat_n(' ', indent - self.column));
            self.column = indent;
        }
        self.whitespace = true;
        self.indention = true;
    }

    fn line_break(&mut self) {
        self.out.push('\n');
        self.column = 0;
    }

    fn put(&mut self, c: char) {
        self.out.push(c);
        self.column += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::Scalar;

    fn line(text: &str) -> String {
        let mut map = Map::default();
        map.insert("k", Node::string(text));
        let mut out = String::new();
        object(&Node::map(map), &mut out);
        out
    }

    /// Expectations from kustomize 5.8.1.
    #[test]
    fn strings_as_kustomize_writes_them() {
        let table = [
            ("a b", "k: a b\n"),
            ("", "k: \"\"\n"),
            ("yes", "k: \"yes\"\n"),
            ("y", "k: \"y\"\n"),
            ("1:30", "k: \"1:30\"\n"),
            ("a: b", "k: 'a: b'\n"),
            ("a #b", "k: 'a #b'\n"),
            ("- a", "k: '- a'\n"),
            ("'a", "k: '''a'\n"),
            ("a\tb", "k: \"a\\tb\"\n"),
            ("a\u{a0}b", "k: a\u{a0}b\n"),
            ("\u{feff}ab", "k: \"\\uFEFF\\x61\\x62\"\n"),
            ("😀 x", "k: \"\\U0001F600 x\"\n"),
            ("a\n\n", "k: |+\n  a\n\n"),
            ("  x\ny\n", "k: |2\n    x\n  y\n"),
            ("a \nb", "k: \"a \\nb\"\n"),
            ("a\u{2028}b", "k: 'a\u{2028}  b'\n"),
        ];
        for (text, want) in table {
            assert_eq!(line(text), want, "{text:?}");
        }
    }

    #[test]
    fn long_lines_fold() {
        let text = format!("{} {} dddd", "a".repeat(24), "b".repeat(60));
        assert_eq!(line(&text), format!("k: {} {}\n  dddd\n", "a".repeat(24), "b".repeat(60)));
    }

    #[test]
    fn floats_as_go() {
        let table = [
            (12_345_678.9, "1.23456789e+07"),
            (123_456.5, "123456.5"),
            (1_234_567.5, "1.2345675e+06"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e-7, "1e-07"),
            (1e20, "1e+20"),
            (1.5, "1.5"),
        ];
        for (value, want) in table {
            assert_eq!(yaml::go::float(value), want);
        }
    }

    #[test]
    fn collections() {
        let mut inner = Map::default();
        inner.insert("b10", Node::seq(vec![Node::seq(vec![Node::untagged("1"), Node::empty_map()])]));
        inner.insert("b9", Node::null());
        let mut map = Map::default();
        map.insert("z", Node::seq(vec![Node::map(inner)]));
        map.push(Scalar::string("k".repeat(129)), Node::seq(vec![Node::untagged("1")]));
        let mut out = String::new();
        object(&Node::map(map), &mut out);
        let key = "k".repeat(129);
        assert_eq!(out, format!("? {key}\n: - 1\nz:\n- b9: null\n  b10:\n  - - 1\n    - {{}}\n"));
    }
}
