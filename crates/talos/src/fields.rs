//! The names of talhelper's fields (as of 3.1.16), so that unknown ones can be told from known ones.

/// `nodeLabels`
pub const LABELS: &str = "nodeLabels";
/// `nodeAnnotations`
pub const ANNOTATIONS: &str = "nodeAnnotations";
/// `nodeTaints`
pub const TAINTS: &str = "nodeTaints";

/// Fields of the whole cluster.
pub const CLUSTER: &[&str] = &[
    "clusterName",
    "talosVersion",
    "kubernetesVersion",
    "endpoint",
    "domain",
    "allowSchedulingOnMasters",
    "allowSchedulingOnControlPlanes",
    "additionalMachineCertSans",
    "additionalApiServerCertSans",
    "inlineManifests",
    "clusterPodNets",
    "clusterSvcNets",
    "cniConfig",
    "patches",
    "nodes",
    "imageFactory",
    "controlPlane",
    "worker",
];

/// Fields of a node only.
pub const NODE: &[&str] = &[
    "hostname",
    "ipAddress",
    "controlPlane",
    "installDisk",
    "installDiskSelector",
    "ignoreHostname",
    "overridePatches",
    "overrideExtraManifests",
    "overrideMachineCertSANs",
];

/// Fields of a node that `controlPlane` and `worker` may give for a whole role.
pub const ROLE: &[&str] = &[
    LABELS,
    ANNOTATIONS,
    TAINTS,
    "machineDisks",
    "machineFiles",
    "disableSearchDomain",
    "kernelModules",
    "nameservers",
    "networkInterfaces",
    "extraManifests",
    "certSANs",
    "patches",
    "talosImageURL",
    "noSchematicValidate",
    "schematic",
    "imageSchematic",
    "machineSpec",
    "ingressFirewall",
    "extensionServices",
    "volumes",
    "userVolumes",
    "filenameTmpl",
];

/// Fields of `machineSpec`.
pub const MACHINE_SPEC: &[&str] = &["mode", "arch", "secureboot", "useUKI", "bootMethod", "imageSuffix"];

/// Fields of `imageFactory`.
pub const IMAGE_FACTORY: &[&str] =
    &["registryURL", "schematicEndpoint", "protocol", "installerURLTmpl", "ISOURLTmpl"];

/// Fields of a network interface.
pub const INTERFACE: &[&str] = &[
    "interface",
    "deviceSelector",
    "addresses",
    "routes",
    "bond",
    "bridge",
    "bridgePort",
    "vlans",
    "mtu",
    "dhcp",
    "ignore",
    "dummy",
    "dhcpOptions",
    "wireguard",
    "vip",
];

/// Fields of a VLAN of an interface.
pub const VLAN: &[&str] = &["addresses", "routes", "dhcp", "vlanId", "mtu", "vip", "dhcpOptions"];

/// Fields of a selector of network devices.
pub const DEVICE_SELECTOR: &[&str] =
    &["busPath", "hardwareAddr", "permanentAddr", "pciID", "driver", "physical"];
