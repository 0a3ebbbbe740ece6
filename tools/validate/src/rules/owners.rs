//! Who applies what: one owner an object, a namespace for each, keys for what is encrypted.

use std::collections::{BTreeMap, BTreeSet};

use super::{Context, MISSING_NAMESPACE, NO_DECRYPTION, TWO_OWNERS, is_open, release_namespace};
use crate::applied::{Id, Object, flag};

/// Namespaces that every cluster has, and the one Flux is started in.
const BUILT_IN: [&str; 5] = ["default", "kube-system", "kube-public", "kube-node-lease", "flux-system"];

pub(crate) fn check(context: &mut Context<'_>) {
    two_owners(context);
    decryption(context);
    if !context.is_uncertain() {
        namespaces(context);
    }
}

fn two_owners(context: &mut Context<'_>) {
    let cluster = context.cluster;
    let mut first: BTreeMap<&Id, &Object> = BTreeMap::new();
    for object in cluster.objects.iter().filter(|object| object.owner.is_some()) {
        let Some(other) = first.insert(&object.id, object) else { continue };
        let name = |object: &Object| {
            let node = object.owner.map(|owner| &cluster.nodes[owner].kustomization);
            node.map_or_else(String::new, |node| format!("{}/{}", node.namespace, node.name))
        };
        if other.owner == object.owner || is_shared(object) && is_shared(other) {
            continue;
        }
        let message = format!(
            "{} is applied by two Kustomizations, {} and {}: each takes it back from the other",
            object.id,
            name(other),
            name(object)
        );
        let finding = object
            .finding(TWO_OWNERS.severity, TWO_OWNERS.id, message, &["metadata", "name"])
            .with_related(other.place(&["metadata", "name"]), "applied from here, too")
            .with_help("leave it to one of them; the other may wait for that one with dependsOn");
        context.findings.push(finding);
    }
}

/// Whether Flux does not fight over it: it is only made, or left alone.
fn is_shared(object: &Object) -> bool {
    object.flux_says("ssa", &["IfNotPresent", "Ignore", "Merge"])
        || object.flux_says("reconcile", &["disabled"])
}

/// A Kustomization that applies encrypted objects must have keys.
fn decryption(context: &mut Context<'_>) {
    let cluster = context.cluster;
    let mut told = BTreeSet::new();
    for object in &cluster.objects {
        let Some(owner) = object.owner.filter(|_| object.is_encrypted()) else { continue };
        let node = &cluster.nodes[owner].kustomization;
        if node.decrypts() || !told.insert(owner) {
            continue;
        }
        let message = format!(
            "Kustomization {}/{} applies {}, which is encrypted, and has no decryption",
            node.namespace, node.name, object.id
        );
        let place = node.origin().locate(&["spec"]);
        let finding = cliutil::Diagnostic::new(NO_DECRYPTION.severity, NO_DECRYPTION.id, message)
            .at(place)
            .with_related(object.place(&["sops"]), "this is encrypted")
            .with_help("add spec.decryption with provider: sops, here or by a patch of what applies it");
        context.findings.push(finding);
    }
}

fn namespaces(context: &mut Context<'_>) {
    let cluster = context.cluster;
    let mut made: BTreeSet<String> = context.namespaces.iter().map(|name| (*name).to_owned()).collect();
    made.extend(BUILT_IN.map(str::to_owned));
    for release in cluster.of("helm.toolkit.fluxcd.io", "HelmRelease") {
        if flag(release.value(), &["spec", "install", "createNamespace"]) {
            made.insert(release_namespace(release).to_owned());
        }
    }
    let mut told = BTreeSet::new();
    for object in cluster.objects.iter().filter(|object| object.owner.is_some()) {
        let namespace = &object.id.namespace;
        if namespace.is_empty() || is_open(namespace) || made.contains(namespace) {
            continue;
        }
        if is_cluster_wide(object) || !told.insert(namespace.clone()) {
            continue;
        }
        let near = cliutil::did_you_mean(namespace, made.iter().map(String::as_str));
        let help = near.map_or_else(
            || format!("add a Namespace {namespace} to what is applied before"),
            |near| format!("did you mean {near}? Else add a Namespace {namespace}"),
        );
        let message = format!("{} is in a namespace that nothing makes", object.id);
        context.report(MISSING_NAMESPACE, object, &["metadata", "namespace"], message, help);
    }
}

/// kustomize gives a namespace also to what has none, and the cluster drops it.
fn is_cluster_wide(object: &Object) -> bool {
    let what =
        schema::Type { api_version: object.resource.api_version().to_owned(), kind: object.id.kind.clone() };
    schema::Schemas::bundled().is_namespaced(&what) == Some(false)
}
