//! The checks of kustomizations and of what Flux would apply.

use std::path::Path;

use ::kustomize::clean;
use cliutil::{Diagnostic, did_you_mean};
use yaml::Node;

use super::build::{Builder, Instance, file_instances};
use super::findings::Findings;
use super::flux::{Cluster, is_kustomization, path_of};
use super::identity::{self, Seen};
use super::kustomization::{Kustomization, has_kustomization};
use super::object::{Object, is_true, items};
use super::scope::Scope;
use super::tree::{Area, File, Tree};
use super::{kustomize, reach, references};

/// Reports what is found; gives the objects that there would be if nothing were wrong.
pub(crate) fn check(
    tree: &Tree,
    scope: &Scope,
    manifests: &[(usize, bool)],
    findings: &mut Findings,
) -> Vec<Instance> {
    kustomize::check(tree, findings);
    let mut builder = Builder::new(tree);
    for kustomization in tree.files.iter().filter_map(Kustomization::of) {
        builder.folder(kustomization.file.folder());
    }
    let cluster = Cluster::follow(tree, scope, &mut builder);
    findings.extend(std::mem::take(&mut builder.problems));
    // Patches say only a part of what an object is.
    let manifests = manifests.iter().map(|(at, _)| &tree.files[*at]);
    for file in manifests.filter(|file| file.area != Area::Stream) {
        for object in file.objects.iter().filter(|object| is_kustomization(object)) {
            flux_path(tree, scope, file, object, findings);
        }
    }
    findings.extend(stream_clashes(tree));
    reach::check(tree, scope, &cluster, findings);
    cluster.instances
}

/// Two objects of one identity in a stream. What a stream refers to may be anywhere, so that is not checked.
fn stream_clashes(tree: &Tree) -> Vec<Diagnostic> {
    let streams = (0..tree.files.len()).filter(|index| tree.files[*index].area == Area::Stream);
    let mut seen = Seen::default();
    let mut clashes = Vec::new();
    for instance in streams.flat_map(|index| file_instances(tree, index)) {
        if let Some(first) = seen.insert(tree, &instance) {
            clashes.push(identity::clash(tree, &first, &instance, &tree.files[instance.file], None));
        }
    }
    clashes
}

/// `spec.path` and `spec.components` of a Flux Kustomization.
fn flux_path(tree: &Tree, scope: &Scope, file: &File, object: &Object, findings: &mut Findings) {
    let Some(spec) = object.at(&["spec"]) else {
        let message = format!("Kustomization {} has no spec", object.name);
        findings.push(Diagnostic::error("flux/spec", message).at(file.place(object.place.clone())));
        return;
    };
    if !references::is_of_this_repository(tree, object) {
        return;
    }
    let Some(folder) = path_of(object, &scope.root) else { return };
    let node = spec.get("path");
    if !folder.is_dir() {
        let shown = node.and_then(Node::as_str).unwrap_or_default();
        let words = if folder.exists() { "is no folder" } else { "is not in the repository" };
        let finding = Diagnostic::error("flux/missing-path", format!("the path {shown} {words}"));
        let place = node.map_or_else(|| object.place.clone(), |node| node.span.range());
        findings.push(finding.at(file.place(place)).with_help(near_folder(scope, &folder)));
        return;
    }
    for component in items(spec, "components") {
        let Some(path) = component.as_str() else { continue };
        if !has_kustomization(&clean(&folder.join(path))) && !is_true(spec.get("ignoreMissingComponents")) {
            let finding =
                Diagnostic::error("flux/missing-path", format!("the component {path} is not there"));
            findings
                .push(finding.at(file.place(component.span.range())).with_help("paths begin at spec.path"));
        }
    }
}

/// Mends the first part of a path that is not there, if a folder of a like name is.
fn near_folder(scope: &Scope, folder: &Path) -> String {
    let missing = folder.ancestors().take_while(|part| !part.is_dir()).last().unwrap_or(folder);
    let (Some(parent), Some(name)) = (missing.parent(), missing.file_name()) else { return String::new() };
    let folders: Vec<_> = names_in(parent).into_iter().filter(|name| parent.join(name).is_dir()).collect();
    match did_you_mean(&name.to_string_lossy(), folders.iter().map(String::as_str)) {
        Some(near) => {
            let rest = folder.strip_prefix(missing).unwrap_or(Path::new(""));
            let shown = parent.join(near).join(rest);
            format!("did you mean ./{}?", shown.strip_prefix(&scope.root).unwrap_or(&shown).display())
        }
        None => "paths begin at the repository's root, the folder that holds kubernetes/".to_owned(),
    }
}

/// The names in a folder, sorted; none when it cannot be read.
pub(crate) fn names_in(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<_> =
        entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    names
}
