//! Upgrades: of Talos, machine by machine; of Kubernetes. And health.

mod support;

use support::{Bench, FIVE, SCHEMATIC, documents, leaks, out, states, words};

fn old() -> Bench {
    let bench = Bench::new(&FIVE);
    for (_, address, _) in FIVE {
        bench.set(address, "version", "v1.10.7");
    }
    bench
}

#[test]
fn controllers_first_one_at_a_time_with_etcd_looked_at_before_and_after() {
    let bench = old();
    let done = bench.run(&["upgrade", "--yes", "--parallel", "2"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    let changes = bench.changes();
    let image = format!("factory.talos.dev/installer/{SCHEMATIC}:v1.11.5");
    assert_eq!(
        changes[0],
        format!("talosctl upgrade --nodes=10.0.0.11 --image={image} --wait --timeout=1785s")
    );
    let node = |call: &String| call.split("--nodes=").nth(1).unwrap()[..9].to_owned();
    assert_eq!(changes[..3].iter().map(node).collect::<Vec<_>>(), ["10.0.0.11", "10.0.0.12", "10.0.0.13"]);
    assert_eq!(changes.len(), 5);
    let calls: Vec<_> = bench.calls();
    let at = |word: &str| {
        calls.iter().enumerate().filter(|(_, c)| c.starts_with(word)).map(|(i, _)| i).collect::<Vec<_>>()
    };
    let (upgrades, looks) = (at("talosctl upgrade"), at("talosctl etcd status"));
    assert_eq!(
        looks.len(),
        8,
        "before and after each controller, and for the leader while there is a choice"
    );
    assert!(looks[1] < upgrades[0] && upgrades[0] < looks[2] && looks[4] < upgrades[1], "{calls:#?}");
    bench.forget();
    let again = bench.run(&["upgrade", "--yes"]);
    assert_eq!((again.status.code(), bench.changes()), (Some(0), vec![]));
    assert!(states(&again).iter().all(|state| state.ends_with(": skipped")), "{:?}", states(&again));
}

#[test]
fn another_schematic_is_an_upgrade_too() {
    let bench = Bench::new(&FIVE);
    bench.set("10.0.0.21", "schematic", &"a".repeat(64));
    let done = bench.run(&["upgrade", "--role", "worker", "--yes"]);
    assert_eq!(states(&done), ["upgrade-worker-0: done", "upgrade-worker-1: skipped"], "{}", words(&done));
}

#[test]
fn a_minor_left_out_is_refused_before_anything_is_sent() {
    let bench = old();
    bench.set("10.0.0.22", "version", "v1.9.5");
    let refused = bench.run(&["upgrade", "--yes"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(words(&refused).contains("leave out a minor version"), "{}", words(&refused));
    assert_eq!(bench.changes(), Vec::<String>::new());
}

#[test]
fn a_machine_that_comes_back_with_the_old_version_has_failed() {
    // nodeops S6: Talos goes back by itself, and the command may have returned success.
    let bench = old();
    bench.fault("upgrade", "10.0.0.11", "echo upgraded; exit 0");
    let plan = out(&bench.run(&["plan", "upgrade"])).replace("after: 900", "after: 1");
    bench.write("repo/plan.yaml", &plan);
    let failed = bench.run(&["run", "plan.yaml", "--yes"]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(words(&failed).contains("it runs Talos v1.10.7, not v1.11.5"), "{}", words(&failed));
    assert!(words(&failed).contains("uncordon"), "{}", words(&failed));
    assert_eq!(bench.changes().len(), 1);
    std::fs::remove_file(bench.path("faults/upgrade@10.0.0.11")).unwrap();
    let resumed = bench.run(&["run", "plan.yaml", "--yes"]);
    assert_eq!(resumed.status.code(), Some(0), "{}", words(&resumed));
}

#[test]
fn a_lost_connection_after_it_took_effect_is_no_failure() {
    let bench = old();
    let fault = "printf v1.11.5 > \"$N/version\"; echo 'rpc error: connection reset' >&2; exit 1";
    bench.fault("upgrade", "10.0.0.21", fault);
    let done = bench.run(&["upgrade", "worker-0", "--yes"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    let reason = documents(&done)[0].get("reason").unwrap().as_str().unwrap().to_owned();
    assert!(reason.contains("already so"), "{reason}");
}

#[test]
fn etcd_that_lost_a_member_stops_the_rest() {
    let bench = old();
    bench.fault("upgrade", "10.0.0.11", "rm \"$D/etcd/10.0.0.11\"");
    let plan = out(&bench.run(&["plan", "upgrade"])).replace("after: 900", "after: 1");
    bench.write("repo/plan.yaml", &plan);
    let failed = bench.run(&["run", "plan.yaml", "--yes"]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(words(&failed).contains("etcd on 10.0.0.11 does not answer"), "{}", words(&failed));
    assert_eq!(bench.changes().len(), 1);
}

// Acceptance: a kill at any step boundary; the next run finishes and upgrades no machine twice.
#[test]
fn killed_at_every_machine_it_is_finished_by_the_next_run() {
    for (hostname, address, _) in FIVE {
        let bench = old();
        let fault = "[ -e \"$D/killed\" ] || { : > \"$D/killed\"; printf v1.11.5 > \"$N/version\"; kill -KILL $PPID; exit 0; }";
        bench.fault("upgrade", address, fault);
        let killed = bench.run(&["upgrade", "--yes"]);
        assert_eq!(killed.status.code(), None, "{hostname}");
        let resumed = bench.run(&["upgrade", "--yes"]);
        assert_eq!(resumed.status.code(), Some(0), "{hostname}: {}", words(&resumed));
        assert_eq!(bench.changes().len(), 5, "{hostname}: no machine twice");
    }
}

#[test]
fn kubernetes_goes_through_the_first_controller_and_prints_no_manifests() {
    let bench = Bench::new(&FIVE);
    let done = bench.run(&["upgrade-k8s", "--yes"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(
        bench.changes(),
        ["talosctl upgrade-k8s --nodes=10.0.0.11 --to=v1.34.2 --with-docs=false --with-examples=false"]
    );
    assert!(!leaks(&bench, &done), "{}", out(&done));
    bench.write("kubelet", "v1.32.0");
    let refused = bench.run(&["upgrade-k8s", "--yes"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(words(&refused).contains("leave out a minor version"), "{}", words(&refused));
}

#[test]
fn health_names_every_machine() {
    let bench = Bench::new(&FIVE);
    let done = bench.run(&["health", "--wait-timeout", "7"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(
        bench.calls(),
        [
            "talosctl health --talosconfig=talos/clusterconfig/talosconfig --nodes=10.0.0.11 --control-plane-nodes=10.0.0.11,10.0.0.12,10.0.0.13 --worker-nodes=10.0.0.21,10.0.0.22 --wait-timeout=7s"
        ]
    );
    bench.fault("health", "10.0.0.11", "exit 1");
    assert_eq!(bench.run(&["health"]).status.code(), Some(1));
}
