//! What is odd about a talconfig, but no error.

use std::collections::HashSet;

use cliutil::Diagnostic;

use crate::cluster::{Cluster, Fields as _, Node};

impl Cluster {
    /// What is odd or lost, but no error.
    pub fn notes(&self) -> Vec<Diagnostic> {
        let mut all = Vec::new();
        let mut said = HashSet::new();
        for node in &self.nodes {
            for Note { code, field, message } in notes(self, node) {
                // What a section gives to many nodes is said once.
                let own = format!("nodes[{}]", node.index);
                let owner = if node.inherits(field) { node.section() } else { &own };
                let text = format!("{owner}.{field}: {message}");
                if said.insert(text.clone()) {
                    let place = self.node_location(node, field);
                    all.push(Diagnostic::warning(code, text).at(place));
                }
            }
        }
        all
    }
}

/// Something odd about a field of a node.
struct Note {
    code: &'static str,
    field: &'static str,
    message: String,
}

/// Fields that have no place in the documents of Talos 1.12 and later, and fields that are about to go.
fn notes(cluster: &Cluster, node: &Node) -> Vec<Note> {
    let mut all = Vec::new();
    for (field, instead) in [("machineDisks", "userVolumes"), ("extraManifests", "patches")] {
        if !node.items(field).is_empty() {
            let message = format!("this is deprecated, use {instead}");
            all.push(Note { code: "talos/deprecated", field, message });
        }
    }
    if !cluster.contract.network_documents() {
        return all;
    }
    for device in node.items("networkInterfaces") {
        let name = device.text("interface");
        let mut lost = |what: &str| {
            let message = format!("{name}: {what} has no place in Talos {} and is lost", cluster.contract);
            all.push(Note { code: "talos/lost", field: "networkInterfaces", message });
        };
        for key in ["ignore", "dummy"] {
            if device.flag(key) {
                lost(key);
            }
        }
        if device.get("bridgePort").is_some() {
            lost("bridgePort");
        }
        if device.get("bond").is_some_and(|bond| !bond.text("primary").is_empty()) {
            lost("bond.primary");
        }
        let links = device.items("vlans").iter().chain([device]);
        for link in links {
            let vip = link.get("vip");
            if vip.is_some_and(|vip| vip.get("hcloud").is_some() || vip.get("equinixMetal").is_some()) {
                lost("the token of a shared address");
            }
            if link.get("dhcpOptions").is_some_and(|options| !options.text("duidv6").is_empty()) {
                lost("dhcpOptions.duidv6");
            }
        }
        if device.items("vlans").iter().any(|vlan| !vlan.text("cidr").is_empty()) {
            lost("the cidr of a VLAN");
        }
    }
    all
}
