//! `tojson` as Jinja2 has it: `json.dumps(sort_keys=True)`, with the characters that HTML minds escaped.

use minijinja::value::{Kwargs, ValueKind};
use minijinja::{Error, ErrorKind, Value};

use crate::python;

/// Deeper than any data; ends the printing of a list that holds itself.
const MAX_DEPTH: usize = 200;

/// How JSON is written: the keywords of Python's `json.dumps`, with the defaults Jinja2 gives them.
#[derive(Debug, Clone)]
pub(super) struct Style {
    sort_keys: bool,
    ascii: bool,
    indent: Option<String>,
    item_separator: Option<String>,
    key_separator: String,
}

impl Default for Style {
    fn default() -> Self {
        Self {
            sort_keys: true,
            ascii: true,
            indent: None,
            item_separator: None,
            key_separator: ": ".to_owned(),
        }
    }
}

impl Style {
    /// As the policy `json.dumps_kwargs` has it.
    pub(super) fn of_policy(keywords: &Value) -> Self {
        let get =
            |key: &str| keywords.get_attr(key).ok().filter(|value| !value.is_undefined() && !value.is_none());
        let mut style = Self {
            // The policy replaces Jinja2's own, which is the sorting alone.
            sort_keys: get("sort_keys").is_some_and(|value| value.is_true()),
            ascii: get("ensure_ascii").is_none_or(|value| value.is_true()),
            indent: get("indent").map(|indent| indentation(&indent)),
            ..Self::default()
        };
        if let Some(pair) = get("separators").and_then(|pair| Some(pair.try_iter().ok()?.collect::<Vec<_>>()))
            && let [items, keys] = pair.as_slice()
        {
            style.item_separator = items.as_str().map(str::to_owned);
            keys.as_str().unwrap_or(": ").clone_into(&mut style.key_separator);
        }
        style
    }

    fn between(&self) -> &str {
        let default = if self.indent.is_some() { "," } else { ", " };
        self.item_separator.as_deref().unwrap_or(default)
    }
}

fn indentation(indent: &Value) -> String {
    match indent.as_str() {
        Some(text) => text.to_owned(),
        None => " ".repeat(usize::try_from(indent.as_i64().unwrap_or(0).max(0)).unwrap_or(0).min(64)),
    }
}

/// The filter.
pub(super) fn tojson(
    style: &Style,
    value: &Value,
    indent: Option<Value>,
    kwargs: Kwargs,
) -> Result<Value, Error> {
    let indent = super::parameter(indent, &kwargs, "indent")?.filter(|indent| !indent.is_none());
    kwargs.assert_all_used()?;
    let mut out = String::new();
    let indented = indent.map(|indent| Style { indent: Some(indentation(&indent)), ..style.clone() });
    write(&mut out, value, indented.as_ref().unwrap_or(style), 0)?;
    Ok(Value::from_safe_string(out))
}

fn write(out: &mut String, value: &Value, style: &Style, depth: usize) -> Result<(), Error> {
    if depth > MAX_DEPTH {
        return Err(wrong("a value that holds itself cannot be written as JSON"));
    }
    match value.kind() {
        ValueKind::None => out.push_str("null"),
        ValueKind::Bool => out.push_str(if value.is_true() { "true" } else { "false" }),
        ValueKind::Number => out.push_str(&number(value)),
        ValueKind::String => string(out, value.as_str().unwrap_or_default(), style),
        ValueKind::Seq | ValueKind::Iterable => {
            let items: Vec<_> = value.try_iter()?.collect();
            block(out, ('[', ']'), items.len(), style, depth, |out, n| {
                write(out, &items[n], style, depth + 1)
            })?;
        }
        ValueKind::Map => {
            let entries = entries(value, style)?;
            block(out, ('{', '}'), entries.len(), style, depth, |out, n| {
                let (key, value) = &entries[n];
                string(out, key, style);
                out.push_str(&style.key_separator);
                write(out, value, style, depth + 1)
            })?;
        }
        ValueKind::Undefined => return Err(super::undefined(value)),
        kind => return Err(wrong(format!("a value of type {kind} cannot be written as JSON"))),
    }
    Ok(())
}

fn block(
    out: &mut String,
    (open, close): (char, char),
    len: usize,
    style: &Style,
    depth: usize,
    mut item: impl FnMut(&mut String, usize) -> Result<(), Error>,
) -> Result<(), Error> {
    let line = |out: &mut String, depth: usize| {
        if let Some(indent) = &style.indent {
            out.push('\n');
            (0..depth).for_each(|_| out.push_str(indent));
        }
    };
    out.push(open);
    for n in 0..len {
        if n > 0 {
            out.push_str(style.between());
        }
        line(out, depth + 1);
        item(out, n)?;
    }
    if len > 0 {
        line(out, depth);
    }
    out.push(close);
    Ok(())
}

/// The entries with keys as JSON has them, sorted as Python sorts them: by text, or by number.
fn entries(value: &Value, style: &Style) -> Result<Vec<(String, Value)>, Error> {
    let mut keys: Vec<_> = value.try_iter()?.collect();
    if !style.sort_keys {
        return keys.into_iter().map(|key| Ok((key_text(&key)?, value.get_item(&key)?))).collect();
    }
    let strings = keys.iter().filter(|key| key.kind() == ValueKind::String).count();
    if strings != 0 && strings != keys.len() {
        return Err(wrong("keys of different types cannot be sorted for JSON"));
    }
    keys.sort();
    keys.into_iter().map(|key| Ok((key_text(&key)?, value.get_item(&key)?))).collect()
}

fn key_text(key: &Value) -> Result<String, Error> {
    Ok(match key.kind() {
        ValueKind::String => key.as_str().unwrap_or_default().to_owned(),
        ValueKind::None => "null".to_owned(),
        ValueKind::Bool => key.is_true().to_string(),
        ValueKind::Number => number(key),
        kind => return Err(wrong(format!("a key of type {kind} cannot be written as JSON"))),
    })
}

fn number(value: &Value) -> String {
    match python::repr(value).as_str() {
        "nan" => "NaN".to_owned(),
        "inf" => "Infinity".to_owned(),
        "-inf" => "-Infinity".to_owned(),
        text => text.to_owned(),
    }
}

/// `json.dumps` with `ensure_ascii`, then Jinja2's `htmlsafe_json_dumps`.
fn string(out: &mut String, text: &str, style: &Style) {
    use std::fmt::Write as _;
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
            '\u{80}'.. if !style.ascii => out.push(c),
            '<' | '>' | '&' | '\'' | '\0'..='\u{1f}' | '\u{7f}'.. => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    // Writing to a string cannot fail.
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

fn wrong(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    crate::error::own(ErrorKind::InvalidOperation, message)
}
