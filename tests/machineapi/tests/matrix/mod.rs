//! The fault matrix: upgrades of five machines, struck at a boundary of a step by a fault, and run again until they are
//! finished. What each machine gets is what a run sends it; the machines themselves note what must never happen: a
//! version installed that runs already, a quorum lost. Every fault must have struck, or the case has failed.
//!
//! A chain of cases is one cluster's story: each struck run goes on where the one before it was struck.

#![allow(dead_code, clippy::unwrap_used, reason = "every test binary uses a part of this; helpers may panic")]

mod cases;
mod chain;

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use machineapi::Talosctl;

#[allow(unused_imports, reason = "every test binary uses a part of this")]
pub(crate) use cases::{all, few, quick};

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

/// A call at a boundary of a step.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Boundary {
    /// What happens there.
    pub(crate) what: &'static str,
    pub(crate) call: &'static str,
    /// Only after the machine has got this call.
    pub(crate) since: Option<&'static str>,
    /// How many such calls go well before.
    pub(crate) skip: usize,
}

/// A fault: what strikes where.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Case {
    pub(crate) kind: Kind,
    pub(crate) at: Boundary,
    pub(crate) machine: &'static str,
}

/// From which version to which: 1.13 has another way to upgrade than the versions before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// v1.12.4 to v1.13.0: one call installs and restarts.
    Old,
    /// v1.13.0 to v1.13.1: pull, install, cordon, restart, uncordon.
    New,
}

impl Way {
    pub(crate) fn versions(self) -> (&'static str, &'static str) {
        match self {
            Self::Old => ("v1.12.4", "v1.13.0"),
            Self::New => ("v1.13.0", "v1.13.1"),
        }
    }
}

/// Cases that strike one cluster, one after the other.
#[derive(Debug)]
pub(crate) struct Chain {
    pub(crate) way: Way,
    pub(crate) cases: Vec<Case>,
}

/// Runs chains, a few beside each other: they wait as much as they work.
pub(crate) fn run(talosctl: Talosctl, chains: &[Chain]) {
    let next = AtomicUsize::new(0);
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..chains.len().min(4) {
            scope.spawn(|| {
                while let Some(chain) = chains.get(next.fetch_add(1, Ordering::SeqCst)) {
                    if let Err(why) = chain::run(talosctl, chain) {
                        failed.lock().unwrap().push(why);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(
        failed.is_empty(),
        "{} of {} chains failed:\n{}",
        failed.len(),
        chains.len(),
        failed.join("\n\n")
    );
    let said = format!("{} faults injected, none lost state\n", count(chains));
    let _ = std::io::Write::write_all(&mut std::io::stderr(), said.as_bytes());
}

/// How many faults there are in chains.
pub(crate) fn count(chains: &[Chain]) -> usize {
    chains.iter().map(|chain| chain.cases.len()).sum()
}
