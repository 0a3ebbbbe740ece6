//! Runs a plan: one controller at a time, workers beside each other, nothing more after the first failure.

mod confirm;
mod input;
mod journal;
mod result;
mod step;

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;

use cliutil::{CommonArgs, Diagnostic, Exit, Failure, Io, Outcome, Reporter};

use crate::cli::{FileArgs, RunArgs, RunPlanArgs};
use crate::observe::{Observer, Programs, Verdict};
use crate::plan::{Condition, Plan, Step, show, verify};
use crate::stop::Stop;
use crate::{files, inventory};

pub(crate) use result::{ResultDocument, State, StepResult};

use journal::Journal;

/// What happens while a plan runs.
enum Event<'p> {
    Begins(&'p Step),
    Ended(Box<StepResult>),
}

/// `nodeop run`.
pub(crate) fn run_plan(
    args: &RunPlanArgs,
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<Exit> {
    let source = cliutil::read_input(io, &args.plan, cliutil::ReadOptions::default())?;
    let plan = Plan::read(&source)?;
    run(&plan, &args.files, &args.run, common, reporter, io)
}

/// Shows a plan, asks, and runs it.
pub(crate) fn run(
    plan: &Plan,
    files: &FileArgs,
    args: &RunArgs,
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<Exit> {
    verify(plan, &inventory::cluster(files)?)?;
    if args.dry_run {
        io.write_out(plan.to_yaml()?)?;
        return Ok(Exit::Yes);
    }
    let programs = preconditions(plan)?;
    let stop = Stop::on_signals()?;
    let observer = Observer { programs: &programs, access: &plan.access, stop: &stop };
    if !common.quiet || (plan.asks() && !args.yes && args.confirm.is_none()) {
        io.say(show(plan).trim_end());
    }
    // The lock comes before the first look, so that what is seen stays true until it is acted on.
    let journal = if plan.changes() { Some(Journal::open(&plan.cluster)?) } else { None };
    preflight(plan, &observer, common, io)?;
    if !confirm::confirm(plan, args)? {
        io.say("nothing was sent");
        return Ok(Exit::No);
    }
    let mut teller = Teller { journal, quiet: common.quiet, reporter, io, results: Vec::new() };
    execute(plan, &observer, &mut teller)?;
    teller.finish(plan)
}

/// Every file and program that is needed is there; all that are missing are named at once.
fn preconditions(plan: &Plan) -> Outcome<Programs> {
    let mut missing = Vec::new();
    let argv = plan.steps.iter().flat_map(|step| step.commands(&plan.access));
    let args: Vec<_> =
        argv.flat_map(|command| command.args.into_iter().chain([command.program.into()])).collect();
    let uses = |word: &str| args.iter().any(|arg| arg.to_string_lossy().starts_with(word));
    if uses("--talosconfig") {
        let hint = "make it with talosgen genconfig, or give --talosconfig";
        missing.extend(files::expect(&plan.access.talosconfig, hint).err());
    }
    if uses("--kubeconfig") || uses("helmfile") || plan.steps.iter().any(asks_kubernetes) {
        missing.extend(
            files::expect(&plan.access.kubeconfig, "bootstrap talos writes it; or give --kubeconfig").err(),
        );
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
    conditions.into_iter().any(|condition| {
        matches!(
            condition,
            Condition::KubeletVersion { .. }
                | Condition::KubernetesMinorStep { .. }
                | Condition::NodesRegistered
        )
    })
}

/// What can be known before the first step is looked at for all of them, so that a wrong address, a wrong machine or a
/// step too far stops everything before anything is sent.
fn preflight(plan: &Plan, observer: &Observer, common: &CommonArgs, io: &mut Io) -> Outcome<()> {
    let mut problems = Vec::new();
    for step in &plan.steps {
        let early: Vec<_> = step.preconditions.iter().filter(|condition| known_early(condition)).collect();
        if early.is_empty() {
            continue;
        }
        if !step.unless.is_empty() && observer.first_open(&step.unless, step)?.is_none() {
            if !common.quiet {
                io.say(format!("{}: {}; it will be skipped", step.id, already(step)));
            }
            continue;
        }
        for condition in early {
            if observer.stop.soon() {
                return Err(Failure::new("nodeop/stopped", "stopped on request; nothing was sent"));
            }
            let verdict = observer.look(condition, step)?;
            if let Verdict::No(why) | Verdict::Unknown(why) = verdict {
                let message = format!("{}: {why}", step.id);
                problems
                    .push(Diagnostic::error("nodeop/precondition", message).with_help("nothing was sent"));
                break;
            }
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

/// Conditions that no earlier step of a plan changes.
fn known_early(condition: &Condition) -> bool {
    matches!(
        condition,
        Condition::HostnameMatches | Condition::TalosMinorStep { .. } | Condition::KubernetesMinorStep { .. }
    )
}

/// Why a step is skipped.
fn already(step: &Step) -> String {
    let words: Vec<_> = step.unless.iter().map(ToString::to_string).collect();
    format!("already so: {}", words.join("; "))
}

/// Runs the steps in batches: workers with the same operation side by side, everything else alone.
fn execute(plan: &Plan, observer: &Observer, teller: &mut Teller) -> Outcome<()> {
    let mut rest = plan.steps.as_slice();
    while let Some(first) = rest.first() {
        let alike = |step: &&Step| step.on_worker() && step.action.name() == first.action.name();
        let size = rest.iter().take_while(alike).count().max(1);
        let (batch, after) = rest.split_at(size);
        rest = after;
        let going = run_batch(batch, plan.parallel, observer, teller)?;
        if !going {
            break;
        }
    }
    Ok(())
}

/// Gives whether the next batch may begin.
fn run_batch(batch: &[Step], parallel: usize, observer: &Observer, teller: &mut Teller) -> Outcome<bool> {
    let next = AtomicUsize::new(0);
    let halted = AtomicBool::new(false);
    let (sender, receiver) = mpsc::channel();
    let mut told = Ok(());
    std::thread::scope(|scope| {
        for _ in 0..parallel.min(batch.len()) {
            let (sender, next, halted) = (sender.clone(), &next, &halted);
            scope.spawn(move || {
                while !halted.load(Ordering::SeqCst) && !observer.stop.soon() {
                    let Some(step) = batch.get(next.fetch_add(1, Ordering::SeqCst)) else { break };
                    // A receiver that went away has halted the batch already.
                    let _ = sender.send(Event::Begins(step));
                    let result = step::run(step, observer);
                    if !result.state.is_good() && !step.action.is_optional() {
                        halted.store(true, Ordering::SeqCst);
                    }
                    let _ = sender.send(Event::Ended(Box::new(result)));
                }
            });
        }
        drop(sender);
        for event in receiver {
            // What is under way is waited for even when it can no longer be told; nothing new begins.
            let outcome = teller.tell(event);
            if outcome.is_err() && told.is_ok() {
                halted.store(true, Ordering::SeqCst);
                told = outcome;
            }
        }
    });
    told?;
    Ok(!halted.load(Ordering::SeqCst) && !observer.stop.soon())
}

/// Tells results on standard output, progress on standard error, and both to the journal.
struct Teller<'t, 'i, 'r> {
    journal: Option<Journal>,
    quiet: bool,
    reporter: &'t Reporter<'r>,
    io: &'t mut Io<'i>,
    results: Vec<(String, State)>,
}

impl Teller<'_, '_, '_> {
    fn tell(&mut self, event: Event) -> Outcome<()> {
        match event {
            Event::Begins(step) => {
                if !self.quiet {
                    self.io.say(format!("{}: begins", step.id));
                }
                self.note(|journal| journal.begins(step));
                Ok(())
            }
            Event::Ended(result) => self.ended(*result),
        }
    }

    fn ended(&mut self, result: StepResult) -> Outcome<()> {
        self.results.push((result.step.clone(), result.state));
        if !result.state.is_good() {
            let mut message = format!("{}: {}", result.step, result.reason.clone().unwrap_or_default());
            for line in result.messages.iter().rev().take(5).rev().filter(|line| !line.trim().is_empty()) {
                message.push_str("\n  ");
                message.push_str(line);
            }
            let note = Diagnostic::error("nodeop/step-failed", message)
                .with_help(result.remedy.clone().unwrap_or_default());
            self.reporter.show(&[note], true, self.io);
        } else if !self.quiet {
            let reason = result.reason.as_deref().map_or_else(String::new, |reason| format!(" ({reason})"));
            self.io.say(format!("{}: {}{reason}, {} s", result.step, result.state.word(), result.seconds));
        }
        self.note(|journal| journal.ended(&result));
        self.io.write_out(ResultDocument::Step(result).to_yaml()?)
    }

    /// The journal is a record, not a condition: where it cannot be written, the run goes on and says so once.
    fn note(&mut self, write: impl FnOnce(&mut Journal) -> Outcome<()>) {
        let Some(journal) = self.journal.as_mut() else { return };
        if let Err(failure) = write(journal) {
            self.reporter.show(&failure.diagnostics, true, self.io);
        }
    }

    /// The steps that never began, and the count of all.
    fn finish(mut self, plan: &Plan) -> Outcome<Exit> {
        let began = |step: &&Step| self.results.iter().any(|(id, _)| *id == step.id);
        let open: Vec<_> = plan.steps.iter().filter(|step| !began(step)).collect();
        for step in open {
            self.results.push((step.id.clone(), State::NotStarted));
            self.io.write_out(ResultDocument::Step(StepResult::not_started(step)).to_yaml()?)?;
        }
        let states: Vec<_> = self.results.iter().map(|(_, state)| *state).collect();
        let summary = result::Summary::of(&states);
        let ok = summary.ok;
        if !self.quiet || !ok {
            self.io.say(summary.words());
        }
        self.io.write_out(ResultDocument::Summary(summary).to_yaml()?)?;
        Ok(if ok { Exit::Yes } else { Exit::No })
    }
}
