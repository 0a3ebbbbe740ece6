//! Writes a tree.

use std::fmt::Write as _;

use yaml::ScalarStyle;

use super::analyze::{Place, is_break, is_printable, select};
use super::tree::{Tree, TreeKind};

/// Which go-yaml writes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    V3,
    V4,
}

/// Documents, with `---` between them.
pub(super) fn documents(trees: &[Tree], indent: usize, version: Version) -> String {
    let mut emitter = Emitter { out: String::new(), best: indent, version };
    for (n, tree) in trees.iter().enumerate() {
        if n > 0 {
            emitter.out.push_str("---\n");
        }
        emitter.root(tree);
    }
    emitter.out
}

struct Emitter {
    out: String,
    best: usize,
    version: Version,
}

/// Where the emitter stands: the indent of the collection around, and whether that is a list.
#[derive(Clone, Copy)]
struct Around {
    indent: usize,
    list: bool,
}

impl Emitter {
    fn root(&mut self, tree: &Tree) {
        match &tree.kind {
            TreeKind::Mapping(pairs, false) if !pairs.is_empty() => {
                self.properties_line(tree);
                self.mapping(pairs, 0, false);
            }
            TreeKind::Sequence(items, false) if !items.is_empty() => {
                self.properties_line(tree);
                self.sequence(items, 0, false);
            }
            _ => {
                self.inline(tree, self.best, Place { flow: false, key: false });
                self.out.push('\n');
            }
        }
    }

    fn properties_line(&mut self, tree: &Tree) {
        if !tree.properties.is_empty() {
            self.out.push_str(&tree.properties);
            self.out.push('\n');
        }
    }

    /// The indent of what stands inside.
    fn deeper(&self, around: Around) -> usize {
        if around.list { around.indent + 2 } else { self.best * ((around.indent + self.best) / self.best) }
    }

    fn pad(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
    }

    fn mapping(&mut self, pairs: &[(Tree, Tree)], indent: usize, begun: bool) {
        for (n, (key, value)) in pairs.iter().enumerate() {
            if n > 0 || !begun {
                self.pad(indent);
            }
            self.inline(key, indent, Place { flow: false, key: true });
            if matches!(key.kind, TreeKind::Alias(_)) {
                self.out.push(' ');
            }
            self.out.push(':');
            self.value(value, Around { indent, list: false });
        }
    }

    fn sequence(&mut self, items: &[Tree], indent: usize, begun: bool) {
        for (n, item) in items.iter().enumerate() {
            if n > 0 || !begun {
                self.pad(indent);
            }
            self.out.push('-');
            self.value(item, Around { indent, list: true });
        }
    }

    /// What stands behind `:` or `-`, up to the end of its last line.
    fn value(&mut self, tree: &Tree, around: Around) {
        let deeper = self.deeper(around);
        if !tree.properties.is_empty() {
            self.out.push(' ');
            self.out.push_str(&tree.properties);
        }
        let bare = tree.properties.is_empty();
        match &tree.kind {
            TreeKind::Mapping(pairs, false) if !pairs.is_empty() => {
                let begun = around.list && bare;
                self.out.push(if begun { ' ' } else { '\n' });
                self.mapping(pairs, deeper, begun);
            }
            TreeKind::Sequence(items, false) if !items.is_empty() => {
                let begun = around.list && bare;
                self.out.push(if begun { ' ' } else { '\n' });
                self.sequence(items, deeper, begun);
            }
            TreeKind::Scalar(text, ScalarStyle::Plain) if text.is_empty() => self.out.push('\n'),
            _ => {
                self.out.push(' ');
                self.content(tree, deeper, Place { flow: false, key: false });
                self.out.push('\n');
            }
        }
    }

    /// A node on one line, its properties before it.
    fn inline(&mut self, tree: &Tree, indent: usize, place: Place) {
        if !tree.properties.is_empty() {
            self.out.push_str(&tree.properties);
            self.out.push(' ');
        }
        self.content(tree, indent, place);
    }

    fn content(&mut self, tree: &Tree, indent: usize, place: Place) {
        let inner = Place { flow: true, key: false };
        match &tree.kind {
            TreeKind::Alias(name) => self.out.push_str(name),
            TreeKind::Scalar(text, style) => self.scalar(text, *style, indent, place),
            TreeKind::Sequence(items, _) => {
                self.out.push('[');
                for (n, item) in items.iter().enumerate() {
                    self.out.push_str(if n > 0 { ", " } else { "" });
                    self.inline(item, indent, inner);
                }
                self.out.push(']');
            }
            TreeKind::Mapping(pairs, _) => {
                self.out.push('{');
                for (n, (key, value)) in pairs.iter().enumerate() {
                    self.out.push_str(if n > 0 { ", " } else { "" });
                    self.inline(key, indent, Place { flow: true, key: true });
                    self.out.push_str(": ");
                    self.inline(value, indent, inner);
                }
                self.out.push('}');
            }
        }
    }

    fn scalar(&mut self, text: &str, style: ScalarStyle, indent: usize, place: Place) {
        match select(text, style, place) {
            ScalarStyle::Plain => self.out.push_str(text),
            ScalarStyle::SingleQuoted => self.single(text, indent),
            ScalarStyle::DoubleQuoted => self.double(text),
            ScalarStyle::Literal => {
                self.header('|', text);
                self.literal(text, indent);
            }
            ScalarStyle::Folded => {
                self.header('>', text);
                self.folded(text, indent);
            }
        }
    }

    fn single(&mut self, text: &str, indent: usize) {
        self.out.push('\'');
        let mut after_break = false;
        for c in text.chars() {
            if is_break(c) {
                if !after_break && c == '\n' {
                    self.out.push('\n');
                }
                self.out.push(c);
                after_break = true;
                continue;
            }
            if after_break {
                self.pad(indent);
            }
            after_break = false;
            if c == '\'' {
                self.out.push('\'');
            }
            self.out.push(c);
        }
        self.out.push('\'');
    }

    fn double(&mut self, text: &str) {
        // Behind a byte order mark everything is escaped: go-yaml looks for it at the beginning each time.
        let marked = text.starts_with('\u{feff}');
        self.out.push('"');
        for c in text.chars() {
            match c {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                c if is_printable(c) && !is_break(c) && !marked => self.out.push(c),
                c => self.escape(c),
            }
        }
        self.out.push('"');
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
            '\u{85}' => 'N',
            '\u{2028}' => 'L',
            '\u{2029}' => 'P',
            c => {
                let code = u32::from(c);
                let _ = match code {
                    0..=0xff => write!(self.out, "\\x{code:02X}"),
                    0x100..=0xffff => write!(self.out, "\\u{code:04X}"),
                    _ => write!(self.out, "\\U{code:08X}"),
                };
                return;
            }
        };
        self.out.push('\\');
        self.out.push(short);
    }

    /// `|` or `>` with its indentation and chomping marks.
    fn header(&mut self, indicator: char, text: &str) {
        self.out.push(indicator);
        if text.starts_with(|c| c == ' ' || (is_break(c) && self.version == Version::V3)) {
            let _ = write!(self.out, "{}", self.best);
        }
        let mut ends = text.chars().rev();
        match (ends.next().is_some_and(is_break), ends.next()) {
            (false, _) => self.out.push('-'),
            (true, None) => self.out.push('+'),
            (true, Some(before)) if is_break(before) => self.out.push('+'),
            (true, Some(_)) => {}
        }
    }

    fn literal(&mut self, text: &str, indent: usize) {
        let body = text.strip_suffix('\n').unwrap_or(text);
        for line in body.split('\n') {
            self.out.push('\n');
            if !line.is_empty() {
                self.pad(indent);
                self.out.push_str(line);
            }
        }
    }

    /// Lines are never folded; line breaks of the text become empty lines. So does the last one, unless the text or its
    /// last line begins with a blank: a mistake of go-yaml's that readers see as one more line break.
    fn folded(&mut self, text: &str, indent: usize) {
        let starts_blank = text.trim_start_matches('\n').chars().next().is_none_or(|c| c == ' ' || c == '\t');
        let (mut after_break, mut leading) = (true, true);
        self.out.push('\n');
        for c in text.chars() {
            if c == '\n' {
                if !after_break && !leading && !starts_blank {
                    self.out.push('\n');
                }
                self.out.push('\n');
                after_break = true;
                continue;
            }
            if after_break {
                self.pad(indent);
                leading = c == ' ' || c == '\t';
            }
            after_break = false;
            self.out.push(c);
        }
        // Whoever called ends the line.
        if after_break && text.ends_with('\n') {
            self.out.pop();
        }
    }
}
