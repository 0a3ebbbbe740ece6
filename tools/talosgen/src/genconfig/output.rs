//! The output folder: private (0700) when it is made here, its files always (0600), all of them written before the first
//! takes its place. They hold secrets, so they are on the disk (fsync, all at once) before that.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};

use cliutil::{Failure, Outcome, WriteOptions};

/// Writes files, each a name and a text, below `folder`.
pub(super) fn write(folder: &Path, files: &[(&str, &str)]) -> Outcome<()> {
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.join(name)).collect();
    let mut folders: Vec<&Path> = paths.iter().map(|path| path.parent().unwrap_or(folder)).collect();
    folders.dedup();
    for folder in folders {
        make_folder(folder)?;
    }
    let files: Vec<_> =
        paths.iter().zip(files).map(|(path, (_, text))| (path.as_path(), text.as_bytes())).collect();
    cliutil::write_all(&files, WriteOptions { mode: Some(0o600), ..WriteOptions::synced() })
}

fn make_folder(path: &Path) -> Outcome<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| {
        Failure::new("io/write", format!("{}: the folder cannot be made: {error}", path.display()))
    })
}
