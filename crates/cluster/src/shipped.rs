//! The declarations that are shipped with the program, read when it was built (build.rs).

/// Name, text and the same as JSON, sorted by name: `core.yaml`, or the path of a component.yaml below `templates/`.
static SHIPPED: &[(&str, &str, &str)] = include!(concat!(env!("OUT_DIR"), "/shipped.rs"));

/// A file as JSON; none when it is not the one that is shipped under that name, byte for byte.
pub(crate) fn json(name: &str, text: &str) -> Option<&'static str> {
    let at = SHIPPED.binary_search_by(|(known, _, _)| (*known).cmp(name)).ok()?;
    let (_, shipped, json) = SHIPPED[at];
    (shipped == text).then_some(json)
}

/// How many components a system is shipped with.
pub(crate) fn components(system: &str) -> usize {
    let is_one = |name: &str| {
        name.strip_prefix(system)
            .is_some_and(|rest| rest.starts_with('/') && rest.ends_with("/component.yaml"))
    };
    SHIPPED.iter().filter(|(name, ..)| is_one(name)).count()
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
        for (name, text, json) in SHIPPED {
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
    fn a_changed_file_is_not_the_shipped_one() {
        let (name, text, _) = SHIPPED[0];
        assert!(json(name, text).is_some());
        assert!(json(name, &format!("{text}\n")).is_none() && json("none.yaml", text).is_none());
    }
}
