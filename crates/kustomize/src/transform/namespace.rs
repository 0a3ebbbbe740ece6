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
static PLACES: LazyLock<[Spec; 3]> = LazyLock::new(|| {
    [
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
});

/// Sets the namespace.
pub(crate) fn apply(objects: &mut Objects, namespace: &str) -> Outcome<()> {
    let mut problems = Problems::new();
    for resource in objects.list_mut() {
        resource.remember();
        if let Err(why) = set(resource, namespace) {
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

fn set(resource: &mut Resource, namespace: &str) -> Result<(), String> {
    let node = &mut resource.node;
    let gvk = Gvk::of(node);
    let (is_core, is_binding) = (
        gvk.group.is_empty() && gvk.version == "v1",
        matches!(gvk.kind, "RoleBinding" | "ClusterRoleBinding"),
    );
    let mut write = |node: &mut Node| set_scalar(node, namespace, Tag::Str);
    if !gvk.is_cluster_scoped() {
        OWN.apply(node, Create::Scalar(Tag::Unset), &mut write)?;
    }
    if is_binding {
        default_subjects(node, namespace)?;
    }
    for place in &*PLACES {
        // Only the core group's Namespace is named after its own namespace.
        if place.text() == "metadata/name" && !is_core {
            continue;
        }
        place.apply(node, Create::Scalar(Tag::Str), &mut write)?;
    }
    Ok(())
}

/// Subjects named `default` are the service account of the namespace.
fn default_subjects(node: &mut Node, namespace: &str) -> Result<(), String> {
    let Some(subjects) = node.get("subjects").filter(|subjects| !subjects.is_null()) else { return Ok(()) };
    let Some(items) = subjects.as_seq() else {
        return Err(format!("subjects is {}, not a list", subjects.kind_name()));
    };
    let is_default = |item: &Node| item.get("name").and_then(Node::text) == Some("default");
    if !items.iter().any(is_default) {
        return Ok(());
    }
    let subjects = node.as_map_mut().and_then(|map| map.get_mut("subjects")).and_then(Node::as_seq_mut);
    for item in subjects.into_iter().flatten().filter(|item| is_default(item)) {
        let Some(subject) = item.as_map_mut() else { continue };
        if !subject.contains("namespace") {
            subject.push(Scalar::untagged("namespace"), Node::untagged(""));
        }
        if let Some(field) = subject.get_mut("namespace") {
            set_scalar(field, namespace, Tag::Str)?;
        }
    }
    Ok(())
}
