//! The earlier version of a file, whose unchanged values are kept: a file, or a version in git.

use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Outcome, Source, program};

use crate::files;

/// An earlier version; none when there is none, with a warning where that is worth one.
pub(crate) type Previous = (Option<Arc<Source>>, Vec<Diagnostic>);

/// Reads the file to reuse. That it is absent is no error.
pub(crate) fn from_file(path: &Path) -> Outcome<Previous> {
    match std::fs::symlink_metadata(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok((None, Vec::new())),
        _ => Ok((Some(files::secret(cliutil::read_file(path)?)), Vec::new())),
    }
}

/// Reads a file's version in a git revision. That the file, or any commit, is absent is no error.
pub(crate) fn from_git(revision: &str, path: &Path) -> Outcome<Previous> {
    if revision.is_empty() || revision.starts_with('-') {
        return Err(Failure::new("usage/revision", format!("{revision:?} is not a git revision")));
    }
    let git = program::find("git", "needed for --reuse-git")?;
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    // The folder of a new file may not be there yet; neither is an earlier version then.
    if !folder.is_dir() {
        return Ok((None, Vec::new()));
    }
    let run = |args: &[&str]| {
        let args: Vec<OsString> = args.iter().map(OsString::from).collect();
        program::run(&git, &args, b"", Some(folder))
    };
    if !run(&["rev-parse", "--git-dir"])?.success {
        let warning =
            Diagnostic::warning("secrets/no-repository", "not in a git repository: nothing to reuse")
                .in_file(path.display().to_string());
        return Ok((None, vec![warning]));
    }
    if !run(&["rev-parse", "--verify", "--quiet", &format!("{revision}^{{commit}}")])?.success {
        // A repository without a commit has no HEAD yet.
        if revision == "HEAD" {
            return Ok((None, Vec::new()));
        }
        return Err(Failure::new("secrets/revision", format!("{revision}: no such git revision")));
    }
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let object = format!("{revision}:./{name}");
    if !run(&["cat-file", "-e", &object])?.success {
        return Ok((None, Vec::new()));
    }
    // cat-file gives the bytes as they are committed; `git show` may run a text conversion.
    let shown = run(&["cat-file", "blob", &object])?;
    let text = String::from_utf8(shown.stdout).ok().filter(|_| shown.success);
    let text = text.ok_or_else(|| Failure::new("io/encoding", format!("{object}: not UTF-8 text")))?;
    Ok((Some(files::secret(Source::new(format!("{revision}:{}", path.display()), text))), Vec::new()))
}
