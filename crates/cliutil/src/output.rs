//! Writing files: the old content or the new, never a part of either.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::{Failure, Outcome};

/// How to write.
#[derive(Debug, Clone, Copy, Default)]
pub struct WriteOptions {
    /// fsync the file before it takes its place: for what a person wrote and what holds secrets.
    pub sync: bool,
    /// The mode of the file; none keeps that of the file it replaces (a new one gets what umask allows).
    pub mode: Option<u32>,
    /// Fail (`io/exists`) rather than replace.
    pub create_new: bool,
}

impl WriteOptions {
    /// For a person's own files.
    pub fn synced() -> Self {
        Self { sync: true, ..Self::default() }
    }

    /// For key material: 0600, synced, never over an existing file.
    pub fn private_new() -> Self {
        Self { sync: true, mode: Some(0o600), create_new: true }
    }
}

/// Writes a file by way of a temporary one in the same folder and a rename. A symbolic link is followed.
///
/// # Errors
/// `io/write`, with the file as it was; `io/exists`.
pub fn write_atomic(path: &Path, bytes: &[u8], options: WriteOptions) -> Outcome<()> {
    let name = path.display();
    if options.create_new && std::fs::symlink_metadata(path).is_ok() {
        return Err(exists(path));
    }
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    let persist = replace(&target, bytes, options);
    persist.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists if options.create_new => exists(path),
        _ => Failure::new("io/write", format!("{name}: cannot be written: {error}")),
    })
}

/// As [`write_atomic`], but a file that holds these bytes already is not touched. Gives whether it wrote.
///
/// # Errors
/// As [`write_atomic`].
pub fn write_if_changed(path: &Path, bytes: &[u8], options: WriteOptions) -> Outcome<bool> {
    if std::fs::read(path).is_ok_and(|old| old == bytes) {
        return Ok(false);
    }
    write_atomic(path, bytes, options).map(|()| true)
}

fn exists(path: &Path) -> Failure {
    Failure::new("io/exists", format!("{}: exists already and is not overwritten", path.display()))
}

fn replace(target: &Path, bytes: &[u8], options: WriteOptions) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = parent(target);
    // Created 0600 by tempfile, so that the content is private until its mode is set.
    let mut file = tempfile::Builder::new().prefix(".clusterpipe-").tempfile_in(&folder)?;
    file.write_all(bytes)?;
    let mode = options.mode.or_else(|| std::fs::metadata(target).ok().map(|meta| meta.permissions().mode()));
    let mode = mode.unwrap_or_else(|| 0o666 & !umask());
    file.as_file().set_permissions(std::fs::Permissions::from_mode(mode))?;
    if options.sync {
        file.as_file().sync_all()?;
    }
    if options.create_new {
        file.persist_noclobber(target).map_err(|error| error.error)?;
    } else {
        file.persist(target).map_err(|error| error.error)?;
    }
    if options.sync {
        std::fs::File::open(&folder)?.sync_all()?;
    }
    Ok(())
}

fn parent(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// The process's umask, read without changing it; 022 where the system does not tell.
fn umask() -> u32 {
    static UMASK: std::sync::LazyLock<u32> = std::sync::LazyLock::new(|| {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("Umask:"));
        line.and_then(|mask| u32::from_str_radix(mask.trim(), 8).ok()).unwrap_or(0o022)
    });
    *UMASK
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn keeps_the_mode_and_leaves_no_other_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        std::fs::write(&path, "old").unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        write_atomic(&path, b"new", WriteOptions::synced()).unwrap();
        assert_eq!((std::fs::read_to_string(&path).unwrap().as_str(), mode(&path)), ("new", 0o640));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_is_right_already_is_not_touched() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("f");
        assert!(write_if_changed(&path, b"a", WriteOptions::default()).unwrap());
        let before = std::fs::metadata(&path).unwrap().modified().unwrap();
        assert!(!write_if_changed(&path, b"a", WriteOptions::default()).unwrap());
        assert_eq!(std::fs::metadata(&path).unwrap().modified().unwrap(), before);
        assert!(write_if_changed(&path, b"b", WriteOptions::default()).unwrap());
    }

    #[test]
    fn private_files_are_new_and_0600() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("age.key");
        write_atomic(&path, b"k", WriteOptions::private_new()).unwrap();
        assert_eq!(mode(&path), 0o600);
        let again = write_atomic(&path, b"other", WriteOptions::private_new()).unwrap_err();
        assert_eq!(again.diagnostics[0].code, "io/exists");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "k");
    }

    #[test]
    fn a_link_is_followed_and_a_missing_folder_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("real"), "a").unwrap();
        std::os::unix::fs::symlink("real", dir.path().join("link")).unwrap();
        write_atomic(&dir.path().join("link"), b"b", WriteOptions::default()).unwrap();
        assert!(std::fs::symlink_metadata(dir.path().join("link")).unwrap().is_symlink());
        assert_eq!(std::fs::read_to_string(dir.path().join("real")).unwrap(), "b");
        let error = write_atomic(&dir.path().join("no/f"), b"", WriteOptions::default()).unwrap_err();
        assert_eq!(error.diagnostics[0].code, "io/write");
    }
}
