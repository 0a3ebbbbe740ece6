//! Dates and times as go-yaml v3 reads them and Go's JSON writes them.

/// The time in RFC 3339, or none when Go does not take the text for a time.
pub(crate) fn parse(text: &str) -> Option<String> {
    if let Some((date, clock)) = text.split_once(['T', 't']) {
        let (clock, zone) = split_zone(clock)?;
        return Some(format!("{}T{}{zone}", date_of(date)?, clock_of(clock)?));
    }
    if let Some((date, clock)) = text.split_once(' ') {
        return Some(format!("{}T{}Z", date_of(date)?, clock_of(clock)?));
    }
    Some(format!("{}T00:00:00Z", date_of(text)?))
}

fn date_of(text: &str) -> Option<String> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 {
        return None;
    }
    let (year, month, day) = (number(year, 9999)?, number(month, 12)?, number(day, 31)?);
    (month > 0 && day > 0 && day <= days(year, month)).then(|| format!("{year:04}-{month:02}-{day:02}"))
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

fn clock_of(text: &str) -> Option<String> {
    let mut parts = text.splitn(3, ':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    let (second, fraction) = second.split_once('.').map_or((second, None), |(s, f)| (s, Some(f)));
    if [hour, minute, second].iter().any(|part| part.len() > 2) {
        return None;
    }
    let mut out = format!("{:02}:{:02}:{:02}", number(hour, 23)?, number(minute, 59)?, number(second, 59)?);
    if let Some(fraction) = fraction {
        if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let kept = fraction[..fraction.len().min(9)].trim_end_matches('0');
        if !kept.is_empty() {
            out.push('.');
            out.push_str(kept);
        }
    }
    Some(out)
}

/// The clock and the zone as it is written again: `Z` for no offset.
fn split_zone(text: &str) -> Option<(&str, String)> {
    if let Some(clock) = text.strip_suffix('Z') {
        return Some((clock, "Z".to_owned()));
    }
    let at = text.rfind(['+', '-'])?;
    let (clock, zone) = text.split_at(at);
    let (hours, minutes) = zone[1..].split_once(':')?;
    if hours.len() != 2 || minutes.len() != 2 {
        return None;
    }
    let (hours, minutes) = (number(hours, 24)?, number(minutes, 60)?);
    let (hours, minutes) = (hours + minutes / 60, minutes % 60);
    if hours == 0 && minutes == 0 {
        return Some((clock, "Z".to_owned()));
    }
    Some((clock, format!("{}{hours:02}:{minutes:02}", &zone[..1])))
}

fn number(text: &str, most: u32) -> Option<u32> {
    if text.is_empty() || text.len() > 4 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    text.parse().ok().filter(|n| *n <= most)
}

#[cfg(test)]
mod tests {
    use super::parse;

    /// Expectations from kustomize 5.8.1.
    #[test]
    fn go_times() {
        let same = |text: &str, want: &str| assert_eq!(parse(text).as_deref(), Some(want), "{text}");
        same("2020-01-01", "2020-01-01T00:00:00Z");
        same("2020-1-2", "2020-01-02T00:00:00Z");
        same("2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43.1-05:00");
        same("2001-12-14 21:59:43.10", "2001-12-14T21:59:43.1Z");
        same("2001-12-14T1:2:3+00:00", "2001-12-14T01:02:03Z");
        for text in ["2021-02-29", "2020-13-01", "20-01-01", "2001-12-14T21:59:43", "2001-12-14T21:59Z", "x"]
        {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
