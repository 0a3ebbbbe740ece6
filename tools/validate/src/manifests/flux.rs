//! What Flux would apply: from its entry through every Flux Kustomization to the objects, in the namespaces they
//! really get.

use std::collections::{BTreeSet, VecDeque};
use std::path::{Path, PathBuf};

use kustomize::clean;

use super::build::{Builder, Built, Instance};
use super::kustomization::{Kustomization, Role, has_kustomization};
use super::object::{Object, items, text};
use super::scope::Scope;
use super::tree::{Area, Tree};

/// The group of Flux Kustomizations.
pub(crate) const KUSTOMIZE_GROUP: &str = "kustomize.toolkit.fluxcd.io";
/// The group of HelmReleases.
pub(crate) const HELM_GROUP: &str = "helm.toolkit.fluxcd.io";
/// The group of sources.
pub(crate) const SOURCE_GROUP: &str = "source.toolkit.fluxcd.io";
/// The name and namespace of the Kustomization and source that Flux is started with.
pub(crate) const BOOTSTRAP: &str = "flux-system";

/// What runs in the cluster, as far as the repository says.
pub(crate) struct Cluster {
    /// All objects; those of the bootstrap folder are among them.
    pub(crate) instances: Vec<Instance>,
    /// Indices of the files that Flux reaches from its entry; none when there is no entry.
    pub(crate) reached: Option<BTreeSet<usize>>,
}

/// Whether an object is a Flux Kustomization.
pub(crate) fn is_kustomization(object: &Object) -> bool {
    object.is(KUSTOMIZE_GROUP, "Kustomization")
}

/// The folder that a Flux Kustomization's `spec.path` means; none when it is unset or holds a variable.
pub(crate) fn path_of(object: &Object, root: &Path) -> Option<PathBuf> {
    let path = text(object.at(&["spec"])?, "path").unwrap_or("./");
    (!path.contains("${")).then(|| clean(&root.join(path.trim_start_matches('/'))))
}

/// Folders that some Flux Kustomization builds and that have no kustomization: Flux lists their files.
pub(crate) fn folders_without_kustomization(tree: &Tree) -> BTreeSet<PathBuf> {
    let root = &tree.root;
    let kustomizations = tree.files.iter().flat_map(|file| &file.objects).filter(|one| is_kustomization(one));
    let folders = kustomizations.filter_map(|one| path_of(one, root));
    folders.filter(|folder| folder != root && folder.is_dir() && !has_kustomization(folder)).collect()
}

impl Cluster {
    /// Follows Flux from its entry. Without one, every kustomization that no other lists is taken to be applied.
    pub(crate) fn follow(tree: &Tree, scope: &Scope, builder: &mut Builder) -> Self {
        let mut walk = Walk { tree, root: &scope.root, queue: VecDeque::new(), done: BTreeSet::new() };
        let mut cluster = Self { instances: bootstrap(tree, builder), reached: None };
        if tree.below(&scope.entry).next().is_some() {
            walk.queue.push_back(Job::new(scope.entry.clone()));
            cluster.reached = Some(walk.run(builder, &mut cluster.instances));
            return cluster;
        }
        walk.queue.extend(top_level(tree).into_iter().map(Job::new));
        let reached = walk.run(builder, &mut cluster.instances);
        let loose = (0..tree.files.len())
            .filter(|index| !reached.contains(index) && tree.files[*index].area == Area::Kubernetes);
        for index in loose.collect::<Vec<_>>() {
            let built = builder.file(index);
            walk.follow(&built.instances);
            cluster.instances.extend(built.instances);
        }
        walk.run(builder, &mut cluster.instances);
        cluster
    }
}

/// The objects of the bootstrap folder; they are applied to flux-system.
fn bootstrap(tree: &Tree, builder: &Builder) -> Vec<Instance> {
    let files = (0..tree.files.len()).filter(|index| tree.files[*index].area == Area::Bootstrap);
    let mut instances: Vec<_> = files.flat_map(|index| builder.file(index).instances).collect();
    for instance in instances.iter_mut().filter(|instance| instance.namespace.is_none()) {
        instance.set_namespace(tree, BOOTSTRAP);
    }
    instances
}

/// Folders with a kustomization that no other kustomization lists; components are never applied by themselves.
fn top_level(tree: &Tree) -> Vec<PathBuf> {
    let kustomizations: Vec<_> = tree.files.iter().filter_map(Kustomization::of).collect();
    let entries = kustomizations.iter().flat_map(Kustomization::entries);
    let listed: BTreeSet<_> =
        entries.filter(|entry| entry.role != Role::Data).map(|entry| entry.path).collect();
    let own =
        kustomizations.iter().filter(|one| !one.is_component()).map(|one| one.file.folder().to_path_buf());
    own.filter(|folder| !listed.contains(folder)).collect()
}

/// One folder to build, as a Flux Kustomization says.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Job {
    folder: PathBuf,
    target_namespace: Option<String>,
    components: Vec<PathBuf>,
}

impl Job {
    fn new(folder: PathBuf) -> Self {
        Self { folder, target_namespace: None, components: Vec::new() }
    }
}

struct Walk<'t> {
    tree: &'t Tree,
    root: &'t Path,
    queue: VecDeque<Job>,
    done: BTreeSet<Job>,
}

impl Walk<'_> {
    /// Builds all that is queued and all that it leads to; gives the files that took part.
    fn run(&mut self, builder: &mut Builder, instances: &mut Vec<Instance>) -> BTreeSet<usize> {
        let mut touched = BTreeSet::new();
        while let Some(job) = self.queue.pop_front() {
            if !self.done.insert(job.clone()) {
                continue;
            }
            let built = self.build(builder, &job);
            self.follow(&built.instances);
            instances.extend(built.instances);
            touched.extend(built.touched);
        }
        touched
    }

    fn build(&self, builder: &mut Builder, job: &Job) -> Built {
        let mut built = Built::default();
        let mut add = |part: &Built| {
            built.instances.extend(part.instances.iter().cloned());
            built.touched.extend(&part.touched);
        };
        if self.tree.kustomization(&job.folder).is_some() {
            add(&builder.folder(&job.folder));
        } else if job.folder != self.root {
            add(&builder.generated(&job.folder));
        }
        for component in &job.components {
            add(&builder.folder(component));
        }
        if let Some(namespace) = &job.target_namespace {
            for instance in &mut built.instances {
                instance.set_namespace(self.tree, namespace);
            }
        }
        built
    }

    /// Queues what the Flux Kustomizations among some objects build.
    fn follow(&mut self, instances: &[Instance]) {
        for instance in instances {
            let object = instance.of(self.tree);
            if !is_kustomization(object) {
                continue;
            }
            let (Some(folder), Some(spec)) = (path_of(object, self.root), object.at(&["spec"])) else {
                continue;
            };
            let components = items(spec, "components").iter().filter_map(|item| item.as_str());
            let components = components.map(|path| clean(&folder.join(path))).collect();
            let target_namespace = text(spec, "targetNamespace").map(str::to_owned);
            self.queue.push_back(Job { folder, target_namespace, components });
        }
    }
}
