//! The nodes together: unique names and interfaces (K1), controllers (K2, K3), workers where they are needed (K5).

use std::collections::HashMap;

use crate::codes;
use crate::config::Run;
use crate::findings::Place;
use crate::nodes::Machine;

pub(super) fn check(run: &mut Run) {
    let Some(machines) = run.machines.take() else { return };
    if machines.is_empty() {
        let place = run.values.place("nodes").unwrap_or(run.nodes_top);
        let finding = run.findings.error(codes::NO_NODES, "nodes: the list is empty", place);
        run.findings.push(finding.with_help("a cluster has at least one node, a controller"));
    } else {
        unique(run, &machines, "name", codes::NAME_TWICE, "two nodes are called");
        unique(run, &machines, "mac_addr", codes::MAC_TWICE, "two nodes have the MAC address");
        disk_serials(run, &machines);
        disk_names(run, &machines);
        controllers(run, &machines);
    }
    run.machines = Some(machines);
}

fn unique(run: &mut Run, machines: &[Machine], field: &str, code: &'static str, what: &str) {
    let mut seen: HashMap<&str, &Machine> = HashMap::with_capacity(machines.len());
    for machine in machines {
        let Some(text) = machine.text(field) else { continue };
        if let Some(first) = seen.insert(text, machine) {
            let (second, first) = (machine.place_of(field), first.place_of(field));
            twice(run, code, &format!("{what} {text}"), second, first);
        }
    }
}

fn twice(run: &mut Run, code: &'static str, message: &str, second: Place, first: Place) {
    let finding = run.findings.error(code, message, second).with_label("given again here");
    let finding = finding.with_related(run.findings.location(first), "first given here");
    run.findings.push(finding.with_help("each node needs its own"));
}

/// Virtual disks may all report one serial number, so this is no error.
fn disk_serials(run: &mut Run, machines: &[Machine]) {
    let mut seen: HashMap<&str, &Machine> = HashMap::new();
    for machine in machines {
        let Some(serial) = machine.text("disk").filter(|disk| !disk.starts_with('/')) else { continue };
        if let Some(first) = seen.insert(serial, machine) {
            let message = format!("two nodes install to a disk with the serial number {serial}");
            let finding = run.findings.warning(codes::DISK_TWICE, message, machine.place_of("disk"));
            let first = run.findings.location(first.place_of("disk"));
            let finding = finding.with_label("given again here").with_related(first, "first given here");
            run.findings.push(finding.with_help("serial numbers of real disks differ; was one copied?"));
        }
    }
}

/// Names such as /dev/sda are given in the order in which disks are found. Said once, whatever the number of nodes.
fn disk_names(run: &mut Run, machines: &[Machine]) {
    let named = |machine: &&Machine| machine.text("disk").is_some_and(|disk| disk.starts_with("/dev/sd"));
    let mut with = machines.iter().filter(named);
    let Some(first) = with.next() else { return };
    let more = match with.count() {
        0 => String::new(),
        1 => " (and 1 more node)".to_owned(),
        count => format!(" (and {count} more nodes)"),
    };
    let disk = first.text("disk").unwrap_or_default();
    let message =
        format!("{}: the disk that is {disk} may be another one after a boot{more}", first.described("disk"));
    let finding = run.findings.note(codes::DISK_NAME, message, first.place_of("disk"));
    run.findings
        .push(finding.with_help("with several disks give a serial number, or a path below /dev/disk/by-id"));
}

fn controllers(run: &mut Run, machines: &[Machine]) {
    let roles: Option<Vec<bool>> = machines.iter().map(|machine| machine.flag("controller")).collect();
    let Some(roles) = roles else { return };
    let count = roles.iter().filter(|controller| **controller).count();
    let place = run.values.place("nodes").unwrap_or(run.nodes_top);
    // The list itself is long; its beginning is enough.
    let place = machines.first().map_or(place, |machine| machine.place_of("controller"));
    if count == 0 {
        let finding = run.findings.error(codes::NO_CONTROLLER, "no node is a controller", place);
        run.findings
            .push(finding.with_help("set controller: true on one node, or on three for availability"));
    } else if count % 2 == 0 {
        let message = format!("{count} controllers survive no more failures than {}", count - 1);
        let finding = run.findings.warning(codes::CONTROLLERS_EVEN, message, place);
        run.findings.push(finding.with_help("use an odd number: 1, 3 or 5"));
    }
    let closed = run.values.get("allow_scheduling_on_control_planes").as_bool() == Some(false);
    if closed && count == roles.len() {
        let place = run.values.place("allow_scheduling_on_control_planes").unwrap_or(run.top);
        let message =
            "allow_scheduling_on_control_planes is false, and there is no worker: nothing could run";
        let finding = run.findings.error(codes::NO_WORKER, message, place);
        run.findings.push(finding.with_help("add a node with controller: false, or remove this line"));
    }
}
