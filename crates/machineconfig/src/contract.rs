//! What differs between Talos versions when a configuration is generated: the defaults of each minor, as Talos's own
//! generator keeps them.

use std::fmt;

/// The Talos version a configuration is for, by its minor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Contract {
    minor: u8,
}

/// The first and the last minor of Talos 1 that can be generated for.
const MINORS: std::ops::RangeInclusive<u8> = 8..=13;

impl Default for Contract {
    /// That of [`Contract::DEFAULT_VERSION`].
    fn default() -> Self {
        Self { minor: *MINORS.end() }
    }
}

impl Contract {
    /// The version talhelper 3.1.16 takes when a talconfig names none.
    pub const DEFAULT_VERSION: &str = "v1.13.9";

    /// Reads a version such as `v1.12.4` or `1.12.4`; none for one that is not supported.
    pub fn parse(version: &str) -> Option<Self> {
        let mut parts = version.strip_prefix('v').unwrap_or(version).split('.');
        let (major, minor) = (parts.next()?, parts.next()?);
        let minor = minor.parse().ok().filter(|minor| major == "1" && MINORS.contains(minor))?;
        Some(Self { minor })
    }

    /// The versions there are, in words.
    pub fn supported() -> String {
        format!("v1.{} to v1.{}", MINORS.start(), MINORS.end())
    }

    /// The minor version.
    pub(crate) fn minor(self) -> u8 {
        self.minor
    }

    fn after(self, minor: u8) -> bool {
        self.minor > minor
    }

    /// Host name, resolvers and links are documents of their own.
    pub(crate) fn network_documents(self) -> bool {
        self.after(11)
    }

    /// `machine.network` is written even when it is empty.
    pub(crate) fn empty_network(self) -> bool {
        !self.after(12)
    }

    /// GRUB takes the kernel arguments of the image.
    pub(crate) fn image_kernel_arguments(self) -> bool {
        self.after(11)
    }

    /// Fields that later versions do not show: RBAC, key usage, stable host names, the pod security switch.
    pub(crate) fn legacy_switches(self) -> bool {
        !self.after(11)
    }

    /// The endpoint's host is a name of the API server's certificate.
    pub(crate) fn endpoint_in_sans(self) -> bool {
        !self.after(11)
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "v1.{}", self.minor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions() {
        assert_eq!(Contract::parse("v1.13.0").unwrap().to_string(), "v1.13");
        assert_eq!(Contract::parse("1.8.4-alpha.0"), Some(Contract { minor: 8 }));
        for version in ["", "v2.1.0", "1.7.9", "v1.14.0", "1", "x.y.z"] {
            assert_eq!(Contract::parse(version), None, "{version}");
        }
        assert!(Contract::parse(Contract::DEFAULT_VERSION).is_some());
    }

    #[test]
    fn what_changed_when() {
        let (old, new) = (Contract { minor: 11 }, Contract { minor: 12 });
        assert!(old.legacy_switches() && old.endpoint_in_sans() && !old.network_documents());
        assert!(!new.legacy_switches() && new.image_kernel_arguments() && new.empty_network());
        assert!(!Contract { minor: 13 }.empty_network());
    }
}
