//! Routes of the Gateway API, also those that the values of a common chart describe.

use yaml::Value;

use super::release_namespace;
use crate::applied::{Object, items, text};

/// The group of the Gateway API.
pub(crate) const GATEWAY_GROUP: &str = "gateway.networking.k8s.io";

/// Kinds of routes, and the protocols of the listeners that take them.
pub(crate) const KINDS: [(&str, &[&str]); 5] = [
    ("HTTPRoute", &["HTTP", "HTTPS"]),
    ("GRPCRoute", &["HTTP", "HTTPS"]),
    ("TLSRoute", &["TLS"]),
    ("TCPRoute", &["TCP", "TLS"]),
    ("UDPRoute", &["UDP"]),
];

/// A route.
pub(crate) struct Route<'c> {
    /// The object it stands in.
    pub(crate) object: &'c Object,
    /// `HTTPRoute` and the like.
    pub(crate) kind: &'c str,
    /// Where its spec stands in the object.
    pub(crate) path: Vec<String>,
    /// The spec.
    pub(crate) spec: &'c Value,
    /// The namespace it is in.
    pub(crate) namespace: &'c str,
}

impl<'c> Route<'c> {
    /// The path of a field of the spec.
    pub(crate) fn at(&self, path: &[&str]) -> Vec<String> {
        self.path.iter().cloned().chain(path.iter().map(|part| (*part).to_owned())).collect()
    }

    /// Its host names; none means all.
    pub(crate) fn hostnames(&self) -> Vec<&'c str> {
        items(self.spec, &["hostnames"]).iter().filter_map(Value::as_str).collect()
    }

    /// The backends of its rules, with the path of each; those of filters (mirrors) among them.
    pub(crate) fn backends(&self) -> Vec<(Vec<String>, &'c Value)> {
        let mut backends = Vec::new();
        for (n, rule) in items(self.spec, &["rules"]).iter().enumerate() {
            let n = n.to_string();
            for (m, backend) in items(rule, &["backendRefs"]).iter().enumerate() {
                backends.push((self.at(&["rules", &n, "backendRefs", &m.to_string()]), backend));
            }
            for (m, filter) in items(rule, &["filters"]).iter().enumerate() {
                let mirror = filter.get("requestMirror").and_then(|mirror| mirror.get("backendRef"));
                if let Some(backend) = mirror {
                    let m = m.to_string();
                    backends.push((
                        self.at(&["rules", &n, "filters", &m, "requestMirror", "backendRef"]),
                        backend,
                    ));
                }
            }
        }
        backends
    }
}

/// The routes of an object.
pub(crate) fn of(object: &Object) -> Vec<Route<'_>> {
    if object.id.group == GATEWAY_GROUP {
        let kind = KINDS.iter().find(|(kind, _)| *kind == object.id.kind);
        let (Some((kind, _)), Some(spec)) = (kind, object.at(&["spec"])) else { return Vec::new() };
        let path = vec!["spec".to_owned()];
        return vec![Route { object, kind, path, spec, namespace: &object.id.namespace }];
    }
    if !object.is("helm.toolkit.fluxcd.io", "HelmRelease") {
        return Vec::new();
    }
    // The app-template's values: route.<id>.{kind, hostnames, parentRefs}. Their backends are names of its own.
    let routes = object.at(&["spec", "values", "route"]).and_then(Value::as_mapping);
    let mut found = Vec::new();
    for (id, spec) in routes.into_iter().flat_map(yaml::Mapping::iter) {
        let kind = text(spec, &["kind"]).unwrap_or("HTTPRoute");
        let kind = KINDS.iter().find(|(known, _)| *known == kind);
        let disabled = spec.get("enabled").and_then(Value::as_bool) == Some(false);
        let (Some(id), Some((kind, _)), false) = (id.as_str(), kind, disabled) else { continue };
        let path = ["spec", "values", "route", id].map(str::to_owned).to_vec();
        found.push(Route { object, kind, path, spec, namespace: release_namespace(object) });
    }
    found
}
