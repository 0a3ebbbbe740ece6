//! Lists and dictionaries.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::convert::empty;
use super::{list_at, size_at, string, text_at};
use crate::template::functions::Answer;
use crate::template::print;
use crate::template::value::{Map, Val};

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    lists(name, arguments).or_else(|| dictionaries(name, arguments))
}

fn lists<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    let items = |n| list_at(arguments, n);
    let list = |items: Vec<Val<'a>>| Ok(Val::list(items));
    let with = |change: &dyn Fn(Vec<Val<'a>>) -> Vec<Val<'a>>| {
        items(0).map(|items| Val::list(change(items.to_vec())))
    };
    Some(match name {
        "list" | "tuple" => list(arguments.to_vec()),
        "first" => items(0).map(|items| items.first().cloned().unwrap_or(Val::Nil)),
        "last" => items(0).map(|items| items.last().cloned().unwrap_or(Val::Nil)),
        "rest" => with(&|items| items.into_iter().skip(1).collect()),
        "initial" => with(&|mut items| {
            items.pop();
            items
        }),
        "reverse" => with(&|items| items.into_iter().rev().collect()),
        "compact" => with(&|items| items.into_iter().filter(|item| !empty(item)).collect()),
        "uniq" => with(&|items| unique(items)),
        "append" | "push" => with(&|mut items| {
            items.extend(arguments.get(1).cloned());
            items
        }),
        "prepend" => with(&|items| arguments.get(1).cloned().into_iter().chain(items).collect()),
        "without" => with(&|items| {
            items.into_iter().filter(|item| !arguments[1..].iter().any(|other| same(item, other))).collect()
        }),
        "has" => items(1).map(|items| {
            Val::Bool(arguments.first().is_some_and(|wanted| items.iter().any(|item| same(item, wanted))))
        }),
        "concat" => arguments
            .iter()
            .enumerate()
            .map(|(n, _)| items(n).map(Cow::into_owned))
            .collect::<Result<Vec<_>, _>>()
            .map(|lists| Val::list(lists.concat())),
        "slice" => items(0).and_then(|items| {
            let start = if arguments.len() > 1 { size_at(arguments, 1)? } else { 0 };
            let end = if arguments.len() > 2 { size_at(arguments, 2)? } else { items.len() };
            items
                .get(start..end)
                .map(|part| Val::list(part.to_vec()))
                .ok_or_else(|| "the bounds are outside of the list".to_owned())
        }),
        "chunk" => size_at(arguments, 0).and_then(|size| {
            let size = size.max(1);
            Ok(Val::list(items(1)?.chunks(size).map(|chunk| Val::list(chunk.to_vec())).collect()))
        }),
        _ => return None,
    })
}

fn unique(items: Vec<Val<'_>>) -> Vec<Val<'_>> {
    let mut out: Vec<Val<'_>> = Vec::new();
    for item in items {
        if !out.iter().any(|known| same(known, &item)) {
            out.push(item);
        }
    }
    out
}

/// Deeply equal; kinds count.
fn same(left: &Val<'_>, right: &Val<'_>) -> bool {
    left.target().kind() == right.target().kind() && print::json(left, false) == print::json(right, false)
}

fn dictionary<'v, 'a>(arguments: &'v [Val<'a>], n: usize) -> Result<&'v Rc<Map<'a>>, String> {
    match arguments.get(n).map(Val::target) {
        Some(Val::Map(map)) => Ok(map),
        Some(other) => Err(format!("argument {} must be a dictionary, not a {}", n + 1, other.kind())),
        None => Err(format!("argument {} is missing", n + 1)),
    }
}

fn dictionaries<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
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
            map.entries.borrow_mut().insert(text(1)?, arguments.get(2).cloned().unwrap_or(Val::Nil));
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
            Val::list(maps.iter().flat_map(keys).collect())
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

fn merged<'a>(arguments: &[Val<'a>], overwrite: bool) -> Answer<'a> {
    let target = dictionary(arguments, 0)?;
    for n in 1..arguments.len() {
        let source = dictionary(arguments, n)?.entries.borrow().clone();
        merge_into(&mut target.entries.borrow_mut(), source, overwrite);
    }
    Ok(Val::Map(Rc::clone(target)))
}

fn merge_into<'a>(
    target: &mut BTreeMap<String, Val<'a>>,
    source: BTreeMap<String, Val<'a>>,
    overwrite: bool,
) {
    for (key, value) in source {
        match (target.get(&key).map(Val::target), value.target()) {
            (Some(Val::Map(left)), Val::Map(right)) => {
                let right = right.entries.borrow().clone();
                merge_into(&mut left.entries.borrow_mut(), right, overwrite);
            }
            (Some(old), _) if !empty(old) && (!overwrite || empty(&value)) => {}
            _ => drop(target.insert(key, value)),
        }
    }
}

/// `dig "a" "b" default $dict`.
fn dig<'a>(arguments: &[Val<'a>]) -> Answer<'a> {
    let [keys @ .., default, map] = arguments else {
        return Err("keys, a default and a dictionary are needed".to_owned());
    };
    let mut value = map.clone();
    for key in keys {
        let next = match value.target() {
            Val::Map(map) => map.entries.borrow().get(&string(key)).cloned(),
            _ => None,
        };
        let Some(next) = next else { return Ok(default.clone()) };
        value = next;
    }
    Ok(value)
}
