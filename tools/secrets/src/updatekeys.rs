//! `secrets updatekeys`: makes the recipients of files what `.sops.yaml` says, without a new data key.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cliutil::{CommonArgs, Diagnostic, Exit, Failure, Io, Outcome, Reporter, WriteOptions};
use rayon::prelude::*;
use sops::{Envelope, Environment, Format, Keyring, Rule};

use crate::check::{collect, must_be_encrypted};
use crate::cli::UpdatekeysArgs;
use crate::rules::Book;
use crate::{ask, change, files, hand_over};

/// A file whose recipients are to change.
struct Pending {
    path: PathBuf,
    text: String,
    words: String,
}

/// Updates files, all or none: nothing is written when one cannot be.
pub(crate) fn run(
    args: &UpdatekeysArgs,
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<Exit> {
    let environment = Environment::of_process();
    let book = Book::load(args.config.as_deref(), &environment)?;
    let keyring = Keyring::new(environment);
    let (mut pending, mut failures, mut said, mut handed) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let paths = encrypted_files(&args.paths)?;
    let planned: Vec<_> =
        paths.par_iter().map(|path| plan(path, args.types.format(path), &book, &keyring)).collect();
    for (path, planned) in paths.iter().zip(planned) {
        match planned {
            Ok((change, notes)) => {
                if change.is_none() && !common.quiet {
                    io.say(format!("{}: already up to date", path.display()));
                }
                pending.extend(change);
                said.extend(notes);
            }
            Err(failure) => match change::for_sops(&failure) {
                Some(why) => handed.push((path, why)),
                None => failures.extend(failure.diagnostics),
            },
        }
    }
    if !failures.is_empty() {
        return Err(failures.into());
    }
    if !common.quiet {
        reporter.show(&said, true, io);
    }
    for change in &pending {
        io.say(change.words.trim_end());
    }
    if args.dry_run {
        for (path, _) in &handed {
            io.say(format!("{}: left to the sops program, which has no dry run", path.display()));
        }
        return Ok(if pending.is_empty() { Exit::Yes } else { Exit::No });
    }
    if let Some((_, why)) = handed.first() {
        // Nothing is written when a part of it cannot be done.
        hand_over::find(why)?;
    }
    if pending.is_empty() || args.yes || ask::yes("Is this okay?")? {
        let files: Vec<_> =
            pending.iter().map(|change| (change.path.as_path(), change.text.as_bytes())).collect();
        cliutil::write_all(&files, WriteOptions::synced())?;
    }
    // sops writes its files by itself, and asks for each.
    for (path, why) in handed {
        hand_over::run(words(args, path), &why)?;
    }
    Ok(Exit::Yes)
}

/// The same for the sops program.
fn words(args: &UpdatekeysArgs, path: &Path) -> Vec<std::ffi::OsString> {
    let mut words: Vec<std::ffi::OsString> = Vec::new();
    if let Some(config) = &args.config {
        words.extend(["--config".into(), config.as_os_str().to_owned()]);
    }
    words.push("updatekeys".into());
    words.extend(args.yes.then(|| "--yes".into()));
    words.extend(args.types.words());
    words.push(path.as_os_str().to_owned());
    words
}

/// The files that were named, and those that must be encrypted in folders that were.
pub(crate) fn encrypted_files(paths: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if path.is_dir() {
            let below = collect(std::slice::from_ref(path))?;
            found.extend(below.into_iter().filter(|path| must_be_encrypted(path)));
        } else {
            found.push(path.clone());
        }
    }
    Ok(found)
}

type Planned = (Option<Pending>, Option<Diagnostic>);

fn plan(path: &Path, format: Format, book: &Book, keyring: &Keyring) -> Outcome<Planned> {
    let source = files::secret(cliutil::read_file(path)?);
    let fail = |error| files::failure(&source, error);
    let envelope = Envelope::read(source.text(), format).map_err(fail)?;
    let rule = book.configured(path)?;
    let others = envelope.metadata().other_keys();
    let Some(group) = rule.groups.first().filter(|_| others.is_empty() && !hand_over::is_needed(&rule))
    else {
        return Err(Failure::new(
            "sops/other-keys",
            format!("{}: the file or its rule has keys that are not built in (several key groups, KMS, PGP or Vault)", path.display()),
        )
        .with_help("install the sops program, to which such files are handed"));
    };
    let note = note_selector(envelope.metadata(), &rule, (path, format));
    let change = envelope.recipient_change(group);
    if !change.any {
        return Ok((None, note));
    }
    let text = envelope.with_recipients(&rule, keyring).map_err(fail)?;
    let mut words = format!("{}:\n", path.display());
    for recipient in &change.added {
        let _ = writeln!(words, "  + {recipient}");
    }
    for recipient in &change.removed {
        let _ = writeln!(words, "  - {recipient}");
    }
    if !change.removed.is_empty() {
        words.push_str("  the data key stays: who was removed and kept it can still read; `secrets rotate` gives a new one\n");
    }
    Ok((Some(Pending { path: path.to_path_buf(), text, words }), note))
}

/// What a file records wins over the configuration, here and in sops.
fn note_selector(
    metadata: &sops::Metadata,
    rule: &Rule,
    (path, format): (&Path, Format),
) -> Option<Diagnostic> {
    let binary = format == Format::Binary;
    let same = metadata.selector == rule.selector && metadata.mac_only_encrypted == rule.mac_only_encrypted;
    if same || binary {
        return None;
    }
    Some(
        Diagnostic::warning(
            "secrets/other-rule",
            "the file records another choice of values than .sops.yaml has for it; updatekeys leaves that as it is",
        )
        .in_file(path.display().to_string())
        .with_help("decrypt and encrypt the file to change it"),
    )
}
