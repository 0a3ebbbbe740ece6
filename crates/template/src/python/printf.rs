//! `'%s-%02d' % (a, b)`: Python's printf-style formatting (Library Reference, "printf-style String Formatting").

use std::str::Chars;

use minijinja::value::ValueKind;
use minijinja::{Error, ErrorKind, UndefinedBehavior, Value};

use super::modulo::{Number, number};
use super::text::{float_repr, repr, str_of};

/// Wider or finer than this is refused rather than taking all memory.
const MAX_WIDTH: usize = 100_000;

#[derive(Default)]
#[expect(clippy::struct_excessive_bools, reason = "flags of a format")]
struct Spec {
    alternate: bool,
    zero: bool,
    left: bool,
    space: bool,
    plus: bool,
    width: usize,
    precision: Option<usize>,
}

/// The values of a format, taken one by one or by name.
struct Values<'v> {
    positional: Vec<Value>,
    next: usize,
    mapping: Option<&'v Value>,
    undefined: UndefinedBehavior,
}

/// `format % values`.
pub(super) fn format(format: &str, right: &Value, undefined: UndefinedBehavior) -> Result<String, Error> {
    let positional = if right.is_tuple() { right.try_iter()?.collect() } else { vec![right.clone()] };
    let mapping = (right.kind() == ValueKind::Map).then_some(right);
    let mut values = Values { positional, next: 0, mapping, undefined };
    let mut out = String::with_capacity(format.len());
    let mut rest = format.chars();
    while let Some(c) = rest.next() {
        if c == '%' {
            conversion(&mut out, &mut rest, &mut values)?;
        } else {
            out.push(c);
        }
    }
    // As in CPython, what can be indexed counts as a mapping, which need not be used up.
    let indexed = right.is_undefined() || (right.kind() == ValueKind::Seq && !right.is_tuple());
    if values.next < values.positional.len() && values.mapping.is_none() && !indexed {
        return Err(wrong("not all arguments converted during string formatting"));
    }
    Ok(out)
}

fn conversion(out: &mut String, rest: &mut Chars<'_>, values: &mut Values<'_>) -> Result<(), Error> {
    let named = key(rest)?;
    let mut spec = flags(rest);
    spec.width = size(rest, values)?.map_or(0, |width| {
        spec.left |= width < 0;
        usize::try_from(width.unsigned_abs()).unwrap_or(usize::MAX)
    });
    if next_is(rest, '.') {
        let precision = size(rest, values)?.unwrap_or(0);
        spec.precision = Some(usize::try_from(precision).unwrap_or(0));
    }
    if spec.width > MAX_WIDTH || spec.precision.is_some_and(|precision| precision > MAX_WIDTH) {
        return Err(wrong("a width or precision in this format is too large"));
    }
    while matches!(rest.as_str().chars().next(), Some('h' | 'l' | 'L')) {
        rest.next();
    }
    let kind = rest.next().ok_or_else(|| wrong("incomplete format"))?;
    if kind == '%' && named.is_none() {
        out.push('%');
        return Ok(());
    }
    let value = match &named {
        Some(key) => values.named(key)?,
        None => values.take()?,
    };
    let text = converted(kind, &value, &spec)?;
    pad(out, &text, &spec);
    Ok(())
}

/// Whether a mapping has a key; its value may be undefined.
fn has_key(mapping: &Value, key: &str) -> bool {
    mapping.try_iter().is_ok_and(|mut keys| keys.any(|name| name.as_str() == Some(key)))
}

impl Values<'_> {
    fn take(&mut self) -> Result<Value, Error> {
        let value = self.positional.get(self.next).cloned();
        self.next += 1;
        self.defined(value.ok_or_else(|| wrong("not enough arguments for format string"))?)
    }

    fn named(&self, key: &str) -> Result<Value, Error> {
        let mapping = self.mapping.ok_or_else(|| wrong("format requires a mapping"))?;
        let value = mapping.get_item(&Value::from(key))?;
        if value.is_undefined() && !has_key(mapping, key) {
            return Err(wrong("a key that this format names is missing"));
        }
        self.defined(value)
    }

    fn defined(&self, value: Value) -> Result<Value, Error> {
        let strict = matches!(self.undefined, UndefinedBehavior::Strict | UndefinedBehavior::SemiStrict);
        if value.is_undefined() && strict {
            return Err(crate::error::own(
                ErrorKind::UndefinedError,
                "a value to be formatted with % is undefined",
            ));
        }
        Ok(value)
    }
}

fn next_is(rest: &mut Chars<'_>, c: char) -> bool {
    let is = rest.as_str().starts_with(c);
    if is {
        rest.next();
    }
    is
}

/// `(name)`; parentheses in it nest.
fn key(rest: &mut Chars<'_>) -> Result<Option<String>, Error> {
    if !next_is(rest, '(') {
        return Ok(None);
    }
    let mut depth = 1;
    let mut key = String::new();
    for c in rest.by_ref() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Ok(Some(key));
        }
        key.push(c);
    }
    Err(wrong("incomplete format key"))
}

fn flags(rest: &mut Chars<'_>) -> Spec {
    let mut spec = Spec::default();
    loop {
        match rest.as_str().chars().next() {
            Some('#') => spec.alternate = true,
            Some('0') => spec.zero = true,
            Some('-') => spec.left = true,
            Some(' ') => spec.space = true,
            Some('+') => spec.plus = true,
            _ => return spec,
        }
        rest.next();
    }
}

/// Digits, or `*` for the next value.
fn size(rest: &mut Chars<'_>, values: &mut Values<'_>) -> Result<Option<i64>, Error> {
    if next_is(rest, '*') {
        let value = values.take()?;
        return value.as_i64().map(Some).ok_or_else(|| wrong("* wants int"));
    }
    let digits = rest.as_str().chars().take_while(char::is_ascii_digit).count();
    if digits == 0 {
        return Ok(None);
    }
    let (number, behind) = rest.as_str().split_at(digits);
    *rest = behind.chars();
    number.parse().map(Some).map_err(|_| wrong("a width or precision in this format is too large"))
}

/// A converted value: its sign or prefix, which zeros follow, and its body.
struct Text {
    lead: String,
    body: String,
    numeric: bool,
}

fn pad(out: &mut String, text: &Text, spec: &Spec) {
    let len = text.lead.chars().count() + text.body.chars().count();
    let fill = spec.width.saturating_sub(len);
    let zero = spec.zero && text.numeric && !spec.left;
    if !spec.left && !zero {
        out.extend(std::iter::repeat_n(' ', fill));
    }
    out.push_str(&text.lead);
    if zero {
        out.extend(std::iter::repeat_n('0', fill));
    }
    out.push_str(&text.body);
    if spec.left {
        out.extend(std::iter::repeat_n(' ', fill));
    }
}

fn converted(kind: char, value: &Value, spec: &Spec) -> Result<Text, Error> {
    let plain = |text: String| {
        let body = match spec.precision {
            Some(precision) => text.chars().take(precision).collect(),
            None => text,
        };
        Ok(Text { lead: String::new(), body, numeric: false })
    };
    match kind {
        's' => plain(str_of(value)),
        'r' => plain(repr(value)),
        'a' => plain(repr(value).chars().flat_map(ascii).collect()),
        'c' => character(value).map(|c| Text { lead: String::new(), body: c.into(), numeric: false }),
        'd' | 'i' | 'u' => integer(value, spec, true, |n| n.to_string(), ""),
        'x' => integer(value, spec, false, |n| format!("{n:x}"), "0x"),
        'X' => integer(value, spec, false, |n| format!("{n:X}"), "0X"),
        'o' => integer(value, spec, false, |n| format!("{n:o}"), "0o"),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => float(kind, value, spec),
        _ => Err(wrong("unsupported format character")),
    }
}

/// `\xNN` and its like for what is not ASCII.
pub(super) fn ascii(c: char) -> Vec<char> {
    let code = c as u32;
    match code {
        0..=0x7f => vec![c],
        0x80..=0xff => format!("\\x{code:02x}").chars().collect(),
        0x100..=0xffff => format!("\\u{code:04x}").chars().collect(),
        _ => format!("\\U{code:08x}").chars().collect(),
    }
}

fn character(value: &Value) -> Result<char, Error> {
    let one = value.as_str().and_then(|text| {
        let mut chars = text.chars();
        chars.next().filter(|_| chars.next().is_none())
    });
    let code = value.as_i64().and_then(|code| u32::try_from(code).ok()).and_then(char::from_u32);
    one.or(code).ok_or_else(|| wrong("%c requires int or char"))
}

fn integer(
    value: &Value,
    spec: &Spec,
    truncate: bool,
    digits: fn(u128) -> String,
    prefix: &str,
) -> Result<Text, Error> {
    let n = match number(value) {
        Some(Number::Int(n)) => n,
        #[expect(clippy::cast_possible_truncation, reason = "%d truncates")]
        Some(Number::Float(f)) if truncate && f.is_finite() => f as i128,
        _ => return Err(wrong("%d, %i, %x and %o need a number")),
    };
    let mut body = digits(n.unsigned_abs());
    if let Some(precision) = spec.precision {
        body = format!("{body:0>precision$}");
    }
    let mut lead = sign(n < 0, spec).to_owned();
    if spec.alternate {
        lead.push_str(prefix);
    }
    Ok(Text { lead, body, numeric: true })
}

fn sign(negative: bool, spec: &Spec) -> &'static str {
    match (negative, spec.plus, spec.space) {
        (true, ..) => "-",
        (_, true, _) => "+",
        (_, _, true) => " ",
        _ => "",
    }
}

fn float(kind: char, value: &Value, spec: &Spec) -> Result<Text, Error> {
    let value = number(value).ok_or_else(|| wrong("%e, %f and %g need a number"))?.float();
    let magnitude = value.abs();
    let precision = spec.precision.unwrap_or(6);
    let mut body = if value.is_finite() {
        match kind.to_ascii_lowercase() {
            'f' => format!("{magnitude:.precision$}"),
            'e' => exponent(&format!("{magnitude:.precision$e}")),
            _ => general(magnitude, precision.max(1), spec.alternate),
        }
    } else {
        float_repr(magnitude)
    };
    if spec.alternate && precision == 0 && value.is_finite() && !body.contains('.') {
        let at = body.find('e').unwrap_or(body.len());
        body.insert(at, '.');
    }
    if kind.is_ascii_uppercase() {
        body = body.to_uppercase();
    }
    Ok(Text { lead: sign(value.is_sign_negative() && !value.is_nan(), spec).to_owned(), body, numeric: true })
}

/// `1.5e7` as `1.5e+07`.
pub(super) fn exponent(text: &str) -> String {
    let Some((mantissa, exponent)) = text.split_once('e') else { return text.to_owned() };
    match exponent.strip_prefix('-') {
        Some(digits) => format!("{mantissa}e-{digits:0>2}"),
        None => format!("{mantissa}e+{exponent:0>2}"),
    }
}

pub(super) fn general(value: f64, precision: usize, keep_zeros: bool) -> String {
    let scientific = format!("{value:.*e}", precision - 1);
    let power: i64 = scientific.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or_default();
    let digits = i64::try_from(precision).unwrap_or(i64::MAX);
    let text = if power < -4 || power >= digits {
        exponent(&scientific)
    } else {
        let decimals = usize::try_from(digits - 1 - power).unwrap_or_default();
        format!("{value:.decimals$}")
    };
    if keep_zeros || !text.contains('.') {
        return text;
    }
    let (mantissa, power) = text.split_at(text.find('e').unwrap_or(text.len()));
    format!("{}{power}", mantissa.trim_end_matches('0').trim_end_matches('.'))
}

/// Messages never hold a value.
fn wrong(message: &'static str) -> Error {
    crate::error::own(ErrorKind::InvalidOperation, message)
}

#[cfg(test)]
mod tests {
    use minijinja::value::Tuple;

    use super::*;

    fn run(text: &str, values: &Value) -> Result<String, Error> {
        format(text, values, UndefinedBehavior::Strict)
    }

    /// Expectations: CPython 3.11.
    #[test]
    fn formats_as_python() {
        for (text, value, want) in [
            ("%s", Value::from("a"), "a"),
            ("%s", Value::from(true), "True"),
            ("%5s|", Value::from("ab"), "   ab|"),
            ("%-5s|", Value::from("ab"), "ab   |"),
            ("%.1s", Value::from("ab"), "a"),
            ("%r", Value::from("a'b"), "\"a'b\""),
            ("%a", Value::from("é"), "'\\xe9'"),
            ("%02d", Value::from(3), "03"),
            ("%+d", Value::from(3), "+3"),
            ("%05d", Value::from(-3), "-0003"),
            ("%.3d", Value::from(7), "007"),
            ("%d", Value::from(3.9), "3"),
            ("%x %%", Value::from(255), "ff %"),
            ("%#06x", Value::from(255), "0x00ff"),
            ("%o", Value::from(8), "10"),
            ("%f", Value::from(1.5), "1.500000"),
            ("%.2f", Value::from(2), "2.00"),
            ("%8.3e|", Value::from(12345.678), "1.235e+04|"),
            ("%g", Value::from(0.000_012_34), "1.234e-05"),
            ("%g", Value::from(100_000.0), "100000"),
            ("%g", Value::from(1_000_000.0), "1e+06"),
            ("%c", Value::from(65), "A"),
            ("%s", Value::from(vec![1, 2]), "[1, 2]"),
        ] {
            assert_eq!(run(text, &value).unwrap(), want, "{text}");
        }
        let pair = Value::from(Tuple::new(vec![Value::from("a"), Value::from(7)]));
        assert_eq!(run("%s-%02d", &pair).unwrap(), "a-07");
        let width = Value::from(Tuple::new(vec![Value::from(4), Value::from("x")]));
        assert_eq!(run("%*s", &width).unwrap(), "   x");
        let map = crate::to_jinja(&yaml::Value::from(serde_json::json!({"n": 5, "k": "v"})));
        assert_eq!(run("%(k)s=%(n)03d", &map).unwrap(), "v=005");
        assert_eq!(run("no format", &map).unwrap(), "no format");
    }

    #[test]
    fn wrong_formats_say_so_without_the_value() {
        let secret = Value::from("s3cret");
        for text in ["%d", "%q", "%", "%s %s", "%(a)s", "none", "%999999999s", "%f", "%c"] {
            let error = run(text, &secret).unwrap_err().to_string();
            assert!(!error.contains("s3cret"), "{error}");
        }
    }
}
