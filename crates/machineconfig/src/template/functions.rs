//! The functions of text/template itself; what is not here is sprig's.

use std::cmp::Ordering;
use std::fmt::Write as _;

use super::value::Val;
use super::{compare, format, print, quote, sprig};

/// What a function gives, or why it fails.
pub(super) type Answer<'a> = Result<Val<'a>, String>;

/// Calls a function.
pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Answer<'a> {
    match name {
        "not" => Ok(Val::Bool(!one(arguments)?.truth())),
        "len" => length(one(arguments)?),
        "index" => index(arguments),
        "print" => Ok(Val::text(spaced(arguments, print::format))),
        "println" => Ok(Val::text(arguments.iter().map(print::format).collect::<Vec<_>>().join(" ") + "\n")),
        "printf" => format::printf(arguments),
        "html" => Ok(Val::text(escape_html(&spaced(arguments, print::print)))),
        "js" => Ok(Val::text(escape_js(&spaced(arguments, print::print)))),
        "urlquery" => Ok(Val::text(crate::url::query(&spaced(arguments, print::print)))),
        "eq" => compare::equal(arguments),
        "ne" => compare::unequal(arguments),
        "lt" => compare::ordered(arguments, |order| order == Some(Ordering::Less)),
        "le" => compare::ordered(arguments, |order| matches!(order, Some(Ordering::Less | Ordering::Equal))),
        "gt" => compare::ordered(arguments, |order| !matches!(order, Some(Ordering::Less | Ordering::Equal))),
        "ge" => compare::ordered(arguments, |order| order != Some(Ordering::Less)),
        _ => sprig::call(name, arguments),
    }
}

pub(super) fn one<'v, 'a>(arguments: &'v [Val<'a>]) -> Result<&'v Val<'a>, String> {
    match arguments {
        [value] => Ok(value),
        _ => Err("one value is needed".to_owned()),
    }
}

pub(super) fn length<'a>(value: &Val<'_>) -> Answer<'a> {
    let length = match value.target() {
        Val::Text(text) => text.len(),
        Val::List(items) => items.len(),
        Val::Bytes(bytes) => bytes.len(),
        Val::Map(map) => map.entries.borrow().len(),
        other => return Err(format!("a {} has no length", other.kind())),
    };
    Ok(Val::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

fn index<'a>(arguments: &[Val<'a>]) -> Answer<'a> {
    let (first, keys) = arguments.split_first().ok_or("a value is needed")?;
    if matches!(first, Val::Nil) {
        return Err("there is nothing to index".to_owned());
    }
    let mut value = first.clone();
    for key in keys {
        value = match (value.target(), key) {
            (Val::Map(map), Val::Text(key)) => {
                let missing = if map.texts { Val::text("") } else { Val::Nil };
                map.entries.borrow().get(&**key).cloned().unwrap_or(missing)
            }
            (Val::Nil | Val::NilPointer, _) => return Err("there is nothing to index".to_owned()),
            (value, key) => {
                let at = key.int().filter(|_| !matches!(key, Val::Pointer(_)));
                let at =
                    at.ok_or_else(|| format!("a {} cannot be indexed with a {}", value.kind(), key.kind()))?;
                item(value, at)?
            }
        };
    }
    Ok(value)
}

fn item<'a>(value: &Val<'a>, at: i64) -> Answer<'a> {
    let place = usize::try_from(at).ok();
    let found = match value {
        Val::Text(text) => place.and_then(|at| text.as_bytes().get(at)).map(|byte| Val::Byte(*byte)),
        Val::List(_) | Val::Bytes(_) => place.and_then(|at| value.items()?.get(at).cloned()),
        other => return Err(format!("a {} cannot be indexed", other.kind())),
    };
    found.ok_or_else(|| format!("there is no item {at}"))
}

/// As `print`: blanks between neighbours of which neither is a text.
fn spaced(arguments: &[Val<'_>], form: impl Fn(&Val<'_>) -> String) -> String {
    let mut out = String::new();
    let mut after_text = false;
    for (n, value) in arguments.iter().enumerate() {
        let text = form(value);
        // What is shown in place of nothing is a text where it is escaped.
        let is_text = matches!(value, Val::Text(_)) || (matches!(value, Val::Nil) && text != "<nil>");
        if n > 0 && !is_text && !after_text {
            out.push(' ');
        }
        out.push_str(&text);
        after_text = is_text;
    }
    out
}

fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('\0', "\u{fffd}")
}

fn escape_js(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '\'' | '"' => out.extend(['\\', c]),
            c if c < ' ' || "<>&=".contains(c) || !(c.is_ascii() || quote::printable(c)) => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out
}
