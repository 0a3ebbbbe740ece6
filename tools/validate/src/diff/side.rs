//! One side of a comparison: a folder, or a revision of a git repository written into a private folder.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Location, Outcome, Severity, Source, program};
use kustomize::flux::{Kustomization, Options};
use kustomize::{Filling, Loader};

use super::args::DiffArgs;
use crate::applied::{self, Cluster, DISK, Id, Object, Search};

/// One side: its objects, and who brings them about.
pub(super) struct Side {
    pub(super) objects: Vec<Object>,
    /// For each object its cluster and its Kustomization.
    homes: Vec<Home>,
    /// Where each cluster starts.
    clusters: Vec<String>,
    /// The Kustomizations of all clusters, each behind the one that applies it.
    appliers: Vec<Applier>,
    /// The folder a revision was written into, with the revision.
    revision: Option<(String, String)>,
    /// What is worth a word, and did not stop the build.
    pub(super) problems: Vec<Diagnostic>,
    /// What variables became.
    pub(super) filled: BTreeSet<Filling>,
}

/// Where an object belongs, as places in the lists of a [`Side`].
#[derive(Clone, Copy)]
pub(super) struct Home {
    cluster: usize,
    applier: Option<usize>,
}

/// A Flux Kustomization.
struct Applier {
    cluster: usize,
    /// Namespace and name.
    name: String,
    parent: Option<usize>,
    /// Whether it deletes what it applies no more.
    prune: bool,
    /// Whether it does nothing.
    suspend: bool,
    /// Why it cannot be built.
    failed: Option<Vec<Diagnostic>>,
}

/// A Kustomization among all of a repository: its cluster, and its namespace and name.
pub(super) type Name = (String, String);

impl Side {
    /// Builds a folder or revision.
    ///
    /// # Errors
    /// It is neither, or cannot be built.
    pub(super) fn load(name: &str, args: &DiffArgs) -> Outcome<Self> {
        let path = Path::new(name);
        if path.is_dir() {
            return Self::build(&path.join(&args.root), args, None);
        }
        let folder = checked_out(name)?;
        let prefix = git(&["rev-parse", "--show-prefix"], b"")?;
        let prefix = String::from_utf8_lossy(&prefix.stdout).trim().to_owned();
        let root = folder.path().join(prefix).join(&args.root);
        if !root.is_dir() {
            let message = format!("{name} has no folder {}", args.root.display());
            return Err(Failure::new("io/missing", message));
        }
        // Places are shown as git names them.
        let inside = format!("{}/", folder.path().display());
        Self::build(&root, args, Some((inside, name.to_owned())))
    }

    /// The file of an object as a person would name it: of a revision as git names it.
    pub(super) fn file(&self, object: &Object) -> String {
        let file = object.resource.origin().file().display().to_string();
        self.named(&file).unwrap_or(file)
    }

    fn named(&self, file: &str) -> Option<String> {
        let (folder, revision) = self.revision.as_ref()?;
        Some(format!("{revision}:{}", file.strip_prefix(folder.as_str())?))
    }

    fn build(root: &Path, args: &DiffArgs, revision: Option<(String, String)>) -> Outcome<Self> {
        let loader = Loader::new(DISK);
        let options = Options { assume_sources: true, ..Options::default() };
        let mut side = Self {
            objects: Vec::new(),
            homes: Vec::new(),
            clusters: Vec::new(),
            appliers: Vec::new(),
            revision,
            problems: Vec::new(),
            filled: BTreeSet::new(),
        };
        let mut errors = Vec::new();
        for mut start in applied::starts(&loader, root, &args.entry, Search::below(Path::new(""))) {
            let (wrong, words): (Vec<_>, Vec<_>) =
                std::mem::take(&mut start.problems).into_iter().partition(is_error);
            errors.extend(wrong);
            side.problems.extend(words);
            side.clusters.push(start.name.clone());
            side.add(Cluster::build(&loader, root, start, options));
        }
        let mut problems = std::mem::take(&mut side.problems);
        let mut appliers = std::mem::take(&mut side.appliers);
        let of_appliers = appliers.iter_mut().filter_map(|one| one.failed.as_mut()).flatten();
        for problem in problems.iter_mut().chain(of_appliers).chain(&mut errors) {
            renamed(problem, &|file| side.named(file));
        }
        (side.problems, side.appliers) = (problems, appliers);
        if errors.is_empty() { Ok(side) } else { Err(Failure { diagnostics: errors }) }
    }

    fn add(&mut self, mut built: Cluster) {
        let (cluster, first) = (self.clusters.len() - 1, self.appliers.len());
        add_first(&mut built);
        for node in built.nodes {
            let flux = &node.kustomization;
            self.appliers.push(Applier {
                cluster,
                name: format!("{}/{}", flux.namespace, flux.name),
                parent: node.parent.map(|parent| first + parent),
                prune: flux.prune,
                suspend: flux.suspend,
                failed: None,
            });
            match node.build {
                Ok(build) => self.filled.extend(build.into_iter().flat_map(|build| build.filled)),
                Err(problems) => {
                    if let Some(applier) = self.appliers.last_mut() {
                        applier.failed = Some(problems);
                    }
                }
            }
        }
        // What makes a build fail is kept with the Kustomization.
        self.problems.extend(built.problems.into_iter().filter(|problem| !is_error(problem)));
        for object in built.objects {
            let home = Home { cluster, applier: object.owner.map(|owner| first + owner) };
            self.add_unread(&object, home, first);
            self.homes.push(home);
            self.objects.push(object);
        }
    }

    /// Adds the Kustomization that an object is where it cannot be read: nobody knows what it would apply.
    fn add_unread(&mut self, object: &Object, home: Home, first: usize) {
        if !Kustomization::is(&object.resource) {
            return;
        }
        let name = format!("{}/{}", object.id.namespace, object.id.name);
        if self.appliers[first..].iter().any(|one| one.name == name) {
            return;
        }
        if let Err(problems) = Kustomization::read(&object.resource) {
            self.appliers.push(Applier {
                cluster: home.cluster,
                name,
                parent: home.applier,
                prune: false,
                suspend: false,
                failed: Some(problems),
            });
        }
    }

    /// The objects, without those that one of these Kustomizations brings about, each with where its cluster starts and
    /// who applies it.
    pub(super) fn without(&self, left_out: &BTreeMap<Name, Left>) -> Vec<(&str, Home, &Object)> {
        let homes = self.objects.iter().zip(&self.homes);
        let kept =
            homes.filter(|(_, home)| !self.chain(**home).any(|one| left_out.contains_key(&self.name(one))));
        kept.map(|(object, home)| (self.clusters[home.cluster].as_str(), *home, object)).collect()
    }

    /// Whether an object that is no more on the new side is deleted: its Kustomization, when it is still there, prunes; one
    /// that is deleted itself does what its deletion policy says; one that stays behind does nothing any more.
    pub(super) fn prunes(&self, home: Home, new: &Self) -> bool {
        let Some(at) = home.applier else { return true };
        let applier = &self.appliers[at];
        let name = self.name(applier);
        if let Some(same) = new.appliers.iter().find(|one| new.name(one) == name) {
            return same.prune && !same.suspend;
        }
        // What Flux is started with is no object, or one that it applies itself.
        let Some((object, above)) = self.object_of(applier) else { return applier.prune };
        let is_deleted = !object.flux_says("prune", &["disabled"])
            && !object.flux_says("reconcile", &["disabled"])
            && self.prunes(above, new);
        is_deleted
            && !applier.suspend
            && match object.text(&["spec", "deletionPolicy"]) {
                Some("Delete" | "WaitForTermination") => true,
                Some("Orphan") => false,
                _ => applier.prune,
            }
    }

    /// The object that a Kustomization is, and where it belongs.
    fn object_of(&self, applier: &Applier) -> Option<(&Object, Home)> {
        let mut all = self.objects.iter().zip(&self.homes);
        let found = all.find(|(object, home)| {
            object.is("kustomize.toolkit.fluxcd.io", "Kustomization")
                && home.cluster == applier.cluster
                && home.applier == applier.parent
                && applier.name == format!("{}/{}", object.id.namespace, object.id.name)
        });
        found.map(|(object, home)| (object, *home))
    }

    /// The Kustomization of an object, the one that applies that, and so on.
    fn chain(&self, home: Home) -> impl Iterator<Item = &Applier> {
        std::iter::successors(home.applier, |at| self.appliers[*at].parent).map(|at| &self.appliers[at])
    }

    fn name(&self, applier: &Applier) -> Name {
        (self.clusters[applier.cluster].clone(), applier.name.clone())
    }

    /// Where each side has one cluster only, it is the same one, wherever its folder is.
    pub(super) fn named_as(mut self, other: &Self) -> Self {
        if self.clusters.len() == 1 && other.clusters.len() == 1 {
            self.clusters.clone_from(&other.clusters);
        }
        self
    }

    /// How many clusters there are.
    pub(super) fn clusters(&self) -> usize {
        self.clusters.len()
    }

    fn failed(&self) -> BTreeMap<Name, &[Diagnostic]> {
        let failed = self.appliers.iter().filter_map(|one| Some((self.name(one), one.failed.as_deref()?)));
        failed.collect()
    }
}

/// Adds the Kustomizations that a cluster begins with and that none of them applies: somebody has to.
fn add_first(built: &mut Cluster) {
    let known: BTreeSet<&Id> = built.objects.iter().map(|object| &object.id).collect();
    let first = built.nodes.iter().filter(|node| node.parent.is_none());
    let first = first.filter_map(|node| Some(Object::new(node.kustomization.object()?.clone(), None)));
    let first: Vec<Object> = first.filter(|object| !known.contains(&object.id)).collect();
    built.objects.extend(first);
}

fn is_error(problem: &Diagnostic) -> bool {
    problem.severity == Severity::Error
}

/// Why a Kustomization is not compared: which side cannot be built, and what is wrong there.
pub(super) struct Left {
    pub(super) old: Vec<Diagnostic>,
    pub(super) new: Vec<Diagnostic>,
}

/// The Kustomizations that cannot be built on one side, or on both: what they apply cannot be compared.
pub(super) fn left_out(old: &Side, new: &Side) -> BTreeMap<Name, Left> {
    let mut all: BTreeMap<Name, Left> = BTreeMap::new();
    let none = || Left { old: Vec::new(), new: Vec::new() };
    for (name, problems) in old.failed() {
        all.entry(name).or_insert_with(none).old.extend_from_slice(problems);
    }
    for (name, problems) in new.failed() {
        all.entry(name).or_insert_with(none).new.extend_from_slice(problems);
    }
    all
}

fn renamed(problem: &mut Diagnostic, rename: &dyn Fn(&str) -> Option<String>) {
    let again = |place: &Location| {
        let source = &place.source;
        let name = rename(source.name())?;
        let source = Arc::new(Source::new(name, source.text()).with_mask(source.mask().clone()));
        Some(Location::new(&source, place.range.clone()))
    };
    if let Some(place) = problem.location.as_ref().and_then(again) {
        problem.location = Some(place);
    }
    if let Some(path) = problem.path.as_deref().and_then(rename) {
        problem.path = Some(path);
    }
    for (place, _) in &mut problem.related {
        if let Some(named) = again(place) {
            *place = named;
        }
    }
}

fn git(words: &[&str], input: &[u8]) -> Outcome<program::Ended> {
    let git = program::find("git", "needed to read a revision; name two folders instead")?;
    let words: Vec<OsString> = words.iter().map(Into::into).collect();
    program::run(&git, &words, input, None)
}

/// The files of a revision in a folder that only the user can read; it goes when this is dropped.
fn checked_out(revision: &str) -> Outcome<tempfile::TempDir> {
    let unknown = |said: &[u8]| {
        let said = String::from_utf8_lossy(said);
        let said = said.trim().trim_start_matches("fatal: ").lines().next().unwrap_or_default().to_owned();
        let why = if said.is_empty() { String::new() } else { format!(": {said}") };
        let help = if is_shallow() {
            "this clone holds only the newest commits: fetch the others with git fetch --unshallow (fetch-depth: 0 in CI)"
        } else {
            "name a folder, a branch, a tag or a commit"
        };
        Failure::new("diff/revision", format!("{revision} is no folder and no git revision{why}"))
            .with_help(help)
    };
    if revision.starts_with('-') {
        return Err(unknown(b"it begins with a dash"));
    }
    let commit = format!("{revision}^{{commit}}");
    let found = git(&["rev-parse", "--verify", "--quiet", "--end-of-options", &commit], b"")?;
    if !found.success {
        return Err(unknown(&found.stderr));
    }
    let commit = String::from_utf8_lossy(&found.stdout).trim().to_owned();
    let listed = git(&["ls-tree", "-r", "-z", "--full-tree", &commit], b"")?;
    if !listed.success {
        return Err(unknown(&listed.stderr));
    }
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    let entries: Vec<(&str, &str, &str)> = listed.split('\0').filter_map(entry).collect();
    let wanted: String = entries.iter().fold(String::new(), |all, (_, id, _)| all + id + "\n");
    let contents = git(&["cat-file", "--batch"], wanted.as_bytes())?;
    if !contents.success {
        return Err(unknown(&contents.stderr));
    }
    let failed = |error: std::io::Error| {
        Failure::new("io/write", format!("cannot write the files of {revision}: {error}"))
    };
    let folder = tempfile::Builder::new().prefix("clusterpipe-diff-").tempdir().map_err(failed)?;
    let mut rest = contents.stdout.as_slice();
    for (mode, _, path) in entries {
        let (content, after) = blob(rest).ok_or_else(|| unknown(b"git gives no content"))?;
        rest = after;
        let to = folder.path().join(path);
        // A tree may hold any name: none leads out of the folder.
        if !Path::new(path).components().all(|part| matches!(part, Component::Normal(_))) {
            continue;
        }
        // Nor a link that the same tree holds: git makes no such tree, but another program may have made one.
        if !has_link_above(folder.path(), &to) {
            write(&to, mode, content).map_err(failed)?;
        }
    }
    Ok(folder)
}

/// Whether the repository of the current folder is a shallow clone.
fn is_shallow() -> bool {
    let asked = git(&["rev-parse", "--is-shallow-repository"], b"");
    asked.is_ok_and(|ended| ended.stdout.starts_with(b"true"))
}

/// Mode, id and path of a file or link.
fn entry(line: &str) -> Option<(&str, &str, &str)> {
    let (head, path) = line.split_once('\t')?;
    let mut words = head.split(' ');
    let (mode, kind, id) = (words.next()?, words.next()?, words.next()?);
    (kind == "blob").then_some((mode, id, path))
}

/// The next content of `cat-file --batch`, and what follows it.
fn blob(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let size: usize = std::str::from_utf8(&bytes[..end]).ok()?.rsplit(' ').next()?.parse().ok()?;
    let content = bytes.get(end + 1..end + 1 + size)?;
    Some((content, bytes.get(end + 2 + size..)?))
}

/// Whether a link stands at a path below a folder, or on the way to it.
fn has_link_above(folder: &Path, path: &Path) -> bool {
    let mut parts = path.ancestors().take_while(|part| *part != folder);
    parts.any(|part| part.symlink_metadata().is_ok_and(|found| found.is_symlink()))
}

fn write(to: &PathBuf, mode: &str, content: &[u8]) -> std::io::Result<()> {
    if let Some(parent) = to.parent() {
        std::fs::create_dir_all(parent)?;
    }
    #[cfg(unix)]
    if mode == "120000" {
        return std::os::unix::fs::symlink(String::from_utf8_lossy(content).as_ref(), to);
    }
    let _ = mode;
    std::fs::write(to, content)
}
