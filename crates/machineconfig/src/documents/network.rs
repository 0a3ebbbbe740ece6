//! Network interfaces as documents of their own, for Talos 1.12 and later.
//!
//! What has no document is lost, as talhelper loses it: `ignore`, `dummy`, `bridgePort`, a bond's `primary`, the tokens
//! of shared addresses, `duidv6`, a VLAN's `cidr`. The check of the talconfig warns about those.

use yaml::{Mapping, Value};

use super::document;
use super::selectors::{expression, names};
use crate::Problem;
use crate::cluster::Fields as _;
use crate::config::Document;
use crate::typed::{parse_addr, parse_prefix};

/// Fields of a bond and of its document that are numbers or words of the same form.
const BOND: [(&str, &str); 25] = [
    ("mode", "bondMode"),
    ("miimon", "miimon"),
    ("updelay", "updelay"),
    ("downdelay", "downdelay"),
    ("useCarrier", "useCarrier"),
    ("xmitHashPolicy", "xmitHashPolicy"),
    ("arpInterval", "arpInterval"),
    ("arpIPTarget", "arpIpTargets"),
    ("arpValidate", "arpValidate"),
    ("arpAllTargets", "arpAllTargets"),
    ("lacpRate", "lacpRate"),
    ("failOverMac", "failOverMac"),
    ("adSelect", "adSelect"),
    ("adActorSysPrio", "adActorSysPrio"),
    ("adUserPortKey", "adUserPortKey"),
    ("primaryReselect", "primaryReselect"),
    ("resendIgmp", "resendIGMP"),
    ("minLinks", "minLinks"),
    ("lpInterval", "lpInterval"),
    ("packetsPerSlave", "packetsPerSlave"),
    ("numPeerNotif", "numPeerNotif"),
    ("tlbDynamicLb", "tlbLogicalLb"),
    ("allSlavesActive", "allSlavesActive"),
    ("peerNotifyDelay", "peerNotifDelay"),
    ("missedMax", "missedMax"),
];

/// A device and the name it has.
struct Device<'d> {
    value: &'d Value,
    name: String,
}

/// The documents of all interfaces, by kind.
pub(super) fn interfaces(devices: &[Value]) -> Result<Vec<Document>, Problem> {
    let names = names(devices);
    let devices: Vec<_> = devices.iter().zip(names).map(|(value, name)| Device { value, name }).collect();
    let each = |make: fn(&Device<'_>) -> Vec<Document>| devices.iter().flat_map(make).collect::<Vec<_>>();
    let try_each = |make: fn(&Device<'_>) -> Result<Vec<Document>, Problem>| {
        devices
            .iter()
            .map(make)
            .collect::<Result<Vec<_>, _>>()
            .map(|lists| lists.into_iter().flatten().collect::<Vec<_>>())
    };
    let mut all = each(alias);
    all.extend(each(member_aliases));
    all.extend(try_each(bond)?);
    all.extend(each(|device| dhcp(&device.name, device.value)));
    all.extend(each(|device| vip(&device.name, device.value)));
    all.extend(try_each(link)?);
    all.extend(each(vlans));
    all.extend(try_each(wireguard)?);
    all.extend(try_each(bridge)?);
    Ok(all)
}

fn link_alias(name: String, selector: &Value) -> Vec<Document> {
    let Some(expression) = expression(selector) else { return Vec::new() };
    let selector: Mapping = [("match", expression)].into_iter().collect();
    document("LinkAliasConfig", [("name", Some(name.into())), ("selector", Some(selector.into()))])
}

fn alias(device: &Device<'_>) -> Vec<Document> {
    device
        .value
        .get("deviceSelector")
        .map(|selector| link_alias(device.name.clone(), selector))
        .unwrap_or_default()
}

fn member_aliases(device: &Device<'_>) -> Vec<Document> {
    let Some(bond) = device.value.get("bond") else { return Vec::new() };
    let selectors = bond.items("deviceSelectors").iter().enumerate();
    selectors.flat_map(|(n, selector)| link_alias(format!("{}-m{n}", device.name), selector)).collect()
}

fn bond(device: &Device<'_>) -> Result<Vec<Document>, Problem> {
    let Some(bond) = device.value.get("bond") else { return Ok(Vec::new()) };
    let mut links: Vec<Value> = bond.items("interfaces").to_vec();
    links.extend(
        (0..bond.items("deviceSelectors").len()).map(|n| Value::String(format!("{}-m{n}", device.name))),
    );
    let mut fields: Vec<(&'static str, Value)> = vec![("name", device.name.clone().into())];
    if !links.is_empty() {
        fields.push(("links", Value::Sequence(links)));
    }
    fields.extend(BOND.iter().filter_map(|(from, to)| Some((*to, bond.get(from)?.clone()))));
    fields.extend(common(device)?);
    Ok(Document::new("BondConfig", fields).into_iter().collect())
}

/// DHCP for a link that asks for it.
fn dhcp(name: &str, device: &Value) -> Vec<Document> {
    if !device.flag("dhcp") {
        return Vec::new();
    }
    let options = device.get("dhcpOptions");
    let option = |key| options.and_then(|options| options.get(key)).and_then(Value::as_bool);
    let metric =
        options.and_then(|options| options.get("routeMetric")).filter(|metric| metric.as_int() != Some(0));
    let one =
        |kind: &'static str| document(kind, [("name", Some(name.into())), ("routeMetric", metric.cloned())]);
    let v4 = if option("ipv4").unwrap_or(true) { one("DHCPv4Config") } else { Vec::new() };
    let v6 = if option("ipv6").unwrap_or(false) { one("DHCPv6Config") } else { Vec::new() };
    [v4, v6].concat()
}

/// The shared address of a link.
fn vip(name: &str, device: &Value) -> Vec<Document> {
    let address = device.get("vip").map(|vip| vip.text("ip")).filter(|address| !address.is_empty());
    address.map(|address| layer2_vip(address, name)).unwrap_or_default()
}

fn layer2_vip(address: &str, link: &str) -> Vec<Document> {
    document("Layer2VIPConfig", [("name", Some(address.into())), ("link", Some(link.into()))])
}

/// A plain link; bonds, bridges and wireguard carry these fields in their own documents.
fn link(device: &Device<'_>) -> Result<Vec<Document>, Problem> {
    let special = ["bond", "wireguard", "bridge"].iter().any(|key| device.value.get(key).is_some());
    let common = if special { Vec::new() } else { common(device)? };
    if common.is_empty() {
        return Ok(Vec::new());
    }
    let name = [("name", Value::from(device.name.as_str()))];
    Ok(Document::new("LinkConfig", name.into_iter().chain(common)).into_iter().collect())
}

fn vlans(device: &Device<'_>) -> Vec<Document> {
    let mut all = Vec::new();
    for vlan in device.value.items("vlans") {
        let id = vlan.number("vlanId");
        if id == 0 {
            continue;
        }
        let name = format!("{}.{id}", device.name);
        // What cannot be read is left out here; the check of the talconfig has refused it before.
        let addresses: Vec<Value> = vlan.texts("addresses").iter().filter_map(|text| address(text)).collect();
        let routes: Vec<Value> = vlan.items("routes").iter().filter_map(|entry| route(entry).ok()).collect();
        all.extend(document(
            "VLANConfig",
            [
                ("name", Some(name.as_str().into())),
                ("vlanID", vlan.get("vlanId").cloned()),
                ("parent", Some(device.name.as_str().into())),
                ("mtu", vlan.get("mtu").cloned()),
                ("addresses", list(addresses)),
                ("routes", list(routes)),
            ],
        ));
        all.extend(dhcp(&name, vlan));
        all.extend(vlan.get("vip").map(|vip| layer2_vip(vip.text("ip"), &name)).unwrap_or_default());
    }
    all
}

fn list(items: Vec<Value>) -> Option<Value> {
    (!items.is_empty()).then_some(Value::Sequence(items))
}

fn wireguard(device: &Device<'_>) -> Result<Vec<Document>, Problem> {
    let Some(wireguard) = device.value.get("wireguard") else { return Ok(Vec::new()) };
    let peer = |peer: &Value| {
        let mut fields = Mapping::new();
        for key in ["publicKey", "persistentKeepaliveInterval"] {
            if let Some(value) = peer.get(key) {
                fields.insert(key, value.clone());
            }
        }
        if let Ok(endpoint) = peer.text("endpoint").parse::<std::net::SocketAddr>() {
            fields.insert("endpoint", endpoint.to_string());
        }
        let allowed: Vec<String> =
            peer.texts("allowedIPs").iter().filter_map(|text| parse_prefix(text)).collect();
        if !allowed.is_empty() {
            fields.insert("allowedIPs", allowed);
        }
        Value::Mapping(fields)
    };
    let peers = list(wireguard.items("peers").iter().map(peer).collect());
    let own = [
        ("name", Some(Value::from(device.name.as_str()))),
        ("privateKey", wireguard.get("privateKey").cloned()),
        ("listenPort", wireguard.get("listenPort").cloned()),
        ("firewallMark", wireguard.get("firewallMark").cloned()),
        ("peers", peers),
    ];
    let own = own.into_iter().filter_map(|(key, value)| Some((key, value?)));
    Ok(Document::new("WireguardConfig", own.chain(common(device)?)).into_iter().collect())
}

fn bridge(device: &Device<'_>) -> Result<Vec<Document>, Problem> {
    let Some(bridge) = device.value.get("bridge") else { return Ok(Vec::new()) };
    let stp = bridge.get("stp").and_then(|stp| stp.get("enabled")).cloned();
    let filtering = bridge.get("vlan").filter(|vlan| vlan.flag("vlanFiltering")).map(|_| Value::Bool(true));
    let inside = |key: &'static str, value: Option<Value>| {
        value.map(|value| Value::Mapping([(key, value)].into_iter().collect()))
    };
    let own = [
        ("name", Some(Value::from(device.name.as_str()))),
        ("links", list(bridge.items("interfaces").to_vec())),
        ("stp", inside("enabled", stp)),
        ("vlan", inside("filtering", filtering)),
    ];
    let own = own.into_iter().filter_map(|(key, value)| Some((key, value?)));
    Ok(Document::new("BridgeConfig", own.chain(common(device)?)).into_iter().collect())
}

/// MTU, addresses and routes.
fn common(device: &Device<'_>) -> Result<Vec<(&'static str, Value)>, Problem> {
    let wrong = |what: &str| {
        Problem::new("talos/address", format!("{}: {what}", device.name)).on("networkInterfaces")
    };
    let addresses = device
        .value
        .texts("addresses")
        .into_iter()
        .map(|text| address(text).ok_or_else(|| wrong("an address is neither a CIDR nor an IP address")));
    let addresses = addresses.collect::<Result<Vec<_>, _>>()?;
    let routes = device.value.items("routes").iter().map(|entry| route(entry).map_err(wrong));
    let routes = routes.collect::<Result<Vec<_>, _>>()?;
    let fields = [
        ("mtu", device.value.get("mtu").filter(|mtu| mtu.as_int().is_some_and(|mtu| mtu > 0)).cloned()),
        ("addresses", list(addresses)),
        ("routes", list(routes)),
    ];
    Ok(fields.into_iter().filter_map(|(key, value)| Some((key, value?))).collect())
}

/// An address of a link: a CIDR, or an address on its own.
fn address(text: &str) -> Option<Value> {
    let prefix = parse_prefix(text).or_else(|| {
        let address = parse_addr(text)?;
        let bits = if address.contains(':') { 128 } else { 32 };
        Some(format!("{address}/{bits}"))
    })?;
    Some(Value::Mapping([("address", prefix)].into_iter().collect()))
}

/// A route; that of everything has no destination.
fn route(route: &Value) -> Result<Value, &'static str> {
    let mut fields = Mapping::new();
    let network = route.text("network");
    if !network.is_empty() {
        let prefix = parse_prefix(network).ok_or("the network of a route is no CIDR")?;
        if prefix != "0.0.0.0/0" && prefix != "::/0" {
            fields.insert("destination", prefix);
        }
    }
    for key in ["gateway", "source"] {
        let text = route.text(key);
        if !text.is_empty() {
            fields.insert(key, parse_addr(text).ok_or("the gateway or source of a route is no IP address")?);
        }
    }
    for key in ["metric", "mtu"] {
        if let Some(value) = route.get(key) {
            fields.insert(key, value.clone());
        }
    }
    Ok(Value::Mapping(fields))
}
