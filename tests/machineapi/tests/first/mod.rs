//! The three recipes of a first cluster, as a person types them in a repository that `just new`, `init` and `configure`
//! made: `just bootstrap talos`, `just bootstrap apps`, `just reconcile`. The machines answer; secrets, machine
//! configurations and access files are the repository's own, made by our tools.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::process::Output;

use machineapi::{Bench, Cluster, FIVE, Talosctl};
use pipeline::{Repository, text};

/// The example's machines and those that answer here: the end of the address in either.
const PLACES: [(&str, &str); 2] = [("21", "14"), ("22", "15")];

/// The network of the example.
const EXAMPLE: &str = "192.168.42.";

/// A repository for machines in maintenance mode, configured. No host has a loopback address, so configure refuses them:
/// they are put into the talconfig afterwards.
fn repository(cluster: &Cluster) -> Repository {
    let repository = Repository::example("cluster-template");
    repository.configure();
    let file = "talos/talconfig.yaml";
    let here = format!("{}.", cluster.network());
    let text = PLACES.iter().fold(repository.read(file), |text, (from, to)| {
        text.replace(&format!("{EXAMPLE}{from}\n"), &format!("{here}{to}\n"))
    });
    repository.write(file, &text.replace(EXAMPLE, &here));
    repository
}

/// Runs a recipe with the programs of the bench in front of all others.
fn recipe(repository: &Repository, bench: &Bench, args: &[&str]) -> Output {
    let mut command = repository.recipe(args);
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut folders = vec![bench.path("bin"), pipeline::bin()];
    folders.extend(std::env::split_paths(&path));
    command.env("PATH", std::env::join_paths(folders).unwrap()).env("STANDIN_CALLS", bench.path("calls"));
    let done = command.output().unwrap();
    assert!(!text(&done).contains("PRIVATE KEY"), "{args:?}: {}", text(&done));
    done
}

fn well(repository: &Repository, bench: &Bench, args: &[&str]) -> String {
    let done = recipe(repository, bench, args);
    assert_eq!(done.status.code(), Some(0), "{args:?}: {}", text(&done));
    text(&done)
}

pub(crate) fn three_recipes(talosctl: Talosctl) {
    let cluster = Cluster::fresh(&FIVE);
    let bench = Bench::empty(talosctl);
    let repository = repository(&cluster);

    // Before there is a cluster the second and the third name what is missing.
    for early in [&["bootstrap", "apps"][..], &["reconcile"]] {
        let refused = recipe(&repository, &bench, early);
        assert_eq!(refused.status.code(), Some(2), "{early:?}: {}", text(&refused));
        assert!(text(&refused).contains("bootstrap talos writes it"), "{early:?}: {}", text(&refused));
    }

    well(&repository, &bench, &["bootstrap", "talos"]);
    assert_eq!(cluster.done("apply"), ["cp-0", "cp-1", "cp-2", "worker-0", "worker-1"]);
    assert_eq!(cluster.done("bootstrap"), ["cp-0"]);
    assert_eq!(cluster.look(|state| state.members().len()), 3);
    for machine in cluster.look(|state| state.machines.clone()) {
        let file = format!("talos/clusterconfig/kubernetes-{}.yaml", machine.hostname);
        assert_eq!(machine.config.unwrap(), repository.read(&file).into_bytes(), "{file}");
    }
    assert!(pipeline::is_encrypted(&repository.read("talos/talsecret.sops.yaml")));
    assert_eq!(repository.read("kubeconfig"), cluster.kubeconfig());

    well(&repository, &bench, &["bootstrap", "apps"]);
    let folders = std::fs::read_dir(repository.path().join("kubernetes/apps")).unwrap();
    let folders = folders.flatten().filter(|entry| entry.path().is_dir());
    let mut wanted: Vec<_> = folders.map(|entry| entry.file_name().into_string().unwrap()).collect();
    wanted.sort();
    let made = cluster.look(|state| state.namespaces.clone());
    assert!(wanted.len() > 4 && wanted.iter().all(|name| made.contains(name)), "{wanted:?} {made:?}");
    let applied = cluster.look(|state| state.applied.clone());
    assert_eq!(applied.len(), 3, "two secrets and the definitions: a public repository has no deploy key");
    let key = repository.read("age.key");
    let key = key.lines().find(|line| line.starts_with("AGE-SECRET-KEY-")).unwrap();
    assert!(applied[0].contains(key), "the cluster gets the key that its files are encrypted for");
    assert!(applied[1].contains("kind: Secret") && !applied[1].contains("ENC["));
    assert!(applied[2].contains("kind: CustomResourceDefinition") && !applied[2].contains("kind: Service"));
    assert!(cluster.look(|state| state.network), "the releases brought the network");

    well(&repository, &bench, &["reconcile"]);
    let kubeconfig = repository.path().join("kubeconfig");
    let flux = format!(
        "flux --kubeconfig={} --namespace=flux-system reconcile kustomization flux-system --with-source",
        kubeconfig.display()
    );
    assert_eq!(bench.read("calls").lines().last(), Some(flux.as_str()));

    // Each may be run again: machines get nothing a second time, and etcd is never made anew.
    let before = cluster.deeds();
    for again in [&["bootstrap", "talos"][..], &["bootstrap", "apps"], &["reconcile"]] {
        well(&repository, &bench, again);
    }
    assert_eq!(cluster.deeds(), before);
    well(&repository, &bench, &["talos", "status", "--wait-timeout", "10"]);
    assert_eq!(cluster.violations(), Vec::<String>::new());
    assert_eq!(repository.leaks(), Vec::<String>::new());
}
