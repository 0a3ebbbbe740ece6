//! L: External Secrets with 1Password.

use std::sync::Arc;

use acceptance::{Look, System};
use pipeline::{Repository, is_encrypted};

use crate::external_secrets;

fn system() -> Arc<System> {
    external_secrets().system()
}

#[test]
fn s145_it_is_in_the_namespace_security() {
    let system = system();
    system.get("HelmRelease", "security/onepassword-connect");
    system.get("HelmRelease", "security/external-secrets");
    let store = system.get("ClusterSecretStore", "onepassword-store");
    let provider = store.at("spec provider onepassword");
    assert_eq!(provider.text("connectHost"), "http://onepassword-connect.security.svc.cluster.local:8080");
    let token = provider.at("auth secretRef connectTokenSecretRef");
    assert_eq!((token.text("namespace"), token.text("key")), ("security", "token"));
}

#[test]
fn s146_its_credentials_are_encrypted() {
    let system = system();
    let file = "kubernetes/apps/security/onepassword-connect/app/secret.sops.yaml";
    let bytes = &system.files[std::path::Path::new(file)];
    assert!(is_encrypted(std::str::from_utf8(bytes).unwrap()));
    let secret = system.document(file);
    assert_eq!(secret.text("metadata name"), "onepassword-connect-secret");
    assert!(!secret.text("stringData 1password-credentials.json").is_empty());
    assert!(!secret.text("stringData token").is_empty());
    let secrets = system.all("Secret");
    let chain: Vec<_> = secrets
        .iter()
        .filter(|one| one.file.starts_with("kubernetes/apps/security"))
        .map(|one| one.file.to_str().unwrap())
        .collect();
    assert_eq!(chain, [file], "the one secret of this chain");
}

#[test]
fn s147_the_store_and_its_order() {
    let system = system();
    let store = system.object("ClusterSecretStore", "onepassword-store");
    assert_eq!(store.by, "security/external-secrets");
    let step = system.get("Kustomization", "security/external-secrets");
    step.item("spec dependsOn", "name", "onepassword-connect");
    let check = step.item("spec healthCheckExprs", "kind", "ClusterSecretStore");
    assert!(check.text("current").contains("Ready"), "{check:?}");
}

#[test]
fn s148_a_secret_from_the_store() {
    let system = system();
    let secrets = system.all("ExternalSecret");
    assert!(!secrets.is_empty(), "the example takes one from the store");
    for object in secrets {
        let spec = object.value.at("spec");
        assert_eq!(spec.text("refreshInterval"), "1h");
        let store = spec.at("secretStoreRef");
        assert_eq!((store.text("kind"), store.text("name")), ("ClusterSecretStore", "onepassword-store"));
        assert_eq!(spec.text("target creationPolicy"), "Owner");
        for data in spec.list("data") {
            assert!(!data.text("remoteRef key").is_empty() && !data.text("remoteRef property").is_empty());
        }
        let name = spec.find("target name").unwrap_or_else(|| object.value.at("metadata name")).text("");
        let namespace = object.value.text("metadata namespace");
        assert!(!system.knows("Secret", &format!("{namespace}/{name}")), "no SOPS file for {name}");
    }
}

#[test]
fn s149_what_stays_in_sops() {
    let private = external_secrets().with("repository_visibility: private").system();
    let bytes = &private.files[std::path::Path::new("bootstrap/github-deploy-key.sops.yaml")];
    assert!(is_encrypted(std::str::from_utf8(bytes).unwrap()));
    for system in [system(), private] {
        for file in [
            "kubernetes/apps/flux-system/flux-instance/app/secret.sops.yaml",
            "kubernetes/apps/security/onepassword-connect/app/secret.sops.yaml",
            "bootstrap/sops-age.sops.yaml",
        ] {
            assert!(
                is_encrypted(std::str::from_utf8(&system.files[std::path::Path::new(file)]).unwrap()),
                "{file}"
            );
        }
        for object in system.all("ExternalSecret") {
            let namespace = object.value.text("metadata namespace");
            assert!(!["flux-system", "security"].contains(&namespace), "{}", object.name());
        }
    }
    // The Talos secrets: statements 40 and 53.
}

#[test]
fn s150_the_pull_request_check() {
    let workflow = Repository::new().read(".github/workflows/validate.yaml");
    // YAML 1.1 takes the key `on` for a boolean; GitHub does not.
    let workflow = yaml::load(&workflow, yaml::Dialect::Yaml12).unwrap().remove(0);
    assert!(workflow.texts("on pull_request paths").contains(&"kubernetes/**"));
    let steps = workflow.list("jobs validate steps");
    let runs: Vec<_> = steps.iter().filter_map(|step| step.find("run")?.as_str()).collect();
    assert!(
        runs.iter().any(|run| run.contains("validate manifests") && run.contains("kubernetes")),
        "{runs:?}"
    );
    assert!(runs.iter().any(|run| run.contains("secrets check")), "{runs:?}");
}
