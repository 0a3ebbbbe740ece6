//! Data as it is once it went through JSON, which is where Talos applies JSON patches: whole floats are integers, every
//! key is a text, and what JSON has no word for is refused.

use yaml::{Mapping, Value};

use crate::Problem;
use crate::typed::format_float;

/// `value` as JSON gives it back.
///
/// # Errors
/// For infinities and what is no number, and for keys that are null or no scalars.
pub(super) fn through_json(value: Value) -> Result<Value, Problem> {
    Ok(match value {
        Value::Float(number) => float(number)?,
        Value::Sequence(items) => {
            Value::Sequence(items.into_iter().map(through_json).collect::<Result<_, _>>()?)
        }
        Value::Mapping(mapping) => {
            let entry = |(key, value)| Ok((key_text(key)?, through_json(value)?));
            Value::Mapping(mapping.into_iter().map(entry).collect::<Result<Mapping, Problem>>()?)
        }
        other => other,
    })
}

fn refused(what: &str) -> Problem {
    Problem::new("config/type", format!("{what} cannot be written as JSON, where this patch is applied"))
}

/// A number without a fraction is an integer, as long as readers take it for one.
fn float(number: f64) -> Result<Value, Problem> {
    const SMALLEST: f64 = -9_223_372_036_854_775_808.0;
    const BEYOND: f64 = 18_446_744_073_709_551_616.0;
    if !number.is_finite() {
        return Err(refused("a number that is not finite"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole, and within the bounds")]
    Ok(if number.fract() == 0.0 && (SMALLEST..BEYOND).contains(&number) {
        Value::Int(number as i128)
    } else {
        Value::Float(number)
    })
}

fn key_text(key: Value) -> Result<Value, Problem> {
    Ok(match key {
        Value::String(_) => key,
        Value::Int(number) => Value::String(number.to_string()),
        Value::Bool(value) => Value::String(value.to_string()),
        Value::Float(number) if number.is_finite() => Value::String(format_float(number)),
        Value::Float(_) | Value::Null | Value::Sequence(_) | Value::Mapping(_) => {
            return Err(refused("a key that is no text"));
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use yaml::{Dialect, load_one};

    fn json(text: &str) -> Result<Value, &'static str> {
        through_json(load_one(text, Dialect::Kubernetes).unwrap()).map_err(|problem| problem.code)
    }

    // As talosctl 1.13.0 has them behind a JSON patch.
    #[test]
    fn numbers_and_keys() {
        let expected = |text| load_one(text, Dialect::GoYamlV3).unwrap();
        assert_eq!(json("[1.0, 1e3, -0.0, 1.5, 1e21]").unwrap(), expected("[1, 1000, 0, 1.5, 1e21]"));
        assert_eq!(
            json("{1: a, on: b, 1.5: c, 0x10: d, 1e3: e, x: {2: f}}").unwrap(),
            expected("{'1': a, 'true': b, '1.5': c, '16': d, '1000': e, x: {'2': f}}")
        );
        for text in [".inf", "[-.inf]", "{a: .nan}", "{~: a}", "{? [a] : b}", "{.inf: a}"] {
            assert_eq!(json(text), Err("config/type"), "{text}");
        }
    }
}
