//! The end of a build: what kustomize takes out of every object, and what has no form in one.

use std::sync::Arc;

use yaml::{Mapping, Value};

use crate::codes;
use crate::file::Problems;
use crate::node::{Map, Node, Scalar, Style, Tag};
use crate::parallel;
use crate::resource::Resource;
use crate::scalar::{Final, Unwritable, finish, tag_of_plain};

/// Annotations that only mean something while kustomize builds.
const BUILD_ANNOTATIONS: &[&str] = &[
    "internal.config.kubernetes.io/previousKinds",
    "internal.config.kubernetes.io/previousNames",
    "internal.config.kubernetes.io/prefixes",
    "internal.config.kubernetes.io/suffixes",
    "internal.config.kubernetes.io/previousNamespaces",
    "internal.config.kubernetes.io/allowNameChange",
    "internal.config.kubernetes.io/allowKindChange",
    "internal.config.kubernetes.io/refBy",
    "internal.config.kubernetes.io/generatorBehavior",
    "internal.config.kubernetes.io/needsHashSuffix",
    "internal.config.kubernetes.io/path",
    "internal.config.kubernetes.io/index",
    "internal.config.kubernetes.io/seqindent",
    "internal.config.kubernetes.io/id",
    "internal.config.kubernetes.io/annotations-migration-resource-id",
    "config.kubernetes.io/path",
    "config.kubernetes.io/index",
    "config.k8s.io/id",
    "internal.config.kubernetes.io/helm-generated",
    "config.kubernetes.io/origin",
    "alpha.config.kubernetes.io/transformations",
];

/// Writes annotations anew as kustomize does: strings, none of the build's own, no empty mapping.
pub(crate) fn annotations(resource: &mut Resource) {
    let unchanged =
        resource.node.get("metadata").is_some_and(|metadata| metadata.get("annotations").is_none());
    if unchanged {
        return;
    }
    let mut texts = resource.metadata_texts("annotations");
    texts.retain(|(key, _)| !BUILD_ANNOTATIONS.contains(&&**key));
    resource.set_metadata_texts("annotations", &texts);
}

/// Everything in the objects that cannot be written.
pub(crate) fn check(resources: &[Resource]) -> Problems {
    parallel::map(resources, parallel::OBJECTS, object).into_iter().flatten().collect()
}

fn object(resource: &Resource) -> Problems {
    let mut problems = Problems::new();
    let mut path = Vec::new();
    walk(&resource.node, false, &mut path, &mut |path, why| {
        let segments: Vec<&str> = path.iter().map(AsRef::as_ref).collect();
        let (code, what) = match why {
            Trouble::Key => (codes::KEY, "this key would not be read as text"),
            Trouble::Value(unwritable) => (codes::VALUE, unwritable.message()),
        };
        let message = format!("{} of {}: {what}", segments.join("."), resource.id());
        let mut problem = resource.origin.error(code, message);
        problem.location = Some(resource.origin.locate(&segments));
        problems.push(problem);
    });
    problems
}

enum Trouble {
    Key,
    Value(Unwritable),
}

fn walk(node: &Node, flow: bool, path: &mut Vec<Arc<str>>, report: &mut impl FnMut(&[Arc<str>], Trouble)) {
    match node {
        Node::Scalar(scalar) => {
            if let Err(why) = finish(scalar, flow) {
                report(path, Trouble::Value(why));
            }
        }
        Node::Seq(items) => {
            for (n, item) in items.iter().enumerate() {
                // Most items are fine; the index is worth an allocation only below collections.
                path.push(n.to_string().into());
                walk(item, flow || items.flow, path, report);
                path.pop();
            }
        }
        Node::Map(map) => {
            for (key, value) in map.iter() {
                path.push(Arc::clone(&key.text));
                if path.len() > 1 && (!matches!(finish(key, true), Ok(Final::Str(_))) || is_time(key)) {
                    report(path, Trouble::Key);
                }
                walk(value, flow || map.flow, path, report);
                path.pop();
            }
        }
    }
}

/// Whether a key is read as a time, which is no text.
fn is_time(key: &Scalar) -> bool {
    key.style == Style::Plain
        && matches!(key.tag, Tag::Unset | Tag::Timestamp)
        && tag_of_plain(&key.text) == Tag::Timestamp
}

/// The data of an object.
pub(crate) fn value(node: &Node) -> Value {
    value_in(node, false)
}

fn value_in(node: &Node, flow: bool) -> Value {
    match node {
        Node::Scalar(scalar) => match finish(scalar, flow) {
            Ok(Final::Null) => Value::Null,
            Ok(Final::Bool(value)) => Value::Bool(value),
            Ok(Final::Int(value)) => Value::Int(value),
            Ok(Final::Float(value)) => Value::Float(value),
            Ok(Final::Str(text)) => Value::String(text.into_owned()),
            Err(_) => Value::String(scalar.text.to_string()),
        },
        Node::Seq(items) => {
            Value::Sequence(items.iter().map(|item| value_in(item, flow || items.flow)).collect())
        }
        Node::Map(map) => Value::Mapping(mapping(map, flow || map.flow)),
    }
}

fn key<'m>(entry: (&'m crate::node::Scalar, &'m Node)) -> &'m str {
    &entry.0.text
}

fn mapping(map: &Map, flow: bool) -> Mapping {
    let mut entries: Vec<_> = map.iter().collect();
    crate::natural::sort(&mut entries, &|a: (_, _), b: (_, _)| crate::natural::compare(key(a), key(b)));
    let mut mapping = Mapping::with_capacity(entries.len());
    for (key, item) in entries {
        mapping.push(&*key.text, value_in(item, flow));
    }
    mapping
}
