//! kustomize's ValueAddTransformer: one text that is put into a field of each object that is selected, or into the path
//! of a file that the field holds.

use std::sync::Arc;

use cliutil::Diagnostic;
use yaml::Node as Parsed;

use super::namespace::{self, Namespace, Subjects};
use crate::codes;
use crate::fieldspec::set_scalar;
use crate::file::{File, Outcome, Problems};
use crate::kustomization::{Entry, Fields, Selector};
use crate::loader::{Folder, Loader};
use crate::node::{Map, Node, Scalar, Tag};
use crate::objects::Objects;
use crate::path::{self, Leaf};
use crate::selector::Matcher;

/// A text and where it goes.
pub(crate) struct ValueAdd {
    value: String,
    targets: Vec<Target>,
}

struct Target {
    select: Option<Matcher>,
    path: String,
    /// Where in a path of a file, from 1 on; 0 puts the value in the field's place.
    position: usize,
}

/// A target as it is written.
struct Written {
    select: Option<Selector>,
    path: Option<Entry>,
    position: Option<i64>,
    span: yaml::Span,
}

impl Written {
    fn read(file: &Arc<File>, node: &Parsed, problems: &mut Problems) -> Self {
        let mut fields = Fields::new(file, node, "a target", problems);
        let f = fields.some(&["selector", "fieldPath", "filePathPosition"]);
        Self {
            select: f.part("selector", Selector::read),
            path: f.entry("fieldPath").filter(|path| !path.text.is_empty()),
            position: f.int("filePathPosition"),
            span: f.span,
        }
    }

    fn load(&self, file: &Arc<File>) -> Outcome<Target> {
        let wrong = |message: &str| vec![file.error(codes::TYPE, message, self.span)];
        let Some(path) = &self.path else { return Err(wrong("a target needs fieldPath")) };
        let position = usize::try_from(self.position.unwrap_or(0));
        Ok(Target {
            select: self.select.as_ref().map(|select| Matcher::new(file, select)).transpose()?,
            path: path.text.clone(),
            position: position.map_err(|_| wrong("filePathPosition cannot be negative"))?,
        })
    }
}

impl ValueAdd {
    /// Reads a transformer; without a value it is the name of the folder.
    pub(crate) fn load(
        loader: &Loader<'_>,
        folder: &Folder,
        file: &Arc<File>,
        root: &Parsed,
        problems: &mut Problems,
    ) -> Outcome<Self> {
        let mut fields = Fields::new(file, root, "a transformer", problems);
        let f = fields.some(&["value", "targets", "targetFilePath"]);
        let value = f.text("value").unwrap_or_default().trim().to_owned();
        let written = f.list("targets", Written::read);
        let shared = f.entry("targetFilePath").filter(|path| !path.text.is_empty());
        let mut targets = written.iter().map(|one| one.load(file)).collect::<Outcome<Vec<_>>>()?;
        if let Some(shared) = shared {
            targets.extend(of_file(&loader.file(folder, file, &shared)?, problems)?);
        }
        if targets.is_empty() {
            return Err(vec![file.error(codes::TYPE, "targets must have at least one", root.span)]);
        }
        let own = || folder.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Self { value: if value.is_empty() { own() } else { value }, targets })
    }

    pub(crate) fn apply(&self, objects: &mut Objects) -> Outcome<()> {
        let mut problems = Problems::new();
        for target in &self.targets {
            for resource in objects.list_mut() {
                if target.select.as_ref().is_some_and(|select| !select.selects(resource)) {
                    continue;
                }
                let done = if target.path == "metadata/namespace" {
                    namespace::set(resource, &self.namespace())
                } else {
                    target.put(&mut resource.node, &self.value)
                };
                if let Err(why) = done {
                    let message = format!("{} of {} cannot be set: {why}", target.path, resource.id());
                    problems.push(resource.origin.error(codes::FIELD_PATH, message));
                }
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    fn namespace(&self) -> Namespace {
        Namespace {
            name: self.value.clone(),
            places: Vec::new(),
            unset_only: false,
            subjects: Subjects::Default,
        }
    }
}

/// The targets that a file of its own lists.
fn of_file(file: &Arc<File>, problems: &mut Problems) -> Outcome<Vec<Target>> {
    let stream =
        yaml::parse(file.text()?).map_err(|error| vec![Diagnostic::from_yaml(&file.source(), error)])?;
    let Some(document) = stream.documents.first() else { return Ok(Vec::new()) };
    let mut fields = Fields::new(file, &document.root, "a file of targets", problems);
    let written = fields.some(&["targets"]).list("targets", Written::read);
    written.iter().map(|one| one.load(file)).collect()
}

impl Target {
    fn put(&self, object: &mut Node, value: &str) -> Result<(), String> {
        let parts: Vec<String> = parts(&self.path);
        let Some(field) = reach(object, &parts)? else { return Ok(()) };
        match self.position.checked_sub(1) {
            None => set_scalar(field, value, Tag::Unset),
            Some(position) => {
                let changed = inserted(field.text_or_empty(), position, value);
                set_scalar(field, &changed, Tag::Unset)
            }
        }
    }
}

/// Cuts at slashes, of which `\/` is none.
fn parts(path: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for part in path.split('/') {
        match parts.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push('/');
                last.push_str(part);
            }
            _ => parts.push(part.to_owned()),
        }
    }
    let trimmed = parts.iter().map(|part| part.trim().to_owned());
    trimmed.filter(|part| !part.is_empty()).collect()
}

/// The field that a path leads to; fields and elements that are missing are made, items of lists are not.
fn reach<'n>(node: &'n mut Node, parts: &[String]) -> Result<Option<&'n mut Node>, String> {
    let Some((part, rest)) = parts.split_first() else { return Ok(Some(node)) };
    let next = if let Ok(index) = part.parse::<i64>() {
        let index = usize::try_from(index).map_err(|_| "an index cannot be negative".to_owned())?;
        path::items(node, part)?;
        node.as_seq_mut().and_then(|items| items.get_mut(index))
    } else if part == "-" {
        path::items(node, part)?;
        node.as_seq_mut().and_then(|items| items.last_mut())
    } else if part == "*" {
        return Err("* cannot be used here".to_owned());
    } else if let Some((key, value)) = path::element(part)? {
        element(node, part, key, value)?
    } else {
        field(node, part, rest)?
    };
    match next {
        Some(next) => reach(next, rest),
        None => Ok(None),
    }
}

fn element<'n>(
    node: &'n mut Node,
    part: &str,
    key: &str,
    value: &str,
) -> Result<Option<&'n mut Node>, String> {
    let found = path::items(node, part)?.iter().position(|item| path::is_element(item, key, value));
    let Some(items) = node.as_seq_mut() else { return Ok(None) };
    let at = found.unwrap_or(items.len());
    if found.is_none() {
        let made = if key.is_empty() {
            Node::untagged(value)
        } else {
            let mut map = Map::default();
            map.insert(key, Node::untagged(value));
            Node::map(map)
        };
        items.push(made);
    }
    Ok(items.get_mut(at))
}

fn field<'n>(node: &'n mut Node, name: &str, rest: &[String]) -> Result<Option<&'n mut Node>, String> {
    let is_missing = path::field(node, name)?.is_none();
    let Some(map) = node.as_map_mut() else { return Ok(None) };
    if is_missing {
        map.push(Scalar::untagged(name), path::part_kind(rest.first(), Leaf::Scalar).node());
    }
    Ok(map.get_mut(name))
}

/// The path of a file with one more part: before the part at this position, or at the end.
fn inserted(path: &str, position: usize, part: &str) -> String {
    let mut parts = cut(path);
    let mut at = position.min(parts.len());
    // What is absolute stays so.
    if parts.first().is_some_and(|first| first.is_empty()) && at < parts.len() {
        at += 1;
    }
    parts.insert(at, part);
    match parts.split_first() {
        Some((&"", rest)) => format!("/{}", joined(rest)),
        _ => joined(&parts),
    }
}

/// The parts of the path of a file, the first one empty when it is absolute.
fn cut(path: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let (folder, name) = rest.split_at(rest.rfind('/').map_or(0, |at| at + 1));
        if folder == "/" {
            parts.extend((!name.is_empty()).then_some(name));
            parts.push("");
            break;
        }
        parts.push(name);
        rest = folder.strip_suffix('/').unwrap_or(folder);
    }
    parts.reverse();
    parts
}

/// Parts as Go's `filepath.Join` joins and cleans them.
fn joined(parts: &[&str]) -> String {
    let given: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    let Some(first) = given.first() else { return String::new() };
    let root = if first.starts_with('/') { "/" } else { "" };
    let mut clean: Vec<&str> = Vec::new();
    for part in given.iter().flat_map(|part| part.split('/')) {
        match part {
            "" | "." => {}
            ".." if clean.last().is_some_and(|last| *last != "..") => drop(clean.pop()),
            ".." if !root.is_empty() => {}
            part => clean.push(part),
        }
    }
    if clean.is_empty() && root.is_empty() { ".".to_owned() } else { format!("{root}{}", clean.join("/")) }
}

#[cfg(test)]
mod tests {
    use super::inserted;

    /// Expectations from the documentation and the tests of kustomize's InsertPathPart.
    #[test]
    fn parts_of_a_path_of_a_file() {
        for (path, position, want) in [
            ("", 5, "PEACH"),
            ("/", 0, "/PEACH"),
            ("pie", 0, "PEACH/pie"),
            ("/pie", 0, "/PEACH/pie"),
            ("raw", 1, "raw/PEACH"),
            ("/raw", 1, "/raw/PEACH"),
            ("a/nice/warm/pie", 3, "a/nice/warm/PEACH/pie"),
            ("/a/nice/warm/pie", 3, "/a/nice/warm/PEACH/pie"),
            ("/a/nice/warm/pie", 99, "/a/nice/warm/pie/PEACH"),
        ] {
            assert_eq!(inserted(path, position, "PEACH"), want, "{path} {position}");
        }
    }
}
