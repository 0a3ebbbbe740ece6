//! Secrets and ConfigMaps that pods and other objects use: each must be made by something.

use std::collections::{BTreeSet, HashSet};

use cliutil::Severity;
use yaml::Value;

use super::{Context, MISSING_CONFIG, MISSING_SECRET, Rule, is_open, release_namespace};
use crate::applied::{Cluster, Object, at, flag, items, text};

/// Deeper values hold no reference.
const MAX_DEPTH: usize = 40;

/// Where the pod of a workload is described.
pub(crate) fn pod_paths(object: &Object) -> &'static [&'static [&'static str]] {
    match (object.id.group.as_str(), object.id.kind.as_str()) {
        ("", "Pod") => &[&["spec"]],
        ("", "ReplicationController")
        | ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
        | ("batch", "Job") => &[&["spec", "template", "spec"]],
        ("batch", "CronJob") => &[&["spec", "jobTemplate", "spec", "template", "spec"]],
        _ => &[],
    }
}

/// Names by namespace.
type Names = BTreeSet<(String, String)>;

/// What there is, or will be.
pub(crate) struct Made {
    pub(crate) secrets: Names,
    pub(crate) configs: Names,
}

pub(crate) fn check(context: &mut Context<'_>) {
    let cluster = context.cluster;
    for object in &cluster.objects {
        let mut uses = Vec::new();
        for pod in pod_paths(object) {
            of_pod(object, pod, &mut uses);
        }
        match (object.id.group.as_str(), object.id.kind.as_str()) {
            ("gateway.networking.k8s.io", "Gateway") => of_gateway(object, &mut uses),
            ("networking.k8s.io", "Ingress") => of_ingress(object, &mut uses),
            ("cert-manager.io", "Issuer") => of_fields(object, &["spec"], &mut uses),
            ("external-secrets.io", "SecretStore") => of_fields(object, &["spec", "provider"], &mut uses),
            ("helm.toolkit.fluxcd.io", "HelmRelease") => of_release(object, &mut uses),
            _ => {}
        }
        for one in uses {
            missing(context, object, &one);
        }
    }
}

/// A use of a Secret or ConfigMap.
struct Use {
    rule: Rule,
    namespace: String,
    name: String,
    path: Vec<String>,
}

fn missing(context: &mut Context<'_>, object: &Object, one: &Use) {
    let is_secret = one.rule.id == MISSING_SECRET.id;
    let made = context.made;
    let names = if is_secret { &made.secrets } else { &made.configs };
    if is_open(&one.name) || names.contains(&(one.namespace.clone(), one.name.clone())) {
        return;
    }
    if is_from_outside(context, object, &one.namespace, &one.name) {
        return;
    }
    let kind = if is_secret { "Secret" } else { "ConfigMap" };
    let elsewhere = names.iter().find(|(_, name)| *name == one.name);
    let own = names.iter().filter(|(namespace, _)| *namespace == one.namespace);
    let near = cliutil::did_you_mean(&one.name, own.map(|(_, name)| name.as_str()));
    let help = match (elsewhere, near) {
        (Some((namespace, _)), _) => {
            format!("one of that name is in namespace {namespace}: it must be in {}", one.namespace)
        }
        (None, Some(near)) => format!("did you mean {near}?"),
        (None, None) => format!(
            "add it to what is applied to {}, or say optional: true if it may be missing",
            one.namespace
        ),
    };
    let path: Vec<&str> = one.path.iter().map(String::as_str).collect();
    let message = format!("{} needs {kind} {}/{}, which nothing makes", object.id, one.namespace, one.name);
    let severity = if context.releases(&one.namespace).is_empty() {
        context.severity(one.rule)
    } else {
        Severity::Warning
    };
    context.findings.push(object.finding(severity, one.rule.id, message, &path).with_help(help));
}

/// A chart may make it: its objects are mostly named after the release, and nothing else is known of them.
fn is_from_outside(context: &Context<'_>, object: &Object, namespace: &str, name: &str) -> bool {
    let releases = context.releases(namespace);
    let own = object.is("helm.toolkit.fluxcd.io", "HelmRelease");
    releases.iter().any(|release| {
        let named = release.text(&["spec", "releaseName"]).unwrap_or(&release.id.name);
        let words = [named, release.id.name.as_str()];
        // What an operator or a chart makes of its own is named after it, or the other way round.
        words.iter().any(|word| name.starts_with(word) || word.starts_with(name))
            || !own && makes(release, name)
    })
}

/// Whether the values of a release speak of that name.
fn makes(release: &Object, name: &str) -> bool {
    fn speaks(value: &Value, name: &str, depth: usize) -> bool {
        depth < MAX_DEPTH
            && match value {
                Value::String(text) => text == name,
                Value::Sequence(items) => items.iter().any(|item| speaks(item, name, depth + 1)),
                Value::Mapping(entries) => entries
                    .iter()
                    .any(|(key, value)| key.as_str() == Some(name) || speaks(value, name, depth + 1)),
                _ => false,
            }
    }
    release.at(&["spec", "values"]).is_some_and(|values| speaks(values, name, 0))
}

/// The Secrets and ConfigMaps of a cluster: those that are applied, and those that something makes.
pub(crate) fn made(cluster: &Cluster) -> Made {
    let mut made = Made { secrets: Names::new(), configs: Names::new() };
    let mut namespaces: HashSet<&str> =
        cluster.of("", "Namespace").map(|object| object.id.name.as_str()).collect();
    namespaces.extend(cluster.objects.iter().map(|object| object.id.namespace.as_str()));
    // What the cluster and Flux make by themselves.
    for namespace in &namespaces {
        made.configs.insert(((*namespace).to_owned(), "kube-root-ca.crt".to_owned()));
    }
    for name in ["flux-system", "sops-age"] {
        made.secrets.insert(("flux-system".to_owned(), name.to_owned()));
    }
    for object in cluster.all() {
        // What is applied before Flux runs goes to its namespace where none is said.
        let namespace = match object.id.namespace.as_str() {
            "" if cluster.is_flux => "flux-system".to_owned(),
            namespace => namespace.to_owned(),
        };
        let own = object.id.name.as_str();
        let or_own = |path: &[&str]| object.text(path).unwrap_or(own).to_owned();
        match (object.id.group.as_str(), object.id.kind.as_str()) {
            ("", "Secret") => {
                made.secrets.insert((namespace, own.to_owned()));
            }
            ("", "ConfigMap") => {
                made.configs.insert((namespace, own.to_owned()));
            }
            ("external-secrets.io", "ExternalSecret") => {
                made.secrets.insert((namespace, or_own(&["spec", "target", "name"])));
            }
            ("external-secrets.io", "ClusterExternalSecret") => {
                let name = object.text(&["spec", "externalSecretSpec", "target", "name"]);
                let name = name.or(object.text(&["spec", "externalSecretName"])).unwrap_or(own);
                for namespace in &namespaces {
                    made.secrets.insert(((*namespace).to_owned(), name.to_owned()));
                }
            }
            ("bitnami.com", "SealedSecret") => {
                made.secrets.insert((namespace, or_own(&["spec", "template", "metadata", "name"])));
            }
            ("cert-manager.io", "Certificate") => {
                made.secrets.insert((namespace, or_own(&["spec", "secretName"])));
            }
            ("cert-manager.io", "Issuer" | "ClusterIssuer") => {
                let is_wide = object.id.namespace.is_empty();
                let namespace = if is_wide { "cert-manager".to_owned() } else { namespace };
                if let Some(name) = object.text(&["spec", "acme", "privateKeySecretRef", "name"]) {
                    made.secrets.insert((namespace, name.to_owned()));
                }
            }
            ("trust.cert-manager.io", "Bundle") => {
                for namespace in &namespaces {
                    made.configs.insert(((*namespace).to_owned(), own.to_owned()));
                    made.secrets.insert(((*namespace).to_owned(), own.to_owned()));
                }
            }
            ("postgresql.cnpg.io", "Cluster") => {
                for end in ["app", "superuser", "ca", "server", "replication"] {
                    made.secrets.insert((namespace.clone(), format!("{own}-{end}")));
                }
            }
            ("objectbucket.io", "ObjectBucketClaim") => {
                made.secrets.insert((namespace.clone(), own.to_owned()));
                made.configs.insert((namespace, own.to_owned()));
            }
            ("kyverno.io", "ClusterPolicy" | "Policy") => generated(object, &namespaces, &mut made),
            // cert-manager makes what an annotated Gateway or Ingress names.
            ("gateway.networking.k8s.io", "Gateway") | ("networking.k8s.io", "Ingress")
                if is_certified(object) =>
            {
                let mut uses = Vec::new();
                of_gateway(object, &mut uses);
                of_ingress(object, &mut uses);
                made.secrets.extend(uses.into_iter().map(|one| (one.namespace, one.name)));
            }
            _ => {}
        }
    }
    reflected(cluster, &namespaces, &mut made);
    made
}

/// What the rules of a Kyverno policy make, in whatever namespace they are for.
fn generated(policy: &Object, namespaces: &HashSet<&str>, made: &mut Made) {
    for rule in policy.items(&["spec", "rules"]) {
        let Some(name) = text(rule, &["generate", "name"]) else { continue };
        let names = match text(rule, &["generate", "kind"]) {
            Some("Secret") => &mut made.secrets,
            Some("ConfigMap") => &mut made.configs,
            _ => continue,
        };
        names.extend(namespaces.iter().map(|namespace| ((*namespace).to_owned(), name.to_owned())));
    }
}

fn is_certified(object: &Object) -> bool {
    ["cert-manager.io/cluster-issuer", "cert-manager.io/issuer", "kubernetes.io/tls-acme"]
        .iter()
        .any(|key| object.text(&["metadata", "annotations", key]).is_some())
}

/// Copies into other namespaces that annotations ask for: of reflector and of replicator.
fn reflected(cluster: &Cluster, namespaces: &HashSet<&str>, made: &mut Made) {
    /// Where the annotations of what is made stand: a Certificate's, an ExternalSecret's, a SealedSecret's.
    const TEMPLATES: [&[&str]; 4] = [
        &["metadata"],
        &["spec", "secretTemplate"],
        &["spec", "target", "template", "metadata"],
        &["spec", "template", "metadata"],
    ];
    for object in cluster.all() {
        let asks = TEMPLATES.iter().any(|template| {
            let annotations = object.at(template).and_then(|template| template.get("annotations"));
            let said = |key: &str| text(annotations?, &[key]);
            said("reflector.v1.k8s.emberstack.com/reflection-auto-enabled") == Some("true")
                || said("replicator.v1.mittwald.de/replicate-to").is_some()
                || said("replicator.v1.mittwald.de/replicate-to-matching").is_some()
        });
        if !asks {
            continue;
        }
        let name = object.text(&["spec", "secretName"]).or(object.text(&["spec", "target", "name"]));
        let name = name.unwrap_or(&object.id.name);
        for namespace in namespaces {
            made.secrets.insert(((*namespace).to_owned(), name.to_owned()));
            made.configs.insert(((*namespace).to_owned(), name.to_owned()));
        }
    }
}

fn path(parts: &[&str]) -> Vec<String> {
    parts.iter().map(|part| (*part).to_owned()).collect()
}

fn of_pod(object: &Object, pod: &[&str], uses: &mut Vec<Use>) {
    let namespace = &object.id.namespace;
    let mut add = |rule: Rule, value: &Value, key: &str, at: &[&str]| {
        let optional = flag(value, &["optional"]);
        if let Some(name) = text(value, &[key]).filter(|_| !optional) {
            let path = path(&[pod, at, &[key]].concat());
            uses.push(Use { rule, namespace: namespace.clone(), name: name.to_owned(), path });
        }
    };
    for (n, secret) in object.items(&[pod, &["imagePullSecrets"]].concat()).iter().enumerate() {
        add(MISSING_SECRET, secret, "name", &["imagePullSecrets", &n.to_string()]);
    }
    for (n, volume) in object.items(&[pod, &["volumes"]].concat()).iter().enumerate() {
        let n = n.to_string();
        let mut of = |volume: &Value, at: &[&str]| {
            for (key, name, rule) in
                [("secret", "secretName", MISSING_SECRET), ("configMap", "name", MISSING_CONFIG)]
            {
                if let Some(source) = volume.get(key) {
                    add(rule, source, name, &[at, &[key]].concat());
                }
            }
        };
        of(volume, &["volumes", &n]);
        for (m, source) in items(volume, &["projected", "sources"]).iter().enumerate() {
            let m = m.to_string();
            let at = ["volumes", &n, "projected", "sources", &m];
            for (key, rule) in [("secret", MISSING_SECRET), ("configMap", MISSING_CONFIG)] {
                if let Some(value) = source.get(key) {
                    add(rule, value, "name", &[&at[..], &[key]].concat());
                }
            }
        }
    }
    for list in ["initContainers", "containers"] {
        for (n, container) in object.items(&[pod, &[list]].concat()).iter().enumerate() {
            let n = n.to_string();
            for (m, env) in items(container, &["env"]).iter().enumerate() {
                let m = m.to_string();
                for (key, rule) in [("secretKeyRef", MISSING_SECRET), ("configMapKeyRef", MISSING_CONFIG)] {
                    if let Some(value) = at(env, &["valueFrom", key]) {
                        add(rule, value, "name", &[list, &n, "env", &m, "valueFrom", key]);
                    }
                }
            }
            for (m, from) in items(container, &["envFrom"]).iter().enumerate() {
                let m = m.to_string();
                for (key, rule) in [("secretRef", MISSING_SECRET), ("configMapRef", MISSING_CONFIG)] {
                    if let Some(value) = from.get(key) {
                        add(rule, value, "name", &[list, &n, "envFrom", &m, key]);
                    }
                }
            }
        }
    }
}

fn of_gateway(object: &Object, uses: &mut Vec<Use>) {
    for (n, listener) in object.items(&["spec", "listeners"]).iter().enumerate() {
        for (m, reference) in items(listener, &["tls", "certificateRefs"]).iter().enumerate() {
            if text(reference, &["kind"]).is_some_and(|kind| kind != "Secret") {
                continue;
            }
            let Some(name) = text(reference, &["name"]) else { continue };
            let namespace = text(reference, &["namespace"]).unwrap_or(&object.id.namespace);
            let (n, m) = (n.to_string(), m.to_string());
            let path = path(&["spec", "listeners", &n, "tls", "certificateRefs", &m, "name"]);
            let (namespace, name) = (namespace.to_owned(), name.to_owned());
            uses.push(Use { rule: MISSING_SECRET, namespace, name, path });
        }
    }
}

fn of_ingress(object: &Object, uses: &mut Vec<Use>) {
    for (n, tls) in object.items(&["spec", "tls"]).iter().enumerate() {
        let Some(name) = text(tls, &["secretName"]) else { continue };
        let path = path(&["spec", "tls", &n.to_string(), "secretName"]);
        let namespace = object.id.namespace.clone();
        uses.push(Use { rule: MISSING_SECRET, namespace, name: name.to_owned(), path });
    }
}

/// Every `…SecretRef` below a path, but for keys that the object makes itself.
fn of_fields(object: &Object, from: &[&str], uses: &mut Vec<Use>) {
    if let Some(value) = object.at(from) {
        let mut found = Vec::new();
        walk(value, &mut path(from), &mut found);
        uses.extend(found.into_iter().filter_map(|(rule, name, path)| {
            let own = path.iter().any(|part| part == "privateKeySecretRef");
            let namespace = object.id.namespace.clone();
            (!own).then_some(Use { rule, namespace, name, path })
        }));
    }
}

/// References in the values of a chart that have the form Kubernetes gives them.
fn of_release(object: &Object, uses: &mut Vec<Use>) {
    let Some(values) = object.at(&["spec", "values"]) else { return };
    let mut found = Vec::new();
    walk(values, &mut path(&["spec", "values"]), &mut found);
    let namespace = release_namespace(object);
    uses.extend(found.into_iter().map(|(rule, name, path)| Use {
        rule,
        namespace: namespace.to_owned(),
        name,
        path,
    }));
}

fn walk(value: &Value, path: &mut Vec<String>, found: &mut Vec<(Rule, String, Vec<String>)>) {
    if path.len() > MAX_DEPTH {
        return;
    }
    match value {
        Value::Mapping(entries) => {
            for (key, value) in entries.iter() {
                let Some(key) = key.as_str() else { continue };
                path.push(key.to_owned());
                let rule = match key {
                    "secretRef" | "secretKeyRef" => Some(MISSING_SECRET),
                    "configMapRef" | "configMapKeyRef" => Some(MISSING_CONFIG),
                    _ if key.ends_with("SecretRef") => Some(MISSING_SECRET),
                    _ => None,
                };
                let name = text(value, &["name"]).filter(|name| !name.contains("{{"));
                let elsewhere = text(value, &["namespace"]).is_some();
                if let (Some(rule), Some(name)) = (rule, name)
                    && !elsewhere
                    && !flag(value, &["optional"])
                {
                    let mut at = path.clone();
                    at.push("name".to_owned());
                    found.push((rule, name.to_owned(), at));
                } else {
                    walk(value, path, found);
                }
                path.pop();
            }
        }
        Value::Sequence(items) => {
            for (n, value) in items.iter().enumerate() {
                path.push(n.to_string());
                walk(value, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}
