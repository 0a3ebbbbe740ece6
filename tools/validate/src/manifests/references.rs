//! References between Flux objects: dependencies, sources, and the Secrets and ConfigMaps that values come from. Each
//! is looked up in the namespace in which the referring object really lives.

use std::collections::{BTreeMap, BTreeSet};

use cliutil::{Diagnostic, Severity, did_you_mean};
use yaml::Node;

use super::build::Instance;
use super::findings::Findings;
use super::flux::{BOOTSTRAP, Cluster, HELM_GROUP, KUSTOMIZE_GROUP, SOURCE_GROUP, is_kustomization};
use super::graph::{self, Edges};
use super::kustomization::Kustomization;
use super::object::{Object, is_true, items, text};
use super::tree::{File, Tree};

/// Namespace and name.
type Name = (String, String);

/// What there is, by kind.
pub(crate) struct Known<'t> {
    tree: &'t Tree,
    names: BTreeMap<&'static str, BTreeSet<Name>>,
}

/// Kinds of sources.
const SOURCES: [&str; 6] =
    ["GitRepository", "OCIRepository", "Bucket", "HelmRepository", "HelmChart", "ExternalArtifact"];

pub(crate) fn check(tree: &Tree, cluster: &Cluster, findings: &mut Findings) {
    let known = Known::new(tree, cluster);
    for (group, kind) in [(KUSTOMIZE_GROUP, "Kustomization"), (HELM_GROUP, "HelmRelease")] {
        let own: Vec<_> =
            cluster.instances.iter().filter(|instance| instance.of(tree).is(group, kind)).collect();
        for instance in &own {
            depends_on(&known, kind, instance, findings);
        }
        dependency_cycles(tree, kind, &own, findings);
    }
    for instance in &cluster.instances {
        let object = instance.of(tree);
        if cluster.reached.is_some() && instance.namespace.is_none() && object.group.ends_with(".fluxcd.io") {
            findings.push(no_namespace(tree, instance));
        }
        if is_kustomization(object) {
            known.kustomization(instance, findings);
        } else if object.is(HELM_GROUP, "HelmRelease") {
            known.helm_release(instance, findings);
        } else if SOURCES.contains(&object.kind.as_str()) && object.group == SOURCE_GROUP
            || object.group == "notification.toolkit.fluxcd.io"
        {
            known.secret_ref(instance, object.at(&["spec", "secretRef"]), Severity::Warning, findings);
        }
    }
}

fn no_namespace(tree: &Tree, instance: &Instance) -> Diagnostic {
    let object = instance.of(tree);
    let message = format!("{} {} is given no namespace", object.kind, instance.name);
    Diagnostic::error("flux/no-namespace", message)
        .at(file_of(tree, instance).place(object.place()))
        .with_help("set metadata.namespace, or namespace in the kustomization that lists it")
}

/// The namespace an object lives in, for messages and look-ups.
fn home(instance: &Instance) -> String {
    instance.namespace.clone().unwrap_or_default()
}

fn shown((namespace, name): &Name) -> String {
    if namespace.is_empty() { name.clone() } else { format!("{namespace}/{name}") }
}

fn file_of<'t>(tree: &'t Tree, instance: &Instance) -> &'t File {
    &tree.files[instance.file]
}

/// Namespace and name of a reference, its own namespace when it gives none. None for variables.
fn target(instance: &Instance, reference: &Node) -> Option<Name> {
    let name = text(reference, "name")?;
    let namespace = text(reference, "namespace").map_or_else(|| home(instance), str::to_owned);
    (!name.contains("${") && !namespace.contains("${")).then(|| (namespace, name.to_owned()))
}

fn dependencies<'t>(tree: &'t Tree, instance: &Instance) -> &'t [Node] {
    instance.of(tree).at(&["spec"]).map(|spec| items(spec, "dependsOn")).unwrap_or_default()
}

fn depends_on(known: &Known, kind: &'static str, instance: &Instance, findings: &mut Findings) {
    let file = file_of(known.tree, instance);
    for reference in dependencies(known.tree, instance) {
        let Some(name) = target(instance, reference) else { continue };
        if !known.has(kind, &name) {
            let place = reference.get("name").unwrap_or(reference).span.range();
            let message = format!("{kind} {} depends on {}, which is not there", instance.name, shown(&name));
            let finding = Diagnostic::error("flux/missing-dependency", message).at(file.place(place));
            findings.push(finding.with_help(known.hint(kind, &name, "add namespace:")));
        }
    }
}

fn dependency_cycles(tree: &Tree, kind: &str, own: &[&Instance], findings: &mut Findings) {
    let name_of = |instance: &Instance| (home(instance), instance.name.clone());
    let by_name: BTreeMap<_, _> = own.iter().map(|instance| (name_of(instance), *instance)).collect();
    let edges: Edges<Name> = by_name
        .iter()
        .map(|(name, instance)| {
            let targets = dependencies(tree, instance).iter().filter_map(|one| target(instance, one));
            (name.clone(), targets.filter(|target| by_name.contains_key(target)).collect())
        })
        .collect();
    for cycle in graph::cycles(&edges) {
        let chain: Vec<_> = cycle.iter().map(shown).collect();
        let message = format!("{kind}s wait for each other: {}", chain.join(" -> "));
        let mut places = cycle.windows(2).filter_map(|pair| {
            let instance = by_name.get(&pair[0])?;
            let edge = dependencies(tree, instance)
                .iter()
                .find(|one| target(instance, one).as_ref() == Some(&pair[1]))?;
            Some((file_of(tree, instance).place(edge.span.range()), format!("waits for {}", shown(&pair[1]))))
        });
        let mut finding = Diagnostic::error("flux/dependency-cycle", message)
            .with_help("remove one of these dependencies: none of them would ever be applied");
        if let Some((place, words)) = places.next() {
            finding = finding.at(place).with_label(words);
        }
        for (place, words) in places {
            finding = finding.with_related(place, words);
        }
        findings.push(finding);
    }
}

impl<'t> Known<'t> {
    fn new(tree: &'t Tree, cluster: &Cluster) -> Self {
        let mut known = Self { tree, names: BTreeMap::new() };
        known.add("Kustomization", BOOTSTRAP.to_owned(), BOOTSTRAP);
        for kind in ["GitRepository", "OCIRepository", "Bucket"] {
            known.add(kind, BOOTSTRAP.to_owned(), BOOTSTRAP);
        }
        // Made when the cluster is bootstrapped, from the key and the credentials of Git.
        for name in [BOOTSTRAP, "sops-age"] {
            known.add("Secret", BOOTSTRAP.to_owned(), name);
        }
        for instance in &cluster.instances {
            known.add_object(instance);
        }
        known.add_generated();
        known
    }

    fn add(&mut self, kind: &'static str, namespace: String, name: &str) {
        self.names.entry(kind).or_default().insert((namespace, name.to_owned()));
    }

    fn add_object(&mut self, instance: &Instance) {
        let object = instance.of(self.tree);
        let namespace = home(instance);
        let own = instance.name.as_str();
        let or_own = |path: &[&str], key| object.at(path).and_then(|node| text(node, key)).unwrap_or(own);
        match (object.group.as_str(), object.kind.as_str()) {
            (KUSTOMIZE_GROUP, "Kustomization") => self.add("Kustomization", namespace, own),
            (HELM_GROUP, "HelmRelease") => self.add("HelmRelease", namespace, own),
            ("", "Secret") => self.add("Secret", namespace, own),
            ("", "ConfigMap") => self.add("ConfigMap", namespace, own),
            (SOURCE_GROUP, kind) => {
                if let Some(kind) = SOURCES.iter().find(|known| **known == kind) {
                    self.add(kind, namespace, own);
                }
            }
            ("source.extensions.fluxcd.io", "ArtifactGenerator") => {
                let artifacts = object.at(&["spec"]).map(|spec| items(spec, "artifacts")).unwrap_or_default();
                for name in artifacts.iter().filter_map(|artifact| text(artifact, "name")) {
                    self.add("ExternalArtifact", namespace.clone(), name);
                }
            }
            ("external-secrets.io", "ExternalSecret") => {
                self.add("Secret", namespace, or_own(&["spec", "target"], "name"));
            }
            ("bitnami.com", "SealedSecret") => {
                self.add("Secret", namespace, or_own(&["spec", "template", "metadata"], "name"));
            }
            ("cert-manager.io", "Certificate") => {
                self.add("Secret", namespace, or_own(&["spec"], "secretName"));
            }
            _ => {}
        }
    }

    /// Generators of kustomizations, wherever they are built: their namespace is not followed.
    fn add_generated(&mut self) {
        for kustomization in self.tree.files.iter().filter_map(Kustomization::of) {
            for (key, kind) in [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")] {
                for generator in items(kustomization.root, key) {
                    if let Some(name) = text(generator, "name") {
                        self.add(kind, String::new(), name);
                    }
                }
            }
        }
    }

    /// Whether there is a thing of that kind and name. A namespace nobody gives matches any.
    fn has(&self, kind: &str, name: &Name) -> bool {
        let Some(names) = self.names.get(kind) else { return false };
        let generated = ["ConfigMap", "Secret"].contains(&kind);
        names.contains(name) || (generated && names.contains(&(String::new(), name.1.clone())))
    }

    /// Where it may be instead.
    fn hint(&self, kind: &str, wanted: &Name, elsewhere: &str) -> String {
        let none = BTreeSet::new();
        let names = self.names.get(kind).unwrap_or(&none);
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
        let objects = self.tree.files.iter().flat_map(|file| file.objects.iter().map(move |one| (file, one)));
        let unused = objects
            .filter(|(_, object)| object.kind == kind && object.name == wanted.1)
            .map(|(file, _)| file.name())
            .next();
        if let Some(file) = unused {
            return format!(
                "{file} defines one of that name, but not in this namespace, or nothing refers to it"
            );
        }
        if self.tree.has_broken_files {
            return "mend the files that cannot be read first: it may stand there".to_owned();
        }
        match list(names) {
            some if some.is_empty() => "define it, or remove the reference".to_owned(),
            some => format!("define it, or remove the reference; known are {some}"),
        }
    }

    fn kustomization(&self, instance: &Instance, findings: &mut Findings) {
        let object = instance.of(self.tree);
        let Some(spec) = object.at(&["spec"]) else { return };
        if let Some(reference) = spec.get("sourceRef") {
            self.source(instance, reference, "GitRepository", findings);
        }
        let from = spec.get("postBuild").map(|build| items(build, "substituteFrom")).unwrap_or_default();
        for reference in from {
            self.values(instance, reference, findings);
        }
        for path in [["spec", "decryption", "secretRef"], ["spec", "kubeConfig", "secretRef"]] {
            self.secret_ref(instance, object.at(&path), Severity::Error, findings);
        }
    }

    fn helm_release(&self, instance: &Instance, findings: &mut Findings) {
        let object = instance.of(self.tree);
        let Some(spec) = object.at(&["spec"]) else { return };
        let chart = object.at(&["spec", "chart", "spec", "sourceRef"]);
        match (spec.get("chartRef"), chart) {
            (Some(reference), None) => self.source(instance, reference, "OCIRepository", findings),
            (None, Some(reference)) => self.source(instance, reference, "HelmRepository", findings),
            (given, _) => {
                let words =
                    if given.is_some() { "both chart and chartRef" } else { "neither chart nor chartRef" };
                let file = file_of(self.tree, instance);
                let message = format!("HelmRelease {} has {words}", instance.name);
                findings.push(
                    Diagnostic::error("flux/chart", message)
                        .at(file.place(object.place()))
                        .with_help("name the chart's source with exactly one of them"),
                );
            }
        }
        for reference in items(spec, "valuesFrom") {
            self.values(instance, reference, findings);
        }
    }

    fn source(&self, instance: &Instance, reference: &Node, default_kind: &str, findings: &mut Findings) {
        let kind = text(reference, "kind").unwrap_or(default_kind);
        let Some(name) = target(instance, reference) else { return };
        if self.has(kind, &name) {
            return;
        }
        let object = instance.of(self.tree);
        let place = reference.get("name").unwrap_or(reference).span.range();
        let message =
            format!("{} {} takes {kind} {}, which is not there", object.kind, instance.name, shown(&name));
        let finding = Diagnostic::error("flux/missing-source", message);
        findings.push(finding.at(file_of(self.tree, instance).place(place)).with_help(self.hint(
            kind,
            &name,
            "add namespace:",
        )));
    }

    /// A Secret or ConfigMap in the object's own namespace.
    fn values(&self, instance: &Instance, reference: &Node, findings: &mut Findings) {
        let kind = text(reference, "kind").unwrap_or("Secret");
        if !is_true(reference.get("optional")) {
            self.expect(instance, reference, kind, Severity::Error, findings);
        }
    }

    fn secret_ref(
        &self,
        instance: &Instance,
        reference: Option<&Node>,
        severity: Severity,
        findings: &mut Findings,
    ) {
        if let Some(reference) = reference {
            self.expect(instance, reference, "Secret", severity, findings);
        }
    }

    fn expect(
        &self,
        instance: &Instance,
        reference: &Node,
        kind: &str,
        severity: Severity,
        findings: &mut Findings,
    ) {
        let Some((_, name)) = target(instance, reference) else { return };
        let wanted = (home(instance), name);
        if self.has(kind, &wanted) {
            return;
        }
        let place = reference.get("name").unwrap_or(reference).span.range();
        let object = instance.of(self.tree);
        let message =
            format!("{} {} needs {kind} {}, which is not there", object.kind, instance.name, shown(&wanted));
        let finding = Diagnostic::new(severity, "flux/missing-reference", message);
        findings.push(finding.at(file_of(self.tree, instance).place(place)).with_help(self.hint(
            kind,
            &wanted,
            "it must be in the referrer's namespace, not in",
        )));
    }
}

/// A few names, for a hint.
fn list(names: &BTreeSet<Name>) -> String {
    const SHOWN: usize = 8;
    let first: Vec<_> = names.iter().take(SHOWN).map(shown).collect();
    match (first.len(), names.len()) {
        (some, all) if some < all => format!("{} and {} more", first.join(", "), all - some),
        _ => first.join(", "),
    }
}

/// Whether a Flux Kustomization's source is this repository: its path can then be looked for here.
pub(crate) fn is_of_this_repository(tree: &Tree, object: &Object) -> bool {
    let Some(reference) = object.at(&["spec", "sourceRef"]) else { return true };
    let kind = text(reference, "kind").unwrap_or("GitRepository");
    let name = text(reference, "name").unwrap_or_default();
    let defined = |one: &Object| one.is(SOURCE_GROUP, kind) && one.name == name;
    name == BOOTSTRAP
        || !(kind == "ExternalArtifact" || tree.files.iter().flat_map(|file| &file.objects).any(defined))
}
