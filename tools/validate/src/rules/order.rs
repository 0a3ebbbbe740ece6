//! Order: a custom resource can only be applied when its definition is there.

use std::collections::{BTreeMap, BTreeSet};

use super::{CRD_ORDER, Context};
use crate::applied::Cluster;

pub(crate) fn check(context: &mut Context<'_>) {
    let cluster = context.cluster;
    // Group and kind, with the Kustomizations that apply the definition.
    let mut defined: BTreeMap<(&str, &str), Vec<usize>> = BTreeMap::new();
    for definition in cluster.of("apiextensions.k8s.io", "CustomResourceDefinition") {
        let (Some(group), Some(kind), Some(owner)) = (
            definition.text(&["spec", "group"]),
            definition.text(&["spec", "names", "kind"]),
            definition.owner,
        ) else {
            continue;
        };
        defined.entry((group, kind)).or_default().push(owner);
    }
    if defined.is_empty() {
        return;
    }
    let before = before(cluster);
    let mut told = BTreeSet::new();
    for object in &cluster.objects {
        let Some(owner) = object.owner else { continue };
        let Some(owners) = defined.get(&(object.id.group.as_str(), object.id.kind.as_str())) else {
            continue;
        };
        // Of one Kustomization definitions are applied first.
        if owners.iter().any(|one| *one == owner || before[owner].contains(one)) {
            continue;
        }
        if !told.insert((owner, owners[0])) {
            continue;
        }
        let (node, first) = (&cluster.nodes[owner].kustomization, &cluster.nodes[owners[0]].kustomization);
        let message = format!(
            "{} is applied by Kustomization {}/{}, which does not wait for {}/{}, where {} is defined",
            object.id, node.namespace, node.name, first.namespace, first.name, object.id.kind
        );
        let help = format!(
            "add to spec.dependsOn of {}: {{name: {}, namespace: {}}}",
            node.name, first.name, first.namespace
        );
        let finding = object
            .finding(CRD_ORDER.severity, CRD_ORDER.id, message, &["kind"])
            .with_related(node.origin().locate(&["spec"]), "applied by this one")
            .with_help(help);
        context.findings.push(finding);
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
