//! The declarations that are shipped with the program, read when it was built (build.rs).

/// A declaration that is shipped.
pub(crate) struct Shipped {
    /// `core.yaml`, or the path of a component.yaml below `templates/`.
    name: &'static str,
    pub(crate) text: &'static str,
    /// The same as JSON.
    pub(crate) json: &'static str,
}

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

    fn read<T: serde::de::DeserializeOwned + std::fmt::Debug>(text: &str, json: &str) -> (String, String) {
        let yaml: T = serde_yaml::from_str(text).unwrap();
        let json: T = serde_json::from_str(json).unwrap();
        (format!("{yaml:?}"), format!("{json:?}"))
    }

    #[test]
    fn both_forms_say_the_same() {
        assert!(SHIPPED.len() > 80, "{}", SHIPPED.len());
        for Shipped { name, text, json } in SHIPPED {
            let (yaml, json) = match *name {
                "core.yaml" => read::<CoreFile>(text, json),
                "nodes.yaml" => read::<NodesFile>(text, json),
                name if name.ends_with("/component.yaml") => read::<Component>(text, json),
                // The other systems' files have a form of their own.
                _ => read::<serde_json::Value>(text, json),
            };
            assert_eq!(yaml, json, "{name}");
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
