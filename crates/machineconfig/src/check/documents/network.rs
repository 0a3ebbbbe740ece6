//! Network settings that are no links: names, resolvers, shared addresses, rules, probes, time.

use std::net::IpAddr;

use yaml::Value;

use super::super::{machine, talconfig};
use super::Wrong;
use crate::cluster::Fields as _;
use crate::typed::parse_prefix;
use crate::url::Url;

/// Priorities that the kernel and KubeSpan use.
const RESERVED_PRIORITIES: [u32; 4] = [0, 32500, 32766, 32767];

/// Checks a document when it is about the network.
pub(super) fn check(kind: &str, value: &Value, wrong: &mut Wrong) -> bool {
    match kind {
        "HostnameConfig" => hostname(value, wrong),
        "ResolverConfig" => resolver(value, wrong),
        "DHCPv4Config" | "DHCPv6Config" => {
            let by_duid = value.text("clientIdentifier") == "duid";
            let given = !value.text("duidRaw").is_empty();
            wrong.require(by_duid == given, "duidRaw and clientIdentifier: duid belong together");
        }
        "Layer2VIPConfig" | "HCloudVIPConfig" => {
            wrong.require(value.text("name").parse::<IpAddr>().is_ok(), "name must be an IP address");
            wrong.require(!value.text("link").is_empty(), "link is required");
            let token = kind != "HCloudVIPConfig" || !value.text("apiToken").is_empty();
            wrong.require(token, "apiToken is required");
        }
        "StaticHostConfig" => {
            wrong.require(value.text("name").parse::<IpAddr>().is_ok(), "name must be an IP address");
            wrong.require(!value.items("hostnames").is_empty(), "hostnames is required");
        }
        "BlackholeRouteConfig" => {
            wrong.require(parse_prefix(value.text("name")).is_some(), "name must be a CIDR");
        }
        "RoutingRuleConfig" => rule(value, wrong),
        "NetworkRuleConfig" => {
            wrong.0.extend(talconfig::ports_problem(value.within("portSelector").items("ports")));
            for (n, ingress) in value.items("ingress").iter().enumerate() {
                wrong.require(!ingress.text("subnet").is_empty(), format!("ingress[{n}].subnet is required"));
            }
        }
        "KubeSpanConfig" => {
            let mtu = value.number("mtu");
            wrong.require(value.get("mtu").is_none() || mtu >= 1280, "mtu must be at least 1280");
            for text in value.within("filters").texts("endpoints") {
                wrong.require(machine::is_subnet(text), format!("filters.endpoints: {text:?} is no CIDR"));
            }
        }
        "HTTPProbeConfig" | "TCPProbeConfig" => probe(kind, value, wrong),
        "TimeSyncConfig" => time(value, wrong),
        _ => return false,
    }
    true
}

fn hostname(value: &Value, wrong: &mut Wrong) {
    let (auto, hostname) = (value.text("auto"), value.text("hostname"));
    wrong.require(!auto.is_empty() || !hostname.is_empty(), "auto or hostname is required");
    wrong.require(
        matches!(auto, "" | "off") || hostname.is_empty(),
        "auto and hostname cannot be set together",
    );
    wrong.require(matches!(auto, "" | "off" | "stable"), "auto must be off or stable");
    let first = hostname.split('.').next().unwrap_or_default();
    let fits = hostname.is_empty() || (hostname.len() <= 253 && (1..=63).contains(&first.len()));
    wrong.require(fits, "hostname is no host name");
}

fn resolver(value: &Value, wrong: &mut Wrong) {
    let dns = value.within("hostDNS");
    if !dns.flag("enabled") {
        for key in ["forwardKubeDNSToHost", "resolveMemberNames"] {
            wrong.require(!dns.flag(key), format!("hostDNS.{key} needs hostDNS.enabled"));
        }
    }
    for (n, server) in value.items("nameservers").iter().enumerate() {
        wrong.require(!server.text("address").is_empty(), format!("nameservers[{n}].address is required"));
        let named = !server.text("tlsServerName").is_empty();
        let encrypted = matches!(server.text("protocol"), "DoT" | "DoH");
        let message = format!("nameservers[{n}]: tlsServerName belongs to DoT and DoH");
        wrong.require(named == encrypted, message);
    }
}

fn rule(value: &Value, wrong: &mut Wrong) {
    let priority = value.text("name").parse::<u32>();
    let fits = priority.is_ok_and(|priority| !RESERVED_PRIORITIES.contains(&priority));
    wrong.require(fits, "name must be a priority (1 to 32765, but not 32500)");
    let routes = matches!(value.text("action"), "" | "unspec" | "unicast");
    let table = !matches!(value.text("table"), "" | "unspec");
    wrong.require(table || !routes, "table or an action other than unicast is required");
    wrong.require(value.number("fwMask") == 0 || value.number("fwMark") != 0, "fwMask needs fwMark");
}

fn probe(kind: &str, value: &Value, wrong: &mut Wrong) {
    if kind == "TCPProbeConfig" {
        wrong.require(!value.text("endpoint").is_empty(), "endpoint is required");
    } else {
        let url = Url::parse(value.text("url")).unwrap_or_default();
        let fits = matches!(url.scheme(), "http" | "https") && !url.hostname().is_empty();
        wrong.require(fits, "url must be a URL (http or https)");
    }
    for key in ["timeout", "interval"] {
        wrong.require(!value.text(key).starts_with('-'), format!("{key} is negative"));
    }
    wrong.require(value.number("failureThreshold") >= 0, "failureThreshold is negative");
}

fn time(value: &Value, wrong: &mut Wrong) {
    wrong.require(!value.text("bootTimeout").starts_with('-'), "bootTimeout is negative");
    wrong.require(
        value.get("ntp").is_none() || value.get("ptp").is_none(),
        "only one of ntp and ptp may be given",
    );
    let ntp = value.within("ntp");
    if ntp.flag("useNTS") {
        let named = ntp.texts("servers").iter().all(|server| server.parse::<IpAddr>().is_err());
        wrong.require(named, "ntp.servers must be names when useNTS is on");
    }
}

#[cfg(test)]
mod tests {
    use super::super::problems;

    #[test]
    fn settings() {
        for (text, want) in [
            ("kind: HostnameConfig\nauto: stable\n", ""),
            ("kind: HostnameConfig\nauto: stable\nhostname: x\n", "together"),
            ("kind: ResolverConfig\nnameservers: [{address: 1.1.1.1, protocol: DoT}]\n", "tlsServerName"),
            ("kind: ResolverConfig\nhostDNS: {resolveMemberNames: true}\n", "needs hostDNS.enabled"),
            ("kind: DHCPv4Config\nname: e\nclientIdentifier: duid\n", "belong together"),
            ("kind: HCloudVIPConfig\nname: 10.0.0.1\nlink: e\n", "apiToken"),
            ("kind: StaticHostConfig\nname: x\n", "IP address; hostnames"),
            ("kind: BlackholeRouteConfig\nname: 10.0.0.0\n", "CIDR"),
            ("kind: RoutingRuleConfig\nname: '32500'\ntable: main\n", "priority"),
            ("kind: RoutingRuleConfig\nname: '100'\n", "table or an action"),
            ("kind: RoutingRuleConfig\nname: '100'\naction: blackhole\nfwMask: 1\n", "fwMask needs"),
            (
                "kind: NetworkRuleConfig\nname: r\nportSelector: {ports: [1-5, 5-9], protocol: tcp}\n",
                "overlap",
            ),
            ("kind: KubeSpanConfig\nmtu: 100\nfilters: {endpoints: [x]}\n", "1280; filters.endpoints"),
            ("kind: HTTPProbeConfig\nname: p\nurl: ftp://x\n", "http or https"),
            ("kind: TCPProbeConfig\nname: p\nendpoint: a:1\ninterval: -5s\n", "interval is negative"),
            (
                "kind: TimeSyncConfig\nntp: {useNTS: true, servers: [10.0.0.1]}\nptp: {devices: [x]}\n",
                "only one of",
            ),
        ] {
            let found = problems(&format!("apiVersion: v1alpha1\n{text}"));
            assert!(if want.is_empty() { found.is_empty() } else { found.contains(want) }, "{text}: {found}");
        }
    }
}
