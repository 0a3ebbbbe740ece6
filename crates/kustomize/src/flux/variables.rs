//! The variables of a Flux Kustomization, and the ConfigMaps and Secrets they come from.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cliutil::Diagnostic;
use yaml::Value;

use super::Kustomization;
use crate::codes;
use crate::file::Problems;
use crate::resource::Resource;

/// Values by key.
type Data = Arc<BTreeMap<String, String>>;

/// The ConfigMaps and Secrets that variables may come from.
#[derive(Clone, Default)]
pub struct Sources {
    data: HashMap<(&'static str, String, String), Data>,
}

impl Sources {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a ConfigMap or Secret with its data, decoded.
    pub fn insert(&mut self, kind: &str, namespace: &str, name: &str, data: BTreeMap<String, String>) {
        if let Some(kind) = kind_of(kind) {
            self.data.insert((kind, namespace.to_owned(), name.to_owned()), Arc::new(data));
        }
    }

    /// Adds an object when it is a ConfigMap or Secret. A value that sops has encrypted is replaced by a text that
    /// could be part of a host name, `placeholder-` and the key.
    pub fn add(&mut self, resource: &Resource) {
        if let Some(data) = variables(resource) {
            self.insert(resource.kind(), resource.namespace(), resource.name(), data);
        }
    }

    /// The data of one.
    fn get(&self, kind: &str, namespace: &str, name: &str) -> Option<&Data> {
        self.data.get(&(kind_of(kind)?, namespace.to_owned(), name.to_owned()))
    }

    /// Whether everything is here that a Kustomization takes variables from.
    pub(super) fn complete_for(&self, flux: &Kustomization, optional_too: bool) -> bool {
        flux.post_build.iter().flat_map(|build| &build.from).all(|from| {
            from.optional && !optional_too || self.get(&from.kind, &flux.namespace, &from.name).is_some()
        })
    }
}

impl std::fmt::Debug for Sources {
    /// Never the data: it may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.data.keys()).finish()
    }
}

/// What variables a ConfigMap or Secret holds: its values, decoded. None of any other object.
pub fn variables(resource: &Resource) -> Option<BTreeMap<String, String>> {
    let kind = kind_of(resource.kind()).filter(|_| resource.api_version() == "v1")?;
    let value = resource.value();
    let mut data = BTreeMap::new();
    for (field, encoded) in [("data", kind == "Secret"), ("stringData", false)] {
        let texts = value.get(field).and_then(Value::as_mapping);
        for (key, text) in texts.into_iter().flat_map(yaml::Mapping::iter) {
            let (Some(key), Some(text)) = (key.as_str(), text.as_str()) else { continue };
            data.insert(key.to_owned(), plain(key, text, encoded));
        }
    }
    Some(data)
}

fn kind_of(kind: &str) -> Option<&'static str> {
    ["ConfigMap", "Secret"].into_iter().find(|known| *known == kind)
}

fn plain(key: &str, text: &str, encoded: bool) -> String {
    if text.starts_with("ENC[") {
        return format!("placeholder-{}", key.to_ascii_lowercase().replace('_', "-"));
    }
    if !encoded {
        return text.to_owned();
    }
    let packed: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD
        .decode(packed)
        .map_or_else(|_| text.to_owned(), |bytes| String::from_utf8_lossy(&bytes).into_owned())
}

/// The variables of a Kustomization.
pub(super) struct Variables {
    pub(super) values: BTreeMap<String, String>,
    /// The names of those that come out of a Secret.
    pub(super) secret: BTreeSet<String>,
    /// Where a ConfigMap or Secret was not found, so that an unset variable may be in it.
    pub(super) incomplete: bool,
}

impl Variables {
    /// Sets a variable over what it was. Line breaks are no part of it.
    fn set(&mut self, name: &str, value: &str, is_secret: bool) {
        self.values.insert(name.to_owned(), value.replace('\n', ""));
        if is_secret {
            self.secret.insert(name.to_owned());
        } else {
            self.secret.remove(name);
        }
    }
}

/// Collects the variables: of references the later one wins, over all of them what is written in the object itself.
pub(super) fn collect(
    flux: &Kustomization,
    sources: &Sources,
    assume: bool,
    warnings: &mut Vec<Diagnostic>,
) -> Result<Variables, Problems> {
    let mut variables = Variables { values: BTreeMap::new(), secret: BTreeSet::new(), incomplete: false };
    let mut problems = Problems::new();
    let Some(build) = &flux.post_build else { return Ok(variables) };
    for (n, from) in build.from.iter().enumerate() {
        let n = n.to_string();
        let path = ["spec", "postBuild", "substituteFrom", &n, "name"];
        if kind_of(&from.kind).is_none() {
            let path = ["spec", "postBuild", "substituteFrom", &n, "kind"];
            let problem = flux.error(codes::FLUX_FIELD, "variables come from a ConfigMap or a Secret", &path);
            problems.push(problem.with_help("write kind: ConfigMap or kind: Secret"));
            continue;
        }
        match sources.get(&from.kind, &flux.namespace, &from.name) {
            Some(data) => {
                for (name, value) in data.iter() {
                    let place = || format!("{} of {} {}", name, from.kind, from.name);
                    problems.extend(check_name(flux, name, place, &path));
                    variables.set(name, value, from.kind == "Secret");
                }
            }
            None if from.optional => {}
            None => {
                let (kind, name) = (&from.kind, &from.name);
                let message = format!("there is no {kind} {name} in namespace {}", flux.namespace);
                let mut problem = flux.error(codes::SUBSTITUTE_FROM, message, &path);
                problem.help = Some(
                    "add it to what Flux applies there before, or say optional: true if it may be missing"
                        .to_owned(),
                );
                if assume {
                    problem.severity = cliutil::Severity::Warning;
                    variables.incomplete = true;
                    warnings.push(problem);
                } else {
                    problems.push(problem);
                }
            }
        }
    }
    for (name, value) in &build.substitute {
        problems.extend(check_name(flux, name, || name.clone(), &["spec", "postBuild", "substitute", name]));
        variables.set(name, value, false);
    }
    if problems.is_empty() { Ok(variables) } else { Err(problems) }
}

fn check_name(
    flux: &Kustomization,
    name: &str,
    shown: impl Fn() -> String,
    path: &[&str],
) -> Option<Diagnostic> {
    let mut chars = name.chars();
    let first = chars.next().is_some_and(|c| c == '_' || c.is_ascii_alphabetic());
    if first && chars.all(|c| c == '_' || c.is_ascii_alphanumeric()) {
        return None;
    }
    let problem = flux.error(codes::VARIABLE_NAME, format!("{} is no name for a variable", shown()), path);
    Some(problem.with_help("letters, digits and _ only, and no digit first"))
}
