//! Versions of Kubernetes, as far as schemas tell them apart: major and minor.

use std::fmt;
use std::str::FromStr;

/// A minor version of Kubernetes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KubernetesVersion {
    /// The 1 of `1.34`.
    pub major: u32,
    /// The 34 of `1.34`.
    pub minor: u32,
}

/// Not a version of Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a Kubernetes version looks like 1.34 or v1.34.2")]
pub struct NoVersion;

impl FromStr for KubernetesVersion {
    type Err = NoVersion;

    /// `1.34`, `1.34.2` or `v1.34.2`.
    fn from_str(text: &str) -> Result<Self, NoVersion> {
        let mut parts = text.strip_prefix('v').unwrap_or(text).splitn(3, '.');
        let mut next = || parts.next().and_then(|part| part.parse().ok()).ok_or(NoVersion);
        let (major, minor) = (next()?, next()?);
        let patch_fits = parts.next().is_none_or(|patch| patch.starts_with(|c: char| c.is_ascii_digit()));
        if patch_fits { Ok(Self { major, minor }) } else { Err(NoVersion) }
    }
}

impl fmt::Display for KubernetesVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_write_them() {
        let parsed = |text: &str| text.parse::<KubernetesVersion>().ok().map(|version| version.to_string());
        assert_eq!(parsed("v1.34.2").as_deref(), Some("1.34"));
        assert_eq!(parsed("1.9").as_deref(), Some("1.9"));
        assert_eq!(parsed("1.36.0-rc.1").as_deref(), Some("1.36"));
        for text in ["", "1", "1.x", "master", "1.34.x"] {
            assert_eq!(parsed(text), None, "{text}");
        }
        assert!(KubernetesVersion { major: 1, minor: 9 } < KubernetesVersion { major: 1, minor: 34 });
    }
}
