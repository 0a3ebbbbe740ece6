//! Texts: cutting, trimming, quoting, joining, breaking into lines.

use std::ops::Range;

use super::{int_at, size_at, string, strings, text_at};
use crate::template::functions::Answer;
use crate::template::quote::quoted;
use crate::template::value::Val;
use crate::template::{limits, print};

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    Some(run(name, arguments)?.map(Val::text))
}

fn run(name: &str, arguments: &[Val<'_>]) -> Option<Result<String, String>> {
    let text = |n| text_at(arguments, n);
    let last = || text_at(arguments, arguments.len().saturating_sub(1));
    let answer = match name {
        "hello" => Ok("Hello!".to_owned()),
        "trim" => text(0).map(|text| text.trim().to_owned()),
        "trimAll" | "trimall" => {
            both(arguments, |set, text| text.trim_matches(|c| set.contains(c)).to_owned())
        }
        "trimSuffix" => both(arguments, |end, text| text.strip_suffix(end).unwrap_or(text).to_owned()),
        "trimPrefix" => both(arguments, |start, text| text.strip_prefix(start).unwrap_or(text).to_owned()),
        "repeat" => size_at(arguments, 0).and_then(|n| repeated(&last()?, n)),
        "substr" => substring(arguments),
        "trunc" => int_at(arguments, 0).and_then(|n| truncated(&last()?, n)),
        "abbrev" => int_at(arguments, 0).and_then(|n| abbreviated(&last()?, 0, n)),
        "abbrevboth" => int_at(arguments, 0).and_then(|n| abbreviated(&last()?, n, int_at(arguments, 1)?)),
        "quote" => Ok(each(arguments, |value| quoted(&string(value), '"', false))),
        "squote" => Ok(each(arguments, |value| format!("'{}'", print::format(value)))),
        "cat" => Ok(arguments
            .iter()
            .filter(|value| !matches!(value, Val::Nil))
            .map(print::format)
            .collect::<Vec<_>>()
            .join(" ")),
        "indent" => size_at(arguments, 0).and_then(|n| indented(n, &last()?)),
        "nindent" => size_at(arguments, 0).and_then(|n| Ok(format!("\n{}", indented(n, &last()?)?))),
        "replace" => text(0).and_then(|old| replaced(&old, &text(1)?, &text(2)?)),
        "plural" => plural(arguments),
        "toString" => Ok(arguments.first().map(string).unwrap_or_default()),
        "join" => text(0).and_then(|separator| joined(&separator, arguments)),
        "wrap" => int_at(arguments, 0).and_then(|width| wrapped(&last()?, width, "", false)),
        "wrapWith" => int_at(arguments, 0).and_then(|width| wrapped(&last()?, width, &text(1)?, true)),
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

/// Some of the bytes of a text, as Go counts them.
fn bytes(text: &str, range: Range<usize>) -> Result<String, String> {
    let cut = || "this cuts through a character, or lies outside of the text".to_owned();
    text.get(range).map(str::to_owned).ok_or_else(cut)
}

fn size(number: i64) -> Result<usize, String> {
    usize::try_from(number).map_err(|_| "a number is negative".to_owned())
}

fn substring(arguments: &[Val<'_>]) -> Result<String, String> {
    let (start, end, text) = (int_at(arguments, 0)?, int_at(arguments, 1)?, text_at(arguments, 2)?);
    if start < 0 {
        return bytes(&text, 0..size(end)?);
    }
    let end = usize::try_from(end).map_or(text.len(), |end| end.min(text.len()));
    bytes(&text, size(start)?..end)
}

fn truncated(text: &str, n: i64) -> Result<String, String> {
    let length = i64::try_from(text.len()).unwrap_or(i64::MAX);
    if n < 0 && length.saturating_add(n) > 0 {
        return bytes(text, size(length + n)?..text.len());
    }
    if n >= 0 && length > n { bytes(text, 0..size(n)?) } else { Ok(text.to_owned()) }
}

/// The text shortened to a width; with an offset that is large enough, by its begin too.
fn abbreviated(text: &str, offset: i64, width: i64) -> Result<String, String> {
    if width < 4 || (offset > 0 && width < 7) {
        return Ok(text.to_owned());
    }
    let room = size(width)? - 3;
    if text.len() <= room + 3 {
        return Ok(text.to_owned());
    }
    let offset = usize::try_from(offset).unwrap_or(0).min(text.len() - room);
    if offset <= 4 {
        return Ok(bytes(text, 0..room)? + "...");
    }
    let rest = bytes(text, offset..text.len())?;
    Ok(format!("...{}", abbreviated(&rest, 0, i64::try_from(room).unwrap_or(i64::MAX))?))
}

fn repeated(text: &str, n: usize) -> Result<String, String> {
    limits::fits(n, text.len(), 0)?;
    Ok(text.repeat(n))
}

fn indented(n: usize, text: &str) -> Result<String, String> {
    limits::fits(text.matches('\n').count() + 1, n, text.len())?;
    let pad = " ".repeat(n);
    Ok(format!("{pad}{}", text.replace('\n', &format!("\n{pad}"))))
}

fn replaced(old: &str, new: &str, text: &str) -> Result<String, String> {
    limits::fits(text.matches(old).count(), new.len(), text.len())?;
    Ok(text.replace(old, new))
}

fn plural(arguments: &[Val<'_>]) -> Result<String, String> {
    let count = int_at(arguments, 2)?;
    text_at(arguments, usize::from(count != 1))
}

fn joined(separator: &str, arguments: &[Val<'_>]) -> Result<String, String> {
    let texts = strings(arguments.get(1).unwrap_or(&Val::Nil));
    limits::fits(texts.len(), separator.len(), 0)?;
    Ok(texts.join(separator))
}

/// Breaks lines at blanks; `long` breaks words that are longer than a line.
fn wrapped(text: &str, width: i64, line_break: &str, long: bool) -> Result<String, String> {
    let width = usize::try_from(width).unwrap_or(1).max(1);
    let line_break = if line_break.is_empty() { "\n" } else { line_break };
    limits::fits(text.len() / width + text.matches(' ').count(), line_break.len(), text.len())?;
    let (bytes, mut out, mut at) = (text.as_bytes(), Vec::with_capacity(text.len()), 0);
    while bytes.len() - at > width {
        if bytes[at] == b' ' {
            at += 1;
            continue;
        }
        let blank = |range: Range<usize>| bytes[range].iter().rposition(|byte| *byte == b' ');
        let next =
            || bytes[at + width..].iter().position(|byte| *byte == b' ').map(|found| at + width + found);
        let (end, skipped) = match blank(at..at + width + 1) {
            Some(found) => (at + found, 1),
            None if long => (at + width, 0),
            None => match next() {
                Some(found) => (found, 1),
                None => break,
            },
        };
        out.extend_from_slice(&bytes[at..end]);
        out.extend_from_slice(line_break.as_bytes());
        at = end + skipped;
    }
    out.extend_from_slice(&bytes[at..]);
    String::from_utf8(out).map_err(|_| "this cuts through a character".to_owned())
}
