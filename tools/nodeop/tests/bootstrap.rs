//! A cluster's beginning and end: bootstrap talos, bootstrap apps, reconcile, debug, reset, etcd.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod support;

use support::{Bench, FIVE, documents, leaks, out, states, words};

/// Five machines that wait for their configuration.
fn fresh() -> Bench {
    let bench = Bench::new(&FIVE);
    for (_, address, controller) in FIVE {
        bench.set(address, "stage", "maintenance");
        bench.set(address, "ready", "false");
        if controller {
            std::fs::remove_file(bench.path("etcd").join(address)).unwrap();
        }
    }
    std::fs::remove_file(bench.path("repo/kubeconfig")).unwrap();
    bench
}

fn count(bench: &Bench, verb: &str) -> usize {
    bench.changes().iter().filter(|call| call.starts_with(&format!("talosctl {verb}"))).count()
}

#[test]
fn a_new_cluster_from_maintenance_mode() {
    let bench = fresh();
    let done = bench.run(&["bootstrap", "talos"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    let changes = bench.changes();
    assert_eq!(
        changes[0],
        "talosctl apply-config --insecure --nodes=10.0.0.11 --file=talos/clusterconfig/kubernetes-cp-0.yaml"
    );
    assert_eq!(changes[5], "talosctl bootstrap --nodes=10.0.0.11");
    assert_eq!(changes[6], "talosctl kubeconfig --nodes=10.0.0.11 --merge=false --force kubeconfig");
    assert_eq!(changes.len(), 7, "{changes:#?}");
    assert!(bench.path("repo/kubeconfig").exists() && !leaks(&bench, &done));
    bench.forget();
    let again = bench.run(&["bootstrap", "talos"]);
    assert_eq!(again.status.code(), Some(0), "{}", words(&again));
    assert_eq!(count(&bench, "bootstrap") + count(&bench, "apply-config"), 0, "never twice");
}

#[test]
fn an_interrupted_bootstrap_goes_on_and_never_makes_a_second_etcd() {
    for verb in ["apply-config@10.0.0.12", "bootstrap@10.0.0.11", "kubeconfig@10.0.0.11"] {
        let bench = fresh();
        let (verb, address) = verb.split_once('@').unwrap();
        let fault = "[ -e \"$D/killed\" ] || { : > \"$D/killed\"; kill -KILL $PPID; exit 0; }";
        bench.fault(verb, address, fault);
        assert_eq!(bench.run(&["bootstrap", "talos"]).status.code(), None);
        let resumed = bench.run(&["bootstrap", "talos"]);
        assert_eq!(resumed.status.code(), Some(0), "{verb}: {}", words(&resumed));
        assert!(count(&bench, "bootstrap") <= 2, "{verb}");
    }
}

#[test]
fn a_bootstrap_that_worked_before_its_connection_broke_is_done() {
    let bench = fresh();
    let fault = "for n in 11 12 13; do echo x > \"$D/etcd/10.0.0.$n\"; done; echo reset >&2; exit 1";
    bench.fault("bootstrap", "10.0.0.11", fault);
    let done = bench.run(&["bootstrap", "talos"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(count(&bench, "bootstrap"), 1);
}

#[test]
fn etcd_on_any_controller_means_no_bootstrap() {
    let bench = Bench::new(&FIVE);
    std::fs::remove_file(bench.path("etcd/10.0.0.11")).unwrap();
    std::fs::remove_file(bench.path("etcd/10.0.0.13")).unwrap();
    let plan = out(&bench.run(&["plan", "bootstrap", "talos"])).replace("after: 900", "after: 1");
    bench.write("repo/plan.yaml", &plan);
    let run = bench.run(&["run", "plan.yaml"]);
    assert!(states(&run).contains(&"bootstrap-etcd-cp-0: skipped".to_owned()), "{}", words(&run));
    assert_eq!(count(&bench, "bootstrap"), 0);
}

#[test]
fn a_controller_that_does_not_answer_keeps_etcd_from_being_started() {
    let bench = fresh();
    for (_, address, _) in FIVE {
        bench.set(address, "stage", if address == "10.0.0.13" { "off" } else { "running" });
    }
    let plan = out(&bench.run(&["plan", "bootstrap", "talos"]));
    let plan = plan.replace("before: 900", "before: 1").replace("before: 600", "before: 1");
    bench.write("repo/plan.yaml", &plan);
    let failed = bench.run(&["run", "plan.yaml"]);
    assert_eq!(failed.status.code(), Some(1));
    assert_eq!(count(&bench, "bootstrap"), 0, "{}", words(&failed));
}

#[test]
fn reset_of_the_whole_cluster_wants_its_name() {
    let bench = Bench::new(&FIVE);
    let wrong = bench.run(&["reset", "--yes", "--confirm", "other"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(words(&wrong).contains("the cluster is called kubernetes"), "{}", words(&wrong));
    assert_eq!(bench.changes(), Vec::<String>::new());
    let done = bench.run(&["reset", "--confirm", "kubernetes"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(
        bench.changes()[0],
        "talosctl reset --nodes=10.0.0.21 --graceful=false --reboot=true --system-labels-to-wipe=STATE --system-labels-to-wipe=EPHEMERAL --wait=false"
    );
    assert!(bench.changes()[4].contains("10.0.0.13"));
    assert!(bench.path("repo/talos/clusterconfig/kubernetes-cp-0.yaml").exists());
    assert!(bench.path("repo/kubeconfig").exists());
    bench.forget();
    let again = bench.run(&["reset", "--confirm", "kubernetes"]);
    assert_eq!((again.status.code(), bench.changes()), (Some(0), vec![]), "{}", words(&again));
}

#[test]
fn reset_yes_alone_is_not_enough() {
    let bench = Bench::new(&FIVE);
    let refused = std::process::Command::new("setsid")
        .arg("--wait")
        .arg(env!("CARGO_BIN_EXE_nodeop"))
        .args(["reset", "--yes"])
        .current_dir(bench.path("repo"))
        .env_clear()
        .env("HOME", bench.path("home"))
        .env("PATH", format!("{}:/usr/bin:/bin", bench.path("bin").display()))
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2));
    assert!(words(&refused).contains("--confirm kubernetes"), "{}", words(&refused));
    assert_eq!(bench.changes(), Vec::<String>::new());
}

#[test]
fn reset_of_one_is_graceful_and_of_most_controllers_refused() {
    let bench = Bench::new(&FIVE);
    let refused = bench.run(&["reset", "cp-0", "cp-1", "--confirm", "kubernetes"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(words(&refused).contains("nodeop/quorum"), "{}", words(&refused));
    let done = bench.run(&["reset", "IP=10.0.0.22", "--confirm", "kubernetes", "--wipe-disk", "--shutdown"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(
        bench.changes(),
        ["talosctl reset --nodes=10.0.0.22 --graceful=true --reboot=false --wait=false"]
    );
    let single = Bench::new(&[FIVE[0], FIVE[3]]);
    assert_eq!(single.run(&["reset", "cp-0", "--confirm", "kubernetes"]).status.code(), Some(2));
}

#[test]
fn etcd_is_looked_at_and_saved() {
    let bench = Bench::new(&FIVE);
    let members = bench.run(&["etcd", "members"]);
    assert_eq!(members.status.code(), Some(0), "{}", words(&members));
    let output = documents(&members)[0].get("output").unwrap().as_sequence().unwrap().len();
    assert_eq!(output, 4);
    assert_eq!(bench.run(&["etcd", "status"]).status.code(), Some(0));
    assert!(bench.calls()[1].ends_with("--nodes=10.0.0.11,10.0.0.12,10.0.0.13"), "{:?}", bench.calls());
    let saved = bench.run(&["etcd", "snapshot", "a/b.db", "--node", "cp-1"]);
    assert_eq!(saved.status.code(), Some(0), "{}", words(&saved));
    assert_eq!(bench.read("repo/a/b.db"), "snapshot\n");
    assert_eq!(bench.run(&["etcd", "snapshot", "a/b.db"]).status.code(), Some(1), "never over another");
    assert_eq!(bench.run(&["etcd", "snapshot", "--node", "worker-0"]).status.code(), Some(2));
}

/// A repository as configure leaves it.
fn configured() -> Bench {
    let bench = Bench::new(&FIVE);
    for name in ["kube-system", "flux-system", "default"] {
        bench.write(&format!("repo/kubernetes/apps/{name}/kustomization.yaml"), "");
    }
    bench.write("repo/bootstrap/helmfile.d/00-crds.yaml", "releases: []\n");
    bench.write("repo/bootstrap/helmfile.d/01-apps.yaml", "releases: []\n");
    bench.write("ready", "False");
    bench
        .program(
            "helmfile",
            "#!/bin/sh\nD=@DIR@\necho helmfile \"$@\" >> \"$D/calls\"\n[ -f \"$D/faults/helmfile\" ] && . \"$D/faults/helmfile\"\necho \"$KUBECONFIG\" > \"$D/helmfile-kubeconfig\"\ncase $* in *template*) printf 'kind: Service\\n---\\nkind: CustomResourceDefinition\\nmetadata: {name: x}\\n' ;; esac\n",
        )
        .program("flux", "#!/bin/sh\necho flux \"$@\" >> @DIR@/calls\n")
}

#[test]
fn apps_in_their_stages() {
    let bench = configured();
    let done = bench.run(&["bootstrap", "apps"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(
        bench.changes(),
        [
            "kubectl create --kubeconfig=kubeconfig namespace default",
            "kubectl create --kubeconfig=kubeconfig namespace flux-system",
            "kubectl create --kubeconfig=kubeconfig namespace kube-system",
            "helmfile --file=bootstrap/helmfile.d/00-crds.yaml template --quiet",
            "kubectl apply --kubeconfig=kubeconfig --server-side --force-conflicts --filename=-",
            "helmfile --file=bootstrap/helmfile.d/01-apps.yaml sync --hide-notes",
        ]
    );
    assert_eq!(bench.read("applied"), "---\nkind: CustomResourceDefinition\nmetadata:\n  name: x\n");
    let path = bench.read("helmfile-kubeconfig");
    assert!(path.starts_with('/') && path.trim().ends_with("/repo/kubeconfig"), "{path}");
    let again = bench.run(&["bootstrap", "apps"]);
    assert!(states(&again).contains(&"namespace-default: skipped".to_owned()), "{}", words(&again));
}

#[test]
fn a_stage_that_fails_ends_it() {
    let bench = configured();
    bench.write("faults/helmfile", "exit 0");
    let plan = out(&bench.run(&["plan", "bootstrap", "apps"])).replace("delay: 5", "delay: 0");
    bench.write("repo/plan.yaml", &plan);
    let failed = bench.run(&["run", "plan.yaml"]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(words(&failed).contains("no CustomResourceDefinition"), "{}", words(&failed));
    assert!(states(&failed).contains(&"sync-releases: not-started".to_owned()));
    std::fs::remove_dir_all(bench.path("repo/bootstrap")).unwrap();
    assert_eq!(
        bench.run(&["bootstrap", "apps"]).status.code(),
        Some(2),
        "a missing helmfile is named before"
    );
}

#[test]
fn secrets_are_decrypted_into_a_pipe() {
    use age::secrecy::ExposeSecret as _;
    let bench = configured();
    let key = age::x25519::Identity::generate();
    bench.write("repo/age.key", &format!("{}\n", key.to_string().expose_secret()));
    let config =
        format!("creation_rules:\n  - encrypted_regex: ^stringData$\n    age: {}\n", key.to_public());
    let path = bench.path("repo/.sops.yaml");
    let file = bench.path("repo/bootstrap/sops-age.sops.yaml");
    let rule = sops::Config::parse(&config, &path).unwrap().rule_for(&file).unwrap().unwrap();
    let plain = "kind: Secret\nmetadata:\n  name: sops-age\nstringData:\n  age.agekey: THROWAWAY-value\n";
    let sealed = sops::encrypt(plain, &rule, "2026-01-01T00:00:00Z").unwrap();
    bench.write("repo/bootstrap/sops-age.sops.yaml", &sealed.text);
    let mut command = bench.command(&["bootstrap", "apps"]);
    let done = command.env("SOPS_AGE_KEY_FILE", bench.path("repo/age.key")).output().unwrap();
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert!(bench.read("applied").starts_with(plain), "{}", bench.read("applied"));
    let call = "kubectl apply --kubeconfig=kubeconfig --namespace=flux-system --server-side --force-conflicts --filename=-";
    assert!(bench.changes().contains(&call.to_owned()), "{:?}", bench.changes());
    assert!(!leaks(&bench, &done), "{}", words(&done));
    let without = bench.run(&["bootstrap", "apps"]);
    assert_eq!(without.status.code(), Some(1));
    assert!(words(&without).contains("sops-age.sops.yaml"), "{}", words(&without));
}

#[test]
fn flux_is_asked_and_debug_goes_on() {
    let bench = configured();
    let done = bench.run(&["reconcile"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(
        bench.calls(),
        [
            "flux --kubeconfig=kubeconfig --namespace=flux-system reconcile kustomization flux-system --with-source"
        ]
    );
    bench.write("faults/kubectl-get", "case $* in *httproutes*) exit 1 ;; esac");
    let listed = bench.run(&["debug"]);
    assert_eq!(listed.status.code(), Some(1));
    assert_eq!(states(&listed)[5..7], ["list-httproutes: failed", "list-kustomizations: done"]);
}

const CHAIN: &str = "phases:
  - name: cert-manager
    reason: its webhooks are needed
    namespaces: [cert-manager]
    helmfile: bootstrap/helmfile.d/01-apps.yaml
    release: cert-manager
    timeout: 1s
    ready:
      - { kind: deployment, name: cert-manager, namespace: cert-manager, condition: Available }
  - name: olm
    manifests: [https://example.com/v1.5.1/operator-controller.yaml]
    ready:
      - { kind: crd, name: clusterextensions.olm.operatorframework.io, condition: Established }
  - name: flux
    kustomize: kubernetes/base/flux
";

// pipeline.md 6; acceptance 134: each phase begins when the one before it is ready.
#[test]
fn a_chain_of_phases_each_when_the_one_before_is_ready() {
    let bench = configured();
    bench.write("repo/bootstrap/chain.yaml", CHAIN);
    bench.write("repo/kubernetes/base/flux/kustomization.yaml", "resources: []\n");
    let ready = "case $* in *deployment*) echo 'status: {conditions: [{type: Available, status: \"@\"}]}'; exit ;; *crd*) echo 'status: {conditions: [{type: Established, status: \"True\"}]}'; exit ;; esac";
    bench.write("faults/kubectl-get", &ready.replace('@', "False"));
    let stopped = bench.run(&["bootstrap", "apps"]);
    assert_eq!(stopped.status.code(), Some(1));
    assert!(words(&stopped).contains("deployment cert-manager: Available is False"), "{}", words(&stopped));
    assert!(!bench.calls().iter().any(|call| call.contains("operator-controller")), "{:?}", bench.calls());
    bench.write("faults/kubectl-get", &ready.replace('@', "True"));
    bench.forget();
    let done = bench.run(&["bootstrap", "apps"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(
        bench.changes(),
        [
            "helmfile --file=bootstrap/helmfile.d/01-apps.yaml --selector=name=cert-manager sync --hide-notes",
            "kubectl apply --kubeconfig=kubeconfig --server-side --force-conflicts --filename=https://example.com/v1.5.1/operator-controller.yaml",
            "kubectl apply --kubeconfig=kubeconfig --server-side --force-conflicts --kustomize=kubernetes/base/flux",
        ]
    );
    let plan = out(&bench.run(&["plan", "bootstrap", "apps"]));
    bench.write("repo/plan.yaml", &plan);
    bench.write("repo/kubernetes/base/flux/kustomization.yaml", "resources: [a]\n");
    assert_eq!(bench.run(&["run", "plan.yaml"]).status.code(), Some(2), "its files changed since");
    for nonsense in
        ["phases: []\n", "phases: [{name: a, extra: 1}]\n", "phases: [{name: a, release: x}]\n", "[\n"]
    {
        bench.write("repo/bootstrap/chain.yaml", nonsense);
        assert_eq!(bench.run(&["plan", "bootstrap", "apps"]).status.code(), Some(2), "{nonsense}");
    }
}
