//! Writing files: the old content or the new, never a part of either.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write};
use std::path::{Path, PathBuf};

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

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

/// What a file is to hold.
#[derive(Debug, Clone, Copy)]
pub enum Body<'b> {
    /// These bytes.
    Bytes(&'b [u8]),
    /// What stands in an open file, from its begin: for what is too large for memory.
    File(&'b File),
}

impl Body<'_> {
    /// Writes it out.
    ///
    /// # Errors
    /// Those of reading the file and of writing.
    pub fn write_to(self, out: &mut dyn Write) -> std::io::Result<()> {
        let mut file = match self {
            Self::Bytes(bytes) => return out.write_all(bytes),
            Self::File(file) => file,
        };
        file.rewind()?;
        let mut buffer = vec![0; 256 << 10];
        loop {
            match file.read(&mut buffer)? {
                0 => return Ok(()),
                length => out.write_all(&buffer[..length])?,
            }
        }
    }
}

impl<'b, B: AsRef<[u8]> + ?Sized> From<&'b B> for Body<'b> {
    fn from(bytes: &'b B) -> Self {
        Self::Bytes(bytes.as_ref())
    }
}

/// Writes a file by way of a temporary one in the same folder and a rename. A symbolic link is followed. What is no file
/// (a pipe, a terminal, another device) is written to as it is: `/dev/stdout` must not become a file.
///
/// # Errors
/// `io/write`, with a file as it was; `io/exists`.
pub fn write_atomic<'b>(path: &Path, body: impl Into<Body<'b>>, options: WriteOptions) -> Outcome<()> {
    let body = body.into();
    let name = path.display();
    if options.create_new && std::fs::symlink_metadata(path).is_ok() {
        return Err(exists(path));
    }
    let persist = match target(path) {
        Some(target) => replace(&target, body, options),
        None => write_through(path, body),
    };
    persist.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists if options.create_new => exists(path),
        _ => Failure::new("io/write", format!("{name}: cannot be written: {error}")),
    })
}

fn write_through(path: &Path, body: Body) -> std::io::Result<()> {
    body.write_to(&mut std::fs::OpenOptions::new().write(true).truncate(true).open(path)?)
}

/// The path whose file is replaced; none for what is no file, or a file that has no name any more.
fn target(path: &Path) -> Option<PathBuf> {
    let Ok(meta) = std::fs::metadata(path) else { return Some(path.to_path_buf()) };
    if meta.is_dir() || meta.is_file() { std::fs::canonicalize(path).ok() } else { None }
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

/// Writes several files, all or none as far as a file system can: every content is on disk before the first file is
/// replaced. What is one file in two names is an error of the caller's.
///
/// # Errors
/// `io/write`, naming the file. Before the first replacement nothing has changed then.
pub fn write_all<'b, B: Into<Body<'b>> + Copy>(files: &[(&Path, B)], options: WriteOptions) -> Outcome<()> {
    let fail = |path: &Path, error: std::io::Error| {
        Failure::new("io/write", format!("{}: cannot be written: {error}", path.display()))
    };
    make_room(files.len());
    let mut staged = Vec::with_capacity(files.len());
    for (path, body) in files {
        let no_file = || std::io::Error::other("it is no file that could be replaced");
        let target = target(path).ok_or_else(no_file).map_err(|error| fail(path, error))?;
        staged.push(stage(&target, (*body).into(), options).map_err(|error| fail(path, error))?);
    }
    if options.sync {
        sync_all(&staged).map_err(|(at, error)| fail(files[at].0, error))?;
    }
    let mut folders = std::collections::BTreeSet::new();
    for (file, (path, _)) in staged.into_iter().zip(files) {
        folders.insert(parent(&file.target));
        file.commit(options).map_err(|error| fail(path, error))?;
    }
    if options.sync {
        for folder in folders {
            std::fs::File::open(&folder)
                .and_then(|folder| folder.sync_all())
                .map_err(|e| fail(&folder, e))?;
        }
    }
    Ok(())
}

/// Every file that is staged is open. The usual limit is a thousand; the system mostly lets a process raise it.
fn make_room(files: usize) {
    /// For what else is open.
    const OTHERS: u64 = 64;
    let limit = getrlimit(Resource::Nofile);
    let wanted = files as u64 + OTHERS;
    if limit.current.is_some_and(|current| current < wanted) {
        let current = Some(limit.maximum.map_or(wanted, |maximum| maximum.min(wanted)));
        let _ = setrlimit(Resource::Nofile, Rlimit { current, ..limit });
    }
}

/// Sends a file on its way to the disk. When all are on their way before the first is waited for, most file systems are soon
/// done with the others. It is no more than advice; systems that do not take it just wait longer.
#[cfg(target_os = "linux")]
fn start_writing(file: &File) {
    let _ = rustix::fs::fadvise(file, 0, None, rustix::fs::Advice::DontNeed);
}

#[cfg(not(target_os = "linux"))]
fn start_writing(_: &File) {}

/// So few files are waited for one after the other: a thread for each would take longer.
const FEW: usize = 4;

/// Waiting for a disk is done for several files at once. (Making them is not: one folder takes one new file at a time.)
fn sync_all(staged: &[Staged]) -> Result<(), (usize, std::io::Error)> {
    if staged.len() <= FEW {
        for file in staged {
            start_writing(file.temporary.as_file());
        }
        for (at, file) in staged.iter().enumerate() {
            file.temporary.as_file().sync_all().map_err(|error| (at, error))?;
        }
        return Ok(());
    }
    let next = std::sync::atomic::AtomicUsize::new(0);
    let failed = std::sync::Mutex::new(None);
    let some = || {
        while let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            && let Some(file) = staged.get(at)
        {
            if let Err(error) = file.temporary.as_file().sync_all()
                && let Ok(mut failed) = failed.lock()
            {
                failed.get_or_insert((at, error));
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..staged.len().min(16) {
            scope.spawn(some);
        }
        some();
    });
    failed.into_inner().ok().flatten().map_or(Ok(()), Err)
}

fn replace(target: &Path, body: Body, options: WriteOptions) -> std::io::Result<()> {
    let staged = stage(target, body, options)?;
    if options.sync {
        staged.temporary.as_file().sync_all()?;
    }
    let folder = parent(target);
    staged.commit(options)?;
    if options.sync {
        std::fs::File::open(&folder)?.sync_all()?;
    }
    Ok(())
}

/// A content beside the file whose place it will take.
struct Staged {
    temporary: tempfile::NamedTempFile,
    target: PathBuf,
}

fn stage(target: &Path, body: Body, options: WriteOptions) -> std::io::Result<Staged> {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = parent(target);
    sweep(&folder);
    // Created 0600 by tempfile, so that the content is private until its mode is set.
    let mut temporary = tempfile::Builder::new().prefix(PREFIX).tempfile_in(&folder)?;
    // Held as long as the file is ours: what is not locked was left behind. Not every file system has locks.
    let _ = temporary.as_file().try_lock();
    body.write_to(&mut temporary)?;
    let mode = options.mode.or_else(|| std::fs::metadata(target).ok().map(|meta| meta.permissions().mode()));
    let mode = mode.unwrap_or_else(|| 0o666 & !umask());
    temporary.as_file().set_permissions(std::fs::Permissions::from_mode(mode))?;
    Ok(Staged { temporary, target: target.to_path_buf() })
}

impl Staged {
    fn commit(self, options: WriteOptions) -> std::io::Result<()> {
        let persisted = if options.create_new {
            self.temporary.persist_noclobber(&self.target)
        } else {
            self.temporary.persist(&self.target)
        };
        persisted.map(drop).map_err(|error| error.error)
    }
}

/// How temporary files are named.
const PREFIX: &str = ".clusterpipe-";
/// How many random characters follow.
const RANDOM: usize = 6;
/// How old a temporary file must be before it can have been left behind.
const LEFT_BEHIND: std::time::Duration = std::time::Duration::from_mins(1);

/// Removes what a killed run left behind in a folder: files named as ours that are older than a minute and that no
/// process holds the lock of. Each folder is looked at once.
fn sweep(folder: &Path) {
    static SWEPT: std::sync::Mutex<std::collections::BTreeSet<PathBuf>> =
        std::sync::Mutex::new(std::collections::BTreeSet::new());
    if !SWEPT.lock().is_ok_and(|mut swept| swept.insert(folder.to_path_buf())) {
        return;
    }
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let random = name.to_str().and_then(|name| name.strip_prefix(PREFIX));
        if random
            .is_some_and(|random| random.len() == RANDOM && random.bytes().all(|b| b.is_ascii_alphanumeric()))
        {
            let _ = remove_left_behind(&entry.path());
        }
    }
}

fn remove_left_behind(path: &Path) -> std::io::Result<()> {
    let meta = std::fs::symlink_metadata(path)?;
    let old = meta.modified()?.elapsed().is_ok_and(|age| age > LEFT_BEHIND);
    if meta.is_file() && old && std::fs::File::open(path)?.try_lock().is_ok() {
        std::fs::remove_file(path)?;
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
    fn a_pipe_is_written_to_and_stays_one() {
        use std::os::unix::fs::FileTypeExt as _;
        let dir = tempfile::tempdir().unwrap();
        let (pipe, link) = (dir.path().join("pipe"), dir.path().join("link"));
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        std::os::unix::fs::symlink(&pipe, &link).unwrap();
        for path in [&pipe, &link] {
            let reader = std::thread::spawn({
                let pipe = pipe.clone();
                move || std::fs::read(pipe).unwrap()
            });
            write_atomic(path, b"new", WriteOptions::synced()).unwrap();
            assert_eq!(reader.join().unwrap(), b"new");
            let files: [(&Path, &[u8]); 1] = [(path, b"1")];
            assert!(write_all(&files, WriteOptions::default()).is_err());
        }
        assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo());
        assert!(std::fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn several_files_are_written_or_none() {
        let dir = tempfile::tempdir().unwrap();
        let (a, b, bad) = (dir.path().join("a"), dir.path().join("b"), dir.path().join("no/c"));
        std::fs::write(&a, "old").unwrap();
        let files: [(&Path, &[u8]); 2] = [(&a, b"1"), (&bad, b"2")];
        assert_eq!(write_all(&files, WriteOptions::synced()).unwrap_err().diagnostics[0].code, "io/write");
        assert_eq!(std::fs::read_to_string(&a).unwrap(), "old");
        write_all(&[(&a, b"1"), (&b, b"2")], WriteOptions::synced()).unwrap();
        assert_eq!((std::fs::read(&a).unwrap(), std::fs::read(&b).unwrap()), (b"1".to_vec(), b"2".to_vec()));
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[test]
    fn the_first_file_that_fails_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let paths: Vec<_> = (0..40).map(|n| dir.path().join(format!("{}/f{n}", n / 20))).collect();
        std::fs::create_dir(dir.path().join("0")).unwrap();
        let files: Vec<(&Path, &[u8])> = paths.iter().map(|path| (path.as_path(), &b"x"[..])).collect();
        let failure = write_all(&files, WriteOptions::default()).unwrap_err();
        assert!(failure.diagnostics[0].message.starts_with(&paths[20].display().to_string()), "{failure:?}");
        assert_eq!(std::fs::read_dir(dir.path().join("0")).unwrap().count(), 0);
    }

    #[test]
    fn more_files_than_may_be_open() {
        let limit = getrlimit(Resource::Nofile);
        setrlimit(Resource::Nofile, Rlimit { current: Some(100), ..limit }).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let paths: Vec<_> = (0..200).map(|n| dir.path().join(n.to_string())).collect();
        let files: Vec<(&Path, &[u8])> = paths.iter().map(|path| (path.as_path(), &b"x"[..])).collect();
        write_all(&files, WriteOptions::default()).unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 200);
    }

    #[test]
    fn what_a_killed_run_left_is_removed_and_nothing_else() {
        let dir = tempfile::tempdir().unwrap();
        let old = |name: &str| {
            let file = std::fs::File::create(dir.path().join(name)).unwrap();
            file.set_modified(std::time::SystemTime::now() - 2 * LEFT_BEHIND).unwrap();
            file
        };
        old(".clusterpipe-aB3dEf");
        for name in [".clusterpipe-notours", ".clusterpipe-", "other"] {
            old(name);
        }
        std::fs::write(dir.path().join(".clusterpipe-fresh1"), "").unwrap();
        let held = old(".clusterpipe-locked");
        held.lock().unwrap();
        write_atomic(&dir.path().join("f"), b"new", WriteOptions::default()).unwrap();
        let mut left: Vec<_> =
            std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        left.sort();
        let want = [
            ".clusterpipe-",
            ".clusterpipe-fresh1",
            ".clusterpipe-locked",
            ".clusterpipe-notours",
            "f",
            "other",
        ];
        assert_eq!(left, want);
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
