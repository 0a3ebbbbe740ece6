//! What a plain scalar means: the reading differs between the programs our users run, so each place that reads
//! YAML names the one it follows.

/// Whose reading of plain scalars counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// YAML 1.2 core schema; for formats that are only ours.
    Yaml12,
    /// PyYAML 6 `safe_load` (YAML 1.1): what makejinja reads its data with. `yes` and `on` are booleans, `0042` is
    /// octal, `10:20` is base 60, `1e3` is a string.
    PyYaml,
    /// go-yaml v3: sops, talhelper, Talos and the files a kustomization names. `yes` is a string, `0777` is octal.
    GoYamlV3,
    /// sigs.k8s.io/yaml (a go-yaml v2 fork): the API server, kubectl, kubeconform. As v3, but `y`, `yes`, `on` and
    /// their opposites are booleans.
    Kubernetes,
}

/// A plain scalar's meaning.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Scalar {
    /// Null.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i128),
    /// A float.
    Float(f64),
    /// A date or time.
    Timestamp,
    /// Text.
    String,
}

/// What the plain, untagged scalar `text` is to `dialect`.
pub fn resolve_plain(text: &str, dialect: Dialect) -> Scalar {
    if text.len() <= LONGEST_WORD
        && let Some(word) = resolve_word(text, dialect)
    {
        return word;
    }
    // Numbers and dates begin with a digit, a sign or a dot; anything else is text in every dialect.
    if !text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c)) {
        return Scalar::String;
    }
    match dialect {
        Dialect::Yaml12 => resolve_core(text),
        Dialect::PyYaml => resolve_pyyaml(text),
        Dialect::GoYamlV3 | Dialect::Kubernetes => resolve_go(text),
    }
}

/// Of the words that mean something, `false` and `+.inf` are the longest.
const LONGEST_WORD: usize = 5;

fn resolve_word(text: &str, dialect: Dialect) -> Option<Scalar> {
    Some(match text {
        "" | "~" | "null" | "Null" | "NULL" => Scalar::Null,
        "true" | "True" | "TRUE" => Scalar::Bool(true),
        "false" | "False" | "FALSE" => Scalar::Bool(false),
        ".nan" | ".NaN" | ".NAN" => Scalar::Float(f64::NAN),
        ".inf" | ".Inf" | ".INF" | "+.inf" | "+.Inf" | "+.INF" => Scalar::Float(f64::INFINITY),
        "-.inf" | "-.Inf" | "-.INF" => Scalar::Float(f64::NEG_INFINITY),
        _ if matches!(dialect, Dialect::PyYaml | Dialect::Kubernetes) => {
            return resolve_word_11(text, dialect);
        }
        _ => return None,
    })
}

/// The further booleans of YAML 1.1. PyYAML leaves out the single letters.
fn resolve_word_11(text: &str, dialect: Dialect) -> Option<Scalar> {
    match text {
        "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Some(Scalar::Bool(true)),
        "no" | "No" | "NO" | "off" | "Off" | "OFF" => Some(Scalar::Bool(false)),
        "y" | "Y" if dialect == Dialect::Kubernetes => Some(Scalar::Bool(true)),
        "n" | "N" if dialect == Dialect::Kubernetes => Some(Scalar::Bool(false)),
        _ => None,
    }
}

fn resolve_core(text: &str) -> Scalar {
    let (sign, digits) = split_sign(text);
    let unsigned = digits.len() == text.len();
    let int = match (digits.strip_prefix("0o"), digits.strip_prefix("0x")) {
        (Some(oct), _) if unsigned => radix(oct, 8),
        (_, Some(hex)) if unsigned => radix(hex, 16),
        _ => radix(digits, 10),
    };
    int.map(|n| Scalar::Int(sign * n)).or_else(|| float(text)).unwrap_or(Scalar::String)
}

fn resolve_go(text: &str) -> Scalar {
    if is_go_timestamp(text) {
        return Scalar::Timestamp;
    }
    let plain: String = text.chars().filter(|c| *c != '_').collect();
    if plain.starts_with('.') {
        // Here alone Go's own rule for underscores counts: only between digits.
        return if text.starts_with("._") { Scalar::String } else { go_float(&plain) };
    }
    let (sign, digits) = split_sign(&plain);
    let lower = digits.to_ascii_lowercase();
    let int = if let Some(hex) = lower.strip_prefix("0x") {
        radix(hex, 16)
    } else if let Some(bin) = lower.strip_prefix("0b") {
        radix(bin, 2)
    } else if let Some(oct) = lower.strip_prefix("0o") {
        radix(oct, 8)
    } else if digits.len() > 1 && digits.starts_with('0') {
        radix(digits, 8)
    } else {
        radix(digits, 10)
    };
    match int.map(|n| sign * n) {
        Some(n) if (i128::from(i64::MIN)..=i128::from(u64::MAX)).contains(&n) => Scalar::Int(n),
        _ => go_float(&plain),
    }
}

/// Go's `ParseFloat` fails beyond the largest float, and go-yaml then takes the digits for text: a serial number such
/// as 2244E6801787 is none of its infinities.
fn go_float(plain: &str) -> Scalar {
    match float(plain) {
        Some(Scalar::Float(value)) if value.is_finite() => Scalar::Float(value),
        _ => Scalar::String,
    }
}

fn resolve_pyyaml(text: &str) -> Scalar {
    if is_pyyaml_timestamp(text) {
        return Scalar::Timestamp;
    }
    pyyaml_int(text).map(Scalar::Int).or_else(|| pyyaml_float(text)).unwrap_or(Scalar::String)
}

fn pyyaml_int(text: &str) -> Option<i128> {
    let (sign, digits) = split_sign(text);
    let plain = || digits.replace('_', "");
    if let Some(bin) = digits.strip_prefix("0b") {
        return radix(&bin.replace('_', ""), 2).map(|n| sign * n);
    }
    if let Some(hex) = digits.strip_prefix("0x") {
        return radix(&hex.replace('_', ""), 16).map(|n| sign * n);
    }
    if digits == "0" {
        return Some(0);
    }
    if digits.contains(':') {
        return sexagesimal(digits).map(|n| sign * n);
    }
    if let Some(oct) = digits.strip_prefix('0') {
        return radix(&oct.replace('_', ""), 8).map(|n| sign * n);
    }
    if !digits.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    radix(&plain(), 10).map(|n| sign * n)
}

/// `[1-9][0-9_]*(:[0-5]?[0-9])+`
fn sexagesimal(digits: &str) -> Option<i128> {
    let mut parts = digits.split(':');
    let first = parts.next()?;
    if !first.starts_with(|c: char| ('1'..='9').contains(&c)) {
        return None;
    }
    let mut total = radix(&first.replace('_', ""), 10)?;
    for part in parts {
        if part.len() > 2 || (part.len() == 2 && !part.starts_with(|c: char| ('0'..='5').contains(&c))) {
            return None;
        }
        total = total.checked_mul(60)?.checked_add(radix(part, 10)?)?;
    }
    Some(total)
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+\.[0-9_]*`
fn sexagesimal_float(text: &str) -> Option<Scalar> {
    let (whole, fraction) = text.split_once('.')?;
    let (sign, digits) = split_sign(whole);
    let whole = if let Some(rest) = digits.strip_prefix("0:") {
        sexagesimal(&format!("1:{rest}"))? - 60_i128.pow(u32::try_from(rest.matches(':').count()).ok()? + 1)
    } else {
        sexagesimal(digits)?
    };
    let Scalar::Float(part) = float(&format!("0.{}", fraction.replace('_', "")))? else { return None };
    #[expect(clippy::cast_precision_loss, reason = "as Python does")]
    Some(Scalar::Float(sign as f64 * (whole as f64 + part)))
}

/// PyYAML's float needs a dot, and a sign in its exponent.
fn pyyaml_float(text: &str) -> Option<Scalar> {
    if !text.contains('.') {
        return None;
    }
    if text.contains(':') {
        return sexagesimal_float(text);
    }
    if let Some(at) = text.find(['e', 'E'])
        && !text[at + 1..].starts_with(['+', '-'])
    {
        return None;
    }
    let (_, digits) = split_sign(text);
    if digits.starts_with('_')
        || digits.starts_with("._")
        || digits.starts_with('.') && text.len() != digits.len()
    {
        return None;
    }
    float(&text.replace('_', ""))
}

fn split_sign(text: &str) -> (i128, &str) {
    match text.as_bytes().first() {
        Some(b'-') => (-1, &text[1..]),
        Some(b'+') => (1, &text[1..]),
        _ => (1, text),
    }
}

fn radix(digits: &str, base: u32) -> Option<i128> {
    if digits.is_empty() || !digits.chars().all(|c| c.is_digit(base)) {
        return None;
    }
    i128::from_str_radix(digits, base).ok()
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn float(text: &str) -> Option<Scalar> {
    let (_, rest) = split_sign(text);
    let (mantissa, exp) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let mantissa_ok = match mantissa.split_once('.') {
        Some(("", fraction)) => digits_only(fraction),
        Some((whole, fraction)) => digits_only(whole) && (fraction.is_empty() || digits_only(fraction)),
        None => digits_only(mantissa),
    };
    let exponent_ok = exp.is_none_or(|exp| digits_only(exp.strip_prefix(['+', '-']).unwrap_or(exp)));
    if !mantissa_ok || !exponent_ok {
        return None;
    }
    text.parse().ok().map(Scalar::Float)
}

/// Whether go-yaml v3 takes it for a time: `2006-1-2`, alone or with a clock (`T`, `t` or a blank between them; a zone
/// only behind `T`). The calendar has a say: 2020-13-01 is text.
fn is_go_timestamp(text: &str) -> bool {
    let (date, clock) = match text.split_once(['T', 't']) {
        Some((date, clock)) => (date, Some(clock)),
        None => text.split_once(' ').map_or((text, None), |(date, clock)| (date, Some(clock))),
    };
    is_date(date, 1) && clock.is_none_or(|clock| is_clock(clock, 1, text.contains(['T', 't'])))
}

/// Whether PyYAML takes it for a date (two digits each) or a time.
fn is_pyyaml_timestamp(text: &str) -> bool {
    match text.split_once(['T', 't', ' ']) {
        None => text.len() == 10 && is_date(text, 2),
        Some((date, clock)) => is_date(date, 1) && is_clock(clock.trim_start(), 2, true),
    }
}

/// A number of `least` to two digits that is at most `most`.
fn is_part(text: &str, least: usize, most: u8) -> bool {
    (least..=2).contains(&text.len()) && digits_only(text) && text.parse::<u8>().is_ok_and(|n| n <= most)
}

fn is_date(text: &str, least: usize) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    matches!(parts[..], [year, month, day]
        if year.len() == 4 && digits_only(year) && is_part(month, least, 12) && is_part(day, least, 31))
}

/// `15:4:5.999`, with a zone (`Z`, `+02:00`, `-5`) where that may be.
fn is_clock(text: &str, least: usize, zone: bool) -> bool {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != ':' && c != '.').unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let rest = rest.trim_start();
    let zone_ok =
        rest.is_empty() || zone && (rest == "Z" || rest.starts_with(['+', '-']) && is_zone(&rest[1..]));
    let parts: Vec<_> = clock.splitn(3, ':').collect();
    let [hour, minute, second] = parts[..] else { return false };
    let (second, fraction) = second.split_once('.').unwrap_or((second, "0"));
    zone_ok
        && is_part(hour, 1, 23)
        && is_part(minute, least, 59)
        && is_part(second, least, 59)
        && (fraction.is_empty() || digits_only(fraction))
}

fn is_zone(text: &str) -> bool {
    let (hours, minutes) = text.split_once(':').unwrap_or((text, "00"));
    is_part(hours, 1, 23) && is_part(minutes, 2, 59)
}

fn digits_only(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use Dialect::{GoYamlV3, Kubernetes, PyYaml, Yaml12};
    use Scalar::{Bool, Float, Int, Null, String, Timestamp};

    /// Expectations: YAML 1.2.2 core schema; PyYAML 6.0.3 `safe_load`; gopkg.in/yaml.v3 and sigs.k8s.io/yaml 1.6.
    #[test]
    fn each_dialect_reads_as_its_peer() {
        let table: &[(&str, [Scalar; 4])] = &[
            // text, Yaml12, PyYaml, GoYamlV3, Kubernetes
            ("", [Null, Null, Null, Null]),
            ("~", [Null, Null, Null, Null]),
            ("true", [Bool(true), Bool(true), Bool(true), Bool(true)]),
            ("yes", [String, Bool(true), String, Bool(true)]),
            ("Off", [String, Bool(false), String, Bool(false)]),
            ("y", [String, String, String, Bool(true)]),
            ("0042", [Int(42), Int(34), Int(34), Int(34)]),
            ("0o17", [Int(15), String, Int(15), Int(15)]),
            ("0x1F", [Int(31), Int(31), Int(31), Int(31)]),
            ("0b101", [String, Int(5), Int(5), Int(5)]),
            ("1_000", [String, Int(1000), Int(1000), Int(1000)]),
            ("10:20:30", [String, Int(37230), String, String]),
            ("1e3", [Float(1000.0), String, Float(1000.0), Float(1000.0)]),
            ("1.0e+3", [Float(1000.0), Float(1000.0), Float(1000.0), Float(1000.0)]),
            ("1.10", [Float(1.1), Float(1.1), Float(1.1), Float(1.1)]),
            (".5", [Float(0.5), Float(0.5), Float(0.5), Float(0.5)]),
            ("0888", [Int(888), String, Float(888.0), Float(888.0)]),
            ("-12", [Int(-12), Int(-12), Int(-12), Int(-12)]),
            ("2020-01-01", [String, Timestamp, Timestamp, Timestamp]),
            ("1.2.3", [String, String, String, String]),
            ("10.0.0.0/24", [String, String, String, String]),
            ("-", [String, String, String, String]),
            ("+", [String, String, String, String]),
            (".", [String, String, String, String]),
            ("=", [String, String, String, String]),
            ("+.5", [Float(0.5), String, Float(0.5), Float(0.5)]),
            ("1._5", [String, Float(1.5), Float(1.5), Float(1.5)]),
            ("._1", [String, String, String, String]),
            (".1_0", [String, Float(0.1), Float(0.1), Float(0.1)]),
            ("1:30.5", [String, Float(90.5), String, String]),
            ("08", [Int(8), String, Float(8.0), Float(8.0)]),
            ("0_7", [String, Int(7), Int(7), Int(7)]),
            ("1.e+3", [Float(1000.0), Float(1000.0), Float(1000.0), Float(1000.0)]),
            ("2020-1-1", [String, String, Timestamp, Timestamp]),
            ("2020-13-01", [String, String, String, String]),
            ("2020-01-01 10:00:00", [String, Timestamp, Timestamp, Timestamp]),
            ("2020-01-01T00:00:00Z", [String, Timestamp, Timestamp, Timestamp]),
            ("0x", [String, String, String, String]),
            ("0b2", [String, String, String, String]),
            ("_1", [String, String, String, String]),
            ("2244E6801787", [Float(f64::INFINITY), String, String, String]),
            ("1E4_00", [String, String, String, String]),
            ("-1e999", [Float(f64::NEG_INFINITY), String, String, String]),
            (".5e+999", [Float(f64::INFINITY), Float(f64::INFINITY), String, String]),
            ("1.5e+999", [Float(f64::INFINITY), Float(f64::INFINITY), String, String]),
            ("1e308", [Float(1e308), String, Float(1e308), Float(1e308)]),
            ("1e-999", [Float(0.0), String, Float(0.0), Float(0.0)]),
            (".inf", [Float(f64::INFINITY); 4]),
        ];
        for (text, want) in table {
            let got = [Yaml12, PyYaml, GoYamlV3, Kubernetes].map(|dialect| resolve_plain(text, dialect));
            assert_eq!(got, *want, "{text:?}");
        }
    }

    #[test]
    fn numbers_beyond_64_bits_are_floats_in_go() {
        assert_eq!(resolve_plain("18446744073709551615", GoYamlV3), Int(u64::MAX.into()));
        assert!(matches!(resolve_plain("18446744073709551616", GoYamlV3), Float(_)));
        assert!(matches!(resolve_plain("18446744073709551616", PyYaml), Int(_)));
    }
}
