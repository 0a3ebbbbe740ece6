//! What the builds say: whether kustomize and Flux can make of the files what they should, and the rules about how the
//! objects fit together.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;

use cliutil::{Diagnostic, Location, Severity};
use kustomize::flux::Options;
use kustomize::{Loader, Resource};
use rayon::prelude::*;

use super::build::Instance;
use super::scope::Scope;
use super::tree::{Area, Tree};
use crate::applied::{self, Cluster, Object, Search, Start};
use crate::rules;

/// Where the clusters of the repository begin; none for standard input alone.
pub(super) fn starts(tree: &Tree, scope: &Scope, loader: &Loader<'_>) -> Vec<Start> {
    if scope.given.is_empty() {
        return Vec::new();
    }
    let root = scope.shown_root();
    let entry = scope.entry.strip_prefix(&scope.root).unwrap_or(Path::new(".no-entry"));
    let folder = scope.searched();
    let (named, searched) = (root.join(&folder), scope.root.join(&folder));
    let known = scope
        .gives(&searched)
        .then(|| tree.listed(&searched).into_par_iter().map(|path| named.join(path)).collect());
    let search = Search { folder: &folder, below: scope.searches_below(), known };
    applied::starts(loader, &root, entry, search)
}

/// The clusters of the repository, as they are built from their starts, and those that come on standard input.
///
/// `foreseen` is what there would be if nothing were wrong, under its names: it stands in for what cannot be built.
pub(super) fn clusters(
    tree: &Tree,
    scope: &Scope,
    loader: &Loader<'_>,
    starts: Vec<Start>,
    foreseen: &[Instance],
) -> Vec<Cluster> {
    let streams = tree.files.iter().filter(|file| file.area == Area::Stream);
    let mut clusters: Vec<_> = streams.map(|file| Cluster::of_stream(file.source.text())).collect();
    let root = scope.shown_root();
    let options = Options { assume_sources: true, ..Options::default() };
    clusters.extend(starts.into_iter().map(|start| Cluster::build(loader, &root, start, options)));
    if let Some(broken) = clusters.iter().position(Cluster::has_failures) {
        clusters[broken].foreseen = as_foreseen(loader, tree, &clusters, foreseen);
    }
    clusters
}

/// The objects of files that no build took in.
fn as_foreseen(loader: &Loader<'_>, tree: &Tree, clusters: &[Cluster], foreseen: &[Instance]) -> Vec<Object> {
    let objects = clusters.iter().flat_map(|cluster| &cluster.objects);
    let taken: HashSet<&Path> = objects.map(|object| object.resource.origin().file()).collect();
    let missed = foreseen.iter().filter(|one| !taken.contains(Path::new(tree.files[one.file].name())));
    let mut read: HashMap<usize, HashMap<(String, String), Resource>> = HashMap::new();
    let mut found = Vec::new();
    for one in missed {
        let by_name = read.entry(one.file).or_insert_with(|| {
            let objects = kustomize::read(loader, Path::new(tree.files[one.file].name())).unwrap_or_default();
            let named = |object: Resource| ((object.kind().to_owned(), object.name().to_owned()), object);
            objects.into_iter().map(named).collect()
        });
        let written = one.of(tree);
        let Some(resource) = by_name.get(&(written.kind.clone(), written.name.clone())) else { continue };
        let mut object = Object::new(resource.clone(), None);
        object.id.name.clone_from(&one.name);
        object.id.namespace = one.namespace.clone().unwrap_or_default();
        found.push(object);
    }
    found
}

/// What the builds of the repository say.
pub(super) fn check(tree: &Tree, clusters: &[Cluster]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for cluster in clusters {
        // Which Secrets something will make is known here only.
        let problems = cluster.problems.iter().filter(|problem| problem.code != "flux/substitute-from");
        found.extend(problems.cloned());
        let made = rules::made(cluster);
        found.extend(rules::check(cluster, &made));
        // What a stream refers to may be anywhere.
        if !cluster.is_stream {
            found.extend(super::references::check(tree, cluster, &made));
        }
    }
    found
}

/// What the builds say of the files that are checked. What is known of a line is not said again.
pub(super) fn unknown(tree: &Tree, mut found: Vec<Diagnostic>, known: &[Diagnostic]) -> Vec<Diagnostic> {
    if found.is_empty() {
        return found;
    }
    let is_there: BTreeSet<(String, usize)> = known
        .iter()
        .filter(|finding| finding.severity == Severity::Error)
        .filter_map(|finding| finding.location.as_ref().map(line))
        .collect();
    let broken: BTreeSet<&str> = known
        .iter()
        .filter(|finding| finding.severity == Severity::Error && finding.code.starts_with("yaml/"))
        .filter_map(Diagnostic::file)
        .collect();
    // Both look for two objects of one name; the first one shows both.
    let clashes: BTreeSet<&str> = known
        .iter()
        .filter(|finding| finding.code == "kustomize/clash")
        .filter_map(Diagnostic::file)
        .collect();
    let checked: BTreeSet<&str> =
        tree.files.iter().filter(|file| file.checked).map(super::tree::File::name).collect();
    let mut seen = BTreeSet::new();
    found.retain(|finding| {
        let Some(place) = &finding.location else { return false };
        let name = place.source.name();
        let is_rule = finding.code.starts_with("graph/");
        let is_known = !is_rule && is_there.contains(&line(place));
        (checked.contains(name) || name == "<stdin>")
            && !broken.contains(name)
            && !(finding.code == "kustomize/duplicate-id" && clashes.contains(name))
            && !is_known
            && seen.insert((name.to_owned(), place.range.start, finding.code, finding.message.clone()))
    });
    found
}

/// Whether every build came to its end: what was only foreseen is then not so.
pub(super) fn is_complete(clusters: &[Cluster]) -> bool {
    let is_wrong = |problem: &Diagnostic| problem.severity == Severity::Error;
    clusters.iter().all(|cluster| !cluster.has_failures() && !cluster.problems.iter().any(is_wrong))
}

fn line(place: &Location) -> (String, usize) {
    (place.source.name().to_owned(), place.line_column().0)
}
