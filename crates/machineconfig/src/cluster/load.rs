//! Reads a talconfig: decodes it, reads the files it names, merges the roles into the nodes.

use std::path::Path;
use std::sync::Arc;

use cliutil::{Diagnostic, Source};
use talos::{Document, Talenv};
use yaml::Value;

use super::{Cluster, Fields as _, find, merge};
use crate::files::{self, Files};
use crate::schema::Schema;
use crate::typed::{Decoder, Reading};
use crate::{Contract, Problem, goyaml};

impl Cluster {
    /// Reads a talconfig. `folder` is where its paths begin.
    ///
    /// # Errors
    /// Everything that is wrong with the text and with the files it names. Whether it makes sense is asked by
    /// [`Cluster::check`].
    pub fn load(
        source: &Arc<Source>,
        env: &Talenv,
        folder: &Path,
        files: &dyn Files,
    ) -> Result<Self, Vec<Diagnostic>> {
        let (cluster, problems) = Self::read(source, env, folder, files)?;
        if problems.is_empty() { Ok(cluster) } else { Err(problems) }
    }

    /// As [`Cluster::load`], but gives what could be read along with what is wrong, so that the rest can be checked too.
    ///
    /// # Errors
    /// When the text is no talconfig at all.
    pub fn read(
        source: &Arc<Source>,
        env: &Talenv,
        folder: &Path,
        files: &dyn Files,
    ) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let document = Document::read(source, env)?;
        let mut decoder = Decoder::new(Reading::Talconfig);
        let root = decoder
            .structure(document.root(), Schema::get().id("config.TalhelperConfig"))
            .unwrap_or_default();
        let place = |problem: &Problem, diagnostic: Diagnostic| match problem.span {
            Some(span) => diagnostic.at(document.location(&span)),
            None => diagnostic,
        };
        let problems: Vec<_> =
            decoder.errors.iter().map(|problem| place(problem, problem.to_diagnostic())).collect();
        let warnings = decoder
            .unknown
            .iter()
            .map(|problem| place(problem, problem.to_warning("talos/unknown-key")))
            .collect();
        // An unknown version is a problem of the check, beside all others.
        let contract = contract(&root);
        let mut reader = Contents { folder, files, env, document: &document, problems };
        let root = reader.manifests(root);
        let nodes = reader.nodes(&root);
        let problems = reader.problems;
        let cluster = Self {
            root,
            nodes,
            folder: folder.to_path_buf(),
            known_version: contract.is_some(),
            contract: contract.unwrap_or_default(),
            document: Arc::new(document),
            warnings,
        };
        Ok((cluster, problems))
    }
}

fn contract(root: &Value) -> Option<Contract> {
    match root.text("talosVersion") {
        "" => Contract::parse(Contract::DEFAULT_VERSION),
        version if is_version(version) => Contract::parse(version),
        _ => None,
    }
}

/// Whether a text is a whole version: three numbers, and perhaps what is behind them.
fn is_version(text: &str) -> bool {
    let text = text.strip_prefix('v').unwrap_or(text);
    let core = text.split(['-', '+']).next().unwrap_or_default();
    let number = |part: &str| {
        !part.is_empty()
            && part.chars().all(|c| c.is_ascii_digit())
            && (part == "0" || !part.starts_with('0'))
    };
    core.split('.').count() == 3 && core.split('.').all(number)
}

impl Problem {
    /// As a diagnostic about a file of this kind, without its place.
    pub(crate) fn to_diagnostic(&self) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(self.code, self.to_string());
        diagnostic.help.clone_from(&self.help);
        diagnostic
    }

    fn to_warning(&self, code: &'static str) -> Diagnostic {
        let mut diagnostic = Diagnostic::warning(code, format!("{self} (talhelper ignores it)"));
        diagnostic.help.clone_from(&self.help);
        diagnostic
    }
}

/// Puts the contents of files in.
struct Contents<'c> {
    folder: &'c Path,
    files: &'c dyn Files,
    env: &'c Talenv,
    document: &'c Document,
    problems: Vec<Diagnostic>,
}

impl Contents<'_> {
    fn manifests(&mut self, mut root: Value) -> Value {
        let count = root.items("inlineManifests").len();
        for at in 0..count {
            let found = self.content(
                &root.items("inlineManifests")[at],
                "contents",
                &format!("inlineManifests.[{at}].contents"),
            );
            if let (Some(text), Some(item)) = (found, item_mut(&mut root, "inlineManifests", at)) {
                set(item, "contents", &text);
            }
        }
        root
    }

    fn nodes(&mut self, root: &Value) -> Vec<super::Node> {
        let mut nodes = Vec::new();
        for (index, value) in root.items("nodes").iter().enumerate() {
            let section = if value.flag("controlPlane") { "controlPlane" } else { "worker" };
            let mut node = merge::merged(index, value.clone(), root.get(section));
            let at_node = format!("nodes.[{index}]");
            let at = if node.inherited.contains(&"machineFiles") { section } else { &at_node };
            for n in 0..node.items("machineFiles").len() {
                let path = format!("{at}.machineFiles.[{n}].content");
                let found = self.content(&node.items("machineFiles")[n], "content", &path);
                if let (Some(text), Some(item)) = (found, item_mut(&mut node.value, "machineFiles", n)) {
                    set(item, "content", &text);
                }
            }
            nodes.push(node);
        }
        nodes
    }

    /// The content of the file that `key` of an item refers to; none when it refers to none.
    fn content(&mut self, item: &Value, key: &str, at: &str) -> Option<String> {
        let path = files::reference(item.text(key), self.folder)?;
        match self.read(&path, !item.flag("skipEnvsubst")) {
            Ok(text) => Some(text),
            Err(problem) => {
                let place = self.document.location(find(self.document.root(), at));
                let problem = (*problem).at(place);
                if !self.problems.iter().any(|known| known.message == problem.message) {
                    self.problems.push(problem);
                }
                None
            }
        }
    }

    fn read(&self, path: &Path, substitute: bool) -> Result<String, Box<Diagnostic>> {
        let name = path.display();
        let wrong = |code, message: String| Box::new(Diagnostic::error(code, format!("{name}: {message}")));
        let text = self.files.text(path).map_err(|message| wrong("talos/file", message))?;
        files::check(path, &text).map_err(|found| {
            let mut wrong = wrong(found.code, found.message);
            wrong.help = found.help;
            wrong
        })?;
        if !substitute {
            return Ok(text);
        }
        let bare = goyaml::without_comments(&text).map_err(|error| {
            let wrong = wrong(error.code, error.message);
            Box::new(wrong.with_help("set skipEnvsubst: true for files that are not YAML"))
        })?;
        substituted(&bare, self.env).map_err(|problem| wrong(problem.code, problem.message))
    }
}

/// A text with its variables put in; what is wrong names all that have no value.
pub(crate) fn substituted(text: &str, env: &Talenv) -> Result<String, Problem> {
    let done = talos::substitute(text, &[], &|name| env.get(name));
    done.map(|done| done.text).map_err(|failed| {
        let words: Vec<_> = failed.iter().map(talos::Unresolved::message).collect();
        let code = failed.first().map_or("talos/variable-unset", talos::Unresolved::code);
        Problem::new(code, words.join(", "))
    })
}

fn item_mut<'v>(value: &'v mut Value, key: &str, at: usize) -> Option<&'v mut Value> {
    let Value::Mapping(mapping) = value else { return None };
    match mapping.get_mut(key) {
        Some(Value::Sequence(items)) => items.get_mut(at),
        _ => None,
    }
}

fn set(item: &mut Value, key: &'static str, text: &str) {
    if let Value::Mapping(mapping) = item {
        mapping.insert(key, text);
    }
}
