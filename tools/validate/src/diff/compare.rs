//! Which objects are added, changed and removed.

use std::collections::BTreeMap;

use yaml::{EmitOptions, Value};

use super::known::Known;
use super::redact;
use super::side::Side;
use crate::applied::{Id, Object};

/// What happens to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum What {
    Added,
    Changed,
    Removed,
    /// Nothing applies it any more, and it is not deleted, because its Kustomization does not prune.
    Left,
}

impl What {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Removed => "removed",
            Self::Left => "left",
        }
    }
}

/// One object's change. Secrets are hidden in both texts.
#[derive(Debug)]
pub(super) struct Change {
    pub(super) what: What,
    pub(super) id: Id,
    /// The file it comes from.
    pub(super) file: String,
    pub(super) old: String,
    pub(super) new: String,
}

/// The changes, by namespace, kind and name.
pub(super) fn changes(old: &Side, new: &Side, strip: &[String]) -> Vec<Change> {
    let index = |side| -> BTreeMap<_, &Object> { by_name(side) };
    let (before, after) = (index(old), index(new));
    let known = Known::of(old, new);
    let change = |what, before: Option<&Object>, after: Option<&Object>| {
        let file = after.map(|object| new.file(object)).or_else(|| before.map(|object| old.file(object)))?;
        change((what, file), (before, after), strip, &known)
    };
    let mut changes = Vec::new();
    for (key, object) in &after {
        match before.get(key) {
            None => changes.extend(change(What::Added, None, Some(object))),
            Some(first) if first.value() != object.value() => {
                changes.extend(change(What::Changed, Some(first), Some(object)));
            }
            Some(_) => {}
        }
    }
    let stays: BTreeMap<&Id, bool> =
        old.objects.iter().zip(&old.pruned).map(|(object, prune)| (&object.id, !prune)).collect();
    for (key, object) in before.iter().filter(|(key, _)| !after.contains_key(*key)) {
        let _ = key;
        let annotation = ["metadata", "annotations", "kustomize.toolkit.fluxcd.io/prune"];
        let left = stays.get(&object.id) == Some(&true) || object.text(&annotation) == Some("disabled");
        changes.extend(change(if left { What::Left } else { What::Removed }, Some(object), None));
    }
    changes.sort_by(|one, other| key(&one.id).cmp(&key(&other.id)));
    changes
}

type Key<'i> = (&'i str, &'i str, &'i str, &'i str);

fn key(id: &Id) -> Key<'_> {
    (&id.namespace, &id.kind, &id.name, &id.group)
}

fn by_name(side: &Side) -> BTreeMap<Key<'_>, &Object> {
    side.objects.iter().map(|object| (key(&object.id), object)).collect()
}

/// The change, unless nothing is left of it when what does not count is taken out.
fn change(
    (what, file): (What, String),
    (old, new): (Option<&Object>, Option<&Object>),
    strip: &[String],
    known: &Known,
) -> Option<Change> {
    let value = |object: Option<&Object>| object.map(|object| object.value().clone());
    let (mut before, mut after) = redact::pair(value(old).as_ref(), value(new).as_ref(), strip);
    if before == after {
        return None;
    }
    let mut nothing = [Value::Null, Value::Null];
    let [none, neither] = &mut nothing;
    known.hide(before.as_mut().unwrap_or(none), after.as_mut().unwrap_or(neither));
    let text = |value: Option<Value>| {
        value.map(|value| yaml::emit(&value, EmitOptions::default())).unwrap_or_default()
    };
    let object = new.or(old)?;
    Some(Change { what, id: object.id.clone(), file, old: text(before), new: text(after) })
}
