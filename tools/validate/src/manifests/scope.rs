//! Which files are checked, which are only looked at, and how their paths are shown.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use cliutil::{Failure, Outcome};
use regex::Regex;

use super::args::ManifestsArgs;

/// Checked when no path is given; only the first must be there.
const DEFAULTS: [&str; 3] = ["kubernetes", "bootstrap", "talos"];

/// The paths of a run.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// The repository's root, absolute.
    pub(crate) root: PathBuf,
    /// The folder Flux starts from, absolute.
    pub(crate) entry: PathBuf,
    /// Folders and files to check: absolute, and as the user gave them.
    pub(crate) given: Vec<(PathBuf, PathBuf)>,
    /// Standard input is to be checked.
    pub(crate) stdin: bool,
    /// Files to leave out.
    pub(crate) ignored: Vec<Regex>,
    /// The current folder, absolute.
    current: PathBuf,
    /// The root was said, or is marked as one.
    is_repository: bool,
}

impl Scope {
    /// The scope of some arguments.
    ///
    /// # Errors
    /// `io/missing` for a path that is not there, `io/read`.
    pub(crate) fn new(args: &ManifestsArgs) -> Outcome<Self> {
        let current = canonical(Path::new("."))?;
        let stdin = args.paths.iter().any(|path| path.as_os_str() == "-");
        let mut paths: Vec<_> = args.paths.iter().filter(|path| path.as_os_str() != "-").cloned().collect();
        if args.paths.is_empty() {
            let base = args.root.clone().unwrap_or_default();
            paths = DEFAULTS.iter().map(|name| base.join(name)).collect();
            paths.retain(|path| path.ends_with(DEFAULTS[0]) || path.is_dir());
        }
        let given =
            paths.into_iter().map(|path| Ok((canonical(&path)?, path))).collect::<Outcome<Vec<_>>>()?;
        let root = match &args.root {
            Some(root) => canonical(root)?,
            None => given.first().map_or_else(|| current.clone(), |(path, _)| find_root(path, &current)),
        };
        let is_repository =
            args.root.is_some() || [".git", "kubernetes"].iter().any(|name| root.join(name).exists());
        let entry = kustomize::clean(&root.join(&args.entry));
        let ignored = args.ignore_filename_pattern.iter().map(|pattern| {
            Regex::new(pattern).map_err(|error| {
                let message = format!("--ignore-filename-pattern {pattern}: {error}");
                Failure::new("usage/pattern", message.replace('\n', " "))
            })
        });
        let ignored = ignored.collect::<Outcome<_>>()?;
        Ok(Self { root, entry, given, stdin, ignored, current, is_repository })
    }

    /// Whether a file is to be checked.
    pub(crate) fn holds(&self, path: &Path) -> bool {
        self.given.iter().any(|(given, _)| rest_of(path, given).is_some())
            && (self.ignored.is_empty() || {
                let shown = self.show(path);
                !self.ignored.iter().any(|one| one.is_match(&shown))
            })
    }

    /// Folders that are looked at beyond what is checked, for what the checked files refer to.
    pub(crate) fn surroundings(&self) -> Vec<PathBuf> {
        if self.given.is_empty() || self.gives(&self.root) {
            return Vec::new();
        }
        let folders = ["kubernetes", "bootstrap"].iter().map(|name| self.root.join(name));
        folders.filter(|path| !self.gives(path) && path.is_dir()).collect()
    }

    /// Whether the very path was given.
    pub(crate) fn gives(&self, path: &Path) -> bool {
        self.given.iter().any(|(given, _)| given == path)
    }

    /// The root as the user would write it.
    pub(crate) fn shown_root(&self) -> PathBuf {
        let given = self.given.iter().find(|(path, _)| path.starts_with(&self.root));
        match given {
            Some((path, given)) => crate::place::above(given, path, &self.root),
            None => self.root.clone(),
        }
    }

    /// The folder that holds everything that was given, relative to the root.
    pub(crate) fn searched(&self) -> PathBuf {
        let folder = |path: &Path| {
            let folder = if path.is_dir() { path } else { path.parent().unwrap_or(path) };
            folder.strip_prefix(&self.root).unwrap_or(Path::new("")).to_path_buf()
        };
        let mut folders = self.given.iter().map(|(path, _)| folder(path));
        let first = folders.next().unwrap_or_default();
        folders.fold(first, |all, one| {
            let shared = all.components().zip(one.components()).take_while(|(a, b)| a == b);
            shared.map(|(part, _)| part).collect()
        })
    }

    /// Whether to search below that folder, too. A single file that lies anywhere says nothing about what is below the
    /// folder it is in: that may be all of a person's files.
    pub(crate) fn searches_below(&self) -> bool {
        self.is_repository || self.given.iter().any(|(path, _)| path.is_dir())
    }

    /// A path as the user would write it.
    pub(crate) fn show(&self, path: &Path) -> String {
        for (absolute, given) in &self.given {
            if let Some(rest) = rest_of(path, absolute) {
                let shown = if rest.as_os_str().is_empty() { given.clone() } else { given.join(rest) };
                return tidy(&shown);
            }
        }
        tidy(path.strip_prefix(&self.current).unwrap_or(path))
    }
}

/// `./a` is shown as `a`.
fn tidy(path: &Path) -> String {
    let dotted = path.as_os_str().as_bytes().starts_with(b".");
    let shown = if dotted { path.strip_prefix(".").unwrap_or(path) } else { path };
    shown.to_string_lossy().into_owned()
}

/// A path as it is below a folder, empty for the folder itself. Both have no `.`, `..` and doubled slashes, so that their
/// plain texts can be compared; paths are compared part by part.
pub(crate) fn rest_of<'p>(path: &'p Path, folder: &Path) -> Option<&'p Path> {
    let folder = folder.as_os_str().as_bytes();
    let rest = path.as_os_str().as_bytes().strip_prefix(folder.strip_suffix(b"/").unwrap_or(folder))?;
    match rest {
        [] => Some(Path::new("")),
        [b'/', rest @ ..] => Some(Path::new(OsStr::from_bytes(rest))),
        _ => None,
    }
}

fn canonical(path: &Path) -> Outcome<PathBuf> {
    std::fs::canonicalize(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => {
            Failure::new("io/missing", format!("{}: no such file or folder", path.display()))
                .with_help("name the folder of manifests, or run this where kubernetes/ is")
        }
        _ => Failure::new("io/read", format!("{}: cannot be read: {error}", path.display())),
    })
}

/// The nearest folder above that holds `kubernetes`, for a generated repository may lie inside another one; else the
/// one with `.git`; else the current folder.
fn find_root(path: &Path, current: &Path) -> PathBuf {
    let named = path.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == "kubernetes"));
    if let Some(parent) = named.and_then(Path::parent) {
        return parent.to_path_buf();
    }
    let holds = |name: &str| path.ancestors().find(|folder| folder.join(name).exists());
    match holds(".git").or_else(|| holds("kubernetes")) {
        Some(root) => root.to_path_buf(),
        None if path.starts_with(current) => current.to_path_buf(),
        None => path.parent().unwrap_or(path).to_path_buf(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_below() {
        for (path, folder, rest) in [
            ("/a/b", "/a", Some("b")),
            ("/a/b/c", "/a/", Some("b/c")),
            ("/a", "/a", Some("")),
            ("/ab", "/a", None),
            ("/a", "/a/b", None),
            ("/a", "/", Some("a")),
        ] {
            assert_eq!(rest_of(Path::new(path), Path::new(folder)), rest.map(Path::new), "{path} {folder}");
        }
    }

    #[test]
    fn the_root_is_beside_kubernetes() {
        let dir = tempfile::tempdir().unwrap();
        let base = std::fs::canonicalize(dir.path()).unwrap();
        std::fs::create_dir_all(base.join(".git")).unwrap();
        std::fs::create_dir_all(base.join("demo/kubernetes/apps")).unwrap();
        std::fs::create_dir_all(base.join("other")).unwrap();
        assert_eq!(find_root(&base.join("demo/kubernetes/apps"), &base), base.join("demo"));
        assert_eq!(find_root(&base.join("other"), &base), base);
    }
}
