//! The networks of nodes, pods and services: apart from each other, and large enough (N1).

use ipnet::Ipv4Net;
use yaml::Value;

use crate::codes;
use crate::config::Run;

const NODE: &str = "node_cidr";
const POD: &str = "cluster_pod_cidr";
const SERVICE: &str = "cluster_svc_cidr";

pub(super) fn check(run: &mut Run) {
    for (a, b) in [(NODE, POD), (NODE, SERVICE), (POD, SERVICE)] {
        overlap(run, a, b);
    }
    nodes_have_room(run);
    services_have_room(run);
    pods_have_room(run);
}

impl Run<'_> {
    /// The network of a key; none when there is no valid one.
    pub(super) fn network(&self, key: &str) -> Option<Ipv4Net> {
        self.values.get(key).as_str()?.parse().ok()
    }
}

fn overlap(run: &mut Run, a: &str, b: &str) {
    let (Some(first), Some(second)) = (run.network(a), run.network(b)) else { return };
    if !first.contains(&second) && !second.contains(&first) {
        return;
    }
    let (described_a, described_b) = (run.values.described(a), run.values.described(b));
    let relation = if first == second { "is the same network as" } else { "overlaps" };
    // The mark is on what a person wrote; a default has no place.
    let (at, other) = match (run.values.place(b), run.values.place(a)) {
        (Some(at), other) => (at, other),
        (None, Some(at)) => (at, None),
        (None, None) => (run.top, None),
    };
    let mut finding =
        run.findings.error(codes::CIDR_OVERLAP, format!("{described_b} {relation} {described_a}"), at);
    if let Some(other) = other {
        finding = finding.with_related(run.findings.location(other), a);
    }
    let made = [a, b].into_iter().find(|key| run.values.place(key).is_none());
    let help = match made {
        Some(key) => format!("set {key} to another network, or choose another one here"),
        None => "the networks of nodes, pods and services share no address; choose another one".to_owned(),
    };
    run.findings.push(finding.with_help(help));
}

fn too_small(run: &mut Run, key: &str, why: &str, help: String) {
    let message = format!("{} is too small: {why}", run.values.described(key));
    let place = run.values.place(key).unwrap_or(run.top);
    let finding = run.findings.error(codes::CIDR_TOO_SMALL, message, place);
    run.findings.push(finding.with_help(help));
}

/// The router, the API and three gateways have addresses here, besides the nodes.
fn nodes_have_room(run: &mut Run) {
    const LARGEST_PREFIX: u8 = 30;
    let Some(network) = run.network(NODE) else { return };
    if network.prefix_len() > LARGEST_PREFIX {
        let help = "a prefix length of 24 is usual".to_owned();
        too_small(run, NODE, "it has no room for a router and a node", help);
    }
}

/// CoreDNS has address 10 of the network of services.
fn services_have_room(run: &mut Run) {
    const LARGEST_PREFIX: u8 = 28;
    let Some(network) = run.network(SERVICE) else { return };
    if network.prefix_len() > LARGEST_PREFIX {
        let help = format!("the prefix length is at most {LARGEST_PREFIX}; 16 is usual");
        too_small(run, SERVICE, "cluster DNS has its address number 10", help);
    }
}

/// Each node gets a /24 of the network of pods.
fn pods_have_room(run: &mut Run) {
    const OF_A_NODE: u8 = 24;
    let (Some(network), Value::Sequence(nodes)) = (run.network(POD), run.values.get("nodes")) else { return };
    let (prefix, count) = (network.prefix_len(), nodes.len());
    let room = if prefix > OF_A_NODE { 0 } else { 1_usize << (OF_A_NODE - prefix) };
    if count > room {
        let why = format!("each node takes a /{OF_A_NODE} of it, which makes room for {room} of {count}");
        let needed =
            (0..=OF_A_NODE).rev().find(|prefix| 1_usize << (OF_A_NODE - prefix) >= count).unwrap_or(0);
        too_small(run, POD, &why, format!("the prefix length is at most {needed}; 16 is usual"));
    }
}
