//! Values as messages have them: JSON, and objects with one key that begins with `!` for what JSON does not have.

use std::sync::Arc;

use minijinja::value::{Tuple, ValueKind};
use minijinja::{Error, ErrorKind, Value as Jinja};
use serde_json::{Map, Value as Json, json};
use yaml::Value;

use super::line::Line;
use super::object::PyObject;
use crate::error::own;
use crate::python;

/// Deeper than any data; ends a list that holds itself.
const MAX_DEPTH: usize = 100;

/// Data for Python.
pub(super) fn of_data(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Int(value) => integer(*value),
        Value::Float(value) => real(*value),
        Value::String(text) => json!(text),
        Value::Sequence(items) => Json::Array(items.iter().map(of_data).collect()),
        Value::Mapping(mapping) => {
            let plain = mapping.iter().map(|(key, item)| Some((key.as_str()?.to_owned(), of_data(item))));
            match plain.collect::<Option<Map<_, _>>>() {
                Some(plain) if plain.keys().all(|key| !key.starts_with('!')) => Json::Object(plain),
                _ => {
                    let pairs: Vec<_> =
                        mapping.iter().map(|(key, item)| json!([of_data(key), of_data(item)])).collect();
                    json!({ "!d": pairs })
                }
            }
        }
    }
}

fn integer(value: i128) -> Json {
    i64::try_from(value).map_or_else(|_| json!({"!i": value.to_string()}), |value| json!(value))
}

fn real(value: f64) -> Json {
    if value.is_finite() { json!(value) } else { json!({"!f": python::float_repr(value)}) }
}

/// A value of a template for Python.
pub(super) fn encode(value: &Jinja) -> Result<Json, Error> {
    within(value, 0)
}

fn within(value: &Jinja, depth: usize) -> Result<Json, Error> {
    let cannot = |what: &'static str| Err(own(ErrorKind::InvalidOperation, what));
    if depth > MAX_DEPTH {
        return cannot("a value that holds itself cannot be given to a plugin");
    }
    if let Some(object) = value.downcast_object_ref::<PyObject>() {
        return Ok(json!({"!o": object.id()}));
    }
    Ok(match value.kind() {
        ValueKind::Undefined => json!({"!u": 1}),
        ValueKind::None => Json::Null,
        ValueKind::Bool => json!(value.is_true()),
        ValueKind::Number if value.is_integer() => integer(i128::try_from(value.clone())?),
        ValueKind::Number => real(f64::try_from(value.clone())?),
        ValueKind::String if value.is_safe() => json!({"!m": value.as_str().unwrap_or_default()}),
        ValueKind::String => json!(value.as_str().unwrap_or_default()),
        ValueKind::Bytes => json!({"!y": value.as_bytes().unwrap_or_default()}),
        ValueKind::Seq | ValueKind::Iterable => {
            let items =
                value.try_iter()?.map(|item| within(&item, depth + 1)).collect::<Result<Vec<_>, _>>()?;
            if value.is_tuple() { json!({"!t": items}) } else { Json::Array(items) }
        }
        ValueKind::Map => {
            let mut pairs = Vec::new();
            for key in value.try_iter()? {
                pairs.push((within(&key, depth + 1)?, within(&value.get_item(&key)?, depth + 1)?));
            }
            let plain = |key: &Json| key.as_str().is_some_and(|key| !key.starts_with('!'));
            if pairs.iter().all(|(key, _)| plain(key)) {
                let entries =
                    pairs.into_iter().map(|(key, item)| (key.as_str().unwrap_or_default().to_owned(), item));
                Json::Object(entries.collect())
            } else {
                json!({"!d": pairs.into_iter().map(|(key, item)| json!([key, item])).collect::<Vec<_>>()})
            }
        }
        _ => return cannot("a macro or function of the template cannot be given to a plugin"),
    })
}

/// A value of Python for a template.
pub(super) fn decode(value: &Json, line: &Arc<Line>) -> Jinja {
    let object = match value {
        Json::Null => return Jinja::from(()),
        Json::Bool(value) => return Jinja::from(*value),
        Json::Number(number) => {
            return number
                .as_i64()
                .map_or_else(|| Jinja::from(number.as_f64().unwrap_or(f64::NAN)), Jinja::from);
        }
        Json::String(text) => return Jinja::from(text.as_str()),
        Json::Array(items) => return python::list(items.iter().map(|item| decode(item, line)).collect()),
        Json::Object(object) => object,
    };
    if let Some((tag, inner)) = object.iter().next().filter(|(key, _)| key.starts_with('!')) {
        return tagged(tag, inner, object, line);
    }
    python::dict(object.iter().map(|(key, item)| (Jinja::from(key.as_str()), decode(item, line))))
}

fn tagged(tag: &str, inner: &Json, object: &Map<String, Json>, line: &Arc<Line>) -> Jinja {
    let items = || inner.as_array().into_iter().flatten();
    let text = || inner.as_str().unwrap_or_default();
    match tag {
        "!t" => Jinja::from(Tuple::new(items().map(|item| decode(item, line)).collect::<Vec<_>>())),
        "!d" => python::dict(items().filter_map(|pair| {
            let pair = pair.as_array()?;
            Some((decode(pair.first()?, line), decode(pair.get(1)?, line)))
        })),
        "!i" => text().parse::<i128>().map_or_else(|_| Jinja::from(text()), Jinja::from),
        "!f" => Jinja::from(text().parse::<f64>().unwrap_or(f64::NAN)),
        "!m" => Jinja::from_safe_string(text().to_owned()),
        "!o" => Jinja::from_object(PyObject::new(line, inner.as_u64().unwrap_or_default(), object)),
        _ => Jinja::UNDEFINED,
    }
}
