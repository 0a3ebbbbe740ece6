//! A version, of which the minor decides what goes with it.

use std::fmt;

/// A version `v1.2.3`, down to its minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// The major.
    pub major: u32,
    /// What decides.
    pub minor: u32,
}

impl Version {
    /// Reads `v1.2.3`, also with a pre-release behind it; the `v` must be there, as images are named with it.
    pub fn parse(text: &str) -> Option<Self> {
        Self::numbers(text.strip_prefix('v')?, 3)
    }

    /// Reads `1.2.3` or `v1.2.3`, as charts and tags are named.
    pub fn pinned(text: &str) -> Option<Self> {
        Self::numbers(text.strip_prefix('v').unwrap_or(text), 3)
    }

    /// Reads a minor: `1.2`.
    pub fn minor(text: &str) -> Option<Self> {
        Self::numbers(text, 2)
    }

    /// So many numbers with points between them, and a pre-release or a build behind them.
    fn numbers(text: &str, count: usize) -> Option<Self> {
        let (mut first, mut seen, mut rest) = ([0, 0], 0, text.as_bytes());
        loop {
            let number;
            (number, rest) = number_before(rest)?;
            if let Some(place) = first.get_mut(seen) {
                *place = number;
            }
            seen += 1;
            match rest {
                [b'.', behind @ ..] => rest = behind,
                [] | [b'-' | b'+', ..] => break,
                _ => return None,
            }
        }
        let [major, minor] = first;
        (seen == count).then_some(Self { major, minor })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

/// A number as versions have them, digits with no zero in front, and what is behind it.
fn number_before(text: &[u8]) -> Option<(u32, &[u8])> {
    let end = text.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, behind) = text.split_at(end);
    if digits.is_empty() || (digits.len() > 1 && digits[0] == b'0') {
        return None;
    }
    let add = |number: u32, digit: &u8| number.checked_mul(10)?.checked_add(u32::from(digit - b'0'));
    Some((digits.iter().try_fold(0, add)?, behind))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(Version::parse("v1.34.2"), Some(Version { major: 1, minor: 34 }));
        assert_eq!(Version::parse("v1.14.0-alpha.2"), Some(Version { major: 1, minor: 14 }));
        assert_eq!(Version::parse("v0.4294967295.0+b"), Some(Version { major: 0, minor: u32::MAX }));
        let wrong = [
            "1.34.2",
            "v1.34",
            "v1.034.2",
            "v1.+3.2",
            "v1.34.2.1",
            "",
            "v",
            "latest",
            "v1.34.",
            "v1..2",
            "v1.34.2x",
        ];
        for text in wrong.into_iter().chain(["v1.4294967296.0", "v1.34-2.0"]) {
            assert_eq!(Version::parse(text), None, "{text}");
        }
        assert_eq!(Version::pinned("0.35.0"), Some(Version { major: 0, minor: 35 }));
        assert_eq!(Version::pinned("latest"), None);
        assert_eq!(Version::minor("1.9"), Some(Version { major: 1, minor: 9 }));
        assert!(Version::minor("1.9") < Version::minor("1.10"), "as numbers, not as text");
    }
}
