//! The part of the context that Talos needs, read with places, so that a hand-made or damaged context gets a clear
//! answer. The context holds secrets: its source is masked, and messages quote no value.

use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Location, Outcome, Source, did_you_mean};
use talos::fields;
use yaml::{Dialect, Mapping, Node, Value};

/// The context version this tool understands.
const VERSION: i128 = 1;

/// Fields of a context's node that are not talhelper's.
const OWN_FIELDS: &[&str] = &[
    "name",
    "address",
    "controller",
    "disk",
    "mac_addr",
    "schematic_id",
    "mtu",
    "vlan_tag",
    "secureboot",
    "encrypt_disk",
    "kernel_modules",
    // Of a virtual machine: Terraform's business.
    "proxmox_host",
    "vm_id",
    "vm_cores",
    "vm_memory",
    "vm_disk",
    "extensions",
];

/// Fields of talhelper that the context's own ones decide.
const DECIDED: &[&str] = &["hostname", "ipAddress", "controlPlane", "installDisk", "installDiskSelector"];

/// What Talos needs of the context.
#[derive(Debug)]
pub(crate) struct Context {
    pub(crate) cluster_name: String,
    pub(crate) api_addr: String,
    pub(crate) cert_sans: Vec<String>,
    pub(crate) pod_nets: Vec<String>,
    pub(crate) svc_nets: Vec<String>,
    pub(crate) gateway: String,
    pub(crate) prefix: u8,
    pub(crate) vlan: Option<u16>,
    /// Whether Talos moves the API's address between controllers, or kube-vip does.
    pub(crate) talos_vip: bool,
    pub(crate) nodes: Vec<Machine>,
}

/// One of `nodes`.
#[derive(Debug, Default)]
pub(crate) struct Machine {
    pub(crate) name: String,
    pub(crate) address: String,
    pub(crate) controller: bool,
    pub(crate) disk: String,
    pub(crate) mac_addr: String,
    pub(crate) schematic_id: Option<String>,
    pub(crate) mtu: Option<u32>,
    /// The node's own VLAN; none: that of the cluster.
    pub(crate) vlan: Option<u16>,
    pub(crate) secureboot: bool,
    pub(crate) encrypt_disk: bool,
    pub(crate) kernel_modules: Vec<String>,
    /// Fields in talhelper's names that are set, in the context's order.
    pub(crate) further: Mapping,
}

/// Reads a context. Unknown fields of nodes are warnings.
///
/// # Errors
/// Everything that is missing or of the wrong type.
pub(crate) fn read(source: &Arc<Source>, warnings: &mut Vec<Diagnostic>) -> Outcome<Context> {
    let stream =
        yaml::parse(source.text()).map_err(|error| Failure::from(Diagnostic::from_yaml(source, error)))?;
    let duplicates = yaml::check_duplicates(&stream, Dialect::Yaml12);
    if !duplicates.is_empty() {
        let all: Vec<_> = duplicates.into_iter().map(|e| Diagnostic::from_yaml(source, e)).collect();
        return Err(all.into());
    }
    let mut reader = Reader { source, problems: Vec::new() };
    let root = match stream.documents.as_slice() {
        [document] if document.root.as_mapping().is_some() => &document.root,
        _ => return Err(reader.problem("context/type", "the context is one mapping", None).into()),
    };
    reader.version(root);
    let context = reader.context(root);
    warnings.extend(unknown_fields(source, root));
    if reader.problems.is_empty() { Ok(context) } else { Err(reader.problems.into()) }
}

struct Reader<'s> {
    source: &'s Arc<Source>,
    problems: Vec<Diagnostic>,
}

impl Reader<'_> {
    fn problem(&self, code: &'static str, message: impl Into<String>, node: Option<&Node>) -> Diagnostic {
        let range = node.map_or(0..0, |node| node.span.range());
        Diagnostic::error(code, message)
            .at(Location::new(self.source, range))
            .with_help("give the context as `validate config` prints it")
    }

    fn report(&mut self, code: &'static str, message: impl Into<String>, node: &Node) {
        let problem = self.problem(code, message, Some(node));
        self.problems.push(problem);
    }

    fn version(&mut self, root: &Node) {
        let Some(node) = root.get("contextVersion") else {
            let problem =
                self.problem("context/version", "contextVersion is missing: is this a context?", None);
            self.problems.push(problem);
            return;
        };
        if yaml::to_value(node, Dialect::Yaml12).ok().and_then(|value| value.as_int()) != Some(VERSION) {
            self.report("context/version", format!("only context version {VERSION} is understood"), node);
        }
    }

    fn context(&mut self, root: &Node) -> Context {
        let node_cidr = self.required(root, "", "node_cidr");
        let net = node_cidr.parse::<ipnet::IpNet>();
        if net.is_err()
            && let Some(node) = root.get("node_cidr").filter(|_| !node_cidr.is_empty())
        {
            self.report("context/type", "node_cidr must be a network such as 10.0.0.0/24", node);
        }
        let prefix = net.map_or(0, |net| net.prefix_len());
        Context {
            cluster_name: self.optional(root, "", "cluster_name").unwrap_or_else(|| "kubernetes".to_owned()),
            api_addr: self.required(root, "", "cluster_api_addr"),
            cert_sans: self.list(root, "", "cert_sans"),
            pod_nets: self.required_list(root, "cluster_pod_cidr"),
            svc_nets: self.required_list(root, "cluster_svc_cidr"),
            gateway: self.required(root, "", "node_default_gateway"),
            prefix,
            vlan: self.vlan(root, "", "node_vlan_tag"),
            talos_vip: !self.flag(root, "", "kube_vip_enabled"),
            nodes: self.nodes(root),
        }
    }

    fn vlan(&mut self, map: &Node, at: &str, key: &str) -> Option<u16> {
        let tag = self.optional(map, at, key)?;
        let parsed = tag.parse().ok().filter(|tag| (1..=4094).contains(tag));
        if parsed.is_none()
            && let Some(node) = map.get(key)
        {
            self.report("context/type", format!("{at}{key} must be a number from 1 to 4094"), node);
        }
        parsed
    }

    fn nodes(&mut self, root: &Node) -> Vec<Machine> {
        let Some(node) = root.get("nodes") else {
            let problem = self.problem("context/missing-key", "nodes is missing", None);
            self.problems.push(problem);
            return Vec::new();
        };
        match node.as_sequence() {
            Some(items) if !items.is_empty() => {
                items.iter().enumerate().map(|(index, item)| self.machine(item, index)).collect()
            }
            _ => {
                self.report("context/type", "nodes must be a list of at least one node", node);
                Vec::new()
            }
        }
    }

    fn machine(&mut self, node: &Node, index: usize) -> Machine {
        let at = format!("nodes[{index}].");
        if node.as_mapping().is_none() {
            self.report("context/type", format!("nodes[{index}] must be a mapping"), node);
            return Machine::default();
        }
        let mtu = self.optional(node, &at, "mtu").map(|text| text.parse());
        if let (Some(Err(_)), Some(node)) = (&mtu, node.get("mtu")) {
            self.report("context/type", format!("{at}mtu must be a number"), node);
        }
        Machine {
            name: self.required(node, &at, "name"),
            address: self.required(node, &at, "address"),
            controller: self.flag(node, &at, "controller"),
            disk: self.required(node, &at, "disk"),
            mac_addr: self.required(node, &at, "mac_addr"),
            schematic_id: self.optional(node, &at, "schematic_id"),
            mtu: mtu.and_then(Result::ok),
            vlan: self.vlan(node, &at, "vlan_tag"),
            secureboot: self.flag(node, &at, "secureboot"),
            encrypt_disk: self.flag(node, &at, "encrypt_disk"),
            kernel_modules: self.list(node, &at, "kernel_modules"),
            further: self.further(node),
        }
    }

    /// The set fields in talhelper's names. Their shape is talhelper's business and `talosgen validate`'s.
    fn further(&mut self, node: &Node) -> Mapping {
        let pairs = node.as_mapping().unwrap_or_default();
        let mut further = Mapping::new();
        for pair in pairs {
            let Some(key) = pair.key.as_str().filter(|key| is_talhelper_field(key)) else { continue };
            match yaml::to_value(&pair.value, Dialect::Yaml12) {
                Ok(value) if is_set(&value) => {
                    further.insert(key, value);
                }
                Ok(_) => {}
                Err(error) => self.problems.push(Diagnostic::from_yaml(self.source, error)),
            }
        }
        further
    }

    fn required(&mut self, map: &Node, at: &str, key: &str) -> String {
        let before = self.problems.len();
        if let Some(text) = self.optional(map, at, key) {
            return text;
        }
        if self.problems.len() == before {
            self.report("context/missing-key", format!("{at}{key} is missing"), map.get(key).unwrap_or(map));
        }
        String::new()
    }

    /// A scalar as text; null and blank are none.
    fn optional(&mut self, map: &Node, at: &str, key: &str) -> Option<String> {
        let node = map.get(key)?;
        match yaml::to_value(node, Dialect::Yaml12) {
            Ok(Value::Null) => None,
            Ok(Value::Sequence(_) | Value::Mapping(_) | Value::Bool(_)) | Err(_) => {
                self.report("context/type", format!("{at}{key} must be text"), node);
                None
            }
            Ok(_) => node.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned),
        }
    }

    fn flag(&mut self, map: &Node, at: &str, key: &str) -> bool {
        let Some(node) = map.get(key) else { return false };
        match yaml::to_value(node, Dialect::Yaml12) {
            Ok(Value::Bool(value)) => value,
            Ok(Value::Null) => false,
            _ => {
                self.report("context/type", format!("{at}{key} must be true or false"), node);
                false
            }
        }
    }

    fn list(&mut self, map: &Node, at: &str, key: &str) -> Vec<String> {
        let Some(node) = map.get(key) else { return Vec::new() };
        let Some(items) = node.as_sequence() else {
            return self.optional(map, at, key).into_iter().collect();
        };
        let texts: Option<Vec<_>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
        texts.unwrap_or_else(|| {
            self.report("context/type", format!("{at}{key} must be a list of texts"), node);
            Vec::new()
        })
    }

    fn required_list(&mut self, root: &Node, key: &str) -> Vec<String> {
        let before = self.problems.len();
        let list = self.list(root, "", key);
        if list.is_empty() && self.problems.len() == before {
            self.report("context/missing-key", format!("{key} is missing"), root.get(key).unwrap_or(root));
        }
        list
    }
}

fn is_talhelper_field(key: &str) -> bool {
    !DECIDED.contains(&key) && (fields::NODE.contains(&key) || fields::ROLE.contains(&key))
}

fn is_set(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Sequence(items) => !items.is_empty(),
        Value::Mapping(map) => !map.is_empty(),
        _ => true,
    }
}

fn unknown_fields(source: &Arc<Source>, root: &Node) -> Vec<Diagnostic> {
    let nodes = root.get("nodes").and_then(Node::as_sequence).unwrap_or_default();
    let known = || OWN_FIELDS.iter().chain(fields::NODE).chain(fields::ROLE).copied();
    let unknown = |key: &str| !OWN_FIELDS.contains(&key) && !is_talhelper_field(key);
    let pairs = nodes.iter().filter_map(Node::as_mapping).flatten();
    let set = pairs.filter(|pair| !pair.value.is_missing() && pair.value.as_str() != Some("null"));
    set.filter_map(|pair| {
        let key = pair.key.as_str().filter(|key| unknown(key))?;
        let warning =
            Diagnostic::warning("context/unknown-node-field", format!("{key} is no field of a node"))
                .at(Location::new(source, pair.key.span.range()));
        Some(match did_you_mean(key, known().filter(|name| *name != key)) {
            Some(near) => warning.with_help(format!("did you mean {near}?")),
            None => warning.with_help("it is left out"),
        })
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cliutil::Mask;

    const GOOD: &str = "contextVersion: 1\nnode_cidr: 10.0.0.0/24\ncluster_api_addr: 10.0.0.10\ncluster_pod_cidr: 10.42.0.0/16\ncluster_svc_cidr: 10.43.0.0/16\nnode_default_gateway: 10.0.0.1\nnode_vlan_tag: \"30\"\ncert_sans: [127.0.0.1]\n";
    const NODE: &str = "nodes:\n  - {name: a, address: 10.0.0.11, controller: true, disk: /dev/sda, mac_addr: \"02:00:00:00:00:01\", mtu: null, nodeLabels: {a: b}, nodeTaints: {}, patches: null}\n";

    fn try_read(text: &str) -> (Outcome<Context>, Vec<Diagnostic>) {
        let mut warnings = Vec::new();
        let source = Arc::new(Source::new("<stdin>", text).with_mask(Mask::Except(Vec::new())));
        (read(&source, &mut warnings), warnings)
    }

    fn problems(text: &str) -> Vec<String> {
        let failure = try_read(text).0.unwrap_err();
        failure.diagnostics.into_iter().map(|one| one.message).collect()
    }

    #[test]
    fn a_context_is_read() {
        let (context, warnings) = try_read(&format!("{GOOD}{NODE}"));
        let context = context.unwrap();
        assert!(warnings.is_empty(), "{warnings:?}");
        assert_eq!((context.prefix, context.vlan), (24, Some(30)));
        assert_eq!(context.cluster_name, "kubernetes");
        let keys: Vec<_> = context.nodes[0].further.iter().filter_map(|(key, _)| key.as_str()).collect();
        assert_eq!(keys, ["nodeLabels"]);
    }

    #[test]
    fn everything_missing_is_named_at_once() {
        insta::assert_debug_snapshot!(problems("a: 1\nnodes:\n  - {name: a, controller: 1, mtu: x}\n"));
        assert_eq!(problems("- a\n"), ["the context is one mapping"]);
        assert_eq!(problems(&format!("{GOOD}nodes: []\n")), ["nodes must be a list of at least one node"]);
        let version = format!("{GOOD}{NODE}").replace("contextVersion: 1", "contextVersion: 2");
        assert_eq!(problems(&version), ["only context version 1 is understood"]);
        let vlan = format!("{GOOD}{NODE}").replace("\"30\"", "4095");
        assert_eq!(problems(&vlan), ["node_vlan_tag must be a number from 1 to 4094"]);
    }

    #[test]
    fn unknown_fields_of_nodes_are_warnings() {
        let (_, warnings) =
            try_read(&format!("{GOOD}{}", NODE.replace("nodeTaints: {}", "nodeTaint: {a: b}")));
        assert_eq!(warnings[0].help.as_deref(), Some("did you mean nodeTaints?"));
    }
}
