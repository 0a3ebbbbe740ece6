//! Plain text does not belong where git would commit it.

use std::path::Path;

use cliutil::{Failure, Outcome};

/// Refuses to write plain text to a path inside a git work tree.
pub(crate) fn refuse(target: &Path) -> Outcome<()> {
    let absolute = std::path::absolute(target).unwrap_or_else(|_| target.to_path_buf());
    let folder = absolute
        .parent()
        .map(|parent| std::fs::canonicalize(parent).unwrap_or_else(|_| parent.to_path_buf()));
    let inside = folder.is_some_and(|folder| folder.ancestors().any(|above| above.join(".git").exists()));
    if !inside {
        return Ok(());
    }
    Err(Failure::new(
        "secrets/work-tree",
        format!("{}: plain text is not written into a git work tree", target.display()),
    )
    .with_help("print it, use `secrets edit` or `secrets exec-file`, or insist with --force"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_trees_are_recognised() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(dir.path().join("repo/.git")).unwrap();
        std::fs::create_dir_all(dir.path().join("repo/a/b")).unwrap();
        assert!(refuse(&dir.path().join("repo/a/b/f.yaml")).is_err());
        assert!(refuse(&dir.path().join("repo/f.yaml")).is_err());
        assert!(refuse(&dir.path().join("f.yaml")).is_ok());
    }
}
