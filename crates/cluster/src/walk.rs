//! The files of one name in a folder and all below it. Each folder is opened from the one above it and each file from its folder,
//! which takes a twelfth from `validate config` beside walkdir and paths: to find and read the components is a fifth of its time.

use std::ffi::{CStr, CString, OsStr};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, openat, statat};
use rustix::io::Errno;

/// Folders below so many are refused: each that is open on the way takes a file descriptor.
const DEEPEST: usize = 64;

/// A folder that cannot be read, and why.
pub(crate) type Failed = (PathBuf, io::Error);

/// What is done with a file, whose path is the one from the folder that was asked for.
type See<'s> = dyn FnMut(&Path, io::Result<File>) -> Below + 's;

/// Whether the folders beside a file are looked into.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Below {
    Look,
    Pass,
}

/// Hands over each regular file of a name, open where it can be, with its path below the folder: first that of a folder, then
/// those of the folders in it. No links are followed.
///
/// # Errors
/// The first folder that cannot be read.
pub(crate) fn files(folder: &Path, name: &CStr, see: &mut See) -> Result<(), Failed> {
    let mut walk = Walk { folder, name, see, at: Vec::new(), room: Vec::new() };
    let opened = openat(CWD, folder, FOLDER, Mode::empty()).map_err(|error| walk.failed(error.into()))?;
    walk.below(&opened, DEEPEST)
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
const FILE: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

struct Walk<'w, 's> {
    folder: &'w Path,
    name: &'w CStr,
    see: &'w mut See<'s>,
    /// The way from the folder to where it is: one text that grows and shrinks.
    at: Vec<u8>,
    /// For the entries of a folder.
    room: Vec<u8>,
}

impl Walk<'_, '_> {
    fn below(&mut self, opened: &OwnedFd, left: usize) -> Result<(), Failed> {
        let Some(left) = left.checked_sub(1) else {
            return Err(self.failed(io::Error::other("the folders are nested too deeply")));
        };
        let (folders, holds) = self.read(opened).map_err(|error| self.failed(error.into()))?;
        if holds {
            let file = openat(opened, self.name, FILE, Mode::empty());
            let back = self.step(self.name);
            let below = (self.see)(path(&self.at), file.map(File::from).map_err(io::Error::from));
            self.at.truncate(back);
            if below == Below::Pass {
                return Ok(());
            }
        }
        for folder in folders {
            let back = self.step(&folder);
            let opened = openat(opened, &folder, FOLDER | OFlags::NOFOLLOW, Mode::empty());
            self.below(&opened.map_err(|error| self.failed(error.into()))?, left)?;
            self.at.truncate(back);
        }
        Ok(())
    }

    /// The folders in a folder, and whether a file of the name is there.
    fn read(&mut self, opened: &OwnedFd) -> Result<(Vec<CString>, bool), Errno> {
        let (mut folders, mut holds) = (Vec::new(), false);
        let name = self.name;
        entries(opened, &mut self.room, &mut |entry, kind| {
            // Some file systems say what an entry is only when they are asked.
            let kind = match kind {
                FileType::Unknown => {
                    FileType::from_raw_mode(statat(opened, entry, AtFlags::SYMLINK_NOFOLLOW)?.st_mode)
                }
                known => known,
            };
            match kind {
                FileType::Directory if !matches!(entry.to_bytes(), b"." | b"..") => {
                    folders.push(entry.to_owned());
                }
                FileType::RegularFile => holds |= entry == name,
                _ => {}
            }
            Ok(())
        })?;
        Ok((folders, holds))
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

/// What is done with an entry.
type SeeEntry<'s> = dyn FnMut(&CStr, FileType) -> Result<(), Errno> + 's;

/// Reads a folder into `room`, where the system lets us: of most entries no more than their kind is looked at.
#[cfg(target_os = "linux")]
fn entries(opened: &OwnedFd, room: &mut Vec<u8>, see: &mut SeeEntry) -> Result<(), Errno> {
    room.reserve(ROOM);
    let mut entries = rustix::fs::RawDir::new(opened, room.spare_capacity_mut());
    while let Some(entry) = entries.next() {
        let entry = entry?;
        see(entry.file_name(), entry.file_type())?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn entries(opened: &OwnedFd, _: &mut Vec<u8>, see: &mut SeeEntry) -> Result<(), Errno> {
    for entry in rustix::fs::Dir::read_from(opened)? {
        let entry = entry?;
        see(entry.file_name(), entry.file_type())?;
    }
    Ok(())
}

/// Bytes for the entries of a folder that are read at once.
#[cfg(target_os = "linux")]
const ROOM: usize = 8192;

#[cfg(test)]
mod tests {
    use super::*;

    fn found(folder: &Path) -> Result<Vec<PathBuf>, Failed> {
        let mut all = Vec::new();
        files(folder, c"f", &mut |path, _| {
            all.push(path.to_owned());
            if path.starts_with("pass") { Below::Pass } else { Below::Look }
        })?;
        all.sort();
        Ok(all)
    }

    #[test]
    fn in_every_folder_and_through_no_link() {
        let folder = tempfile::tempdir().unwrap();
        let at = |path: &str| folder.path().join(path);
        std::fs::create_dir_all(at("a/b")).unwrap();
        std::fs::create_dir_all(at("c/f")).unwrap();
        std::fs::create_dir_all(at("pass/by")).unwrap();
        for file in ["f", "a/b/f", "a/g", "c/f/f", "pass/f", "pass/by/f"] {
            std::fs::write(at(file), "").unwrap();
        }
        std::os::unix::fs::symlink(at("a/g"), at("a/f")).unwrap();
        std::os::unix::fs::symlink(at("a"), at("link")).unwrap();
        assert_eq!(found(folder.path()).unwrap(), ["a/b/f", "c/f/f", "f", "pass/f"].map(PathBuf::from));
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
