//! Nodes that are virtual machines of ours (the system proxmox): what nodes.yaml leaves open about a machine follows
//! from its role and its number in it, and a cluster without any list of nodes has as many as it is told.
//!
//! Node `i` of a role has address number `i + 1` of the role's network and the virtual machine `first + i`
//! (configuration.md 16). Each has a schematic of its own, because its image holds its address: the value of META key
//! 10 is the network configuration that Talos reads before any other (pipeline.md 9).

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use ipnet::Ipv4Net;
use yaml::{EmitOptions, Mapping, Value};

use crate::codes;
use crate::config::Run;
use crate::nodes::Machine;

/// The system whose nodes are made so.
pub(crate) const SYSTEM: &str = "proxmox";

/// Extensions of every node: the host asks its guest agent, and people reach it through Tailscale.
const EXTENSIONS: [&str; 2] = ["siderolabs/qemu-guest-agent", "siderolabs/tailscale"];

/// The interface, as the kernel calls it with `net.ifnames=0`.
const INTERFACE: &str = "eth0";

/// META key 10 (0x0a): the network configuration of a machine without platform.
const META_NETWORK: i64 = 10;

/// What is the same for all nodes of a role.
struct Role {
    controller: bool,
    noun: &'static str,
    prefix: &'static str,
    cidr_key: &'static str,
    count_key: &'static str,
    network: Ipv4Net,
    first_vm: i128,
    count: i128,
}

/// Fills in what the machines leave open; makes them where there are none.
pub(crate) fn complete(run: &mut Run, machines: &mut Vec<Machine>) {
    let roles = [
        role(
            run,
            true,
            "controller",
            "controlplane",
            ["controller_cidr", "controller_vm_id", "controller_count"],
        ),
        role(run, false, "worker", "worker", ["worker_cidr", "worker_vm_id", "worker_count"]),
    ];
    let [Some(controllers), Some(workers)] = roles else { return };
    let Some(network) = run.values.get("node_cidr").as_str().and_then(|text| text.parse().ok()) else {
        return;
    };
    let made = machines.is_empty();
    for role in [&controllers, &workers] {
        if made {
            for _ in 0..role.count {
                let index = machines.len();
                machines.push(Machine::made(run.model, index, run.nodes_top, role.controller));
            }
        } else {
            counts_agree(run, role, machines);
        }
        let of_role = machines.iter_mut().filter(|one| one.flag("controller") == Some(role.controller));
        for (number, machine) in (0..).zip(of_role) {
            fill(run, role, number, machine, network);
        }
    }
    unique_vms(run, machines);
}

fn role(
    run: &Run,
    controller: bool,
    noun: &'static str,
    prefix: &'static str,
    [cidr_key, vm_key, count_key]: [&'static str; 3],
) -> Option<Role> {
    const COUNTS: [i128; 2] = [3, 2];
    let usual = if controller { COUNTS[0] } else { COUNTS[1] };
    Some(Role {
        controller,
        noun,
        prefix,
        cidr_key,
        count_key,
        network: run.values.get(cidr_key).as_str()?.parse().ok()?,
        first_vm: run.values.get(vm_key).as_int()?,
        count: if run.values.is_invalid(count_key) {
            0
        } else {
            run.values.get(count_key).as_int().unwrap_or(usual)
        },
    })
}

/// A count beside a list of nodes says how many it has.
fn counts_agree(run: &mut Run, role: &Role, machines: &[Machine]) {
    let Some(place) = run.values.place(role.count_key).filter(|_| !run.values.is_invalid(role.count_key))
    else {
        return;
    };
    let listed =
        machines.iter().filter(|machine| machine.flag("controller") == Some(role.controller)).count();
    if run.values.get(role.count_key).as_int() != i128::try_from(listed).ok() {
        let message =
            format!("{} is not the number of {}s in the list of nodes, {listed}", role.count_key, role.noun);
        let finding = run.findings.error(codes::COMPUTED_DIFFERS, message, place);
        run.findings.push(
            finding.with_help("remove it, or write `nodes: []` to have the nodes made from the counts"),
        );
    }
}

fn fill(run: &mut Run, role: &Role, number: u32, machine: &mut Machine, network: Ipv4Net) {
    let host = |key: &str| run.values.get(key).clone();
    machine.fill("name", format!("{}{number}", role.prefix));
    let vm = role.first_vm + i128::from(number);
    machine.fill("vm_id", Value::Int(vm));
    for (field, key) in [
        ("proxmox_host", "proxmox_node_name"),
        ("vm_cores", "vm_cores"),
        ("vm_memory", "vm_memory"),
        ("vm_disk", "vm_disk"),
    ] {
        machine.fill(field, host(key));
    }
    if let Some(vm) =
        machine.fields.get("vm_id").and_then(Value::as_int).and_then(|vm| u32::try_from(vm).ok())
    {
        let [a, b, c, d] = vm.to_be_bytes();
        machine.fill("mac_addr", format!("02:00:{a:02x}:{b:02x}:{c:02x}:{d:02x}"));
    }
    if machine.is_blank("address") {
        match address(role.network, number + 1) {
            Some(address) => machine.fill("address", address.to_string()),
            None => no_address(run, role, number, machine),
        }
    }
    let made = schematic(run, machine, network);
    if machine.is_blank("schematic") {
        machine.fill("schematic", made);
    } else if machine.are_right(&["schematic".to_owned()]) && machine.fields.get("schematic") != Some(&made) {
        let message =
            format!("{} is made from the node's address and extensions", machine.described("schematic"));
        let finding = run.findings.error(codes::COMPUTED_DIFFERS, message, machine.place_of("schematic"));
        run.findings.push(finding.with_help("remove it; further extensions are listed under extensions"));
    }
}

fn address(network: Ipv4Net, number: u32) -> Option<Ipv4Addr> {
    let address = u32::from(network.network()).checked_add(number).map(Ipv4Addr::from)?;
    (network.contains(&address) && address != network.broadcast()).then_some(address)
}

fn no_address(run: &mut Run, role: &Role, number: u32, machine: &mut Machine) {
    let message = format!(
        "{} has no address for {} number {}",
        run.values.described(role.cidr_key),
        role.noun,
        number + 1
    );
    let place = run.values.place(role.cidr_key).unwrap_or(machine.place);
    let finding = run.findings.error(codes::CIDR_TOO_SMALL, message, place);
    run.findings.push(finding.with_help("choose a larger network, or give the node an address of its own"));
    machine.blame("address");
}

/// The schematic of a node's image.
fn schematic(run: &Run, machine: &Machine, network: Ipv4Net) -> Value {
    let own = machine.fields.get("extensions").and_then(Value::as_sequence).unwrap_or_default();
    let mut extensions: Vec<&str> = own.iter().filter_map(Value::as_str).chain(EXTENSIONS).collect();
    extensions.sort_unstable();
    extensions.dedup();
    let meta = map([
        ("key", META_NETWORK.into()),
        ("value", yaml::emit(&network_of(run, machine, network), EmitOptions::default()).into()),
    ]);
    let customization = map([
        ("extraKernelArgs", vec!["net.ifnames=0"].into()),
        ("meta", vec![meta].into()),
        ("systemExtensions", map([("officialExtensions", extensions.into())])),
    ]);
    map([("customization", customization)])
}

/// Talos' platform network configuration of a node.
fn network_of(run: &Run, machine: &Machine, network: Ipv4Net) -> Value {
    let text = |field| machine.text(field).unwrap_or_default();
    // Values are computed after the nodes, so its default is made here too.
    let gateway = run.values.get("node_default_gateway").as_str().map(str::to_owned);
    let gateway = gateway.or_else(|| Some(address(network, 1)?.to_string())).unwrap_or_default();
    let address = map([
        ("address", format!("{}/{}", text("address"), network.prefix_len()).into()),
        ("linkName", INTERFACE.into()),
        ("family", "inet4".into()),
        ("scope", "global".into()),
        ("flags", "permanent".into()),
        ("layer", "platform".into()),
    ]);
    let route = map([
        ("family", "inet4".into()),
        ("gateway", gateway.into()),
        ("outLinkName", INTERFACE.into()),
        ("table", "main".into()),
        ("priority", 1024_i64.into()),
        ("scope", "global".into()),
        ("type", "unicast".into()),
        ("flags", "".into()),
        ("protocol", "static".into()),
        ("layer", "platform".into()),
    ]);
    let hostname = map([("hostname", text("name").into()), ("layer", "platform".into())]);
    let resolver =
        map([("dnsServers", run.values.get("node_dns_servers").clone()), ("layer", "platform".into())]);
    map([
        ("addresses", vec![address].into()),
        ("routes", vec![route].into()),
        ("hostnames", vec![hostname].into()),
        ("resolvers", vec![resolver].into()),
    ])
}

fn map<const N: usize>(entries: [(&str, Value); N]) -> Value {
    Value::Mapping(entries.into_iter().collect::<Mapping>())
}

/// Proxmox has one virtual machine of an id.
fn unique_vms(run: &mut Run, machines: &[Machine]) {
    let mut owners: BTreeMap<i128, &Machine> = BTreeMap::new();
    for machine in machines {
        let Some(vm) = machine.fields.get("vm_id").and_then(Value::as_int) else { continue };
        let Some(first) = owners.insert(vm, machine) else { continue };
        let [one, two] = [first, machine].map(|machine| machine.text("name").unwrap_or("a node").to_owned());
        let message = format!("{one} and {two} are both the virtual machine {vm}");
        let place = machine.place_of("vm_id");
        let finding = run.findings.error(codes::VM_TWICE, message, place);
        let finding = finding.with_related(run.findings.location(first.place_of("vm_id")), "the other one");
        run.findings.push(finding.with_help("set vm_id, or move controller_vm_id and worker_vm_id apart"));
    }
}
