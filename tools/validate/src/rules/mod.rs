//! Rules about how objects fit together, and about what should not stand in a repository. Each has an id, a severity
//! and a page under docs/rules, whose examples are its tests; a comment in the manifest silences it, with a reason.

mod addresses;
mod backends;
mod charts;
mod gateways;
mod images;
mod order;
mod owners;
mod providers;
mod references;
mod routes;
mod silence;
mod tokens;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Deref;

use cliutil::{Diagnostic, Severity};
use rayon::prelude::*;

use crate::applied::{Cluster, Id, Object};

pub(crate) use references::{Made, made};
pub(crate) use silence::silence;
pub(crate) use tokens::hide_tokens;

/// A rule.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rule {
    /// Its id, which is the code of its findings.
    pub(crate) id: &'static str,
    /// How bad a finding is, where the rule does not know better.
    pub(crate) severity: Severity,
    /// Its page.
    pub(crate) page: &'static str,
}

/// Declares rules with their pages, and the list of all.
macro_rules! rules {
    ($($(#[$doc:meta])* $name:ident = $severity:ident $id:literal,)*) => {
        $($(#[$doc])* pub(crate) const $name: Rule = Rule {
            id: $id,
            severity: Severity::$severity,
            page: include_str!(concat!("../../../../docs/rules/", $id, ".md")),
        };)*
        /// Every rule, by id.
        pub(crate) const RULES: &[Rule] = &[$($name),*];
    };
}

rules! {
    /// An address that two objects ask for.
    ADDRESS_TWICE = Error "graph/address-twice",
    /// A chart whose version is not said, or a range.
    CHART_VERSION = Warning "graph/chart-version",
    /// A custom resource that may come before its definition.
    CRD_ORDER = Error "graph/crd-order",
    /// A route that no listener takes because of its host names.
    HOSTNAME_MISMATCH = Error "graph/hostname-mismatch",
    /// An image without a version.
    LATEST_IMAGE = Warning "graph/latest-image",
    /// A route or policy to a Service that is not there.
    MISSING_BACKEND = Error "graph/missing-backend",
    /// A ConfigMap that is used and never made.
    MISSING_CONFIG = Error "graph/missing-config",
    /// A Gateway that a route names and that is not there.
    MISSING_GATEWAY = Error "graph/missing-gateway",
    /// A reference into another namespace that nothing there allows.
    MISSING_GRANT = Error "graph/missing-grant",
    /// An object in a namespace that nothing makes.
    MISSING_NAMESPACE = Error "graph/missing-namespace",
    /// A Secret that is used and never made.
    MISSING_SECRET = Error "graph/missing-secret",
    /// Encrypted objects that are not decrypted.
    NO_DECRYPTION = Error "graph/no-decryption",
    /// A listener that a route names and that the Gateway does not have.
    NO_LISTENER = Error "graph/no-listener",
    /// A Service that selects nothing.
    NO_PODS = Warning "graph/no-pods",
    /// A credential in plain text.
    PLAIN_TOKEN = Error "graph/plain-token",
    /// A route that the listener does not take from its namespace.
    ROUTE_NOT_ALLOWED = Error "graph/route-not-allowed",
    /// An object that two Kustomizations apply.
    TWO_OWNERS = Error "graph/two-owners",
    /// A comment that silences a rule and says no reason.
    SILENCE_REASON = Error "graph/silence-reason",
    /// A comment that silences nothing.
    SILENCE_UNUSED = Warning "graph/silence-unused",
}

/// Text that holds a variable, or what stands for the value of one.
pub(crate) fn is_open(text: &str) -> bool {
    text.contains("${") || text.contains("placeholder-")
}

/// What rules look at: a cluster, with what is looked up often.
pub(crate) struct Facts<'c> {
    pub(crate) cluster: &'c Cluster,
    made: &'c Made,
    ids: HashMap<&'c Id, &'c Object>,
    namespaces: BTreeSet<&'c str>,
    /// HelmReleases by the namespace their charts go to.
    releases: BTreeMap<&'c str, Vec<&'c Object>>,
    /// Objects by group and kind.
    kinds: HashMap<(&'c str, &'c str), Vec<&'c Object>>,
    /// Workloads by namespace.
    workloads: BTreeMap<&'c str, Vec<&'c Object>>,
    /// Namespaces with something that may make objects of its own.
    makers: BTreeSet<&'c str>,
    /// Whether listeners may stand outside of their Gateways.
    has_listener_sets: bool,
}

/// A rule at work, with what it has found.
pub(crate) struct Context<'c> {
    facts: &'c Facts<'c>,
    findings: Vec<Diagnostic>,
}

impl<'c> Deref for Context<'c> {
    type Target = Facts<'c>;

    fn deref(&self) -> &Facts<'c> {
        self.facts
    }
}

impl<'c> Facts<'c> {
    fn new(cluster: &'c Cluster, made: &'c Made) -> Self {
        let mut facts = Self {
            cluster,
            made,
            ids: HashMap::with_capacity(cluster.objects.len()),
            namespaces: cluster.of("", "Namespace").map(|object| object.id.name.as_str()).collect(),
            releases: BTreeMap::new(),
            kinds: HashMap::new(),
            workloads: BTreeMap::new(),
            makers: BTreeSet::new(),
            has_listener_sets: false,
        };
        for object in &cluster.objects {
            let Id { group, kind, namespace, .. } = &object.id;
            facts.ids.entry(&object.id).or_insert(object);
            facts.kinds.entry((group, kind)).or_default().push(object);
            facts.has_listener_sets |= kind.ends_with("ListenerSet");
            if !references::pod_paths(object).is_empty() {
                facts.workloads.entry(namespace).or_default().push(object);
            }
            if backends::is_maker(object) {
                facts.makers.insert(namespace);
            }
        }
        for release in cluster.of("helm.toolkit.fluxcd.io", "HelmRelease") {
            facts.releases.entry(release_namespace(release)).or_default().push(release);
        }
        facts
    }

    /// The object of that name.
    pub(crate) fn get(&self, group: &str, kind: &str, namespace: &str, name: &str) -> Option<&'c Object> {
        self.ids.get(&Id::new(group, kind, namespace, name)).copied()
    }

    /// The objects of a kind.
    pub(crate) fn of(&self, group: &'static str, kind: &'static str) -> &[&'c Object] {
        self.kinds.get(&(group, kind)).map_or(&[], Vec::as_slice)
    }

    /// The HelmReleases whose charts go to a namespace.
    pub(crate) fn releases(&self, namespace: &str) -> &[&'c Object] {
        self.releases.get(namespace).map_or(&[], Vec::as_slice)
    }

    /// Whether what is not among the objects may come from what could not be looked at.
    fn is_uncertain(&self) -> bool {
        self.cluster.has_failures()
    }

    /// How bad it is that something is missing: less so where some files come from elsewhere.
    fn severity(&self, rule: Rule) -> Severity {
        if self.cluster.has_outside() { Severity::Warning } else { rule.severity }
    }
}

impl Context<'_> {
    /// Adds a finding about a field of an object.
    fn report(&mut self, rule: Rule, object: &Object, path: &[&str], message: String, help: String) {
        let severity = self.severity(rule);
        self.findings.push(object.finding(severity, rule.id, message, path).with_help(help));
    }
}

/// The namespace a chart's objects go to.
pub(crate) fn release_namespace(release: &Object) -> &str {
    release.text(&["spec", "targetNamespace"]).unwrap_or(&release.id.namespace)
}

/// What looks for findings of one rule, or of some that belong together.
type Check = fn(&mut Context<'_>);

/// The findings of all rules, in the order of these.
pub(crate) fn check(cluster: &Cluster, made: &Made) -> Vec<Diagnostic> {
    let facts = Facts::new(cluster, made);
    // Of what depends on everything being there nothing is said while some of it cannot be built.
    let is_whole = !facts.is_uncertain();
    let rules: [(Check, bool); 9] = [
        (images::check, true),
        (charts::check, true),
        (tokens::check, true),
        (owners::check, cluster.is_flux),
        (order::check, cluster.is_flux && is_whole),
        (references::check, cluster.is_flux && is_whole),
        (backends::check, cluster.is_flux && is_whole),
        (gateways::check, is_whole),
        (addresses::check, is_whole),
    ];
    let applying = rules.into_par_iter().filter(|(_, applies)| *applies);
    let found = applying.flat_map_iter(|(rule, _)| {
        let mut context = Context { facts: &facts, findings: Vec::new() };
        rule(&mut context);
        context.findings
    });
    found.collect()
}

#[cfg(test)]
mod tests;
