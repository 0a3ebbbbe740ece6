//! Ranges of addresses that any service may get (MetalLB): they run forward, lie in the nodes' network, and no address
//! in them has an owner of its own.

use std::net::Ipv4Addr;

use yaml::Value;

use super::addresses::Owned;
use crate::codes;
use crate::config::Run;

const RANGE: &str = "metallb_services_range";

pub(super) fn check(run: &mut Run, table: &[Owned]) {
    let Value::String(text) = run.values.get(RANGE) else { return };
    if run.values.get("metallb_enabled").as_bool() == Some(false) {
        return;
    }
    let ends = text.split_once('-').map(|(first, last)| (first.parse(), last.parse()));
    let described = run.values.described(RANGE);
    let Some(place) = run.values.place(RANGE).or(run.values.place("node_cidr")) else {
        return overlaps(run, ends.and_then(|(first, last)| first.ok().zip(last.ok())), &described, table);
    };
    let ends: Option<(Ipv4Addr, Ipv4Addr)> = ends.and_then(|(first, last)| first.ok().zip(last.ok()));
    let Some((first, last)) = ends.filter(|(first, last)| first <= last) else {
        let finding =
            run.findings.error(codes::IPV4, format!("{described} is no range: its end comes first"), place);
        run.findings.push(finding.with_help("write the lower address first, such as 10.0.3.4-10.0.3.20"));
        return;
    };
    if let Some(network) =
        run.network("node_cidr").filter(|net| !net.contains(&first) || !net.contains(&last))
    {
        let message = format!("{described} is outside node_cidr {network}");
        let finding = run.findings.error(codes::ADDRESS_OUTSIDE, message, place);
        run.findings.push(finding.with_help("choose addresses of that network that nobody else has"));
    }
    overlaps(run, ends, &described, table);
}

fn overlaps(run: &mut Run, ends: Option<(Ipv4Addr, Ipv4Addr)>, described: &str, table: &[Owned]) {
    let Some((first, last)) = ends else { return };
    for owned in table.iter().filter(|owned| (first..=last).contains(&owned.address)) {
        let message = format!("{}: {} lies in {described}", owned.owner, owned.address);
        let place = owned.place.or(run.values.place(RANGE)).unwrap_or(run.top);
        let finding = run.findings.error(codes::ADDRESS_TWICE, message, place);
        run.findings
            .push(finding.with_help("MetalLB would give it to some service; keep it out of the range"));
    }
}
