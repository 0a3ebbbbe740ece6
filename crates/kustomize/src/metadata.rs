//! `buildMetadata`: annotations that say where each object comes from and what changed it, and the label that names
//! kustomize. What the outermost kustomization asks for holds for all it takes in.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::fs::clean;
use crate::kustomization::{Entry, Kustomization};
use crate::node::{Node, Scalar, Tag};
use crate::objects::Objects;
use crate::resource::Resource;
use crate::scalar::{plain_allowed, tag_of_plain};

/// The annotation with an object's origin.
const ORIGIN: &str = "config.kubernetes.io/origin";
/// The annotation with what changed it.
const TRANSFORMATIONS: &str = "alpha.config.kubernetes.io/transformations";
/// The label of who built it, and what kustomize 5.8.1 writes there.
const MANAGED_BY: (&str, &str) = ("app.kubernetes.io/managed-by", "kustomize-v5.8.1");

/// What an object keeps of it on its way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Told {
    origin: Option<Arc<str>>,
    transformations: Vec<Arc<str>>,
}

impl Told {
    /// Of an object that takes the place of another one: where it comes from is its own.
    pub(crate) fn replacing(&mut self, new: &Told) {
        if new.origin.is_some() {
            self.origin.clone_from(&new.origin);
        }
    }
}

/// What is asked for, and where the build is.
#[expect(clippy::struct_excessive_bools, reason = "they are the options")]
#[derive(Debug, Clone, Default)]
pub(crate) struct Tracker {
    origins: bool,
    transformations: bool,
    label: bool,
    /// Whether anything is asked for.
    is_on: bool,
    /// The folder that is being built, from the outermost one.
    folder: PathBuf,
}

impl Tracker {
    /// For a build that begins with a kustomization.
    pub(crate) fn new(kustomization: &Kustomization) -> Self {
        let wants = |option: &str| kustomization.build_metadata.iter().any(|one| one == option);
        Self {
            origins: wants("originAnnotations"),
            transformations: wants("transformerAnnotations"),
            label: wants("managedByLabel"),
            is_on: !kustomization.build_metadata.is_empty(),
            folder: PathBuf::new(),
        }
    }

    /// For the folder that an entry names.
    pub(crate) fn below(&self, entry: &Entry) -> Self {
        Self { folder: clean(&self.folder.join(&entry.text)), ..self.clone() }
    }

    /// An object that stands in a file.
    pub(crate) fn read(&self, resource: &mut Resource, entry: &Entry) {
        if self.is_on {
            let path = clean(&self.folder.join(&entry.text));
            resource.history.told.origin = Some(format!("path: {}\n", scalar(&path)).into());
        }
    }

    /// An object that a generator made.
    pub(crate) fn generated(&self, resource: &mut Resource, by: &By<'_>) {
        if self.is_on && resource.history.told.origin.is_none() {
            resource.history.told.origin = Some(self.configured(by).into());
        }
    }

    /// A transformer has run.
    pub(crate) fn transformed(&self, objects: &mut Objects, by: &By<'_>) {
        if !self.transformations {
            return;
        }
        let text: Arc<str> = self.configured(by).into();
        for resource in objects.list_mut() {
            let told = &mut resource.history.told;
            match &told.origin {
                Some(_) => told.transformations.push(Arc::clone(&text)),
                None => told.origin = Some(Arc::clone(&text)),
            }
        }
    }

    fn configured(&self, by: &By<'_>) -> String {
        let path = by.path.map_or_else(|| scalar(&clean(&self.folder.join(by.file))), str::to_owned);
        let mut text =
            format!("configuredIn: {path}\nconfiguredBy:\n  apiVersion: builtin\n  kind: {}\n", by.kind);
        for (key, value) in [("name", by.name), ("namespace", by.namespace)] {
            if !value.is_empty() {
                let _ = writeln!(text, "  {key}: {}", scalar(Path::new(value)));
            }
        }
        text
    }

    /// Writes what was asked for into the objects, whose own annotations are settled.
    pub(crate) fn finish(&self, resources: &mut [Resource]) {
        if !self.is_on {
            return;
        }
        for resource in resources {
            if self.label {
                label(&mut resource.node);
            }
            let told = &resource.history.told;
            let mut more: Vec<(Arc<str>, Arc<str>)> = Vec::new();
            if let Some(origin) = told.origin.as_ref().filter(|_| self.origins) {
                more.push((ORIGIN.into(), Arc::clone(origin)));
            }
            if self.transformations && !told.transformations.is_empty() {
                let list: String = told.transformations.iter().map(|one| item(one)).collect();
                more.push((TRANSFORMATIONS.into(), list.into()));
            }
            if more.is_empty() {
                continue;
            }
            let mut texts = resource.metadata_texts("annotations");
            texts.retain(|(key, _)| more.iter().all(|(name, _)| key != name));
            texts.extend(more);
            resource.set_metadata_texts("annotations", &texts);
        }
    }
}

/// Who made or changed an object.
pub(crate) struct By<'b> {
    /// The file that says so, relative to the folder.
    file: &'b str,
    /// The same from the outermost folder, where it is known.
    path: Option<&'b str>,
    /// The kind of generator or transformer.
    kind: &'b str,
    /// The name of a transformer with a file of its own.
    name: &'b str,
    namespace: &'b str,
}

impl<'b> By<'b> {
    /// A field of the kustomization.
    pub(crate) fn field(kustomization: &'b Kustomization, kind: &'b str) -> Self {
        let file = Path::new(kustomization.file.name()).file_name().and_then(|name| name.to_str());
        Self { file: file.unwrap_or("kustomization.yaml"), path: None, kind, name: "", namespace: "" }
    }

    /// An object that describes it.
    pub(crate) fn object(config: &'b Resource) -> Self {
        let path = config.history.told.origin.as_deref().and_then(|told| told.strip_prefix("path: "));
        let path = path.map(str::trim_end);
        Self { file: "", path, kind: config.kind(), name: config.name(), namespace: config.namespace() }
    }
}

/// A mapping as an item of a list.
fn item(text: &str) -> String {
    let mut out = String::new();
    for (n, line) in text.lines().enumerate() {
        out.push_str(if n == 0 { "- " } else { "  " });
        out.push_str(line);
        out.push('\n');
    }
    out
}

fn scalar(path: &Path) -> String {
    let text = path.display().to_string();
    if plain_allowed(&text) && tag_of_plain(&text) == Tag::Str { text } else { yaml::quoted(&text) }
}

fn label(node: &mut Node) {
    let Some(labels) = node
        .as_map_mut()
        .and_then(|map| map.get_mut("metadata"))
        .and_then(|metadata| metadata.map_under("labels"))
    else {
        return;
    };
    match labels.get_mut(MANAGED_BY.0) {
        Some(Node::Scalar(old)) => *old = Scalar::string(MANAGED_BY.1).in_place_of(old),
        _ => labels.push(Scalar::untagged(MANAGED_BY.0), Node::string(MANAGED_BY.1)),
    }
}
