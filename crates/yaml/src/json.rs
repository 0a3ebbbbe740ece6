//! Between plain data and JSON, for schemas, hooks and template engines that speak it.

use serde_json::{Map, Number, Value as Json};

use crate::{Mapping, Value};

impl From<Value> for Json {
    /// Keys become text as Go writes them. Floats that JSON has no form for become strings (`.inf`, `.nan`).
    fn from(value: Value) -> Self {
        match value {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(value),
            Value::Int(value) => number(value),
            Value::Float(value) => Number::from_f64(value)
                .map_or_else(|| Json::String(crate::emit::float_text(value)), Json::Number),
            Value::String(text) => Json::String(text),
            Value::Sequence(items) => Json::Array(items.into_iter().map(Json::from).collect()),
            Value::Mapping(mapping) => mapping
                .into_iter()
                .map(|(key, value)| (key_text(&key), Json::from(value)))
                .collect::<Map<_, _>>()
                .into(),
        }
    }
}

impl From<Json> for Value {
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(value),
            Json::Number(number) => {
                number.as_i128().map_or_else(|| Value::Float(number.as_f64().unwrap_or(f64::NAN)), Value::Int)
            }
            Json::String(text) => Value::String(text),
            Json::Array(items) => Value::Sequence(items.into_iter().map(Value::from).collect()),
            Json::Object(map) => {
                let mut mapping = Mapping::new();
                for (key, value) in map {
                    // Keys of a JSON object are unique already.
                    mapping.push(key, value);
                }
                Value::Mapping(mapping)
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "as Go and Python do beyond 64 bits")]
fn number(value: i128) -> Json {
    i64::try_from(value)
        .map(Json::from)
        .or_else(|_| u64::try_from(value).map(Json::from))
        .unwrap_or_else(|_| Number::from_f64(value as f64).map_or(Json::Null, Json::Number))
}

fn key_text(key: &Value) -> String {
    match key {
        Value::String(text) => text.clone(),
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => crate::emit::float_text(*value),
        other => Json::from(other.clone()).to_string(),
    }
}

#[cfg(test)]
mod tests {
    use crate::{Dialect, Value, load_one};

    #[test]
    fn there_and_back() {
        let value =
            load_one("b: [1, -2, 1.5, x, null, true]\na: {z: 18446744073709551615}\n", Dialect::Yaml12)
                .unwrap();
        let json = serde_json::Value::from(value.clone());
        assert_eq!(json.to_string(), r#"{"b":[1,-2,1.5,"x",null,true],"a":{"z":18446744073709551615}}"#);
        assert_eq!(Value::from(json), value);
    }

    #[test]
    fn keys_become_text() {
        let value = load_one("1: a\ntrue: b\n~: c\n", Dialect::Yaml12).unwrap();
        assert_eq!(serde_json::Value::from(value).to_string(), r#"{"1":"a","true":"b","null":"c"}"#);
    }
}
