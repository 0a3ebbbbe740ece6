//! dotenv files as sops reads them: `KEY=VALUE` up to the line break (quotes are part of the value), `#` at the begin of
//! a line for comments, `\n` in a value for a line break. The sops block stands in lines of its own, flattened.

use yaml::{Comment, Kind, Mapping, Node, Pair, ScalarStyle, Span, Stream, Value};

use zeroize::Zeroizing;

use crate::format::single;
use crate::{Error, Result};

/// How keys of the sops block begin.
pub(crate) const PREFIX: &str = "sops_";
const MAP: &str = "__map_";
const LIST: &str = "__list_";

/// Parses a text: one mapping of text values.
///
/// # Errors
/// `sops/dotenv` for a line that is no variable.
pub(crate) fn parse(text: &str) -> Result<Zeroizing<Stream>> {
    let (mut pairs, mut comments) = (Zeroizing::new(Vec::new()), Zeroizing::new(Vec::new()));
    let mut at = 0;
    for line in text.split('\n') {
        let (start, end) = (at, at + line.len());
        at = end + 1;
        if let Some(comment) = line.strip_prefix('#') {
            let span = Span::new(start, end);
            comments.push(Comment { text: comment.to_owned(), span, column: 0, inline: false });
        } else if let Some(equals) = line.find('=') {
            let key = scalar(line[..equals].to_owned(), start, start + equals);
            let value = scalar(line[equals + 1..].replace("\\n", "\n"), start + equals + 1, end);
            pairs.push(Pair { key, value });
        } else if !line.is_empty() {
            return Err(Error::new(
                "sops/dotenv",
                "this line has no `=`: it is neither a variable nor a comment",
            )
            .at(Span::new(start, end)));
        }
    }
    let (start, end) = match (pairs.first(), pairs.last()) {
        (Some(first), Some(last)) => (first.key.span.start, last.value.span.end),
        _ => (0, 0),
    };
    let root = Node {
        kind: Kind::Mapping(std::mem::take(&mut *pairs)),
        span: Span::new(start, end),
        tag: None,
        anchor: None,
        flow: false,
    };
    Ok(single(root, std::mem::take(&mut *comments), text.len()))
}

/// The style says that it is text whatever it looks like.
fn scalar(text: String, start: usize, end: usize) -> Node {
    let kind = Kind::Scalar(text, ScalarStyle::SingleQuoted);
    Node { kind, span: Span::new(start, end), tag: None, anchor: None, flow: false }
}

/// The sops block of a file's variables; none when it has none.
///
/// # Errors
/// `sops/metadata` when its lines do not fit together.
pub(crate) fn block(root: &Node) -> Result<Option<Mapping>> {
    let mut block = None;
    for pair in root.as_mapping().unwrap_or_default() {
        let (Some(key), Some(value)) = (pair.key.as_str(), pair.value.as_str()) else { continue };
        let Some(path) = key.strip_prefix(PREFIX) else { continue };
        let block = block.get_or_insert_with(|| Value::Mapping(Mapping::new()));
        let fits = place(block, &steps(path), Value::from(value));
        if fits.is_none() {
            return Err(Error::new("sops/metadata", "the lines of the sops block contradict each other")
                .at(pair.key.span));
        }
    }
    Ok(match block {
        Some(Value::Mapping(block)) => Some(block),
        _ => None,
    })
}

enum Step {
    Key(String),
    Index(usize),
}

/// `age__list_0__map_enc` as the key `age`, the position 0 and the key `enc`.
fn steps(path: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let (mut rest, mut list) = (path, false);
    loop {
        let next = [rest.find(MAP).map(|at| (at, MAP)), rest.find(LIST).map(|at| (at, LIST))];
        let next = next.into_iter().flatten().min();
        let word = &rest[..next.map_or(rest.len(), |(at, _)| at)];
        steps.push(if list { Step::Index(word.parse().unwrap_or(0)) } else { Step::Key(word.to_owned()) });
        let Some((at, mark)) = next else { return steps };
        list = mark == LIST;
        rest = &rest[at + mark.len()..];
    }
}

/// Lists are written in order; a gap, a second value or another kind of collection in one place is none.
fn place(into: &mut Value, path: &[Step], value: Value) -> Option<()> {
    let Some((step, rest)) = path.split_first() else {
        return into.is_null().then(|| *into = value);
    };
    let inner = match step {
        Step::Key(key) => {
            if into.is_null() {
                *into = Value::Mapping(Mapping::new());
            }
            let Value::Mapping(mapping) = into else { return None };
            if !mapping.contains_key(key) {
                mapping.insert(key.as_str(), Value::Null);
            }
            mapping.get_mut(key)?
        }
        Step::Index(index) => {
            if into.is_null() {
                *into = Value::Sequence(Vec::new());
            }
            let Value::Sequence(items) = into else { return None };
            if *index == items.len() {
                items.push(Value::Null);
            }
            items.get_mut(*index)?
        }
    };
    place(inner, rest, value)
}

/// The lines of a block, without line breaks, in sops's order.
pub(crate) fn lines(block: &Value) -> Vec<String> {
    let mut lines = Vec::new();
    if let Value::Mapping(block) = block {
        for (key, value) in block.iter() {
            let Value::String(key) = key else { continue };
            flatten(&format!("{PREFIX}{key}"), value, &mut lines);
        }
    }
    lines
}

fn flatten(name: &str, value: &Value, lines: &mut Vec<String>) {
    match value {
        Value::Mapping(mapping) => {
            for (key, value) in mapping.iter() {
                let Value::String(key) = key else { continue };
                flatten(&format!("{name}{MAP}{key}"), value, lines);
            }
        }
        Value::Sequence(items) => {
            for (index, item) in items.iter().enumerate() {
                flatten(&format!("{name}{LIST}{index}"), item, lines);
            }
        }
        Value::String(text) => lines.push(format!("{name}={}", text.replace('\n', "\\n"))),
        other => lines.push(format!("{name}={}", crate::go_emit::flow(other))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_variables_or_comments() {
        let text = "# c\nA=1\n\nexport B=\"x\"\nC=a\\nb\r\nD=\n";
        let stream = parse(text).unwrap();
        let pairs = stream.documents[0].root.as_mapping().unwrap();
        let read: Vec<_> =
            pairs.iter().map(|p| (p.key.as_str().unwrap(), p.value.as_str().unwrap())).collect();
        assert_eq!(read, [("A", "1"), ("export B", "\"x\""), ("C", "a\nb\r"), ("D", "")]);
        assert_eq!(stream.comments[0].text, " c");
        assert_eq!(&text[pairs[2].value.span.range()], "a\\nb\r");
        assert_eq!(parse("A=1\nnothing\n").unwrap_err().code, "sops/dotenv");
    }

    #[test]
    fn a_block_is_flattened_and_read_back() {
        let text = "sops_age__list_0__map_enc=l1\\nl2\\n\nsops_age__list_0__map_recipient=age1x\nsops_age__list_1__map_enc=e\nsops_mac=m\n";
        let root = parse(text).unwrap().documents.remove(0).root;
        let read = block(&root).unwrap().unwrap();
        let Some(Value::Sequence(age)) = read.get("age") else { panic!("no list") };
        assert_eq!(age.len(), 2);
        assert_eq!(format!("{}\n", lines(&Value::Mapping(read)).join("\n")), text);
        for broken in ["sops_a=1\nsops_a=2\n", "sops_a__list_1=x\n", "sops_a=1\nsops_a__map_b=2\n"] {
            assert!(block(&parse(broken).unwrap().documents[0].root).is_err(), "{broken}");
        }
        assert!(block(&parse("A=1\n").unwrap().documents[0].root).unwrap().is_none());
    }
}
