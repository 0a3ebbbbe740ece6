//! An object on its way through a build: the tree, what it was called before, and where it comes from.

use std::path::Path;
use std::sync::Arc;

use cliutil::{Diagnostic, Location};
use yaml::Span;

use crate::file::File;
use crate::ids::{Gvk, Id, metadata};
use crate::metadata::Told;
use crate::node::{Map, Node, Scalar};

/// A name an object had before a transformer changed it. (Group and version are always the current ones.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Former {
    pub(crate) kind: Arc<str>,
    /// The effective namespace.
    pub(crate) namespace: Arc<str>,
    pub(crate) name: Arc<str>,
}

/// What a generated object asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Behavior {
    #[default]
    Unspecified,
    Create,
    Replace,
    Merge,
}

/// What kustomize keeps in annotations while it builds.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    /// Oldest first.
    pub(crate) former: Vec<Former>,
    pub(crate) prefixes: Vec<Arc<str>>,
    pub(crate) suffixes: Vec<Arc<str>>,
    pub(crate) behavior: Behavior,
    pub(crate) needs_hash: bool,
    /// Made by a generator.
    pub(crate) generated: bool,
    /// The variables whose values are a field's of it.
    pub(crate) vars: Vec<Arc<str>>,
    /// What `buildMetadata` asks for.
    pub(crate) told: Told,
}

impl History {
    /// Whether kustomize would have put an annotation of its own on the object.
    pub(crate) fn leaves_annotations(&self) -> bool {
        self.generated
            || self.needs_hash
            || !(self.former.is_empty() && self.prefixes.is_empty() && self.suffixes.is_empty())
    }
}

/// Where an object comes from.
#[derive(Debug, Clone)]
pub struct Origin {
    pub(crate) file: Arc<File>,
    pub(crate) span: Span,
}

impl Origin {
    /// The file, as a person would name it: the manifest, or for a generated object the kustomization.
    pub fn file(&self) -> &Path {
        Path::new(self.file.name())
    }

    /// The text of the file, with line feeds only; empty where it is none.
    pub fn text(&self) -> &str {
        self.file.text().unwrap_or_default()
    }

    /// The object's document, or the generator's entry, in the text of the file (with line feeds only).
    pub fn span(&self) -> Span {
        self.span
    }

    /// The first line of it, as a place for a diagnostic. Values are hidden where the file may hold a secret.
    pub fn location(&self) -> Location {
        self.file.at(crate::read::first_line(&self.file, self.span))
    }

    /// The place of a field of the object as it was read: the deepest part of `path` (keys, and indices of lists)
    /// that is there. The file is parsed again for it, so it is for reports only.
    pub fn locate(&self, path: &[&str]) -> Location {
        self.find(path).0
    }

    /// As [`Self::locate`], and whether all of `path` is in the file: what is not was brought by a patch, a generator or
    /// a variable.
    pub fn find(&self, path: &[&str]) -> (Location, bool) {
        crate::locate::field(&self.file, self.span, path).unwrap_or_else(|| (self.location(), false))
    }

    /// An error that is about this object.
    pub(crate) fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, message).at(self.location())
    }
}

/// An object.
#[derive(Debug, Clone)]
pub struct Resource {
    pub(crate) node: Node,
    pub(crate) history: History,
    pub(crate) origin: Origin,
}

impl Resource {
    pub(crate) fn new(node: Node, file: &Arc<File>, span: Span) -> Self {
        Self { node, history: History::default(), origin: Origin { file: Arc::clone(file), span } }
    }

    /// Where it comes from.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The group and version, as written.
    pub fn api_version(&self) -> &str {
        self.node.get("apiVersion").and_then(Node::text).unwrap_or_default()
    }

    /// The kind.
    pub fn kind(&self) -> &str {
        self.gvk().kind
    }

    /// The name.
    pub fn name(&self) -> &str {
        metadata(&self.node, "name")
    }

    /// The namespace; empty when none is given.
    pub fn namespace(&self) -> &str {
        metadata(&self.node, "namespace")
    }

    /// Whether it has a field of that name at its top.
    pub fn has(&self, field: &str) -> bool {
        self.node.get(field).is_some()
    }

    /// A label's value.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.node.at(&["metadata", "labels", key]).map(Node::text_or_empty)
    }

    /// An annotation's value.
    pub fn annotation(&self, key: &str) -> Option<&str> {
        self.node.at(&["metadata", "annotations", key]).map(Node::text_or_empty)
    }

    /// The object as data, as it would be read from [`crate::to_yaml`]'s output.
    pub fn value(&self) -> yaml::Value {
        crate::finish::value(&self.node)
    }

    /// The object as one YAML document, byte for byte as kustomize writes it.
    pub fn to_yaml(&self) -> String {
        let mut out = String::new();
        crate::emit::object(&self.node, &mut out);
        out
    }

    pub(crate) fn gvk(&self) -> Gvk<'_> {
        Gvk::of(&self.node)
    }

    pub(crate) fn id(&self) -> Id<'_> {
        Id::of(&self.node)
    }

    /// The names it had, oldest first.
    pub(crate) fn former_ids(&self) -> impl DoubleEndedIterator<Item = Id<'_>> {
        let Gvk { group, version, .. } = self.gvk();
        self.history.former.iter().map(move |former| Id {
            gvk: Gvk { group, version, kind: &former.kind },
            namespace: &former.namespace,
            name: &former.name,
            // The namespace kept is the effective one, which says it all.
            cluster: false,
        })
    }

    /// The first name it had.
    pub(crate) fn original_id(&self) -> Id<'_> {
        self.former_ids().next().unwrap_or_else(|| self.id())
    }

    /// Every name it has and had; the current one last.
    pub(crate) fn any_id(&self) -> impl Iterator<Item = Id<'_>> {
        self.former_ids().chain(std::iter::once(self.id()))
    }

    /// Whether it has or had a name, which is sooner known than the rest of what it is called.
    pub(crate) fn has_or_had_name(&self, name: &str) -> bool {
        self.name() == name || self.history.former.iter().any(|former| &*former.name == name)
    }

    /// Keeps the current name before it changes.
    pub(crate) fn remember(&mut self) {
        let id = self.id();
        let former = Former {
            kind: id.gvk.kind.into(),
            namespace: id.effective_namespace().into(),
            name: id.name.into(),
        };
        self.history.former.push(former);
    }

    /// Sets a text of metadata; an existing value keeps its quotes.
    pub(crate) fn set_metadata(&mut self, key: &str, text: &str) {
        let Some(metadata) = self.node.map_under("metadata") else { return };
        set_untagged(metadata, key, text);
    }

    /// Takes a key out of metadata.
    pub(crate) fn clear_metadata(&mut self, key: &str) {
        if let Some(metadata) = self.node.as_map_mut().and_then(|map| map.get_mut("metadata"))
            && let Some(metadata) = metadata.as_map_mut()
        {
            metadata.remove(key);
        }
    }

    /// Labels or annotations, by key; values of another kind count as empty text.
    pub(crate) fn metadata_texts(&self, key: &str) -> Vec<(Arc<str>, Arc<str>)> {
        let texts = self.node.at(&["metadata", key]).and_then(Node::as_map);
        texts
            .into_iter()
            .flat_map(Map::iter)
            .map(|(key, value)| (Arc::clone(&key.text), text_arc(value)))
            .collect()
    }

    /// Replaces labels or annotations; the key goes when there are none. Every value becomes a string.
    pub(crate) fn set_metadata_texts(&mut self, key: &str, texts: &[(Arc<str>, Arc<str>)]) {
        let Some(metadata) = self.node.map_under("metadata") else { return };
        metadata.remove(key);
        if texts.is_empty() {
            return;
        }
        let mut map = Map::with_capacity(texts.len());
        for (key, text) in texts {
            map.push(key_scalar(key), Node::Scalar(Scalar::string(Arc::clone(text))));
        }
        metadata.push(Scalar::untagged(key), Node::map(map));
    }
}

fn text_arc(node: &Node) -> Arc<str> {
    node.as_scalar().map_or_else(|| "".into(), |scalar| Arc::clone(&scalar.text))
}

/// A key that a transformer creates: text that looks like a number stays one, and is refused at the end as by
/// kustomize.
pub(crate) fn key_scalar(key: &str) -> Scalar {
    Scalar::untagged(key)
}

/// Sets a key to a text without a type of its own: an existing value keeps its quotes, a new one gets them where YAML
/// 1.1 would read another type.
pub(crate) fn set_untagged(map: &mut Map, key: &str, text: &str) {
    let mut scalar = Scalar::untagged(text);
    match map.get_mut(key) {
        Some(Node::Scalar(old)) => *old = scalar.in_place_of(old),
        Some(other) => *other = Node::Scalar(scalar),
        None => {
            if crate::form::is_yaml11_nonstring(text) {
                scalar.style = crate::node::Style::DoubleQuoted;
            }
            map.push(key_scalar(key), Node::Scalar(scalar));
        }
    }
}
