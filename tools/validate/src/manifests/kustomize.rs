//! Checks of each kustomization by itself: its fields, and that what it lists is there.

use std::collections::BTreeMap;

use cliutil::{Diagnostic, did_you_mean};
use yaml::{Dialect, Node};

use super::checks::names_in;
use super::findings::Findings;
use super::kustomization::{DEPRECATED, Entry, FIELDS, Kustomization, Role, has_kustomization};
use super::object::{is_null, is_text, text};
use super::tree::{File, KUSTOMIZATIONS, Tree};

/// The group of kustomize's own kinds.
pub(crate) const GROUP: &str = "kustomize.config.k8s.io";

/// Fields that hold a list of text.
const TEXT_LISTS: [&str; 6] = ["resources", "components", "bases", "crds", "configurations", "buildMetadata"];

/// After so many entries that are wrong the rest of a kustomization's lists is left alone.
const MAX_MISSING: usize = 100;

/// Fields that hold text.
const TEXTS: [&str; 3] = ["namespace", "namePrefix", "nameSuffix"];

pub(crate) fn check(tree: &Tree, findings: &mut Findings) {
    for file in tree.files.iter().filter(|file| file.is_kustomization) {
        match Kustomization::of(file) {
            Some(kustomization) => one(tree, kustomization, findings),
            None => findings.push(empty(file, 0..0)),
        }
    }
}

fn empty(file: &File, range: std::ops::Range<usize>) -> Diagnostic {
    Diagnostic::error("kustomize/empty", "this kustomization says nothing")
        .at(file.place(range))
        .with_help("kustomize refuses it: write resources: [] if nothing is meant")
}

fn one(tree: &Tree, kustomization: Kustomization, findings: &mut Findings) {
    let (file, root) = (kustomization.file, kustomization.root);
    let mut keys = root.as_mapping().unwrap_or_default().iter().filter(|pair| !is_null(&pair.value));
    let says = |key: Option<&str>| key.is_some_and(|key| !["apiVersion", "kind", "metadata"].contains(&key));
    if !keys.any(|pair| says(pair.key.as_str())) {
        findings.push(empty(file, first_key(root)));
    }
    if let Some(second) = file.documents[1..].iter().find(|document| !is_null(document)) {
        let finding = Diagnostic::error("kustomize/several-documents", "a kustomization is one document");
        findings.push(finding.at(file.place(second.span.range())));
    }
    fields(kustomization, findings);
    kind(kustomization, findings);
    twin(file, findings);
    let entries = kustomization.entries();
    listed_twice(file, &entries, findings);
    let missing = entries.iter().filter_map(|entry| missing(tree, kustomization, entry));
    for finding in missing.take(MAX_MISSING) {
        findings.push(finding);
    }
}

fn first_key(root: &Node) -> std::ops::Range<usize> {
    let first = root.as_mapping().and_then(|pairs| pairs.first());
    first.map_or(root.span, |pair| pair.key.span).range()
}

fn fields(kustomization: Kustomization, findings: &mut Findings) {
    let (file, root) = (kustomization.file, kustomization.root);
    for pair in root.as_mapping().unwrap_or_default() {
        let Some(key) = pair.key.as_str() else { continue };
        let place = file.place(pair.key.span.range());
        if !FIELDS.contains(&key) {
            let finding =
                Diagnostic::error("kustomize/unknown-field", format!("kustomize knows no field {key}"));
            let help = did_you_mean(key, FIELDS.iter().copied())
                .map_or_else(|| "remove it".to_owned(), |near| format!("did you mean {near}?"));
            findings.push(finding.at(place).with_help(help));
        } else if let Some((_, instead)) = DEPRECATED.iter().find(|(old, _)| *old == key) {
            let finding = Diagnostic::warning("kustomize/deprecated", format!("{key} is deprecated"));
            findings.push(finding.at(place).with_help(format!("use {instead}")));
        }
    }
    for key in TEXTS {
        if let Some(value) = root.get(key).filter(|value| !is_null(value)) {
            wants_text(file, key, value, findings);
        }
    }
    for key in TEXT_LISTS {
        let Some(value) = root.get(key).filter(|value| !is_null(value)) else { continue };
        let Some(items) = value.as_sequence() else {
            let message = format!("{key} must be a list, not {}", value.kind_name());
            findings.push(Diagnostic::error("kustomize/type", message).at(file.place(value.span.range())));
            continue;
        };
        for item in items {
            wants_text(file, key, item, findings);
        }
    }
}

/// kustomize reads its own files as Kubernetes does: `n` and `on` are booleans there.
fn wants_text(file: &File, key: &str, value: &Node, findings: &mut Findings) {
    let message = if value.as_str() == Some("") || is_null(value) {
        format!("an entry of {key} is empty")
    } else if !is_text(value, Dialect::Kubernetes) {
        format!("{key} must be text")
    } else if value.as_str().is_some_and(|text| text.starts_with('/')) {
        format!("an entry of {key} is an absolute path")
    } else {
        return;
    };
    findings.push(Diagnostic::error("kustomize/type", message).at(file.place(value.span.range())));
}

fn kind(kustomization: Kustomization, findings: &mut Findings) {
    let (file, root) = (kustomization.file, kustomization.root);
    let wanted = match text(root, "kind") {
        None | Some("Kustomization") => "v1beta1",
        Some("Component") => "v1alpha1",
        Some(_) => {
            let range = root.get("kind").map_or(root.span, |node| node.span).range();
            let finding = Diagnostic::error("kustomize/kind", "the kind must be Kustomization or Component");
            findings.push(finding.at(file.place(range)));
            return;
        }
    };
    if let Some(node) = root.get("apiVersion").filter(|node| !is_null(node))
        && node.as_str() != Some(&format!("{GROUP}/{wanted}"))
    {
        let finding = Diagnostic::error("kustomize/kind", format!("the apiVersion must be {GROUP}/{wanted}"));
        findings.push(finding.at(file.place(node.span.range())));
    }
}

/// Two kustomizations in one folder.
fn twin(file: &File, findings: &mut Findings) {
    let own = file.path.file_name().unwrap_or_default();
    let others = KUSTOMIZATIONS.iter().take_while(|name| own != **name);
    if let Some(first) = others.into_iter().find(|name| file.folder().join(name).is_file()) {
        let finding =
            Diagnostic::error("kustomize/two-kustomizations", format!("{first} is in this folder, too"));
        findings.push(finding.at(file.place(0..0)).with_help("kustomize takes one kustomization a folder"));
    }
}

fn listed_twice(file: &File, entries: &[Entry], findings: &mut Findings) {
    let mut seen = BTreeMap::new();
    for entry in entries.iter().filter(|entry| entry.role != Role::Data) {
        if let Some(first) = seen.insert((&entry.path, entry.role == Role::Component), entry.node.span) {
            let finding = Diagnostic::error("kustomize/listed-twice", "this is listed twice")
                .at(file.place(entry.node.span.range()))
                .with_related(file.place(first.range()), "first listed here")
                .with_help("remove one of the two");
            findings.push(finding);
        }
    }
}

fn missing(tree: &Tree, kustomization: Kustomization, entry: &Entry) -> Option<Diagnostic> {
    let file = kustomization.file;
    let finding =
        |code, message: String| Diagnostic::error(code, message).at(file.place(entry.node.span.range()));
    let text = entry.node.as_str().unwrap_or_default();
    // KEY=PATH of a generator.
    let shown =
        if entry.role == Role::Data { text.split_once('=').map_or(text, |(_, path)| path) } else { text };
    // Most entries are files that were read already.
    let is_read = tree.find(&entry.path).is_some();
    if !is_read && !entry.path.exists() {
        if text.starts_with('/') && TEXT_LISTS.contains(&entry.key) {
            return None;
        }
        return Some(
            finding("kustomize/missing-entry", format!("{shown}: no such file or folder"))
                .with_help(near_files(entry, shown)),
        );
    }
    if entry.role == Role::Data {
        return None;
    }
    if is_read || !entry.path.is_dir() {
        return (entry.role == Role::Component)
            .then(|| finding("kustomize/not-a-component", format!("{shown} is a file")))
            .map(|finding| {
                finding.with_help("a component is a folder whose kustomization is of kind Component")
            });
    }
    if file.folder().starts_with(&entry.path) {
        return Some(finding("kustomize/cycle", format!("{shown} holds this very kustomization")));
    }
    if !has_kustomization(&entry.path) {
        return Some(
            finding("kustomize/no-kustomization", format!("{shown}: this folder has no kustomization.yaml"))
                .with_help("add one, or list the files"),
        );
    }
    let listed = Kustomization::in_folder(tree, &entry.path)?;
    match (entry.role, listed.is_component()) {
        (Role::Resource, true) => Some(
            finding("kustomize/component-as-resource", format!("{shown} is a component"))
                .with_help("list it under components"),
        ),
        (Role::Component, false) => Some(
            finding("kustomize/not-a-component", format!("{shown} is not of kind Component"))
                .with_help("list it under resources"),
        ),
        _ => None,
    }
}

/// What may have been meant: a file of a like name in that folder.
fn near_files(entry: &Entry, shown: &str) -> String {
    let folder = entry.path.parent().unwrap_or(&entry.path);
    let wanted = entry.path.file_name().unwrap_or_default().to_string_lossy();
    let names = names_in(folder);
    match did_you_mean(&wanted, names.iter().map(String::as_str)) {
        Some(near) => format!("did you mean {}?", shown.replace(&*wanted, near)),
        None => format!("remove it from {}, or add the file", entry.key),
    }
}
