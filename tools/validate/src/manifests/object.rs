//! One Kubernetes object of a file: what names it, and its node with places.

use std::ops::Range;
use std::sync::Arc;

use yaml::{Dialect, Kind, Node, Scalar, ScalarStyle, Span};

/// An object.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    /// Its content; none once it is forgotten (see [`super::tree`]).
    pub(crate) content: Option<Arc<Node>>,
    /// Where a message about the whole object points: its name, else its kind.
    pub(crate) place: Range<usize>,
    /// Where it stands in its file.
    pub(crate) span: Span,
    /// `apiVersion` without the version; empty for the core group.
    pub(crate) group: String,
    /// The version in `apiVersion`.
    pub(crate) version: String,
    /// `kind`
    pub(crate) kind: String,
    /// `metadata.name`; empty when there is none.
    pub(crate) name: String,
    /// `metadata.namespace`
    pub(crate) namespace: Option<String>,
}

impl Object {
    /// Reads what names an object; a document without a kind is none.
    pub(crate) fn read(node: &Arc<Node>) -> Option<Self> {
        let kind = text(node, "kind")?.to_owned();
        let api = text(node, "apiVersion").unwrap_or_default();
        let (group, version) = api.split_once('/').unwrap_or(("", api));
        let metadata = node.get("metadata");
        let of_metadata = |key| metadata.and_then(|metadata| text(metadata, key)).map(str::to_owned);
        Some(Self {
            content: Some(Arc::clone(node)),
            place: place_of(node),
            span: node.span,
            group: group.to_owned(),
            version: version.to_owned(),
            kind,
            name: of_metadata("name").unwrap_or_default(),
            namespace: of_metadata("namespace"),
        })
    }

    /// Whether it is of a kind of a group, in any version.
    pub(crate) fn is(&self, group: &str, kind: &str) -> bool {
        self.group == group && self.kind == kind
    }

    /// The value at a path of keys.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(&**self.content.as_ref()?, |node, key| node.get(key))
    }

    /// Whether it belongs to no namespace, as far as kustomize knows: built-in kinds only.
    pub(crate) fn is_cluster_scoped(&self) -> bool {
        const KINDS: &[&str] = &[
            "APIService",
            "CSIDriver",
            "CSINode",
            "CertificateSigningRequest",
            "ClusterRole",
            "ClusterRoleBinding",
            "ClusterTrustBundle",
            "CustomResourceDefinition",
            "DeviceClass",
            "FlowSchema",
            "IngressClass",
            "MutatingAdmissionPolicy",
            "MutatingAdmissionPolicyBinding",
            "MutatingWebhookConfiguration",
            "Namespace",
            "Node",
            "PersistentVolume",
            "PriorityClass",
            "PriorityLevelConfiguration",
            "ResourceSlice",
            "RuntimeClass",
            "ServiceCIDR",
            "StorageClass",
            "StorageVersion",
            "ValidatingAdmissionPolicy",
            "ValidatingAdmissionPolicyBinding",
            "ValidatingWebhookConfiguration",
            "VolumeAttachment",
            "VolumeAttributesClass",
        ];
        let built_in = self.group.is_empty() || self.group.ends_with(".k8s.io");
        built_in && KINDS.contains(&self.kind.as_str())
    }
}

/// Where a message about an object points: its name, else its kind, else its first key.
pub(crate) fn place_of(node: &Node) -> Range<usize> {
    let name = node.get("metadata").and_then(|metadata| metadata.get("name"));
    let first = || node.as_mapping()?.first().map(|pair| &pair.key);
    name.or_else(|| node.get("kind")).or_else(first).map_or(node.span, |node| node.span).range()
}

/// The text of a key; null and blank are none.
pub(crate) fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key).and_then(scalar_text)
}

/// The text of a scalar; null and blank are none.
pub(crate) fn scalar_text(node: &Node) -> Option<&str> {
    let text = node.as_str()?;
    (!text.is_empty() && !is_null(node)).then_some(text)
}

/// Whether a value is null.
pub(crate) fn is_null(node: &Node) -> bool {
    match &node.kind {
        Kind::Alias(target) => is_null(target),
        Kind::Scalar(text, ScalarStyle::Plain) => {
            node.tag.is_none() && yaml::resolve_plain(text, Dialect::GoYamlV3) == Scalar::Null
        }
        _ => false,
    }
}

/// Whether a value is text to a dialect.
pub(crate) fn is_text(node: &Node, dialect: Dialect) -> bool {
    match &node.kind {
        Kind::Alias(target) => is_text(target, dialect),
        Kind::Scalar(text, ScalarStyle::Plain) if node.tag.is_none() => {
            matches!(yaml::resolve_plain(text, dialect), Scalar::String | Scalar::Timestamp)
        }
        Kind::Scalar(..) => true,
        _ => false,
    }
}

/// The items of a list at a key; anything else has none.
pub(crate) fn items<'n>(node: &'n Node, key: &str) -> &'n [Node] {
    node.get(key).and_then(Node::as_sequence).unwrap_or_default()
}

/// Whether a value is the boolean true.
pub(crate) fn is_true(node: Option<&Node>) -> bool {
    node.and_then(Node::as_str)
        .is_some_and(|text| yaml::resolve_plain(text, Dialect::GoYamlV3) == Scalar::Bool(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(text: &str) -> Object {
        Object::read(&Arc::new(yaml::parse(text).unwrap().documents.remove(0).root)).unwrap()
    }

    #[test]
    fn names() {
        let one = object(
            "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: x, namespace: ~}\n",
        );
        assert_eq!((one.group.as_str(), one.version.as_str()), ("helm.toolkit.fluxcd.io", "v2"));
        assert_eq!((one.name.as_str(), one.namespace), ("x", None));
        let core = object("apiVersion: v1\nkind: Namespace\n");
        assert!(core.group.is_empty() && core.name.is_empty() && core.is_cluster_scoped());
        assert!(!object("apiVersion: x.io/v1\nkind: ClusterFoo\n").is_cluster_scoped());
    }
}
