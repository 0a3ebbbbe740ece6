//! `secrets diff`: what changed between two versions of an encrypted file, and the text conversion for git.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use cliutil::{Exit, Io, Outcome};
use sops::{Environment, Format, Keyring};
use yaml::Value;
use zeroize::Zeroizing;

use crate::cli::DiffArgs;
use crate::decrypt::{self, utf8};
use crate::{files, hand_over};

/// Compares two files, or prints one as git's text conversion.
pub(crate) fn run(args: &DiffArgs, io: &mut Io) -> Outcome<Exit> {
    let keyring = Keyring::new(Environment::of_process());
    let old = plain(&args.old, &keyring)?;
    let Some(path) = &args.new else {
        return io.write_out(&old).map(|()| Exit::Yes);
    };
    let new = plain(path, &keyring)?;
    let format = Format::of_name(&args.old);
    if format == Format::Binary || Format::of_name(path) == Format::Binary {
        let same = old == new;
        return Ok(if same {
            Exit::Yes
        } else {
            io.write_out("the contents differ\n")?;
            Exit::No
        });
    }
    let (old, new) = (utf8(&old)?, utf8(&new)?);
    let text = if args.reveal {
        unified(args, path, old, new)
    } else {
        paths(&flat(old, format)?, &flat(new, Format::of_name(path))?)
    };
    io.write_out(text.as_bytes())?;
    Ok(if text.is_empty() { Exit::Yes } else { Exit::No })
}

/// The plain text of a file; a file that is not encrypted is its own.
fn plain(path: &Path, keyring: &Keyring) -> Outcome<Zeroizing<Vec<u8>>> {
    let bytes = Zeroizing::new(cliutil::read_file_bytes(path)?);
    if std::str::from_utf8(&bytes).is_err() {
        return Ok(bytes);
    }
    let source = files::text(&path.display().to_string(), bytes)?;
    // git gives the versions of a file other names, which end as the file's does.
    match decrypt::open(source.text(), Format::of_name(path), keyring, false) {
        Ok((plain, _)) => Ok(plain),
        Err(error)
            if matches!(error.code, "sops/not-encrypted" | "sops/json" | "sops/root" | "sops/empty") =>
        {
            Ok(Zeroizing::new(source.text().as_bytes().to_vec()))
        }
        Err(error) if error.code == "sops/other-keys" => {
            let text = hand_over::Text::new(source.name(), path, source.text().as_bytes());
            hand_over::decrypt(&text, false, None, &error.message).map(Zeroizing::new)
        }
        Err(error) => Err(files::failure(&source, error)),
    }
}

fn unified(args: &DiffArgs, new_path: &Path, old: &str, new: &str) -> Zeroizing<String> {
    let names = (args.old.display().to_string(), new_path.display().to_string());
    let diff = similar::TextDiff::from_lines(old, new);
    Zeroizing::new(diff.unified_diff().header(&names.0, &names.1).to_string())
}

/// One line for each path that differs; values are compared, not shown.
fn paths(old: &Flat, new: &Flat) -> Zeroizing<String> {
    let mut out = Zeroizing::new(String::new());
    let all: std::collections::BTreeSet<_> = old.keys().chain(new.keys()).collect();
    for path in all {
        let mark = match (old.get(path), new.get(path)) {
            (Some(a), Some(b)) if a == b => continue,
            (Some(_), Some(_)) => '~',
            (Some(_), None) => '-',
            (None, _) => '+',
        };
        let _ = writeln!(out, "{mark} {path}");
    }
    out
}

/// Scalars and empty collections by their path.
type Flat = BTreeMap<String, Zeroizing<Value>>;

fn flat(text: &str, format: Format) -> Outcome<Flat> {
    let mut documents = crate::convert::documents(text.as_bytes(), format)?;
    let mut found = BTreeMap::new();
    let several = documents.len() > 1;
    for (number, document) in std::mem::take(&mut *documents).into_iter().enumerate() {
        let lead = if several { format!("document {}: ", number + 1) } else { String::new() };
        collect(&lead, document, &mut found);
    }
    Ok(found)
}

fn collect(path: &str, value: Value, found: &mut Flat) {
    match value {
        Value::Mapping(mapping) if !mapping.is_empty() => {
            for (key, value) in mapping {
                let key = match &key {
                    Value::String(key) => format!("{key:?}"),
                    other => format!("{other:?}"),
                };
                collect(&format!("{path}[{key}]"), value, found);
            }
        }
        Value::Sequence(items) if !items.is_empty() => {
            for (index, item) in items.into_iter().enumerate() {
                collect(&format!("{path}[{index}]"), item, found);
            }
        }
        value => {
            found.insert(path.to_owned(), Zeroizing::new(value));
        }
    }
}
