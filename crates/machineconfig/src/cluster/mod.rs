//! A talconfig as talhelper understands it: decoded, its files read, the sections of the roles merged into the nodes.

mod load;
mod merge;

pub(crate) use load::substituted;

use std::path::PathBuf;
use std::sync::Arc;

use cliutil::{Diagnostic, Location};
use yaml::{Mapping, Value};

use crate::Contract;

/// The configuration of a cluster.
pub struct Cluster {
    /// The whole talconfig.
    pub(crate) root: Value,
    /// Its nodes, with what their role's section gives them.
    pub(crate) nodes: Vec<Node>,
    /// The folder that paths in it begin at.
    pub(crate) folder: PathBuf,
    pub(crate) contract: Contract,
    /// Whether `talosVersion` is one that is known; the contract is a stand-in when it is not.
    pub(crate) known_version: bool,
    document: Arc<talos::Document>,
    /// What is odd but no error.
    pub warnings: Vec<Diagnostic>,
}

/// A node.
#[derive(Clone)]
pub(crate) struct Node {
    /// Its place in `nodes`.
    pub(crate) index: usize,
    pub(crate) value: Value,
    /// Fields that come from the section of its role.
    inherited: Vec<&'static str>,
}

/// What to ask a mapping of known shape.
pub(crate) trait Fields {
    /// The value of a key.
    fn value(&self, key: &str) -> Option<&Value>;

    /// The value of a key; null when there is none.
    fn within(&self, key: &str) -> &Value {
        self.value(key).unwrap_or(&Value::Null)
    }

    /// A text; empty when there is none.
    fn text(&self, key: &str) -> &str {
        self.value(key).and_then(Value::as_str).unwrap_or_default()
    }

    /// A switch; off when there is none.
    fn flag(&self, key: &str) -> bool {
        self.value(key).and_then(Value::as_bool).unwrap_or_default()
    }

    /// A number; zero when there is none.
    fn number(&self, key: &str) -> i128 {
        self.value(key).and_then(Value::as_int).unwrap_or_default()
    }

    /// The items of a list; none when there is no list.
    fn items(&self, key: &str) -> &[Value] {
        self.value(key).and_then(Value::as_sequence).unwrap_or_default()
    }

    /// The texts of a list.
    fn texts(&self, key: &str) -> Vec<&str> {
        self.items(key).iter().filter_map(Value::as_str).collect()
    }

    /// The entries of a mapping.
    fn entries(&self, key: &str) -> Vec<(&str, &Value)> {
        let entries = self.value(key).and_then(Value::as_mapping).into_iter().flat_map(Mapping::iter);
        entries.filter_map(|(key, value)| Some((key.as_str()?, value))).collect()
    }
}

impl Fields for Value {
    fn value(&self, key: &str) -> Option<&Value> {
        self.get(key)
    }
}

impl Fields for Node {
    fn value(&self, key: &str) -> Option<&Value> {
        self.value.get(key)
    }
}

impl Cluster {
    /// The host names, in order.
    pub fn hostnames(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().map(Node::hostname)
    }

    /// `kubernetesVersion` without `v`.
    pub(crate) fn kubernetes_version(&self) -> &str {
        let version = self.root.text("kubernetesVersion");
        version.strip_prefix('v').unwrap_or(version)
    }

    /// Where a field of the cluster stands; dots lead into it.
    pub(crate) fn location(&self, path: &str) -> Location {
        self.document.location(find(self.document.root(), path))
    }

    /// Where the item of a list stands that has this text once its variables are put in.
    pub(crate) fn item_with(&self, list: &str, text: &str) -> Option<Location> {
        let items = find(self.document.root(), list).as_sequence()?;
        let item = items.iter().find(|item| item.as_str() == Some(text))?;
        Some(self.document.location(item))
    }

    /// Where a field of a node stands: in the node, else in its role's section.
    pub(crate) fn node_location(&self, node: &Node, field: &str) -> Location {
        if node.inherits(field.split('.').next().unwrap_or(field)) {
            return self.location(&format!("{}.{field}", node.section()));
        }
        self.location(&format!("nodes.[{}].{field}", node.index))
    }
}

/// The node at the end of a path, or the last one on the way to it.
fn find<'n>(mut node: &'n yaml::Node, path: &str) -> &'n yaml::Node {
    for part in path.split('.').filter(|part| !part.is_empty()) {
        let index = part
            .strip_prefix('[')
            .and_then(|part| part.strip_suffix(']'))
            .and_then(|part| part.parse::<usize>().ok());
        let next = match index {
            Some(index) => node.as_sequence().and_then(|items| items.get(index)),
            None => node.get(part),
        };
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    node
}

impl Node {
    pub(crate) fn hostname(&self) -> &str {
        self.text("hostname")
    }

    pub(crate) fn control_plane(&self) -> bool {
        self.flag("controlPlane")
    }

    /// Whether a field comes from the section of its role.
    pub(crate) fn inherits(&self, field: &str) -> bool {
        self.inherited.contains(&field)
    }

    /// The section of its role.
    pub(crate) fn section(&self) -> &'static str {
        if self.control_plane() { "controlPlane" } else { "worker" }
    }

    /// Its role as file names know it.
    pub(crate) fn role(&self) -> &'static str {
        if self.control_plane() { "controlplane" } else { "worker" }
    }

    /// Its addresses: several may stand in one field, with commas between.
    pub(crate) fn addresses(&self) -> Vec<&str> {
        self.text("ipAddress").split(',').map(str::trim).collect()
    }
}
