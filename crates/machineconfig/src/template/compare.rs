//! `eq`, `ne`, `lt`, `le`, `gt`, `ge`, and whether two values are the same through and through.

use std::cmp::Ordering;

use super::functions::Answer;
use super::value::Val;

/// Whether the first is equal to any other.
pub(super) fn equal<'a>(arguments: &[Val<'a>]) -> Answer<'a> {
    let (first, rest) = arguments.split_first().ok_or("two values are needed")?;
    if rest.is_empty() {
        return Err("two values are needed".to_owned());
    }
    for other in rest {
        if same(first, other)? {
            return Ok(Val::Bool(true));
        }
    }
    Ok(Val::Bool(false))
}

pub(super) fn unequal<'a>(arguments: &[Val<'a>]) -> Answer<'a> {
    match arguments {
        [left, right] => Ok(Val::Bool(!same(left, right)?)),
        _ => Err("two values are needed".to_owned()),
    }
}

/// Whether the order of two values is among those wanted. One that is no number has none.
pub(super) fn ordered<'a>(arguments: &[Val<'a>], wanted: impl Fn(Option<Ordering>) -> bool) -> Answer<'a> {
    let [left, right] = arguments else { return Err("two values are needed".to_owned()) };
    let order = match (left, right) {
        (Val::Float(left), Val::Float(right)) => left.partial_cmp(right),
        (Val::Text(left), Val::Text(right)) => Some(left.cmp(right)),
        (left, right) => match (whole(left), whole(right)) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => return Err(apart(left, right)),
        },
    };
    Ok(Val::Bool(wanted(order)))
}

fn apart(left: &Val<'_>, right: &Val<'_>) -> String {
    format!("a {} and a {} cannot be compared", left.kind(), right.kind())
}

/// A whole number; a pointer to one is none.
fn whole(value: &Val<'_>) -> Option<i64> {
    if matches!(value, Val::Pointer(_)) { None } else { value.int() }
}

/// A list or a map that was never made is nothing, too.
fn nothing(value: &Val<'_>) -> bool {
    match value {
        Val::Nil | Val::NilPointer => true,
        Val::List(items) => items.nil,
        Val::Map(map) => map.nil,
        _ => false,
    }
}

/// Whether the values are of those kinds that can be compared by what they are.
fn basic(value: &Val<'_>) -> bool {
    matches!(value, Val::Bool(_) | Val::Float(_) | Val::Text(_)) || whole(value).is_some()
}

#[expect(clippy::float_cmp, reason = "as Go compares")]
fn same<'a>(left: &Val<'a>, right: &Val<'a>) -> Result<bool, String> {
    if let (Some(left), Some(right)) = (whole(left), whole(right)) {
        return Ok(left == right);
    }
    match (left, right) {
        (Val::Bool(left), Val::Bool(right)) => Ok(left == right),
        (Val::Float(left), Val::Float(right)) => Ok(left == right),
        (Val::Text(left), Val::Text(right)) => Ok(left == right),
        (Val::Nil, Val::Nil) => Ok(true),
        (Val::Nil, other) | (other, Val::Nil) => Ok(nothing(other)),
        (left, right) if basic(left) || basic(right) => Err(apart(left, right)),
        (left, right) if left.kind() == right.kind() && (nothing(left) || nothing(right)) => {
            Ok(nothing(left) == nothing(right))
        }
        (left @ Val::Record(_), right @ Val::Record(_)) => Ok(deep(left, right)),
        (Val::Pointer(left), Val::Pointer(right)) => Ok(std::rc::Rc::ptr_eq(left, right)),
        (left, right) => Err(apart(left, right)),
    }
}

/// Go's reflect.DeepEqual: types count.
pub(super) fn deep(left: &Val<'_>, right: &Val<'_>) -> bool {
    match (left, right) {
        (Val::Int(left), Val::Int(right)) | (Val::Long(left), Val::Long(right)) => left == right,
        (Val::Float(left), Val::Float(right)) => left.partial_cmp(right) == Some(Ordering::Equal),
        (Val::Text(left), Val::Text(right)) => left == right,
        (Val::List(left), Val::List(right)) => {
            let alike = left.of == right.of && left.nil == right.nil && left.len() == right.len();
            alike && left.iter().zip(right.iter()).all(|(left, right)| deep(left, right))
        }
        (Val::Map(left), Val::Map(right)) => {
            let (one, other) = (left.entries.borrow(), right.entries.borrow());
            let alike = left.texts == right.texts && left.nil == right.nil && one.len() == other.len();
            alike && one.iter().zip(other.iter()).all(|(one, other)| one.0 == other.0 && deep(one.1, other.1))
        }
        (Val::Pointer(left), Val::Pointer(right)) => deep(left, right),
        (left, right) => {
            left.type_name() == right.type_name()
                && super::print::json(left, false) == super::print::json(right, false)
        }
    }
}
