//! Results: one document a step, and one that counts them.

use cliutil::Outcome;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::{Step, Target, document};

/// A document of the results.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub(crate) enum ResultDocument {
    /// How a step ended.
    Step(StepResult),
    /// How the run ended; the last document.
    Summary(Summary),
}

impl ResultDocument {
    /// The document.
    pub(crate) fn to_yaml(&self) -> Outcome<String> {
        document(self)
    }
}

/// How a step ended.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StepResult {
    /// The step's name in the plan.
    pub(crate) step: String,
    /// Its operation.
    pub(crate) operation: String,
    /// The machine it was sent to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) node: Option<Target>,
    /// How it ended.
    pub(crate) state: State,
    /// Why it ended so, where that is not plain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// How long it took, in seconds.
    pub(crate) seconds: u64,
    /// How often its commands were started.
    pub(crate) attempts: u32,
    /// What the last command wrote to its standard output, without secrets.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(crate) output: Vec<String>,
    /// What it wrote to its standard error, likewise.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(crate) messages: Vec<String>,
    /// What to look at when it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) remedy: Option<String>,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum State {
    /// Done, and its checks hold.
    Done,
    /// There was nothing to do.
    Skipped,
    /// It failed, or its checks do not hold.
    Failed,
    /// What was compared is not the same.
    Differs,
    /// A person stopped it: whether it took effect is to be looked at.
    Stopped,
    /// It never began.
    NotStarted,
}

impl State {
    /// The state as a word.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Skipped => "skipped",
            Self::Failed => "failed",
            Self::Differs => "differs",
            Self::Stopped => "stopped",
            Self::NotStarted => "not started",
        }
    }

    /// Whether the next step may begin.
    pub(crate) fn is_good(self) -> bool {
        matches!(self, Self::Done | Self::Skipped)
    }
}

impl StepResult {
    /// A result without anything yet.
    pub(super) fn of(step: &Step, state: State) -> Self {
        Self {
            step: step.id.clone(),
            operation: step.action.name().to_owned(),
            node: step.node.clone(),
            state,
            reason: None,
            seconds: 0,
            attempts: 0,
            output: Vec::new(),
            messages: Vec::new(),
            remedy: None,
        }
    }

    /// The result of a step that never began.
    pub(super) fn not_started(step: &Step) -> Self {
        Self { reason: Some("the run ended before".to_owned()), ..Self::of(step, State::NotStarted) }
    }
}

/// How the run ended.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Summary {
    /// Whether every step is done or had nothing to do.
    pub(crate) ok: bool,
    done: usize,
    skipped: usize,
    failed: usize,
    differs: usize,
    stopped: usize,
    not_started: usize,
}

impl Summary {
    pub(super) fn of(states: &[State]) -> Self {
        let count = |state| states.iter().filter(|one| **one == state).count();
        Self {
            ok: states.iter().all(|state| state.is_good()),
            done: count(State::Done),
            skipped: count(State::Skipped),
            failed: count(State::Failed),
            differs: count(State::Differs),
            stopped: count(State::Stopped),
            not_started: count(State::NotStarted),
        }
    }

    /// The counts in words.
    pub(super) fn words(&self) -> String {
        let parts = [
            (self.done, "done"),
            (self.skipped, "skipped"),
            (self.failed, "failed"),
            (self.differs, "differs"),
            (self.stopped, "stopped"),
            (self.not_started, "not started"),
        ];
        let parts: Vec<_> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        let again = self.failed + self.stopped + self.not_started > 0;
        let help = if again { "; run it again: what holds already is skipped" } else { "" };
        format!("{}{help}", parts.join(", "))
    }
}
