//! What a node takes over from the section of its role.
//!
//! The node's value wins when it has one (`{}` and `[]` count; null, `false` and "" do not). Structures are taken as a
//! whole. Patches of the role come before the node's, its certificate names and extra manifests behind.

use yaml::Value;

use super::{Fields as _, Node};
use crate::schema::Schema;

/// Lists that are joined unless the node says that its own overrides.
const JOINED: [(&str, &str, bool); 3] = [
    ("patches", "overridePatches", true),
    ("extraManifests", "overrideExtraManifests", false),
    ("certSANs", "overrideMachineCertSANs", false),
];

/// The node with what its role's `section` gives it.
pub(super) fn merged(index: usize, value: Value, section: Option<&Value>) -> Node {
    let mut node = Node { index, value, inherited: Vec::new() };
    let Some(section) = section else { return node };
    let Value::Mapping(mut own) = std::mem::take(&mut node.value) else { return node };
    for (key, switch, group_first) in JOINED {
        let overrides = own.get(switch).and_then(Value::as_bool).unwrap_or_default();
        if !section.items(key).is_empty() && !overrides {
            let joined = join(own.get(key), section.items(key), group_first);
            own.insert(key, joined);
        }
    }
    let schema = Schema::get();
    for field in &schema.structure(schema.id("config.NodeConfigs")).fields {
        if let Some(value) = section.get(field.key).filter(|_| !own.contains_key(field.key)) {
            own.insert(field.key, value.clone());
            node.inherited.push(field.key);
        }
    }
    node.value = Value::Mapping(own);
    node
}

fn join(own: Option<&Value>, group: &[Value], group_first: bool) -> Value {
    let own = own.and_then(Value::as_sequence).unwrap_or_default();
    let joined = if group_first { [group, own].concat() } else { [own, group].concat() };
    Value::Sequence(joined)
}

/// The entries of a mapping in the order of the schema do not matter: templates and documents look them up.
#[cfg(test)]
mod tests {
    use super::*;
    use yaml::{Dialect, load_one};

    fn merge(node: &str, section: &str) -> Node {
        let data = |text| load_one(text, Dialect::GoYamlV3).unwrap();
        merged(0, data(node), Some(&data(section)))
    }

    // talhelper.md, item 6
    #[test]
    fn lists_are_joined_or_overridden() {
        let section = "{patches: [g], certSANs: [g], extraManifests: [g]}";
        let node = merge("{patches: [n], certSANs: [n], extraManifests: [n]}", section);
        assert_eq!(
            (node.texts("patches"), node.texts("certSANs"), node.texts("extraManifests")),
            (vec!["g", "n"], vec!["n", "g"], vec!["n", "g"])
        );
        let over = "overridePatches: true, overrideMachineCertSANs: true, overrideExtraManifests: true";
        let node = merge(&format!("{{patches: [n], certSANs: [], {over}}}"), section);
        assert_eq!(
            (node.texts("patches"), node.texts("certSANs"), node.texts("extraManifests")),
            (vec!["n"], vec![], vec!["g"])
        );
    }

    #[test]
    fn everything_else_is_taken_whole() {
        let node = merge(
            "{nodeLabels: {}, machineSpec: {mode: nocloud}}",
            "{nodeLabels: {a: b}, machineSpec: {secureboot: true}, nameservers: [x]}",
        );
        assert!(node.entries("nodeLabels").is_empty());
        assert!(node.value("machineSpec").unwrap().get("secureboot").is_none());
        assert_eq!(node.texts("nameservers"), ["x"]);
        assert_eq!(node.inherited, ["nameservers"]);
    }

    #[test]
    fn a_mapping_without_a_section_is_left_alone() {
        let node = merged(3, Value::Mapping(yaml::Mapping::new()), None);
        assert_eq!((node.index, node.inherited.len()), (3, 0));
    }
}
