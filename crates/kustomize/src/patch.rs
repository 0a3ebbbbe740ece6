//! `patches`, `patchesStrategicMerge` and `patchesJson6902`.

use std::sync::Arc;

use cliutil::Diagnostic;
use yaml::Span;

use crate::codes;
use crate::file::{File, Outcome, Problems};
use crate::jsonpatch::{self, Operation};
use crate::kustomization::{self, Entry};
use crate::loader::{Folder, Loader};
use crate::node::Node;
use crate::objects::{Objects, take_identity};
use crate::read::Object;
use crate::resource::{Resource, set_untagged};
use crate::selector::Matcher;

/// Where a patch is written.
struct Place {
    file: Arc<File>,
    span: Span,
}

impl Place {
    fn error(&self, code: &'static str, message: impl Into<String>) -> Diagnostic {
        self.file.error(code, message, self.span)
    }
}

/// A text of a patch: inline, or a file.
struct Text {
    file: Arc<File>,
    inline: bool,
}

impl Text {
    /// What the text's own problems are to a person: those of an inline text belong to the entry.
    fn told(&self, place: &Place, problems: Problems) -> Problems {
        if !self.inline {
            return problems;
        }
        problems
            .into_iter()
            .map(|problem| {
                let line = problem.location.as_ref().map_or(1, |location| location.line_column().0);
                let mut told =
                    place.error(problem.code, format!("{} (line {line} of the patch)", problem.message));
                told.help = problem.help;
                told
            })
            .collect()
    }

    fn objects(&self, place: &Place) -> Outcome<Arc<[Object]>> {
        self.file.objects().map_err(|problems| self.told(place, problems))
    }
}

fn inline(place: &Place, text: &str) -> Text {
    Text { file: Arc::new(File::inline(format!("{} (patch)", place.file.name()), text)), inline: true }
}

/// An entry of `patches`.
pub(crate) struct Patch {
    place: Place,
    target: Option<Matcher>,
    allow_name_change: bool,
    allow_kind_change: bool,
    content: Content,
}

enum Content {
    Merge(Arc<[Object]>),
    Json(Vec<Operation>),
}

impl Patch {
    /// Reads a patch; none when there is nothing in it.
    pub(crate) fn load(
        loader: &Loader<'_>,
        folder: &Folder,
        file: &Arc<File>,
        patch: &kustomization::Patch,
    ) -> Outcome<Option<Self>> {
        let place = Place { file: Arc::clone(file), span: patch.span };
        let text = match (&patch.path, &patch.patch) {
            (None, None) => {
                let problem = place.error(codes::PATCH, "a patch needs patch (its text) or path (its file)");
                return Err(vec![problem]);
            }
            (Some(_), Some(_)) => {
                return Err(vec![place.error(codes::PATCH, "a patch cannot have both patch and path")]);
            }
            (Some(path), None) => Text { file: loader.file(folder, file, path)?, inline: false },
            (None, Some(patch)) => inline(&place, patch.text.trim()),
        };
        let target = patch.target.as_ref().map(|target| Matcher::new(file, target)).transpose()?;
        let Some(content) = content(&place, &text)? else { return Ok(None) };
        let (allow_name_change, allow_kind_change) = (patch.allow_name_change, patch.allow_kind_change);
        Ok(Some(Self { place, target, allow_name_change, allow_kind_change, content }))
    }

    /// Applies it to every object it is for.
    pub(crate) fn apply(&self, objects: &mut Objects) -> Outcome<()> {
        match (&self.content, &self.target) {
            (Content::Json(_), None) => Err(vec![
                self.place
                    .error(codes::PATCH, "a JSON patch needs a target")
                    .with_help("add target with the kind and name of what it is for"),
            ]),
            (Content::Json(operations), Some(target)) => {
                apply_json(objects, &self.place, target, operations, true)
            }
            (Content::Merge(patches), Some(target)) => self.merge_into_targets(objects, patches, target),
            (Content::Merge(patches), None) => {
                let mut problems = Problems::new();
                for patch in patches.iter() {
                    let applied = find(objects, &self.place, patch)
                        .and_then(|at| self.merge_one(&mut objects.list_mut()[at], &patch.node));
                    if let Err(more) = applied {
                        problems.extend(more);
                    }
                }
                if problems.is_empty() { Ok(()) } else { Err(problems) }
            }
        }
    }

    fn merge_into_targets(&self, objects: &mut Objects, patches: &[Object], target: &Matcher) -> Outcome<()> {
        let [patch] = patches else {
            return Err(vec![
                self.place
                    .error(codes::PATCH, "a patch of several documents cannot have a target")
                    .with_help(
                        "leave target out, so that each document names its object, or make one patch of each",
                    ),
            ]);
        };
        let selected: Vec<usize> =
            (0..objects.list().len()).filter(|at| target.selects(&objects.list()[*at])).collect();
        let mut problems = Problems::new();
        for at in selected {
            let resource = &mut objects.list_mut()[at];
            let patch = aimed(patch, resource);
            if let Err(more) = self.merge_one(resource, &patch) {
                problems.extend(more);
            }
        }
        if problems.is_empty() && (self.allow_name_change || self.allow_kind_change) {
            problems = objects.conflicts();
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn merge_one(&self, resource: &mut Resource, patch: &Node) -> Outcome<()> {
        let allowed = (self.allow_name_change, self.allow_kind_change);
        merge(resource, patch, allowed).map_err(|why| vec![does_not_fit(&self.place, resource, &why)])
    }
}

/// A patch is one of the two kinds that its text can be read as.
fn content(place: &Place, text: &Text) -> Outcome<Option<Content>> {
    let merge = text.objects(place);
    let json = text.file.text().map_err(|_| String::new()).and_then(jsonpatch::parse);
    match (merge, json) {
        (Ok(objects), Ok(operations)) if !objects.is_empty() && !operations.is_empty() => {
            Err(vec![place.error(codes::PATCH, "this is both a strategic merge patch and a JSON patch")])
        }
        (Ok(objects), _) => Ok((!objects.is_empty()).then_some(Content::Merge(objects))),
        (Err(_), Ok(operations)) => Ok((!operations.is_empty()).then_some(Content::Json(operations))),
        (Err(problems), Err(why)) => {
            let list = text.file.text().is_ok_and(|text| text.trim_start().starts_with(['-', '[']));
            if !list || why.is_empty() {
                return Err(problems);
            }
            Err(vec![place.error(codes::PATCH, format!("this JSON patch cannot be read: {why}"))])
        }
    }
}

/// An entry of `patchesStrategicMerge`: a text that can be read as objects, or a file.
pub(crate) struct Merge {
    place: Place,
    patches: Arc<[Object]>,
}

impl Merge {
    /// Reads all entries of a list, which must hold a patch together.
    pub(crate) fn load_all(
        loader: &Loader<'_>,
        folder: &Folder,
        file: &Arc<File>,
        entries: &[Entry],
    ) -> Outcome<Vec<Self>> {
        let mut merges = Vec::new();
        let mut problems = Problems::new();
        for entry in entries {
            match Self::load(loader, folder, file, entry) {
                Ok(merge) => merges.push(merge),
                Err(more) => problems.extend(more),
            }
        }
        if let Some(first) = entries.first()
            && problems.is_empty()
            && merges.iter().all(|merge| merge.patches.is_empty())
        {
            let problem = file.error(codes::PATCH, "there is no patch in what is listed here", first.span);
            problems.push(problem.with_help("write a patch, or take the entry out"));
        }
        if problems.is_empty() { Ok(merges) } else { Err(problems) }
    }

    fn load(loader: &Loader<'_>, folder: &Folder, file: &Arc<File>, entry: &Entry) -> Outcome<Self> {
        let place = Place { file: Arc::clone(file), span: entry.span };
        if let Ok(patches) = inline(&place, &entry.text).file.objects() {
            return Ok(Self { place, patches });
        }
        let text = Text { file: loader.file(folder, file, entry)?, inline: false };
        let patches = text.objects(&place)?;
        Ok(Self { place, patches })
    }

    pub(crate) fn apply(&self, objects: &mut Objects) -> Outcome<()> {
        let mut problems = Problems::new();
        for patch in self.patches.iter() {
            let applied = find(objects, &self.place, patch).and_then(|at| {
                let resource = &mut objects.list_mut()[at];
                let patch = aimed(patch, resource);
                merge(resource, &patch, (false, false))
                    .map_err(|why| vec![does_not_fit(&self.place, resource, &why)])
            });
            if let Err(more) = applied {
                problems.extend(more);
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }
}

/// An entry of `patchesJson6902`.
pub(crate) struct JsonPatch {
    place: Place,
    target: Matcher,
    operations: Vec<Operation>,
}

impl JsonPatch {
    pub(crate) fn load(
        loader: &Loader<'_>,
        folder: &Folder,
        file: &Arc<File>,
        patch: &kustomization::Patch,
    ) -> Outcome<Self> {
        let place = Place { file: Arc::clone(file), span: patch.span };
        let wrong = |message: &str| Err(vec![place.error(codes::PATCH, message)]);
        let Some(target) = patch.target.as_ref().filter(|target| !target.name.is_empty()) else {
            return wrong("an entry of patchesJson6902 needs a target with a name");
        };
        let text = match (&patch.path, &patch.patch) {
            (Some(path), None) => loader.file(folder, file, path)?.text()?.to_owned(),
            (None, Some(patch)) => patch.text.clone(),
            (None, None) => return wrong("a patch needs patch (its text) or path (its file)"),
            (Some(_), Some(_)) => return wrong("a patch cannot have both patch and path"),
        };
        let target = Matcher::new(file, target)?;
        match jsonpatch::parse(&text) {
            Ok(operations) if operations.is_empty() => wrong("this JSON patch is empty"),
            Ok(operations) => Ok(Self { place, target, operations }),
            Err(why) => wrong(&format!("this JSON patch cannot be read: {why}")),
        }
    }

    pub(crate) fn apply(&self, objects: &mut Objects) -> Outcome<()> {
        apply_json(objects, &self.place, &self.target, &self.operations, false)
    }
}

fn apply_json(
    objects: &mut Objects,
    place: &Place,
    target: &Matcher,
    operations: &[Operation],
    remember: bool,
) -> Outcome<()> {
    let selected: Vec<usize> =
        (0..objects.list().len()).filter(|at| target.selects(&objects.list()[*at])).collect();
    let mut problems = Problems::new();
    for at in selected {
        let resource = &mut objects.list_mut()[at];
        if remember {
            resource.remember();
        }
        // kustomize's own annotations are there while a patch runs, so that there is a place to add to.
        if resource.history.leaves_annotations()
            && let Some(metadata) = resource.node.as_map_mut().and_then(|map| map.get_mut("metadata"))
        {
            metadata.map_under("annotations");
        }
        match jsonpatch::apply(operations, &resource.node) {
            Ok(node) => {
                resource.node = node;
                let texts = resource.metadata_texts("annotations");
                resource.set_metadata_texts("annotations", &texts);
            }
            Err(why) => problems.push(does_not_fit(place, resource, &why)),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

fn does_not_fit(place: &Place, resource: &Resource, why: &str) -> Diagnostic {
    place
        .error(codes::PATCH, format!("this patch does not fit {}: {why}", resource.id()))
        .with_related(resource.origin.location(), "the object")
}

/// The one object a patch names.
fn find(objects: &Objects, place: &Place, patch: &Object) -> Outcome<usize> {
    let wanted = crate::ids::Id::of(&patch.node);
    let found: Vec<usize> = (0..objects.list().len())
        .filter(|at| {
            let resource = &objects.list()[*at];
            !resource.node.is_nothing()
                && resource.has_or_had_name(wanted.name)
                && resource.any_id().any(|id| id.same(wanted))
        })
        .collect();
    match found[..] {
        [at] => Ok(at),
        [] => Err(vec![
            place
                .error(codes::NO_TARGET, format!("there is no {wanted} to patch"))
                .with_help(nearest(objects, wanted)),
        ]),
        _ => Err(vec![
            place
                .error(codes::NO_TARGET, format!("several objects are, or were, called {wanted}"))
                .with_help("add a target that tells them apart"),
        ]),
    }
}

/// What may have been meant.
fn nearest(objects: &Objects, wanted: crate::ids::Id<'_>) -> String {
    let mut same_name =
        objects.list().iter().filter(|resource| resource.any_id().any(|id| id.name == wanted.name));
    if let Some(near) = same_name.next() {
        return format!(
            "there is {}; group, version, kind and namespace must be the same",
            near.original_id()
        );
    }
    let names =
        objects.list().iter().filter(|resource| resource.kind() == wanted.gvk.kind).map(Resource::name);
    match cliutil::did_you_mean(wanted.name, names) {
        Some(near) => format!("did you mean {near}?"),
        None => {
            "the object must come in through resources, or be generated, before it can be patched".to_owned()
        }
    }
}

/// A patch as it is put on an object that a target selected: labels and annotations become texts, and the patch takes
/// the object's group and version.
fn aimed(patch: &Object, resource: &Resource) -> Node {
    let original = Resource::new(patch.node.clone(), &patch.file, patch.span);
    let mut aimed = original.clone();
    take_identity(&mut aimed, &original);
    if let Some(map) = aimed.node.as_map_mut() {
        set_untagged(map, "apiVersion", resource.api_version());
    }
    aimed.node
}

/// Merges a patch; kind, name and namespace stay unless they may change.
fn merge(
    resource: &mut Resource,
    patch: &Node,
    (name_changes, kind_changes): (bool, bool),
) -> Result<(), String> {
    let id = resource.id();
    let (kind, namespace, name) = (id.gvk.kind.to_owned(), id.namespace.to_owned(), id.name.to_owned());
    if name_changes || kind_changes {
        resource.remember();
    }
    let Some(node) = crate::merge::merge(&resource.node, patch)?.filter(|node| !node.is_nothing()) else {
        resource.node = Node::null();
        return Ok(());
    };
    resource.node = node;
    if !kind_changes && let Some(map) = resource.node.as_map_mut() {
        set_untagged(map, "kind", &kind);
    }
    if !name_changes {
        resource.set_metadata("name", &name);
    }
    if namespace.is_empty() {
        resource.clear_metadata("namespace");
    } else {
        resource.set_metadata("namespace", &namespace);
    }
    Ok(())
}
