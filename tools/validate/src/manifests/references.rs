//! References between Flux objects as the cluster gets them: dependencies, sources, and the Secrets and ConfigMaps that
//! values come from. Each is looked up in the namespace in which the referring object really lives.

use std::collections::{BTreeMap, BTreeSet};

use cliutil::{Diagnostic, Severity, did_you_mean};
use yaml::Value;

use super::flux::{BOOTSTRAP, HELM_GROUP, KUSTOMIZE_GROUP, SOURCE_GROUP};
use super::graph::{self, Edges};
use super::kustomization::Kustomization;
use super::object::{Object as Written, items as listed, text as said};
use super::tree::{File, Tree};
use crate::applied::{Cluster, Object, flag, text};
use crate::rules::{Made, is_open};

/// Namespace and name.
type Name = (String, String);

/// Kinds of sources.
const SOURCES: [&str; 6] =
    ["GitRepository", "OCIRepository", "Bucket", "HelmRepository", "HelmChart", "ExternalArtifact"];

/// What a cluster's Flux objects refer to and is not there, and what waits for itself.
pub(super) fn check(tree: &Tree, cluster: &Cluster, made: &Made) -> Vec<Diagnostic> {
    let mut check =
        Check { known: Known::new(tree, cluster, made), brought: BTreeSet::new(), findings: Vec::new() };
    for (group, kind) in [(KUSTOMIZE_GROUP, "Kustomization"), (HELM_GROUP, "HelmRelease")] {
        let own: Vec<_> = cluster.all().filter(|object| object.is(group, kind)).collect();
        for object in &own {
            check.depends_on(kind, object);
        }
        check.dependency_cycles(kind, &own);
    }
    for object in cluster.all() {
        let group = object.id.group.as_str();
        if object.owner.is_some() && object.id.namespace.is_empty() && group.ends_with(".fluxcd.io") {
            check.findings.push(no_namespace(object));
        }
        match (group, object.id.kind.as_str()) {
            (KUSTOMIZE_GROUP, "Kustomization") => check.kustomization(object),
            (HELM_GROUP, "HelmRelease") => check.helm_release(object),
            (SOURCE_GROUP | "notification.toolkit.fluxcd.io", _) => {
                check.secret_ref(object, &["spec", "secretRef"], Severity::Warning);
            }
            _ => {}
        }
    }
    check.findings
}

fn no_namespace(object: &Object) -> Diagnostic {
    let message = format!("{} {} is given no namespace", object.id.kind, object.id.name);
    object
        .finding(Severity::Error, "flux/no-namespace", message, NAME)
        .with_help("set metadata.namespace, or namespace in the kustomization that lists it")
}

/// Where a message about a whole object points.
const NAME: &[&str] = &["metadata", "name"];

/// The namespace an object lives in. What is applied before Flux runs goes to its namespace where none is said.
fn home(cluster: &Cluster, object: &Object) -> String {
    match object.id.namespace.as_str() {
        "" if cluster.is_flux && object.owner.is_none() => BOOTSTRAP.to_owned(),
        namespace => namespace.to_owned(),
    }
}

fn shown((namespace, name): &Name) -> String {
    if namespace.is_empty() { name.clone() } else { format!("{namespace}/{name}") }
}

/// What there is, by kind.
struct Known<'t> {
    tree: &'t Tree,
    cluster: &'t Cluster,
    made: &'t Made,
    /// The kinds but for Secrets and ConfigMaps.
    names: BTreeMap<&'static str, BTreeSet<Name>>,
}

impl<'t> Known<'t> {
    fn new(tree: &'t Tree, cluster: &'t Cluster, made: &'t Made) -> Self {
        let mut known = Self { tree, cluster, made, names: BTreeMap::new() };
        known.start(BOOTSTRAP, BOOTSTRAP);
        for object in cluster.all() {
            known.add_object(object);
        }
        known
    }

    fn add(&mut self, kind: &'static str, namespace: &str, name: &str) {
        self.names.entry(kind).or_default().insert((namespace.to_owned(), name.to_owned()));
    }

    /// The source that Flux starts with, and the Kustomization that applies it.
    fn start(&mut self, namespace: &str, name: &str) {
        for kind in ["Kustomization", "GitRepository", "OCIRepository", "Bucket"] {
            self.add(kind, namespace, name);
        }
    }

    fn add_object(&mut self, object: &Object) {
        let namespace = &home(self.cluster, object);
        let own = object.id.name.as_str();
        match (object.id.group.as_str(), object.id.kind.as_str()) {
            (KUSTOMIZE_GROUP, "Kustomization") => self.add("Kustomization", namespace, own),
            (HELM_GROUP, "HelmRelease") => {
                self.add("HelmRelease", namespace, own);
                if own == "flux-instance" {
                    let name = object.text(&["spec", "values", "instance", "sync", "name"]);
                    self.start(namespace, name.unwrap_or(namespace));
                }
            }
            // The Flux operator names both after the namespace, where nothing else is said.
            ("fluxcd.controlplane.io", "FluxInstance") => {
                self.start(namespace, object.text(&["spec", "sync", "name"]).unwrap_or(namespace));
            }
            (SOURCE_GROUP, kind) => {
                if let Some(kind) = SOURCES.iter().find(|known| **known == kind) {
                    self.add(kind, namespace, own);
                }
            }
            ("source.extensions.fluxcd.io", "ArtifactGenerator") => {
                let artifacts = object.items(&["spec", "artifacts"]).iter();
                for name in artifacts.filter_map(|artifact| text(artifact, &["name"])) {
                    self.add("ExternalArtifact", namespace, name);
                }
            }
            _ => {}
        }
    }

    fn names(&self, kind: &str) -> Option<&BTreeSet<Name>> {
        match kind {
            "Secret" => Some(&self.made.secrets),
            "ConfigMap" => Some(&self.made.configs),
            _ => self.names.get(kind),
        }
    }

    fn has(&self, kind: &str, name: &Name) -> bool {
        self.names(kind).is_some_and(|names| names.contains(name))
    }

    /// Whether nothing can be said of a missing object: it stands in some file, and something could not be built.
    fn may_come(&self, kind: &str, name: &Name) -> bool {
        self.cluster.has_failures()
            && (!self.tree.broken.is_empty() || self.stands_in(kind, &name.1).is_some())
    }

    /// A file with an object of that kind and name, or with a generator of it.
    fn stands_in(&self, kind: &str, name: &str) -> Option<&'t str> {
        let is_it = |one: &Written| one.kind == kind && one.name == name;
        let written = self.tree.files.iter().find(|file| file.objects.iter().any(is_it));
        let key = match kind {
            "ConfigMap" => "configMapGenerator",
            "Secret" => "secretGenerator",
            _ => return written.map(File::name),
        };
        let makes = |one: &Kustomization<'_>| {
            listed(one.root, key).iter().any(|generator| said(generator, "name") == Some(name))
        };
        let made = || self.tree.files.iter().filter_map(Kustomization::of).find(makes).map(|one| one.file);
        written.or_else(made).map(File::name)
    }

    /// Where it may be instead.
    fn hint(&self, kind: &str, wanted: &Name, elsewhere: &str) -> String {
        let none = BTreeSet::new();
        let names = self.names(kind).unwrap_or(&none);
        let places: Vec<_> =
            names.iter().filter(|(_, name)| *name == wanted.1).map(|(place, _)| place).collect();
        if let [place] = places.as_slice()
            && !place.is_empty()
        {
            return format!("it lives in namespace {place}: {elsewhere} {place}");
        }
        if let Some(near) = did_you_mean(&wanted.1, names.iter().map(|(_, name)| name.as_str()))
            && near != wanted.1
        {
            return format!("did you mean {near}?");
        }
        if let Some(file) = self.stands_in(kind, &wanted.1) {
            return format!(
                "{file} defines one of that name, but not in this namespace, or nothing refers to it"
            );
        }
        if !self.tree.broken.is_empty() {
            return "mend the files that cannot be read first: it may stand there".to_owned();
        }
        match list(names) {
            some if some.is_empty() => "define it, or remove the reference".to_owned(),
            some => format!("define it, or remove the reference; known are {some}"),
        }
    }

    /// Namespace and name of a reference, the object's own namespace when it gives none. None for variables.
    fn target(&self, object: &Object, reference: &Value) -> Option<Name> {
        let name = text(reference, &["name"])?;
        let own = || home(self.cluster, object);
        let namespace = text(reference, &["namespace"]).map_or_else(own, str::to_owned);
        (!is_open(name) && !is_open(&namespace)).then(|| (namespace, name.to_owned()))
    }
}

/// What a reference says is there, and where it says so.
struct Reference<'r> {
    object: &'r Object,
    value: &'r Value,
    path: &'r [&'r str],
}

struct Check<'t> {
    known: Known<'t>,
    /// What patches refer to, which may be patches of every Kustomization: it is said once.
    brought: BTreeSet<(String, Name)>,
    findings: Vec<Diagnostic>,
}

impl Check<'_> {
    fn depends_on(&mut self, kind: &'static str, object: &Object) {
        for (n, value) in object.items(&["spec", "dependsOn"]).iter().enumerate() {
            let Some(name) = self.known.target(object, value) else { continue };
            if self.known.has(kind, &name) || self.known.may_come(kind, &name) {
                continue;
            }
            let message =
                format!("{kind} {} depends on {}, which is not there", object.id.name, shown(&name));
            let path = ["spec", "dependsOn", &n.to_string(), "name"];
            let finding = object.finding(Severity::Error, "flux/missing-dependency", message, &path);
            self.findings.push(finding.with_help(self.known.hint(kind, &name, "add namespace:")));
        }
    }

    fn dependency_cycles(&mut self, kind: &str, own: &[&Object]) {
        let known = &self.known;
        let name_of = |object: &Object| (home(known.cluster, object), object.id.name.clone());
        let by_name: BTreeMap<_, _> = own.iter().map(|object| (name_of(object), *object)).collect();
        let dependencies = |object: &Object| -> Vec<Option<Name>> {
            object.items(&["spec", "dependsOn"]).iter().map(|one| known.target(object, one)).collect()
        };
        let edges: Edges<Name> = by_name
            .iter()
            .map(|(name, object)| {
                let targets = dependencies(object).into_iter().flatten();
                (name.clone(), targets.filter(|target| by_name.contains_key(target)).collect())
            })
            .collect();
        for cycle in graph::cycles(&edges) {
            let chain: Vec<_> = cycle.iter().map(shown).collect();
            let message = format!("{kind}s wait for each other: {}", chain.join(" -> "));
            let mut places = cycle.windows(2).filter_map(|pair| {
                let object = by_name.get(&pair[0])?;
                let at = dependencies(object).iter().position(|one| one.as_ref() == Some(&pair[1]))?;
                let place = object.place(&["spec", "dependsOn", &at.to_string()]);
                Some((place, format!("waits for {}", shown(&pair[1]))))
            });
            let mut finding = Diagnostic::error("flux/dependency-cycle", message)
                .with_help("remove one of these dependencies: none of them would ever be applied");
            if let Some((place, words)) = places.next() {
                finding = finding.at(place).with_label(words);
            }
            for (place, words) in places {
                finding = finding.with_related(place, words);
            }
            self.findings.push(finding);
        }
    }

    fn kustomization(&mut self, object: &Object) {
        let path = ["spec", "sourceRef"];
        if let Some(value) = object.at(&path) {
            self.source(&Reference { object, value, path: &path }, "GitRepository");
        }
        self.values(object, &["spec", "postBuild", "substituteFrom"]);
        for path in [["spec", "decryption", "secretRef"], ["spec", "kubeConfig", "secretRef"]] {
            self.secret_ref(object, &path, Severity::Error);
        }
    }

    fn helm_release(&mut self, object: &Object) {
        let (by_chart, by_reference) = (["spec", "chart", "spec", "sourceRef"], ["spec", "chartRef"]);
        match (object.at(&by_reference), object.at(&by_chart)) {
            (Some(value), None) => {
                self.source(&Reference { object, value, path: &by_reference }, "OCIRepository");
            }
            (None, Some(value)) => {
                self.source(&Reference { object, value, path: &by_chart }, "HelmRepository");
            }
            _ if object.at(&["spec"]).is_none() => {}
            (given, _) => {
                let words =
                    if given.is_some() { "both chart and chartRef" } else { "neither chart nor chartRef" };
                let message = format!("HelmRelease {} has {words}", object.id.name);
                let finding = object.finding(Severity::Error, "flux/chart", message, NAME);
                self.findings.push(finding.with_help("name the chart's source with exactly one of them"));
            }
        }
        self.values(object, &["spec", "valuesFrom"]);
    }

    fn source(&mut self, reference: &Reference<'_>, default_kind: &str) {
        let Reference { object, value, path } = reference;
        let kind = text(value, &["kind"]).unwrap_or(default_kind);
        let Some(name) = self.known.target(object, value) else { return };
        if self.known.has(kind, &name) || self.known.may_come(kind, &name) {
            return;
        }
        let message = format!(
            "{} {} takes {kind} {}, which is not there",
            object.id.kind,
            object.id.name,
            shown(&name)
        );
        let finding =
            object.finding(Severity::Error, "flux/missing-source", message, &[path, &["name"][..]].concat());
        self.findings.push(finding.with_help(self.known.hint(kind, &name, "add namespace:")));
    }

    /// Secrets and ConfigMaps in the object's own namespace.
    fn values(&mut self, object: &Object, list: &[&str]) {
        for (n, value) in object.items(list).iter().enumerate() {
            if !flag(value, &["optional"]) {
                let n = n.to_string();
                let path = [list, &[n.as_str()]].concat();
                let kind = text(value, &["kind"]).unwrap_or("Secret");
                self.expect(&Reference { object, value, path: &path }, kind, Severity::Error);
            }
        }
    }

    fn secret_ref(&mut self, object: &Object, path: &[&str], severity: Severity) {
        if let Some(value) = object.at(path) {
            self.expect(&Reference { object, value, path }, "Secret", severity);
        }
    }

    fn expect(&mut self, reference: &Reference<'_>, kind: &str, severity: Severity) {
        let Reference { object, value, path } = reference;
        let Some((_, name)) = self.known.target(object, value) else { return };
        let wanted = (home(self.known.cluster, object), name);
        if self.known.has(kind, &wanted) || self.known.may_come(kind, &wanted) {
            return;
        }
        let path = [path, &["name"][..]].concat();
        let (_, is_in_file) = object.resource.origin().find(&path);
        if !is_in_file && !self.brought.insert((kind.to_owned(), wanted.clone())) {
            return;
        }
        let message = format!(
            "{} {} needs {kind} {}, which is not there",
            object.id.kind,
            object.id.name,
            shown(&wanted)
        );
        let finding = object.finding(severity, "flux/missing-reference", message, &path);
        let help = self.known.hint(kind, &wanted, "it must be in the referrer's namespace, not in");
        self.findings.push(finding.with_help(help));
    }
}

/// A few names, for a hint.
fn list(names: &BTreeSet<Name>) -> String {
    const SHOWN: usize = 8;
    // What the cluster puts into every namespace is no help.
    let named = || names.iter().filter(|(_, name)| name != "kube-root-ca.crt");
    let first: Vec<_> = named().take(SHOWN).map(shown).collect();
    match (first.len(), named().count()) {
        (some, all) if some < all => format!("{} and {} more", first.join(", "), all - some),
        _ => first.join(", "),
    }
}

/// Whether a Flux Kustomization's source is this repository: its path can then be looked for here.
pub(crate) fn is_of_this_repository(tree: &Tree, object: &Written) -> bool {
    let Some(reference) = object.at(&["spec", "sourceRef"]) else { return true };
    let kind = said(reference, "kind").unwrap_or("GitRepository");
    let name = said(reference, "name").unwrap_or_default();
    let defined = |one: &Written| one.is(SOURCE_GROUP, kind) && one.name == name;
    name == BOOTSTRAP
        || !(kind == "ExternalArtifact" || tree.files.iter().flat_map(|file| &file.objects).any(defined))
}
