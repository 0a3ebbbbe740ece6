//! K: OLM v1 and the operator of Flux.

use acceptance::{Look, System};
use yaml::Value;

use crate::olm;

/// A Flux Kustomization.
fn kustomization<'s>(system: &'s System, name: &str) -> &'s Value {
    system.get("Kustomization", &format!("flux-system/{name}"))
}

/// What its health checks look at: `Kind name`.
fn checks(system: &System, name: &str) -> Vec<String> {
    let checks = kustomization(system, name).list("spec healthChecks");
    checks.iter().map(|check| format!("{} {}", check.text("kind"), check.text("name"))).collect()
}

#[test]
fn s134_the_order_of_the_olm_chain() {
    let system = olm().system();
    let chain = system.document("bootstrap/chain.yaml");
    let phases = chain.each("phases", "name");
    let at = |name: &str| phases.iter().position(|phase| *phase == name).unwrap();
    for pair in
        ["gateway-api", "cilium", "cert-manager", "olmv1", "olmv1-catalog", "flux-operator", "flux-instance"]
            .windows(2)
    {
        assert!(at(pair[0]) < at(pair[1]), "{pair:?}: {phases:?}");
    }
    let ready = |name: &str, kind: &str, object: &str| {
        let phase = chain.item("phases", "name", name);
        let found = phase.list("ready").iter().find(|one| one.text("name") == object);
        let found = found.unwrap_or_else(|| panic!("{name} waits for no {object}"));
        assert_eq!(found.text("kind"), kind);
        found.text("condition").to_owned()
    };
    for deployment in ["cert-manager", "cert-manager-cainjector", "cert-manager-webhook"] {
        assert_eq!(ready("cert-manager", "deployment", deployment), "Available");
    }
    assert_eq!(ready("olmv1", "deployment", "operator-controller-controller-manager"), "Available");
    for plural in ["clustercatalogs", "clusterextensions"] {
        let name = format!("{plural}.olm.operatorframework.io");
        assert_eq!(ready("olmv1", "customresourcedefinition", &name), "Established");
    }
    assert_eq!(ready("olmv1-catalog", "clustercatalog", "operatorhubio"), "Serving");
    assert_eq!(ready("flux-operator", "clusterextension", "flux-operator"), "Installed");
    let kind = "fluxinstances.fluxcd.controlplane.io";
    assert_eq!(ready("flux-operator", "customresourcedefinition", kind), "Established");
    assert_eq!(ready("flux-instance", "fluxinstance", "flux"), "Ready");
    // What the phases name is there.
    for phase in chain.list("phases") {
        for file in phase.texts("secrets") {
            assert!(system.has(file), "{file}");
        }
        if let Some(folder) = phase.find("kustomize") {
            assert!(system.has(&format!("{}/kustomization.yaml", folder.text(""))));
        }
        if let Some(release) = phase.find("release") {
            let helmfile = system.document(phase.text("helmfile"));
            helmfile.item("releases", "name", release.text(""));
        }
    }
    // Flux has the same order afterwards.
    for (name, after) in [
        ("olmv1", "cert-manager"),
        ("olmv1-catalog", "olmv1"),
        ("flux-operator", "olmv1-catalog"),
        ("flux-instance", "flux-operator"),
    ] {
        assert_eq!(kustomization(&system, name).each("spec dependsOn", "name"), [after]);
    }
}

#[test]
fn s135_what_the_flux_instance_reads() {
    let system = olm().system();
    let instance = system.get("FluxInstance", "flux-system/flux");
    assert_eq!(instance.text("spec sync path"), "kubernetes/clusters/main");
    assert!(system.has("kubernetes/clusters/main/kustomization.yaml"));
    assert_eq!(instance.text("spec sync interval"), "5m");
    assert_eq!(instance.text("spec sync kind"), "GitRepository");
    assert_eq!(instance.text("spec sync url"), "https://github.com/example/infrastructure.git");
    assert_eq!(instance.text("spec sync ref"), "refs/heads/main");
    assert_eq!(instance.text("spec sync pullSecret"), "flux-system");
    let secret = system.document("bootstrap/flux-system.sops.yaml");
    assert_eq!(secret.text("stringData password"), "THROWAWAY-not-a-github-token");
    assert!(instance.texts("spec components").contains(&"source-watcher"));
    let patches = instance.list("spec kustomize patches");
    let decrypts = patches.iter().any(|patch| {
        patch.find("target name").is_some_and(|name| name.text("") == "flux-system")
            && patch.text("patch").contains("sops-age")
    });
    assert!(decrypts, "{patches:?}");
}

#[test]
fn s136_the_gateway_api_source() {
    let system = olm().system();
    let source = system.get("GitRepository", "flux-system/gateway-api");
    assert_eq!(source.text("spec ref tag"), "v1.3.0");
    assert_eq!(source.text("spec url"), "https://github.com/kubernetes-sigs/gateway-api");
    let generator = system.get("ArtifactGenerator", "flux-system/gateway-api");
    assert_eq!(generator.each("spec sources", "name"), ["gateway-api"]);
    let artifacts = generator.each("spec artifacts", "name");
    assert_eq!(artifacts, ["gateway-api-standard", "gateway-api-experimental"]);
    assert!(generator.text("spec artifacts 0 copy 0 from").ends_with("/config/crd/standard/**"));
    // Of the experimental channel the one file, or it would bring its own variants of the standard kinds.
    let experimental = generator.list("spec artifacts 1 copy");
    assert_eq!(experimental.len(), 1);
    assert!(experimental[0].text("from").ends_with("_tlsroutes.yaml"));
    for artifact in artifacts {
        let source = kustomization(&system, artifact).at("spec sourceRef");
        assert_eq!((source.text("kind"), source.text("name")), ("ExternalArtifact", artifact));
    }
}

#[test]
fn s137_the_standard_crds() {
    let system = olm().system();
    let standard = kustomization(&system, "gateway-api-standard");
    assert!(standard.find("spec dependsOn").is_none());
    let kinds = ["gatewayclasses", "gateways", "httproutes", "grpcroutes", "referencegrants"];
    let want = kinds.map(|kind| format!("CustomResourceDefinition {kind}.gateway.networking.k8s.io"));
    assert_eq!(checks(&system, "gateway-api-standard"), want);
    assert_eq!(standard.at("spec prune").as_bool(), Some(false));
    assert_eq!(standard.at("spec force").as_bool(), Some(true));
}

#[test]
fn s138_the_experimental_crd() {
    let system = olm().system();
    let experimental = kustomization(&system, "gateway-api-experimental");
    assert_eq!(experimental.each("spec dependsOn", "name"), ["gateway-api-standard"]);
    assert_eq!(
        checks(&system, "gateway-api-experimental"),
        ["CustomResourceDefinition tlsroutes.gateway.networking.k8s.io"]
    );
}

#[test]
fn s139_cilium_after_both() {
    let system = olm().system();
    let after = kustomization(&system, "cilium").each("spec dependsOn", "name");
    assert_eq!(after, ["gateway-api-standard", "gateway-api-experimental"]);
    assert_eq!(checks(&system, "cilium"), ["DaemonSet cilium", "Deployment cilium-operator"]);
}

#[test]
fn s140_cert_manager_after_the_first() {
    let system = olm().system();
    let after = kustomization(&system, "cert-manager").each("spec dependsOn", "name");
    assert_eq!(after, ["gateway-api-standard"]);
    assert_eq!(
        checks(&system, "cert-manager"),
        ["Deployment cert-manager", "Deployment cert-manager-cainjector", "Deployment cert-manager-webhook"]
    );
}

/// Whether a text is one version: no range, no branch.
fn is_exact(version: &str) -> bool {
    let digits = version.strip_prefix('v').unwrap_or(version);
    digits.split('.').count() == 3 && digits.split('.').all(|part| part.parse::<u32>().is_ok())
}

#[test]
fn s141_exact_versions() {
    let system = olm().system();
    for release in system.all("HelmRelease") {
        let version = release.value.text("spec chart spec version");
        assert!(is_exact(version), "{}: {version}", release.name());
    }
    for source in system.all("GitRepository") {
        assert!(is_exact(source.value.text("spec ref tag")), "{}", source.name());
        assert!(source.value.find("spec ref branch").is_none());
    }
    for extension in system.all("ClusterExtension") {
        assert!(is_exact(extension.value.text("spec source catalog version")), "{}", extension.name());
    }
    assert!(is_exact(system.get("FluxInstance", "flux").text("spec distribution version")));
    for kustomization in system.all("Kustomization") {
        for image in kustomization.value.list("spec images") {
            assert!(is_exact(image.text("newTag")));
        }
    }
}

#[test]
fn s142_the_version_matrix() {
    let system = olm().system();
    assert_eq!(system.get("GitRepository", "gateway-api").text("spec ref tag"), "v1.3.0");
    let version =
        |release: &str| system.get("HelmRelease", release).text("spec chart spec version").to_owned();
    assert_eq!(version("cilium"), "1.18.3");
    assert_eq!(version("cert-manager"), "v1.19.1");
    assert_eq!(system.get("FluxInstance", "flux").text("spec distribution version"), "2.7.3");
    assert_eq!(system.get("GitRepository", "olmv1-operator-controller").text("spec ref tag"), "v1.5.1");
    // What comes before Flux is the same.
    let chain = system.read("bootstrap/chain.yaml");
    assert!(chain.contains("/v1.3.0/") && chain.contains("/v1.5.1/"), "{chain}");
    let helmfile = system.document("bootstrap/helmfile.d/01-apps.yaml");
    assert_eq!(helmfile.each("releases", "version"), ["1.18.3", "v1.19.1"]);
    // Where the pins stand: one line of the catalogue each, which `validate versions` prints.
    let repository = olm().configured();
    let said = repository.run("validate", &["versions", "--system", "olm"]);
    assert!(said.status.success(), "{}", pipeline::text(&said));
    let versions = String::from_utf8(said.stdout).unwrap();
    for pin in ["v1.3.0", "1.18.3", "v1.19.1", "2.7.3", "0.33.0", "v1.5.1"] {
        assert!(versions.contains(pin), "{pin}: {versions}");
    }
}

#[test]
fn s143_cilium_as_gateway() {
    let system = olm().system();
    let values = system.values("kube-system/cilium");
    for on in [
        "gatewayAPI enabled",
        "gatewayAPI enableAlpn",
        "gatewayAPI enableAppProtocol",
        "hubble relay enabled",
        "hubble ui enabled",
        "kubeProxyReplacement",
    ] {
        assert_eq!(values.at(on).as_bool(), Some(true), "{on}");
    }
    assert_eq!(values.at("cgroup autoMount enabled").as_bool(), Some(false));
    assert_eq!(values.text("cgroup hostRoot"), "/sys/fs/cgroup");
    assert_eq!(values.text("k8sServiceHost"), "localhost");
    assert_eq!(values.number("k8sServicePort"), 7445);
    assert_eq!(values.at("bpf masquerade").as_bool(), Some(false));
    assert_eq!(values.at("ipv6 enabled").as_bool(), Some(false));
    let release = system.get("HelmRelease", "kube-system/cilium");
    assert_eq!(release.text("spec driftDetection mode"), "warn");
}

#[test]
fn s144_an_application_of_ones_own() {
    let repository = olm().configured();
    let (base, cluster) = ("kubernetes/base/mine", "kubernetes/clusters/main");
    std::fs::create_dir_all(repository.path().join(base)).unwrap();
    repository.write(
        &format!("{base}/kustomization.yaml"),
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - ./map.yaml\n",
    );
    repository.write(
        &format!("{base}/map.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: mine\n  namespace: default\ndata: {}\n",
    );
    repository.write(
        &format!("{cluster}/kustomization-mine.yaml"),
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: mine\n  \
         namespace: flux-system\nspec:\n  dependsOn:\n    - name: cilium\n  interval: 30m\n  \
         path: ./kubernetes/base/mine\n  prune: true\n  sourceRef:\n    kind: GitRepository\n    \
         name: flux-system\n  timeout: 10m\n  wait: true\n",
    );
    // Without the line it is found out; with it everything builds.
    let check = || {
        let entry = ["--root", ".", "--entry", cluster, "--strict", "kubernetes"];
        repository.run("validate", &[&["manifests"], entry.as_slice()].concat())
    };
    assert!(!check().status.success(), "nothing lists it yet");
    let list = format!("{cluster}/kustomization.yaml");
    let line = "  - ./kustomization-mine.yaml\n";
    repository.write(&list, &(repository.read(&list) + line));
    let checked = check();
    assert!(checked.status.success(), "{}", pipeline::text(&checked));
    let built = repository.run("validate", &["build", cluster]);
    assert!(built.status.success(), "{}", pipeline::text(&built));
    // `configure` writes the line by itself, and leaves the rest alone.
    let before = repository.snapshot();
    repository.configure();
    assert!(repository.read(&list).contains(line.trim()), "{}", repository.read(&list));
    let files = [format!("{base}/map.yaml"), format!("{cluster}/kustomization-mine.yaml")];
    for file in files {
        assert_eq!(before[std::path::Path::new(&file)], repository.read(&file).into_bytes());
    }
}
