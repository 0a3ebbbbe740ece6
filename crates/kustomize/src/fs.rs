//! Where files come from: the disk, or memory (a revision out of git, a test).

use std::collections::BTreeMap;
use std::io;
use std::path::{Component, Path, PathBuf};

/// The most that is read from one file: no object a cluster accepts comes near, and a text costs several times its
/// size while it is worked on.
pub const MAX_FILE: u64 = 32 << 20;

/// What a build needs of a file system.
pub trait FileSystem: Send + Sync {
    /// The content of a file.
    ///
    /// # Errors
    /// `NotFound`, `IsADirectory`, `FileTooLarge` beyond [`MAX_FILE`], and others.
    fn read(&self, path: &Path) -> io::Result<Vec<u8>>;

    /// The one true path of an existing file or folder: links and `..` resolved.
    ///
    /// # Errors
    /// `NotFound` and others.
    fn canonical(&self, path: &Path) -> io::Result<PathBuf>;

    /// Whether it is a folder.
    fn is_dir(&self, path: &Path) -> bool;

    /// The names in a folder, sorted, and whether each is a folder.
    ///
    /// # Errors
    /// `NotFound` and others.
    fn entries(&self, path: &Path) -> io::Result<Vec<(String, bool)>>;
}

/// The disk.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl FileSystem for Disk {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        cliutil::read_whole(path, MAX_FILE)
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        std::fs::canonicalize(path)
    }

    fn is_dir(&self, path: &Path) -> bool {
        path.is_dir()
    }

    fn entries(&self, path: &Path) -> io::Result<Vec<(String, bool)>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(path)? {
            let entry = entry?;
            // What is no text cannot be named in a kustomization.
            if let Ok(name) = entry.file_name().into_string() {
                names.push((name, entry.path().is_dir()));
            }
        }
        names.sort();
        Ok(names)
    }
}

/// Files in memory; folders are what their paths imply.
#[derive(Clone, Default)]
pub struct Memory {
    files: BTreeMap<PathBuf, Vec<u8>>,
}

impl Memory {
    /// No files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file.
    pub fn add(&mut self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) {
        self.files.insert(clean(path.as_ref()), content.into());
    }

    /// Adds a file; for chains.
    #[must_use]
    pub fn with(mut self, path: impl AsRef<Path>, content: impl Into<Vec<u8>>) -> Self {
        self.add(path, content);
        self
    }

    fn below<'a>(&'a self, folder: &'a Path) -> impl Iterator<Item = &'a Path> {
        // Paths are in the order of their parts, so what is in a folder follows it.
        let from = self.files.range(folder.to_path_buf()..).map(|(path, _)| path.as_path());
        from.skip_while(move |path| *path == folder).take_while(move |path| path.starts_with(folder))
    }
}

impl std::fmt::Debug for Memory {
    /// Never the contents: they may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.files.keys()).finish()
    }
}

impl FileSystem for Memory {
    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let path = clean(path);
        match self.files.get(&path) {
            Some(content) if content.len() as u64 > MAX_FILE => Err(io::ErrorKind::FileTooLarge.into()),
            Some(content) => Ok(content.clone()),
            None if self.is_dir(&path) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        let path = clean(path);
        if self.files.contains_key(&path) || self.is_dir(&path) {
            return Ok(path);
        }
        Err(io::ErrorKind::NotFound.into())
    }

    fn is_dir(&self, path: &Path) -> bool {
        self.below(&clean(path)).next().is_some()
    }

    fn entries(&self, path: &Path) -> io::Result<Vec<(String, bool)>> {
        let folder = clean(path);
        if !self.is_dir(&folder) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let mut names = BTreeMap::new();
        for file in self.below(&folder) {
            let Ok(rest) = file.strip_prefix(&folder) else { continue };
            let mut parts = rest.components();
            if let Some(Component::Normal(name)) = parts.next()
                && let Some(name) = name.to_str()
            {
                names.insert(name.to_owned(), parts.next().is_some());
            }
        }
        Ok(names.into_iter().collect())
    }
}

/// The path without `.` and with `..` taken out where a name stands before it, by its text alone.
pub fn clean(path: &Path) -> PathBuf {
    // Nearly all are, and taking them apart costs more than looking.
    let text = path.as_os_str().as_encoded_bytes();
    let mut parts = text.strip_prefix(b"/").unwrap_or(text).split(|byte| *byte == b'/');
    if parts.all(|part| !matches!(part, b"" | b"." | b"..")) {
        return path.to_path_buf();
    }
    let mut out = PathBuf::with_capacity(path.as_os_str().len());
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match out.components().next_back() {
                Some(Component::Normal(_)) => {
                    out.pop();
                }
                Some(Component::RootDir | Component::Prefix(_)) => {}
                _ => out.push(".."),
            },
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cleaned() {
        for (path, want) in [
            ("a/./b/../c", "a/c"),
            ("../a", "../a"),
            ("a/../../b", "../b"),
            ("/..", "/"),
            (".", ""),
            ("a//b/", "a/b"),
            ("/a/b", "/a/b"),
            ("", ""),
        ] {
            assert_eq!(clean(Path::new(path)), Path::new(want), "{path}");
        }
    }

    #[test]
    fn memory_is_a_file_system() {
        let fs = Memory::new().with("a/b/c.yaml", "x").with("a/d.yaml", "y");
        assert_eq!(fs.read(Path::new("a/./b/c.yaml")).unwrap(), b"x");
        assert_eq!(fs.read(Path::new("a/b")).unwrap_err().kind(), io::ErrorKind::IsADirectory);
        assert_eq!(fs.read(Path::new("z")).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(
            fs.entries(Path::new("a")).unwrap(),
            [("b".to_owned(), true), ("d.yaml".to_owned(), false)]
        );
        assert!(fs.is_dir(Path::new("")) && !fs.is_dir(Path::new("a/d.yaml")));
    }
}
