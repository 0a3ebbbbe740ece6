//! The schemas of a run, and the verdict on an object.

use yaml::{Dialect, Node, Span};

use crate::bundle::{BUNDLE, Definitions, Kind, definition_name};
use crate::check::{Allowed, Checker, Scoped, StandIns};
use crate::data::{Key, Tree, Value, Yaml};
use crate::finding::{Finding, Type, Verdict};
use crate::lifecycle::{self, Lifecycle};
use crate::location::{Found, Location, LocationError};
use crate::name;
use crate::unknown;
use crate::version::KubernetesVersion;

/// Lists in lists are opened this deep.
const MAX_LISTS: usize = 4;

/// The definition of every object's metadata.
const METADATA: &str = "meta.v1.ObjectMeta";

/// The schemas that objects are checked against: for one version of Kubernetes, from one or more locations.
///
/// It can be used from many threads at once; what it reads on the way is kept, so that further objects of a kind cost
/// little. The outcome does not depend on the order in which objects are checked.
#[derive(Debug)]
pub struct Schemas {
    version: KubernetesVersion,
    /// As kubeconform's templates have it: `v1.34.2`, or `master` when none was named.
    normalized: String,
    /// Index of the bundle's source for it.
    kubernetes: usize,
    locations: Vec<Location>,
    stand_ins: StandIns,
}

/// There are no schemas of a version of Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there are no schemas of Kubernetes {wanted}; there are those of {}", shown(.known))]
pub struct NotBundled {
    /// The version that was asked for.
    pub wanted: KubernetesVersion,
    /// The versions there are, oldest first.
    pub known: Vec<KubernetesVersion>,
}

fn shown(versions: &[KubernetesVersion]) -> String {
    versions.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

impl Schemas {
    /// The schemas in the binary, for the version of Kubernetes that the catalogue pins.
    pub fn bundled() -> Self {
        let newest = BUNDLE.versions().next_back();
        let pinned = crate::PINNED.parse().ok().filter(|pinned| BUNDLE.kubernetes(*pinned).is_some());
        let version = pinned.or(newest).unwrap_or(KubernetesVersion { major: 1, minor: 0 });
        Self {
            version,
            normalized: "master".to_owned(),
            kubernetes: BUNDLE.kubernetes(version).unwrap_or_default(),
            locations: vec![Location::Bundle],
            stand_ins: StandIns::None,
        }
    }

    /// Takes another version of Kubernetes: `1.34`, `v1.34.2`.
    ///
    /// # Errors
    /// There are no schemas of it.
    pub fn for_kubernetes(mut self, version: &str) -> Result<Self, VersionError> {
        let wanted = version.parse().map_err(|_| VersionError::NoVersion(version.to_owned()))?;
        self.kubernetes = BUNDLE
            .kubernetes(wanted)
            .ok_or_else(|| NotBundled { wanted, known: Self::kubernetes_versions().collect() })?;
        self.version = wanted;
        self.normalized = format!("v{}", version.trim_start_matches('v'));
        Ok(self)
    }

    /// Takes these locations, tried in order: `default` is the bundle, others are a file of CustomResourceDefinitions,
    /// a folder of them or of JSON Schemas, or a template of paths as kubeconform has it.
    ///
    /// # Errors
    /// A location that cannot be used.
    pub fn with_locations<'l>(
        mut self,
        locations: impl IntoIterator<Item = &'l str>,
    ) -> Result<Self, LocationError> {
        self.locations = locations.into_iter().map(Location::named).collect::<Result<_, _>>()?;
        Ok(self)
    }

    /// Puts one more location before those there are.
    ///
    /// # Errors
    /// A location that cannot be used.
    pub fn with_location(mut self, location: &str) -> Result<Self, LocationError> {
        self.locations.insert(0, Location::named(location)?);
        Ok(self)
    }

    /// Accepts text with `${…}` wherever it stands: Flux replaces it before the object is applied.
    #[must_use]
    pub fn with_substitutions(mut self, accepted: bool) -> Self {
        self.stand_ins = if accepted { StandIns::Variables } else { StandIns::None };
        self
    }

    /// The version of Kubernetes that objects are checked for.
    pub fn version(&self) -> KubernetesVersion {
        self.version
    }

    /// The versions of Kubernetes whose schemas are in the binary, oldest first.
    pub fn kubernetes_versions() -> impl DoubleEndedIterator<Item = KubernetesVersion> {
        BUNDLE.versions()
    }

    /// Whether objects of a type belong to a namespace; none when the bundle does not know the type.
    pub fn is_namespaced(&self, what: &Type) -> Option<bool> {
        BUNDLE.kind(&what.key(), self.kubernetes).map(|kind| kind.namespaced)
    }

    /// The JSON Schema of a type as the bundle has it, its references to other definitions left as they are.
    pub fn json_schema(&self, what: &Type) -> Option<&'static str> {
        let key = what.key();
        let text = BUNDLE.definitions(BUNDLE.kind(&key, self.kubernetes)?.source);
        text.source(text.find(&definition_name(&key))?)
    }

    /// The verdict on an object of a YAML text, as `dialect` reads it. A `List` is opened.
    pub fn validate(&self, object: &Node, dialect: Dialect) -> Verdict {
        self.check(Yaml::new(object, dialect))
    }

    /// The verdict on an object of any tree.
    pub fn check<'a, T: Tree<'a>>(&self, object: T) -> Verdict {
        self.check_with(object, self.stand_ins)
    }

    /// The verdict on an object in which such text stands for other values.
    pub fn check_with<'a, T: Tree<'a>>(&self, object: T, stand_ins: StandIns) -> Verdict {
        self.check_at(object, stand_ins, MAX_LISTS)
    }

    fn check_at<'a, T: Tree<'a>>(&self, object: T, stand_ins: StandIns, lists: usize) -> Verdict {
        let Value::Map(entries) = object.value() else {
            let finding =
                Finding::error("schema/not-an-object", "this is no object: it is no mapping", object.span());
            return Verdict { what: None, has_schema: false, findings: vec![finding] };
        };
        let (what, place, missing) = identify(&entries, object.span());
        let Some(what) = what else {
            return Verdict { what: None, has_schema: false, findings: missing };
        };
        if what.kind == "List" && what.api_version == "v1" && lists > 0 {
            return self.check_items(what, entries, stand_ins, lists);
        }
        let encrypted = is_encrypted(entries.clone());
        let allowed = Allowed { encrypted, stand_ins };
        let name = name::finding(&what, entries, |name| allowed.stands_for(name).is_some());
        let mut verdict = self.verdict(what, place, allowed, object);
        verdict.findings.extend(name);
        verdict
    }

    fn check_items<'a, T: Tree<'a>>(
        &self,
        what: Type,
        mut entries: impl Iterator<Item = (Key<'a>, T)>,
        stand_ins: StandIns,
        lists: usize,
    ) -> Verdict {
        let mut verdict = Verdict { what: Some(what), has_schema: true, findings: Vec::new() };
        let items = entries.find(|(key, _)| key.text == "items").map(|(_, value)| value.value());
        if let Some(Value::List(items)) = items {
            for item in items {
                let one = self.check_at(item, stand_ins, lists - 1);
                verdict.has_schema &= one.has_schema;
                verdict.findings.extend(one.findings);
            }
        }
        verdict
    }

    fn verdict<'a, T: Tree<'a>>(&self, what: Type, place: Span, allowed: Allowed, object: T) -> Verdict {
        let mut findings = Vec::new();
        let key = what.key();
        for location in &self.locations {
            match location {
                Location::Bundle => {
                    let Some(kind) = BUNDLE.kind(&key, self.kubernetes) else { continue };
                    let text = BUNDLE.definitions(kind.source);
                    let Some(schema) = text.find(&definition_name(&key)).and_then(|at| text.get(at)) else {
                        continue;
                    };
                    findings.extend(self.warning(&what, &key, kind, place));
                    let mut of_fields =
                        self.fields(Scoped { schema, definitions: text }, allowed, place, object);
                    if what.group() == "notification.toolkit.fluxcd.io" {
                        of_fields.retain(|finding| !is_of_operator(finding, object));
                    }
                    findings.extend(of_fields);
                    return Verdict { what: Some(what), has_schema: true, findings };
                }
                Location::Files(outside) => match outside.find(&what, &self.normalized) {
                    Found::Nothing => {}
                    Found::Schema(loaded) => {
                        if let Some(schema) = loaded.get(0) {
                            let scoped = Scoped { schema, definitions: &*loaded };
                            findings.extend(unsupported(&what, &loaded.unsupported, place));
                            findings.extend(self.fields(scoped, allowed, place, object));
                        }
                        return Verdict { what: Some(what), has_schema: true, findings };
                    }
                    Found::Broken(broken) => {
                        let (path, words) = &*broken;
                        let message = format!("{what}: the schema {} is none: {words}", path.display());
                        findings.push(Finding::error("schema/unreadable", message, place));
                        return Verdict { what: Some(what), has_schema: false, findings };
                    }
                },
            }
        }
        let has_bundle = self.locations.iter().any(|location| matches!(location, Location::Bundle));
        findings.push(unknown::finding(&what, self.version, self.kubernetes, has_bundle, place));
        Verdict { what: Some(what), has_schema: false, findings }
    }

    fn fields<'a, T: Tree<'a>>(
        &self,
        schema: Scoped,
        allowed: Allowed,
        place: Span,
        object: T,
    ) -> Vec<Finding> {
        let text = BUNDLE.definitions(self.kubernetes);
        let metadata = text.find(METADATA).and_then(|at| text.get(at));
        let metadata = metadata.map(|schema| Scoped { schema, definitions: text });
        Checker::new(metadata, allowed, place).run(schema, object)
    }

    /// A version that is deprecated, or not served.
    fn warning(&self, what: &Type, key: &str, kind: Kind, place: Span) -> Option<Finding> {
        if kind.unserved {
            let help =
                unknown::other_versions(what, self.kubernetes).map(|versions| format!("use {versions}"));
            // An older operator, whose definitions are not ours, may serve it.
            let message = format!("{what} is not served by current versions of its operator");
            return Some(Finding { help, ..Finding::warning("api/not-served", message, place) });
        }
        let facts =
            lifecycle::of(key).filter(|facts| facts.deprecated.is_some_and(|since| since <= self.version));
        if let Some(facts) = facts {
            return Some(deprecated(what, facts, place));
        }
        if kind.deprecated {
            let help =
                unknown::other_versions(what, self.kubernetes).map(|versions| format!("use {versions}"));
            let message = format!("{what} is deprecated");
            return Some(Finding { help, ..Finding::warning("api/deprecated", message, place) });
        }
        None
    }
}

/// Whether a value is a kind of the Flux operator's, which adds its own to those that Alerts and Receivers take (its
/// patches of notification-controller, 0.20 and later).
fn is_of_operator<'a, T: Tree<'a>>(finding: &Finding, object: T) -> bool {
    let is_kind = finding.steps.last().is_some_and(|step| step == "kind");
    let value = finding.steps.iter().try_fold(object, |value, step| match value.value() {
        Value::Map(mut entries) => entries.find(|(key, _)| key.text == step).map(|(_, value)| value),
        Value::List(mut items) => items.nth(step.parse().ok()?),
        _ => None,
    });
    let known = ["FluxInstance", "ResourceSet", "ResourceSetInputProvider"];
    finding.code == "schema/enum"
        && is_kind
        && value.is_some_and(|value| matches!(value.value(), Value::Text(text) if known.contains(&text)))
}

fn deprecated(what: &Type, facts: Lifecycle, place: Span) -> Finding {
    let since = facts.deprecated.map(|since| format!(" since Kubernetes {since}")).unwrap_or_default();
    let end = facts.removed.map(|removed| format!(", and not served from {removed} on")).unwrap_or_default();
    let finding = Finding::warning("api/deprecated", format!("{what} is deprecated{since}{end}"), place);
    match facts.replacement {
        "" => finding,
        replacement => finding.with_help(format!("use {replacement}")),
    }
}

fn unsupported(what: &Type, keywords: &[String], place: Span) -> Option<Finding> {
    let message = format!("the schema of {what} uses what is not checked here: {}", keywords.join(", "));
    (!keywords.is_empty()).then(|| Finding::note("schema/unsupported", message, place))
}

/// What an object says it is, where it says so, and what it does not say.
fn identify<'a, T: Tree<'a>>(
    entries: &(impl Iterator<Item = (Key<'a>, T)> + Clone),
    span: Span,
) -> (Option<Type>, Span, Vec<Finding>) {
    let mut missing = Vec::new();
    let mut place = entries.clone().next().map_or(span, |(key, _)| key.span);
    let mut text = |name: &str| {
        let found = entries.clone().find(|(key, _)| key.text == name).map(|(_, value)| value);
        match found.map(|value| (value.value(), value.span())) {
            Some((Value::Text(text), at)) if !text.is_empty() => {
                place = at;
                return Some(text.to_owned());
            }
            Some((Value::Null | Value::Text(_), _)) | None => {
                missing.push(Finding::error(
                    "schema/missing-field",
                    format!("the object has no {name}"),
                    place,
                ));
            }
            Some((_, at)) => {
                missing.push(Finding::error("schema/type", format!("{name} must be a string"), at));
            }
        }
        None
    };
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    let what = api_version.zip(kind).map(|(api_version, kind)| Type { api_version, kind });
    (what, place, missing)
}

/// Whether SOPS encrypted an object: its metadata stands there, with a MAC.
fn is_encrypted<'a, T: Tree<'a>>(mut entries: impl Iterator<Item = (Key<'a>, T)>) -> bool {
    let sops = entries.find(|(key, _)| key.text == "sops").map(|(_, value)| value.value());
    match sops {
        Some(Value::Map(mut fields)) => fields.any(|(key, _)| key.text == "mac"),
        _ => false,
    }
}

/// What cannot be taken as a version of Kubernetes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VersionError {
    /// It is none.
    #[error("{0:?} is no version of Kubernetes: it looks like 1.34 or v1.34.2")]
    NoVersion(String),
    /// There are no schemas of it.
    #[error(transparent)]
    NotBundled(#[from] NotBundled),
}
