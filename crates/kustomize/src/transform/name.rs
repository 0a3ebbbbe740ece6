//! `namePrefix` and `nameSuffix`.

use std::sync::Arc;

use crate::ids::Gvk;
use crate::node::{Node, Scalar};
use crate::objects::Objects;
use crate::resource::Resource;

/// Puts a text before every name.
pub(crate) fn prefix(objects: &mut Objects, prefix: &str) {
    let text: Arc<str> = prefix.into();
    rename(
        objects,
        prefix,
        |name| format!("{prefix}{name}"),
        |resource| {
            resource.history.prefixes.push(Arc::clone(&text));
        },
    );
}

/// Puts a text behind every name.
pub(crate) fn suffix(objects: &mut Objects, suffix: &str) {
    let text: Arc<str> = suffix.into();
    rename(
        objects,
        suffix,
        |name| format!("{name}{suffix}"),
        |resource| {
            resource.history.suffixes.push(Arc::clone(&text));
        },
    );
}

fn rename(
    objects: &mut Objects,
    text: &str,
    new_name: impl Fn(&str) -> String,
    record: impl Fn(&mut Resource),
) {
    if text.is_empty() {
        return;
    }
    for resource in objects.list_mut() {
        if keeps_its_name(resource.original_id().gvk) {
            continue;
        }
        record(resource);
        resource.remember();
        let metadata =
            resource.node.as_map_mut().and_then(|map| map.get_mut("metadata")).and_then(Node::as_map_mut);
        if let Some(Node::Scalar(name)) = metadata.and_then(|metadata| metadata.get_mut("name")) {
            *name = Scalar::untagged(new_name(&name.text)).in_place_of(name);
        }
    }
}

/// Kinds whose name means something by itself.
fn keeps_its_name(gvk: Gvk<'_>) -> bool {
    matches!(gvk.kind, "CustomResourceDefinition" | "Namespace")
        || gvk.kind == "APIService" && gvk.group == "apiregistration.k8s.io"
}
