//! Python's `<`: numbers with numbers, text with text, lists with lists, and an error for anything else.

use std::cmp::Ordering;

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Value};

use super::modulo::{Number, number};
use crate::bridge::PyObject;

/// Compares two values as Python's sort does.
pub(crate) fn compare(a: &Value, b: &Value) -> Result<Ordering, Error> {
    if let Some(nothing) = [a, b].into_iter().find(|value| value.is_undefined()) {
        return Err(crate::filters::undefined(nothing));
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

/// Whether `a` and `b` stand in a `wanted` order; what stands in none is an error, or for a number that is none false.
pub(crate) fn ordered(a: &Value, b: &Value, wanted: fn(Ordering) -> bool) -> Result<bool, Error> {
    if let (Some(x), Some(y)) = (a.as_i64(), b.as_i64()) {
        return Ok(wanted(x.cmp(&y)));
    }
    if let (Some(x), Some(y)) = (number(a), number(b))
        && (x.float().is_nan() || y.float().is_nan())
    {
        return Ok(false);
    }
    let is_foreign = |value: &Value| value.downcast_object_ref::<PyObject>().is_some();
    if is_foreign(a) || is_foreign(b) {
        // Python answers, or the engine says what it can.
        return Ok(wanted(a.cmp(b)));
    }
    compare(a, b).map(wanted)
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
    sort_by(items, reverse, compare)
}

/// As [`sort_by_keys`], for keys that stand in lists: what is equal needs no order. Not so for undefined values where
/// that is `strict`.
pub(crate) fn sort_lists(items: &mut [(Value, Value)], reverse: bool, strict: bool) -> Result<(), Error> {
    sort_by(items, reverse, |a, b| {
        compare(a, b).or_else(|error| {
            let same = a == b && !(strict && a.is_undefined());
            if same { Ok(Ordering::Equal) } else { Err(error) }
        })
    })
}

fn sort_by(
    items: &mut [(Value, Value)],
    reverse: bool,
    compare: impl Fn(&Value, &Value) -> Result<Ordering, Error>,
) -> Result<(), Error> {
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
    if let Some(nothing) = [a, b].into_iter().find(|value| value.is_undefined()) {
        return Err(crate::filters::undefined(nothing));
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
