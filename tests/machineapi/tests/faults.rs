//! Faults in the middle of an upgrade: each boundary of a step, each kind of fault, two runs at once, a full disk. `just
//! soak` runs every boundary with every kind.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod cases;
mod matrix;

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::time::{Duration, Instant};

use machineapi::{Bench, Cluster, Fault, Rule, Stage, Talosctl, states, words};

#[test]
fn a_run_after_a_fault_finishes_and_nothing_is_lost() {
    matrix::run(Talosctl::StandIn, &matrix::quick());
}

/// At least 200 faults: every boundary with every kind, with the real talosctl where it is installed.
#[test]
#[ignore = "long: just soak"]
fn soak() {
    let mut chains = matrix::all();
    chains.extend(matrix::quick());
    assert!(matrix::count(&chains) >= 200, "{}", matrix::count(&chains));
    matrix::run(Talosctl::StandIn, &chains);
    if Talosctl::real().is_some() {
        matrix::run(Talosctl::Real, &matrix::few());
    }
}

/// What a hundred machines cost, and what `--parallel` saves. Figures, and nothing asserted about them: a busy machine is
/// no failure.
#[test]
#[ignore = "figures: just soak"]
fn figures() {
    for talosctl in [Some(Talosctl::StandIn), Talosctl::real().map(|_| Talosctl::Real)].into_iter().flatten()
    {
        let say = |what: &str, times: &[Duration]| {
            let line = format!("{what}, talosctl {talosctl:?}: {times:.2?}\n");
            let _ = std::io::stderr().write_all(line.as_bytes());
        };
        let (cluster, bench) = many(100, talosctl);
        say("status of 100 machines", &[(); 5].map(|()| timed(&bench, &["status"])));
        drop(cluster);
        let (cluster, bench) = many(35, talosctl);
        for machine in cluster.look(|state| state.machines.clone()) {
            cluster.set(&machine.hostname, |one| one.boot_time = Duration::from_secs(1));
        }
        for parallel in ["1", "2", "4", "8", "16", "32"] {
            let args = ["reboot", "--role", "worker", "--yes", "--parallel", parallel];
            say(&format!("reboot of 32 workers, 1 s each, --parallel {parallel}"), &[timed(&bench, &args)]);
        }
    }
}

/// Three controllers and workers.
fn many(count: usize, talosctl: Talosctl) -> (Cluster, Bench) {
    let names: Vec<_> = (0..count).map(|at| format!("n-{at:02}")).collect();
    let nodes: Vec<_> = names.iter().enumerate().map(|(at, name)| (name.as_str(), at < 3)).collect();
    let cluster = Cluster::running(&nodes);
    let bench = Bench::new(&cluster, talosctl);
    (cluster, bench)
}

/// How long a run that succeeds takes.
fn timed(bench: &Bench, args: &[&str]) -> Duration {
    let begun = Instant::now();
    let done = bench.run(args);
    assert_eq!(done.status.code(), Some(0), "{}", words(&done));
    begun.elapsed()
}

/// Five machines, of which cp-0 is upgraded first and, once it is down, comes back only when it is turned on.
fn slow() -> (Cluster, Bench) {
    let cluster = cases::old();
    cluster.with(|state| state.leader = state.machines[2].member.as_ref().unwrap().id);
    cluster.set("cp-0", |one| one.boot_time = Duration::from_hours(10));
    let bench = Bench::new(&cluster, Talosctl::StandIn);
    (cluster, bench)
}

/// Waits until cp-0 is down.
fn is_down(cluster: &Cluster) {
    assert!(cluster.wait(|state| state.machines[0].stage == Stage::Off), "it never went down");
}

#[test]
fn two_runs_at_once_are_one() {
    let (cluster, bench) = slow();
    let first = bench.start(&["upgrade", "--yes"]);
    is_down(&cluster);
    let second = bench.run(&["upgrade", "--yes"]);
    assert_eq!(second.status.code(), Some(2), "{}", words(&second));
    assert!(words(&second).contains("nodeop/locked"), "{}", words(&second));
    cluster.turn_on("cp-0");
    let first = first.wait_with_output().unwrap();
    assert_eq!(first.status.code(), Some(0), "{}", words(&first));
    assert_eq!(cluster.done("install").len(), 5);
    assert_eq!(cluster.violations(), Vec::<String>::new());
}

#[test]
fn what_a_killed_run_started_is_waited_for() {
    let (cluster, bench) = slow();
    let mut first = bench.start(&["upgrade", "cp-0", "--yes"]);
    is_down(&cluster);
    first.kill().unwrap();
    first.wait().unwrap();
    let mut second = bench.start(&["upgrade", "cp-0", "--yes"]);
    let mut said = String::new();
    let mut lines = BufReader::new(second.stderr.take().unwrap());
    while !said.contains("an earlier run was killed") {
        assert_ne!(lines.read_line(&mut said).unwrap(), 0, "it did not wait: {said}");
    }
    cluster.turn_on("cp-0");
    lines.read_to_string(&mut said).unwrap();
    let second = second.wait_with_output().unwrap();
    assert_eq!(second.status.code(), Some(0), "{said}");
    assert_eq!(states(&second), ["upgrade-cp-0: skipped"]);
    assert_eq!(cluster.done("install"), ["cp-0"]);
}

/// A disk without a byte left: under the journal from the beginning, under it in the middle of a step at which the run is
/// killed, under the results, under a file that is to be written. The journal is not needed to go on; results that cannot
/// be written stop the run before its next step; and no half file is taken for a whole one.
#[test]
fn a_full_disk_sends_nothing_twice() {
    let cluster = cases::old();
    let bench = Bench::new(&cluster, Talosctl::StandIn);
    let Some(disk) = bench.disk() else { return no_file_can_grow(&cluster, &bench) };
    let disk = std::sync::Arc::new(disk);
    let run = |args: &[&str]| bench.command_on(&disk, args).output().unwrap();
    disk.fill();
    let full = run(&["upgrade", "cp-0", "--yes"]);
    assert!(words(&full).contains("No space left on device"), "{}", words(&full));
    // Where the disk has no place for the lock nothing is sent; where it has, the run does without its journal.
    let done = usize::from(full.status.code() == Some(0));
    assert_eq!(cluster.done("install").len(), done, "{}", words(&full));
    disk.free();
    let filler = std::sync::Arc::clone(&disk);
    let fills = Fault::Before(std::sync::Arc::new(move || filler.fill()));
    cluster.rule(Rule::once("Upgrade", &cluster.address("cp-1"), fills));
    // A page of its own is what the next result needs.
    let mut sink = std::fs::File::create(disk.path("results.yaml")).unwrap();
    sink.write_all(&[b'#'; 4096]).unwrap();
    let stopped = bench.command_on(&disk, &["upgrade", "--yes"]).stdout(sink).output().unwrap();
    assert_eq!(stopped.status.code(), Some(2), "{}", words(&stopped));
    assert!(words(&stopped).contains("No space left on device"), "{}", words(&stopped));
    let installed = cluster.done("install");
    assert!(installed.contains(&"cp-1".to_owned()) && installed.len() <= 3, "{installed:?}");
    // An access file that does not fit is a failure, and the next one is whole.
    let path = bench.path("disk/kubeconfig").display().to_string();
    let cut = run(&["kubeconfig", "--kubeconfig", &path]);
    assert_ne!(cut.status.code(), Some(0), "{}", words(&cut));
    disk.free();
    let whole = run(&["kubeconfig", "--kubeconfig", &path]);
    assert_eq!(whole.status.code(), Some(0), "{}", words(&whole));
    assert_eq!(std::fs::read_to_string(disk.path("kubeconfig")).unwrap(), cluster.kubeconfig());
    let again = run(&["upgrade", "--yes"]);
    assert_eq!(again.status.code(), Some(0), "{}", words(&again));
    assert_eq!(cluster.done("install").len(), 5);
    assert_eq!(cluster.violations(), Vec::<String>::new());
}

/// Where no disk can be mounted: no file can grow. What programs say cannot be kept, nor the journal.
fn no_file_can_grow(cluster: &Cluster, bench: &Bench) {
    let full = bench.command(&[]);
    let mut limited = std::process::Command::new("sh");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" upgrade --yes"])
        .arg(full.get_program())
        .current_dir(bench.path("repo"))
        .env_clear()
        .envs(full.get_envs().filter_map(|(key, value)| Some((key, value?))));
    let failed = limited.stdin(std::process::Stdio::null()).output().unwrap();
    assert_ne!(failed.status.code(), Some(0), "{}", words(&failed));
    assert_eq!(cluster.done("install"), Vec::<String>::new(), "{}", words(&failed));
    let again = bench.run(&["upgrade", "--yes"]);
    assert_eq!(again.status.code(), Some(0), "{}", words(&again));
    assert_eq!(cluster.done("install").len(), 5);
    assert_eq!(cluster.violations(), Vec::<String>::new());
}

#[test]
fn a_call_that_hangs_ends_at_its_limit() {
    let cluster = cases::old();
    let bench = Bench::new(&cluster, Talosctl::StandIn);
    cluster.rule(Rule::always("Upgrade", "*", Fault::Hang));
    let failed = bench.run(&["upgrade", "worker-0", "--yes", "--timeout", "2"]);
    assert_eq!(failed.status.code(), Some(1), "{}", words(&failed));
    assert!(words(&failed).contains("did not end within 2 s"), "{}", words(&failed));
}
