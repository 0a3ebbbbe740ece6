//! `secrets edit`: the plain text in the person's editor, encrypted again when it changed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use cliutil::{CommonArgs, Exit, Failure, Io, Outcome, Reporter, Source, WriteOptions, program};
use sops::Environment;

use crate::cli::EditArgs;
use crate::private::PrivateFile;
use crate::{ask, change, encrypt, files, rules};

/// What a new file begins with.
const TEMPLATE: &str = "hello: Welcome to SOPS! Edit this file as you please!\nexample_key: example_value\n";

/// Edits a file. A file that does not exist begins as a template.
pub(crate) fn run(args: &EditArgs, common: &CommonArgs, reporter: &Reporter, io: &mut Io) -> Outcome<Exit> {
    let editor = editor(&Environment::of_process())?;
    if !args.file.exists() {
        return new_file(args, &editor, common, reporter, io);
    }
    let opened = change::open(&args.file, args.ignore_mac)?;
    let copy = PrivateFile::new(&args.file, opened.file.plain().as_bytes())?;
    let before = opened.file.plain().to_owned();
    let before = zeroize::Zeroizing::new(before);
    let Some(plain) = edited(&editor, &copy, &args.file, &before)? else {
        say_unchanged(args, common, io);
        return Ok(Exit::Yes);
    };
    change::encrypt_back(&args.file, opened, &plain, common, reporter, io)?;
    Ok(Exit::Yes)
}

fn new_file(
    args: &EditArgs,
    editor: &[OsString],
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<Exit> {
    encrypt::only_yaml(&args.file)?;
    let resolved = rules::resolve(&args.rules, &args.file, &Environment::of_process())?;
    if !common.quiet {
        reporter.show(&resolved.notes, true, io);
    }
    let copy = PrivateFile::new(&args.file, TEMPLATE.as_bytes())?;
    let Some(plain) = edited(editor, &copy, &args.file, TEMPLATE)? else {
        say_unchanged(args, common, io);
        return Ok(Exit::Yes);
    };
    let source = files::secret(Source::new(args.file.display().to_string(), plain.as_str()));
    let made = sops::encrypt(&plain, &resolved.rule, &encrypt::now())
        .map_err(|error| files::failure(&source, error))?;
    let options = WriteOptions { create_new: true, ..WriteOptions::synced() };
    cliutil::write_atomic(&args.file, made.text.as_bytes(), options)?;
    Ok(Exit::Yes)
}

fn say_unchanged(args: &EditArgs, common: &CommonArgs, io: &mut Io) {
    if !common.quiet {
        io.say(format!("{}: not changed", args.file.display()));
    }
}

/// Runs the editor until the text can be encrypted; none when it was not changed.
fn edited(
    editor: &[OsString],
    copy: &PrivateFile,
    name: &Path,
    before: &str,
) -> Outcome<Option<zeroize::Zeroizing<String>>> {
    loop {
        start(editor, copy.path())?;
        let plain = copy.read()?;
        if plain.as_str() == before {
            return Ok(None);
        }
        match check(&plain) {
            Ok(()) => return Ok(Some(plain)),
            // The person has the text before them: the place is enough.
            Err(words) => {
                let question = format!(
                    "{}: {words}\nPress Enter to open it again, or type q to give up: ",
                    name.display()
                );
                if ask::line(&question).map_err(|_| given_up(&words))?.trim().eq_ignore_ascii_case("q") {
                    return Err(given_up(&words));
                }
            }
        }
    }
}

fn given_up(words: &str) -> Failure {
    Failure::new(
        "secrets/edit",
        format!("the edited text cannot be used ({words}); the file stays as it was"),
    )
}

fn check(plain: &str) -> Result<(), String> {
    let line = |at: usize| plain[..at.min(plain.len())].matches('\n').count() + 1;
    let stream =
        yaml::parse(plain).map_err(|error| format!("line {}: {}", line(error.span.start), error.message))?;
    if let Some(error) = yaml::check_duplicates(&stream, yaml::Dialect::GoYamlV3).first() {
        return Err(format!("line {}: {}", line(error.span.start), error.message));
    }
    match stream.documents.first() {
        None => Err("it holds no document".to_owned()),
        Some(first) if first.root.as_mapping().is_none() && !first.root.is_missing() => {
            Err(format!("line 1: a mapping is expected, not {}", first.root.kind_name()))
        }
        Some(_) => Ok(()),
    }
}

fn start(editor: &[OsString], path: &Path) -> Outcome<()> {
    let failed = |what: String| Failure::new("secrets/editor", what);
    let mut args = editor[1..].to_vec();
    args.push(path.into());
    let status = std::process::Command::new(&editor[0])
        .args(args)
        .status()
        .map_err(|error| failed(format!("the editor cannot be started: {error}")))?;
    if status.success() {
        Ok(())
    } else {
        Err(failed(format!("the editor failed ({status}); the file stays as it was")))
    }
}

/// SOPS_EDITOR, EDITOR (split into words, no shell), else the first editor found.
fn editor(environment: &Environment) -> Outcome<Vec<OsString>> {
    for name in ["SOPS_EDITOR", "EDITOR"] {
        let Some(text) = environment.text(name).filter(|text| !text.trim().is_empty()) else { continue };
        let words = shlex::split(text).filter(|words| !words.is_empty());
        let words = words
            .ok_or_else(|| Failure::new("secrets/editor", format!("{name} cannot be split into words")))?;
        let program: PathBuf = program::find(&words[0], &format!("{name} names it"))?;
        return Ok(std::iter::once(program.into()).chain(words[1..].iter().map(OsString::from)).collect());
    }
    let found = ["vim", "nano", "vi"].into_iter().find_map(|name| program::find(name, "").ok());
    found
        .map(|program| vec![program.into()])
        .ok_or_else(|| Failure::new("secrets/editor", "no editor was found").with_help("name one in EDITOR"))
}
