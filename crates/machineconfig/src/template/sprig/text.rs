//! Texts: cutting, trimming, quoting, searching.

use std::fmt::Write as _;

use super::{int_at, size_at, string, text_at};
use crate::template::functions::Answer;
use crate::template::print;
use crate::template::value::Val;

const BLANKS: [char; 6] = [' ', '\t', '\n', '\r', '\u{b}', '\u{c}'];

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    Some(run(name, arguments)?.map(Val::text))
}

fn run(name: &str, arguments: &[Val<'_>]) -> Option<Result<String, String>> {
    let text = |n| text_at(arguments, n);
    let last = || text_at(arguments, arguments.len().saturating_sub(1));
    let answer = match name {
        "hello" => Ok("Hello!".to_owned()),
        "trim" => text(0).map(|text| text.trim_matches(BLANKS).to_owned()),
        "trimAll" | "trimall" => {
            both(arguments, |set, text| text.trim_matches(|c| set.contains(c)).to_owned())
        }
        "trimSuffix" => both(arguments, |end, text| text.strip_suffix(end).unwrap_or(text).to_owned()),
        "trimPrefix" => both(arguments, |start, text| text.strip_prefix(start).unwrap_or(text).to_owned()),
        "upper" => text(0).map(|text| text.to_uppercase()),
        "lower" => text(0).map(|text| text.to_lowercase()),
        "nospace" => text(0).map(|text| text.split_whitespace().collect()),
        "repeat" => size_at(arguments, 0).and_then(|n| {
            let text = last()?;
            if n.saturating_mul(text.len()) > 1 << 20 {
                Err("this would be very long".to_owned())
            } else {
                Ok(text.repeat(n))
            }
        }),
        "substr" => substring(arguments),
        "trunc" => int_at(arguments, 0).and_then(|n| Ok(truncated(&last()?, n))),
        "abbrev" => int_at(arguments, 0).and_then(|n| Ok(abbreviated(&last()?, n))),
        "quote" => Ok(each(arguments, |value| quoted(&string(value)))),
        "squote" => Ok(each(arguments, |value| format!("'{}'", string(value)))),
        "cat" => Ok(arguments
            .iter()
            .filter(|value| !matches!(value, Val::Nil))
            .map(print::format)
            .collect::<Vec<_>>()
            .join(" ")),
        "indent" => size_at(arguments, 0).and_then(|n| Ok(indented(n, &last()?))),
        "nindent" => size_at(arguments, 0).and_then(|n| Ok(format!("\n{}", indented(n, &last()?)))),
        "replace" => text(0).and_then(|old| Ok(text(2)?.replace(&old, &text(1)?))),
        "plural" => plural(arguments),
        "toString" => Ok(arguments.first().map(string).unwrap_or_default()),
        "join" => text(0).and_then(|separator| joined(&separator, arguments.get(1))),
        "wrap" => size_at(arguments, 0).and_then(|width| Ok(wrapped(&last()?, width, "\n"))),
        "wrapWith" => size_at(arguments, 0).and_then(|width| Ok(wrapped(&last()?, width, &text(1)?))),
        _ => return None,
    };
    Some(answer)
}

fn both(arguments: &[Val<'_>], join: impl Fn(&str, &str) -> String) -> Result<String, String> {
    Ok(join(&text_at(arguments, 0)?, &text_at(arguments, 1)?))
}

fn each(arguments: &[Val<'_>], form: impl Fn(&Val<'_>) -> String) -> String {
    arguments.iter().filter(|value| !matches!(value, Val::Nil)).map(form).collect::<Vec<_>>().join(" ")
}

/// A text as Go writes it in source code.
pub(in crate::template) fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            c if c.is_control() && u32::from(c) < 0x80 => drop(write!(out, "\\x{:02x}", u32::from(c))),
            c if c.is_control() => drop(write!(out, "\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Bytes as Go counts them; a cut inside of a character loses it.
fn bytes(text: &str, start: usize, end: usize) -> String {
    String::from_utf8_lossy(text.as_bytes().get(start..end.min(text.len())).unwrap_or_default()).into_owned()
}

fn substring(arguments: &[Val<'_>]) -> Result<String, String> {
    let (start, end, text) = (int_at(arguments, 0)?, int_at(arguments, 1)?, text_at(arguments, 2)?);
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    let end = if end < 0 || end > length { length } else { end };
    let (start, end) = (usize::try_from(start.max(0)).unwrap_or(0), usize::try_from(end).unwrap_or(0));
    if start > end { Err("the start is behind the end".to_owned()) } else { Ok(bytes(&text, start, end)) }
}

fn truncated(text: &str, n: i64) -> String {
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    if n < 0 && length + n > 0 {
        return bytes(text, usize::try_from(length + n).unwrap_or(0), text.len());
    }
    if n >= 0 && length > n { bytes(text, 0, usize::try_from(n).unwrap_or(0)) } else { text.to_owned() }
}

fn abbreviated(text: &str, width: i64) -> String {
    let width = usize::try_from(width).unwrap_or(0);
    let length = text.chars().count();
    if width < 4 || length <= width {
        return text.to_owned();
    }
    text.chars().take(width - 3).chain("...".chars()).collect()
}

fn indented(n: usize, text: &str) -> String {
    let pad = " ".repeat(n.min(1000));
    format!("{pad}{}", text.replace('\n', &format!("\n{pad}")))
}

fn plural(arguments: &[Val<'_>]) -> Result<String, String> {
    let count = int_at(arguments, 2)?;
    text_at(arguments, usize::from(count != 1))
}

fn joined(separator: &str, value: Option<&Val<'_>>) -> Result<String, String> {
    match value.map(Val::target) {
        Some(Val::List(items)) => Ok(items
            .iter()
            .filter(|item| !matches!(item, Val::Nil))
            .map(string)
            .collect::<Vec<_>>()
            .join(separator)),
        Some(Val::Nil) => Ok(String::new()),
        Some(other) => Ok(string(other)),
        None => Err("a list is missing".to_owned()),
    }
}

/// Breaks lines at blanks; words longer than a line stay whole.
fn wrapped(text: &str, width: usize, line_break: &str) -> String {
    let mut lines: Vec<String> = vec![String::new()];
    for word in text.split(' ') {
        let line = lines.last().map_or(0, |line| line.chars().count());
        if line > 0 && line + 1 + word.chars().count() > width.max(1) {
            lines.push(word.to_owned());
        } else if let Some(last) = lines.last_mut() {
            if line > 0 {
                last.push(' ');
            }
            last.push_str(word);
        }
    }
    lines.join(line_break)
}
