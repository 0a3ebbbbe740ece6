//! The files: found, read and parsed once, in parallel, each with its objects.

use std::cell::Cell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Io, Location, Mask, Outcome, ReadOptions, Source};
use kustomize::Parsed;
use rayon::prelude::*;
use yaml::{Dialect, Kind, Node, Span};

use super::object::Object;
use super::scope::Scope;
use crate::applied::is_templates;

/// Names of a kustomization, the usual one first.
pub(crate) const KUSTOMIZATIONS: [&str; 3] = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// A file.
pub(crate) struct File {
    /// Its path, absolute; `-` for standard input.
    pub(crate) path: PathBuf,
    /// Its text.
    pub(crate) source: Arc<Source>,
    /// The documents that hold something, lists of objects not opened.
    pub(crate) documents: Vec<Arc<Node>>,
    /// Its objects, with those of lists.
    pub(crate) objects: Vec<Object>,
    /// It is to be checked, not only looked at.
    pub(crate) checked: bool,
    /// Which part of the repository it is from.
    pub(crate) area: Area,
    /// What builds take, so that they need not parse it again.
    parsed: Option<Parsed>,
}

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
    /// Some file could not be parsed, so that what seems to be missing may stand there.
    pub(crate) has_broken_files: bool,
    /// Helm charts in the tree: their templates are no manifests.
    pub(crate) charts: usize,
    index: HashMap<PathBuf, usize>,
}

impl Tree {
    /// Reads the files of a scope.
    ///
    /// # Errors
    /// `io/*` for standard input and folders; `manifests/none` when there is nothing to check. Files that cannot be
    /// read are problems, so that the others are still checked.
    pub(crate) fn load(scope: &Scope, allow_empty: bool, io: &mut Io) -> Outcome<Self> {
        let (mut paths, mut charts) = (Vec::new(), 0);
        for (path, _) in &scope.given {
            charts += collect(path, &mut paths)?;
        }
        if paths.is_empty() && !scope.stdin {
            return Err(Failure::new("manifests/none", "no manifest found").with_help(
                "manifests end in .yaml, .yml or .json; run the stage before this one, or name its output",
            ));
        }
        for folder in scope.surroundings() {
            collect(&folder, &mut paths)?;
        }
        // Sorted runs, which a stable sort puts together in one pass.
        paths.sort();
        paths.dedup();
        let mut read: Vec<_> = paths.par_iter().map(|path| read_path(path, scope)).collect();
        if scope.stdin {
            let source = cliutil::read_input(io, Path::new("-"), ReadOptions { allow_empty })?;
            read.push(parse(PathBuf::from("-"), masked(source), Area::Stream, true));
        }
        Ok(Self { charts, ..Self::assemble(scope.root.clone(), read) })
    }

    fn assemble(root: PathBuf, read: Vec<(Option<File>, Vec<Diagnostic>)>) -> Self {
        let (mut files, mut problems) = (Vec::new(), Vec::new());
        let has_broken_files = read.iter().any(|(file, _)| file.is_none());
        for (file, found) in read {
            files.extend(file);
            problems.extend(found);
        }
        let index =
            files.iter().enumerate().map(|(at, file): (usize, &File)| (file.path.clone(), at)).collect();
        Self { root, files, problems, has_broken_files, charts: 0, index }
    }

    /// Index of the file at a path.
    pub(crate) fn find(&self, path: &Path) -> Option<usize> {
        self.index.get(path).copied()
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

    /// Lets go of what was parsed, but for kustomizations: the builds need the memory. What is needed once more is
    /// parsed again ([`File::nodes`]).
    pub(crate) fn forget(&mut self) {
        let nothing = Arc::new(Node {
            kind: Kind::Mapping(Vec::new()),
            span: Span::new(0, 0),
            tag: None,
            anchor: None,
            flow: false,
        });
        self.files.par_iter_mut().filter(|file| !file.is_kustomization()).for_each(|file| {
            file.documents = Vec::new();
            for object in &mut file.objects {
                object.node = Arc::clone(&nothing);
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
    /// The content of its objects, in their order, parsed again.
    pub(crate) fn nodes(&self) -> Vec<Arc<Node>> {
        // It was parsed before, so that there is no error.
        let documents = yaml::parse(self.source.text()).map(|stream| stream.documents).unwrap_or_default();
        let documents = documents.into_iter().map(|document| Arc::new(document.root));
        documents.flat_map(|document| objects(&document)).map(|object| object.node).collect()
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

    /// Whether it is a kustomization.
    pub(crate) fn is_kustomization(&self) -> bool {
        self.path.file_name().is_some_and(|name| KUSTOMIZATIONS.iter().any(|known| name == *known))
    }
}

/// Files with manifests below a path, a single file in any case. Hidden folders, generated machine configurations and what
/// makes a Helm chart are left out; `.sops.yaml` is a hidden file, too. How many charts there are.
fn collect(path: &Path, paths: &mut Vec<PathBuf>) -> Outcome<usize> {
    if path.is_file() {
        paths.push(path.to_path_buf());
        return Ok(0);
    }
    let charts = Cell::new(0);
    let walk = crate::place::walk(path).into_iter();
    let wanted = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        let generated = entry.path().ends_with("talos/clusterconfig");
        let is_chart = entry.depth() > 0 && is_templates(entry.path());
        charts.set(charts.get() + usize::from(is_chart));
        entry.depth() == 0 || !(name.starts_with('.') || generated || is_chart)
    };
    for entry in walk.filter_entry(wanted) {
        let entry = entry.map_err(|error| {
            let shown = error.path().unwrap_or(path).display().to_string();
            Failure::new("io/read", format!("{shown}: cannot be read: {error}"))
        })?;
        let is_file = || entry.file_type().is_file() || entry.path_is_symlink() && entry.path().is_file();
        if is_manifest(entry.path()) && is_file() {
            paths.push(entry.into_path());
        }
    }
    Ok(charts.get())
}

fn is_manifest(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default();
    if name == "Chart.yaml" {
        return false;
    }
    ["yaml", "yml", "json"].iter().any(|known| extension == *known)
        || name == "Kustomization"
        || is_sops_name(&name)
}

/// Whether a file of this name must be encrypted. A template (`*.sops.yaml.j2`) is not what it will be rendered to.
pub(crate) fn is_sops_name(name: &str) -> bool {
    let is_template = Path::new(name).extension().is_some_and(|end| end == "j2");
    name.contains(".sops.") && !name.starts_with(".sops.") && !is_template
}

fn read_path(path: &Path, scope: &Scope) -> (Option<File>, Vec<Diagnostic>) {
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
    let first = path.strip_prefix(&scope.root).ok().and_then(|rest| rest.components().next());
    match first.map(|component| component.as_os_str().to_string_lossy().into_owned()).as_deref() {
        Some("talos") => Area::Talos,
        Some("bootstrap") => Area::Bootstrap,
        _ => Area::Kubernetes,
    }
}

/// Hides the values of what is, or may be, secret.
fn masked(source: Source) -> Source {
    let name = source.name().to_lowercase();
    let text = source.text();
    let secret = name.contains(".sops.")
        || name.contains("secret")
        || [
            "kind: Secret",
            "kind: \"Secret\"",
            "kind: 'Secret'",
            "\"kind\": \"Secret\"",
            "\"kind\":\"Secret\"",
        ]
        .iter()
        .any(|kind| text.contains(kind));
    if secret { source.with_mask(Mask::Except(Vec::new())) } else { source }
}

fn parse(path: PathBuf, source: Source, area: Area, checked: bool) -> (Option<File>, Vec<Diagnostic>) {
    let source = Arc::new(source);
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let is_yaml =
        path.extension().is_none_or(|ext| ["yaml", "yml", "json"].iter().any(|known| ext == *known));
    let mut file =
        File { path, source, documents: Vec::new(), objects: Vec::new(), checked, area, parsed: None };
    if !is_yaml {
        return (Some(file), Vec::new());
    }
    let stream = match yaml::parse(file.source.text()) {
        Ok(stream) => stream,
        // A patch of Talos may be a template that becomes YAML later.
        Err(_) if area == Area::Talos && file.source.text().contains("{{") => {
            return (Some(file), Vec::new());
        }
        Err(error) => return (None, vec![Diagnostic::from_yaml(&file.source, error)]),
    };
    let dialect =
        if KUSTOMIZATIONS.contains(&name.as_str()) { Dialect::Kubernetes } else { Dialect::GoYamlV3 };
    if matches!(area, Area::Kubernetes | Area::Bootstrap) && !file.is_kustomization() {
        file.parsed = Some(Parsed::new(Path::new(file.name()), &file.source, &stream));
    }
    let duplicates = yaml::check_duplicates(&stream, dialect);
    let problems = duplicates.into_iter().map(|error| Diagnostic::from_yaml(&file.source, error)).collect();
    file.documents = stream
        .documents
        .into_iter()
        .map(|document| {
            let mut root = document.root;
            compact(&mut root);
            Arc::new(root)
        })
        // Of a kustomization the first document counts, even an empty one.
        .filter(|root| file.is_kustomization() || !super::object::is_null(root))
        .collect();
    if area != Area::Talos && !file.is_kustomization() {
        file.objects = file.documents.iter().flat_map(objects).collect();
    }
    (Some(file), problems)
}

/// Gives back the room that lists keep for growing: in ten thousand small manifests it is more than what they hold.
fn compact(node: &mut Node) {
    match &mut node.kind {
        Kind::Scalar(text, _) => text.shrink_to_fit(),
        Kind::Sequence(items) => {
            items.iter_mut().for_each(compact);
            items.shrink_to_fit();
        }
        Kind::Mapping(pairs) => {
            for pair in pairs.iter_mut() {
                compact(&mut pair.key);
                compact(&mut pair.value);
            }
            pairs.shrink_to_fit();
        }
        Kind::Alias(target) => compact(target),
    }
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
