//! Values of Secrets that stand in other objects, because a variable put them there or because they move: they are as
//! secret there. So is what looks like a secret of its own, and what an operator of a variable made of one. They may
//! stand in names and keys, too.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use kustomize::Filling;
use regex::{Regex, RegexBuilder};
use yaml::Value;

use super::embedded;
use super::likely;
use super::redact::{CHANGED, HIDDEN};
use super::side::Side;
use crate::applied::Object;

/// Shorter values stand everywhere by chance; hiding them would show them.
const MIN_LENGTH: usize = 4;

/// The most memory that an expression for all values may take.
const MAX_PATTERN: usize = 256 << 20;

/// The values of all Secrets of both sides.
pub(super) struct Known {
    old: BTreeSet<String>,
    new: BTreeSet<String>,
    /// Finds any of them: most texts hold none. None where there are too many for one expression.
    any: Option<Regex>,
}

impl Known {
    pub(super) fn of(old: &Side, new: &Side) -> Self {
        Self::new(values(old), values(new))
    }

    fn new(old: BTreeSet<String>, new: BTreeSet<String>) -> Self {
        let each: Vec<String> = old.union(&new).map(|value| regex::escape(value)).collect();
        let any = RegexBuilder::new(&each.join("|")).size_limit(MAX_PATTERN).build().ok();
        Self { old, new, any }
    }

    /// Hides them in both sides of an object. What is on the new side only is marked, so that a change stays one.
    pub(super) fn hide(&self, old: &mut Value, new: &mut Value) {
        self.in_value(old, false);
        self.in_value(new, !old.is_null());
    }

    /// Hides them in the keys of both sides, whose values are hidden already.
    pub(super) fn hide_keys(&self, old: &mut Value, new: &mut Value) {
        self.in_keys(old, false);
        self.in_keys(new, !old.is_null());
    }

    /// A text such as a name, without them.
    pub(super) fn hidden(&self, text: &str) -> String {
        let mut text = text.to_owned();
        self.in_text(&mut text, false);
        text
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

    fn in_keys(&self, value: &mut Value, is_new: bool) {
        match value {
            Value::Sequence(items) => items.iter_mut().for_each(|item| self.in_keys(item, is_new)),
            Value::Mapping(map) => {
                // Two keys may be the same one now: both are kept.
                for (mut key, mut value) in std::mem::take(map) {
                    if let Value::String(text) = &mut key {
                        self.in_text(text, is_new);
                    }
                    self.in_keys(&mut value, is_new);
                    map.push(key, value);
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
        if self.any.as_ref().is_some_and(|any| !any.is_match(text)) {
            return;
        }
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
    let mut plain: BTreeSet<String> = BTreeSet::new();
    for secret in secrets {
        plain
            .extend(kustomize::flux::variables(&secret.resource).into_iter().flat_map(BTreeMap::into_values));
        // As they stand there: what is no text is known by its base64 only.
        plain.extend(texts(secret.value(), "data"));
    }
    plain.extend(side.filled.iter().filter(|one| is_secret(one)).map(|one| one.text.clone()));
    for object in &others {
        embedded::values(object.value(), &mut plain);
    }
    let mut all = BTreeSet::new();
    for value in plain {
        likely::distinct(&Value::from(value.as_str()), &mut all);
        all.extend(forms(value));
    }
    all.retain(|value| value.trim().len() >= MIN_LENGTH && !value.starts_with("placeholder-"));
    for object in others {
        likely::distinct(object.value(), &mut all);
    }
    all
}

/// The texts of a mapping in an object, but for ciphertext.
fn texts(object: &Value, key: &str) -> Vec<String> {
    let all = object.get(key).and_then(Value::as_mapping).into_iter().flat_map(yaml::Mapping::iter);
    let texts = all.filter_map(|(_, value)| value.as_str()).filter(|text| !text.starts_with("ENC["));
    texts.map(str::to_owned).collect()
}

/// Whether what was filled in is secret: it comes out of a Secret, or its name says so.
fn is_secret(one: &Filling) -> bool {
    one.is_secret || likely::is_secret_name(&one.name)
}

/// A value as it is, as a variable (without its line breaks), without the line break that ends a file, as base64, and as
/// what YAML makes of it where a variable puts it: plain (a number may be written in another way) or in quotes.
fn forms(value: String) -> Vec<String> {
    let mut forms =
        vec![value.replace('\n', ""), value.trim_end_matches('\n').to_owned(), BASE64.encode(&value)];
    let read = [value.clone(), format!("\"{value}\""), format!("'{value}'")];
    forms.extend(read.iter().filter_map(|text| as_read(text)));
    forms.push(value);
    forms
}

/// What a text is as a value of YAML, written as this program writes it.
fn as_read(text: &str) -> Option<String> {
    match yaml::load_one(text, yaml::Dialect::Kubernetes).ok()? {
        Value::String(text) => Some(text),
        Value::Null | Value::Bool(_) | Value::Sequence(_) | Value::Mapping(_) => None,
        other => Some(yaml::emit(&other, yaml::EmitOptions::default()).trim().to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// YAML 1.1, as Kubernetes reads it: a leading zero is octal, and numbers may have lines between their digits.
    #[test]
    fn what_becomes_of_a_value_in_yaml() {
        assert!(forms("012345".to_owned()).contains(&"5349".to_owned()));
        assert!(forms("1_000_123".to_owned()).contains(&"1000123".to_owned()));
        assert!(forms(r"a\x41b".to_owned()).contains(&"aAb".to_owned()));
        assert!(forms("it''s".to_owned()).contains(&"it's".to_owned()));
    }

    #[test]
    fn in_names_keys_and_values() {
        let known = Known::new(BTreeSet::from(["hunter2".to_owned()]), BTreeSet::new());
        let mut one = yaml::load_one("a: [{x-hunter2: hunter2}]", yaml::Dialect::Kubernetes).unwrap();
        known.hide(&mut one, &mut Value::Null);
        known.hide_keys(&mut one, &mut Value::Null);
        assert!(!format!("{one:?}").contains("hunter"), "{one:?}");
        assert_eq!(known.hidden("app-hunter2"), "app-***");
    }
}
