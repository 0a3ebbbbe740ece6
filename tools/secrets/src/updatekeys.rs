//! `secrets updatekeys`: makes the recipients of files what `.sops.yaml` says, without a new data key.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{CommonArgs, Diagnostic, Exit, Failure, Io, Outcome, Reporter, Source};
use sops::{Environment, Keyring, Previous, Rule};

use crate::check::{collect, must_be_encrypted};
use crate::cli::UpdatekeysArgs;
use crate::{ask, change, files, rules};

/// A file whose recipients are to change.
struct Pending {
    path: PathBuf,
    source: Arc<Source>,
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
    let keyring = Keyring::new(environment.clone());
    let (mut pending, mut failures, mut said) = (Vec::new(), Vec::new(), Vec::new());
    for path in encrypted_files(&args.paths)? {
        match plan(&path, args, &environment, &keyring, &mut said) {
            Ok(Some(change)) => pending.push(change),
            Ok(None) if !common.quiet => io.say(format!("{}: already up to date", path.display())),
            Ok(None) => {}
            Err(failure) => failures.extend(failure.diagnostics),
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
        return Ok(if pending.is_empty() { Exit::Yes } else { Exit::No });
    }
    if !pending.is_empty() && !args.yes && !ask::yes("Is this okay?")? {
        return Ok(Exit::Yes);
    }
    for change in &pending {
        change::write_back(&change.path, &change.source, &change.text)?;
    }
    Ok(Exit::Yes)
}

/// The files that were named, and those that must be encrypted in folders that were.
fn encrypted_files(paths: &[PathBuf]) -> Outcome<Vec<PathBuf>> {
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

fn plan(
    path: &Path,
    args: &UpdatekeysArgs,
    environment: &Environment,
    keyring: &Keyring,
    said: &mut Vec<Diagnostic>,
) -> Outcome<Option<Pending>> {
    let source = files::secret(cliutil::read_file(path)?);
    let fail = |error| files::failure(&source, error);
    let file = sops::open_to_change(source.text(), keyring, true).map_err(fail)?;
    let rule = rules::configured(args.config.as_deref(), path, environment)?;
    let [group] = rule.groups.as_slice() else {
        return Err(Failure::new(
            "sops/unsupported",
            "several key groups (Shamir's secret sharing) are not supported yet",
        )
        .with_help("use the sops program for this file"));
    };
    note_selector(&file, &rule, path, said);
    let change = file.recipient_change(group);
    if !change.any {
        return Ok(None);
    }
    let text = file.with_recipients(&rule).map_err(fail)?;
    let mut words = format!("{}:\n", path.display());
    for recipient in &change.added {
        let _ = writeln!(words, "  + {recipient}");
    }
    for recipient in &change.removed {
        let _ = writeln!(words, "  - {recipient}");
    }
    if change.added.is_empty() && change.removed.is_empty() {
        words.push_str("  another order\n");
    }
    if !change.removed.is_empty() {
        words.push_str("  the data key stays: who was removed and kept it can still read; `secrets rotate` gives a new one\n");
    }
    Ok(Some(Pending { path: path.to_path_buf(), source, text, words }))
}

/// What a file records wins over the configuration, here and in sops.
fn note_selector(file: &Previous, rule: &Rule, path: &Path, said: &mut Vec<Diagnostic>) {
    let metadata = file.metadata();
    if metadata.selector != rule.selector || metadata.mac_only_encrypted != rule.mac_only_encrypted {
        said.push(
            Diagnostic::warning(
                "secrets/other-rule",
                "the file records another choice of values than .sops.yaml has for it; updatekeys leaves that as it is",
            )
            .in_file(path.display().to_string())
            .with_help("decrypt and encrypt the file to change it"),
        );
    }
}
