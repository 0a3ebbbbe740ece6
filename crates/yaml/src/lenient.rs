//! What libyaml reads, and with it PyYAML, go-yaml and every tool built on them, but the scanner does not: blanks are put
//! in where it stumbles, until it reads the text or stumbles over something else. The places of what was read are those of
//! the text as it is.
//!
//! - `*name:` as a key: in YAML 1.2 the colon is a part of the name, in libyaml no name has one.
//! - A quoted text that goes on in a line that is not indented enough; those blanks mean nothing.

use zeroize::Zeroizing;

use crate::node::{Kind, Node, Span, Stream};
use crate::{Error, Result};

/// How many bytes are scanned for one text, all attempts together.
const MAX_SCANNED: usize = 32 << 20;
/// What an attempt counts at least: aliases can make much of a short text.
const ATTEMPT: usize = 512 << 10;
/// How many blanks are put in.
const MAX_BLANKS: usize = 64 << 10;

/// Reads a text that the scanner refused with `error`.
///
/// # Errors
/// That error, when the reason is another one.
pub(crate) fn read(text: &str, error: Error, scan: impl Fn(&str) -> Result<Stream>) -> Result<Stream> {
    if remedy(text, &error).is_none() {
        return Err(error);
    }
    // Large enough from the start: the text may be secret, and one that grows leaves copies behind.
    let mut patched = Zeroizing::new(String::with_capacity(text.len() + MAX_BLANKS));
    patched.push_str(text);
    let mut blanks: Vec<(usize, usize)> = Vec::new();
    let mut last = error.clone();
    let (mut added, mut scanned) = (0, 0);
    while let Some((at, count)) = remedy(&patched, &last) {
        added += count;
        scanned += patched.len().max(ATTEMPT);
        if added > MAX_BLANKS || scanned > MAX_SCANNED {
            break;
        }
        patched.insert_str(at, &" ".repeat(count));
        blanks.push((at, count));
        match scan(&patched) {
            Ok(mut stream) => {
                Places { text, blanks: &blanks }.restore(&mut stream);
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(error)
}

/// Where blanks help, and how many.
fn remedy(text: &str, error: &Error) -> Option<(usize, usize)> {
    match error.code {
        "yaml/unknown-anchor" => {
            let name = text.get(error.span.range())?.strip_prefix('*')?.strip_suffix(':')?;
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            (!name.is_empty() && name.chars().all(is_name)).then(|| (error.span.end - 1, 1))
        }
        "yaml/syntax" if error.message == granit_parser::ErrorKind::InvalidQuotedScalarIndent.to_string() => {
            let before = text.get(..error.span.start)?;
            let start = before.rfind('\n')? + 1;
            let above = text[..start].lines().rev().find(|line| !line.trim().is_empty())?;
            let indent = above.len() - above.trim_start_matches([' ', '-', '?']).len();
            Some((start, indent + 1))
        }
        _ => None,
    }
}

struct Places<'p> {
    text: &'p str,
    /// Where blanks were put in, in that order, and how many.
    blanks: &'p [(usize, usize)],
}

impl Places<'_> {
    fn restore(&self, stream: &mut Stream) {
        for document in &mut stream.documents {
            self.span(&mut document.span);
            self.node(&mut document.root);
        }
        for comment in &mut stream.comments {
            self.span(&mut comment.span);
            let before = &self.text[..comment.span.start];
            let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
            comment.column = line.trim_start_matches('\u{feff}').chars().count();
        }
    }

    fn node(&self, node: &mut Node) {
        self.span(&mut node.span);
        node.anchor.iter_mut().for_each(|anchor| self.span(anchor));
        node.tag.iter_mut().for_each(|tag| self.span(&mut tag.span));
        match &mut node.kind {
            Kind::Scalar(..) => {}
            Kind::Alias(target) => self.node(target),
            Kind::Sequence(items) => items.iter_mut().for_each(|item| self.node(item)),
            Kind::Mapping(pairs) => pairs.iter_mut().for_each(|pair| {
                self.node(&mut pair.key);
                self.node(&mut pair.value);
            }),
        }
    }

    fn span(&self, span: &mut Span) {
        *span = Span::new(self.place(span.start), self.place(span.end));
    }

    fn place(&self, at: usize) -> usize {
        self.blanks.iter().rev().fold(at, |at, (start, count)| {
            if at <= *start { at } else { at.saturating_sub(*count).max(*start) }
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::{Dialect, Value, load_one, parse};

    #[test]
    fn an_alias_as_a_key() {
        let text = "name: &app-1 web # n\nports:\n  *app-1: 80 # p\nmore: {*app-1: x}\nlast: *app-1\n";
        let stream = parse(text).unwrap();
        let root = &stream.documents[0].root;
        let ports = root.get("ports").unwrap().as_mapping().unwrap();
        assert_eq!(&text[ports[0].key.span.range()], "*app-1");
        assert_eq!(&text[ports[0].value.span.range()], "80");
        assert_eq!(&text[root.get("last").unwrap().span.range()], "*app-1");
        let comments: Vec<_> = stream.comments.iter().map(|c| (&text[c.span.range()], c.column)).collect();
        assert_eq!(comments, [("# n", 17), ("# p", 13)]);
        let value = load_one(text, Dialect::GoYamlV3).unwrap();
        assert_eq!(value.get("ports").and_then(|ports| ports.get("web")), Some(&Value::from(80_i64)));
        for text in ["*a: 1\n", "a: &a 1\nb: *c\n", "a: *a:b\n"] {
            assert_eq!(parse(text).unwrap_err().code, "yaml/unknown-anchor", "{text}");
        }
    }

    /// As PyYAML 6.0 and go-yaml v3 read it.
    #[test]
    fn quoted_text_goes_on_anywhere() {
        let text = "a:\n  - b: 'one\n  two\nthree'\n    c: \"four\n  five\n\n      six\" # s\nd: 7\n";
        let stream = parse(text).unwrap();
        let root = &stream.documents[0].root;
        let item = &root.get("a").unwrap().as_sequence().unwrap()[0];
        assert_eq!(item.get("b").unwrap().as_str(), Some("one two three"));
        assert_eq!(item.get("c").unwrap().as_str(), Some("four five\nsix"));
        assert_eq!(&text[item.get("b").unwrap().span.range()], "'one\n  two\nthree'");
        assert_eq!(&text[root.get("d").unwrap().span.range()], "7");
        assert_eq!((&text[stream.comments[0].span.range()], stream.comments[0].column), ("# s", 11));
    }

    #[test]
    fn the_first_error_stays_and_work_is_bounded() {
        let error = parse("a: &x 1\nb: {*x: 1}\nc: *none\n").unwrap_err();
        assert_eq!((error.code, error.span.start), ("yaml/unknown-anchor", 12));
        let lines = |count| format!("a:\n  - b: 'x{}'\n", "\ny".repeat(count));
        assert!(parse(&lines(40)).is_ok());
        for count in [100, 200_000] {
            assert_eq!(parse(&lines(count)).unwrap_err().code, "yaml/syntax");
        }
    }
}
