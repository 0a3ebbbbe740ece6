//! Sizes, durations, floats and dates, as Go's libraries read and write them.

use yaml::Value;

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

#[expect(clippy::cast_precision_loss, reason = "as humanize")]
fn human_bytes(bytes: u64) -> String {
    const UNITS: [&str; 7] = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];
    if bytes < 10 {
        return format!("{bytes} B");
    }
    // humanize takes logarithms. Where those come to another unit, which is just below one, the text is none of the number.
    let (mut scale, mut unit) = (1_u64, 0);
    while unit + 1 < UNITS.len() && bytes / 1000 >= scale {
        scale *= 1000;
        unit += 1;
    }
    let value = (bytes as f64 / scale as f64 * 10.0 + 0.5).floor() / 10.0;
    let unit = UNITS[unit];
    if value < 10.0 { format!("{value:.1} {unit}") } else { format!("{value:.0} {unit}") }
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
        let count = if integer.is_empty() { 0 } else { integer.parse::<i64>().ok()? };
        whole += i128::from(count) * scale;
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
    yaml::go::float(value)
}

/// A timestamp read and written again: as RFC 3339 has it, in Go's shortest form.
pub(super) fn timestamp(text: &str) -> String {
    let (date, time) = text.split_once(['T', 't', ' ']).unwrap_or((text, "0:0:0Z"));
    let padded = |text: &str, sign: char| {
        text.split(sign).map(|part| format!("{part:0>2}")).collect::<Vec<_>>().join(&sign.to_string())
    };
    let zone_at = time.find(['Z', 'z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = time.split_at(zone_at);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let fraction = fraction.trim_end_matches('0');
    let point = if fraction.is_empty() { "" } else { "." };
    let zone = if matches!(zone, "" | "z" | "Z" | "+00:00" | "-00:00") { "Z" } else { zone };
    format!("{}T{}{point}{fraction}{zone}", padded(date, '-'), padded(clock, ':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    // As Go's time.RFC3339Nano writes what go-yaml reads.
    #[test]
    fn timestamps() {
        for (text, want) in [
            ("2001-01-01", "2001-01-01T00:00:00Z"),
            ("2001-1-2", "2001-01-02T00:00:00Z"),
            ("2001-01-01 10:00:00.50", "2001-01-01T10:00:00.5Z"),
            ("2001-01-01t10:0:5+02:00", "2001-01-01T10:00:05+02:00"),
            ("2001-01-01T10:00:00.000+00:00", "2001-01-01T10:00:00Z"),
        ] {
            assert_eq!(timestamp(text), want);
        }
    }

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
        assert_eq!(format_disk_size(u64::MAX / 1000 * 1000), Value::Int((u64::MAX / 1000 * 1000).into()));
    }

    /// go-humanize 1.0 finds the unit with logarithms, which are not exact.
    #[test]
    #[expect(clippy::cast_precision_loss, reason = "as humanize")]
    fn sizes_of_disks_around_a_unit() {
        for exponent in 1..=6_u32 {
            let one = 1000_u64.pow(exponent);
            for bytes in
                (0..20).flat_map(|n| [one - n, one + n, one.saturating_sub(1000 * n).max(10), one + 1000 * n])
            {
                let by_logarithm = ((bytes as f64).ln() / 1000_f64.ln()).floor();
                let by_size = f64::from(if bytes < one { exponent - 1 } else { exponent });
                let written = matches!(format_disk_size(bytes), Value::String(_));
                assert!(by_logarithm.to_bits() == by_size.to_bits() || !written, "{bytes}");
            }
        }
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
    fn floats_and_dates_as_go_writes_them() {
        assert_eq!(format_float(1.1), "1.1");
        assert_eq!(format_float(123_456.5), "123456.5");
        assert_eq!(format_float(1_000_000.0), "1e+06");
        assert_eq!(format_float(0.00001), "1e-05");
        assert_eq!(timestamp("2024-01-01"), "2024-01-01T00:00:00Z");
    }
}
