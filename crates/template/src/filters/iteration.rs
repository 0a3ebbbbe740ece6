//! What Python iterates over, for loops and for what takes the items of a value.

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, Value};

use crate::bridge::PyObject;
use crate::error::own;
use crate::python;

/// Refuses what has no items. Undefined values are for the caller.
pub(crate) fn check(value: &Value) -> Result<(), Error> {
    let what = match value.kind() {
        ValueKind::None => "none",
        ValueKind::Bool => "a boolean",
        ValueKind::Number => "a number",
        _ => return Ok(()),
    };
    Err(own(ErrorKind::InvalidOperation, format!("{what} is not iterable")))
}

/// A value that has items.
pub(super) fn checked(value: &Value) -> Result<Value, Error> {
    check(value).map(|()| value.clone())
}

/// What a loop runs over: Jinja2 knows the length of everything. Items are `taken_apart` where there are several targets.
pub(super) fn run_over(value: &Value, taken_apart: bool) -> Result<Value, Error> {
    check(value)?;
    if taken_apart {
        return apart(value);
    }
    let counted = match value.kind() {
        ValueKind::String => false,
        ValueKind::Iterable => value.downcast_object_ref::<PyObject>().is_some() || value.len().is_some(),
        _ => true,
    };
    if counted { Ok(value.clone()) } else { Ok(python::list(value.try_iter()?.collect())) }
}

/// The items, with text among them as its characters.
fn apart(value: &Value) -> Result<Value, Error> {
    let is_text = |item: &Value| item.kind() == ValueKind::String;
    let has_text = match value.downcast_object_ref::<python::View>() {
        Some(view) => view.items.iter().any(is_text),
        None if value.downcast_object_ref::<PyObject>().is_some() || value.is_undefined() => false,
        None => value.try_iter()?.any(|item| is_text(&item)),
    };
    if !has_text {
        return run_over(value, false);
    }
    value.try_iter()?.map(|item| parts(&item)).collect::<Result<Vec<_>, Error>>().map(python::list)
}

/// A value that is unpacked: text is its characters.
pub(super) fn parts(value: &Value) -> Result<Value, Error> {
    if value.kind() == ValueKind::String {
        Ok(python::list(value.try_iter()?.collect()))
    } else {
        Ok(value.clone())
    }
}
