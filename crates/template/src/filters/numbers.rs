//! Filters about numbers, as Jinja2 3.1 has them.

use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Error, ErrorKind, State, Value};

use crate::python;

/// `int(default=0, base=10)`: never an error for a string; `42.23` is 42, `abc` the default.
pub(super) fn int(
    value: &Value,
    default: Option<Value>,
    base: Option<u32>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let default = super::parameter(default, &kwargs, "default")?.unwrap_or_else(|| Value::from(0));
    let base = super::parameter(base, &kwargs, "base")?.unwrap_or(10);
    kwargs.assert_all_used()?;
    super::refuse_nothing(value)?;
    Ok(match value.kind() {
        ValueKind::Bool => Value::from(i64::from(value.is_true())),
        ValueKind::Number if value.is_integer() => value.clone(),
        ValueKind::Number => truncated(f64::try_from(value.clone()).unwrap_or(f64::NAN)).unwrap_or(default),
        ValueKind::String => {
            let text = value.as_str().unwrap_or_default();
            parse_int(text, base).or_else(|| truncated(parse_float(text)?)).unwrap_or(default)
        }
        _ => default,
    })
}

#[expect(clippy::cast_possible_truncation, reason = "int() truncates")]
fn truncated(value: f64) -> Option<Value> {
    (value.is_finite() && value.abs() < 1e38).then(|| {
        let whole = value as i128;
        i64::try_from(whole).map_or_else(|_| Value::from(whole), Value::from)
    })
}

/// Python's `int(text, base)`: blanks around it, a sign, a prefix that fits the base, underscores between digits.
fn parse_int(text: &str, base: u32) -> Option<Value> {
    let text = text.trim();
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let lower = digits.to_ascii_lowercase();
    let (base, digits) = match (base, lower.get(..2)) {
        (0 | 2, Some("0b")) => (2, &lower[2..]),
        (0 | 8, Some("0o")) => (8, &lower[2..]),
        (0 | 16, Some("0x")) => (16, &lower[2..]),
        (0, _) => (10, lower.as_str()),
        (base @ 2..=36, _) => (base, lower.as_str()),
        _ => return None,
    };
    let number = i128::from_str_radix(&without_underscores(digits)?, base).ok()?;
    let number = if negative { -number } else { number };
    Some(i64::try_from(number).map_or_else(|_| Value::from(number), Value::from))
}

/// Underscores may stand between digits only; signs not at all.
fn without_underscores(digits: &str) -> Option<String> {
    let odd = digits.is_empty()
        || digits.starts_with(['_', '+', '-'])
        || digits.ends_with('_')
        || digits.contains("__");
    (!odd).then(|| digits.replace('_', ""))
}

/// Python's `float(text)`.
fn parse_float(text: &str) -> Option<f64> {
    let text = text.trim();
    if text.contains('_') && (text.starts_with('_') || text.ends_with('_') || text.contains("__")) {
        return None;
    }
    text.replace('_', "").parse().ok()
}

/// `float(default=0.0)`.
pub(super) fn float(
    _state: &State,
    value: &Value,
    default: Option<Value>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let default = super::parameter(default, &kwargs, "default")?.unwrap_or_else(|| Value::from(0.0));
    kwargs.assert_all_used()?;
    super::refuse_nothing(value)?;
    Ok(match value.kind() {
        ValueKind::Bool => Value::from(f64::from(u8::from(value.is_true()))),
        ValueKind::Number => f64::try_from(value.clone()).map_or(default, Value::from),
        ValueKind::String => parse_float(value.as_str().unwrap_or_default()).map_or(default, Value::from),
        _ => default,
    })
}

/// `-value`.
pub(super) fn negative(value: &Value) -> Result<Value, Error> {
    super::refuse_nothing(value)?;
    python::multiply(
        &Value::from(-1),
        &number_of(value).ok_or_else(|| {
            crate::error::own(
                ErrorKind::InvalidOperation,
                format!("a value of type {} has no negative", value.kind()),
            )
        })?,
    )
}

/// `abs`.
pub(super) fn abs(value: &Value) -> Result<Value, Error> {
    super::refuse_nothing(value)?;
    let wrong = || crate::error::own(ErrorKind::InvalidOperation, "abs needs a number");
    let number = number_of(value).ok_or_else(wrong)?;
    match i128::try_from(number.clone()) {
        Ok(whole) if number.is_integer() => {
            let whole = whole.checked_abs().ok_or_else(wrong)?;
            Ok(i64::try_from(whole).map_or_else(|_| Value::from(whole), Value::from))
        }
        _ => f64::try_from(number).map(|value| Value::from(value.abs())).map_err(|_| wrong()),
    }
}

/// `round(precision=0, method='common')`: Python's rounding to even; an integer stays one unless a method is given.
pub(super) fn round(
    state: &State,
    value: &Value,
    precision: Option<i32>,
    method: Option<&str>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let precision = super::parameter(precision, &kwargs, "precision")?.unwrap_or(0);
    let method = super::parameter(method, &kwargs, "method")?.unwrap_or("common").to_owned();
    kwargs.assert_all_used()?;
    super::refuse_undefined(state, value)?;
    let wrong = |message: &'static str| crate::error::own(ErrorKind::InvalidOperation, message);
    let value = &number_of(value).ok_or_else(|| wrong("round needs a number"))?;
    if method == "common" && value.is_integer() && precision >= 0 {
        return Ok(value.clone());
    }
    let number = f64::try_from(value.clone()).map_err(|_| wrong("round needs a number"))?;
    let scale = 10_f64.powi(precision);
    let rounded = match method.as_str() {
        "common" if precision >= 0 => {
            // Formatting rounds the exact binary value to even, as CPython's round does.
            let digits = usize::try_from(precision).unwrap_or_default().min(400);
            format!("{number:.digits$}").parse().unwrap_or(number)
        }
        "common" => (number * scale).round_ties_even() / scale,
        // Python makes an integer of it: there is none for infinity, and zero has no sign.
        "ceil" | "floor" if !(number * scale).is_finite() => return Err(wrong("the number is too large")),
        "ceil" => ((number * scale).ceil() + 0.0) / scale,
        "floor" => ((number * scale).floor() + 0.0) / scale,
        _ => return Err(wrong("method must be common, ceil or floor")),
    };
    #[expect(clippy::cast_possible_truncation, reason = "an integer stays one")]
    let whole = rounded as i64;
    Ok(if method == "common" && value.is_integer() { Value::from(whole) } else { Value::from(rounded) })
}

/// A number; booleans are 0 and 1.
fn number_of(value: &Value) -> Option<Value> {
    match value.kind() {
        ValueKind::Bool => Some(Value::from(i64::from(value.is_true()))),
        ValueKind::Number => Some(value.clone()),
        _ => None,
    }
}

/// `filesizeformat(binary=False)`.
pub(super) fn filesizeformat(value: &Value, binary: Option<bool>, kwargs: Kwargs) -> Result<String, Error> {
    let binary = super::parameter(binary, &kwargs, "binary")?.unwrap_or(false);
    kwargs.assert_all_used()?;
    let number = match value.as_str() {
        Some(text) => parse_float(text),
        None => number_of(value).and_then(|number| f64::try_from(number).ok()),
    };
    let bytes = number
        .ok_or_else(|| crate::error::own(ErrorKind::InvalidOperation, "filesizeformat needs a number"))?;
    let base: f64 = if binary { 1024.0 } else { 1000.0 };
    #[expect(clippy::float_cmp, reason = "as Jinja2 compares")]
    if bytes == 1.0 {
        return Ok("1 Byte".to_owned());
    }
    if bytes < base {
        return Ok(format!("{} Bytes", python::float_repr(bytes.trunc()).trim_end_matches(".0")));
    }
    let mut unit = base;
    let mut shown = String::new();
    for letter in ["k", "M", "G", "T", "P", "E", "Z", "Y"] {
        unit *= base;
        let letter = if binary { letter.to_uppercase() + "i" } else { letter.to_owned() };
        shown = format!("{:.1} {letter}B", base * bytes / unit);
        if bytes < unit {
            break;
        }
    }
    Ok(shown)
}
