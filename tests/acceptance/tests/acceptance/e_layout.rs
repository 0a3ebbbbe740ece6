//! E: where files are, and how Flux gets from one to the next.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use acceptance::{Look, System};
use pipeline::text;
use yaml::Value;

use crate::{core, envoy_ai, external_secrets, kgateway, plain};

fn every() -> [Arc<System>; 5] {
    [core(), plain(), kgateway(), envoy_ai(), external_secrets()].map(|one| one.system())
}

/// The folders of apps: those that hold a `ks.yaml` below `kubernetes/apps`.
fn apps(system: &System) -> Vec<&Path> {
    let lists =
        system.plain.keys().filter(|path| path.ends_with("ks.yaml") && path.starts_with("kubernetes/apps"));
    lists.map(|path| path.parent().unwrap()).collect()
}

/// The kinds of the objects in the files directly in a folder, by file name.
fn kinds(system: &System, folder: &Path) -> BTreeMap<String, BTreeSet<String>> {
    let files = system.plain.iter().filter(|(path, _)| path.parent() == Some(folder));
    files
        .map(|(path, content)| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let objects = yaml::load(content, yaml::Dialect::Kubernetes).unwrap();
            (name, objects.iter().map(|object| object.text("kind").to_owned()).collect())
        })
        .collect()
}

#[test]
fn s065_the_files_of_an_app() {
    for system in every() {
        let apps = apps(&system);
        assert!(apps.len() >= 13);
        for app in apps {
            let folder = app.join("app");
            let files = kinds(&system, &folder);
            let at = app.display();
            assert!(files.contains_key("kustomization.yaml"), "{at}");
            let has = |file: &str, kind: &str| files.get(file).is_some_and(|kinds| kinds.contains(kind));
            let made = |kind: &str| files.values().any(|kinds| kinds.contains(kind));
            if made("HelmRelease") {
                assert!(has("helmrelease.yaml", "HelmRelease"), "{at}");
                let source = has("ocirepository.yaml", "OCIRepository")
                    || has("helmrepository.yaml", "HelmRepository");
                assert!(source, "{at}");
            }
            for (file, kinds) in &files {
                let secret = kinds.contains("Secret");
                assert_eq!(
                    secret,
                    file.ends_with(".sops.yaml"),
                    "{at}/app/{file}: secrets are files of their own"
                );
                assert!(!secret || kinds.len() == 1, "{at}/app/{file}");
                if kinds.contains("HTTPRoute") {
                    assert_eq!((file.as_str(), kinds.len()), ("httproute.yaml", 1), "{at}");
                }
            }
        }
    }
}

#[test]
fn s066_the_files_of_a_namespace() {
    for system in every() {
        let mut namespaces: Vec<_> = apps(&system).iter().map(|app| app.parent().unwrap()).collect();
        namespaces.dedup();
        for folder in namespaces {
            let name = folder.file_name().unwrap().to_str().unwrap();
            let namespace = system.document(folder.join("namespace.yaml").to_str().unwrap());
            assert_eq!((namespace.text("kind"), namespace.text("metadata name")), ("Namespace", name));
            let prune = "kustomize.toolkit.fluxcd.io/prune";
            assert_eq!(namespace.text(&format!("metadata annotations {prune}")), "disabled", "{name}");
            let list = system.document(folder.join("kustomization.yaml").to_str().unwrap());
            assert_eq!(list.text("namespace"), name);
            assert_eq!(list.texts("components"), ["../../components/sops"], "{name}");
            assert!(list.texts("resources").contains(&"./namespace.yaml"), "{name}");
        }
    }
}

/// The Flux Kustomizations of the apps: `namespace/name`, and what they wait for, in full.
fn graph(system: &System) -> BTreeMap<String, Vec<String>> {
    let steps = system.all("Kustomization");
    steps
        .iter()
        .map(|object| {
            let namespace = object.value.text("metadata namespace");
            let needs = object.value.list("spec dependsOn").iter().map(|need| {
                let other = need.find("namespace").and_then(Value::as_str).unwrap_or(namespace);
                format!("{other}/{}", need.text("name"))
            });
            (format!("{namespace}/{}", object.value.text("metadata name")), needs.collect())
        })
        .collect()
}

#[test]
fn s067_cilium_is_depended_on_in_kube_system() {
    let mut found = 0;
    for system in every() {
        for (step, needs) in graph(&system) {
            for need in needs.iter().filter(|need| need.ends_with("/cilium")) {
                assert_eq!(need, "kube-system/cilium", "{step}");
                found += 1;
            }
        }
    }
    assert!(found >= 5, "{found}");
}

#[test]
fn s068_dependencies_exist_and_make_no_circle() {
    for system in every() {
        let graph = graph(&system);
        assert!(graph.len() >= 14, "{graph:?}");
        let mut done = BTreeSet::new();
        // One after the other, whatever waits for nothing more: what is left at the end waits for itself.
        while let Some(next) = graph
            .iter()
            .find(|(step, needs)| !done.contains(*step) && needs.iter().all(|need| done.contains(need)))
        {
            done.insert(next.0.clone());
        }
        for (step, needs) in &graph {
            for need in needs {
                assert!(graph.contains_key(need), "{step} waits for {need}, which is not there");
            }
            assert!(done.contains(step), "{step} waits for itself: {needs:?}");
        }
    }
}

#[test]
fn s069_paths_exist() {
    for system in every() {
        for object in system.all("Kustomization") {
            let path = object.value.text("spec path");
            assert!(system.has(path.trim_start_matches("./")), "{}: {path}", object.name());
        }
    }
}

#[test]
fn s070_the_sources_of_charts_exist() {
    for system in every() {
        for object in system.all("HelmRelease") {
            let release = &object.value;
            let source =
                release.find("spec chartRef").or_else(|| release.find("spec chart spec sourceRef")).unwrap();
            let own = release.text("metadata namespace");
            let namespace = source.find("namespace").and_then(Value::as_str).unwrap_or(own);
            assert_eq!(namespace, own, "{}: its source is beside it", object.name());
            assert!(
                system.knows(source.text("kind"), &format!("{own}/{}", source.text("name"))),
                "{}: no {} {}",
                object.name(),
                source.text("kind"),
                source.text("name")
            );
        }
    }
}

#[test]
fn s071_a_secret_that_is_not_there_is_missed() {
    let repository = kgateway().configured();
    let check = |flags: &[&str]| {
        let args = [&["manifests", "--root", "."], flags, &["kubernetes"]].concat();
        repository.run("validate", &args)
    };
    assert!(check(&["--strict"]).status.success(), "{}", text(&check(&["--strict"])));
    for (file, referrer, name, flags) in [
        // What a Kustomization substitutes from, without which it is not applied
        (
            "ai-system/ai-secrets/app/azure-cohere-rerank.sops.yaml",
            "ai-system/azure-cohere-rerank/ks.yaml",
            "azure-cohere-rerank-credentials",
            &[][..],
        ),
        // What another object reads, which might come from elsewhere: a warning
        (
            "flux-system/flux-instance/app/secret.sops.yaml",
            "flux-system/flux-instance/app/receiver.yaml",
            "github-webhook-token-secret",
            &["--strict"],
        ),
    ] {
        let file = Path::new("kubernetes/apps").join(file);
        let list = file.with_file_name("kustomization.yaml");
        let (folder, list) = (repository.path(), list.to_str().unwrap());
        let (good, secret) = (repository.read(list), std::fs::read(folder.join(&file)).unwrap());
        repository.edit(list, &format!("  - ./{}\n", file.file_name().unwrap().to_str().unwrap()), "");
        std::fs::remove_file(folder.join(&file)).unwrap();
        let failed = check(flags);
        let said = text(&failed);
        assert_eq!(failed.status.code(), Some(1), "{said}");
        assert!(said.contains(name) && said.contains(referrer), "{said}");
        repository.write(list, &good);
        std::fs::write(folder.join(&file), secret).unwrap();
    }
}

#[test]
fn s072_what_is_broken_is_reported() {
    let repository = plain().configured();
    let check = || repository.run("validate", &["manifests", "--root", ".", "kubernetes"]);
    assert!(check().status.success(), "{}", text(&check()));
    let echo = "kubernetes/apps/default/echo";
    for (file, from, to, words) in [
        (format!("{echo}/app/httproute.yaml"), "  hostnames:\n", "  hostnames: [\n", "httproute.yaml"),
        (format!("{echo}/ks.yaml"), "/echo/app", "/echo/application", "echo/application"),
        (
            "kubernetes/apps/flux-system/flux-instance/ks.yaml".into(),
            "- name: flux-operator",
            "- name: flux-operators",
            "flux-operators",
        ),
        (format!("{echo}/app/helmrelease.yaml"), "    name: echo", "    name: echoes", "echoes"),
        (
            format!("{echo}/app/kustomization.yaml"),
            "./httproute.yaml",
            "./httproutes.yaml",
            "httproutes.yaml",
        ),
        (
            "kubernetes/apps/flux-system/flux-operator/ks.yaml".into(),
            "spec:\n",
            "spec:\n  dependsOn: [{name: flux-instance}]\n",
            "flux-instance",
        ),
    ] {
        let good = repository.read(&file);
        repository.edit(&file, from, to);
        let failed = check();
        let said = text(&failed);
        assert!(matches!(failed.status.code(), Some(1 | 2)), "{file}: {said}");
        assert!(said.contains(words), "{file}: {said}");
        repository.write(&file, &good);
    }
}

#[test]
fn s073_the_entry_point() {
    for system in every() {
        let entry: Vec<_> = system.plain.keys().filter(|path| path.starts_with("kubernetes/flux")).collect();
        assert_eq!(entry, [Path::new("kubernetes/flux/cluster/ks.yaml")]);
        let root = system.get("Kustomization", "flux-system/cluster-apps");
        assert_eq!(root.text("spec path"), "./kubernetes/apps");
        assert_eq!(
            (root.text("spec interval"), root.text("spec deletionPolicy")),
            ("1h", "WaitForTermination")
        );
        assert_eq!(
            (root.at("spec prune").as_bool(), root.at("spec wait").as_bool()),
            (Some(true), Some(false))
        );
        let instance = system.values("flux-instance");
        assert_eq!(instance.text("instance sync path"), "kubernetes/flux/cluster");
    }
}

#[test]
fn s074_versions_in_one_place() {
    for system in every() {
        let talenv = system.document("talos/talenv.yaml");
        for version in [talenv.text("talosVersion"), talenv.text("kubernetesVersion")] {
            for (path, content) in &system.plain {
                let own = path == Path::new("talos/talenv.yaml");
                assert_eq!(content.contains(version), own, "{version} is in {}", path.display());
            }
        }
    }
}
