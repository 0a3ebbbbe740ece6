//! Scalars: the forms Talos gives addresses, sizes, durations and the like, read and brought into the form it writes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use yaml::Value;

use super::address::{addr_port, parse_addr, parse_prefix};
use super::decode::Plain;
use super::quantity::{format_duration, parse_bytes, parse_duration};
use crate::pem64;
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
        Scalar::Enum("nethelpers.FailOverMAC") => fail_over_mac(text),
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

/// Whether a type holds bytes: none of them is not the same as nothing, for a merge takes them.
pub(super) fn is_bytes(kind: &Type) -> bool {
    matches!(kind, Type::Scalar(Scalar::HardwareAddr | Scalar::Base64))
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

/// The one word that Talos takes in lower case only, empty, and by its number too.
fn fail_over_mac(text: &str) -> Result<Value, Wrong> {
    match text {
        "" | "none" | "0" => Ok(Value::from("none")),
        "active" | "1" => Ok(Value::from("active")),
        "follow" | "2" => Ok(Value::from("follow")),
        _ => Err(invalid("one of none, active, follow")),
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
    // What can be decoded is already in the one form that it has: padded, and no bit too many.
    let bare = pem64::without_breaks(text);
    let bare = bare.as_ref().map_or(text, |bare| bare.as_str());
    let decoded = STANDARD.decode(bare).map(zeroize::Zeroizing::new);
    if decoded.is_ok() { Ok(bare.to_owned()) } else { Err(invalid("base64")) }
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
