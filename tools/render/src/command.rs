//! Commands of the settings: filters and hooks. They are split into words without a shell, get their input on standard
//! input, and are ended when they take too long.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cliutil::{Outcome, program};

/// How long a command may take, unless the settings say otherwise. Seconds.
pub(crate) const USUAL_LIMIT: u64 = 120;

/// A program with its arguments.
#[derive(Debug, Clone)]
pub(crate) struct Command {
    program: PathBuf,
    /// As it was written.
    pub(crate) name: String,
    args: Vec<String>,
    limit: Duration,
}

impl Command {
    /// Reads a command; the program must be there. None when there are no words or quotes do not match.
    pub(crate) fn parse(text: &str, whose: &str, limit: Duration) -> Outcome<Option<Self>> {
        let Some(words) = shlex::split(text) else { return Ok(None) };
        let Some((name, args)) = words.split_first() else { return Ok(None) };
        let found = program::find(name, whose)?;
        // It may run in another folder: a path relative to the current one must stay good there.
        let program = std::path::absolute(&found).unwrap_or(found);
        Ok(Some(Self { program, name: name.clone(), args: args.to_vec(), limit }))
    }

    /// What it prints; `{}` in its arguments is `path`. The inner error says in words how it failed: `ended with 3`.
    pub(crate) fn run(
        &self,
        input: &[u8],
        path: Option<&str>,
        folder: Option<&Path>,
    ) -> Outcome<Result<Vec<u8>, String>> {
        let word = |arg: &String| path.map_or_else(|| arg.clone(), |path| arg.replace("{}", path)).into();
        let args: Vec<OsString> = self.args.iter().map(word).collect();
        let Some(ended) = program::run_within(&self.program, &args, input, folder, self.limit)? else {
            return Ok(Err(format!("did not end within {} s", self.limit.as_secs())));
        };
        let words = if ended.success {
            if !ended.stdout.is_empty() {
                return Ok(Ok(ended.stdout));
            }
            "printed nothing".to_owned()
        } else {
            ended.code.map_or("was ended by a signal".to_owned(), |code| format!("ended with {code}"))
        };
        let said = String::from_utf8_lossy(&ended.stderr).trim().to_owned();
        Ok(Err(if said.is_empty() { words } else { format!("{words}:\n{said}") }))
    }
}
