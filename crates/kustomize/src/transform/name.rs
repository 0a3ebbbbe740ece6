//! `namePrefix` and `nameSuffix`.

use std::sync::Arc;

use crate::codes;
use crate::fieldspec::{Create, Spec, set_scalar};
use crate::file::{Outcome, Problems};
use crate::ids::Gvk;
use crate::node::Tag;
use crate::objects::Objects;
use crate::resource::Resource;

/// The place of an object's own name.
const OWN: &str = "metadata/name";

/// Puts a text before every name.
pub(crate) fn prefix(objects: &mut Objects, prefix: &str, places: &[Spec]) -> Outcome<()> {
    let text: Arc<str> = prefix.into();
    rename(
        objects,
        (prefix, places),
        |name| format!("{prefix}{name}"),
        |resource| {
            resource.history.prefixes.push(Arc::clone(&text));
        },
    )
}

/// Puts a text behind every name.
pub(crate) fn suffix(objects: &mut Objects, suffix: &str, places: &[Spec]) -> Outcome<()> {
    let text: Arc<str> = suffix.into();
    rename(
        objects,
        (suffix, places),
        |name| format!("{name}{suffix}"),
        |resource| {
            resource.history.suffixes.push(Arc::clone(&text));
        },
    )
}

fn rename(
    objects: &mut Objects,
    (text, places): (&str, &[Spec]),
    new_name: impl Fn(&str) -> String,
    record: impl Fn(&mut Resource),
) -> Outcome<()> {
    let mut problems = Problems::new();
    for resource in objects.list_mut() {
        let original = resource.original_id().gvk;
        if keeps_its_name(original) {
            continue;
        }
        let places: Vec<&Spec> = places.iter().filter(|place| place.selects(original)).collect();
        for place in places {
            if place.text() == OWN {
                record(resource);
                if !text.is_empty() {
                    resource.remember();
                }
            }
            let changed = place.apply(&mut resource.node, Create::Scalar(Tag::Str), &mut |field| {
                let name = new_name(field.text_or_empty());
                set_scalar(field, &name, Tag::Unset)
            });
            if let Err(why) = changed {
                let message = format!("the name of {} cannot be set: {why}", resource.id());
                problems.push(resource.origin.error(codes::FIELD_PATH, message));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// Kinds whose name means something by itself.
fn keeps_its_name(gvk: Gvk<'_>) -> bool {
    matches!(gvk.kind, "CustomResourceDefinition" | "Namespace")
        || gvk.kind == "APIService" && gvk.group == "apiregistration.k8s.io"
}
