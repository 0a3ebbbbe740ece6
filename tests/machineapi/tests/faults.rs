//! Faults in the middle of an upgrade: each boundary of a step, each kind of fault, two runs at once, a full disk. `just
//! soak` runs every boundary with every kind.

mod cases;
mod matrix;

use std::time::{Duration, Instant};

use machineapi::{Bench, Fault, Rule, Talosctl, states, words};

#[test]
fn a_run_after_a_fault_finishes_and_nothing_is_lost() {
    matrix::run(Talosctl::StandIn, &matrix::quick());
}

/// At least 200 faults: every boundary with every kind, with the real talosctl where it is installed.
#[test]
#[ignore = "long: just soak"]
fn soak() {
    let mut cases = matrix::all();
    cases.extend(matrix::quick());
    assert!(cases.len() >= 200, "{}", cases.len());
    matrix::run(Talosctl::StandIn, &cases);
    if Talosctl::real().is_some() {
        matrix::run(Talosctl::Real, &matrix::few());
    }
}

#[test]
fn two_runs_at_once_are_one() {
    let cluster = cases::old();
    let bench = Bench::new(&cluster, Talosctl::StandIn);
    cluster.set("cp-0", |one| one.boot_time = Duration::from_secs(2));
    let first = bench.start(&["upgrade", "--yes"]);
    let begun = Instant::now();
    while cluster.done("install").is_empty() {
        assert!(begun.elapsed() < Duration::from_mins(5), "it never began");
        std::thread::sleep(Duration::from_millis(10));
    }
    let second = bench.run(&["upgrade", "--yes"]);
    assert_eq!(second.status.code(), Some(2), "{}", words(&second));
    assert!(words(&second).contains("nodeop/locked"), "{}", words(&second));
    let first = first.wait_with_output().unwrap();
    assert_eq!(first.status.code(), Some(0), "{}", words(&first));
    assert_eq!(cluster.done("install").len(), 5);
    assert_eq!(cluster.violations(), Vec::<String>::new());
}

#[test]
fn what_a_killed_run_started_is_waited_for() {
    let cluster = cases::old();
    let bench = Bench::new(&cluster, Talosctl::StandIn);
    cluster.set("cp-0", |one| one.boot_time = Duration::from_secs(2));
    let mut first = bench.start(&["upgrade", "cp-0", "--yes"]);
    let begun = Instant::now();
    while cluster.done("install").is_empty() {
        assert!(begun.elapsed() < Duration::from_mins(5), "it never began");
        std::thread::sleep(Duration::from_millis(10));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let second = bench.run(&["upgrade", "cp-0", "--yes"]);
    assert_eq!(second.status.code(), Some(0), "{}", words(&second));
    assert!(words(&second).contains("an earlier run was killed"), "{}", words(&second));
    assert_eq!(states(&second), ["upgrade-cp-0: skipped"]);
    assert_eq!(cluster.done("install"), ["cp-0"]);
}

/// No file can grow: what programs say cannot be kept, nor the journal. Nothing may be sent on half an answer.
#[test]
fn a_full_disk_sends_nothing_twice() {
    let cluster = cases::old();
    let bench = Bench::new(&cluster, Talosctl::StandIn);
    let nodeop = bench.command(&[]).get_program().to_owned();
    let mut full = bench.command(&[]);
    let mut limited = std::process::Command::new("sh");
    limited
        .args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$0\" upgrade --yes"])
        .arg(nodeop)
        .current_dir(bench.path("repo"))
        .env_clear()
        .envs(
            full.stdin(std::process::Stdio::null()).get_envs().filter_map(|(key, value)| Some((key, value?))),
        );
    let failed = limited.stdin(std::process::Stdio::null()).output().unwrap();
    assert_ne!(failed.status.code(), Some(0), "{}", words(&failed));
    assert_eq!(cluster.done("install"), Vec::<String>::new(), "{}", words(&failed));
    // Results that cannot be written stop the run before the next step.
    let sink = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let stopped = bench.command(&["upgrade", "--yes"]).stdout(sink).output().unwrap();
    assert_eq!(stopped.status.code(), Some(2), "{}", words(&stopped));
    assert_eq!(cluster.done("install").len(), 1);
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
    let begun = Instant::now();
    let failed = bench.run(&["upgrade", "worker-0", "--yes", "--timeout", "2"]);
    assert_eq!(failed.status.code(), Some(1), "{}", words(&failed));
    assert!(words(&failed).contains("did not end within 2 s"), "{}", words(&failed));
    assert!(begun.elapsed() < Duration::from_mins(1));
}
