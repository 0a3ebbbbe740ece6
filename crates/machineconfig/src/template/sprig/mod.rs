//! sprig's functions (v3.3), by what they work on. Those that give something else each time are refused.

mod bases;
mod cases;
mod cast;
mod convert;
mod decimal;
mod dictionaries;
mod encoding;
mod json;
mod lists;
mod numbers;
mod paths;
mod regexes;
mod semver;
mod text;
mod words;

use std::borrow::Cow;

use super::functions::Answer;
use super::value::Val;

/// Calls a function. What it is given was looked at: as many values as it takes, of the types it takes.
pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Answer<'a> {
    // `mustX` is X that may fail; most functions here may.
    let plain = name.strip_prefix("must").filter(|rest| rest.starts_with(char::is_uppercase));
    let lowered = plain.map(|rest| rest[..1].to_lowercase() + &rest[1..]);
    let must = lowered.is_some();
    let name = lowered.as_deref().unwrap_or(name);
    let answer = text::call(name, arguments)
        .or_else(|| words::call(name, arguments))
        .or_else(|| cases::call(name, arguments))
        .or_else(|| numbers::call(name, arguments))
        .or_else(|| convert::call(name, arguments))
        .or_else(|| json::call(name, arguments, must))
        .or_else(|| paths::call(name, arguments))
        .or_else(|| lists::call(name, arguments))
        .or_else(|| dictionaries::call(name, arguments))
        .or_else(|| regexes::call(name, arguments, must))
        .or_else(|| semver::call(name, arguments))
        .or_else(|| encoding::call(name, arguments));
    answer.unwrap_or_else(|| Err(unsupported(name).to_owned()))
}

fn unsupported(name: &str) -> &'static str {
    match name {
        "call" => "this function is not supported: there are no functions among the values",
        "getHostByName" => "this function is not supported: it would ask the network",
        _ => "this function is not supported: it would give something else each time",
    }
}

/// The text a value stands for: what sprig's `strval` makes of it.
fn string(value: &Val<'_>) -> String {
    super::print::string(value)
}

/// The argument at `n` as a text.
fn text_at(arguments: &[Val<'_>], n: usize) -> Result<String, String> {
    match arguments.get(n).map(Val::target) {
        Some(Val::Text(text)) => Ok(text.to_string()),
        Some(other) => Err(format!("argument {} must be a text, not a {}", n + 1, other.kind())),
        None => Err(format!("argument {} is missing", n + 1)),
    }
}

/// The argument at `n` as a number, whatever it is.
fn int_at(arguments: &[Val<'_>], n: usize) -> Result<i64, String> {
    arguments.get(n).map(cast::to_int).ok_or_else(|| format!("argument {} is missing", n + 1))
}

/// The argument at `n` as a length.
fn size_at(arguments: &[Val<'_>], n: usize) -> Result<usize, String> {
    usize::try_from(int_at(arguments, n)?).map_err(|_| format!("argument {} is negative", n + 1))
}

/// The argument at `n` as a list.
fn list_at<'v, 'a>(arguments: &'v [Val<'a>], n: usize) -> Result<Cow<'v, [Val<'a>]>, String> {
    let value = arguments.get(n).ok_or_else(|| format!("argument {} is missing", n + 1))?;
    value.items().ok_or_else(|| format!("argument {} must be a list, not a {}", n + 1, value.target().kind()))
}

/// The texts of a list but for those that are nothing; what is no list is a text of its own.
fn strings(value: &Val<'_>) -> Vec<String> {
    match value.items() {
        Some(items) => items.iter().filter(|item| !matches!(item, Val::Nil)).map(string).collect(),
        None if matches!(value, Val::Nil) => Vec::new(),
        None => vec![string(value)],
    }
}
