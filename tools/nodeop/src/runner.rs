//! Runs one command, never longer than its timeout.

use std::fs::File;
use std::io::{Read as _, Seek as _};
use std::path::Path;

use cliutil::{Failure, Outcome};

use crate::command::Command;
use crate::redact::redact;

/// The most that is kept of a program's output (bytes).
const MAX_OUTPUT: u64 = 1 << 20;

/// How a command ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ending {
    /// With 0.
    Well,
    /// With another code.
    Code(i32),
    /// By a signal from elsewhere.
    Signal,
    /// By us, after its timeout.
    Timeout,
}

/// What a command said, secrets taken out.
#[derive(Debug, Clone)]
pub(crate) struct Said {
    /// How it ended.
    pub(crate) ending: Ending,
    /// Lines of its standard output.
    pub(crate) output: Vec<String>,
    /// Lines of its standard error.
    pub(crate) messages: Vec<String>,
}

/// Runs a command with `program` as its executable, with no input and without a shell.
///
/// # Errors
/// `program/start`. That it failed or took too long is no error here.
pub(crate) fn run(program: &Path, command: &Command) -> Outcome<Said> {
    let fail = |error: std::io::Error| {
        Failure::new("program/start", format!("{}: cannot be run: {error}", program.display()))
    };
    // Files, not pipes: what a grandchild keeps open cannot make us wait beyond the timeout.
    let (mut output, mut messages) =
        (tempfile::tempfile().map_err(fail)?, tempfile::tempfile().map_err(fail)?);
    let expression = duct::cmd(program, &command.args)
        .stdin_null()
        .stdout_file(output.try_clone().map_err(fail)?)
        .stderr_file(messages.try_clone().map_err(fail)?)
        .unchecked();
    let handle = expression.start().map_err(fail)?;
    let ended = handle.wait_timeout(command.timeout).map_err(fail)?;
    let ending = ended.map(|ended| match ended.status.code() {
        Some(0) => Ending::Well,
        Some(code) => Ending::Code(code),
        None => Ending::Signal,
    });
    if ending.is_none() {
        handle.kill().map_err(fail)?;
    }
    let ending = ending.unwrap_or(Ending::Timeout);
    Ok(Said {
        ending,
        output: lines(&mut output).map_err(fail)?,
        messages: lines(&mut messages).map_err(fail)?,
    })
}

fn lines(file: &mut File) -> std::io::Result<Vec<String>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.take(MAX_OUTPUT).read_to_end(&mut bytes)?;
    let text = redact(&String::from_utf8_lossy(&bytes));
    let visible = |c: &char| !c.is_control() || *c == '\t';
    Ok(text.lines().map(|line| line.trim_end().chars().filter(visible).collect()).collect())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn sh(script: &str, timeout: Duration) -> Said {
        let command = Command { program: "sh", args: vec!["-c".into(), script.into()], timeout };
        run(&cliutil::program::find("sh", "").unwrap(), &command).unwrap()
    }

    #[test]
    fn endings_and_lines() {
        let said = sh("echo one; echo two >&2; exit 3", Duration::from_secs(30));
        assert_eq!(said.ending, Ending::Code(3));
        assert_eq!((said.output, said.messages), (vec!["one".to_owned()], vec!["two".to_owned()]));
        assert_eq!(sh("kill -TERM $$", Duration::from_secs(30)).ending, Ending::Signal);
    }

    #[test]
    fn a_timeout_is_kept_even_when_a_grandchild_lives_on() {
        let begun = Instant::now();
        let said = sh("echo begun; sleep 20", Duration::from_millis(300));
        assert_eq!(said.ending, Ending::Timeout);
        assert_eq!(said.output, ["begun"]);
        assert!(begun.elapsed() < Duration::from_secs(10));
    }
}
