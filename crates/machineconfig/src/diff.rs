//! What differs between two configurations, document by document and path by path. Values that are secret, or may hold
//! something secret, are not shown.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use yaml::{Mapping, Value};

/// A difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The document: `v1alpha1.Config`, `HostnameConfig`, `LinkConfig/eth0`.
    pub document: String,
    /// The keys that lead to it; empty for the document itself.
    pub path: String,
    /// What was there; none when nothing was.
    pub old: Option<String>,
    /// What is there now.
    pub new: Option<String>,
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = if self.path.is_empty() { String::new() } else { format!(" {}", self.path) };
        match (&self.old, &self.new) {
            (None, Some(new)) => write!(f, "+ {}{path}: {new}", self.document),
            (Some(old), None) => write!(f, "- {}{path}: {old}", self.document),
            (old, new) => {
                let text = |value: &Option<String>| value.clone().unwrap_or_default();
                write!(f, "~ {}{path}: {} -> {}", self.document, text(old), text(new))
            }
        }
    }
}

/// Keys whose values are secret, or are texts that may hold something secret.
const SECRET: [&str; 25] = [
    "key",
    "token",
    "secret",
    "secretboxEncryptionSecret",
    "aescbcEncryptionSecret",
    "privateKey",
    "presharedKey",
    "apiToken",
    "passphrase",
    "password",
    "auth",
    "identityToken",
    "uniqueToken",
    "content",
    "contents",
    "environment",
    "env",
    "variables",
    "bootstraptoken",
    "secretboxencryptionsecret",
    "aescbcencryptionsecret",
    "username",
    "headers",
    "extraManifestHeaders",
    "extraKernelArgs",
];

/// What stands for a value that is not shown.
const HIDDEN: &str = "(not shown)";

/// A text longer than this is named by its length.
const LONGEST: usize = 120;

/// The differences between two streams of documents; those that are null are none.
pub fn diff(old: &[Value], new: &[Value]) -> Vec<Change> {
    let mut changes = Vec::new();
    let [old, new] = [old, new].map(|stream| stream.iter().filter(|document| !document.is_null()));
    for document in old.clone() {
        let label = label(document);
        match new.clone().find(|other| self::label(other) == label) {
            Some(other) => compare(&label, "", document, other, false, &mut changes),
            None => changes.push(Change {
                document: label,
                path: String::new(),
                old: Some("a document".to_owned()),
                new: None,
            }),
        }
    }
    for document in new {
        let label = label(document);
        if !old.clone().any(|other| self::label(other) == label) {
            changes.push(Change {
                document: label,
                path: String::new(),
                old: None,
                new: Some("a document".to_owned()),
            });
        }
    }
    changes
}

fn label(document: &Value) -> String {
    let text = |key| document.get(key).and_then(Value::as_str);
    match (text("kind"), text("name")) {
        (None, _) => "v1alpha1.Config".to_owned(),
        (Some(kind), None) => kind.to_owned(),
        (Some(kind), Some(name)) => format!("{kind}/{name}"),
    }
}

fn compare(document: &str, path: &str, old: &Value, new: &Value, secret: bool, changes: &mut Vec<Change>) {
    match (old, new) {
        (Value::Mapping(a), Value::Mapping(b)) => {
            let (olds, news) = (named(a), named(b));
            for (key, value) in a.iter() {
                let name = name(key);
                each(document, path, &name, Some(value), news.get(&name).copied(), secret, changes);
            }
            for (key, value) in b.iter() {
                let name = name(key);
                if !olds.contains_key(&name) {
                    each(document, path, &name, None, Some(value), secret, changes);
                }
            }
        }
        (Value::Sequence(a), Value::Sequence(b)) => {
            for at in 0..a.len().max(b.len()) {
                step(document, &format!("{path}[{at}]"), a.get(at), b.get(at), secret, changes);
            }
        }
        (old, new) if old == new => {}
        (old, new) => changes.push(change(document, path, Some(old), Some(new), secret)),
    }
}

/// A key as a text: Talos takes numbers and the like as they are written.
fn name(key: &Value) -> Cow<'_, str> {
    match key {
        Value::String(text) => Cow::Borrowed(text),
        other => Cow::Owned(show(other, "")),
    }
}

/// The values of a mapping by the names of their keys; the first where two have one.
fn named(mapping: &Mapping) -> HashMap<Cow<'_, str>, &Value> {
    mapping.iter().rev().map(|(key, value)| (name(key), value)).collect()
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

/// Whether what stands at a path, under this key, is secret.
fn is_secret(path: &str, key: &str) -> bool {
    SECRET.contains(&key) || path == "cluster.id"
}

fn each(
    document: &str,
    path: &str,
    key: &str,
    old: Option<&Value>,
    new: Option<&Value>,
    secret: bool,
    changes: &mut Vec<Change>,
) {
    let path = below(path, key);
    let secret = secret || is_secret(&path, key);
    step(document, &path, old, new, secret, changes);
}

fn step(
    document: &str,
    path: &str,
    old: Option<&Value>,
    new: Option<&Value>,
    secret: bool,
    changes: &mut Vec<Change>,
) {
    match (old, new) {
        (Some(old), Some(new)) => compare(document, path, old, new, secret, changes),
        (old, new) => changes.push(change(document, path, old, new, secret)),
    }
}

fn change(document: &str, path: &str, old: Option<&Value>, new: Option<&Value>, secret: bool) -> Change {
    let shown =
        |value: Option<&Value>| value.map(|value| if secret { HIDDEN.to_owned() } else { show(value, path) });
    Change { document: document.to_owned(), path: path.to_owned(), old: shown(old), new: shown(new) }
}

/// A value on one line, with what is secret inside of it left out. It stands at `path`.
fn show(value: &Value, path: &str) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        // A URL with credentials or a query, where join tokens are.
        Value::String(text) if text.contains("://") && text.contains(['@', '?']) => HIDDEN.to_owned(),
        Value::String(text) if text.len() > LONGEST => format!("(a text of {} bytes)", text.len()),
        Value::String(text) => yaml::quote_if_needed(text),
        Value::Sequence(items) => {
            format!("[{}]", items.iter().map(|item| show(item, path)).collect::<Vec<_>>().join(", "))
        }
        Value::Mapping(mapping) => format!("{{{}}}", entries(mapping, path).join(", ")),
    }
}

fn entries(mapping: &Mapping, path: &str) -> Vec<String> {
    let entry = |(key, value): (&Value, &Value)| {
        let name = name(key);
        let path = below(path, &name);
        let value = if is_secret(&path, &name) { HIDDEN.to_owned() } else { show(value, &path) };
        format!("{name}: {value}")
    };
    mapping.iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use yaml::{Dialect, load};

    fn changes(old: &str, new: &str) -> Vec<String> {
        let data = |text| load(text, Dialect::GoYamlV3).unwrap();
        diff(&data(old), &data(new)).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn paths_and_documents() {
        let old = "machine: {type: worker, token: a, install: {disk: /dev/sda}}\n---\nkind: LinkConfig\nname: eth0\n";
        let new = "machine: {type: worker, token: b, install: {disk: /dev/sdb}, certSANs: [x]}\n---\nkind: HostnameConfig\nhostname: h\n";
        assert_eq!(
            changes(old, new),
            [
                "~ v1alpha1.Config machine.token: (not shown) -> (not shown)",
                "~ v1alpha1.Config machine.install.disk: /dev/sda -> /dev/sdb",
                "+ v1alpha1.Config machine.certSANs: [x]",
                "- LinkConfig/eth0: a document",
                "+ HostnameConfig: a document",
            ]
        );
        assert!(changes(old, old).is_empty());
    }

    #[test]
    fn secrets_inside_of_what_is_new_are_not_shown() {
        let found = changes(
            "machine: {}",
            "machine: {ca: {crt: c, key: hunter2}, files: [{content: hunter2, path: /x}]}",
        );
        assert!(!found.concat().contains("hunter2") && found.concat().contains("path: /x"), "{found:?}");
        let link = |url: &str| format!("{{kind: SideroLinkConfig, apiUrl: {url:?}}}");
        let found = changes(&link("grpc://x?jointoken=hunter2"), &link("https://u:hunter2@x"));
        assert_eq!(found, ["~ SideroLinkConfig apiUrl: (not shown) -> (not shown)"]);
        let found = changes(&link("grpc://x"), &link(&format!("grpc://{}", "x".repeat(200))));
        assert_eq!(found, ["~ SideroLinkConfig apiUrl: grpc://x -> (a text of 207 bytes)"]);
    }

    #[test]
    fn the_id_of_a_cluster_is_not_shown_in_what_is_new() {
        let found = changes("machine: {}", "machine: {}\ncluster: {id: hunter2, clusterName: name}");
        assert_eq!(found, ["+ v1alpha1.Config cluster: {id: (not shown), clusterName: name}"]);
    }

    #[test]
    fn keys_that_are_no_texts_and_documents_that_are_null() {
        let labels = "machine: {nodeLabels: {1: a, true: b, 1.5: c, ~: d, x: {2: e}}}";
        assert!(changes(labels, labels).is_empty());
        assert_eq!(
            changes("machine: {sysctls: {1: a, 2: b}}", "machine: {sysctls: {'1': a, 2: c}}"),
            ["~ v1alpha1.Config machine.sysctls.2: b -> c"]
        );
        assert!(changes("---\n# nothing\n---\nmachine: {}\n", "machine: {}").is_empty());
    }
}
