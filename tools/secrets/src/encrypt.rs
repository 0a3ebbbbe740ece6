//! `secrets encrypt`.

use std::sync::Arc;

use cliutil::{CommonArgs, Diagnostic, Exit, Failure, Io, Outcome, Reporter, Severity, Source};
use sops::{Encrypted, Environment, Keyring, Rule};

use crate::cli::EncryptArgs;
use crate::{files, previous, rules};

/// Encrypts a file or standard input.
pub(crate) fn run(
    args: &EncryptArgs,
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<Exit> {
    let Some(name) = args
        .files
        .filename_override
        .as_ref()
        .or(Some(&args.files.file).filter(|file| !files::is_stdin(file)))
    else {
        return Err(Failure::new(
            "usage/filename-override",
            "--filename-override is needed when reading from standard input",
        )
        .with_help("it names the file that the text is for, so that the rule for it can be found"));
    };
    only_yaml(name)?;
    let source = files::read(&args.files, io)?;
    if source.text().trim().is_empty() && args.files.allow_empty {
        return io.write_out("").map(|()| Exit::Yes);
    }
    let environment = Environment::of_process();
    let resolved = rules::resolve(&args.rules, name, &environment)?;
    let mut said = resolved.notes;
    let earlier = match (&args.reuse, &args.reuse_git) {
        (Some(path), _) => previous::from_file(path)?,
        (None, Some(revision)) => previous::from_git(revision, name)?,
        (None, None) => (None, Vec::new()),
    };
    said.extend(earlier.1);
    let encrypted = match earlier.0 {
        Some(earlier) => reuse(&source, &earlier, &resolved.rule, args.reencrypt, environment, &mut said)?,
        None => fresh(&source, &resolved.rule)?,
    };
    said.extend(files::notes(&source, encrypted.notes, Severity::Note));
    if !common.quiet {
        reporter.show(&said, true, io);
    }
    files::write(&args.files, &source, &encrypted.text, false, io)?;
    Ok(Exit::Yes)
}

/// Other stores are recognised, so that nothing is encrypted in a form that sops would not read.
pub(crate) fn only_yaml(name: &std::path::Path) -> Outcome<()> {
    let extension = name.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    if matches!(extension, "yaml" | "yml") {
        return Ok(());
    }
    let store = match extension {
        "json" => "JSON",
        "env" => "dotenv",
        "ini" => "INI",
        _ => "binary",
    };
    Err(Failure::new(
        "sops/unsupported",
        format!("{}: {store} files are not supported yet, only YAML", name.display()),
    )
    .with_help("use the sops program for this file, or name a .yaml file with --filename-override"))
}

fn fresh(source: &Arc<Source>, rule: &Rule) -> Outcome<Encrypted> {
    sops::encrypt(source.text(), rule, &now()).map_err(|error| files::failure(source, error))
}

fn reuse(
    source: &Arc<Source>,
    earlier: &Arc<Source>,
    rule: &Rule,
    reencrypt: bool,
    environment: Environment,
    said: &mut Vec<Diagnostic>,
) -> Outcome<Encrypted> {
    match sops::open_previous(earlier.text(), &Keyring::new(environment)) {
        Ok(Some(previous)) => {
            previous.encrypt(source.text(), rule, &now()).map_err(|error| files::failure(source, error))
        }
        Ok(None) => {
            said.push(
                Diagnostic::warning(
                    "sops/not-encrypted",
                    "the file to reuse is not encrypted: everything is encrypted anew",
                )
                .in_file(earlier.name()),
            );
            fresh(source, rule)
        }
        Err(error) if reencrypt => {
            let mut diagnostic = files::diagnostic(earlier, error);
            diagnostic.severity = Severity::Warning;
            said.push(diagnostic.with_help("everything is encrypted anew, as --reencrypt asks"));
            fresh(source, rule)
        }
        Err(error) => Err(files::failure(earlier, error)
            .with_help("restore the file to reuse, or encrypt everything anew with --reencrypt")),
    }
}

/// The time to record: whole seconds, UTC.
pub(crate) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}
