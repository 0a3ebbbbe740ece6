//! Our output before the peers: what `just configure` made, read by the real sops, kustomize and makejinja.
//! Needs `CLUSTERPIPE_PEERS` (see `just conformance`); without it these tests say that they were skipped.
#![allow(clippy::unwrap_used, reason = "helpers of tests: a failure is the test's failure")]

mod apiserver;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pipeline::{Repository, files, full, peer, text};

/// Runs `configure --yes` with some tools swapped for their peers.
fn configure_with(repository: &Repository, variables: &[(&str, &str)]) {
    let peers = Path::new(&std::env::var_os("CLUSTERPIPE_PEERS").unwrap()).join("bin");
    let mut recipe = repository.recipe(&["configure", "--yes"]);
    let path = std::env::var_os("PATH").unwrap();
    let mut dirs = vec![peers, pipeline::bin()];
    dirs.extend(std::env::split_paths(&path));
    recipe.env("PATH", std::env::join_paths(dirs).unwrap());
    recipe.envs(variables.iter().copied());
    let done = recipe.output().unwrap();
    assert!(done.status.success(), "{variables:?}: {}", text(&done));
}

/// What stands in a repository's generated folders; secret files as what they say.
fn generated(repository: &Repository) -> BTreeMap<PathBuf, String> {
    let mut all = BTreeMap::new();
    for (path, bytes) in repository.snapshot() {
        let ours = ["kubernetes", "bootstrap", "talos"].iter().any(|folder| path.starts_with(folder));
        if !ours && path != Path::new(".sops.yaml") {
            continue;
        }
        let mut content = String::from_utf8_lossy(&bytes).into_owned();
        if pipeline::is_secret_file(&path) {
            assert!(pipeline::is_encrypted(&content), "{}", path.display());
            let plain = repository.run("secrets", &["decrypt", path.to_str().unwrap()]);
            assert!(plain.status.success(), "{}", text(&plain));
            let data = yaml::load(&String::from_utf8_lossy(&plain.stdout), yaml::Dialect::GoYamlV3).unwrap();
            content = format!("{data:?}");
        }
        all.insert(path, content);
    }
    all
}

/// One key for all repositories that a test compares.
fn same_keys(from: &Repository, to: &Repository) {
    for file in ["age.key", "github-push-token.txt", "github-deploy.key"] {
        std::fs::copy(from.path().join(file), to.path().join(file)).unwrap();
    }
}

#[test]
fn each_tool_can_be_swapped_for_its_peer() {
    if peer("sops").is_none() {
        return;
    }
    let ours = Repository::example("cluster-template");
    ours.configure();
    let want = generated(&ours);
    let peers = std::env::var("CLUSTERPIPE_PEERS").unwrap();
    let schemas = format!(
        "-strict -ignore-missing-schemas -skip Secret -schema-location {peers}/schemas/{{{{.Group}}}}/{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json"
    );
    let mut swaps = vec![
        vec![("RENDER", "makejinja")],
        vec![("SECRETS", "sops")],
        vec![("RENDER", "makejinja"), ("SECRETS", "sops")],
        vec![("VALIDATE", "kubeconform"), ("KUBECONFORM_FLAGS", schemas.as_str())],
    ];
    if full() {
        swaps.push(vec![("TALOSGEN", "talhelper")]);
    }
    for variables in swaps {
        let repository = Repository::example("cluster-template");
        same_keys(&ours, &repository);
        configure_with(&repository, &variables);
        let got = generated(&repository);
        assert_eq!(got.keys().collect::<Vec<_>>(), want.keys().collect::<Vec<_>>(), "{variables:?}");
        for (path, content) in &want {
            assert_eq!(&got[path], content, "{variables:?}: {}", path.display());
        }
    }
}

#[test]
fn sops_decrypts_every_secret_file() {
    let Some(sops) = peer("sops") else { return };
    let repository = Repository::example("cluster-template");
    repository.configure();
    for path in repository.secret_files() {
        let path = path.to_str().unwrap();
        let theirs = repository.run(&sops, &["decrypt", path]);
        assert!(theirs.status.success(), "{path}: {}", text(&theirs));
        let ours = repository.run("secrets", &["decrypt", path]);
        assert!(ours.status.success(), "{path}: {}", text(&ours));
        let data =
            |bytes: &[u8]| yaml::load(&String::from_utf8_lossy(bytes), yaml::Dialect::GoYamlV3).unwrap();
        assert_eq!(data(&theirs.stdout), data(&ours.stdout), "{path}");
    }
}

#[test]
fn we_decrypt_what_sops_encrypts() {
    let Some(sops) = peer("sops") else { return };
    let repository = Repository::example("cluster-template");
    repository.configure();
    for path in repository.secret_files() {
        let path = path.to_str().unwrap();
        let plain = repository.run("secrets", &["decrypt", path]);
        assert!(plain.status.success(), "{}", text(&plain));
        std::fs::write(repository.path().join(path), &plain.stdout).unwrap();
        let sealed = repository.run(&sops, &["encrypt", "--in-place", path]);
        assert!(sealed.status.success(), "{path}: {}", text(&sealed));
        let again = repository.run("secrets", &["decrypt", path]);
        assert!(again.status.success(), "{path}: {}", text(&again));
        let data =
            |bytes: &[u8]| yaml::load(&String::from_utf8_lossy(bytes), yaml::Dialect::GoYamlV3).unwrap();
        assert_eq!(data(&again.stdout), data(&plain.stdout), "{path}");
    }
    let checked = repository.run("secrets", &["check", "bootstrap", "kubernetes", "talos"]);
    assert!(checked.status.success(), "{}", text(&checked));
}

#[test]
fn kustomize_builds_every_kustomization_of_every_example() {
    let Some(kustomize) = peer("kustomize") else { return };
    for name in pipeline::examples() {
        let repository = Repository::example(&name);
        repository.configure();
        let built = build_all(&repository, &kustomize);
        assert!(built >= 8, "{name}: only {built} kustomizations");
    }
    // The other kind of repository has files of its own.
    let private = Repository::example("cluster-template");
    private.edit("cluster.yaml", "repository_visibility: public", "repository_visibility: private");
    private.configure();
    assert!(private.path().join("bootstrap/github-deploy-key.sops.yaml").exists());
    build_all(&private, &kustomize);
}

/// Builds every kustomization of a repository; gives how many there are.
fn build_all(repository: &Repository, kustomize: &Path) -> usize {
    let mut built = 0;
    for path in files(&repository.path()).into_keys() {
        let generated = path.starts_with("kubernetes") || path.starts_with("k8s");
        let is_root = generated && path.file_name().unwrap() == "kustomization.yaml";
        if !is_root || repository.read(path.to_str().unwrap()).contains("kind: Component") {
            continue;
        }
        let folder = path.parent().unwrap().to_str().unwrap();
        let done = repository.run(kustomize, &["build", "--load-restrictor=LoadRestrictionsNone", folder]);
        assert!(done.status.success(), "{folder}: {}", text(&done));
        let ours = repository.run("validate", &["build", "--quiet", folder]);
        assert!(ours.status.success(), "{folder}: {}", text(&ours));
        assert!(
            done.stdout == ours.stdout,
            "{folder}:\n{}\n--- ours\n{}",
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&ours.stdout)
        );
        built += 1;
    }
    built
}

/// Every Flux Kustomization of every example, built by the controller's own libraries.
#[test]
fn the_controllers_libraries_build_what_we_build() {
    let Some(library) = peer("flux-peer") else { return };
    let mut built = 0;
    for name in pipeline::examples() {
        let repository = Repository::example(&name);
        repository.configure();
        let entry = flux_entry(&repository.path());
        let all = repository.run(
            "validate",
            &["build", "--flux", "--quiet", "--no-owner-labels", "--root", ".", "--entry", entry],
        );
        assert!(all.status.success(), "{name}: {}", text(&all));
        let stream = String::from_utf8_lossy(&all.stdout).into_owned();
        let documents: Vec<&str> = stream.split("\n---\n").collect();
        let of_kind = |kinds: &[&str]| -> Vec<String> {
            let wanted = documents.iter().filter(|one| {
                let value = yaml::load_one(one, yaml::Dialect::Kubernetes).unwrap();
                let get =
                    |key: &str| value.get(key).and_then(yaml::Value::as_str).unwrap_or_default().to_owned();
                kinds.contains(&format!("{} {}", get("apiVersion"), get("kind")).as_str())
            });
            wanted.map(|one| (*one).to_owned()).collect()
        };
        let sources: Vec<String> =
            of_kind(&["v1 Secret", "v1 ConfigMap"]).iter().map(|one| opened(one)).collect();
        for kustomization in of_kind(&["kustomize.toolkit.fluxcd.io/v1 Kustomization"]) {
            let value = yaml::load_one(&kustomization, yaml::Dialect::Kubernetes).unwrap();
            let at = |keys: &[&str]| {
                let found = keys.iter().try_fold(&value, |value, key| value.get(key));
                found.and_then(yaml::Value::as_str).unwrap_or_default().to_owned()
            };
            let id = format!("{}/{}", at(&["metadata", "namespace"]), at(&["metadata", "name"]));
            // Its files are another repository's.
            if at(&["spec", "sourceRef", "kind"]) == "ExternalArtifact" {
                continue;
            }
            let folder = repository.path().join(at(&["spec", "path"]));
            let theirs = flux_build(&library, &kustomization, &folder, &sources);
            let words = ["build", "--quiet", "--no-owner-labels", "--root", ".", "--entry", entry];
            let ours = repository.run("validate", &[words.as_slice(), &["--kustomization", &id]].concat());
            assert!(ours.status.success(), "{name} {id}: {}", text(&ours));
            let ours = String::from_utf8_lossy(&ours.stdout).into_owned();
            assert!(theirs == ours, "{name} {id}:\n{theirs}\n--- ours\n{ours}");
            built += 1;
        }
    }
    assert!(built >= 80, "only {built} Flux Kustomizations");
}

/// Where Flux starts in a repository of any system.
fn flux_entry(repository: &Path) -> &'static str {
    let entries = ["kubernetes/flux/cluster", "kubernetes/clusters/main", "k8s/flux"];
    entries.into_iter().find(|entry| repository.join(entry).exists()).unwrap_or(entries[0])
}

/// A Secret with what our build takes for the values that are encrypted.
fn opened(object: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for line in object.lines() {
        let key = line.trim_start().split(':').next().unwrap_or_default();
        if line.contains(": ENC[") && line.starts_with("  ") && !line.starts_with("    ") {
            let value = format!("placeholder-{}", key.to_ascii_lowercase().replace('_', "-"));
            writeln!(out, "  {key}: {value}").unwrap();
        } else {
            writeln!(out, "{line}").unwrap();
        }
    }
    // Values of `data` would have to be encoded.
    out.replace("\ndata:\n", "\nstringData:\n").replacen(
        "data:\n",
        "stringData:\n",
        usize::from(out.starts_with("data:")),
    )
}

/// What the controller's libraries make of a Kustomization; they change the folder, which is put back.
fn flux_build(library: &Path, kustomization: &str, folder: &Path, sources: &[String]) -> String {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let file = folder.join("kustomization.yaml");
    let before = std::fs::read(&file).ok();
    let request = serde_json::json!({
        "kustomization": kustomization, "dir": folder, "sources": sources, "strict": true,
    });
    let mut child = Command::new(library).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{request}").unwrap();
    let output = child.wait_with_output().unwrap();
    match before {
        Some(bytes) => std::fs::write(&file, bytes).unwrap(),
        None => drop(std::fs::remove_file(&file)),
    }
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    answer["out"].as_str().unwrap_or_else(|| panic!("{}: {answer}", folder.display())).to_owned()
}

#[test]
fn makejinja_writes_the_same_tree_for_every_example() {
    let Some(makejinja) = peer("makejinja") else { return };
    for name in pipeline::examples() {
        same_tree(&name, &makejinja);
    }
}

/// Renders an example with both.
fn same_tree(name: &str, makejinja: &Path) {
    let repository = Repository::example(name);
    let context = repository.run("validate", &["config"]);
    assert!(context.status.success(), "{}", text(&context));
    // The context holds the example's throwaway token only.
    std::fs::write(repository.path().join("context.yaml"), &context.stdout).unwrap();
    let context = String::from_utf8(context.stdout).unwrap();
    let system = context.lines().find_map(|line| line.strip_prefix("system: ")).unwrap();
    // The settings name the default system's catalogue; `configure` names another one's as this does.
    let catalogue = format!("templates/{system}");
    let inputs =
        ["--input", catalogue.as_str(), "--input", "templates/lib", "--data", "context.yaml", "--output"];
    let ours = repository.run("render", &[&["tree"], &inputs[..], &["ours"]].concat());
    assert!(ours.status.success(), "{}", text(&ours));
    let theirs = repository.run(makejinja, &[&inputs[..], &["theirs"]].concat());
    assert!(theirs.status.success(), "{}", text(&theirs));
    let read = |folder: &str| {
        let mut all = files(&repository.path().join(folder));
        all.retain(|path, _| !path.starts_with(".clusterpipe"));
        all
    };
    let (ours, theirs) = (read("ours"), read("theirs"));
    assert!(theirs.len() > 30, "only {} files", theirs.len());
    assert_eq!(ours.keys().collect::<Vec<_>>(), theirs.keys().collect::<Vec<_>>());
    for (path, bytes) in &theirs {
        assert_eq!(
            String::from_utf8_lossy(&ours[path]),
            String::from_utf8_lossy(bytes),
            "{name}: {} differs",
            path.display()
        );
    }
}

#[test]
fn talhelper_makes_the_same_machine_configurations_and_talosctl_accepts_them() {
    if !full() {
        println!("SKIPPED: only in `just conformance full`");
        return;
    }
    let (Some(talhelper), Some(talosctl)) = (peer("talhelper"), peer("talosctl-1.11.5")) else { return };
    let repository = Repository::example("cluster-template");
    repository.configure();
    for recipe in ["gen-secret", "generate-config"] {
        let done = repository.just(&["talos", recipe]);
        assert!(done.status.success(), "{}", text(&done));
    }
    let theirs = repository.run(
        "env",
        &[
            "-C",
            "talos",
            talhelper.to_str().unwrap(),
            "genconfig",
            "--offline-mode",
            "--no-gitignore",
            "-o",
            "theirs",
        ],
    );
    assert!(theirs.status.success(), "{}", text(&theirs));
    let configurations = files(&repository.path().join("talos/theirs"));
    assert_eq!(configurations.len(), 6);
    for (name, bytes) in configurations {
        if name == Path::new("talosconfig") {
            continue;
        }
        let ours = format!("talos/clusterconfig/{}", name.display());
        let data = |text: &str| yaml::load(text, yaml::Dialect::GoYamlV3).unwrap();
        assert_eq!(
            sorted(data(&repository.read(&ours))),
            sorted(data(&String::from_utf8_lossy(&bytes))),
            "{ours}"
        );
        let accepted =
            repository.run(&talosctl, &["validate", "--mode", "metal", "--strict", "--config", &ours]);
        assert!(accepted.status.success(), "{ours}: {}", text(&accepted));
    }
}

/// The documents with the keys of their mappings in one order: order does not count.
fn sorted(documents: Vec<yaml::Value>) -> Vec<yaml::Value> {
    documents.into_iter().map(sort).collect()
}

fn sort(value: yaml::Value) -> yaml::Value {
    match value {
        yaml::Value::Mapping(mapping) => {
            let mut entries: Vec<_> = mapping.into_iter().map(|(key, value)| (key, sort(value))).collect();
            entries.sort_by_key(|(key, _)| format!("{key:?}"));
            yaml::Value::Mapping(entries.into_iter().collect())
        }
        yaml::Value::Sequence(items) => yaml::Value::Sequence(items.into_iter().map(sort).collect()),
        other => other,
    }
}
