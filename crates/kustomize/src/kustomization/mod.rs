//! The kustomization file as kustomize reads it: sigs.k8s.io/yaml, then Go's JSON with unknown fields refused.

mod fields;
mod parts;

use std::collections::HashMap;
use std::sync::Arc;

use cliutil::{Diagnostic, did_you_mean};
use yaml::Span;

use crate::codes;
use crate::file::{File, Outcome, Problems};
pub(crate) use fields::{Fields, is_null};
pub(crate) use parts::{
    FieldSpec, Generator, GeneratorOptions, Image, Label, Options, Patch, Replacement, ReplacementEntry,
    Replica, Selector, SortOptions, Source, Target, Var,
};

/// A text with its place.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) text: String,
    pub(crate) span: Span,
}

/// Whether a file is a Kustomization or a Component.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    Kustomization,
    Component,
}

/// A kustomization file.
#[derive(Debug, Clone)]
pub(crate) struct Kustomization {
    pub(crate) role: Role,
    pub(crate) file: Arc<File>,
    pub(crate) name_prefix: String,
    pub(crate) name_suffix: String,
    pub(crate) namespace: String,
    pub(crate) common_labels: Vec<(String, String)>,
    pub(crate) labels: Vec<Label>,
    pub(crate) common_annotations: Vec<(String, String)>,
    pub(crate) patches_strategic_merge: Vec<Entry>,
    pub(crate) patches_json: Vec<Patch>,
    pub(crate) patches: Vec<Patch>,
    pub(crate) images: Vec<Image>,
    pub(crate) replacements: Vec<ReplacementEntry>,
    pub(crate) vars: Vec<Var>,
    pub(crate) replicas: Vec<Replica>,
    pub(crate) sort_options: Option<SortOptions>,
    pub(crate) resources: Vec<Entry>,
    pub(crate) components: Vec<Entry>,
    pub(crate) configurations: Vec<Entry>,
    pub(crate) crds: Vec<Entry>,
    pub(crate) build_metadata: Vec<String>,
    pub(crate) generators: Vec<Entry>,
    pub(crate) transformers: Vec<Entry>,
    pub(crate) config_maps: Vec<Generator>,
    pub(crate) secrets: Vec<Generator>,
    pub(crate) generator_options: Option<GeneratorOptions>,
    /// What kustomize warns about too.
    pub(crate) warnings: Vec<Diagnostic>,
    /// What a Flux Kustomization adds.
    pub(crate) added: Option<Arc<Added>>,
}

/// What is added to a kustomization from outside, with the file where it is written.
#[derive(Debug)]
pub(crate) struct Added {
    pub(crate) file: Arc<File>,
    pub(crate) patches: Vec<Patch>,
    pub(crate) images: Vec<Image>,
    pub(crate) components: Vec<Entry>,
}

impl Kustomization {
    /// The patches, each with its file.
    pub(crate) fn all_patches(&self) -> impl Iterator<Item = (&Arc<File>, &Patch)> {
        let added =
            self.added.iter().flat_map(|added| added.patches.iter().map(|patch| (&added.file, patch)));
        self.patches.iter().map(|patch| (&self.file, patch)).chain(added)
    }

    /// The components, each with its file.
    pub(crate) fn all_components(&self) -> impl Iterator<Item = (&Arc<File>, &Entry)> {
        let added =
            self.added.iter().flat_map(|added| added.components.iter().map(|entry| (&added.file, entry)));
        self.components.iter().map(|entry| (&self.file, entry)).chain(added)
    }

    /// The images, each with its file: one that is added takes the place of one with its name.
    pub(crate) fn all_images(&self) -> Vec<(&Arc<File>, &Image)> {
        let mut images: Vec<_> = self.images.iter().map(|image| (&self.file, image)).collect();
        let Some(added) = self.added.as_ref().filter(|added| !added.images.is_empty()) else { return images };
        let mut first: HashMap<&str, usize> = HashMap::new();
        for (at, (_, image)) in images.iter().enumerate() {
            first.entry(&image.name).or_insert(at);
        }
        for image in &added.images {
            let at = *first.entry(&image.name).or_insert(images.len());
            match images.get_mut(at) {
                Some(known) => *known = (&added.file, image),
                None => images.push((&added.file, image)),
            }
        }
        images
    }
}

/// The fields, and those that are not built here.
const FIELDS: &[&str] = &[
    "apiVersion",
    "kind",
    "metadata",
    "namePrefix",
    "nameSuffix",
    "namespace",
    "commonLabels",
    "labels",
    "commonAnnotations",
    "patchesStrategicMerge",
    "patchesJson6902",
    "patches",
    "images",
    "imageTags",
    "replacements",
    "replicas",
    "sortOptions",
    "resources",
    "components",
    "bases",
    "configMapGenerator",
    "secretGenerator",
    "generatorOptions",
    "openapi",
    "vars",
    "crds",
    "helmGlobals",
    "helmCharts",
    "helmChartInflationGenerator",
    "configurations",
    "generators",
    "transformers",
    "validators",
    "buildMetadata",
];

/// Fields that are refused, with what to do instead.
const UNSUPPORTED: &[(&str, &str)] = &[
    ("helmGlobals", "charts are not inflated: let Flux install them with a HelmRelease"),
    ("helmCharts", "charts are not inflated: let Flux install them with a HelmRelease"),
    ("helmChartInflationGenerator", "charts are not inflated: let Flux install them with a HelmRelease"),
    ("validators", "plugins are not run: validate manifests checks what is built"),
];

/// Fields that kustomize warns about, with what replaces them.
const DEPRECATED: &[(&str, &str)] = &[
    ("bases", "resources"),
    ("commonLabels", "labels"),
    ("imageTags", "images"),
    ("patchesJson6902", "patches"),
    ("patchesStrategicMerge", "patches"),
    ("vars", "replacements"),
];

/// Reads a kustomization file.
pub(crate) fn parse(file: &Arc<File>) -> Outcome<Kustomization> {
    let stream =
        yaml::parse(file.text()?).map_err(|error| vec![Diagnostic::from_yaml(&file.source(), error)])?;
    let mut problems = Problems::new();
    let root = stream.documents.into_iter().next().map(|document| document.root);
    let Some(root) = root.filter(|root| !fields::is_null(root)) else { return Err(vec![empty(file)]) };
    let mut fields = Fields::new(file, &root, "a kustomization", &mut problems);
    fields.known(FIELDS);
    let kustomization = read(file, &mut fields);
    let mut warnings = fields.finish();
    warnings.extend(kustomization.1);
    let mut kustomization = kustomization.0;
    kustomization.warnings = warnings;
    if problems.is_empty() { Ok(kustomization) } else { Err(problems) }
}

fn empty(file: &Arc<File>) -> Diagnostic {
    Diagnostic::error(codes::EMPTY, format!("{} is empty", file.name()))
        .in_file(file.name())
        .with_help("list what belongs to it under resources, or write resources: [] when nothing does")
}

fn read(file: &Arc<File>, fields: &mut Fields<'_, '_>) -> (Kustomization, Vec<Diagnostic>) {
    let role = role(fields);
    if fields.given().all(|name| matches!(name, "apiVersion" | "kind")) {
        fields.problem(empty(file));
    }
    let _ = fields.any("metadata");
    for (name, help) in UNSUPPORTED {
        refuse(file, fields, name, help);
    }
    open_api(file, fields);
    let warnings =
        DEPRECATED.iter().filter_map(|(name, instead)| deprecated(file, fields, name, instead)).collect();
    let mut resources = fields.entries("resources");
    resources.extend(fields.entries("bases"));
    let mut images = fields.list("images", Image::read);
    images.extend(fields.list("imageTags", Image::read));
    let kustomization = Kustomization {
        role,
        file: Arc::clone(file),
        name_prefix: fields.text("namePrefix").unwrap_or_default(),
        name_suffix: fields.text("nameSuffix").unwrap_or_default(),
        namespace: fields.text("namespace").unwrap_or_default(),
        common_labels: fields.texts("commonLabels"),
        labels: fields.list("labels", Label::read),
        common_annotations: fields.texts("commonAnnotations"),
        patches_strategic_merge: fields.entries("patchesStrategicMerge"),
        patches_json: fields.list("patchesJson6902", Patch::read),
        patches: fields.list("patches", Patch::read),
        images,
        replacements: fields.list("replacements", ReplacementEntry::read),
        vars: fields.list("vars", Var::read),
        replicas: fields.list("replicas", Replica::read),
        sort_options: fields.part("sortOptions", SortOptions::read),
        resources,
        components: fields.entries("components"),
        configurations: fields.entries("configurations"),
        crds: fields.entries("crds"),
        generators: fields.entries("generators"),
        transformers: fields.entries("transformers"),
        build_metadata: fields.entries("buildMetadata").into_iter().map(|entry| entry.text).collect(),
        config_maps: fields.list("configMapGenerator", Generator::config_map),
        secrets: fields.list("secretGenerator", Generator::secret),
        generator_options: fields.part("generatorOptions", GeneratorOptions::read),
        warnings: Vec::new(),
        added: None,
    };
    (kustomization, warnings)
}

/// Checks kind and apiVersion.
fn role(fields: &mut Fields<'_, '_>) -> Role {
    let kind = fields.entry("kind");
    let role = match kind.as_ref().map(|kind| kind.text.as_str()) {
        None | Some("" | "Kustomization") => Role::Kustomization,
        Some("Component") => Role::Component,
        Some(other) => {
            let near = did_you_mean(other, ["Kustomization", "Component"]);
            let mut problem = fields.error(
                codes::KIND,
                "the kind must be Kustomization or Component",
                kind.as_ref().map_or(Span::new(0, 0), |kind| kind.span),
            );
            problem = match (near, other.contains("Kustomization")) {
                (Some(near), _) => problem.with_help(format!("did you mean {near}?")),
                _ => problem.with_help("an object of another kind belongs into a file of its own"),
            };
            fields.problem(problem);
            Role::Kustomization
        }
    };
    let version = match role {
        Role::Kustomization => "kustomize.config.k8s.io/v1beta1",
        Role::Component => "kustomize.config.k8s.io/v1alpha1",
    };
    if let Some(given) = fields.entry("apiVersion")
        && !given.text.is_empty()
        && given.text != version
    {
        let mut help = format!("write apiVersion: {version}");
        if given.text.starts_with("kustomize.toolkit.fluxcd.io/") {
            "this is a Flux Kustomization; it belongs into a file of its own that resources lists"
                .clone_into(&mut help);
        }
        let problem = fields.error(codes::KIND, format!("apiVersion must be {version}"), given.span);
        fields.problem(problem.with_help(help));
    }
    role
}

fn refuse(file: &Arc<File>, fields: &mut Fields<'_, '_>, name: &str, help: &str) {
    let Some((key, value)) = fields.any(name) else { return };
    let is_empty = match name {
        "helmGlobals" => value.as_mapping().is_some_and(<[_]>::is_empty),
        _ => value.as_sequence().is_some_and(<[_]>::is_empty),
    };
    if !is_empty && !fields::is_null(value) {
        fields.problem(unsupported(file, key, name, help));
    }
}

fn unsupported(file: &Arc<File>, key: Span, name: &str, help: &str) -> Diagnostic {
    file.error(codes::UNSUPPORTED, format!("{name} is not supported"), key)
        .with_help(format!("{help}; or build with --with kustomize"))
}

/// The schema that kustomize has built in, which is the one known here.
const OPEN_API: &str = "v1.21.2";

/// `openapi` may say what is so anyway.
fn open_api(file: &Arc<File>, fields: &mut Fields<'_, '_>) {
    let Some((key, _)) = fields.any("openapi") else { return };
    let texts = fields.texts("openapi");
    let is_other = |(name, text): &(String, String)| match name.as_str() {
        "path" => true,
        "version" => !text.is_empty() && text != OPEN_API,
        _ => false,
    };
    if texts.iter().any(is_other) {
        let help = "merge keys of the built-in kinds are known; others cannot be given here";
        fields.problem(unsupported(file, key, "openapi", help));
    }
}

fn deprecated(file: &Arc<File>, fields: &Fields<'_, '_>, name: &str, instead: &str) -> Option<Diagnostic> {
    let span = fields.span_of(name)?;
    let mut warning =
        Diagnostic::warning(codes::DEPRECATED, format!("{name} is deprecated")).at(file.at(span));
    let how = if name == "vars" { " --vars" } else { "" };
    warning.help = Some(format!("write {instead} instead; kustomize edit fix{how} does it"));
    Some(warning)
}
