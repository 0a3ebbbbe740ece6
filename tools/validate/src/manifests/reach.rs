//! What nothing refers to: files that neither a kustomization nor a Flux Kustomization names, so that Flux never sees
//! them.

use std::collections::BTreeSet;

use cliutil::Diagnostic;

use super::build::generated_files;
use super::findings::Findings;
use super::flux::{Cluster, is_kustomization, path_of};
use super::found::is_sops_name;
use super::kustomization::Kustomization;
use super::object::text;
use super::scope::Scope;
use super::tree::{Area, File, Tree};

pub(crate) fn check(tree: &Tree, scope: &Scope, cluster: &Cluster, findings: &mut Findings) {
    let Some(reached) = &cluster.reached else { return };
    let referred = referred(tree);
    for (index, file) in tree.files.iter().enumerate() {
        let below = file.path.starts_with(scope.root.join("kubernetes"));
        if below && counts(tree, index) && !reached.contains(&index) && !referred.contains(&index) {
            findings.push(unreferenced(file, &scope.show(&scope.entry)));
        }
    }
}

/// Data files, such as values for a chart, may be used by hand.
fn counts(tree: &Tree, index: usize) -> bool {
    let file = &tree.files[index];
    // A second kustomization in a folder is an error already.
    if file.is_kustomization && tree.kustomization(file.folder()) != Some(index) {
        return false;
    }
    let name = file.path.file_name().unwrap_or_default().to_string_lossy();
    file.area == Area::Kubernetes
        && (file.is_kustomization || !file.objects.is_empty() || is_sops_name(&name))
}

/// Files that some other file names, reached or not: only what begins a loose end is reported.
fn referred(tree: &Tree) -> BTreeSet<usize> {
    let mut referred = BTreeSet::new();
    for kustomization in tree.files.iter().filter_map(Kustomization::of) {
        for entry in kustomization.entries() {
            referred.extend(tree.find(&entry.path).or_else(|| tree.kustomization(&entry.path)));
        }
    }
    let objects = tree.files.iter().flat_map(|file| &file.objects);
    for folder in objects.filter(|one| is_kustomization(one)).filter_map(|one| path_of(one, &tree.root)) {
        match tree.kustomization(&folder) {
            Some(index) => {
                referred.insert(index);
            }
            None if folder != tree.root => referred.extend(generated_files(tree, &folder)),
            None => {}
        }
    }
    referred
}

fn unreferenced(file: &File, entry: &str) -> Diagnostic {
    let place = match (Kustomization::of(file), file.objects.first()) {
        (Some(kustomization), _) => kustomization.root.get("kind").map_or(0..0, |node| node.span.range()),
        (None, Some(object)) => object.place.clone(),
        (None, None) => 0..0,
    };
    let help = match Kustomization::of(file) {
        Some(one) if text(one.root, "kind") == Some("Component") => {
            "list its folder under components of a kustomization, or remove it"
        }
        Some(_) => "list its folder in a kustomization, or remove it",
        None => "list it in a kustomization, or remove it",
    };
    Diagnostic::warning(
        "flux/unreferenced",
        format!("nothing that Flux reads from {entry} refers to this file"),
    )
    .at(file.place(place))
    .with_help(help)
}
