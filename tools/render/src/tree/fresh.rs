//! Folders that are new as a whole: they are made in a folder beside their place, and take it in one step. A tree that
//! was not there before is there whole or not at all, and no file of it is renamed on its own.

use std::collections::{BTreeSet, HashSet};
use std::fs::{self, Permissions};
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use cliutil::Outcome;
use tempfile::TempDir;

use super::disk::Disk;
use super::rendering::File;
use super::write::{cannot, copy_times};

/// New folders on their way.
pub(super) struct Fresh<'j> {
    output: &'j Path,
    staging: TempDir,
    /// Folders made below the staging folder.
    made: HashSet<PathBuf>,
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
        Ok(Self { output, staging, made: HashSet::new(), tops: BTreeSet::new(), sync })
    }

    fn staged(&self, relative: &Path) -> PathBuf {
        let root = self.staging.path().join("t");
        if relative.as_os_str().is_empty() { root } else { root.join(relative) }
    }

    /// Stages an output whose uppermost new folder is `top`.
    pub(super) fn add(&mut self, file: &File, top: PathBuf) -> Outcome<()> {
        let path = self.staged(&file.relative);
        let fail = |error: std::io::Error| cannot("written", &self.output.join(&file.relative), &error);
        if let Some(folder) = path.parent()
            && self.made.insert(folder.to_path_buf())
        {
            fs::create_dir_all(folder).map_err(fail)?;
        }
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
        self.tops.insert(top);
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
