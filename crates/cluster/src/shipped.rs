//! The declarations that are shipped with the program, read when it was built (build.rs).

use serde::de::DeserializeOwned;

/// A declaration that is shipped.
pub(crate) struct Shipped {
    /// `core.yaml`, or the path of a component.yaml below `templates/`.
    name: &'static str,
    pub(crate) text: &'static str,
    /// Where the same stands in [`PACKED`].
    packed: (usize, usize),
}

impl Shipped {
    /// The declaration as what it should be.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, rmp_serde::decode::Error> {
        rmp_serde::from_slice(&PACKED[self.packed.0..self.packed.1])
    }
}

/// All declarations, as MessagePack.
static PACKED: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/shipped.bin"));

/// Sorted by name.
static SHIPPED: &[Shipped] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// The one that is shipped under a name.
pub(crate) fn named(name: &str) -> Option<&'static Shipped> {
    SHIPPED.binary_search_by(|shipped| shipped.name.cmp(name)).ok().map(|at| &SHIPPED[at])
}

/// How many components a system is shipped with.
pub(crate) fn components(system: &str) -> usize {
    let is_one = |name: &str| {
        name.strip_prefix(system)
            .is_some_and(|rest| rest.starts_with('/') && rest.ends_with("/component.yaml"))
    };
    SHIPPED.iter().filter(|shipped| is_one(shipped.name)).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::{Component, CoreFile, NodesFile};

    fn read<T: DeserializeOwned + std::fmt::Debug>(shipped: &Shipped) -> (String, String) {
        let yaml: T = serde_yaml::from_str(shipped.text).unwrap();
        let packed: T = shipped.read().unwrap();
        (format!("{yaml:?}"), format!("{packed:?}"))
    }

    #[test]
    fn both_forms_say_the_same() {
        assert!(SHIPPED.len() > 80, "{}", SHIPPED.len());
        for shipped in SHIPPED {
            let (yaml, packed) = match shipped.name {
                "core.yaml" => read::<CoreFile>(shipped),
                "nodes.yaml" => read::<NodesFile>(shipped),
                name if name.ends_with("/component.yaml") => read::<Component>(shipped),
                // The other systems' files have a form of their own.
                _ => read::<serde_json::Value>(shipped),
            };
            assert_eq!(yaml, packed, "{}", shipped.name);
        }
    }

    #[test]
    fn each_is_found_by_its_name() {
        assert!(
            SHIPPED.iter().all(|shipped| named(shipped.name).is_some_and(|found| found.text == shipped.text))
        );
        assert!(named("none.yaml").is_none());
    }
}
