//! `secrets edit`: the plain text in the person's editor, encrypted again when it changed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use cliutil::{CommonArgs, Exit, Failure, Io, Outcome, Reporter, WriteOptions, program};
use sops::{Environment, Format};

use crate::cli::EditArgs;
use crate::private::PrivateFile;
use crate::{ask, change, encrypt, files, hand_over, rules};

/// What a new file begins with.
fn template(format: Format) -> &'static str {
    match format {
        Format::Yaml => "hello: Welcome to SOPS! Edit this file as you please!\nexample_key: example_value\n",
        Format::Json => "{\n\t\"hello\": \"Welcome to SOPS! Edit this file as you please!\"\n}\n",
        Format::Dotenv => "hello=Welcome to SOPS! Edit this file as you please!\n",
        Format::Binary | Format::Ini => "Welcome to SOPS! Edit this file as you please!\n",
    }
}

/// Edits a file. A file that does not exist begins as a template.
pub(crate) fn run(args: &EditArgs, common: &CommonArgs, reporter: &Reporter, io: &mut Io) -> Outcome<Exit> {
    let editor = editor(&Environment::of_process())?;
    if !args.file.exists() {
        return new_file(args, &editor, common, reporter, io);
    }
    let format = args.types.format(&args.file);
    let opened = match change::open(&args.file, format, args.ignore_mac) {
        Ok(opened) => opened,
        Err(failure) => match change::for_sops(&failure) {
            Some(why) => {
                let mut words = vec!["edit".into()];
                words.extend(args.types.words());
                words.push(args.file.as_os_str().to_owned());
                return hand_over::run(words, &why);
            }
            None => return Err(failure),
        },
    };
    let copy = PrivateFile::new(&args.file, opened.plain())?;
    let before = zeroize::Zeroizing::new(opened.plain().to_vec());
    let Some(plain) = edited(&editor, &copy, (&args.file, format), &before)? else {
        say_unchanged(args, common, io);
        return Ok(Exit::Yes);
    };
    change::encrypt_back(opened, &plain, common, reporter, io)?;
    Ok(Exit::Yes)
}

fn new_file(
    args: &EditArgs,
    editor: &[OsString],
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<Exit> {
    let book = rules::Book::load(args.rules.config.as_deref(), &Environment::of_process())?;
    let rule = book.rule(&args.rules, &args.file)?;
    if !common.quiet {
        reporter.show(book.notes(), true, io);
    }
    let format = args.types.format(&args.file);
    let template = template(format).as_bytes();
    let copy = PrivateFile::new(&args.file, template)?;
    let Some(plain) = edited(editor, &copy, (&args.file, format), template)? else {
        say_unchanged(args, common, io);
        return Ok(Exit::Yes);
    };
    let name = args.file.display().to_string();
    let text = if hand_over::is_needed(&rule) {
        let text = hand_over::Text::new(&name, &args.file, &plain);
        files::utf8(hand_over::encrypt(&args.rules, &text)?)?
    } else if format == Format::Binary {
        sops::encrypt_binary(&plain, &rule, &encrypt::now())
            .map_err(|error| files::plain_failure(&name, error))?
    } else {
        let source = files::text(&name, plain)?;
        let made = sops::encrypt_as(source.text(), format, &rule, &encrypt::now());
        made.map_err(|error| files::failure(&source, error))?.text
    };
    let options = WriteOptions { create_new: true, ..WriteOptions::synced() };
    cliutil::write_atomic(&args.file, text.as_bytes(), options)?;
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
    (name, format): (&Path, Format),
    before: &[u8],
) -> Outcome<Option<zeroize::Zeroizing<Vec<u8>>>> {
    loop {
        start(editor, copy.path())?;
        let plain = copy.read()?;
        if plain.as_slice() == before {
            return Ok(None);
        }
        match check(&plain, format) {
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

fn check(plain: &[u8], format: Format) -> Result<(), String> {
    if format == Format::Binary {
        return Ok(());
    }
    let plain = std::str::from_utf8(plain).map_err(|_| "it is not UTF-8 text".to_owned())?;
    let line = |at: usize| plain[..at.min(plain.len())].matches('\n').count() + 1;
    sops::check_plain(plain, format).map_err(|error| match error.span {
        Some(span) => format!("line {}: {}", line(span.start), error.message),
        None => error.message,
    })?;
    if format != Format::Yaml {
        return Ok(());
    }
    let stream = yaml::parse_secret(plain)
        .map_err(|error| format!("line {}: {}", line(error.span.start), error.message))?;
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
