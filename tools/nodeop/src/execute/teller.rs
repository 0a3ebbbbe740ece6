//! Tells what happens: results on standard output, as YAML documents or JSON lines, progress on standard error, and both
//! to the journal.

use std::collections::BTreeMap;

use cliutil::{Diagnostic, Exit, Io, Outcome, Reporter};
use serde::Serialize;

use super::journal::Journal;
use super::progress::Progress;
use super::result::Summary;
use super::step::Phase;
use super::{ResultDocument, State, StepResult};
use crate::cli::OutputForm;
use crate::plan::{Plan, Step, Target, document};

/// What happens while a plan runs.
pub(super) enum Event<'p> {
    Begins(&'p Step),
    /// What it is about, and what it waits for.
    Phase(&'p Step, Phase, String),
    Ended(Box<StepResult>),
}

/// The beginning of a step, as JSON has it beside the results.
#[derive(Serialize)]
struct Begins<'s> {
    event: &'static str,
    step: &'s str,
    operation: &'s str,
    #[serde(skip_serializing_if = "Option::is_none")]
    node: Option<&'s Target>,
}

/// What a step is about, as JSON has it.
#[derive(Serialize)]
struct Now<'s> {
    event: &'static str,
    step: &'s str,
    state: Phase,
    #[serde(skip_serializing_if = "str::is_empty")]
    detail: &'s str,
}

pub(super) struct Teller<'t, 'i, 'r> {
    pub(super) journal: Option<Journal>,
    pub(super) quiet: bool,
    pub(super) form: OutputForm,
    pub(super) progress: Progress,
    pub(super) reporter: &'t Reporter<'r>,
    pub(super) io: &'t mut Io<'i>,
    pub(super) results: Vec<(String, State)>,
    /// What was last said about each step.
    pub(super) last: BTreeMap<String, (Phase, String)>,
}

impl Teller<'_, '_, '_> {
    pub(super) fn tell(&mut self, event: Event) -> Outcome<()> {
        match event {
            Event::Begins(step) => {
                if !self.progress.begins(step) && !self.quiet {
                    self.io.say(format!("{}: begins", step.id));
                }
                self.note(|journal| journal.begins(step));
                if self.form == OutputForm::Yaml {
                    return Ok(());
                }
                let (operation, node) = (step.action.name(), step.node.as_ref());
                self.line(&Begins { event: "begins", step: &step.id, operation, node })
            }
            Event::Phase(step, phase, detail) => {
                self.progress.is_about(&step.id, phase, &detail);
                // What is seen again and again is said once.
                let said = (phase, detail);
                if self.form == OutputForm::Yaml || self.last.get(&step.id) == Some(&said) {
                    return Ok(());
                }
                let line = Now { event: "state", step: &step.id, state: phase, detail: &said.1 };
                self.line(&line)?;
                self.last.insert(step.id.clone(), said);
                Ok(())
            }
            Event::Ended(result) => self.ended(*result),
        }
    }

    fn ended(&mut self, result: StepResult) -> Outcome<()> {
        self.results.push((result.step.clone(), result.state));
        self.progress.ends(&result.step);
        if !result.state.is_good() {
            let mut message = format!("{}: {}", result.step, result.reason.clone().unwrap_or_default());
            let said = if result.messages.is_empty() { &result.output } else { &result.messages };
            let shown = if result.state == State::Differs { usize::MAX } else { 5 };
            for line in said.iter().rev().take(shown).rev().filter(|line| !line.trim().is_empty()) {
                message.push_str("\n  ");
                message.push_str(line);
            }
            let code = if result.state == State::Differs { "nodeop/drift" } else { "nodeop/step-failed" };
            let note = Diagnostic::error(code, message).with_help(result.remedy.clone().unwrap_or_default());
            self.progress.aside(|| self.reporter.show(&[note], true, self.io));
        } else if !self.quiet {
            let reason = result.reason.as_deref().map_or_else(String::new, |reason| format!(" ({reason})"));
            let line = format!("{}: {}{reason}, {} s", result.step, result.state.word(), result.seconds);
            self.progress.aside(|| self.io.say(line));
        }
        self.note(|journal| journal.ended(&result));
        self.result(&ResultDocument::Step(result))
    }

    /// The journal is a record, not a condition: where it cannot be written, the run goes on and says so once.
    fn note(&mut self, write: impl FnOnce(&mut Journal) -> Outcome<()>) {
        let Some(journal) = self.journal.as_mut() else { return };
        if let Err(failure) = write(journal) {
            self.progress.aside(|| self.reporter.show(&failure.diagnostics, true, self.io));
        }
    }

    fn result(&mut self, result: &ResultDocument) -> Outcome<()> {
        match self.form {
            OutputForm::Yaml => self.write(result.to_yaml()?),
            OutputForm::Json => self.line(result),
        }
    }

    fn line(&mut self, data: &impl Serialize) -> Outcome<()> {
        self.write(json_line(data)?)
    }

    /// Standard output may be the terminal that the lines are drawn on.
    fn write(&mut self, text: String) -> Outcome<()> {
        self.progress.aside(|| self.io.write_out(text))
    }

    /// The steps that never began, and the count of all.
    pub(super) fn finish(mut self, plan: &Plan) -> Outcome<Exit> {
        let began = |step: &&Step| self.results.iter().any(|(id, _)| *id == step.id);
        let open: Vec<_> = plan.steps.iter().filter(|step| !began(step)).collect();
        for step in open {
            self.results.push((step.id.clone(), State::NotStarted));
            self.result(&ResultDocument::Step(StepResult::not_started(step)))?;
        }
        let states: Vec<_> = self.results.iter().map(|(_, state)| *state).collect();
        let summary = Summary::of(&states);
        let ok = summary.ok;
        if !self.quiet || !ok {
            self.io.say(summary.words());
        }
        self.result(&ResultDocument::Summary(summary))?;
        Ok(if ok { Exit::Yes } else { Exit::No })
    }
}

/// Data as one line of JSON.
///
/// # Errors
/// As [`document`].
pub(crate) fn json_line(data: &impl Serialize) -> Outcome<String> {
    // The same road as for YAML, so that what has no form as one has none as the other.
    document(data)?;
    Ok(serde_json::to_string(data).unwrap_or_default() + "\n")
}
