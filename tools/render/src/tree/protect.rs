//! `--protect`: what a person changed since the last run is not overwritten unasked.

use std::collections::HashSet;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;

use cliutil::{CommonArgs, Diagnostic, Exit, Io, Reporter};

use super::changes::{Change, Kind};
use super::record::Record;
use super::rendering::File;

/// Asks about files that were changed since the last run. An exit code means: do not write.
pub(super) fn check(
    record: &Record,
    files: &[File],
    changes: &[Change],
    output: &Path,
    yes: bool,
    common: &CommonArgs,
    io: &mut Io,
) -> Option<Exit> {
    let made: HashSet<&Path> = files.iter().map(|file| file.relative.as_path()).collect();
    let changed: Vec<_> = changes
        .iter()
        .filter(|change| change.kind == Kind::Content && made.contains(change.path.as_path()))
        .filter(|change| {
            std::fs::read(output.join(&change.path))
                .is_ok_and(|old| !record.is_as_written(&change.path, &old))
        })
        .collect();
    if changed.is_empty() || yes {
        return None;
    }
    let found: Vec<_> = changed
        .iter()
        .map(|change| {
            Diagnostic::error(
                "render/protected",
                "changed since it was last rendered, and would be overwritten",
            )
            .in_file(change.path.display().to_string())
        })
        .collect();
    Reporter::new("render", common, io).show(&found, false, io);
    match confirm(changed.len()) {
        Some(true) => None,
        Some(false) => {
            io.say("nothing was written");
            Some(Exit::No)
        }
        None => {
            io.say("nothing was written; --yes overwrites these files, overrides/ keeps changes of your own");
            Some(Exit::No)
        }
    }
}

/// Asks at the terminal; none when there is no terminal.
fn confirm(count: usize) -> Option<bool> {
    let mut terminal = std::fs::OpenOptions::new().read(true).write(true).open("/dev/tty").ok()?;
    let files = if count == 1 { "this file" } else { "these files" };
    write!(terminal, "Overwrite {files}? [y/N] ").and_then(|()| terminal.flush()).ok()?;
    let mut answer = String::new();
    BufReader::new(terminal).read_line(&mut answer).ok()?;
    Some(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}
