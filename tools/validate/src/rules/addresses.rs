//! Addresses of load balancers: each can be had by one.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use cliutil::Diagnostic;

use super::{ADDRESS_TWICE, Context, is_open};
use crate::applied::{Object, flag, text};

/// Annotations that ask for addresses: Cilium's and MetalLB's, each also under its older name.
const ANNOTATIONS: [&str; 4] = [
    "lbipam.cilium.io/ips",
    "io.cilium/lb-ipam-ips",
    "metallb.io/loadBalancerIPs",
    "metallb.universe.tf/loadBalancerIPs",
];
/// Annotations that let several share one, which have the same text then.
const SHARED: [&str; 4] = [
    "lbipam.cilium.io/sharing-key",
    "io.cilium/lb-ipam-sharing-key",
    "metallb.io/allow-shared-ip",
    "metallb.universe.tf/allow-shared-ip",
];

/// An object that asks for an address, and its sharing key.
type Asking<'c> = (&'c Object, Option<&'c str>);

pub(crate) fn check(context: &mut Context<'_>) {
    let mut known: BTreeMap<String, Vec<Asking<'_>>> = BTreeMap::new();
    let cluster = context.cluster;
    let merges = |object: &&Object| flag(object.value(), &["spec", "mergeGateways"]);
    let are_merged = context.of("gateway.envoyproxy.io", "EnvoyProxy").iter().any(merges);
    for object in &cluster.objects {
        let mut own = BTreeSet::new();
        let key = sharing_key(object);
        for (path, address) in asked(object) {
            if !own.insert(address.clone()) {
                continue;
            }
            let others = known.entry(address.clone()).or_default();
            let is_one =
                |other: &Object| are_merged && other.id.kind == "Gateway" && object.id.kind == "Gateway";
            let other =
                others.iter().find(|(other, their)| (key.is_none() || *their != key) && !is_one(other));
            if let Some((other, _)) = other {
                let path: Vec<&str> = path.iter().map(String::as_str).collect();
                context.findings.push(twice(object, other, &address, &path));
            }
            others.push((object, key));
        }
    }
}

fn twice(object: &Object, other: &Object, address: &str, path: &[&str]) -> Diagnostic {
    let message = format!("{} and {} both ask for {address}", other.id, object.id);
    object
        .finding(ADDRESS_TWICE.severity, ADDRESS_TWICE.id, message, path)
        .with_related(other.place(&["metadata", "name"]), "the other one")
        .with_help("give one of them another address, or both the same sharing key")
}

/// Where the annotations stand that count for what serves an object.
fn places(object: &Object) -> &'static [&'static [&'static str]] {
    if object.is("", "Service") && object.text(&["spec", "type"]) == Some("LoadBalancer") {
        &[&["metadata", "annotations"]]
    } else if object.is("gateway.networking.k8s.io", "Gateway") {
        &[&["spec", "infrastructure", "annotations"], &["metadata", "annotations"]]
    } else {
        &[]
    }
}

fn sharing_key(object: &Object) -> Option<&str> {
    let keys = |place: &&[&'static str]| {
        let place = place.to_vec();
        SHARED.map(|key| [&place[..], &[key]].concat())
    };
    places(object).iter().flat_map(keys).find_map(|path| object.text(&path))
}

/// The addresses that an object asks for, each with the field that says so.
fn asked(object: &Object) -> Vec<(Vec<String>, String)> {
    let own = |path: &[&str]| path.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
    // The annotations of a Gateway itself stay with it; its Service gets those of its infrastructure.
    let mut fields: Vec<Vec<String>> = places(object)
        .iter()
        .take(1)
        .flat_map(|place| ANNOTATIONS.map(|key| own(&[*place, &[key]].concat())))
        .collect();
    if object.is("", "Service") && !fields.is_empty() {
        fields.push(own(&["spec", "loadBalancerIP"]));
    }
    if object.is("gateway.networking.k8s.io", "Gateway") {
        for (n, address) in object.items(&["spec", "addresses"]).iter().enumerate() {
            if text(address, &["type"]).is_none_or(|kind| kind == "IPAddress") {
                fields.push(own(&["spec", "addresses", &n.to_string(), "value"]));
            }
        }
    }
    let mut asked = Vec::new();
    for field in fields {
        let path: Vec<&str> = field.iter().map(String::as_str).collect();
        let Some(said) = object.text(&path).filter(|said| !is_open(said)) else { continue };
        let all = said.split(',').map(str::trim).filter(|address| !address.is_empty());
        // An address of version 6 may be written in several ways.
        let same = |address: &str| {
            address.parse::<IpAddr>().map_or_else(|_| address.to_owned(), |address| address.to_string())
        };
        asked.extend(all.map(|address| (field.clone(), same(address))));
    }
    asked
}
