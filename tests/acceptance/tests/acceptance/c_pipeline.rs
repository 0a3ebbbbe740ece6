//! C: the recipes. Machines and clusters are stand-ins that record how they are called.

use std::os::unix::fs::PermissionsExt as _;

use acceptance::{Look, Machines, yaml};
use pipeline::{Repository, is_encrypted, text};

use crate::{changed, core, plain};

#[test]
fn s032_init_makes_all() {
    let repository = Repository::new();
    let done = repository.just(&["init"]);
    assert!(done.status.success(), "{}", text(&done));
    for file in ["cluster.yaml", "nodes.yaml", "github-deploy.key.pub"] {
        assert!(!repository.read(file).is_empty(), "{file}");
    }
    assert!(repository.read("age.key").contains("AGE-SECRET-KEY-"));
    assert!(repository.read("github-deploy.key.pub").starts_with("ssh-ed25519 "));
    let token = repository.read("github-push-token.txt");
    assert!(token.trim().len() == 32 && token.trim().bytes().all(|byte| byte.is_ascii_hexdigit()));
    for file in ["age.key", "github-deploy.key", "github-push-token.txt"] {
        let mode = std::fs::metadata(repository.path().join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{file}");
    }
    assert!(text(&done).contains("cloudflare-tunnel.json") && text(&done).contains("configure"));
}

#[test]
fn s033_init_changes_nothing() {
    let repository = Repository::new();
    assert!(repository.just(&["init"]).status.success());
    repository.write("cluster.yaml", "mine: true\n");
    // What is there stays, and what is missing is made: also one of a pair.
    std::fs::remove_file(repository.path().join("nodes.yaml")).unwrap();
    let before = repository.snapshot();
    assert!(repository.just(&["init"]).status.success());
    assert_eq!(changed(&before, &repository.snapshot()), [std::path::Path::new("nodes.yaml")]);
}

#[test]
fn s034_configure_names_the_missing_file() {
    for file in ["cluster.yaml", "nodes.yaml", "cloudflare-tunnel.json"] {
        let repository = plain().repository();
        std::fs::remove_file(repository.path().join(file)).unwrap();
        let before = repository.snapshot();
        let failed = repository.just(&["configure", "--yes"]);
        assert!(!failed.status.success() && text(&failed).contains(file), "{file}: {}", text(&failed));
        assert_eq!(changed(&before, &repository.snapshot()), Vec::<std::path::PathBuf>::new(), "{file}");
    }
}

#[test]
fn s035_configure_without_a_question() {
    let repository = plain().configured();
    repository.edit("kubernetes/flux/cluster/ks.yaml", "interval: 1h", "interval: 2h");
    let done = repository.just(&["configure", "-y"]);
    assert!(done.status.success(), "{}", text(&done));
    assert!(repository.read("kubernetes/flux/cluster/ks.yaml").contains("interval: 1h"));
}

#[test]
fn s036_configure_makes_no_machine_configuration() {
    let machines = Machines::running(&plain());
    let repository = &machines.repository;
    let made = |repository: &Repository| {
        let files = repository.snapshot().into_iter();
        files.filter(|(path, _)| path.starts_with("talos/clusterconfig")).collect::<Vec<_>>()
    };
    let before = made(repository);
    repository.edit("nodes.yaml", "mtu: 9000", "mtu: 8000");
    repository.configure();
    assert_eq!(made(repository), before);
    let fresh = plain().configured();
    assert_eq!(made(&fresh), vec![]);
}

#[test]
fn s037_a_changed_node_reaches_its_configuration() {
    let machines = Machines::running(&plain());
    let repository = &machines.repository;
    repository.edit("nodes.yaml", "mtu: 9000", "mtu: 8000");
    repository.configure();
    assert!(!repository.read("talos/clusterconfig/kubernetes-worker-0.yaml").contains("mtu: 8000"));
    let done = repository.just(&["talos", "generate-config"]);
    assert!(done.status.success(), "{}", text(&done));
    assert!(repository.read("talos/clusterconfig/kubernetes-worker-0.yaml").contains("mtu: 8000"));
}

#[test]
fn s038_one_configuration_for_each_node() {
    let machines = Machines::running(&plain());
    let folder = machines.repository.path().join("talos/clusterconfig");
    let mut names: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let nodes =
        ["cp-0", "cp-1", "cp-2", "worker-0", "worker-1"].map(|node| format!("kubernetes-{node}.yaml"));
    let mut wanted: Vec<_> = nodes.into_iter().chain([".gitignore".into(), "talosconfig".into()]).collect();
    wanted.sort();
    assert_eq!(names, wanted);
    let talosconfig = yaml(&machines.repository.read("talos/clusterconfig/talosconfig"));
    assert_eq!(talosconfig.texts("contexts kubernetes endpoints"), machines.addresses()[..3]);
}

#[test]
fn s039_the_order_of_bootstrap_talos() {
    let machines = Machines::waiting(&plain());
    let done = machines.just(&["bootstrap", "talos", "--yes"]);
    assert!(done.status.success(), "{}\n{:#?}", text(&done), machines.calls());
    // Secrets and configurations are there before anything is sent.
    assert!(is_encrypted(&machines.repository.read("talos/talsecret.sops.yaml")));
    let changes = machines.changes();
    let kinds: Vec<_> = changes.iter().map(|call| call.split(' ').nth(1).unwrap()).collect();
    let applied = ["apply-config"; 5];
    assert_eq!(kinds, [&applied[..], &["bootstrap", "kubeconfig"]].concat(), "{changes:#?}");
    for (call, address) in changes.iter().zip(machines.addresses()) {
        assert!(call.contains("--insecure") && call.contains(&format!("--nodes={address}")), "{call}");
    }
    assert!(changes[5].contains("--nodes=192.168.42.11"), "one controller: {}", changes[5]);
    assert!(machines.repository.path().join("kubeconfig").exists());
}

#[test]
fn s040_bootstrap_talos_makes_the_bundle() {
    let machines = Machines::waiting(&plain());
    assert!(!machines.repository.path().join("talos/talsecret.sops.yaml").exists());
    // nodeop ends with the first call, as if the power had gone.
    machines.program("talosctl", "#!/bin/sh\nkill -KILL $PPID\n");
    let stopped = machines.just(&["bootstrap", "talos", "--yes"]);
    assert!(!stopped.status.success(), "{}", text(&stopped));
    let bundle = machines.repository.read("talos/talsecret.sops.yaml");
    assert!(is_encrypted(&bundle) && !bundle.contains("PRIVATE KEY"));
    let secrets = machines.repository.run("secrets", &["decrypt", "talos/talsecret.sops.yaml"]);
    let secrets = yaml(&String::from_utf8(secrets.stdout).unwrap());
    let key = secrets.text("certs os key");
    for (path, bytes) in machines.repository.snapshot() {
        let own = path.starts_with("talos/clusterconfig");
        assert!(own || !String::from_utf8_lossy(&bytes).contains(key), "{}", path.display());
    }
    // And it is used again.
    let again = machines.just(&["bootstrap", "talos", "--yes"]);
    assert!(!again.status.success());
    assert_eq!(machines.repository.read("talos/talsecret.sops.yaml"), bundle);
}

/// What `bootstrap apps` does, with stand-ins for kubectl and helmfile.
fn apps() -> (Machines, Vec<String>, String) {
    let machines = Machines::running(&core());
    let done = machines.just(&["bootstrap", "apps", "--yes"]);
    let (calls, said) = (machines.calls(), text(&done));
    assert!(done.status.success(), "{said}\n{calls:#?}");
    (machines, calls, said)
}

/// What the helmfile of the apps installs: each release with what it needs.
fn releases(machines: &Machines) -> Vec<(String, Vec<String>)> {
    let file = yaml(&machines.repository.read("bootstrap/helmfile.d/01-apps.yaml"));
    let release = |one: &::yaml::Value| {
        let needs = one.texts("needs").into_iter().map(str::to_owned).collect();
        (format!("{}/{}", one.text("namespace"), one.text("name")), needs)
    };
    file.list("releases").iter().map(release).collect()
}

#[test]
fn s041_bootstrap_apps_brings_cilium_and_flux() {
    let (machines, calls, said) = apps();
    let at = |words: &[&str]| {
        let fits = |call: &String| words.iter().all(|word| call.contains(word));
        calls.iter().position(fits).unwrap_or_else(|| panic!("no call with {words:?}: {calls:#?}"))
    };
    let crds = at(&["helmfile", "00-crds.yaml"]);
    let sync = at(&["helmfile", "01-apps.yaml", "sync"]);
    assert!(crds < sync, "the definitions come first");
    let names: Vec<_> = releases(&machines).into_iter().map(|(name, _)| name).collect();
    for name in ["kube-system/cilium", "flux-system/flux-operator", "flux-system/flux-instance"] {
        assert!(names.iter().any(|one| one == name), "{name}: {names:?}");
    }
    let system = core().system();
    let sync = system.values("flux-instance").at("instance sync");
    assert_eq!((sync.text("kind"), sync.text("path")), ("GitRepository", "kubernetes/flux/cluster"));
    assert_eq!(sync.text("url"), "https://github.com/example/home-ops.git");
    assert_eq!(sync.text("ref"), "refs/heads/main");
    assert!(!said.contains("AGE-SECRET-KEY") && !calls.concat().contains("AGE-SECRET-KEY"));
}

#[test]
fn s042_bootstrap_apps_brings_coredns_and_spegel() {
    let machines = Machines::running(&core());
    let chain = releases(&machines);
    let mut before: Option<&str> = None;
    let names = [
        "kube-system/cilium",
        "kube-system/coredns",
        "kube-system/spegel",
        "cert-manager/cert-manager",
        "flux-system/flux-operator",
        "flux-system/flux-instance",
    ];
    assert_eq!(chain.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), names);
    for (name, needs) in &chain {
        assert_eq!(
            needs.iter().map(String::as_str).collect::<Vec<_>>(),
            before.into_iter().collect::<Vec<_>>()
        );
        before = Some(name);
    }
    // Helm and Flux give them the same values: those of the app's own release.
    let values = machines.repository.read("bootstrap/helmfile.d/templates/values.yaml.gotmpl");
    assert!(values.contains("helmrelease.yaml") && values.contains("values"), "{values}");
}

#[test]
fn s043_reconcile_with_the_source() {
    let machines = Machines::running(&plain());
    let done = machines.just(&["reconcile"]);
    assert!(done.status.success(), "{}", text(&done));
    let flux: Vec<_> = machines.calls().into_iter().filter(|call| call.starts_with("flux ")).collect();
    let call = flux.iter().find(|call| call.contains("reconcile")).unwrap();
    for word in ["kustomization", "flux-system", "--with-source"] {
        assert!(call.contains(word), "{call}");
    }
}

#[test]
fn s044_status_of_the_configured_nodes() {
    let machines = Machines::running(&plain());
    let done = machines.just(&["talos", "status"]);
    let said = text(&done);
    for node in ["cp-0", "cp-1", "cp-2", "worker-0", "worker-1"] {
        assert!(said.contains(node), "{node}: {said}");
    }
    for call in machines.calls().iter().filter(|call| call.starts_with("talosctl ")) {
        let nodes = call.split(' ').find_map(|word| word.strip_prefix("--nodes=")).unwrap_or_default();
        for address in nodes.split(',').filter(|address| !address.is_empty()) {
            assert!(machines.addresses().contains(&address), "{call}");
        }
    }
    assert_eq!(machines.changes().iter().filter(|call| call.starts_with("talosctl ")).count(), 0);
}

#[test]
fn s045_apply_node_needs_a_node() {
    let machines = Machines::running(&plain());
    let failed = machines.just(&["talos", "apply-node"]);
    assert!(!failed.status.success());
    assert!(text(&failed).contains("NODE") || text(&failed).contains("IP"), "{}", text(&failed));
    assert_eq!(machines.changes(), Vec::<String>::new());
}

#[test]
fn s046_apply_node_with_a_mode() {
    let machines = Machines::running(&plain());
    let done = machines.just(&["talos", "apply-node", "IP=192.168.42.12", "MODE=auto", "--yes"]);
    assert!(done.status.success(), "{}\n{:#?}", text(&done), machines.calls());
    let changes = machines.changes();
    let applied: Vec<_> = changes.iter().filter(|call| call.starts_with("talosctl apply-config")).collect();
    assert_eq!(applied.len(), 1, "{changes:#?}");
    for word in ["--nodes=192.168.42.12", "--mode=auto", "kubernetes-cp-1.yaml"] {
        assert!(applied[0].contains(word), "{}", applied[0]);
    }
}

#[test]
fn s047_upgrade_node_takes_the_nodes_image() {
    let machines = Machines::running(&plain());
    let talenv = yaml(&machines.repository.read("talos/talenv.yaml"));
    let version = talenv.text("talosVersion");
    // worker-0 has secure boot and a schematic of its own.
    for (node, image) in [
        ("192.168.42.11", "installer/dee35a370a73ec9042e340bb074f921a2dd940f4cce2c2b1cdc1f2019c222b29"),
        (
            "192.168.42.21",
            "installer-secureboot/e5b2ce4e75d51fd82e5e5c08056de926daf5d0c3d7d8a3ab41bb3bef4a186726",
        ),
    ] {
        let planned = machines.just(&["talos", "upgrade-node", &format!("IP={node}"), "--dry"]);
        let said = text(&planned);
        assert!(planned.status.success(), "{said}");
        assert!(said.contains(&format!("--image=factory.talos.dev/{image}:{version}")), "{said}");
    }
    assert_eq!(machines.changes(), Vec::<String>::new());
}

#[test]
fn s048_upgrade_k8s_takes_the_version_of_talenv() {
    let machines = Machines::running(&plain());
    let talenv = yaml(&machines.repository.read("talos/talenv.yaml"));
    let planned = machines.just(&["talos", "upgrade-k8s", "--dry"]);
    let wanted = format!("--to={}", talenv.text("kubernetesVersion"));
    assert!(planned.status.success() && text(&planned).contains(&wanted), "{}", text(&planned));
}

#[test]
fn s049_reset_asks_first() {
    let machines = Machines::running(&plain());
    for args in
        [&["talos", "reset"][..], &["talos", "reset", "--yes"], &["talos", "reset", "--confirm", "other"]]
    {
        let refused = machines.just(args);
        assert!(!refused.status.success(), "{args:?}: {}", text(&refused));
        assert_eq!(machines.changes(), Vec::<String>::new(), "{args:?}");
    }
}

#[test]
fn s050_debug_lists_everything() {
    let machines = Machines::running(&plain());
    machines.program("kubectl", "#!/bin/sh\nprintf '%s\\n' \"kubectl $*\" >>@DIR@/calls\n");
    let done = machines.just(&["template", "debug"]);
    assert!(done.status.success(), "{}", text(&done));
    let calls = machines.calls();
    for kind in [
        "certificates",
        "certificaterequests",
        "gitrepositories",
        "helmrepositories",
        "helmreleases",
        "httproutes",
        "kustomizations",
        "nodes",
        "pods",
    ] {
        let listed = calls.iter().any(|call| {
            call.starts_with("kubectl get ") && call.contains(kind) && call.contains("--all-namespaces")
        });
        assert!(listed, "{kind}: {calls:#?}");
    }
    // One that cannot be listed does not hide the others.
    machines.program("kubectl", "#!/bin/sh\nprintf '%s\\n' \"kubectl $*\" >>@DIR@/calls\nexit 1\n");
    let before = machines.calls().len();
    assert!(!machines.just(&["template", "debug"]).status.success());
    assert_eq!(machines.calls().len() - before, 9);
}

#[test]
fn s051_the_prepared_shell() {
    let repository = Repository::new();
    let root = repository.path();
    let mise = repository.read("mise.toml");
    for (name, file) in [
        ("KUBECONFIG", "kubeconfig"),
        ("SOPS_AGE_KEY_FILE", "age.key"),
        ("TALOSCONFIG", "talos/clusterconfig/talosconfig"),
    ] {
        let shell =
            repository.run("bash", &["-c", &format!("unset {name}; . ./.envrc; printf %s \"${name}\"")]);
        let value = String::from_utf8(shell.stdout).unwrap();
        assert_eq!(std::path::Path::new(&value), root.canonicalize().unwrap().join(file), "{name}");
        assert!(mise.contains(&format!("{name} = \"{{{{config_root}}}}/{file}\"")), "{mise}");
    }
}
