//! Numbers as Go reads them: those of its source code and those that strconv takes out of texts.

use std::num::IntErrorKind;

/// A number of a template.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Int(i64),
    Float(f64),
}

/// A number as it stands in a template.
pub(super) fn literal(text: &str) -> Option<Number> {
    match int(text) {
        Some(value) => Some(Number::Int(value)),
        // Without any of these it is a whole number that is too large, or an octal one with an 8 in it.
        None if text.contains(['.', 'e', 'E']) => float(text).map(Number::Float),
        None => None,
    }
}

/// A whole number, whose base its prefix tells.
pub(super) fn int(text: &str) -> Option<i64> {
    let (negative, rest) = match text.strip_prefix(['-', '+']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    if rest.contains('_') && !underscores_separate(rest) {
        return None;
    }
    let digits = rest.replace('_', "").to_ascii_lowercase();
    let (digits, base) = match digits.as_bytes() {
        [b'0', b'x', ..] => (&digits[2..], 16),
        [b'0', b'b', ..] => (&digits[2..], 2),
        [b'0', b'o', ..] => (&digits[2..], 8),
        [b'0', _, ..] => (&digits[1..], 8),
        _ => (digits.as_str(), 10),
    };
    // A second sign is none of Go's.
    if digits.starts_with(['-', '+']) {
        return None;
    }
    let value = i128::from(u64::from_str_radix(digits, base).ok()?);
    i64::try_from(if negative { -value } else { value }).ok()
}

/// Whether every underscore stands between digits; a prefix counts as one.
fn underscores_separate(text: &str) -> bool {
    let (digits, mut last) = match text.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some(prefix @ ("0x" | "0b" | "0o")) => (&text[2..], (prefix == "0x", b'0')),
        _ => (text, (false, b'^')),
    };
    let hex = last.0;
    for byte in digits.bytes() {
        let digit = byte.is_ascii_digit() || (hex && byte.is_ascii_hexdigit());
        let kind = match byte {
            _ if digit => b'0',
            b'_' if last.1 != b'0' => return false,
            b'_' => b'_',
            _ if last.1 == b'_' => return false,
            _ => b'!',
        };
        last.1 = kind;
    }
    last.1 != b'_'
}

/// A float. One beyond the largest is none.
pub(super) fn float(text: &str) -> Option<f64> {
    if text.contains('_') && !underscores_separate(text.trim_start_matches(['-', '+'])) {
        return None;
    }
    let plain = text.replace('_', "");
    let value: f64 = plain.parse().ok()?;
    let named = plain.contains(['n', 'N']);
    (named || value.is_finite()).then_some(value)
}

/// A decimal number; one that does not fit is the nearest that does.
pub(super) fn decimal(text: &str) -> i64 {
    text.parse::<i64>().unwrap_or_else(|error| match error.kind() {
        IntErrorKind::PosOverflow => i64::MAX,
        IntErrorKind::NegOverflow => i64::MIN,
        _ => 0,
    })
}

/// The length of the number that `text` begins with, or nothing if something else hangs on to it.
pub(super) fn length(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let is = |at: usize, of: &[u8]| bytes.get(at).is_some_and(|byte| of.contains(byte));
    let mut at = usize::from(is(0, b"+-"));
    let mut digits: &[u8] = b"0123456789_";
    if is(at, b"0") {
        at += 1;
        let base: Option<&[u8]> = match bytes.get(at) {
            Some(b'x' | b'X') => Some(b"0123456789abcdefABCDEF_"),
            Some(b'o' | b'O') => Some(b"01234567_"),
            Some(b'b' | b'B') => Some(b"01_"),
            _ => None,
        };
        at += usize::from(base.is_some());
        digits = base.unwrap_or(digits);
    }
    let run = |mut at: usize| {
        while is(at, digits) {
            at += 1;
        }
        at
    };
    at = run(at);
    if is(at, b".") {
        at = run(at + 1);
    }
    if digits.len() == 11 && is(at, b"eE") {
        at += 1;
        at = run(at + usize::from(is(at, b"+-")));
    }
    let next = text[at..].chars().next();
    (!next.is_some_and(|c| c == '_' || c.is_alphanumeric())).then_some(at)
}
