//! Times as Go reads and writes them: go-yaml v3's timestamp forms, and RFC 3339 as `time.Time` marshals it.

use std::fmt::Write as _;

/// A date with time and offset. Only its text matters here, so there is no arithmetic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct GoTime {
    date: (u32, u32, u32),
    clock: (u32, u32, u32),
    nanos: u32,
    /// Minutes east of Greenwich.
    offset: i32,
}

impl GoTime {
    /// A plain YAML scalar that go-yaml v3 takes for a timestamp.
    pub(crate) fn from_yaml(text: &str) -> Option<Self> {
        let mut reader = Reader { rest: text };
        let date = reader.date()?;
        if reader.rest.is_empty() {
            return Some(Self { date, clock: (0, 0, 0), nanos: 0, offset: 0 });
        }
        let zoned = match reader.next()? {
            'T' | 't' => true,
            ' ' => {
                reader.rest = reader.rest.trim_start_matches(' ');
                false
            }
            _ => return None,
        };
        let clock = (reader.number(23)?, reader.after(':', 59)?, reader.after(':', 59)?);
        let nanos = reader.fraction();
        let offset = if zoned { reader.zone()? } else { 0 };
        reader.rest.is_empty().then_some(Self { date, clock, nanos, offset })
    }

    /// RFC 3339 with all digits present, as `time.Time.UnmarshalText` demands.
    pub(crate) fn from_rfc3339(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        let shape = b"dddd-dd-ddTdd:dd:dd";
        let fits = bytes.len() > shape.len()
            && shape.iter().zip(bytes).all(|(s, b)| if *s == b'd' { b.is_ascii_digit() } else { s == b });
        if !fits || text.contains(',') {
            return None;
        }
        Self::from_yaml(text)
    }

    /// RFC 3339 with as many digits of a second as needed.
    pub(crate) fn to_rfc3339_nano(self) -> String {
        let mut text = self.until_seconds();
        if self.nanos != 0 {
            let digits = format!("{:09}", self.nanos);
            text.push('.');
            text.push_str(digits.trim_end_matches('0'));
        }
        self.push_zone(text)
    }

    /// RFC 3339 in whole seconds.
    pub(crate) fn to_rfc3339(self) -> String {
        let text = self.until_seconds();
        self.push_zone(text)
    }

    fn until_seconds(self) -> String {
        let ((y, mo, d), (h, mi, s)) = (self.date, self.clock);
        format!("{y:04}-{mo:02}-{d:02}T{h:02}:{mi:02}:{s:02}")
    }

    fn push_zone(self, mut text: String) -> String {
        if self.offset == 0 {
            text.push('Z');
        } else {
            let sign = if self.offset < 0 { '-' } else { '+' };
            let minutes = self.offset.unsigned_abs();
            let _ = write!(text, "{sign}{:02}:{:02}", minutes / 60, minutes % 60);
        }
        text
    }
}

struct Reader<'t> {
    rest: &'t str,
}

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = &self.rest[c.len_utf8()..];
        Some(c)
    }

    fn date(&mut self) -> Option<(u32, u32, u32)> {
        let year = self.rest.get(..4).filter(|year| year.bytes().all(|b| b.is_ascii_digit()))?;
        let year = year.parse().ok()?;
        self.rest = &self.rest[4..];
        let (month, day) = (self.after('-', 12)?, self.after('-', 31)?);
        (month >= 1 && day >= 1 && day <= days_in(year, month)).then_some((year, month, day))
    }

    fn after(&mut self, separator: char, max: u32) -> Option<u32> {
        self.rest = self.rest.strip_prefix(separator)?;
        self.number(max)
    }

    /// One or two digits.
    fn number(&mut self, max: u32) -> Option<u32> {
        let digits = self.rest.bytes().take(2).take_while(u8::is_ascii_digit).count();
        let number = self.rest[..digits].parse().ok().filter(|number| *number <= max)?;
        self.rest = &self.rest[digits..];
        Some(number)
    }

    /// Digits behind `.` or `,`, cut after nine; nothing when there are none.
    fn fraction(&mut self) -> u32 {
        let Some(digits) = self.rest.strip_prefix(['.', ',']) else { return 0 };
        let count = digits.bytes().take_while(u8::is_ascii_digit).count();
        if count == 0 {
            return 0;
        }
        self.rest = &digits[count..];
        format!("{:0<9}", &digits[..count.min(9)]).parse().unwrap_or(0)
    }

    fn zone(&mut self) -> Option<i32> {
        let sign = match self.next()? {
            'Z' => return Some(0),
            '+' => 1,
            '-' => -1,
            _ => return None,
        };
        let bytes = self.rest.as_bytes();
        let two = |at: usize| Some(i32::from(digit(bytes, at)?) * 10 + i32::from(digit(bytes, at + 1)?));
        let (hours, minutes) = (two(0)?, two(3)?);
        if bytes[2] != b':' || hours > 24 || minutes > 60 {
            return None;
        }
        self.rest = &self.rest[5..];
        Some(sign * (hours * 60 + minutes))
    }
}

fn digit(bytes: &[u8], at: usize) -> Option<u8> {
    bytes.get(at).filter(|byte| byte.is_ascii_digit()).map(|byte| byte - b'0')
}

fn days_in(year: u32, month: u32) -> u32 {
    match month {
        2 if (year.is_multiple_of(4) && !year.is_multiple_of(100)) || year.is_multiple_of(400) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expected texts: what sops 3.13.3 decrypts these scalars to.
    #[test]
    fn yaml_forms() {
        for (text, want) in [
            ("2020-01-01", "2020-01-01T00:00:00Z"),
            ("2020-1-2", "2020-01-02T00:00:00Z"),
            ("2001-12-14t21:59:43.10-05:00", "2001-12-14T21:59:43.1-05:00"),
            ("2001-12-14 21:59:43.10", "2001-12-14T21:59:43.1Z"),
            ("2001-12-14T1:2:3Z", "2001-12-14T01:02:03Z"),
            ("2001-12-14T01:02:03+00:00", "2001-12-14T01:02:03Z"),
            ("2001-12-14T01:02:03.123456789123Z", "2001-12-14T01:02:03.123456789Z"),
        ] {
            assert_eq!(GoTime::from_yaml(text).unwrap().to_rfc3339_nano(), want, "{text}");
        }
        for text in [
            "2020-13-01",
            "2020-02-30",
            "2001-12-14 21:59:43.10 -5",
            "2001-12-14T01:02:03",
            "20-1-1",
            "2020-01",
            "2020-01-01x",
            "2001-12-14T01:02:60Z",
        ] {
            assert!(GoTime::from_yaml(text).is_none(), "{text}");
        }
    }

    #[test]
    fn strict_form() {
        assert!(GoTime::from_rfc3339("2001-12-14T01:02:03.50+02:00").is_some());
        for text in [
            "2001-12-14",
            "2001-12-14T1:02:03Z",
            "2001-12-14t01:02:03Z",
            "2001-12-14 01:02:03",
            "2001-12-14T01:02:03,5Z",
        ] {
            assert!(GoTime::from_rfc3339(text).is_none(), "{text}");
        }
        assert_eq!(
            GoTime::from_rfc3339("2020-01-01T00:00:00.5Z").unwrap().to_rfc3339(),
            "2020-01-01T00:00:00Z"
        );
    }
}
