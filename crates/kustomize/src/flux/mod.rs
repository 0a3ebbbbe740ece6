//! Flux's part: what the controller makes of a Kustomization object. It builds the folder with the object's own
//! patches, images and components added, fills in variables, and sets common metadata.

mod envsubst;
mod generate;
mod spec;
mod substitute;
mod tree;
mod variables;

use std::path::Path;

use cliutil::Diagnostic;

use crate::build::{Build, build_with};
use crate::file::Outcome;
use crate::finish;
use crate::loader::Loader;
use crate::resource::Resource;

use substitute::Told;

pub use spec::{Kustomization, Reference};
pub use tree::{Node, tree};
pub use variables::{Sources, variables};

/// How the controller is set up.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Whether a variable without a value is an error (as since Flux 2.9) or empty text.
    pub strict: bool,
    /// Whether a ConfigMap or Secret of variables that is not known may be assumed to exist: it is a warning then, and
    /// the variables get a text that stands for their values.
    pub assume_sources: bool,
    /// Whether objects get the labels that name the Kustomization they belong to.
    pub owner_labels: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { strict: true, assume_sources: false, owner_labels: false }
    }
}

/// Builds what a Flux Kustomization applies; `root` is the folder of its source.
///
/// # Errors
/// Every problem that could be found, each with its place.
pub fn build(
    loader: &Loader<'_>,
    root: &Path,
    flux: &Kustomization,
    sources: &Sources,
    options: Options,
) -> Result<Build, Vec<Diagnostic>> {
    let build = assemble(loader, root, flux)?;
    complete(build, flux, sources, options)
}

/// The objects before variables are filled in.
fn assemble(loader: &Loader<'_>, root: &Path, flux: &Kustomization) -> Outcome<Build> {
    let folder = generate::folder(loader, root, flux)?;
    let built = generate::kustomization(loader, &folder, flux)
        .and_then(|kustomization| build_with(loader, &folder, &kustomization));
    built.map_err(|problems| problems.into_iter().map(|problem| flux.told(problem)).collect())
}

fn complete(mut build: Build, flux: &Kustomization, sources: &Sources, options: Options) -> Outcome<Build> {
    let variables = variables::collect(flux, sources, options.assume_sources, &mut build.warnings)?;
    let mut told = Told { warnings: &mut build.warnings, filled: &mut build.filled };
    substitute::all(&mut build.resources, flux, &variables, options, &mut told)?;
    let owner = owner_labels(flux);
    let labels = flux.labels.iter().chain(owner.iter().filter(|_| options.owner_labels));
    let labels: Vec<_> = labels.cloned().collect();
    for resource in &mut build.resources {
        set(resource, "labels", &labels);
        set(resource, "annotations", &flux.annotations);
    }
    let problems = finish::check(&build.resources);
    if problems.is_empty() { Ok(build) } else { Err(problems) }
}

/// Fills in the variables of a text, as the controller does with an object's: `${NAME}` and its other forms.
///
/// # Errors
/// Why an expression cannot be filled in; with `strict` also that a variable has no value and no default.
pub fn substitute<'t>(
    text: &'t str,
    lookup: &dyn Fn(&str) -> Option<&'t str>,
    strict: bool,
) -> Result<String, String> {
    let filled = envsubst::fill(text, lookup).map_err(|trouble| trouble.why.message().to_owned())?;
    match filled.unset.first() {
        Some((_, name)) if strict => Err(format!("{name} has no value")),
        _ => Ok(filled.text),
    }
}

fn owner_labels(flux: &Kustomization) -> [(String, String); 2] {
    [("name", &flux.name), ("namespace", &flux.namespace)]
        .map(|(key, value)| (format!("kustomize.toolkit.fluxcd.io/{key}"), value.clone()))
}

/// Sets labels or annotations of the object itself; those it has under the same key give way.
fn set(resource: &mut Resource, key: &str, texts: &[(String, String)]) {
    if texts.is_empty() {
        return;
    }
    let mut all = resource.metadata_texts(key);
    for (name, text) in texts {
        let text = text.as_str().into();
        match all.iter_mut().find(|(known, _)| **known == **name) {
            Some((_, known)) => *known = text,
            None => all.push((name.as_str().into(), text)),
        }
    }
    resource.set_metadata_texts(key, &all);
}
