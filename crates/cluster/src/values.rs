//! What every key is, where that came from, and what could not be found out.

use std::collections::HashSet;

use template::{Data, Scope};
use yaml::Value;

use crate::findings::Place;
use crate::map::{HashMap, RandomState};

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Written in the input.
    Given(Place),
    /// The default, a computed value, or nothing.
    Made,
}

/// The values of all keys, as far as they are known.
pub(crate) struct Values {
    known: HashMap<String, (Value, Origin)>,
    /// Keys whose value is wrong, or depends on one that is: rules that need them are not checked.
    invalid: HashSet<String>,
    /// The same values for expressions.
    pub(crate) scope: Scope,
}

impl Values {
    /// With room for so many keys.
    pub(crate) fn with_capacity(count: usize) -> Self {
        Self {
            known: HashMap::with_capacity_and_hasher(count, RandomState::default()),
            invalid: HashSet::new(),
            scope: Scope::with_capacity(count),
        }
    }

    pub(crate) fn set(&mut self, key: &str, value: Value, origin: Origin) {
        self.scope.set(key, &value);
        self.known.insert(key.to_owned(), (value, origin));
    }

    /// As [`Values::set`], of a list that is kept elsewhere: so many places of it stand here, and what expressions see of it.
    pub(crate) fn set_list(&mut self, key: &str, length: usize, data: &Data, origin: Origin) {
        self.scope.set_data(key, data);
        self.known.insert(key.to_owned(), (Value::Sequence(vec![Value::Null; length]), origin));
    }

    /// Gives a value away; whoever asks for it afterwards gets null.
    pub(crate) fn take(&mut self, key: &str) -> Value {
        self.known.get_mut(key).map(|(value, _)| std::mem::take(value)).unwrap_or_default()
    }

    /// Marks a key as wrong; where it was given is kept.
    pub(crate) fn set_invalid(&mut self, key: &str, origin: Origin) {
        self.known.insert(key.to_owned(), (Value::Null, origin));
        self.invalid.insert(key.to_owned());
    }

    pub(crate) fn get(&self, key: &str) -> &Value {
        self.known.get(key).map_or(&Value::Null, |(value, _)| value)
    }

    /// Where a key was given.
    pub(crate) fn place(&self, key: &str) -> Option<Place> {
        match self.known.get(key)?.1 {
            Origin::Given(place) => Some(place),
            Origin::Made => None,
        }
    }

    /// Whether nothing is wrong with any of them.
    pub(crate) fn are_all_right(&self) -> bool {
        self.invalid.is_empty()
    }

    pub(crate) fn is_invalid(&self, key: &str) -> bool {
        self.invalid.contains(key)
    }

    pub(crate) fn any_invalid<'k>(&self, keys: impl IntoIterator<Item = &'k str>) -> bool {
        keys.into_iter().any(|key| self.is_invalid(key))
    }

    /// Whether something was given or made: not null, no empty text or list. A wrong value was given too.
    pub(crate) fn is_set(&self, key: &str) -> bool {
        self.is_invalid(key) || is_set(self.get(key))
    }

    /// "key 10.0.0.0/16 (default)": what a message calls it.
    pub(crate) fn described(&self, key: &str) -> String {
        let value = match self.get(key) {
            Value::String(text) => text.clone(),
            other => yaml::emit(other, yaml::EmitOptions::default()).trim_end().to_owned(),
        };
        let made = if self.place(key).is_none() { " (default)" } else { "" };
        format!("{key} {value}{made}")
    }
}

/// Whether a value is something: not null, no empty text, list or mapping.
pub(crate) fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Sequence(items) => !items.is_empty(),
        Value::Mapping(mapping) => !mapping.is_empty(),
        _ => true,
    }
}

/// Python's truthiness.
pub(crate) fn is_true(value: &Value) -> bool {
    match value {
        Value::Bool(value) => *value,
        Value::Int(value) => *value != 0,
        Value::Float(value) => *value != 0.0,
        other => is_set(other),
    }
}
