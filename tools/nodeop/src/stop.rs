//! Ctrl-C and SIGTERM: the first stops before the next step and ends waiting; another one ends what runs, too.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cliutil::{Failure, Outcome};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

/// How often a wait looks whether it is to end.
const TICK: Duration = Duration::from_millis(20);

/// Whether a person wants the run to stop.
#[derive(Debug, Default)]
pub(crate) struct Stop {
    raised: Arc<AtomicBool>,
    times: AtomicUsize,
}

impl Stop {
    /// One that never says so.
    pub(crate) fn never() -> Self {
        Self::default()
    }

    /// One that hears the signals of this process.
    ///
    /// # Errors
    /// `nodeop/signals` when they cannot be heard.
    pub(crate) fn on_signals() -> Outcome<Self> {
        let stop = Self::default();
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            signal_hook::flag::register(signal, Arc::clone(&stop.raised)).map_err(|error| {
                Failure::new("nodeop/signals", format!("cannot listen for Ctrl-C: {error}"))
            })?;
        }
        Ok(stop)
    }

    fn times(&self) -> usize {
        if self.raised.swap(false, Ordering::SeqCst) {
            self.times.fetch_add(1, Ordering::SeqCst);
        }
        self.times.load(Ordering::SeqCst)
    }

    /// Nothing new is to begin.
    pub(crate) fn soon(&self) -> bool {
        self.times() > 0
    }

    /// What runs is to be ended.
    pub(crate) fn at_once(&self) -> bool {
        self.times() > 1
    }

    /// Waits, but not when a stop is wanted. Gives whether the whole time went by.
    pub(crate) fn sleep(&self, time: Duration) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < time {
            if self.soon() {
                return false;
            }
            std::thread::sleep(TICK.min(time.saturating_sub(begun.elapsed())));
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ends_waiting_and_the_second_what_runs() {
        let stop = Stop::never();
        assert!(stop.sleep(Duration::from_millis(1)) && !stop.soon());
        stop.raised.store(true, Ordering::SeqCst);
        assert!(!stop.sleep(Duration::from_mins(1)));
        assert!(stop.soon() && !stop.at_once());
        stop.raised.store(true, Ordering::SeqCst);
        assert!(stop.at_once());
    }
}
