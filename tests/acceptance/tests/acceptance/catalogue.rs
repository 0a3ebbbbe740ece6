//! The catalogue's facts that are no statement of the list: what comes from where, what waits for what, and the
//! conventions that every component keeps. From the specification's description of the components.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use acceptance::{Look, System, yaml};
use yaml::Value;

use crate::{core, envoy_ai, external_secrets, kgateway, olm, plain, proxmox};

fn every() -> [Arc<System>; 5] {
    [core(), plain(), kgateway(), envoy_ai(), external_secrets()].map(|one| one.system())
}

/// Each chart with its source, and what its Kustomization waits for where that is stated.
const CHARTS: &[(&str, &str)] = &[
    ("cert-manager/cert-manager", "oci://quay.io/jetstack/charts/cert-manager"),
    ("default/echo", "oci://ghcr.io/bjw-s-labs/helm/app-template"),
    ("flux-system/flux-operator", "oci://ghcr.io/controlplaneio-fluxcd/charts/flux-operator"),
    ("flux-system/flux-instance", "oci://ghcr.io/controlplaneio-fluxcd/charts/flux-instance"),
    ("kube-system/cilium", "oci://ghcr.io/home-operations/charts-mirror/cilium"),
    ("kube-system/coredns", "oci://ghcr.io/coredns/charts/coredns"),
    ("kube-system/metrics-server", "oci://ghcr.io/home-operations/charts-mirror/metrics-server"),
    ("kube-system/reloader", "oci://ghcr.io/stakater/charts/reloader"),
    ("kube-system/spegel", "oci://ghcr.io/spegel-org/helm-charts/spegel"),
    ("network/cloudflare-dns", "oci://ghcr.io/home-operations/charts-mirror/external-dns"),
    ("network/cloudflare-tunnel", "oci://ghcr.io/bjw-s-labs/helm/app-template"),
    ("network/envoy-gateway", "oci://mirror.gcr.io/envoyproxy/gateway-helm"),
    ("network/k8s-gateway", "oci://ghcr.io/k8s-gateway/charts/k8s-gateway"),
    ("csi-proxmox/proxmox-csi", "oci://ghcr.io/sergelogvinov/charts/proxmox-csi-plugin"),
    ("kgateway-system/kgateway-crds", "oci://cr.kgateway.dev/kgateway-dev/charts/kgateway-crds"),
    ("kgateway-system/kgateway", "oci://cr.kgateway.dev/kgateway-dev/charts/kgateway"),
    ("envoy-ai-gateway-system/ai-gateway-crds", "oci://docker.io/envoyproxy/ai-gateway-crds-helm"),
    ("envoy-ai-gateway-system/ai-gateway", "oci://docker.io/envoyproxy/ai-gateway-helm"),
    ("agentgateway/kgateway-crds", "oci://cr.kgateway.dev/kgateway-dev/charts"),
    ("agentgateway/kgateway", "oci://cr.kgateway.dev/kgateway-dev/charts"),
    ("keycloak/keycloak", "https://codecentric.github.io/helm-charts"),
    ("cnpg-system/cloudnative-pg", "https://cloudnative-pg.github.io/charts"),
    ("obot/obot", "oci://ghcr.io/jrmatherly/charts/obot"),
    (
        "observability/kube-prometheus-stack",
        "oci://ghcr.io/prometheus-community/charts/kube-prometheus-stack",
    ),
    ("onedev/onedev", "https://code.onedev.io/onedev/~helm"),
    ("security/onepassword-connect", "https://1password.github.io/connect-helm-charts"),
    ("security/external-secrets", "oci://ghcr.io/external-secrets/charts/external-secrets"),
];

/// What a release's chart comes from: the URL of its source, and the version.
fn source<'s>(system: &'s System, release: &'s Value) -> (&'s str, &'s str) {
    let namespace = release.text("metadata namespace");
    let of = |reference: &'s Value| {
        let name = format!("{namespace}/{}", reference.text("name"));
        system.get(reference.text("kind"), &name)
    };
    if let Some(reference) = release.find("spec chartRef") {
        return (of(reference).text("spec url"), of(reference).text("spec ref tag"));
    }
    let chart = release.at("spec chart spec");
    let source = of(chart.at("sourceRef"));
    let version = chart.find("version").or_else(|| source.find("spec ref commit")).unwrap();
    (source.text("spec url"), version.text(""))
}

#[test]
fn charts_come_from_where_they_should_at_an_exact_version() {
    let mut seen = BTreeSet::new();
    for system in every() {
        for object in system.all("HelmRelease") {
            let (url, version) = source(&system, &object.value);
            let name = object.name();
            let name = name.split_once(' ').unwrap().1;
            if let Some((name, wanted)) = CHARTS.iter().find(|(known, _)| *known == name) {
                assert_eq!(url, *wanted, "{name}");
                seen.insert(*name);
            }
            let digits = version.trim_start_matches('v');
            let is_commit = version.len() == 40 && version.bytes().all(|byte| byte.is_ascii_hexdigit());
            let is_release = digits.split('.').count() == 3
                && digits.bytes().next().is_some_and(|one| one.is_ascii_digit());
            assert!(is_commit || is_release, "{name}: {version} is no exact version");
            assert!(!version.contains(['*', '^', '~', '>', '<', ' ', 'x']), "{name}: {version}");
        }
    }
    let missing: Vec<_> = CHARTS.iter().filter(|(name, _)| !seen.contains(name)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn images_have_an_exact_version() {
    let mut count = 0;
    for system in every().into_iter().chain([proxmox().system(), olm().system()]) {
        for object in system.objects() {
            images(&object.value, &mut |image| {
                count += 1;
                let (_, tag) = image.rsplit_once(':').unwrap_or((image, ""));
                let exact = tag.bytes().any(|byte| byte.is_ascii_digit()) && !tag.contains('/');
                assert!(exact && !tag.contains("latest"), "{}: {image}", object.name());
            });
        }
    }
    assert!(count > 10, "{count}");
}

/// Every image below a value: a text at `image`, `imageName` or `reference`, or a map with `repository` and `tag`.
fn images(value: &Value, found: &mut impl FnMut(&str)) {
    match value {
        Value::Mapping(map) => {
            if let (Some(repository), Some(tag)) = (value.find("repository"), value.find("tag")) {
                found(&format!("{}:{}", repository.text(""), tag.text("")));
            }
            for (key, inner) in map.iter() {
                match (key.as_str(), inner.as_str()) {
                    (Some("image" | "imageName" | "reference"), Some(image)) if image.contains('/') => {
                        found(image);
                    }
                    _ => images(inner, found),
                }
            }
        }
        Value::Sequence(items) => items.iter().for_each(|item| images(item, found)),
        _ => {}
    }
}

/// Every component.yaml of every system: its path and its text.
fn components() -> Vec<(String, String)> {
    let all = pipeline::files(&pipeline::root().join("templates")).into_iter();
    let named = all.filter(|(path, _)| path.ends_with("component.yaml"));
    named.map(|(path, bytes)| (path.display().to_string(), String::from_utf8(bytes).unwrap())).collect()
}

/// The operators' catalog has no releases: its image is named by the only tag it has, and looked at again and again.
const WITHOUT_RELEASES: &[&str] = &["olm/kubernetes/base/olmv1-catalog/component.yaml"];

#[test]
fn pins_are_exact_and_stand_in_one_place() {
    let (mut count, mut seen) = (0, BTreeMap::new());
    for (file, content) in components() {
        let component = yaml(&content);
        let versions = component.find("versions").and_then(Value::as_mapping);
        for (part, pin) in versions.into_iter().flat_map(yaml::Mapping::iter) {
            let place = format!("{file}: {}", part.text(""));
            if let Some(commit) = pin.find("commit") {
                assert_eq!(commit.text("").len(), 40, "{place}");
                continue;
            }
            // What is neither chart nor image has no tag: the name of a controller, the group of a kind.
            let Some(tag) = pin.find("tag").map(|tag| tag.text("")) else { continue };
            count += 1;
            // Some images count their releases with one number.
            let first = tag.trim_start_matches('v').split(['.', '-', '_']).next().unwrap_or_default();
            let exact = first.bytes().next().is_some_and(|byte| byte.is_ascii_digit())
                && first.bytes().all(|byte| byte.is_ascii_digit())
                && !tag.contains(['*', '^', '~', '>', '<', ' ']);
            let known = WITHOUT_RELEASES.contains(&file.as_str());
            assert!(exact != known, "{place}: {tag}");
            // The same thing at two versions is pinned in two places only where the systems differ in it.
            let system = file.split('/').next().unwrap().to_owned();
            let what = ["oci", "repository", "git", "package", "source"].iter().find_map(|key| pin.find(key));
            let name = pin.find("name").map_or("", |name| name.text(""));
            let what = format!("{system} {} {name}", what.map_or("", |what| what.text("")));
            seen.entry(what).or_insert_with(Vec::new).push((file.clone(), tag.to_owned()));
        }
    }
    assert!(count > 70, "{count}");
    for (what, places) in seen {
        let tags: BTreeSet<_> = places.iter().map(|(_, tag)| tag).collect();
        // kgateway is of two systems that exclude each other, each with its own documented version.
        assert!(tags.len() == 1 || what.contains("/kgateway"), "{what}: {places:?}");
    }
}

/// What Renovate's regular expressions for component.yaml find in a text: where the values stand.
fn followed(text: &str) -> BTreeSet<usize> {
    let settings = std::fs::read_to_string(pipeline::root().join("skeleton/renovate.json")).unwrap();
    let settings: serde_json::Value = serde_json::from_str(&settings).unwrap();
    let managers = settings["customManagers"].as_array().unwrap().iter();
    let mut found = BTreeSet::new();
    for manager in managers {
        let is_ours = |pattern: &serde_json::Value| {
            let pattern = pattern.as_str().unwrap().trim_matches('/');
            regex::Regex::new(pattern).unwrap().is_match("templates/x/component.yaml")
        };
        if !manager["managerFilePatterns"].as_array().unwrap().iter().any(is_ours) {
            continue;
        }
        for expression in manager["matchStrings"].as_array().unwrap() {
            let expression = regex::Regex::new(expression.as_str().unwrap()).unwrap();
            for captures in expression.captures_iter(text) {
                let value = captures.name("currentValue").or_else(|| captures.name("currentDigest"));
                found.insert(value.unwrap().start());
            }
        }
    }
    found
}

#[test]
fn renovate_follows_every_pin() {
    let mut count = 0;
    for (file, content) in components() {
        let found = followed(&content);
        let stream = yaml::parse(&content).unwrap();
        let Some(versions) = stream.documents[0].root.get("versions") else { continue };
        for part in versions.as_mapping().unwrap() {
            for key in ["tag", "commit"] {
                let Some(value) = part.value.get(key) else { continue };
                // A quoted text begins with its quote.
                let start = value.span.start;
                let known = found.contains(&start) || found.contains(&(start + 1));
                assert!(known, "{file}: nobody raises {}", &content[value.span.range()]);
                count += 1;
            }
        }
    }
    assert!(count > 70, "{count}");
    assert!(followed("versions:\n  x:\n    tag: 1.2.3\n").is_empty(), "a bare tag is followed by nothing");
}

/// What a Kustomization waits for at least, each by its namespace.
const WAITS: &[(&str, &[&str])] = &[
    ("flux-system/flux-instance", &["flux-system/flux-operator"]),
    ("csi-proxmox/proxmox-csi", &["kube-system/cilium"]),
    ("kgateway-system/kgateway", &["kgateway-system/kgateway-crds", "kube-system/cilium"]),
    ("ai-system/ai-secrets", &["kgateway-system/kgateway"]),
    ("ai-system/azure-openai-eastus2-chat", &["kgateway-system/kgateway"]),
    ("ai-system/azure-openai-eastus-embeddings", &["kgateway-system/kgateway"]),
    ("ai-system/azure-anthropic", &["kgateway-system/kgateway"]),
    ("ai-system/azure-cohere-embed", &["kgateway-system/kgateway", "ai-system/ai-secrets"]),
    ("envoy-ai-gateway-system/ai-gateway", &["envoy-ai-gateway-system/ai-gateway-crds"]),
    ("ai-system/azure-openai-us-east", &["envoy-ai-gateway-system/ai-gateway", "network/envoy-gateway"]),
    ("ai-system/azure-openai-us-east2", &["envoy-ai-gateway-system/ai-gateway", "network/envoy-gateway"]),
    ("ai-system/mcp-context7", &["envoy-ai-gateway-system/ai-gateway", "network/envoy-gateway"]),
    ("agentgateway/kgateway", &["agentgateway/kgateway-crds", "kube-system/cilium"]),
    ("keycloak/keycloak", &["kube-system/cilium", "cnpg-system/cloudnative-pg", "csi-proxmox/proxmox-csi"]),
    ("cnpg-system/cloudnative-pg", &["kube-system/cilium"]),
    (
        "obot/obot",
        &[
            "kube-system/cilium",
            "cnpg-system/cloudnative-pg",
            "cert-manager/cert-manager",
            "network/envoy-gateway",
            "csi-proxmox/proxmox-csi",
        ],
    ),
    ("obot-mcp/obot-mcp-policies", &["obot/obot"]),
    ("observability/kube-prometheus-stack", &["kube-system/cilium"]),
    ("onedev/onedev", &["kube-system/cilium", "csi-proxmox/proxmox-csi"]),
    ("security/external-secrets", &["security/onepassword-connect"]),
];

#[test]
fn what_waits_for_what() {
    let mut steps: BTreeMap<String, Value> = BTreeMap::new();
    for system in every() {
        for object in system.all("Kustomization") {
            let name = object.name().split_once(' ').unwrap().1.to_owned();
            // Those of the systems with everything come last.
            steps.insert(name, object.value.clone());
        }
    }
    for (step, wanted) in WAITS {
        let value = steps.get(*step).unwrap_or_else(|| panic!("no Kustomization {step}"));
        let own = value.text("metadata namespace");
        let needs: Vec<_> = value
            .list("spec dependsOn")
            .iter()
            .map(|need| {
                format!(
                    "{}/{}",
                    need.find("namespace").map_or(own, |other| other.text("")),
                    need.text("name")
                )
            })
            .collect();
        for need in *wanted {
            assert!(needs.iter().any(|one| one == need), "{step} does not wait for {need}: {needs:?}");
        }
    }
}

#[test]
fn conventions_of_the_kustomizations() {
    for system in every() {
        let steps = system.all("Kustomization");
        let needed: BTreeSet<_> = steps
            .iter()
            .flat_map(|step| {
                let own = step.value.text("metadata namespace");
                let needs = step.value.list("spec dependsOn").iter();
                needs.map(move |need| {
                    format!(
                        "{}/{}",
                        need.find("namespace").map_or(own, |other| other.text("")),
                        need.text("name")
                    )
                })
            })
            .collect();
        for step in steps.iter().filter(|step| step.file.starts_with("kubernetes/apps")) {
            let (name, spec) = (step.name(), step.value.at("spec"));
            let namespace = step.value.text("metadata namespace");
            let app = step.value.text("metadata name");
            assert_eq!(spec.text("interval"), "1h", "{name}");
            assert_eq!(spec.text("path"), format!("./kubernetes/apps/{namespace}/{app}/app"), "{name}");
            assert_eq!(spec.text("targetNamespace"), namespace, "{name}");
            assert_eq!(spec.at("prune").as_bool(), Some(!app.ends_with("-crds")), "{name}: prune");
            let source = spec.at("sourceRef");
            let source = [source.text("kind"), source.text("name"), source.text("namespace")];
            assert_eq!(source, ["GitRepository", "flux-system", "flux-system"], "{name}");
            if needed.contains(&format!("{namespace}/{app}")) {
                assert_eq!(spec.at("wait").as_bool(), Some(true), "{name}: others wait for it");
            }
            // The namespace comes from the kustomization above it.
            let own = yaml(system.read(step.file.to_str().unwrap()));
            assert!(own.find("metadata namespace").is_none(), "{name}");
        }
        for source in system.all("OCIRepository") {
            let spec = source.value.at("spec");
            assert_eq!(spec.text("interval"), "15m", "{}", source.name());
            assert_eq!(spec.text("layerSelector operation"), "copy");
            assert_eq!(
                spec.text("layerSelector mediaType"),
                "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
            );
        }
    }
}

#[test]
fn variables_have_a_source() {
    for system in every() {
        for object in system.objects() {
            let said = format!("{:?}", object.value);
            // A doubled dollar sign is a single one, meant for another program.
            let asks = said.replace("$$", "").contains("${");
            let from = system
                .all("Kustomization")
                .into_iter()
                .find(|step| step.name() == format!("Kustomization {}", object.by));
            let from = from.is_some_and(|step| !step.value.list("spec postBuild substituteFrom").is_empty());
            assert!(!asks || from, "{} of {}", object.name(), object.by);
        }
    }
}

#[test]
fn the_root_gives_every_release_its_strategy() {
    for system in every() {
        let root = system.get("Kustomization", "flux-system/cluster-apps");
        let child = yaml(root.text("spec patches 0 patch"));
        assert_eq!(child.text("spec deletionPolicy"), "WaitForTermination");
        let release = child.at("spec patches 0");
        assert_eq!(release.text("target kind"), "HelmRelease");
        let spec = yaml(release.text("patch")).at("spec").clone();
        assert_eq!(
            (spec.text("install strategy name"), spec.text("install crds")),
            ("RetryOnFailure", "CreateReplace")
        );
        assert_eq!(spec.at("rollback cleanupOnFail").as_bool(), Some(true));
        assert_eq!(spec.at("rollback recreate").as_bool(), Some(true));
        assert_eq!(
            (spec.text("upgrade strategy name"), spec.text("upgrade crds")),
            ("RemediateOnFailure", "CreateReplace")
        );
        assert_eq!(spec.at("upgrade remediation remediateLastFailure").as_bool(), Some(true));
        assert_eq!(spec.number("upgrade remediation retries"), 2);
    }
}

#[test]
fn facts_of_talos() {
    let system = core().with("node_vlan_tag: 100").system();
    let talconfig = system.document("talos/talconfig.yaml");
    let node = talconfig.item("nodes", "hostname", "cp-0").at("networkInterfaces 0");
    assert!(node.find("addresses").is_none() && node.find("vip").is_none(), "they sit under the VLAN");
    let vlan = node.at("vlans 0");
    assert_eq!((vlan.number("vlanId"), vlan.text("vip ip")), (100, "192.168.42.10"));
    assert_eq!(vlan.texts("addresses"), ["192.168.42.11/24"]);
    assert_eq!(vlan.text("routes 0 gateway"), "192.168.42.1");
    let plain = core().system();
    let talconfig = plain.document("talos/talconfig.yaml");
    assert_eq!((talconfig.text("clusterName"), talconfig.text("cniConfig name")), ("kubernetes", "none"));
    assert_eq!(talconfig.text("endpoint"), "https://192.168.42.10:6443");
    for sans in ["additionalApiServerCertSans", "additionalMachineCertSans"] {
        assert_eq!(talconfig.texts(sans), ["127.0.0.1", "192.168.42.10", "k8s.example.com"]);
    }
    let worker = talconfig.item("nodes", "hostname", "worker-0");
    assert!(worker.at("networkInterfaces 0").find("vip").is_none(), "controllers only");
    assert!(worker.text("talosImageURL").starts_with("factory.talos.dev/installer-secureboot/"));
    assert!(worker.text("patches 0").contains("luks2") && worker.text("patches 0").contains("tpm: {}"));
    let sysctls = plain.document("talos/patches/global/machine-sysctls.yaml");
    assert_eq!(sysctls.text("machine sysctls net.core.rmem_max"), "7500000");
    assert_eq!(sysctls.text("machine sysctls user.max_user_namespaces"), "11255");
    let controller = plain.document("talos/patches/controller/cluster.yaml");
    assert_eq!(controller.at("cluster coreDNS disabled").as_bool(), Some(true));
    assert_eq!(controller.at("cluster proxy disabled").as_bool(), Some(true));
    assert_eq!(controller.texts("cluster etcd advertisedSubnets"), ["192.168.42.0/24"]);
    assert!(
        plain.read("talos/patches/controller/admission-controller-patch.yaml").contains("$$patch: delete")
    );
}

#[test]
fn facts_of_the_core() {
    for system in every() {
        let cilium = system.values("cilium");
        for on in [
            "kubeProxyReplacement",
            "autoDirectNodeRoutes",
            "bpf masquerade",
            "bpf hostLegacyRouting",
            "l2announcements enabled",
            "hubble relay enabled",
            "hubble ui enabled",
        ] {
            assert_eq!(cilium.at(on).as_bool(), Some(true), "{on}");
        }
        for off in ["cgroup automount enabled", "gatewayAPI enabled", "envoy enabled", "cni exclusive"] {
            assert_eq!(cilium.at(off).as_bool(), Some(false), "{off}");
        }
        assert_eq!((cilium.text("k8sServiceHost"), cilium.number("k8sServicePort")), ("127.0.0.1", 7445));
        assert_eq!((cilium.text("routingMode"), cilium.text("ipam mode")), ("native", "kubernetes"));
        assert_eq!(cilium.text("loadBalancer algorithm"), "maglev");
        assert_eq!(cilium.texts("hubble metrics enabled"), ["dns", "drop", "tcp", "flow", "icmp", "http"]);
        assert!(!cilium.texts("securityContext capabilities ciliumAgent").contains(&"SYS_MODULE"));
        let pool = &system.all("CiliumLoadBalancerIPPool")[0].value;
        assert_eq!((pool.text("metadata name"), pool.text("spec allowFirstLastIPs")), ("pool", "No"));
        assert_eq!(system.all("CiliumL2AnnouncementPolicy").len(), 1);

        let coredns = system.values("coredns");
        assert_eq!(coredns.text("service clusterIP"), "10.43.0.10");
        assert_eq!(
            (coredns.text("service name"), coredns.text("k8sAppLabelOverride")),
            ("kube-dns", "kube-dns")
        );
        assert_eq!(coredns.number("replicaCount"), 2);
        let forwards: Vec<_> = coredns
            .list("servers 0 plugins")
            .iter()
            .filter(|plugin| plugin.text("name") == "forward")
            .map(|plugin| plugin.text("parameters").split(' ').next().unwrap())
            .collect();
        assert_eq!((forwards.first(), forwards.last()), (Some(&"example.com"), Some(&".")));

        assert_eq!(
            system.values("metrics-server").texts("args"),
            ["--kubelet-insecure-tls", "--metric-resolution=10s"]
        );
        let reloader = system.values("reloader").at("reloader");
        assert_eq!(reloader.at("readOnlyRootFileSystem").as_bool(), Some(true));
        assert_eq!(reloader.at("podMonitor enabled").as_bool(), Some(true));
        let spegel = system.values("spegel");
        assert_eq!(spegel.number("service registry hostPort"), 29999);
        assert_eq!(spegel.text("spegel containerdRegistryConfigPath"), "/etc/cri/conf.d/hosts");
    }
}

#[test]
fn facts_of_names_and_certificates() {
    for system in every() {
        let issuer = system.get("ClusterIssuer", "letsencrypt-production");
        let token = issuer.at("spec acme solvers 0 dns01 cloudflare apiTokenSecretRef");
        assert_eq!((token.text("name"), token.text("key")), ("cert-manager-secret", "api-token"));
        let step = system.get("Kustomization", "cert-manager/cert-manager");
        assert_eq!(step.each("spec healthChecks", "kind"), ["HelmRelease", "ClusterIssuer"]);
        let manager = system.values("cert-manager");
        assert!(manager.text("dns01RecursiveNameservers").starts_with("https://"));
        assert_eq!(manager.at("dns01RecursiveNameserversOnly").as_bool(), Some(true));

        let dns = system.values("cloudflare-dns");
        assert_eq!(dns.texts("sources"), ["crd", "gateway-httproute"]);
        assert_eq!((dns.text("policy"), dns.text("txtPrefix")), ("sync", "k8s."));
        for flag in ["--gateway-name=envoy-external", "--cloudflare-proxied"] {
            assert!(dns.texts("extraArgs").contains(&flag), "{flag}");
        }
        let tunnel =
            system.values("cloudflare-tunnel").at("controllers cloudflare-tunnel containers app env");
        assert_eq!(
            (tunnel.text("TUNNEL_TRANSPORT_PROTOCOL"), tunnel.text("TUNNEL_POST_QUANTUM")),
            ("quic", "true")
        );
    }
}

#[test]
fn facts_of_gateways_and_flux() {
    for system in every() {
        let proxy = system.get("EnvoyProxy", "network/envoy");
        assert_eq!(proxy.number("spec provider kubernetes envoyDeployment replicas"), 2);
        assert_eq!(proxy.text("spec shutdown drainTimeout"), "180s");
        let class = system.get("GatewayClass", "envoy");
        assert_eq!(class.text("spec controllerName"), "gateway.envoyproxy.io/gatewayclass-controller");
        let client = system.get("ClientTrafficPolicy", "network/envoy").at("spec");
        assert_eq!(
            (client.text("tls minVersion"), client.number("clientIPDetection xForwardedFor numTrustedHops")),
            ("1.2", 1)
        );
        assert_eq!(client.texts("tls alpnProtocols"), ["h2", "http/1.1"]);
        assert_eq!(client.text("headers withUnderscoresAction"), "Allow");
        let redirect = system.get("HTTPRoute", "network/https-redirect");
        assert_eq!(redirect.number("spec rules 0 filters 0 requestRedirect statusCode"), 301);
        let alerts = system.get("PrometheusRule", "network/envoy-gateway-alerts");
        let alerts: Vec<_> =
            alerts.list("spec groups").iter().flat_map(|group| group.each("rules", "alert")).collect();
        for alert in ["EnvoyGatewayControllerDown", "EnvoyProxyNotReady"] {
            assert!(alerts.contains(&alert), "{alert}");
        }

        let gateway = system.values("k8s-gateway");
        assert_eq!((gateway.number("ttl"), gateway.number("service port")), (1, 53));
        assert_eq!(gateway.texts("watchedResources"), ["HTTPRoute", "Service"]);
        assert_eq!(gateway.at("fallthrough enabled").as_bool(), Some(true));

        let flux = system.values("flux-instance").at("instance");
        assert_eq!(flux.list("components").len(), 4);
        assert_eq!(flux.at("cluster networkPolicy").as_bool(), Some(false));
        let patches = format!("{flux:?}");
        for part in [
            "--concurrent=10",
            "--concurrent=20",
            "--requeue-dependency=5s",
            "1Gi",
            "OOMWatch=true",
            "DisableChartDigestTracking=true",
            "--sops-age-secret=sops-age",
            "--watch-configs-label-selector",
            "CancelHealthCheckOnNewRevision=true",
            "Memory",
        ] {
            assert!(patches.contains(part), "{part}");
        }
        let receiver = system.get("Receiver", "flux-system/github-webhook");
        assert_eq!(receiver.texts("spec events"), ["ping", "push"]);
        assert_eq!(receiver.each("spec resources", "kind"), ["GitRepository", "Kustomization"]);
        let hook = system.get("HTTPRoute", "flux-system/github-webhook");
        assert_eq!(hook.text("spec rules 0 matches 0 path value"), "/hook/");
    }
}

#[test]
fn limits_and_times_of_the_ai_backends() {
    let system = kgateway().system();
    for (name, paths, every, fill, time) in [
        ("azure-openai-eastus2-chat", &["/azure/eastus2/chat/completions", "/v1/"][..], "1s", 75, "120s"),
        ("azure-openai-eastus2-responses", &["/azure/eastus2/responses"], "1s", 137, "180s"),
        ("azure-openai-eastus2-embeddings", &["/azure/eastus2/embeddings"], "1s", 100, "60s"),
        ("azure-openai-eastus2-realtime", &["/azure/eastus2/realtime"], "2s", 1, "300s"),
        ("azure-openai-eastus2-images", &["/azure/eastus2/images"], "1s", 1, "120s"),
        ("azure-openai-eastus2-audio", &["/azure/eastus2/audio"], "1s", 25, "180s"),
        ("azure-openai-eastus-chat", &["/azure/eastus/chat/completions"], "1s", 33, "120s"),
        ("azure-openai-eastus-embeddings", &["/azure/eastus/embeddings"], "1s", 50, "60s"),
        ("azure-anthropic", &["/anthropic/messages"], "1s", 17, "180s"),
        ("azure-anthropic-sonnet", &["/anthropic/sonnet/messages"], "1s", 17, "180s"),
        ("azure-anthropic-opus", &["/anthropic/opus/messages"], "1s", 17, "180s"),
        ("azure-cohere-rerank", &["/cohere/rerank"], "1s", 17, "60s"),
        ("azure-cohere-embed", &["/cohere/embed"], "1s", 17, "60s"),
    ] {
        let route = system.get("HTTPRoute", &format!("ai-system/{name}"));
        assert_eq!(route.each("spec rules 0 matches", "path value"), paths, "{name}");
        let policy = system.get("TrafficPolicy", &format!("ai-system/{name}")).at("spec");
        assert_eq!(policy.each("targetRefs", "name"), [name]);
        let bucket = policy.at("rateLimit local tokenBucket");
        assert_eq!((bucket.text("fillInterval"), bucket.number("tokensPerFill")), (every, fill), "{name}");
        assert_eq!(policy.text("timeouts request"), time, "{name}");
    }
    // One secret serves both of East US, also where only one is on.
    let one = kgateway().without(&["azure_openai_eastus_chat_deployment_name"]).system();
    one.get("Secret", "ai-system/azure-openai-eastus-credentials");
}

#[test]
fn facts_of_the_platform() {
    let system = envoy_ai().system();
    let stack = system.values("kube-prometheus-stack");
    assert_eq!(stack.at("kubeProxy enabled").as_bool(), Some(false));
    for part in ["kubeControllerManager", "kubeScheduler", "kubeEtcd"] {
        assert_eq!(
            stack.at(part).texts("endpoints"),
            ["192.168.45.11", "192.168.45.12", "192.168.45.13"],
            "{part}"
        );
    }
    assert_eq!(stack.number("kubeEtcd service port"), 2381);
    for (route, host) in
        [("grafana", "grafana"), ("prometheus", "prometheus"), ("alertmanager", "alertmanager")]
    {
        let route = system.get("HTTPRoute", &format!("observability/{route}"));
        assert_eq!(route.texts("spec hostnames"), [format!("{host}.example.com")]);
    }
    let onedev = system.get("HTTPRoute", "onedev/onedev");
    assert_eq!(onedev.text("spec rules 0 timeouts request"), "3600s");
    assert_eq!(system.get("HTTPRoute", "keycloak/keycloak").texts("spec hostnames"), ["auth.example.com"]);
    assert_eq!(system.get("HTTPRoute", "obot/obot").texts("spec hostnames"), ["obot.example.com"]);
    // The name of an immutable Job follows what it imports.
    let job = |system: &System| system.all("Job")[0].value.text("metadata name").to_owned();
    let other = envoy_ai().without(&["keycloak_entra_id_enabled"]).system();
    assert_ne!(job(&system), job(&other));
    for kind in ["ResourceQuota", "LimitRange", "NetworkPolicy", "Role", "RoleBinding"] {
        let there = system.all(kind).iter().any(|one| one.name().starts_with(&format!("{kind} obot-mcp/")));
        assert!(there, "{kind} in obot-mcp");
    }
    let role = system.all("Role").into_iter().find(|one| one.name().contains(" obot-mcp/")).unwrap();
    for rule in role.value.list("rules") {
        for list in ["apiGroups", "resources", "verbs"] {
            assert!(!rule.texts(list).contains(&"*"), "least privilege: {rule:?}");
        }
    }
    // Egress to the AI gateway comes from the configuration.
    let policy = format!("{:?}", system.get("NetworkPolicy", "obot/obot"));
    assert!(policy.contains("192.168.45.54/32"), "{policy}");
    let mcp = system.get("Gateway", "network/envoy-mcp");
    let https = mcp.item("spec listeners", "name", "https");
    assert_eq!(https.text("allowedRoutes namespaces selector matchLabels gateway/mcp"), "true");
    let namespace = system.document("kubernetes/apps/ai-system/namespace.yaml");
    assert_eq!(namespace.text("metadata labels gateway/mcp"), "true");
}
