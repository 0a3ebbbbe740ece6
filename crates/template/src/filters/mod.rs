//! Filters and tests whose results differ from Jinja2 3.1 in the engine, or that it does not have, and the two of
//! the field's plugins: `basename` and `nthhost`.

mod arguments;
mod json;
mod network;
mod numbers;
mod words;

use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Environment, Error, State, Value};

use crate::python;

/// Adds them to an environment.
pub(crate) fn add(env: &mut Environment<'static>) {
    env.add_filter("tojson", json::tojson);
    env.add_filter("int", numbers::int);
    env.add_filter("float", numbers::float);
    env.add_filter("round", numbers::round);
    env.add_filter("filesizeformat", numbers::filesizeformat);
    env.add_filter("indent", words::indent);
    env.add_filter("replace", words::replace);
    env.add_filter("title", words::title);
    env.add_filter("center", words::center);
    env.add_filter("truncate", words::truncate);
    env.add_filter("wordcount", words::wordcount);
    env.add_filter("wordwrap", words::wordwrap);
    env.add_filter("striptags", words::striptags);
    env.add_filter("forceescape", words::forceescape);
    env.add_filter("xmlattr", words::xmlattr);
    env.add_filter("string", string);
    env.add_filter("join", join);
    env.add_filter("list", list);
    env.add_filter("format", format);
    env.add_filter("basename", network::basename);
    env.add_filter("nthhost", network::nthhost);
    // What the front writes for Python's operators and literals.
    env.add_filter("__mod", modulo);
    env.add_function("__list", |value: Value| -> Result<Value, Error> {
        Ok(python::list(value.try_iter()?.collect()))
    });
    env.add_function("__dict", |value: Value| -> Result<Value, Error> {
        Ok(python::dict(python::pairs(&value)?))
    });
    env.add_function("dict", |value: Option<Value>, kwargs: Kwargs| python::make_dict(value, &kwargs));
    env.add_test("callable", |value: &Value| value.kind() == ValueKind::Plain);
}

/// An undefined value where text is wanted: an error in strict mode, else nothing.
fn text(state: &State, value: &Value) -> Result<String, Error> {
    refuse_undefined(state, value)?;
    Ok(python::str_of(value))
}

fn refuse_undefined(state: &State, value: &Value) -> Result<(), Error> {
    let strict = !matches!(
        state.undefined_behavior(),
        minijinja::UndefinedBehavior::Lenient | minijinja::UndefinedBehavior::Chainable
    );
    if value.is_undefined() && strict {
        return Err(Error::from(minijinja::ErrorKind::UndefinedError));
    }
    Ok(())
}

/// A parameter that may be given by place or by name.
fn parameter<'a, T>(value: Option<T>, kwargs: &'a Kwargs, name: &'a str) -> Result<Option<T>, Error>
where
    Option<T>: minijinja::value::ArgType<'a, Output = Option<T>>,
{
    match value {
        Some(value) => Ok(Some(value)),
        None => kwargs.get::<Option<T>>(name),
    }
}

fn modulo(state: &State, left: &Value, right: &Value) -> Result<Value, Error> {
    python::modulo(left, right, state.undefined_behavior())
}

/// `format(value, *args, **kwargs)`: `value % (kwargs or args)`.
fn format(state: &State, value: &Value, args: Rest<Value>, kwargs: Kwargs) -> Result<Value, Error> {
    let names: Vec<_> = kwargs.args().map(str::to_owned).collect();
    let right = if names.is_empty() {
        Value::from(minijinja::value::Tuple::new(args.0))
    } else {
        let entries: Result<Vec<_>, Error> =
            names.iter().map(|name| Ok((Value::from(name.as_str()), kwargs.get::<Value>(name)?))).collect();
        python::dict(entries?)
    };
    python::modulo(&Value::from(text(state, value)?), &right, state.undefined_behavior())
}

fn string(state: &State, value: &Value) -> Result<Value, Error> {
    if value.kind() == ValueKind::String {
        return Ok(value.clone());
    }
    text(state, value).map(Value::from)
}

fn list(state: &State, value: &Value) -> Result<Value, Error> {
    refuse_undefined(state, value)?;
    if value.is_undefined() {
        return Ok(python::list(Vec::new()));
    }
    Ok(python::list(value.try_iter()?.collect()))
}

fn join(
    state: &State,
    value: &Value,
    separator: Option<Value>,
    attribute: Option<Value>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let separator = parameter(separator, &kwargs, "d")?.map_or(String::new(), |d| python::str_of(&d));
    let attribute = parameter(attribute, &kwargs, "attribute")?;
    kwargs.assert_all_used()?;
    refuse_undefined(state, value)?;
    if value.is_undefined() {
        return Ok(Value::from(""));
    }
    let mut items = Vec::new();
    for item in value.try_iter()? {
        let item = match &attribute {
            Some(path) => attribute_of(&item, path)?,
            None => item,
        };
        refuse_undefined(state, &item)?;
        items.push(item);
    }
    Ok(Value::from(python::join(items.into_iter(), &separator)))
}

/// `a.b.0` of a value, as the filters' `attribute` takes it.
fn attribute_of(value: &Value, path: &Value) -> Result<Value, Error> {
    let Some(path) = path.as_str() else { return value.get_item(path) };
    path.split('.').try_fold(value.clone(), |value, part| match part.parse::<usize>() {
        Ok(index) => value.get_item_by_index(index),
        Err(_) => value.get_attr(part),
    })
}
