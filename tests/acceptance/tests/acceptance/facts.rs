//! Facts of the catalogue section by section (3.1 to 10 of the specification's description of the components), beside
//! those in catalogue.rs and in the statements: settings, ports, names that somebody relies on.

use acceptance::{Look, System, yaml};
use yaml::Value;

use crate::{core, envoy_ai, external_secrets, kgateway, plain};

/// All texts and numbers of a value, for what may stand anywhere in it.
fn said(value: &Value) -> String {
    format!("{value:?}")
}

/// The ports that a NetworkPolicy's rules name, in one direction.
fn ports(policy: &Value, direction: &str) -> Vec<i128> {
    let rules = policy.list(&format!("spec {direction}")).iter();
    let mut all: Vec<_> =
        rules.flat_map(|rule| rule.list("ports").iter().map(|port| port.number("port"))).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[test]
fn facts_3_1_of_the_patches() {
    let system = core().system();
    let patch = |file: &str| system.document(&format!("talos/patches/{file}.yaml"));
    let files = said(&patch("global/machine-files"));
    assert!(files.contains("discard_unpacked_layers = false"), "{files}");
    assert!(files.contains("device_ownership_from_security_context = true"));
    let kubelet = patch("global/machine-kubelet");
    let kubelet = kubelet.at("machine kubelet");
    assert_eq!(kubelet.at("extraConfig serializeImagePulls").as_bool(), Some(false));
    assert_eq!(kubelet.texts("nodeIP validSubnets"), ["192.168.42.0/24"]);
    let network = patch("global/machine-network");
    assert_eq!(network.texts("machine network nameservers"), ["192.168.42.1", "9.9.9.9"]);
    assert_eq!(network.at("machine network disableSearchDomain").as_bool(), Some(true));
    let time = patch("global/machine-time");
    assert_eq!(time.texts("machine time servers"), ["162.159.200.1", "162.159.200.123"]);
    let sysctls = patch("global/machine-sysctls");
    let sysctls = sysctls.at("machine sysctls").as_mapping().unwrap();
    for name in ["fs.inotify.max_user_watches", "net.core.wmem_max", "net.ipv4.neigh.default.gc_thresh3"] {
        assert!(sysctls.contains_key(name), "{name}");
    }
    let controller = patch("controller/cluster");
    let controller = controller.at("cluster");
    assert_eq!(controller.text("apiServer extraArgs enable-aggregator-routing"), "true");
    for part in ["controllerManager", "scheduler"] {
        assert_eq!(controller.text(&format!("{part} extraArgs bind-address")), "0.0.0.0");
    }
    assert!(controller.text("etcd extraArgs listen-metrics-urls").ends_with(":2381"));
    // The versions stand in one file, and everything else refers to it.
    let talconfig = system.read("talos/talconfig.yaml");
    assert!(talconfig.contains("${talosVersion}") && talconfig.contains("${kubernetesVersion}"));
    let lists = system.document("talos/talconfig.yaml");
    let listed = |part: &str| lists.texts(part).iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
    assert!(listed("patches").iter().all(|one| one.contains("patches/global/")));
    assert!(listed("controlPlane patches").iter().all(|one| one.contains("patches/controller/")));
    assert!(lists.find("worker patches").is_none(), "no file for workers");
}

#[test]
fn facts_3_2_of_cilium() {
    for (system, nodes) in [(core().system(), "42"), (kgateway().system(), "43")] {
        let values = system.values("cilium");
        assert_eq!(values.text("ipv4NativeRoutingCIDR"), "10.42.0.0/16");
        assert_eq!(values.text("cgroup hostRoot"), "/sys/fs/cgroup");
        let pool = &system.all("CiliumLoadBalancerIPPool")[0].value;
        assert!(said(pool.at("spec blocks")).contains(&format!("192.168.{nodes}.0/24")), "{pool:?}");
        let policy = &system.all("CiliumL2AnnouncementPolicy")[0].value;
        let label = policy.text("spec nodeSelector matchLabels kubernetes.io/os");
        assert_eq!(label, "linux");
        let route = system.get("HTTPRoute", "kube-system/hubble-ui");
        assert_eq!(route.text("spec parentRefs 0 sectionName"), "https");
    }
    let without = plain().system();
    let bgp = without.values("cilium").find("bgpControlPlane enabled");
    assert!(bgp.is_none_or(|on| on.as_bool() == Some(false)), "{bgp:?}");
    assert_eq!(without.values("cilium").text("loadBalancer mode"), "dsr");
    assert_eq!(
        core().with("cilium_loadbalancer_mode: snat").system().values("cilium").text("loadBalancer mode"),
        "snat"
    );
}

#[test]
fn facts_3_3_to_3_5_of_names() {
    for system in [core().system(), envoy_ai().system()] {
        assert!(said(system.values("coredns")).contains("9153"), "metrics");
        let manager = system.values("cert-manager");
        assert!(
            manager.find("crds enabled").and_then(Value::as_bool) == Some(true),
            "definitions with the chart"
        );
        let echo = system.get("HTTPRoute", "default/echo");
        assert_eq!(echo.texts("spec hostnames"), ["echo.example.com"]);
        assert_eq!(echo.text("spec parentRefs 0 name"), "envoy-external");
        assert_eq!(echo.text("spec parentRefs 0 sectionName"), "https");
        let dns = system.values("cloudflare-dns");
        assert_eq!(dns.text("provider name"), "cloudflare");
        let token = dns.item("env", "name", "CF_API_TOKEN").at("valueFrom secretKeyRef").clone();
        assert_eq!(token.text("name"), "cloudflare-dns-secret");
        system.get("Secret", "network/cloudflare-dns-secret");
        let tunnel = system.get("Secret", "network/cloudflare-tunnel-secret");
        assert!(tunnel.find("stringData TUNNEL_TOKEN").is_some());
        let targets: Vec<_> = system
            .all("DNSEndpoint")
            .iter()
            .flat_map(|one| one.value.list("spec endpoints").to_vec())
            .filter(|one| one.text("dnsName").starts_with("external."))
            .collect();
        for target in &targets {
            assert_eq!(target.text("recordType"), "CNAME");
            assert!(target.texts("targets")[0].ends_with(".cfargotunnel.com"));
        }
        assert!(!targets.is_empty());
    }
    let issuer = core().system();
    let issuer = issuer.get("ClusterIssuer", "letsencrypt-production");
    assert_eq!(issuer.texts("spec acme solvers 0 selector dnsZones"), ["example.com", "example.net"]);
}

#[test]
fn facts_3_6_of_the_gateways() {
    for system in [plain().system(), kgateway().system(), envoy_ai().system()] {
        for (name, host) in [("envoy-internal", "internal"), ("envoy-external", "external")] {
            let gateway = system.get("Gateway", &format!("network/{name}"));
            let target = format!("{host}.example.com");
            assert_eq!(gateway.text("metadata annotations external-dns.alpha.kubernetes.io/target"), target);
            let annotations = gateway.at("spec infrastructure annotations");
            assert_eq!(annotations.text("external-dns.alpha.kubernetes.io/hostname"), target);
            let http = gateway.item("spec listeners", "name", "http");
            assert_eq!((http.number("port"), http.text("allowedRoutes namespaces from")), (80, "Same"));
            let https = gateway.item("spec listeners", "name", "https");
            assert_eq!((https.number("port"), https.text("allowedRoutes namespaces from")), (443, "All"));
        }
        for kind in ["ClientTrafficPolicy", "BackendTrafficPolicy"] {
            let policy = system.get(kind, "network/envoy").at("spec");
            assert_eq!(policy.each("targetRefs", "name"), ["envoy-external", "envoy-internal"]);
            assert!(policy.find("targetSelectors").is_none(), "it would take the AI gateways in");
        }
        assert!(system.get("ClientTrafficPolicy", "network/envoy").find("spec http3").is_some());
        let redirect = system.get("HTTPRoute", "network/https-redirect");
        assert!(redirect.each("spec parentRefs", "sectionName").iter().all(|section| *section == "http"));
        assert_eq!(system.all("PodMonitor").iter().filter(|one| one.name().contains("network/")).count(), 2);
        let alerts = system.get("PrometheusRule", "network/envoy-gateway-alerts");
        let mut alerts: Vec<_> =
            alerts.list("spec groups").iter().flat_map(|group| group.each("rules", "alert")).collect();
        alerts.sort_unstable();
        assert_eq!(
            alerts,
            [
                "EnvoyAIGatewayCircuitBreakerTripped",
                "EnvoyAIGatewayConnectionFailures",
                "EnvoyAIGatewayHighErrorRate",
                "EnvoyAIGatewayHighLatency",
                "EnvoyGatewayControllerDown",
                "EnvoyMCPGatewayErrors",
                "EnvoyProxyNotReady",
            ]
        );
    }
}

#[test]
fn facts_3_7_to_3_9() {
    let system = core().system();
    let gateway = system.values("k8s-gateway");
    assert_eq!(gateway.text("domain"), "example.com");
    assert!(said(gateway.at("extraZones")).contains("example.net"));
    assert_eq!(gateway.text("service type"), "LoadBalancer");
    assert!(said(gateway.at("service")).contains("192.168.42.51"));
    let plugins = gateway.list("extraZonePlugins");
    let of = |name: &str| plugins.iter().find(|plugin| plugin.text("name") == name).unwrap();
    assert!(said(of("health")).contains("lameduck 5s"));
    assert!(said(of("prometheus")).contains("9153"));
    assert!(said(of("forward")).contains("policy sequential"), "{:?}", of("forward"));
    // The storage of Proxmox.
    let system = external_secrets().system();
    for (name, reclaim, filesystem) in [
        ("proxmox-csi", "Delete", "ext4"),
        ("proxmox-csi-retain", "Retain", "ext4"),
        ("proxmox-csi-xfs", "Delete", "xfs"),
    ] {
        let class = system.get("StorageClass", name);
        assert_eq!(class.text("provisioner"), "csi.proxmox.sinextra.dev");
        assert_eq!(class.text("reclaimPolicy"), reclaim, "{name}");
        assert_eq!(class.text("parameters csi.storage.k8s.io/fstype"), filesystem, "{name}");
        assert_eq!(class.text("volumeBindingMode"), "WaitForFirstConsumer");
        assert_eq!(class.at("allowVolumeExpansion").as_bool(), Some(true));
        let default = class.find("metadata annotations storageclass.kubernetes.io/is-default-class");
        assert_eq!(default.is_some(), name == "proxmox-csi", "{name}");
    }
    assert_eq!(system.values("proxmox-csi").text("node kubeletDir"), "/var/lib/kubelet");
    let namespace = system.get("Namespace", "csi-proxmox");
    assert_eq!(namespace.text("metadata labels pod-security.kubernetes.io/enforce"), "privileged");
    let config = yaml(system.get("Secret", "csi-proxmox/proxmox-csi-plugin").text("stringData config.yaml"));
    for key in ["url", "insecure", "token_id", "token_secret", "region"] {
        assert!(config.find(&format!("clusters 0 {key}")).is_some(), "{key}");
    }
}

#[test]
fn facts_4_of_kgateway() {
    let system = kgateway().system();
    let values = system.values("kgateway");
    assert_eq!(values.at("agentgateway enabled").as_bool(), Some(true));
    assert!(said(values).to_lowercase().contains("experimental"), "experimental features of the Gateway API");
    let parameters = said(system.get("GatewayParameters", "kgateway-system/agentgateway-params"));
    assert!(parameters.contains("ADMIN_ADDR") && parameters.contains("0.0.0.0:15000"), "{parameters}");
    let gateway = system.get("Gateway", "kgateway-system/agentgateway");
    assert!(
        gateway.find("metadata annotations lbipam.cilium.io/ips").is_none(),
        "it would not reach the Service"
    );
    let names = gateway.each("spec listeners", "name");
    assert_eq!(names[0], "http");
    for listener in &gateway.list("spec listeners")[1..] {
        let domain = listener.text("hostname").trim_start_matches("*.").replace('.', "-");
        assert_eq!(listener.text("name"), format!("https-{domain}"));
        let certificate = listener.at("tls certificateRefs 0");
        assert_eq!(certificate.text("name"), format!("{domain}-production-tls"));
        assert_eq!(certificate.text("namespace"), "network");
    }
    // Prompt guards do not apply to backends that are only a host.
    for policy in system.all("TrafficPolicy") {
        let targets = said(policy.value.at("spec targetRefs"));
        assert!(!targets.contains("cohere") || policy.value.find("spec ai promptGuard").is_none());
    }
    // Dashboards by the chart in the tag of their own source.
    let source = system.get("GitRepository", "kgateway-system/kgateway-dashboards");
    assert!(source.find("spec ref tag").is_some() || source.find("spec ref commit").is_some(), "{source:?}");
}

#[test]
fn facts_5_of_envoy_ai_gateway() {
    let system = envoy_ai().system();
    for object in system.all("AIServiceBackend") {
        let schema = object.value.at("spec schema");
        assert_eq!(schema.text("name"), "AzureOpenAI", "{}", object.name());
        let name = object.value.text("metadata name");
        let version = match name {
            _ if name.ends_with("-embedding") => "2023-05-15",
            "azure-openai-us-east2-chat-apr" | "azure-openai-us-east2-codex" => "2025-04-01-preview",
            _ => "2025-01-01-preview",
        };
        assert_eq!(schema.text("version"), version, "{name}");
    }
    for (region, resource) in [("us-east", "azure-openai-us-east"), ("us-east2", "azure-openai-us-east2")] {
        let backend = system.get("Backend", &format!("ai-system/{resource}"));
        let host = backend.text("spec endpoints 0 fqdn hostname");
        assert!(host.ends_with(".openai.azure.com"), "{region}: {host}");
        assert_eq!(backend.number("spec endpoints 0 fqdn port"), 443);
    }
    assert_eq!(
        system.values("envoy-gateway").at("config envoyGateway extensionApis enableBackend").as_bool(),
        Some(true)
    );
    // MCP servers: sign-in by Keycloak, long sessions, the one server that is shipped.
    let policy = system.get("SecurityPolicy", "network/keycloak-oidc-mcp").at("spec oidc");
    assert_eq!(policy.text("clientID"), "envoy-gateway");
    assert!(policy.text("provider issuer").ends_with("/realms/k8s-cluster"));
    for kind in ["ClientTrafficPolicy", "BackendTrafficPolicy"] {
        let policy = system.get(kind, "network/envoy-mcp");
        assert_eq!(policy.text("spec connection bufferLimit"), "50Mi");
        assert_eq!(policy.each("spec targetRefs", "name"), ["envoy-mcp"]);
    }
    let route = system.get("MCPRoute", "ai-system/context7-route");
    assert_eq!(route.text("spec parentRefs 0 name"), "envoy-mcp");
    let tls = system.get("BackendTLSPolicy", "ai-system/context7");
    assert_eq!(tls.text("spec validation hostname"), "context7.upstash.io");
    // With MCP alone the namespace is there, and without Keycloak no policy is listed.
    let alone =
        envoy_ai().without(&["azure_openai_us_east_api_key", "azure_openai_us_east2_api_key"]).system();
    assert!(alone.has("kubernetes/apps/ai-system/namespace.yaml"));
    assert!(!alone.has("kubernetes/apps/ai-system/azure-openai-us-east"));
}

#[test]
fn facts_6_of_the_mcp_oauth_proxy() {
    let system = envoy_ai().system();
    let gateway = system.get("Gateway", "agentgateway/agentgateway");
    for (name, port, from) in [("http", 80, "Same"), ("https", 443, "Same"), ("mcp", 3000, "Same")] {
        let listener = gateway.item("spec listeners", "name", name);
        assert_eq!(listener.number("port"), port);
        assert_eq!(listener.text("allowedRoutes namespaces from"), from, "{name}");
    }
    let https = gateway.item("spec listeners", "name", "https");
    assert_eq!(https.text("tls certificateRefs 0 name"), "agentgateway-tls");
    let certificate = system.get("Certificate", "agentgateway/agentgateway");
    assert_eq!(certificate.texts("spec dnsNames"), ["mcp-auth.example.com"]);
    assert_eq!(certificate.text("spec secretName"), "agentgateway-tls");
    let bucket = system.get("TrafficPolicy", "agentgateway/agentgateway-rate-limit");
    let bucket = bucket.at("spec rateLimit local tokenBucket");
    assert_eq!((bucket.text("fillInterval"), bucket.number("tokensPerFill")), ("60s", 100));
    let raw = said(system.get("AgentgatewayParameters", "agentgateway/agentgateway").at("spec rawConfig"));
    for part in [
        "https://auth.example.com/realms/k8s-cluster",
        "agentgateway-mcp",
        "https://mcp-auth.example.com/mcp",
        "offline_access",
    ] {
        assert!(raw.contains(part), "{part}: {raw}");
    }
    let policy = |name: &str| system.get("NetworkPolicy", &format!("agentgateway/{name}")).clone();
    assert_eq!(ports(&policy("controller-ingress"), "ingress"), [9092, 9093, 9977, 9978]);
    let out = ports(&policy("proxy-egress"), "egress");
    for port in [53, 9977, 9978, 8080, 443] {
        assert!(out.contains(&port), "{port}: {out:?}");
    }
    let of_namespace = |kind: &str| {
        system.all(kind).iter().filter(|one| one.name().starts_with(&format!("{kind} agentgateway/"))).count()
    };
    assert_eq!((of_namespace("NetworkPolicy"), of_namespace("CiliumNetworkPolicy")), (4, 2));
    let redirects = system.all("HTTPRoute").into_iter().filter(|route| {
        route.name().starts_with("HTTPRoute agentgateway/") && said(&route.value).contains("RequestRedirect")
    });
    assert_eq!(redirects.count(), 1);
    system.get("Secret", "agentgateway/agentgateway-keycloak-secret");
}

#[test]
fn facts_7_of_keycloak() {
    let system = envoy_ai().system();
    let database = system.get("Cluster", "keycloak/keycloak-db");
    assert_eq!(database.text("apiVersion"), "postgresql.cnpg.io/v1");
    let balance = system.get("BackendTrafficPolicy", "keycloak/keycloak");
    assert_eq!(balance.text("spec loadBalancer consistentHash type"), "Cookie");
    let realm = system.all("ConfigMap").into_iter().find(|map| said(&map.value).contains("k8s-cluster"));
    assert!(said(&realm.unwrap().value).contains("agentgateway-mcp"));
    let image = said(system.values("keycloak/keycloak").at("image"));
    assert!(image.contains("quay.io/keycloak/keycloak") && image.contains("26.4.7"), "{image}");
}

#[test]
fn facts_10_of_external_secrets() {
    let system = external_secrets().system();
    assert_eq!(system.values("security/external-secrets").at("installCRDs").as_bool(), Some(false));
    let crds = system.read("bootstrap/helmfile.d/00-crds.yaml");
    assert!(crds.contains("external-secrets"), "its definitions come first: {crds}");
    let store = system.get("ClusterSecretStore", "onepassword-store");
    assert_eq!(store.text("apiVersion"), "external-secrets.io/v1");
    let provider = store.at("spec provider onepassword");
    assert_eq!(provider.text("connectHost"), "http://onepassword-connect.security.svc.cluster.local:8080");
    let token = provider.at("auth secretRef connectTokenSecretRef");
    assert_eq!((token.text("name"), token.text("namespace")), ("onepassword-connect-secret", "security"));
    let connect = system.values("security/onepassword-connect").at("connect");
    assert_eq!(connect.text("version"), "1.8.1");
    let step = system.get("Kustomization", "security/external-secrets");
    assert!(step.each("spec healthChecks", "name").contains(&"onepassword-store"));
    assert!(step.text("spec healthCheckExprs 0 current").contains("Ready"));
}

/// Of the bootstrap: definitions first, then apps, each after what it needs, and what is optional through `provides`.
#[test]
fn facts_of_the_bootstrap() {
    let order = |system: &System| {
        let apps = system.document("bootstrap/helmfile.d/01-apps.yaml");
        let releases = apps.list("releases").to_vec();
        let names: Vec<_> =
            releases.iter().map(|one| format!("{}/{}", one.text("namespace"), one.text("name"))).collect();
        for (at, release) in releases.iter().enumerate() {
            for need in release.texts("needs") {
                let before = names.iter().position(|name| name == need);
                assert!(before.is_some_and(|before| before < at), "{} needs {need}: {names:?}", names[at]);
            }
        }
        names
    };
    for configuration in [core(), plain(), kgateway(), envoy_ai(), external_secrets()] {
        let system = configuration.system();
        let names = order(&system);
        assert_eq!(names.first().map(String::as_str), Some("kube-system/cilium"));
        assert_eq!(names.last().map(String::as_str), Some("flux-system/flux-instance"));
        // A chart that only brings definitions is never installed as an app before Flux.
        let crds = system.document("bootstrap/helmfile.d/00-crds.yaml");
        let charts = crds.each("releases", "name");
        assert!(charts.contains(&"kube-prometheus-stack") && !charts.is_empty(), "{charts:?}");
        // What the definitions are of is at the version that Flux installs later.
        for release in crds.list("releases") {
            let version = release.text("version");
            let chart = release.text("chart").trim_start_matches("oci://").to_owned();
            let later = system
                .all("OCIRepository")
                .into_iter()
                .find(|source| source.value.text("spec url").trim_start_matches("oci://") == chart);
            if let Some(later) = later {
                assert_eq!(later.value.text("spec ref tag"), version, "{chart}");
            }
        }
    }
    // Optional ones come and go with their component.
    let with = external_secrets().system().read("bootstrap/helmfile.d/00-crds.yaml").to_owned();
    let without = plain().system().read("bootstrap/helmfile.d/00-crds.yaml").to_owned();
    assert!(with.contains("external-secrets") && !without.contains("external-secrets"));
    let one = plain().first_nodes(1).system().read("bootstrap/helmfile.d/01-apps.yaml").to_owned();
    let many = plain().system().read("bootstrap/helmfile.d/01-apps.yaml").to_owned();
    assert!(!one.contains("spegel") && many.contains("spegel"));
}
