//! What changes no machine: drift, access files, etcd's upkeep, results as JSON; and what is seen before anything is sent:
//! credentials that have ended or are another cluster's, versions that do not go together.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod support;

use std::time::{Duration, SystemTime};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use support::{Bench, FIVE, documents, leaks, out, states, words};

#[test]
fn drift_names_what_differs_and_shows_no_secret() {
    let bench = Bench::new(&FIVE);
    let old = "machine:\n  type: worker\n  token: THROWAWAY-old\n  install: {disk: /dev/sda}\n";
    for (hostname, address, _) in FIVE {
        bench.set(address, "config", old);
        bench.write(&format!("repo/talos/clusterconfig/kubernetes-{hostname}.yaml"), old);
    }
    let same = bench.run(&["drift"]);
    assert_eq!(same.status.code(), Some(0), "{}", words(&same));
    let new = old.replace("THROWAWAY-old", "THROWAWAY-new").replace("sda", "sdb");
    bench.write("repo/talos/clusterconfig/kubernetes-cp-1.yaml", &new);
    bench.set("10.0.0.21", "stage", "off");
    let refused = bench.run(&["drift"]);
    assert_eq!(refused.status.code(), Some(2), "a dead address is named before: {}", words(&refused));
    bench.set("10.0.0.21", "stage", "running");
    let drift = bench.run(&["drift"]);
    assert_eq!(drift.status.code(), Some(1));
    let differs: Vec<_> = states(&drift).into_iter().filter(|state| !state.ends_with(": done")).collect();
    assert_eq!(differs, ["drift-cp-1: differs"], "the others are looked at too");
    assert!(words(&drift).contains("machine.install.disk: /dev/sda -> /dev/sdb"), "{}", words(&drift));
    assert!(
        words(&drift).contains("machine.token: (not shown)") && !leaks(&bench, &drift),
        "{}",
        words(&drift)
    );
    assert_eq!(bench.changes().iter().filter(|call| !call.contains("machineconfig")).count(), 0);
}

#[test]
fn an_access_file_is_made_and_none_is_overwritten() {
    let bench = Bench::new(&FIVE);
    let done = bench.run(&["talosconfig", "--for", "os:reader", "--hours", "24"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(
        bench.changes(),
        ["talosctl config new --nodes=10.0.0.11 --roles=os:reader --crt-ttl=24h talosconfig"]
    );
    assert!(!leaks(&bench, &done));
    let again = bench.run(&["talosconfig"]);
    assert_eq!(again.status.code(), Some(1));
    assert!(words(&again).contains("is not overwritten"), "{}", words(&again));
    assert_eq!(bench.run(&["talosconfig", "--for", "os:god"]).status.code(), Some(2));
}

#[test]
fn etcd_is_defragmented_one_at_a_time_while_it_is_healthy() {
    let bench = Bench::new(&FIVE);
    assert_eq!(bench.run(&["etcd", "defrag", "worker-0", "--yes"]).status.code(), Some(2));
    let done = bench.run(&["etcd", "defrag", "IP=10.0.0.12", "--yes"]);
    assert_eq!(states(&done), ["etcd-defrag-cp-1: done"], "{}", words(&done));
    let all = bench.run(&["etcd", "defrag", "--yes"]);
    assert_eq!(states(&all).len(), 3, "{}", words(&all));
}

#[test]
fn the_newest_snapshots_stay() {
    let bench = Bench::new(&FIVE);
    for day in 10..19 {
        bench.write(&format!("repo/backups/etcd/etcd-202601{day}-000000.db"), "old");
    }
    bench.write("repo/backups/etcd/mine.db", "mine");
    let done = bench.run(&["etcd", "snapshot", "--keep", "3"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    let left = std::fs::read_dir(bench.path("repo/backups/etcd")).unwrap().count();
    assert_eq!(left, 4, "three of ours, and what a person put there");
    assert!(bench.path("repo/backups/etcd/etcd-20260118-000000.db").exists());
    assert!(out(&done).contains("etcd-20260110-000000.db: removed"), "{}", out(&done));
}

#[test]
fn results_are_lines_of_json_too() {
    let bench = Bench::new(&FIVE);
    let done = bench.run(&["apply", "worker-0", "--output", "json"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    let lines: Vec<serde_json::Value> =
        out(&done).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["event"], "begins");
    let is_about = |line: &serde_json::Value| {
        (line["event"] == "state").then(|| format!("{} {}", line["state"], line["detail"]).replace('"', ""))
    };
    let states: Vec<_> = lines.iter().filter_map(is_about).collect();
    assert_eq!(states, ["looking null", "waiting null", "running talosctl apply-config", "checking null"]);
    let [.., step, summary] = lines.as_slice() else { panic!("{lines:?}") };
    assert_eq!((step["result"].as_str(), step["state"].as_str()), (Some("step"), Some("done")));
    assert_eq!(summary["result"], "summary");
    // What is waited for is told, once.
    bench.set("10.0.0.21", "config", "THROWAWAY: other\n");
    let boots = "echo booting > \"$N/stage\"; cp \"$file\" \"$N/config\"; exit 0";
    bench.fault("apply-config", "10.0.0.21", boots);
    let once = "if [ -e \"$D/seen\" ]; then echo running > \"$N/stage\"; else : > \"$D/seen\"; fi";
    bench.fault("get-machinestatus", "10.0.0.21", once);
    let done = bench.run(&["apply", "worker-0", "--output", "json"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert!(out(&done).contains("the machine runs: its stage is booting, not running"), "{}", out(&done));
    let plan = bench.run(&["apply", "worker-0", "--dry-run", "--output", "json"]);
    let plan: serde_json::Value = serde_json::from_str(&out(&plan)).unwrap();
    assert_eq!(plan["planVersion"], 1);
}

/// An access file of Talos whose certificate begins then and lives so long, and the authority's certificate.
fn talosconfig(from: SystemTime, lifetime: Duration) -> (String, String) {
    let authority =
        pki::talos_authority(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)).unwrap();
    let client = pki::talos_client(&authority, "os:admin", lifetime, from).unwrap();
    let ca = STANDARD.encode(&authority.certificate);
    let text = format!(
        "context: kubernetes\ncontexts:\n  kubernetes:\n    endpoints: [10.0.0.11]\n    ca: {ca}\n    crt: {}\n    key: THROWAWAY\n",
        STANDARD.encode(&client.certificate)
    );
    (text, ca)
}

#[test]
fn credentials_that_have_ended_are_named_before_anything_is_sent() {
    let bench = Bench::new(&FIVE);
    let day = Duration::from_hours(24);
    let (ended, _) = talosconfig(SystemTime::now() - 3 * day, day);
    bench.write("repo/talos/clusterconfig/talosconfig", &ended);
    let refused = bench.run(&["apply", "worker-0"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(words(&refused).contains("nodeop/access-ended"), "{}", words(&refused));
    assert!(words(&refused).contains("talosgen genconfig"), "{}", words(&refused));
    let (early, _) = talosconfig(SystemTime::now() + day, day);
    bench.write("repo/talos/clusterconfig/talosconfig", &early);
    assert!(words(&bench.run(&["etcd", "members"])).contains("clock"));
    bench.write("repo/talos/clusterconfig/talosconfig", "context: other\ncontexts: {}\n");
    assert!(words(&bench.run(&["etcd", "members"])).contains("nodeop/access-form"));
    assert!(bench.calls().is_empty(), "{:?}", bench.calls());
}

#[test]
fn credentials_of_another_cluster_are_named_before_anything_is_sent() {
    let bench = Bench::new(&FIVE);
    let day = Duration::from_hours(24);
    let (fine, own) = talosconfig(SystemTime::now() - day, 2 * day);
    let (other, foreign) = talosconfig(SystemTime::now() - day, 2 * day);
    bench.write("repo/talos/clusterconfig/talosconfig", &fine);
    let configuration = format!("machine: {{ca: {{crt: {own}}}}}\ncluster: {{ca: {{crt: {own}}}}}\n");
    bench.write("repo/talos/clusterconfig/kubernetes-cp-0.yaml", &configuration);
    let kubeconfig = |ca: &str| {
        format!(
            "current-context: a\ncontexts: [{{name: a, context: {{cluster: c, user: u}}}}]\nclusters: [{{name: c, cluster: {{certificate-authority-data: {ca}}}}}]\nusers: [{{name: u, user: {{token: THROWAWAY}}}}]\n"
        )
    };
    bench.write("repo/kubeconfig", &kubeconfig(&own));
    let done = bench.run(&["upgrade-k8s", "--yes"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    bench.forget();
    bench.write("repo/kubeconfig", &kubeconfig(&foreign));
    let stale = bench.run(&["upgrade-k8s", "--yes"]);
    assert_eq!(stale.status.code(), Some(2));
    assert!(words(&stale).contains("kubeconfig: it is for another cluster"), "{}", words(&stale));
    assert!(words(&stale).contains("nodeop kubeconfig"), "{}", words(&stale));
    bench.write("repo/talos/clusterconfig/talosconfig", &other);
    let both = bench.run(&["upgrade-k8s", "--yes"]);
    assert_eq!(words(&both).matches("nodeop/access-cluster").count(), 2, "all at once: {}", words(&both));
    assert!(bench.calls().is_empty(), "{:?}", bench.calls());
}

#[test]
fn versions_that_do_not_go_together_are_refused_when_the_plan_is_made() {
    let bench = Bench::new(&FIVE);
    bench.write("repo/talos/talenv.yaml", "talosVersion: v1.11.5\nkubernetesVersion: v1.35.0\n");
    for operation in ["upgrade", "upgrade-k8s"] {
        let refused = bench.run(&["plan", operation]);
        assert_eq!(refused.status.code(), Some(2));
        assert!(words(&refused).contains("nodeop/versions"), "{}", words(&refused));
        assert!(words(&refused).contains("1.29 to 1.34"), "{}", words(&refused));
    }
}

#[test]
fn a_talosctl_of_another_minor_is_said() {
    let bench = Bench::new(&FIVE);
    bench.write("repo/talos/talenv.yaml", "talosVersion: v1.12.0\nkubernetesVersion: v1.34.2\n");
    let done = bench.run(&["apply", "worker-0"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert!(
        words(&done).contains("talosctl is v1.11.5, but the cluster's Talos is v1.12.0"),
        "{}",
        words(&done)
    );
    assert_eq!(documents(&done).len(), 2);
}
