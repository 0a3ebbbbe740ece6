//! `secrets set` and `secrets unset`: one value of an encrypted file.

use cliutil::{CommonArgs, Exit, Failure, Io, Outcome, ReadOptions, Reporter};
use yaml::Value;
use zeroize::Zeroizing;

use crate::cli::{SetArgs, UnsetArgs};
use crate::{change, extract, hand_over, patch};

/// Sets a value.
pub(crate) fn run_set(
    args: &SetArgs,
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<Exit> {
    let path = extract::parse(&args.path)?;
    let json = value_text(args, io)?;
    let value = parse(&json)?;
    let format = args.types.format(&args.file);
    args.kept.check(format)?;
    let opened = match change::open(&args.file, format, args.ignore_mac) {
        Ok(opened) => opened,
        Err(failure) => return hand_over_set(args, &json, failure),
    };
    let plain = patch::set_in(opened.text()?, opened.format, &path, &value)?;
    change::encrypt_back(&opened, plain.as_bytes(), common, reporter, io)?;
    Ok(Exit::Yes)
}

/// The same with the sops program; the value goes through a private file.
fn hand_over_set(args: &SetArgs, json: &str, failure: Failure) -> Outcome<Exit> {
    let Some(why) = change::for_sops(&failure) else { return Err(failure) };
    let value = crate::private::PrivateFile::new(std::path::Path::new("value.json"), json.as_bytes())?;
    let mut words: Vec<std::ffi::OsString> = vec!["set".into()];
    words.extend(args.types.words());
    words.extend(args.idempotent.then(|| "--idempotent".into()));
    words.push("--value-file".into());
    words.extend([args.file.as_os_str().to_owned(), (&args.path).into(), value.path().into()]);
    hand_over::run(words, &why)
}

/// Removes a value.
pub(crate) fn run_unset(
    args: &UnsetArgs,
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<Exit> {
    let path = extract::parse(&args.path)?;
    let format = args.types.format(&args.file);
    args.kept.check(format)?;
    let opened = match change::open(&args.file, format, args.ignore_mac) {
        Ok(opened) => opened,
        Err(failure) => match change::for_sops(&failure) {
            Some(why) => {
                let mut words: Vec<std::ffi::OsString> = vec!["unset".into()];
                words.extend(args.types.words());
                words.extend(args.idempotent.then(|| "--idempotent".into()));
                words.extend([args.file.as_os_str().to_owned(), (&args.path).into()]);
                return hand_over::run(words, &why);
            }
            None => return Err(failure),
        },
    };
    match patch::unset_in(opened.text()?, opened.format, &path)? {
        Some(plain) => {
            change::encrypt_back(&opened, plain.as_bytes(), common, reporter, io)?;
            Ok(Exit::Yes)
        }
        None if args.idempotent => Ok(Exit::Yes),
        None => Err(Failure::new("secrets/path", format!("{}: nothing stands at this path", args.path))
            .with_help("--idempotent accepts that")),
    }
}

fn value_text(args: &SetArgs, io: &mut Io) -> Outcome<Zeroizing<String>> {
    if args.value_stdin {
        let source = cliutil::read_input(io, std::path::Path::new("-"), ReadOptions::default())?;
        return Ok(Zeroizing::new(source.text().to_owned()));
    }
    match &args.value {
        Some(path) if args.value_file => {
            let source = cliutil::read_file(std::path::Path::new(path))?;
            Ok(Zeroizing::new(source.text().to_owned()))
        }
        Some(value) => Ok(Zeroizing::new(value.clone())),
        None => {
            Err(Failure::new("usage/value", "no value is given").with_help("pipe it in with --value-stdin"))
        }
    }
}

/// JSON, as sops takes it.
fn parse(json: &str) -> Outcome<Value> {
    let value = serde_json::from_str::<serde_json::Value>(json);
    value.map(Value::from).map_err(|error| {
        // The parser's words name places, not values.
        let place = format!("line {}, column {}", error.line(), error.column());
        Failure::new("usage/value", format!("the value is not JSON ({place})"))
            .with_help("text needs double quotes: '\"text\"'")
    })
}
