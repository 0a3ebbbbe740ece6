//! A: what is accepted and refused, and what a setting changes.

use acceptance::Look;

use crate::{core, envoy_ai, external_secrets, kgateway, plain, refused};

#[test]
fn s001_every_required_key_is_asked_for() {
    let repository = core().repository();
    for key in [
        "node_cidr",
        "cluster_api_addr",
        "cluster_dns_gateway_addr",
        "cluster_gateway_addr",
        "cloudflare_gateway_addr",
        "repository_name",
        "cloudflare_token",
    ] {
        refused(&repository, &core().without(&[key]), &[key, "required"]);
    }
    refused(&repository, &core().without(&["cloudflare_domains"]), &["cloudflare_domains", "required"]);
}

#[test]
fn s002_one_domain_as_text() {
    let system = plain().system();
    let certificates = system.all("Certificate");
    assert_eq!(certificates.len(), 1);
    assert_eq!(certificates[0].value.texts("spec dnsNames"), ["example.com", "*.example.com"]);
    let domain = system.get("Secret", "network/cluster-secrets").at("stringData SECRET_DOMAIN");
    assert_eq!(domain.as_str(), Some("example.com"));
}

#[test]
fn s003_two_domains_in_either_key() {
    let list = core().without(&["cloudflare_domains"]).with("cloudflare_domain: [example.com, example.net]");
    for system in [core().system(), list.system()] {
        let certificates: Vec<_> =
            system.all("Certificate").iter().map(|one| one.value.text("metadata name").to_owned()).collect();
        assert_eq!(certificates, ["example-com-production", "example-net-production"]);
        let secrets = system.get("Secret", "network/cluster-secrets").at("stringData");
        assert_eq!(secrets.text("SECRET_DOMAIN"), "example.com", "the first is the primary one");
        let tunnel =
            acceptance::yaml(system.values("cloudflare-tunnel").text("configMaps config data config.yaml"));
        let hosts: Vec<_> =
            tunnel.list("ingress").iter().filter_map(|entry| entry.find("hostname")?.as_str()).collect();
        assert_eq!(hosts, ["*.example.com", "*.example.net"]);
        assert_eq!(system.values("cloudflare-dns").texts("domainFilters"), ["example.com", "example.net"]);
        let names: Vec<_> = system
            .all("DNSEndpoint")
            .iter()
            .flat_map(|one| one.value.each("spec endpoints", "dnsName"))
            .map(str::to_owned)
            .collect();
        assert_eq!(names, ["external.example.com", "external.example.net"]);
    }
}

#[test]
fn s004_a_bad_node_name() {
    let repository = core().repository();
    for name in ["Cp-0", "cp_0", "-cp0"] {
        let bad = core().nodes("name: cp-0", &format!("name: \"{name}\""));
        refused(&repository, &bad, &["nodes.yaml:", name]);
    }
}

#[test]
fn s005_a_node_outside_its_network() {
    let repository = core().repository();
    let outside = core().nodes("192.168.42.12", "192.168.43.12");
    refused(&repository, &outside, &["cp-1", "192.168.43.12", "192.168.42.0/24"]);
}

#[test]
fn s006_every_required_key_of_a_node() {
    let repository = core().repository();
    for (line, key) in [
        ("  - name: cp-0\n    address", "name"),
        ("    address: 192.168.42.11\n", "address"),
        ("    controller: true\n", "controller"),
        ("    disk: /dev/sda\n", "disk"),
        ("    mac_addr: \"02:00:c0:a8:2a:0b\"\n", "mac_addr"),
        (
            "    schematic_id: dee35a370a73ec9042e340bb074f921a2dd940f4cce2c2b1cdc1f2019c222b29\n",
            "schematic_id",
        ),
    ] {
        let without = if key == "name" { "  - address" } else { "" };
        refused(&repository, &core().nodes(line, without), &["nodes.yaml:", key]);
    }
}

#[test]
fn s007_disk_by_path_or_serial() {
    let talconfig = core().system().document("talos/talconfig.yaml");
    let node = |name| talconfig.item("nodes", "hostname", name);
    assert_eq!(node("cp-0").text("installDisk"), "/dev/sda");
    assert!(node("cp-0").find("installDiskSelector").is_none());
    assert_eq!(node("worker-0").text("installDiskSelector serial"), "S4EXAMPLE0001");
    assert!(node("worker-0").find("installDisk").is_none());
}

#[test]
fn s008_node_labels() {
    let system = core().system();
    let talconfig = system.document("talos/talconfig.yaml");
    let labels = talconfig.item("nodes", "hostname", "worker-0").at("nodeLabels").as_mapping().unwrap();
    let pairs: Vec<_> = labels.iter().map(|(key, value)| (key.text(""), value.text(""))).collect();
    assert_eq!(
        pairs,
        [
            ("topology.kubernetes.io/region", "home"),
            ("topology.kubernetes.io/zone", "rack-a"),
            ("node.example.com/storage", "true"),
        ]
    );
    let quoted = system.read("talos/talconfig.yaml");
    assert!(quoted.contains("node.example.com/storage: \"true\"") && quoted.contains("zone: \"rack-a\""));
    assert!(talconfig.item("nodes", "hostname", "worker-1").find("nodeLabels").is_none());
}

#[test]
fn s009_a_part_of_bgp() {
    let keys = ["cilium_bgp_router_addr", "cilium_bgp_router_asn", "cilium_bgp_node_asn"];
    let repository = core().repository();
    for first in 0..3 {
        refused(&repository, &core().without(&[keys[first]]), &[keys[first]]);
        let two = [keys[first], keys[(first + 1) % 3]];
        refused(&repository, &core().without(&two), &two);
    }
    // And without any there is nothing of it.
    let none = plain().system();
    assert!(none.objects().iter().all(|object| !object.name().starts_with("CiliumBGP")));
    let enabled = none.values("cilium").find("bgpControlPlane enabled");
    assert!(enabled.is_none_or(|enabled| enabled.as_bool() == Some(false)));
}

#[test]
fn s010_all_of_bgp() {
    let system = core().system();
    assert_eq!(system.values("cilium").at("bgpControlPlane enabled").as_bool(), Some(true));
    assert_eq!((system.all("CiliumBGPAdvertisement").len(), system.all("CiliumBGPPeerConfig").len()), (1, 1));
    let cluster = &system.all("CiliumBGPClusterConfig")[0].value;
    let instance = cluster.at("spec bgpInstances 0");
    assert_eq!((instance.text("name"), instance.number("localASN")), ("instance-64514", 64514));
    let peer = instance.at("peers 0");
    assert_eq!((peer.text("name"), peer.number("peerASN")), ("peer-64513-v4", 64513));
    assert_eq!(peer.text("peerAddress"), "192.168.42.1");
    let config = peer.text("peerConfigRef name");
    assert_eq!(system.all("CiliumBGPPeerConfig")[0].value.text("metadata name"), config);
}

#[test]
fn s011_one_node_has_no_image_mirror() {
    let one = core().without(&["allow_scheduling_on_control_planes"]).first_nodes(1).system();
    assert!(!one.has("kubernetes/apps/kube-system/spegel"));
    assert!(!one.read("kubernetes/apps/kube-system/kustomization.yaml").contains("spegel"));
    let helmfile = one.document("bootstrap/helmfile.d/01-apps.yaml");
    assert!(!helmfile.each("releases", "name").contains(&"spegel"));
    assert_eq!(helmfile.item("releases", "name", "cert-manager").texts("needs"), ["kube-system/coredns"]);
}

#[test]
fn s012_several_nodes_have_one() {
    let system = core().first_nodes(4).system();
    assert!(system.has("kubernetes/apps/kube-system/spegel/app/helmrelease.yaml"));
    let listed = system.document("kubernetes/apps/kube-system/kustomization.yaml");
    assert!(listed.texts("resources").contains(&"./spegel/ks.yaml"));
    let helmfile = system.document("bootstrap/helmfile.d/01-apps.yaml");
    assert_eq!(helmfile.item("releases", "name", "spegel").texts("needs"), ["kube-system/coredns"]);
    assert_eq!(helmfile.item("releases", "name", "cert-manager").texts("needs"), ["kube-system/spegel"]);
}

#[test]
fn s013_only_public_name_servers_are_fallen_back_to() {
    let system = core().with("node_dns_servers: [\"192.168.1.1\", \"9.9.9.9\"]").system();
    let forward = system.values("k8s-gateway").item("extraZonePlugins", "name", "forward");
    assert_eq!(forward.text("parameters"), ". 9.9.9.9 1.1.1.1");
}

#[test]
fn s014_half_of_a_proxmox_token() {
    let (id, secret) = ("proxmox_csi_token_id", "proxmox_csi_token_secret");
    let repository = kgateway().repository();
    refused(&repository, &kgateway().without(&[id]), &[id]);
    refused(&repository, &kgateway().without(&[secret]), &[secret]);
    assert!(!core().system().has("kubernetes/apps/csi-proxmox"));
}

#[test]
fn s015_no_ai_without_its_address() {
    for system in [core().system(), external_secrets().system()] {
        assert!(!system.has("kubernetes/apps/kgateway-system") && !system.has("kubernetes/apps/ai-system"));
        assert!(system.all("ReferenceGrant").is_empty());
    }
}

#[test]
fn s016_the_otlp_endpoint_reaches_the_gateway() {
    let system = kgateway().with("otel_collector_endpoint: otel-collector.monitoring:4317").system();
    let parameters = system.get("GatewayParameters", "kgateway-system/agentgateway-params");
    let map = parameters.text("spec kube agentgateway customConfigMapName");
    let config = system.get("ConfigMap", &format!("kgateway-system/{map}"));
    let config = acceptance::yaml(config.text("data config.yaml"));
    assert_eq!(config.text("config tracing otlpEndpoint"), "http://otel-collector.monitoring:4317");
    // Nothing of it where it is not said.
    let none = kgateway().without(&["otel_collector_endpoint"]).system();
    let parameters = none.get("GatewayParameters", "kgateway-system/agentgateway-params");
    assert!(parameters.find("spec kube agentgateway customConfigMapName").is_none());
}

#[test]
fn s017_the_old_azure_keys_have_their_version() {
    let old = kgateway().without(&[
        "azure_openai_eastus2_resource_name",
        "azure_openai_eastus2_api_key",
        "azure_openai_eastus2_chat_deployment_name",
    ]);
    let old = old.with(
        "azure_openai_api_key: THROWAWAY-legacy\nazure_openai_resource_name: legacy\nazure_openai_deployment_name: gpt-4o",
    );
    let system = old.system();
    let azure = system.get("Backend", "ai-system/azure-openai-eastus2-chat").at("spec ai llm azureopenai");
    assert_eq!(azure.text("apiVersion"), "2025-04-01-preview");
    assert_eq!(azure.text("endpoint"), "https://legacy.openai.azure.com");
    assert_eq!(azure.text("deploymentName"), "gpt-4o");
}

#[test]
fn s018_controllers_run_pods_by_default() {
    let patch = plain().system().document("talos/patches/controller/cluster.yaml");
    assert_eq!(patch.at("cluster allowSchedulingOnControlPlanes").as_bool(), Some(true));
}

#[test]
fn s019_controllers_run_no_pods_when_told_so() {
    let patch = core().system().document("talos/patches/controller/cluster.yaml");
    assert_eq!(patch.at("cluster allowSchedulingOnControlPlanes").as_bool(), Some(false));
}

#[test]
fn s020_the_default_scopes() {
    let system = envoy_ai().without(&["agentgateway_scopes"]).system();
    let parameters = system.get("AgentgatewayParameters", "agentgateway/agentgateway");
    let scopes = "spec rawConfig binds 0 listeners 0 routes 0 policies mcpAuthentication resourceMetadata scopesSupported";
    assert_eq!(parameters.texts(scopes), ["openid", "profile", "email", "offline_access"]);
}

#[test]
fn s021_an_address_is_given_once() {
    let repository = envoy_ai().repository();
    let gateways = [
        ("cluster_gateway_addr", "192.168.45.52"),
        ("cluster_dns_gateway_addr", "192.168.45.51"),
        ("cloudflare_gateway_addr", "192.168.45.53"),
        ("cluster_api_addr", "192.168.45.10"),
        ("envoy_ai_gateway_addr", "192.168.45.54"),
        ("mcp_gateway_addr", "192.168.45.55"),
        ("agentgateway_addr", "192.168.45.56"),
    ];
    for (n, (first, _)) in gateways.iter().enumerate() {
        let (second, address) = gateways[(n + 1) % gateways.len()];
        let twice = envoy_ai().with(&format!("{first}: {address}"));
        refused(&repository, &twice, &[first, second, address]);
    }
}

#[test]
fn s022_envoy_ai_gateway_needs_its_address() {
    let repository = envoy_ai().repository();
    refused(&repository, &envoy_ai().without(&["envoy_ai_gateway_addr"]), &["envoy_ai_gateway_addr"]);
}
