//! What kustomize would put together, as far as names and namespaces go: which objects a folder stands for. Patches
//! and generators are not applied.

use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use cliutil::Diagnostic;

use super::identity::{self, Seen};
use super::kustomization::{Entry, Kustomization, Role};
use super::object::{Object, text};
use super::tree::Tree;

/// An object in a build, under the name and namespace it has there.
#[derive(Debug, Clone)]
pub(crate) struct Instance {
    /// Index of its file.
    pub(crate) file: usize,
    /// Index of it in its file.
    pub(crate) object: usize,
    /// Its name.
    pub(crate) name: String,
    /// Its namespace.
    pub(crate) namespace: Option<String>,
}

impl Instance {
    /// The object itself.
    pub(crate) fn of<'t>(&self, tree: &'t Tree) -> &'t Object {
        &tree.files[self.file].objects[self.object]
    }

    /// Puts it into a namespace. A Namespace itself is renamed, other cluster-wide objects have none.
    pub(crate) fn set_namespace(&mut self, tree: &Tree, namespace: &str) {
        let object = self.of(tree);
        if object.is("", "Namespace") {
            namespace.clone_into(&mut self.name);
        } else if !object.is_cluster_scoped() {
            self.namespace = Some(namespace.to_owned());
        }
    }
}

/// The outcome of a build.
#[derive(Debug, Default)]
pub(crate) struct Built {
    /// The objects, resources before components.
    pub(crate) instances: Vec<Instance>,
    /// Indices of all files that took part.
    pub(crate) touched: BTreeSet<usize>,
}

/// Builds folders, each once.
pub(crate) struct Builder<'t> {
    tree: &'t Tree,
    built: HashMap<PathBuf, Rc<Built>>,
    /// Folders being built, to stop at a cycle.
    open: Vec<PathBuf>,
    /// Clashes of identities and cycles, found on the way.
    pub(crate) problems: Vec<Diagnostic>,
    reported: BTreeSet<[(usize, usize); 2]>,
}

impl<'t> Builder<'t> {
    pub(crate) fn new(tree: &'t Tree) -> Self {
        Self {
            tree,
            built: HashMap::new(),
            open: Vec::new(),
            problems: Vec::new(),
            reported: BTreeSet::new(),
        }
    }

    /// What a folder with a kustomization stands for; nothing where there is none or it cannot be read.
    pub(crate) fn folder(&mut self, folder: &Path) -> Rc<Built> {
        if let Some(built) = self.built.get(folder) {
            return Rc::clone(built);
        }
        let Some(index) = self.tree.kustomization(folder) else { return Rc::default() };
        let Some(kustomization) = Kustomization::of(&self.tree.files[index]) else { return Rc::default() };
        self.open.push(folder.to_path_buf());
        let mut built = self.build(kustomization);
        self.open.pop();
        built.touched.insert(index);
        let built = Rc::new(built);
        self.built.insert(folder.to_path_buf(), Rc::clone(&built));
        built
    }

    /// What Flux makes of a folder without a kustomization: all files below, where a folder with a kustomization of
    /// its own counts as one entry.
    pub(crate) fn generated(&mut self, folder: &Path) -> Built {
        let mut built = Built::default();
        for index in generated_files(self.tree, folder) {
            let part = if self.tree.files[index].is_kustomization {
                self.folder(self.tree.files[index].folder())
            } else {
                Rc::new(self.file(index))
            };
            built.instances.extend(part.instances.iter().cloned());
            built.touched.extend(&part.touched);
        }
        built
    }

    /// The objects of one file, as they stand.
    pub(crate) fn file(&self, index: usize) -> Built {
        Built { instances: file_instances(self.tree, index), touched: std::iter::once(index).collect() }
    }

    fn build(&mut self, kustomization: Kustomization<'t>) -> Built {
        let mut built = Built::default();
        let mut seen = Seen::default();
        let mut listed = BTreeSet::new();
        for entry in kustomization.entries() {
            // What is listed twice is reported where kustomizations are checked.
            if entry.role != Role::Data && !listed.insert(entry.path.clone()) {
                continue;
            }
            let part = self.entry(kustomization, &entry);
            built.touched.extend(&part.touched);
            let mut instances = part.instances.clone();
            if entry.role == Role::Component {
                self.transform(&mut built.instances, self.component_namespace(&entry).as_deref());
            }
            self.transform(&mut instances, kustomization.namespace());
            rename(kustomization, &mut instances);
            for instance in instances {
                match seen.insert(self.tree, &instance) {
                    None => built.instances.push(instance),
                    Some(first) => self.report(&first, &instance, kustomization, &entry),
                }
            }
        }
        built
    }

    fn entry(&mut self, kustomization: Kustomization, entry: &Entry) -> Rc<Built> {
        let is_component = |listed: Kustomization| listed.is_component();
        match (entry.role, self.tree.find(&entry.path)) {
            (Role::Data, index) => {
                Rc::new(Built { instances: Vec::new(), touched: index.into_iter().collect() })
            }
            (Role::Resource, Some(index)) => Rc::new(self.file(index)),
            (role, _) if !kustomization.file.folder().starts_with(&entry.path) => {
                let listed = Kustomization::in_folder(self.tree, &entry.path).map(is_component);
                if self.open.contains(&entry.path) {
                    self.cycle(kustomization, entry);
                    return Rc::default();
                }
                // A wrong kind is reported elsewhere; what it holds would only clash.
                if listed == Some(role == Role::Component) { self.folder(&entry.path) } else { Rc::default() }
            }
            _ => Rc::default(),
        }
    }

    fn cycle(&mut self, kustomization: Kustomization, entry: &Entry) {
        let at = self.open.iter().position(|open| *open == entry.path).unwrap_or_default();
        let shown = |folder: &PathBuf| match self.tree.kustomization(folder) {
            Some(index) => self.tree.files[index].name().to_owned(),
            None => folder.display().to_string(),
        };
        let chain: Vec<_> = self.open[at..].iter().chain([&entry.path]).map(shown).collect();
        let message = format!("kustomizations list each other: {}", chain.join(" -> "));
        let place = kustomization.file.place(entry.node.span.range());
        self.problems.push(Diagnostic::error("kustomize/cycle", message).at(place));
    }

    /// A component's namespace goes over everything collected before it.
    fn component_namespace(&self, entry: &Entry) -> Option<String> {
        let component = Kustomization::in_folder(self.tree, &entry.path)?;
        component.namespace().map(str::to_owned)
    }

    fn transform(&self, instances: &mut [Instance], namespace: Option<&str>) {
        for instance in instances {
            if let Some(namespace) = namespace {
                instance.set_namespace(self.tree, namespace);
            }
        }
    }

    fn report(&mut self, first: &Instance, second: &Instance, kustomization: Kustomization, entry: &Entry) {
        let mut pair = [(first.file, first.object), (second.file, second.object)];
        pair.sort_unstable();
        if self.reported.insert(pair) {
            let file = kustomization.file;
            self.problems.push(identity::clash(self.tree, first, second, file, Some(entry.node)));
        }
    }
}

/// The objects of one file, as they stand.
pub(crate) fn file_instances(tree: &Tree, index: usize) -> Vec<Instance> {
    let instance = |(at, object): (usize, &Object)| Instance {
        file: index,
        object: at,
        name: object.name.clone(),
        namespace: object.namespace.clone(),
    };
    tree.files[index].objects.iter().enumerate().map(instance).collect()
}

/// The files Flux lists for a folder without a kustomization: plain files, and the kustomizations of folders below
/// which nothing else is listed.
pub(crate) fn generated_files(tree: &Tree, folder: &Path) -> Vec<usize> {
    let mut listed = Vec::new();
    for index in tree.below(folder) {
        let file = &tree.files[index];
        let above =
            file.folder().ancestors().take_while(|above| *above != folder && above.starts_with(folder));
        let outermost = above.filter(|above| tree.kustomization(above).is_some()).last();
        let own = match outermost {
            None => Some(index),
            Some(kustomized) => {
                tree.kustomization(kustomized).filter(|kustomization| *kustomization == index)
            }
        };
        listed.extend(own);
    }
    listed
}

fn rename(kustomization: Kustomization, instances: &mut [Instance]) {
    let prefix = text(kustomization.root, "namePrefix").unwrap_or_default();
    let suffix = text(kustomization.root, "nameSuffix").unwrap_or_default();
    if !(prefix.is_empty() && suffix.is_empty()) {
        for instance in instances {
            instance.name = format!("{prefix}{}{suffix}", instance.name);
        }
    }
}
