//! A finished machine configuration: what Talos would refuse.

use std::collections::HashSet;

use yaml::Value;

use super::{Findings, Mode, cluster, conflicts, devices, documents, names, talconfig};
use crate::Problems;
use crate::cluster::Fields as _;
use crate::config::Config;
use crate::typed::{parse_addr, parse_prefix};
use crate::url::Url;

/// Checks documents as they will be written. What cannot be read is a problem too.
pub(crate) fn check_values(values: &[Value], mode: Mode) -> Problems {
    match Config::of_values(values) {
        Ok(config) => config.check(mode),
        Err(problems) => problems,
    }
}

impl Config {
    /// What Talos would refuse.
    pub fn check(&self, mode: Mode) -> Problems {
        let mut findings = Findings::default();
        let none = Value::Null;
        if let Some(config) = self.v1alpha1() {
            let section = |key| config.get(key).unwrap_or(&none);
            match (config.get("machine"), config.get("cluster")) {
                (None, _) => findings.required("machine"),
                (_, None) => findings.required("cluster"),
                _ => {}
            }
            let control_plane = matches!(section("machine").text("type"), "controlplane" | "init");
            machine(section("machine"), control_plane, mode, &mut findings);
            kubespan(section("machine"), section("cluster"), &mut findings);
            if config.get("cluster").is_some() {
                cluster::cluster(section("cluster"), control_plane, &mut findings);
            }
            findings.require(
                config.get("persist") != Some(&Value::Bool(false)),
                "persist",
                "this must be on",
            );
            conflicts::with_documents(self, config, &mut findings);
            conflicts::together(self, control_plane, mode, &mut findings);
        }
        for document in self.documents().iter().filter(|document| !document.kind.kind.is_empty()) {
            for message in documents::document(document) {
                findings.add(document.label(), message);
            }
        }
        findings.into_problems()
    }
}

fn machine(machine: &Value, control_plane: bool, mode: Mode, findings: &mut Findings) {
    match machine.text("type") {
        "controlplane" | "worker" | "init" => {}
        "" | "join" => findings.deprecated("machine.type", "this should be worker, which it is taken for"),
        _ => findings.add("machine.type", "this must be controlplane or worker"),
    }
    if mode == Mode::Metal {
        install(machine, findings);
    }
    extensions(machine.within("install").items("extensions"), findings);
    authority(machine, control_plane, findings);
    network(machine, control_plane, findings);
    metadata(machine, findings);
    kubelet(machine, findings);
    features(machine.within("features"), control_plane, findings);
    for (n, disk) in machine.items("disks").iter().enumerate() {
        let partitions = disk.items("partitions");
        let whole = partitions.iter().position(|partition| partition.number("size") == 0);
        let message = "only the last partition may take the rest of the disk";
        let last = whole.is_none_or(|at| at + 1 >= partitions.len());
        findings.require(last, &format!("machine.disks[{n}]"), message);
    }
    encryption(machine, findings);
    logging(machine.within("logging"), findings);
    for key in ["config", "mirrors"] {
        for (name, value) in machine.within("registries").entries(key) {
            let path = format!("machine.registries.{key}");
            findings.require(*value != Value::Null, &path, format!("{name} is null"));
        }
    }
}

fn extensions(extensions: &[Value], findings: &mut Findings) {
    const PATH: &str = "machine.install.extensions";
    if extensions.is_empty() {
        return;
    }
    findings.deprecated(PATH, "use a schematic of the image factory");
    let mut seen = HashSet::new();
    let unique = extensions.iter().all(|extension| seen.insert(extension.text("image")));
    findings.require(unique, PATH, "an image is given twice");
}

fn network(machine: &Value, control_plane: bool, findings: &mut Findings) {
    const PATH: &str = "machine.network.interfaces";
    let interfaces = machine.within("network").items("interfaces");
    findings.all(PATH, devices::devices(interfaces));
    let shared = interfaces.iter().any(|device| {
        device.get("vip").is_some() || device.items("vlans").iter().any(|vlan| vlan.get("vip").is_some())
    });
    findings.require(control_plane || !shared, PATH, "a shared address (vip) is for control planes only");
}

/// KubeSpan in the v1alpha1 document needs parts of the cluster.
fn kubespan(machine: &Value, cluster: &Value, findings: &mut Findings) {
    const PATH: &str = "machine.network.kubespan";
    let kubespan = machine.within("network").within("kubespan");
    if !kubespan.flag("enabled") {
        return;
    }
    let mtu = kubespan.number("mtu");
    findings.require(mtu == 0 || mtu >= 1280, PATH, "mtu must be at least 1280");
    let discovery = cluster.within("discovery").flag("enabled");
    findings.require(discovery, PATH, "it needs cluster.discovery.enabled");
    for key in ["id", "secret"] {
        findings.require(!cluster.text(key).is_empty(), PATH, format!("it needs cluster.{key}"));
    }
    let filters = kubespan.within("filters");
    subnets(filters, "endpoints", "machine.network.kubespan.filters", findings);
    for net in filters.texts("excludeAdvertisedNetworks") {
        let message = format!("filters.excludeAdvertisedNetworks: {net:?} is no CIDR");
        findings.require(parse_prefix(net).is_some(), PATH, message);
    }
}

fn features(features: &Value, control_plane: bool, findings: &mut Findings) {
    const ROLES: [&str; 7] = [
        "os:admin",
        "os:reader",
        "os:operator",
        "os:etcd:backup",
        "os:image:verifier",
        "os:meta:writer",
        "os:impersonator",
    ];
    let dns = features.within("hostDNS");
    let holds = !dns.flag("forwardKubeDNSToHost") || dns.flag("enabled");
    findings.require(holds, "machine.features.hostDNS", "forwardKubeDNSToHost needs enabled");
    let access = features.within("kubernetesTalosAPIAccess");
    if access.flag("enabled") {
        let path = "machine.features.kubernetesTalosAPIAccess";
        findings.require(control_plane, path, "this is for control planes only");
        let known = access.texts("allowedRoles").iter().all(|role| ROLES.contains(role));
        findings.require(known, path, "allowedRoles has a role that does not exist");
    }
    let algorithm = features.text("nodeAddressSortAlgorithm").to_lowercase();
    let known = matches!(algorithm.as_str(), "" | "v1" | "v2");
    findings.require(known, "machine.features.nodeAddressSortAlgorithm", "this must be v1 or v2");
}

fn encryption(machine: &Value, findings: &mut Findings) {
    for name in ["state", "ephemeral"] {
        let Some(partition) = machine.within("systemDiskEncryption").get(name) else { continue };
        let path = format!("machine.systemDiskEncryption.{name}");
        let keys = partition.items("keys");
        findings.require(!keys.is_empty(), &path, "keys is empty");
        for (n, key) in keys.iter().enumerate() {
            let slot = key.number("slot");
            let used = keys[..n].iter().any(|other| other.number("slot") == slot);
            findings.require(!used, &path, format!("the key slot {slot} is used twice"));
            let kinds = ["static", "nodeID", "kms", "tpm"];
            let known = kinds.iter().any(|kind| key.get(kind).is_some());
            findings.require(
                known,
                &path,
                format!("the key in slot {slot} is of no kind ({})", kinds.join(", ")),
            );
        }
    }
}

fn logging(logging: &Value, findings: &mut Findings) {
    for (n, destination) in logging.items("destinations").iter().enumerate() {
        let path = format!("machine.logging.destinations[{n}]");
        let url = Url::parse(destination.text("endpoint")).unwrap_or_default();
        let fits = matches!(url.scheme(), "tcp" | "udp") && url.has_host();
        findings.require(fits, &path, "endpoint must be tcp:// or udp:// with a host");
        findings.require(destination.text("format") == "json_lines", &path, "format must be json_lines");
    }
}

fn install(machine: &Value, findings: &mut Findings) {
    let Some(install) = machine.get("install") else {
        findings.required("machine.install");
        return;
    };
    let selector = install.get("diskSelector");
    if let Some(selector) = selector {
        findings.all("machine.install.diskSelector", talconfig::disk_selector(selector));
    }
    let selects = selector.is_some_and(talconfig::selects);
    let message = match selector {
        Some(_) => talconfig::SELECTS_NOTHING,
        None => "disk or diskSelector is required",
    };
    findings.require(!install.text("disk").is_empty() || selects, "machine.install", message);
    let both = !install.items("extraKernelArgs").is_empty() && install.flag("grubUseUKICmdline");
    findings.require(
        !both,
        "machine.install",
        "extraKernelArgs and grubUseUKICmdline cannot be used together",
    );
}

fn authority(machine: &Value, control_plane: bool, findings: &mut Findings) {
    let ca = machine.get("ca");
    let accepted = !machine.items("acceptedCAs").is_empty();
    findings.require(ca.is_some() || accepted, "machine.ca", "an authority is required");
    let key = ca.is_some_and(|ca| !ca.text("key").is_empty());
    if control_plane {
        findings.require(key, "machine.ca", "a control plane needs the authority with its key");
    } else {
        findings.require(!key, "machine.ca", "a worker must not have the authority's key");
        let certificate = ca.is_none_or(|ca| !ca.text("crt").is_empty()) || accepted;
        findings.require(certificate, "machine.ca", "the authority's certificate is required");
    }
}

fn metadata(machine: &Value, findings: &mut Findings) {
    let texts =
        |key| machine.entries(key).into_iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
    findings.all("machine.nodeLabels", names::labels(texts("nodeLabels")));
    findings.all("machine.nodeAnnotations", names::annotations(texts("nodeAnnotations")));
    findings.all("machine.nodeTaints", names::taints(texts("nodeTaints")));
}

/// Whether a text is a network or an address, with `!` before it when it is excluded.
pub(super) fn is_subnet(text: &str) -> bool {
    let bare = text.strip_prefix('!').unwrap_or(text);
    parse_prefix(bare).or_else(|| parse_addr(bare)).is_some()
}

/// Subnets, `!` in front of those that are excluded.
pub(super) fn subnets(value: &Value, key: &str, path: &str, findings: &mut Findings) {
    for text in value.texts(key) {
        findings.require(
            is_subnet(text),
            &format!("{path}.{key}"),
            format!("{text:?} is neither a CIDR nor an IP address"),
        );
    }
}

fn kubelet(machine: &Value, findings: &mut Findings) {
    const PROTECTED: [&str; 13] = [
        "apiVersion",
        "authentication",
        "authorization",
        "cgroupRoot",
        "kind",
        "kubeletCgroups",
        "port",
        "protectKernelDefaults",
        "resolvConf",
        "rotateCertificates",
        "systemCgroups",
        "staticPodPath",
        "seccompDefault",
    ];
    let Some(kubelet) = machine.get("kubelet") else { return };
    if let Some(node_ip) = kubelet.get("nodeIP") {
        subnets(node_ip, "validSubnets", "machine.kubelet.nodeIP", findings);
    }
    for (key, _) in kubelet.entries("extraConfig") {
        let message = format!("{key} cannot be changed");
        findings.require(!PROTECTED.contains(&key), "machine.kubelet.extraConfig", message);
    }
}
