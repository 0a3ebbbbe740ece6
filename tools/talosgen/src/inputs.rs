//! What is read: talenv files, the secrets bundle, files a talconfig names. Encrypted ones are opened with the
//! identities that the environment names, as sops does.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

use cliutil::{Diagnostic, Failure, Location, Mask, Outcome, Source};
use machineconfig::{Files, PlainFiles, Secrets, is_encrypted};
use sops::{Environment, Keyring};
use talos::Talenv;

use crate::gensecret;

/// Files, decrypted where they are encrypted.
#[derive(Default)]
pub(crate) struct Decrypting {
    keyring: OnceLock<Keyring>,
}

impl Decrypting {
    fn keyring(&self) -> &Keyring {
        self.keyring.get_or_init(|| Keyring::new(Environment::of_process()))
    }

    /// A text that may be encrypted, as its plain text.
    fn open(&self, source: Source) -> Outcome<Source> {
        if !is_encrypted(source.text()) {
            return Ok(source);
        }
        let name = source.name().to_owned();
        let decrypted = sops::decrypt(source.text(), self.keyring(), false).map_err(|error| {
            let mut diagnostic = Diagnostic::error(error.code, error.message).in_file(&name);
            diagnostic.help = error.help;
            Failure::from(diagnostic)
        })?;
        // A place in the plain text may be named, but nothing of it may be shown.
        Ok(Source::new(name, decrypted.text.as_str()).with_mask(Mask::Except(Vec::new())))
    }
}

impl Files for Decrypting {
    fn text(&self, path: &Path) -> Result<String, String> {
        let text = match PlainFiles.text(path) {
            Err(_) if std::fs::read_to_string(path).is_ok_and(|text| is_encrypted(&text)) => {
                std::fs::read_to_string(path).map_err(|error| error.to_string())?
            }
            read => return read,
        };
        let decrypted = sops::decrypt(&text, self.keyring(), false).map_err(|error| error.message)?;
        Ok(decrypted.text.as_str().to_owned())
    }
}

/// Findings without the values of variables, which may be secret: their names stand in their place.
pub(crate) fn without_values(findings: Vec<Diagnostic>, env: &Talenv) -> Vec<Diagnostic> {
    // The longest first: one value may hold another.
    let mut values: Vec<(&str, &str)> = env
        .names()
        .filter_map(|name| Some((env.own(name)?, name)))
        .filter(|(value, _)| value.len() > 3)
        .collect();
    values.sort_by_key(|(value, _)| std::cmp::Reverse(value.len()));
    let hide = |mut finding: Diagnostic| {
        for (value, name) in &values {
            if finding.message.contains(value) {
                finding.message = finding.message.replace(value, &format!("${{{name}}}"));
            }
        }
        finding
    };
    findings.into_iter().map(hide).collect()
}

/// The variables of the files that are there; a later one wins.
pub(crate) fn environment(files: &[PathBuf], reader: &Decrypting) -> Outcome<Talenv> {
    let mut env = Talenv::default();
    for path in files.iter().filter(|path| path.exists()) {
        let source = cliutil::read_file(path)?;
        if source.text().trim().is_empty() {
            continue;
        }
        env.extend(Talenv::parse(&Arc::new(reader.open(source)?))?);
    }
    Ok(env)
}

/// The bundle of the last file that is there.
pub(crate) fn secrets(
    files: &[PathBuf],
    env: &Talenv,
    reader: &Decrypting,
    now: SystemTime,
) -> Outcome<Secrets> {
    let Some(path) = files.iter().rfind(|path| path.exists()) else {
        let names: Vec<_> = files.iter().map(|path| path.display().to_string()).collect();
        let message = format!("there is no secrets bundle ({})", names.join(", "));
        return Err(Failure::new("secrets/missing", message).with_help(
            "make one: talosgen gensecret | secrets encrypt --filename-override talsecret.sops.yaml > talsecret.sops.yaml; \
             with a new one each time no node could join its own cluster",
        ));
    };
    let source = cliutil::read_file(path)?.with_mask(Mask::Except(Vec::new()));
    let source = Arc::new(reader.open(source)?);
    Ok(Secrets::load(source.text(), env, now).map_err(|problems| {
        let place = |problem: &machineconfig::Problem| match problem.span {
            Some(span) => gensecret::diagnostic(problem).at(Location::new(&source, span.range())),
            None => gensecret::diagnostic(problem).in_file(source.name()),
        };
        problems.iter().map(place).collect::<Vec<_>>()
    })?)
}
