//! Routes and Gateways: each route must find a listener that takes it, and nobody reaches into another namespace
//! unasked.

use yaml::Value;

use super::routes::{self, GATEWAY_GROUP, KINDS, Route};
use super::{
    Context, HOSTNAME_MISMATCH, MISSING_GATEWAY, MISSING_GRANT, NO_LISTENER, ROUTE_NOT_ALLOWED, Rule, is_open,
};
use crate::applied::{Object, items, text};

pub(crate) fn check(context: &mut Context<'_>) {
    let cluster = context.cluster;
    for object in &cluster.objects {
        for route in routes::of(object) {
            for n in 0..items(route.spec, &["parentRefs"]).len() {
                parent(context, &route, n);
            }
            for (path, backend) in route.backends() {
                let kind = text(backend, &["kind"]).unwrap_or("Service");
                let group = text(backend, &["group"]).unwrap_or("");
                grant(
                    context,
                    object,
                    (GATEWAY_GROUP, route.kind, route.namespace),
                    (group, kind),
                    backend,
                    &path,
                );
            }
        }
        if object.is(GATEWAY_GROUP, "Gateway") {
            certificates(context, object);
        }
    }
}

/// A finding about a field of a route's spec.
fn report(
    context: &mut Context<'_>,
    route: &Route<'_>,
    rule: Rule,
    path: &[&str],
    message: String,
    help: String,
) {
    let path = route.at(path);
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    context.report(rule, route.object, &path, message, help);
}

/// One of a route's parents.
fn parent(context: &mut Context<'_>, route: &Route<'_>, n: usize) {
    let Some(reference) = items(route.spec, &["parentRefs"]).get(n) else { return };
    let n = n.to_string();
    let kind = text(reference, &["kind"]).unwrap_or("Gateway");
    let group = text(reference, &["group"]).unwrap_or(GATEWAY_GROUP);
    let Some(name) = text(reference, &["name"]) else { return };
    if (kind, group) != ("Gateway", GATEWAY_GROUP) || is_open(name) {
        return;
    }
    let namespace = text(reference, &["namespace"]).unwrap_or(route.namespace);
    if is_open(namespace) {
        return;
    }
    let Some(gateway) = context.get(GATEWAY_GROUP, "Gateway", namespace, name) else {
        missing_gateway(context, route, &n, namespace, name);
        return;
    };
    let listeners = gateway.items(&["spec", "listeners"]);
    let section = text(reference, &["sectionName"]);
    let port = reference.get("port").and_then(Value::as_int);
    let fitting: Vec<&Value> = listeners
        .iter()
        .filter(|listener| {
            section.is_none_or(|section| text(listener, &["name"]) == Some(section))
                && port.is_none_or(|port| listener.get("port").and_then(Value::as_int) == Some(port))
        })
        .collect();
    if fitting.is_empty() {
        if section.is_some_and(is_open) || context.has_listener_sets {
            return;
        }
        let names: Vec<&str> = listeners.iter().filter_map(|listener| text(listener, &["name"])).collect();
        let what = match (section, port) {
            (Some(section), _) => format!("listener {section}"),
            (None, Some(port)) => format!("listener on port {port}"),
            (None, None) => "listener at all".to_owned(),
        };
        let near = section.and_then(|section| cliutil::did_you_mean(section, names.iter().copied()));
        let help = near
            .map_or_else(|| format!("it has {}", names.join(", ")), |near| format!("did you mean {near}?"));
        let field = if section.is_some() { "sectionName" } else { "port" };
        report(
            context,
            route,
            NO_LISTENER,
            &["parentRefs", &n, field],
            format!("{} has no {what}", gateway.id),
            help,
        );
        return;
    }
    let protocols = KINDS.iter().find(|(kind, _)| *kind == route.kind).map_or(&[][..], |(_, known)| known);
    let known: Vec<&Value> = fitting
        .into_iter()
        .filter(|listener| {
            // Protocols of a vendor's own are none of ours to judge.
            let protocol = text(listener, &["protocol"]).unwrap_or_default();
            protocols.contains(&protocol) || protocol.contains('/') || protocol.is_empty()
        })
        .collect();
    if known.is_empty() {
        let message = format!("no listener of {} that is meant takes a {}", gateway.id, route.kind);
        let help = format!("a {} needs a listener of protocol {}", route.kind, protocols.join(" or "));
        report(context, route, NO_LISTENER, &["parentRefs", &n, "name"], message, help);
        return;
    }
    let (allowed, refused): (Vec<&Value>, Vec<&Value>) =
        known.into_iter().partition(|listener| allows(context, gateway, listener, route));
    if allowed.is_empty() {
        let from =
            refused.first().and_then(|listener| text(listener, &["allowedRoutes", "namespaces", "from"]));
        let from = from.unwrap_or("Same");
        let message = format!("{} takes no {} from namespace {}", gateway.id, route.kind, route.namespace);
        let help = format!(
            "its listener says allowedRoutes.namespaces.from: {from}; say All, or a Selector that fits the labels of {}",
            route.namespace
        );
        report(context, route, ROUTE_NOT_ALLOWED, &["parentRefs", &n, "name"], message, help);
        return;
    }
    hostnames(context, route, gateway, &allowed);
}

/// One of a route's host names must be one that a listener serves.
fn hostnames(context: &mut Context<'_>, route: &Route<'_>, gateway: &Object, listeners: &[&Value]) {
    let own = route.hostnames();
    let theirs: Vec<Option<&str>> = listeners.iter().map(|listener| text(listener, &["hostname"])).collect();
    // What a variable will be is not known.
    let fits = |own: &str, their: &str| matches(their, own) || is_open(own) || is_open(their);
    let fits = own.is_empty()
        || own.iter().any(|own| theirs.iter().any(|their| their.is_none_or(|their| fits(own, their))));
    if !fits {
        let theirs: Vec<&str> = theirs.into_iter().flatten().collect();
        let message = format!(
            "none of the host names of {} is one of {}: {}",
            route.object.id,
            gateway.id,
            theirs.join(", ")
        );
        let help = "the listener's hostname and the route's hostnames must overlap; *.example.com does not hold example.com itself".to_owned();
        report(context, route, HOSTNAME_MISMATCH, &["hostnames", "0"], message, help);
    }
}

fn missing_gateway(context: &mut Context<'_>, route: &Route<'_>, n: &str, namespace: &str, name: &str) {
    let cluster = context.cluster;
    // Where no Gateway is known, a chart may bring all of them.
    let known = context.of(GATEWAY_GROUP, "Gateway").to_vec();
    let is_from_chart = !context.releases(namespace).is_empty() && known.is_empty();
    if is_from_chart || !cluster.is_flux && known.is_empty() {
        return;
    }
    let elsewhere = known.iter().find(|gateway| gateway.id.name == name);
    let near = cliutil::did_you_mean(name, known.iter().map(|gateway| gateway.id.name.as_str()));
    let help = match (elsewhere, near) {
        (Some(gateway), _) => format!("it lives in namespace {0}: add namespace: {0}", gateway.id.namespace),
        (None, Some(near)) => format!("did you mean {near}?"),
        (None, None) if known.is_empty() => "no Gateway is applied at all".to_owned(),
        (None, None) => {
            let names: Vec<_> = known.iter().map(|gateway| gateway.id.to_string()).collect();
            format!("there are {}", names.join(", "))
        }
    };
    let path = route.at(&["parentRefs", n, "name"]);
    let path: Vec<&str> = path.iter().map(String::as_str).collect();
    let message = format!("{} belongs to Gateway {namespace}/{name}, which is not there", route.object.id);
    context.report(MISSING_GATEWAY, route.object, &path, message, help);
}

/// Whether a listener takes routes of that kind from that namespace.
fn allows(context: &Context<'_>, gateway: &Object, listener: &Value, route: &Route<'_>) -> bool {
    let kinds = items(listener, &["allowedRoutes", "kinds"]);
    let takes_kind = kinds.is_empty() || kinds.iter().any(|kind| text(kind, &["kind"]) == Some(route.kind));
    let from = text(listener, &["allowedRoutes", "namespaces", "from"]).unwrap_or("Same");
    let takes_namespace = match from {
        "Same" => gateway.id.namespace == route.namespace,
        "Selector" => selects(context, listener, route.namespace),
        "None" => false,
        // All, and what is none of these: that is a matter of its schema.
        _ => true,
    };
    takes_kind && takes_namespace
}

/// Whether the listener's selector fits the labels of a namespace; a namespace that is not known may fit.
fn selects(context: &Context<'_>, listener: &Value, namespace: &str) -> bool {
    let Some(object) = context.get("", "Namespace", "", namespace) else { return true };
    let label = |key: &str| match key {
        "kubernetes.io/metadata.name" => Some(namespace),
        key => object.text(&["metadata", "labels", key]),
    };
    let selector = ["allowedRoutes", "namespaces", "selector"];
    let wanted = crate::applied::at(listener, &[&selector[..], &["matchLabels"]].concat());
    let labels = wanted
        .and_then(Value::as_mapping)
        .into_iter()
        .flat_map(yaml::Mapping::iter)
        .all(|(key, value)| key.as_str().is_none_or(|key| label(key) == value.as_str()));
    labels
        && items(listener, &[&selector[..], &["matchExpressions"]].concat()).iter().all(|expression| {
            let value = text(expression, &["key"]).and_then(label);
            let values: Vec<&str> = items(expression, &["values"]).iter().filter_map(Value::as_str).collect();
            match text(expression, &["operator"]) {
                Some("In") => value.is_some_and(|value| values.contains(&value)),
                Some("NotIn") => value.is_none_or(|value| !values.contains(&value)),
                Some("Exists") => value.is_some(),
                Some("DoesNotExist") => value.is_none(),
                _ => true,
            }
        })
}

/// Whether two host names overlap; either may begin with `*.`.
fn matches(one: &str, other: &str) -> bool {
    let (one, other) = (one.to_ascii_lowercase(), other.to_ascii_lowercase());
    match (one.strip_prefix("*."), other.strip_prefix("*.")) {
        (None, None) => one == other,
        (Some(suffix), None) => below(&other, suffix),
        (None, Some(suffix)) => below(&one, suffix),
        (Some(one), Some(other)) => one == other || below(one, other) || below(other, one),
    }
}

fn below(name: &str, suffix: &str) -> bool {
    name.strip_suffix(suffix).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
}

/// Certificates of a Gateway in other namespaces.
fn certificates(context: &mut Context<'_>, gateway: &Object) {
    for (n, listener) in gateway.items(&["spec", "listeners"]).iter().enumerate() {
        for (m, reference) in items(listener, &["tls", "certificateRefs"]).iter().enumerate() {
            let path = ["spec", "listeners", &n.to_string(), "tls", "certificateRefs", &m.to_string()]
                .map(str::to_owned)
                .to_vec();
            let kind = text(reference, &["kind"]).unwrap_or("Secret");
            let group = text(reference, &["group"]).unwrap_or("");
            let from = (GATEWAY_GROUP, "Gateway", gateway.id.namespace.as_str());
            grant(context, gateway, from, (group, kind), reference, &path);
        }
    }
}

/// A reference into another namespace must be granted there.
fn grant(
    context: &mut Context<'_>,
    object: &Object,
    from: (&str, &str, &str),
    to: (&str, &str),
    reference: &Value,
    path: &[String],
) {
    let Some(namespace) = text(reference, &["namespace"]).filter(|namespace| *namespace != from.2) else {
        return;
    };
    let Some(name) = text(reference, &["name"]) else { return };
    if is_open(namespace) || is_open(name) {
        return;
    }
    let grants = context.of(GATEWAY_GROUP, "ReferenceGrant").iter();
    let is_granted = grants.filter(|grant| grant.id.namespace == namespace).any(|grant| {
        grant.items(&["spec", "from"]).iter().any(|one| {
            text(one, &["group"]).unwrap_or("") == from.0
                && text(one, &["kind"]) == Some(from.1)
                && text(one, &["namespace"]) == Some(from.2)
        }) && grant.items(&["spec", "to"]).iter().any(|one| {
            text(one, &["group"]).unwrap_or("") == to.0
                && text(one, &["kind"]) == Some(to.1)
                && text(one, &["name"]).is_none_or(|granted| granted == name)
        })
    });
    if is_granted {
        return;
    }
    // A stream or folder may be a part of what is applied.
    let severity =
        if context.cluster.is_flux { context.severity(MISSING_GRANT) } else { cliutil::Severity::Warning };
    let at: Vec<&str> = path.iter().map(String::as_str).chain(["namespace"]).collect();
    let message = format!(
        "{} refers to {} {namespace}/{name}, and no ReferenceGrant in {namespace} allows it",
        object.id, to.1
    );
    let help = format!(
        "add a ReferenceGrant to {namespace} from {} in {} to {}, or move one of the two",
        from.1, from.2, to.1
    );
    context.findings.push(object.finding(severity, MISSING_GRANT.id, message, &at).with_help(help));
}

#[cfg(test)]
mod tests {
    use super::matches;

    /// The Gateway API: a wildcard holds any number of labels, and not the bare domain.
    #[test]
    fn host_names() {
        for (one, other) in [
            ("a.example.com", "a.example.com"),
            ("*.example.com", "a.example.com"),
            ("*.example.com", "a.b.example.com"),
            ("A.example.com", "*.example.com"),
            ("*.example.com", "*.b.example.com"),
        ] {
            assert!(matches(one, other), "{one} {other}");
        }
        for (one, other) in [
            ("*.example.com", "example.com"),
            ("a.example.com", "b.example.com"),
            ("*.example.com", "*.example.org"),
            ("*.example.com", "anexample.com"),
        ] {
            assert!(!matches(one, other), "{one} {other}");
        }
    }
}
