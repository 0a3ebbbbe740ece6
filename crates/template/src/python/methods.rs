//! The methods of Python's str that templates call; those of lists and dicts are in `containers`.

use minijinja::value::{Kwargs, Tuple, ValueKind, from_args};
use minijinja::{Error, ErrorKind, State, Value};

use super::collections::list;
use super::text::str_of;

/// Wider text is refused rather than taking all memory.
const MAX_WIDTH: usize = 1_000_000;

/// The engine's callback for a method that a value does not have itself.
pub(crate) fn call_method(
    state: &mut State,
    value: &Value,
    name: &str,
    args: &[Value],
) -> Result<Value, Error> {
    if value.kind() == ValueKind::Bytes {
        return super::bytes::method(value.as_bytes().unwrap_or_default(), name, args);
    }
    if let Some(text) = value.as_str() {
        let result = match string_method(text, name, args) {
            Err(error) if error.kind() == ErrorKind::UnknownMethod => {
                minijinja_contrib::pycompat::unknown_method_callback(state, value, name, args)
            }
            result => result,
        };
        return result.map(|result| safe_as(value, name, result));
    }
    if let ("is_integer", Ok(number)) = (name, f64::try_from(value.clone()))
        && value.is_number()
    {
        let () = from_args(args)?;
        return Ok(Value::from(number.fract() == 0.0));
    }
    if matches!(name, "index" | "count") && matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable) {
        let (item,): (Value,) = from_args(args)?;
        if name == "count" {
            return Ok(Value::from(value.try_iter()?.filter(|other| *other == item).count()));
        }
        let at = value.try_iter()?.position(|other| other == item);
        return at.map(Value::from).ok_or_else(|| wrong("the value is not in the sequence"));
    }
    if let ("conjugate", true) = (name, matches!(value.kind(), ValueKind::Number | ValueKind::Bool)) {
        let () = from_args(args)?;
        return Ok(value.clone());
    }
    if let ("bit_length", Ok(number)) = (name, i128::try_from(value.clone()))
        && value.is_integer()
    {
        let () = from_args(args)?;
        return Ok(Value::from(128 - number.unsigned_abs().leading_zeros()));
    }
    minijinja_contrib::pycompat::unknown_method_callback(state, value, name, args)
}

/// What a method makes of a safe text is safe, where nothing else comes in.
fn safe_as(value: &Value, name: &str, result: Value) -> Value {
    const KEEP: [&str; 16] = [
        "capitalize",
        "casefold",
        "center",
        "expandtabs",
        "ljust",
        "lower",
        "lstrip",
        "removeprefix",
        "removesuffix",
        "rjust",
        "rstrip",
        "strip",
        "swapcase",
        "title",
        "upper",
        "zfill",
    ];
    if !value.is_safe() || !KEEP.contains(&name) {
        return result;
    }
    result.as_str().map(|text| Value::from_safe_string(text.to_owned())).unwrap_or(result)
}

pub(super) fn unknown() -> Error {
    Error::from(ErrorKind::UnknownMethod)
}

pub(super) fn wrong(message: &'static str) -> Error {
    crate::error::own(ErrorKind::InvalidOperation, message)
}

/// Methods that the engine's Python layer lacks or has otherwise.
fn string_method(text: &str, name: &str, args: &[Value]) -> Result<Value, Error> {
    match name {
        "split" | "rsplit" => split(text, name == "rsplit", args),
        "partition" | "rpartition" => {
            let (separator,): (&str,) = from_args(args)?;
            let found =
                if name == "partition" { text.split_once(separator) } else { text.rsplit_once(separator) };
            let parts = match found {
                Some((before, after)) => [before, separator, after],
                None if name == "partition" => [text, "", ""],
                None => ["", "", text],
            };
            Ok(Value::from(Tuple::new(parts.map(Value::from).to_vec())))
        }
        "zfill" => {
            let (width,): (i64,) = from_args(args)?;
            let width = checked_width(width)?;
            let (sign, digits) = match text.strip_prefix(['+', '-']) {
                Some(digits) => (&text[..1], digits),
                None => ("", text),
            };
            let zeros = width.saturating_sub(text.chars().count());
            Ok(Value::from(format!("{sign}{}{digits}", "0".repeat(zeros))))
        }
        "format" => super::strformat::format(text, args),
        "format_map" => super::strformat::format_map(text, args),
        "encode" => super::bytes::encode(text, args),
        "translate" => translate(text, args),
        "isprintable" => {
            let () = from_args(args)?;
            Ok(Value::from(text.chars().all(super::text::printable)))
        }
        "ljust" | "rjust" | "center" => justify(text, name, args),
        "removeprefix" => {
            let (prefix,): (&str,) = from_args(args)?;
            Ok(Value::from(text.strip_prefix(prefix).unwrap_or(text)))
        }
        "removesuffix" => {
            let (suffix,): (&str,) = from_args(args)?;
            Ok(Value::from(text.strip_suffix(suffix).unwrap_or(text)))
        }
        "swapcase" | "casefold" => cased(text, name, args),
        "find" | "rfind" | "index" | "rindex" | "count" | "startswith" | "endswith" => {
            super::searching::search(text, name, args)
        }
        "strip" | "lstrip" | "rstrip" => {
            let (chars,): (Option<&str>,) = from_args(args)?;
            Ok(Value::from(super::strip(text, name, chars)))
        }
        "isspace" => {
            let () = from_args(args)?;
            Ok(Value::from(!text.is_empty() && text.chars().all(crate::front::is_space)))
        }
        "title" => {
            let () = from_args(args)?;
            Ok(Value::from(title(text)))
        }
        "join" => {
            let (values,): (&Value,) = from_args(args)?;
            crate::filters::check_iterable(values)?;
            let mut parts = Vec::new();
            for value in values.try_iter()? {
                let part = value.as_str().map(str::to_owned);
                parts.push(
                    part.ok_or_else(|| wrong("join needs strings: use | join, or | map('string') first"))?,
                );
            }
            Ok(Value::from(parts.join(text)))
        }
        "isidentifier" => {
            let () = from_args(args)?;
            let start = text.starts_with(|c: char| c == '_' || c.is_alphabetic());
            Ok(Value::from(start && text.chars().all(|c| c == '_' || c.is_alphanumeric())))
        }
        "istitle" => {
            let () = from_args(args)?;
            Ok(Value::from(text == title(text) && text.chars().any(char::is_alphabetic)))
        }
        "isdecimal" => {
            let () = from_args(args)?;
            Ok(Value::from(!text.is_empty() && text.chars().all(|c| c.is_ascii_digit())))
        }
        "expandtabs" => {
            let (size,): (Option<i64>,) = from_args(args)?;
            Ok(Value::from(expand_tabs(text, checked_width(size.unwrap_or(8))?)))
        }
        "splitlines" => {
            let (keep,): (Option<bool>,) = from_args(args)?;
            Ok(list(split_lines(text, keep.unwrap_or(false)).into_iter().map(Value::from).collect()))
        }
        _ => Err(unknown()),
    }
}

/// `swapcase` and `casefold`.
fn cased(text: &str, name: &str, args: &[Value]) -> Result<Value, Error> {
    let () = from_args(args)?;
    if name == "casefold" {
        return Ok(Value::from(text.to_lowercase().replace('ß', "ss")));
    }
    let swapped = text.chars().flat_map(|c| {
        if c.is_uppercase() { c.to_lowercase().collect::<Vec<_>>() } else { c.to_uppercase().collect() }
    });
    Ok(Value::from(swapped.collect::<String>()))
}

/// `text.translate({97: 'b', 98: none})`: characters by their number.
fn translate(text: &str, args: &[Value]) -> Result<Value, Error> {
    let (table,): (&Value,) = from_args(args)?;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let found = table.get_item(&Value::from(c as u32))?;
        if found.is_undefined() {
            out.push(c);
        } else if let Some(text) = found.as_str() {
            out.push_str(text);
        } else if !found.is_none() {
            let code = found.as_i64().and_then(|code| u32::try_from(code).ok()).and_then(char::from_u32);
            out.push(
                code.ok_or_else(|| wrong("translate: a table maps to numbers of characters, text or none"))?,
            );
        }
    }
    Ok(Value::from(out))
}

fn split(text: &str, from_right: bool, args: &[Value]) -> Result<Value, Error> {
    let (separator, most, kwargs): (Option<Value>, Option<i64>, Kwargs) = from_args(args)?;
    let separator = match separator {
        Some(separator) => Some(separator),
        None => kwargs.get::<Option<Value>>("sep")?,
    };
    let most = match most {
        Some(most) => Some(most),
        None => kwargs.get::<Option<i64>>("maxsplit")?,
    };
    kwargs.assert_all_used()?;
    let most = usize::try_from(most.unwrap_or(-1)).unwrap_or(usize::MAX);
    let parts = match separator.as_ref().filter(|separator| !separator.is_none()) {
        None => split_blanks(text, from_right, most),
        Some(separator) => {
            let separator =
                separator.as_str().ok_or_else(|| wrong("the separator of split must be a string"))?;
            if separator.is_empty() {
                return Err(wrong("empty separator"));
            }
            let count = most.saturating_add(1);
            if from_right {
                let mut parts: Vec<_> = text.rsplitn(count, separator).collect();
                parts.reverse();
                parts
            } else {
                text.splitn(count, separator).collect()
            }
        }
    };
    Ok(list(parts.into_iter().map(Value::from).collect()))
}

fn split_blanks(text: &str, from_right: bool, most: usize) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = super::strip(text, if from_right { "rstrip" } else { "lstrip" }, None);
    while !rest.is_empty() {
        if parts.len() >= most {
            parts.push(rest);
            break;
        }
        let cut =
            if from_right { rest.rfind(crate::front::is_space) } else { rest.find(crate::front::is_space) };
        let Some(cut) = cut else {
            parts.push(rest);
            break;
        };
        let (before, after) = rest.split_at(cut);
        if from_right {
            parts.push(super::strip(after, "lstrip", None));
            rest = super::strip(before, "rstrip", None);
        } else {
            parts.push(before);
            rest = super::strip(after, "lstrip", None);
        }
    }
    if from_right {
        parts.reverse();
    }
    parts
}

/// A width that text is filled up to: below zero it is none, and one that takes all memory is refused.
pub(crate) fn checked_width(width: i64) -> Result<usize, Error> {
    let width = usize::try_from(width.max(0)).unwrap_or(usize::MAX);
    if width > MAX_WIDTH { Err(wrong("this width is too large")) } else { Ok(width) }
}

fn justify(text: &str, name: &str, args: &[Value]) -> Result<Value, Error> {
    let (width, fill): (i64, Option<char>) = from_args(args)?;
    let width = checked_width(width)?;
    let fill = fill.unwrap_or(' ');
    let len = text.chars().count();
    let missing = width.saturating_sub(len);
    let left = match name {
        "ljust" => 0,
        "rjust" => missing,
        // CPython's `pad_string`: an odd blank goes left when the width is odd.
        _ => missing / 2 + (missing & width & 1),
    };
    let repeat = |n: usize| std::iter::repeat_n(fill, n).collect::<String>();
    Ok(Value::from(format!("{}{text}{}", repeat(left), repeat(missing - left))))
}

/// `str.title`: every run of letters begins with a capital.
fn title(text: &str) -> String {
    let mut inside = false;
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if inside {
            out.extend(c.to_lowercase());
        } else {
            out.extend(c.to_uppercase());
        }
        inside = c.is_alphabetic();
    }
    out
}

fn expand_tabs(text: &str, size: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' if size > 0 => {
                let blanks = size - column % size;
                out.extend(std::iter::repeat_n(' ', blanks));
                column += blanks;
            }
            '\t' => {}
            '\n' | '\r' => {
                out.push(c);
                column = 0;
            }
            _ => {
                out.push(c);
                column += 1;
            }
        }
    }
    out
}

/// `str.splitlines`, at all line ends that Python knows.
pub(crate) fn split_lines(text: &str, keep: bool) -> Vec<&str> {
    let mut lines = Vec::new();
    let mut rest = text;
    let ends = |c: char| {
        matches!(
            c,
            '\n' | '\r'
                | '\u{b}'
                | '\u{c}'
                | '\u{1c}'
                | '\u{1d}'
                | '\u{1e}'
                | '\u{85}'
                | '\u{2028}'
                | '\u{2029}'
        )
    };
    while let Some(at) = rest.find(ends) {
        let end = rest[at..].chars().next().map_or(0, char::len_utf8);
        let end = at + if rest[at..].starts_with("\r\n") { 2 } else { end };
        lines.push(&rest[..if keep { end } else { at }]);
        rest = &rest[end..];
    }
    if !rest.is_empty() {
        lines.push(rest);
    }
    lines
}

/// Python's `str.join` for anything printable: Jinja2's `join` filter.
pub(crate) fn join(values: impl Iterator<Item = Value>, separator: &str) -> String {
    let mut out = String::new();
    for (n, value) in values.enumerate() {
        if n > 0 {
            out.push_str(separator);
        }
        out.push_str(&str_of(&value));
    }
    out
}
