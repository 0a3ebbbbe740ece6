//! The files: found, read and parsed once, in parallel, each with its objects.
//!
//! Of most files nothing is looked at but what names their objects: their content is forgotten where it was parsed, so
//! that ten thousand of them need little memory. What is needed once more is parsed again ([`File::nodes`]).

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use cliutil::{Diagnostic, Failure, Io, Location, Mask, Outcome, ReadOptions, Source};
use kustomize::Parsed;
use memchr::memmem;
use rayon::prelude::*;
use yaml::{Dialect, Node};

use super::flux::is_kustomization;
use super::found::{Entry, find, has_known_end, is_sops_name};
use super::object::Object;
use super::scope::{Scope, rest_of};

/// Names of a kustomization, the usual one first.
pub(crate) const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// A file.
pub(crate) struct File {
    /// Its path, absolute; `-` for standard input.
    pub(crate) path: PathBuf,
    /// Its text.
    pub(crate) source: Arc<Source>,
    /// The documents that hold something, lists of objects not opened; none once they are forgotten.
    pub(crate) documents: Vec<Arc<Node>>,
    /// Its objects, with those of lists.
    pub(crate) objects: Vec<Object>,
    /// It is to be checked, not only looked at.
    pub(crate) checked: bool,
    /// By its name it is a kustomization.
    pub(crate) is_kustomization: bool,
    /// A link leads to it.
    is_link: bool,
    /// Which part of the repository it is from.
    pub(crate) area: Area,
    /// What builds take, so that they need not parse it again.
    parsed: Option<Parsed>,
}

/// A file, if it could be parsed, and what is wrong with it. In a box, for ten thousand are sorted.
type Read = (Option<Box<File>>, Vec<Diagnostic>);

/// Parts of a repository with rules of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Area {
    /// Kubernetes manifests.
    Kubernetes,
    /// What bootstraps the cluster: Secrets, helmfile's own files.
    Bootstrap,
    /// Talos configuration and patches.
    Talos,
    /// Standard input.
    Stream,
}

/// All files of a run.
pub(crate) struct Tree {
    /// The repository's root, absolute.
    pub(crate) root: PathBuf,
    /// The files, by path; what came on standard input is the last one.
    pub(crate) files: Vec<File>,
    /// What could not be read or parsed.
    pub(crate) problems: Vec<Diagnostic>,
    /// The files that could not be parsed: what seems to be missing may stand there.
    pub(crate) broken: Vec<Entry>,
    /// Helm charts in the tree: their templates are no manifests.
    pub(crate) charts: usize,
    /// Indices of the files by their paths, made when one is asked for.
    index: OnceLock<HashMap<PathBuf, usize>>,
}

impl Tree {
    /// Reads the files of a scope.
    ///
    /// # Errors
    /// `io/*` for standard input and folders; `manifests/none` when there is nothing to check. Files that cannot be
    /// read are problems, so that the others are still checked.
    pub(crate) fn load(scope: &Scope, allow_empty: bool, io: &mut Io) -> Outcome<Self> {
        let (read, charts) = read_all(scope)?;
        let mut tree = Self {
            root: scope.root.clone(),
            files: Vec::with_capacity(read.len() + 1),
            problems: Vec::new(),
            broken: Vec::new(),
            charts,
            index: OnceLock::new(),
        };
        for (entry, read) in read {
            tree.add(entry, read);
        }
        if scope.stdin {
            let source = cliutil::read_input(io, Path::new("-"), ReadOptions { allow_empty })?;
            let entry = Entry { path: PathBuf::from("-"), is_link: false };
            let read = parse(entry.path.clone(), masked(source), Area::Stream, true);
            tree.add(entry, read);
        }
        Ok(tree)
    }

    fn add(&mut self, entry: Entry, (file, problems): Read) {
        self.problems.extend(problems);
        match file {
            Some(file) => self.files.push(File { is_link: entry.is_link, ..*file }),
            None => self.broken.push(entry),
        }
    }

    /// The files on the disk below a folder that was given as such, each by its path below it; with what could not be
    /// parsed and without links.
    pub(crate) fn listed(&self, folder: &Path) -> Vec<&Path> {
        let files = self.files.par_iter().filter(|file| file.area != Area::Stream && !file.is_link);
        let broken = self.broken.par_iter().filter(|entry| !entry.is_link).map(|entry| &*entry.path);
        let all = files.map(|file| &*file.path).chain(broken);
        let mut listed: Vec<_> = all.filter_map(|path| rest_of(path, folder)).collect();
        if !self.broken.is_empty() {
            listed.sort();
        }
        listed
    }

    /// Index of the file at a path.
    pub(crate) fn find(&self, path: &Path) -> Option<usize> {
        let indices = || self.files.iter().enumerate().map(|(at, file)| (file.path.clone(), at)).collect();
        self.index.get_or_init(indices).get(path).copied()
    }

    /// Indices of the files below a folder, sorted by path.
    pub(crate) fn below<'t>(&'t self, folder: &'t Path) -> impl Iterator<Item = usize> + 't {
        let streams = self.files.iter().rev().take_while(|file| file.area == Area::Stream).count();
        let files = &self.files[..self.files.len() - streams];
        let first = files.partition_point(|file| *file.path < *folder);
        let below = files[first..].iter().take_while(move |file| file.path.starts_with(folder));
        below.enumerate().map(move |(n, _)| first + n)
    }

    /// Index of a folder's kustomization; the first name counts.
    pub(crate) fn kustomization(&self, folder: &Path) -> Option<usize> {
        KUSTOMIZATIONS.iter().find_map(|name| self.find(&folder.join(name)))
    }

    /// Lets go of what was parsed, but for kustomizations: the builds need the memory.
    pub(crate) fn forget(&mut self) {
        self.files.par_iter_mut().filter(|file| !file.is_kustomization).for_each(|file| {
            file.documents = Vec::new();
            for object in &mut file.objects {
                object.content = None;
            }
        });
    }

    /// What builds take, each with its path; once.
    pub(crate) fn take_parsed(&mut self) -> Vec<(PathBuf, Parsed)> {
        let files = self.files.iter_mut();
        files.filter_map(|file| Some((file.path.clone(), file.parsed.take()?))).collect()
    }

    /// How many files and objects were checked.
    pub(crate) fn checked(&self) -> (usize, usize) {
        let checked = self.files.iter().filter(|file| file.checked);
        checked.fold((0, 0), |(files, objects), file| (files + 1, objects + file.objects.len()))
    }
}

impl File {
    /// Lets go of its content, but for objects of which more is looked at than their names.
    fn forget(&mut self) {
        self.documents = Vec::new();
        let is_plain = |object: &&mut Object| !(is_kustomization(object) || object.is("", "Secret"));
        self.objects.iter_mut().filter(is_plain).for_each(|object| object.content = None);
    }

    /// The content of its objects, in their order, parsed again.
    pub(crate) fn nodes(&self) -> Vec<Arc<Node>> {
        // It was parsed before, so that there is no error.
        let documents = yaml::parse(self.source.text()).map(|stream| stream.documents).unwrap_or_default();
        let documents = documents.into_iter().map(|document| Arc::new(document.root));
        documents.flat_map(|document| objects(&document)).filter_map(|object| object.content).collect()
    }

    /// A place in it.
    pub(crate) fn place(&self, range: std::ops::Range<usize>) -> Location {
        Location::new(&self.source, range)
    }

    /// Its path as it is shown.
    pub(crate) fn name(&self) -> &str {
        self.source.name()
    }

    /// The folder it is in.
    pub(crate) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}

/// The files of a scope in the order of their paths, each once, and how many charts lie among them. Each is read as soon
/// as it is found, while the search goes on.
fn read_all(scope: &Scope) -> Outcome<(Vec<(Entry, Read)>, usize)> {
    let (given, charts, others) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let surroundings = scope.surroundings();
    let wanted = scope.given.iter().flat_map(|(path, _)| find(path, &charts));
    let wanted = wanted.inspect(|_| _ = given.fetch_add(1, Ordering::Relaxed));
    let found = wanted.chain(surroundings.iter().flat_map(|folder| find(folder, &others)));
    let read = found.enumerate().par_bridge().map(|(n, entry)| {
        let read = entry.map(|entry| {
            let read = read_path(&entry.path, scope);
            (entry, read)
        });
        (n, read)
    });
    let mut read: Vec<_> = read.collect();
    read.sort_unstable_by_key(|(n, _)| *n);
    let mut read = read.into_iter().map(|(_, read)| read).collect::<Outcome<Vec<_>>>()?;
    if given.into_inner() == 0 && !scope.stdin {
        return Err(Failure::new("manifests/none", "no manifest found").with_help(
            "manifests end in .yaml, .yml or .json; run the stage before this one, or name its output",
        ));
    }
    if scope.given.len() + surroundings.len() > 1 {
        // Each of several searches has its files in order: a stable sort puts them together in one pass.
        read.sort_by(|(one, _), (other, _)| one.path.cmp(&other.path));
        read.dedup_by(|(one, _), (other, _)| one.path == other.path);
    }
    Ok((read, charts.into_inner()))
}

fn read_path(path: &Path, scope: &Scope) -> Read {
    let checked = scope.holds(path);
    let shown = scope.show(path);
    // As shown it can be opened, too, and so errors name it that way.
    let read = cliutil::read_file_within(Path::new(&shown), kustomize::MAX_FILE);
    match read.and_then(|bytes| cliutil::decode(&shown, bytes)) {
        Ok(source) => {
            let (file, problems) = parse(path.to_path_buf(), masked(source), area(path, scope), checked);
            (file, if checked { problems } else { Vec::new() })
        }
        Err(_) if !checked => (None, Vec::new()),
        Err(failure) => {
            let problems = failure.diagnostics.into_iter().map(|problem| unreadable(problem, path, &shown));
            (None, problems.collect())
        }
    }
}

/// What must be encrypted and is no text at all is not encrypted; what is too large is no manifest.
fn unreadable(problem: Diagnostic, path: &Path, shown: &str) -> Diagnostic {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    match problem.code {
        "io/encoding" if is_sops_name(&name) => {
            super::encrypted::not_encrypted("it is not text").in_file(shown)
        }
        "io/size" => problem.in_file(shown).with_help("a cluster takes objects of about 1 MiB at most"),
        _ => problem,
    }
}

fn area(path: &Path, scope: &Scope) -> Area {
    let rest = rest_of(path, &scope.root).map(|rest| rest.as_os_str().as_encoded_bytes());
    match rest.and_then(|rest| rest.split(|byte| *byte == b'/').next()) {
        Some(b"talos") => Area::Talos,
        Some(b"bootstrap") => Area::Bootstrap,
        _ => Area::Kubernetes,
    }
}

/// Hides the values of what is, or may be, secret.
fn masked(source: Source) -> Source {
    let name = source.name().to_lowercase();
    let text = source.text();
    let kinds =
        ["kind: Secret", "kind: \"Secret\"", "kind: 'Secret'", "\"kind\": \"Secret\"", "\"kind\":\"Secret\""];
    let secret = name.contains(".sops.")
        || name.contains("secret")
        || memmem::find(text.as_bytes(), b"Secret").is_some() && kinds.iter().any(|kind| text.contains(kind));
    if secret { source.with_mask(Mask::Except(Vec::new())) } else { source }
}

fn parse(path: PathBuf, source: Source, area: Area, checked: bool) -> Read {
    let source = Arc::new(source);
    let name = path.file_name().unwrap_or_default().to_owned();
    let is_kustomization = KUSTOMIZATIONS.iter().any(|known| name == *known);
    let is_yaml = path.extension().is_none() || has_known_end(&name);
    let mut file = File {
        path,
        source,
        documents: Vec::new(),
        objects: Vec::new(),
        checked,
        is_kustomization,
        is_link: false,
        area,
        parsed: None,
    };
    if !is_yaml {
        return (Some(Box::new(file)), Vec::new());
    }
    let stream = match yaml::parse(file.source.text()) {
        Ok(stream) => stream,
        // A patch of Talos may be a template that becomes YAML later.
        Err(_) if area == Area::Talos && file.source.text().contains("{{") => {
            return (Some(Box::new(file)), Vec::new());
        }
        Err(error) => return (None, vec![Diagnostic::from_yaml(&file.source, error)]),
    };
    let dialect = if is_kustomization { Dialect::Kubernetes } else { Dialect::GoYamlV3 };
    if matches!(area, Area::Kubernetes | Area::Bootstrap) && !file.is_kustomization {
        file.parsed = Some(Parsed::new(Path::new(file.name()), &file.source, &stream));
    }
    let duplicates = yaml::check_duplicates(&stream, dialect);
    let problems = duplicates.into_iter().map(|error| Diagnostic::from_yaml(&file.source, error)).collect();
    file.documents = stream
        .documents
        .into_iter()
        .map(|document| Arc::new(document.root))
        // Of a kustomization the first document counts, even an empty one.
        .filter(|root| file.is_kustomization || !super::object::is_null(root))
        .collect();
    if area != Area::Talos && !file.is_kustomization {
        file.objects = file.documents.iter().flat_map(objects).collect();
        if !is_sops_name(&name.to_string_lossy()) && super::files::is_in_shape(&file) {
            file.forget();
        }
    }
    (Some(Box::new(file)), problems)
}

/// The object of a document, or those of a list.
fn objects(document: &Arc<Node>) -> Vec<Object> {
    let Some(object) = Object::read(document) else { return Vec::new() };
    match document.get("items").and_then(Node::as_sequence) {
        Some(items) if object.kind.ends_with("List") => {
            items.iter().filter_map(|item| Object::read(&Arc::new(item.clone()))).collect()
        }
        _ => vec![object],
    }
}
