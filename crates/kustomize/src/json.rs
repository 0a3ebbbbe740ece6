//! Objects as Go's JSON sees them: for hashes, for JSON patches, and for lists that are taken apart.

use std::fmt::Write as _;
use std::sync::Arc;

use yaml::{Value, go};

use crate::form;
use crate::node::{Map, Node, Scalar, Style, Tag};
use crate::scalar::{self, Final, Unwritable, finish};

/// A node after `json.Marshal` and reading the result as YAML: strings in double quotes, everything else plain.
/// What has no JSON form stays as it is, for the check at the end to find.
pub(crate) fn requoted(node: &Node) -> Node {
    rewrite(node, false, &|node| node, &|value| match value {
        Final::Int(value) => Scalar::tagged(value.to_string(), Tag::Int),
        Final::Float(value) => {
            let text = go::json_float(value);
            let tag = scalar::tag_of_plain(&text);
            Scalar::tagged(text, tag)
        }
        other => common(other),
    })
}

/// A node after `json.Marshal`, `json.Unmarshal` (where every number is a float) and being written as YAML: what an
/// object is after a JSON patch.
pub(crate) fn floated(node: &Node) -> Node {
    rewrite(node, false, &reread, &|value| match value {
        #[expect(clippy::cast_precision_loss, reason = "as Go does")]
        Final::Int(value) => go_number(value as f64),
        Final::Float(value) => go_number(value),
        Final::Str(text) => go_string(&text),
        other => common(other),
    })
}

/// A collection that was written as YAML and read again: an empty one is written `{}` or `[]`, and what is put into it
/// later stands in braces or brackets, too.
fn reread(mut node: Node) -> Node {
    match &mut node {
        Node::Map(map) if map.is_empty() => Arc::make_mut(map).flow = true,
        Node::Seq(seq) if seq.is_empty() => Arc::make_mut(seq).flow = true,
        _ => {}
    }
    node
}

/// As [`floated`], of plain data: every key becomes text.
pub(crate) fn of_value(value: &Value) -> Result<Node, &'static str> {
    Ok(match value {
        Value::Null => Node::null(),
        Value::Bool(value) => Node::Scalar(common(Final::Bool(*value))),
        #[expect(clippy::cast_precision_loss, reason = "as Go does")]
        Value::Int(value) => Node::Scalar(go_number(*value as f64)),
        Value::Float(value) if value.is_finite() => Node::Scalar(go_number(*value)),
        Value::Float(_) => return Err("infinity and not-a-number are no values of JSON"),
        Value::String(text) => Node::Scalar(go_string(text)),
        Value::Sequence(items) => reread(Node::seq(items.iter().map(of_value).collect::<Result<_, _>>()?)),
        Value::Mapping(entries) => {
            let mut map = Map::with_capacity(entries.len());
            let unique = entries.iter().all(|(key, _)| key.as_str().is_some());
            for (key, value) in entries.iter() {
                let key: Arc<str> = match key {
                    Value::String(text) => text.as_str().into(),
                    Value::Int(number) => number.to_string().into(),
                    Value::Bool(value) => value.to_string().into(),
                    _ => return Err("a key is no text"),
                };
                let value = of_value(value)?;
                let old = if unique { None } else { map.get_mut(&key) };
                match old {
                    Some(old) => *old = value,
                    None => map.push(Scalar::string(key), value),
                }
            }
            reread(Node::map(map))
        }
    })
}

fn go_number(value: f64) -> Scalar {
    let text = go::float(value);
    let tag = scalar::tag_of_plain(&text);
    Scalar::tagged(text, tag)
}

/// A string with the quotes go-yaml v3 gives it.
fn go_string(text: &str) -> Scalar {
    let plain =
        scalar::plain_allowed(text) && scalar::tag_of_plain(text) == Tag::Str && form::reads_as_string(text);
    let style = match text.contains('\n') {
        true if form::analyze(text).block => Style::Literal,
        false if plain => Style::Plain,
        _ => Style::DoubleQuoted,
    };
    Scalar { style, ..Scalar::string(text) }
}

fn common(value: Final<'_>) -> Scalar {
    match value {
        Final::Bool(value) => Scalar::tagged(if value { "true" } else { "false" }, Tag::Bool),
        Final::Str(text) => Scalar { style: Style::DoubleQuoted, ..Scalar::string(&*text) },
        _ => Scalar::tagged("null", Tag::Null),
    }
}

fn rewrite(
    node: &Node,
    flow: bool,
    collection: &impl Fn(Node) -> Node,
    scalar: &impl Fn(Final<'_>) -> Scalar,
) -> Node {
    match node {
        Node::Scalar(old) => Node::Scalar(finish(old, flow).map_or_else(|_| old.clone(), scalar)),
        Node::Seq(items) => {
            let flow = flow || items.flow;
            collection(Node::seq(items.iter().map(|item| rewrite(item, flow, collection, scalar)).collect()))
        }
        Node::Map(map) => {
            let flow = flow || map.flow;
            let mut new = Map::with_capacity(map.len());
            for (key, value) in map.iter() {
                new.push(Scalar::string(&*key.text), rewrite(value, flow, collection, scalar));
            }
            collection(Node::map(new))
        }
    }
}

/// The JSON text as Go writes it: keys sorted, `<`, `>` and `&` escaped.
pub(crate) fn write(node: &Node, out: &mut String) -> Result<(), Unwritable> {
    write_in(node, false, out)
}

fn write_in(node: &Node, flow: bool, out: &mut String) -> Result<(), Unwritable> {
    match node {
        Node::Scalar(scalar) => write_final(&finish(scalar, flow)?, out),
        Node::Seq(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write_in(item, flow || items.flow, out)?;
            }
            out.push(']');
        }
        Node::Map(map) => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by(|a, b| a.0.text.cmp(&b.0.text));
            out.push('{');
            for (n, (key, value)) in entries.into_iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write_string(&key.text, out);
                out.push(':');
                write_in(value, flow || map.flow, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

fn write_final(value: &Final<'_>, out: &mut String) {
    match value {
        Final::Null => out.push_str("null"),
        Final::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Final::Int(value) => {
            let _ = write!(out, "{value}");
        }
        Final::Float(value) => out.push_str(&go::json_float(*value)),
        Final::Str(text) => write_string(text, out),
    }
}

/// The JSON text with two blanks a level, as `json.MarshalIndent` writes it.
pub(crate) fn indented(node: &Node) -> String {
    let mut out = String::new();
    indent_into(node, 0, &mut out);
    out
}

fn indent_into(node: &Node, level: usize, out: &mut String) {
    let line = |out: &mut String, level: usize| {
        out.push('\n');
        out.extend(std::iter::repeat_n("  ", level));
    };
    match node {
        Node::Seq(items) if !items.is_empty() => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                line(out, level + 1);
                indent_into(item, level + 1, out);
            }
            line(out, level);
            out.push(']');
        }
        Node::Map(map) if !map.is_empty() => {
            let mut entries: Vec<_> = map.iter().collect();
            entries.sort_by(|a, b| a.0.text.cmp(&b.0.text));
            out.push('{');
            for (n, (key, value)) in entries.into_iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                line(out, level + 1);
                write_string(&key.text, out);
                out.push_str(": ");
                indent_into(value, level + 1, out);
            }
            line(out, level);
            out.push('}');
        }
        // The caller has written the whole as JSON before, so this cannot fail.
        other => write(other, out).unwrap_or_default(),
    }
}

/// A string as `json.Marshal` writes it.
pub(crate) fn write_string(text: &str, out: &mut String) {
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
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' | '\0'..='\u{1f}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_as_go_writes_it() {
        let mut map = Map::default();
        map.insert("b", Node::string("<a & b>\u{1}\u{2028}é"));
        map.insert("a", Node::seq(vec![Node::untagged("1e21"), Node::untagged("0.0000001"), Node::null()]));
        let mut out = String::new();
        write(&Node::map(map), &mut out).unwrap();
        assert_eq!(out, r#"{"a":[1e+21,1e-7,null],"b":"\u003ca \u0026 b\u003e\u0001\u2028é"}"#);
    }

    #[test]
    fn what_is_empty_is_read_back_in_braces() {
        let mut map = Map::default();
        map.insert("m", Node::empty_map());
        map.insert("l", Node::seq(Vec::new()));
        map.insert("x", Node::seq(vec![Node::string("x")]));
        let node = floated(&Node::map(map));
        let flows = |key: &str| match node.get(key) {
            Some(Node::Map(map)) => map.flow,
            Some(Node::Seq(seq)) => seq.flow,
            _ => false,
        };
        assert_eq!(["m", "l", "x"].map(flows), [true, true, false]);
    }

    #[test]
    fn numbers_become_floats() {
        let node = Node::Scalar(Scalar::tagged("9007199254740993", Tag::Int));
        assert_eq!(floated(&node).text(), Some("9.007199254740992e+15"));
        assert_eq!(requoted(&node).text(), Some("9007199254740993"));
        assert_eq!(floated(&Node::untagged("3")).text(), Some("3"));
    }
}
