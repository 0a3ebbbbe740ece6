//! Network interfaces and lists of addresses.

use talos::fields;
use yaml::Node;

use super::checker::Checker;
use super::text;

/// An error for each item of a list that has not the form wanted.
pub(crate) fn each<'d>(
    checker: &mut Checker<'d>,
    map: &'d Node,
    key: &str,
    name: &str,
    is_right: fn(&str) -> bool,
    wanted: &str,
) {
    for item in checker.list(map, key, name) {
        if !item.as_str().is_some_and(is_right) {
            checker.error("talos/address", format!("{name}: an item is not {wanted}"), item);
        }
    }
}

pub(crate) fn interfaces<'d>(checker: &mut Checker<'d>, node: &'d Node, name: &str) {
    let field = format!("{name}.networkInterfaces");
    for (index, interface) in checker.list(node, "networkInterfaces", &field).iter().enumerate() {
        let name = format!("{field}[{index}]");
        checker.known_keys(interface, "a network interface", &[fields::INTERFACE]);
        let selector = interface.get("deviceSelector");
        if interface.get("interface").is_none() && selector.is_none() {
            let help = "name it with interface, or select it with deviceSelector";
            checker.error_help(
                "talos/required",
                format!("{name} does not say which device"),
                interface,
                help,
            );
        }
        if let Some(selector) = selector {
            checker.known_keys(selector, "deviceSelector", &[fields::DEVICE_SELECTOR]);
        }
        addressing(checker, interface, &name);
        for (index, vlan) in checker.list(interface, "vlans", &format!("{name}.vlans")).iter().enumerate() {
            let name = format!("{name}.vlans[{index}]");
            checker.known_keys(vlan, "a VLAN", &[fields::VLAN]);
            checker.number(vlan, "vlanId", &format!("{name}.vlanId"), 1..=4094);
            if vlan.get("vlanId").is_none() {
                checker.error("talos/required", format!("{name}.vlanId is required"), vlan);
            }
            addressing(checker, vlan, &name);
        }
    }
}

fn addressing<'d>(checker: &mut Checker<'d>, link: &'d Node, name: &str) {
    let is_address = |text: &str| text::is_cidr(text) || text::is_ip(text);
    let addresses = format!("{name}.addresses");
    each(checker, link, "addresses", &addresses, is_address, "an address such as 10.0.0.11/24");
    checker.number(link, "mtu", &format!("{name}.mtu"), 68..=65535);
    checker.flag(link, "dhcp", &format!("{name}.dhcp"));
    for route in checker.list(link, "routes", &format!("{name}.routes")) {
        address(checker, route, "gateway", &format!("{name}.routes.gateway"), text::is_ip);
        address(checker, route, "network", &format!("{name}.routes.network"), text::is_cidr);
    }
    if let Some(vip) = link.get("vip") {
        address(checker, vip, "ip", &format!("{name}.vip.ip"), text::is_ip);
    }
}

fn address<'d>(checker: &mut Checker<'d>, map: &'d Node, key: &str, name: &str, is_right: fn(&str) -> bool) {
    if let Some(text) = checker.text(map, key, name)
        && !is_right(text)
        && let Some(node) = map.get(key)
    {
        checker.error("talos/address", format!("{name} is no address"), node);
    }
}
