//! `format(value, spec)`: Python's format specifications (Library Reference, "Format Specification Mini-Language").

use minijinja::value::ValueKind;
use minijinja::{Error, Value};

use super::methods::wrong;
use super::modulo::{Number, number};
use super::printf::{exponent, general};
use super::text::{float_repr, str_of};

/// Wider or finer than this is refused rather than taking all memory.
const MAX_WIDTH: usize = 100_000;

/// `[[fill]align][sign][z][#][0][width][grouping][.precision][type]`.
#[derive(Debug, Default, Clone)]
pub(super) struct Spec {
    fill: Option<char>,
    align: Option<char>,
    sign: Option<char>,
    no_negative_zero: bool,
    alternate: bool,
    zero: bool,
    width: usize,
    grouping: Option<char>,
    precision: Option<usize>,
    kind: Option<char>,
}

impl Spec {
    /// Reads one.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let mut spec = Self::default();
        let mut rest = text;
        let is_align = |c: char| matches!(c, '<' | '>' | '^' | '=');
        let mut chars = rest.chars();
        match (chars.next(), chars.next()) {
            (Some(fill), Some(align)) if is_align(align) => {
                (spec.fill, spec.align) = (Some(fill), Some(align));
                rest = &rest[fill.len_utf8() + 1..];
            }
            (Some(align), _) if is_align(align) => {
                spec.align = Some(align);
                rest = &rest[1..];
            }
            _ => {}
        }
        let mut skip = |set: &[char]| {
            let c = rest.chars().next().filter(|c| set.contains(c));
            rest = &rest[c.map_or(0, char::len_utf8)..];
            c
        };
        spec.sign = skip(&['+', '-', ' ']);
        spec.no_negative_zero = skip(&['z']).is_some();
        spec.alternate = skip(&['#']).is_some();
        spec.zero = skip(&['0']).is_some();
        spec.width = digits(&mut rest)?.unwrap_or(0);
        spec.grouping = rest.chars().next().filter(|c| matches!(c, ',' | '_'));
        rest = &rest[usize::from(spec.grouping.is_some())..];
        if let Some(behind) = rest.strip_prefix('.') {
            rest = behind;
            let precision = digits(&mut rest)?;
            spec.precision = Some(precision.ok_or_else(|| wrong("str.format: no number after '.'"))?);
        }
        let mut chars = rest.chars();
        spec.kind = chars.next();
        if chars.next().is_some() {
            return Err(wrong("str.format: this is no format specification"));
        }
        Ok(spec)
    }

    fn is_empty(&self) -> bool {
        self.fill.is_none()
            && self.align.is_none()
            && self.sign.is_none()
            && !self.no_negative_zero
            && !self.alternate
            && !self.zero
            && self.width == 0
            && self.grouping.is_none()
            && self.precision.is_none()
            && self.kind.is_none()
    }
}

fn digits(rest: &mut &str) -> Result<Option<usize>, Error> {
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (number, behind) = rest.split_at(end);
    *rest = behind;
    if number.is_empty() {
        return Ok(None);
    }
    match number.parse() {
        Ok(number) if number <= MAX_WIDTH => Ok(Some(number)),
        _ => Err(wrong("a width or precision in this format is too large")),
    }
}

/// `format(value, spec)`.
pub(super) fn format(value: &Value, spec: &Spec) -> Result<String, Error> {
    if value.is_undefined() && spec.is_empty() {
        return Ok(String::new());
    }
    match value.kind() {
        ValueKind::Bool if spec.is_empty() => Ok(str_of(value)),
        ValueKind::Bool | ValueKind::Number => numeric(value, spec),
        ValueKind::String => text(value.as_str().unwrap_or_default(), spec),
        _ if spec.is_empty() => Ok(str_of(value)),
        _ => Err(wrong("str.format: values of this type take no format specification")),
    }
}

fn text(text: &str, spec: &Spec) -> Result<String, Error> {
    if !matches!(spec.kind, None | Some('s')) {
        return Err(wrong("str.format: this format is not for text"));
    }
    if spec.sign.is_some()
        || spec.alternate
        || spec.no_negative_zero
        || spec.grouping.is_some()
        || spec.align == Some('=')
    {
        return Err(wrong("str.format: signs, '#', '=' and grouping are not for text"));
    }
    let body: String = match spec.precision {
        Some(precision) => text.chars().take(precision).collect(),
        None => text.to_owned(),
    };
    let fill = spec.fill.unwrap_or(if spec.zero { '0' } else { ' ' });
    Ok(padded("", &body, spec.align.unwrap_or('<'), fill, spec.width))
}

/// `lead` and `body`, padded; with `=` between the two.
fn padded(lead: &str, body: &str, align: char, fill: char, width: usize) -> String {
    let missing = width.saturating_sub(lead.chars().count() + body.chars().count());
    let fill = |count: usize| std::iter::repeat_n(fill, count).collect::<String>();
    match align {
        '<' => format!("{lead}{body}{}", fill(missing)),
        '^' => format!("{}{lead}{body}{}", fill(missing / 2), fill(missing - missing / 2)),
        '=' => format!("{lead}{}{body}", fill(missing)),
        _ => format!("{}{lead}{body}", fill(missing)),
    }
}

/// A number without its sign: prefix (`0x`), digits before the point, and the rest from the point or exponent on.
struct Parts {
    negative: bool,
    prefix: &'static str,
    whole: String,
    rest: String,
    /// Digits in a group.
    group: usize,
}

fn numeric(value: &Value, spec: &Spec) -> Result<String, Error> {
    let found = number(value).ok_or_else(|| wrong("str.format: this number is too large"))?;
    let parts = match (&found, spec.kind) {
        (Number::Int(n), None | Some('d' | 'b' | 'o' | 'x' | 'X' | 'n' | 'c')) => integer(*n, spec)?,
        _ => float(found.float(), spec)?,
    };
    let sign = match (parts.negative, spec.sign) {
        (true, _) => "-",
        (false, Some('+')) => "+",
        (false, Some(' ')) => " ",
        _ => "",
    };
    let lead = format!("{sign}{}", parts.prefix);
    let align = spec.align.unwrap_or(match (spec.zero, spec.kind) {
        (true, _) => '=',
        (_, Some('c')) => '<',
        _ => '>',
    });
    let fill = spec.fill.unwrap_or(if spec.zero { '0' } else { ' ' });
    let mut whole = parts.whole;
    if let Some(separator) = spec.grouping {
        // Zeros that fill a number up are grouped with its digits, and never begin with a separator.
        let room = if fill == '0' && align == '=' {
            spec.width.saturating_sub(lead.chars().count() + parts.rest.chars().count())
        } else {
            0
        };
        whole = grouped(&whole, parts.group, separator, room);
    }
    Ok(padded(&lead, &format!("{whole}{}", parts.rest), align, fill, spec.width))
}

/// Digits in groups, with zeros before them until they fill `room`.
fn grouped(digits: &str, group: usize, separator: char, room: usize) -> String {
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return digits.to_owned();
    }
    let mut reversed = String::new();
    let mut count = 0;
    let mut length = 0;
    let mut from = digits.bytes().rev();
    loop {
        let digit = match from.next() {
            Some(digit) => char::from(digit),
            None if length < room => '0',
            None => return reversed.chars().rev().collect(),
        };
        if count > 0 && count % group == 0 {
            reversed.push(separator);
            length += 1;
        }
        reversed.push(digit);
        count += 1;
        length += 1;
    }
}

fn integer(n: i128, spec: &Spec) -> Result<Parts, Error> {
    if spec.precision.is_some() {
        return Err(wrong("str.format: integers have no precision"));
    }
    if spec.no_negative_zero {
        return Err(wrong("str.format: 'z' is not for integers"));
    }
    if spec.grouping == Some(',') && !matches!(spec.kind, None | Some('d')) {
        return Err(wrong("str.format: ',' is for decimal numbers"));
    }
    if spec.grouping.is_some() && matches!(spec.kind, Some('n' | 'c')) {
        return Err(wrong("str.format: this format has no grouping"));
    }
    let magnitude = n.unsigned_abs();
    let (prefix, whole, group) = match spec.kind {
        Some('b') => ("0b", format!("{magnitude:b}"), 4),
        Some('o') => ("0o", format!("{magnitude:o}"), 4),
        Some('x') => ("0x", format!("{magnitude:x}"), 4),
        Some('X') => ("0X", format!("{magnitude:X}"), 4),
        Some('c') => {
            if spec.sign.is_some() || spec.alternate {
                return Err(wrong("str.format: signs and '#' are not for 'c'"));
            }
            let c = u32::try_from(n).ok().and_then(char::from_u32);
            ("", c.ok_or_else(|| wrong("str.format: this is no character"))?.to_string(), 3)
        }
        _ => ("", magnitude.to_string(), 3),
    };
    let prefix = if spec.alternate { prefix } else { "" };
    let negative = n < 0 && spec.kind != Some('c');
    Ok(Parts { negative, prefix, whole, rest: String::new(), group })
}

fn float(value: f64, spec: &Spec) -> Result<Parts, Error> {
    let magnitude = value.abs();
    let precision = spec.precision.unwrap_or(6);
    let kind = spec.kind.map(|kind| kind.to_ascii_lowercase());
    let mut body = match kind {
        _ if !value.is_finite() => float_repr(magnitude),
        Some('f') => fixed(magnitude, precision),
        Some('e') => scientific(magnitude, precision),
        Some('g' | 'n') => general(magnitude, precision.max(1), spec.alternate),
        Some('%') => fixed(magnitude * 100.0, precision),
        None => match spec.precision {
            None => float_repr(magnitude),
            Some(precision) => short(magnitude, precision.max(1)),
        },
        Some(_) => return Err(wrong("str.format: this format is not for numbers")),
    };
    if spec.kind == Some('%') && value.is_finite() && (magnitude * 100.0).is_infinite() {
        body = float_repr(f64::INFINITY);
    }
    if spec.grouping.is_some() && kind == Some('n') {
        return Err(wrong("str.format: this format has no grouping"));
    }
    if spec.alternate && value.is_finite() && !body.contains('.') {
        let at = body.find('e').unwrap_or(body.len());
        body.insert(at, '.');
    }
    if spec.kind == Some('%') {
        body.push('%');
    }
    if spec.kind.is_some_and(|kind| kind.is_ascii_uppercase()) {
        body = body.to_uppercase();
    }
    let end = body.find(|c: char| !c.is_ascii_digit()).unwrap_or(body.len());
    // `inf` and `nan` are no digits.
    let end = if end == 0 { body.len() } else { end };
    let rest = body.split_off(end);
    let zero = body.bytes().chain(rest.bytes()).all(|c| !matches!(c, b'1'..=b'9'));
    let negative = value.is_sign_negative() && !value.is_nan() && !(spec.no_negative_zero && zero);
    Ok(Parts { negative, prefix: "", whole: body, rest, group: 3 })
}

fn fixed(magnitude: f64, precision: usize) -> String {
    format!("{magnitude:.precision$}")
}

fn scientific(magnitude: f64, precision: usize) -> String {
    exponent(&format!("{magnitude:.precision$e}"))
}

/// A float with a precision and no type: as `g`, with a digit after the point (CPython's `Py_DTSF_ADD_DOT_0`).
fn short(magnitude: f64, precision: usize) -> String {
    let text = scientific(magnitude, precision - 1);
    let power: i64 = text.split_once('e').and_then(|(_, power)| power.parse().ok()).unwrap_or_default();
    if magnitude != 0.0 && (power < -4 || power >= i64::try_from(precision).unwrap_or(i64::MAX) - 1) {
        let (mantissa, power) = text.split_at(text.find('e').unwrap_or(text.len()));
        let mantissa = if mantissa.contains('.') {
            mantissa.trim_end_matches('0').trim_end_matches('.')
        } else {
            mantissa
        };
        return format!("{mantissa}{power}");
    }
    let mut text = general(magnitude, precision, false);
    if !text.contains('.') {
        text.push_str(".0");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn is(value: impl Into<Value>, spec: &str, want: &str) {
        let spec = Spec::parse(spec).unwrap();
        assert_eq!(format(&value.into(), &spec).unwrap(), want);
    }

    /// Expectations: CPython 3.11.
    #[test]
    fn formats_as_python() {
        is("ab", ">5", "   ab");
        is("ab", "*^5", "*ab**");
        is("abcdef", ".3", "abc");
        is("ab", "05", "ab000");
        is(42, "05d", "00042");
        is(-42, "05d", "-0042");
        is(42, "<05d", "42000");
        is(1234, "08,", "0,001,234");
        is(1_234_567, ",", "1,234,567");
        is(255, "#06x", "0x00ff");
        is(65535, "_x", "ffff");
        is(65536, "_b", "1_0000_0000_0000_0000");
        is(65, "c", "A");
        is(true, "d", "1");
        is(true, "", "True");
        is(true, "5", "    1");
        is(0.25, "%", "25.000000%");
        is(0.256, ".1%", "25.6%");
        is(1234.5, ",.2f", "1,234.50");
        is(-1.5, "=+10.2f", "-     1.50");
        is(123.0, ".3", "1.23e+02");
        is(12.0, ".3", "12.0");
        is(1.0, "g", "1");
        is(1.0, "", "1.0");
        is(1e20, "", "1e+20");
        is(f64::INFINITY, "05", "00inf");
        is(5.0, ".0f", "5");
        is(5.0, "#.0f", "5.");
        is(3, ".2f", "3.00");
        is(-0.001, "z.1f", "0.0");
    }

    #[test]
    fn what_python_refuses_is_refused() {
        for (value, spec) in [
            (Value::from("a"), "d"),
            (Value::from("a"), "+"),
            (Value::from("a"), "=5"),
            (Value::from(1), ".2"),
            (Value::from(1), "s"),
            (Value::from(1.5), "d"),
            (Value::from(1), ",x"),
            (Value::from(()), ">5"),
        ] {
            assert!(format(&value, &Spec::parse(spec).unwrap()).is_err(), "{value} {spec}");
        }
        for spec in ["99999999999", "dd", "."] {
            assert!(Spec::parse(spec).is_err(), "{spec}");
        }
    }
}
