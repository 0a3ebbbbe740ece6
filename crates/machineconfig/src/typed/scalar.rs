//! Scalars: the forms Talos gives addresses, sizes, durations and the like, read and brought into the form it writes.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use yaml::Value;

use super::decode::Plain;
use crate::schema::{Scalar, Schema, Type};
use crate::url::Url;

/// Why a scalar does not fit.
pub(super) enum Wrong {
    /// Something else belongs here.
    Expected(String),
    /// The scalar itself is wrong.
    Invalid(String),
}

impl Wrong {
    pub(super) fn expected(what: &str) -> Self {
        Self::Expected(what.to_owned())
    }

    /// The message, for a node of this kind. It never quotes a value.
    pub(super) fn message(&self, found: &str) -> String {
        match self {
            Self::Expected(what) => format!("{what} is expected here, not {found}"),
            Self::Invalid(what) => format!("this is not {what}"),
        }
    }
}

/// What a type is called in messages.
pub(super) fn noun(kind: &Type) -> &'static str {
    match kind {
        Type::Bool => "true or false",
        Type::Int(..) | Type::Scalar(Scalar::DiskSize | Scalar::FileMode) => "a number",
        Type::Duration => "a duration such as 30s",
        _ => "a text",
    }
}

/// Reads a scalar that is not null.
pub(super) fn read(plain: &Plain<'_>, kind: &Type, schema: &Schema) -> Result<Value, Wrong> {
    match kind {
        Type::Bool => boolean(plain),
        Type::Int(low, high) => integer(plain, *low, *high),
        Type::Duration => match plain.meaning {
            yaml::Scalar::String => parse_duration(&plain.text)
                .map(|ns| Value::String(format_duration(ns)))
                .ok_or_else(|| invalid("a duration")),
            _ => Err(Wrong::expected("a duration such as 30s")),
        },
        Type::Scalar(scalar) => special(plain, *scalar, schema),
        _ => Ok(Value::String(plain.text.clone().into_owned())),
    }
}

fn invalid(what: &str) -> Wrong {
    Wrong::Invalid(what.to_owned())
}

/// A boolean; go-yaml takes the words of YAML 1.1 too when it knows that a boolean is wanted.
fn boolean(plain: &Plain<'_>) -> Result<Value, Wrong> {
    match plain.meaning {
        yaml::Scalar::Bool(value) => Ok(Value::Bool(value)),
        yaml::Scalar::String => match plain.text.as_ref() {
            "y" | "Y" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" => Ok(Value::Bool(true)),
            "n" | "N" | "no" | "No" | "NO" | "off" | "Off" | "OFF" => Ok(Value::Bool(false)),
            _ => Err(Wrong::expected("true or false")),
        },
        _ => Err(Wrong::expected("true or false")),
    }
}

fn integer(plain: &Plain<'_>, low: i128, high: i128) -> Result<Value, Wrong> {
    let value = match plain.meaning {
        yaml::Scalar::Int(value) => value,
        #[expect(
            clippy::cast_possible_truncation,
            reason = "only whole floats are taken, and the bounds are checked"
        )]
        yaml::Scalar::Float(value) if value.fract() == 0.0 && value.abs() < 1e18 => value as i128,
        _ => return Err(Wrong::expected("a whole number")),
    };
    if (low..=high).contains(&value) {
        Ok(Value::Int(value))
    } else {
        Err(invalid("a number that fits here"))
    }
}

fn special(plain: &Plain<'_>, scalar: Scalar, schema: &Schema) -> Result<Value, Wrong> {
    let text = plain.text.as_ref();
    let string = |text: String| Ok(Value::String(text));
    match scalar {
        Scalar::Enum(name) => {
            let words = schema.words(name);
            let found = words.canonical(text);
            found.map(Value::from).ok_or_else(|| {
                Wrong::Invalid(format!("one of {}", words.names().collect::<Vec<_>>().join(", ")))
            })
        }
        Scalar::Size if text.contains('%') => percentage(text),
        Scalar::Size | Scalar::ByteSize => byte_size(text),
        Scalar::Cel => string(text.to_owned()),
        Scalar::Addr | Scalar::AddrPort | Scalar::Prefix | Scalar::Url if text.is_empty() => {
            string(String::new())
        }
        Scalar::Addr => parse_addr(text).map(Value::String).ok_or_else(|| invalid("an IP address")),
        Scalar::AddrPort => {
            addr_port(text).map(Value::String).ok_or_else(|| invalid("an address with a port"))
        }
        Scalar::Prefix => {
            parse_prefix(text).map(Value::String).ok_or_else(|| invalid("a CIDR (10.0.0.0/24)"))
        }
        Scalar::Url | Scalar::Endpoint => Url::parse(text)
            .map(|url| Value::String(url.to_string()))
            .map_err(|error| invalid(&format!("a URL ({error})"))),
        Scalar::HardwareAddr => hardware_address(text),
        Scalar::RoutingTable => routing_table(text),
        Scalar::PortRange => port_range(plain),
        Scalar::Base64 => base64(text).map(Value::String),
        Scalar::DiskSize => parse_bytes(text)
            .map(|size| Value::Int(size.into()))
            .ok_or_else(|| invalid("a size such as 10GB")),
        Scalar::FileMode => integer(plain, 0, u32::MAX.into()),
        Scalar::DiskSizeMatcher => disk_size_matcher(text),
        Scalar::ArgValue | Scalar::Certificate | Scalar::CertificateAndKey | Scalar::Key => {
            string(text.to_owned())
        }
    }
}

/// Whether a scalar is its type's zero value.
pub(super) fn is_zero(value: &Value, kind: &Type, schema: &Schema) -> bool {
    match (kind, value) {
        (Type::Scalar(Scalar::Enum(name)), Value::String(word)) => schema.words(name).zero() == Some(word),
        (Type::Scalar(Scalar::RoutingTable), Value::String(word)) => word == "unspec",
        // A certificate is only ever behind a pointer; a port range is no number.
        (
            Type::Scalar(
                Scalar::Certificate
                | Scalar::CertificateAndKey
                | Scalar::Key
                | Scalar::ArgValue
                | Scalar::PortRange,
            ),
            _,
        ) => false,
        (Type::Duration, Value::String(text)) => text == "0s",
        (_, Value::String(text)) => text.is_empty(),
        (_, Value::Bool(value)) => !value,
        (_, Value::Int(value)) => *value == 0,
        _ => false,
    }
}

/// The keys of a certificate, a key, or both.
pub(super) fn certificate_keys(scalar: Scalar) -> &'static [&'static str] {
    match scalar {
        Scalar::Certificate => &["crt"],
        Scalar::Key => &["key"],
        _ => &["crt", "key"],
    }
}

/// Base64, without line breaks.
pub(super) fn base64(text: &str) -> Result<String, Wrong> {
    if text == "******" {
        return Ok(text.to_owned());
    }
    let bare: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
    let bytes = zeroize::Zeroizing::new(STANDARD.decode(&bare).map_err(|_| invalid("base64"))?);
    Ok(STANDARD.encode(bytes.as_slice()))
}

fn byte_size(text: &str) -> Result<Value, Wrong> {
    let amount = text.strip_prefix('-').unwrap_or(text);
    if text.is_empty() || parse_bytes(amount).is_some() {
        return Ok(Value::from(text));
    }
    Err(invalid("a size such as 10GiB"))
}

fn percentage(text: &str) -> Result<Value, Wrong> {
    let number = text.strip_suffix('%').map(|text| text.strip_prefix('-').unwrap_or(text));
    let value = number.and_then(|text| text.parse::<f64>().ok());
    if value.is_some_and(|value| (0.0..=100.0).contains(&value)) {
        Ok(Value::from(text))
    } else {
        Err(invalid("a percentage"))
    }
}

/// A size in bytes as people write it: `10GB`, `1.5 TiB`, `1,000`.
pub(crate) fn parse_bytes(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !(c.is_ascii_digit() || c == '.' || c == ',')).unwrap_or(text.len());
    let number: f64 = text[..end].replace(',', "").parse().ok()?;
    let factor = match text[end..].trim().to_lowercase().as_str() {
        "" | "b" => 1.0,
        unit => {
            let (base, letter) = match unit.strip_suffix("ib").or_else(|| unit.strip_suffix('i')) {
                Some(letter) => (1024.0_f64, letter),
                None => (1000.0, unit.strip_suffix('b').unwrap_or(unit)),
            };
            let power = ["k", "m", "g", "t", "p", "e"].iter().position(|known| *known == letter)?;
            base.powi(i32::try_from(power).ok()? + 1)
        }
    };
    let bytes = number * factor;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the bounds are checked; Go truncates too"
    )]
    (0.0..18_446_744_073_709_551_615.0).contains(&bytes).then_some(bytes as u64)
}

/// A size as Talos writes the sizes of disks: `100 GB` where that loses nothing, else the number.
pub(super) fn format_disk_size(bytes: u64) -> Value {
    let human = human_bytes(bytes);
    if bytes.is_multiple_of(1000) && parse_bytes(&human) == Some(bytes) {
        Value::String(human)
    } else {
        Value::Int(bytes.into())
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "as humanize"
)]
fn human_bytes(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 10 {
        return format!("{bytes} B");
    }
    let exponent = ((bytes as f64).ln() / 1000_f64.ln()).floor();
    let value = (bytes as f64 / 1000_f64.powf(exponent) * 10.0 + 0.5).floor() / 10.0;
    let unit = UNITS[(exponent as usize).min(6)];
    if value < 10.0 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
}

fn disk_size_matcher(text: &str) -> Result<Value, Wrong> {
    let text = text.trim();
    let size =
        [">=", "<=", "==", ">", "<"].iter().find_map(|operator| text.strip_prefix(operator)).unwrap_or(text);
    match parse_bytes(size.trim()) {
        Some(_) => Ok(Value::from(text)),
        None => Err(invalid("a size with a comparison (>= 100GB)")),
    }
}

fn routing_table(text: &str) -> Result<Value, Wrong> {
    let known = ["unspec", "default", "main", "local"].contains(&text);
    if known || text.parse::<u8>().is_ok_and(|table| (1..253).contains(&table)) {
        return Ok(Value::from(text));
    }
    Err(invalid("a routing table (main, or a number from 1 to 252)"))
}

fn port_range(plain: &Plain<'_>) -> Result<Value, Wrong> {
    if let yaml::Scalar::Int(port) = plain.meaning {
        return if (0..=65535).contains(&port) { Ok(Value::Int(port)) } else { Err(invalid("a port")) };
    }
    let bounds = plain
        .text
        .split_once('-')
        .and_then(|(low, high)| Some((low.parse::<u16>().ok()?, high.parse::<u16>().ok()?)));
    match bounds {
        Some((low, high)) if low == high => Ok(Value::Int(low.into())),
        Some((low, high)) => Ok(Value::String(format!("{low}-{high}"))),
        None => Err(invalid("a port or a range of ports")),
    }
}

fn hardware_address(text: &str) -> Result<Value, Wrong> {
    let digits: Vec<char> = text.chars().filter(|c| *c != ':').collect();
    if digits.len() % 2 == 1 || digits.iter().any(|c| !c.is_ascii_hexdigit()) {
        return Err(invalid("a hardware address (52:54:00:00:00:01)"));
    }
    let pairs: Vec<String> =
        digits.chunks(2).map(|pair| pair.iter().collect::<String>().to_lowercase()).collect();
    Ok(Value::String(pairs.join(":")))
}

/// An IP address in the form Go writes it.
pub(crate) fn parse_addr(text: &str) -> Option<String> {
    if let Some((address, zone)) = text.split_once('%') {
        let address: Ipv6Addr = address.parse().ok()?;
        return (!zone.is_empty()).then(|| format!("{address}%{zone}"));
    }
    text.parse::<IpAddr>().ok().map(|address| address.to_string())
}

/// A prefix in the form Go writes it; its host bits stay.
pub(crate) fn parse_prefix(text: &str) -> Option<String> {
    let (address, bits) = text.rsplit_once('/')?;
    let address: IpAddr = address.parse().ok()?;
    if bits.is_empty()
        || bits.len() > 3
        || !bits.chars().all(|c| c.is_ascii_digit())
        || (bits.len() > 1 && bits.starts_with('0'))
    {
        return None;
    }
    let most = if address.is_ipv4() { 32 } else { 128 };
    bits.parse::<u8>().ok().filter(|bits| *bits <= most).map(|bits| format!("{address}/{bits}"))
}

fn addr_port(text: &str) -> Option<String> {
    text.parse::<SocketAddr>().ok().map(|address| address.to_string())
}

/// Nanoseconds of a duration as Go reads it: `1h2m3.5s`, `-5m`, `0`.
pub fn parse_duration(text: &str) -> Option<i64> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    let mut total = 0_f64;
    let mut whole = 0_i128;
    if rest.is_empty() {
        return None;
    }
    while !rest.is_empty() {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let (number, tail) = rest.split_at(end);
        let unit_end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(unit_end);
        let scale: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => 1_000_000_000,
            "m" => 60_000_000_000,
            "h" => 3_600_000_000_000,
            _ => return None,
        };
        let (integer, fraction) = number.split_once('.').unwrap_or((number, ""));
        if integer.is_empty() && fraction.is_empty() {
            return None;
        }
        whole += integer.parse::<i128>().or_else(|e| if integer.is_empty() { Ok(0) } else { Err(e) }).ok()?
            * scale;
        if !fraction.is_empty() {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a fraction of a unit is far below what a float holds"
            )]
            let part = format!("0.{fraction}").parse::<f64>().ok()? * scale as f64;
            total += part;
        }
        rest = tail;
    }
    #[expect(clippy::cast_possible_truncation, reason = "below one unit")]
    let sum = whole + total as i128;
    i64::try_from(if negative { -sum } else { sum }).ok()
}

/// A duration as Go writes it: `1h0m0s`, `1.5s`, `300ms`.
pub(super) fn format_duration(nanoseconds: i64) -> String {
    let negative = if nanoseconds < 0 { "-" } else { "" };
    let ns = nanoseconds.unsigned_abs();
    let fraction = |value: u64, unit: u64| {
        let digits = unit.to_string().len() - 1;
        let text = format!("{}.{:0digits$}", value / unit, value % unit);
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    };
    let text = match ns {
        0 => "0s".to_owned(),
        1..1_000 => format!("{ns}ns"),
        1_000..1_000_000 => format!("{}µs", fraction(ns, 1_000)),
        1_000_000..1_000_000_000 => format!("{}ms", fraction(ns, 1_000_000)),
        _ => {
            let seconds = fraction(ns % 60_000_000_000, 1_000_000_000);
            let minutes = ns / 60_000_000_000;
            match (minutes / 60, minutes % 60) {
                (0, 0) => format!("{seconds}s"),
                (0, minutes) => format!("{minutes}m{seconds}s"),
                (hours, minutes) => format!("{hours}h{minutes}m{seconds}s"),
            }
        }
    };
    format!("{negative}{text}")
}

/// A float as Go's shortest form: `1.1`, `1e+06`.
pub(crate) fn format_float(value: f64) -> String {
    if value.is_nan() {
        return ".nan".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { ".inf" } else { "-.inf" }.to_owned();
    }
    let scientific = format!("{value:e}");
    let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..6).contains(&exponent) {
        return value.to_string();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!("{mantissa}e{sign}{:02}", exponent.abs())
}

/// A timestamp read and written again.
pub(super) fn timestamp(text: &str) -> String {
    let date = text.len() <= 10 && text.split('-').count() == 3;
    if date { format!("{text}T00:00:00Z") } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes() {
        assert_eq!(parse_bytes("100GB"), Some(100_000_000_000));
        assert_eq!(parse_bytes("10 GiB"), Some(10 << 30));
        assert_eq!(parse_bytes("1.5mib"), Some(1_572_864));
        assert_eq!(parse_bytes("1,000"), Some(1000));
        assert_eq!(parse_bytes("1k"), Some(1000));
        for wrong in ["", "GB", "1 XB", "-1", "1e30EB"] {
            assert_eq!(parse_bytes(wrong), None, "{wrong}");
        }
        assert_eq!(format_disk_size(100_000_000_000), Value::from("100 GB"));
        assert_eq!(format_disk_size(1_500_000_000), Value::from("1.5 GB"));
        assert_eq!(format_disk_size(123_456_789_000), Value::Int(123_456_789_000));
        assert_eq!(format_disk_size(0), Value::from("0 B"));
    }

    #[test]
    fn durations() {
        for (text, want) in [
            ("2m", "2m0s"),
            ("1h", "1h0m0s"),
            ("90s", "1m30s"),
            ("1.5s", "1.5s"),
            ("25s", "25s"),
            ("300ms", "300ms"),
            ("0", "0s"),
            ("-5m", "-5m0s"),
            ("1h2m3.25s", "1h2m3.25s"),
        ] {
            assert_eq!(parse_duration(text).map(format_duration).as_deref(), Some(want), "{text}");
        }
        for wrong in ["", "5", "m", "1x", "1.s.", "."] {
            assert_eq!(parse_duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn addresses() {
        assert_eq!(parse_prefix("10.0.0.5/24").as_deref(), Some("10.0.0.5/24"));
        assert_eq!(parse_prefix("FD00:0::1/64").as_deref(), Some("fd00::1/64"));
        for wrong in ["10.0.0.0", "10.0.0.0/33", "10.0.0.0/08", "x/1", "10.0.0.0/"] {
            assert_eq!(parse_prefix(wrong), None, "{wrong}");
        }
        assert_eq!(parse_addr("fe80::1%eth0").as_deref(), Some("fe80::1%eth0"));
        assert_eq!(parse_addr("010.0.0.1"), None);
    }

    #[test]
    fn floats_and_dates_as_go_writes_them() {
        assert_eq!(format_float(1.1), "1.1");
        assert_eq!(format_float(123_456.5), "123456.5");
        assert_eq!(format_float(1_000_000.0), "1e+06");
        assert_eq!(format_float(0.00001), "1e-05");
        assert_eq!(timestamp("2024-01-01"), "2024-01-01T00:00:00Z");
    }
}
