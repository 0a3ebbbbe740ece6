//! JSON patches (RFC 6902) with the ways of the library kustomize uses: `replace` of a missing key adds it, negative
//! indices count from the end.

use yaml::{Dialect, Value};

use crate::json;
use crate::node::{Map, Node, Scalar, Style, Tag};

/// How many nodes all copies of a patch may make together.
const MAX_COPIED: usize = 1_000_000;

/// An operation.
#[derive(Debug)]
pub(crate) struct Operation {
    kind: String,
    path: Option<String>,
    from: Option<String>,
    value: Node,
}

/// Reads a patch: JSON when it begins with a bracket, else YAML, of which the first document counts.
pub(crate) fn parse(text: &str) -> Result<Vec<Operation>, String> {
    if text.is_empty() {
        return Err("the patch is empty".to_owned());
    }
    let value = if text.starts_with('[') {
        let json: serde_json::Value =
            serde_json::from_str(text).map_err(|error| format!("not JSON at line {}", error.line()))?;
        Value::from(json)
    } else {
        let stream = yaml::parse(text).map_err(|error| error.message)?;
        match stream.documents.first() {
            Some(document) => {
                yaml::to_value(&document.root, Dialect::Kubernetes).map_err(|error| error.message)?
            }
            None => Value::Null,
        }
    };
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Sequence(items) => items.iter().map(operation).collect(),
        _ => Err("a JSON patch is a list of operations".to_owned()),
    }
}

fn operation(value: &Value) -> Result<Operation, String> {
    let Some(fields) = value.as_mapping() else {
        return Err("every operation of a JSON patch must be a mapping".to_owned());
    };
    let text = |key| fields.get(key).and_then(Value::as_str).map(str::to_owned);
    Ok(Operation {
        kind: text("op").unwrap_or_default(),
        path: text("path"),
        from: text("from"),
        value: fields.get("value").map_or_else(Node::null, node_of),
    })
}

/// A value as a node.
pub(crate) fn node_of(value: &Value) -> Node {
    match value {
        Value::Null => Node::null(),
        Value::Bool(value) => Node::Scalar(Scalar::tagged(if *value { "true" } else { "false" }, Tag::Bool)),
        Value::Int(value) => Node::Scalar(Scalar::tagged(value.to_string(), Tag::Int)),
        Value::Float(value) => Node::Scalar(Scalar::tagged(yaml::go::float(*value), Tag::Float)),
        Value::String(text) => {
            Node::Scalar(Scalar { style: Style::DoubleQuoted, ..Scalar::string(text.as_str()) })
        }
        Value::Sequence(items) => Node::seq(items.iter().map(node_of).collect()),
        Value::Mapping(mapping) => {
            let mut map = Map::with_capacity(mapping.len());
            for (key, value) in mapping.iter() {
                let key = match key {
                    Value::String(text) => text.clone(),
                    other => serde_json::Value::from(other.clone()).to_string(),
                };
                map.push(Scalar::string(key), node_of(value));
            }
            Node::map(map)
        }
    }
}

/// Applies a patch to an object.
pub(crate) fn apply(operations: &[Operation], object: &Node) -> Result<Node, String> {
    let mut document = object.clone();
    let mut budget = MAX_COPIED;
    for (n, operation) in operations.iter().enumerate() {
        run(operation, &mut document, &mut budget)
            .map_err(|why| format!("operation {} ({}): {why}", n + 1, operation.shown()))?;
    }
    if document.as_map().is_none() {
        return Err(format!("the patch turns the object into {}", document.kind_name()));
    }
    Ok(json::floated(&document))
}

fn run(operation: &Operation, document: &mut Node, budget: &mut usize) -> Result<(), String> {
    let path = || operation.path.as_deref().ok_or("it has no path");
    let from = || operation.from.as_deref().ok_or("it has no from");
    match operation.kind.as_str() {
        "add" => add(document, path()?, operation.value.clone()),
        "remove" => take(document, path()?).map(drop),
        "replace" if path()?.is_empty() => {
            *document = operation.value.clone();
            Ok(())
        }
        "replace" => replace(document, path()?, operation.value.clone()),
        "move" => {
            let value = take(document, from()?)?;
            add(document, path()?, value)
        }
        "copy" => {
            let value = get(document, from()?)?.cloned().unwrap_or_else(Node::null);
            let size = size(&value, 0)?;
            *budget = budget
                .checked_sub(size)
                .ok_or_else(|| format!("copies make more than {MAX_COPIED} nodes"))?;
            add(document, path()?, value)
        }
        "test" => test(document, path()?, &operation.value),
        "" => Err("it has no op".to_owned()),
        _ => Err("op must be add, remove, replace, move, copy or test".to_owned()),
    }
}

impl Operation {
    fn shown(&self) -> String {
        format!("{} {}", self.kind, self.path.as_deref().unwrap_or_default())
    }
}

/// How many nodes there are; patches cannot nest them without end.
fn size(node: &Node, depth: usize) -> Result<usize, String> {
    if depth > 1000 {
        return Err("the object is nested too deeply".to_owned());
    }
    match node {
        Node::Scalar(_) => Ok(1),
        Node::Seq(items) => items.iter().try_fold(1, |sum, item| Ok(sum + size(item, depth + 1)?)),
        Node::Map(map) => map.iter().try_fold(1, |sum, (_, value)| Ok(sum + size(value, depth + 1)?)),
    }
}

/// The keys of a pointer.
fn keys(pointer: &str) -> Result<Vec<String>, String> {
    let mut parts = pointer.split('/');
    if parts.next().is_none_or(|before| !before.is_empty()) || pointer.is_empty() {
        // What stands before the first slash is ignored by the peer; without any slash there is no key.
        if !pointer.contains('/') {
            return Err("a path must begin with /".to_owned());
        }
    }
    Ok(parts.map(|part| part.replace("~1", "/").replace("~0", "~")).collect())
}

/// The collection that holds what a pointer names, and the last key.
fn parent<'d>(document: &'d Node, pointer: &str) -> Result<(&'d Node, String), String> {
    let mut keys = keys(pointer)?;
    let last = keys.pop().unwrap_or_default();
    let mut node = document;
    for key in &keys {
        node = child(node, key)?.filter(|node| node.as_scalar().is_none()).ok_or_else(|| missing(key))?;
    }
    Ok((node, last))
}

fn parent_mut<'d>(document: &'d mut Node, pointer: &str) -> Result<(&'d mut Node, String), String> {
    // Looked up first, so that nothing is unshared in vain.
    parent(document, pointer)?;
    let mut keys = keys(pointer)?;
    let last = keys.pop().unwrap_or_default();
    let mut node = document;
    for key in &keys {
        let index = node.as_seq().map(|items| index(key, items.len())).transpose()?;
        node = match index {
            Some(index) => node.as_seq_mut().and_then(|items| items.get_mut(index)),
            None => node.as_map_mut().and_then(|map| map.get_mut(key)),
        }
        .ok_or_else(|| missing(key))?;
    }
    Ok((node, last))
}

fn missing(key: &str) -> String {
    format!("the object has no {key} there")
}

fn child<'n>(node: &'n Node, key: &str) -> Result<Option<&'n Node>, String> {
    match node {
        Node::Map(map) => Ok(map.get(key)),
        Node::Seq(items) => Ok(items.get(index(key, items.len())?)),
        Node::Scalar(_) => Err(missing(key)),
    }
}

/// An existing index of a list.
fn index(key: &str, len: usize) -> Result<usize, String> {
    let number = number(key)?;
    let at = if number < 0 { number + i64::try_from(len).unwrap_or(i64::MAX) } else { number };
    usize::try_from(at).ok().filter(|at| *at < len).ok_or_else(|| format!("the list has no item {key}"))
}

fn number(key: &str) -> Result<i64, String> {
    key.parse().map_err(|_| format!("{key} is no index of a list"))
}

fn get<'d>(document: &'d Node, pointer: &str) -> Result<Option<&'d Node>, String> {
    let (node, last) = parent(document, pointer)?;
    child(node, &last)
}

fn add(document: &mut Node, pointer: &str, value: Node) -> Result<(), String> {
    let (node, last) = parent_mut(document, pointer)?;
    if let Some(items) = node.as_seq_mut() {
        if last == "-" {
            items.push(value);
            return Ok(());
        }
        let number = number(&last)?;
        // One more place than there are items.
        let places = i64::try_from(items.len()).unwrap_or(i64::MAX - 1) + 1;
        let at = if number < 0 { number + places } else { number };
        let at = usize::try_from(at).ok().filter(|at| *at <= items.len());
        items.insert(at.ok_or_else(|| format!("the list has no place {last}"))?, value);
        return Ok(());
    }
    node.as_map_mut().ok_or_else(|| missing(&last))?.insert(&last, value);
    Ok(())
}

fn replace(document: &mut Node, pointer: &str, value: Node) -> Result<(), String> {
    let (node, last) = parent_mut(document, pointer)?;
    if let Some(items) = node.as_seq_mut() {
        let at = index(&last, items.len())?;
        items[at] = value;
        return Ok(());
    }
    node.as_map_mut().ok_or_else(|| missing(&last))?.insert(&last, value);
    Ok(())
}

fn take(document: &mut Node, pointer: &str) -> Result<Node, String> {
    let (node, last) = parent_mut(document, pointer)?;
    if let Some(items) = node.as_seq_mut() {
        let at = index(&last, items.len())?;
        return Ok(items.remove(at));
    }
    node.as_map_mut().and_then(|map| map.remove(&last)).ok_or_else(|| missing(&last))
}

fn test(document: &Node, pointer: &str, wanted: &Node) -> Result<(), String> {
    let found = if pointer.is_empty() { Some(document) } else { get(document, pointer)? };
    let same = match found {
        None => wanted.is_null(),
        Some(found) => {
            let (mut a, mut b) = (String::new(), String::new());
            json::write(found, &mut a).is_ok() && json::write(wanted, &mut b).is_ok() && a == b
        }
    };
    if same { Ok(()) } else { Err("the test failed: another value stands there".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn patched(object: &str, patch: &str) -> Result<String, String> {
        let object = node_of(&yaml::load_one(object, Dialect::GoYamlV3).unwrap());
        let node = apply(&parse(patch)?, &object)?;
        let mut out = String::new();
        json::write(&node, &mut out).unwrap();
        Ok(out)
    }

    #[test]
    fn operations() {
        let object = "a: {b: [1, 2, 3]}\nc: x";
        let ok = |patch: &str, want: &str| assert_eq!(patched(object, patch).as_deref(), Ok(want), "{patch}");
        ok("- {op: add, path: /a/b/1, value: m}", r#"{"a":{"b":[1,"m",2,3]},"c":"x"}"#);
        ok("- {op: add, path: /a/b/-, value: 4}", r#"{"a":{"b":[1,2,3,4]},"c":"x"}"#);
        ok("- {op: add, path: /a/b/-1, value: 4}", r#"{"a":{"b":[1,2,3,4]},"c":"x"}"#);
        ok("- {op: remove, path: /a/b/-1}", r#"{"a":{"b":[1,2]},"c":"x"}"#);
        ok("- {op: replace, path: /new, value: yes}", r#"{"a":{"b":[1,2,3]},"c":"x","new":true}"#);
        ok("- {op: move, from: /c, path: /a/d~1e}", r#"{"a":{"b":[1,2,3],"d/e":"x"}}"#);
        ok("- {op: copy, from: /a/b/0, path: /c}", r#"{"a":{"b":[1,2,3]},"c":1}"#);
        ok(r#"[{"op":"test","path":"/a","value":{"b":[1,2,3]}}]"#, r#"{"a":{"b":[1,2,3]},"c":"x"}"#);
    }

    #[test]
    fn failures() {
        for patch in [
            "- {op: remove, path: /z}",
            "- {op: add, path: /z/y, value: 1}",
            "- {op: add, path: /a/b/9, value: 1}",
            "- {op: replace, path: /a/b/3, value: 1}",
            "- {op: test, path: /c, value: y}",
            "- {op: jump, path: /c}",
            "- {op: add, path: c, value: 1}",
            "- {op: replace, path: '', value: [1]}",
        ] {
            assert!(patched("a: {b: [1, 2, 3]}\nc: x", patch).is_err(), "{patch}");
        }
        assert!(parse("a: b").is_err() && parse("[a").is_err() && parse("- a").is_err());
    }

    #[test]
    fn copies_are_bounded() {
        let copy = |n| format!("- {{op: copy, from: /a, path: /a/x{n}}}\n");
        let doubling: String = (0..40).map(copy).collect();
        assert!(patched("a: {b: 1}", &doubling).is_err());
    }
}
