//! One line for each step that is under way, with the time it takes, on a terminal. Elsewhere there are plain lines when
//! a step begins and ends.

use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How often the lines are drawn anew.
const DRAW: Duration = Duration::from_millis(100);

/// The lines.
pub(super) struct Progress {
    lines: Option<MultiProgress>,
    bars: Vec<(String, ProgressBar)>,
}

impl Progress {
    /// On a terminal, unless it is to be quiet.
    pub(super) fn new(terminal: bool) -> Self {
        let lines = terminal.then(|| MultiProgress::with_draw_target(ProgressDrawTarget::stderr()));
        Self { lines, bars: Vec::new() }
    }

    /// A step begins. Gives whether it has a line.
    pub(super) fn begins(&mut self, step: &str, now: Instant) -> bool {
        let Some(lines) = &self.lines else { return false };
        let style = ProgressStyle::with_template("{spinner} {msg}  {elapsed}");
        let bar = lines.add(ProgressBar::new_spinner());
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_elapsed(now.elapsed());
        bar.set_message(step.to_owned());
        bar.enable_steady_tick(DRAW);
        self.bars.push((step.to_owned(), bar));
        true
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
