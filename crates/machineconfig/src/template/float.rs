//! Floats as `printf` writes them.

use yaml::go;

/// A float by its verb; without a precision as long as it must be. A plus stands before `Inf` only.
pub(super) fn text(value: f64, verb: char, precision: Option<usize>) -> String {
    if !value.is_finite() {
        return go::float(value);
    }
    let sign = if value.is_sign_negative() { "-" } else { "" };
    let body = match verb {
        'e' | 'E' => scientific(value, precision),
        'g' | 'G' => general(value, precision),
        'b' => binary(value),
        'x' | 'X' => hexadecimal(value, precision),
        _ => fixed(value, precision),
    };
    let body = if verb.is_ascii_uppercase() { body.to_uppercase() } else { body };
    format!("{sign}{body}")
}

/// A point and six digits, or as many as are asked for.
fn fixed(value: f64, precision: Option<usize>) -> String {
    format!("{:.*}", precision.unwrap_or(6), value.abs())
}

fn scientific(value: f64, precision: Option<usize>) -> String {
    let text = format!("{:.*e}", precision.unwrap_or(6), value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    with_exponent(mantissa, exponent.parse().unwrap_or(0))
}

fn with_exponent(mantissa: &str, exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// The shorter of both ways to write it, with the fewest digits or so many as are asked for.
fn general(value: f64, precision: Option<usize>) -> String {
    let Some(precision) = precision.map(|precision| precision.max(1)) else { return go::float(value.abs()) };
    let text = format!("{:.*e}", precision - 1, value.abs());
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let digits = mantissa.replace('.', "");
    let digits = digits.trim_end_matches('0');
    let (exponent, count) = (exponent.parse().unwrap_or(0), i32::try_from(digits.len()).unwrap_or(i32::MAX));
    // So many digits may stand before the point.
    let limit = match i32::try_from(precision).unwrap_or(i32::MAX) {
        precision if precision > count && count > exponent => count,
        precision => precision,
    };
    if !digits.is_empty() && !(-4..limit).contains(&exponent) {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        return with_exponent(&format!("{first}{dot}{rest}"), exponent);
    }
    go::positional(if digits.is_empty() { "0" } else { digits }, exponent)
}

/// Mantissa and exponent of two, as the machine has them: the last digit of the mantissa counts `2^exponent`.
fn parts(value: f64) -> (u64, i64) {
    let bits = value.abs().to_bits();
    let (exponent, mantissa) = (i64::try_from(bits >> 52).unwrap_or(0), bits & ((1 << 52) - 1));
    if exponent == 0 { (mantissa, -1074) } else { (mantissa | 1 << 52, exponent - 1075) }
}

fn binary(value: f64) -> String {
    let (mantissa, exponent) = parts(value);
    format!("{mantissa}p{exponent:+}")
}

fn hexadecimal(value: f64, precision: Option<usize>) -> String {
    let (mut mantissa, mut exponent) = parts(value);
    if mantissa == 0 {
        exponent = 0;
    } else {
        let shift = mantissa.leading_zeros() - 11;
        mantissa <<= shift;
        exponent += 52 - i64::from(shift);
    }
    // Thirteen digits behind the point; fewer are rounded to even.
    if let Some(dropped) = precision.filter(|precision| *precision < 13).map(|precision| 4 * (13 - precision))
    {
        let (half, odd) = (1 << (dropped - 1), mantissa >> dropped & 1);
        mantissa = (mantissa + half - 1 + odd) >> dropped << dropped;
        if mantissa >> 53 == 1 {
            mantissa >>= 1;
            exponent += 1;
        }
    }
    let digits = format!("{:013x}", mantissa & ((1 << 52) - 1));
    let digits = match precision {
        Some(precision) if precision > 13 => format!("{digits}{}", "0".repeat(precision - 13)),
        Some(precision) => digits[..precision].to_owned(),
        None => digits.trim_end_matches('0').to_owned(),
    };
    let dot = if digits.is_empty() { "" } else { "." };
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("0x{}{dot}{digits}p{sign}{:02}", mantissa >> 52, exponent.abs())
}
