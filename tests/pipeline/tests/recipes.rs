//! The recipes end to end: what a person types, and what stands on disk afterwards.

use std::collections::BTreeMap;
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
    for file in ["kubernetes/flux/cluster/ks.yaml", "talos/talconfig.yaml", "talos/talenv.yaml", ".sops.yaml"] {
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

#[test]
fn a_missing_input_stops_before_anything_is_written() {
    // spec-acceptance 34, for every file that configure reads
    for file in ["cluster.yaml", "nodes.yaml", "cloudflare-tunnel.json", "age.key", "github-push-token.txt"] {
        let repository = Repository::example("cluster-template");
        std::fs::remove_file(repository.path().join(file)).unwrap();
        let before = repository.snapshot();
        let failed = repository.just(&["configure", "--yes"]);
        let said = text(&failed);
        if file == "cloudflare-tunnel.json" && failed.status.success() {
            // Nothing in the catalogue reads the tunnel yet.
            assert!(!root().join("templates/cluster-template/kubernetes/apps/network").exists(), "{said}");
            continue;
        }
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
        ("node_cidr: 192.168.42.0/24\n", "node_cidr: 192.168.42.0/24\nnode_cidr: 10.0.0.0/8\n", "yaml/duplicate-key"),
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
