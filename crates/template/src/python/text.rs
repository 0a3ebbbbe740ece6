//! `str()` and `repr()` as Python 3.11 has them.

use std::fmt::Write as _;

use minijinja::Value;
use minijinja::value::ValueKind;

use super::range::Range;
use super::views::{Group, View};
use crate::bridge::PyObject;

/// Python's `str(value)`; an undefined value is empty, as in Jinja2.
pub(crate) fn str_of(value: &Value) -> String {
    match value.kind() {
        ValueKind::String => value.as_str().unwrap_or_default().to_owned(),
        ValueKind::Undefined => String::new(),
        _ => match value.downcast_object_ref::<PyObject>() {
            Some(object) => object.text(false),
            None => repr(value),
        },
    }
}

/// Python's `repr(value)`.
pub(crate) fn repr(value: &Value) -> String {
    let mut out = String::new();
    write_repr(&mut out, value, 0);
    out
}

/// As [`repr`], with the keys of dicts in order: `pprint` of what fits one line.
pub(crate) fn repr_sorted(value: &Value) -> String {
    fn sorted(value: &Value, depth: usize) -> Value {
        match value.kind() {
            ValueKind::Map if depth < MAX_DEPTH => {
                let mut keys: Vec<_> = value.try_iter().into_iter().flatten().collect();
                keys.sort();
                let item = |key: &Value| sorted(&value.get_item(key).unwrap_or_default(), depth + 1);
                super::dict(keys.iter().map(|key| (key.clone(), item(key))).collect::<Vec<_>>())
            }
            ValueKind::Seq if depth < MAX_DEPTH && !value.is_tuple() => super::list(
                value.try_iter().into_iter().flatten().map(|item| sorted(&item, depth + 1)).collect(),
            ),
            _ => value.clone(),
        }
    }
    repr(&sorted(value, 0))
}

/// Deeper than any data; ends the printing of a list that holds itself.
const MAX_DEPTH: usize = 200;

fn write_repr(out: &mut String, value: &Value, depth: usize) {
    if let Some(object) = value.downcast_object_ref::<PyObject>() {
        out.push_str(&object.text(true));
        return;
    }
    match value.kind() {
        ValueKind::Undefined => out.push_str("Undefined"),
        ValueKind::None => out.push_str("None"),
        ValueKind::Bool => out.push_str(if value.is_true() { "True" } else { "False" }),
        ValueKind::String => out.push_str(&string_repr(value.as_str().unwrap_or_default())),
        ValueKind::Number if value.is_integer() => {
            // Writing to a string cannot fail.
            let _ = write!(out, "{value}");
        }
        ValueKind::Number => out.push_str(&float_repr(f64::try_from(value.clone()).unwrap_or(f64::NAN))),
        ValueKind::Bytes => out.push_str(&super::bytes::repr(value.as_bytes().unwrap_or_default())),
        ValueKind::Seq | ValueKind::Iterable | ValueKind::Map if depth > MAX_DEPTH => out.push_str("..."),
        ValueKind::Seq | ValueKind::Iterable => sequence(out, value, depth),
        ValueKind::Map => mapping(out, value, depth),
        _ => {
            let _ = write!(out, "{value}");
        }
    }
}

fn sequence(out: &mut String, value: &Value, depth: usize) {
    if let Some(range) = value.downcast_object_ref::<Range>() {
        out.push_str(&range.text());
        return;
    }
    let view = value.downcast_object_ref::<View>();
    let is_tuple = value.is_tuple() || value.downcast_object_ref::<Group>().is_some();
    if let Some(view) = view {
        out.push_str(view.name);
        out.push('(');
    }
    let (open, close) = if is_tuple { ('(', ')') } else { ('[', ']') };
    out.push(open);
    let mut count = 0;
    for item in value.try_iter().into_iter().flatten() {
        if count > 0 {
            out.push_str(", ");
        }
        write_repr(out, &item, depth + 1);
        count += 1;
    }
    if value.is_tuple() && count == 1 {
        out.push(',');
    }
    out.push(close);
    if view.is_some() {
        out.push(')');
    }
}

fn mapping(out: &mut String, value: &Value, depth: usize) {
    out.push('{');
    for (n, key) in value.try_iter().into_iter().flatten().enumerate() {
        if n > 0 {
            out.push_str(", ");
        }
        write_repr(out, &key, depth + 1);
        out.push_str(": ");
        write_repr(out, &value.get_item(&key).unwrap_or_default(), depth + 1);
    }
    out.push('}');
}

/// Python's `repr` of a float: the shortest digits that read back, with an exponent below 1e-4 and from 1e16.
pub(crate) fn float_repr(value: f64) -> String {
    if value.is_nan() {
        return "nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else { return scientific };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    if value != 0.0 && !(-4..16).contains(&exponent) {
        let sign = if exponent < 0 { '-' } else { '+' };
        return format!("{mantissa}e{sign}{:02}", exponent.abs());
    }
    let mut text = value.to_string();
    if !text.contains('.') {
        text.push_str(".0");
    }
    text
}

/// Python's `repr` of a string.
pub(crate) fn string_repr(text: &str) -> String {
    let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
    let mut out = String::with_capacity(text.len() + 2);
    out.push(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if c == quote => {
                out.push('\\');
                out.push(c);
            }
            c if printable(c) => out.push(c),
            c => {
                let code = c as u32;
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    0x100..=0xffff => write!(out, "\\u{code:04x}"),
                    _ => write!(out, "\\U{code:08x}"),
                };
            }
        }
    }
    out.push(quote);
    out
}

/// `str.isprintable` for a character, as far as the standard library's tables reach: separators other than the
/// blank, controls, format characters and private use are not printable.
pub(super) fn printable(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_control();
    }
    let format = matches!(c as u32,
        0xad | 0x600..=0x605 | 0x61c | 0x6dd | 0x70f | 0x180e | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f
        | 0xfeff | 0xfff0..=0xfffb | 0xfffe | 0xffff | 0xe000..=0xf8ff | 0xe0000..=0x0010_ffff);
    !(c.is_control() || c.is_whitespace() || format)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expectations: `repr()` of CPython 3.11.
    #[test]
    fn floats() {
        for (value, want) in [
            (0.0, "0.0"),
            (-0.0, "-0.0"),
            (200.0, "200.0"),
            (0.1, "0.1"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e300, "1.5e+300"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1.25e-7, "1.25e-07"),
            (f64::INFINITY, "inf"),
        ] {
            assert_eq!(float_repr(value), want);
        }
    }

    #[test]
    fn strings() {
        for (text, want) in [
            ("a", "'a'"),
            ("it's", "\"it's\""),
            ("it's \"x\"", "'it\\'s \"x\"'"),
            ("a\\b\n\t\u{7f}", "'a\\\\b\\n\\t\\x7f'"),
            ("é\u{a0}\u{200b}", "'é\\xa0\\u200b'"),
        ] {
            assert_eq!(string_repr(text), want);
        }
    }

    #[test]
    fn containers() {
        let value =
            crate::to_jinja(&yaml::Value::from(serde_json::json!({"a": [1, 2.0, true, null, "x"], "b": {}})));
        assert_eq!(repr(&value), "{'a': [1, 2.0, True, None, 'x'], 'b': {}}");
        let tuple = Value::from(minijinja::value::Tuple::new(vec![Value::from(1)]));
        assert_eq!(repr(&tuple), "(1,)");
    }
}
