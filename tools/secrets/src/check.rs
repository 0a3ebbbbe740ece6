//! `secrets check`: what should be encrypted and is not.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{CommonArgs, Diagnostic, Exit, Failure, Io, Location, Outcome, Reporter, Source};
use sops::{Environment, Keyring, Plain};

use crate::cli::CheckArgs;
use crate::files;

/// Checks files and folders.
pub(crate) fn run(args: &CheckArgs, common: &CommonArgs, reporter: &Reporter, io: &mut Io) -> Outcome<Exit> {
    let paths = collect(&args.paths)?;
    let keyring = args.decrypt.then(|| Keyring::new(Environment::of_process()));
    let mut findings = Vec::new();
    let mut impossible = false;
    let mut encrypted = 0;
    for path in &paths {
        let source = match cliutil::read_file(path) {
            Ok(source) => files::secret(source),
            Err(failure) => {
                impossible = true;
                findings.extend(failure.diagnostics);
                continue;
            }
        };
        let finding = if must_be_encrypted(path) {
            encrypted += 1;
            encrypted_file(&source, keyring.as_ref())
        } else {
            other_file(&source)
        };
        impossible |= finding.as_ref().is_some_and(|finding| finding.code == "sops/no-identity");
        findings.extend(finding);
    }
    reporter.show(&findings, false, io);
    if findings.is_empty() && !common.quiet && common.format == cliutil::Format::Human {
        let files = if encrypted == 1 { "file" } else { "files" };
        io.say(format!(
            "{encrypted} encrypted {files}, no secret in plain text in {} looked at",
            paths.len()
        ));
    }
    Ok(if impossible {
        Exit::Failed
    } else if findings.is_empty() {
        Exit::Yes
    } else {
        Exit::No
    })
}

/// The YAML and JSON files of the paths, sorted. Links are not followed, and git's own folder is left out.
pub(crate) fn collect(paths: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        let walk = walkdir::WalkDir::new(path).sort_by_file_name().into_iter();
        for entry in walk.filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git") {
            let entry = entry.map_err(|error| {
                let place = error.path().unwrap_or(path).display().to_string();
                match error.io_error().map(std::io::Error::kind) {
                    Some(std::io::ErrorKind::NotFound) => {
                        Failure::new("io/missing", format!("{place}: no such file"))
                    }
                    _ => Failure::new("io/read", format!("{place}: cannot be read")),
                }
            })?;
            if entry.file_type().is_file() && is_data(entry.path()) {
                found.push(entry.path().strip_prefix(".").unwrap_or(entry.path()).to_path_buf());
            }
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

fn is_data(path: &Path) -> bool {
    matches!(path.extension().and_then(|extension| extension.to_str()), Some("yaml" | "yml" | "json"))
}

/// `.sops.yaml` itself is configuration.
pub(crate) fn must_be_encrypted(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.contains(".sops.") && name != ".sops.yaml" && name != ".sops.yml"
}

fn encrypted_file(source: &Arc<Source>, keyring: Option<&Keyring>) -> Option<Diagnostic> {
    let fail = |error: sops::Error| match error.code {
        "sops/not-encrypted" => Diagnostic::error("secrets/not-encrypted", "the file is not encrypted")
            .in_file(source.name())
            .with_help(format!("encrypt it with `secrets encrypt -i {}`", source.name())),
        _ => files::diagnostic(source, error),
    };
    match sops::audit(source.text()) {
        Err(error) => Some(fail(error)),
        Ok((_, plain)) if !plain.is_empty() => {
            Some(plain_values(source, &plain, "the file is encrypted, but"))
        }
        Ok(_) => {
            let keyring = keyring?;
            sops::decrypt(source.text(), keyring, false).err().map(fail)
        }
    }
}

/// A file that need not be encrypted as a whole must not hold a Secret. What is no YAML is not ours to judge.
fn other_file(source: &Arc<Source>) -> Option<Diagnostic> {
    let plain = sops::plain_secrets(source.text()).ok()?;
    if plain.is_empty() {
        return None;
    }
    Some(
        plain_values(source, &plain, "a Secret stands in plain text:")
            .with_help("name the file *.sops.yaml and encrypt it, so that no secret is committed readable"),
    )
}

fn plain_values(source: &Arc<Source>, plain: &[Plain], what: &str) -> Diagnostic {
    let first = &plain[0];
    let more = match plain.len() {
        1 => String::new(),
        2 => " and one more value".to_owned(),
        count => format!(" and {} more values", count - 1),
    };
    let verb = if plain.len() == 1 { "is" } else { "are" };
    Diagnostic::error("secrets/plain-text", format!("{what} {}{more} {verb} readable", first.path))
        .at(Location::new(source, first.span.range()))
}
