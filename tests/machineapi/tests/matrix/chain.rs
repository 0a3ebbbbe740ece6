//! One cluster's story: struck runs, what a person does after each, and the run that finishes it.

use std::collections::BTreeMap;
use std::process::Child;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use machineapi::{Bench, Cluster, FIVE, Fault, Machine, Rule, Stage, System, Talosctl, words};

use super::{Case, Chain, Kind};

/// What runs may wait for in vain, in seconds. When it is too short for a slow machine the fault has not struck yet, and
/// the case is tried again with more: that a run ends too early is only one more interruption.
const FIRST_LIMIT: u64 = 2;

/// The most of it.
const LAST_LIMIT: u64 = 64;

/// What finishes, whatever the machine: no wait of these is in vain.
const PLENTY: u64 = 600;

struct Story {
    cluster: Cluster,
    bench: Bench,
    new: &'static str,
    old: &'static str,
    /// How often machines that are done had booted when they were.
    boots: BTreeMap<String, u32>,
}

/// Gives what went wrong, if anything did.
pub(super) fn run(talosctl: Talosctl, chain: &Chain) -> Result<(), String> {
    let (old, new) = chain.way.versions();
    let cluster = Cluster::running(&FIVE);
    let bench = Bench::new(&cluster, talosctl).plain();
    bench.write("repo/talos/talenv.yaml", &format!("talosVersion: {new}\nkubernetesVersion: v1.34.2\n"));
    let mut story = Story { cluster, bench, new, old, boots: BTreeMap::new() };
    for (name, _) in FIVE {
        story.goes_back(name);
    }
    // The last one is not the one that leads, so that the order of the machines is known.
    story.cluster.with(|state| state.leader = state.machines[2].member.as_ref().unwrap().id);
    for case in &chain.cases {
        story.strike(case).map_err(|why| format!("{case:?}: {why}\n{:?}", story.cluster.deeds()))?;
    }
    story.finish().map_err(|why| format!("{chain:?}: {why}\n{:?}", story.cluster.deeds()))
}

impl Story {
    /// A machine runs the version before, for there is another release of it.
    fn goes_back(&mut self, name: &str) {
        let old = self.old.to_owned();
        self.boots.remove(name);
        self.cluster.set(name, |machine| {
            machine.running = System { version: old, ..System::default() };
            machine.installed = machine.running.clone();
        });
    }

    fn is_done(&self, name: &str) -> bool {
        let new = self.new;
        self.cluster
            .look(|state| state.machines.iter().any(|one| one.hostname == name && one.running.version == new))
    }

    /// Runs that are struck, until the fault has.
    fn strike(&mut self, case: &Case) -> Result<(), String> {
        let waits = matches!(case.kind, Kind::Hang | Kind::NeverReturn | Kind::RollBack | Kind::LoseMember);
        let mut limit = if waits { FIRST_LIMIT } else { PLENTY };
        loop {
            if self.is_done(case.machine) {
                self.goes_back(case.machine);
            }
            if self.struck_run(case, limit)? {
                return self.check();
            }
            if limit >= LAST_LIMIT {
                return Err("the fault never struck".to_owned());
            }
            limit *= 4;
        }
    }

    /// One run; gives whether the fault has struck.
    fn struck_run(&mut self, case: &Case, limit: u64) -> Result<bool, String> {
        // talosctl is told of 15 s less than it is given, at least 1 s. A call that hangs it does not notice at all.
        let command = if case.kind == Kind::Hang { limit } else { limit + 14 };
        self.plan(limit, command)?;
        let child: Arc<Mutex<Option<Child>>> = Arc::default();
        self.cluster.rule(rule(case, &self.cluster.address(case.machine), &child));
        let question = limit.min(30).to_string();
        let begun = self.bench.start(&["run", "plan.yaml", "--yes", "--question-timeout", &question]);
        *child.lock().unwrap() = Some(begun);
        let (code, said) = wait(&child);
        // What it started goes on without it when it was killed.
        self.bench.settle();
        let struck = self.cluster.struck();
        self.cluster.heal();
        self.mend(case);
        let killed = matches!(case.kind, Kind::KillBefore | Kind::KillAfter);
        match code {
            None if killed => {}
            Some(0) if !FIVE.iter().all(|(name, _)| self.is_done(name)) => {
                return Err(format!("it says that all is done, but it is not\n{said}"));
            }
            Some(0..=2) => {}
            _ => return Err(format!("it ended with {code:?}\n{said}")),
        }
        let up = |state: &mut machineapi::State| {
            state.machines.iter().all(|one| one.stage == Stage::Running) && state.has_quorum()
        };
        if !self.cluster.wait(up) {
            return Err(format!("the machines do not come back\n{said}"));
        }
        Ok(struck)
    }

    /// The plan, with so much time for what may be waited for in vain, and for a command.
    fn plan(&self, limit: u64, command: u64) -> Result<(), String> {
        let made = self.bench.run(&["plan", "upgrade", "--timeout", &command.to_string()]);
        if made.status.code() != Some(0) {
            return Err(words(&made));
        }
        let limits = [("after: 900", "after"), ("before: 120", "before")];
        let plan = limits.iter().fold(machineapi::out(&made), |plan, (from, key)| {
            assert!(plan.contains(from), "{from} is not in the plan");
            plan.replace(from, &format!("{key}: {limit}"))
        });
        self.bench.write("repo/plan.yaml", &plan);
        Ok(())
    }

    /// What a person does: turns a dead machine on, puts a lost member of etcd back.
    fn mend(&self, case: &Case) {
        match case.kind {
            Kind::NeverReturn => self.cluster.turn_on(case.machine),
            Kind::LoseMember => self.cluster.set(case.machine, |one| {
                if let Some(member) = one.member.as_mut() {
                    member.alive = true;
                }
            }),
            _ => {}
        }
    }

    /// What must hold after every run.
    fn check(&mut self) -> Result<(), String> {
        let violations = self.cluster.violations();
        if !violations.is_empty() {
            return Err(format!("{violations:?}"));
        }
        if self.cluster.look(|state| state.away.get(&true).copied().unwrap_or(0)) > 1 {
            return Err("two controllers were away at once".to_owned());
        }
        for machine in self.cluster.look(|state| state.machines.clone()) {
            if machine.running.version != self.new {
                continue;
            }
            let boots = *self.boots.entry(machine.hostname.clone()).or_insert(machine.boots);
            if boots != machine.boots {
                return Err(format!("{} was done and was restarted again", machine.hostname));
            }
        }
        Ok(())
    }

    /// The run that nothing strikes.
    fn finish(&mut self) -> Result<(), String> {
        self.plan(PLENTY, PLENTY)?;
        let last = self.bench.run(&["run", "plan.yaml", "--yes"]);
        if last.status.code() != Some(0) {
            return Err(format!("the last run did not finish it: {}", words(&last)));
        }
        self.check()?;
        let new = self.new;
        let said = words(&last);
        let whole = self.cluster.look(|state| {
            // A talosctl that was ended after the restart has let no pods back, and the last run must say so.
            let free = |one: &Machine| !one.cordoned || said.contains(&format!("uncordon {},", one.hostname));
            let done = state.machines.iter().all(|one| one.running.version == new && free(one));
            done && state.has_quorum()
        });
        if whole { Ok(()) } else { Err(format!("not every machine is as it should be: {}", words(&last))) }
    }
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
    Rule::once(case.at.call, address, fault).after(case.at.skip).since(case.at.since)
}

/// SIGKILL; what it started goes on. The call may come before the child is put there.
fn kill(child: &Mutex<Option<Child>>) {
    for _ in 0..10_000 {
        if let Some(child) = child.lock().unwrap().as_mut() {
            let _ = child.kill();
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Waits for a child that somebody else may kill meanwhile, and gives its exit code and its words.
fn wait(child: &Mutex<Option<Child>>) -> (Option<i32>, String) {
    while child.lock().unwrap().as_mut().is_some_and(|child| child.try_wait().unwrap().is_none()) {
        std::thread::sleep(Duration::from_millis(5));
    }
    // What it said stays in its pipes, for it says little.
    let child = child.lock().unwrap().take().unwrap();
    let output = child.wait_with_output().unwrap();
    (output.status.code(), words(&output))
}
