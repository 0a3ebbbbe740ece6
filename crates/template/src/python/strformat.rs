//! `'{:>8} {name!r}'.format(…)`: Python's `str.format` and `str.format_map` (Library Reference, "Format String Syntax").

use std::iter::Peekable;
use std::str::Chars;

use minijinja::value::{Kwargs, Rest, from_args};
use minijinja::{Error, Value};

use super::formatspec::{self, Spec};
use super::methods::wrong;
use super::printf::ascii;
use super::text::{repr, str_of};

/// Fields in a format of a field in a format are not allowed.
const MAX_NESTING: usize = 2;

/// The values of a format.
struct Arguments {
    positional: Vec<Value>,
    /// By name: keyword arguments, or the mapping of `format_map`.
    named: Named,
    /// The number of the next `{}`; none once a field was numbered by hand.
    automatic: Option<usize>,
    by_hand: bool,
}

enum Named {
    Keywords(Kwargs),
    Mapping(Value),
}

/// `text.format(*args, **kwargs)`.
pub(super) fn format(text: &str, args: &[Value]) -> Result<Value, Error> {
    let (args, kwargs): (Rest<Value>, Kwargs) = from_args(args)?;
    let named = Named::Keywords(kwargs);
    let mut arguments = Arguments { positional: args.0, named, automatic: Some(0), by_hand: false };
    formatted(text, &mut arguments, MAX_NESTING).map(Value::from)
}

/// `text.format_map(mapping)`.
pub(super) fn format_map(text: &str, args: &[Value]) -> Result<Value, Error> {
    let (mapping,): (Value,) = from_args(args)?;
    let named = Named::Mapping(mapping);
    let mut arguments = Arguments { positional: Vec::new(), named, automatic: Some(0), by_hand: false };
    formatted(text, &mut arguments, MAX_NESTING).map(Value::from)
}

fn formatted(text: &str, arguments: &mut Arguments, nesting: usize) -> Result<String, Error> {
    if nesting == 0 {
        return Err(wrong("str.format: fields are nested too deep"));
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '{' if rest.next_if_eq(&'{').is_some() => out.push('{'),
            '}' if rest.next_if_eq(&'}').is_some() => out.push('}'),
            '{' => out.push_str(&field(&mut rest, arguments, nesting)?),
            '}' => return Err(wrong("str.format: a single '}' stands in the format")),
            c => out.push(c),
        }
    }
    Ok(out)
}

/// What stands between `{` and `}`: NAME, `!` and a conversion, `:` and a format, in which fields may stand.
fn field(rest: &mut Peekable<Chars>, arguments: &mut Arguments, nesting: usize) -> Result<String, Error> {
    let mut name = String::new();
    let mut brackets = false;
    let end = loop {
        let c = rest.next().ok_or_else(|| wrong("str.format: a '{' is not closed"))?;
        match c {
            '[' => brackets = true,
            ']' => brackets = false,
            '}' | ':' | '!' if !brackets => break c,
            '{' => return Err(wrong("str.format: a '{' stands in the name of a field")),
            _ => {}
        }
        name.push(c);
    };
    let mut conversion = None;
    let mut end = end;
    if end == '!' {
        conversion = rest.next();
        end = rest.next().ok_or_else(|| wrong("str.format: a '{' is not closed"))?;
        if !matches!(end, '}' | ':') {
            return Err(wrong("str.format: ':' is expected after a conversion such as !r"));
        }
    }
    let format = if end == ':' { format_of(rest)? } else { String::new() };
    let value = arguments.value(&name)?;
    let format =
        if format.contains(['{', '}']) { formatted(&format, arguments, nesting - 1)? } else { format };
    let value = match conversion {
        None => value,
        Some('r') => Value::from(repr(&value)),
        Some('s') => Value::from(str_of(&value)),
        Some('a') => Value::from(repr(&value).chars().flat_map(ascii).collect::<String>()),
        Some(_) => return Err(wrong("str.format: conversions are !r, !s and !a")),
    };
    formatspec::format(&value, &Spec::parse(&format)?)
}

/// The format up to the brace that closes the field.
fn format_of(rest: &mut Peekable<Chars>) -> Result<String, Error> {
    let mut format = String::new();
    let mut depth = 0usize;
    for c in rest.by_ref() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => return Ok(format),
            '}' => depth -= 1,
            _ => {}
        }
        format.push(c);
    }
    Err(wrong("str.format: a '{' is not closed"))
}

impl Arguments {
    /// `NAME.attribute[key]`.
    fn value(&mut self, field: &str) -> Result<Value, Error> {
        let end = field.find(['.', '[']).unwrap_or(field.len());
        let (first, mut rest) = field.split_at(end);
        let mut value = self.first(first)?;
        while !rest.is_empty() {
            if let Some(inner) = rest.strip_prefix('[') {
                let (key, behind) =
                    inner.split_once(']').ok_or_else(|| wrong("str.format: a '[' is not closed"))?;
                let key = key.parse::<usize>().map_or_else(|_| Value::from(key), Value::from);
                value = value.get_item(&key)?;
                rest = behind;
            } else if let Some(inner) = rest.strip_prefix('.') {
                let end = inner.find(['.', '[']).unwrap_or(inner.len());
                value = value.get_attr(&inner[..end])?;
                rest = &inner[end..];
            } else {
                return Err(wrong("str.format: only '.' or '[' may follow ']' in the name of a field"));
            }
            if value.is_undefined() {
                return Err(wrong("str.format: a field names what its value does not have"));
            }
        }
        Ok(value)
    }

    fn first(&mut self, name: &str) -> Result<Value, Error> {
        let missing = || wrong("str.format: there is no argument for a field of the format");
        if name.is_empty() {
            if self.by_hand {
                return Err(wrong("str.format: fields are numbered by hand and not"));
            }
            let at = self.automatic.get_or_insert(0);
            let value = self.positional.get(*at).cloned();
            *at += 1;
            return value.ok_or_else(missing);
        }
        if let Ok(at) = name.parse::<usize>() {
            if self.automatic.is_some_and(|at| at > 0) {
                return Err(wrong("str.format: fields are numbered by hand and not"));
            }
            self.by_hand = true;
            return self.positional.get(at).cloned().ok_or_else(missing);
        }
        match &self.named {
            Named::Keywords(kwargs) => kwargs.peek::<Value>(name).map_err(|_| missing()),
            Named::Mapping(mapping) => {
                let value = mapping.get_item(&Value::from(name))?;
                if value.is_undefined() { Err(missing()) } else { Ok(value) }
            }
        }
    }
}
