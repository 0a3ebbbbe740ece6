//! What is on disk where outputs are to be: each folder is looked at once, and nothing below one that is missing.

use std::collections::HashMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use cliutil::{Failure, Outcome, unreadable};

use super::rendering::File;

/// The output folder, and those below it that outputs are in.
pub(super) struct Disk<'o> {
    output: &'o Path,
    /// The output folder without links; none when it is missing.
    root: Option<PathBuf>,
    /// Folders by their path below the output folder, as plain text (paths are hashed part by part): whether they exist.
    folders: HashMap<OsString, bool>,
}

impl<'o> Disk<'o> {
    /// Looks at the folders of the outputs.
    ///
    /// # Errors
    /// `render/outside` when a folder is a link that leads out of the output folder.
    pub(super) fn look(files: &[File], output: &'o Path) -> Outcome<Self> {
        let mut disk = Self { output, root: fs::canonicalize(output).ok(), folders: HashMap::new() };
        for file in files {
            if let Some(folder) = file.relative.parent() {
                disk.folder(folder)?;
            }
        }
        Ok(disk)
    }

    /// Whether a folder of an output exists.
    pub(super) fn has(&self, folder: &Path) -> bool {
        if folder.as_os_str().is_empty() {
            self.root.is_some()
        } else {
            self.folders.get(folder.as_os_str()) == Some(&true)
        }
    }

    fn folder(&mut self, folder: &Path) -> Outcome<bool> {
        if folder.as_os_str().is_empty() {
            return Ok(self.root.is_some());
        }
        if let Some(exists) = self.folders.get(folder.as_os_str()) {
            return Ok(*exists);
        }
        let below = self.folder(folder.parent().unwrap_or(Path::new("")))?;
        let exists = below && self.is_there(&self.output.join(folder))?;
        self.folders.insert(folder.as_os_str().to_owned(), exists);
        Ok(exists)
    }

    fn is_there(&self, path: &Path) -> Outcome<bool> {
        match fs::symlink_metadata(path) {
            Ok(meta) if meta.is_symlink() => self.stays_inside(path).map(|()| path.is_dir()),
            Ok(meta) => Ok(meta.is_dir()),
            Err(_) => Ok(false),
        }
    }

    /// The content of an output as it is on disk; none when there is no such file.
    ///
    /// # Errors
    /// `render/outside` when it is a link that leads out of the output folder, `io/read`.
    pub(super) fn read(&self, relative: &Path) -> Outcome<Option<Vec<u8>>> {
        if !self.has(relative.parent().unwrap_or(Path::new(""))) {
            return Ok(None);
        }
        let path = self.output.join(relative);
        match fs::symlink_metadata(&path) {
            Ok(meta) if meta.is_symlink() => self.stays_inside(&path)?,
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unreadable(&path, &error)),
        }
        match fs::read(&path) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(unreadable(&path, &error)),
        }
    }

    /// Nothing is written outside the output folder, also not through a link.
    fn stays_inside(&self, path: &Path) -> Outcome<()> {
        let stays = fs::canonicalize(path)
            .ok()
            .zip(self.root.as_ref())
            .is_some_and(|(real, root)| real.starts_with(root));
        if stays {
            return Ok(());
        }
        let message = format!("{}: leads out of the output folder through a link", path.display());
        Err(Failure::new("render/outside", message))
    }
}
