//! Every Flux Kustomization that others bring about, from those one begins with.

use std::collections::HashSet;
use std::path::Path;

use cliutil::Diagnostic;

use super::{Kustomization, Options, Sources, assemble, complete};
use crate::build::Build;
use crate::codes;
use crate::file::Outcome;
use crate::loader::Loader;
use crate::parallel;

/// The most Kustomizations of a tree.
const MAX_NODES: usize = 20_000;

/// A Flux Kustomization and what it applies.
#[derive(Debug)]
pub struct Node {
    /// The object.
    pub kustomization: Kustomization,
    /// The place, in the list of nodes, of the one that applies it; none for those one begins with.
    pub parent: Option<usize>,
    /// What it applies. None when its files come from another source.
    pub build: Result<Option<Build>, Vec<Diagnostic>>,
}

/// Builds Kustomizations, and those among their objects, and so on. ConfigMaps and Secrets among the objects are
/// sources of variables for all. What takes its files from another source than the Kustomization that applies it is
/// not built.
pub fn tree(
    loader: &Loader<'_>,
    root: &Path,
    first: Vec<Kustomization>,
    sources: Sources,
    options: Options,
) -> Vec<Node> {
    let mut tree =
        Tree { loader, root, options, sources, nodes: Vec::new(), waiting: Vec::new(), seen: HashSet::new() };
    tree.add(first.into_iter().map(|one| (one, true)).collect(), None);
    while !tree.waiting.is_empty() {
        // First those whose variables are all there, then those that lack optional ones only, then the rest.
        let ready = (0..tree.waiting.len()).find(|at| tree.is_ready(*at, true));
        let ready = ready.or_else(|| (0..tree.waiting.len()).find(|at| tree.is_ready(*at, false)));
        let (at, build) = tree.waiting.remove(ready.unwrap_or(0));
        tree.finish(at, build);
    }
    tree.nodes
}

struct Tree<'t, 'f> {
    loader: &'t Loader<'f>,
    root: &'t Path,
    options: Options,
    sources: Sources,
    nodes: Vec<Node>,
    /// Nodes whose variables are not filled in.
    waiting: Vec<(usize, Build)>,
    seen: HashSet<(String, String)>,
}

impl Tree<'_, '_> {
    /// Adds Kustomizations, and whether each takes its files from where its parent does.
    fn add(&mut self, all: Vec<(Kustomization, bool)>, parent: Option<usize>) {
        // A second one of the same name is a matter of whoever checks the objects.
        let room = MAX_NODES.saturating_sub(self.nodes.len());
        let new =
            |(one, _): &(Kustomization, bool)| self.seen.insert((one.namespace.clone(), one.name.clone()));
        let all: Vec<_> = all.into_iter().filter(new).take(room).collect();
        let (loader, root) = (self.loader, self.root);
        let assembled = |(one, is_local): &(Kustomization, bool)| {
            if *is_local { assemble(loader, root, one).map(Some) } else { Ok(None) }
        };
        let assembled: Vec<Outcome<Option<Build>>> = parallel::map(&all, 1, assembled);
        for ((kustomization, _), assembled) in all.into_iter().zip(assembled) {
            let at = self.nodes.len();
            let build = match assembled {
                Ok(Some(build)) => {
                    self.waiting.push((at, build));
                    Ok(None)
                }
                other => other,
            };
            self.nodes.push(Node { kustomization, parent, build });
        }
    }

    fn is_ready(&self, at: usize, optional_too: bool) -> bool {
        self.sources.complete_for(&self.nodes[self.waiting[at].0].kustomization, optional_too)
    }

    fn finish(&mut self, at: usize, build: Build) {
        let flux = &self.nodes[at].kustomization;
        let mut built = complete(build, flux, &self.sources, self.options);
        if let Ok(build) = &mut built {
            for resource in &build.resources {
                self.sources.add(resource);
            }
            let source = flux.source.clone();
            let mut found = Vec::new();
            for child in children(build) {
                let is_local = child.source == source;
                if !is_local {
                    build.warnings.push(elsewhere(&child));
                }
                found.push((child, is_local));
            }
            self.add(found, Some(at));
        }
        self.nodes[at].build = built.map(Some);
    }
}

/// The Kustomizations among the objects. What is wrong with one is a warning here: the objects are built all the same.
fn children(build: &mut Build) -> Vec<Kustomization> {
    let mut children = Vec::new();
    for resource in build.resources.iter().filter(|resource| Kustomization::is(resource)) {
        match Kustomization::read(resource) {
            Ok(child) => children.push(child),
            Err(problems) => build.warnings.extend(problems),
        }
    }
    children
}

fn elsewhere(child: &Kustomization) -> Diagnostic {
    let source = &child.source;
    let message = format!(
        "{} is not built: its files come from {} {}/{}",
        child.name, source.kind, source.namespace, source.name
    );
    let mut warning = child.error(codes::FLUX_SOURCE, message, &["spec", "sourceRef"]);
    warning.severity = cliutil::Severity::Warning;
    warning.with_help("nothing to do, unless it should be this repository")
}
