//! System extensions and overlays of the official image factory, and which Kubernetes goes with which Talos.

use std::sync::OnceLock;

use crate::Contract;

/// What the factory offers.
pub(super) struct Images {
    releases: Vec<&'static str>,
    extensions: Vec<Offer>,
    overlays: Vec<(&'static str, Offer)>,
}

struct Offer {
    name: &'static str,
    /// Places in the list of releases, from and to; none for all.
    ranges: Vec<(usize, usize)>,
}

impl Images {
    pub(super) fn get() -> &'static Self {
        static IMAGES: OnceLock<Images> = OnceLock::new();
        IMAGES.get_or_init(|| read(include_str!("../../schema/extensions.txt")))
    }

    /// The place of a release; one that is not known counts as the default version.
    fn release(&self, version: &str) -> usize {
        let place =
            |version: &str| self.releases.iter().position(|known| Some(*known) == version.strip_prefix('v'));
        place(version).or_else(|| place(Contract::DEFAULT_VERSION)).unwrap_or(0)
    }

    /// Whether an extension exists for a version.
    pub(super) fn has_extension(&self, name: &str, version: &str) -> bool {
        let release = self.release(version);
        self.extensions.iter().any(|offer| offer.name == name && offer.is_in(release))
    }

    /// Names of extensions for a version.
    pub(super) fn extensions(&self, version: &str) -> impl Iterator<Item = &'static str> {
        let release = self.release(version);
        self.extensions.iter().filter(move |offer| offer.is_in(release)).map(|offer| offer.name)
    }

    /// Whether an overlay exists for a version, from this image.
    pub(super) fn has_overlay(&self, name: &str, image: &str, version: &str) -> bool {
        let release = self.release(version);
        self.overlays.iter().any(|(from, offer)| offer.name == name && *from == image && offer.is_in(release))
    }
}

impl Offer {
    fn is_in(&self, release: usize) -> bool {
        self.ranges.is_empty() || self.ranges.iter().any(|(from, to)| (*from..=*to).contains(&release))
    }
}

fn read(table: &'static str) -> Images {
    let mut images = Images { releases: Vec::new(), extensions: Vec::new(), overlays: Vec::new() };
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let words: Vec<_> = line.split(' ').collect();
        match words.as_slice() {
            ["releases", releases @ ..] => images.releases = releases.to_vec(),
            ["extension", name, ranges @ ..] => {
                let ranges = ranges_of(ranges, &images.releases);
                images.extensions.push(Offer { name, ranges });
            }
            ["overlay", name, image, ranges @ ..] => {
                let ranges = ranges_of(ranges, &images.releases);
                images.overlays.push((image, Offer { name, ranges }));
            }
            _ => debug_assert!(line.is_empty(), "{line}"),
        }
    }
    images
}

fn ranges_of(words: &[&str], releases: &[&str]) -> Vec<(usize, usize)> {
    let place = |version: &str| releases.iter().position(|known| *known == version).unwrap_or(0);
    let ranges = words.iter().flat_map(|words| words.split(','));
    ranges
        .map(|range| range.split_once("..").unwrap_or((range, range)))
        .map(|(from, to)| (place(from), place(to)))
        .collect()
}

/// Why a Kubernetes version does not go with a Talos version: each minor of Talos supports six of Kubernetes.
pub(super) fn kubernetes(version: &str, contract: Contract) -> Result<(), String> {
    let mut parts = version.split(['-', '+']).next().unwrap_or_default().split('.').map(str::parse::<u32>);
    let (Some(Ok(major)), Some(Ok(minor))) = (parts.next(), parts.next()) else {
        return Err("this is no Kubernetes version (v1.34.1)".to_owned());
    };
    if parts.next().is_some_and(|patch| patch.is_err()) || parts.next().is_some() {
        return Err("this is no Kubernetes version (v1.34.1)".to_owned());
    }
    let last = u32::from(contract.minor()) + 23;
    let first = last - 5;
    match (major, minor) {
        (1, minor) if (first..=last).contains(&minor) => Ok(()),
        (0, _) => Err(format!("it is too old for Talos {contract} (1.{first} to 1.{last})")),
        (1, minor) if minor < first => {
            Err(format!("it is too old for Talos {contract} (1.{first} to 1.{last})"))
        }
        _ => Err(format!("it is too new for Talos {contract} (1.{first} to 1.{last})")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offers_by_release() {
        let images = Images::get();
        assert!(images.has_extension("siderolabs/qemu-guest-agent", "v1.13.0"));
        assert!(
            !images.has_extension("siderolabs/bird2", "v1.11.6")
                && images.has_extension("siderolabs/bird2", "v1.12.0")
        );
        assert!(!images.has_extension("siderolabs/no-such-extension", "v1.13.0"));
        assert!(images.has_overlay("rpi_generic", "siderolabs/sbc-raspberrypi", "v1.99.0"));
        assert!(!images.has_overlay("rpi_generic", "siderolabs/sbc-rockchip", "v1.13.0"));
    }

    // Talos's own table: 1.8 with 1.26 to 1.31, and so on.
    #[test]
    fn kubernetes_versions() {
        let contract = |version| Contract::parse(version).unwrap();
        assert!(
            kubernetes("1.31.4", contract("v1.8.0")).is_ok()
                && kubernetes("1.26", contract("v1.8.0")).is_ok()
        );
        assert!(kubernetes("1.32.0", contract("v1.8.0")).unwrap_err().contains("too new"));
        assert!(kubernetes("1.30.0", contract("v1.13.0")).unwrap_err().contains("too old"));
        assert!(kubernetes("1.36.1", contract("v1.13.0")).is_ok());
        for version in ["", "x", "1", "1.36.x", "1.36.0.1"] {
            assert!(kubernetes(version, contract("v1.13.0")).is_err(), "{version}");
        }
    }
}
