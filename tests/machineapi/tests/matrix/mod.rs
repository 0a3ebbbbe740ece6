//! The fault matrix: a five-machine upgrade, struck at a moment of one machine's step by a fault, and run again. The
//! second run must finish it; nothing may have been installed twice that was already running, and etcd must never have
//! lost its quorum. The machines note both themselves.

#![allow(dead_code, clippy::unwrap_used, reason = "every test binary uses a part of this; helpers may panic")]

use std::process::Child;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use machineapi::{Bench, Cluster, FIVE, Fault, Rule, Talosctl, words};

use crate::cases;

/// What strikes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// nodeop is killed before the call is worked on.
    KillBefore,
    /// nodeop is killed when the call is done.
    KillAfter,
    /// The connection is refused.
    Refuse,
    /// The call is never answered.
    Hang,
    /// The connection breaks before anything is done.
    CutBefore,
    /// The connection breaks when it is done.
    CutAfter,
    /// The machine does not come back until somebody turns it on.
    NeverReturn,
    /// The machine goes back to the version before.
    RollBack,
    /// The machine comes back without its member of etcd, which is mended by hand.
    LoseMember,
}

/// A fault: what strikes which call to which machine.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) kind: Kind,
    pub(crate) call: &'static str,
    pub(crate) machine: &'static str,
    /// How many such calls go well before.
    pub(crate) skip: usize,
}

/// The calls at a step's boundaries: the looks before it, the image, the installation, the reboot, the looks after it.
const BOUNDARIES: [(&str, usize); 6] =
    [("List", 0), ("Version", 0), ("Pull", 0), ("Upgrade", 0), ("Reboot", 0), ("Version", 4)];

/// Each boundary and each kind at least once, on machines of both roles: what every test run can afford.
pub(crate) fn quick() -> Vec<Case> {
    let case = |kind, (call, skip), machine| Case { kind, call, machine, skip };
    vec![
        case(Kind::KillBefore, BOUNDARIES[0], "cp-0"),
        case(Kind::KillAfter, BOUNDARIES[1], "cp-1"),
        case(Kind::Refuse, BOUNDARIES[2], "cp-2"),
        case(Kind::KillBefore, BOUNDARIES[3], "cp-2"),
        case(Kind::CutAfter, BOUNDARIES[3], "worker-0"),
        case(Kind::Hang, BOUNDARIES[3], "worker-1"),
        case(Kind::KillAfter, BOUNDARIES[4], "cp-0"),
        case(Kind::CutBefore, BOUNDARIES[4], "cp-1"),
        case(Kind::NeverReturn, BOUNDARIES[4], "worker-0"),
        case(Kind::RollBack, BOUNDARIES[4], "cp-2"),
        case(Kind::LoseMember, BOUNDARIES[4], "cp-0"),
        case(Kind::KillBefore, BOUNDARIES[5], "worker-1"),
    ]
}

/// A handful, for the real talosctl.
pub(crate) fn few() -> Vec<Case> {
    let case = |kind, call, machine| Case { kind, call, machine, skip: 0 };
    vec![
        case(Kind::KillBefore, "Upgrade", "cp-0"),
        case(Kind::KillAfter, "Upgrade", "cp-1"),
        case(Kind::KillAfter, "Reboot", "cp-2"),
        case(Kind::CutAfter, "Reboot", "worker-0"),
        case(Kind::Refuse, "Pull", "cp-1"),
        case(Kind::NeverReturn, "Reboot", "worker-1"),
    ]
}

/// Every boundary of every machine with every kind that can strike there.
pub(crate) fn all() -> Vec<Case> {
    let at_calls =
        [Kind::KillBefore, Kind::KillAfter, Kind::Refuse, Kind::CutBefore, Kind::CutAfter, Kind::Hang];
    let at_boots = [Kind::NeverReturn, Kind::RollBack, Kind::LoseMember];
    let mut cases = Vec::new();
    for (machine, controller) in FIVE {
        for (call, skip) in BOUNDARIES {
            cases.extend(at_calls.map(|kind| Case { kind, call, machine, skip }));
        }
        let boots = at_boots.into_iter().filter(|kind| controller || *kind != Kind::LoseMember);
        cases.extend(boots.map(|kind| Case { kind, call: "Reboot", machine, skip: 0 }));
    }
    cases
}

/// Runs cases, a few beside each other: they mostly wait.
pub(crate) fn run(talosctl: Talosctl, cases: &[Case]) {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::SeqCst)) {
                    if let Err(why) = one(talosctl, case) {
                        failed.lock().unwrap().push(format!("{case:?}: {why}"));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} of {} cases failed:\n{}", failed.len(), cases.len(), failed.join("\n\n"));
    let said = format!("{} faults injected, none lost state\n", cases.len());
    let _ = std::io::Write::write_all(&mut std::io::stderr(), said.as_bytes());
}

/// One case: the struck run, what a person would do about a dead machine, and the run that finishes it.
fn one(talosctl: Talosctl, case: &Case) -> Result<(), String> {
    let cluster = cases::old();
    let bench = Bench::new(&cluster, talosctl);
    let limits = [("after: 900", "after: 3"), ("before: 120", "before: 3")];
    cases::plan(&bench, &["upgrade", "--timeout", "20"], &limits);
    let child: Arc<Mutex<Option<Child>>> = Arc::default();
    cluster.rule(rule(case, &cluster.address(case.machine), &child));
    let begun = bench.start(&["run", "plan.yaml", "--yes"]);
    *child.lock().unwrap() = Some(begun);
    let first = wait(&child);
    cluster.heal();
    mend(&cluster, case);
    let again = bench.run(&["run", "plan.yaml", "--yes"]);
    let tell = |what: &str| {
        Err(format!("{what}\nfirst: {first}\nagain: {}\ncalls: {:?}", words(&again), cluster.deeds()))
    };
    if again.status.code() != Some(0) {
        return tell("the second run did not finish it");
    }
    if !cluster.violations().is_empty() {
        return tell(&format!("{:?}", cluster.violations()));
    }
    let done = cluster.look(|state| {
        state.machines.iter().all(|one| one.running.version == "v1.13.0" && !one.cordoned)
            && state.has_quorum()
    });
    if !done {
        return tell("not every machine is as it should be");
    }
    if cluster.look(|state| state.away.get(&true).copied().unwrap_or(0)) > 1 {
        return tell("two controllers were away at once");
    }
    Ok(())
}

fn rule(case: &Case, address: &str, child: &Arc<Mutex<Option<Child>>>) -> Rule {
    let child = Arc::clone(child);
    let kill = Arc::new(move || kill(&child));
    let fault = match case.kind {
        Kind::KillBefore => Fault::Before(kill),
        Kind::KillAfter => Fault::After(kill),
        Kind::Refuse => Fault::Refuse,
        Kind::Hang => Fault::Hang,
        Kind::CutBefore => Fault::CutBefore,
        Kind::CutAfter => Fault::CutAfter,
        Kind::NeverReturn => Fault::NeverReturn,
        Kind::RollBack => Fault::RollBack,
        Kind::LoseMember => Fault::LoseMember,
    };
    Rule::once(case.call, address, fault).after(case.skip)
}

/// SIGKILL; what it started goes on.
fn kill(child: &Mutex<Option<Child>>) {
    for _ in 0..200 {
        if let Some(child) = child.lock().unwrap().as_mut() {
            let _ = child.kill();
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Waits for a child that somebody else may kill meanwhile, and gives its words.
fn wait(child: &Mutex<Option<Child>>) -> String {
    loop {
        let ended = child.lock().unwrap().as_mut().is_none_or(|child| child.try_wait().unwrap().is_some());
        if ended {
            break;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    // What it said stays in its pipes, for it says little.
    let output = child.lock().unwrap().take().map(|child| child.wait_with_output().unwrap());
    output.map_or_else(String::new, |output| format!("{:?} {}", output.status, words(&output)))
}

/// What a person does: turns a dead machine on, puts a lost member of etcd back.
fn mend(cluster: &Cluster, case: &Case) {
    match case.kind {
        Kind::NeverReturn => cluster.turn_on(case.machine),
        Kind::LoseMember => cluster.set(case.machine, |one| {
            if let Some(member) = one.member.as_mut() {
                member.alive = true;
            }
        }),
        _ => {}
    }
}
