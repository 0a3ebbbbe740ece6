//! The files of one name in a folder and all below it. Each folder is opened from the one above it and each file from its folder,
//! which takes a twelfth from `validate config` beside walkdir and paths: to find and read the components is a fifth of its time.

use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Dir, DirEntry, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;

/// Folders below so many are refused: each that is open on the way takes a file descriptor.
const DEEPEST: usize = 64;

/// A folder that cannot be read, and why.
pub(crate) type Failed = (PathBuf, io::Error);

/// What is done with a file, whose path is the one from the folder that was asked for.
type See<'s> = dyn FnMut(&Path, io::Result<File>) + 's;

/// Hands over each regular file of a name, open where it can be, with its path below the folder. No links are followed.
///
/// # Errors
/// The first folder that cannot be read.
pub(crate) fn files(folder: &Path, name: &CStr, see: &mut See) -> Result<(), Failed> {
    let mut walk = Walk { folder, name, see, at: Vec::new() };
    let opened = openat(CWD, folder, FOLDER, Mode::empty()).map_err(|error| walk.failed(error.into()))?;
    walk.below(opened, DEEPEST)
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
const FILE: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

struct Walk<'w, 's> {
    folder: &'w Path,
    name: &'w CStr,
    see: &'w mut See<'s>,
    /// The way from the folder to where it is: one text that grows and shrinks.
    at: Vec<u8>,
}

impl Walk<'_, '_> {
    fn below(&mut self, opened: OwnedFd, left: usize) -> Result<(), Failed> {
        let Some(left) = left.checked_sub(1) else {
            return Err(self.failed(io::Error::other("the folders are nested too deeply")));
        };
        let (entries, folders, holds) = self.read(opened).map_err(|error| self.failed(error.into()))?;
        let opened = entries.fd().map_err(|error| self.failed(error.into()))?;
        if holds {
            let file = openat(opened, self.name, FILE, Mode::empty());
            let back = self.step(self.name);
            (self.see)(path(&self.at), file.map(File::from).map_err(io::Error::from));
            self.at.truncate(back);
        }
        for folder in folders {
            let back = self.step(folder.file_name());
            let opened = openat(opened, folder.file_name(), FOLDER | OFlags::NOFOLLOW, Mode::empty());
            self.below(opened.map_err(|error| self.failed(error.into()))?, left)?;
            self.at.truncate(back);
        }
        Ok(())
    }

    /// The folders in a folder, and whether a file of the name is there.
    fn read(&self, opened: OwnedFd) -> Result<(Dir, Vec<DirEntry>, bool), Errno> {
        let mut entries = Dir::new(opened)?;
        let (mut folders, mut holds) = (Vec::new(), false);
        while let Some(entry) = entries.read() {
            let entry = entry?;
            match kind(&entries, &entry)? {
                FileType::Directory if !matches!(entry.file_name().to_bytes(), b"." | b"..") => {
                    folders.push(entry);
                }
                FileType::RegularFile => holds |= entry.file_name() == self.name,
                _ => {}
            }
        }
        Ok((entries, folders, holds))
    }

    /// Goes on to a name, and gives the length to go back to.
    fn step(&mut self, name: &CStr) -> usize {
        let back = self.at.len();
        if back > 0 {
            self.at.push(b'/');
        }
        self.at.extend_from_slice(name.to_bytes());
        back
    }

    fn failed(&self, error: io::Error) -> Failed {
        let whole =
            if self.at.is_empty() { self.folder.to_owned() } else { self.folder.join(path(&self.at)) };
        (whole, error)
    }
}

fn path(bytes: &[u8]) -> &Path {
    Path::new(OsStr::from_bytes(bytes))
}

/// What an entry is; some file systems say so only when they are asked.
fn kind(entries: &Dir, entry: &DirEntry) -> Result<FileType, Errno> {
    match entry.file_type() {
        FileType::Unknown => {
            let stat = statat(entries.fd()?, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW)?;
            Ok(FileType::from_raw_mode(stat.st_mode))
        }
        known => Ok(known),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(folder: &Path) -> Result<Vec<PathBuf>, Failed> {
        let mut all = Vec::new();
        files(folder, c"f", &mut |path, _| all.push(path.to_owned()))?;
        all.sort();
        Ok(all)
    }

    #[test]
    fn in_every_folder_and_through_no_link() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        std::fs::create_dir_all(at("a/b")).unwrap();
        std::fs::create_dir_all(at("c/f")).unwrap();
        for file in ["f", "a/b/f", "a/g", "c/f/f"] {
            std::fs::write(at(file), "").unwrap();
        }
        std::os::unix::fs::symlink(at("a/g"), at("a/f")).unwrap();
        std::os::unix::fs::symlink(at("a"), at("link")).unwrap();
        assert_eq!(found(folder.path()).unwrap(), ["a/b/f", "c/f/f", "f"].map(PathBuf::from));
    }

    #[test]
    fn what_cannot_be_read() {
        let folder = tempfile::tempdir().unwrap();
        let (path, error) = found(&folder.path().join("none")).unwrap_err();
        assert_eq!((path, error.kind()), (folder.path().join("none"), io::ErrorKind::NotFound));
        std::fs::create_dir_all(folder.path().join("d/".repeat(DEEPEST - 1))).unwrap();
        assert!(found(folder.path()).unwrap().is_empty());
        std::fs::create_dir_all(folder.path().join("d/".repeat(DEEPEST))).unwrap();
        assert!(found(folder.path()).unwrap_err().1.to_string().contains("too deeply"));
    }
}
