//! `secrets check`: what should be encrypted and is not, who can read what, and whether it was altered.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};

use cliutil::{
    CommonArgs, Diagnostic, Exit, Failure, Io, Location, Outcome, Reporter, Source, program, unreadable,
};
use rayon::prelude::*;
use regex::bytes::Regex;
use sops::{Environment, Format, Keyring, Metadata, Plain};
use zeroize::Zeroizing;

use crate::cli::CheckArgs;
use crate::rules::Book;
use crate::{decrypt, files, hand_over};

/// Checks files and folders, or what is staged in git.
pub(crate) fn run(args: &CheckArgs, common: &CommonArgs, reporter: &Reporter, io: &mut Io) -> Outcome<Exit> {
    let environment = Environment::of_process();
    let checker = Checker {
        book: Book::load(args.config.as_deref(), &environment)?,
        keyring: if args.decrypt { Keyring::new(environment) } else { Keyring::that_never_asks(environment) },
        decrypt: args.decrypt,
    };
    let (items, staged) =
        if args.staged { (staged(&args.paths)?, true) } else { (collect(&args.paths)?, false) };
    let results: Vec<_> = items.par_iter().map(|path| checker.file(path, staged)).collect();
    let (mut findings, mut impossible, mut encrypted) = (Vec::new(), false, 0);
    for result in results {
        match result {
            Ok((found, is_encrypted)) => {
                encrypted += usize::from(is_encrypted);
                impossible |= found
                    .iter()
                    .any(|finding| ["sops/no-identity", "sops/other-keys"].contains(&finding.code));
                findings.extend(found);
            }
            Err(failure) => {
                impossible = true;
                findings.extend(failure.diagnostics);
            }
        }
    }
    reporter.show(&findings, false, io);
    if findings.is_empty() && !common.quiet && common.format == cliutil::Format::Human {
        let files = if encrypted == 1 { "file" } else { "files" };
        io.say(format!(
            "{encrypted} encrypted {files}, no secret in plain text in {} looked at",
            items.len()
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

/// The YAML, JSON, dotenv and INI files of the paths, sorted. Links are not followed, and git's own folder is left out.
pub(crate) fn collect(paths: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        let walk = walkdir::WalkDir::new(path).sort_by_file_name().into_iter();
        for entry in walk.filter_entry(|entry| entry.depth() == 0 || entry.file_name() != ".git") {
            let entry = entry.map_err(|error| {
                let place = error.path().unwrap_or(path).to_path_buf();
                let loops = || std::io::Error::other("the folder holds itself");
                unreadable(&place, &error.into_io_error().unwrap_or_else(loops))
            })?;
            // A file that was named is looked at, whatever its name.
            if entry.file_type().is_file() && (entry.depth() == 0 || is_data(entry.path())) {
                found.push(entry.path().strip_prefix(".").unwrap_or(entry.path()).to_path_buf());
            }
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// The files that a commit would change, relative to the working directory; deleted ones are left out.
fn staged(paths: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let mut args: Vec<OsString> =
        ["diff", "--cached", "--name-only", "--no-renames", "-z", "--diff-filter=ACMT", "--"]
            .map(OsString::from)
            .into();
    args.extend(paths.iter().map(|path| path.as_os_str().to_owned()));
    let listed = git(&args)?;
    // Where the working directory is in the repository: git lists from its root.
    let prefix = git(&["rev-parse".into(), "--show-prefix".into()])?;
    let prefix = prefix.strip_suffix(b"\n").unwrap_or(&prefix).to_vec();
    let up = "../".repeat(prefix.split(|byte| *byte == b'/').skip(1).count());
    let relative = |name: &[u8]| {
        let own = name.strip_prefix(prefix.as_slice()).map(<[u8]>::to_vec);
        own.unwrap_or_else(|| [up.as_bytes(), name].concat())
    };
    let names = listed.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Ok(names
        .map(|name| PathBuf::from(<OsString as std::os::unix::ffi::OsStringExt>::from_vec(relative(name))))
        .collect())
}

fn git(args: &[OsString]) -> Outcome<Vec<u8>> {
    let git = program::find("git", "needed for --staged")?;
    let ended = program::run(&git, args, b"", None)?;
    if ended.success {
        return Ok(ended.stdout);
    }
    let said = String::from_utf8_lossy(&ended.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
    Err(Failure::new("secrets/no-repository", format!("git failed: {said}")))
}

fn is_data(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str());
    matches!(extension, Some("yaml" | "yml" | "json")) || must_be_encrypted(path)
}

/// `.sops.yaml` itself is configuration.
pub(crate) fn must_be_encrypted(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let known = ["yaml", "yml", "json", "env", "ini"].iter().any(|end| name.ends_with(&format!(".{end}")));
    name.contains(".sops.") && known && name != ".sops.yaml" && name != ".sops.yml"
}

/// Whether a file was encrypted, whatever its name: what is readable in it by now counts.
fn has_block(path: &Path, text: &str) -> bool {
    // Nearly no file of a repository has one: parsing can be saved.
    text.contains("lastmodified")
        && text.contains("ENC[AES256_GCM,")
        && sops::is_encrypted(text, Format::of_name(path)).unwrap_or(false)
}

struct Checker {
    book: Book,
    keyring: Keyring,
    decrypt: bool,
}

impl Checker {
    /// What is wrong with a file, and whether it is one that must be encrypted.
    fn file(&self, path: &Path, staged: bool) -> Outcome<(Vec<Diagnostic>, bool)> {
        let bytes = if staged {
            // Relative to the working directory.
            let mut object = OsString::from(":./");
            object.push(path);
            git(&["cat-file".into(), "blob".into(), object])?
        } else {
            cliutil::read_file_bytes(path)?
        };
        if !is_data(path) && !std::str::from_utf8(&bytes).is_ok_and(|text| has_block(path, text)) {
            return Ok((private_key(path, &bytes).into_iter().collect(), false));
        }
        let source = files::secret(cliutil::decode(&path.display().to_string(), bytes)?);
        // It may stand in a comment of an encrypted file too.
        let key = private_key(path, source.text().as_bytes());
        if must_be_encrypted(path) || has_block(path, source.text()) {
            return Ok((self.encrypted_file(path, &source).into_iter().chain(key).collect(), true));
        }
        Ok((other_file(&source).into_iter().chain(key).collect(), false))
    }

    fn encrypted_file(&self, path: &Path, source: &Arc<Source>) -> Vec<Diagnostic> {
        let fail = |error: sops::Error| match error.code {
            "sops/not-encrypted" => Diagnostic::error("secrets/not-encrypted", "the file is not encrypted")
                .in_file(source.name())
                .with_help(format!("encrypt it with `secrets encrypt -i {}`", source.name())),
            _ => files::diagnostic(source, error),
        };
        let format = Format::of_name(path);
        if format == Format::Ini {
            return match sops::audit_ini(source.text()) {
                Err(error) => vec![fail(error)],
                Ok(plain) if !plain.is_empty() => {
                    vec![plain_values(source, &plain, "the file is encrypted, but")]
                }
                Ok(_) => self.integrity(path, source),
            };
        }
        match sops::audit(source.text(), format) {
            Err(error) => vec![fail(error)],
            Ok((_, plain)) if !plain.is_empty() => {
                vec![plain_values(source, &plain, "the file is encrypted, but")]
            }
            Ok((metadata, _)) => {
                let drift = self.drift(path, &metadata, source);
                drift.into_iter().chain(self.integrity(path, source)).collect()
            }
        }
    }

    /// That a file's recipients are not those that the configuration has for it.
    fn drift(&self, path: &Path, metadata: &Metadata, source: &Source) -> Option<Diagnostic> {
        let rule = self.book.rule_if_any(path).filter(|rule| !hand_over::is_needed(rule))?;
        let recipients = |of: &mut dyn Iterator<Item = String>| of.collect::<std::collections::BTreeSet<_>>();
        let has = recipients(&mut metadata.recipients().map(str::to_owned));
        let wanted = recipients(&mut rule.groups.iter().flatten().filter_map(|key| match key {
            sops::MasterKey::Age(text) => Some(text.clone()),
            sops::MasterKey::Other(_) => None,
        }));
        if wanted.is_empty() || has == wanted && metadata.other_keys().is_empty() {
            return None;
        }
        let list = |of: Vec<&String>| of.into_iter().map(|r| sops::shorten(r)).collect::<Vec<_>>().join(", ");
        let (more, less) =
            (has.difference(&wanted).collect::<Vec<_>>(), wanted.difference(&has).collect::<Vec<_>>());
        let mut words = Vec::new();
        if !more.is_empty() {
            words.push(format!("it can be read by {}, who is not in .sops.yaml", list(more)));
        }
        if !less.is_empty() {
            words.push(format!("it cannot be read by {}", list(less)));
        }
        if !metadata.other_keys().is_empty() {
            words.push(format!("it has other keys ({})", metadata.other_keys().join(", ")));
        }
        Some(
            Diagnostic::error(
                "secrets/recipients",
                format!("the recipients differ from .sops.yaml: {}", words.join("; ")),
            )
            .in_file(source.name())
            .with_help(format!("make them equal with `secrets updatekeys {}`", source.name())),
        )
    }

    /// That a file cannot be decrypted, or was altered. Without a fitting key nothing is known, which is fine unless
    /// --decrypt asks.
    fn integrity(&self, path: &Path, source: &Arc<Source>) -> Vec<Diagnostic> {
        if !self.decrypt && self.keyring.is_empty() {
            return Vec::new();
        }
        let opened = decrypt::open(source.text(), Format::of_name(path), &self.keyring, false);
        let Err(error) = opened else { return Vec::new() };
        match error.code {
            "sops/no-identity" | "sops/other-keys" | "sops/ini" if !self.decrypt => Vec::new(),
            "sops/other-keys" | "sops/ini" => {
                let text = hand_over::Text::new(source.name(), path, source.text().as_bytes());
                let opened = hand_over::decrypt(&text, false, None, &error.message).map(Zeroizing::new);
                let reasons = opened.err().map(|failure| failure.diagnostics).unwrap_or_default();
                // That the program is missing names the file already.
                let named = |reason: Diagnostic| match reason.code {
                    "sops/other-keys" => reason,
                    _ => reason.in_file(source.name()),
                };
                reasons.into_iter().map(named).collect()
            }
            _ => vec![files::diagnostic(source, error)],
        }
    }
}

/// A file that need not be encrypted as a whole must not hold a Secret. What is no YAML is not ours to judge.
fn other_file(source: &Arc<Source>) -> Option<Diagnostic> {
    let plain = sops::plain_secrets(source.text()).ok()?;
    let first = plain.first()?;
    let what = if first.bundle {
        "a Talos secrets bundle stands in plain text:"
    } else {
        "a Secret stands in plain text:"
    };
    Some(
        plain_values(source, &plain, what)
            .with_help("name the file *.sops.yaml and encrypt it, so that no secret is committed readable"),
    )
}

/// An age identity that anybody could read.
fn private_key(path: &Path, bytes: &[u8]) -> Option<Diagnostic> {
    static KEY: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new("AGE-SECRET-KEY-(PQ-)?1[02-9AC-HJ-NP-Z]{50,}").ok());
    let found = KEY.as_ref()?.find(bytes)?;
    let line = bytes[..found.start()].split(|byte| *byte == b'\n').count();
    Some(
        Diagnostic::error(
            "secrets/private-key",
            format!("a private age key stands in plain text on line {line}"),
        )
        .in_file(path.display().to_string())
        .with_help("take it out: who has it can read every file that is encrypted for it"),
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
