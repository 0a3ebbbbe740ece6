//! The parts of a kustomization file.

use std::sync::Arc;

use yaml::{Node, Span};

use super::{Entry, Fields};
use crate::file::{File, Problems};

/// Reads the fields of a part: known names, then what to make of them. Warnings inside parts are not worth a word.
macro_rules! part {
    ($file:ident, $node:ident, $problems:ident, $what:literal, $names:expr, $fields:ident => $make:expr) => {{
        let mut fields = Fields::new($file, $node, $what, $problems);
        let $fields = fields.known($names);
        $make
    }};
}

/// Where a transformer finds a field.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct FieldSpec {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) kind: String,
    pub(crate) path: String,
    pub(crate) create: bool,
}

impl FieldSpec {
    pub(crate) fn read(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        part!(file, node, problems, "a field specification", &["group", "version", "kind", "path", "create"], f => Self {
            group: f.text("group").unwrap_or_default(),
            version: f.text("version").unwrap_or_default(),
            kind: f.text("kind").unwrap_or_default(),
            path: f.text("path").unwrap_or_default(),
            create: f.flag("create"),
        })
    }
}

/// An entry of `labels`.
#[derive(Debug, Clone)]
pub(crate) struct Label {
    pub(crate) pairs: Vec<(String, String)>,
    pub(crate) include_selectors: bool,
    pub(crate) include_templates: bool,
    pub(crate) fields: Vec<FieldSpec>,
    pub(crate) span: Span,
}

impl Label {
    pub(crate) fn read(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        let names = &["pairs", "includeSelectors", "includeTemplates", "fields"];
        part!(file, node, problems, "an entry of labels", names, f => Self {
            pairs: f.texts("pairs"),
            include_selectors: f.flag("includeSelectors"),
            include_templates: f.flag("includeTemplates"),
            fields: f.list("fields", FieldSpec::read),
            span: f.span,
        })
    }
}

/// What selects objects; each text is a pattern.
#[derive(Debug, Clone, Default)]
pub(crate) struct Selector {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) kind: String,
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) annotations: String,
    pub(crate) labels: String,
    /// Where the texts stand.
    places: Vec<(&'static str, Span)>,
    span: Option<Span>,
}

const ID: [&str; 5] = ["group", "version", "kind", "name", "namespace"];

impl Selector {
    pub(crate) fn read(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        let [group, version, kind, name, namespace] = ID;
        let names = &[group, version, kind, name, namespace, "annotationSelector", "labelSelector"];
        part!(file, node, problems, "a target", names, f => {
            let mut selector = Self::id(f);
            selector.annotations = selector.text(f, "annotationSelector");
            selector.labels = selector.text(f, "labelSelector");
            selector
        })
    }

    /// Where one of its texts stands, else where it begins.
    pub(crate) fn place(&self, field: &str) -> Span {
        let place = self.places.iter().find(|(name, _)| *name == field).map(|(_, place)| *place);
        place.or(self.span).unwrap_or(Span::new(0, 0))
    }

    fn text(&mut self, f: &mut Fields<'_, '_>, field: &'static str) -> String {
        let Some(entry) = f.entry(field) else { return String::new() };
        self.places.push((field, entry.span));
        entry.text
    }

    fn id(f: &mut Fields<'_, '_>) -> Self {
        let mut id = Self { span: Some(f.span), ..Self::default() };
        let [group, version, kind, name, namespace] = ID.map(|field| id.text(f, field));
        Self { group, version, kind, name, namespace, ..id }
    }
}

/// An entry of `vars`.
#[derive(Debug, Clone)]
pub(crate) struct Var {
    pub(crate) name: String,
    api_version: String,
    group: String,
    version: String,
    pub(crate) kind: String,
    /// The name of the object.
    pub(crate) object: String,
    pub(crate) namespace: String,
    /// The path of the field.
    pub(crate) field: String,
    pub(crate) span: Span,
}

impl Var {
    pub(crate) fn read(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        let object = |file: &Arc<File>, node: &Node, problems: &mut Problems| {
            let names = &["apiVersion", "group", "version", "kind", "name", "namespace"];
            part!(file, node, problems, "objref", names, f => {
                names.map(|name| f.text(name).unwrap_or_default())
            })
        };
        let field = |file: &Arc<File>, node: &Node, problems: &mut Problems| part!(file, node, problems, "fieldref", &["fieldPath"], f => f.text("fieldPath"));
        part!(file, node, problems, "an entry of vars", &["name", "objref", "fieldref"], f => {
            let [api_version, group, version, kind, object, namespace] =
                f.part("objref", object).unwrap_or_default();
            let field = f.part("fieldref", field).flatten().filter(|path| !path.is_empty());
            Self {
                name: f.text("name").unwrap_or_default(),
                api_version,
                group,
                version,
                kind,
                object,
                namespace,
                field: field.unwrap_or_else(|| "metadata.name".to_owned()),
                span: f.span,
            }
        })
    }

    /// The object's, of which `apiVersion` says more than the single fields.
    pub(crate) fn group_version(&self) -> (&str, &str) {
        let parts: Vec<&str> = self.api_version.split('/').collect();
        match parts[..] {
            [group, version] => (group, version),
            [version] if !version.is_empty() => (&self.group, version),
            _ => (&self.group, &self.version),
        }
    }
}

/// A patch: inline or a file.
#[expect(clippy::struct_field_names, reason = "the fields are called as kustomization.yaml calls them")]
#[derive(Debug, Clone)]
pub(crate) struct Patch {
    pub(crate) path: Option<Entry>,
    pub(crate) patch: Option<Entry>,
    pub(crate) target: Option<Selector>,
    pub(crate) allow_name_change: bool,
    pub(crate) allow_kind_change: bool,
    pub(crate) span: Span,
}

impl Patch {
    pub(crate) fn read(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        let allowed = |file: &Arc<File>, node: &Node, problems: &mut Problems| {
            part!(file, node, problems, "options of a patch", &["allowNameChange", "allowKindChange"], f => {
                (f.flag("allowNameChange"), f.flag("allowKindChange"))
            })
        };
        part!(file, node, problems, "a patch", &["path", "patch", "target", "options"], f => {
            let (allow_name_change, allow_kind_change) = f.part("options", allowed).unwrap_or_default();
            Self {
                path: f.entry("path").filter(|path| !path.text.is_empty()),
                patch: f.entry("patch").filter(|patch| !patch.text.trim().is_empty()),
                target: f.part("target", Selector::read),
                allow_name_change,
                allow_kind_change,
                span: f.span,
            }
        })
    }
}

/// An entry of `images`.
#[derive(Debug, Clone)]
pub(crate) struct Image {
    pub(crate) name: String,
    pub(crate) new_name: String,
    pub(crate) tag_suffix: String,
    pub(crate) new_tag: String,
    pub(crate) digest: String,
    pub(crate) span: Span,
}

impl Image {
    pub(crate) fn read(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        let names = &["name", "newName", "tagSuffix", "newTag", "digest"];
        part!(file, node, problems, "an entry of images", names, f => Self {
            name: f.text("name").unwrap_or_default(),
            new_name: f.text("newName").unwrap_or_default(),
            tag_suffix: f.text("tagSuffix").unwrap_or_default(),
            new_tag: f.text("newTag").unwrap_or_default(),
            digest: f.text("digest").unwrap_or_default(),
            span: f.span,
        })
    }
}

/// An entry of `replicas`.
#[derive(Debug, Clone)]
pub(crate) struct Replica {
    pub(crate) name: String,
    pub(crate) count: i64,
    pub(crate) span: Span,
}

impl Replica {
    pub(crate) fn read(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        part!(file, node, problems, "an entry of replicas", &["name", "count"], f => Self {
            name: f.text("name").unwrap_or_default(),
            count: f.int("count").unwrap_or_default(),
            span: f.span,
        })
    }
}

/// How a replacement cuts a text.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    pub(crate) delimiter: String,
    pub(crate) index: i64,
    pub(crate) create: bool,
}

impl Options {
    fn read(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        let names = &["delimiter", "index", "encoding", "create"];
        part!(file, node, problems, "options of a replacement", names, f => {
            // kustomize knows the field and ignores it.
            let _ = f.text("encoding");
            Self {
                delimiter: f.text("delimiter").unwrap_or_default(),
                index: f.int("index").unwrap_or_default(),
                create: f.flag("create"),
            }
        })
    }
}

/// Where a replacement takes its value from.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    pub(crate) id: Selector,
    pub(crate) field_path: String,
    pub(crate) options: Option<Options>,
}

impl Source {
    fn read(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        let [group, version, kind, name, namespace] = ID;
        let names = &[group, version, kind, name, namespace, "fieldPath", "options"];
        part!(file, node, problems, "the source of a replacement", names, f => Self {
            id: Selector::id(f),
            field_path: f.text("fieldPath").filter(|path| !path.is_empty()).unwrap_or_else(|| "metadata.name".to_owned()),
            options: f.part("options", Options::read),
        })
    }
}

/// What a target leaves out.
pub(crate) type Rejected = Selector;

/// Where a replacement puts its value.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    pub(crate) select: Option<Selector>,
    pub(crate) reject: Vec<Rejected>,
    pub(crate) field_paths: Vec<String>,
    pub(crate) options: Option<Options>,
    pub(crate) span: Span,
}

impl Target {
    fn read(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        let names = &["select", "reject", "fieldPaths", "options"];
        part!(file, node, problems, "a target of a replacement", names, f => {
            let mut field_paths: Vec<_> = f.entries("fieldPaths").into_iter().map(|entry| entry.text).collect();
            if field_paths.is_empty() {
                field_paths.push("metadata.name".to_owned());
            }
            Self {
                select: f.part("select", Selector::read),
                reject: f.list("reject", Selector::read),
                field_paths,
                options: f.part("options", Options::read),
                span: f.span,
            }
        })
    }
}

/// A replacement.
#[derive(Debug, Clone)]
pub(crate) struct Replacement {
    pub(crate) source: Option<Source>,
    pub(crate) source_value: Option<String>,
    pub(crate) targets: Option<Vec<Target>>,
    pub(crate) span: Span,
}

impl Replacement {
    fn fields(f: &mut Fields<'_, '_>) -> Self {
        let targets = f.list("targets", Target::read);
        Self {
            source: f.part("source", Source::read),
            source_value: f.text("sourceValue"),
            targets: f.given().any(|name| name == "targets").then_some(targets),
            span: f.span,
        }
    }

    /// A replacement in a file of its own.
    pub(crate) fn read(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        part!(file, node, problems, "a replacement", &["source", "targets", "sourceValue"], f => Self::fields(f))
    }
}

/// An entry of `replacements`: a replacement, or the file that holds one or several.
#[derive(Debug, Clone)]
pub(crate) struct ReplacementEntry {
    pub(crate) path: Option<Entry>,
    pub(crate) replacement: Replacement,
}

impl ReplacementEntry {
    pub(crate) fn read(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        let names = &["source", "targets", "sourceValue", "path"];
        part!(file, node, problems, "an entry of replacements", names, f => Self {
            path: f.entry("path").filter(|path| !path.text.is_empty()),
            replacement: Replacement::fields(f),
        })
    }
}

/// The order of the output.
#[derive(Debug, Clone)]
pub(crate) struct SortOptions {
    pub(crate) order: Entry,
    pub(crate) legacy: Option<(Vec<String>, Vec<String>)>,
}

impl SortOptions {
    pub(crate) fn read(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        let legacy = |file: &Arc<File>, node: &Node, problems: &mut Problems| {
            part!(file, node, problems, "legacySortOptions", &["orderFirst", "orderLast"], f => {
                let mut texts = |name| f.entries(name).into_iter().map(|entry| entry.text).collect::<Vec<_>>();
                (texts("orderFirst"), texts("orderLast"))
            })
        };
        part!(file, node, problems, "sortOptions", &["order", "legacySortOptions"], f => Self {
            order: f.entry("order").unwrap_or(Entry { text: String::new(), span: f.span }),
            legacy: f.part("legacySortOptions", legacy),
        })
    }
}

/// Options of generators.
#[derive(Debug, Clone, Default)]
pub(crate) struct GeneratorOptions {
    pub(crate) labels: Vec<(String, String)>,
    pub(crate) annotations: Vec<(String, String)>,
    pub(crate) disable_name_suffix_hash: bool,
    pub(crate) immutable: bool,
}

impl GeneratorOptions {
    pub(crate) fn read(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        let names = &["labels", "annotations", "disableNameSuffixHash", "immutable"];
        part!(file, node, problems, "generatorOptions", names, f => Self {
            labels: f.texts("labels"),
            annotations: f.texts("annotations"),
            disable_name_suffix_hash: f.flag("disableNameSuffixHash"),
            immutable: f.flag("immutable"),
        })
    }
}

/// A generator of a ConfigMap or Secret.
#[derive(Debug, Clone)]
pub(crate) struct Generator {
    /// `ConfigMap` or `Secret`.
    pub(crate) kind: &'static str,
    pub(crate) name: String,
    pub(crate) namespace: String,
    pub(crate) behavior: Option<Entry>,
    pub(crate) literals: Vec<Entry>,
    pub(crate) files: Vec<Entry>,
    pub(crate) envs: Vec<Entry>,
    pub(crate) options: Option<GeneratorOptions>,
    /// The type of a Secret.
    pub(crate) secret_type: String,
    pub(crate) span: Span,
}

impl Generator {
    pub(crate) fn config_map(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        let names = &["name", "namespace", "behavior", "literals", "files", "envs", "env", "options"];
        part!(file, node, problems, "an entry of configMapGenerator", names, f => Self::read("ConfigMap", f))
    }

    pub(crate) fn secret(file: &Arc<File>, node: &Node, problems: &mut Problems) -> Self {
        let names = &["name", "namespace", "behavior", "literals", "files", "envs", "env", "options", "type"];
        part!(file, node, problems, "an entry of secretGenerator", names, f => Self::read("Secret", f))
    }

    fn read(kind: &'static str, f: &mut Fields<'_, '_>) -> Self {
        let mut envs = f.entries("envs");
        envs.extend(f.entry("env").filter(|env| !env.text.is_empty()));
        Self {
            kind,
            name: f.text("name").unwrap_or_default(),
            namespace: f.text("namespace").unwrap_or_default(),
            behavior: f.entry("behavior"),
            literals: f.entries("literals"),
            files: f.entries("files"),
            envs,
            options: f.part("options", GeneratorOptions::read),
            secret_type: if kind == "Secret" { f.text("type").unwrap_or_default() } else { String::new() },
            span: f.span,
        }
    }
}
