//! `map`, `select` and their kin, as Jinja2 3.1 has them.

use minijinja::value::{Kwargs, Rest};
use minijinja::{Error, ErrorKind, State, Value};

use super::arguments::Arguments;
use super::attribute::{Attribute, truth};
use super::{items_of, refuse_undefined};
use crate::error::own;
use crate::python;

/// `map('filter', …)` or `map(attribute='a.b', default=…)`.
pub(super) fn map(
    state: &mut State,
    value: &Value,
    args: Rest<Value>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let items = if truth(state, value)? { items_of(state, value)? } else { Vec::new() };
    let Some((name, rest)) = args.0.split_first() else {
        let attribute: Option<Value> = kwargs.get("attribute")?;
        let default: Option<Value> = kwargs.get("default")?;
        kwargs.assert_all_used()?;
        let Some(attribute) = attribute else {
            return Err(own(ErrorKind::MissingArgument, "map requires a filter argument"));
        };
        let attribute = Attribute::new(&attribute, default);
        return items
            .iter()
            .map(|item| attribute.of(state, item))
            .collect::<Result<Vec<_>, _>>()
            .map(python::list);
    };
    let name =
        name.as_str().ok_or_else(|| own(ErrorKind::InvalidOperation, "map needs the name of a filter"))?;
    let named = !kwargs.args().collect::<Vec<_>>().is_empty();
    let kwargs = named.then(|| Value::from(kwargs));
    let mut mapped = Vec::with_capacity(items.len());
    for item in items {
        let args: Vec<_> = std::iter::once(item).chain(rest.iter().cloned()).chain(kwargs.clone()).collect();
        mapped.push(state.apply_filter(name, &args)?);
    }
    Ok(python::list(mapped))
}

/// `select`, `reject`.
pub(super) fn select(
    state: &mut State,
    value: &Value,
    args: Rest<Value>,
    keep: bool,
) -> Result<Value, Error> {
    filtered(state, value, None, &args.0, keep)
}

/// `selectattr`, `rejectattr`.
pub(super) fn selectattr(
    state: &mut State,
    value: &Value,
    args: Rest<Value>,
    keep: bool,
) -> Result<Value, Error> {
    let Some((attribute, test)) = args.0.split_first() else {
        return Err(own(ErrorKind::MissingArgument, "missing parameter for attribute name"));
    };
    filtered(state, value, Some(&Attribute::new(attribute, None)), test, keep)
}

fn filtered(
    state: &mut State,
    value: &Value,
    attribute: Option<&Attribute>,
    test: &[Value],
    keep: bool,
) -> Result<Value, Error> {
    let mut kept = Vec::new();
    // What is false has no items for Jinja2, also where it could not be iterated over.
    let items = if truth(state, value)? { items_of(state, value)? } else { Vec::new() };
    for item in items {
        let tested = match attribute {
            Some(attribute) => attribute.of(state, &item)?,
            None => item.clone(),
        };
        let holds = match test.split_first() {
            None => truth(state, &tested)?,
            Some((name, rest)) => {
                let wrong = || own(ErrorKind::InvalidOperation, "the name of a test must be a string");
                let name = name.as_str().ok_or_else(wrong)?;
                let args: Vec<_> = std::iter::once(tested).chain(rest.iter().cloned()).collect();
                state.perform_test(name, &args)?
            }
        };
        if holds == keep {
            kept.push(item);
        }
    }
    Ok(python::list(kept))
}

/// `default(value='', boolean=False)`.
pub(super) fn default(value: &Value, args: Rest<Value>, kwargs: Kwargs) -> Result<Value, Error> {
    let args = Arguments::new(args, kwargs, &["default_value", "boolean"])?;
    if value.is_undefined() || (args.flag("boolean", false) && !value.is_true()) {
        return Ok(args.required("default_value").unwrap_or_else(|_| Value::from("")));
    }
    Ok(value.clone())
}

/// `first` and `last`: undefined when there is none.
pub(super) fn edge(state: &State, value: &Value, last: bool) -> Result<Value, Error> {
    let items = items_of(state, value)?;
    let item = if last { items.last() } else { items.first() };
    Ok(item.cloned().unwrap_or(Value::UNDEFINED))
}

/// `length`; nothing has none.
pub(super) fn length(state: &State, value: &Value) -> Result<usize, Error> {
    refuse_undefined(state, value)?;
    if value.is_undefined() {
        return Ok(0);
    }
    value.len().ok_or_else(|| {
        own(ErrorKind::InvalidOperation, format!("a value of type {} has no length", value.kind()))
    })
}

/// `items`; nothing has none.
pub(super) fn items(value: &Value) -> Result<Value, Error> {
    if value.is_undefined() {
        return Ok(python::list(Vec::new()));
    }
    let pair = |(key, value)| Value::from(minijinja::value::Tuple::new(vec![key, value]));
    Ok(python::list(python::pairs(value)?.into_iter().map(pair).collect()))
}

/// `attr(name)`: an attribute, never an item.
pub(super) fn attr(state: &State, value: &Value, name: &str) -> Result<Value, Error> {
    if value.is_undefined() {
        if state.undefined_behavior() == minijinja::UndefinedBehavior::Chainable {
            return Ok(Value::UNDEFINED);
        }
        return Err(super::undefined(value));
    }
    let data = value.as_object().is_none_or(|object| {
        object.is::<python::PyDict>()
            || object.is::<python::PyList>()
            || object.is::<minijinja::value::Tuple>()
    });
    if data { Ok(Value::UNDEFINED) } else { value.get_attr(name) }
}
