//! Filters and tests whose results differ from Jinja2 3.1 in the engine, or that it does not have, and the two of
//! the field's plugins: `basename` and `nthhost`.

#![expect(clippy::needless_pass_by_value, reason = "the engine binds arguments by value")]

mod arguments;
mod attribute;
mod comparing;
mod iteration;
mod json;
mod markup;
mod network;
mod numbers;
mod select;
mod sorting;
mod urls;
mod words;

use std::cmp::Ordering;

use minijinja::value::{Kwargs, Rest, ValueKind};
use minijinja::{Environment, Error, State, Value};

use crate::bridge::PyObject;
use crate::python::{self, Cycler};
use attribute::Attribute;
pub(crate) use iteration::check as check_iterable;
pub(crate) use markup::{escaped, like};

/// Filters and tests that the engine has and Jinja2 has not.
const NOT_JINJAS: ([&str; 5], [&str; 4]) =
    (["bool", "chain", "lines", "split", "zip"], ["endingwith", "int", "safe", "startingwith"]);

/// Where a module is kept for a moment.
const KEPT: &str = "clusterpipe:module";

/// Adds them to an environment.
pub(crate) fn add(env: &mut Environment<'static>) {
    for name in NOT_JINJAS.0 {
        env.remove_filter(name);
    }
    for name in NOT_JINJAS.1 {
        env.remove_test(name);
    }
    add_policies(env, &|_| None);
    env.add_filter("int", numbers::int);
    env.add_filter("float", numbers::float);
    env.add_filter("abs", numbers::abs);
    env.add_filter("round", numbers::round);
    env.add_filter("filesizeformat", numbers::filesizeformat);
    env.add_filter("indent", words::indent);
    env.add_filter("trim", words::trim);
    env.add_filter("replace", words::replace);
    env.add_filter("title", words::title);
    env.add_filter("center", words::center);
    env.add_filter("wordcount", words::wordcount);
    env.add_filter("wordwrap", words::wordwrap);
    env.add_filter("striptags", words::striptags);
    env.add_filter("escape", markup::escape);
    env.add_filter("e", markup::escape);
    env.add_filter("forceescape", markup::forceescape);
    env.add_filter("urlencode", markup::urlencode);
    env.add_filter("urlize", urls::urlize);
    env.add_filter("xmlattr", words::xmlattr);
    env.add_filter("string", string);
    env.add_filter("join", join);
    env.add_filter("list", list);
    env.add_filter("format", format);
    add_sequences(env);
    env.add_filter("basename", network::basename);
    env.add_filter("nthhost", network::nthhost);
    // What the front writes for Python's operators and literals.
    env.add_filter("__mod", modulo);
    env.add_filter("__mul", |left: &Value, right: &Value| python::multiply(left, right));
    env.add_filter("__own", python::own);
    env.add_filter("__neg", numbers::negative);
    comparing::add_operators(env);
    env.add_filter("__slice", slice);
    env.add_filter("__iter", |value: &Value, taken_apart: Option<bool>| {
        iteration::run_over(value, taken_apart.unwrap_or(false))
    });
    env.add_filter("__parts", iteration::parts);
    // A module on its way out of the macro that imports it.
    env.add_function("__keep", |state: &mut State, module: Value| {
        state.set_temp(KEPT, module);
    });
    env.add_function("__take", |state: &mut State| state.get_temp(KEPT).unwrap_or_default());
    env.add_function("__list", |value: Value| -> Result<Value, Error> {
        Ok(python::list(value.try_iter()?.collect()))
    });
    env.add_function("__dict", |state: &State, value: Value| -> Result<Value, Error> {
        let pairs = python::pairs(&value)?;
        for (key, _) in &pairs {
            refuse_undefined(state, key)?;
        }
        Ok(python::dict(pairs))
    });
    env.add_function("__macro", python::open_macro);
    env.add_function("__shown", |value: Value, last: &Value, owner: Rest<Value>| {
        python::shown(value, last, owner.0.first())
    });
    env.add_function("namespace", |value: Option<Value>, kwargs: Kwargs| -> Result<Value, Error> {
        let names = python::make_dict(value, &kwargs)?;
        minijinja::functions::namespace(Some(names.into()))
    });
    env.add_function("range", python::range);
    env.add_function("dict", |value: Option<Value>, kwargs: Kwargs| python::make_dict(value, &kwargs));
    env.add_function("cycler", |items: Rest<Value>| Cycler::make(items.0));
    comparing::add(env);
    env.add_test("callable", callable);
    for (name, is_known) in [
        ("filter", minijinja::tests::is_filter as fn(&State, &str) -> bool),
        ("test", minijinja::tests::is_test),
    ] {
        env.add_test(name, move |state: &State, value: &Value| {
            value.as_str().is_some_and(|name| is_known(state, name))
        });
    }
    for (name, upper) in [("lower", false), ("upper", true)] {
        env.add_test(name, move |state: &State, value: &Value| -> Result<bool, Error> {
            let text = text(state, value)?;
            let (lowers, uppers) =
                (text.chars().any(char::is_lowercase), text.chars().any(char::is_uppercase));
            Ok(if upper { uppers && !lowers } else { lowers && !uppers })
        });
    }
}

/// Adds the filters that follow Jinja2's policies, as `policy` has them.
pub(crate) fn add_policies(env: &mut Environment<'static>, policy: &dyn Fn(&str) -> Option<Value>) {
    let style = policy("json.dumps_kwargs")
        .map_or_else(json::Style::default, |keywords| json::Style::of_policy(&keywords));
    env.add_filter("tojson", move |value: &Value, indent: Option<Value>, kwargs: Kwargs| {
        json::tojson(&style, value, indent, kwargs)
    });
    let leeway = policy("truncate.leeway").and_then(|leeway| leeway.as_usize()).unwrap_or(5);
    env.add_filter("truncate", move |state: &State, value: &Value, args: Rest<Value>, kwargs: Kwargs| {
        words::truncate(leeway, state, value, args, kwargs)
    });
}

/// Functions, macros, and what Python says can be called.
fn callable(value: &Value) -> bool {
    match value.downcast_object_ref::<PyObject>() {
        Some(object) => object.is_callable(),
        // Calling an undefined value is an error, but it has a `__call__` that says so.
        None if value.is_undefined() => true,
        None => value.kind() == ValueKind::Plain || value.to_string().starts_with("<macro "),
    }
}

fn add_sequences(env: &mut Environment<'static>) {
    env.add_filter("map", select::map);
    for (name, keep) in [("select", true), ("reject", false)] {
        env.add_filter(name, move |state: &mut State, value: &Value, args: Rest<Value>| {
            select::select(state, value, args, keep)
        });
    }
    for (name, keep) in [("selectattr", true), ("rejectattr", false)] {
        env.add_filter(name, move |state: &mut State, value: &Value, args: Rest<Value>| {
            select::selectattr(state, value, args, keep)
        });
    }
    for (name, wanted) in [("min", Ordering::Less), ("max", Ordering::Greater)] {
        env.add_filter(name, move |state: &State, value: &Value, args: Rest<Value>, kwargs: Kwargs| {
            sorting::extreme(state, value, args, kwargs, wanted)
        });
    }
    env.add_filter("default", select::default);
    env.add_filter("d", select::default);
    for (name, last) in [("first", false), ("last", true)] {
        env.add_filter(name, move |state: &State, value: &Value| select::edge(state, value, last));
    }
    env.add_filter("batch", |state: &State, value: &Value, args: Rest<Value>, kwargs: Kwargs| {
        let (count, fill) = portions(args, kwargs, "linecount")?;
        minijinja::filters::batch(state, iteration::checked(value)?, count, fill)
    });
    env.add_filter("slice", |state: &State, value: &Value, args: Rest<Value>, kwargs: Kwargs| {
        let (count, fill) = portions(args, kwargs, "slices")?;
        minijinja::filters::slice(state, iteration::checked(value)?, count, fill)
    });
    env.add_filter("reverse", |value: &Value| {
        iteration::check(value)?;
        minijinja::filters::reverse(value)
    });
    env.add_filter("length", select::length);
    env.add_filter("count", select::length);
    env.add_filter("items", select::items);
    env.add_filter("attr", select::attr);
    env.add_filter("sort", sorting::sort);
    env.add_filter("dictsort", sorting::dictsort);
    env.add_filter("groupby", sorting::groupby);
    env.add_filter("unique", sorting::unique);
    env.add_filter("sum", sorting::sum);
    env.add_filter("pprint", |value: &Value| python::repr_sorted(value));
}

/// How many, and what fills the last one up: the arguments of `batch` and `slice`.
fn portions(args: Rest<Value>, kwargs: Kwargs, name: &'static str) -> Result<(usize, Option<Value>), Error> {
    let args = arguments::Arguments::new(args, kwargs, &[name, "fill_with"])?;
    let count = i64::try_from(args.required(name)?)?;
    Ok((python::checked_width(count)?, args.value("fill_with")))
}

/// The items of a value that is iterated over.
fn items_of(state: &State, value: &Value) -> Result<Vec<Value>, Error> {
    refuse_undefined(state, value)?;
    if value.is_undefined() {
        return Ok(Vec::new());
    }
    iteration::check(value)?;
    Ok(value.try_iter()?.collect())
}

/// An undefined value where text is wanted: an error in strict mode, else nothing.
fn text(state: &State, value: &Value) -> Result<String, Error> {
    refuse_undefined(state, value)?;
    Ok(python::str_of(value))
}

pub(crate) fn refuse_undefined(state: &State, value: &Value) -> Result<(), Error> {
    if value.is_undefined() {
        // The engine alone tells what an `if` without `else` gives, which no mode refuses: this test asks it.
        minijinja::tests::is_in(state, &Value::from(()), value)?;
    }
    Ok(())
}

/// An undefined value where any mode refuses it.
fn refuse_nothing(value: &Value) -> Result<(), Error> {
    if value.is_undefined() { Err(undefined(value)) } else { Ok(()) }
}

/// What has no `items()` in Python.
fn refuse_no_mapping(value: &Value) -> Result<(), Error> {
    refuse_nothing(value)?;
    if value.kind() == minijinja::value::ValueKind::Map {
        return Ok(());
    }
    let message = format!("a value of type {} is no mapping", value.kind());
    Err(crate::error::own(minijinja::ErrorKind::InvalidOperation, message))
}

/// The error for an undefined value; the engine names it by where it came from.
pub(crate) fn undefined(value: &Value) -> Error {
    value.get_attr("").err().unwrap_or_else(|| Error::from(minijinja::ErrorKind::UndefinedError))
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

/// `value[start:stop:step]`.
fn slice(
    state: &State,
    value: &Value,
    start: &Value,
    stop: &Value,
    step: Option<Value>,
) -> Result<Value, Error> {
    if value.is_undefined() {
        return match state.undefined_behavior() {
            minijinja::UndefinedBehavior::Chainable => Ok(Value::UNDEFINED),
            _ => Err(undefined(value)),
        };
    }
    python::slice(value, start, stop, &step.unwrap_or_else(|| Value::from(())))
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
    items_of(state, value).map(python::list)
}

fn join(state: &State, value: &Value, args: Rest<Value>, kwargs: Kwargs) -> Result<Value, Error> {
    let args = arguments::Arguments::new(args, kwargs, &["d", "attribute"])?;
    let separator = args.value("d").unwrap_or_else(|| Value::from(""));
    let separator_text = text(state, &separator)?;
    let attribute = args.value("attribute");
    let attribute = attribute.map(|path| Attribute::new(&path, None));
    let mut items = items_of(state, value)?;
    for item in &mut items {
        if let Some(attribute) = &attribute {
            *item = attribute.of(state, item)?;
        }
        refuse_undefined(state, item)?;
    }
    if markup::escapes(state) && (separator.is_safe() || items.iter().any(Value::is_safe)) {
        let items: Vec<_> = items.iter().map(markup::within_safe).collect();
        return Ok(Value::from_safe_string(items.join(&markup::within_safe(&separator))));
    }
    Ok(Value::from(python::join(items.into_iter(), &separator_text)))
}
