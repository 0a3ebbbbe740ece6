//! What compares, with an error where Python has one: for undefined values, and for what has no remainder.

use std::cmp::Ordering;

use minijinja::UndefinedBehavior;
use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, State, Value, tests};

use super::{iteration, refuse_nothing, refuse_undefined};
use crate::error::own;
use crate::python;

/// The names of a test for an order, and which orders fulfil it.
type Order = ([&'static str; 3], fn(Ordering) -> bool);

/// The tests for orders.
const ORDERS: [Order; 4] = [
    (["lt", "lessthan", "<"], Ordering::is_lt),
    (["gt", "greaterthan", ">"], Ordering::is_gt),
    (["le", "le", "<="], Ordering::is_le),
    (["ge", "ge", ">="], Ordering::is_ge),
];

/// Adds what the front writes for the operators that compare.
pub(super) fn add_operators(env: &mut Environment<'static>) {
    for ([name, ..], wanted) in ORDERS {
        env.add_filter(format!("__{name}"), move |a: &Value, b: &Value| python::ordered(a, b, wanted));
    }
    env.add_filter("__in", is_in);
    env.add_filter("__not_in", |state: &State, value: &Value, container: &Value| {
        is_in(state, value, container).map(|is_in| !is_in)
    });
}

/// Adds them to an environment.
pub(super) fn add(env: &mut Environment<'static>) {
    for (names, same) in [(["eq", "equalto", "=="], true), (["ne", "ne", "!="], false)] {
        for name in names {
            env.add_test(name, move |state: &State, a: &Value, b: &Value| -> Result<bool, Error> {
                refuse_undefined(state, a)?;
                refuse_undefined(state, b)?;
                Ok((a == b) == same)
            });
        }
    }
    for (names, wanted) in ORDERS {
        for name in names {
            env.add_test(name, move |a: &Value, b: &Value| python::ordered(a, b, wanted));
        }
    }
    env.add_test("in", is_in);
    env.add_test("odd", |value: &Value| Ok::<_, Error>(remainder(value, &Value::from(2))? == Value::from(1)));
    env.add_test("even", |value: &Value| {
        Ok::<_, Error>(remainder(value, &Value::from(2))? == Value::from(0))
    });
    env.add_test("divisibleby", |value: &Value, by: &Value| {
        Ok::<_, Error>(remainder(value, by)? == Value::from(0))
    });
    env.add_test("sequence", |state: &State, value: &Value| {
        // Asking an undefined value for its length is an error in strict mode, and an error is no for this test.
        let counts = value.is_undefined() && refuse_undefined(state, value).is_ok();
        counts || matches!(value.kind(), ValueKind::Seq | ValueKind::Map | ValueKind::String)
    });
    env.add_test("iterable", |state: &State, value: &Value| -> Result<bool, Error> {
        refuse_undefined(state, value)?;
        Ok(value.is_undefined() || (iteration::check(value).is_ok() && value.try_iter().is_ok()))
    });
}

/// Python's `value % by`. A text is a format on the left of it, and not for these tests.
fn remainder(value: &Value, by: &Value) -> Result<Value, Error> {
    refuse_nothing(value)?;
    refuse_nothing(by)?;
    if value.kind() == ValueKind::String {
        return Err(own(ErrorKind::InvalidOperation, "text has no remainder"));
    }
    python::modulo(value, by, UndefinedBehavior::Strict)
}

fn is_in(state: &State, value: &Value, container: &Value) -> Result<bool, Error> {
    refuse_undefined(state, container)?;
    if container.is_undefined() {
        return Ok(false);
    }
    iteration::check(container)?;
    // A list without items compares nothing.
    let is_list = matches!(container.kind(), ValueKind::Seq | ValueKind::Iterable);
    if !is_list || container.len() != Some(0) {
        refuse_undefined(state, value)?;
    }
    if container.kind() == ValueKind::String && value.kind() != ValueKind::String {
        return Err(own(ErrorKind::InvalidOperation, "only text can be in text"));
    }
    if is_list && state.undefined_behavior() == UndefinedBehavior::Strict {
        return is_in_strict(state, value, container);
    }
    tests::is_in(state, value, container)
}

/// As Python looks through a list: the first undefined item that is compared is an error.
fn is_in_strict(state: &State, value: &Value, list: &Value) -> Result<bool, Error> {
    for item in list.try_iter()? {
        refuse_undefined(state, &item)?;
        if item == *value {
            return Ok(true);
        }
    }
    Ok(false)
}
