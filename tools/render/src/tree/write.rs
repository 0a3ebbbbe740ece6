//! Writing: every changed file is first written beside its place, then all of them take their places by rename.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::OsStr;
use std::fs::{self, File as Handle, FileTimes, Permissions};
use std::io::Write as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use cliutil::{Failure, Outcome};
use tempfile::{NamedTempFile, TempPath};

use super::changes::{self, Change, Kind};
use super::disk::Disk;
use super::fresh::{self, Fresh};
use super::plan::Plan;
use super::rendering::File;
use crate::settings::Settings;

/// What is to be written.
pub(super) struct Job<'j> {
    pub(super) settings: &'j Settings,
    pub(super) plan: &'j Plan,
    pub(super) files: &'j [File],
    pub(super) changes: &'j [Change],
    pub(super) disk: &'j Disk<'j>,
    pub(super) output: &'j Path,
    pub(super) single: bool,
    /// Sync what was written before the run ends.
    pub(super) sync: bool,
}

/// Writes what changed, deletes what is stale, and takes away folders that stay empty.
pub(super) fn write(job: &Job) -> Outcome<()> {
    let mut made = Made::default();
    let (fresh, staged) = stage(job, &mut made)?;
    if job.settings.clean && job.output.is_dir() {
        fs::remove_dir_all(job.output).map_err(|error| cannot("removed", job.output, &error))?;
    }
    match fresh {
        Some(fresh) => fresh.place()?,
        // Nothing comes into its place: it is there and empty, as makejinja leaves it.
        None if job.settings.clean && !job.single => made.folder(job.output)?,
        None => {}
    }
    let mut parents = BTreeSet::new();
    for (file, target) in staged {
        file.persist(&target).map_err(|error| cannot("written", &target, &error.error))?;
        if job.sync {
            parents.extend(target.parent().map(Path::to_path_buf));
        }
    }
    for folder in &parents {
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        Handle::open(folder)
            .and_then(|handle| handle.sync_all())
            .map_err(|e| cannot("synced", folder, &e))?;
    }
    made.keep();
    for change in job.changes.iter().filter(|change| change.kind == Kind::Deleted) {
        delete(job.output, &change.path)?;
    }
    if !job.single {
        folders(job)?;
    }
    Ok(())
}

/// Refuses to clean away what the run needs.
pub(super) fn check_clean(output: &Path, inputs: &[PathBuf]) -> Outcome<()> {
    let Ok(root) = fs::canonicalize(output) else { return Ok(()) };
    let here = fs::canonicalize(".").ok();
    let needed = inputs.iter().filter_map(|input| fs::canonicalize(input).ok()).chain(here);
    if needed.into_iter().any(|path| path.starts_with(&root)) {
        let message =
            format!("clean would remove {}, which holds the inputs or the current folder", output.display());
        return Err(Failure::new("render/clean", message));
    }
    Ok(())
}

pub(super) fn cannot(done: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::new("io/write", format!("{}: cannot be {done}: {error}", path.display()))
}

/// Folders this run made; they go again unless it succeeds.
#[derive(Default)]
struct Made {
    made: Vec<PathBuf>,
    known: HashSet<PathBuf>,
}

impl Made {
    fn folder(&mut self, path: &Path) -> Outcome<()> {
        if path.as_os_str().is_empty() || !self.known.insert(path.to_path_buf()) {
            return Ok(());
        }
        match fs::create_dir(path) {
            Ok(()) => {
                self.made.push(path.to_path_buf());
                Ok(())
            }
            Err(_) if path.is_dir() => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let Some(parent) = path.parent() else { return Err(cannot("made", path, &error)) };
                self.folder(parent)?;
                fs::create_dir(path).map_err(|error| cannot("made", path, &error))?;
                self.made.push(path.to_path_buf());
                Ok(())
            }
            Err(error) => Err(cannot("made", path, &error)),
        }
    }

    /// The output folder is made also for a run that writes nothing, as makejinja does.
    fn folder_unless_fresh(&mut self, path: &Path, fresh: bool) -> Outcome<()> {
        if fresh { Ok(()) } else { self.folder(path) }
    }

    fn keep(mut self) {
        self.made.clear();
    }
}

impl Drop for Made {
    fn drop(&mut self) {
        for folder in self.made.iter().rev() {
            // One that is not empty stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

type Staged<'j> = (Option<Fresh<'j>>, Vec<(TempPath, PathBuf)>);

/// Makes everything beside its place: new folders as a whole, other files each beside the one it replaces.
fn stage<'j>(job: &'j Job, made: &mut Made) -> Outcome<Staged<'j>> {
    // As plain text: paths are hashed part by part.
    let changed: HashMap<&OsStr, Kind> =
        job.changes.iter().map(|change| (change.path.as_os_str(), change.kind)).collect();
    let mut staged = Vec::new();
    let mut fresh: Option<Fresh> = None;
    // Temporary files are named by whole paths: one look for the current folder, not two for each file.
    let here = std::env::current_dir().unwrap_or_default();
    let clean = job.settings.clean && !job.single;
    for file in job.files {
        let path = if job.single { job.output } else { file.relative.as_path() };
        let change = changed.get(path.as_os_str());
        if change.is_none() && !clean {
            continue;
        }
        let top = match clean {
            true => Some(PathBuf::new()),
            false if job.single => None,
            false => fresh::top(job.disk, &file.relative),
        };
        if let Some(top) = top {
            let fresh = match &mut fresh {
                Some(fresh) => fresh,
                None => fresh.insert(new_fresh(job, made, &here, clean)?),
            };
            fresh.add(file, top);
            continue;
        }
        let target = changes::target(file, job.output, job.single);
        staged.push(beside(job, file, target, change == Some(&Kind::New), made, &here)?);
    }
    if let Some(fresh) = &fresh {
        fresh.stage()?;
    }
    if !job.single && !clean {
        made.folder_unless_fresh(job.output, fresh.is_some())?;
    }
    Ok((fresh, staged))
}

/// New folders are staged in the output folder; when that is new itself or is to go, beside it.
fn new_fresh<'j>(job: &'j Job, made: &mut Made, here: &Path, clean: bool) -> Outcome<Fresh<'j>> {
    let inside = job.disk.has(Path::new("")) && !clean;
    let parent = if inside { Some(job.output) } else { job.output.parent() };
    let parent = parent.unwrap_or(Path::new(""));
    made.folder(parent).map_err(|failure| {
        let inner = failure.diagnostics.first().map_or("", |diagnostic| diagnostic.message.as_str());
        Failure::new("io/write", format!("{}: cannot be made: {inner}", job.output.display()))
    })?;
    Fresh::new(job.output, &here.join(parent), job.sync)
}

/// A changed file beside the one it is to replace.
fn beside(
    job: &Job,
    file: &File,
    target: PathBuf,
    is_new: bool,
    made: &mut Made,
    here: &Path,
) -> Outcome<(TempPath, PathBuf)> {
    // Links are followed, as opening the file would.
    let is_link = !is_new && fs::symlink_metadata(&target).is_ok_and(|meta| meta.is_symlink());
    let target = if is_link || job.single { fs::canonicalize(&target).unwrap_or(target) } else { target };
    let folder = match target.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    if job.single {
        made.folder(folder)?;
    }
    let temporary = temporary(file, &here.join(folder), &target, is_new)?;
    if job.sync {
        temporary.as_file().sync_all().map_err(|error| cannot("synced", &target, &error))?;
    }
    Ok((temporary.into_temp_path(), target))
}

fn temporary(file: &File, folder: &Path, target: &Path, is_new: bool) -> Outcome<NamedTempFile> {
    let fail = |error: std::io::Error| cannot("written", target, &error);
    let mut temporary = tempfile::Builder::new()
        .prefix(".clusterpipe-")
        // What umask leaves of it, as for any new file.
        .permissions(Permissions::from_mode(0o666))
        .tempfile_in(folder)
        .map_err(fail)?;
    temporary.write_all(&file.bytes).map_err(fail)?;
    let kept =
        || fs::metadata(target).ok().filter(|_| !is_new).map(|meta| meta.permissions().mode() & 0o7777);
    if let Some(mode) = file.mode.or_else(kept) {
        temporary.as_file().set_permissions(Permissions::from_mode(mode)).map_err(fail)?;
    }
    if let Some(source) = &file.metadata_of {
        copy_times(source, temporary.as_file()).map_err(fail)?;
    }
    Ok(temporary)
}

pub(super) fn copy_times(source: &Path, target: &Handle) -> std::io::Result<()> {
    let meta = fs::metadata(source)?;
    target.set_times(FileTimes::new().set_accessed(meta.accessed()?).set_modified(meta.modified()?))
}

/// Deletes a file, and the folders that are empty without it.
fn delete(output: &Path, relative: &Path) -> Outcome<()> {
    let path = output.join(relative);
    fs::remove_file(&path).map_err(|error| cannot("deleted", &path, &error))?;
    for folder in relative.ancestors().skip(1).filter(|folder| !folder.as_os_str().is_empty()) {
        if fs::remove_dir(output.join(folder)).is_err() {
            break;
        }
    }
    Ok(())
}

/// makejinja's care of folders, deepest first: those left empty go, or are made when empty ones are wanted; the
/// others take mode and times of the input's when these are copied.
fn folders(job: &Job) -> Outcome<()> {
    let mut full: HashSet<&OsStr> = HashSet::new();
    for file in job.files {
        // What is above a folder that is full is full.
        for folder in file.relative.ancestors().skip(1) {
            if !full.insert(folder.as_os_str()) {
                break;
            }
        }
    }
    for (relative, input) in job.plan.folders.iter().rev() {
        let is_full = full.contains(relative.as_os_str());
        if is_full && !job.settings.copy_metadata {
            continue;
        }
        let folder = job.output.join(relative);
        if job.settings.keep_empty {
            fs::create_dir_all(&folder).map_err(|error| cannot("made", &folder, &error))?;
        } else if !is_full && fs::read_dir(&folder).is_ok_and(|mut entries| entries.next().is_none()) {
            fs::remove_dir(&folder).map_err(|error| cannot("removed", &folder, &error))?;
            continue;
        }
        if job.settings.copy_metadata && folder.is_dir() {
            let fail = |error: std::io::Error| cannot("written", &folder, &error);
            let mode = fs::metadata(input).map_err(fail)?.permissions();
            fs::set_permissions(&folder, mode).map_err(fail)?;
            copy_times(input, &Handle::open(&folder).map_err(fail)?).map_err(fail)?;
        }
    }
    Ok(())
}
