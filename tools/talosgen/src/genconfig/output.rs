//! The output folder: private (0700) when it is made here, its files always (0600), each replaced as a whole.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use cliutil::{Failure, Outcome, WriteOptions};

/// Writes files below `folder`.
pub(super) fn write(folder: &Path, files: &[(String, String)]) -> Outcome<()> {
    for (name, _) in files {
        make_folder(folder.join(name).parent().unwrap_or(folder))?;
    }
    for (name, text) in files {
        let options = WriteOptions { mode: Some(0o600), sync: true, ..WriteOptions::default() };
        cliutil::write_atomic(&folder.join(name), text.as_bytes(), options)?;
    }
    Ok(())
}

fn make_folder(path: &Path) -> Outcome<()> {
    let made = DirBuilder::new().recursive(true).mode(0o700).create(path);
    made.map_err(|error| {
        Failure::new("io/write", format!("{}: the folder cannot be made: {error}", path.display()))
    })
}
