//! The shape of objects: what Kubernetes cannot do without.

use std::collections::BTreeSet;

use cliutil::Diagnostic;
use rayon::prelude::*;
use yaml::{Dialect, Node};

use super::build::generated_files;
use super::findings::Findings;
use super::flux;
use super::kustomization::{Kustomization, Role};
use super::kustomize::GROUP;
use super::object::{is_text, place_of, text};
use super::tree::{Area, File, Tree};

/// Which files are used as what.
#[derive(Default)]
struct Uses {
    /// Every document must be an object.
    objects: BTreeSet<usize>,
    /// The content is no business of ours.
    data: BTreeSet<usize>,
}

/// Checks the files that may hold objects, as [`manifests`] gives them.
pub(crate) fn check(tree: &Tree, manifests: &[(usize, bool)], findings: &mut Findings) {
    let found = manifests.par_iter().flat_map_iter(|(at, as_objects)| {
        let file = &tree.files[*at];
        let mut found = Vec::new();
        for document in &file.documents {
            self::document(file, document, *as_objects, &mut found);
        }
        found
    });
    findings.extend(found.collect::<Vec<_>>());
}

/// Whether a file holds whole objects and nothing else, so that there is nothing to say of it whatever it is used as.
pub(crate) fn is_in_shape(file: &File) -> bool {
    let mut found = Vec::new();
    file.documents.iter().for_each(|document| self::document(file, document, true, &mut found));
    found.is_empty()
}

/// The files that may hold objects, and whether all that they hold must be objects. Patches and data are none.
pub(crate) fn manifests(tree: &Tree) -> Vec<(usize, bool)> {
    let uses = uses(tree);
    let manifest = |(index, file): (usize, &'_ File)| {
        let as_objects = uses.objects.contains(&index) || file.area == Area::Stream;
        let skipped = file.area == Area::Talos || file.is_kustomization;
        (!skipped && (as_objects || !uses.data.contains(&index))).then_some(as_objects)
    };
    let files = tree.files.iter().enumerate();
    files.filter_map(|(index, file)| Some((index, manifest((index, file))?))).collect()
}

fn uses(tree: &Tree) -> Uses {
    let mut uses = Uses::default();
    for kustomization in tree.files.iter().filter_map(Kustomization::of) {
        for entry in kustomization.entries() {
            let Some(index) = tree.find(&entry.path) else { continue };
            match entry.role {
                Role::Resource => uses.objects.insert(index),
                Role::Component | Role::Data => uses.data.insert(index),
            };
        }
    }
    for folder in flux::folders_without_kustomization(tree) {
        uses.objects.extend(generated_files(tree, &folder));
    }
    uses
}

fn document(file: &File, document: &Node, as_object: bool, findings: &mut Vec<Diagnostic>) {
    if document.as_mapping().is_none() {
        if as_object {
            let message = format!("this document must be an object, not {}", document.kind_name());
            findings.push(
                Diagnostic::error("manifest/not-an-object", message).at(file.place(document.span.range())),
            );
        }
        return;
    }
    let claims = document.get("kind").is_some() || document.get("apiVersion").is_some();
    if !(claims || as_object) || text(document, "apiVersion").is_some_and(|api| api.starts_with(GROUP)) {
        return;
    }
    let is_list = text(document, "kind").is_some_and(|kind| kind.ends_with("List"));
    match document.get("items").and_then(Node::as_sequence) {
        Some(items) if is_list => items.iter().for_each(|item| object(file, item, findings)),
        _ => object(file, document, findings),
    }
}

fn object(file: &File, node: &Node, findings: &mut Vec<Diagnostic>) {
    let mut missing: Vec<_> =
        ["apiVersion", "kind"].into_iter().filter(|key| text(node, key).is_none()).collect();
    let metadata = node.get("metadata");
    let name = metadata.and_then(|metadata| metadata.get("name"));
    let named = metadata
        .is_some_and(|metadata| text(metadata, "name").is_some() || text(metadata, "generateName").is_some());
    if !named {
        missing.push("metadata.name");
    }
    if !missing.is_empty() {
        let message = format!("this object has no {}", missing.join(" and no "));
        findings.push(Diagnostic::error("manifest/missing-field", message).at(file.place(place_of(node))));
    }
    let namespace = metadata.and_then(|metadata| metadata.get("namespace"));
    for (key, value) in [("name", name), ("namespace", namespace)] {
        if let Some(value) = value
            && !super::object::is_null(value)
            && !is_text(value, Dialect::Kubernetes)
        {
            let message = format!("metadata.{key} must be text");
            let finding = Diagnostic::error("manifest/type", message).at(file.place(value.span.range()));
            findings.push(finding.with_help("put it in quotes"));
        }
    }
}
