//! Where a repository begins, seen from a folder somebody names.

use std::path::{Component, Path, PathBuf};

use cliutil::{Failure, Outcome};

/// Goes through a folder and what is below, each folder's entries by name. (They all begin with the path of their folder,
/// so that comparing paths as plain text compares names.)
pub(crate) fn walk(folder: &Path) -> walkdir::WalkDir {
    walkdir::WalkDir::new(folder).sort_by(|one, other| one.path().as_os_str().cmp(other.path().as_os_str()))
}

/// A repository, and a folder of it. Paths are as the person would write them.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// Its root, to which Flux paths are relative.
    pub(crate) root: PathBuf,
    /// The folder Flux starts from, relative to the root.
    pub(crate) entry: PathBuf,
    /// The folder that was named, relative to the root.
    pub(crate) folder: PathBuf,
    /// Whether all of the cluster is meant: the named folder holds the one Flux starts from, or there is none such.
    pub(crate) is_whole: bool,
}

impl Place {
    /// The repository that a folder is part of.
    ///
    /// # Errors
    /// `io/missing` for a folder that is not there.
    pub(crate) fn find(folder: &Path, root: Option<&Path>, entry: &Path) -> Outcome<Self> {
        let absolute = canonical(folder)?;
        if !absolute.is_dir() {
            let message = format!("{}: this is a file, and a folder is expected", folder.display());
            return Err(Failure::new("io/read", message));
        }
        let base = match root {
            Some(root) => canonical(root)?,
            None => root_of(&absolute, entry),
        };
        let inside = absolute.strip_prefix(&base).unwrap_or(Path::new("")).to_path_buf();
        let root = match root {
            Some(root) => root.to_path_buf(),
            None => above(folder, &absolute, &base),
        };
        let is_whole = entry.starts_with(&inside) || !base.join(entry).is_dir();
        Ok(Self { root, entry: entry.to_path_buf(), folder: inside, is_whole })
    }

    /// Whether a path is in the named folder; of one that is relative to the root with `spec.path` of a Kustomization.
    pub(crate) fn holds(&self, file: &str, path: &str) -> bool {
        let file = Path::new(file);
        let inside = file.strip_prefix(&self.root).unwrap_or(file);
        let clean = |path: &Path| -> PathBuf {
            path.components().filter(|part| matches!(part, Component::Normal(_))).collect()
        };
        self.is_whole
            || clean(inside).starts_with(&self.folder)
            || !path.is_empty() && clean(Path::new(path)).starts_with(&self.folder)
    }
}

fn canonical(path: &Path) -> Outcome<PathBuf> {
    std::fs::canonicalize(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::new("io/missing", format!("{}: no such file or folder", path.display()))
        }
        _ => Failure::new("io/read", format!("{}: cannot be read: {error}", path.display())),
    })
}

/// The nearest folder with the entry, else the parent of `kubernetes`, else the one with `.git`, else the folder itself.
fn root_of(folder: &Path, entry: &Path) -> PathBuf {
    if let Some(root) = folder.ancestors().find(|above| above.join(entry).is_dir()) {
        return root.to_path_buf();
    }
    let named = folder.ancestors().find(|above| above.file_name().is_some_and(|name| name == "kubernetes"));
    if let Some(parent) = named.and_then(Path::parent) {
        return parent.to_path_buf();
    }
    folder.ancestors().find(|above| above.join(".git").exists()).unwrap_or(folder).to_path_buf()
}

/// The repository that a folder is part of: where `.git` is, or the parent of `kubernetes`.
pub(crate) fn repository(folder: &Path) -> Option<PathBuf> {
    let folder = std::fs::canonicalize(folder).ok()?;
    let git = folder.ancestors().find(|above| above.join(".git").exists());
    let named =
        || folder.ancestors().find(|above| above.file_name().is_some_and(|name| name == "kubernetes"));
    git.or_else(|| named().and_then(Path::parent)).map(Path::to_path_buf)
}

/// The root as the person would write it: the named folder without the parts that lead to it, or with `..`.
pub(crate) fn above(given: &Path, absolute: &Path, root: &Path) -> PathBuf {
    let Ok(inside) = absolute.strip_prefix(root) else { return root.to_path_buf() };
    let mut shown = given.to_path_buf();
    for _ in inside.components() {
        match shown.components().next_back() {
            Some(Component::Normal(_)) => {
                shown.pop();
            }
            Some(Component::RootDir | Component::Prefix(_)) => return root.to_path_buf(),
            _ => shown.push(".."),
        }
    }
    if shown.as_os_str().is_empty() { PathBuf::from(".") } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roots_are_shown_as_they_were_given() {
        let shown = |given: &str, absolute: &str| {
            above(Path::new(given), Path::new(absolute), Path::new("/r")).display().to_string()
        };
        assert_eq!(shown("../r/kubernetes", "/r/kubernetes"), "../r");
        assert_eq!(shown("kubernetes/apps", "/r/kubernetes/apps"), ".");
        assert_eq!(shown(".", "/r/kubernetes"), "./..");
        assert_eq!(shown("/r/a", "/r/a"), "/r");
        assert_eq!(shown(".", "/r"), ".");
    }

    #[test]
    fn the_root_of_a_repository() {
        let dir = tempfile::tempdir().unwrap();
        let base = std::fs::canonicalize(dir.path()).unwrap();
        std::fs::create_dir_all(base.join("demo/kubernetes/flux/cluster")).unwrap();
        std::fs::create_dir_all(base.join("demo/kubernetes/apps")).unwrap();
        let entry = Path::new("kubernetes/flux/cluster");
        let place = Place::find(&base.join("demo/kubernetes"), None, entry).unwrap();
        assert_eq!((place.root, place.entry.as_path(), place.is_whole), (base.join("demo"), entry, true));
        let place = Place::find(&base.join("demo/kubernetes/apps"), None, entry).unwrap();
        assert_eq!(place.folder, Path::new("kubernetes/apps"));
        assert!(
            !place.is_whole
                && place.holds("kubernetes/apps/a.yaml", "")
                && place.holds("x.yaml", "./kubernetes/apps/a")
        );
        assert!(!place.holds("kubernetes/flux/a.yaml", "./kubernetes/flux"));
        assert!(Place::find(&base.join("none"), None, entry).is_err());
    }
}
