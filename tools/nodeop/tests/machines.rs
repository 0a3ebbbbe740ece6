//! Plans and their runs: apply, reboot, shutdown, kubeconfig; refused plans; questions; stops.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod support;

use std::time::Duration;

use support::{Bench, FIVE, documents, leaks, out, states, words};

const CP1: &str = "10.0.0.12";

#[test]
fn a_plan_starts_nothing_and_is_always_the_same() {
    let bench = Bench::new(&FIVE);
    let args = ["plan", "apply", "IP=10.0.0.11", "MODE=no-reboot"];
    let first = bench.run(&args);
    assert_eq!(first.status.code(), Some(0), "{}", words(&first));
    assert_eq!(out(&first), out(&bench.run(&args)));
    assert!(bench.calls().is_empty() && !leaks(&bench, &first));
    insta::assert_snapshot!(out(&first));
}

#[test]
fn apply_goes_one_controller_at_a_time_and_skips_what_holds() {
    let bench = Bench::new(&FIVE);
    bench.set("10.0.0.12", "config", "THROWAWAY: new\n");
    let done = bench.run(&["apply", "--yes"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(
        states(&done),
        [
            "apply-cp-0: done",
            "apply-cp-1: skipped",
            "apply-cp-2: done",
            "apply-worker-0: done",
            "apply-worker-1: done"
        ]
    );
    assert_eq!(
        bench.changes()[0],
        "talosctl apply-config --nodes=10.0.0.11 --file=talos/clusterconfig/kubernetes-cp-0.yaml --mode=auto"
    );
    assert_eq!(bench.changes().len(), 4);
    assert!(!leaks(&bench, &done), "{}", words(&done));
    bench.forget();
    let again = bench.run(&["apply", "--yes"]);
    assert_eq!(again.status.code(), Some(0));
    assert_eq!(bench.changes(), Vec::<String>::new(), "a second run sends nothing");
}

#[test]
fn a_failure_stops_the_rest() {
    let bench = Bench::new(&FIVE);
    bench.fault(
        "apply-config",
        CP1,
        "echo 'rpc error: code = InvalidArgument desc = token: THROWAWAY' >&2; exit 3",
    );
    let failed = bench.run(&["apply", "--yes"]);
    assert_eq!(failed.status.code(), Some(1));
    assert_eq!(states(&failed)[1..3], ["apply-cp-1: failed", "apply-cp-2: not-started"]);
    assert!(!leaks(&bench, &failed), "{}", words(&failed));
    let summary = documents(&failed).pop().unwrap();
    assert_eq!(summary.get("notStarted").and_then(yaml::Value::as_int), Some(3));
}

#[test]
fn a_connection_that_breaks_is_tried_again() {
    let bench = Bench::new(&FIVE);
    let once = "[ -e \"$D/once\" ] || { : > \"$D/once\"; refuse 'broken'; }";
    bench.fault("apply-config", "10.0.0.21", &format!("refuse() {{ echo \"$*\" >&2; exit 1; }}; {once}"));
    let done = bench.run(&["apply", "worker-0"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(documents(&done)[0].get("attempts").and_then(yaml::Value::as_int), Some(2));
}

#[test]
fn a_wrong_machine_or_a_dead_address_stops_everything_before() {
    let bench = Bench::new(&FIVE);
    bench.set(CP1, "hostname", "somebody-else");
    bench.set("10.0.0.21", "stage", "off");
    let refused = bench.run(&["apply", "--yes"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(words(&refused).contains("10.0.0.12 is somebody-else, not cp-1"), "{}", words(&refused));
    assert!(words(&refused).contains("connection refused"), "{}", words(&refused));
    assert_eq!(bench.changes(), Vec::<String>::new());
}

#[test]
fn insecure_goes_to_maintenance_mode_only() {
    let bench = Bench::new(&FIVE);
    bench.set("10.0.0.21", "stage", "maintenance");
    let done = bench.run(&["apply", "worker-0", "worker-1", "--insecure", "--quiet"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(states(&done), ["apply-insecure-worker-0: done", "apply-insecure-worker-1: skipped"]);
    assert_eq!(
        bench.changes(),
        [
            "talosctl apply-config --insecure --nodes=10.0.0.21 --file=talos/clusterconfig/kubernetes-worker-0.yaml"
        ]
    );
}

#[test]
fn without_a_terminal_a_question_is_a_refusal() {
    let bench = Bench::new(&FIVE);
    // A session of its own has no terminal to ask at.
    let refused = std::process::Command::new("setsid")
        .arg("--wait")
        .arg(env!("CARGO_BIN_EXE_nodeop"))
        .args(["reboot", "worker-0"])
        .current_dir(bench.path("repo"))
        .env_clear()
        .env("HOME", bench.path("home"))
        .env("PATH", format!("{}:/usr/bin:/bin", bench.path("bin").display()))
        .output()
        .unwrap();
    assert_eq!(refused.status.code(), Some(2), "{}", words(&refused));
    assert!(words(&refused).contains("--yes answers it"), "{}", words(&refused));
    assert_eq!(bench.changes(), Vec::<String>::new());
}

#[test]
fn reboot_keeps_the_quorum() {
    let bench = Bench::new(&FIVE);
    std::fs::remove_file(bench.path("etcd/10.0.0.13")).unwrap();
    bench.write("talos-unused", "");
    let mut plan = String::from_utf8(bench.run(&["plan", "reboot", "cp-0"]).stdout).unwrap();
    plan = plan.replace("before: 60", "before: 1");
    bench.write("repo/plan.yaml", &plan);
    let refused = bench.run(&["run", "plan.yaml", "--yes"]);
    assert_eq!(refused.status.code(), Some(1), "{}", words(&refused));
    assert!(
        words(&refused).contains("etcd on 10.0.0.13 does not answer; nothing was sent"),
        "{}",
        words(&refused)
    );
    assert_eq!(bench.changes(), Vec::<String>::new());
}

#[test]
fn two_controllers_have_none_to_spare() {
    let bench = Bench::new(&FIVE[..2]);
    let refused = bench.run(&["reboot", "cp-0", "--yes"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(words(&refused).contains("--accept-etcd-outage"), "{}", words(&refused));
    assert_eq!(bench.changes(), Vec::<String>::new());
    let done = bench.run(&["reboot", "cp-0", "--yes", "--accept-etcd-outage", "MODE=powercycle"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(
        bench.changes(),
        ["talosctl reboot --nodes=10.0.0.11 --mode=powercycle --wait --timeout=885s"]
    );
}

#[test]
fn shutdown_of_all_begins_with_the_workers() {
    let bench = Bench::new(&FIVE);
    let done = bench.run(&["shutdown", "--yes", "--parallel", "2", "--timeout", "30"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    let mut order: Vec<_> = bench.changes();
    order[..2].sort();
    assert_eq!(order[0], "talosctl shutdown --nodes=10.0.0.21 --wait --timeout=15s");
    assert!(order[2].contains("10.0.0.11") && order[4].contains("10.0.0.13"), "{order:?}");
}

#[test]
fn kubeconfig_is_written_where_the_repository_has_it() {
    let bench = Bench::new(&FIVE);
    std::fs::remove_file(bench.path("repo/kubeconfig")).unwrap();
    let done = bench.run(&["kubeconfig"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(bench.changes(), ["talosctl kubeconfig --nodes=10.0.0.11 --merge=false --force kubeconfig"]);
    assert!(!leaks(&bench, &done));
}

#[test]
fn plans_of_elsewhere_and_edited_ones_are_refused() {
    let bench = Bench::new(&FIVE);
    let plan = out(&bench.run(&["plan", "apply", "worker-0"]));
    let cases = [
        ("name: kubernetes", "name: other", "nodeop/plan-cluster"),
        ("10.0.0.10:6443", "10.9.9.9:6443", "nodeop/plan-cluster"),
        ("talosVersion: v1.11.5", "talosVersion: v1.10.0", "nodeop/plan-version"),
        ("address: 10.0.0.21", "address: 10.0.0.99", "nodeop/plan-node"),
        ("hostname: worker-0", "hostname: worker-1", "nodeop/plan-node"),
        ("--mode=auto", "--mode=reboot", "nodeop/plan-step"),
        ("mode: auto", "mode: staged", "nodeop/plan-step"),
        ("      - condition: hostname-matches\n", "", "nodeop/plan-step"),
        ("mode: auto", "mode: nonsense", "nodeop/plan-form"),
        ("planVersion: 1", "planVersion: 2", "nodeop/plan-form"),
        ("planVersion: 1", "planVersion: 1\nextra: 1", "nodeop/plan-form"),
        ("parallel: 1", "parallel: 0", "nodeop/plan-step"),
        ("command: 120", "command: 0", "nodeop/plan-step"),
    ];
    for (from, to, code) in cases {
        assert!(plan.contains(from), "{from}\n{plan}");
        bench.write("repo/plan.yaml", &plan.replacen(from, to, 1));
        let refused = bench.run(&["run", "plan.yaml", "--yes"]);
        assert_eq!(refused.status.code(), Some(2), "{to}: {}", words(&refused));
        assert!(words(&refused).contains(code), "{to}: {}", words(&refused));
    }
    bench.write("repo/plan.yaml", &plan);
    bench.write("repo/talos/clusterconfig/kubernetes-worker-0.yaml", "other\n");
    let refused = bench.run(&["run", "plan.yaml", "--yes"]);
    assert!(words(&refused).contains("changed since the plan was made"), "{}", words(&refused));
    for empty in ["", "steps: []\n", "- a\n", "steps: [\n"] {
        bench.write("repo/plan.yaml", empty);
        assert_eq!(bench.run(&["run", "plan.yaml"]).status.code(), Some(2), "{empty}");
    }
    assert!(bench.calls().is_empty(), "{:?}", bench.calls());
}

#[test]
fn wrong_selections_are_refused() {
    let bench = Bench::new(&FIVE);
    for args in [
        &["apply", "nobody"][..],
        &["apply", "IP="],
        &["apply", "worker-0", "--role", "controlplane"],
        &["apply", "MODE=fast"],
        &["shutdown", "MODE=auto"],
        &["apply", "MODE=auto", "--mode", "auto"],
        &["apply", "--parallel", "0"],
        &["apply", "--insecure", "MODE=auto"],
    ] {
        let refused = bench.run(args);
        assert_eq!(refused.status.code(), Some(2), "{args:?}: {}", words(&refused));
    }
    std::fs::remove_file(bench.path("repo/talos/clusterconfig/kubernetes-cp-1.yaml")).unwrap();
    let refused = bench.run(&["apply", "--yes"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(words(&refused).contains("kubernetes-cp-1.yaml"), "{}", words(&refused));
    assert!(bench.calls().is_empty(), "{:?}", bench.calls());
}

#[test]
fn ctrl_c_lets_the_step_end_and_begins_no_other() {
    let bench = Bench::new(&FIVE);
    // The step ends when the test says so.
    let script = ": > \"$D/rebooting\"; while [ ! -e \"$D/go-on\" ]; do sleep 0.05; done";
    bench.fault("reboot", "10.0.0.21", script);
    let mut child = bench.start(&["reboot", "--role", "worker", "--yes"]);
    while !bench.path("rebooting").exists() {
        assert!(child.try_wait().unwrap().is_none(), "it never began");
        std::thread::sleep(Duration::from_millis(20));
    }
    let locked = bench.run(&["reboot", "worker-1", "--yes"]);
    assert!(words(&locked).contains("nodeop/locked"), "{}", words(&locked));
    let pid = child.id().to_string();
    std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap();
    bench.write("go-on", "");
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(1), "{}", words(&ended));
    assert_eq!(states(&ended), ["reboot-worker-0: done", "reboot-worker-1: not-started"]);
    assert!(words(&ended).contains("run it again"), "{}", words(&ended));
    assert_eq!(bench.changes().len(), 1);
}

#[test]
fn a_hanging_program_is_ended_at_its_limit() {
    let bench = Bench::new(&FIVE);
    bench.fault("reboot", "10.0.0.21", "sleep 3000");
    let failed = bench.run(&["reboot", "worker-0", "--yes", "--timeout", "1"]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(words(&failed).contains("did not end within 1 s"), "{}", words(&failed));
}

fn validator(bench: &Bench, format: &str) -> jsonschema::Validator {
    let text = out(&bench.run(&["schema", format]));
    jsonschema::validator_for(&serde_json::from_str(&text).unwrap()).unwrap()
}

fn json(value: &yaml::Value) -> serde_json::Value {
    value.clone().into()
}

#[test]
fn plans_and_results_fit_their_schemas() {
    let bench = Bench::new(&FIVE);
    let plan = bench.run(&["plan", "apply"]);
    validator(&bench, "plan").validate(&json(&documents(&plan)[0])).unwrap();
    bench.fault("apply-config", CP1, "echo 'rpc error: code = InvalidArgument desc = x' >&2; exit 3");
    let schema = validator(&bench, "results");
    for document in documents(&bench.run(&["apply", "cp-0", "cp-1", "worker-0", "--yes"])) {
        schema.validate(&json(&document)).unwrap();
    }
    assert!(!validator(&bench, "plan").is_valid(&serde_json::json!({"planVersion": 1})));
}
