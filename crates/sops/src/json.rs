//! JSON (RFC 8259) with places, for files whose other bytes must stay: read into the nodes of a YAML flow mapping. Which
//! numbers are integers is as in sops: what fits 64 bits with sign, anything else is a float. Keys may repeat, as there.

use yaml::{Kind, Node, Pair, ScalarStyle, Span, Stream, Tag};
use zeroize::Zeroizing;

use crate::format::single;
use crate::metadata::KEY;
use crate::{Error, Result};

/// How deep arrays and objects may nest.
const MAX_DEPTH: usize = 255;

/// Parses a text that holds one object.
///
/// # Errors
/// `sops/json` with the place, `sops/root` when it holds something else.
pub(crate) fn parse(text: &str) -> Result<Zeroizing<Stream>> {
    let mut reader = Reader { text, at: 0, depth: 0 };
    reader.blanks();
    if reader.at == text.len() {
        return Err(Error::new("sops/empty", "there is no document to encrypt"));
    }
    let start = reader.at;
    let mut root = Zeroizing::new(vec![reader.value()?]);
    reader.blanks();
    if reader.at < text.len() {
        return Err(reader.error("something follows the end of the object"));
    }
    let Some(pairs) = root[0].as_mapping() else {
        return Err(Error::new(
            "sops/root",
            format!("the document is {}; only objects can be encrypted", root[0].kind_name()),
        )
        .at(Span::new(start, start + 1))
        .with_help("wrap it in an object: {\"data\": …}"));
    };
    let mut blocks = pairs.iter().filter(|pair| pair.key.as_str() == Some(KEY));
    if let Some(second) = blocks.nth(1) {
        return Err(Error::new("sops/metadata", "the key `sops` stands twice").at(second.key.span));
    }
    Ok(single(root.remove(0), Vec::new(), text.len()))
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    depth: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn blanks(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn error(&self, what: &str) -> Error {
        let start = self.at.min(self.text.len());
        let length = self.text[start..].chars().next().map_or(0, char::len_utf8);
        Error::new("sops/json", format!("this is not JSON: {what}")).at(Span::new(start, start + length))
    }

    fn value(&mut self) -> Result<Node> {
        match self.peek() {
            Some(b'{') => self.nested(Self::object),
            Some(b'[') => self.nested(Self::array),
            Some(b'"') => self.string(),
            Some(b'-' | b'0'..=b'9') => self.number(),
            _ => self.word(),
        }
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Kind>) -> Result<Node> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(self.error(&format!("nested deeper than {MAX_DEPTH} levels")));
        }
        let start = self.at;
        self.at += 1;
        let kind = read(self)?;
        self.depth -= 1;
        Ok(node(kind, start, self.at, true))
    }

    fn object(&mut self) -> Result<Kind> {
        // Wiped where the text ends in an error.
        let mut pairs = Zeroizing::new(Vec::new());
        loop {
            self.blanks();
            match self.peek() {
                Some(b'}') if pairs.is_empty() => break,
                Some(b'"') => {}
                _ => return Err(self.error("a key in double quotes is expected")),
            }
            let key = self.string()?;
            self.blanks();
            if self.peek() != Some(b':') {
                return Err(self.error("a colon is expected"));
            }
            self.at += 1;
            self.blanks();
            let value = self.value()?;
            pairs.push(Pair { key, value });
            if self.ends(b'}')? {
                break;
            }
        }
        self.at += 1;
        Ok(Kind::Mapping(std::mem::take(&mut *pairs)))
    }

    fn array(&mut self) -> Result<Kind> {
        let mut items = Zeroizing::new(Vec::new());
        loop {
            self.blanks();
            if self.peek() == Some(b']') && items.is_empty() {
                break;
            }
            items.push(self.value()?);
            if self.ends(b']')? {
                break;
            }
        }
        self.at += 1;
        Ok(Kind::Sequence(std::mem::take(&mut *items)))
    }

    /// Behind an entry: whether the collection ends here; else its comma is passed.
    fn ends(&mut self, close: u8) -> Result<bool> {
        self.blanks();
        match self.peek() {
            Some(c) if c == close => Ok(true),
            Some(b',') => {
                self.at += 1;
                Ok(false)
            }
            None => Err(self.error("it ends too early")),
            _ => Err(self.error(&format!("a comma or {} is expected", char::from(close)))),
        }
    }

    fn string(&mut self) -> Result<Node> {
        let start = self.at;
        self.at += 1;
        let mut out = Zeroizing::new(String::new());
        loop {
            let plain = self.text[self.at..].find(|c: char| c == '"' || c == '\\' || c < ' ');
            let Some(length) = plain else {
                self.at = self.text.len();
                return Err(self.error("a string does not end"));
            };
            push(&mut out, &self.text[self.at..self.at + length]);
            self.at += length;
            match self.peek() {
                Some(b'"') => break,
                Some(b'\\') => push(&mut out, self.escape()?.encode_utf8(&mut [0; 4])),
                _ => return Err(self.error("a control character stands in a string")),
            }
        }
        self.at += 1;
        let text = std::mem::take(&mut *out);
        Ok(node(Kind::Scalar(text, ScalarStyle::DoubleQuoted), start, self.at, false))
    }

    fn escape(&mut self) -> Result<char> {
        let letter = self.text.as_bytes().get(self.at + 1).copied();
        let plain = match letter {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.unicode(),
            _ => return Err(self.error("an unknown escape")),
        };
        self.at += 2;
        Ok(plain)
    }

    /// `\uXXXX`, two of them for what lies beyond 16 bits. A half alone is replaced in Go, and so refused here.
    fn unicode(&mut self) -> Result<char> {
        let first = self.hex(self.at)?;
        let (code, length) = match first {
            0xd800..0xdc00 if self.text[self.at + 6..].starts_with("\\u") => match self.hex(self.at + 6)? {
                second @ 0xdc00..0xe000 => (0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00), 12),
                _ => (first, 6),
            },
            _ => (first, 6),
        };
        let c = char::from_u32(code).ok_or_else(|| self.error("half of a surrogate pair stands alone"))?;
        self.at += length;
        Ok(c)
    }

    fn hex(&self, at: usize) -> Result<u32> {
        let digits = self.text.as_bytes().get(at + 2..at + 6).filter(|d| d.iter().all(u8::is_ascii_hexdigit));
        let digits = digits.and_then(|digits| std::str::from_utf8(digits).ok());
        digits
            .and_then(|digits| u32::from_str_radix(digits, 16).ok())
            .ok_or_else(|| self.error("an unknown escape"))
    }

    fn number(&mut self) -> Result<Node> {
        let start = self.at;
        let rest = &self.text[start..];
        let length =
            rest.find(|c: char| !matches!(c, '-' | '+' | '.' | 'e' | 'E' | '0'..='9')).unwrap_or(rest.len());
        let text = &rest[..length];
        if !is_number(text) {
            return Err(self.error("a malformed number"));
        }
        self.at += length;
        let integer = text.parse::<i64>().is_ok();
        if !integer && !text.parse::<f64>().is_ok_and(f64::is_finite) {
            self.at = start;
            return Err(self.error("a number that is out of range"));
        }
        let mut node = node(Kind::Scalar(text.to_owned(), ScalarStyle::Plain), start, self.at, false);
        if !integer {
            let tag = Tag { full: "tag:yaml.org,2002:float".to_owned(), span: Span::new(start, start) };
            node.tag = Some(Box::new(tag));
        }
        Ok(node)
    }

    fn word(&mut self) -> Result<Node> {
        let start = self.at;
        for word in ["true", "false", "null"] {
            if self.text[start..].starts_with(word) {
                self.at += word.len();
                return Ok(node(Kind::Scalar(word.to_owned(), ScalarStyle::Plain), start, self.at, false));
            }
        }
        Err(self.error(if start == self.text.len() { "it ends too early" } else { "a value is expected" }))
    }
}

/// A text that grows by itself would leave copies behind.
fn push(out: &mut Zeroizing<String>, text: &str) {
    if out.capacity() - out.len() < text.len() {
        let mut larger = Zeroizing::new(String::with_capacity(2 * out.len() + text.len()));
        larger.push_str(out);
        *out = larger;
    }
    out.push_str(text);
}

/// The grammar of RFC 8259, section 6.
pub(crate) fn is_number(text: &str) -> bool {
    fn digits(text: &str) -> (usize, &str) {
        let length = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
        (length, &text[length..])
    }
    let text = text.strip_prefix('-').unwrap_or(text);
    let (whole, mut rest) = digits(text);
    if whole == 0 || (whole > 1 && text.starts_with('0')) {
        return false;
    }
    if let Some(after) = rest.strip_prefix('.') {
        let (fraction, after) = digits(after);
        if fraction == 0 {
            return false;
        }
        rest = after;
    }
    if let Some(after) = rest.strip_prefix(['e', 'E']) {
        let (exponent, after) = digits(after.strip_prefix(['+', '-']).unwrap_or(after));
        if exponent == 0 {
            return false;
        }
        rest = after;
    }
    rest.is_empty()
}

fn node(kind: Kind, start: usize, end: usize, flow: bool) -> Node {
    Node { kind, span: Span::new(start, end), tag: None, anchor: None, flow }
}

/// A text as a JSON string, with only the escapes that JSON asks for.
pub(crate) fn quoted(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Data as JSON: in lines, with this line break and indentation of the object it stands in, or in one line.
pub(crate) fn write(value: &yaml::Value, lines: Option<(&str, &str)>) -> String {
    let mut out = String::new();
    write_into(value, lines, 1, &mut out);
    out
}

fn write_into(value: &yaml::Value, lines: Option<(&str, &str)>, depth: usize, out: &mut String) {
    use yaml::Value as V;
    let begin = |out: &mut String, number: usize, depth: usize| {
        if number > 0 {
            out.push(',');
        }
        match lines {
            Some((eol, pad)) => {
                out.push_str(eol);
                (0..depth).for_each(|_| out.push_str(pad));
            }
            None if number > 0 => out.push(' '),
            None => {}
        }
    };
    match value {
        V::Mapping(mapping) if !mapping.is_empty() => {
            out.push('{');
            for (number, (key, value)) in mapping.iter().enumerate() {
                begin(out, number, depth + 1);
                out.push_str(&quoted(key.as_str().unwrap_or_default()));
                out.push_str(": ");
                write_into(value, lines, depth + 1, out);
            }
            close(lines, depth, out);
            out.push('}');
        }
        V::Sequence(items) if !items.is_empty() => {
            out.push('[');
            for (number, item) in items.iter().enumerate() {
                begin(out, number, depth + 1);
                write_into(item, lines, depth + 1, out);
            }
            close(lines, depth, out);
            out.push(']');
        }
        V::String(text) => out.push_str(&quoted(text)),
        other => out.push_str(&crate::go_emit::flow(other)),
    }
}

fn close(lines: Option<(&str, &str)>, depth: usize, out: &mut String) {
    if let Some((eol, pad)) = lines {
        out.push_str(eol);
        (0..depth).for_each(|_| out.push_str(pad));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_their_places() {
        let text =
            " {\"a\": [1, -2.5e3, \"x\\u00e9\\ud83d\\ude00\\n\"],\n\t\"b\": {}, \"b\": null, \"c\": true}\n";
        let stream = parse(text).unwrap();
        let root = &stream.documents[0].root;
        let pairs = root.as_mapping().unwrap();
        assert_eq!(pairs.len(), 4);
        let items = pairs[0].value.as_sequence().unwrap();
        assert_eq!(items[2].as_str(), Some("xé😀\n"));
        assert_eq!(&text[items[1].span.range()], "-2.5e3");
        assert_eq!(&text[pairs[1].value.span.range()], "{}");
        assert!(items[1].tag.is_some() && items[0].tag.is_none());
    }

    #[test]
    fn what_is_no_json_is_refused() {
        for (text, code) in [
            ("", "sops/empty"),
            (" \n", "sops/empty"),
            ("[1]", "sops/root"),
            ("\"x\"", "sops/root"),
            ("{\"a\": 1", "sops/json"),
            ("{\"a\": 1} x", "sops/json"),
            ("{\"a\": 01}", "sops/json"),
            ("{\"a\": 1.}", "sops/json"),
            ("{\"a\": .5}", "sops/json"),
            ("{\"a\": 1e999}", "sops/json"),
            ("{\"a\": \"\u{1}\"}", "sops/json"),
            ("{\"a\": \"\\x\"}", "sops/json"),
            ("{\"a\": \"\\ud800\"}", "sops/json"),
            ("{\"a\": 1,}", "sops/json"),
            ("{a: 1}", "sops/json"),
            ("{\"a\": 'x'}", "sops/json"),
            ("\u{feff}{}", "sops/json"),
            ("{\"sops\": {}, \"sops\": {}}", "sops/metadata"),
        ] {
            assert_eq!(parse(text).unwrap_err().code, code, "{text}");
        }
        let deep = format!("{{\"a\": {}{}}}", "[".repeat(300), "]".repeat(300));
        assert_eq!(parse(&deep).unwrap_err().code, "sops/json");
    }

    #[test]
    fn strings_are_written_back() {
        for text in ["", "a\"b\\c/d", "\u{1}\n\t\u{7f}é\u{2028}"] {
            let json = format!("{{\"k\": {}}}", quoted(text));
            assert_eq!(parse(&json).unwrap().documents[0].root.get("k").unwrap().as_str(), Some(text));
        }
    }
}
