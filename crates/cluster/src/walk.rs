//! The files of one name in a folder and all below it. Each folder is opened from the one above it and each file from its folder,
//! which takes a twelfth from `validate config` beside walkdir and paths: to find and read the components is a fifth of its time.

use std::ffi::{CStr, CString, OsStr};
use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, fstat, openat, statat};
use rustix::io::Errno;

/// Folders below so many are refused: each that is open on the way takes a file descriptor.
const DEEPEST: usize = 64;

/// A folder that cannot be read, and why.
pub(crate) type Failed = (PathBuf, io::Error);

/// What is done with a file, whose path is the one from the folder that was asked for.
type See<'s> = dyn FnMut(&Path, io::Result<File>) -> Below + 's;

/// Whether a file is likely to be there, by its path from the folder that was asked for.
type Likely<'l> = dyn Fn(&Path) -> bool + 'l;

/// Whether the folders beside a file are looked into.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Below {
    Look,
    Pass,
}

/// Hands over each regular file of a name, open where it can be, with its path below the folder: first that of a folder, then
/// those of the folders in it. No links are followed. A file that is `likely` there is opened before its folder, which need
/// not be read then if what is below it is passed.
///
/// # Errors
/// The first folder that cannot be read.
pub(crate) fn files(folder: &Path, name: &CStr, likely: &Likely, see: &mut See) -> Result<(), Failed> {
    let mut walk = Walk { folder, name, likely, see, at: Vec::new(), room: Vec::new() };
    let opened = openat(CWD, folder, FOLDER, Mode::empty()).map_err(|error| walk.failed(error.into()))?;
    walk.below(&opened, false, DEEPEST)
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// A pipe is not waited for.
const FILE: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC).union(OFlags::NONBLOCK);

struct Walk<'w, 's> {
    folder: &'w Path,
    name: &'w CStr,
    likely: &'w Likely<'w>,
    see: &'w mut See<'s>,
    /// The way from the folder to where it is: one text that grows and shrinks.
    at: Vec<u8>,
    /// For the entries of a folder.
    room: Vec<u8>,
}

impl Walk<'_, '_> {
    /// `seen`: the file in this folder was handed over already.
    fn below(&mut self, opened: &OwnedFd, seen: bool, left: usize) -> Result<(), Failed> {
        let Some(left) = left.checked_sub(1) else {
            return Err(self.failed(io::Error::other("the folders are nested too deeply")));
        };
        let (folders, holds) = self.read(opened).map_err(|error| self.failed(error.into()))?;
        if holds && !seen {
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
            let seen = self.likely_file(opened, &folder);
            if seen != Some(Below::Pass) {
                let opened = openat(opened, &folder, FOLDER | OFlags::NOFOLLOW, Mode::empty());
                let opened = opened.map_err(|error| self.failed(error.into()))?;
                self.below(&opened, seen.is_some(), left)?;
            }
            self.at.truncate(back);
        }
        Ok(())
    }

    /// Hands over the file in the folder it has just gone on to, if it is likely there and is. Of one that cannot be opened the
    /// folder tells more.
    fn likely_file(&mut self, above: &OwnedFd, folder: &CStr) -> Option<Below> {
        let back = self.step(self.name);
        let found = if (self.likely)(path(&self.at)) { self.open_in(above, folder, back) } else { None };
        let below = found.map(|file| (self.see)(path(&self.at), Ok(file)));
        self.at.truncate(back);
        below
    }

    /// The file at the end of the way, whose folder ends at `end`, if it is a regular one.
    fn open_in(&self, above: &OwnedFd, folder: &CStr, end: usize) -> Option<File> {
        let from = end - folder.to_bytes().len();
        let file = openat(above, path(&self.at[from..]), FILE, Mode::empty()).ok()?;
        let kind = FileType::from_raw_mode(fstat(&file).ok()?.st_mode);
        (kind == FileType::RegularFile).then(|| File::from(file))
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

    fn found_with(folder: &Path, likely: &Likely) -> Result<Vec<PathBuf>, Failed> {
        let mut all = Vec::new();
        files(folder, c"f", likely, &mut |path, file| {
            assert!(file.unwrap().metadata().unwrap().is_file());
            all.push(path.to_owned());
            if path.starts_with("pass") { Below::Pass } else { Below::Look }
        })?;
        all.sort();
        Ok(all)
    }

    /// The same whatever is taken to be likely.
    fn found(folder: &Path) -> Result<Vec<PathBuf>, Failed> {
        let all = found_with(folder, &|_| false);
        let likely = found_with(folder, &|_| true);
        assert_eq!(all.as_ref().ok(), likely.as_ref().ok());
        all
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
        std::fs::create_dir_all(at("pipe")).unwrap();
        #[cfg(target_os = "linux")]
        rustix::fs::mknodat(CWD, at("pipe/f"), FileType::Fifo, Mode::RUSR, 0).unwrap();
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
