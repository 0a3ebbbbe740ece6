//! `sort`, `groupby`, `unique`, `min`, `max`, `sum` and `dictsort`, as Jinja2 3.1 has them.

use std::cmp::Ordering;

use minijinja::value::{Kwargs, Rest, Tuple};
use minijinja::{Error, ErrorKind, State, Value};

use super::arguments::Arguments;
use super::attribute::Attribute;
use super::items_of;
use crate::error::own;
use crate::python::{self, Group};

/// Text in lower case, unless case matters.
fn folded(value: Value, case_sensitive: bool) -> Value {
    match value.as_str() {
        Some(text) if !case_sensitive => Value::from(text.to_lowercase()),
        _ => value,
    }
}

/// Items with what they are sorted by.
fn keyed(
    state: &State,
    items: Vec<Value>,
    attribute: &Attribute,
    case_sensitive: bool,
) -> Result<Vec<(Value, Value)>, Error> {
    let key = |item: Value| Ok((folded(attribute.of(state, &item)?, case_sensitive), item));
    items.into_iter().map(key).collect()
}

fn second(items: Vec<(Value, Value)>) -> Vec<Value> {
    items.into_iter().map(|(_, item)| item).collect()
}

/// `sort(reverse=False, case_sensitive=False, attribute=None)`.
pub(super) fn sort(state: &State, value: &Value, args: Rest<Value>, kwargs: Kwargs) -> Result<Value, Error> {
    let args = Arguments::new(args, kwargs, &["reverse", "case_sensitive", "attribute"])?;
    let case_sensitive = args.flag("case_sensitive", false);
    let paths = args.value("attribute").map_or_else(Vec::new, |path| Attribute::several(&path));
    let mut items = Vec::new();
    for item in items_of(state, value)? {
        let key = match paths.as_slice() {
            [] => folded(item.clone(), case_sensitive),
            [path] => folded(path.of(state, &item)?, case_sensitive),
            paths => {
                let keys = paths.iter().map(|path| Ok(folded(path.of(state, &item)?, case_sensitive)));
                Value::from(keys.collect::<Result<Vec<_>, Error>>()?)
            }
        };
        items.push((key, item));
    }
    // Jinja2 compares lists of keys, and Python passes over what is equal in lists before it compares.
    let strict = super::refuse_undefined(state, &Value::UNDEFINED).is_err();
    python::sort_lists(&mut items, args.flag("reverse", false), strict)?;
    Ok(python::list(second(items)))
}

/// `dictsort(case_sensitive=False, by='key', reverse=False)`.
pub(super) fn dictsort(value: &Value, args: Rest<Value>, kwargs: Kwargs) -> Result<Value, Error> {
    let args = Arguments::new(args, kwargs, &["case_sensitive", "by", "reverse"])?;
    let by_value = match args.text("by").as_deref() {
        None | Some("key") => false,
        Some("value") => true,
        _ => return Err(own(ErrorKind::InvalidOperation, "dictsort sorts by either 'key' or 'value'")),
    };
    let case_sensitive = args.flag("case_sensitive", false);
    let entry = |(key, value): (Value, Value)| {
        let by = if by_value { value.clone() } else { key.clone() };
        (folded(by, case_sensitive), Value::from(Tuple::new(vec![key, value])))
    };
    super::refuse_no_mapping(value)?;
    let mut items: Vec<_> = python::pairs(value)?.into_iter().map(entry).collect();
    python::sort_by_keys(&mut items, args.flag("reverse", false))?;
    Ok(python::list(second(items)))
}

/// `groupby(attribute, default=None, case_sensitive=False)`.
pub(super) fn groupby(
    state: &State,
    value: &Value,
    args: Rest<Value>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let args = Arguments::new(args, kwargs, &["attribute", "default", "case_sensitive"])?;
    let attribute = Attribute::new(&args.required("attribute")?, args.value("default"));
    let mut items = keyed(state, items_of(state, value)?, &attribute, args.flag("case_sensitive", false))?;
    python::sort_by_keys(&mut items, false)?;
    let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
    for (key, item) in items {
        match groups.last_mut() {
            Some((last, members)) if *last == key => members.push(item),
            _ => groups.push((key, vec![item])),
        }
    }
    let group = |(_, members): (Value, Vec<Value>)| {
        // The real value of the first member, not the folded one.
        let grouper = attribute.of(state, members.first().unwrap_or(&Value::UNDEFINED))?;
        Ok(Value::from_object(Group { grouper, list: python::list(members) }))
    };
    groups.into_iter().map(group).collect::<Result<Vec<_>, Error>>().map(python::list)
}

/// `unique(case_sensitive=False, attribute=None)`.
pub(super) fn unique(
    state: &State,
    value: &Value,
    args: Rest<Value>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let args = Arguments::new(args, kwargs, &["case_sensitive", "attribute"])?;
    let attribute = Attribute::new(&args.value("attribute").unwrap_or_else(|| Value::from(())), None);
    let items = keyed(state, items_of(state, value)?, &attribute, args.flag("case_sensitive", false))?;
    let mut seen = std::collections::HashSet::with_hasher(python::KeyHash::default());
    for (key, _) in &items {
        super::refuse_undefined(state, key)?;
    }
    Ok(python::list(
        items.into_iter().filter(|(key, _)| seen.insert(key.clone())).map(|(_, item)| item).collect(),
    ))
}

/// `min` or `max(case_sensitive=False, attribute=None)`: the first of equal ones.
pub(super) fn extreme(
    state: &State,
    value: &Value,
    args: Rest<Value>,
    kwargs: Kwargs,
    wanted: Ordering,
) -> Result<Value, Error> {
    let args = Arguments::new(args, kwargs, &["case_sensitive", "attribute"])?;
    let attribute = Attribute::new(&args.value("attribute").unwrap_or_else(|| Value::from(())), None);
    let mut items =
        keyed(state, items_of(state, value)?, &attribute, args.flag("case_sensitive", false))?.into_iter();
    let Some(mut best) = items.next() else { return Ok(Value::UNDEFINED) };
    for item in items {
        if python::compare(&item.0, &best.0)? == wanted {
            best = item;
        }
    }
    Ok(best.1)
}

/// `sum(attribute=None, start=0)`.
pub(super) fn sum(state: &State, value: &Value, args: Rest<Value>, kwargs: Kwargs) -> Result<Value, Error> {
    let args = Arguments::new(args, kwargs, &["attribute", "start"])?;
    let attribute = Attribute::new(&args.value("attribute").unwrap_or_else(|| Value::from(())), None);
    let start = args.value("start").unwrap_or_else(|| Value::from(0));
    items_of(state, value)?.iter().try_fold(start, |sum, item| python::add(&sum, &attribute.of(state, item)?))
}
