//! Order: a custom resource can only be applied when its definition is there.

use std::collections::{BTreeMap, BTreeSet};

use cliutil::Diagnostic;

use super::{CRD_ORDER, Context, providers};
use crate::applied::{Cluster, Object};

pub(crate) fn check(context: &mut Context<'_>) {
    let defined = defined(context.cluster);
    let installed = Installed::of(context.cluster);
    if defined.is_empty() && installed.by_chart.is_empty() {
        return;
    }
    let before = before(context.cluster);
    let mut told = BTreeSet::new();
    let mut findings = Vec::new();
    for object in &context.cluster.objects {
        let Some(owner) = object.owner else { continue };
        let wait = match defined.get(&(object.id.group.as_str(), object.id.kind.as_str())) {
            Some(owners) => Wait::new(owners, None, owner, &before),
            None => installed.wait(context.cluster, object, owner, &before),
        };
        // One word for each pair of Kustomizations.
        let Some(wait) = wait.filter(|wait| told.insert((owner, wait.first))) else { continue };
        findings.push(wait.finding(context.cluster, object, owner));
    }
    context.findings.extend(findings);
}

/// Group and kind of what is defined in the repository, with the Kustomizations that apply the definitions; none where
/// they are there before Flux.
fn defined(cluster: &Cluster) -> BTreeMap<(&str, &str), Vec<usize>> {
    let mut defined: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for definition in cluster.of("apiextensions.k8s.io", "CustomResourceDefinition") {
        let (Some(group), Some(kind)) =
            (definition.text(&["spec", "group"]), definition.text(&["spec", "names", "kind"]))
        else {
            continue;
        };
        defined.entry((group, kind)).or_default().extend(definition.owner);
    }
    defined
}

/// The HelmReleases of the cluster by the names of their charts.
struct Installed<'c> {
    by_chart: BTreeMap<&'c str, Vec<&'c Object>>,
}

impl<'c> Installed<'c> {
    fn of(cluster: &'c Cluster) -> Self {
        let mut by_chart: BTreeMap<&str, Vec<&Object>> = BTreeMap::new();
        for release in cluster.of("helm.toolkit.fluxcd.io", "HelmRelease") {
            if let Some(chart) = providers::chart(cluster, release) {
                by_chart.entry(chart).or_default().push(release);
            }
        }
        Self { by_chart }
    }

    /// What must be waited for when a chart brings the definition of an object. Nothing where no release here does, or
    /// where one of the charts is installed before Flux runs.
    fn wait(
        &self,
        cluster: &'c Cluster,
        object: &Object,
        owner: usize,
        before: &[BTreeSet<usize>],
    ) -> Option<Wait<'c>> {
        let charts = providers::of(&object.id.group);
        if charts.iter().any(|chart| cluster.bootstrap.contains(chart)) {
            return None;
        }
        let releases: Vec<&Object> =
            charts.iter().filter_map(|chart| self.by_chart.get(chart)).flatten().copied().collect();
        let owners: Vec<usize> = releases.iter().filter_map(|release| release.owner).collect();
        if owners.len() < releases.len() {
            return None;
        }
        if let Some(at) = owners.iter().position(|one| *one == owner) {
            let is_earlier = owners.iter().any(|one| before[owner].contains(one));
            return (!is_earlier).then_some(Wait { first: owner, release: Some(releases[at]) });
        }
        Wait::new(&owners, releases.first().copied(), owner, before)
    }
}

/// A Kustomization that must be waited for.
struct Wait<'c> {
    first: usize,
    /// The release whose chart brings the definition.
    release: Option<&'c Object>,
}

impl<'c> Wait<'c> {
    /// None when one of those that bring the definition is applied before, or it is there anyway. Of one Kustomization
    /// definitions are applied first.
    fn new(
        owners: &[usize],
        release: Option<&'c Object>,
        owner: usize,
        before: &[BTreeSet<usize>],
    ) -> Option<Self> {
        let first = *owners.first()?;
        let is_there = owners.iter().any(|one| *one == owner || before[owner].contains(one));
        (!is_there).then_some(Self { first, release })
    }

    fn finding(&self, cluster: &Cluster, object: &Object, owner: usize) -> Diagnostic {
        let node = &cluster.nodes[owner].kustomization;
        let first = &cluster.nodes[self.first].kustomization;
        let by = format!("{} is applied by Kustomization {}/{}", object.id, node.namespace, node.name);
        let (message, help) = match self.release {
            Some(release) if self.first == owner => (
                format!("{by} together with {}, whose chart defines {}", release.id, object.id.kind),
                format!(
                    "nothing of a Kustomization is applied while it holds an unknown kind: move it into one of its own with dependsOn: [{{name: {}}}]",
                    node.name
                ),
            ),
            release => {
                let what = match release {
                    Some(release) => {
                        format!("where the chart of {} defines {}", release.id, object.id.kind)
                    }
                    None => format!("where {} is defined", object.id.kind),
                };
                (
                    format!("{by}, which does not wait for {}/{}, {what}", first.namespace, first.name),
                    format!(
                        "add to spec.dependsOn of {}: {{name: {}, namespace: {}}}",
                        node.name, first.name, first.namespace
                    ),
                )
            }
        };
        object
            .finding(CRD_ORDER.severity, CRD_ORDER.id, message, &["kind"])
            .with_related(node.origin().locate(&["spec"]), "applied by this one")
            .with_help(help)
    }
}

/// For each Kustomization those that are applied before it: what it depends on, what applies it, and so on.
fn before(cluster: &Cluster) -> Vec<BTreeSet<usize>> {
    let named: BTreeMap<(&str, &str), usize> = cluster
        .nodes
        .iter()
        .enumerate()
        .map(|(n, node)| ((node.kustomization.namespace.as_str(), node.kustomization.name.as_str()), n))
        .collect();
    let direct: Vec<Vec<usize>> = cluster
        .nodes
        .iter()
        .map(|node| {
            let depends = node.kustomization.depends_on.iter();
            let depends = depends.filter_map(|one| named.get(&(one.namespace.as_str(), one.name.as_str())));
            depends.copied().chain(node.parent).collect()
        })
        .collect();
    (0..direct.len())
        .map(|start| {
            let mut all = BTreeSet::new();
            let mut open = direct[start].clone();
            while let Some(next) = open.pop() {
                if all.insert(next) {
                    open.extend(&direct[next]);
                }
            }
            all
        })
        .collect()
}
