//! Floats as Go writes them: `strconv.FormatFloat` with the fewest digits, and `encoding/json`.

/// The fewest digits that tell a float from its neighbours, with an exponent: `1.5e3`, `NaN`, `inf`. Where two texts are equally
/// near Go takes the even one, which the standard library does only when it is told how many digits there are.
pub fn shortest(value: f64) -> String {
    let text = format!("{value:e}");
    let digits = text.split('e').next().unwrap_or_default().bytes().filter(u8::is_ascii_digit).count();
    format!("{:.*e}", digits.saturating_sub(1), value)
}

/// `strconv.FormatFloat(value, 'g', -1, 64)`, which is `%v`, too.
pub fn float(value: f64) -> String {
    if let Some(name) = name(value) {
        return name.to_owned();
    }
    let text = shortest(value);
    let (mantissa, exponent) = parts(&text);
    // With the fewest digits Go decides as if six were asked for.
    if (-4..6).contains(&exponent) {
        return positional(mantissa, exponent);
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// JSON's number: an exponent for the very small and the very large, without a zero before it. Infinity and what is no number,
/// which JSON does not have, are as in [`float`].
pub fn json_float(value: f64) -> String {
    if let Some(name) = name(value) {
        return name.to_owned();
    }
    let text = shortest(value);
    let (mantissa, exponent) = parts(&text);
    if value == 0.0 || (1e-6..1e21).contains(&value.abs()) {
        return positional(mantissa, exponent);
    }
    let sign = if exponent < 0 { "" } else { "+" };
    format!("{mantissa}e{sign}{exponent}")
}

fn name(value: f64) -> Option<&'static str> {
    match value {
        value if value.is_nan() => Some("NaN"),
        f64::INFINITY => Some("+Inf"),
        f64::NEG_INFINITY => Some("-Inf"),
        _ => None,
    }
}

fn parts(text: &str) -> (&str, i32) {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    (mantissa, exponent.parse().unwrap_or(0))
}

/// A number without an exponent: its mantissa, such as `-1.25`, moved by that. A point in it does not count.
pub fn positional(mantissa: &str, exponent: i32) -> String {
    let (sign, digits) = mantissa.strip_prefix('-').map_or(("", mantissa), |digits| ("-", digits));
    let digits = digits.replace('.', "");
    let Ok(before) = usize::try_from(exponent + 1) else {
        let zeros = "0".repeat(usize::try_from(-exponent - 1).unwrap_or(0));
        return format!("{sign}0.{zeros}{digits}");
    };
    match digits.split_at_checked(before) {
        Some(("", rest)) => format!("{sign}0.{rest}"),
        Some((whole, "")) => format!("{sign}{whole}"),
        Some((whole, rest)) => format!("{sign}{whole}.{rest}"),
        None => format!("{sign}{digits}{}", "0".repeat(before - digits.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    // Go 1.26 wrote these.
    #[test]
    fn as_strconv_and_json() {
        for (value, float_text, json_text) in [
            (0.0, "0", "0"),
            (-0.0, "-0", "-0"),
            (1.5, "1.5", "1.5"),
            (-123_456.5, "-123456.5", "-123456.5"),
            (12_345_678.9, "1.23456789e+07", "12345678.9"),
            (1e6, "1e+06", "1000000"),
            (0.0001, "0.0001", "0.0001"),
            (0.000_012, "1.2e-05", "0.000012"),
            (1e-7, "1e-07", "1e-7"),
            (1e20, "1e+20", "100000000000000000000"),
            (-1e21, "-1e+21", "-1e+21"),
            // Equally near to two texts.
            (1_097_718_834_198_879.3, "1.0977188341988792e+15", "1097718834198879.2"),
            (199_138_850_438_087.13, "1.9913885043808712e+14", "199138850438087.12"),
        ] {
            assert_eq!((float(value).as_str(), json_float(value).as_str()), (float_text, json_text));
        }
        assert_eq!([f64::NAN, f64::INFINITY, f64::NEG_INFINITY].map(float), ["NaN", "+Inf", "-Inf"]);
    }

    proptest! {
        #[test]
        fn they_are_read_back(bits: u64) {
            let value = f64::from_bits(bits);
            prop_assume!(value.is_finite());
            for text in [shortest(value), float(value), json_float(value)] {
                prop_assert_eq!(text.parse::<f64>().map(f64::to_bits), Ok(bits), "{}", text);
            }
        }
    }
}
