//! A folder for plain text that must exist as a file for a while: its owner's alone, in memory where the system has
//! such a place, wiped and removed afterwards.

use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

use cliutil::{Failure, Outcome};
use zeroize::Zeroizing;

/// A file in a folder of its own.
pub(crate) struct PrivateFile {
    path: PathBuf,
    /// Removes the folder when dropped.
    _folder: tempfile::TempDir,
}

impl PrivateFile {
    /// Makes the file (0600) with a content, in a new folder (0700).
    pub(crate) fn new(name: &Path, content: &[u8]) -> Outcome<Self> {
        let failed = |error| Failure::new("io/write", format!("no private file can be made: {error}"));
        let private = std::fs::Permissions::from_mode(0o700);
        let folder = tempfile::Builder::new()
            .prefix(".secrets-")
            .permissions(private)
            .tempdir_in(place())
            .map_err(failed)?;
        let path = folder.path().join(name.file_name().unwrap_or("secret".as_ref()));
        let made = Self { path, _folder: folder };
        let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&made.path);
        file.and_then(|mut file| file.write_all(content)).map_err(failed)?;
        Ok(made)
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// What it holds now.
    pub(crate) fn read(&self) -> Outcome<Zeroizing<Vec<u8>>> {
        std::fs::read(&self.path)
            .map(Zeroizing::new)
            .map_err(|error| Failure::new("io/read", format!("the edited file cannot be read: {error}")))
    }
}

impl Drop for PrivateFile {
    /// Overwrites every file of the folder (editors leave copies) before it is removed.
    fn drop(&mut self) {
        let Some(folder) = self.path.parent() else { return };
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let length = entry.metadata().map_or(0, |meta| if meta.is_file() { meta.len() } else { 0 });
            let zeros = vec![0; usize::try_from(length).unwrap_or(0)];
            let file = std::fs::OpenOptions::new().write(true).open(entry.path());
            let _ = file.and_then(|mut file| file.write_all(&zeros).and_then(|()| file.sync_data()));
        }
    }
}

/// A folder in memory, where there is one.
fn place() -> PathBuf {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let memory = runtime.into_iter().chain([PathBuf::from("/dev/shm")]).find(|folder| writable(folder));
    memory.unwrap_or_else(std::env::temp_dir)
}

fn writable(folder: &Path) -> bool {
    folder.is_dir() && tempfile::Builder::new().prefix(".secrets-").tempdir_in(folder).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_gone_afterwards() {
        let file = PrivateFile::new(Path::new("some/folder/a.sops.yaml"), b"a: 1\n").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let path = file.path().to_path_buf();
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert_eq!(
            (path.file_name().unwrap().to_str(), file.read().unwrap().as_slice()),
            (Some("a.sops.yaml"), b"a: 1\n".as_slice())
        );
        drop(file);
        assert!(!path.parent().unwrap().exists());
    }
}
