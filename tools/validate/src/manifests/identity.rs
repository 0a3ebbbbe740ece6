//! Two objects of one identity: kustomize refuses them, and without it they would overwrite each other.

use std::collections::HashMap;

use cliutil::Diagnostic;
use yaml::Node;

use super::build::Instance;
use super::tree::{File, Tree};

/// The identities of a build.
#[derive(Default)]
pub(crate) struct Seen {
    first: HashMap<Identity, Instance>,
}

/// Group, version, kind, namespace, name.
type Identity = (String, String, String, Option<String>, String);

impl Seen {
    /// Takes an object in; the one that has its identity already, if any.
    pub(crate) fn insert(&mut self, tree: &Tree, instance: &Instance) -> Option<Instance> {
        let object = instance.of(tree);
        let identity = (
            object.group.clone(),
            object.version.clone(),
            object.kind.clone(),
            instance.namespace.clone(),
            instance.name.clone(),
        );
        match self.first.entry(identity) {
            std::collections::hash_map::Entry::Occupied(first) => Some(first.get().clone()),
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(instance.clone());
                None
            }
        }
    }
}

/// The finding for two objects of one identity in a kustomization, or in a stream. `entry` is what brought the second
/// one in.
pub(crate) fn clash(
    tree: &Tree,
    first: &Instance,
    second: &Instance,
    file: &File,
    entry: Option<&Node>,
) -> Diagnostic {
    let (one, two) = (first.of(tree), second.of(tree));
    let name = match &second.namespace {
        Some(namespace) => format!("{} {namespace}/{}", two.kind, second.name),
        None => format!("{} {}", two.kind, second.name),
    };
    let same = (first.file, first.object) == (second.file, second.object);
    let (place, words) = match entry.filter(|_| same) {
        Some(entry) => (file.place(entry.span.range()), "comes in by two ways"),
        None => (tree.files[second.file].place(two.place.clone()), "is defined twice"),
    };
    Diagnostic::error("kustomize/clash", format!("{name} {words} in {}", file.name()))
        .at(place)
        .with_related(tree.files[first.file].place(one.place.clone()), "first defined here")
        .with_help("remove or rename one of the two")
}
