//! The recipes end to end: what a person types, and what stands on disk afterwards.
#![allow(clippy::unwrap_used, reason = "helpers of tests: a failure is the test's failure")]

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use pipeline::{Repository, command, is_encrypted, just, root, text};

/// The names of the files that differ between two looks at a folder.
fn changed(before: &BTreeMap<PathBuf, Vec<u8>>, after: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<PathBuf> {
    let keys: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    keys.into_iter().filter(|key| before.get(*key) != after.get(*key)).cloned().collect()
}

#[test]
fn demo_generates_everything_and_running_it_again_changes_no_byte() {
    let temp = tempfile::tempdir().unwrap();
    let dir = temp.path().join("demo");
    let demo = || {
        let mut command = command(just(), temp.path());
        command.arg("--justfile").arg(root().join("Justfile")).args(["demo", "cluster-template"]).arg(&dir);
        let done = command.output().unwrap();
        assert!(done.status.success(), "{}", text(&done));
        text(&done)
    };
    let said = demo();
    for stage in ["validate config", "render and encrypt", "talconfig", "check the result"] {
        assert!(said.contains(stage), "{said}");
    }
    let first = pipeline::files(&dir);
    for file in ["kubernetes/flux/cluster/ks.yaml", "talos/talconfig.yaml", "talos/talenv.yaml", ".sops.yaml"]
    {
        assert!(first.contains_key(Path::new(file)), "{file} is missing");
    }
    demo();
    assert_eq!(changed(&first, &pipeline::files(&dir)), Vec::<PathBuf>::new());
}

#[test]
fn configure_encrypts_every_secret_and_is_idempotent() {
    let repository = Repository::example("cluster-template");
    repository.configure();
    let secrets = repository.secret_files();
    assert!(secrets.len() >= 3, "{secrets:?}");
    for path in &secrets {
        assert!(is_encrypted(&repository.read(path.to_str().unwrap())), "{}", path.display());
    }
    assert_eq!(repository.leaks(), Vec::<String>::new());
    let before = repository.snapshot();
    repository.configure();
    assert_eq!(changed(&before, &repository.snapshot()), Vec::<PathBuf>::new());
}

#[test]
fn every_example_is_generated_checked_and_stable() {
    for name in pipeline::examples() {
        let repository = Repository::example(&name);
        let done = repository.configure();
        let said = text(&done);
        let warnings: Vec<_> = said.lines().filter(|line| line.contains("warning[")).collect();
        assert_eq!(warnings, Vec::<&str>::new(), "{name}");
        assert_eq!(repository.leaks(), Vec::<String>::new(), "{name}");
        let before = repository.snapshot();
        repository.configure();
        assert_eq!(changed(&before, &repository.snapshot()), Vec::<PathBuf>::new(), "{name}");
    }
}

#[test]
fn only_what_changed_gets_new_ciphertext() {
    let repository = Repository::example("cluster-template");
    repository.configure();
    let before = repository.snapshot();
    repository.edit("cluster.yaml", pipeline::EXAMPLE_TOKEN, "THROWAWAY-1111-another-token");
    repository.configure();
    let changed = changed(&before, &repository.snapshot());
    let outside: Vec<_> = changed
        .iter()
        .filter(|path| !pipeline::is_secret_file(path) && !path.starts_with(".clusterpipe"))
        .collect();
    assert_eq!(outside, [Path::new("cluster.yaml")]);
    assert!(changed.iter().any(|path| path.ends_with("cert-manager/app/secret.sops.yaml")), "{changed:?}");
    assert!(!changed.iter().any(|path| path.ends_with("sops-age.sops.yaml")), "{changed:?}");
}

#[test]
fn configure_makes_no_node_configuration() {
    // spec-acceptance 36
    let repository = Repository::example("cluster-template");
    repository.configure();
    assert!(!repository.path().join("talos/clusterconfig").exists());
}

#[test]
fn init_makes_keys_and_overwrites_nothing() {
    // spec-acceptance 32, 33
    let repository = Repository::new();
    assert!(repository.just(&["init"]).status.success());
    for file in ["cluster.yaml", "nodes.yaml", "age.key", "github-deploy.key", "github-deploy.key.pub"] {
        assert!(repository.path().join(file).exists(), "{file}");
    }
    let token = repository.read("github-push-token.txt");
    assert!(token.trim().len() == 32 && token.trim().bytes().all(|b| b.is_ascii_hexdigit()));
    for file in ["age.key", "github-deploy.key", "github-push-token.txt"] {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(repository.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    let before = repository.snapshot();
    assert!(repository.just(&["init"]).status.success());
    assert_eq!(changed(&before, &repository.snapshot()), Vec::<PathBuf>::new());
}

#[test]
fn new_refuses_a_folder_that_exists() {
    let repository = Repository::new();
    let before = repository.snapshot();
    let mut again = command(just(), &repository.path());
    again.arg("--justfile").arg(root().join("Justfile")).arg("new").arg(repository.path());
    assert_eq!(again.output().unwrap().status.code(), Some(2));
    assert_eq!(changed(&before, &repository.snapshot()), Vec::<PathBuf>::new());
}

/// What `just install` has cargo do on a machine: its target, and whether its libc is there as an archive.
fn installs(args: &[&str], host: &str, has_archive: bool) -> (PathBuf, Vec<String>) {
    let temp = tempfile::tempdir().unwrap();
    // Only what is asked of the compilers is answered; nothing is built.
    let archive = if has_archive { "/usr/lib/libc.a" } else { "libc.a" };
    let log = temp.path().join("log");
    for (name, does) in [
        ("rustc", format!("echo {host}")),
        ("cc", format!("echo {archive}")),
        ("cargo", format!("echo \"$@\" >>'{}'", log.display())),
    ] {
        let path = temp.path().join(name);
        std::fs::write(&path, format!("#!/bin/sh\n{does}\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    }
    let mut command = command(just(), temp.path());
    let path = format!("{}:/usr/bin:/bin", temp.path().display());
    command.arg("--justfile").arg(root().join("Justfile")).arg("install").args(args);
    let done = command.env("PATH", path).current_dir(temp.path()).output().unwrap();
    assert!(done.status.success(), "{}", text(&done));
    let lines = std::fs::read_to_string(log).unwrap();
    (temp.path().canonicalize().unwrap(), lines.lines().map(str::to_owned).collect())
}

#[test]
fn install_links_whole_programs_where_it_can() {
    const GNU: &str = "x86_64-unknown-linux-gnu";
    let whole = format!(" --target {GNU} --config target.{GNU}.rustflags=['-Ctarget-feature=+crt-static']");
    for (host, has_archive, wanted) in [
        (GNU, true, whole.as_str()),
        (GNU, false, ""),
        ("x86_64-unknown-linux-musl", true, ""),
        ("aarch64-apple-darwin", true, ""),
    ] {
        let (_, lines) = installs(&[], host, has_archive);
        let tools = ["render", "validate", "talosgen", "secrets", "nodeop"];
        let expected = tools.map(|tool| format!("install --quiet --locked{wanted} --path tools/{tool}"));
        assert_eq!(lines, expected, "{host} {has_archive}");
    }
    let (here, lines) = installs(&["some where"], GNU, false);
    assert!(lines[0].contains(&format!(" --root {}/some where ", here.display())), "{lines:?}");
    assert!(installs(&["/opt/tools"], GNU, false).1[0].contains(" --root /opt/tools "));
}

#[test]
fn a_missing_input_stops_before_anything_is_written() {
    // spec-acceptance 34, for every file that configure reads
    for file in ["cluster.yaml", "nodes.yaml", "cloudflare-tunnel.json", "age.key", "github-push-token.txt"] {
        let repository = Repository::example("cluster-template");
        std::fs::remove_file(repository.path().join(file)).unwrap();
        let before = repository.snapshot();
        let failed = repository.just(&["configure", "--yes"]);
        let said = text(&failed);
        assert!(!failed.status.success() && said.contains(file), "{file}: {said}");
        assert_eq!(changed(&before, &repository.snapshot()), Vec::<PathBuf>::new(), "{file}");
        assert!(!said.contains(pipeline::EXAMPLE_TOKEN), "{said}");
    }
}

#[test]
fn bad_configuration_stops_before_anything_is_written() {
    // What stands in the example, what a person makes of it ("" in the first place: the whole file), what is said.
    let cases: [(&str, &str, &str); 7] = [
        ("node_cidr: 192.168.42.0/24\n", "node_cidr: 192.168.42.5/24\n", "cluster.yaml:"),
        (
            "node_cidr: 192.168.42.0/24\n",
            "node_cidr: 192.168.42.0/24\nnode_cidr: 10.0.0.0/8\n",
            "yaml/duplicate-key",
        ),
        ("node_cidr:", "node_cird:", "node_cidr"),
        ("", "- a list\n", "cluster.yaml:1"),
        ("", "", "cluster.yaml"),
        ("", "just text\n", "cluster.yaml:1"),
        ("---\n", "a: [\n", "yaml/syntax"),
    ];
    let repository = Repository::example("cluster-template");
    let good = repository.read("cluster.yaml");
    for (from, to, expected) in cases {
        if from.is_empty() {
            repository.write("cluster.yaml", to);
        } else {
            repository.write("cluster.yaml", &good.replacen(from, to, 1));
        }
        let before = repository.snapshot();
        let failed = repository.just(&["configure", "--yes"]);
        let said = text(&failed);
        assert!(!failed.status.success() && said.contains(expected), "{from:?} -> {to:?}: {said}");
        assert_eq!(changed(&before, &repository.snapshot()), Vec::<PathBuf>::new(), "{to:?}");
        assert!(!said.contains(pipeline::EXAMPLE_TOKEN), "{to:?}: {said}");
    }
}

#[test]
fn a_file_changed_by_hand_is_not_replaced_unasked() {
    // spec-acceptance 30
    let repository = Repository::example("cluster-template");
    repository.configure();
    let file = "kubernetes/flux/cluster/ks.yaml";
    let generated = repository.read(file);
    repository.write(file, &format!("{generated}# by hand\n"));
    let before = repository.snapshot();
    let refused = repository.just(&["configure"]);
    assert!(!refused.status.success() && text(&refused).contains(file), "{}", text(&refused));
    assert_eq!(changed(&before, &repository.snapshot()), Vec::<PathBuf>::new());
    repository.configure();
    assert_eq!(repository.read(file), generated);
}

#[test]
fn a_component_that_is_switched_off_leaves_no_reference() {
    // spec-acceptance 29; one node switches spegel off where the catalogue has it
    let repository = Repository::example("cluster-template");
    repository.edit("cluster.yaml", "cilium_bgp_router_addr:", "#");
    repository.edit("cluster.yaml", "cilium_bgp_router_asn:", "#");
    repository.edit("cluster.yaml", "cilium_bgp_node_asn:", "#");
    repository.configure();
    let bgp: Vec<_> = repository
        .snapshot()
        .into_iter()
        .filter(|(path, _)| path.starts_with("kubernetes"))
        .filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains("kind: CiliumBGP"))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(bgp, Vec::<PathBuf>::new());
}

#[test]
fn switching_a_component_off_deletes_its_files() {
    // spec-acceptance 11, 29: with one node left there is no image mirror
    let repository = Repository::example("cluster-template");
    repository.configure();
    let spegel = repository.path().join("kubernetes/apps/kube-system/spegel");
    assert!(spegel.exists());
    let nodes = repository.read("nodes.yaml");
    let second = nodes.match_indices("  - name:").nth(1).unwrap().0;
    repository.write("nodes.yaml", &nodes[..second]);
    repository.edit("cluster.yaml", "allow_scheduling_on_control_planes: false", "");
    repository.configure();
    assert!(!spegel.exists());
    assert!(!repository.read("kubernetes/apps/kube-system/kustomization.yaml").contains("spegel"));
    assert!(!repository.read("bootstrap/helmfile.d/01-apps.yaml").contains("spegel"));
}

#[test]
fn apps_of_ones_own_are_listed_and_left_alone() {
    let repository = Repository::example("cluster-template");
    repository.configure();
    let own = "---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: mine\nspec:\n  interval: 1h\n  path: ./kubernetes/apps/default/mine/app\n  prune: true\n  sourceRef:\n    kind: GitRepository\n    name: flux-system\n    namespace: flux-system\n";
    let map = "---\napiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: mine\n";
    let list = "---\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - ./configmap.yaml\n";
    // By hand in the repository, and by templates in overrides/.
    for (root, name) in [("", "mine"), ("overrides/", "theirs")] {
        let folder = format!("{root}kubernetes/apps/default/{name}");
        std::fs::create_dir_all(repository.path().join(&folder).join("app")).unwrap();
        repository.write(&format!("{folder}/ks.yaml"), &own.replace("mine", name));
        repository.write(&format!("{folder}/app/configmap.yaml"), &map.replace("mine", name));
        repository.write(&format!("{folder}/app/kustomization.yaml"), list);
    }
    // An override of one file of the catalogue wins over it.
    std::fs::create_dir_all(repository.path().join("overrides/talos")).unwrap();
    repository.write("overrides/talos/talenv.yaml", "talosVersion: v1.11.4\nkubernetesVersion: v1.34.1\n");
    let mine = repository.read("kubernetes/apps/default/mine/ks.yaml");
    repository.configure();
    let listed = repository.read("kubernetes/apps/default/kustomization.yaml");
    for app in ["echo", "mine", "theirs"] {
        assert!(listed.contains(&format!("- ./{app}/ks.yaml")), "{app}: {listed}");
    }
    assert_eq!(repository.read("kubernetes/apps/default/mine/ks.yaml"), mine);
    assert!(repository.read("talos/talenv.yaml").contains("v1.11.4"));
    // Taken out of overrides/ again, it goes from the repository too; the one made by hand stays.
    std::fs::remove_dir_all(repository.path().join("overrides")).unwrap();
    repository.configure();
    assert!(!repository.path().join("kubernetes/apps/default/theirs").exists());
    let listed = repository.read("kubernetes/apps/default/kustomization.yaml");
    assert!(listed.contains("./mine/ks.yaml") && !listed.contains("theirs"), "{listed}");
}

#[test]
fn doctor_says_what_is_missing_and_changes_nothing() {
    let repository = Repository::example("cluster-template");
    let good = repository.just(&["doctor"]);
    assert!(good.status.success() && text(&good).contains("all good"), "{}", text(&good));
    std::fs::remove_file(repository.path().join("cloudflare-tunnel.json")).unwrap();
    let before = repository.snapshot();
    let bad = repository.just(&["doctor"]);
    assert_eq!(bad.status.code(), Some(1));
    assert!(text(&bad).contains("BAD   cloudflare-tunnel.json"), "{}", text(&bad));
    assert_eq!(changed(&before, &repository.snapshot()), Vec::<PathBuf>::new());
}

#[test]
fn the_secrets_bundle_is_made_once_and_the_machines_configured_from_it() {
    // spec-acceptance 37, 38, 40
    use std::os::unix::fs::PermissionsExt as _;
    let repository = Repository::example("cluster-template");
    repository.configure();
    let early = repository.just(&["talos", "generate-config"]);
    assert_eq!(early.status.code(), Some(2), "{}", text(&early));
    assert!(!repository.path().join("talos/clusterconfig").exists());
    let made = repository.just(&["talos", "gen-secret"]);
    assert!(made.status.success(), "{}", text(&made));
    let bundle = repository.read("talos/talsecret.sops.yaml");
    assert!(is_encrypted(&bundle) && !bundle.contains("PRIVATE KEY"), "{bundle}");
    let again = repository.just(&["talos", "gen-secret"]);
    assert_eq!(again.status.code(), Some(2));
    assert_eq!(repository.read("talos/talsecret.sops.yaml"), bundle);
    // The bundle is no generated file: configure and reset leave it alone.
    repository.configure();
    assert_eq!(repository.read("talos/talsecret.sops.yaml"), bundle);

    let done = repository.just(&["talos", "generate-config"]);
    assert!(done.status.success(), "{}", text(&done));
    let folder = repository.path().join("talos/clusterconfig");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder), 0o700);
    for file in ["kubernetes-cp-0.yaml", "kubernetes-worker-1.yaml", "talosconfig"] {
        assert_eq!(mode(&folder.join(file)), 0o600, "{file}");
    }
    repository.edit("nodes.yaml", "mtu: 9000", "mtu: 8000");
    repository.configure();
    let done = repository.just(&["talos", "generate-config"]);
    assert!(done.status.success(), "{}", text(&done));
    assert!(repository.read("talos/clusterconfig/kubernetes-worker-0.yaml").contains("mtu: 8000"));
}

#[test]
fn template_reset_deletes_what_was_generated_and_nothing_else() {
    let repository = Repository::example("cluster-template");
    repository.configure();
    std::fs::create_dir_all(repository.path().join("kubernetes/apps/default/mine")).unwrap();
    repository.write("kubernetes/apps/default/mine/ks.yaml", "a: 1\n");
    repository.write("talos/talsecret.sops.yaml", "kept: true\n");
    repository.edit("talos/talenv.yaml", "v1.", "v1.0");
    let unasked = repository.just(&["template", "reset"]);
    assert_eq!(unasked.status.code(), Some(2), "{}", text(&unasked));
    assert!(repository.path().join("kubernetes/flux").exists());
    let done = repository.just(&["template", "reset", "--yes"]);
    assert!(done.status.success(), "{}", text(&done));
    let left: Vec<_> = repository
        .snapshot()
        .into_keys()
        .filter(|path| ["kubernetes", "bootstrap", "talos"].iter().any(|folder| path.starts_with(folder)))
        .collect();
    let kept = ["kubernetes/apps/default/mine/ks.yaml", "talos/talenv.yaml", "talos/talsecret.sops.yaml"];
    assert_eq!(left, kept.map(PathBuf::from), "{}", text(&done));
    assert!(text(&done).contains("talos/talenv.yaml"), "{}", text(&done));
}

#[test]
fn template_tidy_puts_the_templates_away() {
    let repository = Repository::example("cluster-template");
    repository.configure();
    let before = repository.read("kubernetes/flux/cluster/ks.yaml");
    assert_eq!(repository.just(&["template", "tidy"]).status.code(), Some(2));
    assert!(repository.path().join("templates").exists());
    let done = repository.just(&["template", "tidy", "--yes"]);
    assert!(done.status.success(), "{}", text(&done));
    for gone in ["templates", "cluster.yaml", "nodes.yaml", "just/generate.just"] {
        assert!(!repository.path().join(gone).exists(), "{gone}");
    }
    assert_eq!(repository.read("kubernetes/flux/cluster/ks.yaml"), before);
    let listed = repository.just(&["--list"]);
    assert!(listed.status.success() && !text(&listed).contains("configure"), "{}", text(&listed));
}

#[test]
fn operations_on_machines_name_what_is_missing() {
    let repository = Repository::new();
    for recipe in [
        &["talos", "apply-node", "10.0.0.1"][..],
        &["talos", "upgrade-node", "IP=10.0.0.1"],
        &["talos", "upgrade-k8s"],
        &["talos", "reset"],
        &["bootstrap", "talos"],
        &["bootstrap", "apps"],
    ] {
        let refused = repository.just(recipe);
        assert_eq!(refused.status.code(), Some(2), "{recipe:?}: {}", text(&refused));
        assert!(text(&refused).contains("configure"), "{recipe:?}: {}", text(&refused));
    }
    assert!(!repository.just(&["talos", "apply-node"]).status.success(), "it wants a node");
}

#[test]
fn operations_on_machines_are_plans_first() {
    // spec-pipeline 1: --dry runs nothing
    let repository = Repository::example("cluster-template");
    repository.configure();
    assert!(repository.just(&["talos", "gen-secret"]).status.success());
    assert!(repository.just(&["talos", "generate-config"]).status.success());
    for (recipe, step) in [
        (&["talos", "apply-node", "cp-0", "staged", "--dry"][..], "--mode=staged"),
        (&["talos", "upgrade-node", "cp-0", "--dry"], "--image="),
        (&["talos", "upgrade-k8s", "--dry"], "--to=v1."),
        (&["talos", "reset", "--dry"], "--system-labels-to-wipe=STATE"),
        (&["bootstrap", "talos", "--dry"], "apply-config"),
        (&["bootstrap", "apps", "--dry"], "sops-age.sops.yaml"),
    ] {
        let planned = repository.just(recipe);
        let said = text(&planned);
        assert!(planned.status.success(), "{recipe:?}: {said}");
        assert!(said.contains("planVersion: 1") && said.contains(step), "{recipe:?}: {said}");
        assert!(!said.contains("PRIVATE KEY"), "{recipe:?}");
    }
    assert!(!repository.path().join("kubeconfig").exists());
}
