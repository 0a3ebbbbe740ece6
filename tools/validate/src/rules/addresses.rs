//! Addresses of load balancers: each can be had by one.

use std::collections::BTreeMap;

use super::{ADDRESS_TWICE, Context, is_open};
use crate::applied::Object;

/// Annotations that ask for addresses.
const ANNOTATIONS: [&str; 3] =
    ["lbipam.cilium.io/ips", "io.cilium/lb-ipam-ips", "metallb.universe.tf/loadBalancerIPs"];

/// Annotations that let several share one.
const SHARED: [&str; 3] =
    ["lbipam.cilium.io/sharing-key", "io.cilium/lb-ipam-sharing-key", "metallb.universe.tf/allow-shared-ip"];

pub(crate) fn check(context: &mut Context<'_>) {
    let mut first: BTreeMap<String, &Object> = BTreeMap::new();
    let cluster = context.cluster;
    for object in &cluster.objects {
        let paths: Vec<Vec<&str>> = if object.is("", "Service") {
            let mut paths: Vec<_> =
                ANNOTATIONS.iter().map(|key| vec!["metadata", "annotations", *key]).collect();
            paths.push(vec!["spec", "loadBalancerIP"]);
            paths
        } else if object.is("gateway.networking.k8s.io", "Gateway") {
            ANNOTATIONS.iter().map(|key| vec!["spec", "infrastructure", "annotations", *key]).collect()
        } else {
            continue;
        };
        let shares = SHARED.iter().any(|key| {
            object.text(&["metadata", "annotations", key]).is_some()
                || object.text(&["spec", "infrastructure", "annotations", key]).is_some()
        });
        if shares {
            continue;
        }
        let mut own = std::collections::BTreeSet::new();
        for path in paths {
            let Some(addresses) = object.text(&path).filter(|text| !is_open(text)) else { continue };
            for address in addresses.split(',').map(str::trim).filter(|address| !address.is_empty()) {
                if !own.insert(address.to_owned()) {
                    continue;
                }
                match first.get(address) {
                    Some(other) => {
                        let message = format!("{} and {} both ask for {address}", other.id, object.id);
                        let related = other.place(&["metadata", "name"]);
                        let finding = object
                            .finding(ADDRESS_TWICE.severity, ADDRESS_TWICE.id, message, &path)
                            .with_related(related, "the other one")
                            .with_help("give one of them another address, or both the same sharing key");
                        context.findings.push(finding);
                    }
                    None => {
                        first.insert(address.to_owned(), object);
                    }
                }
            }
        }
    }
}
