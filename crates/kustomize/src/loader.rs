//! Files and folders, each read once, however many builds need it.

use std::collections::HashMap;
use std::ffi::OsString;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use cliutil::{Diagnostic, did_you_mean};
use foldhash::fast::RandomState;

use crate::codes;
use crate::file::{File, Outcome, Parsed};
use crate::fs::{FileSystem, MAX_FILE, clean};
use crate::kustomization::{Entry, Kustomization};

/// The names a kustomization file may have.
pub const KUSTOMIZATION_FILES: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

type Slot = Arc<OnceLock<Result<Arc<File>, ErrorKind>>>;

/// Reads files for builds, and keeps what it read. It can be used by several threads at once.
pub struct Loader<'f> {
    fs: &'f dyn FileSystem,
    /// What no build may read out of.
    boundary: Option<Arc<Path>>,
    /// By their cleaned paths, as plain text: paths themselves are compared and hashed part by part.
    files: Mutex<HashMap<OsString, Slot, RandomState>>,
    /// Files that are parsed already, by their true path.
    parsed: HashMap<OsString, Parsed, RandomState>,
    folders: Mutex<HashMap<PathBuf, Result<PathBuf, ErrorKind>, RandomState>>,
}

/// A folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder {
    /// Its one true path.
    pub(crate) path: PathBuf,
    /// As a person would name it.
    pub(crate) name: PathBuf,
    /// The true path of the folder that nothing may lead out of.
    pub(crate) boundary: Option<Arc<Path>>,
}

impl<'f> Loader<'f> {
    /// A loader for a file system.
    pub fn new(fs: &'f dyn FileSystem) -> Self {
        Self {
            fs,
            boundary: None,
            files: Mutex::default(),
            parsed: HashMap::default(),
            folders: Mutex::default(),
        }
    }

    /// Lets no build read what lies outside of a folder; one that is not there is no boundary.
    #[must_use]
    pub fn within(mut self, folder: &Path) -> Self {
        self.boundary = self.folder_at(folder).ok().map(Into::into);
        self
    }

    /// Takes files, each with its true path, as they were read and parsed before.
    #[must_use]
    pub fn with_parsed(mut self, files: impl IntoIterator<Item = (PathBuf, Parsed)>) -> Self {
        self.parsed.extend(files.into_iter().map(|(path, parsed)| (path.into_os_string(), parsed)));
        self
    }

    /// The file system.
    pub fn file_system(&self) -> &'f dyn FileSystem {
        self.fs
    }

    /// A file by its path, cleaned and below a folder's true path.
    pub(crate) fn read(&self, path: &Path, name: &Path) -> Result<Arc<File>, ErrorKind> {
        // Errors must name it as this build does.
        let known = self.parsed.get(path.as_os_str());
        if let Some(parsed) = known.filter(|parsed| Path::new(parsed.0.name()) == name) {
            return Ok(Arc::clone(&parsed.0));
        }
        let slot = {
            let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(files.entry(path.as_os_str().to_owned()).or_default())
        };
        let read =
            || self.fs.read(path).map(|bytes| Arc::new(File::new(name, bytes))).map_err(|error| error.kind());
        slot.get_or_init(read).clone()
    }

    /// The file an entry of a kustomization names, relative to its folder.
    pub(crate) fn file(&self, folder: &Folder, from: &Arc<File>, entry: &Entry) -> Outcome<Arc<File>> {
        if is_remote(&entry.text) {
            return Err(vec![remote(from, entry)]);
        }
        let (path, name) = folder.join_inside(from, entry)?;
        self.read(&path, &name).map_err(|kind| vec![self.unreadable(folder, from, entry, kind)])
    }

    /// The folder at a path as the caller gives it.
    pub(crate) fn root(&self, path: &Path) -> Outcome<Folder> {
        let name = clean(path);
        let named = if name.as_os_str().is_empty() { Path::new(".") } else { &name };
        match self.folder_at(named) {
            Ok(path) => Ok(Folder { path, name, boundary: self.boundary.clone() }),
            Err(kind) => {
                let (code, what) = match kind {
                    ErrorKind::NotFound => (codes::MISSING, "no such folder"),
                    ErrorKind::NotADirectory => (codes::NOT_A_FOLDER, "not a folder"),
                    _ => (codes::UNREADABLE, "cannot be read"),
                };
                let shown = named.display();
                Err(vec![Diagnostic::error(code, format!("{shown}: {what}")).in_file(shown.to_string())])
            }
        }
    }

    /// The true path of a folder.
    pub(crate) fn folder_at(&self, path: &Path) -> Result<PathBuf, ErrorKind> {
        let known = self.folders.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if let Some(known) = known {
            return known;
        }
        let found =
            self.fs.canonical(path).map_err(|error| error.kind()).and_then(|path| {
                if self.fs.is_dir(&path) { Ok(path) } else { Err(ErrorKind::NotADirectory) }
            });
        let mut folders = self.folders.lock().unwrap_or_else(PoisonError::into_inner);
        folders.entry(path.to_path_buf()).or_insert(found).clone()
    }

    /// The kustomization files of a folder.
    fn kustomization_files(&self, folder: &Folder) -> impl Iterator<Item = Arc<File>> {
        KUSTOMIZATION_FILES.iter().filter_map(|name| {
            let (path, shown) = folder.join(name);
            self.read(&path, &shown).ok()
        })
    }

    /// Whether a folder has a kustomization file.
    pub(crate) fn has_kustomization(&self, folder: &Folder) -> bool {
        self.kustomization_files(folder).next().is_some()
    }

    /// The kustomization file of a folder.
    pub(crate) fn kustomization(&self, folder: &Folder) -> Outcome<Arc<Kustomization>> {
        let found: Vec<Arc<File>> = self.kustomization_files(folder).collect();
        match &found[..] {
            [file] => file.kustomization(),
            [] => Err(vec![
                Diagnostic::error(
                    codes::NO_KUSTOMIZATION,
                    format!("{} has no kustomization.yaml", folder.shown()),
                )
                .in_file(folder.shown())
                .with_help("add one that lists the folder's files under resources"),
            ]),
            [first, second, ..] => Err(vec![
                Diagnostic::error(
                    codes::SEVERAL_KUSTOMIZATIONS,
                    format!("{} has both {} and {}", folder.shown(), file_name(first), file_name(second)),
                )
                .in_file(folder.shown())
                .with_help("keep one of them"),
            ]),
        }
    }

    /// Why an entry's file could not be read.
    pub(crate) fn unreadable(
        &self,
        folder: &Folder,
        from: &File,
        entry: &Entry,
        kind: ErrorKind,
    ) -> Diagnostic {
        let shown = &entry.text;
        match kind {
            ErrorKind::NotFound | ErrorKind::NotADirectory => {
                let problem = from.error(codes::MISSING, format!("{shown} does not exist"), entry.span);
                match self.neighbour(folder, shown) {
                    Some(near) => problem.with_help(format!("did you mean {near}?")),
                    None => problem.with_help("paths are relative to the folder of this kustomization"),
                }
            }
            ErrorKind::IsADirectory => from
                .error(codes::UNREADABLE, format!("{shown} is a folder, but a file is expected"), entry.span)
                .with_help("name the file"),
            ErrorKind::FileTooLarge => from
                .error(codes::TOO_LARGE, format!("{shown} is larger than {} MiB", MAX_FILE >> 20), entry.span)
                .with_help("a cluster takes objects of about 1 MiB at most"),
            kind => from.error(codes::UNREADABLE, format!("{shown} cannot be read: {kind}"), entry.span),
        }
    }

    /// What lies next to a path that does not exist and has nearly its name.
    fn neighbour(&self, folder: &Folder, path: &str) -> Option<String> {
        let (full, _) = folder.join(path);
        let name = full.file_name()?.to_str()?.to_owned();
        let entries = self.fs.entries(full.parent()?).ok()?;
        let near = did_you_mean(&name, entries.iter().map(|(name, _)| name.as_str()))?;
        let head = path.strip_suffix(&name)?;
        Some(format!("{head}{near}"))
    }
}

impl std::fmt::Debug for Loader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Loader").finish_non_exhaustive()
    }
}

impl Folder {
    /// The true path and the name of something below (or, with `..`, beside) the folder.
    pub(crate) fn join(&self, path: &str) -> (PathBuf, PathBuf) {
        (clean(&self.path.join(path)), clean(&self.name.join(path)))
    }

    /// As [`Self::join`], for what an entry of a kustomization names.
    pub(crate) fn join_inside(&self, from: &File, entry: &Entry) -> Outcome<(PathBuf, PathBuf)> {
        if entry.text.is_empty() {
            let problem = from.error(codes::MISSING, "this entry is empty", entry.span);
            return Err(vec![problem.with_help("name a file or a folder, or take the entry out")]);
        }
        let (path, name) = self.join(&entry.text);
        match &self.boundary {
            Some(boundary) if !path.starts_with(boundary) => {
                let message = format!("{} lies outside of the repository", entry.text);
                let problem = from.error(codes::FLUX_OUTSIDE, message, entry.span);
                Err(vec![problem.with_help("move what is needed into the repository")])
            }
            _ => Ok((path, name)),
        }
    }

    pub(crate) fn shown(&self) -> String {
        if self.name.as_os_str().is_empty() { ".".to_owned() } else { self.name.display().to_string() }
    }
}

fn file_name(file: &File) -> &str {
    file.name().rsplit('/').next().unwrap_or_default()
}

/// Whether an entry names something on the network, as far as its form tells.
pub(crate) fn is_remote(text: &str) -> bool {
    ["http://", "https://", "ssh://", "git::", "git@", "file://", "github.com/", "github.com:", "gitlab.com/"]
        .iter()
        .any(|prefix| text.starts_with(prefix))
        || text.contains("?ref=")
}

/// The refusal of a remote entry.
pub(crate) fn remote(from: &File, entry: &Entry) -> Diagnostic {
    from.error(codes::UNSUPPORTED, "remote sources are not fetched", entry.span).with_help(
        "copy what it holds into the repository, or let Flux fetch it with a source of its own; or build with --with kustomize",
    )
}
