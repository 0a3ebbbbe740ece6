//! Runs one command, never longer than its timeout, in a process group of its own, which is ended as a whole.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use cliutil::{Failure, Outcome};
use rustix::process::{Pid, Signal, kill_process_group};

use crate::command::Command;
use crate::redact::redact;
use crate::stop::Stop;

/// The most that is kept of a program's output (bytes).
const MAX_OUTPUT: u64 = 16 << 20;

/// The most lines of it that are shown.
const MAX_LINES: usize = 2000;

/// How often a running program is looked at, when it runs for long.
const TICK: Duration = Duration::from_millis(10);

/// How often it is looked at first: most questions are answered in the time of a few of these.
const FIRST_TICK: Duration = Duration::from_micros(500);

/// How long a program may take to end after it was asked to.
const MERCY: Duration = Duration::from_secs(2);

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
    /// By us, because a person asked for it.
    Stopped,
}

impl Ending {
    /// The ending in words; nothing for a good one.
    pub(crate) fn words(&self, command: &Command) -> String {
        let program = command.program;
        match self {
            Self::Well => String::new(),
            Self::Code(code) => format!("{program} ended with code {code}"),
            Self::Signal => format!("{program} was ended by a signal"),
            Self::Timeout => {
                format!("{program} did not end within {} s and was ended", command.timeout.as_secs())
            }
            Self::Stopped => format!("{program} was ended on request"),
        }
    }
}

/// What a command said, secrets taken out.
#[derive(Clone)]
pub(crate) struct Said {
    /// How it ended.
    pub(crate) ending: Ending,
    /// Lines of its standard output.
    pub(crate) output: Vec<String>,
    /// Lines of its standard error.
    pub(crate) messages: Vec<String>,
    /// Its standard output as it is: for the next program or for reading, never for showing.
    pub(crate) raw: Vec<u8>,
}

/// Runs a command with `program` as its executable, with no input and without a shell.
///
/// # Errors
/// `program/start`. That it failed or took too long is no error here.
pub(crate) fn run(program: &Path, command: &Command) -> Outcome<Said> {
    run_with(program, command, None, &Stop::never())
}

/// As [`run`], with `input` on its standard input, and ended when `stop` says so.
///
/// # Errors
/// As [`run`].
pub(crate) fn run_with(
    program: &Path,
    command: &Command,
    input: Option<&[u8]>,
    stop: &Stop,
) -> Outcome<Said> {
    let fail = |error: std::io::Error| {
        Failure::new("program/start", format!("{}: cannot be run: {error}", program.display()))
    };
    // Files, not pipes: what a grandchild keeps open cannot make us wait beyond the timeout.
    let (mut output, mut messages) = (room().map_err(fail)?, room().map_err(fail)?);
    let mut child = std::process::Command::new(program)
        .args(&command.args)
        .envs(command.variable.iter().map(|(name, value)| (name, value)))
        .stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() })
        .stdout(output.try_clone().map_err(fail)?)
        .stderr(messages.try_clone().map_err(fail)?)
        .process_group(0)
        .spawn()
        .map_err(fail)?;
    let pipe = child.stdin.take();
    let ending = std::thread::scope(|scope| {
        if let (Some(mut pipe), Some(input)) = (pipe, input) {
            // A program that does not read its input says so by its exit code.
            scope.spawn(move || pipe.write_all(input));
        }
        wait(&mut child, command.timeout, stop)
    });
    let ending = ending.map_err(fail)?;
    let raw = content(&mut output).map_err(fail)?;
    let messages = lines(&content(&mut messages).map_err(fail)?);
    Ok(Said { ending, output: lines(&raw), messages, raw })
}

/// A file for what a program says. In memory: some of it is secret, and on a full disk half an answer would be taken for a
/// whole one.
#[cfg(target_os = "linux")]
fn room() -> std::io::Result<File> {
    Ok(rustix::fs::memfd_create("nodeop", rustix::fs::MemfdFlags::CLOEXEC)?.into())
}

/// A file for what a program says, which has no name.
#[cfg(not(target_os = "linux"))]
fn room() -> std::io::Result<File> {
    tempfile::tempfile()
}

fn wait(child: &mut Child, timeout: Duration, stop: &Stop) -> std::io::Result<Ending> {
    let begun = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(ending(status));
        }
        let cause = if begun.elapsed() >= timeout {
            Some(Ending::Timeout)
        } else if stop.at_once() {
            Some(Ending::Stopped)
        } else {
            None
        };
        if let Some(cause) = cause {
            end(child)?;
            return Ok(cause);
        }
        // The longer it has run, the less it matters to be told at once.
        std::thread::sleep((begun.elapsed() / 8).clamp(FIRST_TICK, TICK));
    }
}

/// Ends the whole group: asked first, then made to.
fn end(child: &mut Child) -> std::io::Result<()> {
    let group = i32::try_from(child.id()).ok().and_then(Pid::from_raw);
    let signal = |signal| group.map(|group| kill_process_group(group, signal));
    signal(Signal::TERM);
    let begun = Instant::now();
    while begun.elapsed() < MERCY && child.try_wait()?.is_none() {
        std::thread::sleep(TICK);
    }
    signal(Signal::KILL);
    child.wait().map(|_| ())
}

fn ending(status: ExitStatus) -> Ending {
    match (status.code(), status.signal()) {
        (Some(0), _) => Ending::Well,
        (Some(code), _) => Ending::Code(code),
        (None, _) => Ending::Signal,
    }
}

fn content(file: &mut File) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.take(MAX_OUTPUT).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn lines(bytes: &[u8]) -> Vec<String> {
    let text = redact(&String::from_utf8_lossy(bytes));
    let visible = |c: &char| !c.is_control() || *c == '\t';
    text.lines().take(MAX_LINES).map(|line| line.trim_end().chars().filter(visible).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(script: &str, timeout: Duration) -> Said {
        let command =
            Command { program: "sh", args: vec!["-c".into(), script.into()], timeout, variable: None };
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
    fn a_timeout_is_kept_and_what_the_program_started_ends_too() {
        let dir = tempfile::tempdir().unwrap();
        let pipe = dir.path().join("pipe");
        sh(&format!("mkfifo '{}'", pipe.display()), Duration::from_secs(30));
        // Who reads the pipe hears its end when all that hold it open for writing have ended.
        let (sender, receiver) = std::sync::mpsc::channel();
        let reader = pipe.clone();
        std::thread::spawn(move || sender.send(std::fs::read(reader)));
        let script = format!("exec 3>'{}'; sleep 3000 & echo begun; sleep 3000", pipe.display());
        let mut limit = Duration::from_millis(300);
        loop {
            let said = sh(&script, limit);
            assert_eq!(said.ending, Ending::Timeout);
            // A busy machine may need more time for it to begin.
            if said.output == ["begun"] {
                break;
            }
            assert!(limit < Duration::from_mins(1), "what it said was not kept");
            limit *= 4;
        }
        let ended = receiver.recv_timeout(Duration::from_mins(5));
        assert!(ended.is_ok_and(|read| read.is_ok()), "a grandchild lived on");
    }

    #[test]
    fn input_reaches_the_program() {
        let command = Command::bare("cat", Duration::from_secs(30));
        let cat = cliutil::program::find("cat", "").unwrap();
        let input = vec![b'x'; 1 << 20];
        assert_eq!(run_with(&cat, &command, Some(&input), &Stop::never()).unwrap().raw, input);
        let no = cliutil::program::find("true", "").unwrap();
        assert_eq!(run_with(&no, &command, Some(&input), &Stop::never()).unwrap().ending, Ending::Well);
    }
}
