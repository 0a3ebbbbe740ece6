//! What libyaml and go-yaml read, and with them every tool built on them, but the scanner does not: blanks are put in
//! where it stumbles, until it reads the text or stumbles over something else. The places of what was read are those of
//! the text as it is.
//!
//! - `*name:` as a key: in YAML 1.2 the colon is a part of the name, in libyaml no name has one.
//! - `"x"#c`: in libyaml a comment needs no blank before it, where no plain text goes on. Not behind a quoted text of
//!   several lines: there it is the second quote that somebody meant to begin another text with.
//! - Tabs before the lines of a flow collection (JSON as many editors write it) below a key.

use granit_parser::ErrorKind;
use zeroize::Zeroizing;

use crate::node::{Kind, Node, ScalarStyle, Span, Stream};
use crate::{Error, Result, syntax};

/// How many bytes are scanned for one text, all attempts together.
const MAX_SCANNED: usize = 32 << 20;
/// What an attempt counts at least: aliases can make much of a short text.
const ATTEMPT: usize = 512 << 10;
/// How many blanks are put in.
const MAX_BLANKS: usize = MAX_SCANNED / ATTEMPT;

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
    let mut places = Places { text, blanks: Vec::new() };
    let (mut tabs, mut comments): (Vec<usize>, Vec<usize>) = (Vec::new(), Vec::new());
    let mut last = error.clone();
    let mut scanned = 0;
    while let Some(remedy) = remedy(&patched, &last) {
        scanned += patched.len().max(ATTEMPT);
        if scanned > MAX_SCANNED {
            break;
        }
        match remedy {
            Remedy::Blank(at) => {
                comments.extend(patched[at..].starts_with('#').then(|| places.place(at)));
                patched.insert(at, ' ');
                places.blanks.push(at);
            }
            Remedy::Tabs(found) => {
                for at in found {
                    patched.replace_range(at..=at, " ");
                    tabs.push(places.place(at));
                }
            }
        }
        match scan(&patched) {
            Ok(mut stream) => {
                places.restore(&mut stream);
                let is_meant = within_flow(&stream, tabs) && !end_quotes(text, &stream, &comments);
                return if is_meant { Ok(stream) } else { Err(error) };
            }
            Err(error) => last = error,
        }
    }
    Err(error)
}

enum Remedy {
    /// A blank belongs here.
    Blank(usize),
    /// The tabs that stand here are blanks, if they are within a flow collection.
    Tabs(Vec<usize>),
}

fn remedy(text: &str, error: &Error) -> Option<Remedy> {
    match error.code {
        "yaml/unknown-anchor" => {
            let name = text.get(error.span.range())?.strip_prefix('*')?.strip_suffix(':')?;
            let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            (!name.is_empty() && name.chars().all(is_name)).then(|| Remedy::Blank(error.span.end - 1))
        }
        "yaml/syntax" if error.message == syntax::message(&ErrorKind::CommentNotSeparated) => {
            text[error.span.start..].starts_with('#').then_some(Remedy::Blank(error.span.start))
        }
        "yaml/syntax" if error.message == syntax::message(&ErrorKind::TabInBlockIndentation) => {
            let line = text.get(..error.span.start)?.rfind('\n').map_or(0, |at| at + 1);
            let tabs = leading_tabs(text, line);
            (!tabs.is_empty()).then_some(Remedy::Tabs(tabs))
        }
        _ => None,
    }
}

/// Where tabs stand before the text of the lines from `start` on, up to the first line without one.
fn leading_tabs(text: &str, start: usize) -> Vec<usize> {
    let mut tabs = Vec::new();
    let mut at = start;
    for line in text[start..].split_inclusive('\n') {
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        let before = tabs.len();
        tabs.extend(line[..blanks].match_indices('\t').map(|(tab, _)| at + tab));
        if tabs.len() == before {
            break;
        }
        at += line.len();
    }
    tabs
}

/// Whether all of these places, in any order, are within a flow collection: there, blanks before a line mean nothing.
fn within_flow(stream: &Stream, mut places: Vec<usize>) -> bool {
    places.sort_unstable_by(|one, other| other.cmp(one));
    stream.documents.iter().for_each(|document| take_flow(&document.root, &mut places));
    places.is_empty()
}

/// Whether a quoted text of several lines ends where one of these comments begins.
fn end_quotes(text: &str, stream: &Stream, comments: &[usize]) -> bool {
    fn within(node: &Node, ends: &impl Fn(&Node) -> bool) -> bool {
        match &node.kind {
            Kind::Scalar(_, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) => ends(node),
            Kind::Scalar(..) | Kind::Alias(_) => false,
            Kind::Sequence(items) => items.iter().any(|item| within(item, ends)),
            Kind::Mapping(pairs) => {
                pairs.iter().any(|pair| within(&pair.key, ends) || within(&pair.value, ends))
            }
        }
    }
    let ends = |node: &Node| comments.contains(&node.span.end) && text[node.span.range()].contains('\n');
    !comments.is_empty() && stream.documents.iter().any(|document| within(&document.root, &ends))
}

/// Takes from the end of `places`, which are in falling order, what lies within flow collections of this node.
fn take_flow(node: &Node, places: &mut Vec<usize>) {
    match &node.kind {
        Kind::Sequence(_) | Kind::Mapping(_) if node.flow => {
            while places.last().is_some_and(|at| (node.span.start..node.span.end).contains(at)) {
                places.pop();
            }
        }
        Kind::Sequence(items) => items.iter().for_each(|item| take_flow(item, places)),
        Kind::Mapping(pairs) => pairs.iter().for_each(|pair| {
            take_flow(&pair.key, places);
            take_flow(&pair.value, places);
        }),
        Kind::Scalar(..) | Kind::Alias(_) => {}
    }
}

struct Places<'p> {
    text: &'p str,
    /// Where blanks were put in, in that order.
    blanks: Vec<usize>,
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
        self.blanks.iter().rev().fold(at, |at, blank| if at <= *blank { at } else { at - 1 })
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
        let text = "a:\n  - b: 'one\n \t two\nthree'\n    c: \"four\n\tfive\n\n      six\" # s\nd: 7\n";
        let stream = parse(text).unwrap();
        let root = &stream.documents[0].root;
        let item = &root.get("a").unwrap().as_sequence().unwrap()[0];
        assert_eq!(item.get("b").unwrap().as_str(), Some("one two three"));
        assert_eq!(item.get("c").unwrap().as_str(), Some("four five\nsix"));
        assert_eq!(&text[item.get("b").unwrap().span.range()], "'one\n \t two\nthree'");
        assert_eq!(&text[root.get("d").unwrap().span.range()], "7");
        assert_eq!((&text[stream.comments[0].span.range()], stream.comments[0].column), ("# s", 11));
    }

    #[test]
    fn the_first_error_stays_and_work_is_bounded() {
        let error = parse("a: &x 1\nb: {*x: 1}\nc: *none\n").unwrap_err();
        assert_eq!((error.code, error.span.start), ("yaml/unknown-anchor", 12));
        let keys = |count| format!("a: &x 1\nb:\n{}", "  - {*x: 1}\n".repeat(count));
        assert!(parse(&keys(40)).is_ok());
        for count in [100, 200_000] {
            assert_eq!(parse(&keys(count)).unwrap_err().code, "yaml/unknown-anchor");
        }
        let lines = |count| format!("a: {{\n{}}}\n", "\t\"x\": [\n\t\t1],\n".repeat(count));
        assert!(parse(&lines(100_000)).is_ok());
    }

    /// As go-yaml v3.0.4 reads it, but for the last two: there a quote was forgotten.
    #[test]
    fn a_comment_without_a_blank() {
        let text = "a: \"x\"#c\nb: [1]#d\ne: |#f\n  g\n# h\n";
        let stream = parse(text).unwrap();
        let root = &stream.documents[0].root;
        assert_eq!(root.get("a").unwrap().as_str(), Some("x"));
        assert_eq!(root.get("e").unwrap().as_str(), Some("g\n"));
        assert_eq!(&text[root.get("b").unwrap().span.range()], "[1]");
        let comments: Vec<_> = stream.comments.iter().map(|c| (&text[c.span.range()], c.column)).collect();
        assert_eq!(comments, [("#c", 6), ("#d", 6), ("#f", 4), ("# h", 0)]);
        assert!(stream.comments[..3].iter().all(|comment| comment.inline));
        for text in ["a: \"x\nb: \"#c\"\nd: 1\n", "- a: 'x\n- b: '#c'\n"] {
            assert_eq!(parse(text).unwrap_err().code, "yaml/syntax", "{text:?}");
        }
    }

    /// As go-yaml v3.0.4 reads it; tabs that are no part of a flow collection are refused there too.
    #[test]
    fn tabs_within_flow_collections() {
        let text = "a: {\n\t\"b\": [\n\t \t1,\n  \t2 ] # c\n\t}\nd: 3\n";
        let stream = parse(text).unwrap();
        let root = &stream.documents[0].root;
        assert_eq!(root.get("a").unwrap().get("b").unwrap().as_sequence().unwrap().len(), 2);
        assert_eq!(&text[root.get("d").unwrap().span.range()], "3");
        assert_eq!(stream.comments[0].column, 7);
        for text in ["a:\n\tb: 1\n", "a: {\n\tb: 1}\nc:\n\td: 2\n", "a: {\n\tb: 1}\n\tc: 2\n"] {
            let error = parse(text).unwrap_err();
            assert_eq!(error.code, "yaml/syntax", "{text:?}");
        }
    }
}
