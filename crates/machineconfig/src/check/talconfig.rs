//! A talconfig before anything is generated: every problem of the cluster and its nodes, by the name of its field.

use std::net::IpAddr;
use std::path::Path;
use std::sync::OnceLock;

use cliutil::{Diagnostic, did_you_mean};
use regex::Regex;
use yaml::Value;

use super::images::{self, Images};
use super::{Findings, devices, names};
use crate::cluster::{Cluster, Fields as _, Node};
use crate::template;
use crate::typed::parse_prefix;
use crate::url::Url;
use crate::{Contract, Problem, files};

impl Cluster {
    /// What is wrong with the talconfig.
    pub fn check(&self) -> Vec<Diagnostic> {
        let mut findings = Findings::default();
        cluster(self, &mut findings);
        let mut all: Vec<_> = findings
            .into_problems()
            .into_iter()
            .map(|problem| {
                let place = self.location(&problem.path);
                problem.to_diagnostic().at(place)
            })
            .collect();
        for own in &self.nodes {
            let mut findings = Findings::default();
            node(self, own, &mut findings);
            all.extend(findings.into_problems().into_iter().map(|problem| self.node_problem(own, problem)));
        }
        all
    }

    fn node_problem(&self, node: &Node, problem: Problem) -> Diagnostic {
        let place = self.node_location(node, &problem.path);
        let named = Problem { path: format!("nodes[{}].{}", node.index, problem.path), ..problem };
        named.to_diagnostic().at(place)
    }
}

fn cluster(cluster: &Cluster, findings: &mut Findings) {
    let root = &cluster.root;
    for key in ["clusterName", "kubernetesVersion", "endpoint"] {
        if root.text(key).is_empty() {
            findings.required(key);
        }
    }
    if root.items("nodes").is_empty() {
        findings.required("nodes");
    }
    let version = cluster.kubernetes_version();
    if !cluster.known_version {
        let message = format!(
            "{:?} is not a supported Talos version: versions from {} are known",
            root.text("talosVersion"),
            Contract::supported()
        );
        findings.0.push(Problem::new("talos/version", message).on("talosVersion"));
        let judged = version.is_empty();
        findings.require(judged, "kubernetesVersion", "this cannot be judged without a known talosVersion");
    } else if !version.is_empty()
        && let Err(why) = images::kubernetes(version, cluster.contract)
    {
        findings.add("kubernetesVersion", why);
    }
    let given = root.text("endpoint");
    if !given.is_empty()
        && let Err(why) = endpoint(given)
    {
        findings.add(
            "endpoint",
            format!("{given:?} is no URL of the Kubernetes API (https://10.0.0.1:6443): {why}"),
        );
    }
    let domain = root.text("domain");
    findings.require(
        domain.is_empty() || names::is_domain(domain),
        "domain",
        format!("{domain:?} is no domain name"),
    );
    for key in ["clusterPodNets", "clusterSvcNets"] {
        for net in root.texts(key).into_iter().filter(|net| parse_prefix(net).is_none()) {
            findings.add(key, format!("{net:?} is no CIDR (10.244.0.0/16)"));
        }
    }
    if let Some(cni) = root.get("cniConfig") {
        findings.all("cniConfig", cni_problems(cni));
    }
    findings.all("inlineManifests", inline_manifests(root.items("inlineManifests")));
}

/// Why a text is not the URL of an API.
pub(super) fn endpoint(text: &str) -> Result<(), String> {
    let url = Url::parse(text)?;
    if url.hostname().is_empty() {
        return Err("the host is missing".to_owned());
    }
    match url.port() {
        None | Some("") => Ok(()),
        Some(port) => match port.parse::<u16>() {
            Ok(1..) => Ok(()),
            _ => Err("the port must be from 1 to 65535".to_owned()),
        },
    }
}

/// What is wrong with the choice of a CNI.
pub(super) fn cni_problems(cni: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let name = cni.text("name");
    let urls = cni.texts("urls");
    let flannel = cni.get("flannel").is_some_and(|flannel| {
        !flannel.items("extraArgs").is_empty() || flannel.flag("kubeNetworkPoliciesEnabled")
    });
    match name {
        "flannel" | "none" => {
            if !urls.is_empty() {
                wrong.push(format!("urls must be empty for the CNI {name}"));
            }
        }
        "custom" if urls.is_empty() => wrong.push("urls must not be empty for the CNI custom".to_owned()),
        "custom" => {
            let bad = urls
                .into_iter()
                .filter_map(|url| endpoint(url).err().map(|why| format!("{url:?} is no URL: {why}")));
            wrong.extend(bad);
        }
        _ => wrong.push("name must be one of flannel, custom, none".to_owned()),
    }
    if flannel && name != "flannel" {
        wrong.push(format!("flannel settings make no sense for the CNI {name}"));
    }
    wrong
}

/// What is wrong with the names of manifests.
pub(super) fn inline_manifests(manifests: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut seen = Vec::new();
    for (n, manifest) in manifests.iter().enumerate() {
        let name = manifest.text("name");
        if name.trim().is_empty() {
            wrong.push(format!("the manifest [{n}] has no name"));
        } else if seen.contains(&name) {
            wrong.push(format!("there are two manifests of the name {name:?}"));
        }
        seen.push(name);
    }
    wrong
}

fn node(cluster: &Cluster, node: &Node, findings: &mut Findings) {
    for key in ["hostname", "ipAddress"] {
        if node.text(key).is_empty() {
            findings.required(key);
        }
    }
    if node.text("installDisk").is_empty() && node.value("installDiskSelector").is_none() {
        findings.required("installDisk");
    }
    let hostname = node.hostname();
    findings.require(
        hostname.is_empty() || names::is_hostname(hostname),
        "hostname",
        format!("{hostname:?} is no host name"),
    );
    if !node.text("ipAddress").is_empty() {
        for address in node
            .addresses()
            .into_iter()
            .filter(|text| text.parse::<IpAddr>().is_err() && !names::is_domain(text))
        {
            findings.add("ipAddress", format!("{address:?} is neither an IP address nor a domain name"));
        }
    }
    if let Some(selector) = node.value("installDiskSelector") {
        findings.all("installDiskSelector", disk_selector(selector));
        // talhelper hands it on, and Talos then installs itself on whatever disk comes first.
        let selects = !node.text("installDisk").is_empty() || selects(selector);
        findings.require(selects, "installDiskSelector", SELECTS_NOTHING);
    }
    image_url(node, findings);
    metadata(node, findings);
    storage(node, findings);
    schematic(cluster, node, findings);
    for server in node.texts("nameservers").into_iter().filter(|text| text.parse::<IpAddr>().is_err()) {
        findings.add("nameservers", format!("{server:?} is no IP address"));
    }
    findings.all("networkInterfaces", devices::devices(node.items("networkInterfaces")));
    machine_spec(node, findings);
    firewall(node, findings);
    manifests(cluster, node, findings);
}

pub(super) const SELECTS_NOTHING: &str = "the selector has no key that selects anything: any disk would do";

/// Whether the selector of an install disk says anything.
pub(super) fn selects(selector: &Value) -> bool {
    selector.as_mapping().is_some_and(|selector| !selector.is_empty())
}

/// What is wrong with the selector of an install disk.
pub(super) fn disk_selector(selector: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    if !selector.text("name").is_empty() {
        wrong.push("a selector by name is not supported".to_owned());
    }
    if !matches!(selector.text("type"), "" | "nvme" | "sd" | "hdd" | "ssd") {
        wrong.push("type must be one of nvme, sd, hdd, ssd".to_owned());
    }
    wrong
}

/// The name of an image in full, as the grammar of distribution's references has it: a registry and a path, the latter
/// in lower case.
fn image_name() -> Option<&'static Regex> {
    static NAME: OnceLock<Option<Regex>> = OnceLock::new();
    NAME.get_or_init(|| {
        let label = "(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])";
        let part = "[a-z0-9]+(?:(?:\\.|__?|-+)[a-z0-9]+)*";
        let host = format!("(?:{label}(?:\\.{label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?");
        Regex::new(&format!("^({host})/({part}(?:/{part})*)$")).ok()
    })
    .as_ref()
}

/// An image reference in full, with neither tag nor digest.
fn image_url(node: &Node, findings: &mut Findings) {
    let url = node.text("talosImageURL");
    if url.is_empty() {
        return;
    }
    if url.rsplit('/').next().is_some_and(|last| last.contains([':', '@'])) {
        findings.add("talosImageURL", "the image must be named without version or digest");
        return;
    }
    let parts = image_name().and_then(|name| name.captures(url));
    let parts = parts.and_then(|parts| Some((parts.get(1)?.as_str(), parts.get(2)?.as_str())));
    // A first part in lower case without a dot or port is taken for a folder of Docker's registry, whose own name is
    // written in one way only.
    let full = parts.is_some_and(|(registry, path)| {
        let is_registry = registry == "localhost"
            || registry.contains(['.', ':'])
            || registry.contains(|c: char| c.is_ascii_uppercase());
        let docker = registry == "index.docker.io" || (registry == "docker.io" && !path.contains('/'));
        is_registry && !docker && path.len() <= 255
    });
    findings.require(
        full,
        "talosImageURL",
        "this is no image reference in full (registry.example/path/installer)",
    );
}

fn metadata(node: &Node, findings: &mut Findings) {
    let plain = |key| {
        let entries = node.entries(key).into_iter();
        entries
            .filter_map(|(name, value)| Some((name, value.as_str()?)))
            .filter(|(_, value)| !template::is_template(value))
    };
    findings.all("nodeLabels", names::labels(plain("nodeLabels")));
    findings.all("nodeAnnotations", names::annotations(plain("nodeAnnotations")));
    let taints =
        node.entries("nodeTaints").into_iter().filter_map(|(name, value)| Some((name, value.as_str()?)));
    findings.all("nodeTaints", names::taints(taints));
}

fn storage(node: &Node, findings: &mut Findings) {
    for disk in node.items("machineDisks") {
        let partitions = disk.items("partitions");
        let whole = partitions.iter().position(|partition| partition.number("size") == 0);
        if whole.is_some_and(|at| at + 1 < partitions.len()) {
            findings.add(
                "machineDisks",
                format!("{}: only the last partition may take the rest of the disk", disk.text("device")),
            );
        }
    }
    for file in node.items("machineFiles") {
        let path = file.text("path");
        if !matches!(file.text("op"), "create" | "append" | "overwrite") {
            findings.add("machineFiles", format!("{path}: op must be one of create, append, overwrite"));
        }
        if !path.starts_with('/') || path.len() < 2 || path.contains("//") {
            findings.add("machineFiles", format!("{path:?} is no absolute path"));
        }
    }
}

fn schematic(cluster: &Cluster, node: &Node, findings: &mut Findings) {
    let registry = cluster.root.get("imageFactory").map_or("", |factory| factory.text("registryURL"));
    let Some(schematic) = node.value("schematic") else { return };
    if node.flag("noSchematicValidate") || !matches!(registry, "" | "factory.talos.dev") {
        return;
    }
    let version = cluster.talos_version();
    let none = Value::Null;
    let customization = schematic.get("customization").unwrap_or(&none);
    let extensions = customization
        .get("systemExtensions")
        .map_or_else(Vec::new, |extensions| extensions.texts("officialExtensions"));
    for (n, name) in extensions.iter().enumerate() {
        if !Images::get().has_extension(name, &version) {
            let near = did_you_mean(name, Images::get().extensions(&version));
            let help = near.map_or_else(
                || "noSchematicValidate: true skips this check".to_owned(),
                |near| format!("did you mean {near}?"),
            );
            let message = format!("{name:?} is no official extension for Talos {version}");
            findings.0.push(Problem::new("talos/invalid", message).on("schematic").with_help(help));
        }
        if extensions[..n].contains(name) {
            findings.add("schematic", format!("{name:?} is listed twice"));
        }
    }
    let Some(overlay) = schematic.get("overlay") else { return };
    let (name, image) = (overlay.text("name"), overlay.text("image"));
    if name.is_empty() && image.is_empty() {
        return;
    }
    if !Images::get().has_overlay(name, image, &version) {
        findings.add(
            "schematic",
            format!("the overlay {name:?} of {image:?} does not exist for Talos {version}"),
        );
    }
}

fn machine_spec(node: &Node, findings: &mut Findings) {
    const DISK_IMAGES: [&str; 7] = ["raw.zst", "raw.xz", "raw.tar.gz", "vhd.xz", "raw.gz", "ova", "qcow2"];
    let Some(spec) = node.value("machineSpec") else { return };
    let method = spec.text("bootMethod");
    let suffix = spec.text("imageSuffix");
    findings.require(
        matches!(method, "" | "iso" | "disk-image" | "pxe"),
        "machineSpec",
        "bootMethod must be one of iso, disk-image, pxe",
    );
    if suffix.is_empty() {
        return;
    }
    match method {
        "" | "iso" => findings.require(suffix == "iso", "machineSpec", "imageSuffix of an iso must be iso"),
        "disk-image" => {
            let message = format!("imageSuffix of a disk-image must be one of {}", DISK_IMAGES.join(", "));
            findings.require(DISK_IMAGES.contains(&suffix), "machineSpec", message);
        }
        "pxe" => findings.add("machineSpec", "imageSuffix means nothing for pxe"),
        _ => {}
    }
}

fn firewall(node: &Node, findings: &mut Findings) {
    let Some(firewall) = node.value("ingressFirewall") else { return };
    for (n, rule) in firewall.items("rules").iter().enumerate() {
        let at = format!("rules[{n}]");
        if rule.text("name").is_empty() {
            findings.add("ingressFirewall", format!("{at} has no name"));
        }
        let selector = rule.get("portSelector");
        if selector.is_none_or(|selector| selector.text("protocol").is_empty()) {
            findings.add("ingressFirewall", format!("{at}: portSelector.protocol is missing"));
        }
        let ports = selector.map_or(&[][..], |selector| selector.items("ports"));
        findings.all("ingressFirewall", ports_problem(ports).map(|message| format!("{at}: {message}")));
        for entry in rule.items("ingress") {
            findings.require(
                !entry.text("subnet").is_empty(),
                "ingressFirewall",
                format!("{at}: an ingress has no subnet"),
            );
        }
    }
}

/// What is wrong with a list of ports and ranges.
pub(super) fn ports_problem(ports: &[Value]) -> Option<String> {
    if ports.is_empty() {
        return Some("portSelector.ports is missing".to_owned());
    }
    let bounds = |port: &Value| match port {
        Value::Int(port) => Some((*port, *port)),
        other => other
            .as_str()
            .and_then(|text| text.split_once('-'))
            .and_then(|(low, high)| Some((low.parse().ok()?, high.parse().ok()?))),
    };
    let mut ranges: Vec<(i128, i128)> = ports.iter().filter_map(bounds).collect();
    ranges.sort_unstable();
    if ranges.iter().any(|(low, high)| low > high) {
        return Some("a range of ports ends before it begins".to_owned());
    }
    ranges.windows(2).any(|pair| pair[1].0 <= pair[0].1).then(|| "ranges of ports overlap".to_owned())
}

fn manifests(cluster: &Cluster, node: &Node, findings: &mut Findings) {
    for name in node.texts("extraManifests") {
        let name = format!("@{}", name.strip_prefix('@').unwrap_or(name));
        let path = files::reference(&name, &cluster.folder);
        if !path.as_deref().is_some_and(Path::exists) {
            let shown = path.unwrap_or_default();
            findings.add("extraManifests", format!("{}: no such file", shown.display()));
        }
    }
}
