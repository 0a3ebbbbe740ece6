//! A folder for plain text that must exist as a file for a while: its owner's alone, in memory where the system has
//! such a place, wiped and removed afterwards.

use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use cliutil::{Failure, Outcome};
use zeroize::Zeroizing;

/// How folders are called.
const PREFIX: &str = ".secrets-";
/// For how long nobody must have touched a folder that a killed run left: its editor may still be open.
const LEFT: Duration = Duration::from_hours(24);

/// A file in a folder of its own.
pub(crate) struct PrivateFile {
    path: PathBuf,
    /// Says to others that the folder is in use.
    _lock: Option<File>,
    /// Removes the folder when dropped.
    _folder: tempfile::TempDir,
}

impl PrivateFile {
    /// Makes the file (0600) with a content, in a new folder (0700).
    pub(crate) fn new(name: &Path, content: &[u8]) -> Outcome<Self> {
        let failed = |error| Failure::new("io/write", format!("no private file can be made: {error}"));
        let private = std::fs::Permissions::from_mode(0o700);
        let place = place();
        sweep(&place, SystemTime::now());
        let folder =
            tempfile::Builder::new().prefix(PREFIX).permissions(private).tempdir_in(place).map_err(failed)?;
        let path = folder.path().join(name.file_name().unwrap_or("secret".as_ref()));
        let made = Self { path, _lock: locked(folder.path()), _folder: folder };
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
    fn drop(&mut self) {
        if let Some(folder) = self.path.parent() {
            wipe(folder);
        }
    }
}

/// Overwrites every file of a folder (editors leave copies) before it is removed.
fn wipe(folder: &Path) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let length = entry.metadata().map_or(0, |meta| if meta.is_file() { meta.len() } else { 0 });
        let zeros = vec![0; usize::try_from(length).unwrap_or(0)];
        let file = std::fs::OpenOptions::new().write(true).open(entry.path());
        let _ = file.and_then(|mut file| file.write_all(&zeros).and_then(|()| file.sync_data()));
    }
}

/// The folder, locked; none where another process has it.
fn locked(folder: &Path) -> Option<File> {
    let file = File::open(folder).ok()?;
    file.try_lock().ok().map(|()| file)
}

/// Removes what killed runs of this user left.
fn sweep(place: &Path, now: SystemTime) {
    let entries = std::fs::read_dir(place).into_iter().flatten().flatten();
    let ours = entries.filter(|entry| entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()));
    for folder in ours.map(|entry| entry.path()).filter(|path| is_left(path, now)) {
        if locked(&folder).is_some() {
            wipe(&folder);
            let _ = std::fs::remove_dir_all(&folder);
        }
    }
}

/// Whether a folder is this user's, and neither it nor what is in it was touched for a day.
fn is_left(folder: &Path, now: SystemTime) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let old = |meta: &std::fs::Metadata| {
        meta.modified().is_ok_and(|at| now.duration_since(at).is_ok_and(|age| age > LEFT))
    };
    let Ok(own) = folder.symlink_metadata() else { return false };
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    own.is_dir()
        && own.uid() == rustix::process::geteuid().as_raw()
        && old(&own)
        && files.into_iter().all(|entry| entry.metadata().is_ok_and(|meta| old(&meta)))
}

/// A folder in memory, where there is one.
fn place() -> PathBuf {
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    let memory = runtime.into_iter().chain([PathBuf::from("/dev/shm")]).find(|folder| writable(folder));
    memory.unwrap_or_else(std::env::temp_dir)
}

fn writable(folder: &Path) -> bool {
    folder.is_dir() && tempfile::Builder::new().prefix(PREFIX).tempdir_in(folder).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_run_left_is_removed_after_a_day() {
        let place = tempfile::tempdir().unwrap();
        let folder = |name: &str| {
            let folder = place.path().join(name);
            std::fs::create_dir(&folder).unwrap();
            std::fs::write(folder.join("a.yaml"), "a: 1\n").unwrap();
            folder
        };
        let (left, used, other) = (folder(".secrets-left"), folder(".secrets-used"), folder("other"));
        let _lock = locked(&used).unwrap();
        let now = SystemTime::now();
        sweep(place.path(), now);
        assert!(left.exists());
        sweep(place.path(), now + LEFT * 2);
        assert_eq!((left.exists(), used.exists(), other.exists()), (false, true, true));
    }

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
