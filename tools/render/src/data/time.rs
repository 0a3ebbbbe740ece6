//! Dates and times as Python prints them: what PyYAML and tomllib make of them becomes text here at once.

/// `str()` of the date or time that PyYAML reads in a plain scalar; none for other text.
///
/// The forms are PyYAML 6's: `2024-01-02`, `2024-1-2t3:04:05.25 +2`, with `Z`, an offset or nothing behind.
pub(super) fn python_time(text: &str) -> Option<String> {
    let (date, time) = match text.find(['T', 't', ' ', '\t']) {
        Some(at) => (&text[..at], Some(text[at + 1..].trim_start_matches([' ', '\t']))),
        None => (text, None),
    };
    let mut parts = date.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    let date = format!("{year}-{month:0>2}-{day:0>2}");
    match time {
        None => Some(date),
        Some(time) => clock(time).map(|time| format!("{date} {time}")),
    }
}

/// `3:04:05.25 +2` as `03:04:05.250000+02:00`.
fn clock(time: &str) -> Option<String> {
    let end = time.find([' ', '\t', 'Z', '+', '-']).unwrap_or(time.len());
    let (clock, zone) = (&time[..end], time[end..].trim_start_matches([' ', '\t']));
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut parts = clock.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let fit =
        digits(hour, 2) && minute.len() == 2 && second.len() == 2 && digits(minute, 2) && digits(second, 2);
    if !fit || parts.next().is_some() || !(fraction.is_empty() || digits(fraction, 99)) {
        return None;
    }
    let micro: String = fraction.chars().chain(std::iter::repeat('0')).take(6).collect();
    let micro = if micro == "000000" { String::new() } else { format!(".{micro}") };
    Some(format!("{hour:0>2}:{minute}:{second}{micro}{}", offset(zone)?))
}

fn offset(zone: &str) -> Option<String> {
    if zone.is_empty() {
        return Some(String::new());
    }
    if zone == "Z" {
        return Some("+00:00".to_owned());
    }
    let sign = zone.chars().next().filter(|sign| matches!(sign, '+' | '-'))?;
    let (hours, minutes) = zone[1..].split_once(':').unwrap_or((&zone[1..], "00"));
    let fit = digits(hours, 2) && minutes.len() == 2 && digits(minutes, 2);
    fit.then(|| format!("{sign}{hours:0>2}:{minutes}"))
}

fn digits(text: &str, most: usize) -> bool {
    !text.is_empty() && text.len() <= most && text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::python_time;

    /// Expectations: `str(yaml.safe_load(text))` of PyYAML 6.0.3.
    #[test]
    fn times_print_as_pythons() {
        for (text, want) in [
            ("2024-01-02", Some("2024-01-02")),
            ("2024-01-02T03:04:05Z", Some("2024-01-02 03:04:05+00:00")),
            ("2024-1-2t3:04:05.25 +2", Some("2024-01-02 03:04:05.250000+02:00")),
            ("2024-01-02T03:04:05.123456789-03:30", Some("2024-01-02 03:04:05.123456-03:30")),
            ("2024-01-02 03:04:05.000", Some("2024-01-02 03:04:05")),
            ("2024-01-02 03:04", None),
            ("2024-01", None),
            ("text", None),
        ] {
            assert_eq!(python_time(text).as_deref(), want, "{text}");
        }
    }
}
