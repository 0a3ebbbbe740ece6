//! The facts of the systems proxmox and olm that are no statement of the list: what comes from where, what waits for
//! what, and who may be chosen with whom. From the specification's description of the components.

use std::collections::BTreeMap;

use acceptance::{Configuration, Look, System, terraform, yaml};
use pipeline::{Repository, text};
use yaml::Value;

use crate::{core, olm, proxmox, refused};

/// Every Kustomization of the system proxmox that stands in the specification, with what it waits for at least.
const PROXMOX: &[(&str, &[&str])] = &[
    ("cilium", &[]),
    ("sealed-secrets", &[]),
    ("tofu-controller", &[]),
    ("metallb", &["cilium"]),
    ("metallb-config", &["metallb"]),
    ("ingress-nginx", &["metallb-config"]),
    ("powerdns", &["metallb-config"]),
    ("cert-manager", &["cilium", "powerdns"]),
    ("vault", &[]),
    ("external-secrets", &["vault"]),
    ("authentik", &["vault", "external-secrets"]),
    ("services-config", &["authentik", "vault"]),
    ("harbor", &["ingress-nginx", "cert-manager", "vault", "external-secrets", "authentik"]),
    ("gitea", &["ingress-nginx", "cert-manager", "vault", "external-secrets", "authentik"]),
    ("matrix", &["ingress-nginx", "cert-manager", "vault", "external-secrets", "authentik"]),
    ("test-app", &["ingress-nginx"]),
];

/// Every Kustomization of the system olm: what it waits for, and what its health checks look at.
const OLM: &[(&str, &[&str], &[&str])] = &[
    (
        "gateway-api-standard",
        &[],
        &[
            "CustomResourceDefinition gatewayclasses.gateway.networking.k8s.io",
            "CustomResourceDefinition gateways.gateway.networking.k8s.io",
            "CustomResourceDefinition httproutes.gateway.networking.k8s.io",
            "CustomResourceDefinition grpcroutes.gateway.networking.k8s.io",
            "CustomResourceDefinition referencegrants.gateway.networking.k8s.io",
        ],
    ),
    (
        "gateway-api-experimental",
        &["gateway-api-standard"],
        &["CustomResourceDefinition tlsroutes.gateway.networking.k8s.io"],
    ),
    (
        "cilium",
        &["gateway-api-standard", "gateway-api-experimental"],
        &["DaemonSet cilium", "Deployment cilium-operator"],
    ),
    (
        "cert-manager",
        &["gateway-api-standard"],
        &["Deployment cert-manager", "Deployment cert-manager-cainjector", "Deployment cert-manager-webhook"],
    ),
    (
        "olmv1",
        &["cert-manager"],
        &[
            "Deployment operator-controller-controller-manager",
            "CustomResourceDefinition clustercatalogs.olm.operatorframework.io",
            "CustomResourceDefinition clusterextensions.olm.operatorframework.io",
        ],
    ),
    ("olmv1-catalog", &["olmv1"], &["ClusterCatalog operatorhubio"]),
    (
        "flux-operator",
        &["olmv1-catalog"],
        &[
            "ClusterExtension flux-operator",
            "Deployment flux-operator",
            "CustomResourceDefinition fluxinstances.fluxcd.controlplane.io",
        ],
    ),
    (
        "flux-instance",
        &["flux-operator"],
        &[
            "Deployment source-controller",
            "Deployment kustomize-controller",
            "Deployment helm-controller",
            "Deployment notification-controller",
            "Deployment source-watcher",
        ],
    ),
];

/// The folders of Terraform.
const TERRAFORM: &[&str] = &[
    "infrastructure",
    "gitops/dns",
    "gitops/vault",
    "gitops/secrets",
    "gitops/authentik",
    "gitops/services",
];

/// The Kustomizations of Flux by their names.
fn steps(system: &System) -> BTreeMap<String, Value> {
    let all = system.all("Kustomization").into_iter();
    all.map(|object| (object.value.text("metadata name").to_owned(), object.value.clone())).collect()
}

#[test]
fn what_waits_for_what_on_proxmox() {
    let system = proxmox().system();
    let steps = steps(&system);
    for (name, wanted) in PROXMOX {
        let step = steps.get(*name).unwrap_or_else(|| panic!("no Kustomization {name}"));
        assert_eq!(step.text("metadata namespace"), "flux-system", "{name}");
        let needs: Vec<_> = step.list("spec dependsOn").iter().map(|need| need.text("name")).collect();
        for need in *wanted {
            assert!(needs.contains(need), "{name} does not wait for {need}: {needs:?}");
        }
    }
    // What brings kinds that others use is waited for until they are there.
    for (name, kind) in [
        ("sealed-secrets", "sealedsecrets.bitnami.com"),
        ("tofu-controller", "terraforms.infra.contrib.fluxcd.io"),
        ("metallb", "ipaddresspools.metallb.io"),
    ] {
        let checks = steps[name].each("spec healthChecks", "name");
        assert!(checks.contains(&kind), "{name}: {checks:?}");
    }
}

#[test]
fn charts_of_the_system_proxmox() {
    let system = proxmox().system();
    for (name, repository, version) in [
        ("kube-system/cilium", "https://helm.cilium.io", "1.16.5"),
        ("kube-system/sealed-secrets", "https://bitnami-labs.github.io/sealed-secrets", "2.16.2"),
        ("flux-system/tofu-controller", "https://flux-iac.github.io/tofu-controller", "0.15.1"),
        ("metallb-system/metallb", "https://metallb.github.io/metallb", "0.15.2"),
        ("ingress-nginx/ingress-nginx", "https://kubernetes.github.io/ingress-nginx", "4.11.3"),
        ("cert-manager/cert-manager", "https://charts.jetstack.io", "v1.16.2"),
        ("vault/vault", "https://helm.releases.hashicorp.com", "0.28.1"),
        ("external-secrets-system/external-secrets", "https://charts.external-secrets.io", ""),
        ("authentik/authentik", "https://charts.goauthentik.io", "2024.10.3"),
        ("harbor/harbor", "https://helm.goharbor.io", "1.15.1"),
        ("gitea/gitea", "https://dl.gitea.com/charts", "10.4.1"),
    ] {
        let chart = system.get("HelmRelease", name).at("spec chart spec");
        let source = chart.at("sourceRef");
        let sources = system.all("HelmRepository");
        let url = sources
            .iter()
            .find(|one| one.value.text("metadata name") == source.text("name"))
            .map(|one| one.value.text("spec url"));
        assert_eq!(url, Some(repository), "{name}");
        let pinned = chart.text("version");
        // External Secrets is newer than the document's: its API v1 is what the store is written in.
        assert!(version.is_empty() || pinned == version, "{name}: {pinned}");
        let digits = pinned.trim_start_matches('v');
        assert!(digits.split('.').count() == 3 && digits.starts_with(|c: char| c.is_ascii_digit()), "{name}");
    }
}

#[test]
fn facts_of_the_platform_on_proxmox() {
    let system = proxmox().system();
    let values = |release: &str| system.values(release).clone();
    // The ingress: release, namespace and health check agree; spread over nodes, and not all at once.
    let ingress = values("ingress-nginx/ingress-nginx");
    assert!(ingress.find("controller affinity podAntiAffinity").is_some());
    assert_eq!(ingress.number("controller minAvailable"), 1);
    assert_eq!(ingress.text("controller ingressClassResource name"), "nginx");
    let check = steps(&system)["ingress-nginx"].at("spec healthChecks 0").clone();
    assert_eq!((check.text("name"), check.text("namespace")), ("ingress-nginx", "ingress-nginx"));
    // MetalLB speaks on controllers too.
    let tolerations = values("metallb-system/metallb").list("speaker tolerations").to_vec();
    let control = "node-role.kubernetes.io/control-plane";
    assert!(tolerations.iter().any(|one| one.text("key") == control), "{tolerations:?}");
    // PowerDNS: one replica with a volume; the API and DNS are services of their own.
    let server = system.all("Deployment").into_iter().find(|one| one.name().contains("dns-system/")).unwrap();
    assert_eq!(server.value.number("spec replicas"), 1);
    let volumes = server.value.list("spec template spec volumes");
    assert!(volumes.iter().any(|volume| volume.find("persistentVolumeClaim").is_some()));
    assert_eq!(system.get("Service", "dns-system/powerdns-api").number("spec ports 0 port"), 8081);
    // Vault's part: the mount, the sign-in, the policy and the role that the store uses.
    let vault = terraform::module(&system, "gitops/vault");
    assert_eq!(terraform::resource(&vault, "vault_mount.kv").text("path"), "kv");
    assert_eq!(terraform::resource(&vault, "vault_mount.kv").text("options version"), "2");
    assert_eq!(terraform::resource(&vault, "vault_policy.external_secrets").text("name"), "external-secrets");
    let role = terraform::resource(&vault, "vault_kubernetes_auth_backend_role.external_secrets");
    assert_eq!(role.text("role_name"), "external-secrets");
    let store = system.get("ClusterSecretStore", "vault-backend").at("spec provider vault").clone();
    assert_eq!((store.text("path"), store.text("version")), ("kv", "v2"));
    assert_eq!(store.text("auth kubernetes role"), "external-secrets");
    // Shared secrets: from Vault through the store, looked at every 15 minutes.
    let secrets = system.all("ExternalSecret");
    assert!(secrets.len() >= 3, "{}", secrets.len());
    for secret in secrets {
        assert_eq!(secret.value.text("spec secretStoreRef name"), "vault-backend", "{}", secret.name());
        assert_eq!(secret.value.text("spec refreshInterval"), "15m", "{}", secret.name());
    }
    // Terraform in the cluster: which folders, with which runner, and in which order.
    let runs = system.all("Terraform");
    let mut paths: Vec<_> = runs.iter().map(|run| run.value.text("spec path")).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        ["./gitops/authentik", "./gitops/dns", "./gitops/secrets", "./gitops/services", "./gitops/vault"]
    );
    for run in &runs {
        assert_eq!(run.value.text("spec serviceAccountName"), "tf-runner", "{}", run.name());
        assert_eq!(run.value.text("spec sourceRef kind"), "GitRepository", "{}", run.name());
    }
    assert!(system.all("ServiceAccount").iter().any(|one| one.name().ends_with("/tf-runner")));
    let host = system.get("Ingress", "test-app/test-app").text("spec rules 0 host").to_owned();
    assert_eq!(host, "test.cluster.example.com");
    let replicas = system.get("Deployment", "test-app/test-app").number("spec replicas");
    assert_eq!(replicas, 2);
}

#[test]
fn what_waits_for_what_in_olm() {
    // Without the controllers that the example has beside the usual ones.
    let system = olm().without(&["flux_components_extra"]).system();
    let steps = steps(&system);
    let names: Vec<_> = OLM.iter().map(|(name, ..)| *name).collect();
    let mut known: Vec<_> = steps.keys().map(String::as_str).collect();
    known.retain(|name| *name != "flux-system");
    let mut wanted = names.clone();
    wanted.sort_unstable();
    assert_eq!(known, wanted, "these and no others");
    for (name, needs, checks) in OLM {
        let step = &steps[*name];
        assert_eq!(step.each("spec dependsOn", "name"), *needs, "{name}");
        let found: Vec<_> = step
            .list("spec healthChecks")
            .iter()
            .map(|check| format!("{} {}", check.text("kind"), check.text("name")))
            .collect();
        assert_eq!(found, *checks, "{name}");
        // The layout's conventions: where the file is, and how often and how long.
        let file = format!("kubernetes/clusters/main/kustomization-{name}.yaml");
        assert!(system.has(&file), "{file}");
        assert_eq!(step.text("metadata namespace"), "flux-system");
        assert_eq!(step.text("spec interval"), "30m", "{name}");
        let short = name.starts_with("gateway-api") || name.ends_with("-catalog");
        assert_eq!(step.text("spec timeout"), if short { "5m" } else { "10m" }, "{name}");
        assert_eq!(step.at("spec wait").as_bool(), Some(true), "{name}");
        // What brings definitions takes none away: everything of their kinds would go with them.
        let crds = name.starts_with("gateway-api") || *name == "olmv1";
        assert_eq!(step.at("spec prune").as_bool(), Some(!crds), "{name}");
        assert_eq!(step.find("spec force").and_then(Value::as_bool), crds.then_some(true), "{name}");
    }
    // Sources are in flux-system.
    for kind in ["GitRepository", "HelmRepository", "ArtifactGenerator"] {
        for source in system.all(kind) {
            assert_eq!(source.value.text("metadata namespace"), "flux-system", "{}", source.name());
        }
    }
    // OLM's own manifests name images of a development build; the tag is the source's.
    let tag = system.get("GitRepository", "flux-system/olmv1-operator-controller").text("spec ref tag");
    let images = steps["olmv1"].list("spec images").to_vec();
    assert_eq!(images.len(), 2);
    assert!(images.iter().all(|image| image.text("newTag") == tag), "{images:?}");
    assert_eq!(steps["olmv1"].text("spec path"), "./overlays/standard");
}

#[test]
fn facts_of_olm() {
    let system = olm().system();
    let manager = system.values("cert-manager/cert-manager");
    assert!(manager.text("dns01RecursiveNameservers").contains("1.1.1.1:53"), "{manager:?}");
    assert!(manager.text("dns01RecursiveNameservers").contains("8.8.8.8:53"));
    let said = format!("{manager:?}");
    assert!(
        said.contains("ExperimentalGatewayAPISupport") && said.contains("enableCertificateOwnerRef"),
        "{said}"
    );
    let namespace = system.get("Namespace", "cert-manager");
    assert_eq!(namespace.text("metadata labels pod-security.kubernetes.io/enforce"), "restricted");
    let catalog = system.get("ClusterCatalog", "operatorhubio");
    assert!(catalog.text("spec source image ref").starts_with("quay.io/operatorhubio/catalog:"));
    let extension = system.get("ClusterExtension", "flux-operator");
    assert_eq!(extension.text("spec source catalog channels 0"), "stable");
    let account = extension.text("spec serviceAccount name");
    assert!(system.all("ServiceAccount").iter().any(|one| one.value.text("metadata name") == account));
    let bound = system
        .all("ClusterRoleBinding")
        .into_iter()
        .any(|binding| binding.value.list("subjects").iter().any(|subject| subject.text("name") == account));
    assert!(bound, "{account} is bound to a role");
}

/// The check of generated Terraform is worth something: every required argument, every argument's name, everything that
/// an expression names and every provider's pin is missed when it is not as it should be.
#[test]
fn broken_terraform_is_found_out() {
    let system = proxmox().system();
    let mut count = 0;
    for folder in TERRAFORM {
        let module = terraform::module(&system, folder);
        assert_eq!(terraform::problems(&module), Vec::<String>::new(), "{folder}");
        for (what, broken) in terraform::damages(&module) {
            assert!(!terraform::problems(&broken).is_empty(), "{folder}: {what} is not found");
            count += 1;
        }
    }
    assert!(count > 200, "{count}");
}

/// The default name and namespace are those of kubeseal's flags `--controller-name` and `--controller-namespace`
/// (cmd/kubeseal/main.go of v0.40.0): it asks for the Service of that name.
#[test]
fn s064_the_sealed_secrets_controller_is_where_kubeseal_looks() {
    let system = proxmox().system();
    let release = system.get("HelmRelease", "kube-system/sealed-secrets");
    let target = release.find("spec targetNamespace").map_or("kube-system", |target| target.text(""));
    assert_eq!(target, "kube-system");
    let values = system.values("kube-system/sealed-secrets");
    // The chart names Deployment and Service after this.
    assert_eq!(values.text("fullnameOverride"), "sealed-secrets-controller");
    assert_eq!(values.text("keyrenewperiod"), "720h", "a new key every 30 days");
    assert_eq!(values.at("crd create").as_bool(), Some(true));
    assert_eq!(values.at("crd keep").as_bool(), Some(true), "sealed objects outlive the release");
    let step = system.get("Kustomization", "flux-system/sealed-secrets");
    assert!(step.each("spec healthChecks", "name").contains(&"sealedsecrets.bitnami.com"));
    // Off, nothing of it is there.
    let off = proxmox().with("sealed_secrets_enabled: false").system();
    assert!(!off.has("k8s/sealed-secrets") && !off.read("k8s/kustomization.yaml").contains("sealed-secrets"));
}

/// What `configure` says of a configuration whose `platform` is this, or is not given.
fn with_platform(base: &Configuration, platform: &str) -> Configuration {
    if platform.is_empty() { base.clone() } else { base.clone().with(&format!("platform: {platform}")) }
}

#[test]
fn every_system_with_every_platform() {
    let all: [(&str, Configuration, &str, &[&str]); 3] = [
        ("cluster-template", core(), "cluster-template", &["", "metal", "proxmox"]),
        ("proxmox", proxmox(), "proxmox", &["", "proxmox"]),
        ("olm", olm(), "olm", &["", "metal"]),
    ];
    for (name, base, system, allowed) in all {
        let repository: Repository = base.repository();
        for platform in ["", "metal", "proxmox", "cloud"] {
            let one = with_platform(&base, platform);
            if allowed.contains(&platform) {
                one.write(&repository);
                let said = text(&repository.configure());
                assert!(said.contains(": nothing found"), "{name} on {platform}: {said}");
                let context = repository.run("validate", &["config"]);
                let context = yaml(&String::from_utf8(context.stdout).unwrap());
                let metal = if system == "proxmox" { "proxmox" } else { "metal" };
                let want = (system, if platform.is_empty() { metal } else { platform });
                assert_eq!((context.text("system"), context.text("platform")), want);
            } else if platform == "cloud" {
                refused(&repository, &one, &["platform", "cloud", "metal", "proxmox"]);
            } else {
                refused(&repository, &one, &["platform", "cluster-template only"]);
            }
        }
    }
    refused(&core().repository(), &core().with("system: nobody"), &["system", "nobody", "cluster-template"]);
}
