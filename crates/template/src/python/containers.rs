//! The methods of lists and dicts, and how dicts are made.

use std::sync::Arc;

use minijinja::value::{Kwargs, Tuple, ValueKind, from_args};
use minijinja::{Error, State, Value};

use super::collections::{PyDict, PyList, dict, list};
use super::methods::{unknown, wrong};
use super::views::View;

/// Methods of a list.
pub(super) fn list_method(this: &Arc<PyList>, name: &str, args: &[Value]) -> Result<Value, Error> {
    match name {
        "append" => {
            let (item,): (Value,) = from_args(args)?;
            this.write()?.push(item);
        }
        "extend" => {
            let (items,): (&Value,) = from_args(args)?;
            crate::filters::check_iterable(items)?;
            let items: Vec<_> = items.try_iter()?.collect();
            this.write()?.extend(items);
        }
        "insert" => {
            let (at, item): (i64, Value) = from_args(args)?;
            let mut items = this.write()?;
            let at = index(at, items.len()).clamp(0, signed(items.len()));
            let at = usize::try_from(at).unwrap_or_default();
            items.insert(at, item);
        }
        "pop" => {
            let (at,): (Option<i64>,) = from_args(args)?;
            let mut items = this.write()?;
            let at = usize::try_from(index(at.unwrap_or(-1), items.len())).ok();
            let at = at.filter(|at| *at < items.len()).ok_or_else(|| wrong("pop index out of range"))?;
            return Ok(items.remove(at));
        }
        "remove" => {
            let (item,): (Value,) = from_args(args)?;
            let mut items = this.write()?;
            let at = items.iter().position(|other| *other == item);
            items.remove(at.ok_or_else(|| wrong("list.remove(x): x not in list"))?);
        }
        "clear" => {
            let () = from_args(args)?;
            this.write()?.clear();
        }
        "reverse" => {
            let () = from_args(args)?;
            this.write()?.reverse();
        }
        "sort" => {
            let (kwargs,): (Kwargs,) = from_args(args)?;
            let reverse = kwargs.get::<Option<bool>>("reverse")?.unwrap_or(false);
            kwargs.assert_all_used()?;
            let mut items = this.write()?;
            items.sort();
            if reverse {
                items.reverse();
            }
        }
        "copy" => {
            let () = from_args(args)?;
            return Ok(list(this.read().clone()));
        }
        "index" => {
            let (item,): (Value,) = from_args(args)?;
            let at = this.read().iter().position(|other| *other == item);
            return at.map(Value::from).ok_or_else(|| wrong("the value is not in the list"));
        }
        _ => return Err(unknown()),
    }
    Ok(Value::from(()))
}

fn signed(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}

fn index(at: i64, len: usize) -> i64 {
    if at < 0 { at + signed(len) } else { at }
}

/// Methods of a dict; they win over keys of the same name, as in Jinja2.
pub(super) fn dict_method(
    state: &State,
    this: &Arc<PyDict>,
    name: &str,
    args: &[Value],
) -> Result<Value, Error> {
    if let ("get" | "setdefault" | "pop", [key, ..]) = (name, args) {
        crate::filters::refuse_undefined(state, key)?;
    }
    let pair = |(key, value): (&Value, &Value)| Value::from(Tuple::new(vec![key.clone(), value.clone()]));
    match name {
        "items" => {
            let () = from_args(args)?;
            Ok(view("dict_items", this.read().iter().map(pair).collect()))
        }
        "keys" => {
            let () = from_args(args)?;
            Ok(view("dict_keys", this.read().keys().cloned().collect()))
        }
        "values" => {
            let () = from_args(args)?;
            Ok(view("dict_values", this.read().values().cloned().collect()))
        }
        "get" => {
            let (key, default): (&Value, Option<Value>) = from_args(args)?;
            Ok(this.get(key).or(default).unwrap_or_else(|| Value::from(())))
        }
        "copy" => {
            let () = from_args(args)?;
            Ok(dict(this.read().clone()))
        }
        "update" => {
            let (other, kwargs): (Option<Value>, Kwargs) = from_args(args)?;
            let mut added = match other {
                Some(other) => pairs(&other)?,
                None => Vec::new(),
            };
            for key in kwargs.args() {
                added.push((Value::from(key), kwargs.peek(key)?));
            }
            this.write()?.extend(added);
            Ok(Value::from(()))
        }
        "setdefault" => {
            let (key, default): (Value, Option<Value>) = from_args(args)?;
            let default = default.unwrap_or_else(|| Value::from(()));
            Ok(this.write()?.entry(key).or_insert(default).clone())
        }
        "pop" => {
            let (key, default): (&Value, Option<Value>) = from_args(args)?;
            let found = this.write()?.shift_remove(key);
            found.or(default).ok_or_else(|| wrong("dict.pop(key): the key is missing"))
        }
        "popitem" => {
            let () = from_args(args)?;
            let last = this.write()?.pop().ok_or_else(|| wrong("popitem(): dictionary is empty"))?;
            Ok(pair((&last.0, &last.1)))
        }
        "clear" => {
            let () = from_args(args)?;
            this.write()?.clear();
            Ok(Value::from(()))
        }
        _ => Err(unknown()),
    }
}

fn view(name: &'static str, items: Vec<Value>) -> Value {
    Value::from_object(View { name, items })
}

/// The entries of a mapping, or of a list of pairs.
pub(crate) fn pairs(value: &Value) -> Result<Vec<(Value, Value)>, Error> {
    if value.kind() == ValueKind::Map {
        return value.try_iter()?.map(|key| Ok((key.clone(), value.get_item(&key)?))).collect();
    }
    crate::filters::check_iterable(value)?;
    let mut pairs = Vec::new();
    for item in value.try_iter()? {
        let parts: Vec<_> = item.try_iter()?.collect();
        let [key, value] = parts.as_slice() else { return Err(wrong("a dict is made from pairs")) };
        pairs.push((key.clone(), value.clone()));
    }
    Ok(pairs)
}

/// Python's `dict(…)`.
pub(crate) fn make_dict(value: Option<Value>, kwargs: &Kwargs) -> Result<Value, Error> {
    let mut entries = match value {
        Some(value) => pairs(&value)?,
        None => Vec::new(),
    };
    for key in kwargs.args() {
        entries.push((Value::from(key), kwargs.peek(key)?));
    }
    Ok(dict(entries))
}
