//! What an object is called: group, version, kind, namespace and name.

use crate::node::Node;

/// The namespace cluster-scoped objects count as having; no object can have it.
pub(crate) const CLUSTER: &str = "_non_namespaceable_";

/// Group, version and kind of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gvk<'a> {
    pub(crate) group: &'a str,
    pub(crate) version: &'a str,
    pub(crate) kind: &'a str,
}

/// What identifies an object; the namespace as it is written, or empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Id<'a> {
    pub(crate) gvk: Gvk<'a>,
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
    /// Whether the kind is known to have no namespace.
    pub(crate) cluster: bool,
}

impl<'a> Gvk<'a> {
    /// Of an object.
    pub(crate) fn of(node: &'a Node) -> Self {
        let text = |key| node.get(key).and_then(Node::text).unwrap_or_default();
        let (group, version) = group_version(text("apiVersion"));
        Self { group, version, kind: text("kind") }
    }

    /// Whether a selector's group, version and kind, empty for any, fit.
    pub(crate) fn is_selected(self, group: &str, version: &str, kind: &str) -> bool {
        (group.is_empty() || group == self.group)
            && (version.is_empty() || version == self.version)
            && (kind.is_empty() || kind == self.kind)
    }

    /// Whether the kind is known to live outside of namespaces.
    pub(crate) fn is_cluster_scoped(self) -> bool {
        CLUSTER_SCOPED.iter().any(|(group, versions, kinds)| {
            *group == self.group && versions.contains(&self.version) && kinds.contains(&self.kind)
        })
    }
}

impl std::fmt::Display for Gvk<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let slash = if self.group.is_empty() { "" } else { "/" };
        write!(f, "{} ({}{slash}{})", self.kind, self.group, self.version)
    }
}

/// Group and version of an `apiVersion`.
pub(crate) fn group_version(text: &str) -> (&str, &str) {
    text.split_once('/').unwrap_or(("", text))
}

/// Name or namespace of an object's metadata; empty when missing.
pub(crate) fn metadata<'a>(node: &'a Node, key: &str) -> &'a str {
    node.get("metadata")
        .and_then(|metadata| metadata.get(key))
        .filter(|value| !value.is_null())
        .map_or("", Node::text_or_empty)
}

impl<'a> Id<'a> {
    /// Of an object as it is now.
    pub(crate) fn of(node: &'a Node) -> Self {
        let gvk = Gvk::of(node);
        Self {
            gvk,
            namespace: metadata(node, "namespace"),
            name: metadata(node, "name"),
            cluster: gvk.is_cluster_scoped(),
        }
    }

    /// The namespace that counts when objects are compared.
    pub(crate) fn effective_namespace(self) -> &'a str {
        match self.namespace {
            _ if self.cluster => CLUSTER,
            "" => "default",
            other => other,
        }
    }

    /// Whether both name the same object.
    pub(crate) fn same(self, other: Id<'_>) -> bool {
        self.name == other.name
            && self.gvk == other.gvk
            && self.effective_namespace() == other.effective_namespace()
    }

    /// As a key of maps.
    pub(crate) fn key(self) -> (&'a str, &'a str, &'a str, &'a str, &'a str) {
        (self.gvk.group, self.gvk.version, self.gvk.kind, self.effective_namespace(), self.name)
    }
}

impl std::fmt::Display for Id<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.namespace.is_empty() || self.namespace == CLUSTER {
            write!(f, "{} {}", self.gvk, self.name)
        } else {
            write!(f, "{} {}/{}", self.gvk, self.namespace, self.name)
        }
    }
}

/// Built-in kinds outside of namespaces, as kustomize 5.8.1 knows them (from the API of Kubernetes 1.21.2). Kinds it
/// does not know get a namespace, custom resources and newer versions included.
const CLUSTER_SCOPED: &[(&str, &[&str], &[&str])] = &[
    ("", &["v1"], &["ComponentStatus", "Namespace", "Node", "NodeProxyOptions", "PersistentVolume"]),
    (
        "admissionregistration.k8s.io",
        &["v1", "v1beta1"],
        &["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
    ),
    ("apiextensions.k8s.io", &["v1", "v1beta1"], &["CustomResourceDefinition"]),
    ("apiregistration.k8s.io", &["v1", "v1beta1"], &["APIService"]),
    ("certificates.k8s.io", &["v1", "v1beta1"], &["CertificateSigningRequest"]),
    ("flowcontrol.apiserver.k8s.io", &["v1beta1"], &["FlowSchema", "PriorityLevelConfiguration"]),
    ("networking.k8s.io", &["v1", "v1beta1"], &["IngressClass"]),
    ("node.k8s.io", &["v1", "v1beta1"], &["RuntimeClass"]),
    ("policy", &["v1beta1"], &["PodSecurityPolicy"]),
    ("rbac.authorization.k8s.io", &["v1", "v1beta1"], &["ClusterRole", "ClusterRoleBinding"]),
    ("scheduling.k8s.io", &["v1", "v1beta1"], &["PriorityClass"]),
    ("storage.k8s.io", &["v1", "v1beta1"], &["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"]),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn id<'a>(group: &'a str, version: &'a str, kind: &'a str, namespace: &'a str) -> Id<'a> {
        let gvk = Gvk { group, version, kind };
        Id { gvk, namespace, name: "x", cluster: gvk.is_cluster_scoped() }
    }

    #[test]
    fn no_namespace_is_the_default_one() {
        assert!(id("", "v1", "Secret", "").same(id("", "v1", "Secret", "default")));
        assert!(!id("", "v1", "Secret", "a").same(id("", "v1", "Secret", "")));
        assert!(id("", "v1", "Namespace", "a").same(id("", "v1", "Namespace", "")));
    }

    #[test]
    fn only_known_kinds_are_cluster_scoped() {
        assert!(!id("example.com", "v1", "Namespace", "").cluster);
        assert!(!id("flowcontrol.apiserver.k8s.io", "v1", "FlowSchema", "").cluster);
        assert_eq!(id("storage.k8s.io", "v1", "StorageClass", "").effective_namespace(), CLUSTER);
    }
}
