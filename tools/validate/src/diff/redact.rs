//! What may be shown of an object: never the value of a Secret, nor ciphertext, which differs each time.

use yaml::{Mapping, Value};

/// What stands for a value.
pub(super) const HIDDEN: &str = "***";
/// What stands for a value that was another one before.
pub(super) const CHANGED: &str = "*** (changed)";

/// Both sides of an object without secrets, without what SOPS adds, and without labels and annotations that do not
/// count. Either side may be absent.
pub(super) fn pair(
    old: Option<&Value>,
    new: Option<&Value>,
    strip: &[String],
) -> (Option<Value>, Option<Value>) {
    let (mut one, mut other) = (old.cloned(), new.cloned());
    for side in [&mut one, &mut other].into_iter().flatten() {
        if let Value::Mapping(map) = side {
            map.remove("sops");
        }
        stripped(side, strip, 0);
    }
    let is_secret = |value: &Option<Value>| {
        value.as_ref().is_some_and(|value| {
            value.get("kind").and_then(Value::as_str) == Some("Secret")
                && value.get("apiVersion").and_then(Value::as_str) == Some("v1")
        })
    };
    if is_secret(&one) || is_secret(&other) {
        for key in ["data", "stringData"] {
            hide(one.as_mut(), other.as_mut(), key);
        }
        // The last configuration that kubectl kept may hold everything.
        for side in [&mut one, &mut other].into_iter().flatten() {
            forget(side);
        }
    }
    ciphertext(one.as_mut(), other.as_mut());
    (one, other)
}

/// Marks what was hidden on both sides and is not the same there, so that a change stays one wherever it stands: `old` and
/// `new` are the sides as they were, `one` and `other` what is shown of them.
pub(super) fn mark_changes(old: &Value, new: &Value, one: &Value, other: &mut Value) {
    match (old, new, one, other) {
        (Value::Mapping(old), Value::Mapping(new), Value::Mapping(one), Value::Mapping(other)) => {
            for (key, new) in new.iter() {
                let Some(key) = key.as_str() else { continue };
                if let (Some(old), Some(one), Some(other)) = (old.get(key), one.get(key), other.get_mut(key))
                {
                    mark_changes(old, new, one, other);
                }
            }
        }
        (Value::Sequence(old), Value::Sequence(new), Value::Sequence(one), Value::Sequence(other)) => {
            let sides = old.iter().zip(new).zip(one).zip(other);
            sides.for_each(|(((old, new), one), other)| mark_changes(old, new, one, other));
        }
        (old, new, one, Value::String(other)) if old != new && one.as_str() == Some(other) => {
            *other = match (old.as_str(), new.as_str()) {
                (Some(old), Some(new)) => marked(old, new, other),
                _ => other.replacen(HIDDEN, CHANGED, 1),
            };
        }
        _ => {}
    }
}

/// A text with marks in the lines that differ.
fn marked(old: &str, new: &str, shown: &str) -> String {
    let count = shown.split('\n').count();
    if old.split('\n').count() != count || new.split('\n').count() != count {
        return shown.replacen(HIDDEN, CHANGED, 1);
    }
    let lines = shown.split('\n').zip(old.split('\n').zip(new.split('\n')));
    let lines = lines.map(
        |(shown, (old, new))| {
            if old == new { shown.to_owned() } else { shown.replacen(HIDDEN, CHANGED, 1) }
        },
    );
    lines.collect::<Vec<_>>().join("\n")
}

fn hide(one: Option<&mut Value>, other: Option<&mut Value>, key: &str) {
    let of = |side: Option<&Value>| side.and_then(|side| side.get(key)).cloned();
    let (a, b) = (of(one.as_deref()), of(other.as_deref()));
    for (side, theirs, is_new) in [(one, &b, false), (other, &a, true)] {
        let Some(Value::Mapping(map)) = side else { continue };
        match map.get_mut(key) {
            Some(Value::Mapping(data)) => {
                let hidden: Mapping = data
                    .iter()
                    .map(|(name, value)| {
                        let their = name.as_str().and_then(|name| theirs.as_ref()?.get(name));
                        let changed = is_new && their.is_some_and(|their| their != value);
                        (name.clone(), Value::from(if changed { CHANGED } else { HIDDEN }))
                    })
                    .collect();
                *data = hidden;
            }
            Some(other) => *other = Value::from(HIDDEN),
            None => {}
        }
    }
}

fn forget(value: &mut Value) {
    const KEPT: &str = "kubectl.kubernetes.io/last-applied-configuration";
    let Value::Mapping(map) = value else { return };
    if let Some(Value::Mapping(metadata)) = map.get_mut("metadata")
        && let Some(Value::Mapping(annotations)) = metadata.get_mut("annotations")
        && annotations.contains_key(KEPT)
    {
        annotations.insert(KEPT, HIDDEN);
    }
}

/// Ciphertext outside of Secrets.
fn ciphertext(one: Option<&mut Value>, other: Option<&mut Value>) {
    match (one, other) {
        (Some(Value::Mapping(a)), Some(Value::Mapping(b))) => {
            let keys: Vec<String> = a.iter().filter_map(|(key, _)| Some(key.as_str()?.to_owned())).collect();
            for key in keys {
                ciphertext(a.get_mut(&key), b.get_mut(&key));
            }
            let keys: Vec<String> = b.iter().filter_map(|(key, _)| Some(key.as_str()?.to_owned())).collect();
            for key in keys.into_iter().filter(|key| !a.contains_key(key)) {
                ciphertext(None, b.get_mut(&key));
            }
        }
        (Some(Value::Sequence(a)), Some(Value::Sequence(b))) => {
            let shared = a.len().min(b.len());
            for (one, other) in a.iter_mut().zip(b.iter_mut()) {
                ciphertext(Some(one), Some(other));
            }
            for one in a.iter_mut().skip(shared).chain(b.iter_mut().skip(shared)) {
                ciphertext(Some(one), None);
            }
        }
        (Some(one), Some(other)) => {
            let changed = one != other;
            mask(one, false);
            mask(other, changed);
        }
        (Some(one), None) | (None, Some(one)) => match one {
            Value::Mapping(map) => {
                let keys: Vec<String> =
                    map.iter().filter_map(|(key, _)| Some(key.as_str()?.to_owned())).collect();
                for key in keys {
                    ciphertext(map.get_mut(&key), None);
                }
            }
            Value::Sequence(items) => items.iter_mut().for_each(|item| ciphertext(Some(item), None)),
            scalar => mask(scalar, false),
        },
        (None, None) => {}
    }
}

fn mask(value: &mut Value, changed: bool) {
    if value.as_str().is_some_and(|text| text.starts_with("ENC[")) {
        *value = Value::from(if changed { CHANGED } else { HIDDEN });
    }
}

/// Takes labels and annotations out, wherever they stand.
fn stripped(value: &mut Value, strip: &[String], depth: usize) {
    if strip.is_empty() || depth > 100 {
        return;
    }
    match value {
        Value::Mapping(map) => {
            for key in ["labels", "annotations"] {
                if let Some(Value::Mapping(texts)) = map.get_mut(key) {
                    for name in strip {
                        texts.remove(name);
                    }
                    if texts.is_empty() {
                        map.remove(key);
                    }
                }
            }
            let keys: Vec<String> =
                map.iter().filter_map(|(key, _)| Some(key.as_str()?.to_owned())).collect();
            for key in keys {
                if let Some(value) = map.get_mut(&key) {
                    stripped(value, strip, depth + 1);
                }
            }
        }
        Value::Sequence(items) => items.iter_mut().for_each(|item| stripped(item, strip, depth + 1)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        yaml::load_one(text, yaml::Dialect::Kubernetes).unwrap()
    }

    #[test]
    fn values_of_secrets_are_compared_and_not_shown() {
        let old =
            value("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: hunter2, b: same}\n");
        let new = value(
            "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: hunter3, b: same, c: new}\n",
        );
        let (one, other) = pair(Some(&old), Some(&new), &[]);
        let shown = format!("{one:?} {other:?}");
        assert!(!shown.contains("hunter") && !shown.contains("same"), "{shown}");
        let at = |side: &Option<Value>, key: &str| {
            side.as_ref()?.get("stringData")?.get(key)?.as_str().map(str::to_owned)
        };
        assert_eq!(at(&one, "a").as_deref(), Some(HIDDEN));
        assert_eq!(at(&other, "a").as_deref(), Some(CHANGED));
        assert_eq!(at(&other, "b").as_deref(), Some(HIDDEN));
        assert_eq!(at(&other, "c").as_deref(), Some(HIDDEN));
        let (gone, none) = pair(Some(&old), None, &[]);
        assert!(none.is_none() && !format!("{gone:?}").contains("hunter2"));
    }

    #[test]
    fn what_is_hidden_on_both_sides_is_marked_where_it_differs() {
        let (old, new) = (value("a: [x, y]\nb: |\n  one\n  two\n"), value("a: [y, y]\nb: |\n  one\n  six\n"));
        let shown = value("a: ['***', '***']\nb: |\n  ***\n  ***\n");
        let mut other = shown.clone();
        mark_changes(&old, &new, &shown, &mut other);
        assert_eq!(other, value("a: ['*** (changed)', '***']\nb: |\n  ***\n  *** (changed)\n"));
    }

    #[test]
    fn ciphertext_and_stripped_attributes() {
        let old = value(
            "kind: X\nmetadata: {labels: {a: b, helm.sh/chart: x-1}}\nspec: {list: [{t: 'ENC[1]'}]}\nsops: {mac: m}\n",
        );
        let new = value(
            "kind: X\nmetadata: {labels: {a: b, helm.sh/chart: x-2}}\nspec: {list: [{t: 'ENC[2]'}]}\nsops: {mac: n}\n",
        );
        let (one, other) = pair(Some(&old), Some(&new), &["helm.sh/chart".to_owned()]);
        assert_eq!(one.as_ref().unwrap().get("metadata"), other.as_ref().unwrap().get("metadata"));
        assert!(format!("{other:?}").contains("changed") && !format!("{one:?}{other:?}").contains("ENC["));
    }
}
