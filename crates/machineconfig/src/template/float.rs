//! Floats as Go's strconv writes them.

/// The digits of a float and where its point stands: `0.d₁d₂… × 10^point`. No digits are zero.
struct Digits {
    digits: String,
    point: i32,
}

impl Digits {
    /// The fewest digits that tell the float from its neighbours, or so many as are asked for, without zeros at the end.
    fn of(value: f64, count: Option<usize>) -> Self {
        let text = match count {
            Some(count) => format!("{:.*e}", count.saturating_sub(1), value.abs()),
            None => shortest(value.abs()),
        };
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let digits = mantissa.replace('.', "").trim_end_matches('0').to_owned();
        let point = if digits.is_empty() { 0 } else { exponent.parse::<i32>().unwrap_or(0) + 1 };
        Self { digits, point }
    }
}

/// The fewest digits that tell a float from its neighbours, with an exponent. Where two texts are equally near Go takes the even
/// one, which the standard library does only when it is told how many digits there are.
pub(super) fn shortest(value: f64) -> String {
    let text = format!("{value:e}");
    let digits = text.split('e').next().unwrap_or_default().bytes().filter(u8::is_ascii_digit).count();
    format!("{:.*e}", digits.saturating_sub(1), value)
}

/// `%v`, and what an action prints.
pub(super) fn plain(value: f64) -> String {
    text(value, 'g', None)
}

/// JSON's way: an exponent for the very small and the very large, without a zero before it.
pub(super) fn json(value: f64) -> String {
    let size = value.abs();
    if size != 0.0 && !(1e-6..1e21).contains(&size) {
        return text(value, 'e', None).replace("e-0", "e-");
    }
    text(value, 'f', None)
}

/// A float by its verb; without a precision as long as it must be. A plus stands before `Inf` only.
pub(super) fn text(value: f64, verb: char, precision: Option<usize>) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
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

fn fixed(value: f64, precision: Option<usize>) -> String {
    if let Some(precision) = precision {
        return format!("{:.*}", precision, value.abs());
    }
    let Digits { digits, point } = Digits::of(value, None);
    positional(&digits, point)
}

fn scientific(value: f64, precision: Option<usize>) -> String {
    let text = match precision {
        Some(precision) => format!("{:.*e}", precision, value.abs()),
        None => shortest(value.abs()),
    };
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    with_exponent(mantissa, exponent.parse().unwrap_or(0))
}

fn with_exponent(mantissa: &str, exponent: i32) -> String {
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// The shorter of both ways to write it.
fn general(value: f64, precision: Option<usize>) -> String {
    let precision = precision.map(|precision| precision.max(1));
    let Digits { digits, point } = Digits::of(value, precision);
    let count = i32::try_from(digits.len()).unwrap_or(i32::MAX);
    // So many digits may stand before the point.
    let limit = match precision.map(|precision| i32::try_from(precision).unwrap_or(i32::MAX)) {
        None => 6,
        Some(precision) if precision > count && count >= point => count,
        Some(precision) => precision,
    };
    if !digits.is_empty() && (point - 1 < -4 || point > limit) {
        let (first, rest) = digits.split_at(1);
        let dot = if rest.is_empty() { "" } else { "." };
        return with_exponent(&format!("{first}{dot}{rest}"), point - 1);
    }
    positional(&digits, point)
}

/// Digits without an exponent.
fn positional(digits: &str, point: i32) -> String {
    if point <= 0 {
        let zeros = "0".repeat(usize::try_from(-point).unwrap_or(0));
        return if digits.is_empty() { "0".to_owned() } else { format!("0.{zeros}{digits}") };
    }
    let whole = usize::try_from(point).unwrap_or(0);
    match digits.split_at_checked(whole) {
        Some((whole, "")) => whole.to_owned(),
        Some((whole, rest)) => format!("{whole}.{rest}"),
        None => format!("{digits}{}", "0".repeat(whole - digits.len())),
    }
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
