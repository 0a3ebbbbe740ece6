//! `replacements`: a value copied from one object, or given, into fields of others.

use std::sync::Arc;

use cliutil::Diagnostic;

use crate::codes;
use crate::embedded;
use crate::file::{File, Outcome, Problems};
use crate::ids::{Gvk, Id};
use crate::kustomization::{Options, Replacement, ReplacementEntry, Source, Target};
use crate::loader::{Folder, Loader};
use crate::node::Node;
use crate::objects::Objects;
use crate::path::{self, Leaf};
use crate::resource::Resource;
use crate::selector::Matcher;

/// A replacement, ready for use.
pub(crate) struct Loaded {
    file: Arc<File>,
    replacement: Replacement,
    targets: Vec<Aim>,
}

struct Aim {
    select: Matcher,
    reject: Vec<Matcher>,
    target: Target,
}

/// Reads an entry of `replacements`.
pub(crate) fn load(
    loader: &Loader<'_>,
    folder: &Folder,
    file: &Arc<File>,
    entry: &ReplacementEntry,
) -> Outcome<Vec<Loaded>> {
    let Some(path) = &entry.path else { return Ok(vec![Loaded::new(file, &entry.replacement)?]) };
    let inline = &entry.replacement;
    if inline.source.is_some() || inline.targets.as_ref().is_some_and(|targets| !targets.is_empty()) {
        let message = "an entry of replacements is a path or a replacement, not both";
        return Err(vec![file.error(codes::REPLACEMENT, message, inline.span)]);
    }
    let source = loader.file(folder, file, path)?;
    let stream =
        yaml::parse(source.text()?).map_err(|error| vec![Diagnostic::from_yaml(&source.source(), error)])?;
    let root = stream.documents.first().map(|document| &document.root);
    let mut problems = Problems::new();
    let read: Vec<Replacement> = match root {
        Some(root) if root.as_sequence().is_some() => root
            .as_sequence()
            .unwrap_or_default()
            .iter()
            .map(|item| Replacement::read(&source, item, &mut problems))
            .collect(),
        Some(root) if root.as_mapping().is_some() => vec![Replacement::read(&source, root, &mut problems)],
        _ => {
            let message = format!("{} holds no replacement", path.text);
            return Err(vec![
                file.error(codes::REPLACEMENT, message, path.span)
                    .with_help("write a mapping with source and targets, or a list of them"),
            ]);
        }
    };
    // kustomize does not look at other fields of such a file.
    problems.retain(|problem| problem.code != codes::UNKNOWN_FIELD);
    if !problems.is_empty() {
        return Err(problems);
    }
    read.iter().map(|replacement| Loaded::new(&source, replacement)).collect()
}

impl Loaded {
    fn new(file: &Arc<File>, replacement: &Replacement) -> Outcome<Self> {
        let wrong = |message: &str| Err(vec![file.error(codes::REPLACEMENT, message, replacement.span)]);
        let Some(targets) = &replacement.targets else { return wrong("a replacement needs targets") };
        match (&replacement.source, &replacement.source_value) {
            (None, None) => return wrong("a replacement needs a source or a sourceValue"),
            (Some(_), Some(_)) => return wrong("a replacement cannot have both source and sourceValue"),
            _ => {}
        }
        let mut aims = Vec::new();
        for target in targets {
            let Some(select) = &target.select else {
                let message = "a target needs select: what objects it is about";
                return Err(vec![file.error(codes::REPLACEMENT, message, target.span)]);
            };
            let reject =
                target.reject.iter().map(|reject| Matcher::new(file, reject)).collect::<Outcome<_>>()?;
            aims.push(Aim { select: Matcher::new(file, select)?, reject, target: target.clone() });
        }
        Ok(Self { file: Arc::clone(file), replacement: replacement.clone(), targets: aims })
    }

    /// Copies the value.
    pub(crate) fn apply(&self, objects: &mut Objects) -> Outcome<()> {
        let error =
            |message: String| vec![self.file.error(codes::REPLACEMENT, message, self.replacement.span)];
        let value = match (&self.replacement.source, &self.replacement.source_value) {
            (Some(source), _) => source_value(objects, source).map_err(error)?,
            (None, value) => Node::untagged(value.as_deref().unwrap_or_default()),
        };
        let mut problems = Problems::new();
        for aim in &self.targets {
            let selected: Vec<usize> =
                (0..objects.list().len()).filter(|at| aim.selects(&objects.list()[*at])).collect();
            for at in selected {
                let resource = &mut objects.list_mut()[at];
                if let Err(why) = copy(resource, &value, &aim.target) {
                    let message = format!("the replacement does not fit {}: {why}", resource.id());
                    problems.push(
                        self.file
                            .error(codes::REPLACEMENT, message, aim.target.span)
                            .with_related(resource.origin.location(), "the object"),
                    );
                }
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}

/// Identities as the peer's replacements see them: current first, none known to be cluster-scoped.
fn ids(resource: &Resource) -> impl Iterator<Item = Id<'_>> {
    std::iter::once(Id { cluster: false, ..resource.id() }).chain(resource.former_ids())
}

impl Aim {
    fn selects(&self, resource: &Resource) -> bool {
        self.select.selects_metadata(resource)
            && !self.reject.iter().any(|reject| reject.has_metadata() && reject.selects_metadata(resource))
            && !self
                .reject
                .iter()
                .any(|reject| !reject.is_open() && ids(resource).any(|id| reject.selects_id(id)))
            && ids(resource).any(|id| self.select.selects_id(id))
    }
}

fn source_value(objects: &Objects, source: &Source) -> Result<Node, String> {
    let wanted = &source.id;
    let of_selector = Id {
        gvk: Gvk { group: "", version: "", kind: "" },
        namespace: &wanted.namespace,
        name: "",
        cluster: false,
    };
    let is_meant = |id: Id<'_>| {
        (wanted.name.is_empty() || wanted.name == id.name)
            && (wanted.namespace.is_empty() || of_selector.effective_namespace() == id.effective_namespace())
            && id.gvk.is_selected(&wanted.group, &wanted.version, &wanted.kind)
    };
    let mut found = objects.list().iter().filter(|resource| ids(resource).any(is_meant));
    let Some(resource) = found.next() else { return Err("its source selects no object".to_owned()) };
    if let Some(other) = found.next() {
        return Err(format!("its source selects several objects: {} and {}", resource.id(), other.id()));
    }
    let path = &source.field_path;
    let value = path::lookup(&resource.node, &path::parse(path))
        .map_err(|why| format!("{path} of {}: {why}", resource.id()))?
        .filter(|node| !node.is_nothing())
        .ok_or_else(|| format!("{} has no {path}", resource.id()))?;
    refined(value, source.options.as_ref())
}

/// One part of a value, where the options ask for it.
fn refined(value: &Node, options: Option<&Options>) -> Result<Node, String> {
    let Some(options) = options.filter(|options| !options.delimiter.is_empty()) else {
        return Ok(value.clone());
    };
    let Node::Scalar(scalar) = value else {
        return Err(format!("a delimiter needs a text, but the source is {}", value.kind_name()));
    };
    let part = usize::try_from(options.index)
        .ok()
        .and_then(|index| scalar.text.split(&*options.delimiter).nth(index));
    let part = part.ok_or_else(|| format!("the source has no part {}", options.index))?;
    let mut scalar = scalar.clone();
    scalar.text = part.into();
    Ok(Node::Scalar(scalar))
}

fn copy(resource: &mut Resource, value: &Node, target: &Target) -> Result<(), String> {
    let create = target.options.as_ref().filter(|options| options.create).map(|_| Leaf::of(value));
    for field in &target.field_paths {
        let path = path::parse(field);
        // Where kustomize keeps notes of its own, there is a mapping.
        if path.len() > 2
            && path[..2] == ["metadata", "annotations"]
            && resource.history.leaves_annotations()
            && let Some(metadata) = resource.node.map_under("metadata")
            && metadata.get("annotations").is_none_or(Node::is_null)
        {
            metadata.insert("annotations", Node::empty_map());
        }
        match embedded::set(&mut resource.node, &path, value, create)? {
            embedded::Outcome::Done => continue,
            embedded::Outcome::NotEmbedded => {}
        }
        let mut overwritten = Vec::new();
        let found = path::change(&mut resource.node, &path, create, &mut |node| {
            put(node, value, target.options.as_ref())?;
            if let Node::Scalar(scalar) = node {
                overwritten.extend((scalar.shared != 0).then(|| scalar.clone()));
            }
            Ok(())
        })
        .map_err(|why| format!("{field}: {why}"))?;
        if found == 0 {
            return Err(format!("it has no {field}; options: {{create: true}} would make it"));
        }
        crate::shared::spread(&mut resource.node, &overwritten);
    }
    Ok(())
}

/// A scalar takes the text only, and keeps its type and quotes.
pub(crate) fn put(node: &mut Node, value: &Node, options: Option<&Options>) -> Result<(), String> {
    let mut value = value.clone();
    if let Some(options) = options.filter(|options| !options.delimiter.is_empty()) {
        let Some(text) = node.text() else {
            return Err(format!("a delimiter needs a text, but the target is {}", node.kind_name()));
        };
        let joined = joined(text, value.text_or_empty(), options);
        if let Node::Scalar(scalar) = &mut value {
            scalar.text = joined.into();
        }
    }
    match node {
        Node::Scalar(scalar) => scalar.text = value.text_or_empty().into(),
        other => *other = value,
    }
    Ok(())
}

fn joined(text: &str, value: &str, options: &Options) -> String {
    let mut parts: Vec<&str> = text.split(&*options.delimiter).collect();
    match usize::try_from(options.index) {
        Err(_) => parts.insert(0, value),
        Ok(index) => match parts.get_mut(index) {
            Some(part) => *part = value,
            None => parts.push(value),
        },
    }
    parts.join(&options.delimiter)
}
