//! What nodeop does with machines that answer: each case with either talosctl.

#![allow(dead_code, clippy::unwrap_used, reason = "every test binary uses a part of this; helpers may panic")]

use std::time::{Duration, SystemTime};

use machineapi::{
    Bench, Cluster, FIVE, Fault, Machine, Rule, Stage, State, System, Talosctl, documents, out, states, words,
};

/// What machines run before they are upgraded to v1.13.0.
pub(crate) const OLD: &str = "v1.12.4";

/// Something that is done to a cluster.
type Change = fn(&Cluster);

/// Five machines that run the version before.
pub(crate) fn old() -> Cluster {
    let cluster = Cluster::running(&FIVE);
    for (name, _) in FIVE {
        set_version(&cluster, name, OLD);
    }
    cluster
}

pub(crate) fn set_version(cluster: &Cluster, name: &str, version: &str) {
    cluster.set(name, |machine| {
        machine.running = System { version: version.to_owned(), ..System::default() };
        machine.installed = machine.running.clone();
    });
}

/// The plan of an operation with other limits of time, so that what is waited for in vain is not waited for long.
pub(crate) fn plan(bench: &Bench, args: &[&str], limits: &[(&str, &str)]) {
    let args: Vec<_> = std::iter::once("plan").chain(args.iter().copied()).collect();
    let made = bench.run(&args);
    assert_eq!(made.status.code(), Some(0), "{}", words(&made));
    let plan = limits.iter().fold(out(&made), |plan, (from, to)| plan.replace(from, to));
    bench.write("repo/plan.yaml", &plan);
}

/// Nothing secret stands in what was said.
fn no_leak(output: &std::process::Output) {
    let said = format!("{}{}", out(output), words(output));
    assert!(!said.contains("THROWAWAY"), "{said}");
}

pub(crate) fn leader_last(talosctl: Talosctl) {
    let cluster = old();
    cluster.with(|state| state.leader = state.machines[0].member.as_ref().unwrap().id);
    let bench = Bench::new(&cluster, talosctl);
    let done = bench.run(&["upgrade", "--yes"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    let order = cluster.done("install");
    assert_ne!(order[0], "cp-0", "it leads etcd: {order:?}");
    assert!(order[..3].iter().all(|name| name.starts_with("cp-")), "{order:?}");
    assert_eq!(order.len(), 5);
    assert_eq!(cluster.violations(), Vec::<String>::new());
    assert_eq!(cluster.look(|state| state.away[&true]), 1, "one controller at a time");
    assert!(
        cluster
            .look(|state| state.machines.iter().all(|one| one.running.version == "v1.13.0" && !one.cordoned))
    );
    let again = bench.run(&["upgrade", "--yes"]);
    assert!(states(&again).iter().all(|state| state.ends_with(": skipped")), "{:?}", states(&again));
    assert_eq!(cluster.done("install").len(), 5);
    assert!(!words(&again).contains("uncordon"), "{}", words(&again));
    // A talosctl that was ended before it let pods back: the upgrade is done, and that is not all there is to say.
    cluster.set("worker-0", |one| one.cordoned = true);
    let again = bench.run(&["upgrade", "--yes"]);
    assert_eq!(again.status.code(), Some(0), "{}", words(&again));
    assert_eq!(words(&again).matches("kubectl uncordon worker-0").count(), 1, "{}", words(&again));
    assert_eq!(words(&again).matches("kubectl uncordon").count(), 1, "{}", words(&again));
}

pub(crate) fn workers_beside_each_other(talosctl: Talosctl) {
    let nodes = [
        ("cp-0", true),
        ("w-0", false),
        ("w-1", false),
        ("w-2", false),
        ("w-3", false),
        ("w-4", false),
        ("w-5", false),
    ];
    // How many are away at once, time after time; none comes back before it is turned on.
    for (parallel, rounds) in [("1", &[1; 6][..]), ("4", &[4, 2])] {
        let cluster = Cluster::running(&nodes);
        for (name, _) in nodes {
            cluster.set(name, |one| one.boot_time = Duration::from_hours(10));
        }
        let bench = Bench::new(&cluster, talosctl);
        let run = bench.start(&["reboot", "--role", "worker", "--parallel", parallel, "--yes"]);
        for round in rounds {
            let is_off = |one: &&Machine| one.stage == Stage::Off;
            let away = |state: &mut State| state.machines.iter().filter(is_off).count() == *round;
            assert!(cluster.wait(away), "--parallel {parallel}: {round} machines are never away at once");
            let off = cluster.look(|state| {
                let off = state.machines.iter().filter(is_off);
                off.map(|one| one.hostname.clone()).collect::<Vec<_>>()
            });
            for name in off {
                cluster.turn_on(&name);
            }
        }
        let done = run.wait_with_output().unwrap();
        assert_eq!(done.status.code(), Some(0), "{}", words(&done));
        assert_eq!(cluster.look(|state| state.away[&false]), rounds[0], "--parallel {parallel}");
        assert_eq!(cluster.done("reboot").len(), 6);
    }
}

pub(crate) fn quorum_at_risk(talosctl: Talosctl) {
    let unwell: [(&str, Change); 4] = [
        ("a controller is off", |cluster| cluster.turn_off("cp-2")),
        ("a learner", |cluster| cluster.set("cp-1", |one| one.member.as_mut().unwrap().learner = true)),
        // Not on the first controller: talosctl then prints no titles.
        ("an alarm", |cluster| {
            cluster.with(|state| state.alarm = Some((state.machines[1].member.as_ref().unwrap().id, 1)));
        }),
        ("a member nobody runs", |cluster| cluster.with(|state| state.ghosts.push((7, "gone".to_owned())))),
    ];
    for (what, make) in unwell {
        let cluster = old();
        let bench = Bench::new(&cluster, talosctl);
        make(&cluster);
        plan(&bench, &["upgrade", "cp-0"], &[("before: 120", "before: 1")]);
        let refused = bench.run(&["run", "plan.yaml", "--yes"]);
        assert_ne!(refused.status.code(), Some(0), "{what}");
        assert_eq!(cluster.deeds(), vec![], "{what}: {}", words(&refused));
        assert!(words(&refused).contains("nothing was sent"), "{what}: {}", words(&refused));
    }
}

pub(crate) fn rolled_back(talosctl: Talosctl) {
    let cluster = old();
    let bench = Bench::new(&cluster, talosctl);
    cluster.with(|state| state.leader = state.machines[2].member.as_ref().unwrap().id);
    cluster.rule(Rule::once("Reboot", &cluster.address("cp-0"), Fault::RollBack));
    plan(&bench, &["upgrade"], &[("after: 900", "after: 2")]);
    let failed = bench.run(&["run", "plan.yaml", "--yes"]);
    assert_eq!(failed.status.code(), Some(1));
    assert!(words(&failed).contains("it runs Talos v1.12.4, not v1.13.0"), "{}", words(&failed));
    assert_eq!(cluster.done("install"), ["cp-0"], "the rest was left alone");
}

pub(crate) fn lost_member(talosctl: Talosctl) {
    let cluster = old();
    let bench = Bench::new(&cluster, talosctl);
    cluster.with(|state| state.leader = state.machines[2].member.as_ref().unwrap().id);
    cluster.rule(Rule::once("Reboot", &cluster.address("cp-0"), Fault::LoseMember));
    plan(&bench, &["upgrade", "--timeout", "20"], &[("after: 900", "after: 2")]);
    let failed = bench.run(&["run", "plan.yaml", "--yes"]);
    assert_eq!(failed.status.code(), Some(1), "{}", words(&failed));
    assert_eq!(cluster.done("install"), ["cp-0"], "the rest was left alone");
    assert_eq!(cluster.violations(), Vec::<String>::new());
}

/// Five machines in maintenance mode, and a repository for them. The access file is that of the authority in the first
/// controller's configuration.
fn fresh(talosctl: Talosctl) -> (Cluster, Bench) {
    let known = Cluster::running(&FIVE);
    let cluster = Cluster::fresh(&FIVE);
    let authority = known.look(|state| state.authority.clone());
    cluster.with(|state| state.authority = authority);
    let bench = Bench::new(&cluster, talosctl);
    std::fs::remove_file(bench.path("repo/kubeconfig")).unwrap();
    (cluster, bench)
}

pub(crate) fn bootstrap(talosctl: Talosctl) {
    for fault in [
        None,
        Some(("ApplyConfiguration", "cp-1")),
        Some(("Bootstrap", "cp-0")),
        Some(("Kubeconfig", "cp-0")),
    ] {
        let (cluster, bench) = fresh(talosctl);
        if let Some((call, name)) = fault {
            cluster.rule(Rule::once(call, &cluster.address(name), Fault::CutAfter));
        }
        plan(&bench, &["bootstrap", "talos"], &[("delay: 10", "delay: 1"), ("delay: 5", "delay: 1")]);
        let done = bench.run(&["run", "plan.yaml"]);
        assert_eq!(done.status.code(), Some(0), "{fault:?}: {}", words(&done));
        no_leak(&done);
        assert_eq!(cluster.done("bootstrap"), ["cp-0"], "{fault:?}");
        assert_eq!(cluster.done("apply").len(), 5, "{fault:?}: each configuration was sent once");
        assert_eq!(cluster.look(|state| state.members().len()), 3, "{fault:?}");
        assert_eq!(bench.read("repo/kubeconfig"), cluster.kubeconfig(), "{fault:?}");
        let again = bench.run(&["bootstrap", "talos"]);
        assert_eq!(again.status.code(), Some(0), "{fault:?}: {}", words(&again));
        assert_eq!((cluster.done("bootstrap").len(), cluster.done("apply").len()), (1, 5), "{fault:?}");
    }
}

pub(crate) fn bootstrap_ends(talosctl: Talosctl) {
    let (cluster, bench) = fresh(talosctl);
    cluster.turn_off("worker-1");
    plan(&bench, &["bootstrap", "talos"], &[("before: 600", "before: 1"), ("delay: 5", "delay: 0")]);
    let failed = bench.run(&["run", "plan.yaml"]);
    assert_eq!(failed.status.code(), Some(1), "{}", words(&failed));
    assert!(words(&failed).contains("apply-insecure-worker-1"), "{}", words(&failed));
    assert_eq!(cluster.done("bootstrap"), Vec::<String>::new(), "a failed machine stops what comes after it");
    // Somebody else's etcd on another controller: never a second one.
    let (cluster, bench) = fresh(talosctl);
    let configured = machineapi::configuration("cp-1", true).into_bytes();
    cluster.set("cp-1", |one| (one.config, one.stage) = (Some(configured), Stage::Running));
    let address = cluster.address("cp-1");
    cluster.with(|state| {
        let member = Some(machineapi::Member { id: 9, alive: true, learner: false });
        state.machine(&address).unwrap().member = member;
        state.etcd = true;
    });
    let done = bench.run(&["bootstrap", "talos"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert!(states(&done).contains(&"bootstrap-etcd-cp-0: skipped".to_owned()), "{:?}", states(&done));
    assert_eq!(cluster.violations(), Vec::<String>::new());
}

pub(crate) fn reset(talosctl: Talosctl) {
    let cluster = Cluster::running(&FIVE);
    let bench = Bench::new(&cluster, talosctl);
    let done = bench.run(&["reset", "worker-0", "--confirm", "kubernetes"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(cluster.deeds()[0].detail, "STATE,EPHEMERAL", "never the whole disk unasked");
    assert!(cluster.look(|state| state.machines[3].stage == Stage::Maintenance && !state.machines[3].wiped));
    cluster.rule(Rule::always("Reset", "*", Fault::Answer(tonic::Code::Internal, "failed to wipe")));
    let failed = bench.run(&["reset", "worker-1", "--confirm", "kubernetes"]);
    assert_eq!(failed.status.code(), Some(1), "a call that failed is no success");
    assert!(words(&failed).contains("failed to wipe"), "{}", words(&failed));
    cluster.heal();
    let two = bench.run(&["reset", "cp-0", "cp-1", "--confirm", "kubernetes"]);
    assert_eq!(two.status.code(), Some(2), "{}", words(&two));
    let whole = bench.run(&["reset", "--confirm", "kubernetes"]);
    assert_eq!(whole.status.code(), Some(0), "{}", words(&whole));
    assert!(cluster.look(|state| state.machines.iter().all(|one| one.stage == Stage::Maintenance)));
}

pub(crate) fn looking(talosctl: Talosctl) {
    let cluster = Cluster::running(&FIVE);
    let bench = Bench::new(&cluster, talosctl);
    let same = bench.run(&["drift"]);
    assert_eq!(same.status.code(), Some(0), "{}", words(&same));
    cluster.set("worker-0", |one| {
        let text = String::from_utf8(one.config.clone().unwrap()).unwrap();
        one.config = Some(
            text.replace("THROWAWAY-machine-token", "THROWAWAY-other")
                .replace("worker-0", "other")
                .into_bytes(),
        );
    });
    let drift = bench.run(&["drift", "--parallel", "5"]);
    assert_eq!(drift.status.code(), Some(1), "{}", words(&drift));
    assert!(words(&drift).contains("machine.network.hostname: other -> worker-0"), "{}", words(&drift));
    no_leak(&drift);
    let made = bench.run(&["talosconfig", "new.talosconfig"]);
    assert_eq!(made.status.code(), Some(0), "{}", words(&made));
    no_leak(&made);
    let members = bench.run(&["etcd", "members", "--talosconfig", "new.talosconfig"]);
    // talosctl writes the endpoints into what it makes, and so can it be used; the stand-in leaves them out.
    if talosctl == Talosctl::Real {
        assert_eq!(members.status.code(), Some(0), "{}", words(&members));
    }
    let saved = bench.run(&["etcd", "snapshot", "a.db"]);
    if talosctl == Talosctl::Real {
        // It looks into what it saved, and what the machines here send is no database.
        assert_eq!(saved.status.code(), Some(1), "{}", words(&saved));
        assert!(words(&saved).contains("sha256 checksum not found"), "{}", words(&saved));
    } else {
        assert_eq!(saved.status.code(), Some(0), "{}", words(&saved));
        assert!(!bench.read("repo/a.db").is_empty());
    }
    let defrag = bench.run(&["etcd", "defrag", "--yes"]);
    assert_eq!((defrag.status.code(), cluster.done("defrag").len()), (Some(0), 3), "{}", words(&defrag));
    assert_eq!(*cluster.done("defrag").last().unwrap(), "cp-0", "the leader comes last");
    let health = bench.run(&["health", "--wait-timeout", "5"]);
    assert_eq!(health.status.code(), Some(0), "{}", words(&health));
    for operation in [&["etcd", "status"][..], &["etcd", "members"], &["kubeconfig"]] {
        let done = bench.run(operation);
        assert_eq!(done.status.code(), Some(0), "{operation:?}: {}", words(&done));
        no_leak(&done);
    }
    // What the server's dry run shows holds secrets; nothing of it is shown.
    let applied = bench.run(&["apply", "worker-0"]);
    assert_eq!(applied.status.code(), Some(0), "{}", words(&applied));
    no_leak(&applied);
    assert_eq!(bench.run(&["drift"]).status.code(), Some(0));
    cluster.turn_off("worker-1");
    let ill = bench.run(&["health", "--wait-timeout", "1"]);
    assert_eq!(ill.status.code(), Some(1), "{}", words(&ill));
    // An expired certificate is named before anything is sent; one of another authority is refused and not retried.
    let day = Duration::from_hours(24);
    let ended = cluster.talosconfig_of(SystemTime::now() - 3 * day, day);
    bench.write("repo/ended", &ended);
    let refused = bench.run(&["etcd", "members", "--talosconfig", "ended"]);
    assert_eq!(refused.status.code(), Some(2));
    assert!(words(&refused).contains("nodeop/access-ended"), "{}", words(&refused));
    let stranger = Cluster::running(&FIVE[..1]).talosconfig();
    let own = cluster.talosconfig();
    let endpoint = own.lines().find(|line| line.trim().starts_with("- ")).unwrap().to_owned();
    let text: String = stranger
        .lines()
        .map(|line| if line.trim().starts_with("- ") { endpoint.clone() } else { line.to_owned() } + "\n")
        .collect();
    bench.write("repo/stranger", &text);
    let refused = bench.run(&["apply", "worker-0", "--talosconfig", "stranger"]);
    assert_eq!(refused.status.code(), Some(2), "{}", words(&refused));
    assert!(words(&refused).contains("certificate"), "{}", words(&refused));
}

pub(crate) fn hundred(talosctl: Talosctl) {
    let names: Vec<_> = (0..100).map(|at| format!("n-{at:02}")).collect();
    let nodes: Vec<_> = names.iter().enumerate().map(|(at, name)| (name.as_str(), at < 3)).collect();
    let cluster = Cluster::running(&nodes);
    let bench = Bench::new(&cluster, talosctl);
    let done = bench.run(&["status"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    let part = |one: &yaml::Value| one.get("part").and_then(|part| part.as_str().map(str::to_owned));
    let versions = documents(&done).into_iter().find(|one| part(one).as_deref() == Some("versions"));
    let lines = versions.unwrap().get("output").unwrap().as_sequence().unwrap().len();
    assert!(lines > 200, "{lines} lines about 100 machines");
}

/// etcd's data, with the digest behind it that etcd sends.
pub(crate) fn snapshot(talosctl: Talosctl, database: &[u8]) {
    use std::os::unix::fs::PermissionsExt as _;
    let cluster = Cluster::running(&FIVE);
    let bench = Bench::new(&cluster, talosctl);
    cluster.with(|state| state.snapshot = Some(database.to_vec()));
    let saved = bench.run(&["etcd", "snapshot", "saved/a.db", "--node", "cp-1"]);
    assert_eq!(saved.status.code(), Some(0), "{}", words(&saved));
    let file = bench.path("repo/saved/a.db");
    assert_eq!(std::fs::read(&file).unwrap(), database);
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&file), mode(&bench.path("repo/saved"))), (0o600, 0o700), "it holds every secret");
    let again = bench.run(&["etcd", "snapshot", "saved/a.db"]);
    assert_eq!(again.status.code(), Some(1), "{}", words(&again));
    assert!(words(&again).contains("is not overwritten"), "{}", words(&again));
    // A controller whose etcd is gone has nothing to save, and no file is left that looks as if it had.
    cluster.set("cp-2", |one| one.member.as_mut().unwrap().alive = false);
    let failed = bench.run(&["etcd", "snapshot", "saved/b.db", "--node", "cp-2"]);
    assert_eq!(failed.status.code(), Some(1), "{}", words(&failed));
    assert!(!bench.path("repo/saved/b.db").exists());
}

pub(crate) fn shutdown(talosctl: Talosctl) {
    let cluster = Cluster::running(&FIVE);
    let bench = Bench::new(&cluster, talosctl);
    let off = |name: &str| {
        cluster.look(|state| state.machines.iter().any(|one| one.hostname == name && one.stage == Stage::Off))
    };
    for name in ["worker-0", "cp-2"] {
        let done = bench.run(&["shutdown", name, "--yes", "--timeout", "60"]);
        assert_eq!(done.status.code(), Some(0), "{name}: {}", words(&done));
        let address = cluster.address(name);
        assert!(cluster.wait(|state| state.machine(&address).unwrap().stage == Stage::Off), "{name}");
    }
    // etcd cannot spare a second one.
    plan(&bench, &["shutdown", "cp-1"], &[("before: 60", "before: 1")]);
    let refused = bench.run(&["run", "plan.yaml", "--yes"]);
    assert_eq!(refused.status.code(), Some(1), "{}", words(&refused));
    assert!(words(&refused).contains("nothing was sent") && !off("cp-1"), "{}", words(&refused));
    assert_eq!(cluster.done("shutdown"), ["worker-0", "cp-2"]);
    assert_eq!(cluster.violations(), Vec::<String>::new());
    // The whole cluster goes, the workers first.
    let cluster = Cluster::running(&FIVE);
    let bench = Bench::new(&cluster, talosctl);
    let done = bench.run(&["shutdown", "--yes", "--timeout", "60"]);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    assert_eq!(cluster.done("shutdown"), ["worker-0", "worker-1", "cp-0", "cp-1", "cp-2"]);
    assert!(cluster.wait(|state| state.machines.iter().all(|one| one.stage == Stage::Off)));
}

pub(crate) fn apply_modes(talosctl: Talosctl) {
    let cluster = Cluster::running(&FIVE);
    let bench = Bench::new(&cluster, talosctl);
    let address = cluster.address("worker-0");
    let holds = || {
        cluster.look(|state| {
            String::from_utf8(state.machine(&address).unwrap().config.clone().unwrap()).unwrap()
        })
    };
    for (number, mode) in ["no-reboot", "auto", "try", "staged", "reboot"].into_iter().enumerate() {
        let before = (holds(), cluster.look(|state| state.machine(&address).unwrap().boots));
        let text = format!("{}# {number}\n", machineapi::configuration("worker-0", false));
        bench.write("repo/talos/clusterconfig/kubernetes-worker-0.yaml", &text);
        let done = bench.run(&["apply", "worker-0", &format!("MODE={mode}")]);
        assert_eq!(done.status.code(), Some(0), "{mode}: {}", words(&done));
        no_leak(&done);
        assert_eq!(cluster.deeds().last().map(|deed| deed.what), Some("apply"), "{mode}");
        assert_eq!(cluster.deeds().last().unwrap().detail, mode);
        let boots = if mode == "reboot" { before.1 + 1 } else { before.1 };
        assert!(cluster.wait(|state| state.machine(&address).unwrap().boots == boots), "{mode}");
        assert_eq!(holds(), if mode == "staged" { before.0 } else { text }, "{mode}");
    }
}

/// Kubernetes is upgraded as far as it can be without one: the command line is one that talosctl takes, and what it
/// prints about manifests, which are secrets too, is not shown.
pub(crate) fn upgrade_k8s(talosctl: Talosctl) {
    let cluster = Cluster::running(&FIVE);
    let bench = Bench::new(&cluster, talosctl);
    bench.write("repo/talos/talenv.yaml", "talosVersion: v1.13.0\nkubernetesVersion: v1.34.3\n");
    plan(&bench, &["upgrade-k8s"], &[("command: 3600", "command: 60"), ("after: 300", "after: 1")]);
    let done = bench.run(&["run", "plan.yaml", "--yes"]);
    no_leak(&done);
    if talosctl == Talosctl::StandIn {
        assert_eq!(done.status.code(), Some(0), "{}", words(&done));
        assert_eq!(cluster.look(|state| state.kubelet.clone()), "v1.34.3");
    } else {
        // It looks for the pods of the control plane, and there are none.
        assert_eq!(done.status.code(), Some(1), "{}", words(&done));
        assert!(!words(&done).contains("unknown flag"), "{}", words(&done));
        assert!(words(&done).contains("run it again"), "{}", words(&done));
    }
    // A minor left out is refused before anything is sent.
    cluster.with(|state| "v1.32.1".clone_into(&mut state.kubelet));
    let refused = bench.run(&["upgrade-k8s", "--yes"]);
    assert_eq!(refused.status.code(), Some(2), "{}", words(&refused));
    assert!(words(&refused).contains("leave out a minor version"), "{}", words(&refused));
}
