//! `secrets edit`: the plain text in the person's editor, encrypted again when it changed.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use cliutil::{CommonArgs, Exit, Failure, Io, Outcome, Reporter, WriteOptions, program};
use sops::{Environment, Format, Rule};
use zeroize::Zeroizing;

use crate::cli::EditArgs;
use crate::session::{self, Session};
use crate::{change, encrypt, files, hand_over, rules};

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
    args.kept.check(args.types.format(&args.file))?;
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
    let mut before = Zeroizing::new(opened.plain().to_vec());
    // What is put below the last line must not become a part of it.
    if format != Format::Binary && before.last().is_some_and(|last| *last != b'\n') {
        before.push(b'\n');
    }
    let readers = Rule { groups: vec![opened.group()], ..Rule::default() };
    let session = Session {
        editor: &editor,
        file: &args.file,
        format,
        before: &before,
        shelter: &|plain| shelter(plain, &readers, args),
    };
    let saved = session.run(|plain| {
        if !opened.is_unchanged_on_disk() {
            return Err(changed_meanwhile(&args.file));
        }
        change::encrypt_back(&opened, plain, common, reporter, io)
    })?;
    say_whether(saved, args, common, io);
    Ok(Exit::Yes)
}

fn changed_meanwhile(file: &Path) -> Failure {
    Failure::new(
        session::CHANGED_MEANWHILE,
        format!("{}: the file was changed while it was edited; it is left as it is now", file.display()),
    )
}

/// A text as encrypted bytes, for those who can read the file.
fn shelter(plain: &[u8], readers: &Rule, args: &EditArgs) -> Outcome<Vec<u8>> {
    let name = args.file.display().to_string();
    if hand_over::is_needed(readers) {
        let mut text = hand_over::Text::new(&name, &args.file, plain);
        (text.input, text.output) = (Format::Binary, Format::Binary);
        return hand_over::encrypt(&args.rules, &text);
    }
    let made = sops::encrypt_binary(plain, readers, &encrypt::now());
    made.map(String::into_bytes).map_err(|error| files::plain_failure(&name, error))
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
    // Whom it is for must be known before somebody types.
    encrypted(args, &rule, format, template(format).as_bytes())?;
    let session = Session {
        editor,
        file: &args.file,
        format,
        before: template(format).as_bytes(),
        shelter: &|plain| shelter(plain, &rule, args),
    };
    let saved = session.run(|plain| {
        if args.file.exists() {
            return Err(changed_meanwhile(&args.file));
        }
        let text = encrypted(args, &rule, format, plain)?;
        let options = WriteOptions { create_new: true, ..WriteOptions::synced() };
        cliutil::write_atomic(&args.file, text.as_bytes(), options)
    })?;
    say_whether(saved, args, common, io);
    Ok(Exit::Yes)
}

fn encrypted(args: &EditArgs, rule: &Rule, format: Format, plain: &[u8]) -> Outcome<String> {
    let name = args.file.display().to_string();
    if hand_over::is_needed(rule) {
        let text = hand_over::Text::new(&name, &args.file, plain);
        return files::utf8(hand_over::encrypt(&args.rules, &text)?);
    }
    if format == Format::Binary {
        return sops::encrypt_binary(plain, rule, &encrypt::now())
            .map_err(|error| files::plain_failure(&name, error));
    }
    let source = files::text(&name, Zeroizing::new(plain.to_vec()))?;
    let made = sops::encrypt_as(source.text(), format, rule, &encrypt::now());
    Ok(made.map_err(|error| files::failure(&source, error))?.text)
}

fn say_whether(saved: bool, args: &EditArgs, common: &CommonArgs, io: &mut Io) {
    if !saved && !common.quiet {
        io.say(format!("{}: not changed", args.file.display()));
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
