//! What there is in the inputs: everything below each folder, as makejinja's glob would list it, and what of it is not
//! behind a closed gate.

use std::path::{Path, PathBuf};

use cliutil::{Failure, Outcome, unreadable};

use super::gate::Gate;
use super::pattern::Pattern;
use crate::settings::Settings;

/// What there is in the inputs, in their order.
pub(super) struct Survey(pub(super) Vec<(PathBuf, Found)>);

/// What an input is.
pub(super) enum Found {
    Folder(Listing),
    File,
    Missing,
}

/// Looks at the inputs; what cannot be read is told by the plan.
pub(super) fn survey(settings: &Settings) -> Survey {
    let look = |input: &PathBuf| {
        let found = match std::fs::metadata(input) {
            Ok(meta) if meta.is_dir() => Found::Folder(Listing::of(input)),
            Ok(_) => Found::File,
            Err(_) => Found::Missing,
        };
        (input.clone(), found)
    };
    Survey(settings.inputs.iter().map(look).collect())
}

/// A file or folder below an input.
pub(super) struct Entry {
    /// Its path below the input.
    pub(super) relative: PathBuf,
    /// Its path with `/`: the template's name.
    pub(super) name: String,
    pub(super) is_dir: bool,
    /// Reached through a symbolic link.
    pub(super) is_link: bool,
}

impl Entry {
    /// Whether a pattern of what is taken takes it.
    pub(super) fn taken_by(&self, pattern: &Pattern) -> bool {
        let parts: Vec<_> = self.name.split('/').collect();
        pattern.globs(&parts, self.is_dir)
    }
}

/// Everything below a folder.
pub(super) struct Listing {
    /// In the order of their paths; symbolic links to folders are listed and not followed.
    entries: Vec<Entry>,
    /// The folders that could not be read.
    unreadable: Vec<(PathBuf, Failure)>,
}

impl Listing {
    fn of(input: &Path) -> Self {
        let mut listing = Self { entries: Vec::new(), unreadable: Vec::new() };
        // What is next stands last.
        let mut open = listing.folder(input, Path::new(""));
        while let Some(entry) = open.pop() {
            if entry.is_dir && !entry.is_link {
                open.append(&mut listing.folder(input, &entry.relative));
            }
            listing.entries.push(entry);
        }
        listing
    }

    /// What is in a folder, the last name first.
    fn folder(&mut self, input: &Path, folder: &Path) -> Vec<Entry> {
        let mut entries = Vec::new();
        if let Err(failure) = read_folder(input, folder, &mut entries) {
            self.unreadable.push((folder.to_path_buf(), failure));
        }
        // They differ in their names alone: as plain text they are in the order of paths.
        entries.sort_unstable_by(|one, other| other.relative.as_os_str().cmp(one.relative.as_os_str()));
        entries
    }

    /// What is not behind a closed gate. Of a component that is off only the gate's file is left.
    ///
    /// # Errors
    /// A folder that could not be read.
    pub(super) fn through(self, input: &Path, gate: Option<&mut Gate>) -> Outcome<Vec<Entry>> {
        let Self { mut entries, mut unreadable } = self;
        if let Some(gate) = gate {
            for entry in &entries {
                gate.see(input, &entry.relative);
            }
            unreadable.retain(|(folder, _)| folder.parent().is_none_or(|above| !gate.closed(above)));
            let mut closed = gate.is_off(Path::new("")).then(PathBuf::new);
            // What is below a folder follows it.
            entries.retain(|entry| {
                if let Some(folder) = &closed {
                    if entry.relative.starts_with(folder) {
                        return gate.is_gate(&entry.relative) && entry.relative.parent() == Some(folder);
                    }
                    closed = None;
                }
                if entry.is_dir && gate.is_off(&entry.relative) {
                    closed = Some(entry.relative.clone());
                }
                true
            });
        }
        unreadable.into_iter().next().map_or(Ok(entries), |(_, failure)| Err(failure))
    }
}

fn read_folder(input: &Path, folder: &Path, entries: &mut Vec<Entry>) -> Outcome<()> {
    let path = input.join(folder);
    let fail = |error| unreadable(&path, &error);
    for entry in std::fs::read_dir(&path).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let relative = folder.join(entry.file_name());
        let kind = entry.file_type().map_err(fail)?;
        let is_link = kind.is_symlink();
        let is_dir = if is_link {
            match std::fs::metadata(entry.path()) {
                Ok(meta) => meta.is_dir(),
                // A link to nothing is neither file nor folder.
                Err(_) => continue,
            }
        } else {
            kind.is_dir()
        };
        let name = relative.to_string_lossy().into_owned();
        entries.push(Entry { relative, name, is_dir, is_link });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_in_the_order_of_paths() {
        let input = tempfile::tempdir().unwrap();
        for folder in ["a/b/c", "a.b/c", "A/z", "ä/b", "a/\u{1}/b", "a b"] {
            std::fs::create_dir_all(input.path().join(folder)).unwrap();
        }
        for file in ["a-b", "ab", "b", "a/b.c", "a/b/c/d", "a/b-c"] {
            std::fs::write(input.path().join(file), "").unwrap();
        }
        let found: Vec<_> =
            Listing::of(input.path()).entries.into_iter().map(|entry| entry.relative).collect();
        let mut sorted = found.clone();
        sorted.sort();
        assert_eq!(found.len(), 18);
        assert_eq!(found, sorted);
    }
}
