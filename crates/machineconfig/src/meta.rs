//! META key 10: the network settings that an image carries, so that a machine boots with static addresses where there is
//! no DHCP. The value is what Talos's `PlatformConfigSpec` (pkg/machinery, resources/network) reads as YAML.

use std::net::IpAddr;

use yaml::{EmitOptions, Mapping, Value};

use crate::Problem;
use crate::cluster::{Fields as _, Node};
use crate::typed::parse_prefix;

/// The priority of a route that names none, as Talos gives it (IPv4, IPv6).
const PRIORITY: (i64, i64) = (1024, 2048);

/// What is collected.
#[derive(Default)]
struct Network {
    addresses: Vec<Value>,
    links: Vec<Value>,
    routes: Vec<Value>,
    operators: Vec<Value>,
}

fn mapping(entries: Vec<(&'static str, Value)>) -> Value {
    Value::Mapping(entries.into_iter().collect())
}

/// The value for a node. `link` names interfaces that are found by a selector.
pub(crate) fn network(node: &Node, link: Option<&str>) -> Result<String, Problem> {
    let mut network = Network::default();
    for (n, device) in node.items("networkInterfaces").iter().enumerate() {
        let at = format!("networkInterfaces[{n}]");
        if device.flag("ignore") {
            continue;
        }
        let wrong = |message: String| Problem::new("talos/meta-network", message).on(at.clone());
        for kind in ["bond", "bridge", "wireguard"] {
            if device.get(kind).is_some() {
                return Err(wrong(format!("a {kind} cannot be carried by META"))
                    .with_help("give the machine a plain link first; its configuration brings the rest"));
            }
        }
        let name = match device.text("interface") {
            "" => link.ok_or_else(|| {
                wrong("this interface is found by a selector, but META needs its name".to_owned())
                    .with_help("give it: --link eth0 (with the kernel argument net.ifnames=0)")
            })?,
            name => name,
        };
        network.link(name, device)?;
        for vlan in device.items("vlans") {
            let id = vlan.number("vlanId");
            let child = format!("{name}.{id}");
            network.links.push(vlan_link(&child, name, id, vlan));
            network.settings(&child, vlan)?;
        }
    }
    let strings = |items: &[&str]| Value::Sequence(items.iter().map(|item| Value::from(*item)).collect());
    let hostname = mapping(vec![
        ("hostname", node.hostname().into()),
        ("domainname", "".into()),
        ("layer", "platform".into()),
    ]);
    let resolvers = match node.texts("nameservers") {
        servers if servers.is_empty() => Vec::new(),
        servers => vec![mapping(vec![("dnsServers", strings(&servers)), ("layer", "platform".into())])],
    };
    let hostnames = if node.flag("ignoreHostname") { Vec::new() } else { vec![hostname] };
    let all = mapping(vec![
        ("addresses", network.addresses.into()),
        ("links", network.links.into()),
        ("routes", network.routes.into()),
        ("hostnames", hostnames.into()),
        ("resolvers", resolvers.into()),
        ("timeServers", Vec::<Value>::new().into()),
        ("operators", network.operators.into()),
        ("externalIPs", Vec::<Value>::new().into()),
    ]);
    Ok(yaml::emit(&all, EmitOptions::default()))
}

fn vlan_link(name: &str, parent: &str, id: i128, vlan: &Value) -> Value {
    let tag = mapping(vec![("vlanID", Value::Int(id)), ("vlanProtocol", "802.1q".into())]);
    mapping(vec![
        ("name", name.into()),
        ("logical", true.into()),
        ("up", true.into()),
        ("mtu", Value::Int(vlan.number("mtu"))),
        ("kind", "vlan".into()),
        ("type", "ether".into()),
        ("parentName", parent.into()),
        ("vlan", tag),
        ("layer", "platform".into()),
    ])
}

impl Network {
    fn link(&mut self, name: &str, device: &Value) -> Result<(), Problem> {
        self.links.push(mapping(vec![
            ("name", name.into()),
            ("logical", false.into()),
            ("up", true.into()),
            ("mtu", Value::Int(device.number("mtu"))),
            ("kind", "".into()),
            ("type", "ether".into()),
            ("layer", "platform".into()),
        ]));
        self.settings(name, device)
    }

    /// Addresses, routes and DHCP of a link.
    fn settings(&mut self, name: &str, device: &Value) -> Result<(), Problem> {
        for address in device.texts("addresses") {
            let (prefix, ip) = with_prefix(address)
                .ok_or_else(|| Problem::new("talos/meta-network", format!("{address:?} is no address")))?;
            self.addresses.push(mapping(vec![
                ("address", prefix.into()),
                ("linkName", name.into()),
                ("family", family(ip).into()),
                ("scope", "global".into()),
                ("flags", "permanent".into()),
                ("layer", "platform".into()),
            ]));
        }
        for route in device.items("routes") {
            self.routes.push(static_route(name, route)?);
        }
        if device.flag("dhcp") {
            let options = device.within("dhcpOptions");
            let wants = |key, default| options.get(key).and_then(Value::as_bool).unwrap_or(default);
            let metric = match options.number("routeMetric") {
                0 => PRIORITY.0.into(),
                metric => metric,
            };
            for (on, kind) in [(wants("ipv4", true), "dhcp4"), (wants("ipv6", false), "dhcp6")] {
                if on {
                    let settings: Mapping = [("routeMetric", Value::Int(metric))].into_iter().collect();
                    self.operators.push(mapping(vec![
                        ("operator", kind.into()),
                        ("linkName", name.into()),
                        ("requireUp", true.into()),
                        (kind, settings.into()),
                        ("layer", "platform".into()),
                    ]));
                }
            }
        }
        Ok(())
    }
}

/// A route as the talconfig gives it.
fn static_route(link: &str, route: &Value) -> Result<Value, Problem> {
    let (gateway, destination) = (route.text("gateway"), route.text("network"));
    let first = [gateway, destination].into_iter().find(|text| !text.is_empty()).unwrap_or_default();
    let ip = first.split('/').next().and_then(|text| text.parse::<IpAddr>().ok());
    let ip = ip.ok_or_else(|| {
        Problem::new("talos/meta-network", format!("a route of {link} has neither gateway nor network"))
    })?;
    let default = matches!(destination, "0.0.0.0/0" | "::/0");
    let priority = match route.number("metric") {
        0 if ip.is_ipv6() => PRIORITY.1.into(),
        0 => PRIORITY.0.into(),
        metric => metric,
    };
    let scope = if gateway.is_empty() { "link" } else { "global" };
    let mut entries: Vec<(&'static str, Value)> = vec![
        ("family", family(ip).into()),
        ("dst", if default { "" } else { destination }.into()),
        ("src", route.text("source").into()),
        ("gateway", gateway.into()),
        ("outLinkName", link.into()),
        ("table", "main".into()),
        ("priority", Value::Int(priority)),
        ("scope", scope.into()),
        ("type", "unicast".into()),
        ("flags", "".into()),
        ("protocol", "static".into()),
        ("layer", "platform".into()),
    ];
    if route.number("mtu") != 0 {
        entries.push(("mtu", Value::Int(route.number("mtu"))));
    }
    Ok(mapping(entries))
}

fn family(ip: IpAddr) -> &'static str {
    if ip.is_ipv4() { "inet4" } else { "inet6" }
}

/// An address with its prefix length; a bare one stands for itself alone.
fn with_prefix(text: &str) -> Option<(String, IpAddr)> {
    let bare: Option<IpAddr> = text.split('/').next()?.parse().ok();
    let ip = bare?;
    if text.contains('/') {
        return parse_prefix(text).map(|prefix| (prefix, ip));
    }
    Some((format!("{ip}/{}", if ip.is_ipv4() { 32 } else { 128 }), ip))
}
