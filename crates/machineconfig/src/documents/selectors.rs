//! Selectors of network devices as expressions, and the names devices get that only have a selector.

use std::collections::HashSet;

use yaml::Value;

use crate::cluster::Fields as _;

/// The expression that matches what a selector selects; none for a selector that selects nothing.
pub(super) fn expression(selector: &Value) -> Option<String> {
    const GLOBS: [(&str, &str); 5] = [
        ("hardwareAddr", "mac(link.hardware_addr)"),
        ("permanentAddr", "mac(link.permanent_addr)"),
        ("busPath", "link.bus_path"),
        ("driver", "link.driver"),
        ("pciID", "link.pciid"),
    ];
    let glob = |(key, source): &(&str, &str)| {
        let pattern = selector.text(key);
        (!pattern.is_empty()).then(|| format!("glob(\"{pattern}\", {source})"))
    };
    let mut conditions: Vec<String> = GLOBS.iter().filter_map(glob).collect();
    conditions.extend(
        selector
            .get("physical")
            .and_then(Value::as_bool)
            .map(|physical| if physical { "link.type == 1" } else { "link.type != 1" }.to_owned()),
    );
    (!conditions.is_empty()).then(|| conditions.join(" && "))
}

/// The names of the devices, in order: their own, or one that is free.
pub(super) fn names(devices: &[Value]) -> Vec<String> {
    let own = |device: &Value| device.text("interface").to_owned();
    let mut used: HashSet<String> = devices.iter().map(own).collect();
    let mut next = [0_usize; 4];
    let name = |device: &Value| {
        let name = own(device);
        if !name.is_empty() || device.get("deviceSelector").is_none() {
            return name;
        }
        let (counter, prefix) = match device {
            device if device.get("bond").is_some() => (&mut next[0], "bond"),
            device if device.get("bridge").is_some() => (&mut next[1], "br"),
            device if device.get("wireguard").is_some() => (&mut next[2], "wg"),
            _ => (&mut next[3], "ethSel"),
        };
        loop {
            let candidate = format!("{prefix}{counter}");
            *counter += 1;
            if used.insert(candidate.clone()) {
                return candidate;
            }
        }
    };
    devices.iter().map(name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use yaml::{Dialect, load_one};

    #[test]
    fn names_that_are_taken_are_skipped() {
        let devices = load_one(
            "[{interface: ethSel0}, {deviceSelector: {driver: x}}, {deviceSelector: {driver: y}, bond: {}}, {interface: bond0}, {deviceSelector: {driver: z}}]",
            Dialect::GoYamlV3,
        )
        .unwrap();
        let names = names(devices.as_sequence().unwrap());
        assert_eq!(names, ["ethSel0", "ethSel1", "bond1", "bond0", "ethSel2"]);
    }

    #[test]
    fn expressions() {
        let text = |selector| expression(&load_one(selector, Dialect::GoYamlV3).unwrap());
        assert_eq!(
            text("{busPath: '0000:*', physical: false}").as_deref(),
            Some("glob(\"0000:*\", link.bus_path) && link.type != 1")
        );
        assert_eq!(text("{}"), None);
    }
}
