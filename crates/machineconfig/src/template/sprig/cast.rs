//! Numbers out of anything, as sprig casts: what is none is 0.

use crate::template::number;
use crate::template::value::Val;

#[expect(clippy::cast_possible_truncation, reason = "what is too large becomes the least number, as in Go")]
pub(super) fn to_int(value: &Val<'_>) -> i64 {
    match value.target() {
        Val::Float(value) if (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(value) => {
            *value as i64
        }
        Val::Float(_) => i64::MIN,
        Val::Bool(value) => i64::from(*value),
        Val::Text(text) => number::int(whole(text)).unwrap_or(0),
        other => other.int().unwrap_or(0),
    }
}

/// A text without its fraction, if it is a plain decimal number.
fn whole(text: &str) -> &str {
    let Some((whole, fraction)) = text.split_once('.') else { return text };
    let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    if !digits.bytes().chain(fraction.bytes()).all(|byte| byte.is_ascii_digit()) {
        return text;
    }
    if digits.is_empty() { "0" } else { whole }
}

#[expect(clippy::cast_precision_loss, reason = "as Go converts")]
pub(super) fn to_float(value: &Val<'_>) -> f64 {
    match value.target() {
        Val::Float(value) => *value,
        Val::Bool(value) => f64::from(u8::from(*value)),
        Val::Text(text) => number::float(text).unwrap_or(0.0),
        other => other.int().unwrap_or(0) as f64,
    }
}
