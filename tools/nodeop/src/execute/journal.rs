//! The journal under the user's state folder: what began and how it ended, and the lock that keeps two runs from one
//! cluster. A resumed run looks at the cluster; the journal only tells it where to be patient: at a machine on which an
//! earlier run was killed in the middle of a step.
//!
//! The programs a run starts inherit the lock. So a run that is killed leaves it to the talosctl that goes on without it,
//! and the next run begins when that has ended: no step is sent beside itself.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cliutil::{Failure, Outcome};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::process::{Pid, test_kill_process};
use yaml::{Dialect, EmitOptions, Mapping, Value};

use super::StepResult;
use crate::plan::{Identity, Step};
use crate::stop::Stop;

/// How long what a killed run started is waited for.
const ORPHANS: Duration = Duration::from_hours(1);

/// How often it is looked whether it has ended.
const TICK: Duration = Duration::from_millis(100);

/// A journal that is longer than this (bytes) is put aside, and a new one begins.
const LONGEST: u64 = 1 << 20;

/// The journal of one cluster, and its lock, which ends with the process and what it started.
pub(super) struct Journal {
    file: File,
    /// Steps that began in an earlier run and never ended.
    unfinished: Vec<String>,
    broken: bool,
    _lock: File,
}

impl Journal {
    /// Opens the journal of a cluster and takes its lock. When an earlier run was killed, what it started is waited for,
    /// which `say` is told.
    ///
    /// # Errors
    /// `nodeop/locked` while another run holds it; `nodeop/stopped`, `nodeop/no-state-folder`, `io/write`.
    pub(super) fn open(cluster: &Identity, stop: &Stop, say: &mut dyn FnMut(&str)) -> Outcome<Self> {
        let folder = folder()?;
        let key = cluster.key();
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|error| fail(&folder, &error))?;
        let path = folder.join(format!("{key}.lock"));
        let lock = private().read(true).open(&path).map_err(|error| fail(&path, &error))?;
        take(&lock, &path, &cluster.name, stop, say)?;
        let path = folder.join(format!("{key}.journal.yaml"));
        let unfinished = unfinished(&path);
        if std::fs::metadata(&path).is_ok_and(|meta| meta.len() > LONGEST) {
            // Where it cannot be put aside it grows on.
            let _ = std::fs::rename(&path, folder.join(format!("{key}.journal.old.yaml")));
        }
        let file = private().open(&path).map_err(|error| fail(&path, &error))?;
        Ok(Self { file, unfinished, broken: false, _lock: lock })
    }

    /// Whether an earlier run was killed in the middle of this step.
    pub(super) fn was_killed_in(&self, step: &Step) -> bool {
        self.unfinished.contains(&step.id)
    }

    /// A step begins.
    pub(super) fn begins(&mut self, step: &Step) -> Outcome<()> {
        self.write(&step.id, BEGINS, None)
    }

    /// A step ended.
    pub(super) fn ended(&mut self, result: &StepResult) -> Outcome<()> {
        self.write(&result.step, result.state.word(), result.reason.as_deref())
    }

    /// Writes an entry. That it cannot be written is said once.
    fn write(&mut self, step: &str, state: &str, reason: Option<&str>) -> Outcome<()> {
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let mut map = Mapping::new();
        map.insert("time", i64::try_from(now.unwrap_or_default().as_secs()).unwrap_or(0));
        map.insert("process", i64::from(std::process::id()));
        map.insert("step", step);
        map.insert("state", state);
        if let Some(reason) = reason {
            map.insert("reason", reason);
        }
        let text = yaml::emit_stream(&[map.into()], EmitOptions::default());
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_data());
        let Err(error) = written else { return Ok(()) };
        if std::mem::replace(&mut self.broken, true) {
            return Ok(());
        }
        let message = format!("the journal cannot be written: {error}");
        Err(cliutil::Diagnostic::warning("nodeop/journal", message)
            .with_help("the run goes on: it looks at the cluster, not at the journal")
            .into())
    }
}

/// What the journal calls the beginning of a step.
const BEGINS: &str = "begins";

fn fail(path: &Path, error: &dyn std::fmt::Display) -> Failure {
    Failure::new("io/write", format!("{}: {error}", path.display()))
}

/// Takes the lock, and writes down who has it.
fn take(mut lock: &File, path: &Path, cluster: &str, stop: &Stop, say: &mut dyn FnMut(&str)) -> Outcome<()> {
    let begun = Instant::now();
    let mut told = false;
    loop {
        match lock.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(fail(path, &error)),
        }
        let failure = |message: String| Failure::new("nodeop/locked", message);
        if holder(path).is_none_or(|pid| test_kill_process(pid).is_ok()) {
            return Err(failure(format!("another nodeop works on cluster {cluster}"))
                .with_help("wait until it ends; the lock goes with its process"));
        }
        if !told {
            told = true;
            say("an earlier run was killed, and a program that it started is still at work: waiting for it");
        }
        if begun.elapsed() > ORPHANS {
            return Err(failure(format!("what an earlier run on cluster {cluster} started does not end"))
                .with_help("look for talosctl, kubectl or helmfile among the processes"));
        }
        if !stop.sleep(TICK) {
            return Err(Failure::new("nodeop/stopped", "stopped on request; nothing was sent"));
        }
    }
    // Programs inherit it (see above). What cannot be done here costs patience, not safety: steps look before they act.
    let _ = fcntl_setfd(lock, FdFlags::empty());
    let _ = lock.set_len(0).and_then(|()| lock.write_all(format!("{}\n", std::process::id()).as_bytes()));
    Ok(())
}

/// Who wrote that it has the lock.
fn holder(path: &Path) -> Option<Pid> {
    let text = std::fs::read_to_string(path).ok()?;
    Pid::from_raw(text.trim().parse().ok()?)
}

/// The steps that the last process to write a journal began and did not end.
fn unfinished(path: &Path) -> Vec<String> {
    let mut text = String::new();
    let read = File::open(path).and_then(|file| file.take(4 * LONGEST).read_to_string(&mut text));
    if read.is_err() {
        return Vec::new();
    }
    // A run that was killed may have left half an entry; what stands before it counts.
    let whole = text.rfind("\n---").map_or(text.as_str(), |at| &text[..=at]);
    let entries = yaml::load(&text, Dialect::GoYamlV3).or_else(|_| yaml::load(whole, Dialect::GoYamlV3));
    let entries = entries.unwrap_or_default();
    let last = entries.last().and_then(|entry| entry.get("process").and_then(Value::as_int));
    let mut open: Vec<String> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.get("process").and_then(Value::as_int) == last) {
        let part = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
        open.retain(|step| step != part("step"));
        if part("state") == BEGINS {
            open.push(part("step").to_owned());
        }
    }
    open
}

fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.append(true).create(true).mode(0o600);
    options
}

/// `$XDG_STATE_HOME/clusterpipe`, else `~/.local/state/clusterpipe`.
fn folder() -> Outcome<PathBuf> {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let state = variable("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let folder = state.or_else(|| variable("HOME").map(|home| home.join(".local/state")));
    folder.map(|folder| folder.join("clusterpipe")).ok_or_else(|| {
        Failure::new("nodeop/no-state-folder", "there is no place for the lock that keeps two runs apart")
            .with_help("set HOME or XDG_STATE_HOME")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_open() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("journal");
        assert_eq!(unfinished(&path), Vec::<String>::new());
        let entry = |process: u32, step: &str, state: &str| {
            format!("---\ntime: 1\nprocess: {process}\nstep: {step}\nstate: {state}\n")
        };
        let text = [
            entry(1, "a", "begins"),
            entry(2, "b", "begins"),
            entry(2, "b", "done"),
            entry(2, "c", "begins"),
        ];
        std::fs::write(&path, text.concat()).unwrap();
        assert_eq!(unfinished(&path), ["c"]);
        std::fs::write(&path, text.concat() + "---\ntime: 1\npro").unwrap();
        assert_eq!(unfinished(&path), ["c"]);
        std::fs::write(&path, "nonsense: [").unwrap();
        assert_eq!(unfinished(&path), Vec::<String>::new());
    }
}
