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

    fn numbers(text: &str, count: usize) -> Option<Self> {
        let core = text.split(['-', '+']).next()?;
        let mut numbers = core.split('.').map(number);
        let version = Self { major: numbers.next()??, minor: numbers.next()?? };
        // What is behind them are numbers too, and there are as many as there should be.
        let rest = numbers.try_fold(2, |seen, number| number.map(|_| seen + 1))?;
        (rest == count).then_some(version)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}

/// A number as versions have them: digits, no zero in front.
fn number(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    text.parse().ok().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(Version::parse("v1.34.2"), Some(Version { major: 1, minor: 34 }));
        assert_eq!(Version::parse("v1.14.0-alpha.2"), Some(Version { major: 1, minor: 14 }));
        for text in ["1.34.2", "v1.34", "v1.034.2", "v1.+3.2", "v1.34.2.1", "", "v", "latest"] {
            assert_eq!(Version::parse(text), None, "{text}");
        }
        assert_eq!(Version::pinned("0.35.0"), Some(Version { major: 0, minor: 35 }));
        assert_eq!(Version::pinned("latest"), None);
        assert_eq!(Version::minor("1.9"), Some(Version { major: 1, minor: 9 }));
        assert!(Version::minor("1.9") < Version::minor("1.10"), "as numbers, not as text");
    }
}
