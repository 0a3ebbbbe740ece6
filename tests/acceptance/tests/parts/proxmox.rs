//! The parts of the system proxmox: its switches, each with those that it needs.

use acceptance::Configuration;
use acceptance::parts::{Part, part};

/// The parts. One stands behind those that it wants.
pub(crate) const PARTS: &[Part] = &[
    part("kube-vip", "kube_vip_enabled: true\n"),
    part("sealed-secrets", "sealed_secrets_enabled: true\n"),
    part("metallb", "metallb_enabled: true\n"),
    part("ingress-nginx", "ingress_nginx_enabled: true\n").wants(&["metallb"]),
    part("powerdns", "powerdns_enabled: true\n").wants(&["metallb"]),
    part("vault", "vault_enabled: true\n"),
    part("authentik", "authentik_enabled: true\n").wants(&["vault", "ingress-nginx", "powerdns"]),
    part("harbor", "harbor_enabled: true\n").wants(&["authentik"]),
    part("gitea", "gitea_enabled: true\n").wants(&["authentik"]),
    part("matrix", "matrix_enabled: true\n").wants(&["authentik"]),
    part("test-app", "test_app_enabled: true\n").wants(&["ingress-nginx"]),
    part("vps proxy", "vps_proxy_enabled: true\n").wants(&["ingress-nginx"]),
    part("counted nodes", "controller_count: 1\nworker_count: 3\n"),
    part("private", "repository_visibility: private\n"),
];

/// The example with every switch off.
pub(crate) fn base() -> Configuration {
    let off: Vec<_> = PARTS
        .iter()
        .flat_map(|part| part.lines.lines())
        .filter_map(|line| line.strip_suffix("_enabled: true"))
        .map(|name| format!("{name}_enabled: false"))
        .collect();
    Configuration::example("proxmox").with(&off.join("\n"))
}
