//! The functions of text/template itself; what is not here is sprig's.

use cliutil::hex;
use std::cmp::Ordering;
use std::fmt::Write as _;

use super::value::Val;
use super::{print, sprig};

/// What a function gives, or why it fails.
pub(super) type Answer<'a> = Result<Val<'a>, String>;

/// Calls a function.
pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Answer<'a> {
    match name {
        "not" => Ok(Val::Bool(!one(arguments)?.truth())),
        "len" => length(one(arguments)?),
        "index" => index(arguments),
        "slice" if matches!(arguments.first().map(Val::target), Some(Val::Text(_))) => slice(arguments),
        "print" => Ok(Val::text(spaced(arguments, print::format))),
        "println" => Ok(Val::text(arguments.iter().map(print::format).collect::<Vec<_>>().join(" ") + "\n")),
        "printf" => printf(arguments),
        "html" => Ok(Val::text(escape_html(&spaced(arguments, print::print)))),
        "urlquery" => Ok(Val::text(crate::url::query(&spaced(arguments, print::print)))),
        "eq" => equal(arguments),
        "ne" => match arguments {
            [left, right] => Ok(Val::Bool(!same(left, right)?)),
            _ => Err("two values are needed".to_owned()),
        },
        "lt" => compare(arguments, &[Ordering::Less]),
        "le" => compare(arguments, &[Ordering::Less, Ordering::Equal]),
        "gt" => compare(arguments, &[Ordering::Greater]),
        "ge" => compare(arguments, &[Ordering::Greater, Ordering::Equal]),
        _ => sprig::call(name, arguments),
    }
}

pub(super) fn one<'v, 'a>(arguments: &'v [Val<'a>]) -> Result<&'v Val<'a>, String> {
    match arguments {
        [value] => Ok(value),
        _ => Err("one value is needed".to_owned()),
    }
}

pub(super) fn length<'a>(value: &Val<'_>) -> Answer<'a> {
    let length = match value.target() {
        Val::Text(text) => text.len(),
        Val::List(items) => items.len(),
        Val::Bytes(bytes) => bytes.len(),
        Val::Map(map) => map.entries.borrow().len(),
        other => return Err(format!("a {} has no length", other.kind())),
    };
    Ok(Val::Int(i64::try_from(length).unwrap_or(i64::MAX)))
}

fn index<'a>(arguments: &[Val<'a>]) -> Answer<'a> {
    let (first, keys) = arguments.split_first().ok_or("a value is needed")?;
    let mut value = first.clone();
    for key in keys {
        value = match (value.target(), key.target()) {
            (Val::Map(map), Val::Text(key)) => {
                let missing = if map.texts { Val::text("") } else { Val::Nil };
                map.entries.borrow().get(&**key).cloned().unwrap_or(missing)
            }
            (Val::Bytes(bytes), Val::Int(at)) => {
                let byte = usize::try_from(*at).ok().and_then(|at| bytes.get(at));
                byte.map(|byte| Val::Int(i64::from(*byte))).ok_or_else(|| format!("there is no byte {at}"))?
            }
            (Val::List(items), Val::Int(at)) => {
                let item = usize::try_from(*at).ok().and_then(|at| items.get(at));
                item.cloned().ok_or_else(|| format!("there is no item {at} in a list of {}", items.len()))?
            }
            (Val::Text(text), Val::Int(at)) => {
                let byte = usize::try_from(*at).ok().and_then(|at| text.as_bytes().get(at));
                byte.map(|byte| Val::Int(i64::from(*byte)))
                    .ok_or_else(|| format!("there is no character {at}"))?
            }
            (Val::Nil | Val::NilPointer, _) => return Err("there is nothing to index".to_owned()),
            (value, key) => {
                return Err(format!("a {} cannot be indexed with a {}", value.kind(), key.kind()));
            }
        };
    }
    Ok(value)
}

/// A part of a text; lists are sprig's business.
fn slice<'a>(arguments: &[Val<'a>]) -> Answer<'a> {
    let (Some(Val::Text(text)), bounds) = (arguments.first().map(Val::target), &arguments[1..]) else {
        return Err("a text is needed".to_owned());
    };
    let bound = |n: usize, default: usize| match bounds.get(n).map(Val::target) {
        None => Ok(default),
        Some(Val::Int(at)) => usize::try_from(*at).map_err(|_| "a bound is negative".to_owned()),
        Some(other) => Err(format!("a {} is no bound", other.kind())),
    };
    let (start, end) = (bound(0, 0)?, bound(1, text.len())?);
    text.get(start..end).map(Val::text).ok_or_else(|| "the bounds are outside of the text".to_owned())
}

/// As `print`: blanks between neighbours of which neither is a text.
fn spaced(arguments: &[Val<'_>], form: impl Fn(&Val<'_>) -> String) -> String {
    let mut out = String::new();
    let mut after_text = true;
    for (n, value) in arguments.iter().enumerate() {
        let is_text = matches!(value.target(), Val::Text(_));
        if n > 0 && !is_text && !after_text {
            out.push(' ');
        }
        out.push_str(&form(value));
        after_text = is_text;
    }
    out
}

fn escape_html(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('"', "&#34;")
        .replace('\'', "&#39;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn equal<'a>(arguments: &[Val<'a>]) -> Answer<'a> {
    let (first, rest) = arguments.split_first().ok_or("two values are needed")?;
    if rest.is_empty() {
        return Err("two values are needed".to_owned());
    }
    for other in rest {
        if same(first, other)? {
            return Ok(Val::Bool(true));
        }
    }
    Ok(Val::Bool(false))
}

fn same(left: &Val<'_>, right: &Val<'_>) -> Result<bool, String> {
    if let (Some(left), Some(right)) = (left.int(), right.int()) {
        return Ok(left == right);
    }
    match (left.target(), right.target()) {
        (Val::Bool(left), Val::Bool(right)) => Ok(left == right),
        (Val::Float(left), Val::Float(right)) => Ok(left.total_cmp(right) == Ordering::Equal),
        (Val::Text(left), Val::Text(right)) => Ok(left == right),
        (Val::Nil | Val::NilPointer, Val::Nil | Val::NilPointer) => Ok(true),
        (Val::Nil | Val::NilPointer, _) | (_, Val::Nil | Val::NilPointer) => Ok(false),
        (left, right) => Err(format!("a {} and a {} cannot be compared", left.kind(), right.kind())),
    }
}

fn compare<'a>(arguments: &[Val<'a>], wanted: &[Ordering]) -> Answer<'a> {
    let [left, right] = arguments else { return Err("two values are needed".to_owned()) };
    let order = match (left.target(), right.target()) {
        (Val::Int(_) | Val::Mode(_), Val::Int(_) | Val::Mode(_)) => left.int().cmp(&right.int()),
        (Val::Float(left), Val::Float(right)) => left.total_cmp(right),
        (Val::Text(left), Val::Text(right)) => left.cmp(right),
        (left, right) => return Err(format!("a {} and a {} cannot be compared", left.kind(), right.kind())),
    };
    Ok(Val::Bool(wanted.contains(&order)))
}

/// `printf` with the verbs people use: s, d, v, q, t, f, g, e, x, X, o, b, c, U, with flags, width and precision.
fn printf<'a>(arguments: &[Val<'a>]) -> Answer<'a> {
    let (Some(Val::Text(format)), values) =
        (arguments.first().map(Val::target), arguments.get(1..).unwrap_or_default())
    else {
        return Err("a format is needed".to_owned());
    };
    let mut values = values.iter();
    let mut out = String::new();
    let mut chars = format.chars().peekable();
    while let Some(c) = chars.next() {
        if c != '%' {
            out.push(c);
            continue;
        }
        let mut verb = Verb::default();
        while let Some(flag) = chars.next_if(|c| "-+ #0".contains(*c)) {
            match flag {
                '-' => verb.left = true,
                '+' => verb.plus = true,
                '0' => verb.zero = true,
                '#' => verb.alternate = true,
                _ => {}
            }
        }
        let digits = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>| {
            let mut number = None;
            while let Some(digit) = chars.next_if(char::is_ascii_digit) {
                number = Some(number.unwrap_or(0) * 10 + digit.to_digit(10).unwrap_or(0) as usize);
            }
            number.filter(|number| *number < 10_000)
        };
        verb.width = digits(&mut chars).unwrap_or(0);
        if chars.next_if_eq(&'.').is_some() {
            verb.precision = Some(digits(&mut chars).unwrap_or(0));
        }
        match chars.next() {
            Some('%') => out.push('%'),
            Some(letter) => match values.next() {
                Some(value) => out.push_str(&verb.write(letter, value.target())),
                None => drop(write!(out, "%!{letter}(MISSING)")),
            },
            None => out.push_str("%!(NOVERB)"),
        }
    }
    let extra: Vec<String> =
        values.map(|value| format!("{}={}", value.kind(), print::format(value))).collect();
    if !extra.is_empty() {
        let _ = write!(out, "%!(EXTRA {})", extra.join(", "));
    }
    Ok(Val::text(out))
}

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a format")]
struct Verb {
    left: bool,
    plus: bool,
    zero: bool,
    alternate: bool,
    width: usize,
    precision: Option<usize>,
}

impl Verb {
    fn write(&self, letter: char, value: &Val<'_>) -> String {
        let number = Val::Int(value.int().unwrap_or(0));
        let value = match value {
            Val::Mode(_) if !"svqT".contains(letter) => &number,
            other => other,
        };
        let (sign, body) = match (letter, value) {
            ('d', Val::Int(n)) => self.signed(*n < 0, n.unsigned_abs().to_string()),
            ('x', Val::Int(n)) => self
                .signed(*n < 0, format!("{}{:x}", if self.alternate { "0x" } else { "" }, n.unsigned_abs())),
            ('X', Val::Int(n)) => self.signed(*n < 0, format!("{:X}", n.unsigned_abs())),
            ('o', Val::Int(n)) => self.signed(*n < 0, format!("{:o}", n.unsigned_abs())),
            ('b', Val::Int(n)) => self.signed(*n < 0, format!("{:b}", n.unsigned_abs())),
            ('c', Val::Int(n)) => (
                String::new(),
                u32::try_from(*n).ok().and_then(char::from_u32).unwrap_or('\u{fffd}').to_string(),
            ),
            ('U', Val::Int(n)) => (String::new(), format!("U+{n:04X}")),
            ('f' | 'F', Val::Float(x)) => {
                self.signed(x.is_sign_negative(), format!("{:.*}", self.precision.unwrap_or(6), x.abs()))
            }
            ('g' | 'e' | 'G' | 'E', Val::Float(x)) => {
                self.signed(x.is_sign_negative(), print::float(x.abs()))
            }
            ('v', value) => (String::new(), self.cut(&print::format(value))),
            ('T', Val::Nil) => (String::new(), "<nil>".to_owned()),
            (letter, Val::Nil) => (String::new(), format!("%!{letter}(<nil>)")),
            ('s', value) => (String::new(), self.cut(&print::string(value))),
            ('q', Val::Text(_) | Val::Bytes(_) | Val::Mode(_)) => {
                (String::new(), sprig::quoted(&print::string(value)))
            }
            ('x', Val::Bytes(bytes)) => (String::new(), hex(bytes.as_ref())),
            ('d', Val::Bytes(_)) => (String::new(), print::format(value)),
            ('T', Val::Bytes(_)) => (String::new(), "[]uint8".to_owned()),
            ('t', Val::Bool(value)) => (String::new(), value.to_string()),
            ('x', Val::Text(text)) => (String::new(), hex(text.as_bytes())),
            ('T', value) => (String::new(), value.kind().to_owned()),
            (letter, value) => {
                (String::new(), format!("%!{letter}({}={})", value.kind(), print::format(value)))
            }
        };
        self.pad(&sign, &body)
    }

    fn signed(&self, negative: bool, body: String) -> (String, String) {
        let sign = if negative {
            "-"
        } else if self.plus {
            "+"
        } else {
            ""
        };
        (sign.to_owned(), body)
    }

    fn cut(&self, text: &str) -> String {
        self.precision.map_or_else(|| text.to_owned(), |precision| text.chars().take(precision).collect())
    }

    fn pad(&self, sign: &str, body: &str) -> String {
        let missing = self.width.saturating_sub(sign.chars().count() + body.chars().count());
        if self.left {
            format!("{sign}{body}{}", " ".repeat(missing))
        } else if self.zero {
            format!("{sign}{}{body}", "0".repeat(missing))
        } else {
            format!("{}{sign}{body}", " ".repeat(missing))
        }
    }
}
