//! The nodes: what each needs, names and addresses given twice, labels and taints.

use std::collections::HashMap;

use cliutil::Diagnostic;
use talos::fields;
use yaml::Node;

use super::checker::{Checker, is_null, is_true};
use super::{network, text};

/// How an installed machine starts.
const BOOT_METHODS: [&str; 3] = ["iso", "disk-image", "pxe"];

/// Effects of a taint.
const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];

pub(crate) fn check(checker: &mut Checker) {
    let root = checker.root();
    let nodes = checker.list(root, "nodes", "nodes");
    if nodes.is_empty() {
        let place = root.pair("nodes").or(root.as_mapping().and_then(|pairs| pairs.first()));
        checker.error("talos/required", "nodes must name at least one node", place.map_or(root, |p| &p.key));
        return;
    }
    for (index, node) in nodes.iter().enumerate() {
        one(checker, node, &format!("nodes[{index}]"));
    }
    if !nodes.iter().any(|node| is_true(node.get("controlPlane"))) {
        let key = root.pair("nodes").map_or(root, |pair| &pair.key);
        checker.error_help(
            "talos/no-controller",
            "no node is a controller",
            key,
            "give at least one of them controlPlane: true",
        );
    }
    twice(checker, nodes, "hostname");
    twice(checker, nodes, "ipAddress");
}

fn one<'d>(checker: &mut Checker<'d>, node: &'d Node, name: &str) {
    if node.as_mapping().is_none() {
        checker.error("talos/type", format!("{name} must be a mapping, not {}", node.kind_name()), node);
        return;
    }
    checker.known_keys(node, "a node", &[fields::NODE, fields::ROLE]);
    if let Some(hostname) = checker.required(node, "hostname", &format!("{name}.hostname"))
        && !text::is_hostname(hostname)
        && let Some(place) = node.get("hostname")
    {
        let help = "use letters, digits and hyphens only";
        checker.error_help("talos/hostname", format!("{name}.hostname is no host name"), place, help);
    }
    if let Some(addresses) = checker.required(node, "ipAddress", &format!("{name}.ipAddress"))
        && !addresses.split(',').all(|address| text::is_host(address.trim()))
        && let Some(place) = node.get("ipAddress")
    {
        checker.error("talos/address", format!("{name}.ipAddress is no address or DNS name"), place);
    }
    checker.flag(node, "controlPlane", &format!("{name}.controlPlane"));
    if node.get("installDiskSelector").is_none() {
        checker.required(node, "installDisk", &format!("{name}.installDisk"));
    }
    common(checker, node, name);
}

/// Fields that a node and a role have in common.
pub(crate) fn common<'d>(checker: &mut Checker<'d>, node: &'d Node, name: &str) {
    if let Some(url) = checker.text(node, "talosImageURL", &format!("{name}.talosImageURL"))
        && url.rsplit('/').next().is_some_and(|last| last.contains([':', '@']))
        && let Some(place) = node.get("talosImageURL")
    {
        let help = "leave tag and digest out: the tag is talosVersion";
        checker.error_help("talos/image", format!("{name}.talosImageURL holds a version"), place, help);
    }
    machine_spec(checker, node, name);
    network::each(
        checker,
        node,
        "nameservers",
        &format!("{name}.nameservers"),
        text::is_ip,
        "an address such as 10.0.0.1",
    );
    network::interfaces(checker, node, name);
    for (key, check_value) in [(fields::LABELS, true), (fields::ANNOTATIONS, false)] {
        labels(checker, node, key, &format!("{name}.{key}"), check_value);
    }
    taints(checker, node, &format!("{name}.{}", fields::TAINTS));
}

fn machine_spec<'d>(checker: &mut Checker<'d>, node: &'d Node, name: &str) {
    let Some(spec) = node.get("machineSpec") else { return };
    checker.known_keys(spec, "machineSpec", &[fields::MACHINE_SPEC]);
    let field = format!("{name}.machineSpec.bootMethod");
    if let Some(method) = checker.text(spec, "bootMethod", &field)
        && !BOOT_METHODS.contains(&method)
        && let Some(place) = spec.get("bootMethod")
    {
        checker.error("talos/type", format!("{field} must be one of iso, disk-image, pxe"), place);
    }
    checker.flag(spec, "secureboot", &format!("{name}.machineSpec.secureboot"));
    checker.flag(spec, "useUKI", &format!("{name}.machineSpec.useUKI"));
}

/// Entries with template expressions are not valid before they are rendered.
fn is_template(value: &Node) -> bool {
    value.as_str().is_some_and(|text| text.contains("{{"))
}

fn labels(checker: &mut Checker, node: &Node, key: &str, name: &str, check_value: bool) {
    let Some(map) = node.get(key) else { return };
    for pair in map.as_mapping().unwrap_or_default() {
        let Some(label) = pair.key.as_str().filter(|label| *label != "<<") else { continue };
        if !text::is_label_key(label) {
            checker.error("talos/label", format!("{name}: this key is not valid"), &pair.key);
        } else if pair.value.as_str().is_none() {
            checker.error("talos/label", format!("{name}: a value must be text"), &pair.value);
        } else if check_value
            && !is_template(&pair.value)
            && !is_null(&pair.value)
            && !pair.value.as_str().is_some_and(text::is_label_value)
        {
            let help =
                "up to 63 letters, digits, '-', '_' and '.', beginning and ending with a letter or digit";
            checker.error_help(
                "talos/label",
                format!("{name}.{label}: this value is not valid"),
                &pair.value,
                help,
            );
        }
    }
}

fn taints(checker: &mut Checker, node: &Node, name: &str) {
    let pairs = node.get(fields::TAINTS).and_then(Node::as_mapping).unwrap_or_default();
    for pair in pairs.iter().filter(|pair| pair.key.as_str() != Some("<<")) {
        let effect = pair.value.as_str().map(|text| text.rsplit_once(':').map_or(text, |(_, effect)| effect));
        if !effect.is_some_and(|effect| EFFECTS.contains(&effect)) {
            let help = format!("write VALUE:EFFECT, with one of {} as the effect", EFFECTS.join(", "));
            checker.error_help("talos/taint", format!("{name}: the effect is not valid"), &pair.value, help);
        }
    }
}

fn twice(checker: &mut Checker, nodes: &[Node], key: &str) {
    let mut seen: HashMap<&str, &Node> = HashMap::new();
    for value in nodes.iter().filter_map(|node| node.get(key)) {
        let texts = value.as_str().unwrap_or_default().split(',').map(str::trim);
        for text in texts.filter(|text| !text.is_empty()) {
            if let Some(first) = seen.insert(text, value) {
                let finding = Diagnostic::error("talos/given-twice", format!("two nodes have this {key}"))
                    .at(checker.document.location(value))
                    .with_related(checker.document.location(first), "first given here");
                checker.findings.push(finding);
            }
        }
    }
}
