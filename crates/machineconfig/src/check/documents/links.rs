//! Network links.

use yaml::Value;

use super::super::cel::Scope;
use super::super::devices::is_wireguard_key;
use super::Wrong;
use crate::cluster::Fields as _;

/// Checks a document when it is about a link.
pub(super) fn check(kind: &str, value: &Value, wrong: &mut Wrong) -> bool {
    match kind {
        "LinkConfig" | "BridgeConfig" | "DummyLinkConfig" => {}
        "BondConfig" => {
            wrong.require(!value.items("links").is_empty(), "at least one link is required");
            wrong.require(value.get("bondMode").is_some(), "bondMode is required");
        }
        "VLANConfig" => {
            wrong.require((1..=4094).contains(&value.number("vlanID")), "vlanID must be from 1 to 4094");
            wrong.require(!value.text("parent").is_empty(), "parent is required");
        }
        "VRFConfig" => {
            let reserved = matches!(value.text("table"), "" | "unspec" | "local" | "main" | "default");
            wrong.require(!reserved, "table must be one of its own, not a reserved one");
        }
        "WireguardConfig" => wireguard(value, wrong),
        "LinkAliasConfig" => {
            alias(value.text("name"), wrong);
            wrong.expression("selector.match", value.within("selector").text("match"), Scope::Link, true);
            return true;
        }
        _ => return false,
    }
    addresses(value, wrong);
    true
}

/// Addresses and routes, which all links may have.
fn addresses(value: &Value, wrong: &mut Wrong) {
    let unspecified = |text: &str| matches!(text.split('/').next(), Some("0.0.0.0" | "::"));
    for (n, address) in value.items("addresses").iter().enumerate() {
        let address = address.text("address");
        wrong.require(
            !address.is_empty() && !unspecified(address),
            format!("addresses[{n}] is no IP address"),
        );
    }
    for (n, route) in value.items("routes").iter().enumerate() {
        wrong.require(
            !unspecified(route.text("destination")),
            format!("routes[{n}].destination: leave it out for a default route"),
        );
        for key in ["gateway", "source"] {
            wrong.require(!unspecified(route.text(key)), format!("routes[{n}].{key} is no IP address"));
        }
    }
}

fn wireguard(value: &Value, wrong: &mut Wrong) {
    wrong.require(is_wireguard_key(value.text("privateKey")), "privateKey is no key");
    wrong.require((0..=65535).contains(&value.number("listenPort")), "listenPort is no port");
    for (n, peer) in value.items("peers").iter().enumerate() {
        wrong.require(is_wireguard_key(peer.text("publicKey")), format!("peers[{n}].publicKey is no key"));
        let shared = peer.text("presharedKey");
        wrong.require(
            shared.is_empty() || is_wireguard_key(shared),
            format!("peers[{n}].presharedKey is no key"),
        );
        let alive = peer.text("persistentKeepaliveInterval");
        wrong.require(!alive.starts_with('-'), format!("peers[{n}].persistentKeepaliveInterval is negative"));
    }
}

/// An alias of many links has a number at its end.
fn alias(name: &str, wrong: &mut Wrong) {
    if let Some((prefix, suffix)) = name.split_once('%') {
        wrong.require(!prefix.is_empty() && suffix == "d", "a name for many links is a prefix and %d");
    }
}

#[cfg(test)]
mod tests {
    use super::super::problems;

    #[test]
    fn links() {
        let key = "kBLFMqaJwtpzkMrnbEh5C0a8dvEhPkBCWeYtZBBmP0k=";
        for (text, want) in [
            (
                "{kind: LinkConfig, name: e, addresses: [{address: 10.0.0.1/24}], routes: [{gateway: 10.0.0.2}]}",
                "",
            ),
            ("{kind: LinkConfig, name: e, addresses: [{address: 0.0.0.0/0}]}", "addresses[0]"),
            ("{kind: DummyLinkConfig, name: e, routes: [{destination: '::/0'}]}", "routes[0].destination"),
            ("{kind: BondConfig, name: b}", "at least one link is required; bondMode is required"),
            ("{kind: VLANConfig, name: v, vlanID: 4095}", "vlanID must be from 1 to 4094; parent"),
            ("{kind: VRFConfig, name: v, table: main}", "reserved"),
            ("{kind: VRFConfig, name: v, table: '100'}", ""),
            ("{kind: WireguardConfig, name: w, privateKey: x, peers: [{}]}", "peers[0].publicKey"),
            (&format!("{{kind: WireguardConfig, name: w, privateKey: {key}, listenPort: 70000}}"), "no port"),
            ("{kind: LinkAliasConfig, name: 'net%d', selector: {match: 'link.mtu > 1u'}}", ""),
            (
                "{kind: LinkAliasConfig, name: 'net%s', selector: {match: 'link.mtu'}}",
                "%d; selector.match is no",
            ),
            ("{kind: LinkAliasConfig, name: net}", "selector.match is required"),
        ] {
            let found = problems(&format!("apiVersion: v1alpha1\n{}", block(text)));
            assert!(if want.is_empty() { found.is_empty() } else { found.contains(want) }, "{text}: {found}");
        }
    }

    /// The entries of a flow mapping as a block.
    fn block(text: &str) -> String {
        yaml::emit(&yaml::load_one(text, yaml::Dialect::GoYamlV3).unwrap(), yaml::EmitOptions::default())
    }
}
