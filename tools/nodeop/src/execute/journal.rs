//! The journal under the user's state folder: what began and how it ended, and the lock that keeps two runs from one
//! cluster. It is a record for people; a resumed run looks at the cluster, never here.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;

use cliutil::{Failure, Outcome};
use yaml::{EmitOptions, Mapping};

use super::StepResult;
use crate::plan::{Identity, Step};

/// The journal of one cluster, and its lock, which ends with the process.
pub(super) struct Journal {
    file: File,
    _lock: File,
}

impl Journal {
    /// Opens the journal of a cluster and takes its lock.
    ///
    /// # Errors
    /// `nodeop/locked` while another run holds it; `nodeop/no-state-folder`, `io/write`.
    pub(super) fn open(cluster: &Identity) -> Outcome<Self> {
        let folder = folder()?;
        let key = cluster.key();
        let fail = |path: &PathBuf, error: &dyn std::fmt::Display| {
            Failure::new("io/write", format!("{}: {error}", path.display()))
        };
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|error| fail(&folder, &error))?;
        let path = folder.join(format!("{key}.lock"));
        let lock = private().open(&path).map_err(|error| fail(&path, &error))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let message = format!("another nodeop works on cluster {}", cluster.name);
                let failure = Failure::new("nodeop/locked", message);
                return Err(failure.with_help("wait until it ends; the lock goes with its process"));
            }
            Err(TryLockError::Error(error)) => return Err(fail(&path, &error)),
        }
        let path = folder.join(format!("{key}.journal.yaml"));
        let file = private().open(&path).map_err(|error| fail(&path, &error))?;
        Ok(Self { file, _lock: lock })
    }

    /// A step begins.
    pub(super) fn begins(&mut self, step: &Step) -> Outcome<()> {
        self.write(&step.id, "begins", None)
    }

    /// A step ended.
    pub(super) fn ended(&mut self, result: &StepResult) -> Outcome<()> {
        self.write(&result.step, result.state.word(), result.reason.as_deref())
    }

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
        written.map_err(|error| {
            let message = format!("the journal cannot be written: {error}");
            cliutil::Diagnostic::warning("nodeop/journal", message)
                .with_help("the run goes on: it looks at the cluster, not at the journal")
                .into()
        })
    }
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
