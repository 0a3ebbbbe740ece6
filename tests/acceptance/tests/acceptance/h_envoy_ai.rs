//! H: Envoy AI Gateway.

use std::collections::BTreeSet;
use std::sync::Arc;

use acceptance::{Look, System};
use yaml::Value;

use crate::{core, envoy_ai};

fn system() -> Arc<System> {
    envoy_ai().system()
}

/// Each rule of a route: its backend, its time, its models.
fn rules<'s>(system: &'s System, route: &str) -> Vec<(&'s str, &'s str, Vec<&'s str>)> {
    let route = system.get("AIGatewayRoute", &format!("ai-system/{route}"));
    let models = |rule: &'s Value| {
        let matches = rule.list("matches").iter();
        matches.flat_map(|one| one.each("headers", "value")).collect()
    };
    let rules = route.list("spec rules").iter();
    rules.map(|rule| (rule.text("backendRefs 0 name"), rule.text("timeouts request"), models(rule))).collect()
}

#[test]
fn s105_its_gateway() {
    let system = system();
    let gateway = system.get("Gateway", "network/envoy-ai");
    assert_eq!(gateway.text("spec infrastructure annotations lbipam.cilium.io/ips"), "192.168.45.54");
    assert_eq!(gateway.item("spec listeners", "name", "https").text("hostname"), "llms.example.com");
    let redirect = system.get("HTTPRoute", "network/https-redirect");
    assert!(redirect.each("spec parentRefs", "name").contains(&"envoy-ai"));
}

#[test]
fn s106_its_two_policies() {
    let system = system();
    let of = |kind: &str| {
        let policy = system.get(kind, "network/envoy-ai");
        assert_eq!(policy.each("spec targetRefs", "name"), ["envoy-ai"], "{kind}");
        policy
    };
    assert_eq!(of("ClientTrafficPolicy").text("spec connection bufferLimit"), "50Mi");
    assert_eq!(of("BackendTrafficPolicy").text("spec timeout http requestTimeout"), "120s");
    // Those of the other gateways leave it alone.
    for kind in ["ClientTrafficPolicy", "BackendTrafficPolicy"] {
        let general = system.get(kind, "network/envoy");
        assert_eq!(general.each("spec targetRefs", "name"), ["envoy-external", "envoy-internal"]);
    }
}

#[test]
fn s107_its_hooks() {
    let system = system();
    let translator =
        system.values("envoy-gateway").at("config envoyGateway extensionManager hooks xdsTranslator");
    for part in ["listener", "route", "cluster", "secret"] {
        assert_eq!(translator.at(&format!("translation {part} includeAll")).as_bool(), Some(true), "{part}");
    }
    assert_eq!(translator.texts("post"), ["Translation", "Cluster", "Route"]);
    assert_eq!(translator.as_mapping().unwrap().len(), 2, "the one beside the other: {translator:?}");
}

#[test]
fn s108_its_extension_service() {
    let system = system();
    let fqdn = system.values("envoy-gateway").at("config envoyGateway extensionManager service fqdn");
    assert_eq!(fqdn.text("hostname"), "ai-gateway-controller.envoy-ai-gateway-system.svc.cluster.local");
    assert_eq!(fqdn.number("port"), 1063);
}

#[test]
fn s109_models_of_us_east() {
    assert_eq!(
        rules(&system(), "azure-openai-us-east"),
        [
            ("azure-openai-us-east-chat", "120s", vec!["gpt-4.1", "gpt-4.1-nano", "gpt-4o-mini"]),
            ("azure-openai-us-east-reasoning", "300s", vec!["o3", "o4-mini"]),
            (
                "azure-openai-us-east-embedding",
                "60s",
                vec!["text-embedding-3-small", "text-embedding-ada-002"]
            ),
        ]
    );
    let one = envoy_ai().without(&["azure_openai_us_east2_api_key"]).system();
    assert!(
        !one.has("kubernetes/apps/ai-system/azure-openai-us-east2") && one.all("AIServiceBackend").len() == 3
    );
}

#[test]
fn s110_models_of_us_east_2() {
    let system = system();
    let rules = rules(&system, "azure-openai-us-east2");
    for wanted in [
        ("azure-openai-us-east2-chat", "120s", vec!["gpt-5", "gpt-5-nano"]),
        ("azure-openai-us-east2-chat-thinking", "300s", vec!["gpt-5-chat", "gpt-5.1-chat"]),
        ("azure-openai-us-east2-chat-apr", "120s", vec!["gpt-5-mini", "gpt-5.1"]),
        ("azure-openai-us-east2-codex", "180s", vec!["gpt-5.1-codex", "gpt-5.1-codex-mini"]),
        ("azure-openai-us-east2-embedding", "60s", vec!["text-embedding-3-large"]),
    ] {
        assert!(rules.contains(&wanted), "{wanted:?}: {rules:?}");
    }
    // Only what is stated, and the audio models that the matching repository has.
    let rest: Vec<_> = rules.iter().filter(|rule| !rule.0.ends_with("-audio")).collect();
    assert_eq!(rest.len(), 5, "{rules:?}");
    for (name, _, _) in rules {
        system.get("AIServiceBackend", &format!("ai-system/{name}"));
    }
}

#[test]
fn s111_a_model_is_in_one_rule() {
    let system = system();
    let mut seen = BTreeSet::new();
    for route in system.all("AIGatewayRoute") {
        for header in route.value.list("spec rules").iter().flat_map(|rule| rule.list("matches")) {
            let header = header.at("headers 0");
            assert_eq!((header.text("type"), header.text("name")), ("Exact", "x-ai-eg-model"));
            assert!(seen.insert(header.text("value").to_owned()), "{header:?} is in two rules");
        }
    }
    assert!(seen.len() >= 16, "{seen:?}");
}

#[test]
fn s112_one_host_for_backend_and_tls() {
    let system = system();
    for (name, resource) in
        [("azure-openai-us-east", "example-us-east"), ("azure-openai-us-east2", "example-us-east2")]
    {
        let backend = system.get("Backend", &format!("ai-system/{name}"));
        let fqdn = backend.at("spec endpoints 0 fqdn");
        assert_eq!(fqdn.text("hostname"), format!("{resource}.openai.azure.com"));
        assert_eq!(fqdn.number("port"), 443);
        let tls = system.get("BackendTLSPolicy", &format!("ai-system/{name}"));
        assert_eq!(tls.text("spec validation hostname"), fqdn.text("hostname"));
        assert_eq!(tls.each("spec targetRefs", "name"), [name]);
    }
}

#[test]
fn s113_one_key_for_each_backend() {
    let system = system();
    let mut policies: Vec<_> = system
        .all("BackendSecurityPolicy")
        .iter()
        .flat_map(|one| one.value.each("spec targetRefs", "name"))
        .map(str::to_owned)
        .collect();
    let mut backends: Vec<_> =
        system.all("AIServiceBackend").iter().map(|one| one.value.text("metadata name").to_owned()).collect();
    policies.sort();
    backends.sort();
    assert_eq!(policies, backends);
    for policy in system.all("BackendSecurityPolicy") {
        assert_eq!(policy.value.text("spec type"), "AzureAPIKey");
        let name = policy.value.text("spec azureAPIKey secretRef name");
        let secret = system.get("Secret", &format!("ai-system/{name}"));
        assert!(secret.text("stringData apiKey").starts_with("THROWAWAY-us-east"));
    }
    // With a tenant and a client it is those credentials.
    let azure = envoy_ai().with(
        "azure_tenant_id: 00000000-0000-4000-8000-00000000000a\nazure_client_id: 00000000-0000-4000-8000-00000000000b\n\
         azure_client_secret: THROWAWAY-azure-client",
    );
    for policy in azure.system().all("BackendSecurityPolicy") {
        assert_eq!(policy.value.text("spec type"), "AzureCredentials");
    }
}

#[test]
fn s114_nothing_of_it_when_off() {
    let system = core().system();
    assert!(system.values("envoy-gateway").find("config envoyGateway extensionManager").is_none());
    assert!(!system.knows("Gateway", "network/envoy-ai"));
    assert!(!system.has("kubernetes/apps/envoy-ai-gateway-system"));
    assert!(!system.read("bootstrap/helmfile.d/00-crds.yaml").contains("ai-gateway"));
}
