//! What a run changes on disk, and the diff of it.

use std::collections::HashMap;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use cliutil::{Outcome, parallel, unreadable};
use similar::TextDiff;

use super::disk::Disk;
use super::rendering::File;

/// How an output differs from what is on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// It does not exist.
    New,
    /// Its content differs.
    Content,
    /// Only its mode differs.
    Mode,
    /// It is no longer rendered.
    Deleted,
}

/// A change of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change {
    /// Its path below the output folder.
    pub(super) path: PathBuf,
    /// What changes.
    pub(super) kind: Kind,
}

/// Where an output is on disk.
pub(super) fn target(file: &File, output: &Path, single: bool) -> PathBuf {
    if single { output.to_path_buf() } else { output.join(&file.relative) }
}

/// Compares outputs with what is on disk.
pub(super) fn compare(files: &[File], disk: &Disk, output: &Path, single: bool) -> Outcome<Vec<Change>> {
    let look = |file: &File| {
        let target = target(file, output, single);
        let change =
            |kind| Change { path: if single { target.clone() } else { file.relative.clone() }, kind };
        let old = if single { whole(&target)? } else { disk.read(&file.relative)? };
        Ok(match old {
            Some(old) if old != file.bytes => Some(change(Kind::Content)),
            Some(_) => differs_in_mode(file, &target).then(|| change(Kind::Mode)),
            None => Some(change(Kind::New)),
        })
    };
    // Where there is nothing, looking takes no time.
    let results =
        if disk.has(Path::new("")) { parallel::map(files, look) } else { files.iter().map(look).collect() };
    let mut changes = Vec::new();
    for result in results {
        let result: Outcome<Option<Change>> = result;
        changes.extend(result?);
    }
    Ok(changes)
}

fn whole(path: &Path) -> Outcome<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(path, &error)),
    }
}

fn differs_in_mode(file: &File, target: &Path) -> bool {
    file.mode.is_some_and(|mode| std::fs::metadata(target).is_ok_and(|meta| meta.mode() & 0o7777 != mode))
}

/// A unified diff of the changes. Of files that are secret (filtered, or `.sops.` in their name) only that they
/// change is told.
pub(super) fn diff(files: &[File], changes: &[Change], output: &Path, single: bool) -> String {
    let by_path: HashMap<&Path, &File> = files.iter().map(|file| (file.relative.as_path(), file)).collect();
    let mut text = String::new();
    for change in changes {
        let file = if single { files.first() } else { by_path.get(change.path.as_path()).copied() };
        text.push_str(&diff_one(change, file, output, single));
    }
    text
}

fn diff_one(change: &Change, file: Option<&File>, output: &Path, single: bool) -> String {
    let path = change.path.display();
    let secret = change.path.file_name().is_some_and(|name| {
        let name = name.to_string_lossy();
        name.contains(".sops.") && name != ".sops.yaml"
    }) || file.is_some_and(|file| file.filtered);
    let old_path = if single { output.to_path_buf() } else { output.join(&change.path) };
    let old = std::fs::read(old_path).unwrap_or_default();
    let new =
        file.filter(|_| change.kind != Kind::Deleted).map(|file| file.bytes.as_slice()).unwrap_or_default();
    let texts = (std::str::from_utf8(&old), std::str::from_utf8(new));
    match texts {
        _ if change.kind == Kind::Mode => format!("{path}: mode changed\n"),
        (Ok(old), Ok(new)) if !secret => {
            let (from, to) = match change.kind {
                Kind::New => ("/dev/null".to_owned(), format!("b/{path}")),
                Kind::Deleted => (format!("a/{path}"), "/dev/null".to_owned()),
                _ => (format!("a/{path}"), format!("b/{path}")),
            };
            TextDiff::from_lines(old, new).unified_diff().context_radius(3).header(&from, &to).to_string()
        }
        _ => {
            let what = match change.kind {
                Kind::New => "new",
                Kind::Deleted => "deleted",
                _ => "changed",
            };
            format!("{path}: {what}\n")
        }
    }
}
