//! The configuration beside cue, and what is rendered beside kustomize and kubeconform.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests: a failure is the test's failure"
)]

use std::collections::BTreeSet;
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use acceptance::terraform::Module;
use acceptance::{Configuration, Look, System};
use pipeline::{Repository, command, full, peer, root, text};

/// Values for each kind of key: right ones and wrong ones, as YAML. Which is which, the two programs say.
const ADDRESS: &[&str] = &[
    "192.168.42.60",
    "\"192.168.42.61\"",
    "192.168.42.256",
    "192.168.42",
    "192.168.42.060",
    "fe80::1",
    "host.example.com",
    "192.168.42.60/24",
    "\" 192.168.42.60\"",
    "5",
    "true",
    "[192.168.42.60]",
    "{a: b}",
];
const NETWORK: &[&str] =
    &["10.99.0.0/16", "10.99.0.0", "10.99.0.0/33", "10.99.0.0/", "fd00::/64", "net", "16", "[10.99.0.0/16]"];
const ADDRESSES: &[&str] = &[
    "[]",
    "[1.1.1.1]",
    "[1.1.1.1, 9.9.9.9]",
    "[1.1.1.1, 1.1.1.1]",
    "[1.1.1]",
    "[dns.example.com]",
    "1.1.1.1",
    "[1]",
    "[null]",
    "{a: 1.1.1.1}",
    "[[1.1.1.1]]",
];
const NAMES: &[&str] = &[
    "[]",
    "[k8s.example.com]",
    "[10.0.0.1, k8s.example.com]",
    "[k8s_api.example.com]",
    "[k8s]",
    "[K8S.example.com]",
    "k8s.example.com",
    "[-a.example.com]",
    "[a..example.com]",
    "[5]",
];
const DOMAIN: &[&str] = &[
    "example.org",
    "a.b.example.org",
    "example",
    "Example.org",
    "example.org.",
    "-example.org",
    "exa_mple.org",
    "5",
    "\"*.example.org\"",
    "[example.org, example.net]",
    "[]",
    "[example]",
    "{a: b}",
];
const DOMAINS: &[&str] = &[
    "[example.org]",
    "[example.org, example.net]",
    "[example.org, example.org]",
    "[example]",
    "example.org",
    "[5]",
    "[null]",
];
const SWITCH: &[&str] = &["true", "false", "\"true\"", "1", "maybe", "[true]"];
const TEXT: &[&str] = &["some-text", "\"5\"", "[a]", "{a: b}"];
const REPOSITORY: &[&str] =
    &["a/b", "a.b/c_d-e", "a", "a/b/c", "/b", "a/", "a b/c", "https://github.com/a/b", "[a/b]"];
const ASN: &[&str] =
    &["64512", "\"64512\"", "4294967295", "0", "-1", "1.5", "abc", "\"12345678901\"", "[1]", "true"];
const VLAN: &[&str] =
    &["100", "\"100\"", "4094", "1", "0", "4095", "\"9999\"", "\"\\xb9\"", "-5", "1.5", "abc", "[100]"];
const MODE: &[&str] = &["dsr", "snat", "DSR", "hybrid", "1", "[dsr]"];
const VISIBILITY: &[&str] = &["public", "private", "pubic", "Public", "true", "[public]"];
const EMPTY: &[&str] = &["null", "\"\""];

/// The keys of cluster.yaml and the values tried for each.
const CLUSTER: &[(&str, &[&str])] = &[
    ("node_cidr", &["192.168.42.0/24", "192.168.42.0", "192.168.42.0/64", "fd00::/64", "net", "5"]),
    ("node_dns_servers", ADDRESSES),
    ("node_ntp_servers", ADDRESSES),
    ("node_default_gateway", ADDRESS),
    ("node_vlan_tag", VLAN),
    ("cluster_pod_cidr", NETWORK),
    ("cluster_svc_cidr", NETWORK),
    ("cluster_api_addr", ADDRESS),
    ("cluster_api_tls_sans", NAMES),
    ("cluster_dns_gateway_addr", ADDRESS),
    ("cluster_gateway_addr", ADDRESS),
    ("cloudflare_gateway_addr", ADDRESS),
    ("k8s_gateway_fallback_dns", ADDRESSES),
    ("repository_name", REPOSITORY),
    ("repository_branch", TEXT),
    ("repository_visibility", VISIBILITY),
    ("cloudflare_domain", DOMAIN),
    ("cloudflare_domains", DOMAINS),
    ("cloudflare_token", TEXT),
    ("cilium_loadbalancer_mode", MODE),
    ("cilium_bgp_router_addr", &["10.0.0.1", "router", "5", "[10.0.0.1]", "10.0.0.1/32"]),
    ("cilium_bgp_router_asn", ASN),
    ("cilium_bgp_node_asn", ASN),
    ("allow_scheduling_on_control_planes", SWITCH),
    // Unknown keys, also near ones
    ("node_cird", &["192.168.42.0/24"]),
    ("nothing", &["1", "null"]),
];

/// The fields of a node: the line of the example's first one, and what stands in its place.
const NODE: &[(&str, &[&str])] = &[
    (
        "name: cp-0",
        &[
            "name: a",
            "name: a-1",
            "name: A",
            "name: a_b",
            "name: -a",
            "name: a-",
            "name: global",
            "name: controller",
            "name: worker",
            "name: cp-1",
            "name: 5",
            "name: \"\"",
            "",
        ],
    ),
    (
        "address: 192.168.42.11",
        &[
            "address: 192.168.42.99",
            "address: 192.168.42.12",
            "address: 192.168.42.300",
            "address: host",
            "address: 5",
            "address: \"\"",
            "",
        ],
    ),
    (
        "controller: true",
        &[
            "controller: false",
            "controller: \"true\"",
            "controller: 1",
            "controller: yes please",
            "controller: null",
            "",
        ],
    ),
    ("disk: /dev/sda", &["disk: /dev/nvme0n1", "disk: SERIAL01", "disk: \"\"", "disk: 5", "disk: [a]", ""]),
    (
        "mac_addr: \"02:00:c0:a8:2a:0b\"",
        &[
            "mac_addr: \"02:00:c0:a8:2a:ff\"",
            "mac_addr: \"02:00:C0:A8:2A:FF\"",
            "mac_addr: \"02-00-c0-a8-2a-ff\"",
            "mac_addr: \"0200.c0a8.2aff\"",
            "mac_addr: \"02:00:c0:a8:2a\"",
            "mac_addr: \"02:00:c0:a8:2a:fg\"",
            "mac_addr: \"02:00:c0:a8:2a:0c\"",
            "mac_addr: 5",
            "",
        ],
    ),
    (
        "schematic_id: dee35a370a73ec9042e340bb074f921a2dd940f4cce2c2b1cdc1f2019c222b29",
        &[
            "schematic_id: dee35a37",
            "schematic_id: zee35a370a73ec9042e340bb074f921a2dd940f4cce2c2b1cdc1f2019c222b29",
            "schematic_id: 5",
            "",
        ],
    ),
    (
        "controller: true",
        &[
            "controller: true\n    mtu: 1500",
            "controller: true\n    mtu: 1449",
            "controller: true\n    mtu: 9001",
            "controller: true\n    mtu: \"1500\"",
            "controller: true\n    secureboot: true",
            "controller: true\n    secureboot: 1",
            "controller: true\n    encrypt_disk: maybe",
            "controller: true\n    kernel_modules: [nbd]",
            "controller: true\n    kernel_modules: nbd",
            "controller: true\n    kernel_modules: [5]",
            "controller: true\n    nothing: 1",
        ],
    ),
];

/// Whether both programs of a side accept the two files.
fn verdicts(repository: &Repository, cue: &Path) -> (bool, bool, String) {
    let schemas = root().join("tests/conformance/config");
    let vet = |file: &str, schema: &str| {
        let schema = schemas.join(schema);
        repository.run(cue, &["vet", "-c", file, schema.to_str().unwrap()])
    };
    let theirs = [vet("cluster.yaml", "cluster.cue"), vet("nodes.yaml", "nodes.cue")];
    let ours = repository.run("validate", &["config", "--check"]);
    assert!(matches!(ours.status.code(), Some(0 | 1)), "{}", text(&ours));
    let said = format!("{}\n{}{}", text(&ours), text(&theirs[0]), text(&theirs[1]));
    (ours.status.success(), theirs.iter().all(|one| one.status.success()), said)
}

#[test]
fn cue_says_the_same_of_every_configuration_that_a_schema_can_judge() {
    if !full() {
        println!("SKIPPED: cue is in the full set; run `just conformance full`");
        return;
    }
    let Some(cue) = peer("cue") else { return };
    // Without what is only right together with something else.
    let bgp = ["cilium_bgp_router_addr", "cilium_bgp_router_asn", "cilium_bgp_node_asn"];
    let base = Configuration::example("cluster-template").without(&["node_default_gateway"]);
    let repository = base.repository();
    let mut cases = vec![("as it is".to_owned(), base.clone())];
    for (key, values) in CLUSTER {
        let here = base.has(key);
        if here && !bgp.contains(key) && *key != "cloudflare_domains" {
            cases.push((format!("no {key}"), base.clone().without(&[key])));
        }
        let empty = if bgp.contains(key) || *key == "cloudflare_domains" { &[] } else { EMPTY };
        for value in values.iter().chain(empty) {
            let mut one = base.clone().with(&format!("{key}: {value}"));
            // The list wins over the other key.
            if *key == "cloudflare_domain" {
                one = one.without(&["cloudflare_domains"]);
            }
            cases.push((format!("{key}: {value}"), one));
        }
    }
    for (line, others) in NODE {
        for other in *others {
            let (from, to) = if line.starts_with("name") {
                (
                    format!("- {line}\n    "),
                    if other.is_empty() { "- ".into() } else { format!("- {other}\n    ") },
                )
            } else {
                (
                    format!("    {line}\n"),
                    if other.is_empty() { String::new() } else { format!("    {other}\n") },
                )
            };
            cases.push((format!("{line} -> {other}"), base.clone().nodes(&from, &to)));
        }
    }
    let (mut differences, mut accepted) = (Vec::new(), 0);
    for (name, configuration) in &cases {
        configuration.write(&repository);
        let (ours, theirs, said) = verdicts(&repository, &cue);
        accepted += usize::from(ours);
        if ours != theirs {
            differences.push(format!("{name}: ours {ours}, cue {theirs}\n{said}"));
        }
    }
    println!("{} configurations, {accepted} accepted by both", cases.len());
    assert!(differences.is_empty(), "{} of {}:\n{}", differences.len(), cases.len(), differences.join("\n"));
    assert!(accepted > 40 && cases.len() - accepted > 120, "{accepted} of {}", cases.len());
}

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
