//! A program that works on a private file, and the signals that come meanwhile: the file is wiped whatever they are.

use std::process::{Child, Command, ExitStatus};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use cliutil::{Failure, Outcome};
use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

/// How long the end of the program may go unseen.
const LONGEST_NAP: Duration = Duration::from_millis(40);

/// Hears the signals that would end this process, from now on.
pub(crate) struct Guard {
    /// Ctrl-C and Ctrl-\: the terminal sends them to the program as well.
    typed: Arc<AtomicBool>,
    terminated: Arc<AtomicBool>,
    hung_up: Arc<AtomicBool>,
}

impl Guard {
    /// Listens.
    pub(crate) fn new() -> Outcome<Self> {
        let guard = Self { typed: Arc::default(), terminated: Arc::default(), hung_up: Arc::default() };
        let flags = [
            (SIGINT, &guard.typed),
            (SIGQUIT, &guard.typed),
            (SIGTERM, &guard.terminated),
            (SIGHUP, &guard.hung_up),
        ];
        for (signal, flag) in flags {
            signal_hook::flag::register(signal, Arc::clone(flag)).map_err(|error| {
                Failure::new("secrets/signals", format!("signals cannot be heard: {error}"))
            })?;
        }
        Ok(guard)
    }

    /// Runs a program to its end. What the terminal sends is for it to judge (an editor goes on after Ctrl-C); what was
    /// sent to this process alone is handed on.
    pub(crate) fn run(&self, command: &mut Command) -> std::io::Result<ExitStatus> {
        let mut child = command.spawn()?;
        let mut nap = Duration::from_millis(1);
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break status;
            }
            self.hand_on(&child);
            std::thread::sleep(nap);
            nap = (nap * 2).min(LONGEST_NAP);
        };
        self.typed.store(false, Ordering::SeqCst);
        Ok(status)
    }

    fn hand_on(&self, child: &Child) {
        let pid = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
        for (flag, signal) in [(&self.terminated, Signal::TERM), (&self.hung_up, Signal::HUP)] {
            if flag.swap(false, Ordering::SeqCst)
                && let Some(pid) = pid
            {
                let _ = kill_process(pid, signal);
            }
        }
    }

    /// Whether a signal came that was not for a program.
    pub(crate) fn stopped(&self) -> bool {
        [&self.typed, &self.terminated, &self.hung_up].iter().any(|flag| flag.load(Ordering::SeqCst))
    }
}
