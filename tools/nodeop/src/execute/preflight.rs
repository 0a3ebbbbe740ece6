//! What is looked at before the first step: files, programs, credentials, and of every step what no earlier step changes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cliutil::{CommonArgs, Diagnostic, Failure, Io, Outcome};

use super::already;
use super::journal::Journal;
use crate::access;
use crate::inventory::Cluster;
use crate::observe::{Observer, Programs, Verdict};
use crate::plan::{Condition, Plan, Step};

/// How many machines are looked at beside each other: looking changes nothing.
const LOOKS: usize = 16;

/// How often a machine on which a run was killed is looked at.
const TICK: Duration = Duration::from_millis(500);

/// How long such a machine is waited for at least.
const PATIENCE: Duration = Duration::from_mins(2);

/// Every file and program that is needed is there, and no credential has ended; all that is wrong is named at once.
pub(super) fn preconditions(plan: &Plan, cluster: &Cluster) -> Outcome<Programs> {
    let mut missing = Vec::new();
    let argv = plan.steps.iter().flat_map(|step| step.commands(&plan.access));
    let args: Vec<_> =
        argv.flat_map(|command| command.args.into_iter().chain([command.program.into()])).collect();
    let uses = |word: &str| args.iter().any(|arg| arg.to_string_lossy().starts_with(word));
    let configuration = cluster.first_controller().ok().map(|machine| cluster.configuration(machine));
    if uses("--talosconfig") {
        missing.extend(access::talos(&plan.access.talosconfig, configuration.as_deref()).err());
    }
    if uses("--kubeconfig") || uses("helmfile") || plan.steps.iter().any(asks_kubernetes) {
        missing.extend(access::kubernetes(&plan.access.kubeconfig, configuration.as_deref()).err());
    }
    match Programs::of(plan) {
        Ok(programs) if missing.is_empty() => Ok(programs),
        programs => {
            missing.extend(programs.err());
            Err(missing.into_iter().flat_map(|failure| failure.diagnostics).collect::<Vec<_>>().into())
        }
    }
}

fn asks_kubernetes(step: &Step) -> bool {
    let conditions = step.unless.iter().chain(&step.preconditions).chain(&step.checks);
    conditions.into_iter().any(Condition::asks_kubernetes)
}

/// What was found at one step.
enum Found {
    Fine,
    /// It holds already, and will be skipped.
    Held,
    Wrong(String),
}

/// What can be known before the first step is looked at for all of them, so that a wrong address, a wrong machine or a
/// step too far stops everything before anything is sent.
pub(super) fn preflight(
    plan: &Plan,
    observer: &Observer,
    journal: Option<&Journal>,
    common: &CommonArgs,
    io: &mut Io,
) -> Outcome<()> {
    let wanted: Vec<_> =
        plan.steps.iter().filter(|step| step.preconditions.iter().any(known_early)).collect();
    let found = look(&wanted, observer, journal);
    if observer.stop.soon() {
        return Err(Failure::new("nodeop/stopped", "stopped on request; nothing was sent"));
    }
    let mut problems = Vec::new();
    for (step, found) in wanted.iter().zip(found) {
        match found? {
            Found::Fine => {}
            Found::Held if common.quiet => {}
            Found::Held => io.say(format!("{}: {}; it will be skipped", step.id, already(step))),
            Found::Wrong(why) => {
                let message = format!("{}: {why}", step.id);
                problems
                    .push(Diagnostic::error("nodeop/precondition", message).with_help("nothing was sent"));
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

/// Looks at steps beside each other; what is found is in their order.
fn look(steps: &[&Step], observer: &Observer, journal: Option<&Journal>) -> Vec<Outcome<Found>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut found = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::SeqCst);
            let Some(step) = steps.get(at) else { return found };
            let killed = journal.is_some_and(|journal| journal.was_killed_in(step));
            found.push((at, patient(step, observer, killed)));
        }
    };
    let mut found: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..LOOKS.min(steps.len())).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
    });
    found.sort_by_key(|(at, _)| *at);
    found.into_iter().map(|(_, found)| found).collect()
}

/// A machine on which a run was killed may be away because of it: it is waited for.
fn patient(step: &Step, observer: &Observer, killed: bool) -> Outcome<Found> {
    let limit = if killed { PATIENCE.max(Duration::from_secs(step.timeout.before)) } else { Duration::ZERO };
    let begun = Instant::now();
    loop {
        match one(step, observer)? {
            (Found::Wrong(_), true) if begun.elapsed() < limit && observer.stop.sleep(TICK) => {}
            (found, _) => return Ok(found),
        }
    }
}

/// What is found now, and whether time may change it.
fn one(step: &Step, observer: &Observer) -> Outcome<(Found, bool)> {
    let observer = observer.sweep();
    if !step.unless.is_empty() && observer.first_open(&step.unless, step)?.is_none() {
        return Ok((Found::Held, false));
    }
    for condition in step.preconditions.iter().filter(|condition| known_early(condition)) {
        if observer.stop.soon() {
            break;
        }
        match observer.look(condition, step)? {
            Verdict::Yes => {}
            Verdict::No(why) => return Ok((Found::Wrong(why), false)),
            Verdict::Unknown(why) => return Ok((Found::Wrong(why), true)),
        }
    }
    Ok((Found::Fine, false))
}

/// Conditions that no earlier step of a plan changes.
fn known_early(condition: &Condition) -> bool {
    matches!(
        condition,
        Condition::HostnameMatches
            | Condition::TalosMinorStep { .. }
            | Condition::KubernetesMinorStep { .. }
            | Condition::KubernetesFits { .. }
            | Condition::TalosFits { .. }
    )
}
