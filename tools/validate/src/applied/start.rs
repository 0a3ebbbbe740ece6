//! Where Flux begins: the folder a repository is started with, or, where there is none such, every Flux Kustomization
//! that no other one brings about.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
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

/// Where clusters are searched for.
pub(crate) struct Search<'s> {
    /// A folder, relative to the root.
    pub(crate) folder: &'s Path,
    /// Whether what is below it counts, too.
    pub(crate) below: bool,
    /// The files below it, each beginning with root and folder, where somebody has listed them already.
    pub(crate) known: Option<Vec<PathBuf>>,
}

impl<'s> Search<'s> {
    /// A search in a folder and all below it.
    pub(crate) fn below(folder: &'s Path) -> Self {
        Self { folder, below: true, known: None }
    }
}

/// The clusters of a repository whose root is `root`. `entry`, relative to it, is the folder Flux is started with; where
/// it is missing, they are searched for.
pub(crate) fn starts(loader: &Loader<'_>, root: &Path, entry: &Path, search: Search<'_>) -> Vec<Start> {
    let full = root.join(entry);
    let bootstrap = bootstrap(root);
    if full.is_dir() {
        return vec![Start { bootstrap, ..from_folder(loader, root, entry) }];
    }
    let files = match search.known {
        Some(known) => sorted_out(known),
        None => yaml_files(&root.join(search.folder), if search.below { usize::MAX } else { 1 }),
    };
    let mut starts = self::search(loader, root, files);
    for start in &mut starts {
        start.bootstrap.clone_from(&bootstrap);
    }
    starts
}

/// What Flux applies of a folder that it is started with.
fn from_folder(loader: &Loader<'_>, root: &Path, entry: &Path) -> Start {
    let source = source_of(loader, &root.join(entry));
    applying(loader, root, entry, Kustomization::start(&shown(entry), source))
}

/// A start with a Kustomization that applies a folder.
fn applying(loader: &Loader<'_>, root: &Path, folder: &Path, kustomization: Kustomization) -> Start {
    Start {
        name: shown(folder),
        is_flux: true,
        loose: loose_objects(loader, &root.join("bootstrap")),
        kustomizations: vec![kustomization],
        ..Start::default()
    }
}

/// The folder that an object says Flux is started with: a FluxInstance or a release of its chart.
fn says_where(object: &Resource, root: &Path) -> Option<PathBuf> {
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
        _ => return None,
    };
    root.join(&entry).is_dir().then_some(entry)
}

/// Where it stands what is installed before Flux: helmfiles, scripts, Terraform.
const BOOTSTRAP_PLACES: [&str; 9] = [
    "bootstrap",
    "helmfile.d",
    "helmfile.yaml",
    "helmfile.yaml.gotmpl",
    "terraform",
    "infra",
    "scripts",
    ".taskfiles",
    "kubernetes/bootstrap",
];

/// Larger files are no list of charts.
const MAX_BOOTSTRAP: u64 = 1 << 20;

/// The text of what brings the cluster up, encrypted files left out.
fn bootstrap(root: &Path) -> String {
    let mut text = String::new();
    // With several clusters each has one of its own.
    let clusters = std::fs::read_dir(root.join("kubernetes")).into_iter().flatten().filter_map(Result::ok);
    let mut own: Vec<_> = clusters.map(|cluster| cluster.path().join("bootstrap")).collect();
    own.sort();
    for place in BOOTSTRAP_PLACES.iter().map(|place| root.join(place)).chain(own) {
        let walk = crate::place::walk(&place).max_depth(6).into_iter();
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
    for file in manifests(folder, usize::MAX) {
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
    for file in manifests(folder, usize::MAX) {
        objects.extend(kustomize::read(loader, &file).unwrap_or_default());
    }
    objects
}

/// Files that may hold objects, sorted. Kustomizations are none.
fn manifests(folder: &Path, depth: usize) -> Vec<PathBuf> {
    yaml_files(folder, depth).0
}

/// The files below a folder that may hold objects, and its kustomizations, each sorted.
fn yaml_files(folder: &Path, depth: usize) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let walk = crate::place::walk(folder).max_depth(depth).into_iter();
    let walk = walk.filter_entry(|entry| !is_left_out(entry));
    let files = walk.filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
    sorted_out(files.map(walkdir::DirEntry::into_path))
}

/// The files of a list that may hold objects, and the kustomizations among them.
fn sorted_out(files: impl IntoIterator<Item = PathBuf>) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let (mut manifests, mut kustomizations) = (Vec::new(), Vec::new());
    for path in files {
        if is_kustomization(&path) {
            kustomizations.push(path);
        } else if path.extension().is_some_and(|end| end == "yaml" || end == "yml") {
            manifests.push(path);
        }
    }
    (manifests, kustomizations)
}

/// Whether a walk leaves something out below where it begins: what is hidden, the templates of charts, and machine
/// configurations hold no objects.
pub(crate) fn is_left_out(entry: &walkdir::DirEntry) -> bool {
    let holds_none = || entry.path().ends_with("talos/clusterconfig") || is_templates(entry.path());
    entry.depth() > 0
        && (entry.file_name().as_encoded_bytes().starts_with(b".")
            || entry.file_type().is_dir() && holds_none())
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
    /// What is listed to be built, and the folders of those that list it.
    parents: HashMap<PathBuf, Vec<PathBuf>>,
    /// Files that are listed for another use.
    used: HashSet<PathBuf>,
}

/// What one kustomization says.
struct Said {
    /// Its folder.
    home: PathBuf,
    is_component: bool,
    /// What it lists to be built.
    built: Vec<PathBuf>,
    /// What else it lists.
    used: Vec<PathBuf>,
}

impl Said {
    /// What cannot be read is reported by the build.
    fn by(file: &Path) -> Self {
        let home = file.parent().unwrap_or(Path::new("")).to_path_buf();
        let source = std::fs::read_to_string(file).unwrap_or_default();
        let stream = yaml::parse(&source);
        let mut said = Self { home, is_component: false, built: Vec::new(), used: Vec::new() };
        let root = stream.as_ref().ok().and_then(|stream| stream.documents.first()).map(|one| &one.root);
        let Some(root) = root else { return said };
        said.is_component = root.get("kind").and_then(yaml::Node::as_str) == Some("Component");
        let entries = |key: &str| root.get(key).and_then(yaml::Node::as_sequence).unwrap_or_default();
        let paths = |key: &str| entries(key).iter().filter_map(|entry| entry.as_str());
        for key in ["resources", "bases", "components"] {
            said.built.extend(paths(key).map(|path| join(&said.home, path)));
        }
        said.used.extend(paths("patchesStrategicMerge").map(|path| join(&said.home, path)));
        for key in ["patches", "patchesJson6902", "replacements", "transformers", "generators"] {
            let paths = entries(key).iter().filter_map(|entry| entry.get("path").unwrap_or(entry).as_str());
            said.used.extend(paths.map(|path| join(&said.home, path)));
        }
        said
    }
}

impl Kustomizations {
    fn of(files: &[PathBuf]) -> Self {
        let all: Vec<_> = files.par_iter().map(|file| Said::by(file)).collect();
        let mut kustomizations = Self::default();
        for Said { home, is_component, built, used } in all {
            for path in built {
                kustomizations.parents.entry(path).or_default().push(home.clone());
            }
            kustomizations.used.extend(used);
            if !is_component {
                kustomizations.folders.insert(home);
            }
        }
        kustomizations
    }

    /// Whether any of them lists a file or a folder.
    fn lists(&self, path: &Path) -> bool {
        self.parents.contains_key(path) || self.used.contains(path)
    }

    /// The folders whose kustomizations build a file and that no other one lists.
    fn tops_of(&self, file: &Path) -> BTreeSet<PathBuf> {
        let mut tops = BTreeSet::new();
        let mut seen = BTreeSet::new();
        let mut open: Vec<&Path> = vec![file];
        while let Some(path) = open.pop() {
            match self.parents.get(path) {
                Some(parents) => {
                    open.extend(parents.iter().map(PathBuf::as_path).filter(|one| seen.insert(*one)));
                }
                None if path != file && self.folders.contains(path) => {
                    tops.insert(path.to_path_buf());
                }
                None => {}
            }
        }
        tops
    }

    /// Those that no other one lists.
    fn top(&self) -> impl Iterator<Item = &PathBuf> {
        self.folders.iter().filter(|folder| !self.lists(folder))
    }
}

/// Where the search found a cluster to begin: the folders that are said, or that apply themselves, each with all it brings
/// about; the kustomizations that nothing builds, but that list a Flux Kustomization; and the Flux Kustomizations that
/// nothing lists and no other one applies, in groups by folder: a repository may hold several clusters. Without any, all
/// objects are one group.
fn search(
    loader: &Loader<'_>,
    root: &Path,
    (manifests, kustomizations): (Vec<PathBuf>, Vec<PathBuf>),
) -> Vec<Start> {
    let kustomizations = Kustomizations::of(&kustomizations);
    let mut found = Found::read(loader, root, manifests, &kustomizations);
    let own = found.own(root);
    let paths = found.applied.iter().map(|one| one.path.clone());
    let paths = paths.chain(found.said.iter().map(|entry| root.join(entry)));
    let applied: BTreeSet<PathBuf> = paths.filter(|path| path != root).collect();
    // What a Kustomization applies is no start. One of the whole repository, where none is named, says nothing.
    let is_whole = found.said.contains(Path::new(""));
    let is_applied = |home: &Path| is_whole || home.ancestors().any(|folder| applied.contains(folder));
    let listed: BTreeSet<PathBuf> = found.tops.iter().filter(|top| !is_applied(top)).cloned().collect();
    let mut starts: Vec<Start> = found.said.iter().map(|entry| from_folder(loader, root, entry)).collect();
    starts.extend(own.into_iter().map(|(path, flux)| applying(loader, root, below(root, &path), flux)));
    starts.extend(outermost(listed).iter().map(|top| from_folder(loader, root, below(root, top))));
    let single = found.take_singles(|home| !is_applied(home));
    if starts.is_empty() && single.is_empty() {
        let others = Start {
            name: shown(Path::new("")),
            loose: found.loose,
            problems: found.problems,
            ..Start::default()
        };
        return vec![plain(loader, &kustomizations, others)];
    }
    let many = single.len() + starts.len() > 1;
    let shown_applied: HashSet<&Path> = applied.iter().map(|folder| without_dot(folder)).collect();
    for (home, kustomizations) in single {
        // Objects beside the Kustomizations; in a repository of several clusters only what is in the cluster's folder.
        let inside = |object: &&Resource| {
            let file = without_dot(object.origin().file());
            if many {
                file.starts_with(without_dot(&home))
            } else {
                !file.ancestors().any(|one| shown_applied.contains(one))
            }
        };
        starts.push(Start {
            name: shown(below(root, &home)),
            is_flux: true,
            kustomizations,
            loose: found.loose.iter().filter(inside).cloned().collect(),
            ..Start::default()
        });
    }
    // What could not be read is nobody's in particular, and must be told all the same.
    if let Some(first) = starts.first_mut() {
        first.problems = found.problems;
    }
    starts
}

/// Files are named without the `./` that the folders of a search begin with.
fn without_dot(path: &Path) -> &Path {
    path.strip_prefix(".").unwrap_or(path)
}

fn below<'p>(root: &Path, path: &'p Path) -> &'p Path {
    path.strip_prefix(root).unwrap_or(path)
}

/// The folders that lie in no other one of them.
fn outermost(folders: BTreeSet<PathBuf>) -> Vec<PathBuf> {
    let mut outer: Vec<PathBuf> = Vec::new();
    for folder in folders {
        if outer.last().is_none_or(|last| !folder.starts_with(last)) {
            outer.push(folder);
        }
    }
    outer
}

/// A Flux Kustomization of a file.
struct Applied {
    /// The folder it stands in.
    home: PathBuf,
    /// The folder it applies.
    path: PathBuf,
    flux: Kustomization,
}

impl Applied {
    fn new(root: &Path, home: &Path, flux: &Kustomization) -> Self {
        let path = join(root, flux.path.trim_start_matches('/'));
        Self { home: home.to_path_buf(), path, flux: flux.clone() }
    }
}

/// What the files below a folder hold.
#[derive(Default)]
struct Found {
    /// The folders that some object says Flux is started with, relative to the root.
    said: BTreeSet<PathBuf>,
    /// Every Flux Kustomization.
    applied: Vec<Applied>,
    /// Those that no kustomization lists, with the folder each stands in.
    singles: Vec<(PathBuf, Kustomization)>,
    /// The outermost kustomizations of the others.
    tops: BTreeSet<PathBuf>,
    /// Objects of files that no kustomization lists.
    loose: Vec<Resource>,
    problems: Vec<Diagnostic>,
}

impl Found {
    fn read(loader: &Loader<'_>, root: &Path, files: Vec<PathBuf>, kustomizations: &Kustomizations) -> Self {
        let mut found = Self::default();
        let read = |file: &PathBuf| {
            let objects = kustomize::read(loader, file).unwrap_or_default().into_iter();
            let known = |object| (says_where(&object, root), Kustomization::is(&object), object);
            objects.map(known).collect::<Vec<_>>()
        };
        let read: Vec<_> = files.par_iter().map(read).collect();
        for (file, objects) in files.into_iter().zip(read) {
            let is_part = kustomizations.lists(&file);
            for (said, is_flux, object) in objects {
                found.said.extend(said);
                let home = file.parent().unwrap_or(root);
                if !is_flux {
                    found.loose.extend(Some(object).filter(|_| !is_part));
                } else if !is_part {
                    found.single(root, home, object);
                } else if kustomizations.parents.contains_key(&file) {
                    // Whatever is wrong with it is told where it is built.
                    if let Ok(flux) = Kustomization::read(&object) {
                        found.applied.push(Applied::new(root, home, &flux));
                    }
                    found.tops.extend(kustomizations.tops_of(&file));
                }
            }
        }
        found
    }

    fn single(&mut self, root: &Path, home: &Path, object: Resource) {
        let flux = match Kustomization::read(&object) {
            Ok(flux) => flux,
            Err(problems) => return self.problems.extend(problems),
        };
        // Files that are put together elsewhere, or a folder that only the cluster can name, are not here.
        if flux.source.kind == "ExternalArtifact" || flux.path.contains("${") {
            self.loose.push(object);
        } else {
            self.applied.push(Applied::new(root, home, &flux));
            self.singles.push((home.to_path_buf(), flux));
        }
    }

    /// The Kustomizations that apply the very folder they stand in, as `flux bootstrap` writes one, where no other one
    /// does; one for each folder.
    fn own(&self, root: &Path) -> BTreeMap<PathBuf, Kustomization> {
        let said: Vec<_> = self.said.iter().map(|entry| root.join(entry)).collect();
        let mut own = BTreeMap::new();
        let around = |one: &&Applied| {
            one.home.starts_with(&one.path)
                && one.path != *root
                && one.path.is_dir()
                && !said.contains(&one.path)
        };
        for one in self.applied.iter().filter(around) {
            let mut others = self.applied.iter().map(|other| &other.path).chain(&said);
            if !others.any(|path| path != root && *path != one.path && one.home.starts_with(path)) {
                own.entry(one.path.clone()).or_insert_with(|| one.flux.clone());
            }
        }
        own
    }

    /// The Kustomizations in folders that are wanted, by folder; one in another one belongs to the same cluster.
    fn take_singles(&mut self, wanted: impl Fn(&Path) -> bool) -> Vec<(PathBuf, Vec<Kustomization>)> {
        let mut homes: BTreeMap<PathBuf, Vec<Kustomization>> = BTreeMap::new();
        for (home, flux) in std::mem::take(&mut self.singles).into_iter().filter(|(home, _)| wanted(home)) {
            homes.entry(home).or_default().push(flux);
        }
        let mut merged: Vec<(PathBuf, Vec<Kustomization>)> = Vec::new();
        for (home, found) in homes {
            match merged.iter_mut().find(|(outer, _)| home.starts_with(outer)) {
                Some((_, outer)) => outer.extend(found),
                None => merged.push((home, found)),
            }
        }
        merged
    }
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
