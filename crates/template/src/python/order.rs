//! Python's `<`: numbers with numbers, text with text, lists with lists, and an error for anything else.

use std::cmp::Ordering;

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Value};

use super::modulo::{Number, number};

/// Compares two values as Python's sort does.
pub(crate) fn compare(a: &Value, b: &Value) -> Result<Ordering, Error> {
    if a.is_undefined() || b.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    if let (Some(a), Some(b)) = (number(a), number(b)) {
        return Ok(match (a, b) {
            (Number::Int(a), Number::Int(b)) => a.cmp(&b),
            (a, b) => a.float().partial_cmp(&b.float()).unwrap_or(Ordering::Equal),
        });
    }
    if let (Some(a), Some(b)) = (a.as_str(), b.as_str()) {
        return Ok(a.cmp(b));
    }
    let list = |value: &Value| matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable);
    if list(a) && list(b) && a.is_tuple() == b.is_tuple() {
        return compare_lists(a, b);
    }
    let message = format!("values of type {} and {} cannot be compared", a.kind(), b.kind());
    Err(crate::error::own(ErrorKind::InvalidOperation, message))
}

fn compare_lists(a: &Value, b: &Value) -> Result<Ordering, Error> {
    let (a, b): (Vec<_>, Vec<_>) = (a.try_iter()?.collect(), b.try_iter()?.collect());
    for (a, b) in a.iter().zip(&b) {
        if a != b {
            return compare(a, b);
        }
    }
    Ok(a.len().cmp(&b.len()))
}

/// Sorts by keys that were computed before, keeping the order of equal ones also in reverse, as Python does.
pub(crate) fn sort_by_keys(items: &mut [(Value, Value)], reverse: bool) -> Result<(), Error> {
    let mut failure = None;
    items.sort_by(|(a, _), (b, _)| {
        let ordering = compare(a, b).unwrap_or_else(|error| {
            failure.get_or_insert(error);
            Ordering::Equal
        });
        if reverse { ordering.reverse() } else { ordering }
    });
    failure.map_or(Ok(()), Err)
}

/// `a + b` for numbers and lists.
pub(crate) fn add(a: &Value, b: &Value) -> Result<Value, Error> {
    if a.is_undefined() || b.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    let wrong = || {
        let message = format!("values of type {} and {} cannot be added", a.kind(), b.kind());
        crate::error::own(ErrorKind::InvalidOperation, message)
    };
    match (number(a), number(b)) {
        (Some(Number::Int(a)), Some(Number::Int(b))) => {
            a.checked_add(b).map(super::modulo::int).ok_or_else(wrong)
        }
        (Some(a), Some(b)) => Ok(Value::from(a.float() + b.float())),
        _ if matches!(a.kind(), ValueKind::Seq | ValueKind::Iterable) => {
            Ok(super::list(a.try_iter()?.chain(b.try_iter()?).collect()))
        }
        _ => Err(wrong()),
    }
}
