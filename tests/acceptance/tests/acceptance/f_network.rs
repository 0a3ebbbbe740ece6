//! F: gateways, names, certificates, the tunnel, and the storage of Proxmox.

use acceptance::{Look, System, yaml};
use yaml::Value;

use crate::{core, envoy_ai, external_secrets, kgateway, plain};

fn every() -> Vec<(std::sync::Arc<System>, &'static str)> {
    [(core(), "42"), (plain(), "42"), (kgateway(), "43"), (envoy_ai(), "45"), (external_secrets(), "44")]
        .into_iter()
        .map(|(one, network)| (one.system(), network))
        .collect()
}

/// The host, the gateway and the backend's port of a route.
fn route<'s>(system: &'s System, name: &str) -> (Vec<&'s str>, &'s str, &'s str, i128) {
    let route = system.get("HTTPRoute", name);
    let parent = route.at("spec parentRefs 0");
    assert_eq!(parent.text("namespace"), "network", "{name}");
    let backend = route.at("spec rules 0 backendRefs 0");
    (route.texts("spec hostnames"), parent.text("name"), backend.text("name"), backend.number("port"))
}

#[test]
fn s075_two_gateways_with_their_addresses() {
    for (system, network) in every() {
        for (name, host) in [("envoy-internal", "52"), ("envoy-external", "53")] {
            let gateway = system.get("Gateway", &format!("network/{name}"));
            let address = gateway.text("spec infrastructure annotations lbipam.cilium.io/ips");
            assert_eq!(address, format!("192.168.{network}.{host}"), "{name}");
            assert_eq!(gateway.each("spec listeners", "name"), ["http", "https"]);
        }
    }
}

#[test]
fn s076_the_admin_address() {
    for (system, _) in every() {
        let address = system.values("envoy-gateway").at("config envoyGateway admin address");
        assert_eq!((address.text("host"), address.number("port")), ("0.0.0.0", 19000));
    }
}

#[test]
fn s077_the_admin_route() {
    for (system, _) in every() {
        let (hosts, gateway, service, port) = route(&system, "network/envoy-admin-ui");
        assert_eq!((hosts, gateway, port), (vec!["envoy-ui.example.com"], "envoy-internal", 19000));
        let service = system.get("Service", &format!("network/{service}"));
        assert_eq!(service.number("spec ports 0 port"), 19000);
    }
}

#[test]
fn s078_the_hubble_route() {
    for (system, _) in every() {
        let (hosts, gateway, service, port) = route(&system, "kube-system/hubble-ui");
        assert_eq!((hosts, gateway), (vec!["hubble.example.com"], "envoy-internal"));
        assert_eq!((service, port), ("hubble-ui", 80));
    }
}

#[test]
fn s079_the_plugins_of_k8s_gateway_are_complete() {
    for (system, _) in every() {
        let plugins = system.values("k8s-gateway").each("extraZonePlugins", "name");
        for plugin in
            ["log", "errors", "health", "ready", "prometheus", "forward", "loop", "reload", "loadbalance"]
        {
            assert!(plugins.contains(&plugin), "{plugin}: {plugins:?}");
        }
    }
}

#[test]
fn s080_wildcard_certificates() {
    for (system, _) in every() {
        let certificate = system.get("Certificate", "network/example-com-production");
        assert_eq!(certificate.texts("spec dnsNames"), ["example.com", "*.example.com"]);
        let issuer = certificate.at("spec issuerRef");
        assert_eq!((issuer.text("kind"), issuer.text("name")), ("ClusterIssuer", "letsencrypt-production"));
        system.get("ClusterIssuer", "letsencrypt-production");
        assert_eq!(certificate.text("spec secretName"), "example-com-production-tls");
    }
}

#[test]
fn s081_private_and_public_apps() {
    let public = ["echo", "github-webhook", "keycloak", "obot"];
    let private =
        ["hubble-ui", "envoy-admin-ui", "agentgateway-ui", "grafana", "prometheus", "alertmanager", "onedev"];
    let mut seen = Vec::new();
    for (system, _) in every() {
        for object in system.all("HTTPRoute") {
            let name = object.value.text("metadata name").to_owned();
            let parent = object.value.at("spec parentRefs 0");
            let gateway = match name.as_str() {
                name if public.contains(&name) => "envoy-external",
                name if private.contains(&name) => "envoy-internal",
                _ => continue,
            };
            assert_eq!((parent.text("name"), parent.text("namespace")), (gateway, "network"), "{name}");
            seen.push(name);
        }
    }
    for name in public.iter().chain(&private) {
        assert!(seen.iter().any(|seen| seen == name), "no route {name}: {seen:?}");
    }
}

/// The hosts of the tunnel's entries, in order; the last has none.
fn tunnel(system: &System) -> Vec<(Option<String>, String)> {
    let config = yaml(system.values("cloudflare-tunnel").text("configMaps config data config.yaml"));
    let host = |entry: &Value| entry.find("hostname").map(|host| host.text("").to_owned());
    config.list("ingress").iter().map(|entry| (host(entry), entry.text("service").to_owned())).collect()
}

#[test]
fn s082_the_mcp_host_comes_before_the_wildcards() {
    let system = envoy_ai().system();
    let entries = tunnel(&system);
    let hosts: Vec<_> = entries.iter().map(|(host, _)| host.as_deref()).collect();
    assert_eq!(hosts, [Some("mcp-auth.example.com"), Some("*.example.com"), Some("*.example.net"), None]);
    assert_eq!(entries[0].1, "https://agentgateway.agentgateway.svc.cluster.local:443");
    assert_eq!(entries.last().unwrap().1, "http_status:404");
    let config = yaml(system.values("cloudflare-tunnel").text("configMaps config data config.yaml"));
    assert_eq!(config.text("ingress 0 originRequest originServerName"), "mcp-auth.example.com");
    assert_eq!(config.text("ingress 1 originRequest originServerName"), "external.example.com");
}

#[test]
fn s083_no_mcp_host_without_the_proxy() {
    // kgateway() has an address of that name, which is another system's.
    for system in [core(), kgateway(), external_secrets()].map(|one| one.system()) {
        let config = system.values("cloudflare-tunnel").text("configMaps config data config.yaml");
        assert!(!config.contains("agentgateway") && !config.contains("mcp-auth"), "{config}");
        assert_eq!(tunnel(&system).last().unwrap(), &(None, "http_status:404".to_owned()));
    }
}

#[test]
fn s084_the_region_of_proxmox() {
    for system in [kgateway().system(), envoy_ai().system()] {
        let secret = system.get("Secret", "csi-proxmox/proxmox-csi-plugin");
        let config = yaml(secret.text("stringData config.yaml"));
        let region = config.text("clusters 0 region");
        let talconfig = system.document("talos/talconfig.yaml");
        for node in talconfig.list("nodes") {
            assert_eq!(node.text("nodeLabels topology.kubernetes.io/region"), region);
            assert!(!node.text("nodeLabels topology.kubernetes.io/zone").is_empty());
        }
    }
    // A node without them is refused.
    let repository = kgateway().repository();
    let without = kgateway().nodes("      topology.kubernetes.io/zone: pve-b\n", "");
    crate::refused(&repository, &without, &["cp-1", "topology.kubernetes.io/zone"]);
    let other = kgateway().nodes("region: home", "region: away");
    crate::refused(&repository, &other, &["topology.kubernetes.io/region", "away"]);
}

#[test]
fn s085_the_settings_of_proxmox() {
    let given = kgateway().with(
        "proxmox_api_url: https://pve.test:8006/api2/json\nproxmox_storage: fast\n\
         proxmox_csi_token_id: csi@pve!token\nproxmox_csi_token_secret: THROWAWAY-proxmox",
    );
    let system = given.system();
    let secret = system.get("Secret", "csi-proxmox/proxmox-csi-plugin");
    let cluster = yaml(secret.text("stringData config.yaml")).at("clusters 0").clone();
    assert_eq!(cluster.text("url"), "https://pve.test:8006/api2/json");
    assert_eq!(
        (cluster.text("token_id"), cluster.text("token_secret")),
        ("csi@pve!token", "THROWAWAY-proxmox")
    );
    assert_eq!(cluster.at("insecure").as_bool(), Some(true));
    let classes = system.all("StorageClass");
    let names: Vec<_> = classes.iter().map(|class| class.value.text("metadata name")).collect();
    assert_eq!(names, ["proxmox-csi", "proxmox-csi-retain", "proxmox-csi-xfs"]);
    for class in classes {
        assert_eq!(class.value.text("parameters storage"), "fast");
        assert_eq!(class.value.text("provisioner"), "csi.proxmox.sinextra.dev");
        assert_eq!(class.value.text("volumeBindingMode"), "WaitForFirstConsumer");
        assert_eq!(class.value.at("allowVolumeExpansion").as_bool(), Some(true));
    }
}
