//! Dictionaries.

use std::rc::Rc;

use super::convert::empty;
use super::{string, text_at};
use crate::template::functions::Answer;
use crate::template::value::{Map, Of, Val};

fn dictionary<'v, 'a>(arguments: &'v [Val<'a>], n: usize) -> Result<&'v Rc<Map<'a>>, String> {
    match arguments.get(n).map(Val::target) {
        Some(Val::Map(map)) => Ok(map),
        Some(other) => Err(format!("argument {} must be a dictionary, not a {}", n + 1, other.kind())),
        None => Err(format!("argument {} is missing", n + 1)),
    }
}

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    let text = |n| text_at(arguments, n);
    let map = |n| dictionary(arguments, n);
    Some(match name {
        "dict" => Ok(Val::map(
            arguments
                .chunks(2)
                .map(|pair| (string(&pair[0]), pair.get(1).cloned().unwrap_or(Val::text(""))))
                .collect(),
        )),
        "get" => {
            map(0).and_then(|map| Ok(map.entries.borrow().get(&text(1)?).cloned().unwrap_or(Val::text(""))))
        }
        "set" => map(0).and_then(|map| {
            put(map, text(1)?, arguments.get(2).cloned().unwrap_or(Val::Nil))?;
            Ok(Val::Map(Rc::clone(map)))
        }),
        "unset" => map(0).and_then(|map| {
            map.entries.borrow_mut().remove(&text(1)?);
            Ok(Val::Map(Rc::clone(map)))
        }),
        "hasKey" => map(0).and_then(|map| Ok(Val::Bool(map.entries.borrow().contains_key(&text(1)?)))),
        "pluck" => text(0).and_then(|key| {
            let maps = (1..arguments.len()).map(map).collect::<Result<Vec<_>, _>>()?;
            Ok(Val::list(maps.iter().filter_map(|map| map.entries.borrow().get(&key).cloned()).collect()))
        }),
        "keys" => (0..arguments.len()).map(map).collect::<Result<Vec<_>, _>>().map(|maps| {
            let keys = |map: &&Rc<Map<'a>>| map.entries.borrow().keys().map(Val::text).collect::<Vec<_>>();
            Val::list_of(maps.iter().flat_map(keys).collect(), Of::Texts)
        }),
        "values" => map(0).map(|map| Val::list(map.entries.borrow().values().cloned().collect())),
        "pick" => {
            map(0).map(|map| filtered(map, |key| arguments[1..].iter().any(|wanted| string(wanted) == key)))
        }
        "omit" => {
            map(0).map(|map| filtered(map, |key| !arguments[1..].iter().any(|other| string(other) == key)))
        }
        "merge" | "mergeOverwrite" => merged(arguments, name == "mergeOverwrite"),
        "dig" => dig(arguments),
        _ => return None,
    })
}

fn filtered<'a>(map: &Map<'a>, keep: impl Fn(&str) -> bool) -> Val<'a> {
    Val::map(
        map.entries
            .borrow()
            .iter()
            .filter(|(key, _)| keep(key))
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect(),
    )
}

/// The first dictionary with what the others have beyond it; `overwrite` lets the others win.
fn merged<'a>(arguments: &[Val<'a>], overwrite: bool) -> Answer<'a> {
    let mut target = Rc::clone(dictionary(arguments, 0)?);
    for n in 1..arguments.len() {
        let source = dictionary(arguments, n)?;
        if target.nil && !source.nil {
            target = Rc::default();
        }
        merge(&target, source, overwrite)?;
    }
    Ok(Val::Map(target))
}

/// Nothing is borrowed while something is set: both may be the same, or hold each other.
fn merge<'a>(target: &Rc<Map<'a>>, source: &Rc<Map<'a>>, overwrite: bool) -> Result<(), String> {
    if source.nil || Rc::ptr_eq(target, source) {
        return Ok(());
    }
    let entries = source.entries.borrow().clone();
    for (key, value) in entries {
        let old = target.entries.borrow().get(&key).cloned();
        if matches!(value, Val::Nil) && !overwrite {
            continue;
        }
        if let (Some(Val::Map(left)), Val::Map(right)) = (&old, &value) {
            merge(left, right, overwrite)?;
            if !left.entries.borrow().is_empty() {
                continue;
            }
        }
        if overwrite || old.as_ref().is_none_or(empty) {
            put(target, key, value)?;
        }
    }
    Ok(())
}

fn put<'a>(map: &Map<'a>, key: String, value: Val<'a>) -> Result<(), String> {
    if map.nil {
        return Err("nothing can be set in a dictionary that is nothing".to_owned());
    }
    map.entries.borrow_mut().insert(key, value);
    Ok(())
}

/// `dig "a" "b" default $dict`.
fn dig<'a>(arguments: &[Val<'a>]) -> Answer<'a> {
    let [keys @ .., default, map @ Val::Map(_)] = arguments else {
        return Err("keys, a default and a dictionary are needed".to_owned());
    };
    if keys.is_empty() {
        return Err("keys, a default and a dictionary are needed".to_owned());
    }
    let names = (0..keys.len()).map(|n| text_at(keys, n)).collect::<Result<Vec<_>, _>>()?;
    let mut value = map.clone();
    for name in names {
        let Val::Map(map) = &value else {
            return Err(format!("a {} is no dictionary to dig in", value.kind()));
        };
        let next = map.entries.borrow().get(&name).cloned();
        let Some(next) = next else { return Ok(default.clone()) };
        value = next;
    }
    Ok(value)
}
