//! Machine configurations: their structure and what Talos would refuse, a JSON Schema where one is given, and talosctl
//! where that is asked for.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Location, Outcome, Source, program};
use jsonschema::Validator;
use machineconfig::{Config, Mode, Problem};
use yaml::{Dialect, Node};

use crate::cli::ValidateArgs;

/// How machine configurations are checked.
pub(super) struct Machines {
    mode: Mode,
    strict: bool,
    schema: Option<Validator>,
    talosctl: Option<PathBuf>,
}

/// Whether a text is one, and no talconfig: by the keys of its documents.
pub(super) fn is_machine(text: &str) -> bool {
    yaml::parse(text).is_ok_and(|stream| {
        stream.documents.iter().any(|document| {
            let has = |key| document.root.get(key).is_some();
            (has("kind") && has("apiVersion")) || (!has("nodes") && (has("machine") || has("cluster")))
        })
    })
}

impl Machines {
    pub(super) fn new(args: &ValidateArgs) -> Outcome<Self> {
        let schema = args.schema.as_deref().map(schema).transpose()?;
        let hint = "needed for --with talosctl; the checks built in need no other program";
        let talosctl = args.with.as_deref().map(|name| program::find(name, hint)).transpose()?;
        let mode = Mode::parse(&args.mode).unwrap_or(Mode::Metal);
        Ok(Self { mode, strict: args.strict, schema, talosctl })
    }

    /// All findings.
    pub(super) fn check(&self, source: &Arc<Source>) -> Outcome<Vec<Diagnostic>> {
        let documents = yaml::parse(source.text())
            .map_err(|error| Failure::from(Diagnostic::from_yaml(source, error)))?
            .documents;
        let roots: Vec<&Node> = documents.iter().map(|document| &document.root).collect();
        let mut findings: Vec<Diagnostic> = match Config::load(source.text()) {
            Ok(config) => {
                let problems = config.check(self.mode).into_iter().chain(config.later());
                problems.map(|problem| at_path(source, &roots, &problem)).collect()
            }
            Err(problems) => problems.iter().map(|problem| at_path(source, &roots, problem)).collect(),
        };
        if let Some(validator) = &self.schema {
            for root in &roots {
                findings.extend(by_schema(validator, source, root));
            }
        }
        if let Some(talosctl) = &self.talosctl {
            findings.extend(self.by_talosctl(talosctl, source)?);
        }
        Ok(findings)
    }

    fn by_talosctl(&self, talosctl: &Path, source: &Arc<Source>) -> Outcome<Option<Diagnostic>> {
        // Through a pipe: what is checked is what was read.
        let mut args = vec!["validate", "--config", "/dev/stdin", "--mode", self.mode.name()];
        args.extend(self.strict.then_some("--strict"));
        let args: Vec<_> = args.into_iter().map(Into::into).collect();
        let ended = program::run(talosctl, &args, source.text().as_bytes(), None)?;
        if ended.success {
            return Ok(None);
        }
        let said = without_values(&String::from_utf8_lossy(&ended.stderr));
        Ok(Some(Diagnostic::error("talos/talosctl", format!("talosctl: {said}")).in_file(source.name())))
    }
}

/// What talosctl said, on one line. Of keys it does not know it prints the values too, which may be secret; the keys are
/// findings of ours already.
fn without_values(said: &str) -> String {
    const UNKNOWN: &str = "unknown keys found during decoding:";
    let said = match said.split_once(UNKNOWN) {
        Some((before, _)) => format!("{before}unknown keys found"),
        None => said.to_owned(),
    };
    said.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn schema(path: &Path) -> Outcome<Validator> {
    let source = Arc::new(cliutil::read_file(path)?);
    let wrong = |why: String| Failure::new("talos/json-schema", format!("{}: {why}", path.display()));
    let json: serde_json::Value =
        serde_json::from_str(source.text()).map_err(|error| wrong(format!("this is no JSON: {error}")))?;
    jsonschema::validator_for(&json).map_err(|error| wrong(format!("this is no JSON Schema: {error}")))
}

/// A problem with its place: its own, else where its path leads.
fn at_path(source: &Arc<Source>, roots: &[&Node], problem: &Problem) -> Diagnostic {
    let mut diagnostic = match problem.code {
        // Talos warns of the first too, unless it is told to be strict; of the second the installer's tag is all we know.
        "talos/deprecated" | "talos/later" => Diagnostic::warning(problem.code, problem.to_string()),
        code => Diagnostic::error(code, problem.to_string()),
    };
    diagnostic.help.clone_from(&problem.help);
    let span = problem.span.or_else(|| find(roots, &problem.path).map(|node| node.span));
    match span {
        Some(span) => diagnostic.at(Location::new(source, span.range())),
        None => diagnostic.in_file(source.name()),
    }
}

/// The node at a path: `machine.install`, or the name of a document (`LinkConfig/eth0`).
fn find<'n>(roots: &[&'n Node], path: &str) -> Option<&'n Node> {
    let text = |root: &'n Node, key| root.get(key).and_then(Node::as_str).unwrap_or_default();
    let (kind, name) = path.split_once('/').unwrap_or((path, ""));
    let named = roots
        .iter()
        .find(|root| !kind.is_empty() && text(root, "kind") == kind && text(root, "name") == name);
    if let Some(root) = named {
        return Some(root);
    }
    let mut node: &Node = roots.iter().find(|root| root.get("kind").is_none())?;
    for part in path.split(['.', '[']).map(|part| part.trim_end_matches(']')) {
        let next = match part.parse::<usize>() {
            Ok(index) => node.as_sequence().and_then(|items| items.get(index)),
            Err(_) => node.get(part),
        };
        match next {
            Some(next) => node = next,
            None => break,
        }
    }
    Some(node)
}

/// What the schema says of a document. Its words quote values, so only the rule is named.
fn by_schema(validator: &Validator, source: &Arc<Source>, root: &Node) -> Vec<Diagnostic> {
    let Ok(value) = yaml::to_value(root, Dialect::GoYamlV3) else { return Vec::new() };
    let json = serde_json::Value::from(value);
    let finding = |error: jsonschema::ValidationError<'_>| {
        let pointer = error.instance_path().to_string();
        let mut node = root;
        for part in pointer.split('/').filter(|part| !part.is_empty()) {
            let part = part.replace("~1", "/").replace("~0", "~");
            let next = match node.as_sequence() {
                Some(items) => part.parse::<usize>().ok().and_then(|at| items.get(at)),
                None => node.get(&part),
            };
            node = next.unwrap_or(node);
        }
        let path = pointer.trim_start_matches('/').replace('/', ".");
        let rule = error.kind().keyword();
        let message =
            format!("{}: not as the JSON Schema says ({rule})", if path.is_empty() { "." } else { &path });
        Diagnostic::error("talos/json-schema", message).at(Location::new(source, node.span.range()))
    };
    validator.iter_errors(&json).map(finding).collect()
}
