//! `secrets exec-env` and `secrets exec-file`: a command with the decrypted values, and nothing left behind.

use std::ffi::OsString;
use std::os::unix::process::{CommandExt as _, ExitStatusExt as _};
use std::path::Path;
use std::process::{Command, ExitStatus};

use cliutil::{Exit, Failure, Io, Outcome};
use yaml::{Kind, Node};
use zeroize::Zeroizing;

use sops::Format;

use crate::cli::{ExecEnvArgs, ExecFileArgs};
use crate::guard::Guard;
use crate::private::PrivateFile;
use crate::{change, convert, hand_over};

/// Replaces this process by the command, with the file's top-level values in its environment.
pub(crate) fn run_env(args: &ExecEnvArgs, io: &mut Io) -> Outcome<Exit> {
    let opened = match change::open(&args.file, args.types.format(&args.file), false) {
        Ok(opened) => opened,
        Err(failure) => {
            let mut flags = args.types.words();
            flags.extend(args.pristine.then(|| "--pristine".into()));
            return by_sops("exec-env", flags, &args.file, &args.command, failure);
        }
    };
    let variables = match opened.format {
        Format::Dotenv => dotenv_variables(opened.text()?)?,
        Format::Binary => {
            return Err(Failure::new("secrets/environment", "the file is plain bytes, not variables"));
        }
        _ => variables(opened.text()?)?,
    };
    let mut command = command(&args.command);
    if args.pristine {
        command.env_clear();
    }
    command.envs(variables.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    drop(opened);
    let _ = io.stdout.flush();
    // Comes back only when it cannot be started. Signals and the exit code are the command's own.
    let error = command.exec();
    Err(Failure::new("program/start", format!("the command cannot be started: {error}")))
}

/// Runs the command with the path of a private, decrypted file in the place of `{}`.
pub(crate) fn run_file(args: &ExecFileArgs) -> Outcome<Exit> {
    let input = args.types.format(&args.file);
    let opened = match change::open(&args.file, input, false) {
        Ok(opened) => opened,
        Err(failure) => {
            let mut flags = args.types.words();
            flags.extend(args.output_type.iter().flat_map(|word| ["--output-type".into(), word.into()]));
            flags.push("--no-fifo".into());
            return by_sops("exec-file", flags, &args.file, &args.command, failure);
        }
    };
    let name = args.filename.as_ref().unwrap_or(&args.file);
    let output = args.output_type.as_deref().and_then(Format::of_word).unwrap_or(input);
    let plain = convert::convert(Zeroizing::new(opened.plain().to_vec()), input, output)?;
    drop(opened);
    let guard = Guard::new()?;
    let file = PrivateFile::new(name, &plain)?;
    drop(plain);
    let path = file.path().to_string_lossy().into_owned();
    let words: Vec<_> = args.command.iter().map(|word| word.replace("{}", &path)).collect();
    let status = guard
        .run(&mut command(&words))
        .map_err(|error| Failure::new("program/start", format!("the command cannot be started: {error}")))?;
    drop(file);
    Ok(ended(status))
}

/// The same with the sops program, where only it can open the file. It takes one line for the shell.
fn by_sops(
    command: &str,
    flags: Vec<OsString>,
    file: &Path,
    words: &[String],
    failure: Failure,
) -> Outcome<Exit> {
    let Some(why) = change::for_sops(&failure) else { return Err(failure) };
    let line = match words {
        [line] => line.clone(),
        words => shlex::try_join(words.iter().map(String::as_str))
            .map_err(|_| Failure::new("usage/command", "the command holds a NUL character"))?,
    };
    let mut all: Vec<OsString> = vec![command.into()];
    all.extend(flags);
    all.extend([file.as_os_str().to_owned(), line.into()]);
    hand_over::run(all, &why)
}

fn dotenv_variables(plain: &str) -> Outcome<Vec<(String, Zeroizing<String>)>> {
    let found = convert::variables(plain);
    let pairs = found.iter().map(|(key, value)| {
        let (key, value) = (key.as_str().unwrap_or_default(), value.as_str().unwrap_or_default());
        if key.is_empty() || value.contains('\0') {
            return Err(Failure::new("secrets/environment", format!("{key}: this cannot be a variable")));
        }
        Ok((key.to_owned(), Zeroizing::new(value.to_owned())))
    });
    pairs.collect()
}

/// One word is a line for the shell, as sops has it; several are a program and its arguments.
fn command(words: &[String]) -> Command {
    if let [line] = words {
        let mut command = Command::new("sh");
        command.arg("-c").arg(line);
        return command;
    }
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]);
    command
}

/// The child's code; a signal that ended it ends us too.
fn ended(status: ExitStatus) -> Exit {
    if let Some(signal) = status.signal() {
        let _ = signal_hook::low_level::emulate_default_handler(signal);
        return Exit::Child(u8::try_from(128 + signal).unwrap_or(u8::MAX));
    }
    match status.code() {
        Some(0) => Exit::Yes,
        Some(code) => Exit::Child(u8::try_from(code).unwrap_or(u8::MAX)),
        None => Exit::Failed,
    }
}

/// The top-level values of the first document. Null is empty text.
fn variables(plain: &str) -> Outcome<Vec<(String, Zeroizing<String>)>> {
    let stream = yaml::parse_secret(plain).map_err(|error| Failure::new(error.code, error.message))?;
    let root = stream.documents.first().map(|document| &document.root);
    let pairs = root.and_then(Node::as_mapping).unwrap_or_default();
    pairs.iter().map(|pair| variable(pair.key.as_str().unwrap_or_default(), &pair.value)).collect()
}

fn variable(name: &str, value: &Node) -> Outcome<(String, Zeroizing<String>)> {
    let refuse = |what: &str| Failure::new("secrets/environment", format!("{name}: {what}"));
    if name.is_empty() || name.contains(['=', '\0']) {
        return Err(refuse("this key cannot be the name of a variable"));
    }
    let mut node = value;
    while let Kind::Alias(target) = &node.kind {
        node = target;
    }
    if !matches!(node.kind, Kind::Scalar(..)) {
        return Err(refuse("cannot use complex value in environment")
            .with_help("only top-level text, numbers and booleans can be variables"));
    }
    let text = sops::variable_text(node).map_err(|error| refuse(&error.message))?.unwrap_or_default();
    if text.contains('\0') {
        return Err(refuse("the value holds a NUL character"));
    }
    Ok((name.to_owned(), text))
}
