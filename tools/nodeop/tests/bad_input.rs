//! What a person gets wrong: a machine that is none, a selection of nothing, a plan that is none, access that has ended or
//! is another cluster's. Each is named before any program is started.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod support;

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use support::{Bench, FIVE, out, words};

/// Every operation on machines.
const ON_MACHINES: [&[&str]; 7] = [
    &["apply"],
    &["reboot"],
    &["shutdown"],
    &["upgrade"],
    &["reset", "--confirm", "kubernetes"],
    &["drift"],
    &["etcd", "defrag"],
];

/// Operations that ask machines, with nothing wrong about them.
const ASKS_MACHINES: [&[&str]; 14] = [
    &["status"],
    &["health"],
    &["apply", "worker-0"],
    &["reboot", "worker-0", "--yes"],
    &["shutdown", "worker-0", "--yes"],
    &["upgrade", "--yes"],
    &["upgrade-k8s", "--yes"],
    &["reset", "worker-0", "--confirm", "kubernetes"],
    &["drift"],
    &["kubeconfig"],
    &["talosconfig", "new"],
    &["etcd", "snapshot", "a.db"],
    &["etcd", "status"],
    &["bootstrap", "talos"],
];

/// Operations that ask the API server.
const ASKS_KUBERNETES: [&[&str]; 5] =
    [&["status"], &["upgrade-k8s", "--yes"], &["bootstrap", "apps"], &["reconcile"], &["debug"]];

/// A repository with what `bootstrap apps` needs, too.
fn configured() -> Bench {
    let bench = Bench::new(&FIVE);
    bench.write("repo/kubernetes/apps/default/kustomization.yaml", "");
    for file in ["00-crds.yaml", "01-apps.yaml"] {
        bench.write(&format!("repo/bootstrap/helmfile.d/{file}"), "releases: []\n");
    }
    let silent = "#!/bin/sh\nD=@DIR@\necho called >> \"$D/calls\"\n";
    bench.program("helmfile", silent).program("flux", silent)
}

/// Runs it, and nothing may have been started: exit 2, and the code among the words.
fn refused(bench: &Bench, args: &[&str], code: &str) -> String {
    let output = bench.run(args);
    let said = words(&output);
    assert_eq!(output.status.code(), Some(2), "{args:?}: {said}");
    assert!(said.contains(code), "{args:?}: {said}");
    assert!(out(&output).is_empty(), "{args:?}: {}", out(&output));
    assert!(bench.calls().is_empty(), "{args:?}: {:?}", bench.calls());
    said
}

#[test]
fn a_machine_that_is_none() {
    let bench = Bench::new(&FIVE);
    for operation in ON_MACHINES {
        let said = refused(&bench, &[operation, &["worker-9"]].concat(), "nodeop/unknown-node");
        assert!(said.contains("did you mean worker-"), "{operation:?}: {said}");
        refused(&bench, &[operation, &["IP=10.9.9.9"]].concat(), "nodeop/unknown-node");
        let planned = [&["plan"], operation, &["nobody"]].concat();
        refused(&bench, &planned, "nodeop/unknown-node");
    }
    refused(&bench, &["status", "--node", "worker-9"], "nodeop/unknown-node");
    refused(&bench, &["etcd", "snapshot", "--node", "worker-9"], "nodeop/unknown-node");
    // A worker has no etcd.
    for args in [&["etcd", "snapshot", "--node", "worker-0"][..], &["etcd", "defrag", "worker-0"]] {
        refused(&bench, args, "nodeop/not-a-controller");
    }
}

#[test]
fn a_selection_of_nothing() {
    let bench = Bench::new(&FIVE);
    for operation in ON_MACHINES.iter().filter(|words| words[0] != "etcd") {
        let none = [*operation, &["worker-0", "--role", "controlplane"]].concat();
        refused(&bench, &none, "nodeop/nothing-selected");
        refused(&bench, &[*operation, &["IP="]].concat(), "usage/word");
    }
    let controllers = Bench::new(&FIVE[..3]);
    refused(&controllers, &["upgrade", "--role", "worker"], "nodeop/nothing-selected");
}

#[test]
fn a_plan_that_is_none() {
    let bench = Bench::new(&FIVE);
    let plan = out(&bench.run(&["plan", "upgrade"]));
    let (head, _) = plan.split_once("steps:").unwrap();
    let no_steps = format!("{head}steps: []\n");
    let half = &plan[..plan.len() / 2];
    for (text, code) in [
        ("", "nodeop/plan-form"),
        ("# nothing\n", "nodeop/plan-form"),
        ("---\n", "nodeop/plan-form"),
        ("- a list\n", "nodeop/plan-form"),
        ("just words\n", "nodeop/plan-form"),
        ("steps: [\n", "nodeop/plan-form"),
        ("\u{0}\u{1}\n", ""),
        (half, ""),
        (no_steps.as_str(), "nodeop/plan-empty"),
    ] {
        bench.write("repo/plan.yaml", text);
        refused(&bench, &["run", "plan.yaml", "--yes"], code);
    }
    refused(&bench, &["run", "not-there.yaml", "--yes"], "io/");
    bench.write("repo/plan.yaml", &plan.replacen("operation: upgrade", "operation: reset", 2));
    refused(&bench, &["run", "plan.yaml", "--yes"], "nodeop/plan-form");
}

/// Cuts a line out of a plan, or writes nonsense in its place, for every line in turn: nothing may ever be started.
#[test]
fn a_plan_edited_to_nonsense() {
    let bench = Bench::new(&FIVE[..1]);
    let plan = out(&bench.run(&["plan", "reboot", "cp-0"]));
    let lines: Vec<_> = plan.lines().collect();
    // Words for people, and how long a step may wait before or after, are free.
    let free = ["---", "reason:", "id:", "before:", "after:", "delay:"];
    for (at, line) in lines.iter().enumerate() {
        let text = line.trim_start_matches(['-', ' ']);
        if text.is_empty() || *line == "---" || free.iter().any(|free| text.starts_with(free)) {
            continue;
        }
        let mut edited: Vec<_> = lines.clone();
        let nonsense = format!("{}nonsense: [1, {{a: b}}]", " ".repeat(line.len() - line.trim_start().len()));
        if at % 2 == 0 {
            edited[at] = &nonsense;
        } else {
            edited.remove(at);
        }
        bench.write("repo/plan.yaml", &(edited.join("\n") + "\n"));
        refused(&bench, &["run", "plan.yaml", "--yes"], "nodeop/plan-");
    }
}

/// A certificate of an authority made for the test, base64 of PEM: the authority's and the client's.
fn credentials(from: SystemTime, lifetime: Duration) -> (String, String) {
    let authority =
        pki::talos_authority(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)).unwrap();
    let client = pki::talos_client(&authority, "os:admin", lifetime, from).unwrap();
    (STANDARD.encode(&authority.certificate), STANDARD.encode(&client.certificate))
}

fn talosconfig(ca: &str, crt: &str) -> String {
    format!(
        "context: kubernetes\ncontexts:\n  kubernetes:\n    endpoints: [10.0.0.11]\n    ca: {ca}\n    crt: {crt}\n    key: THROWAWAY\n"
    )
}

fn kubeconfig(ca: &str, crt: &str) -> String {
    format!(
        "current-context: a\ncontexts: [{{name: a, context: {{cluster: c, user: u}}}}]\nclusters: [{{name: c, cluster: {{certificate-authority-data: {ca}}}}}]\nusers: [{{name: u, user: {{client-certificate-data: {crt}, client-key-data: THROWAWAY}}}}]\n"
    )
}

#[test]
fn a_client_certificate_that_has_ended() {
    let day = Duration::from_hours(24);
    let (ca, ended) = credentials(SystemTime::now() - 3 * day, day);
    let bench = configured();
    bench.write("repo/talos/clusterconfig/talosconfig", &talosconfig(&ca, &ended));
    for operation in ASKS_MACHINES {
        // Machines in maintenance mode know no certificates, but what comes after them does.
        let said = refused(&bench, operation, "nodeop/access-ended");
        assert!(said.contains("talosgen genconfig") && !said.contains("THROWAWAY"), "{operation:?}: {said}");
    }
    let bench = configured();
    bench.write("repo/kubeconfig", &kubeconfig(&ca, &ended));
    for operation in ASKS_KUBERNETES {
        let said = refused(&bench, operation, "nodeop/access-ended");
        assert!(said.contains("nodeop kubeconfig") && !said.contains("THROWAWAY"), "{operation:?}: {said}");
    }
}

#[test]
fn access_of_the_cluster_that_was_here_before() {
    let day = Duration::from_hours(24);
    let (own, _) = credentials(SystemTime::now() - day, 2 * day);
    let (stale, crt) = credentials(SystemTime::now() - day, 2 * day);
    let configuration = format!("machine: {{ca: {{crt: {own}}}}}\ncluster: {{ca: {{crt: {own}}}}}\n");
    let bench = configured();
    bench.write("repo/talos/clusterconfig/kubernetes-cp-0.yaml", &configuration);
    bench.write("repo/kubeconfig", &kubeconfig(&stale, &crt));
    for operation in ASKS_KUBERNETES {
        let said = refused(&bench, operation, "nodeop/access-cluster");
        assert!(said.contains("kubeconfig: it is for another cluster"), "{operation:?}: {said}");
    }
    bench.write("repo/kubeconfig", "THROWAWAY-key\n");
    bench.write("repo/talos/clusterconfig/talosconfig", &talosconfig(&stale, &crt));
    for operation in ASKS_MACHINES {
        refused(&bench, operation, "nodeop/access-cluster");
    }
}
