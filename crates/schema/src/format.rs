//! What `format` asks of a value. The formats are those that the API server knows for custom resources, and Kubernetes'
//! quantities; of any other nothing is asked, as there.

use std::net::{Ipv4Addr, Ipv6Addr};

/// A format that has a say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    Int32,
    Int64,
    Byte,
    Date,
    DateTime,
    Duration,
    Quantity,
    Ipv4,
    Ipv6,
    Cidr,
    Hostname,
    Email,
    Uri,
    Uuid,
    Mac,
    LabelKey,
    LabelValue,
}

impl Format {
    /// The format of a name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "int32" => Self::Int32,
            "int64" => Self::Int64,
            "byte" => Self::Byte,
            "date" => Self::Date,
            "date-time" | "datetime" => Self::DateTime,
            "duration" => Self::Duration,
            "quantity" => Self::Quantity,
            "ipv4" => Self::Ipv4,
            "ipv6" => Self::Ipv6,
            "cidr" => Self::Cidr,
            "hostname" => Self::Hostname,
            "email" => Self::Email,
            "uri" => Self::Uri,
            "uuid" => Self::Uuid,
            "mac" => Self::Mac,
            "k8s-label-key" => Self::LabelKey,
            "k8s-label-value" => Self::LabelValue,
            _ => return None,
        })
    }

    /// What a value must be, in words, with an example.
    pub(crate) fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Int32 => ("an integer of 32 bits", "from -2147483648 to 2147483647"),
            Self::Int64 => ("an integer of 64 bits", "from -9223372036854775808 to 9223372036854775807"),
            Self::Byte => ("base64", "plain text goes into stringData where the kind has it"),
            Self::Date => ("a date", "such as 2026-01-31"),
            Self::DateTime => ("a date and time of RFC 3339", "such as 2026-01-31T08:00:00Z"),
            Self::Duration => ("a duration", "such as 30s, 5m or 1h30m"),
            Self::Quantity => ("a quantity", "such as 100m, 0.5, 128Mi or 2G"),
            Self::Ipv4 => ("an IPv4 address", "such as 192.168.1.10"),
            Self::Ipv6 => ("an IPv6 address", "such as 2001:db8::1"),
            Self::Cidr => ("a network", "such as 192.168.1.0/24"),
            Self::Hostname => ("a host name", "such as app.example.com"),
            Self::Email => ("a mail address", "such as name@example.com"),
            Self::Uri => ("a URI", "such as https://example.com/path"),
            Self::Uuid => ("a UUID", "such as 123e4567-e89b-12d3-a456-426614174000"),
            Self::Mac => ("a MAC address", "such as 02:00:5e:10:00:01"),
            Self::LabelKey => (
                "a key of labels or annotations",
                "such as app or example.com/app: up to 63 letters, digits, -, _ and . after the domain",
            ),
            Self::LabelValue => (
                "a value of labels",
                "up to 63 letters, digits, -, _ and ., the first and the last a letter or digit",
            ),
        }
    }

    /// Whether it is about integers; the others are about text.
    pub(crate) fn fits_int(self, value: i128) -> bool {
        match self {
            Self::Int32 => i32::try_from(value).is_ok(),
            Self::Int64 => i64::try_from(value).is_ok(),
            _ => true,
        }
    }

    /// Whether a text is of the format.
    pub(crate) fn fits(self, text: &str) -> bool {
        match self {
            Self::Int32 | Self::Int64 => true,
            Self::Byte => is_base64(text),
            Self::Date => is_date(text),
            Self::DateTime => is_date_time(text),
            Self::Duration => is_duration(text),
            Self::Quantity => is_quantity(text),
            Self::Ipv4 => text.parse::<Ipv4Addr>().is_ok(),
            Self::Ipv6 => text.parse::<Ipv6Addr>().is_ok(),
            Self::Cidr => is_cidr(text),
            Self::Hostname => is_hostname(text),
            Self::Email => is_email(text),
            Self::Uri => is_uri(text),
            Self::Uuid => is_uuid(text),
            Self::Mac => is_mac(text),
            Self::LabelKey => is_label_key(text),
            Self::LabelValue => text.is_empty() || is_label(text),
        }
    }
}

/// Go's standard encoding: padded, line breaks anywhere.
fn is_base64(text: &str) -> bool {
    let mut count = 0;
    let mut padding = 0;
    for byte in text.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')) {
        let is_digit = byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        if byte == b'=' {
            padding += 1;
        } else if !is_digit || padding > 0 {
            return false;
        }
        count += 1;
    }
    count % 4 == 0 && padding <= 2
}

/// Digits of a fixed number, at most `most`.
fn number(text: &str, digits: usize, most: u32) -> Option<u32> {
    let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|value| is_number && *value <= most)
}

fn is_date(text: &str) -> bool {
    let parts: Vec<_> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return false };
    let (Some(year), Some(month), Some(day)) =
        (number(year, 4, 9999), number(month, 2, 12), number(day, 2, 31))
    else {
        return false;
    };
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(is_leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    };
    month > 0 && (1..=days).contains(&day)
}

fn is_date_time(text: &str) -> bool {
    let Some((date, rest)) = text.split_once('T') else { return false };
    let (clock, zone) = match rest.find(['Z', '+', '-']) {
        Some(at) => rest.split_at(at),
        None => return false,
    };
    let zone_fits = zone == "Z" || zone.get(1..).is_some_and(is_hour_and_minute);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, "0"));
    let (minutes, seconds) = clock.rsplit_once(':').unwrap_or((clock, ""));
    let is_fraction = !fraction.is_empty() && fraction.bytes().all(|byte| byte.is_ascii_digit());
    is_date(date)
        && is_hour_and_minute(minutes)
        && number(seconds, 2, 59).is_some()
        && is_fraction
        && zone_fits
}

fn is_hour_and_minute(text: &str) -> bool {
    text.split_once(':')
        .is_some_and(|(hour, minute)| number(hour, 2, 23).is_some() && number(minute, 2, 59).is_some())
}

/// Go's durations, and numbers with the units that the API server adds to them (`2 days`).
fn is_duration(text: &str) -> bool {
    const UNITS: &[&str] = &["ns", "us", "µs", "μs", "ms", "s", "m", "h"];
    const WORDS: &[&str] = &[
        "nano", "ns", "micro", "us", "µs", "milli", "ms", "s", "sec", "m", "min", "h", "hr", "hour", "d",
        "day", "w", "wk", "week",
    ];
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    if rest == "0" || has_parts(rest, UNITS) {
        return true;
    }
    let (digits, unit) = rest.split_at(rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
    let unit = unit.trim_start();
    !digits.is_empty()
        && (WORDS.contains(&unit) || unit.strip_suffix('s').is_some_and(|one| WORDS.contains(&one)))
}

/// Numbers, each with a unit.
fn has_parts(text: &str, units: &[&str]) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
        let (digits, after) = rest.split_at(end);
        let is_number = digits.bytes().any(|b| b.is_ascii_digit()) && digits.matches('.').count() <= 1;
        let end = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        if !is_number || !units.contains(&unit) {
            return false;
        }
        rest = after;
    }
    !text.is_empty()
}

/// A number with a suffix: `100m`, `1.5Gi`, `1e3`.
pub(crate) fn is_quantity(text: &str) -> bool {
    let rest = text.strip_prefix(['+', '-']).unwrap_or(text);
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.')).unwrap_or(rest.len());
    let (digits, suffix) = rest.split_at(end);
    let is_number = digits.bytes().any(|byte| byte.is_ascii_digit()) && digits.matches('.').count() <= 1;
    let is_suffix = matches!(suffix, "" | "n" | "u" | "m" | "k" | "M" | "G" | "T" | "P" | "E")
        || matches!(suffix, "Ki" | "Mi" | "Gi" | "Ti" | "Pi" | "Ei")
        || suffix.strip_prefix(['e', 'E']).is_some_and(|exponent| {
            let digits = exponent.strip_prefix(['+', '-']).unwrap_or(exponent);
            !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
        });
    is_number && is_suffix
}

fn is_cidr(text: &str) -> bool {
    let Some((address, length)) = text.split_once('/') else { return false };
    let is_length = |most| {
        let plain = length == "0" || !length.starts_with(['0', '+']);
        plain && length.parse::<u8>().is_ok_and(|length| length <= most)
    };
    if address.contains(':') {
        address.parse::<Ipv6Addr>().is_ok() && is_length(128)
    } else {
        address.parse::<Ipv4Addr>().is_ok() && is_length(32)
    }
}

fn is_hostname(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    text.len() <= 253 && text.strip_suffix('.').unwrap_or(text).split('.').all(is_label)
}

fn is_email(text: &str) -> bool {
    text.rsplit_once('@').is_some_and(|(name, host)| {
        let name_fits = (1..=64).contains(&name.len()) && !name.contains(char::is_whitespace);
        let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        name_fits && literal.map_or_else(|| is_hostname(host), |address| !address.is_empty())
    })
}

/// A scheme and more, or a path from the root: what Go takes in a request.
fn is_uri(text: &str) -> bool {
    if text.starts_with('/') {
        return !text.contains(|c: char| c.is_ascii_control() || c == ' ');
    }
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_scheme = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.'));
    is_scheme && !rest.is_empty() && !rest.contains(|c: char| c.is_ascii_control() || c == ' ')
}

fn is_uuid(text: &str) -> bool {
    let lengths = [8, 4, 4, 4, 12];
    let parts: Vec<_> = text.split('-').collect();
    let is_hex = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    parts.len() == lengths.len()
        && parts.iter().zip(lengths).all(|(part, length)| part.len() == length && is_hex(part))
}

fn is_mac(text: &str) -> bool {
    let is_list = |separator: char| {
        let parts: Vec<_> = text.split(separator).collect();
        matches!(parts.len(), 6 | 8 | 20)
            && parts.iter().all(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_hexdigit()))
    };
    is_list(':') || is_list('-')
}

/// A name with an optional domain before it.
fn is_label_key(text: &str) -> bool {
    match text.split_once('/') {
        // The API server takes the domains of annotations in any case.
        Some((domain, name)) => is_subdomain(&domain.to_ascii_lowercase()) && is_label(name),
        None => is_label(text),
    }
}

fn is_label(text: &str) -> bool {
    let is_end = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    text.len() <= 63
        && is_end(text.bytes().next())
        && is_end(text.bytes().next_back())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}

/// A name as most objects have them: RFC 1123, in lower case.
pub(crate) fn is_subdomain(text: &str) -> bool {
    text.len() <= 253 && text.split('.').all(is_subdomain_part)
}

/// A part of such a name; its length is for the caller.
pub(crate) fn is_subdomain_part(text: &str) -> bool {
    !text.is_empty()
        && !text.starts_with('-')
        && !text.ends_with('-')
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn examples_of_each() {
        let table: &[(Format, &[&str], &[&str])] = &[
            (Format::Byte, &["", "YQ==", "YWI=", "YWJj\nYWJj"], &["YQ", "Y!==", "Y=Q=", "===="]),
            (Format::Date, &["2024-02-29"], &["2023-02-29", "2023-1-1", "2023-00-10", "x"]),
            (
                Format::DateTime,
                &["2026-01-31T08:00:00Z", "2026-01-31T08:00:00.25+02:00"],
                &["2026-01-31", "2026-01-31 08:00:00Z", "2026-01-31T08:00:00", "2026-01-31T24:00:00Z"],
            ),
            (
                Format::Duration,
                &["0", "1h30m", "1.5s", "-2ms", "2 days", "3d"],
                &["", "5", "1x", "h", "1h 3m"],
            ),
            (
                Format::Quantity,
                &["1", "100m", "1.5Gi", ".5", "1e3", "-2k", "2E", "1."],
                &["", "Gi", "1gb", "1 Gi", "1.2.3", "1e"],
            ),
            (Format::Ipv4, &["10.0.0.1"], &["10.0.0.256", "::1", "10.0.0.01"]),
            (Format::Ipv6, &["::1", "fe80::1"], &["10.0.0.1", "fe80"]),
            (Format::Cidr, &["10.0.0.0/8", "fd00::/64"], &["10.0.0.0", "10.0.0.0/33", "10.0.0.0/08"]),
            (Format::Hostname, &["a.b-c.example", "x"], &["-a", "a_b", "a..b", ""]),
            (Format::Email, &["a@b.c"], &["a", "@b", "a b@c"]),
            (Format::Uri, &["https://x/y", "urn:a", "/x"], &["x", "x/y", "http://a b"]),
            (Format::Uuid, &["123e4567-e89b-12d3-a456-426614174000"], &["123e4567"]),
            (
                Format::LabelKey,
                &["app", "app.kubernetes.io/name", "A_b", "Example.com/x"],
                &["", "a b", "/x", "a/b/c", "-a", "a_b/c"],
            ),
            (Format::LabelValue, &["", "1.0", "A_b-c"], &["a b", "-a", "a/b", "x."]),
            (Format::Mac, &["02:00:5e:10:00:01", "02-00-5e-10-00-01"], &["02:00", "0200.5e10.0001x"]),
        ];
        for (format, good, bad) in table {
            for text in *good {
                assert!(format.fits(text), "{format:?} {text}");
            }
            for text in *bad {
                assert!(!format.fits(text), "{format:?} {text}");
            }
        }
    }

    #[test]
    fn integers() {
        assert!(Format::Int32.fits_int(-2_147_483_648) && !Format::Int32.fits_int(2_147_483_648));
        assert!(!Format::Int64.fits_int(i128::from(i64::MAX) + 1));
    }
}
