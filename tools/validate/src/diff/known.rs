//! Values of Secrets that stand in other objects, because a variable put them there or because they move: they are as
//! secret there. So is what looks like a secret of its own.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use yaml::Value;

use super::likely;
use super::redact::{CHANGED, HIDDEN};
use super::side::Side;
use crate::applied::Object;

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
            Value::Int(_) | Value::Float(_) => self.in_number(value, is_new),
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

    /// A variable without quotes around it may have become a number.
    fn in_number(&self, value: &mut Value, is_new: bool) {
        let text = yaml::emit(value, yaml::EmitOptions::default());
        let text = text.trim();
        if self.old.contains(text) || self.new.contains(text) {
            *value = Value::from(if is_new && !self.old.contains(text) { CHANGED } else { HIDDEN });
        }
    }

    /// The longest ones first: one may be part of another.
    fn in_text(&self, text: &mut String, is_new: bool) {
        let mut found: Vec<&String> =
            self.old.union(&self.new).filter(|value| text.contains(value.as_str())).collect();
        found.sort_by_key(|value| std::cmp::Reverse(value.len()));
        for value in found {
            let mark = if is_new && !self.old.contains(value) { CHANGED } else { HIDDEN };
            *text = text.replace(value.as_str(), mark);
        }
    }
}

fn values(side: &Side) -> BTreeSet<String> {
    let (secrets, others): (Vec<&Object>, Vec<&Object>) =
        side.objects.iter().partition(|object| object.is("", "Secret"));
    let data = secrets.into_iter().filter_map(|secret| kustomize::flux::variables(&secret.resource));
    let mut all: BTreeSet<String> = data.flat_map(BTreeMap::into_values).flat_map(forms).collect();
    all.retain(|value| value.trim().len() >= MIN_LENGTH && !value.starts_with("placeholder-"));
    for object in others {
        likely::distinct(object.value(), &mut all);
    }
    all
}

/// A value as it is, as a variable (without its line breaks), without the line break that ends a file, and as base64.
fn forms(value: String) -> [String; 4] {
    let encoded = BASE64.encode(&value);
    [value.replace('\n', ""), value.trim_end_matches('\n').to_owned(), value, encoded]
}
