//! Lists.

use std::collections::HashMap;

use super::convert::empty;
use super::{cast, int_at, list_at};
use crate::template::compare::deep;
use crate::template::functions::Answer;
use crate::template::print;
use crate::template::value::{Of, Val};

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    let items = |n| list_at(arguments, n);
    let with = |change: &dyn Fn(Vec<Val<'a>>) -> Vec<Val<'a>>| {
        items(0).map(|items| Val::list(change(items.to_vec())))
    };
    Some(match name {
        "list" | "tuple" => Ok(Val::list(arguments.to_vec())),
        "first" => items(0).map(|items| items.first().cloned().unwrap_or(Val::Nil)),
        "last" => items(0).map(|items| items.last().cloned().unwrap_or(Val::Nil)),
        "rest" | "initial" => items(0).map(|items| match items.len() {
            0 => Val::no_list(Of::Any),
            _ if name == "rest" => Val::list(items[1..].to_vec()),
            length => Val::list(items[..length - 1].to_vec()),
        }),
        "reverse" => with(&|items| items.into_iter().rev().collect()),
        "compact" => with(&|items| items.into_iter().filter(|item| !empty(item)).collect()),
        "uniq" => with(&unique),
        "append" | "push" => with(&|items| items.into_iter().chain(arguments.get(1).cloned()).collect()),
        "prepend" => with(&|items| arguments.get(1).cloned().into_iter().chain(items).collect()),
        "without" => with(&|items| {
            items.into_iter().filter(|item| !arguments[1..].iter().any(|other| deep(other, item))).collect()
        }),
        "has" => has(arguments),
        "concat" => (0..arguments.len())
            .map(|n| items(n).map(std::borrow::Cow::into_owned))
            .collect::<Result<Vec<_>, _>>()
            .map(|lists| joined(&lists)),
        "slice" => slice(arguments),
        "chunk" => chunks(arguments),
        _ => return None,
    })
}

/// The items of lists after each other; of none no list is made.
fn joined<'a>(lists: &[Vec<Val<'a>>]) -> Val<'a> {
    let items = lists.concat();
    if items.is_empty() { Val::no_list(Of::Any) } else { Val::list(items) }
}

/// What is equal is written in one way, but for the two zeros, so only what is written alike is compared.
fn unique(items: Vec<Val<'_>>) -> Vec<Val<'_>> {
    let mut out: Vec<Val<'_>> = Vec::new();
    let mut places: HashMap<String, Vec<usize>> = HashMap::new();
    for item in items {
        let alike = places.entry(print::format(&item).replace("-0", "0")).or_default();
        if !alike.iter().any(|at| deep(&item, &out[*at])) {
            alike.push(out.len());
            out.push(item);
        }
    }
    out
}

fn has<'a>(arguments: &[Val<'a>]) -> Answer<'a> {
    if matches!(arguments.get(1), Some(Val::Nil)) {
        return Ok(Val::Bool(false));
    }
    let items = list_at(arguments, 1)?;
    Ok(Val::Bool(arguments.first().is_some_and(|wanted| items.iter().any(|item| deep(wanted, item)))))
}

/// A part of a list, which stays of its type. Nothing is a part of an empty one.
fn slice<'a>(arguments: &[Val<'a>]) -> Answer<'a> {
    let items = list_at(arguments, 0)?;
    if items.is_empty() {
        return Ok(Val::Nil);
    }
    let bound = |n: usize| arguments.get(n).map(|value| usize::try_from(cast::to_int(value)));
    let outside = || "the bounds are outside of the list".to_owned();
    let start = bound(1).transpose().map_err(|_| outside())?.unwrap_or(0);
    let end = bound(2).transpose().map_err(|_| outside())?.unwrap_or(items.len());
    let part = items.get(start..end).ok_or_else(outside)?.to_vec();
    Ok(match arguments.first() {
        Some(Val::Bytes(bytes)) => Val::Bytes(bytes[start..end].into()),
        Some(Val::List(list)) => Val::list_of(part, list.of),
        _ => Val::list(part),
    })
}

/// Parts of so many items. What Go makes of a negative size is kept: nothing, or the only item.
fn chunks<'a>(arguments: &[Val<'a>]) -> Answer<'a> {
    let (size, items) = (int_at(arguments, 0)?, list_at(arguments, 1)?);
    let wrong = || "the size must be more than 0".to_owned();
    let room = usize::try_from(size.unsigned_abs()).unwrap_or(usize::MAX);
    let size = match (size, items.len()) {
        (1.., _) => room,
        (0, _) | (_, 0) | (-1, 1) => return Err(wrong()),
        (_, 1) => 1,
        (_, length) if length - 1 > room => return Err(wrong()),
        _ => return Ok(Val::list_of(Vec::new(), Of::Lists)),
    };
    let chunks = items.chunks(size).map(|chunk| Val::list(chunk.to_vec())).collect();
    Ok(Val::list_of(chunks, Of::Lists))
}
