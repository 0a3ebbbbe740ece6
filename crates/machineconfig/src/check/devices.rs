//! Network interfaces as `machine.network.interfaces` knows them; a talconfig's have the same form.

use std::collections::HashMap;
use std::net::IpAddr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use yaml::Value;

use crate::cluster::Fields as _;
use crate::schema::Schema;
use crate::typed::parse_prefix;

/// What is wrong with a list of interfaces.
pub(super) fn devices(devices: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    let members = members(devices, &mut wrong);
    for device in devices {
        if device.get("bond").is_some() && device.get("bridge").is_some() {
            wrong.push(format!("{} is both a bond and a bridge", name(device)));
        }
        if device.flag("ignore") {
            continue;
        }
        identity(device, &mut wrong);
        if let Some(parts) = device.get("bond") {
            wrong.extend(bond(parts).into_iter().map(|message| format!("{}: {message}", name(device))));
        }
        if let Some(parts) = device.get("wireguard") {
            wireguard(device, parts, &mut wrong);
        }
        vlans(device, &mut wrong);
        addressing(device, members.contains_key(device.text("interface")), &mut wrong);
        routes(device, &mut wrong);
    }
    wrong
}

fn name(device: &Value) -> &str {
    match device.text("interface") {
        "" => "the interface with a selector",
        name => name,
    }
}

/// Links that belong to a bond or a bridge, and to which.
fn members<'d>(devices: &'d [Value], wrong: &mut Vec<String>) -> HashMap<&'d str, &'d str> {
    let mut members: HashMap<&str, &str> = HashMap::new();
    for device in devices {
        for owner in ["bond", "bridge"].iter().filter_map(|kind| device.get(kind)) {
            for link in owner.texts("interfaces") {
                if let Some(other) = members
                    .insert(link, device.text("interface"))
                    .filter(|other| *other != device.text("interface"))
                {
                    wrong.push(format!("{link} belongs to both {other} and {}", name(device)));
                }
            }
        }
    }
    members
}

fn identity(device: &Value, wrong: &mut Vec<String>) {
    let selector = device.get("deviceSelector");
    match (device.text("interface"), selector) {
        ("", None) => wrong.push("an interface needs interface or deviceSelector".to_owned()),
        (name, Some(_)) if !name.is_empty() => {
            wrong.push(format!("{name}: only one of interface and deviceSelector may be given"));
        }
        _ => {}
    }
    if selector.is_some_and(|selector| selector.as_mapping().is_none_or(yaml::Mapping::is_empty)) {
        wrong.push(format!("{}: deviceSelector selects nothing", name(device)));
    }
}

fn bond(bond: &Value) -> Vec<String> {
    const WORDS: [(&str, &str); 8] = [
        ("mode", "BondMode"),
        ("xmitHashPolicy", "BondXmitHashPolicy"),
        ("lacpRate", "LACPRate"),
        ("arpValidate", "ARPValidate"),
        ("arpAllTargets", "ARPAllTargets"),
        ("primaryReselect", "PrimaryReselect"),
        ("failOverMac", "FailOverMAC"),
        ("adSelect", "ADSelect"),
    ];
    let mut wrong = Vec::new();
    for (key, name) in WORDS {
        let words = Schema::get().words(&format!("nethelpers.{name}")).names().collect::<Vec<_>>();
        if !bond.text(key).is_empty() && !words.contains(&bond.text(key)) {
            wrong.push(format!("bond.{key} must be one of {}", words.join(", ")));
        }
    }
    let monitor = bond.number("miimon");
    for key in ["updelay", "downdelay"] {
        match (monitor, bond.number(key)) {
            (_, 0) => {}
            (0, _) => wrong.push(format!("bond.{key} needs bond.miimon")),
            (monitor, delay) if delay % monitor != 0 => {
                wrong.push(format!("bond.{key} must be a multiple of bond.miimon"));
            }
            _ => {}
        }
    }
    if !bond.items("interfaces").is_empty() && !bond.items("deviceSelectors").is_empty() {
        wrong.push("only one of bond.interfaces and bond.deviceSelectors may be given".to_owned());
    }
    if !bond.items("arpIPTarget").is_empty() {
        wrong.push("bond.arpIPTarget is not supported".to_owned());
    }
    if !bond.text("adActorSystem").is_empty() {
        wrong.push("bond.adActorSystem is not supported".to_owned());
    }
    modes(bond, &mut wrong);
    wrong
}

/// Settings that only some modes have.
fn modes(bond: &Value, wrong: &mut Vec<String>) {
    let mode = if bond.text("mode").is_empty() { "balance-rr" } else { bond.text("mode") };
    let lacp = mode == "802.3ad";
    let balancing = matches!(mode, "balance-tlb" | "balance-alb");
    let rules = [
        ("lacpRate", !bond.text("lacpRate").is_empty(), lacp),
        ("arpValidate", !bond.text("arpValidate").is_empty(), !(lacp || balancing)),
        ("primary", !bond.text("primary").is_empty(), mode == "active-backup" || balancing),
        ("arpInterval", bond.number("arpInterval") > 0, !(lacp || balancing)),
        ("packetsPerSlave", bond.number("packetsPerSlave") > 1, mode == "balance-rr"),
        ("tlbDynamicLb", bond.number("tlbDynamicLb") > 0, balancing),
        ("adActorSysPrio", bond.number("adActorSysPrio") > 0, lacp),
        ("adUserPortKey", bond.number("adUserPortKey") > 0, lacp),
    ];
    for (key, given, fits) in rules {
        if given && !fits {
            wrong.push(format!("bond.{key} is not available in mode {mode}"));
        }
    }
}

/// Whether a text is a wireguard key.
pub(super) fn is_wireguard_key(key: &str) -> bool {
    STANDARD.decode(key).is_ok_and(|bytes| bytes.len() == 32)
}

fn wireguard(device: &Value, wireguard: &Value, wrong: &mut Vec<String>) {
    if !is_wireguard_key(wireguard.text("privateKey")) {
        wrong.push(format!("{}: wireguard.privateKey is no key", name(device)));
    }
    for (n, peer) in wireguard.items("peers").iter().enumerate() {
        if !is_wireguard_key(peer.text("publicKey")) {
            wrong.push(format!("{}: the publicKey of wireguard peer {n} is no key", name(device)));
        }
        let endpoint = peer.text("endpoint");
        if !endpoint.is_empty()
            && endpoint.rsplit_once(':').is_none_or(|(_, port)| port.parse::<u16>().is_err())
        {
            wrong.push(format!("{}: the endpoint of wireguard peer {n} has no port", name(device)));
        }
        if peer.texts("allowedIPs").iter().any(|text| parse_prefix(text).is_none()) {
            wrong.push(format!("{}: the allowedIPs of wireguard peer {n} must be CIDRs", name(device)));
        }
    }
}

fn is_address(text: &str) -> bool {
    if text.contains('/') { parse_prefix(text).is_some() } else { text.parse::<IpAddr>().is_ok() }
}

fn vlans(device: &Value, wrong: &mut Vec<String>) {
    for vlan in device.items("vlans") {
        let id = vlan.number("vlanId");
        if !vlan.items("addresses").is_empty() && !vlan.text("cidr").is_empty() {
            wrong.push(format!("{}.{id}: only one of cidr and addresses may be given", name(device)));
        }
        let cidr = vlan.text("cidr");
        let all = vlan.texts("addresses").into_iter().chain((!cidr.is_empty()).then_some(cidr));
        for text in all.filter(|text| !is_address(text)) {
            wrong.push(format!("{}.{id}: {text:?} is neither a CIDR nor an IP address", name(device)));
        }
    }
}

fn addressing(device: &Value, member: bool, wrong: &mut Vec<String>) {
    let cidr = device.text("cidr");
    let vip = device.get("vip");
    if member
        && (device.flag("dhcp") || !cidr.is_empty() || !device.items("addresses").is_empty() || vip.is_some())
    {
        wrong.push(format!(
            "{} belongs to a bond or bridge and cannot have addresses of its own",
            name(device)
        ));
    }
    if !cidr.is_empty() {
        wrong.push(format!("{}: cidr is no longer supported, use addresses", name(device)));
    }
    for text in device.texts("addresses").into_iter().filter(|text| !is_address(text)) {
        wrong.push(format!("{}: {text:?} is neither a CIDR nor an IP address", name(device)));
    }
    if vip.is_some_and(|vip| vip.text("ip").parse::<IpAddr>().is_err()) {
        wrong.push(format!("{}: vip.ip is no IP address", name(device)));
    }
}

fn routes(device: &Value, wrong: &mut Vec<String>) {
    for (n, route) in device.items("routes").iter().enumerate() {
        let (network, gateway, source) = (route.text("network"), route.text("gateway"), route.text("source"));
        let at = format!("{}: routes[{n}]", name(device));
        if network.is_empty() && gateway.is_empty() {
            wrong.push(format!("{at} needs a network or a gateway"));
        }
        if !network.is_empty() && parse_prefix(network).is_none() {
            wrong.push(format!("{at}.network: {network:?} is no CIDR"));
        }
        for (key, text) in [("gateway", gateway), ("source", source)] {
            if !text.is_empty() && text.parse::<IpAddr>().is_err() {
                wrong.push(format!("{at}.{key}: {text:?} is no IP address"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use yaml::{Dialect, load_one};

    fn wrong(text: &str) -> String {
        devices(load_one(text, Dialect::GoYamlV3).unwrap().as_sequence().unwrap()).join("; ")
    }

    #[test]
    fn what_is_right() {
        assert_eq!(
            wrong(
                "[{interface: eth0, addresses: [10.0.0.1/24, 'fd00::1'], routes: [{gateway: 10.0.0.254}]}]"
            ),
            ""
        );
        assert_eq!(
            wrong(
                "[{interface: bond0, bond: {mode: 802.3ad, miimon: 100, updelay: 200, lacpRate: fast, interfaces: [a, b]}}]"
            ),
            ""
        );
        assert_eq!(wrong("[{interface: x, ignore: true, cidr: nonsense}]"), "");
    }

    #[test]
    fn what_is_wrong() {
        for (text, want) in [
            ("[{addresses: [10.0.0.1/24]}]", "needs interface or deviceSelector"),
            ("[{interface: a, deviceSelector: {driver: x}}]", "only one of"),
            ("[{deviceSelector: {}}]", "selects nothing"),
            ("[{interface: a, cidr: 10.0.0.1/24}]", "no longer supported"),
            ("[{interface: a, addresses: [10.0.0.300]}]", "neither a CIDR"),
            ("[{interface: a, vip: {ip: x}}]", "vip.ip"),
            ("[{interface: a, routes: [{metric: 5}]}]", "needs a network or a gateway"),
            ("[{interface: b, bond: {mode: nope}}]", "bond.mode"),
            (
                "[{interface: b, bond: {mode: active-backup, lacpRate: fast}}]",
                "not available in mode active-backup",
            ),
            ("[{interface: b, bond: {updelay: 5}}]", "needs bond.miimon"),
            ("[{interface: b, bond: {arpIPTarget: [10.0.0.1]}}]", "not supported"),
            (
                "[{interface: b, bond: {interfaces: [e]}}, {interface: c, bridge: {interfaces: [e]}}]",
                "belongs to both",
            ),
            (
                "[{interface: b, bond: {interfaces: [e]}}, {interface: e, dhcp: true}]",
                "cannot have addresses",
            ),
            ("[{interface: w, wireguard: {privateKey: short}}]", "is no key"),
            ("[{interface: e, vlans: [{vlanId: 5, addresses: [x]}]}]", "e.5"),
        ] {
            assert!(wrong(text).contains(want), "{text}: {}", wrong(text));
        }
    }
}
