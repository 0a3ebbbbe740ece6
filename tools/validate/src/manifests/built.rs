//! What the builds say: whether kustomize and Flux can make of the files what they should, and the rules about how the
//! objects fit together.

use std::collections::BTreeSet;
use std::path::Path;

use cliutil::{Diagnostic, Location, Severity};
use kustomize::Loader;
use kustomize::flux::Options;

use super::scope::Scope;
use super::tree::{Area, Tree};
use crate::applied::{self, Cluster, DISK};
use crate::rules;

/// The clusters of the repository, as they are built, and those that come on standard input.
pub(super) fn clusters(tree: &Tree, scope: &Scope) -> Vec<Cluster> {
    let streams = tree.files.iter().filter(|file| file.area == Area::Stream);
    let mut clusters: Vec<_> = streams.map(|file| Cluster::of_stream(file.source.text())).collect();
    if !scope.given.is_empty() {
        let loader = Loader::new(DISK);
        let root = scope.shown_root();
        let entry = scope.entry.strip_prefix(&scope.root).unwrap_or(Path::new(".no-entry"));
        let options = Options { assume_sources: true, ..Options::default() };
        let starts = applied::starts(&loader, &root, entry, &scope.searched());
        clusters.extend(starts.into_iter().map(|start| Cluster::build(&loader, &root, start, options)));
    }
    clusters
}

/// What the builds of the repository say, of the files that are checked. What is known of a line is not said again.
pub(super) fn check(tree: &Tree, clusters: &[Cluster], known: &[Diagnostic]) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for cluster in clusters {
        found.extend(cluster.problems.iter().cloned());
        found.extend(rules::check(cluster));
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
            && !is_known
            && seen.insert((name.to_owned(), place.range.start, finding.code, finding.message.clone()))
    });
    found
}

fn line(place: &Location) -> (String, usize) {
    (place.source.name().to_owned(), place.line_column().0)
}
