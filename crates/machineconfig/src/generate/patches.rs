//! Applies what is generated, then the patches of the node, then those of the cluster, then the extra manifests.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use cliutil::{Location, Mask, Source};
use talos::Substituted;
use yaml::{Dialect, Kind, Node as YamlNode, Span, Value};

use super::{Failed, Inputs};
use crate::cluster::{Cluster, Fields as _, Node};
use crate::config::{Config, Document, Part};
use crate::files;
use crate::patch::{Patch, Patched};
use crate::template::{self, Val};
use crate::{Problem, Problems, goyaml};

/// Patches that were read already: most are the same for many nodes.
#[derive(Default)]
pub(super) struct Shared {
    patches: Mutex<HashMap<String, Arc<Result<Patch, Problems>>>>,
    files: Mutex<HashMap<String, Arc<Result<String, String>>>>,
    /// What the machines of a role begin with: workers, and control planes.
    bases: [OnceLock<Vec<Document>>; 2],
}

impl Shared {
    /// What a machine of a role begins with.
    pub(super) fn base(&self, control_plane: bool, make: impl FnOnce() -> Vec<Document>) -> Vec<Document> {
        self.bases[usize::from(control_plane)].get_or_init(make).clone()
    }

    fn patch(&self, text: &str) -> Arc<Result<Patch, Problems>> {
        let known = self.patches.lock().unwrap_or_else(PoisonError::into_inner).get(text).cloned();
        known.unwrap_or_else(|| {
            let read = Arc::new(Patch::load(text));
            self.patches
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(text.to_owned(), Arc::clone(&read));
            read
        })
    }
}

/// The patching of one node.
pub(super) struct Run<'r> {
    pub(super) cluster: &'r Cluster,
    pub(super) node: &'r Node,
    pub(super) inputs: &'r Inputs<'r>,
    pub(super) shared: &'r Shared,
}

/// A patch as it is applied, and where it came from.
struct Ready {
    patch: Arc<Result<Patch, Problems>>,
    at: Location,
    file: Option<PatchFile>,
}

/// The file of a patch.
struct PatchFile {
    name: String,
    /// As it stands there.
    written: String,
    /// What was made of it; none: it was read as it stands there.
    made: Option<Made>,
}

/// A patch file's text on its way.
struct Made {
    /// Rendered and without comments.
    bare: String,
    /// With variables.
    substituted: Substituted,
}

impl PatchFile {
    fn new(name: &str, written: &str) -> Self {
        Self { name: name.to_owned(), written: written.to_owned(), made: None }
    }

    /// A place in it. It may hold secrets: nothing of it is shown.
    fn at(&self, range: Range<usize>) -> Location {
        let source =
            Source::new(self.name.clone(), self.written.as_str()).with_mask(Mask::Except(Vec::new()));
        Location::new(&Arc::new(source), range)
    }

    /// Where something of the text that was read is written.
    fn location(&self, span: Span) -> Option<Location> {
        let Some(made) = &self.made else { return Some(self.at(span.range())) };
        let range = self
            .same_step(&made.substituted.text, |root, steps| steps_to(root, span, steps))
            .or_else(|| self.around(&made.bare, made.substituted.origin(span.range())))?;
        Some(self.at(range))
    }

    /// What is written at the same step of the same document as in the text `read`.
    fn same_step(
        &self,
        read: &str,
        find: impl Fn(&YamlNode, &mut Vec<Step>) -> bool,
    ) -> Option<Range<usize>> {
        let (read, written) = (yaml::parse(read).ok()?, yaml::parse(&self.written).ok()?);
        let found = read.documents.iter().zip(&written.documents).find_map(|(read, written)| {
            let mut steps = Vec::new();
            find(&read.root, &mut steps).then(|| follow(&written.root, &steps))
        });
        found?.map(|node| node.span.range())
    }

    /// A part of the text without comments where it is written: there the lines may be broken elsewhere.
    fn around(&self, bare: &str, range: Range<usize>) -> Option<Range<usize>> {
        let node = self.same_step(bare, |root, steps| steps_into(root, range.start, steps));
        let part = bare.get(range).filter(|part| !part.is_empty());
        let within = node.clone().unwrap_or(0..self.written.len());
        let found = part.and_then(|part| {
            let start = within.start + self.written.get(within.clone())?.find(part)?;
            Some(start..start + part.len())
        });
        found.or(node)
    }

    /// A place of the rendered text: the same one, or its line when templates left the lines as they were.
    fn of_rendered(&self, rendered: &str, range: Range<usize>) -> Option<Location> {
        if rendered == self.written {
            return Some(self.at(range));
        }
        if rendered.lines().count() != self.written.lines().count() {
            return None;
        }
        let line = rendered.get(..range.start)?.matches('\n').count();
        let start = self.written.split_inclusive('\n').take(line).map(str::len).sum();
        let length = self.written[start..].lines().next().map_or(0, str::len);
        Some(self.at(start..start + length))
    }
}

/// One step into a document: the key or the value of an entry, or an item.
#[derive(Clone, Copy)]
enum Step {
    Key(usize),
    Value(usize),
}

/// The steps to what has this place.
fn steps_to(node: &YamlNode, span: Span, steps: &mut Vec<Step>) -> bool {
    if node.span == span {
        return true;
    }
    let children: Vec<(Step, &YamlNode)> = match &node.kind {
        Kind::Mapping(pairs) => pairs
            .iter()
            .enumerate()
            .flat_map(|(n, pair)| [(Step::Key(n), &pair.key), (Step::Value(n), &pair.value)])
            .collect(),
        Kind::Sequence(items) => items.iter().enumerate().map(|(n, item)| (Step::Value(n), item)).collect(),
        Kind::Scalar(..) | Kind::Alias(_) => Vec::new(),
    };
    children.into_iter().any(|(step, child)| {
        steps.push(step);
        let found = steps_to(child, span, steps);
        if !found {
            steps.pop();
        }
        found
    })
}

/// The steps to the innermost node around this place.
fn steps_into(node: &YamlNode, at: usize, steps: &mut Vec<Step>) -> bool {
    let is_around = |node: &YamlNode| node.span.start <= at && at <= node.span.end;
    if !is_around(node) {
        return false;
    }
    match &node.kind {
        Kind::Mapping(pairs) => {
            for (n, pair) in pairs.iter().enumerate() {
                if is_around(&pair.key) || is_around(&pair.value) {
                    let (step, child) = if is_around(&pair.value) {
                        (Step::Value(n), &pair.value)
                    } else {
                        (Step::Key(n), &pair.key)
                    };
                    steps.push(step);
                    return steps_into(child, at, steps);
                }
            }
        }
        Kind::Sequence(items) => {
            if let Some(n) = items.iter().position(is_around) {
                steps.push(Step::Value(n));
                return steps_into(&items[n], at, steps);
            }
        }
        Kind::Scalar(..) | Kind::Alias(_) => {}
    }
    true
}

fn follow<'n>(node: &'n YamlNode, steps: &[Step]) -> Option<&'n YamlNode> {
    steps.iter().try_fold(node, |node, step| match (&node.kind, step) {
        (Kind::Mapping(pairs), Step::Key(n)) => pairs.get(*n).map(|pair| &pair.key),
        (Kind::Mapping(pairs), Step::Value(n)) => pairs.get(*n).map(|pair| &pair.value),
        (Kind::Sequence(items), Step::Value(n)) => items.get(*n),
        _ => None,
    })
}

/// Whether a patch can only be the name of a file. Talos itself (`configpatcher.LoadPatches`) then reads it as it stands
/// there, and from the current folder: neither the template nor the variables are talhelper's any more.
fn is_name(text: &str) -> bool {
    !text.contains(['\n', ' ']) && !text.starts_with(['[', '{'])
}

impl Run<'_> {
    /// From the base configuration to the finished documents.
    pub(super) fn all(&self, start: Config, generated: Vec<Document>) -> Result<Vec<Value>, Vec<Failed>> {
        let mut state = Patched::Typed(start);
        if !generated.is_empty() {
            let one = |problem: Problem| vec![Failed::from(problem)];
            let generated = Config::new(generated).map_err(one)?.into_documents();
            let patch = Patch::strategic(generated.into_iter().map(Part::Document).collect());
            state = patch
                .apply(state)
                .map_err(|problems| problems.into_iter().map(Failed::from).collect::<Vec<_>>())?;
        }
        state = self.batch(state, &self.node.texts("patches"), true)?;
        state = self.batch(state, &self.cluster.root.texts("patches"), false)?;
        let mut documents = state.to_values();
        documents.extend(self.extra_manifests(&state)?);
        Ok(documents)
    }

    /// Patches that see the same configuration in their templates.
    fn batch(&self, state: Patched, patches: &[&str], of_node: bool) -> Result<Patched, Vec<Failed>> {
        if patches.is_empty() {
            return Ok(state);
        }
        let mut ready = Vec::new();
        let mut failed = Vec::new();
        {
            let config = state.config().map_err(failures)?;
            let none = Value::Null;
            let data = Val::structure(config.v1alpha1().unwrap_or(&none), "v1alpha1.Config");
            for text in patches {
                match self.ready(text, &data, of_node) {
                    Ok(found) => ready.extend(found),
                    Err(problems) => failed.extend(problems),
                }
            }
        }
        let mut state = state;
        for patch in &ready {
            let place = |problem: &Problem| {
                let file = patch.file.as_ref();
                let inside = file.zip(problem.span).and_then(|(file, span)| file.location(span));
                let name = file.filter(|_| inside.is_none()).map(|file| file.name.clone());
                let at = Some(inside.unwrap_or_else(|| patch.at.clone()));
                Failed { problem: problem.clone(), at, file: name }
            };
            match patch.patch.as_ref() {
                Err(problems) => failed.extend(problems.iter().map(place)),
                // Once something is wrong the rest is only read, to find what else is.
                Ok(_) if !failed.is_empty() => {}
                Ok(loaded) => match loaded.apply(std::mem::take(&mut state)) {
                    Ok(next) => state = next,
                    Err(problems) => failed.extend(problems.iter().map(place)),
                },
            }
        }
        if failed.is_empty() { Ok(state) } else { Err(failed) }
    }

    /// A patch with its file read, its templates rendered and its variables put in; none for an empty file.
    fn ready(&self, text: &str, data: &Val<'_>, of_node: bool) -> Result<Option<Ready>, Vec<Failed>> {
        let at = self.place(text, of_node);
        let Some(path) = files::reference(text, &self.cluster.folder) else {
            return self.inline(text, data, at).map(Some).map_err(|failed| vec![*failed]);
        };
        let name = path.display().to_string();
        let text = self.file(&path).map_err(|message| {
            let problem = Problem::new("talos/file", message);
            vec![Failed { problem, at: Some(at.clone()), file: Some(name.clone()) }]
        })?;
        if text.chars().all(char::is_whitespace) {
            return Ok(None);
        }
        let mut file = PatchFile::new(&name, &text);
        let wrong = |problem: Problem, inside: Option<Location>| Failed {
            problem,
            file: inside.is_none().then(|| name.clone()),
            at: Some(inside.unwrap_or_else(|| at.clone())),
        };
        let rendered = template::render(&text, data).map_err(|error| {
            vec![wrong(Problem::new("template/failed", error.message), Some(file.at(error.place)))]
        })?;
        let bare = goyaml::without_comments(&rendered).map_err(|error| {
            let inside = file.of_rendered(&rendered, error.span.range());
            vec![wrong(error.into(), inside)]
        })?;
        if bare.is_empty() {
            return Ok(None);
        }
        let env = self.inputs.env;
        let substituted = talos::substitute(&bare, &[], &|name| env.get(name)).map_err(|unresolved| {
            let failed = unresolved.into_iter().map(|one| {
                let problem = Problem::new(one.code(), one.message()).with_help(one.help(env));
                wrong(problem, file.around(&bare, one.range).map(|range| file.at(range)))
            });
            failed.collect::<Vec<_>>()
        })?;
        let patch = self.shared.patch(&substituted.text);
        file.made = Some(Made { bare, substituted });
        Ok(Some(Ready { patch, at, file: Some(file) }))
    }

    /// A patch that stands in the talconfig.
    fn inline(&self, text: &str, data: &Val<'_>, at: Location) -> Result<Ready, Box<Failed>> {
        let wrong = |problem: Problem| Box::new(Failed { problem, at: Some(at.clone()), file: None });
        let done = template::render(text, data).map_err(|error| {
            let line = text[..error.place.start.min(text.len())].matches('\n').count() + 1;
            wrong(Problem::new("template/failed", format!("line {line}: {}", error.message)))
        })?;
        if !is_name(&done) {
            return Ok(Ready { patch: self.shared.patch(&done), at, file: None });
        }
        let text = self.file(std::path::Path::new(&done)).map_err(|_| {
            let message = "this is neither a patch nor a reference to one";
            wrong(
                Problem::new("patch/not-a-patch", message).with_help("put @ before the name of a patch file"),
            )
        })?;
        let file = PatchFile::new(&done, &text);
        Ok(Ready { patch: self.shared.patch(&text), at, file: Some(file) })
    }

    fn file(&self, path: &std::path::Path) -> Result<String, String> {
        let name = path.display().to_string();
        let known = self.shared.files.lock().unwrap_or_else(PoisonError::into_inner).get(&name).cloned();
        let read = known.unwrap_or_else(|| {
            let read = Arc::new(self.inputs.files.text(path));
            self.shared.files.lock().unwrap_or_else(PoisonError::into_inner).insert(name, Arc::clone(&read));
            read
        });
        read.as_ref().clone()
    }

    /// Where a patch is named: in the node, in its role's section, or for the cluster.
    fn place(&self, text: &str, of_node: bool) -> Location {
        let cluster = self.cluster;
        let lists =
            [format!("nodes.[{}].patches", self.node.index), format!("{}.patches", self.node.section())];
        let cluster_list = ["patches".to_owned()];
        let lists: &[String] = if of_node { &lists } else { &cluster_list };
        let found = lists.iter().find_map(|list| cluster.item_with(list, text));
        found.unwrap_or_else(|| cluster.node_location(self.node, if of_node { "patches" } else { "" }))
    }

    /// The extra manifests, rendered but without variables put in.
    fn extra_manifests(&self, state: &Patched) -> Result<Vec<Value>, Vec<Failed>> {
        let names = self.node.texts("extraManifests");
        if names.is_empty() {
            return Ok(Vec::new());
        }
        let config = state.config().map_err(failures)?;
        let none = Value::Null;
        let data = Val::structure(config.v1alpha1().unwrap_or(&none), "v1alpha1.Config");
        let mut documents = Vec::new();
        let mut failed = Vec::new();
        for name in names {
            match self.manifest(name, &data) {
                Ok(found) => documents.extend(found),
                Err(problem) => failed.push(*problem),
            }
        }
        if failed.is_empty() { Ok(documents) } else { Err(failed) }
    }

    fn manifest(&self, name: &str, data: &Val<'_>) -> Result<Vec<Value>, Box<Failed>> {
        let name = format!("@{}", name.strip_prefix('@').unwrap_or(name));
        let path = files::reference(&name, &self.cluster.folder).unwrap_or_default();
        let at = self.cluster.node_location(self.node, "extraManifests");
        let file = path.display().to_string();
        let wrong = |code, message: String| {
            Box::new(Failed {
                problem: Problem::new(code, message),
                at: Some(at.clone()),
                file: Some(file.clone()),
            })
        };
        let text = self.file(&path).map_err(|message| wrong("talos/file", message))?;
        files::check(&path, &text).map_err(|found| wrong(found.code, found.message))?;
        let done = template::render(&text, data).map_err(|error| wrong("template/failed", error.message))?;
        // They are appended as they stand, but they must be documents all the same.
        if let Err(problems) = Config::load(&done) {
            let problem = problems
                .into_iter()
                .next()
                .unwrap_or_else(|| Problem::new("config/not-a-document", "there is no document"));
            return Err(Box::new(Failed { problem, at: Some(at), file: Some(file) }));
        }
        yaml::load(&done, Dialect::GoYamlV3).map_err(|error| wrong(error.code, error.message))
    }
}

fn failures(problems: Problems) -> Vec<Failed> {
    problems.into_iter().map(Failed::from).collect()
}
