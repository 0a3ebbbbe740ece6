//! The `%` operator: formatting for a string on its left, the remainder for numbers.

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, UndefinedBehavior, Value};

use super::printf;

/// `left % right`.
pub(crate) fn modulo(left: &Value, right: &Value, undefined: UndefinedBehavior) -> Result<Value, Error> {
    if let Some(format) = left.as_str() {
        return printf::format(format, right, undefined).map(Value::from);
    }
    if left.is_undefined() || right.is_undefined() {
        return Err(crate::error::own(ErrorKind::UndefinedError, "an operand of % is undefined"));
    }
    let (Some(a), Some(b)) = (number(left), number(right)) else {
        let (left, right) = (left.kind(), right.kind());
        let message = format!("tried to use % operator on unsupported types {left} and {right}");
        return Err(crate::error::own(ErrorKind::InvalidOperation, message));
    };
    let by_zero = || crate::error::own(ErrorKind::InvalidOperation, "division by zero");
    match (a, b) {
        (Number::Int(_), Number::Int(0)) => Err(by_zero()),
        (Number::Int(a), Number::Int(b)) => {
            // Python's remainder has the sign of the divisor. Only MIN % -1 has no result in Rust; it is 0.
            let rest = a.checked_rem(b).unwrap_or(0);
            let rest = if rest != 0 && (rest < 0) != (b < 0) { rest + b } else { rest };
            Ok(int(rest))
        }
        (a, b) => {
            let (a, b) = (a.float(), b.float());
            if b == 0.0 {
                return Err(by_zero());
            }
            let rest = a % b;
            let rest = if rest != 0.0 && (rest < 0.0) != (b < 0.0) { rest + b } else { rest };
            Ok(Value::from(if rest == 0.0 { 0.0_f64.copysign(b) } else { rest }))
        }
    }
}

/// An integer as the engine prefers it.
pub(super) fn int(value: i128) -> Value {
    i64::try_from(value).map_or_else(|_| Value::from(value), Value::from)
}

pub(super) enum Number {
    Int(i128),
    Float(f64),
}

impl Number {
    #[expect(clippy::cast_precision_loss, reason = "as Python does")]
    pub(super) fn float(&self) -> f64 {
        match self {
            Self::Int(value) => *value as f64,
            Self::Float(value) => *value,
        }
    }
}

/// The number a value is; booleans are 0 and 1.
pub(super) fn number(value: &Value) -> Option<Number> {
    match value.kind() {
        ValueKind::Bool => Some(Number::Int(value.is_true().into())),
        ValueKind::Number if value.is_integer() => i128::try_from(value.clone()).ok().map(Number::Int),
        ValueKind::Number => f64::try_from(value.clone()).ok().map(Number::Float),
        _ => None,
    }
}
