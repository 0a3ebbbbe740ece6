//! A machine configuration: its documents, the v1alpha1 one first, each read into the type its kind has.

use std::collections::HashSet;

use yaml::{Kind, Node, Value};

use crate::schema::{DocumentType, Schema, Type};
use crate::selector::{self, Selector};
use crate::typed::{Decoder, Reading, encode, format_float};
use crate::{Problem, Problems};

/// A machine configuration.
#[derive(Clone, Default)]
pub struct Config {
    documents: Vec<Document>,
}

/// A document of a known kind.
#[derive(Clone)]
pub(crate) struct Document {
    pub(crate) kind: &'static DocumentType,
    pub(crate) value: Value,
}

/// What a patch brings.
pub(crate) enum Part {
    Document(Document),
    Delete(Selector),
}

/// What tells documents apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Identity {
    pub(crate) kind: String,
    pub(crate) name: String,
}

impl Document {
    /// A document of a kind the table has.
    pub(crate) fn new(kind: &str, fields: impl IntoIterator<Item = (&'static str, Value)>) -> Option<Self> {
        let kind = Schema::get().document(kind)?;
        let head = [("apiVersion", Value::from("v1alpha1")), ("kind", Value::from(kind.kind))];
        let value = Value::Mapping(head.into_iter().chain(fields).collect());
        Some(Self { kind, value })
    }

    pub(crate) fn identity(&self) -> Identity {
        let name = self.kind.named.then(|| self.value.get("name").and_then(Value::as_str)).flatten();
        Identity { kind: self.kind.kind.to_owned(), name: name.unwrap_or_default().to_owned() }
    }

    /// As it is written.
    pub(crate) fn to_value(&self) -> Value {
        encode(Some(&self.value), &Type::Struct(self.kind.id))
    }

    /// How it is called in messages.
    pub(crate) fn label(&self) -> String {
        let identity = self.identity();
        match (identity.kind.as_str(), identity.name.as_str()) {
            ("", _) => "v1alpha1.Config".to_owned(),
            (kind, "") => kind.to_owned(),
            (kind, name) => format!("{kind}/{name}"),
        }
    }
}

impl Config {
    /// Reads a configuration.
    ///
    /// # Errors
    /// Every problem found: YAML, unknown kinds and keys, values of the wrong type, documents that are there twice.
    pub fn load(text: &str) -> Result<Self, Problems> {
        Self::new(documents(load(text, false)?)).map_err(|problem| vec![problem])
    }

    /// As [`Self::load`], of documents that are data already. What is wrong has no place.
    ///
    /// # Errors
    /// As [`Self::load`].
    pub(crate) fn of_values(values: &[Value]) -> Result<Self, Problems> {
        let without_place = |problem: Problem| Problem { span: None, ..problem };
        let parts = read(values.iter().map(node), false)
            .map_err(|problems| problems.into_iter().map(without_place).collect::<Problems>())?;
        Self::new(documents(parts)).map_err(|problem| vec![without_place(problem)])
    }

    /// Puts documents together.
    ///
    /// # Errors
    /// When one is there twice, or two exclude each other.
    pub(crate) fn new(documents: Vec<Document>) -> Result<Self, Problem> {
        let mut seen = HashSet::new();
        for document in &documents {
            let identity = document.identity();
            for kind in document.kind.conflicts() {
                let other = Identity { kind: kind.to_owned(), name: identity.name.clone() };
                if seen.contains(&other) {
                    let label = document.label();
                    return Err(Problem::new(
                        "config/conflict",
                        format!("{label} and {kind}/{} exclude each other", other.name),
                    ));
                }
            }
            if !seen.insert(identity) {
                let label = document.label();
                return Err(Problem::new(
                    "config/duplicate-document",
                    format!("the document {label} is there twice"),
                ));
            }
        }
        let (mut first, rest): (Vec<_>, Vec<_>) =
            documents.into_iter().partition(|document| document.kind.kind.is_empty());
        first.extend(rest);
        Ok(Self { documents: first })
    }

    /// The documents as they are written.
    pub fn to_values(&self) -> Vec<Value> {
        self.documents.iter().map(Document::to_value).collect()
    }

    /// The v1alpha1 document.
    pub(crate) fn v1alpha1(&self) -> Option<&Value> {
        self.documents
            .first()
            .filter(|document| document.kind.kind.is_empty())
            .map(|document| &document.value)
    }

    pub(crate) fn documents(&self) -> &[Document] {
        &self.documents
    }

    pub(crate) fn into_documents(self) -> Vec<Document> {
        self.documents
    }
}

/// Reads a stream of documents, with `$patch: delete` taken out of it where that may stand.
pub(crate) fn load(text: &str, deletes: bool) -> Result<Vec<Part>, Problems> {
    let stream = yaml::parse(text).map_err(|error| vec![error.into()])?;
    let duplicates = yaml::check_duplicates(&stream, yaml::Dialect::GoYamlV3);
    if !duplicates.is_empty() {
        return Err(duplicates.into_iter().map(Problem::from).collect());
    }
    read(stream.documents.into_iter().map(|document| document.root), deletes)
}

/// Data as a node; floats are written as Go does, for a text takes them as they are written.
fn node(value: &Value) -> Node {
    let mut node = yaml::to_node(value);
    go_floats(value, &mut node);
    node
}

fn go_floats(value: &Value, node: &mut Node) {
    match (value, &mut node.kind) {
        (Value::Float(number), Kind::Scalar(text, _)) => *text = format_float(*number),
        (Value::Sequence(items), Kind::Sequence(nodes)) => {
            items.iter().zip(nodes).for_each(|(item, node)| go_floats(item, node));
        }
        (Value::Mapping(mapping), Kind::Mapping(pairs)) => {
            for ((key, value), pair) in mapping.iter().zip(pairs) {
                go_floats(key, &mut pair.key);
                go_floats(value, &mut pair.value);
            }
        }
        _ => {}
    }
}

fn documents(parts: Vec<Part>) -> Vec<Document> {
    let documents = parts.into_iter().filter_map(|part| match part {
        Part::Document(document) => Some(document),
        Part::Delete(_) => None,
    });
    documents.collect()
}

fn read(roots: impl Iterator<Item = Node>, deletes: bool) -> Result<Vec<Part>, Problems> {
    let mut parts = Vec::new();
    let mut problems = Problems::new();
    let mut seen = HashSet::new();
    for mut root in roots {
        if deletes {
            match selector::extract(&mut root) {
                Ok(found) => parts.extend(found.selectors.into_iter().map(Part::Delete)),
                Err(problem) => {
                    problems.push(problem);
                    continue;
                }
            }
            if selector::is_emptied(&root) {
                continue;
            }
        }
        if root.as_mapping().is_none() && is_null(&root) {
            continue;
        }
        let identity = (text_of(&root, "apiVersion"), text_of(&root, "kind"), text_of(&root, "name"));
        if !seen.insert(identity) {
            problems.push(
                Problem::new("config/duplicate-document", "this document is there twice").at(root.span),
            );
            continue;
        }
        match decode(&root) {
            Ok(document) => parts.push(Part::Document(document)),
            Err(found) => problems.extend(found),
        }
    }
    if problems.is_empty() { Ok(parts) } else { Err(problems) }
}

fn is_null(node: &Node) -> bool {
    yaml::to_value(node, yaml::Dialect::GoYamlV3).is_ok_and(|value| value.is_null())
}

/// The text of a key, empty when there is none.
pub(crate) fn text_of(node: &Node, key: &str) -> String {
    node.get(key).and_then(Node::as_str).unwrap_or_default().to_owned()
}

fn decode(root: &Node) -> Result<Document, Problems> {
    let Some(pairs) = root.as_mapping() else {
        return Err(vec![
            Problem::new("config/not-a-document", "a document is a mapping of keys").at(root.span),
        ]);
    };
    let kind = text_of(root, "kind");
    let legacy = pairs
        .iter()
        .any(|pair| matches!(pair.key.as_str(), Some("machine" | "cluster" | "debug" | "persist")));
    let version = if legacy { "v1alpha1".to_owned() } else { text_of(root, "apiVersion") };
    let missing = |what: &str| {
        Err(vec![Problem::new("config/kind-missing", format!("this document has no {what}")).at(root.span)])
    };
    let schema = Schema::get();
    let found = match (version.as_str(), kind.as_str()) {
        ("v1alpha1", "") if legacy => schema.document(""),
        (_, "") => return missing("kind"),
        ("", _) => return missing("apiVersion"),
        ("v1alpha1", kind) => schema.document(kind),
        _ => None,
    };
    let Some(found) = found else {
        let near = cliutil::did_you_mean(&kind, schema.kinds());
        let problem = Problem::new(
            "config/unknown-kind",
            format!("{kind} {version} is no kind of document that is known"),
        );
        let span = root.get("kind").map_or(root.span, |node| node.span);
        let problem = Problem { help: near.map(|near| format!("did you mean {near}?")), ..problem.at(span) };
        return Err(vec![problem]);
    };
    let mut decoder = Decoder::new(Reading::Machine);
    let value = decoder.structure(root, found.id).unwrap_or_default();
    if decoder.errors.is_empty() { Ok(Document { kind: found, value }) } else { Err(decoder.errors) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(text: &str) -> Vec<&'static str> {
        Config::load(text).err().unwrap_or_default().iter().map(|problem| problem.code).collect()
    }

    #[test]
    fn read_and_written() {
        let config = Config::load("machine:\n  type: worker\n  sysctls: {a: 1}\n---\napiVersion: v1alpha1\nkind: HostnameConfig\nauto: \"off\"\n").unwrap();
        let values = config.to_values();
        assert_eq!(values.len(), 2);
        let machine = values[0].get("machine").unwrap();
        assert_eq!(machine.get("sysctls").unwrap().get("a"), Some(&Value::from("1")));
        // What is not left out when empty is written.
        assert_eq!(machine.get("certSANs"), Some(&Value::Sequence(Vec::new())));
        assert!(values[0].get("cluster").unwrap().is_null() && machine.get("network").is_none());
        assert_eq!(values[1].get("auto"), Some(&Value::from("off")));
    }

    #[test]
    fn problems_are_all_found() {
        assert_eq!(
            codes("machine:\n  typ: x\n  install: {wipe: 5}\n"),
            ["config/unknown-key", "config/type"]
        );
        assert_eq!(codes("kind: X\napiVersion: v1alpha1\n"), ["config/unknown-kind"]);
        assert_eq!(codes("a: 1\n"), ["config/kind-missing"]);
        assert_eq!(codes("- a\n"), ["config/not-a-document"]);
        assert_eq!(codes("machine: {}\n---\nmachine: {}\n"), ["config/duplicate-document"]);
        let link = |kind: &str| format!("apiVersion: v1alpha1\nkind: {kind}\nname: x\n");
        assert_eq!(
            codes(&format!("{}---\n{}", link("LinkConfig"), link("BridgeConfig"))),
            ["config/conflict"]
        );
    }
    // As talhelper 3.1.16 (Talos 1.14) takes patches.
    #[test]
    fn an_alias_is_merged_into_a_map_and_nowhere_else() {
        let text =
            "machine:\n  sysctls: &a {a: '1', b: '3'}\n  sysfs: &b {b: '2', <<: *a}\n  env: {<<: *b, c: d}\n";
        let values = Config::load(text).unwrap().to_values();
        let read = |key: &str, name: &str| {
            values[0]
                .get("machine")
                .unwrap()
                .get(key)
                .unwrap()
                .get(name)
                .unwrap()
                .as_str()
                .unwrap()
                .to_owned()
        };
        assert_eq!([read("sysfs", "a"), read("sysfs", "b")], ["1", "2"]);
        assert_eq!([read("env", "a"), read("env", "b"), read("env", "c")], ["1", "2", "d"]);
        let pods =
            "machine:\n  pods: [&p {c: {endpoints: ['http://z']}}]\n  registries: {mirrors: {<<: *p}}\n";
        assert_eq!(codes(pods), [""; 0]);
        for (anchor, map) in [
            ("a: '1'", "<<: {a: '1'}"),
            ("a: '1'", "<<: [*a]"),
            ("a: '1'", "<<: [*a, {c: d}]"),
            ("a: '1'", "<<: *a, <<: *a"),
            ("a: '1'", "<<: null"),
            ("a: '1'", "<<: x"),
        ] {
            let text = format!("machine:\n  sysctls: &a {{{anchor}}}\n  sysfs: {{{map}}}\n");
            assert_eq!(codes(&text), ["config/merge-key"], "{map}");
        }
        let structure = "machine: {kubelet: &k {image: x}}\ncluster: {apiServer: {<<: *k}}\n";
        assert_eq!(codes(structure), ["config/merge-key"]);
    }
    // Likewise.
    #[test]
    fn keys_of_data_without_a_type() {
        let text = "machine: {kubelet: {extraConfig: {000: a, 0x10: b, true: c, n: {000: y}}}}\n";
        let values = Config::load(text).unwrap().to_values();
        let extra = values[0].get("machine").unwrap().get("kubelet").unwrap().get("extraConfig").unwrap();
        let keys: Vec<_> = extra.as_mapping().unwrap().iter().map(|(key, _)| key.clone()).collect();
        assert_eq!(keys, ["0x10", "000", "n", "true"].map(Value::from));
        let inner = extra.get("n").unwrap().as_mapping().unwrap();
        assert_eq!(inner.iter().next().unwrap().0, &Value::Int(0));
    }

    // As go-yaml decodes them for Talos.
    #[test]
    fn tags_are_followed() {
        let text = "machine:\n  sysctls: {a: !!binary aGVsbG8=, b: !!float 1, c: !!int '5', d: !!foo x}\n  kubelet: {extraConfig: {a: !!binary aGVsbG8=}}\n";
        let values = Config::load(text).unwrap().to_values();
        let machine = values[0].get("machine").unwrap();
        let sysctl =
            |name: &str| machine.get("sysctls").unwrap().get(name).unwrap().as_str().unwrap().to_owned();
        assert_eq!(["a", "b", "c", "d"].map(sysctl), ["hello", "1", "5", "x"]);
        let extra = machine.get("kubelet").unwrap().get("extraConfig").unwrap();
        assert_eq!(extra.get("a"), Some(&Value::from("hello")));
        for value in ["!!int x", "!!bool yes", "!!float 1e999", "!!null x", "!!binary '%'"] {
            assert_eq!(codes(&format!("machine: {{sysctls: {{a: {value}}}}}\n")), ["yaml/tag"], "{value}");
        }
        assert_eq!(codes("machine:\n  ? [a]\n  : b\n"), ["config/type"]);
    }
}
