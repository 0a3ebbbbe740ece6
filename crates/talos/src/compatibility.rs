//! Which Kubernetes minors each Talos minor runs, and from which Talos minor one may upgrade to it: the bounds that
//! Talos publishes with its machinery (pkg/machinery/compatibility as shipped in v1.14.0-alpha.2), which its own upgrade checks use.

/// One minor of Talos 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Talos {
    /// The minor.
    pub minor: u32,
    /// The first and the last minor of Kubernetes 1.
    pub kubernetes: (u32, u32),
    /// The oldest minor that upgrades to it.
    pub upgrade_from: u32,
}

/// What is known, oldest first.
pub const MATRIX: [Talos; 6] = [
    Talos { minor: 8, kubernetes: (26, 31), upgrade_from: 5 },
    Talos { minor: 9, kubernetes: (27, 32), upgrade_from: 8 },
    Talos { minor: 10, kubernetes: (28, 33), upgrade_from: 8 },
    Talos { minor: 11, kubernetes: (29, 34), upgrade_from: 9 },
    Talos { minor: 12, kubernetes: (30, 35), upgrade_from: 10 },
    Talos { minor: 13, kubernetes: (31, 36), upgrade_from: 11 },
];

impl Talos {
    /// The row of a minor.
    pub fn of(version: Version) -> Option<Self> {
        MATRIX.into_iter().find(|row| version.major == 1 && row.minor == version.minor)
    }

    /// Whether it runs a version of Kubernetes.
    pub fn runs(self, kubernetes: Version) -> bool {
        kubernetes.major == 1 && (self.kubernetes.0..=self.kubernetes.1).contains(&kubernetes.minor)
    }
}

/// A version `v1.2.3`, of which the minor decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Version {
    /// 1, so far.
    pub major: u32,
    /// What decides.
    pub minor: u32,
}

impl Version {
    /// Reads `v1.2.3`, also with a pre-release behind it; the `v` must be there, as images are named with it.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix('v')?;
        let core = text.split(['-', '+']).next()?;
        let numbers: Vec<u32> = core.split('.').map(number).collect::<Option<_>>()?;
        let [major, minor, _] = numbers.as_slice() else { return None };
        Some(Self { major: *major, minor: *minor })
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
    }

    #[test]
    fn every_minor_runs_six_minors_of_kubernetes() {
        // Talos: SupportedKubernetesVersions = 6.
        for row in MATRIX {
            assert_eq!(row.kubernetes.1 - row.kubernetes.0, 5, "1.{}", row.minor);
        }
        assert!(MATRIX.windows(2).all(|pair| pair[1].minor == pair[0].minor + 1));
    }
}
