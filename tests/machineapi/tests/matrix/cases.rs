//! Which faults strike where.

use machineapi::FIVE;

use super::{Boundary, Case, Chain, Kind, Way};

/// Before anything: the first look at the machine.
const LOOK: Boundary = Boundary { what: "the first look", call: "Version", since: None, skip: 0 };

/// Before anything: whether the right machine is at the address.
const NAME: Boundary = Boundary { what: "the look at its name", call: "List", since: None, skip: 0 };

/// The step's own looks, after those of all steps.
const STEP: Boundary = Boundary { what: "the step's looks", call: "List", since: None, skip: 5 };

/// Whether etcd can spare the machine.
const ETCD: Boundary = Boundary { what: "the look at etcd", call: "EtcdStatus", since: None, skip: 0 };

/// The image comes to the machine.
const PULL: Boundary = Boundary { what: "the image", call: "Pull", since: None, skip: 0 };

/// It is written to the disk; before 1.13 the machine then restarts by itself.
const INSTALL: Boundary = Boundary { what: "the installation", call: "Upgrade", since: None, skip: 0 };

/// The machine restarts.
const REBOOT: Boundary = Boundary { what: "the restart", call: "Reboot", since: None, skip: 0 };

/// What runs afterwards.
const AFTER: Boundary =
    Boundary { what: "the looks after it", call: "Version", since: Some("Reboot"), skip: 0 };

/// Whether etcd is whole again.
const ETCD_AFTER: Boundary =
    Boundary { what: "the look at etcd after it", call: "EtcdStatus", since: Some("Reboot"), skip: 0 };

/// As [`AFTER`], where one call installs and restarts.
const OLD_AFTER: Boundary =
    Boundary { what: "the looks after it", call: "Version", since: Some("Upgrade"), skip: 0 };

/// Every boundary; the second says whether only controllers have it.
const BOUNDARIES: [(Boundary, bool); 9] = [
    (LOOK, false),
    (NAME, false),
    (STEP, false),
    (ETCD, true),
    (PULL, false),
    (INSTALL, false),
    (REBOOT, false),
    (AFTER, false),
    (ETCD_AFTER, true),
];

/// What can strike any call.
const AT_CALLS: [Kind; 6] =
    [Kind::KillBefore, Kind::KillAfter, Kind::Refuse, Kind::CutBefore, Kind::CutAfter, Kind::Hang];

/// What can strike a restart, besides.
const AT_BOOTS: [Kind; 3] = [Kind::RollBack, Kind::NeverReturn, Kind::LoseMember];

/// All cases on one machine, in a step's order: with 1.13's way to upgrade.
fn of_machine(machine: &'static str, controller: bool) -> Vec<Case> {
    let mut cases = Vec::new();
    for (at, _) in BOUNDARIES.into_iter().filter(|(_, only)| controller || !only) {
        cases.extend(AT_CALLS.map(|kind| Case { kind, at, machine }));
    }
    let boots = AT_BOOTS.into_iter().filter(|kind| controller || *kind != Kind::LoseMember);
    cases.extend(boots.map(|kind| Case { kind, at: REBOOT, machine }));
    cases
}

/// Every boundary with every kind once, spread over the machines, in four stories; and the old way to upgrade, where one
/// call does it all.
pub(crate) fn quick() -> Vec<Chain> {
    let mut stories: [Vec<Case>; 4] = Default::default();
    // A controller has every boundary; what workers have too strikes one of them every other time.
    for (at, case) in of_machine("cp-0", true).into_iter().enumerate() {
        let only_controllers = case.kind == Kind::LoseMember || case.at.call == "EtcdStatus";
        let machine = match (only_controllers, at % 4) {
            (false, 1) => "worker-0",
            (false, 3) => "worker-1",
            (_, 2) => "cp-1",
            _ => "cp-0",
        };
        stories[at % 4].push(Case { machine, ..case });
    }
    let mut chains: Vec<_> = stories.into_iter().map(|cases| Chain { way: Way::New, cases }).collect();
    let old = |kind, at, machine| Case { kind, at, machine };
    chains.push(Chain {
        way: Way::Old,
        cases: vec![
            old(Kind::KillBefore, INSTALL, "cp-0"),
            old(Kind::KillAfter, INSTALL, "cp-1"),
            old(Kind::CutBefore, INSTALL, "worker-0"),
            old(Kind::CutAfter, INSTALL, "worker-0"),
            old(Kind::KillAfter, OLD_AFTER, "worker-1"),
        ],
    });
    chains
}

/// A handful, for the real talosctl, which takes its time.
pub(crate) fn few() -> Vec<Chain> {
    let case = |kind, at, machine| Case { kind, at, machine };
    vec![
        Chain {
            way: Way::New,
            cases: vec![
                case(Kind::Refuse, PULL, "cp-0"),
                case(Kind::KillBefore, INSTALL, "cp-0"),
                case(Kind::KillAfter, REBOOT, "cp-1"),
                case(Kind::CutAfter, REBOOT, "worker-0"),
            ],
        },
        Chain {
            way: Way::Old,
            cases: vec![
                case(Kind::KillBefore, INSTALL, "cp-0"),
                case(Kind::KillAfter, INSTALL, "worker-0"),
                case(Kind::NeverReturn, REBOOT, "worker-1"),
            ],
        },
    ]
}

/// Every boundary of every machine with every kind, ten to a cluster.
pub(crate) fn all() -> Vec<Chain> {
    let mut chains = Vec::new();
    for (machine, controller) in FIVE {
        let cases = of_machine(machine, controller);
        chains.extend(cases.chunks(10).map(|cases| Chain { way: Way::New, cases: cases.to_vec() }));
    }
    chains
}
