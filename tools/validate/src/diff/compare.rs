//! Which objects are added, changed and removed.

use std::collections::{BTreeMap, BTreeSet};

use yaml::{EmitOptions, Value};

use super::known::Known;
use super::side::{Home, Left, Name, Side};
use super::{likely, redact};
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
    /// Where its cluster starts; none where there is one only.
    pub(super) cluster: Option<String>,
    /// The file it comes from.
    pub(super) file: String,
    pub(super) old: String,
    pub(super) new: String,
}

/// The changes, by cluster, namespace, kind and name. What cannot be built on one of the sides is left out.
pub(super) fn changes(
    old: &Side,
    new: &Side,
    left_out: &BTreeMap<Name, Left>,
    strip: &[String],
    known: &Known,
) -> Vec<Change> {
    let (before, after) = (old.without(left_out), new.without(left_out));
    let (before, after) = (by_name(&before), by_name(&after));
    let many = old.clusters().max(new.clusters()) > 1;
    let mut changes = Vec::new();
    for key in before.keys().chain(after.keys()).collect::<BTreeSet<_>>() {
        let (first, last) = (before.get(key), after.get(key));
        let (what, file) = match (first, last) {
            (Some((_, first)), Some((_, last))) if first.value() == last.value() => continue,
            (Some(_), Some((_, last))) => (What::Changed, new.file(last)),
            (None, Some((_, last))) => (What::Added, new.file(last)),
            (Some((home, first)), None) => (gone((*home, first), old, new), old.file(first)),
            (None, None) => continue,
        };
        let cluster = many.then(|| key.0.to_owned());
        let both = (first.map(|(_, object)| *object), last.map(|(_, object)| *object));
        changes.extend(change((what, cluster, file), both, strip, known));
    }
    changes
}

/// What becomes of an object that nothing applies any more.
fn gone((home, object): (Home, &Object), old: &Side, new: &Side) -> What {
    let stays = object.flux_says("prune", &["disabled"]) || object.flux_says("reconcile", &["disabled"]);
    if stays || !old.prunes(home, new) { What::Left } else { What::Removed }
}

/// Cluster, namespace, kind, name and group.
type Key<'i> = (&'i str, &'i str, &'i str, &'i str, &'i str);

fn by_name<'o>(objects: &[(&'o str, Home, &'o Object)]) -> BTreeMap<Key<'o>, (Home, &'o Object)> {
    let named = objects.iter().map(|(cluster, home, object)| {
        let id = &object.id;
        let key: Key<'o> = (cluster, &id.namespace, &id.kind, &id.name, &id.group);
        (key, (*home, *object))
    });
    named.collect()
}

/// The change, unless nothing is left of it when what does not count is taken out.
fn change(
    (what, cluster, file): (What, Option<String>, String),
    (old, new): (Option<&Object>, Option<&Object>),
    strip: &[String],
    known: &Known,
) -> Option<Change> {
    let value = |object: Option<&Object>| object.map(|object| object.value().clone());
    let (mut before, mut after) = redact::pair(value(old).as_ref(), value(new).as_ref(), strip);
    if before == after {
        return None;
    }
    let (was, is) = (before.clone().unwrap_or_default(), after.clone().unwrap_or_default());
    let mut nothing = [Value::Null, Value::Null];
    let [none, neither] = &mut nothing;
    let (one, other) = (before.as_mut().unwrap_or(none), after.as_mut().unwrap_or(neither));
    likely::hide(one, other);
    known.hide(one, other);
    redact::mark_changes(&was, &is, one, other);
    known.hide_keys(one, other);
    let text = |value: Option<Value>| {
        value.map(|value| yaml::emit(&value, EmitOptions::default())).unwrap_or_default()
    };
    let object = new.or(old)?;
    let Id { group, kind, namespace, name } = &object.id;
    let id = Id::new(group, kind, &known.hidden(namespace), &known.hidden(name));
    Some(Change { what, id, cluster, file, old: text(before), new: text(after) })
}
