//! JSON, to and fro.

use super::text_at;
use crate::template::functions::Answer;
use crate::template::print;
use crate::template::value::Val;

/// `must` tells what cannot be written or read; without it that gives nothing.
pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>], must: bool) -> Option<Answer<'a>> {
    let write = |html: bool| match arguments.first() {
        Some(value) if !writable(value) => {
            Err("infinity and what is no number have no place in JSON".to_owned())
        }
        Some(value) => Ok(print::json(value, html)),
        None => Err("a value is missing".to_owned()),
    };
    let lenient = |text: Result<String, String>| if must { text } else { Ok(text.unwrap_or_default()) };
    Some(match name {
        "toJson" => lenient(write(true)).map(Val::text),
        "toPrettyJson" => lenient(write(true)).map(|json| Val::text(pretty(&json))),
        "toRawJson" => write(false).map(Val::text),
        "fromJson" => match (text_at(arguments, 0).and_then(|text| read(&text)), must) {
            (Err(_), false) => Ok(Val::Nil),
            (read, _) => read,
        },
        _ => return None,
    })
}

fn writable(value: &Val<'_>) -> bool {
    match value {
        Val::Float(value) => value.is_finite(),
        Val::List(items) => items.iter().all(writable),
        Val::Map(map) => map.entries.borrow().values().all(writable),
        Val::Pointer(inner) => writable(inner),
        _ => true,
    }
}

fn read<'a>(text: &str) -> Answer<'a> {
    let value = serde_json::from_str(text).map_err(|_| "this is not JSON".to_owned())?;
    Ok(owned(value))
}

/// Numbers of JSON are floats in Go.
fn owned<'a>(value: serde_json::Value) -> Val<'a> {
    use serde_json::Value;
    match value {
        Value::Null => Val::Nil,
        Value::Bool(value) => Val::Bool(value),
        Value::Number(number) => Val::Float(number.as_f64().unwrap_or_default()),
        Value::String(text) => Val::text(text),
        Value::Array(items) => Val::list(items.into_iter().map(owned).collect()),
        Value::Object(entries) => {
            Val::map(entries.into_iter().map(|(key, value)| (key, owned(value))).collect())
        }
    }
}

/// JSON with line breaks and two blanks a level.
fn pretty(json: &str) -> String {
    let (mut out, mut level, mut quoted, mut escaped) = (String::new(), 0_usize, false, false);
    let mut chars = json.chars().peekable();
    while let Some(c) = chars.next() {
        if quoted {
            out.push(c);
            quoted = escaped || c != '"';
            escaped = c == '\\' && !escaped;
            continue;
        }
        match c {
            '{' | '[' => {
                out.push(c);
                if let Some(close) = chars.next_if(|next| matches!(next, '}' | ']')) {
                    out.push(close);
                } else {
                    level += 1;
                    out.push('\n');
                    out.push_str(&"  ".repeat(level));
                }
            }
            '}' | ']' => {
                level = level.saturating_sub(1);
                out.push('\n');
                out.push_str(&"  ".repeat(level));
                out.push(c);
            }
            ',' => {
                out.push_str(",\n");
                out.push_str(&"  ".repeat(level));
            }
            ':' => out.push_str(": "),
            c => {
                quoted = c == '"';
                out.push(c);
            }
        }
    }
    out
}
