//! The machines of a talconfig: which there are, where they answer, and which are controllers.

use cliutil::{Diagnostic, Failure, Outcome};
use yaml::{Dialect, Node, Scalar};

use crate::Document;

/// One machine of the configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// Its host name.
    pub hostname: String,
    /// Its addresses, at least one (talhelper separates several by commas).
    pub addresses: Vec<String>,
    /// Whether it is a controller.
    pub control_plane: bool,
}

impl Machine {
    /// The address commands are sent to.
    pub fn address(&self) -> &str {
        self.addresses.first().map_or("", String::as_str)
    }

    /// Whether a person may mean this machine by `name`: its host name or one of its addresses.
    pub fn is_called(&self, name: &str) -> bool {
        self.hostname == name || self.addresses.iter().any(|address| address == name)
    }
}

/// The machines of a talconfig, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// `clusterName`
    pub cluster: String,
    /// The machines.
    pub machines: Vec<Machine>,
}

impl Inventory {
    /// Takes the machines out of a talconfig.
    ///
    /// # Errors
    /// `talos/required`, `talos/type`: every node that lacks what is needed to reach it.
    pub fn read(document: &Document) -> Result<Self, Vec<Diagnostic>> {
        let root = document.root();
        let nodes = root.get("nodes").and_then(Node::as_sequence).unwrap_or_default();
        if nodes.is_empty() {
            return Err(vec![
                Diagnostic::error("talos/required", "nodes: the configuration names no node")
                    .at(document.location(root.pair("nodes").map_or(root, |pair| &pair.key))),
            ]);
        }
        let mut problems = Vec::new();
        let mut machines = Vec::with_capacity(nodes.len());
        for (index, node) in nodes.iter().enumerate() {
            match machine(document, node, index) {
                Ok(machine) => machines.push(machine),
                Err(failure) => problems.extend(failure.diagnostics),
            }
        }
        let cluster = root.get("clusterName").and_then(Node::as_str).unwrap_or_default().to_owned();
        if problems.is_empty() { Ok(Self { cluster, machines }) } else { Err(problems) }
    }

    /// The controllers, in order.
    pub fn controllers(&self) -> impl Iterator<Item = &Machine> {
        self.machines.iter().filter(|machine| machine.control_plane)
    }

    /// The workers, in order.
    pub fn workers(&self) -> impl Iterator<Item = &Machine> {
        self.machines.iter().filter(|machine| !machine.control_plane)
    }

    /// The machine called `name`, by host name or address.
    pub fn find(&self, name: &str) -> Option<&Machine> {
        self.machines.iter().find(|machine| machine.is_called(name))
    }
}

fn machine(document: &Document, node: &Node, index: usize) -> Outcome<Machine> {
    let text = |key: &str| {
        node.get(key).and_then(Node::as_str).filter(|text| !text.trim().is_empty()).ok_or_else(|| {
            Failure::new("talos/required", format!("nodes[{index}].{key} is required"))
                .at(document.location(node.get(key).unwrap_or(node)))
        })
    };
    let hostname = text("hostname")?.to_owned();
    let addresses = text("ipAddress")?
        .split(',')
        .map(|address| address.trim().to_owned())
        .filter(|address| !address.is_empty())
        .collect::<Vec<_>>();
    let control_plane = match node.get("controlPlane") {
        None => false,
        Some(value) => match yaml::resolve_plain(value.as_str().unwrap_or("?"), Dialect::GoYamlV3) {
            Scalar::Bool(value) => value,
            Scalar::Null => false,
            _ => {
                return Err(Failure::new(
                    "talos/type",
                    format!("nodes[{index}].controlPlane must be true or false"),
                )
                .at(document.location(value)));
            }
        },
    };
    Ok(Machine { hostname, addresses, control_plane })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::Talenv;
    use cliutil::Source;

    fn read(text: &str) -> Result<Inventory, Vec<Diagnostic>> {
        let document = Document::read(&Arc::new(Source::new("talconfig.yaml", text)), &Talenv::default());
        Inventory::read(&document.map_err(|_| Vec::new())?)
    }

    #[test]
    fn machines_in_order() {
        let inventory = read("clusterName: c\nnodes:\n  - {hostname: a, ipAddress: '10.0.0.1,fd00::1', controlPlane: true}\n  - {hostname: b, ipAddress: 10.0.0.2}\n").unwrap();
        assert_eq!(inventory.cluster, "c");
        assert_eq!(inventory.controllers().map(Machine::address).collect::<Vec<_>>(), ["10.0.0.1"]);
        assert_eq!(inventory.workers().map(|m| m.hostname.as_str()).collect::<Vec<_>>(), ["b"]);
        assert_eq!(inventory.find("fd00::1").unwrap().hostname, "a");
        assert!(inventory.find("10.0.0").is_none());
    }

    #[test]
    fn what_is_missing_is_named() {
        let problems =
            read("nodes:\n  - {hostname: a}\n  - {hostname: b, ipAddress: x, controlPlane: maybe}\n")
                .unwrap_err();
        let messages: Vec<_> = problems.iter().map(|problem| problem.message.as_str()).collect();
        assert_eq!(
            messages,
            ["nodes[0].ipAddress is required", "nodes[1].controlPlane must be true or false"]
        );
        assert_eq!(read("nodes: []\n").unwrap_err()[0].code, "talos/required");
    }
}
