//! Services behind routes and ingresses, and pods behind Services. Charts are not inflated, so nothing is said of a
//! namespace whose charts may bring what is missing.

use std::collections::BTreeMap;

use yaml::Value;

use super::routes;
use super::{Context, MISSING_BACKEND, NO_PODS, is_open};
use crate::applied::{Object, items, text};

/// Groups whose objects make no pods.
const QUIET_GROUPS: [&str; 20] = [
    "",
    "apps",
    "batch",
    "autoscaling",
    "policy",
    "apiextensions.k8s.io",
    "networking.k8s.io",
    "rbac.authorization.k8s.io",
    "storage.k8s.io",
    "scheduling.k8s.io",
    "discovery.k8s.io",
    "gateway.networking.k8s.io",
    "kustomize.toolkit.fluxcd.io",
    "source.toolkit.fluxcd.io",
    "notification.toolkit.fluxcd.io",
    "cert-manager.io",
    "external-secrets.io",
    "monitoring.coreos.com",
    "cilium.io",
    "bitnami.com",
];

pub(crate) fn check(context: &mut Context<'_>) {
    let cluster = context.cluster;
    for object in &cluster.objects {
        for route in routes::of(object) {
            for (path, backend) in route.backends() {
                let namespace = text(backend, &["namespace"]).unwrap_or(route.namespace);
                if text(backend, &["kind"]).is_none_or(|kind| kind == "Service")
                    && text(backend, &["group"]).is_none()
                {
                    service(context, object, namespace, backend, &[&["port"]], &path);
                }
            }
        }
        if object.is("networking.k8s.io", "Ingress") {
            ingress(context, object);
        }
        if object.is("", "Service") {
            pods(context, object);
        }
    }
}

/// Where an Ingress names a port of a Service.
const INGRESS_PORT: [&[&str]; 2] = [&["port", "number"], &["port", "name"]];

fn ingress(context: &mut Context<'_>, object: &Object) {
    let namespace = &object.id.namespace;
    let own = |path: &[&str]| path.iter().map(|part| (*part).to_owned()).collect::<Vec<_>>();
    if let Some(backend) = object.at(&["spec", "defaultBackend", "service"]) {
        service(
            context,
            object,
            namespace,
            backend,
            &INGRESS_PORT,
            &own(&["spec", "defaultBackend", "service"]),
        );
    }
    for (n, rule) in object.items(&["spec", "rules"]).iter().enumerate() {
        for (m, path) in items(rule, &["http", "paths"]).iter().enumerate() {
            let Some(backend) = crate::applied::at(path, &["backend", "service"]) else { continue };
            let (n, m) = (n.to_string(), m.to_string());
            let at = own(&["spec", "rules", &n, "http", "paths", &m, "backend", "service"]);
            service(context, object, namespace, backend, &INGRESS_PORT, &at);
        }
    }
}

/// A reference to a Service and one of its ports.
fn service(
    context: &mut Context<'_>,
    object: &Object,
    namespace: &str,
    backend: &Value,
    port: &[&[&'static str]],
    path: &[String],
) {
    let Some(name) = text(backend, &["name"]).filter(|name| !is_open(name) && !is_open(namespace)) else {
        return;
    };
    let at = |more: &[&'static str]| -> Vec<String> {
        path.iter().cloned().chain(more.iter().map(|part| (*part).to_owned())).collect()
    };
    let report = |context: &mut Context<'_>, path: Vec<String>, message: String, help: String| {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        context.report(MISSING_BACKEND, object, &path, message, help);
    };
    let Some(service) = context.get("", "Service", namespace, name) else {
        if may_come_from_elsewhere(context, namespace) {
            return;
        }
        let own = context.of("", "Service").iter().filter(|service| service.id.namespace == namespace);
        let names: Vec<&str> = own.map(|service| service.id.name.as_str()).collect();
        let help = match cliutil::did_you_mean(name, names.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None if names.is_empty() => format!("nothing in {namespace} makes a Service"),
            None => format!("there are {}", names.join(", ")),
        };
        let message = format!("{} sends to Service {namespace}/{name}, which is not there", object.id);
        report(context, at(&["name"]), message, help);
        return;
    };
    let ports = service.items(&["spec", "ports"]);
    let Some((field, wanted)) = port.iter().find_map(|field| Some((*field, port_of(backend, field)?))) else {
        return;
    };
    // A route says the number; an Ingress that or the name.
    let own = if field.ends_with(&["name"]) { "name" } else { "port" };
    let known: Vec<String> = ports.iter().filter_map(|port| port_of(port, &[own])).collect();
    if ports.is_empty() || is_open(&wanted) || known.contains(&wanted) || known.iter().any(|one| is_open(one))
    {
        return;
    }
    let message = format!("{} sends to port {wanted} of {}, which it does not have", object.id, service.id);
    let help = if known.is_empty() {
        "its ports have no names".to_owned()
    } else {
        format!("it has {}", known.join(", "))
    };
    report(context, at(field), message, help);
}

/// The number or name of a port.
fn port_of(value: &Value, field: &[&str]) -> Option<String> {
    match crate::applied::at(value, field)? {
        Value::Int(number) => Some(number.to_string()),
        Value::String(name) if !name.is_empty() => Some(name.clone()),
        _ => None,
    }
}

/// Whether a namespace has something that makes Services of its own.
fn may_come_from_elsewhere(context: &Context<'_>, namespace: &str) -> bool {
    let is_known = context.namespaces.contains(namespace) || namespace == "default";
    !is_known || has_makers(context, namespace)
}

fn has_makers(context: &Context<'_>, namespace: &str) -> bool {
    !context.releases(namespace).is_empty() || context.makers.contains(namespace)
}

/// Whether an object may make others: an operator's, mostly.
pub(super) fn is_maker(object: &Object) -> bool {
    !QUIET_GROUPS.contains(&object.id.group.as_str())
}

/// A Service whose selector fits no pod.
fn pods(context: &mut Context<'_>, service: &Object) {
    let Some(selector) = service.at(&["spec", "selector"]).and_then(Value::as_mapping) else { return };
    let wanted: BTreeMap<&str, &str> =
        selector.iter().filter_map(|(key, value)| Some((key.as_str()?, value.as_str()?))).collect();
    let namespace = &service.id.namespace;
    if wanted.is_empty() || wanted.values().any(|value| is_open(value)) || has_makers(context, namespace) {
        return;
    }
    let workloads = context.workloads.get(namespace.as_str()).map_or(&[][..], Vec::as_slice);
    let fits = workloads.iter().any(|object| {
        let labels = super::references::pod_paths(object)
            .iter()
            .filter_map(|path| object.at(&[&path[..path.len() - 1], &["metadata", "labels"]].concat()));
        labels.into_iter().any(|labels| wanted.iter().all(|(key, value)| text(labels, &[key]) == Some(value)))
    });
    if workloads.is_empty() || fits {
        return;
    }
    let message = format!("{} selects no pod of what is applied to {namespace}", service.id);
    let help = "its selector must be among the labels of a workload's pods (spec.template.metadata.labels)"
        .to_owned();
    context.report(NO_PODS, service, &["spec", "selector"], message, help);
}
