//! G: the AI gateway of kgateway 2.1.1.

use std::sync::Arc;

use acceptance::{Look, Object, System};

use crate::kgateway;

fn system() -> Arc<System> {
    kgateway().system()
}

/// The backends of a type.
fn backends<'s>(system: &'s System, kind: &str) -> Vec<&'s Object> {
    system.all("Backend").into_iter().filter(|one| one.value.text("spec type") == kind).collect()
}

#[test]
fn s086_its_namespaces() {
    let all = system();
    for name in ["kgateway-system", "ai-system"] {
        let namespace = all.document(&format!("kubernetes/apps/{name}/namespace.yaml"));
        assert_eq!(namespace.text("metadata name"), name);
    }
    // Without a backend there is no namespace for them; with any, there is.
    let keys = ["azure_openai_eastus2_api_key", "azure_openai_eastus_api_key", "azure_anthropic_api_key"];
    let cohere = ["azure_cohere_rerank_api_key", "azure_cohere_embed_api_key"];
    let none = kgateway().without(&keys).without(&cohere).system();
    assert!(none.has("kubernetes/apps/kgateway-system") && !none.has("kubernetes/apps/ai-system"));
    let one = kgateway().without(&keys).without(&cohere[1..]).system();
    assert!(one.has("kubernetes/apps/ai-system/namespace.yaml"));
    assert!(one.has("kubernetes/apps/ai-system/azure-cohere-rerank") && one.all("Backend").len() == 1);
}

#[test]
fn s087_envoy_gateway_stays() {
    let system = system();
    system.get("HelmRelease", "network/envoy-gateway");
    system.get("Gateway", "network/envoy-internal");
    system.get("GatewayClass", "envoy");
}

#[test]
fn s088_the_address_reaches_the_service() {
    let system = system();
    let gateway = system.get("Gateway", "kgateway-system/agentgateway");
    let reference = gateway.at("spec infrastructure parametersRef");
    assert_eq!(reference.text("kind"), "GatewayParameters");
    let parameters = system.get("GatewayParameters", &format!("kgateway-system/{}", reference.text("name")));
    let annotations = parameters.at("spec kube service extraAnnotations");
    assert_eq!(annotations.text("lbipam.cilium.io/ips"), "192.168.43.54");
    assert!(gateway.find("metadata annotations").is_none(), "there it would not reach the Service");
}

#[test]
fn s089_a_listener_for_each_domain() {
    let system = system();
    let gateway = system.get("Gateway", "kgateway-system/agentgateway");
    let https: Vec<_> =
        gateway.list("spec listeners").iter().filter(|one| one.text("protocol") == "HTTPS").collect();
    assert_eq!(https.len(), 2);
    for (listener, domain) in https.iter().zip(["example.com", "example.net"]) {
        let dashes = domain.replace('.', "-");
        assert_eq!(listener.text("name"), format!("https-{dashes}"));
        assert_eq!(listener.text("hostname"), format!("*.{domain}"));
        assert_eq!(listener.each("tls certificateRefs", "name"), [format!("{dashes}-production-tls")]);
        assert_eq!(listener.each("tls certificateRefs", "namespace"), ["network"]);
    }
}

#[test]
fn s090_the_grant_for_certificates() {
    let system = system();
    let grant = system.object("ReferenceGrant", "network/agentgateway-tls-secrets");
    let by = system.get("Kustomization", &grant.by);
    assert_eq!(by.text("spec targetNamespace"), "network");
    let from = grant.value.at("spec from 0");
    assert_eq!((from.text("kind"), from.text("namespace")), ("Gateway", "kgateway-system"));
    let to = grant.value.each("spec to", "kind");
    assert!(!to.is_empty() && to.iter().all(|kind| *kind == "Secret"), "{to:?}");
}

#[test]
fn s091_an_azure_openai_backend() {
    let system = system();
    let azure: Vec<_> = backends(&system, "AI")
        .into_iter()
        .filter_map(|one| one.value.find("spec ai llm azureopenai"))
        .collect();
    assert_eq!(azure.len(), 8, "six in East US 2, two in East US");
    for backend in azure {
        assert!(backend.text("endpoint").starts_with("https://"), "{backend:?}");
        assert!(backend.text("endpoint").ends_with(".openai.azure.com"), "{backend:?}");
        assert!(!backend.text("deploymentName").is_empty() && !backend.text("apiVersion").is_empty());
        assert_eq!(backend.text("authToken kind"), "SecretRef");
    }
}

#[test]
fn s092_a_cohere_backend() {
    let system = system();
    for name in ["rerank", "embed"] {
        let host = format!("example-{name}.eastus2.models.ai.azure.com");
        let full = format!("ai-system/azure-cohere-{name}");
        let backend = system.get("Backend", &full);
        assert_eq!(backend.text("spec type"), "Static");
        let hosts = backend.list("spec static hosts");
        assert_eq!((hosts.len(), hosts[0].text("host"), hosts[0].number("port")), (1, host.as_str(), 443));
        let policy = system.get("BackendConfigPolicy", &full);
        assert_eq!(policy.text("spec tls sni"), host);
        assert_eq!(policy.text("spec tls wellKnownCACertificates"), "System");
        assert_eq!(policy.each("spec targetRefs", "name"), [format!("azure-cohere-{name}")]);
    }
}

#[test]
fn s093_the_anthropic_backend() {
    let system = system();
    for (name, model) in [
        ("azure-anthropic", "claude-haiku-4-5"),
        ("azure-anthropic-sonnet", "claude-sonnet-4-5"),
        ("azure-anthropic-opus", "claude-opus-4-5"),
    ] {
        let llm = system.get("Backend", &format!("ai-system/{name}")).at("spec ai llm");
        assert_eq!(llm.at("anthropic apiVersion").as_str(), Some("2023-06-01"), "{name}: it is a text");
        assert_eq!(llm.text("anthropic model"), model);
        assert_eq!((llm.text("host"), llm.number("port")), ("example-foundry.services.ai.azure.com", 443));
    }
}

#[test]
fn s094_the_key_of_a_backends_secret() {
    let system = system();
    for backend in backends(&system, "AI") {
        let llm = backend.value.at("spec ai llm");
        let provider = llm.find("anthropic").or_else(|| llm.find("azureopenai")).unwrap();
        let name = provider.text("authToken secretRef name");
        let secret = system.get("Secret", &format!("ai-system/{name}"));
        let data = secret.at("stringData").as_mapping().unwrap();
        let keys: Vec<_> = data.iter().map(|(key, _)| key.text("")).collect();
        assert_eq!(keys, ["Authorization"], "{name}");
    }
}

#[test]
fn s095_routes_name_their_backend_in_full() {
    let system = system();
    let routes: Vec<_> =
        system.all("HTTPRoute").into_iter().filter(|one| one.name().contains(" ai-system/")).collect();
    assert_eq!(routes.len(), 13);
    for route in routes {
        let name = route.value.text("metadata name");
        for backend in route.value.list("spec rules 0 backendRefs") {
            assert_eq!((backend.text("group"), backend.text("kind")), ("agentgateway.dev", "Backend"));
            assert_eq!((backend.text("name"), backend.text("namespace")), (name, "ai-system"));
        }
        assert_eq!(route.value.texts("spec hostnames"), ["llms.example.com"], "{name}");
        let parent = route.value.at("spec parentRefs 0");
        assert_eq!((parent.text("name"), parent.text("namespace")), ("agentgateway", "kgateway-system"));
    }
}

#[test]
fn s096_the_anthropic_path() {
    let system = system();
    for name in ["azure-anthropic", "azure-anthropic-sonnet", "azure-anthropic-opus"] {
        let rule = system.get("HTTPRoute", &format!("ai-system/{name}")).at("spec rules 0");
        let path = rule.item("filters", "type", "URLRewrite").at("urlRewrite path");
        assert_eq!(path.text("type"), "ReplacePrefixMatch");
        assert_eq!(path.text("replacePrefixMatch"), "/anthropic/v1/messages");
    }
}

#[test]
fn s097_the_secrets_of_cohere_come_first() {
    let system = system();
    let secrets = system.get("Kustomization", "ai-system/ai-secrets");
    let needs = secrets.item("spec dependsOn", "name", "kgateway");
    assert_eq!(needs.text("namespace"), "kgateway-system");
    for name in ["azure-cohere-rerank", "azure-cohere-embed"] {
        let app = system.get("Kustomization", &format!("ai-system/{name}"));
        app.item("spec dependsOn", "name", "ai-secrets");
        let from = app.item("spec postBuild substituteFrom", "name", &format!("{name}-credentials"));
        assert_eq!(from.text("kind"), "Secret");
    }
    assert!(
        !kgateway()
            .without(&["azure_cohere_rerank_api_key", "azure_cohere_embed_api_key"])
            .system()
            .has("kubernetes/apps/ai-system/ai-secrets")
    );
}

#[test]
fn s098_and_are_not_in_what_reads_them() {
    let system = system();
    for name in ["azure-cohere-rerank", "azure-cohere-embed"] {
        let secret = system.object("Secret", &format!("ai-system/{name}-credentials"));
        assert_eq!(secret.by, "ai-system/ai-secrets");
        assert!(system.has(&format!("kubernetes/apps/ai-system/{name}/app")));
        assert!(!system.has(&format!("kubernetes/apps/ai-system/{name}/app/secret.sops.yaml")));
    }
}

#[test]
fn s099_the_gateways_ui() {
    let system = system();
    let service = system.get("Service", "kgateway-system/agentgateway-ui");
    assert_eq!(service.number("spec ports 0 port"), 15000);
    let route = system.get("HTTPRoute", "kgateway-system/agentgateway-ui");
    assert_eq!(route.texts("spec hostnames"), ["agentgateway.example.com"]);
    assert_eq!(route.number("spec rules 0 backendRefs 0 port"), 15000);
    assert_eq!(route.text("spec parentRefs 0 name"), "envoy-internal");
    let parameters = system.get("GatewayParameters", "kgateway-system/agentgateway-params");
    let admin = parameters.item("spec kube agentgateway env", "name", "ADMIN_ADDR");
    assert_eq!(admin.text("value"), "0.0.0.0:15000", "the UI listens where the Service asks");
}

#[test]
fn s100_its_metrics() {
    let system = system();
    let monitor = system.get("ServiceMonitor", "kgateway-system/agentgateway");
    let endpoint = monitor.at("spec endpoints 0");
    assert_eq!(endpoint.text("interval"), "30s");
    let keep = endpoint.item("metricRelabelings", "action", "keep");
    assert_eq!(keep.text("regex"), "agentgateway_.*|envoy_.*|llm_.*");
    assert_eq!(keep.texts("sourceLabels"), ["__name__"]);
    let service = system.get("Service", "kgateway-system/agentgateway-metrics");
    let port = service.item("spec ports", "name", endpoint.text("port"));
    assert_eq!(port.number("port"), 15020);
}

#[test]
fn s101_its_access_logs() {
    let system = system();
    let policy = system.get("HTTPListenerPolicy", "kgateway-system/agentgateway-access-logs");
    let sink = policy.at("spec accessLog 0 fileSink");
    assert_eq!(sink.text("path"), "/dev/stdout");
    assert_eq!(sink.text("jsonFormat model"), "%REQ(X-MODEL)%");
}

#[test]
fn s102_its_eight_alerts() {
    let system = system();
    let rule = system.get("PrometheusRule", "kgateway-system/ai-gateway-alerts");
    let mut alerts: Vec<_> = rule
        .list("spec groups")
        .iter()
        .flat_map(|group| group.list("rules"))
        .map(|rule| (rule.text("alert"), rule.text("for"), rule.text("labels severity")))
        .collect();
    alerts.sort_unstable();
    assert_eq!(
        alerts,
        [
            ("AIGatewayBackendUnhealthy", "2m", "critical"),
            ("AIGatewayConnectionPoolExhausted", "5m", "warning"),
            ("AIGatewayCriticalErrorRate", "2m", "critical"),
            ("AIGatewayHighErrorRate", "5m", "warning"),
            ("AIGatewayHighLatency", "5m", "warning"),
            ("AIGatewayNoTraffic", "30m", "info"),
            ("AIGatewayRateLimitExceeded", "5m", "warning"),
            ("AIGatewayTPMApproachingLimit", "2m", "warning"),
        ]
    );
    let text = system.read("kubernetes/apps/kgateway-system/kgateway/app/prometheusrule.yaml");
    for limit in ["> 0.05", "> 0.15", "> 30", "> 10", "> 360000", "< 0.5", "== 0", "> 0.9"] {
        assert!(text.contains(limit), "{limit}");
    }
}

#[test]
fn s103_its_dashboards() {
    let system = system();
    system.get("GitRepository", "kgateway-system/kgateway-dashboards");
    let release = system.get("HelmRelease", "kgateway-system/kgateway-dashboards");
    assert_eq!(release.text("spec chart spec sourceRef name"), "kgateway-dashboards");
    let values = release.at("spec values");
    assert_eq!(values.text("grafanaLabels grafana_dashboard"), "1");
    assert_eq!(values.text("additionalAnnotations grafana_folder"), "kgateway");
    let grafana = system.values("kube-prometheus-stack");
    let said = format!("{grafana:?}");
    assert!(
        said.contains("grafana_folder") && said.contains("ALL"),
        "Grafana looks for them in every namespace"
    );
}

#[test]
fn s104_none_of_them_when_off() {
    let off = kgateway().with("agentgateway_observability_enabled: false").system();
    for kind in ["ServiceMonitor", "HTTPListenerPolicy", "PrometheusRule", "GitRepository"] {
        let there: Vec<_> = off
            .all(kind)
            .iter()
            .map(|one| one.name())
            .filter(|name| name.contains("kgateway-system/"))
            .collect();
        assert_eq!(there, Vec::<String>::new());
    }
    assert!(!off.knows("HelmRelease", "kgateway-system/kgateway-dashboards"));
    off.get("Gateway", "kgateway-system/agentgateway");
}
