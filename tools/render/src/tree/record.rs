//! The record of what runs wrote: `.clusterpipe/written` in the output folder, lines of `SHA-256  path`, sorted. It is
//! committed with the rest, and tells what a run may delete and what a person has changed.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cliutil::{Failure, Outcome, WriteOptions, hex};
use sha2::{Digest as _, Sha256};

use super::rendering::File;

const PATH: &str = ".clusterpipe/written";

/// The hash of each file the last runs wrote.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Record(BTreeMap<PathBuf, String>);

/// Files of earlier runs that this one does not make.
#[derive(Debug, Default)]
pub(super) struct Stale {
    /// Still as they were written.
    pub(super) delete: BTreeSet<PathBuf>,
    /// Changed since: kept, and named.
    pub(super) keep: BTreeSet<PathBuf>,
}

impl Record {
    /// Reads it; there is none before the first run.
    pub(super) fn read(output: &Path) -> Outcome<Self> {
        let path = output.join(PATH);
        if !path.exists() {
            return Ok(Self::default());
        }
        let source = cliutil::read_file(&path)?;
        let mut entries = BTreeMap::new();
        for (n, line) in source.text().lines().enumerate() {
            let entry = line.split_once("  ").and_then(|(hash, name)| {
                let whole = hash.len() == 64 && hash.bytes().all(|b| b.is_ascii_hexdigit());
                let below =
                    Path::new(name).components().all(|part| matches!(part, std::path::Component::Normal(_)));
                (whole && below && !name.is_empty()).then(|| (unescaped(name), hash.to_owned()))
            });
            let Some((name, hash)) = entry else {
                let message = format!("{}:{}: not a line of the record", path.display(), n + 1);
                return Err(Failure::new("render/record", message)
                    .with_help("restore the file from git, or delete it: the next run writes it anew"));
            };
            entries.insert(name, hash);
        }
        Ok(Self(entries))
    }

    /// Whether a file on disk is still what a run wrote.
    pub(super) fn is_as_written(&self, relative: &Path, bytes: &[u8]) -> bool {
        self.0.get(relative).is_some_and(|hash| *hash == sha256(bytes))
    }

    /// Files that an earlier run wrote and this one does not.
    pub(super) fn stale(&self, files: &[File], skipped: &BTreeSet<PathBuf>, output: &Path) -> Stale {
        let made = paths(files);
        let mut stale = Stale::default();
        for path in self.0.keys().filter(|path| !made.contains(path.as_os_str()) && !skipped.contains(*path))
        {
            match std::fs::read(output.join(path)) {
                Ok(bytes) if self.is_as_written(path, &bytes) => stale.delete.insert(path.clone()),
                Ok(_) => stale.keep.insert(path.clone()),
                Err(_) => false,
            };
        }
        stale
    }

    /// The record after a run: what it wrote, and what earlier ones wrote that is still there.
    pub(super) fn written(self, files: &[File], stale: &Stale, output: &Path) -> Self {
        let made = paths(files);
        let exists = |path: &Path| std::fs::symlink_metadata(output.join(path)).is_ok();
        let kept = self.0.into_iter().filter(|(path, _)| {
            !made.contains(path.as_os_str()) && !stale.delete.contains(path) && exists(path)
        });
        let hashes = files.iter().map(|file| sha256(&file.bytes));
        // Collected at once, they are sorted once: as files they are nearly in order.
        Self(kept.chain(files.iter().map(|file| file.relative.clone()).zip(hashes)).collect())
    }

    /// Writes it, unless it is there like this.
    pub(super) fn write(&self, output: &Path) -> Outcome<()> {
        let mut text = String::new();
        for (path, hash) in &self.0 {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{hash}  {}", escaped(path));
        }
        let path = output.join(PATH);
        if std::fs::read(&path).is_ok_and(|old| old == text.as_bytes()) {
            return Ok(());
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| {
                Failure::new("io/write", format!("{}: cannot be made: {error}", folder.display()))
            })?;
        }
        cliutil::write_atomic(&path, text.as_bytes(), WriteOptions::default())
    }
}

/// The paths of files, as plain text: paths themselves are hashed part by part.
fn paths(files: &[File]) -> HashSet<&OsStr> {
    files.iter().map(|file| file.relative.as_os_str()).collect()
}

fn sha256(bytes: &[u8]) -> String {
    hex(Sha256::digest(bytes))
}

fn escaped(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "\\\\").replace('\n', "\\n")
}

fn unescaped(name: &str) -> PathBuf {
    let mut text = String::with_capacity(name.len());
    let mut chars = name.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' if chars.as_str().starts_with('n') => {
                chars.next();
                text.push('\n');
            }
            '\\' => text.extend(chars.next()),
            c => text.push(c),
        }
    }
    text.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_escaped_and_back() {
        for name in ["a/b.yaml", "odd\nname", "back\\slash\\n"] {
            assert_eq!(unescaped(&escaped(Path::new(name))), PathBuf::from(name));
        }
    }

    #[test]
    fn hashes_are_sha256() {
        assert_eq!(sha256(b"abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    }
}
