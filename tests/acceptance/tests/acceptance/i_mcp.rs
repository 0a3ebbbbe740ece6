//! I: the MCP OAuth proxy, and image volumes.

use std::sync::Arc;

use acceptance::{Look, Machines, System};
use pipeline::text;

use crate::{core, envoy_ai, external_secrets, kgateway, plain};

fn system() -> Arc<System> {
    envoy_ai().system()
}

/// The policies of the proxy's MCP route.
const POLICIES: &str = "spec rawConfig binds 0 listeners 0 routes 0 policies";

#[test]
fn s115_the_gateway_class() {
    let system = system();
    let class = system.get("GatewayClass", "agentgateway");
    assert_eq!(class.text("spec controllerName"), "kgateway.dev/agentgateway");
}

#[test]
fn s116_its_objects() {
    let system = system();
    for object in
        system.objects().iter().filter(|object| object.file.starts_with("kubernetes/apps/agentgateway"))
    {
        assert_ne!(object.value.text("kind"), "MCPRoute", "{}", object.name());
    }
    assert!(
        system.get("AgentgatewayParameters", "agentgateway/agentgateway").find("spec rawConfig").is_some()
    );
    for kind in ["GatewayParameters", "TrafficPolicy", "HTTPListenerPolicy"] {
        let there =
            system.all(kind).iter().any(|one| one.name().starts_with(&format!("{kind} agentgateway/")));
        assert!(there, "{kind}");
    }
    let bucket = system.all("TrafficPolicy")[0].value.at("spec rateLimit local tokenBucket");
    assert_eq!((bucket.number("maxTokens"), bucket.text("fillInterval")), (100, "60s"));
}

#[test]
fn s117_the_protected_resource() {
    let system = system();
    let parameters = system.get("AgentgatewayParameters", "agentgateway/agentgateway");
    assert_eq!(parameters.number("spec rawConfig binds 0 port"), 3000);
    let authentication = parameters.at(POLICIES).at("mcpAuthentication");
    assert_eq!(authentication.text("resourceMetadata resource"), "https://mcp-auth.example.com/mcp");
    assert_eq!(authentication.text("issuer"), "https://auth.example.com/realms/k8s-cluster");
    assert_eq!(authentication.texts("audiences"), ["agentgateway-mcp"]);
    let gateway = system.get("Gateway", "agentgateway/agentgateway");
    let listener = gateway.item("spec listeners", "name", "mcp");
    assert_eq!(listener.number("port"), 3000);
    assert_eq!(listener.text("allowedRoutes namespaces from"), "Same");
}

#[test]
fn s118_no_origin_is_open() {
    let system = system();
    let parameters = system.get("AgentgatewayParameters", "agentgateway/agentgateway");
    let mut origins: Vec<_> =
        parameters.at(POLICIES).texts("cors allowOrigins").iter().map(|one| (*one).to_owned()).collect();
    let realm =
        acceptance::yaml(system.get("ConfigMap", "keycloak/keycloak-realm").text("data k8s-cluster.yaml"));
    let clients = realm.list("clients");
    assert!(clients.iter().any(|client| client.text("clientId") == "agentgateway-mcp"));
    origins.extend(clients.iter().flat_map(|client| client.texts("webOrigins")).map(str::to_owned));
    assert!(origins.len() >= 4, "{origins:?}");
    for origin in origins {
        assert!(origin.starts_with("https://*.example."), "{origin}");
    }
}

#[test]
fn s119_two_systems_apart() {
    let system = system();
    let ai = ["envoy-ai-gateway-system", "ai-system", "envoy-ai", "envoy-mcp"];
    for object in system.objects() {
        let name = object.name();
        let said = format!("{:?}", object.value);
        let is_proxy = object.file.starts_with("kubernetes/apps/agentgateway");
        let is_ai = ai.iter().any(|part| object.file.components().any(|one| one.as_os_str() == *part));
        if is_proxy {
            for other in &ai {
                assert!(!said.contains(&format!("\"{other}\"")), "{name} speaks of {other}");
            }
        }
        if is_ai {
            assert!(!said.contains("\"agentgateway\""), "{name} speaks of agentgateway");
        }
    }
    // Each is there without the other.
    let mcp =
        ["mcp_gateway_enabled", "mcp_gateway_addr", "envoy_ai_gateway_enabled", "envoy_ai_gateway_addr"];
    let proxy = envoy_ai().without(&mcp).without(&["obot_enabled"]).system();
    assert!(
        proxy.has("kubernetes/apps/agentgateway") && !proxy.has("kubernetes/apps/envoy-ai-gateway-system")
    );
    let models = envoy_ai().without(&["agentgateway_enabled", "agentgateway_addr"]).system();
    assert!(
        !models.has("kubernetes/apps/agentgateway") && models.has("kubernetes/apps/envoy-ai-gateway-system")
    );
}

#[test]
fn s120_xds_may_pass() {
    let system = system();
    let ports = |list: &yaml::Value| -> Vec<String> {
        list.list("ports").iter().map(|port| format!("{:?}", port.at("port"))).collect()
    };
    let has_xds = |list: &yaml::Value| {
        let ports = ports(list);
        ["9977", "9978"].iter().all(|wanted| ports.iter().any(|port| port.contains(wanted)))
    };
    let ingress = system.get("NetworkPolicy", "agentgateway/controller-ingress");
    let from = ingress.list("spec ingress").iter().find(|rule| has_xds(rule)).unwrap();
    let label = "gateway.networking.k8s.io/gateway-name";
    assert_eq!(from.text(&format!("from 0 podSelector matchLabels {label}")), "agentgateway");
    let egress = system.get("NetworkPolicy", "agentgateway/proxy-egress");
    assert!(egress.list("spec egress").iter().any(has_xds));
    let cilium = system.get("CiliumNetworkPolicy", "agentgateway/proxy-xds");
    assert!(has_xds(cilium.at("spec egress 0 toPorts 0")));
    let counts = |kind: &str| {
        let all = system.all(kind);
        all.iter().filter(|one| one.name().starts_with(&format!("{kind} agentgateway/"))).count()
    };
    assert_eq!((counts("NetworkPolicy"), counts("CiliumNetworkPolicy")), (4, 2));
}

#[test]
fn s121_both_image_volume_gates() {
    for system in [core(), plain(), kgateway(), envoy_ai(), external_secrets()].map(|one| one.system()) {
        let kubelet = system.document("talos/patches/global/machine-kubelet.yaml");
        assert_eq!(kubelet.text("machine kubelet extraArgs feature-gates"), "ImageVolume=true");
        let controller = system.document("talos/patches/controller/cluster.yaml");
        assert_eq!(controller.text("cluster apiServer extraArgs feature-gates"), "ImageVolume=true");
    }
}

#[test]
fn s122_the_gates_by_role() {
    let machines = Machines::running(&core());
    for (file, controller) in [("kubernetes-cp-0.yaml", true), ("kubernetes-worker-0.yaml", false)] {
        let documents = machines.repository.read(&format!("talos/clusterconfig/{file}"));
        let documents = yaml::load(&documents, yaml::Dialect::GoYamlV3).unwrap();
        let config = documents.iter().find(|one| one.find("machine").is_some()).unwrap();
        assert_eq!(config.text("machine kubelet extraArgs feature-gates"), "ImageVolume=true", "{file}");
        let server = config.find("cluster apiServer extraArgs feature-gates");
        assert_eq!(server.is_some(), controller, "{file}");
    }
    assert!(!text(&machines.just(&["--list"])).is_empty());
}

#[test]
fn s123_the_vector_extension() {
    let system = system();
    let cluster = system.get("Cluster", "obot/obot-db");
    assert_eq!(cluster.text("spec imageName"), "ghcr.io/cloudnative-pg/postgresql:18-minimal-trixie");
    let extension = cluster.item("spec postgresql extensions", "name", "pgvector");
    assert_eq!(extension.text("image reference"), "ghcr.io/cloudnative-pg/pgvector:0.8.1-18-trixie");
    let database = system.get("Database", "obot/obot-db");
    assert_eq!(database.each("spec extensions", "name"), ["vector"]);
    assert_eq!(database.text("spec cluster name"), "obot-db");
}
