//! One line for each step that is under way, on a terminal: the machine, what is done to it, how long already, and what it
//! is about. Elsewhere there are plain lines when a step begins and ends.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::step::Phase;
use crate::plan::{Plan, Step};

/// How often the lines are drawn anew.
const DRAW: Duration = Duration::from_millis(100);

/// A line; what does not fit into the terminal's width is cut off, for a line that wraps cannot be drawn over.
const LINE: &str = "{spinner} {prefix} {elapsed:>5}  {wide_msg}";

/// The lines.
pub(super) struct Progress {
    lines: Option<MultiProgress>,
    bars: Vec<(String, ProgressBar)>,
    /// How wide the widest name of a step is.
    width: usize,
}

impl Progress {
    /// On a terminal, unless it is to be quiet.
    pub(super) fn new(terminal: bool, plan: &Plan) -> Self {
        let lines = terminal.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
        let width = plan.steps.iter().map(|step| name(step).chars().count()).max().unwrap_or(0);
        Self { lines, bars: Vec::new(), width }
    }

    /// A step begins. Gives whether it has a line.
    pub(super) fn begins(&mut self, step: &Step) -> bool {
        let Some(lines) = &self.lines else { return false };
        let bar = lines.add(ProgressBar::new_spinner());
        if let Ok(style) = ProgressStyle::with_template(LINE) {
            bar.set_style(style);
        }
        bar.set_prefix(format!("{:width$}", name(step), width = self.width));
        bar.enable_steady_tick(DRAW);
        self.bars.push((step.id.clone(), bar));
        true
    }

    /// What a step is about, and what it waits for.
    pub(super) fn is_about(&self, step: &str, phase: Phase, detail: &str) {
        let word = match phase {
            Phase::Looking => "looking whether it is needed",
            Phase::Waiting if detail.is_empty() => "looking whether it may begin",
            Phase::Waiting => "waiting",
            Phase::Running => "running",
            Phase::Again => "trying again",
            Phase::Checking => "checking",
        };
        let text = if detail.is_empty() { word.to_owned() } else { format!("{word}: {detail}") };
        if let Some((_, bar)) = self.bars.iter().find(|(name, _)| name == step) {
            bar.set_message(text);
        }
    }

    /// A step has ended.
    pub(super) fn ends(&mut self, step: &str) {
        self.bars.retain(|(name, bar)| {
            let other = name != step;
            if !other {
                bar.finish_and_clear();
            }
            other
        });
    }

    /// Says something above the lines.
    pub(super) fn aside<T>(&self, say: impl FnOnce() -> T) -> T {
        match &self.lines {
            Some(lines) => lines.suspend(say),
            None => say(),
        }
    }
}

/// The machine first, for that is what a person looks for.
fn name(step: &Step) -> String {
    match &step.node {
        Some(node) => format!("{} {}", node.hostname, step.action.name()),
        None => step.id.clone(),
    }
}
