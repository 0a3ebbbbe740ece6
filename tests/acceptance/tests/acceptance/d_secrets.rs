//! D: what is encrypted, for whom, and what can be done with it.

use std::io::Write as _;
use std::process::Stdio;

use acceptance::{Configuration, Look};
use pipeline::{Repository, is_encrypted, text};
use yaml::Value;

use crate::{core, envoy_ai, external_secrets, kgateway, plain};

fn every() -> [Configuration; 4] {
    [core(), kgateway(), envoy_ai(), external_secrets()]
}

/// Runs `secrets` with something on its standard input.
fn piped(repository: &Repository, args: &[&str], input: &str) -> std::process::Output {
    let mut command = pipeline::command("secrets", &repository.path());
    command.env("SOPS_AGE_KEY_FILE", repository.path().join("age.key")).current_dir(repository.path());
    let mut child = command
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn s052_every_secret_file_is_encrypted_for_the_key() {
    for system in every().map(|one| one.system()) {
        let key = String::from_utf8(system.files[std::path::Path::new("age.key")].clone()).unwrap();
        let public = key.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap();
        let secrets: Vec<_> = system.plain.keys().filter(|path| pipeline::is_secret_file(path)).collect();
        assert!(secrets.len() >= 5);
        for path in secrets {
            let content = String::from_utf8(system.files[path].clone()).unwrap();
            assert!(is_encrypted(&content), "{}", path.display());
            assert_eq!(
                acceptance::yaml(&content).each("sops age", "recipient"),
                [public],
                "{}",
                path.display()
            );
        }
    }
}

#[test]
fn s053_talos_files_are_encrypted_whole() {
    let repository = plain().configured();
    assert!(repository.just(&["talos", "gen-secret"]).status.success());
    let bundle = acceptance::yaml(&repository.read("talos/talsecret.sops.yaml"));
    let mut values = 0;
    for (key, value) in bundle.as_mapping().unwrap().iter().filter(|(key, _)| key.text("") != "sops") {
        values += sealed(value, key.text(""));
    }
    assert!(values >= 12, "{values} values");
}

/// How many values are below here, all of them encrypted.
fn sealed(value: &Value, at: &str) -> usize {
    match value {
        Value::Mapping(map) => map.iter().map(|(key, value)| sealed(value, &format!("{at} {key:?}"))).sum(),
        Value::Sequence(items) => items.iter().map(|item| sealed(item, at)).sum(),
        _ => {
            assert!(value.as_str().is_some_and(|text| text.starts_with("ENC[")), "{at} is plain");
            1
        }
    }
}

#[test]
fn s054_of_a_secret_only_its_data_is_encrypted() {
    for system in every().map(|one| one.system()) {
        for path in system.plain.keys().filter(|path| pipeline::is_secret_file(path)) {
            let documents =
                yaml::load(std::str::from_utf8(&system.files[path]).unwrap(), yaml::Dialect::GoYamlV3)
                    .unwrap();
            for document in documents {
                assert_eq!((document.text("apiVersion"), document.text("kind")), ("v1", "Secret"));
                assert!(!document.text("metadata name").starts_with("ENC["), "{}", path.display());
                let data = document.find("stringData").or_else(|| document.find("data")).unwrap();
                assert!(sealed(data, "data") > 0, "{}", path.display());
                let mut open = document.clone();
                if let Value::Mapping(map) = &mut open {
                    for key in ["data", "stringData", "sops"] {
                        map.remove(key);
                    }
                }
                assert!(!format!("{open:?}").contains("ENC["), "{}: {open:?}", path.display());
            }
        }
    }
}

/// Which of these paths Git ignores in a repository as `just new` makes it.
pub(crate) fn ignored(paths: &[&str]) -> Vec<String> {
    let repository = Repository::new();
    assert!(repository.run("git", &["init", "--quiet"]).status.success());
    let checked = repository.run("git", &[&["check-ignore"], paths].concat());
    String::from_utf8(checked.stdout).unwrap().lines().map(str::to_owned).collect()
}

#[test]
fn s055_keys_are_ignored_by_git() {
    let keys = ["age.key", "cloudflare-tunnel.json", "github-deploy.key", "github-push-token.txt"];
    assert_eq!(ignored(&keys), keys);
    let committed =
        [".sops.yaml", "talos/talsecret.sops.yaml", "kubernetes/components/sops/cluster-secrets.sops.yaml"];
    assert_eq!(ignored(&committed), Vec::<String>::new());
}

#[test]
fn s056_a_plain_secret_file_is_found() {
    let repository = plain().configured();
    let file = "kubernetes/apps/default/echo/app/plain.sops.yaml";
    repository.write(
        file,
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  key: THROWAWAY-plain\n",
    );
    for recipe in [&["secrets", "validate-all"][..], &["secrets", "validate", file]] {
        let failed = repository.just(recipe);
        assert_eq!(failed.status.code(), Some(1), "{}", text(&failed));
        assert!(
            text(&failed).contains(file) && !text(&failed).contains("THROWAWAY-plain"),
            "{}",
            text(&failed)
        );
    }
}

#[test]
fn s057_encryption_from_a_pipe_follows_the_targets_rule() {
    let repository = plain().configured();
    let before = repository.snapshot();
    let input = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\nstringData:\n  key: THROWAWAY-plain\n";
    for (target, whole) in [("kubernetes/apps/a.sops.yaml", false), ("talos/a.sops.yaml", true)] {
        let done = piped(&repository, &["encrypt", "--filename-override", target], input);
        assert!(done.status.success(), "{}", text(&done));
        let written = acceptance::yaml(&String::from_utf8(done.stdout).unwrap());
        assert!(written.text("stringData key").starts_with("ENC["));
        assert_eq!(written.text("kind").starts_with("ENC["), whole, "{target}");
    }
    let none = piped(&repository, &["encrypt", "--filename-override", "elsewhere/a.sops.yaml"], input);
    assert!(!none.status.success() && none.stdout.is_empty(), "no rule: {}", text(&none));
    assert_eq!(crate::changed(&before, &repository.snapshot()), Vec::<std::path::PathBuf>::new());
}

#[test]
fn s058_an_edited_file_is_encrypted_again() {
    let repository = plain().configured();
    let file = "kubernetes/components/sops/cluster-secrets.sops.yaml";
    let before = acceptance::yaml(&repository.read(file));
    let mut edit = repository.recipe(&["secrets", "edit", file]);
    edit.env("EDITOR", "sed -i s/example.com/edited.example.org/");
    let done = edit.output().unwrap();
    assert!(done.status.success(), "{}", text(&done));
    let content = repository.read(file);
    assert!(is_encrypted(&content) && !content.contains("edited.example.org"));
    let after = acceptance::yaml(&content);
    assert_eq!(after.each("sops age", "recipient"), before.each("sops age", "recipient"));
    let plain = repository.just(&["secrets", "view", file]);
    assert!(text(&plain).contains("edited.example.org"), "{}", text(&plain));
}

#[test]
fn s059_secrets_create() {
    let repository = plain().configured();
    repository.write("value.txt", "THROWAWAY-value");
    let done = repository.just(&["secrets", "create", "app", "default", "--from-file", "password=value.txt"]);
    assert!(done.status.success(), "{}", text(&done));
    std::fs::remove_file(repository.path().join("value.txt")).unwrap();
    let made: Vec<_> = repository
        .secret_files()
        .into_iter()
        .filter(|path| {
            let secret =
                yaml::load(&repository.read(path.to_str().unwrap()), yaml::Dialect::GoYamlV3).unwrap();
            secret[0].find("metadata name").and_then(Value::as_str) == Some("app")
        })
        .collect();
    assert_eq!(made.len(), 1, "{made:?}: {}", text(&done));
    let content = repository.read(made[0].to_str().unwrap());
    let secret = acceptance::yaml(&content);
    assert_eq!((secret.text("kind"), secret.text("metadata namespace")), ("Secret", "default"));
    assert!(is_encrypted(&content) && repository.leaks().is_empty(), "{content}");
    let plain = repository.just(&["secrets", "view", made[0].to_str().unwrap()]);
    assert!(text(&plain).contains("THROWAWAY-value") || text(&plain).contains("VEhST1dBV0FZLXZhbHVl"));
}

#[test]
fn s060_secrets_create_without_arguments() {
    let repository = plain().configured();
    let before = repository.snapshot();
    for args in [&["secrets", "create"][..], &["secrets", "create", "app"]] {
        let done = repository.just(args);
        assert!(!done.status.success() && text(&done).contains("Usage"), "{args:?}: {}", text(&done));
    }
    assert_eq!(crate::changed(&before, &repository.snapshot()), Vec::<std::path::PathBuf>::new());
}

#[test]
fn s061_the_rule_for_kubernetes_secrets() {
    for system in every().map(|one| one.system()) {
        let rules = system.document(".sops.yaml");
        let rule = rules.item("creation_rules", "encrypted_regex", "^(data|stringData)$");
        assert!(rule.text("age").starts_with("age1"));
        assert!(rule.text("path_regex").contains("kubernetes"), "{rule:?}");
    }
}

#[test]
fn s062_the_clusters_key_decrypts_the_repository() {
    // Flux decrypts with what is in the Secret sops-age; `sops` itself with the same key is compared in
    // tests/pipeline/tests/conformance.rs.
    let repository = core().configured();
    let secret = repository.run("secrets", &["decrypt", "bootstrap/sops-age.sops.yaml"]);
    let secret = acceptance::yaml(&String::from_utf8(secret.stdout).unwrap());
    assert_eq!(secret.text("metadata name"), "sops-age");
    let key = secret.text("stringData age.agekey");
    std::fs::remove_file(repository.path().join("age.key")).unwrap();
    for path in repository.secret_files() {
        let mut decrypt = pipeline::command("secrets", &repository.path());
        decrypt.env("SOPS_AGE_KEY", key.trim()).current_dir(repository.path()).arg("decrypt").arg(&path);
        let done = decrypt.output().unwrap();
        assert!(done.status.success(), "{}: {}", path.display(), text(&done));
    }
    let instance = core().system();
    let said = format!("{:?}", instance.values("flux-instance"));
    assert!(said.contains("--sops-age-secret=sops-age"), "the controller reads that Secret");
}

#[test]
fn s063_decryption_is_the_roots_matter() {
    for system in every().map(|one| one.system()) {
        for object in system.all("Kustomization") {
            assert!(object.value.find("spec decryption secretRef").is_none(), "{}", object.name());
            let root = object.name() == "Kustomization flux-system/cluster-apps";
            assert_eq!(object.value.find("spec decryption").is_some(), root, "{}", object.name());
        }
        let root = system.get("Kustomization", "flux-system/cluster-apps");
        let patch = root.item("spec patches", "patch", root.text("spec patches 0 patch"));
        assert_eq!(patch.text("target kind"), "Kustomization");
        assert_eq!(acceptance::yaml(patch.text("patch")).text("spec decryption provider"), "sops");
    }
}
