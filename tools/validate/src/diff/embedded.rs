//! Secrets that stand as text in other objects: in the patches of a Flux Kustomization, or as a manifest that a ConfigMap
//! holds. Their values are as secret as those of the Secrets themselves, which may not be among the objects.

use std::collections::BTreeSet;

use yaml::{Node, Value};

/// Deeper ones are no objects.
const MAX_DEPTH: usize = 200;

/// The values of Secrets that an object holds as text.
pub(super) fn values(object: &Value, found: &mut BTreeSet<String>) {
    walk(object, 0, found);
}

fn walk(value: &Value, depth: usize, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.contains("Secret") => {
            for document in read(text) {
                if is_secret(&document) {
                    data(&document, found);
                }
            }
        }
        Value::Sequence(items) if depth < MAX_DEPTH => {
            for item in items {
                walk(item, depth + 1, found);
            }
        }
        Value::Mapping(map) if depth < MAX_DEPTH => {
            if let Some(text) = map.get("patch").and_then(Value::as_str).filter(|_| is_for_secrets(value)) {
                for document in read(text) {
                    patch(&document, found);
                }
            }
            for (_, value) in map.iter() {
                walk(value, depth + 1, found);
            }
        }
        _ => {}
    }
}

/// The documents of a text, each scalar as it is written: what is a number to one reader is a text to another. None where
/// it is no YAML.
fn read(text: &str) -> Vec<Value> {
    let documents = yaml::parse(text).map(|stream| stream.documents).unwrap_or_default();
    documents.iter().map(|document| as_written(&document.root)).collect()
}

fn as_written(node: &Node) -> Value {
    if let Some(pairs) = node.as_mapping() {
        let pairs = pairs.iter().map(|pair| (as_written(&pair.key), as_written(&pair.value)));
        return Value::Mapping(pairs.collect());
    }
    match node.as_sequence() {
        Some(items) => Value::Sequence(items.iter().map(as_written).collect()),
        None => node.as_str().map_or(Value::Null, Value::from),
    }
}

fn is_secret(value: &Value) -> bool {
    value.get("kind").and_then(Value::as_str) == Some("Secret")
}

/// Whether a patch is, or may be, for Secrets: its target names a kind by a regular expression, or none.
fn is_for_secrets(entry: &Value) -> bool {
    let kind = |target: &Value| target.get("kind").and_then(Value::as_str).map(str::to_owned);
    let named = entry.get("target").map(kind);
    named
        .is_some_and(|kind| kind.is_none_or(|kind| kind.contains("Secret") || kind.contains(['*', '.', '['])))
}

/// What a patch writes into a Secret: a part of one, or a list of operations (RFC 6902).
fn patch(document: &Value, found: &mut BTreeSet<String>) {
    data(document, found);
    for operation in document.as_sequence().unwrap_or_default() {
        let path = operation.get("path").and_then(Value::as_str).unwrap_or_default();
        let is_data = ["/data", "/stringData"].iter().any(|field| path.starts_with(field)) || path.is_empty();
        if let Some(value) = operation.get("value").filter(|_| is_data) {
            texts(value, 0, found);
        }
    }
}

/// The values of a Secret.
fn data(secret: &Value, found: &mut BTreeSet<String>) {
    for key in ["data", "stringData"] {
        if let Some(value) = secret.get(key) {
            texts(value, 0, found);
        }
    }
}

fn texts(value: &Value, depth: usize, found: &mut BTreeSet<String>) {
    match value {
        Value::Sequence(items) if depth < MAX_DEPTH => {
            for item in items {
                texts(item, depth + 1, found);
            }
        }
        Value::Mapping(map) if depth < MAX_DEPTH => {
            for (_, value) in map.iter() {
                texts(value, depth + 1, found);
            }
        }
        Value::String(text) if !text.starts_with("ENC[") => {
            found.insert(text.clone());
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut found = BTreeSet::new();
        values(&yaml::load_one(text, yaml::Dialect::Kubernetes).unwrap(), &mut found);
        found.into_iter().collect()
    }

    #[test]
    fn patches_and_manifests() {
        let merge = "patches:\n- patch: |\n    kind: Secret\n    stringData: {a: one}\n    data: {b: dHdv, c: 0o17}\n";
        assert_eq!(found(merge), ["0o17", "dHdv", "one"]);
        let operations = "patches:\n- target: {kind: KIND}\n  patch: |\n    - {op: add, path: /stringData/a, value: one}\n    - {op: add, path: /data, value: {b: dHdv}}\n    - {op: add, path: /metadata/labels/a, value: b}\n";
        assert_eq!(found(&operations.replace("KIND", "Secret")), ["dHdv", "one"]);
        assert!(found(&operations.replace("KIND", "Deployment")).is_empty());
        let manifest = "kind: ConfigMap\ndata:\n  a.yaml: |\n    kind: List\n    ---\n    kind: Secret\n    stringData: {a: one}\n";
        assert_eq!(found(manifest), ["one"]);
        assert!(found("data: {a: 'kind: Secret {'}\n").is_empty());
    }
}
