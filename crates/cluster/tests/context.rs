//! The context: defaults and computed values as configuration.md (sections 2 to 11) has them, in every form of input.

#![allow(clippy::unwrap_used, reason = "help for tests")]

mod support;

use support::{base, check, report, test_model};
use yaml::{Dialect, Value};

/// The context of the base with more behind it.
fn context(more: &str) -> Value {
    let checked = check(&test_model(), &[&base("cluster.yaml"), &base("nodes.yaml"), more]);
    let context = checked.context.unwrap_or_else(|| panic!("{}", report(&checked.findings)));
    context.value().clone()
}

/// One key of the context of the base with more behind it, as YAML in flow style would give it.
fn value(more: &str, key: &str) -> Value {
    context(more).get(key).cloned().unwrap_or_else(|| panic!("{key} is not in the context"))
}

fn yaml(text: &str) -> Value {
    yaml::load_one(text, Dialect::Yaml12).unwrap()
}

#[test]
fn spec_defaults() {
    let context = context("{}");
    for (key, want) in [
        ("contextVersion", "1"),
        ("system", "cluster-template"),
        ("platform", "metal"),
        ("node_dns_servers", "[1.1.1.1, 1.0.0.1]"),
        ("node_ntp_servers", "[162.159.200.1, 162.159.200.123]"),
        ("node_vlan_tag", "null"),
        ("cluster_pod_cidr", "10.42.0.0/16"),
        ("cluster_svc_cidr", "10.43.0.0/16"),
        ("cluster_api_tls_sans", "null"),
        ("allow_scheduling_on_control_planes", "true"),
        ("repository_branch", "main"),
        ("repository_visibility", "public"),
        ("cilium_loadbalancer_mode", "dsr"),
        ("proxmox_insecure", "true"),
        ("proxmox_region", "talos-k8s"),
        ("proxmox_storage", "local-lvm"),
        ("observability_enabled", "false"),
    ] {
        assert_eq!(context.get(key), Some(&yaml(want)), "{key}");
    }
}

#[test]
fn spec_computed_values() {
    let more = "node_dns_servers: [10.10.10.1, 9.9.9.9]\ncluster_api_tls_sans: [k8s.example.com, 10.0.0.1]\n";
    for (more, key, want) in [
        ("{}", "node_default_gateway", "10.10.10.1"),
        ("{}", "cloudflare_domains", "[example.com]"),
        ("cloudflare_domain: [a.example, b.example]\n", "cloudflare_domains", "[a.example, b.example]"),
        ("cloudflare_domain: null\ncloudflare_domains: [c.example]\n", "primary_domain", "c.example"),
        ("cloudflare_domains: [c.example]\n", "primary_domain", "c.example"),
        ("{}", "k8s_gateway_fallback_dns", "[1.1.1.1, 1.0.0.1]"),
        (more, "k8s_gateway_fallback_dns", "[9.9.9.9, 1.1.1.1]"),
        (more, "cert_sans", "[127.0.0.1, 10.10.10.254, k8s.example.com, 10.0.0.1]"),
        ("{}", "cert_sans", "[127.0.0.1, 10.10.10.254]"),
        ("{}", "cluster_name", "kubernetes"),
        ("{}", "controller_count", "1"),
        ("{}", "spegel_enabled", "false"),
        ("{}", "cilium_bgp_enabled", "false"),
        ("{}", "proxmox_csi_enabled", "false"),
        (
            "cilium_bgp_router_addr: 10.10.10.1\ncilium_bgp_router_asn: 1\ncilium_bgp_node_asn: 2\n",
            "cilium_bgp_enabled",
            "true",
        ),
        ("system: cluster-template\nplatform: proxmox\n", "platform", "proxmox"),
    ] {
        assert_eq!(value(more, key), yaml(want), "{key} with {more}");
    }
}

#[test]
fn values_are_in_canonical_form() {
    for (more, key, want) in [
        ("node_vlan_tag: 100\n", "node_vlan_tag", "\"100\""),
        ("node_vlan_tag: \"0100\"\n", "node_vlan_tag", "\"100\""),
        ("cluster_pod_cidr: \"\"\n", "cluster_pod_cidr", "10.42.0.0/16"),
        ("cluster_pod_cidr: ~\n", "cluster_pod_cidr", "10.42.0.0/16"),
        ("node_vlan_tag: \"\"\n", "node_vlan_tag", "null"),
        ("node_dns_servers: []\n", "node_dns_servers", "[]"),
    ] {
        assert_eq!(value(more, key), yaml(want), "{more}");
    }
    let nodes = value("{}", "nodes");
    assert_eq!(nodes.as_sequence().unwrap()[0].get("mtu"), Some(&Value::Int(1500)));
    assert_eq!(nodes.as_sequence().unwrap()[0].get("nodeLabels"), Some(&Value::Null));
}

#[test]
fn components_slots_and_versions() {
    let on = "alpha_enabled: true\ngamma_enabled: true\nalpha_url: https://a.example.com\nalpha_password: THROWAWAY-long\nalpha_replicas: 3\n";
    assert_eq!(value("{}", "components"), yaml("kube-system: [cilium]"));
    assert_eq!(value(on, "components"), yaml("demo: [alpha, gamma]\nkube-system: [cilium]"));
    let off = value("{}", "provided");
    assert_eq!(
        off,
        yaml(
            "helmfile_crds: []\nhelmfile_apps: []\ntunnel_routes: []\ncluster_secrets: []\nnamespace_extras: []\nextra: []"
        )
    );
    let provided = value(on, "provided");
    assert_eq!(provided.get("helmfile_apps"), Some(&yaml("[{name: alpha, namespace: demo, order: 70}]")));
    assert_eq!(
        provided.get("cluster_secrets"),
        Some(&yaml("[{name: ALPHA_PASSWORD, value: THROWAWAY-long}, {name: ALPHA_UNSET, value: null}]"))
    );
    let routes = "[{host: alpha-3, service: \"http://alpha.example.com\"}]";
    assert_eq!(provided.get("tunnel_routes"), Some(&yaml(routes)));
    // Versions are of all components, and text even where YAML would read a number.
    assert_eq!(
        value("{}", "versions").get("demo/alpha"),
        Some(&yaml("chart: {oci: ghcr.io/example/alpha, tag: \"1.10\"}"))
    );
}

#[test]
fn every_declared_key_is_there_and_never_empty() {
    let model = test_model();
    let context = context("{}");
    for key in model.options().keys() {
        assert!(context.get(key).is_some(), "{key}");
        assert_ne!(context.get(key), Some(&Value::from("")), "{key}");
    }
    for node in context.get("nodes").unwrap().as_sequence().unwrap() {
        for field in model.fields().keys() {
            assert!(node.get(field).is_some(), "{field}");
        }
    }
}

#[test]
fn one_text_with_several_documents_is_as_good_as_two_files() {
    let model = test_model();
    let (cluster, nodes) = (base("cluster.yaml"), base("nodes.yaml"));
    let two = check(&model, &[&cluster, &nodes]).context.unwrap().to_yaml();
    assert_eq!(check(&model, &[&format!("{cluster}---\n{nodes}")]).context.unwrap().to_yaml(), two);
    assert_eq!(check(&model, &[&format!("{cluster}{nodes}")]).context.unwrap().to_yaml(), two);
    assert_eq!(
        check(&model, &[&format!("{cluster}\n{nodes}").replace('\n', "\r\n")]).context.unwrap().to_yaml(),
        two
    );
}

#[test]
fn a_masked_context_tells_no_secret() {
    let on = "alpha_enabled: true\ngamma_enabled: true\nalpha_url: https://a.example.com\nalpha_password: THROWAWAY-long\n";
    let checked = check(&test_model(), &[&base("cluster.yaml"), &base("nodes.yaml"), on]);
    let context = checked.context.unwrap();
    assert!(
        context.to_yaml().contains("THROWAWAY-s3cr3t-t0ken") && context.to_yaml().contains("THROWAWAY-long")
    );
    let masked = context.to_masked_yaml();
    assert!(!masked.contains("THROWAWAY"), "{masked}");
    assert!(
        masked.contains("cloudflare_token: \"***\"\n") && masked.contains("value: \"***\"\n"),
        "{masked}"
    );
    assert!(masked.contains("proxmox_csi_token_secret: null\n"), "{masked}");
}

#[test]
fn a_thousand_nodes() {
    let schematic = "ab".repeat(32);
    let node = |n: usize| {
        let (third, fourth, mac) = (n / 200 + 20, n % 200 + 10, format!("{:02x}:{:02x}", n / 256, n % 256));
        format!(
            "  - {{name: n-{n}, address: 10.10.{third}.{fourth}, controller: {}, disk: /dev/nvme0n1, \
             mac_addr: \"02:00:00:00:{mac}\", schematic_id: {schematic}}}\n",
            n < 3
        )
    };
    let nodes = format!("nodes:\n{}", (0..1000).map(node).collect::<String>());
    let wide = "node_cidr: 10.10.0.0/16\nnode_default_gateway: 10.10.0.1\ncluster_pod_cidr: 10.64.0.0/12\n";
    let checked = check(&test_model(), &[&base("cluster.yaml"), &nodes, wide]);
    assert_eq!(report(&checked.findings), "");
    assert_eq!(checked.context.unwrap().value().get("controller_count"), Some(&Value::Int(3)));
}
