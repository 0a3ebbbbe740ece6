//! The components of a catalogue: every `component.yaml` below `templates/<system>`. The folder of a component holds no other:
//! what is below that of a shipped one is not looked at (`render tree` looks everywhere, and refuses it there too).

use std::ffi::CStr;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Location, Outcome, Source, did_you_mean, read_open_file, unreadable};
use serde::de::DeserializeOwned;
use yaml::Node;

use crate::codes;
use crate::declaration::Component;
use crate::model::Origin;
use crate::shipped::{self, Shipped};
use crate::walk::{self, Below};

/// The file that makes a folder a component.
const FILE: &CStr = c"component.yaml";

/// A component with its place in the catalogue.
pub(crate) struct Loaded {
    /// `namespace/app`: the last two parts of its folder.
    pub(crate) id: String,
    pub(crate) namespace: String,
    pub(crate) app: String,
    pub(crate) source: Arc<Source>,
    /// Whether the file is the one that is shipped.
    pub(crate) is_shipped: bool,
    /// The keys of cluster.yaml that it owns.
    pub(crate) keys: Vec<String>,
    /// The rest of it; its options, computed values and rules go into the model. It is large, and the components are sorted.
    pub(crate) component: Box<Component>,
}

impl Loaded {
    pub(crate) fn origin(&self) -> Origin {
        Origin { source: Arc::clone(&self.source), is_shipped: self.is_shipped }
    }
}

/// Reads the components of a system, sorted by id.
pub(crate) fn load(templates: &Path, system: &str) -> Outcome<Vec<Loaded>> {
    let folder = templates.join(system);
    if !folder.is_dir() {
        return Err(missing(templates, system));
    }
    let (mut list, mut problems) = (Vec::with_capacity(shipped::components(system)), Vec::new());
    let mut reader =
        Reader { folder: folder.display().to_string(), system, room: Vec::new(), last: String::new() };
    let likely = |path: &Path| {
        path.to_str().is_some_and(|path| shipped::named(&[system, "/", path].concat()).is_some())
    };
    let walked = walk::files(&folder, FILE, &likely, &mut |path, file| match reader.component(path, file) {
        Ok(loaded) => {
            let below = if loaded.is_shipped { Below::Pass } else { Below::Look };
            list.push(loaded);
            below
        }
        Err(failure) => {
            problems.extend(failure.diagnostics);
            Below::Look
        }
    });
    walked.map_err(|(path, error)| unreadable(&path, &error))?;
    // In the same order whatever that of the folders.
    list.sort_unstable_by(|a, b| (&a.id, a.source.name()).cmp(&(&b.id, b.source.name())));
    problems.sort_by(|a: &Diagnostic, b| a.file().cmp(&b.file()));
    problems.extend(
        list.windows(2).filter(|pair| pair[0].id == pair[1].id).map(|pair| same_id(&pair[0], &pair[1])),
    );
    if problems.is_empty() { Ok(list) } else { Err(Failure::from(problems)) }
}

fn missing(templates: &Path, system: &str) -> Failure {
    let failure = Failure::new(
        codes::CATALOGUE_MISSING,
        format!("{}: no catalogue for the system {system}", templates.display()),
    );
    if templates.is_dir() {
        failure.with_help(format!("the folder {} should be there", templates.join(system).display()))
    } else {
        failure.with_help("there is no such folder; name the one that holds the templates with --templates")
    }
}

fn same_id(first: &Loaded, second: &Loaded) -> Diagnostic {
    Diagnostic::error(
        codes::CATALOGUE_TWICE,
        format!("{} is also the component in {}", second.id, first.source.name()),
    )
    .in_file(second.source.name())
    .with_help("rename one of the two folders")
}

/// A component in the folder of another. `outer` ends with `/`.
fn inside(name: &str, outer: &str) -> Diagnostic {
    Diagnostic::error(codes::CATALOGUE_FILE, "a component in the folder of another component")
        .in_file(name)
        .with_help(format!("move this folder out of {outer}, or remove the component.yaml there"))
}

/// Reads the components of a system, of which there are many: what can be shared is.
struct Reader<'s> {
    /// The system's folder, as it is shown; its name is at the end.
    folder: String,
    system: &'s str,
    /// For the bytes of a file.
    room: Vec<u8>,
    /// The folder of the component that was found last and may hold another, with `/`; that would be found next.
    last: String,
}

impl Reader<'_> {
    /// The component that a file below the system's folder declares.
    fn component(&mut self, path: &Path, file: std::io::Result<File>) -> Outcome<Loaded> {
        let path = path.to_string_lossy();
        let name = format!("{}/{path}", self.folder);
        if !self.last.is_empty() && path.starts_with(&self.last) {
            return Err(inside(&name, &format!("{}/{}", self.folder, self.last)).into());
        }
        self.last.clear();
        self.last.push_str(path.rsplit_once('/').map_or("", |(_, file)| &path[..path.len() - file.len()]));
        let file = file.map_err(|error| unreadable(Path::new(&name), &error))?;
        // What is shipped is called by its path below the templates.
        let shipped = shipped::named(&name[self.folder.len() - self.system.len()..]);
        let text = shipped.map(|shipped| shipped.text);
        let (source, is_shipped) = read_open_file(file, &name, text, &mut self.room)?;
        let source = Arc::new(source);
        // namespace/app/component.yaml, in whatever folders.
        let mut parts = path.rsplit('/').skip(1);
        let (Some(app), Some(namespace)) = (parts.next(), parts.next()) else {
            let message = "a component stands in a folder <namespace>/<app>";
            return Err(Diagnostic::error(codes::CATALOGUE_FILE, message).in_file(source.name()).into());
        };
        let component: Box<Component> = typed(&source, shipped.filter(|_| is_shipped))?;
        let keys = component.options.keys().cloned().collect();
        Ok(Loaded {
            id: [namespace, "/", app].concat(),
            namespace: namespace.to_owned(),
            app: app.to_owned(),
            source,
            is_shipped,
            keys,
            component,
        })
    }
}

/// Reads a file of the catalogue as what it should be, from what it is `shipped` as if it is. Keys that are not known are
/// refused with their place.
pub(crate) fn typed<T: DeserializeOwned>(source: &Arc<Source>, shipped: Option<&Shipped>) -> Outcome<T> {
    if let Some(read) = shipped.and_then(|shipped| shipped.read().ok()) {
        return Ok(read);
    }
    serde_yaml::from_str(source.text()).map_err(|error| malformed(source, &error))
}

/// Why a file is not what it should be: in our reader's words where that sees it too.
fn malformed(source: &Arc<Source>, error: &serde_yaml::Error) -> Failure {
    let stream = match yaml::parse(source.text()) {
        Ok(stream) => stream,
        Err(error) => return Diagnostic::from_yaml(source, error).into(),
    };
    let duplicates = yaml::check_duplicates(&stream, yaml::Dialect::Yaml12);
    if !duplicates.is_empty() {
        let all: Vec<_> = duplicates.into_iter().map(|error| Diagnostic::from_yaml(source, error)).collect();
        return all.into();
    }
    if stream.documents.is_empty() {
        return Diagnostic::error(codes::CATALOGUE_FILE, "the file is empty").in_file(source.name()).into();
    }
    let location = error.location();
    let at = location.map_or(0, |location| offset(source.text(), location.line(), location.column()));
    let message = error.without_snippet().to_string();
    let message = message.lines().next().unwrap_or_default();
    let message = message.rsplit_once(" at line ").map_or(message, |(what, _)| what);
    // "unknown field `x`, expected one of a, b": the list is for the help.
    let (what, known) = message.split_once(", expected ").unwrap_or((message, ""));
    let name = what.split('`').nth(1).unwrap_or_default();
    let marked = if source.text()[at..].starts_with(name) { name.len() } else { 0 };
    let words = known.strip_prefix("one of ").unwrap_or(known).split(", ");
    let finding = Diagnostic::error(codes::CATALOGUE_FILE, what).at(Location::new(source, at..at + marked));
    match did_you_mean(name, words).filter(|_| !name.is_empty()) {
        Some(near) => finding.with_help(format!("did you mean {near}?")).into(),
        None if known.is_empty() => finding.into(),
        None => finding.with_help(format!("expected {known}")).into(),
    }
}

/// The byte offset of a line and column, both from 1, in characters.
fn offset(text: &str, line: u64, column: u64) -> usize {
    let line = usize::try_from(line).unwrap_or(1).saturating_sub(1);
    let column = usize::try_from(column).unwrap_or(1).saturating_sub(1);
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let rest = &text[start.min(text.len())..];
    start + rest.char_indices().nth(column).map_or(rest.trim_end().len(), |(at, _)| at)
}

/// The place of a value in a file of the catalogue, by its path; as near as there is one. Only asked for when
/// something is wrong with it.
pub(crate) fn place(source: &Arc<Source>, path: &[&str]) -> Location {
    let range = yaml::parse(source.text()).ok().and_then(|stream| {
        let mut node: &Node = &stream.documents.first()?.root;
        let mut span = node.span;
        for step in path {
            let next = match step.parse::<usize>() {
                Ok(index) => {
                    node.as_sequence().and_then(|items| items.get(index)).map(|item| (item, item.span))
                }
                Err(_) => node.pair(step).map(|pair| (&pair.value, pair.key.span)),
            };
            let Some((next, at)) = next else { break };
            (node, span) = (next, at);
        }
        // A value that is a scalar is marked itself, of anything else its key.
        let is_scalar = matches!(node.kind, yaml::Kind::Scalar(..)) && !node.span.is_empty();
        Some(if is_scalar { node.span.range() } else { span.range() })
    });
    Location::new(source, range.unwrap_or(0..0))
}
