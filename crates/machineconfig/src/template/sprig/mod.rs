//! sprig's functions (v3.3), by what they work on. Those that give something else each time are refused.

mod collections;
mod convert;
mod encoding;
mod numbers;
mod regexes;
mod text;
mod words;

use std::borrow::Cow;

use super::functions::Answer;
use super::value::Val;

pub(super) use text::quoted;

/// Calls a function.
pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Answer<'a> {
    // `mustX` is X that may fail; every function here may.
    let plain = name.strip_prefix("must").filter(|rest| rest.starts_with(char::is_uppercase));
    let lowered = plain.map(|rest| rest[..1].to_lowercase() + &rest[1..]);
    let name = lowered.as_deref().unwrap_or(name);
    let answer = text::call(name, arguments)
        .or_else(|| words::call(name, arguments))
        .or_else(|| numbers::call(name, arguments))
        .or_else(|| convert::call(name, arguments))
        .or_else(|| collections::call(name, arguments))
        .or_else(|| regexes::call(name, arguments))
        .or_else(|| encoding::call(name, arguments));
    answer.unwrap_or_else(|| Err(unknown(name).to_owned()))
}

fn unknown(name: &str) -> &'static str {
    const CHANGING: [&str; 22] = [
        "now",
        "date",
        "dateInZone",
        "dateModify",
        "date_modify",
        "ago",
        "htmlDate",
        "htmlDateInZone",
        "unixEpoch",
        "toDate",
        "duration",
        "randAlphaNum",
        "randAlpha",
        "randAscii",
        "randNumeric",
        "randBytes",
        "randInt",
        "shuffle",
        "uuidv4",
        "genPrivateKey",
        "bcrypt",
        "htpasswd",
    ];
    if CHANGING.contains(&name)
        || name.starts_with("gen")
        || name.starts_with("encryptAES")
        || name.starts_with("derive")
    {
        return "this function is not supported: it would give something else each time";
    }
    "this function is not known"
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
    arguments.get(n).map(numbers::to_int).ok_or_else(|| format!("argument {} is missing", n + 1))
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
