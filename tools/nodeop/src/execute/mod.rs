//! Runs a plan: one controller at a time, workers beside each other, nothing more after the first failure.

mod confirm;
mod drift;
mod input;
mod journal;
mod order;
mod preflight;
mod progress;
mod result;
mod step;
mod teller;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc;
use std::time::Duration;

use cliutil::{CommonArgs, Diagnostic, Exit, Io, Outcome, Reporter};
use talos::compatibility::Version;

use crate::cli::{FileArgs, OutputForm, RunArgs, RunPlanArgs};
use crate::inventory;
use crate::observe::Observer;
use crate::plan::{Plan, Step, show, verify};
use crate::stop::Stop;

pub(crate) use result::{ResultDocument, State, StepResult};
pub(crate) use teller::json_line;

use journal::Journal;
use order::Order;
use progress::Progress;
use teller::{Event, Teller};

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
    let cluster = inventory::cluster(files)?;
    verify(plan, &cluster)?;
    if args.dry_run {
        let text = if args.output == OutputForm::Json { json_line(plan)? } else { plan.to_yaml()? };
        io.write_out(text)?;
        return Ok(Exit::Yes);
    }
    let programs = preflight::preconditions(plan, &cluster)?;
    let stop = Stop::on_signals()?;
    let question = Duration::from_secs(args.question_timeout);
    let observer = Observer::new(&programs, &plan.access, &stop, question);
    if !common.quiet || (plan.asks() && !args.yes && args.confirm.is_none()) {
        io.say(show(plan).trim_end());
    }
    // The lock comes before the first look, so that what is seen stays true until it is acted on.
    let journal = if plan.changes() {
        Some(Journal::open(&plan.cluster, &stop, &mut |words| io.say(words))?)
    } else {
        None
    };
    if let Some(note) = client_version(plan, &observer)? {
        reporter.show(&[note], true, io);
    }
    preflight::preflight(plan, &observer, journal.as_ref(), common, io)?;
    if !confirm::confirm(plan, args)? {
        io.say("nothing was sent");
        return Ok(Exit::No);
    }
    let progress = Progress::new(io.stderr_is_terminal && !common.quiet, plan);
    let results = Vec::new();
    let mut teller = Teller {
        journal,
        quiet: common.quiet,
        form: args.output,
        progress,
        reporter,
        io,
        results,
        last: BTreeMap::new(),
    };
    execute(plan, &observer, &mut teller)?;
    teller.finish(plan)
}

/// What is to be said when talosctl is of another minor version than the cluster's Talos: it may lack what the machines
/// have, or use what they do not.
fn client_version(plan: &Plan, observer: &Observer) -> Outcome<Option<Diagnostic>> {
    if !plan.changes() || !observer.programs.has("talosctl") {
        return Ok(None);
    }
    let Some(client) = observer.talosctl_version()? else { return Ok(None) };
    let of_cluster = &plan.cluster.talos_version;
    let minor = |version: &str| Version::parse(version).map(|version| (version.major, version.minor));
    Ok(match (minor(&client), minor(of_cluster)) {
        (Some(one), Some(other)) if one != other => {
            let message = format!("talosctl is {client}, but the cluster's Talos is {of_cluster}");
            Some(
                Diagnostic::warning("nodeop/talosctl-version", message)
                    .with_help("use a talosctl of the cluster's minor version"),
            )
        }
        _ => None,
    })
}

/// Why a step is skipped.
fn already(step: &Step) -> String {
    let words: Vec<_> = step.unless.iter().map(ToString::to_string).collect();
    format!("already so: {}", words.join("; "))
}

/// Runs the steps in their order, as many beside each other as may be.
fn execute(plan: &Plan, observer: &Observer, teller: &mut Teller) -> Outcome<()> {
    let mut order = Order::new(plan);
    loop {
        let batch = order.next(observer)?;
        if batch.is_empty() || !run_batch(&batch, plan.parallel, observer, teller)? {
            return Ok(());
        }
    }
}

/// Gives whether the next batch may begin.
fn run_batch(batch: &[&Step], parallel: usize, observer: &Observer, teller: &mut Teller) -> Outcome<bool> {
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
                    let tell = |phase, detail: &str| {
                        let _ = sender.send(Event::Phase(step, phase, detail.to_owned()));
                    };
                    let result = step::run(step, observer, &tell);
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
