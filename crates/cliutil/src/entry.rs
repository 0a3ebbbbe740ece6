//! The one way into a tool: standard streams in, an exit code out. Tests call `run` with streams of their own.

use std::ffi::OsString;
use std::io::{IsTerminal, Read, Write};

use crate::{Body, Exit, Failure, Outcome};

/// The standard streams of a run, and whether a person sits at them.
pub struct Io<'a> {
    /// Standard input.
    pub stdin: &'a mut dyn Read,
    /// Standard output: data only. Prefer [`Io::write_out`].
    pub stdout: &'a mut dyn Write,
    /// Standard error: words only.
    pub stderr: &'a mut dyn Write,
    /// Standard input is a terminal: no data will come from it.
    pub stdin_is_terminal: bool,
    /// Standard output is a terminal.
    pub stdout_is_terminal: bool,
    /// Standard error is a terminal.
    pub stderr_is_terminal: bool,
}

impl<'a> Io<'a> {
    /// Streams of the caller's, none of which is a terminal.
    pub fn piped(stdin: &'a mut dyn Read, stdout: &'a mut dyn Write, stderr: &'a mut dyn Write) -> Self {
        let (stdin_is_terminal, stdout_is_terminal, stderr_is_terminal) = (false, false, false);
        Self { stdin, stdout, stderr, stdin_is_terminal, stdout_is_terminal, stderr_is_terminal }
    }
}

impl Io<'_> {
    /// Writes the whole result to standard output. A reader that went away is no error.
    ///
    /// # Errors
    /// `io/write` when the output cannot take it (full disk).
    pub fn write_out(&mut self, bytes: impl AsRef<[u8]>) -> Outcome<()> {
        self.write_body(Body::Bytes(bytes.as_ref()))
    }

    /// As [`write_out`](Self::write_out), for what may stand in a file.
    ///
    /// # Errors
    /// As [`write_out`](Self::write_out).
    pub fn write_body(&mut self, body: Body) -> Outcome<()> {
        match body.write_to(self.stdout).and_then(|()| self.stdout.flush()) {
            Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
                Err(Failure::new("io/write", format!("cannot write to standard output: {error}")))
            }
            _ => Ok(()),
        }
    }

    /// Says a line on standard error. A failure to do so has nowhere to be told.
    pub fn say(&mut self, line: impl AsRef<str>) {
        // Nothing is buffered there: in one piece it is one call, and no other program's line gets into it.
        let _ = self.stderr.write_all(format!("{}\n", line.as_ref()).as_bytes());
    }
}

/// Runs a tool on the process's own streams, and ends the process; a tool's `main` is a call of this.
///
/// Memory is left to the system, whole: an allocator that gives it back piece by piece at exit takes as long for that as a
/// short run's last file.
pub fn main(run: impl FnOnce(Vec<OsString>, &mut Io) -> Exit) -> ! {
    let (mut stdin, mut stdout, mut stderr) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
    let mut io = Io {
        stdin_is_terminal: stdin.is_terminal(),
        stdout_is_terminal: stdout.is_terminal(),
        stderr_is_terminal: stderr.is_terminal(),
        stdin: &mut stdin,
        stdout: &mut stdout,
        stderr: &mut stderr,
    };
    let exit = run(std::env::args_os().collect(), &mut io);
    let _ = io.stdout.flush();
    let _ = io.stderr.flush();
    signal_hook::low_level::exit(exit.code().into())
}
