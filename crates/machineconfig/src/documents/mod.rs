//! The documents a node's fields become, in talhelper's order. They are merged into the base configuration as one
//! patch.

mod network;
mod selectors;
mod simple;

use yaml::Value;

use crate::cluster::{Fields as _, Node};
use crate::config::Document;
use crate::{Contract, Problem};

/// A document of a kind that the table has, from fields that are there.
pub(crate) fn document<const N: usize>(
    kind: &'static str,
    fields: [(&'static str, Option<Value>); N],
) -> Vec<Document> {
    let fields = fields.into_iter().filter_map(|(key, value)| Some((key, value?)));
    Document::new(kind, fields).into_iter().collect()
}

/// All documents of a node beside its base configuration.
pub(crate) fn of_node(node: &Node, contract: Contract) -> Result<Vec<Document>, Problem> {
    let mut all = Vec::new();
    if contract.network_documents() {
        all.extend(simple::resolver(node)?);
        all.extend(simple::hostname(node));
    }
    all.extend(simple::firewall(node));
    all.extend(simple::extension_services(node));
    all.extend(simple::volumes(node, "volumes", "VolumeConfig")?);
    all.extend(simple::volumes(node, "userVolumes", "UserVolumeConfig")?);
    if contract.network_documents() && !node.items("networkInterfaces").is_empty() {
        all.extend(network::interfaces(node.items("networkInterfaces"))?);
    }
    Ok(all)
}
