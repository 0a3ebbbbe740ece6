//! Which versions go together. The data is `matrix.yaml`, which says what its words mean; [`products`] is that file, and
//! [`Talos`] its rows for Talos and Kubernetes: the bounds that Talos publishes with its machinery
//! (pkg/machinery/compatibility as shipped in v1.14.0-alpha.2), which its own upgrade checks use.

mod product;
mod version;

use std::sync::LazyLock;

pub use product::{Product, Range, Relation, Row, products};
pub use version::Version;

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

/// What is known of Talos, oldest first; at least one row.
pub fn matrix() -> &'static [Talos] {
    static ROWS: LazyLock<Vec<Talos>> = LazyLock::new(|| {
        let talos = products().iter().find(|product| product.name == "talos");
        talos.map(|talos| talos.rows.iter().filter_map(Talos::from_row).collect()).unwrap_or_default()
    });
    &ROWS
}

impl Talos {
    /// The row of a minor.
    pub fn of(version: Version) -> Option<Self> {
        matrix().iter().copied().find(|row| version.major == 1 && row.minor == version.minor)
    }

    /// Whether it runs a version of Kubernetes.
    pub fn runs(self, kubernetes: Version) -> bool {
        kubernetes.major == 1 && (self.kubernetes.0..=self.kubernetes.1).contains(&kubernetes.minor)
    }

    fn from_row(row: &Row) -> Option<Self> {
        let needs = row.relations.iter().find(|relation| relation.with == "kubernetes")?.needs?;
        Some(Self {
            minor: row.version.minor,
            kubernetes: (needs.from?.minor, needs.to?.minor),
            upgrade_from: row.upgrade_from?.minor,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_minor_runs_six_minors_of_kubernetes() {
        // Talos: SupportedKubernetesVersions = 6.
        assert_eq!(matrix().len(), 6, "1.8 to 1.13");
        for row in matrix() {
            assert_eq!(row.kubernetes.1 - row.kubernetes.0, 5, "1.{}", row.minor);
        }
        assert!(matrix().windows(2).all(|pair| pair[1].minor == pair[0].minor + 1));
    }

    #[test]
    fn what_the_machinery_says_of_talos_1_11() {
        let row = Talos { minor: 11, kubernetes: (29, 34), upgrade_from: 9 };
        assert_eq!(Version::parse("v1.11.5").and_then(Talos::of), Some(row));
        assert!(row.runs(Version { major: 1, minor: 34 }) && !row.runs(Version { major: 1, minor: 35 }));
    }
}
