//! From nodes to plain data: tags, dialects, aliases and merge keys applied.

use crate::node::{Kind, Node, Pair, ScalarStyle, Span};
use crate::{Dialect, Error, Mapping, Result, Scalar, Stream, Value, check_duplicates, parse, resolve_plain};

/// Parses a text and gives the data of each of its documents. Duplicate keys are errors.
///
/// # Errors
/// As [`parse`], [`check_duplicates`] (the first one) and [`to_value`].
pub fn load(text: &str, dialect: Dialect) -> Result<Vec<Value>> {
    let stream: Stream = parse(text)?;
    if let Some(error) = check_duplicates(&stream, dialect).into_iter().next() {
        return Err(error);
    }
    stream.documents.iter().map(|document| to_value(&document.root, dialect)).collect()
}

/// As [`load`], for a text that must hold exactly one document (none at all is null).
///
/// # Errors
/// As [`load`], and `yaml/several-documents`.
pub fn load_one(text: &str, dialect: Dialect) -> Result<Value> {
    let stream = parse(text)?;
    if let Some(second) = stream.documents.get(1) {
        return Err(Error::new("yaml/several-documents", "only one document may stand here", second.span));
    }
    Ok(load(text, dialect)?.pop().unwrap_or_default())
}

/// The data of a node.
///
/// Merge keys (`<<`) are applied as PyYAML and go-yaml v3 do: what the mapping says itself wins, then the earlier of
/// several merged mappings. Of duplicate keys the last one counts. Unknown tags are dropped, except by
/// [`Dialect::PyYaml`], which refuses them as `safe_load` does.
///
/// # Errors
/// `yaml/tag` for a value that is not what its tag says, `yaml/merge` for a merge of something that is no mapping.
pub fn to_value(node: &Node, dialect: Dialect) -> Result<Value> {
    match &node.kind {
        Kind::Alias(target) => to_value(target, dialect),
        Kind::Scalar(text, style) => scalar(node, text, *style, dialect),
        Kind::Sequence(items) => {
            check_tag(node, dialect, "seq")?;
            items.iter().map(|item| to_value(item, dialect)).collect::<Result<_>>().map(Value::Sequence)
        }
        Kind::Mapping(pairs) => {
            check_tag(node, dialect, "map")?;
            mapping(pairs, dialect).map(Value::Mapping)
        }
    }
}

/// A node that says a value, without a place: strings are in quotes, so that no dialect takes them for anything else.
pub fn to_node(value: &Value) -> Node {
    let plain = |text: String| Kind::Scalar(text, ScalarStyle::Plain);
    let kind = match value {
        Value::Null => plain("null".to_owned()),
        Value::Bool(value) => plain(value.to_string()),
        Value::Int(value) => plain(value.to_string()),
        Value::Float(value) => plain(crate::emit::float_text(*value)),
        Value::String(text) => Kind::Scalar(text.clone(), ScalarStyle::DoubleQuoted),
        Value::Sequence(items) => Kind::Sequence(items.iter().map(to_node).collect()),
        Value::Mapping(mapping) => {
            let pair = |(key, value)| Pair { key: to_node(key), value: to_node(value) };
            Kind::Mapping(mapping.iter().map(pair).collect())
        }
    };
    Node { kind, span: Span::new(0, 0), tag: None, anchor: None, flow: false }
}

fn mapping(pairs: &[Pair], dialect: Dialect) -> Result<Mapping> {
    let mut result = Mapping::new();
    let unique = pairs.iter().all(|pair| !pair.key.is_merge_key());
    for pair in pairs.iter().filter(|pair| !pair.key.is_merge_key()) {
        let (key, value) = (to_value(&pair.key, dialect)?, to_value(&pair.value, dialect)?);
        result.insert(key, value);
    }
    if !unique {
        for pair in pairs.iter().filter(|pair| pair.key.is_merge_key()) {
            merge(&mut result, &pair.value, dialect)?;
        }
    }
    Ok(result)
}

fn merge(into: &mut Mapping, node: &Node, dialect: Dialect) -> Result<()> {
    if let Some(items) = node.as_sequence() {
        return items.iter().try_for_each(|item| merge(into, item, dialect));
    }
    let Value::Mapping(from) = to_value(node, dialect)? else {
        return Err(Error::new("yaml/merge", "only a mapping can be merged with <<", node.span));
    };
    for (key, value) in from {
        if !into.iter().any(|(k, _)| *k == key) {
            into.push(key, value);
        }
    }
    Ok(())
}

fn scalar(node: &Node, text: &str, style: ScalarStyle, dialect: Dialect) -> Result<Value> {
    let Some(tag) = &node.tag else {
        if style != ScalarStyle::Plain {
            return Ok(Value::String(text.to_owned()));
        }
        return Ok(value_of(resolve_plain(text, dialect), text));
    };
    let wrong = || Error::new("yaml/tag", "this value is not what its tag says", node.span);
    match tag.core() {
        Some("str" | "binary" | "timestamp") => Ok(Value::String(text.to_owned())),
        Some("null") => Ok(Value::Null),
        Some("bool") => match resolve_plain(text, dialect) {
            Scalar::Bool(value) => Ok(Value::Bool(value)),
            _ => Err(wrong()),
        },
        Some("int") => match resolve_plain(text, dialect) {
            Scalar::Int(value) => Ok(Value::Int(value)),
            _ => Err(wrong()),
        },
        #[expect(clippy::cast_precision_loss, reason = "a float is what the document asks for")]
        Some("float") => match resolve_plain(text, dialect) {
            Scalar::Float(value) => Ok(Value::Float(value)),
            Scalar::Int(value) => Ok(Value::Float(value as f64)),
            _ => Err(wrong()),
        },
        _ => {
            check_tag(node, dialect, "str")?;
            Ok(Value::String(text.to_owned()))
        }
    }
}

fn value_of(scalar: Scalar, text: &str) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Bool(value) => Value::Bool(value),
        Scalar::Int(value) => Value::Int(value),
        Scalar::Float(value) => Value::Float(value),
        Scalar::Timestamp | Scalar::String => Value::String(text.to_owned()),
    }
}

fn check_tag(node: &Node, dialect: Dialect, expected: &str) -> Result<()> {
    match &node.tag {
        Some(tag) if dialect == Dialect::PyYaml && tag.core() != Some(expected) && tag.full != "!" => {
            Err(Error::new("yaml/unknown-tag", "this tag is not known here", tag.span)
                .with_help("remove the tag; only the standard ones such as !!str are understood"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(text: &str) -> Value {
        load_one(text, Dialect::GoYamlV3).unwrap()
    }

    #[test]
    fn merge_keys_yield_to_what_is_written() {
        let value = one("x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  b: 9\n  <<: [*x, *y]\n");
        let want: Mapping = [("b", 9_i64), ("a", 1), ("c", 4)].into_iter().collect();
        assert_eq!(value.get("z"), Some(&Value::Mapping(want)));
        assert_eq!(load_one("a:\n  <<: 1\n", Dialect::Yaml12).unwrap_err().code, "yaml/merge");
    }

    #[test]
    fn quotes_and_tags_decide_types() {
        let value = one("a: \"1\"\nb: !!str 5\nc: !!int \"7\"\nd: !!float 2\n");
        assert_eq!(value.get("a").unwrap().as_str(), Some("1"));
        assert_eq!(value.get("b").unwrap().as_str(), Some("5"));
        assert_eq!(value.get("c"), Some(&Value::Int(7)));
        assert_eq!(value.get("d"), Some(&Value::Float(2.0)));
        assert_eq!(load_one("a: !!int x\n", Dialect::Yaml12).unwrap_err().code, "yaml/tag");
        assert_eq!(load_one("a: !vault x\n", Dialect::PyYaml).unwrap_err().code, "yaml/unknown-tag");
        assert_eq!(one("a: !vault x\n").get("a").unwrap().as_str(), Some("x"));
    }

    #[test]
    fn several_documents_and_duplicates() {
        assert_eq!(load("a: 1\n---\nb: 2\n", Dialect::Yaml12).unwrap().len(), 2);
        assert_eq!(
            load_one("a: 1\n---\nb: 2\n", Dialect::Yaml12).unwrap_err().code,
            "yaml/several-documents"
        );
        assert_eq!(load("a: 1\na: 2\n", Dialect::Yaml12).unwrap_err().code, "yaml/duplicate-key");
    }
}
