//! The configuration beside cue, and what is rendered beside kustomize and kubeconform.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests: a failure is the test's failure"
)]

#[path = "conformance/cue.rs"]
mod cue;

use std::collections::BTreeSet;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use acceptance::terraform::Module;
use acceptance::{Configuration, Look, System};
use pipeline::{command, full, peer, text};

/// Kinds that no registry has a schema for, as `apiVersion Kind`, each with a damage that shows that the small schema of
/// ours (tests/schemas/ours) is asked instead, beside the statements of section G and the facts of the systems. The module
/// proxy refuses kgateway 2.1.1, and 2.2.0 has no such kind; tofu-controller is in no module.
const WITHOUT_SCHEMA: &[(&str, &str, &str)] = &[
    ("agentgateway.dev/v1alpha1 Backend", "type: AI", "type: 5"),
    ("infra.contrib.fluxcd.io/v1alpha2 Terraform", "interval: ", "intervals: "),
];

/// Objects of kgateway 2.1.1 that have a field which the schema of 2.2.0, the only obtainable one, does not know:
/// `Kind name`, and that field. `validate manifests` knows it from tests/schemas/ours.
const OF_AN_OLDER_VERSION: &[(&str, &str)] =
    &[("GatewayParameters agentgateway-params", "customConfigMapName")];

#[test]
fn kubeconform_accepts_every_object_of_every_example() {
    let (Some(kubeconform), Some(kustomize)) = (peer("kubeconform"), peer("kustomize")) else { return };
    let schemas = kubeconform.parent().unwrap().parent().unwrap().join("schemas");
    let location = format!(
        "{}/{{{{.Group}}}}/{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json",
        schemas.display()
    );
    let (mut missing, mut rejected) = (BTreeSet::new(), Vec::new());
    for name in pipeline::examples() {
        let system = Configuration::example(&name).system();
        let objects = built(&system, &kustomize);
        let report = judged(&kubeconform, &location, objects.join("---\n"));
        let resources = report.list("resources");
        let small = if name == "olm" { 20 } else { 60 };
        assert!(resources.len() > small, "{name}: {} objects", resources.len());
        println!("{name}: {} objects", resources.len());
        for resource in resources {
            let what = format!("{} {}", resource.text("version"), resource.text("kind"));
            let message = resource.find("msg").map_or("", |message| message.text(""));
            match resource.text("status") {
                "statusValid" => {}
                // A document with nothing in it, between two lines of dashes, is no object and gets no status.
                "" if resource.text("kind").is_empty() => {}
                "statusError" if message.contains("could not find schema") => drop(missing.insert(what)),
                _ => {
                    let object = format!("{} {}", resource.text("kind"), resource.text("name"));
                    let older = |known: &&(&str, &str)| known.0 == object && message.contains(known.1);
                    if OF_AN_OLDER_VERSION.iter().find(older).is_none() {
                        rejected.push(format!("{name}: {object}: {message}"));
                    }
                }
            }
        }
    }
    assert!(rejected.is_empty(), "{}", rejected.join("\n"));
    let known: BTreeSet<_> = WITHOUT_SCHEMA.iter().map(|(kind, ..)| (*kind).to_owned()).collect();
    assert_eq!(missing, known, "kinds without a schema");
}

/// What kubeconform says of a stream, strictly.
fn judged(kubeconform: &Path, location: &str, stream: String) -> yaml::Value {
    let mut judge = Command::new(kubeconform);
    judge.args(["-strict", "-output", "json", "-verbose", "-schema-location", location, "-"]);
    let mut child =
        judge.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(stream.as_bytes()));
    let done = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    acceptance::yaml(&String::from_utf8(done.stdout).unwrap())
}

/// The kinds that kubeconform cannot judge are judged by ours: right as rendered, wrong when damaged.
#[test]
fn kinds_without_a_schema_are_checked_by_ours() {
    let mut seen = BTreeSet::new();
    for name in ["ai-gateway", "proxmox"] {
        let repository = Configuration::example(name).configured();
        for object in Configuration::example(name).system().objects() {
            let (version, kind) = (object.value.text("apiVersion"), object.value.text("kind"));
            let what = format!("{version} {kind}");
            let Some((_, from, to)) = WITHOUT_SCHEMA.iter().find(|(known, ..)| *known == what) else {
                continue;
            };
            let file = object.file.to_str().unwrap();
            let content = repository.read(file);
            let check = || repository.run("validate", &["manifests", file]);
            let fine = text(&check());
            assert!(!fine.contains("schema/") && !fine.contains("no schema"), "{name}: {what}: {fine}");
            if content.contains(from) {
                repository.edit(file, from, to);
                let broken = check();
                assert!(!broken.status.success(), "{name}: {what} with {to:?}: {}", text(&broken));
                repository.write(file, &content);
                seen.insert(what);
            }
        }
    }
    assert_eq!(seen.len(), WITHOUT_SCHEMA.len(), "{seen:?}");
}

/// What kustomize makes of each Flux Kustomization's path, in plain text.
fn built(system: &System, kustomize: &Path) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    for (path, content) in &system.plain {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    let lists = system.plain.iter().filter(|(path, content)| {
        path.ends_with("kustomization.yaml") && !content.contains("kind: Component")
    });
    // Where Flux begins there is no list, but in the system olm.
    let entries = system.plain.iter().filter(|(path, _)| {
        (path.starts_with("kubernetes/flux/cluster") || path.starts_with("k8s/flux"))
            && path.extension().is_some_and(|ending| ending == "yaml")
            && !path.ends_with("kustomization.yaml")
    });
    let mut objects: Vec<_> = entries.map(|(_, content)| content.clone()).collect();
    for (path, _) in lists {
        let mut build = command(kustomize, folder.path());
        build.current_dir(folder.path()).args(["build", "--load-restrictor=LoadRestrictionsNone"]);
        let done = build.arg(path.parent().unwrap()).output().unwrap();
        assert!(done.status.success(), "{}: {}", path.display(), text(&done));
        objects.push(String::from_utf8(done.stdout).unwrap());
    }
    objects
}

/// What a program's help says of a flag's default.
fn default_of(help: &str, flag: &str) -> String {
    let line = help.lines().find(|line| line.contains(&format!("--{flag} "))).unwrap_or_default();
    let default = line.split_once("(default \"").and_then(|(_, rest)| rest.split_once('"'));
    default.unwrap_or_else(|| panic!("{flag} has no default: {help}")).0.to_owned()
}

/// Statement 64 by kubeseal itself: the Service it asks for when it is told nothing is the one that the chart makes.
#[test]
fn kubeseal_looks_where_the_controller_is() {
    if !full() {
        println!("SKIPPED: kubeseal is in the full set; run `just conformance full`");
        return;
    }
    let Some(kubeseal) = peer("kubeseal") else { return };
    let help = text(&Command::new(kubeseal).arg("--help").output().unwrap());
    let namespace = default_of(&help, "controller-namespace");
    let system = Configuration::example("proxmox").system();
    let values = system.values(&format!("{namespace}/sealed-secrets"));
    assert_eq!(values.text("fullnameOverride"), default_of(&help, "controller-name"));
}

/// Folders of Terraform in the example, and whether Flux's controller runs them.
const TERRAFORM: &[&str] = &[
    "infrastructure",
    "gitops/authentik",
    "gitops/dns",
    "gitops/secrets",
    "gitops/services",
    "gitops/vault",
];

/// OpenTofu itself checks the generated Terraform: which providers it wants at which versions, and with a provider that
/// stands in for all of them (tests/conformance/tofu-provider), every expression, reference and function. What it has to
/// find in broken files is found, too.
#[test]
fn opentofu_accepts_the_generated_terraform() {
    if !full() {
        println!("SKIPPED: OpenTofu is in the full set; run `just conformance full`");
        return;
    }
    let (Some(tofu), Some(provider)) = (peer("tofu"), peer("tofu-provider")) else { return };
    let system = Configuration::example("proxmox").system();
    // Expressions read what the machines get, too.
    let repository = Configuration::example("proxmox").configured();
    for recipe in ["gen-secret", "generate-config"] {
        let made = repository.just(&["talos", recipe]);
        assert!(made.status.success(), "{}", text(&made));
    }
    for folder in TERRAFORM {
        let module = acceptance::terraform::module(&system, folder);
        let work = Tofu::new(&tofu, &provider, &repository.path().join(folder), module);
        let said = text(&work.run(&["providers"]));
        for (source, version) in work.providers() {
            let wanted = format!("provider[registry.opentofu.org/{source}] {version}");
            assert!(said.contains(&wanted), "{folder}: {wanted} is not in {said}");
        }
        let done = work.run(&["validate"]);
        assert!(done.status.success(), "{folder}: {}", text(&done));
        // One damage of each sort.
        for (file, content) in work.files() {
            for (from, to, words) in BROKEN {
                if content.contains(from) {
                    std::fs::write(&file, content.replacen(from, to, 1)).unwrap();
                    let said = text(&work.run(&["validate"]));
                    assert!(said.contains(words), "{folder}: {from} -> {to}: {said}");
                    std::fs::write(&file, &content).unwrap();
                }
            }
        }
    }
}

/// Damages and what OpenTofu says of each.
const BROKEN: &[(&str, &str, &str)] = &[
    ("${vault_policy.external_secrets.name}", "${vault_policy.nobody.name}", "nobody"),
    ("${random_password.", "${random_passwords.", "random_passwords"),
    ("${yamldecode(", "${yamldecoded(", "yamldecoded"),
    (".kubeconfig_raw}", ".kubeconfig}", "kubeconfig"),
    ("${local.client", "${local.nobody", "nobody"),
    ("\"bound_service_account_names\"", "\"bound_accounts\"", "bound_service_account_names"),
    ("${each.key}", "${each.keys}", "keys"),
    ("${var.vault_token}", "${var.vault_tokens}", "vault_tokens"),
];

/// OpenTofu in the folder of a module, with the provider that stands in for all.
struct Tofu {
    /// Its settings and the providers.
    temp: tempfile::TempDir,
    program: PathBuf,
    folder: PathBuf,
    module: Module,
}

impl Tofu {
    fn new(program: &Path, provider: &Path, folder: &Path, module: Module) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let mut overrides = String::new();
        for (name, source, description) in acceptance::terraform::stand_ins(&module) {
            let home = temp.path().join(&name);
            std::fs::create_dir(&home).unwrap();
            let schema = home.join("schema.json");
            std::fs::write(&schema, description).unwrap();
            // A provider is found by its name and knows nothing but its environment: each has a script of its own.
            let script = format!("#!/bin/sh\nSTAND_IN={} exec {}\n", schema.display(), provider.display());
            let file = home.join(format!("terraform-provider-{name}"));
            std::fs::write(&file, script).unwrap();
            std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
            let line = format!("    \"registry.opentofu.org/{source}\" = \"{}\"\n", home.display());
            overrides.push_str(&line);
        }
        let settings = format!("provider_installation {{\n  dev_overrides {{\n{overrides}  }}\n}}\n");
        std::fs::write(temp.path().join("tofurc"), settings).unwrap();
        Self { temp, program: program.to_path_buf(), folder: folder.to_path_buf(), module }
    }

    fn run(&self, args: &[&str]) -> Output {
        let mut tofu = command(&self.program, self.temp.path());
        tofu.env("TF_CLI_CONFIG_FILE", self.temp.path().join("tofurc")).env("CHECKPOINT_DISABLE", "1");
        tofu.current_dir(&self.folder).args(args).arg("-no-color").output().unwrap()
    }

    fn providers(&self) -> Vec<(String, String)> {
        acceptance::terraform::providers(&self.module)
    }

    /// The module's own files with their texts.
    fn files(&self) -> Vec<(PathBuf, String)> {
        let entries = std::fs::read_dir(&self.folder).unwrap().flatten().map(|entry| entry.path());
        let named = entries.filter(|path| path.to_string_lossy().ends_with(".tf.json"));
        named.map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
    }
}
