//! What no single field can tell: names and addresses given twice, whether a node is a controller, whether the version
//! is said at all.

use std::collections::HashMap;

use cliutil::{Diagnostic, Severity};
use yaml::Node;

use super::checker::{Checker, is_true};

pub(crate) fn check(checker: &mut Checker) {
    let root = checker.root();
    let nodes = root.get("nodes").and_then(Node::as_sequence).unwrap_or_default();
    if !nodes.is_empty() && !nodes.iter().any(|node| is_true(node.get("controlPlane"))) {
        let key = root.pair("nodes").map_or(root.span, |pair| pair.key.span);
        let finding = Diagnostic::warning("talos/no-controller", "no node is a controller")
            .at(checker.document.location(&key))
            .with_help("give at least one of them controlPlane: true");
        checker.findings.push(finding);
    }
    if root.get("talosVersion").is_none() {
        let place = root.as_mapping().and_then(|pairs| pairs.first()).map_or(root.span, |pair| pair.key.span);
        let finding = Diagnostic::warning("talos/version", "talosVersion is not given")
            .at(checker.document.location(&place))
            .with_help("talhelper takes the newest it knows; name one, so that all take the same");
        checker.findings.push(finding);
    }
    // Two nodes of one name would be written to one file; two of one address are merely odd.
    twice(checker, nodes, "hostname", Severity::Error);
    twice(checker, nodes, "ipAddress", Severity::Warning);
}

fn twice(checker: &mut Checker, nodes: &[Node], key: &str, severity: Severity) {
    let mut seen: HashMap<&str, &Node> = HashMap::new();
    for value in nodes.iter().filter_map(|node| node.get(key)) {
        let texts = value.as_str().unwrap_or_default().split(',').map(str::trim);
        for text in texts.filter(|text| !text.is_empty()) {
            if let Some(first) = seen.insert(text, value) {
                let finding =
                    Diagnostic::new(severity, "talos/given-twice", format!("two nodes have this {key}"))
                        .at(checker.document.location(value))
                        .with_related(checker.document.location(first), "first given here");
                checker.findings.push(finding);
            }
        }
    }
}
