//! `secrets diff`: what changed between two versions of an encrypted file, and the text conversion for git.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use cliutil::{Exit, Failure, Io, Outcome};
use sops::{Environment, Keyring};
use yaml::{Dialect, Value};
use zeroize::Zeroizing;

use crate::cli::DiffArgs;
use crate::files;

/// Compares two files, or prints one as git's text conversion.
pub(crate) fn run(args: &DiffArgs, io: &mut Io) -> Outcome<Exit> {
    let keyring = Keyring::new(Environment::of_process());
    let old = plain(&args.old, &keyring)?;
    let Some(path) = &args.new else {
        return io.write_out(old.as_bytes()).map(|()| Exit::Yes);
    };
    let new = plain(path, &keyring)?;
    let text = if args.reveal { unified(args, path, &old, &new) } else { paths(&old, &new)? };
    io.write_out(text.as_bytes())?;
    Ok(if text.is_empty() { Exit::Yes } else { Exit::No })
}

/// The plain text of a file; a file that is not encrypted is its own.
fn plain(path: &Path, keyring: &Keyring) -> Outcome<Zeroizing<String>> {
    let source = files::secret(cliutil::read_file(path)?);
    match sops::decrypt(source.text(), keyring, false) {
        Ok(decrypted) => Ok(decrypted.text),
        Err(error) if error.code == "sops/not-encrypted" => Ok(Zeroizing::new(source.text().to_owned())),
        Err(error) => Err(files::failure(&source, error)),
    }
}

fn unified(args: &DiffArgs, new_path: &Path, old: &str, new: &str) -> Zeroizing<String> {
    let names = (args.old.display().to_string(), new_path.display().to_string());
    let diff = similar::TextDiff::from_lines(old, new);
    Zeroizing::new(diff.unified_diff().header(&names.0, &names.1).to_string())
}

/// One line for each path that differs; values are compared, not shown.
fn paths(old: &str, new: &str) -> Outcome<Zeroizing<String>> {
    let (old, new) = (flat(old)?, flat(new)?);
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
    Ok(out)
}

/// Scalars and empty collections by their path.
fn flat(text: &str) -> Outcome<BTreeMap<String, Value>> {
    let documents =
        yaml::load(text, Dialect::GoYamlV3).map_err(|error| Failure::new(error.code, error.message))?;
    let mut found = BTreeMap::new();
    let several = documents.len() > 1;
    for (number, document) in documents.into_iter().enumerate() {
        let lead = if several { format!("document {}: ", number + 1) } else { String::new() };
        collect(&lead, document, &mut found);
    }
    Ok(found)
}

fn collect(path: &str, value: Value, found: &mut BTreeMap<String, Value>) {
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
            found.insert(path.to_owned(), value);
        }
    }
}
