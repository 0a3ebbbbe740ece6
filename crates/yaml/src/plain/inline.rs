//! What begins and ends on one line: plain and quoted scalars, flow collections.

use std::borrow::Cow;

use super::{MAX_DEPTH, MAX_KEY, Reader};
use crate::node::{ScalarStyle, Span};

/// A scalar on one line.
pub(super) struct Scalar<'t> {
    pub(super) text: Cow<'t, str>,
    pub(super) style: ScalarStyle,
    pub(super) span: Span,
    /// Whether a colon that ends it stands behind it.
    pub(super) is_key: bool,
}

impl<'t> Reader<'t> {
    /// A scalar on this line that is no block scalar, behind which a colon may stand.
    pub(super) fn scalar(&mut self) -> Option<Scalar<'t>> {
        let start = self.at;
        let (text, style) = match self.peek()? {
            b'"' => (self.double_quoted()?, ScalarStyle::DoubleQuoted),
            b'\'' => (self.single_quoted()?, ScalarStyle::SingleQuoted),
            _ if self.is_plain_start() => (self.plain().into(), ScalarStyle::Plain),
            _ => return None,
        };
        let is_key = self.peek() == Some(b':') && self.is_blank(1);
        Some(Scalar { text, style, span: Span::new(start, self.at), is_key })
    }

    /// Whether plain text begins here, in block and in flow collections.
    pub(super) fn is_plain_start(&self) -> bool {
        match self.peek() {
            Some(b'-') => matches!(
                self.bytes.get(self.at + 1),
                Some(b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'/')
            ),
            Some(b) => b.is_ascii_alphanumeric() || b >= 0x80 || b"_./+=~$^()<;\\".contains(&b),
            None => false,
        }
    }

    /// Plain text of a block collection, up to a colon that ends it, a comment or the end of the line.
    fn plain(&mut self) -> &'t str {
        let start = self.at;
        let mut end = start;
        while let Some(b) = self.peek() {
            match b {
                b'\n' => break,
                b':' if self.is_blank(1) => break,
                b'#' if end < self.at => break,
                b' ' => {}
                _ => end = self.at + 1,
            }
            self.at += 1;
        }
        self.at = end;
        &self.text[start..end]
    }

    fn double_quoted(&mut self) -> Option<Cow<'t, str>> {
        let start = self.at + 1;
        let mut has_escapes = false;
        loop {
            self.at += 1;
            match self.peek()? {
                b'"' => break,
                b'\n' => return None,
                b'\\' => {
                    has_escapes = true;
                    self.at += 1;
                }
                _ => {}
            }
        }
        let text = &self.text[start..self.at];
        self.at += 1;
        if has_escapes { unescape(text).map(Cow::Owned) } else { Some(text.into()) }
    }

    fn single_quoted(&mut self) -> Option<Cow<'t, str>> {
        let start = self.at + 1;
        let mut has_quotes = false;
        loop {
            self.at += 1;
            match self.peek()? {
                b'\'' if self.bytes.get(self.at + 1) == Some(&b'\'') => {
                    has_quotes = true;
                    self.at += 1;
                }
                b'\'' => break,
                b'\n' => return None,
                _ => {}
            }
        }
        let text = &self.text[start..self.at];
        self.at += 1;
        Some(if has_quotes { unquote(text).into() } else { text.into() })
    }

    /// A flow collection that ends on this line.
    pub(super) fn flow(&mut self, depth: usize) -> Option<()> {
        let is_mapping = self.peek()? == b'{';
        let end = if is_mapping { b'}' } else { b']' };
        if depth + self.open.len() == MAX_DEPTH {
            return None;
        }
        self.start(is_mapping, self.at, true);
        self.at += 1;
        self.skip_spaces();
        if self.peek()? != end {
            loop {
                if is_mapping {
                    self.flow_key()?;
                }
                self.flow_node(depth)?;
                self.skip_spaces();
                match self.peek()? {
                    b',' => self.at += 1,
                    b if b == end => break,
                    _ => return None,
                }
                self.skip_spaces();
            }
        }
        self.at += 1;
        self.builder.end_collection(self.at);
        Some(())
    }

    fn flow_key(&mut self) -> Option<()> {
        let key = self.flow_scalar()?;
        if key.span.end - key.span.start > MAX_KEY
            || self.peek()? != b':'
            || self.bytes.get(self.at + 1)? != &b' '
        {
            return None;
        }
        self.place(key);
        self.at += 1;
        self.skip_spaces();
        Some(())
    }

    fn flow_node(&mut self, depth: usize) -> Option<()> {
        if matches!(self.peek()?, b'[' | b'{') {
            return self.flow(depth + 1);
        }
        let scalar = self.flow_scalar()?;
        self.place(scalar);
        Some(())
    }

    fn flow_scalar(&mut self) -> Option<Scalar<'t>> {
        if matches!(self.peek()?, b'"' | b'\'') {
            return self.scalar();
        }
        let start = self.at;
        if !self.is_plain_start() {
            return None;
        }
        let mut end = start;
        while let Some(b) = self.peek() {
            match b {
                b'\n' => break,
                _ if is_flow_indicator(b) => break,
                b'?' => return None,
                b':' if self.is_blank(1) || is_flow_indicator(self.bytes[self.at + 1]) => break,
                b'#' if end < self.at => return None,
                b' ' => {}
                _ => end = self.at + 1,
            }
            self.at += 1;
        }
        self.at = end;
        let text = self.text[start..end].into();
        Some(Scalar { text, style: ScalarStyle::Plain, span: Span::new(start, end), is_key: false })
    }
}

fn is_flow_indicator(b: u8) -> bool {
    matches!(b, b',' | b'[' | b']' | b'{' | b'}')
}

/// The text of a double-quoted scalar with the usual escapes.
fn unescape(quoted: &str) -> Option<String> {
    // Large enough from the start: the text may be secret, and one that grows leaves copies behind.
    let mut text = String::with_capacity(quoted.len());
    let mut chars = quoted.chars();
    while let Some(c) = chars.next() {
        text.push(match c {
            '\\' => match chars.next()? {
                c @ ('"' | '\\' | '/') => c,
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                _ => return None,
            },
            c => c,
        });
    }
    Some(text)
}

/// The text of a single-quoted scalar.
fn unquote(quoted: &str) -> String {
    let mut text = String::with_capacity(quoted.len());
    for (number, part) in quoted.split("''").enumerate() {
        if number > 0 {
            text.push('\'');
        }
        text.push_str(part);
    }
    text
}
