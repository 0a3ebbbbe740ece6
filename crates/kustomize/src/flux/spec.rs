//! A Flux Kustomization, as far as it decides what is built.

use std::sync::Arc;

use cliutil::{Diagnostic, Location};
use yaml::Node;

use crate::codes;
use crate::file::{File, Problems};
use crate::kustomization::{Added, Entry, Fields, Image, Patch, Selector};
use crate::locate;
use crate::resource::{Origin, Resource};

/// A reference to another object.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    /// The kind.
    pub kind: String,
    /// The namespace: that of the Kustomization when none is given.
    pub namespace: String,
    /// The name.
    pub name: String,
}

/// A Flux Kustomization.
#[expect(clippy::struct_excessive_bools, reason = "the fields are those of the object")]
#[derive(Debug, Clone)]
pub struct Kustomization {
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// The folder, relative to the root of the source.
    pub path: String,
    /// Where the files come from.
    pub source: Reference,
    /// What must be ready before it is applied.
    pub depends_on: Vec<Reference>,
    /// Whether it is not reconciled.
    pub suspend: bool,
    /// Whether objects that vanish from the source are deleted.
    pub prune: bool,
    /// Whether it is ready only when its objects are.
    pub wait: bool,
    pub(crate) target_namespace: Option<String>,
    pub(crate) name_prefix: Option<String>,
    pub(crate) name_suffix: Option<String>,
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) annotations: Vec<(String, String)>,
    pub(crate) added: Arc<Added>,
    pub(crate) ignore_missing_components: bool,
    pub(crate) post_build: Option<PostBuild>,
    decryption: bool,
    origin: Origin,
    object: Option<Arc<Resource>>,
}

/// Where variables come from.
#[derive(Debug, Clone, Default)]
pub(crate) struct PostBuild {
    pub(crate) substitute: Vec<(String, String)>,
    pub(crate) from: Vec<From>,
    pub(crate) always: bool,
}

/// A ConfigMap or Secret with variables.
#[derive(Debug, Clone)]
pub(crate) struct From {
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) optional: bool,
}

impl Kustomization {
    /// Whether an object is a Flux Kustomization.
    pub fn is(resource: &Resource) -> bool {
        resource.kind() == "Kustomization"
            && resource.api_version().starts_with("kustomize.toolkit.fluxcd.io/")
    }

    /// Reads the object.
    ///
    /// # Errors
    /// Every field that cannot be used, with its place.
    pub fn read(resource: &Resource) -> Result<Self, Vec<Diagnostic>> {
        let origin = resource.origin().clone();
        let file = Arc::new(File::inline(origin.file().display().to_string(), &resource.to_yaml()));
        let Some(root) = root(&file) else {
            return Err(vec![origin.error(codes::FLUX_FIELD, "this Flux Kustomization cannot be read")]);
        };
        let mut problems = Problems::new();
        let mut object = Fields::new(&file, &root, "a Flux Kustomization", &mut problems);
        object.some(&["spec"]);
        let spec = object.part("spec", |file, node, problems| Spec::read(file, node, problems, resource));
        let Some(spec) = spec else {
            let problem = origin.error(codes::FLUX_FIELD, "this Flux Kustomization has no spec");
            return Err(vec![problem.with_help("say spec.path and spec.sourceRef")]);
        };
        let (name, namespace) = (resource.name().to_owned(), resource.namespace().to_owned());
        let mut kustomization = spec.kustomization(name, namespace, &file, origin);
        kustomization.object = Some(Arc::new(resource.clone()));
        if problems.is_empty() {
            return Ok(kustomization);
        }
        Err(problems.into_iter().map(|problem| kustomization.told(problem)).collect())
    }

    /// The one that Flux itself is started with: `flux-system`, which applies a folder of the repository. It stands in
    /// no file.
    pub fn start(path: &str, source: Reference) -> Self {
        let file = Arc::new(File::inline("(the Kustomization Flux starts with)".to_owned(), "{}"));
        let origin = Origin { file: Arc::clone(&file), span: yaml::Span::new(0, 0) };
        let name = "flux-system".to_owned();
        let spec = Spec {
            path: path.to_owned(),
            source,
            depends_on: Vec::new(),
            flags: [false, true, false, false],
            names: [None, None, None],
            metadata: (Vec::new(), Vec::new()),
            patches: Vec::new(),
            images: Vec::new(),
            components: Vec::new(),
            post_build: None,
            decryption: true,
        };
        spec.kustomization(name.clone(), name, &file, origin)
    }

    /// Whether the objects are decrypted before they are applied.
    pub fn decrypts(&self) -> bool {
        self.decryption
    }

    /// The ConfigMaps and Secrets that variables come from, and whether each may be missing.
    pub fn variable_sources(&self) -> impl Iterator<Item = (Reference, bool)> {
        self.post_build.iter().flat_map(|build| &build.from).map(|from| {
            let reference = Reference {
                kind: from.kind.clone(),
                namespace: self.namespace.clone(),
                name: from.name.clone(),
            };
            (reference, from.optional)
        })
    }

    /// The object it was read from; none for the one that Flux itself is started with.
    pub fn object(&self) -> Option<&Resource> {
        self.object.as_deref()
    }

    /// Where it comes from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// An error about one of its fields.
    pub(crate) fn error(&self, code: &'static str, message: impl Into<String>, path: &[&str]) -> Diagnostic {
        Diagnostic::error(code, message).at(self.origin.locate(path))
    }

    /// A problem that was found in the object's own text, with the place in the file the object was read from.
    pub(crate) fn told(&self, mut problem: Diagnostic) -> Diagnostic {
        problem.location = problem.location.map(|location| self.place(location));
        for (location, _) in &mut problem.related {
            *location = self.place(location.clone());
        }
        problem
    }

    fn place(&self, location: Location) -> Location {
        if !Arc::ptr_eq(&location.source, &self.added.file.source()) {
            return location;
        }
        let Some(root) = root(&self.added.file) else { return self.origin.location() };
        let path = locate::path(&root, location.range.start);
        self.origin.locate(&path.iter().map(AsRef::as_ref).collect::<Vec<_>>())
    }
}

fn root(file: &Arc<File>) -> Option<Node> {
    let stream = yaml::parse(file.text().ok()?).ok()?;
    Some(stream.documents.into_iter().next()?.root)
}

const FIELDS: &[&str] = &[
    "path",
    "sourceRef",
    "dependsOn",
    "suspend",
    "prune",
    "wait",
    "targetNamespace",
    "namePrefix",
    "nameSuffix",
    "commonMetadata",
    "patches",
    "images",
    "components",
    "ignoreMissingComponents",
    "postBuild",
    "decryption",
    "patchesStrategicMerge",
    "patchesJson6902",
];

/// What the fields say.
struct Spec {
    path: String,
    source: Reference,
    depends_on: Vec<Reference>,
    flags: [bool; 4],
    names: [Option<String>; 3],
    metadata: (Texts, Texts),
    patches: Vec<Patch>,
    images: Vec<Image>,
    components: Vec<Entry>,
    post_build: Option<PostBuild>,
    decryption: bool,
}

impl Spec {
    fn read(file: &Arc<File>, node: &Node, problems: &mut Problems, resource: &Resource) -> Self {
        let mut fields = Fields::new(file, node, "spec", problems);
        fields.some(FIELDS);
        for name in ["patchesStrategicMerge", "patchesJson6902"] {
            if let Some(span) = fields.span_of(name) {
                let problem =
                    fields.error(codes::UNSUPPORTED, format!("{name} is no field of version v1"), span);
                fields.problem(problem.with_help("write patches instead"));
            }
        }
        let namespace = resource.namespace();
        let reference = |file: &Arc<File>, node: &Node, problems: &mut Problems| {
            reference(&mut Fields::new(file, node, "a reference", problems), namespace)
        };
        Self {
            path: fields.text("path").unwrap_or_default(),
            source: fields.part("sourceRef", reference).unwrap_or_else(|| Reference {
                kind: String::new(),
                namespace: namespace.to_owned(),
                name: String::new(),
            }),
            depends_on: fields.list("dependsOn", reference),
            flags: ["suspend", "prune", "wait", "ignoreMissingComponents"].map(|name| fields.flag(name)),
            names: ["targetNamespace", "namePrefix", "nameSuffix"].map(|name| fields.text(name)),
            metadata: fields.part("commonMetadata", metadata).unwrap_or_default(),
            patches: fields.list("patches", patch),
            images: fields.list("images", image),
            components: fields.entries("components"),
            post_build: fields.part("postBuild", post_build),
            decryption: fields.span_of("decryption").is_some(),
        }
    }

    fn kustomization(
        self,
        name: String,
        namespace: String,
        file: &Arc<File>,
        origin: Origin,
    ) -> Kustomization {
        let [suspend, prune, wait, ignore_missing_components] = self.flags;
        let decryption = self.decryption;
        let [target_namespace, name_prefix, name_suffix] = self.names;
        let (labels, annotations) = self.metadata;
        Kustomization {
            name,
            namespace,
            decryption,
            path: self.path,
            source: self.source,
            depends_on: self.depends_on,
            suspend,
            prune,
            wait,
            target_namespace,
            name_prefix,
            name_suffix,
            labels,
            annotations,
            added: Arc::new(Added {
                file: Arc::clone(file),
                patches: self.patches,
                images: self.images,
                components: self.components,
            }),
            ignore_missing_components,
            post_build: self.post_build,
            origin,
            object: None,
        }
    }
}

fn reference(fields: &mut Fields<'_, '_>, namespace: &str) -> Reference {
    fields.some(&["kind", "name", "namespace"]);
    let given = fields.text("namespace").filter(|given| !given.is_empty());
    Reference {
        kind: fields.text("kind").unwrap_or_default(),
        namespace: given.unwrap_or_else(|| namespace.to_owned()),
        name: fields.text("name").unwrap_or_default(),
    }
}

type Texts = Vec<(String, String)>;

fn metadata(file: &Arc<File>, node: &Node, problems: &mut Problems) -> (Texts, Texts) {
    let mut fields = Fields::new(file, node, "commonMetadata", problems);
    fields.some(&["labels", "annotations"]);
    (fields.texts("labels"), fields.texts("annotations"))
}

fn patch(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Patch {
    let mut fields = Fields::new(file, node, "a patch", problems);
    fields.some(&["patch", "target"]);
    Patch {
        path: None,
        patch: fields.entry("patch").filter(|patch| !patch.text.trim().is_empty()),
        target: fields.part("target", Selector::read),
        allow_name_change: false,
        allow_kind_change: false,
        span: fields.span,
    }
}

fn image(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Image {
    let mut fields = Fields::new(file, node, "an entry of images", problems);
    fields.some(&["name", "newName", "newTag", "digest"]);
    Image {
        name: fields.text("name").unwrap_or_default(),
        new_name: fields.text("newName").unwrap_or_default(),
        tag_suffix: String::new(),
        new_tag: fields.text("newTag").unwrap_or_default(),
        digest: fields.text("digest").unwrap_or_default(),
        span: fields.span,
    }
}

fn post_build(file: &Arc<File>, node: &Node, problems: &mut Problems) -> PostBuild {
    let mut fields = Fields::new(file, node, "postBuild", problems);
    fields.some(&["substitute", "substituteFrom", "substituteStrategy"]);
    PostBuild {
        substitute: fields.texts("substitute"),
        from: fields.list("substituteFrom", |file, node, problems| {
            let mut fields = Fields::new(file, node, "an entry of substituteFrom", problems);
            fields.some(&["kind", "name", "optional"]);
            From {
                kind: fields.text("kind").unwrap_or_default(),
                name: fields.text("name").unwrap_or_default(),
                optional: fields.flag("optional"),
            }
        }),
        always: fields.text("substituteStrategy").is_some_and(|strategy| strategy == "Always"),
    }
}
