//! `namespace`: every object that may have one, and the places that name it.

use std::sync::LazyLock;

use crate::codes;
use crate::fieldspec::{Create, Spec, set_scalar};
use crate::file::{Outcome, Problems};
use crate::ids::Gvk;
use crate::node::{Node, Scalar, Tag};
use crate::objects::Objects;
use crate::resource::Resource;

static OWN: LazyLock<Spec> = LazyLock::new(|| Spec::new("", "", "", "metadata/namespace", true));

/// Further places, kustomize 5.8.1's.
pub(crate) fn places() -> Vec<Spec> {
    vec![
        Spec::new("", "", "Namespace", "metadata/name", true),
        Spec::new("apiregistration.k8s.io", "", "APIService", "spec/service/namespace", true),
        Spec::new(
            "apiextensions.k8s.io",
            "",
            "CustomResourceDefinition",
            "spec/conversion/webhook/clientConfig/service/namespace",
            false,
        ),
    ]
}

/// Which subjects of RoleBindings and ClusterRoleBindings get the namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Subjects {
    /// Those named `default`.
    Default,
    /// All service accounts.
    ServiceAccounts,
    None,
}

/// A namespace, and where it goes.
pub(crate) struct Namespace {
    pub(crate) name: String,
    pub(crate) places: Vec<Spec>,
    /// Only where there is none.
    pub(crate) unset_only: bool,
    pub(crate) subjects: Subjects,
}

/// Sets the namespace.
pub(crate) fn apply(objects: &mut Objects, to: &Namespace) -> Outcome<()> {
    let namespace = &to.name;
    let mut problems = Problems::new();
    for resource in objects.list_mut() {
        resource.remember();
        if let Err(why) = set(resource, to) {
            let message = format!("the namespace of {} cannot be set: {why}", resource.id());
            problems.push(resource.origin.error(codes::FIELD_PATH, message));
        }
    }
    let conflicts = objects.conflicts();
    problems.extend(conflicts.into_iter().map(|mut problem| {
        problem.message = format!("{} once both are in namespace {namespace}", problem.message);
        problem
    }));
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Sets the namespace of one object.
pub(crate) fn set(resource: &mut Resource, to: &Namespace) -> Result<(), String> {
    let node = &mut resource.node;
    let gvk = Gvk::of(node);
    let (is_core, is_binding) = (
        gvk.group.is_empty() && gvk.version == "v1",
        matches!(gvk.kind, "RoleBinding" | "ClusterRoleBinding"),
    );
    let mut write = |node: &mut Node| to.write(node);
    if !gvk.is_cluster_scoped() {
        OWN.apply(node, Create::Scalar(Tag::Unset), &mut write)?;
    }
    if is_binding {
        subjects(node, to)?;
    }
    for place in &to.places {
        // The own namespace is set above; only the core group's Namespace is named after it; what is said of the
        // subjects of bindings does not count.
        let is_done = match place.text() {
            "metadata/namespace" => true,
            "metadata/name" => !is_core,
            "subjects/namespace" => is_binding && place.is_of_binding(),
            _ => false,
        };
        if is_done {
            continue;
        }
        place.apply(node, Create::Scalar(Tag::Str), &mut write)?;
    }
    Ok(())
}

impl Namespace {
    fn write(&self, node: &mut Node) -> Result<(), String> {
        let is_set = matches!(node, Node::Scalar(old) if !old.is_null() && !old.text.is_empty());
        if self.unset_only && is_set { Ok(()) } else { set_scalar(node, &self.name, Tag::Str) }
    }
}

/// Subjects named `default` are the service account of the namespace.
fn subjects(node: &mut Node, to: &Namespace) -> Result<(), String> {
    let (key, wanted) = match to.subjects {
        Subjects::Default => ("name", "default"),
        Subjects::ServiceAccounts => ("kind", "ServiceAccount"),
        Subjects::None => return Ok(()),
    };
    let Some(subjects) = node.get("subjects").filter(|subjects| !subjects.is_null()) else { return Ok(()) };
    let Some(items) = subjects.as_seq() else {
        return Err(format!("subjects is {}, not a list", subjects.kind_name()));
    };
    let is_meant = |item: &Node| item.get(key).and_then(Node::text) == Some(wanted);
    if !items.iter().any(is_meant) {
        return Ok(());
    }
    let subjects = node.as_map_mut().and_then(|map| map.get_mut("subjects")).and_then(Node::as_seq_mut);
    for item in subjects.into_iter().flatten().filter(|item| is_meant(item)) {
        let Some(subject) = item.as_map_mut() else { continue };
        if !subject.contains("namespace") {
            subject.push(Scalar::untagged("namespace"), Node::untagged(""));
        }
        if let Some(field) = subject.get_mut("namespace") {
            to.write(field)?;
        }
    }
    Ok(())
}
