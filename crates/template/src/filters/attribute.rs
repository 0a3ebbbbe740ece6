//! `attribute='a.b.0'`, as filters take it (`make_attrgetter` of Jinja2).

use minijinja::{Error, State, UndefinedBehavior, Value};

use super::refuse_undefined;

/// A path to an attribute of an item.
pub(super) struct Attribute {
    parts: Vec<Value>,
    default: Option<Value>,
}

impl Attribute {
    /// The path in a string or a single index; of a missing part the default, if there is one.
    pub(super) fn new(path: &Value, default: Option<Value>) -> Self {
        let part = |part: &str| part.parse::<usize>().map_or_else(|_| Value::from(part), Value::from);
        let parts = match path.as_str() {
            Some(path) => path.split('.').map(part).collect(),
            None if path.is_none() => Vec::new(),
            None => vec![path.clone()],
        };
        Self { parts, default: default.filter(|default| !default.is_none()) }
    }

    /// The paths in a list of them, divided by commas.
    pub(super) fn several(path: &Value) -> Vec<Self> {
        match path.as_str() {
            Some(paths) => paths.split(',').map(|path| Self::new(&Value::from(path), None)).collect(),
            None => vec![Self::new(path, None)],
        }
    }

    /// The attribute of an item.
    pub(super) fn of(&self, state: &State, item: &Value) -> Result<Value, Error> {
        let mut value = item.clone();
        for part in &self.parts {
            value = if value.is_undefined() {
                match state.undefined_behavior() {
                    UndefinedBehavior::Chainable => value,
                    _ => return Err(super::undefined(&value)),
                }
            } else {
                value.get_item(part).unwrap_or_default()
            };
            if value.is_undefined()
                && let Some(default) = &self.default
            {
                value = default.clone();
            }
        }
        Ok(value)
    }
}

/// Python's truth of a value.
pub(super) fn truth(state: &State, value: &Value) -> Result<bool, Error> {
    refuse_undefined(state, value)?;
    Ok(value.is_true())
}
