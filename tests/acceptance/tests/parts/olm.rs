//! The parts of the system olm. Its components are always there; what is optional are their settings.

use acceptance::Configuration;
use acceptance::parts::{Part, part};

/// The parts.
pub(crate) const PARTS: &[Part] = &[
    part("no network policy", "flux_network_policy: false\n"),
    part(
        "image controllers",
        "flux_components_extra: [image-reflector-controller, image-automation-controller]\n",
    ),
    part("private", "repository_visibility: private\n"),
    part("another branch", "repository_branch: live\n"),
    part("sans", "cluster_api_tls_sans: [k8s.example.com]\n"),
    part("vlan", "node_vlan_tag: 100\n"),
    part("networks", "cluster_pod_cidr: 10.44.0.0/16\ncluster_svc_cidr: 10.45.0.0/16\n"),
    part("name servers", "node_dns_servers: [9.9.9.9]\nnode_ntp_servers: [162.159.200.1]\n"),
    part("certificates without gateways", "cert_manager_enable_gateway_api: false\n"),
    part("certificates without owners", "cert_manager_enable_certificate_owner_ref: false\n"),
    part(
        "challenges",
        "cert_manager_dns01_recursive_nameservers: [\"https://1.1.1.1/dns-query\"]\ncert_manager_dns01_recursive_nameservers_only: false\n",
    ),
];

/// The keys of the example that must be given, and Flux's user.
pub(crate) fn base() -> Configuration {
    Configuration::example("olm").without(&[
        "node_dns_servers",
        "cluster_api_tls_sans",
        "flux_components_extra",
    ])
}
