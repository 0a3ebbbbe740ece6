//! The forms a text may have: their names, what a person is told to write, and what JSON Schema says for them.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value as Json, json};

/// The form of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// An IPv4 address.
    Ipv4,
    /// An IPv4 network without host bits.
    Cidr,
    /// A domain name of at least two labels, lower case.
    Fqdn,
    /// A host name of one label or more (RFC 1123), lower case.
    Hostname,
    /// A domain name or an IPv4 address.
    Host,
    /// An autonomous system number, 1 to 4294967295; a number or digits.
    Asn,
    /// A VLAN id, 1 to 4094; a number or digits.
    Vlan,
    /// A port, 1 to 65535; a number or digits.
    Port,
    /// A MAC address in any common form; it becomes `aa:bb:cc:dd:ee:ff`.
    Mac,
    /// A Kubernetes quantity such as `500m` or `10Gi`.
    Quantity,
    /// A duration such as `168h` or `7d`.
    Duration,
    /// A URI with a scheme and a host.
    Uri,
    /// A semantic version, with or without `v`.
    Semver,
    /// A node's name: one label, and none of the names that patch folders have.
    NodeName,
    /// `owner/name` of a repository.
    Repository,
    /// The id of an Image Factory schematic: 64 hexadecimal digits.
    Schematic,
    /// A Kubernetes label key.
    LabelKey,
    /// A Kubernetes label value, which may be empty.
    LabelValue,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 18] = [
        Self::Ipv4,
        Self::Cidr,
        Self::Fqdn,
        Self::Hostname,
        Self::Host,
        Self::Asn,
        Self::Vlan,
        Self::Port,
        Self::Mac,
        Self::Quantity,
        Self::Duration,
        Self::Uri,
        Self::Semver,
        Self::NodeName,
        Self::Repository,
        Self::Schematic,
        Self::LabelKey,
        Self::LabelValue,
    ];

    /// What is expected, in words.
    pub(crate) fn expects(self) -> &'static str {
        match self {
            Self::Ipv4 => "an IPv4 address such as 192.168.1.10",
            Self::Cidr => "an IPv4 network such as 192.168.1.0/24",
            Self::Fqdn => "a domain name such as example.com",
            Self::Hostname => "a host name such as nas or nas.example.com",
            Self::Host => "a domain name or an IPv4 address",
            Self::Asn => "an AS number, 1 to 4294967295",
            Self::Vlan => "a VLAN id, 1 to 4094",
            Self::Port => "a port, 1 to 65535",
            Self::Mac => "a MAC address such as aa:bb:cc:dd:ee:ff",
            Self::Quantity => "a quantity such as 500m, 2 or 10Gi",
            Self::Duration => "a duration such as 168h or 7d",
            Self::Uri => "a URL such as https://example.com/path",
            Self::Semver => "a version such as 1.18.4",
            Self::NodeName => "a name such as k8s-0",
            Self::Repository => "owner/name, such as onedr0p/home-ops",
            Self::Schematic => "a schematic id of 64 hexadecimal digits",
            Self::LabelKey => "a label key such as topology.kubernetes.io/zone",
            Self::LabelValue => "a label value",
        }
    }

    /// The smallest and largest number, for formats that a number may stand for.
    pub(crate) fn range(self) -> Option<(u32, u32)> {
        match self {
            Self::Asn => Some((1, u32::MAX)),
            Self::Vlan => Some((1, 4094)),
            Self::Port => Some((1, 65535)),
            _ => None,
        }
    }

    /// What JSON Schema says for it: keywords to add to the schema of a text.
    pub(crate) fn json_schema(self) -> Json {
        const LABEL: &str = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
        const NAME: &str = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";
        let fqdn = format!(r"({LABEL}\.)+([a-z]{{2,}}|xn--[a-z0-9-]+)");
        let ipv4 = r"([0-9]{1,3}\.){3}[0-9]{1,3}";
        match self {
            Self::Ipv4 => json!({ "format": "ipv4" }),
            Self::Cidr => json!({ "pattern": format!("^{ipv4}/([0-9]|[12][0-9]|3[0-2])$") }),
            Self::Fqdn => json!({ "pattern": format!("^{fqdn}$"), "maxLength": 253 }),
            Self::Hostname => json!({ "pattern": format!(r"^{LABEL}(\.{LABEL})*$"), "maxLength": 253 }),
            Self::Host => json!({ "pattern": format!("^({fqdn}|{ipv4})$"), "maxLength": 253 }),
            Self::Asn | Self::Vlan | Self::Port => {
                let (minimum, maximum) = self.range().unwrap_or_default();
                json!({ "pattern": "^[0-9]+$", "minimum": minimum, "maximum": maximum })
            }
            Self::Mac => json!({
                "pattern": "^([0-9A-Fa-f]{2}((:[0-9A-Fa-f]{2}){5}|(-[0-9A-Fa-f]{2}){5})|[0-9A-Fa-f]{4}(\\.[0-9A-Fa-f]{4}){2}|[0-9A-Fa-f]{12})$"
            }),
            Self::Quantity => json!({ "pattern": QUANTITY }),
            Self::Duration => json!({ "pattern": DURATION }),
            Self::Uri => json!({ "format": "uri", "pattern": URI }),
            Self::Semver => json!({ "pattern": SEMVER }),
            Self::NodeName => json!({
                "pattern": format!("^{LABEL}$"), "not": { "enum": crate::declaration::RESERVED_NODE_NAMES }
            }),
            Self::Repository => json!({ "pattern": REPOSITORY }),
            Self::Schematic => json!({ "pattern": "^[0-9a-f]{64}$" }),
            Self::LabelKey => json!({ "pattern": format!("^({LABEL}(\\.{LABEL})*/)?{NAME}$") }),
            Self::LabelValue => json!({ "pattern": format!("^({NAME})?$") }),
        }
    }

    /// The pattern that decides, for formats that are nothing but a pattern.
    pub(crate) fn pattern(self) -> Option<&'static str> {
        match self {
            Self::Quantity => Some(QUANTITY),
            Self::Duration => Some(DURATION),
            Self::Uri => Some(URI),
            Self::Semver => Some(SEMVER),
            Self::Repository => Some(REPOSITORY),
            _ => None,
        }
    }
}

/// Kubernetes' resource.Quantity.
const QUANTITY: &str = r"^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$";
/// Go's time.ParseDuration, and the days, weeks and years that Prometheus and its kin know.
const DURATION: &str = r"^([0-9]+(\.[0-9]+)?(ns|us|µs|ms|s|m|h|d|w|y))+$";
const URI: &str = r"^[a-z][a-z0-9+.-]*://[^\s/]+(/\S*)?$";
const SEMVER: &str =
    r"^v?(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$";
const REPOSITORY: &str = r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$";
