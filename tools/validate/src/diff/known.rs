//! Values of Secrets that stand in other objects, because a variable put them there: they are as secret there.

use std::collections::{BTreeMap, BTreeSet};

use yaml::Value;

use super::side::Side;

/// What stands for a value, and for one that is new.
const HIDDEN: [&str; 2] = ["***", "*** (changed)"];

/// Shorter values stand everywhere by chance; hiding them would show them.
const MIN_LENGTH: usize = 4;

/// The values of all Secrets of both sides.
#[derive(Default)]
pub(super) struct Known {
    old: BTreeSet<String>,
    new: BTreeSet<String>,
}

impl Known {
    pub(super) fn of(old: &Side, new: &Side) -> Self {
        Self { old: values(old), new: values(new) }
    }

    /// Hides them in both sides of an object. What is on the new side only is marked, so that a change stays one.
    pub(super) fn hide(&self, old: &mut Value, new: &mut Value) {
        self.in_value(old, false);
        self.in_value(new, true);
    }

    fn in_value(&self, value: &mut Value, is_new: bool) {
        match value {
            Value::String(text) => self.in_text(text, is_new),
            Value::Sequence(items) => items.iter_mut().for_each(|item| self.in_value(item, is_new)),
            Value::Mapping(map) => {
                let keys: Vec<String> =
                    map.iter().filter_map(|(key, _)| Some(key.as_str()?.to_owned())).collect();
                for key in keys {
                    if let Some(value) = map.get_mut(&key) {
                        self.in_value(value, is_new);
                    }
                }
            }
            _ => {}
        }
    }

    /// The longest ones first: one may be part of another.
    fn in_text(&self, text: &mut String, is_new: bool) {
        let mut found: Vec<&String> =
            self.old.union(&self.new).filter(|value| text.contains(value.as_str())).collect();
        found.sort_by_key(|value| std::cmp::Reverse(value.len()));
        for value in found {
            let mark = HIDDEN[usize::from(is_new && !self.old.contains(value))];
            *text = text.replace(value.as_str(), mark);
        }
    }
}

fn values(side: &Side) -> BTreeSet<String> {
    let secrets = side.objects.iter().filter(|object| object.is("", "Secret"));
    let data = secrets.filter_map(|secret| kustomize::flux::variables(&secret.resource));
    // A variable is filled in without its line breaks.
    let both = data.flat_map(BTreeMap::into_values).flat_map(|value| [value.replace('\n', ""), value]);
    both.filter(|value| value.trim().len() >= MIN_LENGTH && !value.starts_with("placeholder-")).collect()
}
