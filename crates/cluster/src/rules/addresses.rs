//! One table of all addresses of the cluster's network with their owners, what is derived included: each has one
//! owner (N2, N3, N4, K1) and lies where it may (N5, N6, N7).

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use crate::codes;
use crate::config::Run;
use crate::declaration::AddressRole;
use crate::findings::Place;
use crate::values::is_true;

/// How many owners of one address a message names.
const NAMED: usize = 6;

/// An address with its owner.
pub(super) struct Owned {
    pub(super) address: Ipv4Addr,
    pub(super) owner: String,
    role: AddressRole,
    /// None when it is a default, or derived from something else.
    pub(super) place: Option<Place>,
}

pub(super) fn check(run: &mut Run) {
    let table = table(run);
    collisions(run, &table);
    super::pools::check(run, &table);
    // What lies where in a network without room says nothing more than that it has none.
    let Some(network) = run.network("node_cidr").filter(|network| network.prefix_len() <= 30) else { return };
    for owned in &table {
        lies_well(run, owned, network);
    }
}

fn table(run: &Run) -> Vec<Owned> {
    let mut table = Vec::new();
    for (key, role) in run.model.addresses() {
        if run.values.place(key).is_none() && switched_off(run, key) {
            continue;
        }
        if let Some(address) = run.values.get(key).as_str().and_then(|text| text.parse().ok()) {
            let place = run.values.place(key);
            let derived = if place.is_none() { " (default)" } else { "" };
            table.push(Owned { address, owner: format!("{key}{derived}"), role, place });
        }
    }
    for machine in run.machines.iter().flatten() {
        if let Some(address) = machine.text("address").and_then(|text| text.parse().ok()) {
            let (owner, place) = (machine.described("address"), Some(machine.place_of("address")));
            table.push(Owned { address, owner, role: AddressRole::Host, place });
        }
    }
    // As they stand in the input; what is derived comes first.
    table.sort_by_key(|owned| owned.place.map(|place| (place.source, place.span.start)));
    table
}

/// A default of something that is off is nobody's address.
fn switched_off(run: &Run, key: &str) -> bool {
    let switch = key.strip_suffix("_addr").map(|name| format!("{name}_enabled"));
    switch.is_some_and(|switch| run.values.get(&switch).as_bool() == Some(false))
}

fn collisions(run: &mut Run, table: &[Owned]) {
    let mut owners: BTreeMap<Ipv4Addr, Vec<&Owned>> = BTreeMap::new();
    for owned in table {
        owners.entry(owned.address).or_default().push(owned);
    }
    // The router that BGP is spoken with may be the nodes' gateway, and nobody else.
    let is_router = |owned: &&Owned| matches!(owned.role, AddressRole::Router | AddressRole::Gateway);
    let wrong = |owners: &Vec<&Owned>| owners.len() > 1 && !owners.iter().all(is_router);
    for (address, owners) in owners.iter().filter(|(_, owners)| wrong(owners)) {
        let times = if owners.len() == 2 { "twice".to_owned() } else { format!("{} times", owners.len()) };
        let names: Vec<_> = owners.iter().map(|owned| owned.owner.as_str()).collect();
        let message = format!("{address} is used {times}: {}", listed(&names));
        let mut placed = owners.iter().rev().filter_map(|owned| Some((owned, owned.place?)));
        let Some((last, place)) = placed.next() else { continue };
        let mut finding = run.findings.error(codes::ADDRESS_TWICE, message, place).with_label(&last.owner);
        for (owned, place) in placed.take(NAMED) {
            finding = finding.with_related(run.findings.location(place), &owned.owner);
        }
        run.findings.push(finding.with_help("each of them needs an address of its own"));
    }
}

/// "a, b and c"; the rest of a long list is counted.
pub(super) fn listed(names: &[&str]) -> String {
    if names.len() > NAMED {
        return format!("{} and {} more", names[..NAMED].join(", "), names.len() - NAMED);
    }
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [many @ .., last] => format!("{} and {last}", many.join(", ")),
    }
}

fn lies_well(run: &mut Run, owned: &Owned, network: Ipv4Net) {
    // A default is wrong in the network that a person chose. What is derived from the network is right with it.
    let Some(place) = owned.place.or(run.values.place("node_cidr")) else { return };
    let Owned { address, owner, .. } = owned;
    if let Some(what) = unusable(*address) {
        let finding =
            run.findings.error(codes::ADDRESS_UNUSABLE, format!("{owner}: {address} is {what}"), place);
        run.findings.push(finding.with_help("give an address that a host can have"));
        return;
    }
    if network.contains(address) {
        reserved(run, owned, place, network);
        return;
    }
    if owned.role == AddressRole::Router {
        return;
    }
    let bgp = "cilium_bgp_enabled";
    let announced = owned.role == AddressRole::LoadBalancer;
    if announced && (run.values.is_invalid(bgp) || is_true(run.values.get(bgp))) {
        in_cluster_network(run, owned, place);
        return;
    }
    let message = format!("{owner}: {address} is outside {}", run.values.described("node_cidr"));
    let mut finding = run.findings.error(codes::ADDRESS_OUTSIDE, message, place);
    if let Some(network) = run.values.place("node_cidr") {
        finding = finding.with_related(run.findings.location(network), "the nodes' network");
    }
    let (first, last) = (network.hosts().next(), network.hosts().next_back());
    let range = first.zip(last).map(|(first, last)| format!("choose one from {first} to {last}"));
    let bgp = if announced && run.model.option("cilium_bgp_router_addr").is_some() {
        "; addresses elsewhere need BGP (cilium_bgp_router_addr and its AS numbers)"
    } else {
        ""
    };
    run.findings.push(finding.with_help(range.unwrap_or_default() + bgp));
}

/// The first and last address of a network stand for the network and for all of it.
fn reserved(run: &mut Run, owned: &Owned, place: Place, network: Ipv4Net) {
    let Owned { address, owner, .. } = owned;
    let what = match *address {
        address if address == network.network() => "the network address",
        address if address == network.broadcast() => "the broadcast address",
        _ => return,
    };
    let message = format!("{owner}: {address} is {what} of {}", run.values.described("node_cidr"));
    let finding = run.findings.error(codes::ADDRESS_RESERVED, message, place);
    let (first, last) = (network.hosts().next(), network.hosts().next_back());
    run.findings.push(match first.zip(last) {
        Some((first, last)) => finding.with_help(format!("choose one from {first} to {last}")),
        None => finding,
    });
}

/// Even where a router is told about it, an address of pods or services is taken.
fn in_cluster_network(run: &mut Run, owned: &Owned, place: Place) {
    for key in ["cluster_pod_cidr", "cluster_svc_cidr"] {
        if run.network(key).is_some_and(|network| network.contains(&owned.address)) {
            let message = format!("{}: {} lies in {}", owned.owner, owned.address, run.values.described(key));
            let finding = run.findings.error(codes::ADDRESS_IN_CLUSTER, message, place);
            run.findings.push(finding.with_help("choose one that neither pods nor services have"));
        }
    }
}

fn unusable(address: Ipv4Addr) -> Option<&'static str> {
    if address.is_loopback() {
        Some("a loopback address")
    } else if address.is_multicast() {
        Some("a multicast address")
    } else if address.is_broadcast() {
        Some("the broadcast address of all networks")
    } else if address.octets()[0] == 0 {
        Some("an address that stands for no host")
    } else if address.is_link_local() {
        Some("a link-local address")
    } else if address.octets()[0] >= 240 {
        Some("a reserved address")
    } else {
        None
    }
}
