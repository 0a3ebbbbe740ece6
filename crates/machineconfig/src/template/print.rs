//! How values look as text: Go's `%v`.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use yaml::go;

use super::value::Val;

/// A value as an action prints it.
pub(crate) fn print(value: &Val<'_>) -> String {
    match value {
        Val::Nil => "<no value>".to_owned(),
        other => format(other.target()),
    }
}

/// A value as `%v` prints it.
pub(crate) fn format(value: &Val<'_>) -> String {
    match value {
        Val::Nil | Val::NilPointer => "<nil>".to_owned(),
        Val::Bool(value) => value.to_string(),
        Val::Int(value) | Val::Long(value) => value.to_string(),
        Val::Byte(value) => value.to_string(),
        Val::Float(value) => go::float(*value),
        Val::Text(text) => text.to_string(),
        Val::List(items) => format!("[{}]", joined(items.iter().map(format))),
        Val::Bytes(bytes) => format!("[{}]", joined(bytes.iter().map(u8::to_string))),
        Val::Mode(mode) => format!("0o{mode:o}"),
        Val::Map(map) => {
            let entries = map.entries.borrow();
            format!("map[{}]", joined(entries.iter().map(|(key, value)| format!("{key}:{}", format(value)))))
        }
        Val::Record(record) => match &record.text {
            Some(text) => text.clone(),
            None => format!("{{{}}}", joined(record.fields.iter().map(|(_, value)| format(value)))),
        },
        Val::Struct(structure) => {
            format!("{{{}}}", joined(structure.fields().iter().map(|(_, value)| format(value))))
        }
        Val::Pointer(inner) => match inner.target() {
            value @ Val::Struct(_) => format!("&{}", format(value)),
            Val::Record(record) if record.text.is_none() => format!("&{}", format(inner)),
            value => format(value),
        },
    }
}

fn joined(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(" ")
}

/// A value as sprig's functions turn it into text: bytes are one already.
pub(crate) fn string(value: &Val<'_>) -> String {
    match value {
        Val::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        other => format(other),
    }
}

/// JSON as Go's encoder writes it.
pub(crate) fn json(value: &Val<'_>, html: bool) -> String {
    match value {
        Val::Nil | Val::NilPointer => "null".to_owned(),
        Val::Bool(value) => value.to_string(),
        Val::Int(value) | Val::Long(value) => value.to_string(),
        Val::Byte(value) => value.to_string(),
        Val::Float(value) => go::json_float(*value),
        Val::Text(text) => json_text(text, html),
        Val::List(items) if items.nil => "null".to_owned(),
        Val::Map(map) if map.nil => "null".to_owned(),
        Val::List(items) => {
            format!("[{}]", items.iter().map(|item| json(item, html)).collect::<Vec<_>>().join(","))
        }
        Val::Map(map) => object(map.entries.borrow().iter().map(|(key, value)| (key.as_str(), value)), html),
        Val::Struct(structure) => object(structure.fields().iter().map(|(name, value)| (*name, value)), html),
        Val::Bytes(bytes) => json_text(&STANDARD.encode(bytes), html),
        Val::Mode(mode) => mode.to_string(),
        // A version has no fields.
        Val::Record(record) if record.fields.is_empty() && record.text.is_some() => {
            json_text(record.text.as_deref().unwrap_or_default(), html)
        }
        Val::Record(record) => object(record.fields.iter().map(|(name, value)| (name.as_str(), value)), html),
        Val::Pointer(inner) => json(inner, html),
    }
}

fn object<'v, 'a: 'v>(entries: impl Iterator<Item = (&'v str, &'v Val<'a>)>, html: bool) -> String {
    let pairs = entries.map(|(name, value)| format!("{}:{}", json_text(name, html), json(value, html)));
    format!("{{{}}}", pairs.collect::<Vec<_>>().join(","))
}

fn json_text(text: &str, html: bool) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '<' | '>' | '&' if html => drop(write!(out, "\\u{:04x}", u32::from(c))),
            '\0'..' ' | '\u{2028}' | '\u{2029}' => drop(write!(out, "\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
