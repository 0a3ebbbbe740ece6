//! What a cluster gets: from the folder Flux starts with through every Flux Kustomization to the objects, really built,
//! with patches, generators and variables, each with the Kustomization that applies it and the place it comes from.

mod object;
mod start;

use std::path::Path;

use cliutil::Diagnostic;
use kustomize::flux::{self, Node, Options, Sources};
use kustomize::{Disk, FileSystem, Loader, Memory};
use rayon::prelude::*;

pub(crate) use object::{Id, Object, at, flag, items, text};
pub(crate) use start::{Search, Start, is_left_out, is_templates, starts};

/// Where files come from.
pub(crate) const DISK: &Disk = &Disk;

/// One cluster's objects.
#[derive(Debug, Default)]
pub(crate) struct Cluster {
    /// The Flux Kustomizations, each after the one that applies it.
    pub(crate) nodes: Vec<Node>,
    /// The objects, those of the bootstrap folder among them.
    pub(crate) objects: Vec<Object>,
    /// Objects of what could not be built, as they would be if nothing were wrong with it.
    pub(crate) foreseen: Vec<Object>,
    /// Whether Flux brings the objects, so that what is not among them is not in the cluster.
    pub(crate) is_flux: bool,
    /// Whether they came on standard input.
    pub(crate) is_stream: bool,
    /// What is read of how the cluster is brought up before Flux runs: names of charts stand in it.
    pub(crate) bootstrap: String,
    /// What was found on the way: builds that fail, and words about those that do not.
    pub(crate) problems: Vec<Diagnostic>,
}

impl Cluster {
    /// Whether some Kustomization could not be built, so that what seems to be missing may be in it.
    pub(crate) fn has_failures(&self) -> bool {
        self.nodes.iter().any(|node| node.build.is_err())
    }

    /// Whether some Kustomization takes its files from elsewhere.
    pub(crate) fn has_outside(&self) -> bool {
        self.nodes.iter().any(|node| matches!(node.build, Ok(None)))
    }

    /// The objects, and those that are only foreseen.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Object> {
        self.objects.iter().chain(&self.foreseen)
    }

    /// The objects of a kind.
    pub(crate) fn of<'c>(&'c self, group: &'c str, kind: &'c str) -> impl Iterator<Item = &'c Object> {
        self.objects.iter().filter(move |object| object.is(group, kind))
    }

    /// Builds everything that Flux would from a start.
    pub(crate) fn build(loader: &Loader<'_>, root: &Path, start: Start, options: Options) -> Self {
        let mut cluster = Self { is_flux: start.is_flux, bootstrap: start.bootstrap, ..Self::default() };
        let mut sources = Sources::new();
        if !start.kustomizations.is_empty() {
            start.loose.iter().for_each(|resource| sources.add(resource));
        }
        cluster.problems = start.problems;
        let loose: Vec<_> = start.loose.into_par_iter().map(|resource| Object::new(resource, None)).collect();
        cluster.nodes = flux::tree(loader, root, start.kustomizations, sources, options);
        for node in &cluster.nodes {
            match &node.build {
                Ok(Some(build)) => cluster.problems.extend(build.warnings.iter().cloned()),
                Ok(None) => {}
                Err(problems) => cluster.problems.extend(problems.iter().cloned()),
            }
        }
        let built = cluster.nodes.par_iter().enumerate().flat_map_iter(|(owner, node)| {
            let resources = node.build.iter().flatten().flat_map(|build| &build.resources);
            resources.map(move |resource| Object::new(resource.clone(), Some(owner)))
        });
        cluster.objects = built.collect();
        cluster.objects.extend(loose);
        cluster
    }

    /// The objects of a stream, such as another program's output.
    pub(crate) fn of_stream(text: &str) -> Self {
        let files = Memory::new().with("<stdin>", text);
        let loader = Loader::new(&files as &dyn FileSystem);
        // What is no object is reported by whoever checks the stream itself.
        let objects = kustomize::read(&loader, Path::new("<stdin>")).unwrap_or_default();
        let objects = objects.into_iter().map(|resource| Object::new(resource, None)).collect();
        Self { objects, is_stream: true, ..Self::default() }
    }
}
