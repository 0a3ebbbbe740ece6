//! Between `yaml::Value` and the engine's values, in order.

use minijinja::Value as Jinja;
use minijinja::value::ValueKind;
use yaml::{Mapping, Value};

use crate::python::{self, PyDict, PyList};

/// Data as the engine sees it: lists and dicts print and behave as Python's, and cannot be changed.
pub fn to_jinja(value: &Value) -> Jinja {
    match value {
        Value::Null => Jinja::from(()),
        Value::Bool(value) => Jinja::from(*value),
        Value::Int(value) => i64::try_from(*value).map_or_else(|_| Jinja::from(*value), Jinja::from),
        Value::Float(value) => Jinja::from(*value),
        Value::String(text) => Jinja::from(text.as_str()),
        Value::Sequence(items) => PyList::frozen(items.iter().map(to_jinja)),
        Value::Mapping(mapping) => {
            PyDict::frozen(mapping.iter().map(|(key, value)| (to_jinja(key), to_jinja(value))))
        }
    }
}

/// As [`to_jinja`]; lists and dicts can be changed.
pub(crate) fn to_mutable(value: &Value) -> Jinja {
    match value {
        Value::Sequence(items) => python::list(items.iter().map(to_mutable).collect()),
        Value::Mapping(mapping) => {
            python::dict(mapping.iter().map(|(key, value)| (to_jinja(key), to_mutable(value))))
        }
        _ => to_jinja(value),
    }
}

/// The data a result of the engine is; none for what is no data (undefined values, functions).
pub fn from_jinja(value: &Jinja) -> Option<Value> {
    Some(match value.kind() {
        ValueKind::None => Value::Null,
        ValueKind::Bool => Value::Bool(value.is_true()),
        ValueKind::Number if value.is_integer() => Value::Int(i128::try_from(value.clone()).ok()?),
        ValueKind::Number => Value::Float(f64::try_from(value.clone()).ok()?),
        ValueKind::String => Value::String(value.as_str()?.to_owned()),
        ValueKind::Seq | ValueKind::Iterable => {
            Value::Sequence(value.try_iter().ok()?.map(|item| from_jinja(&item)).collect::<Option<_>>()?)
        }
        ValueKind::Map => {
            let entry = |key: Jinja| Some((from_jinja(&key)?, from_jinja(&value.get_item(&key).ok()?)?));
            Value::Mapping(value.try_iter().ok()?.map(entry).collect::<Option<Mapping>>()?)
        }
        _ => return None,
    })
}

/// Python's truth of a value: null, false, zero and everything empty are false.
pub fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(value) => *value,
        Value::Int(value) => *value != 0,
        Value::Float(value) => *value != 0.0,
        Value::String(text) => !text.is_empty(),
        Value::Sequence(items) => !items.is_empty(),
        Value::Mapping(mapping) => !mapping.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back_in_order() {
        let text = "z: [1, -2, 1.5, x, null, true, 18446744073709551616]\na: {y: [], b: {}}\n1: int key\n";
        let value = yaml::load_one(text, yaml::Dialect::PyYaml).unwrap();
        assert_eq!(from_jinja(&to_jinja(&value)), Some(value));
    }

    #[test]
    fn truth_is_pythons() {
        for (text, want) in [
            ("''", false),
            ("0", false),
            ("0.0", false),
            ("[]", false),
            ("{}", false),
            ("~", false),
            ("no", false),
            ("'0'", true),
            ("[0]", true),
            ("-1", true),
            ("'no'", true),
        ] {
            assert_eq!(truthy(&yaml::load_one(text, yaml::Dialect::PyYaml).unwrap()), want, "{text}");
        }
    }
}
