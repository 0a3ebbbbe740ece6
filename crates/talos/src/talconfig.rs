//! The talconfig we write: a typed model and its one form as YAML.
//!
//! Names and types of the fields are talhelper's; which of them a cluster gets is the catalogue's word (base
//! components, Talos configuration). Versions stay `${…}`: they stand in talenv.yaml only.

use yaml::{EmitOptions, Kind, Mapping, ScalarStyle, Value};

use crate::fields;

/// A cluster, as talhelper reads it.
#[derive(Debug, Clone, PartialEq)]
pub struct Talconfig {
    /// `clusterName`
    pub cluster_name: String,
    /// `endpoint`: the URL of the API server.
    pub endpoint: String,
    /// Names and addresses in the certificates of the API server and of the machines.
    pub cert_sans: Vec<String>,
    /// `clusterPodNets`
    pub pod_nets: Vec<String>,
    /// `clusterSvcNets`
    pub svc_nets: Vec<String>,
    /// The machines, in the order in which they are rolled.
    pub nodes: Vec<Node>,
    /// Patches of all machines.
    pub patches: Vec<String>,
    /// Patches of controllers.
    pub controller_patches: Vec<String>,
    /// Patches of workers.
    pub worker_patches: Vec<String>,
}

/// One machine.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// `hostname`
    pub hostname: String,
    /// `ipAddress`
    pub ip_address: String,
    /// The disk Talos is installed on.
    pub install_disk: InstallDisk,
    /// `machineSpec.secureboot`
    pub secureboot: bool,
    /// Further entries of `machineSpec` (`mode`, `arch`, …).
    pub machine_spec: Mapping,
    /// `talosImageURL`, without a tag.
    pub image: Option<String>,
    /// `controlPlane`
    pub control_plane: bool,
    /// `nodeLabels`; empty: not written. Values are strings.
    pub labels: Mapping,
    /// `nodeAnnotations`, likewise.
    pub annotations: Mapping,
    /// `nodeTaints`, likewise.
    pub taints: Mapping,
    /// The interface with the machine's own address.
    pub interface: Interface,
    /// Further entries of `networkInterfaces`.
    pub more_interfaces: Vec<Value>,
    /// Further fields in talhelper's names.
    pub further: Mapping,
    /// Patches of this machine: `@` and a path, or YAML text.
    pub patches: Vec<String>,
}

/// How the install disk is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InstallDisk {
    /// By its device path.
    Path(String),
    /// By its serial number.
    Serial(String),
}

impl InstallDisk {
    /// What begins with `/` is a path, anything else a serial number.
    pub fn new(text: &str) -> Self {
        if text.starts_with('/') { Self::Path(text.to_owned()) } else { Self::Serial(text.to_owned()) }
    }
}

/// The network interface with a machine's address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// Its MAC address.
    pub hardware_addr: String,
    /// With a tag, addresses, routes, MTU and the shared address sit on the VLAN.
    pub vlan: Option<u16>,
    /// Address and prefix length.
    pub address: String,
    /// The default route.
    pub gateway: String,
    /// MTU in bytes.
    pub mtu: u32,
    /// The address that controllers share.
    pub vip: Option<String>,
}

impl Talconfig {
    /// The file's text. Values of labels, annotations and taints are always quoted, so that nobody who edits one takes
    /// `true` or `1` for anything but text.
    pub fn to_yaml(&self) -> String {
        let text = yaml::emit(&self.to_value(), EmitOptions::default());
        format!("---\n{}", quote_text_maps(&text))
    }

    /// The data.
    pub fn to_value(&self) -> Value {
        let mut map = Mapping::new();
        map.insert("clusterName", self.cluster_name.as_str());
        map.insert("talosVersion", "${talosVersion}");
        map.insert("kubernetesVersion", "${kubernetesVersion}");
        map.insert("endpoint", self.endpoint.as_str());
        map.insert("additionalApiServerCertSans", self.cert_sans.clone());
        map.insert("additionalMachineCertSans", self.cert_sans.clone());
        map.insert("clusterPodNets", self.pod_nets.clone());
        map.insert("clusterSvcNets", self.svc_nets.clone());
        map.insert("cniConfig", entry("name", "none"));
        map.insert("nodes", self.nodes.iter().map(Node::to_value).collect::<Vec<_>>());
        insert_list(&mut map, "patches", &self.patches);
        for (role, patches) in [("controlPlane", &self.controller_patches), ("worker", &self.worker_patches)]
        {
            if !patches.is_empty() {
                map.insert(role, entry("patches", patches.clone()));
            }
        }
        map.into()
    }
}

impl Node {
    fn to_value(&self) -> Value {
        let mut map = Mapping::new();
        map.insert("hostname", self.hostname.as_str());
        map.insert("ipAddress", self.ip_address.as_str());
        match &self.install_disk {
            InstallDisk::Path(path) => map.insert("installDisk", path.as_str()),
            InstallDisk::Serial(serial) => {
                map.insert("installDiskSelector", entry("serial", serial.as_str()))
            }
        };
        let mut spec = Mapping::new();
        spec.insert("secureboot", self.secureboot);
        spec.extend_with(&self.machine_spec);
        map.insert("machineSpec", spec);
        if let Some(image) = &self.image {
            map.insert("talosImageURL", image.as_str());
        }
        map.insert("controlPlane", self.control_plane);
        let texts = [
            (fields::LABELS, &self.labels),
            (fields::ANNOTATIONS, &self.annotations),
            (fields::TAINTS, &self.taints),
        ];
        for (key, texts) in texts.into_iter().filter(|(_, texts)| !texts.is_empty()) {
            map.insert(key, texts.clone());
        }
        let mut interfaces = vec![self.interface.to_value()];
        interfaces.extend(self.more_interfaces.iter().cloned());
        map.insert("networkInterfaces", interfaces);
        map.extend_with(&self.further);
        insert_list(&mut map, "patches", &self.patches);
        map.into()
    }
}

impl Interface {
    fn to_value(&self) -> Value {
        let mut link = Mapping::new();
        link.insert("deviceSelector", entry("hardwareAddr", self.hardware_addr.as_str()));
        link.insert("dhcp", false);
        let Some(tag) = self.vlan else {
            self.addressing(&mut link);
            return link.into();
        };
        let mut vlan = Mapping::new();
        vlan.insert("vlanId", i64::from(tag));
        vlan.insert("dhcp", false);
        self.addressing(&mut vlan);
        link.insert("vlans", vec![vlan]);
        link.into()
    }

    fn addressing(&self, map: &mut Mapping) {
        map.insert("addresses", vec![self.address.as_str()]);
        let mut route = Mapping::new();
        route.insert("network", "0.0.0.0/0");
        route.insert("gateway", self.gateway.as_str());
        map.insert("routes", vec![route]);
        map.insert("mtu", i64::from(self.mtu));
        if let Some(vip) = &self.vip {
            map.insert("vip", entry("ip", vip.as_str()));
        }
    }
}

/// Adding the entries of another mapping.
trait Extend {
    fn extend_with(&mut self, more: &Mapping);
}

impl Extend for Mapping {
    fn extend_with(&mut self, more: &Mapping) {
        for (key, value) in more.iter() {
            self.insert(key.clone(), value.clone());
        }
    }
}

fn entry(key: &str, value: impl Into<Value>) -> Mapping {
    std::iter::once((key, value)).collect()
}

fn insert_list(map: &mut Mapping, key: &str, items: &[String]) {
    if !items.is_empty() {
        map.insert(key, items.to_vec());
    }
}

/// Puts the plain values of labels, annotations and taints in quotes. The emitter quotes only what needs it.
fn quote_text_maps(text: &str) -> String {
    let Ok(stream) = yaml::parse(text) else { return text.to_owned() };
    let nodes = stream.documents.first().and_then(|document| document.root.get("nodes")?.as_sequence());
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    let pairs = nodes.unwrap_or_default().iter().flat_map(|node| {
        // In the order in which they are written.
        [fields::LABELS, fields::ANNOTATIONS, fields::TAINTS]
            .into_iter()
            .filter_map(|key| node.get(key)?.as_mapping())
            .flatten()
    });
    for pair in pairs {
        if let Kind::Scalar(value, ScalarStyle::Plain) = &pair.value.kind {
            out.push_str(&text[at..pair.value.span.start]);
            out.push_str(&yaml::quoted(value));
            at = pair.value.span.end;
        }
    }
    out.push_str(&text[at..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interface(vlan: Option<u16>, vip: Option<&str>) -> Interface {
        Interface {
            hardware_addr: "02:00:00:00:00:01".to_owned(),
            vlan,
            address: "10.0.0.11/24".to_owned(),
            gateway: "10.0.0.1".to_owned(),
            mtu: 1500,
            vip: vip.map(str::to_owned),
        }
    }

    fn node(disk: &str, interface: Interface) -> Node {
        Node {
            hostname: "cp-0".to_owned(),
            ip_address: "10.0.0.11".to_owned(),
            install_disk: InstallDisk::new(disk),
            secureboot: false,
            machine_spec: Mapping::new(),
            image: Some("factory.talos.dev/installer/00".to_owned()),
            control_plane: true,
            labels: Mapping::new(),
            annotations: Mapping::new(),
            taints: Mapping::new(),
            interface,
            more_interfaces: Vec::new(),
            further: Mapping::new(),
            patches: Vec::new(),
        }
    }

    #[test]
    fn a_disk_is_a_path_or_a_serial_number() {
        let path = node("/dev/sda", interface(None, None)).to_value();
        assert_eq!(path.get("installDisk").unwrap().as_str(), Some("/dev/sda"));
        assert!(path.get("installDiskSelector").is_none());
        let serial = node("S4EXAMPLE", interface(None, None)).to_value();
        assert_eq!(
            serial.get("installDiskSelector").unwrap().get("serial").unwrap().as_str(),
            Some("S4EXAMPLE")
        );
        assert!(serial.get("installDisk").is_none());
    }

    #[test]
    fn with_a_vlan_the_addressing_moves() {
        let plain = interface(None, Some("10.0.0.10")).to_value();
        let tagged = interface(Some(30), Some("10.0.0.10")).to_value();
        let vlan = &tagged.get("vlans").unwrap().as_sequence().unwrap()[0];
        assert_eq!(vlan.get("vlanId"), Some(&Value::from(30_i64)));
        for key in ["addresses", "routes", "mtu", "vip"] {
            assert_eq!(vlan.get(key), plain.get(key), "{key}");
            assert!(tagged.get(key).is_none(), "{key}");
        }
        assert_eq!(tagged.get("dhcp"), Some(&Value::from(false)));
        assert_eq!(tagged.get("deviceSelector"), plain.get("deviceSelector"));
    }

    #[test]
    fn label_values_are_quoted_and_absent_labels_are_not_written() {
        let mut labelled = node("/dev/sda", interface(None, None));
        labelled.labels = [("zone", "rack-a"), ("storage", "true"), ("empty", "")].into_iter().collect();
        labelled.taints = [("dedicated", "db:NoSchedule")].into_iter().collect();
        let config = Talconfig {
            cluster_name: "kubernetes".to_owned(),
            endpoint: "https://10.0.0.10:6443".to_owned(),
            cert_sans: vec!["127.0.0.1".to_owned()],
            pod_nets: vec!["10.42.0.0/16".to_owned()],
            svc_nets: vec!["10.43.0.0/16".to_owned()],
            nodes: vec![labelled, node("/dev/sda", interface(None, None))],
            patches: Vec::new(),
            controller_patches: Vec::new(),
            worker_patches: Vec::new(),
        };
        let text = config.to_yaml();
        assert!(
            text.contains(
                "    nodeLabels:\n      zone: \"rack-a\"\n      storage: \"true\"\n      empty: \"\"\n"
            ),
            "{text}"
        );
        assert!(text.contains("    nodeTaints:\n      dedicated: \"db:NoSchedule\"\n"), "{text}");
        assert_eq!(text.matches("nodeLabels").count(), 1);
        assert!(!text.contains("patches") && !text.contains("worker"), "{text}");
        assert_eq!(yaml::load_one(&text, yaml::Dialect::GoYamlV3).unwrap(), config.to_value());
    }
}
