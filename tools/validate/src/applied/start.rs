//! Where Flux begins: the folder a repository is started with, or, where there is none such, every Flux Kustomization
//! that no other one brings about.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use cliutil::Diagnostic;
use kustomize::flux::{Kustomization, Reference};
use kustomize::{KUSTOMIZATION_FILES, Loader, Resource};
use rayon::prelude::*;

/// The name and namespace of the source that Flux is started with.
const BOOTSTRAP: &str = "flux-system";

/// What a cluster begins with.
#[derive(Debug, Default)]
pub(crate) struct Start {
    /// Where it stands, relative to the root; for telling clusters apart.
    pub(crate) name: String,
    /// The first Kustomizations.
    pub(crate) kustomizations: Vec<Kustomization>,
    /// Objects that nothing of these applies.
    pub(crate) loose: Vec<Resource>,
    /// Whether there is any Flux Kustomization.
    pub(crate) is_flux: bool,
    /// The text of what brings the cluster up before.
    pub(crate) bootstrap: String,
    /// What could not be read.
    pub(crate) problems: Vec<Diagnostic>,
}

/// The clusters of a repository whose root is `root`. `entry`, relative to it, is the folder Flux is started with; where
/// it is missing, all below `folder` (relative to the root, too) is searched.
pub(crate) fn starts(loader: &Loader<'_>, root: &Path, entry: &Path, folder: &Path) -> Vec<Start> {
    let full = root.join(entry);
    let bootstrap = bootstrap(root);
    if full.is_dir() {
        return vec![Start { bootstrap, ..from_folder(loader, root, entry) }];
    }
    let mut starts = search(loader, root, &root.join(folder));
    for start in &mut starts {
        start.bootstrap.clone_from(&bootstrap);
    }
    starts
}

/// What Flux applies of a folder that it is started with.
fn from_folder(loader: &Loader<'_>, root: &Path, entry: &Path) -> Start {
    Start {
        name: shown(entry),
        is_flux: true,
        loose: loose_objects(loader, &root.join("bootstrap")),
        kustomizations: vec![Kustomization::start(&shown(entry), source_of(loader, &root.join(entry)))],
        ..Start::default()
    }
}

/// The folder that an object says Flux is started with: a FluxInstance, a release of its chart, or the Kustomization that
/// `flux bootstrap` writes below the very folder it applies.
fn says_where(object: &Resource, root: &Path, home: &Path) -> Option<PathBuf> {
    let path = |steps: &[&str]| {
        let value = object.value();
        let found = steps.iter().try_fold(&value, |value, step| value.get(step))?;
        Some(join(Path::new(""), found.as_str()?))
    };
    let entry = match object.kind() {
        "FluxInstance" => path(&["spec", "sync", "path"])?,
        "HelmRelease" if object.name() == "flux-instance" => {
            path(&["spec", "values", "instance", "sync", "path"])?
        }
        "Kustomization" if object.name() == BOOTSTRAP && Kustomization::is(object) => {
            path(&["spec", "path"]).filter(|entry| home.starts_with(root.join(entry)))?
        }
        _ => return None,
    };
    root.join(&entry).is_dir().then_some(entry)
}

/// Where it stands what is installed before Flux: helmfiles, scripts, Terraform.
const BOOTSTRAP_PLACES: [&str; 6] =
    ["bootstrap", "helmfile.d", "helmfile.yaml", "helmfile.yaml.gotmpl", "terraform", "infra"];

/// Larger files are no list of charts.
const MAX_BOOTSTRAP: u64 = 1 << 20;

/// The text of what brings the cluster up, encrypted files left out.
fn bootstrap(root: &Path) -> String {
    let mut text = String::new();
    for place in BOOTSTRAP_PLACES {
        let walk = walkdir::WalkDir::new(root.join(place)).max_depth(6).sort_by_file_name().into_iter();
        for entry in walk.filter_map(Result::ok).filter(|entry| entry.file_type().is_file()) {
            let name = entry.file_name().to_string_lossy();
            let is_small = entry.metadata().is_ok_and(|metadata| metadata.len() <= MAX_BOOTSTRAP);
            let ends = [".yaml", ".yml", ".gotmpl", ".tf", ".json", ".sh", "justfile", ".just"];
            if is_small && !name.contains(".sops.") && ends.iter().any(|end| name.ends_with(end)) {
                text.push_str(&std::fs::read_to_string(entry.path()).unwrap_or_default());
                text.push('\n');
            }
        }
    }
    text
}

fn shown(path: &Path) -> String {
    format!("./{}", path.strip_prefix(".").unwrap_or(path).display())
}

fn reference() -> Reference {
    Reference {
        kind: "GitRepository".to_owned(),
        namespace: BOOTSTRAP.to_owned(),
        name: BOOTSTRAP.to_owned(),
    }
}

/// The source that the first Kustomizations of the entry name: the repository, unless an object of that name stands
/// beside them.
fn source_of(loader: &Loader<'_>, folder: &Path) -> Reference {
    let mut objects = Vec::new();
    for file in manifests(folder) {
        objects.extend(kustomize::read(loader, &file).unwrap_or_default());
    }
    let is_defined = |source: &Reference| {
        source.name != BOOTSTRAP
            && objects.iter().any(|object| object.kind() == source.kind && object.name() == source.name)
    };
    let sources = objects.iter().filter(|object| Kustomization::is(object));
    let sources = sources.filter_map(|object| Some(Kustomization::read(object).ok()?.source));
    sources
        .filter(|source| !source.name.is_empty())
        .find(|source| !is_defined(source))
        .unwrap_or_else(reference)
}

/// The objects of the files below a folder; what is none is left alone.
fn loose_objects(loader: &Loader<'_>, folder: &Path) -> Vec<Resource> {
    let mut objects = Vec::new();
    for file in manifests(folder) {
        objects.extend(kustomize::read(loader, &file).unwrap_or_default());
    }
    objects
}

/// Files that may hold objects, sorted. Hidden folders, kustomizations and machine configurations are none.
fn manifests(folder: &Path) -> Vec<PathBuf> {
    let wanted = |entry: &walkdir::DirEntry| {
        let name = entry.file_name().to_string_lossy();
        entry.depth() == 0
            || !(name.starts_with('.') && name.len() > 1
                || entry.path().ends_with("talos/clusterconfig")
                || is_templates(entry.path()))
    };
    let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(wanted);
    walk.filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|end| end == "yaml" || end == "yml"))
        .filter(|path| !is_kustomization(path))
        .collect()
}

/// Whether a folder holds the templates of a Helm chart, which become manifests only when it is installed.
pub(crate) fn is_templates(folder: &Path) -> bool {
    folder.ends_with("templates") && folder.parent().is_some_and(|chart| chart.join("Chart.yaml").is_file())
}

fn is_kustomization(path: &Path) -> bool {
    path.file_name().is_some_and(|name| KUSTOMIZATION_FILES.iter().any(|known| name == *known))
}

/// What the kustomizations below a folder say.
#[derive(Debug, Default)]
struct Kustomizations {
    /// Folders with a kustomization that is no component.
    folders: BTreeSet<PathBuf>,
    /// What any of them lists: files and folders.
    listed: BTreeSet<PathBuf>,
}

impl Kustomizations {
    fn below(folder: &Path) -> Self {
        let hidden = |entry: &walkdir::DirEntry| {
            entry.depth() > 0 && entry.file_name().to_string_lossy().starts_with('.')
        };
        let walk = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter();
        let files = walk.filter_entry(|entry| !hidden(entry)).filter_map(Result::ok);
        let files = files.filter(|entry| entry.file_type().is_file() && is_kustomization(entry.path()));
        let mut all = Self::default();
        for file in files {
            all.add(file.path());
        }
        all
    }

    /// What cannot be read is reported by the build.
    fn add(&mut self, file: &Path) {
        let home = file.parent().unwrap_or(Path::new(""));
        let source = std::fs::read_to_string(file).unwrap_or_default();
        let stream = yaml::parse(&source);
        let root = stream.as_ref().ok().and_then(|stream| stream.documents.first()).map(|one| &one.root);
        let is_component =
            root.and_then(|root| root.get("kind")?.as_str()).is_some_and(|kind| kind == "Component");
        if !is_component {
            self.folders.insert(home.to_path_buf());
        }
        let Some(root) = root else { return };
        for key in ["resources", "bases", "components", "patchesStrategicMerge"] {
            let entries = root.get(key).and_then(yaml::Node::as_sequence).unwrap_or_default();
            self.listed.extend(entries.iter().filter_map(|entry| Some(join(home, entry.as_str()?))));
        }
        for key in ["patches", "patchesJson6902", "replacements", "transformers", "generators"] {
            let entries = root.get(key).and_then(yaml::Node::as_sequence).unwrap_or_default();
            let paths = entries.iter().filter_map(|entry| entry.get("path")?.as_str());
            self.listed.extend(paths.map(|path| join(home, path)));
        }
    }

    /// Those that no other one lists.
    fn top(&self) -> impl Iterator<Item = &PathBuf> {
        self.folders.iter().filter(|folder| !self.listed.contains(*folder))
    }
}

/// Every Flux Kustomization that stands in a file or a top-level kustomization and that no other one brings about, in
/// groups by folder: a repository may hold several clusters. Without any, all objects are one group.
fn search(loader: &Loader<'_>, root: &Path, folder: &Path) -> Vec<Start> {
    let mut found: BTreeMap<PathBuf, Start> = BTreeMap::new();
    let mut others = Start { name: shown(Path::new("")), ..Start::default() };
    let kustomizations = Kustomizations::below(folder);
    let (mut paths, mut entries) = (BTreeSet::new(), BTreeSet::new());
    let files = manifests(folder);
    let read: Vec<_> = files.par_iter().map(|file| kustomize::read(loader, file)).collect();
    for (file, objects) in files.into_iter().zip(read) {
        let is_part = kustomizations.listed.contains(&file);
        let Ok(objects) = objects else { continue };
        let home = file.parent().unwrap_or(folder).to_path_buf();
        for object in objects {
            entries.extend(says_where(&object, root, &home));
            if Kustomization::is(&object) {
                match Kustomization::read(&object) {
                    Ok(flux) => {
                        paths.insert(join(root, flux.path.trim_start_matches('/')));
                        let start = found.entry(home.clone()).or_default();
                        start.kustomizations.push(flux);
                    }
                    Err(problems) => others.problems.extend(problems),
                }
            } else if !is_part {
                others.loose.push(object);
            }
        }
    }
    let named: Vec<_> = entries.iter().map(|entry| from_folder(loader, root, entry)).collect();
    paths.extend(entries.iter().map(|entry| root.join(entry)));
    // What a Kustomization applies is no start. One of the whole repository, where none is named, says nothing.
    let is_whole = entries.contains(Path::new(""));
    let mut starts: Vec<(PathBuf, Start)> = found
        .into_iter()
        .filter(|(home, _)| !is_whole && !paths.iter().any(|path| home.starts_with(path) && *path != *root))
        .collect();
    if starts.is_empty() {
        return if named.is_empty() { vec![plain(loader, &kustomizations, others)] } else { named };
    }
    // A folder in another one belongs to the same cluster.
    let mut merged: Vec<(PathBuf, Start)> = Vec::new();
    for (home, start) in starts.drain(..) {
        match merged.iter_mut().find(|(outer, _)| home.starts_with(outer)) {
            Some((_, outer)) => outer.kustomizations.extend(start.kustomizations),
            None => merged.push((home, start)),
        }
    }
    let many = merged.len() + named.len() > 1;
    let mut starts = named;
    for (home, mut start) in merged {
        start.name = shown(home.strip_prefix(root).unwrap_or(&home));
        start.is_flux = true;
        // Objects beside the Kustomizations; in a repository of several clusters only what is in the cluster's folder.
        let inside = |object: &Resource| {
            let file = object.origin().file();
            if many { file.starts_with(&home) } else { !paths.iter().any(|path| file.starts_with(path)) }
        };
        start.loose = others.loose.iter().filter(|object| inside(object)).cloned().collect();
        start.problems = std::mem::take(&mut others.problems);
        starts.push(start);
    }
    starts
}

/// A path below a folder, without `.` and `..`.
fn join(folder: &Path, path: &str) -> PathBuf {
    let mut full = folder.to_path_buf();
    for part in Path::new(path).components() {
        match part {
            Component::Normal(name) => full.push(name),
            Component::ParentDir => {
                full.pop();
            }
            _ => {}
        }
    }
    full
}

/// A tree without Flux: what its top-level kustomizations build, and the files that belong to none.
fn plain(loader: &Loader<'_>, kustomizations: &Kustomizations, mut start: Start) -> Start {
    let folders: Vec<_> = kustomizations.top().collect();
    let builds: Vec<_> = folders.par_iter().map(|folder| kustomize::build(loader, folder)).collect();
    for build in builds {
        match build {
            Ok(build) => {
                start.loose.extend(build.resources);
                start.problems.extend(build.warnings);
            }
            Err(problems) => start.problems.extend(problems),
        }
    }
    start
}
