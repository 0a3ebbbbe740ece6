//! HTML and URLs: `escape` as markupsafe does it, `urlencode`.

use std::fmt::Write as _;

use minijinja::value::ValueKind;
use minijinja::{Error, State, Value};

use crate::python;

/// As markupsafe escapes.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\'' => out.push_str("&#39;"),
            '"' => out.push_str("&#34;"),
            c => out.push(c),
        }
    }
    out
}

/// A text that is made of another: safe if that is.
pub(crate) fn like(value: &Value, text: String) -> Value {
    if value.is_safe() { Value::from_safe_string(text) } else { Value::from(text) }
}

/// Whether printed values are escaped.
pub(super) fn escapes(state: &State) -> bool {
    matches!(state.auto_escape(), minijinja::AutoEscape::Html)
}

/// The text of a value within a safe text.
pub(super) fn within_safe(value: &Value) -> String {
    let text = python::str_of(value);
    if value.is_safe() { text } else { escaped(&text) }
}

/// `escape`: what is safe already stays.
pub(super) fn escape(state: &State, value: &Value) -> Result<Value, Error> {
    if value.is_safe() { Ok(value.clone()) } else { forceescape(state, value) }
}

/// `forceescape`.
pub(super) fn forceescape(state: &State, value: &Value) -> Result<Value, Error> {
    Ok(Value::from_safe_string(escaped(&super::text(state, value)?)))
}

/// `urlencode`: a text, or the pairs of a query.
pub(super) fn urlencode(state: &State, value: &Value) -> Result<String, Error> {
    super::refuse_undefined(state, value)?;
    let pairs = matches!(value.kind(), ValueKind::Map | ValueKind::Seq | ValueKind::Iterable);
    if !pairs {
        return Ok(quoted(&python::str_of(value), "/"));
    }
    let part = |value: &Value| quoted(&python::str_of(value), "").replace("%20", "+");
    let pairs = python::pairs(value)?;
    Ok(pairs
        .iter()
        .map(|(key, value)| format!("{}={}", part(key), part(value)))
        .collect::<Vec<_>>()
        .join("&"))
}

/// `urllib.parse.quote`.
fn quoted(text: &str, safe: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        let c = char::from(byte);
        if c.is_ascii_alphanumeric() || "_.-~".contains(c) || safe.contains(c) {
            out.push(c);
        } else {
            // Writing to a string cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
