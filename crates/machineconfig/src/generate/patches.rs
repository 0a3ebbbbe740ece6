//! Applies what is generated, then the patches of the node, then those of the cluster, then the extra manifests.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use cliutil::{Location, Mask, Source};
use yaml::{Dialect, Kind, Node as YamlNode, Span, Value};

use super::{Failed, Inputs};
use crate::cluster::{Cluster, Fields as _, Node, substituted};
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
}

impl Shared {
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
    /// As it was read: rendered, without comments, with variables.
    read: String,
}

impl PatchFile {
    /// Where something of the text that was read is written: at the same step in the same document.
    fn location(&self, span: Span) -> Option<Location> {
        let (read, written) = (yaml::parse(&self.read).ok()?, yaml::parse(&self.written).ok()?);
        let found = read.documents.iter().zip(&written.documents).find_map(|(read, written)| {
            let mut steps = Vec::new();
            steps_to(&read.root, span, &mut steps).then(|| follow(&written.root, &steps))
        });
        // It may hold secrets: nothing of it is shown.
        let source =
            Source::new(self.name.clone(), self.written.as_str()).with_mask(Mask::Except(Vec::new()));
        Some(Location::new(&Arc::new(source), found??.span.range()))
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
        let config = state.clone().into_config().map_err(failures)?;
        let none = Value::Null;
        let data = Val::structure(config.v1alpha1().unwrap_or(&none), "v1alpha1.Config");
        let mut ready = Vec::new();
        let mut failed = Vec::new();
        for text in patches {
            match self.ready(text, &data, of_node) {
                Ok(found) => ready.extend(found),
                Err(problem) => failed.push(*problem),
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
                Ok(loaded) => match loaded.apply(state.clone()) {
                    Ok(next) => state = next,
                    Err(problems) => failed.extend(problems.iter().map(place)),
                },
            }
        }
        if failed.is_empty() { Ok(state) } else { Err(failed) }
    }

    /// A patch with its file read, its templates rendered and its variables put in; none for an empty file.
    fn ready(&self, text: &str, data: &Val<'_>, of_node: bool) -> Result<Option<Ready>, Box<Failed>> {
        let at = self.place(text, of_node);
        let path = files::reference(text, &self.cluster.folder);
        let file = path.as_ref().map(|path| path.display().to_string());
        let wrong = |code, message: String| {
            Box::new(Failed {
                problem: Problem::new(code, message),
                at: Some(at.clone()),
                file: file.clone(),
            })
        };
        let text = match &path {
            None => text.to_owned(),
            Some(path) => {
                let read = self.file(path).map_err(|message| wrong("talos/file", message))?;
                if read.chars().all(char::is_whitespace) {
                    return Ok(None);
                }
                read
            }
        };
        let mut patch_file = None;
        let mut done = template::render(&text, data).map_err(|error| {
            let line = text[..error.place.start.min(text.len())].matches('\n').count() + 1;
            wrong("template/failed", format!("line {line}: {}", error.message))
        })?;
        if path.is_some() {
            let bare = goyaml::without_comments(&done).map_err(|error| wrong(error.code, error.message))?;
            if bare.is_empty() {
                return Ok(None);
            }
            done = substituted(&bare, self.inputs.env)
                .map_err(|message| wrong("talos/variable-unset", message))?;
            let name = file.clone().unwrap_or_default();
            patch_file = Some(PatchFile { name, written: text, read: done.clone() });
        } else if is_name(&done) {
            let name = done;
            done = self.file(std::path::Path::new(&name)).map_err(|_| {
                let problem =
                    Problem::new("patch/not-a-patch", "this is neither a patch nor a reference to one");
                let problem = problem.with_help("put @ before the name of a patch file");
                Box::new(Failed { problem, at: Some(at.clone()), file: None })
            })?;
            patch_file = Some(PatchFile { name, written: done.clone(), read: done.clone() });
        }
        Ok(Some(Ready { patch: self.shared.patch(&done), at, file: patch_file }))
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
        let config = state.clone().into_config().map_err(failures)?;
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
