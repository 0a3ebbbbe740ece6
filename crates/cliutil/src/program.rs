//! Other programs: found on PATH with `which`, run with `duct`, never through a shell.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::{Failure, Outcome};

/// Where a program is; a name with a slash is taken as a path.
///
/// # Errors
/// `program/missing`, with `hint` as the help where given ("needed for …; install it with …").
pub fn find(name: &str, hint: &str) -> Outcome<PathBuf> {
    which::which(name).map_err(|_| {
        let failure = Failure::new("program/missing", format!("{name}: program not found on PATH"));
        if hint.is_empty() { failure } else { failure.with_help(hint) }
    })
}

/// What a program said when it ended.
#[derive(Clone)]
pub struct Ended {
    /// Whether it ended with 0.
    pub success: bool,
    /// Its exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Its standard output. May be secret: no `Debug`.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
}

/// Runs a program with `input` on its standard input and gives what it said.
///
/// # Errors
/// `program/start` when it cannot be started. That it ended badly is no error here.
pub fn run(program: &Path, args: &[OsString], input: &[u8], folder: Option<&Path>) -> Outcome<Ended> {
    let output =
        expression(program, args, input, folder).run().map_err(|error| cannot_start(program, &error))?;
    Ok(ended(output))
}

/// As [`run`]; none when the program has not ended within a time, and was ended.
///
/// # Errors
/// `program/start` when it cannot be started.
pub fn run_within(
    program: &Path,
    args: &[OsString],
    input: &[u8],
    folder: Option<&Path>,
    limit: Duration,
) -> Outcome<Option<Ended>> {
    let fail = |error| cannot_start(program, &error);
    let handle = expression(program, args, input, folder).start().map_err(fail)?;
    if let Some(output) = handle.wait_timeout(limit).map_err(fail)? {
        return Ok(Some(ended(output.clone())));
    }
    handle.kill().map_err(fail)?;
    Ok(None)
}

fn expression(program: &Path, args: &[OsString], input: &[u8], folder: Option<&Path>) -> duct::Expression {
    let expression =
        duct::cmd(program, args).stdin_bytes(input.to_vec()).stdout_capture().stderr_capture().unchecked();
    match folder {
        Some(folder) => expression.dir(folder),
        None => expression,
    }
}

fn cannot_start(program: &Path, error: &std::io::Error) -> Failure {
    Failure::new("program/start", format!("{}: cannot be started: {error}", program.display()))
}

fn ended(output: std::process::Output) -> Ended {
    Ended {
        success: output.status.success(),
        code: output.status.code(),
        stdout: output.stdout,
        stderr: output.stderr,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_runs_and_reports() {
        let cat = find("cat", "").unwrap();
        let ended = run(&cat, &[], b"hello", None).unwrap();
        assert!(ended.success);
        assert_eq!(ended.stdout, b"hello");
        let ended =
            run(&find("sh", "").unwrap(), &["-c".into(), "echo no >&2; exit 3".into()], b"", None).unwrap();
        assert_eq!((ended.code, ended.stderr.as_slice()), (Some(3), b"no\n".as_slice()));
        let failure = find("no-such-program-here", "install it").unwrap_err();
        assert_eq!(failure.diagnostics[0].code, "program/missing");
        assert_eq!(failure.diagnostics[0].help.as_deref(), Some("install it"));
    }

    #[test]
    fn a_program_that_does_not_read_its_input_is_no_error() {
        let ended = run(&find("true", "").unwrap(), &[], &vec![b'x'; 1 << 20], None).unwrap();
        assert!(ended.success);
    }
}
