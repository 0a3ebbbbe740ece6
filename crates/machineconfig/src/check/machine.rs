//! A finished machine configuration: what Talos would refuse.

use yaml::Value;

use super::{Findings, Mode, devices, documents, names, talconfig};
use crate::cluster::Fields as _;
use crate::config::Config;
use crate::typed::{parse_addr, parse_prefix};
use crate::{Problem, Problems};

/// Checks documents as they are written. What cannot be read is a problem too.
pub(crate) fn check_values(values: &[Value], mode: Mode) -> Problems {
    let text: Vec<_> = values.iter().map(|value| yaml::emit(value, yaml::EmitOptions::default())).collect();
    match Config::load(&text.join("---\n")) {
        Ok(config) => config.check(mode),
        // Places in the text in between mean nothing to anybody.
        Err(problems) => problems.into_iter().map(|problem| Problem { span: None, ..problem }).collect(),
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
            if config.get("cluster").is_some() {
                cluster(section("cluster"), control_plane, &mut findings);
            }
            findings.require(
                config.get("persist") != Some(&Value::Bool(false)),
                "persist",
                "this must be on",
            );
            conflicts(self, section("machine"), &mut findings);
        }
        for document in self.documents().iter().filter(|document| !document.kind.kind.is_empty()) {
            for message in documents::document(document) {
                findings.add(document.label(), message);
            }
        }
        findings.into_problems()
    }
}

/// Things that are said twice, in the old place and in a document.
fn conflicts(config: &Config, machine: &Value, findings: &mut Findings) {
    let Some(network) = machine.get("network") else { return };
    let has = |kind: &str| config.documents().iter().any(|document| document.kind.kind == kind);
    if has("HostnameConfig") && !network.text("hostname").is_empty() {
        findings.add("machine.network.hostname", "a HostnameConfig says this too");
    }
    let stable = machine.get("features").is_some_and(|features| features.flag("stableHostname"));
    if has("HostnameConfig") && stable {
        findings.add("machine.features.stableHostname", "a HostnameConfig says this too");
    }
    if has("ResolverConfig") {
        for key in ["nameservers", "searchDomains"] {
            findings.require(
                network.items(key).is_empty(),
                &format!("machine.network.{key}"),
                "a ResolverConfig says this too",
            );
        }
    }
}

fn machine(machine: &Value, control_plane: bool, mode: Mode, findings: &mut Findings) {
    let kind = machine.text("type");
    findings.require(
        matches!(kind, "controlplane" | "worker" | "init"),
        "machine.type",
        "this must be controlplane or worker",
    );
    if mode == Mode::Metal {
        install(machine, findings);
    }
    authority(machine, control_plane, findings);
    if let Some(network) = machine.get("network") {
        let interfaces = network.items("interfaces");
        findings.all("machine.network.interfaces", devices::devices(interfaces));
        let shared = interfaces.iter().any(|device| {
            device.get("vip").is_some() || device.items("vlans").iter().any(|vlan| vlan.get("vip").is_some())
        });
        findings.require(
            control_plane || !shared,
            "machine.network.interfaces",
            "a shared address (vip) is for control planes only",
        );
    }
    metadata(machine, findings);
    kubelet(machine, findings);
    if let Some(dns) = machine.get("features").and_then(|features| features.get("hostDNS")) {
        let holds = !dns.flag("forwardKubeDNSToHost") || dns.flag("enabled");
        findings.require(holds, "machine.features.hostDNS", "forwardKubeDNSToHost needs enabled");
        let container = mode != Mode::Container || (dns.flag("enabled") && dns.flag("forwardKubeDNSToHost"));
        findings.require(container, "machine.features.hostDNS", "in a container both must be on");
    }
    if let Some(access) =
        machine.get("features").and_then(|features| features.get("kubernetesTalosAPIAccess"))
    {
        let path = "machine.features.kubernetesTalosAPIAccess";
        findings.require(!access.flag("enabled") || control_plane, path, "this is for control planes only");
        let known = |role: &&str| {
            matches!(*role, "os:admin" | "os:reader" | "os:operator" | "os:etcd:backup" | "os:impersonator")
        };
        if access.flag("enabled") && !access.texts("allowedRoles").iter().all(known) {
            findings.add(path, "allowedRoles has a role that does not exist");
        }
    }
    for (n, disk) in machine.items("disks").iter().enumerate() {
        let partitions = disk.items("partitions");
        let whole = partitions.iter().position(|partition| partition.number("size") == 0);
        let message = "only the last partition may take the rest of the disk";
        findings.require(
            whole.is_none_or(|at| at + 1 >= partitions.len()),
            &format!("machine.disks[{n}]"),
            message,
        );
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
    let selects = selector.and_then(Value::as_mapping).is_some_and(|selector| !selector.is_empty());
    findings.require(
        !install.text("disk").is_empty() || selects,
        "machine.install",
        "disk or diskSelector is required",
    );
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

/// Subnets, `!` in front of those that are excluded.
fn subnets(value: &Value, key: &str, path: &str, findings: &mut Findings) {
    for text in value.texts(key) {
        let bare = text.strip_prefix('!').unwrap_or(text);
        let fits = parse_prefix(bare).or_else(|| parse_addr(bare)).is_some();
        findings.require(
            fits,
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

fn cluster(cluster: &Value, control_plane: bool, findings: &mut Findings) {
    match cluster.get("controlPlane").map(|control_plane| control_plane.text("endpoint")) {
        None | Some("") => findings.required("cluster.controlPlane.endpoint"),
        Some(endpoint) => {
            if let Err(why) = talconfig::endpoint(endpoint) {
                findings.add("cluster.controlPlane.endpoint", format!("this is no URL of an API: {why}"));
            }
        }
    }
    if let Some(network) = cluster.get("network") {
        let domain = network.text("dnsDomain");
        findings.require(
            domain.is_empty() || names::is_domain(domain),
            "cluster.network.dnsDomain",
            "this is no domain name",
        );
        if let Some(cni) = network.get("cni").filter(|_| control_plane) {
            findings.all("cluster.network.cni", talconfig::cni_problems(cni));
        }
    }
    match cluster.get("etcd") {
        Some(_) if !control_plane => findings.add("cluster.etcd", "this is for control planes only"),
        Some(etcd) => {
            findings.require(etcd.get("ca").is_some(), "cluster.etcd.ca", "this is required");
            subnets(etcd, "advertisedSubnets", "cluster.etcd", findings);
            subnets(etcd, "listenSubnets", "cluster.etcd", findings);
        }
        None => {}
    }
    let key = cluster.get("ca").is_some_and(|ca| !ca.text("key").is_empty());
    findings.require(control_plane || !key, "cluster.ca", "a worker must not have the authority's key");
    let encrypted = !cluster.text("secretboxEncryptionSecret").is_empty()
        || !cluster.text("aescbcEncryptionSecret").is_empty();
    findings.require(
        !control_plane || encrypted,
        "cluster.secretboxEncryptionSecret",
        "a control plane needs a key for etcd's content",
    );
    let manifests = talconfig::inline_manifests(cluster.items("inlineManifests"));
    findings.all("cluster.inlineManifests", manifests);
}
