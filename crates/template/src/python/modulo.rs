//! The `%` operator: formatting for a string on its left, the remainder for numbers. And `*`, also for text and lists.

use minijinja::value::{Tuple, ValueKind};
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

/// More characters or items than this are refused rather than taking all memory.
const MOST: usize = 100_000_000;

/// `left * right`.
pub(crate) fn multiply(left: &Value, right: &Value) -> Result<Value, Error> {
    if let (Some(a), Some(b)) = (number(left), number(right)) {
        return match (a, b) {
            (Number::Int(a), Number::Int(b)) => a
                .checked_mul(b)
                .map(int)
                .ok_or_else(|| crate::error::own(ErrorKind::InvalidOperation, "this number is too large")),
            (a, b) => Ok(Value::from(a.float() * b.float())),
        };
    }
    let repeated = match (number(left), number(right)) {
        (None, Some(Number::Int(count))) => Some((left, count)),
        (Some(Number::Int(count)), None) => Some((right, count)),
        _ => None,
    };
    let repeated =
        repeated.map(|(value, count)| (value, usize::try_from(count.max(0)).unwrap_or(usize::MAX)));
    let too_large =
        |what| crate::error::own(ErrorKind::InvalidOperation, format!("the repeated {what} is too large"));
    match repeated {
        Some((value, count)) if value.kind() == ValueKind::String => {
            let text = value.as_str().unwrap_or_default();
            let fits = text.len().saturating_mul(count) <= MOST;
            fits.then(|| crate::filters::like(value, text.repeat(count))).ok_or_else(|| too_large("text"))
        }
        Some((value, count)) if value.kind() == ValueKind::Seq => {
            let items: Vec<Value> = value.try_iter()?.collect();
            if items.len().saturating_mul(count) > MOST / 10 {
                return Err(too_large("list"));
            }
            let items: Vec<Value> = (0..count).flat_map(|_| items.iter().cloned()).collect();
            Ok(if value.is_tuple() { Value::from(Tuple::new(items)) } else { super::list(items) })
        }
        _ => {
            let (left_kind, right_kind) = (left.kind(), right.kind());
            let message =
                format!("tried to use * operator on unsupported types {left_kind} and {right_kind}");
            let undefined = left.is_undefined() || right.is_undefined();
            let kind = if undefined { ErrorKind::UndefinedError } else { ErrorKind::InvalidOperation };
            Err(crate::error::own(kind, message))
        }
    }
}

/// The sum of two lists as a list of its own; anything else is what it was.
pub(crate) fn own(value: &Value) -> Result<Value, Error> {
    let is_plain_iterable =
        value.kind() == ValueKind::Iterable && value.downcast_object_ref::<super::View>().is_none();
    if is_plain_iterable { Ok(super::list(value.try_iter()?.collect())) } else { Ok(value.clone()) }
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
