//! Folders that are new as a whole: they are made in a folder beside their place, and take it in one step. A tree that
//! was not there before is there whole or not at all, and no file of it is renamed on its own.

use std::collections::{BTreeSet, HashSet};
use std::ffi::OsString;
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use cliutil::{Outcome, parallel};
use tempfile::TempDir;

use super::disk::Disk;
use super::rendering::File;
use super::write::{cannot, copy_times};

/// New folders on their way.
pub(super) struct Fresh<'j> {
    output: &'j Path,
    /// Goes with all that is left in it.
    _staging: TempDir,
    /// Where the output folder is staged.
    root: PathBuf,
    /// Folders to be made, below the output folder, each behind the one it is in.
    folders: Vec<PathBuf>,
    /// They, and those above, as plain text: paths are hashed part by part.
    known: HashSet<OsString>,
    files: Vec<&'j File>,
    /// The uppermost new folders, by their paths below the output folder; an empty path is the output folder itself.
    tops: BTreeSet<PathBuf>,
    sync: bool,
}

/// The uppermost folder of an output that does not exist yet; none when its folder exists.
pub(super) fn top(disk: &Disk, relative: &Path) -> Option<PathBuf> {
    let folder = relative.parent()?;
    let missing = folder.ancestors().take_while(|folder| !disk.has(folder));
    missing.last().map(Path::to_path_buf)
}

impl<'j> Fresh<'j> {
    /// Makes the folder that things are staged in: in `parent`, which must exist and be on the output's file system.
    pub(super) fn new(output: &'j Path, parent: &Path, sync: bool) -> Outcome<Self> {
        let staging = tempfile::Builder::new()
            .prefix(".clusterpipe-")
            .tempdir_in(parent)
            .map_err(|error| cannot("written", output, &error))?;
        let root = staging.path().join("t");
        let mut fresh = Self {
            output,
            _staging: staging,
            root,
            folders: Vec::new(),
            known: HashSet::new(),
            files: Vec::new(),
            tops: BTreeSet::new(),
            sync,
        };
        fresh.folder(Path::new(""));
        Ok(fresh)
    }

    fn staged(&self, relative: &Path) -> PathBuf {
        if relative.as_os_str().is_empty() { self.root.clone() } else { self.root.join(relative) }
    }

    /// Takes an output whose uppermost new folder is `top`.
    pub(super) fn add(&mut self, file: &'j File, top: PathBuf) {
        if let Some(folder) = file.relative.parent() {
            self.folder(folder);
        }
        self.files.push(file);
        self.tops.insert(top);
    }

    fn folder(&mut self, folder: &Path) {
        if self.known.contains(folder.as_os_str()) {
            return;
        }
        if let Some(above) = folder.parent() {
            self.folder(above);
        }
        self.known.insert(folder.as_os_str().to_owned());
        self.folders.push(folder.to_path_buf());
    }

    /// Stages all that was taken.
    pub(super) fn stage(&self) -> Outcome<()> {
        for folder in &self.folders {
            fs::create_dir(self.staged(folder))
                .map_err(|error| cannot("made", &self.output.join(folder), &error))?;
        }
        parallel::map(&self.files, |file| self.stage_file(file)).into_iter().collect()
    }

    fn stage_file(&self, file: &File) -> Outcome<()> {
        let path = self.staged(&file.relative);
        let fail = |error: std::io::Error| cannot("written", &self.output.join(&file.relative), &error);
        let mut handle =
            fs::OpenOptions::new().write(true).create_new(true).mode(0o666).open(&path).map_err(fail)?;
        handle.write_all(&file.bytes).map_err(fail)?;
        if let Some(mode) = file.mode {
            handle.set_permissions(Permissions::from_mode(mode)).map_err(fail)?;
        }
        if let Some(source) = &file.metadata_of {
            copy_times(source, &handle).map_err(fail)?;
        }
        if self.sync {
            handle.sync_all().map_err(fail)?;
        }
        Ok(())
    }

    /// Puts the new folders into their places.
    pub(super) fn place(self) -> Outcome<()> {
        for top in &self.tops {
            let target =
                if top.as_os_str().is_empty() { self.output.to_path_buf() } else { self.output.join(top) };
            fs::rename(self.staged(top), &target).map_err(|error| cannot("written", &target, &error))?;
        }
        Ok(())
    }
}
