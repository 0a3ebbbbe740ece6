//! A private repository needs the key that Flux reads it with (rule R1): `github-deploy.key` beside cluster.yaml.

use std::path::{Path, PathBuf};

use cliutil::{Diagnostic, Location, Severity};

/// The file that `just init` makes, and templates read.
const KEY: &str = "github-deploy.key";

/// What is there once `just init` has run.
const MADE_BY_INIT: &str = "age.key";

/// The finding, where the key is missing: an error in a repository, a hint where `just init` has not run yet. Nothing
/// can be said about standard input, which has no folder.
pub(crate) fn finding(private: Option<Location>, paths: &[PathBuf]) -> Option<Diagnostic> {
    let place = private?;
    let path = paths.first().filter(|path| *path != Path::new("-"))?;
    let folder = path.parent().unwrap_or(Path::new(""));
    if folder.join(KEY).is_file() {
        return None;
    }
    let is_set_up = folder.join(MADE_BY_INIT).is_file();
    let severity = if is_set_up { Severity::Error } else { Severity::Note };
    let message = format!("a private repository needs {KEY}, and there is none");
    let help = format!(
        "`just init` makes it; add what stands in {KEY}.pub to the repository's deploy keys, with read access"
    );
    Some(Diagnostic::new(severity, "config/deploy-key", message).at(place).with_help(help))
}
