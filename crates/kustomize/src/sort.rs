//! The order of the output: kustomize's legacy order, or the order objects came in.

use std::collections::HashMap;

use crate::codes;
use crate::file::Outcome;
use crate::ids::Id;
use crate::kustomization::Kustomization;
use crate::parallel;
use crate::resource::Resource;

/// Kinds that come first.
const FIRST: &[&str] = &[
    "Namespace",
    "ResourceQuota",
    "StorageClass",
    "CustomResourceDefinition",
    "ServiceAccount",
    "PodSecurityPolicy",
    "Role",
    "ClusterRole",
    "RoleBinding",
    "ClusterRoleBinding",
    "ConfigMap",
    "Secret",
    "Endpoints",
    "Service",
    "LimitRange",
    "PriorityClass",
    "PersistentVolume",
    "PersistentVolumeClaim",
    "Deployment",
    "StatefulSet",
    "CronJob",
    "PodDisruptionBudget",
];

/// Kinds that come last.
const LAST: &[&str] = &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];

/// The objects in the order the outermost kustomization asks for.
pub(crate) fn sorted(resources: Vec<Resource>, kustomization: &Kustomization) -> Outcome<Vec<Resource>> {
    let Some(options) = &kustomization.sort_options else {
        // Flux leaves them as they came.
        if kustomization.added.is_some() {
            return Ok(resources);
        }
        return Ok(legacy(resources, FIRST.iter().copied(), LAST.iter().copied()));
    };
    let wrong = |message: &str, help: &str| {
        Err(vec![kustomization.file.error(codes::SORT, message, options.order.span).with_help(help)])
    };
    match (options.order.text.as_str(), &options.legacy) {
        ("fifo", None) => Ok(resources),
        ("fifo", Some(_)) => {
            wrong("legacySortOptions are for the order legacy", "remove them, or write order: legacy")
        }
        ("legacy", None) => Ok(legacy(resources, FIRST.iter().copied(), LAST.iter().copied())),
        ("legacy", Some((first, last))) => {
            Ok(legacy(resources, first.iter().map(String::as_str), last.iter().map(String::as_str)))
        }
        _ => wrong("the order must be legacy or fifo", "write order: legacy, or order: fifo"),
    }
}

fn legacy<'k>(
    resources: Vec<Resource>,
    first: impl ExactSizeIterator<Item = &'k str>,
    last: impl ExactSizeIterator<Item = &'k str>,
) -> Vec<Resource> {
    let before = isize::try_from(first.len()).unwrap_or(0);
    let mut ranks: HashMap<&str, isize> = HashMap::new();
    for (n, kind) in (0_isize..).zip(first) {
        ranks.insert(kind, n - before);
    }
    for (n, kind) in (1_isize..).zip(last) {
        ranks.insert(kind, n);
    }
    let key = |resource: &Resource| Key::of(&resource.id(), &ranks);
    let keys: Vec<_> = parallel::map(&resources, parallel::OBJECTS, key);
    // Objects are large: each is moved once.
    let mut order: Vec<usize> = (0..resources.len()).collect();
    order.sort_by(|one, other| keys[*one].cmp(&keys[*other]));
    let mut resources: Vec<_> = resources.into_iter().map(Some).collect();
    order.into_iter().filter_map(|at| resources[at].take()).collect()
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    rank: isize,
    gvk: String,
    id: String,
}

impl Key {
    fn of(id: &Id<'_>, ranks: &HashMap<&str, isize>) -> Self {
        let gvk = id.gvk;
        // The core Namespace comes before those of other groups.
        let first = if gvk.kind == "Namespace" && gvk.group.is_empty() { "\0" } else { "" };
        Self {
            rank: ranks.get(gvk.kind).copied().unwrap_or(0),
            gvk: [first, &name(gvk.group, gvk.version, gvk.kind)].concat(),
            id: [or(id.namespace, "~X"), "|", or(id.name, "~N")].concat(),
        }
    }
}

/// What stands for a group, version and kind where they are compared.
fn name(group: &str, version: &str, kind: &str) -> String {
    [or(group, "~G"), "_", or(version, "~V"), "_", or(kind, "~K")].concat()
}

fn or<'t>(text: &'t str, none: &'t str) -> &'t str {
    if text.is_empty() { none } else { text }
}

/// The place of a group, version and kind in the order in which kustomize keeps its own lists.
pub(crate) fn rank(group: &str, version: &str, kind: &str) -> (usize, String) {
    let place = FIRST.iter().position(|first| *first == kind);
    let rank = match (place, LAST.iter().position(|last| *last == kind)) {
        (Some(place), _) => place,
        (None, Some(place)) => FIRST.len() + 1 + place,
        (None, None) => FIRST.len(),
    };
    (rank, name(group, version, kind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::Gvk;

    #[test]
    fn kinds_then_names() {
        let ranks: HashMap<&str, isize> =
            [("Namespace", -2), ("Secret", -1), ("Last", 1)].into_iter().collect();
        let id = |group, kind, namespace, name| Id {
            gvk: Gvk { group, version: "v1", kind },
            namespace,
            name,
            cluster: false,
        };
        let sorted = [
            id("", "Namespace", "", "z"),
            id("a", "Namespace", "", "a"),
            id("", "Secret", "b", "a"),
            id("", "Secret", "", "a"),
            id("apps", "Any", "", "x"),
            id("", "Other", "", "x"),
            id("", "Last", "", "x"),
        ];
        let keys: Vec<_> = sorted.iter().map(|id| Key::of(id, &ranks)).collect();
        assert!(keys.is_sorted());
    }
}
