//! The methods of Python's str that look for text, between two places, and those that take away blanks.

use minijinja::value::{ValueKind, from_args};
use minijinja::{Error, Value};

use super::methods::wrong;
use crate::front::is_space;

/// `find`, `rfind`, `index`, `rindex`, `count`, `startswith` and `endswith`, each with `start` and `end`.
pub(super) fn search(text: &str, name: &str, args: &[Value]) -> Result<Value, Error> {
    let (what, start, end): (&Value, Option<i64>, Option<i64>) = from_args(args)?;
    let range = between(text, start, end);
    let part = range.as_ref().map(|(bytes, _)| &text[bytes.clone()]);
    if let "startswith" | "endswith" = name {
        let texts = if what.is_tuple() { what.try_iter()?.collect() } else { vec![what.clone()] };
        let mut holds = false;
        for what in texts {
            let what = needle(&what)?.to_owned();
            holds |= part.is_some_and(|part| {
                if name == "startswith" { part.starts_with(&what) } else { part.ends_with(&what) }
            });
        }
        return Ok(Value::from(holds));
    }
    let what = needle(what)?;
    if name == "count" {
        return Ok(Value::from(part.map_or(0, |part| part.matches(what).count())));
    }
    let found = range.and_then(|(bytes, first)| {
        let part = &text[bytes];
        let at = if matches!(name, "find" | "index") { part.find(what) } else { part.rfind(what) };
        at.map(|at| first + part[..at].chars().count())
    });
    match found {
        Some(at) => Ok(Value::from(at)),
        None if name.ends_with("find") => Ok(Value::from(-1)),
        None => Err(wrong("substring not found")),
    }
}

fn needle(value: &Value) -> Result<&str, Error> {
    let text = value.as_str().filter(|_| value.kind() == ValueKind::String);
    text.ok_or_else(|| wrong("text can be looked for only in text"))
}

/// `text[start:end]` in bytes, and the number of its first character; none when it begins behind the text.
fn between(text: &str, start: Option<i64>, end: Option<i64>) -> Option<(std::ops::Range<usize>, usize)> {
    if start.is_none() && end.is_none() {
        return Some((0..text.len(), 0));
    }
    let len = i64::try_from(text.chars().count()).unwrap_or(i64::MAX);
    let place = |at: i64| if at < 0 { at.saturating_add(len).max(0) } else { at };
    let (start, end) = (place(start.unwrap_or(0)), place(end.unwrap_or(len)).min(len));
    if start > end {
        return None;
    }
    let (start, end) = (usize::try_from(start).ok()?, usize::try_from(end).ok()?);
    let byte = |at: usize| text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
    Some((byte(start)..byte(end), start))
}

/// `strip`, `lstrip` and `rstrip`, of blanks or of the characters given.
pub(crate) fn strip<'t>(text: &'t str, name: &str, chars: Option<&str>) -> &'t str {
    let taken = |c: char| chars.map_or_else(|| is_space(c), |chars| chars.contains(c));
    match name {
        "lstrip" => text.trim_start_matches(taken),
        "rstrip" => text.trim_end_matches(taken),
        _ => text.trim_matches(taken),
    }
}
