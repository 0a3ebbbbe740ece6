//! An object as the cluster gets it.

use std::sync::OnceLock;

use cliutil::{Diagnostic, Location, Severity};
use kustomize::Resource;
use yaml::Value;

/// An object, and who applies it.
#[derive(Debug)]
pub(crate) struct Object {
    /// The object itself.
    pub(crate) resource: Resource,
    /// Its data, made when some rule asks for it.
    value: OnceLock<Value>,
    /// What names it.
    pub(crate) id: Id,
    /// Place of the Flux Kustomization in the list of nodes; none for what is not applied by one.
    pub(crate) owner: Option<usize>,
}

/// What names an object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Id {
    /// The group; empty for the core one.
    pub(crate) group: String,
    /// The kind.
    pub(crate) kind: String,
    /// The namespace; empty when none is given.
    pub(crate) namespace: String,
    /// The name.
    pub(crate) name: String,
}

impl Id {
    /// The name of an object of that group and kind.
    pub(crate) fn new(group: &str, kind: &str, namespace: &str, name: &str) -> Self {
        Self {
            group: group.to_owned(),
            kind: kind.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }
}

impl std::fmt::Display for Id {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { kind, namespace, name, .. } = self;
        if namespace.is_empty() { write!(f, "{kind} {name}") } else { write!(f, "{kind} {namespace}/{name}") }
    }
}

impl Object {
    pub(crate) fn new(resource: Resource, owner: Option<usize>) -> Self {
        let api = resource.api_version();
        let group = api.split_once('/').map_or("", |(group, _)| group);
        let id = Id::new(group, resource.kind(), resource.namespace(), resource.name());
        Self { value: OnceLock::new(), id, resource, owner }
    }

    /// Its data.
    pub(crate) fn value(&self) -> &Value {
        self.value.get_or_init(|| self.resource.value())
    }

    /// Whether SOPS encrypted it.
    pub(crate) fn is_encrypted(&self) -> bool {
        self.resource.has("sops")
    }

    /// Whether a label or an annotation of Flux says one of these; big letters and small ones are the same to it.
    pub(crate) fn flux_says(&self, key: &str, values: &[&str]) -> bool {
        let key = format!("kustomize.toolkit.fluxcd.io/{key}");
        let said = [self.resource.label(&key), self.resource.annotation(&key)];
        said.iter().flatten().any(|said| values.iter().any(|value| value.eq_ignore_ascii_case(said)))
    }

    /// Whether it is of that kind, in any version.
    pub(crate) fn is(&self, group: &str, kind: &str) -> bool {
        self.id.kind == kind && self.id.group == group
    }

    /// The value at a path of keys.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Value> {
        at(self.value(), path)
    }

    /// The text at a path of keys.
    pub(crate) fn text(&self, path: &[&str]) -> Option<&str> {
        text(self.value(), path)
    }

    /// The items of the list at a path of keys.
    pub(crate) fn items(&self, path: &[&str]) -> &[Value] {
        items(self.value(), path)
    }

    /// The place of a field, as near as the file it was read from has it.
    pub(crate) fn place(&self, path: &[&str]) -> Location {
        self.resource.origin().locate(path)
    }

    /// A finding about one of its fields.
    pub(crate) fn finding(
        &self,
        severity: Severity,
        code: &'static str,
        message: String,
        path: &[&str],
    ) -> Diagnostic {
        Diagnostic::new(severity, code, message).at(self.place(path))
    }
}

/// The value at a path of keys, and of indices of lists.
pub(crate) fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| match value {
        Value::Sequence(items) => items.get(key.parse::<usize>().ok()?),
        other => other.get(key),
    })
}

/// The text at a path; empty text is none.
pub(crate) fn text<'v>(value: &'v Value, path: &[&str]) -> Option<&'v str> {
    at(value, path)?.as_str().filter(|text| !text.is_empty())
}

/// The items of the list at a path; anything else has none.
pub(crate) fn items<'v>(value: &'v Value, path: &[&str]) -> &'v [Value] {
    at(value, path).and_then(Value::as_sequence).unwrap_or_default()
}

/// Whether the value at a path is the boolean true.
pub(crate) fn flag(value: &Value, path: &[&str]) -> bool {
    at(value, path).and_then(Value::as_bool).unwrap_or_default()
}
