//! Names inside of objects that follow the objects they name: a Deployment's ConfigMap whose name got a hash.

use std::collections::{HashMap, HashSet};

use foldhash::fast::RandomState;

use crate::codes;
use crate::config::Config;
use crate::fieldspec::{Create, Spec, set_scalar};
use crate::file::{Outcome, Problems};
use crate::ids::{Gvk, Id};
use crate::node::{Node, Scalar, Tag};
use crate::objects::Objects;
use crate::parallel;
use crate::resource::{Resource, set_untagged};

/// Objects of a kind, and where others name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) group: String,
    pub(crate) version: String,
    pub(crate) kind: String,
    pub(crate) places: Vec<Spec>,
}

impl Rule {
    /// Whether both are about objects of the same kind.
    pub(crate) fn names_the_same(&self, other: &Rule) -> bool {
        (&self.group, &self.version, &self.kind) == (&other.group, &other.version, &other.kind)
    }
}

/// Updates all names.
pub(crate) fn update(objects: &mut Objects, config: &Config) -> Outcome<()> {
    let rules = &config.references;
    // Nothing to do, unless places that somebody added lead nowhere.
    if config.has_own_references() && objects.list().iter().all(|resource| resource.history.former.is_empty())
    {
        return Ok(());
    }
    let mut changed = Vec::new();
    let mut problems = Problems::new();
    let names = Names::new(objects.list());
    let updated = |resource| names.updated(resource, rules);
    let updated = parallel::map(objects.list(), parallel::OBJECTS, updated);
    for (n, (resource, updated)) in objects.list().iter().zip(updated).enumerate() {
        match updated {
            Ok(Some(node)) => changed.push((n, node)),
            Ok(None) => {}
            Err(why) => {
                let message = format!("a reference in {} cannot be updated: {why}", resource.id());
                problems.push(resource.origin.error(codes::REFERENCE, message));
            }
        }
    }
    for (n, node) in changed {
        objects.list_mut()[n].node = node;
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// The objects by the names they had.
struct Names<'o> {
    list: &'o [Resource],
    by_former: HashMap<&'o str, Vec<usize>, RandomState>,
}

/// Whether several candidates are as good as one.
#[derive(Clone, Copy)]
enum Alike {
    Name,
    NameAndNamespace,
}

impl<'o> Names<'o> {
    fn new(list: &'o [Resource]) -> Self {
        let mut by_former: HashMap<&str, Vec<usize>, RandomState> = HashMap::default();
        for (n, resource) in list.iter().enumerate() {
            for former in &resource.history.former {
                let known = by_former.entry(&former.name).or_default();
                if known.last() != Some(&n) {
                    known.push(n);
                }
            }
        }
        Self { list, by_former }
    }

    /// The object with its references updated; none when nothing changes.
    fn updated(&self, resource: &'o Resource, rules: &[Rule]) -> Result<Option<Node>, String> {
        let original = resource.original_id().gvk;
        let mut referrer: Option<Referrer<'_, 'o>> = None;
        let mut node: Option<Node> = None;
        for rule in rules {
            for place in rule.places.iter().filter(|place| place.selects(original)) {
                let current = node.as_ref().unwrap_or(&resource.node);
                if !place.any_ungrouped(current, &mut |leaf| self.may_concern(leaf)) {
                    continue;
                }
                if referrer.is_none() {
                    referrer = Some(Referrer::new(self, resource)?);
                }
                let Some(referrer) = &referrer else { continue };
                let mut copy = current.clone();
                place.apply_ungrouped(&mut copy, Create::Nothing, &mut |leaf| {
                    referrer.set(leaf, rule, place)
                })?;
                node = Some(copy);
            }
        }
        Ok(node)
    }

    /// Whether a field could name something that was renamed. (Mappings without a name are looked at for the error.)
    fn may_concern(&self, leaf: &Node) -> bool {
        match leaf {
            Node::Scalar(scalar) => !scalar.is_null() && self.by_former.contains_key(&*scalar.text),
            Node::Map(map) => {
                map.get("name").is_none_or(|name| self.by_former.contains_key(name.text_or_empty()))
            }
            Node::Seq(items) => items.iter().any(|item| self.may_concern(item)),
        }
    }
}

/// An object whose references are being updated.
struct Referrer<'n, 'o> {
    names: &'n Names<'o>,
    resource: &'o Resource,
    id: Id<'o>,
    /// Namespaces of service accounts that a RoleBinding names.
    account_namespaces: HashSet<&'o str>,
}

impl<'n, 'o> Referrer<'n, 'o> {
    fn new(names: &'n Names<'o>, resource: &'o Resource) -> Result<Self, String> {
        let id = resource.id();
        let mut account_namespaces = HashSet::new();
        if id.gvk.kind == "RoleBinding" {
            for subject in resource.node.get("subjects").and_then(Node::as_seq).unwrap_or_default() {
                let Some(namespace) = subject.get("namespace") else { continue };
                if subject.get("kind").and_then(Node::text) == Some("ServiceAccount") {
                    let text = namespace.text().filter(|_| !namespace.is_null());
                    account_namespaces.insert(text.ok_or("the namespace of a subject is no text")?);
                }
            }
        }
        Ok(Self { names, resource, id, account_namespaces })
    }

    fn set(&self, leaf: &mut Node, rule: &Rule, place: &Spec) -> Result<(), String> {
        match leaf {
            Node::Scalar(scalar) if scalar.is_null() => Ok(()),
            Node::Scalar(_) => self.set_scalar(leaf, rule, place),
            Node::Map(_) => self.set_map(leaf, rule, place),
            Node::Seq(_) => leaf.as_seq_mut().into_iter().flatten().try_for_each(|item| match item {
                Node::Seq(_) => Err("a list of lists stands where names must be".to_owned()),
                item => self.set(item, rule, place),
            }),
        }
    }

    fn set_scalar(&self, leaf: &mut Node, rule: &Rule, place: &Spec) -> Result<(), String> {
        let name = leaf.text_or_empty();
        let Some(found) = self.find(name, rule, place, Alike::Name, &|_| true)? else { return Ok(()) };
        if found.name() == name {
            return Ok(());
        }
        set_scalar(leaf, found.name(), Tag::Unset)
    }

    /// A mapping with a name, and perhaps a namespace.
    fn set_map(&self, leaf: &mut Node, rule: &Rule, place: &Spec) -> Result<(), String> {
        let Some(name) = leaf.get("name") else {
            return Err(format!("a mapping without a name stands at {}", place.text()));
        };
        let name = name.text_or_empty().to_owned();
        let namespace = leaf.get("namespace").map(|node| node.text_or_empty().to_owned());
        let was_there = |resource: &Resource, namespace: &str| {
            resource.original_id().effective_namespace() == namespace && namespace != crate::ids::CLUSTER
        };
        let is_there = |resource: &Resource, namespace: &str| {
            resource.id().effective_namespace() == namespace && namespace != crate::ids::CLUSTER
        };
        let found = match &namespace {
            None => self.find(&name, rule, place, Alike::NameAndNamespace, &|_| true)?,
            Some(namespace) => {
                // The namespaces objects had first count as long as any object had this one.
                let any = self.candidates().any(|resource| was_there(resource, namespace));
                let fits = |resource: &Resource| {
                    if any { was_there(resource, namespace) } else { is_there(resource, namespace) }
                };
                self.find(&name, rule, place, Alike::NameAndNamespace, &fits)?
            }
        };
        let Some(found) = found else { return Ok(()) };
        let (new_name, new_namespace) = (found.name(), found.namespace());
        if new_name == name && new_namespace.is_empty() {
            return Ok(());
        }
        let Some(map) = leaf.as_map_mut() else { return Ok(()) };
        set_untagged(map, "name", new_name);
        if !new_namespace.is_empty() {
            match map.get_mut("namespace") {
                Some(Node::Scalar(old)) => {
                    *old = Scalar::untagged(new_namespace).in_place_of(old);
                }
                _ => set_untagged(map, "namespace", new_namespace),
            }
        }
        Ok(())
    }

    /// The objects this one could name.
    fn candidates(&self) -> impl Iterator<Item = &'o Resource> {
        self.names.list.iter().filter(|resource| self.can_name(resource))
    }

    fn can_name(&self, resource: &Resource) -> bool {
        let id = resource.id();
        self.id.cluster
            || id.cluster
            || id.effective_namespace() == self.id.effective_namespace()
            || self.account_namespaces.contains(id.namespace)
    }

    /// The one object that was called `name`.
    fn find(
        &self,
        name: &str,
        rule: &Rule,
        place: &Spec,
        alike: Alike,
        fits: &dyn Fn(&Resource) -> bool,
    ) -> Result<Option<&'o Resource>, String> {
        let role = self.role(place);
        let known = self.names.by_former.get(name).map(Vec::as_slice).unwrap_or_default();
        let mut found: Vec<&'o Resource> = known
            .iter()
            .map(|n| &self.names.list[*n])
            .filter(|resource| self.can_name(resource) && fits(resource))
            .filter(|resource| was(resource, |gvk| gvk.is_selected(&rule.group, &rule.version, &rule.kind)))
            .filter(|resource| {
                role.is_none_or(|(group, kind)| was(resource, |gvk| gvk.is_selected(group, "", kind)))
            })
            .filter(|resource| self.is_near(resource))
            .collect();
        if found.len() == 1 {
            return Ok(found.pop());
        }
        found.retain(|resource| self.same_affixes(resource, true));
        if found.len() > 1 {
            found.retain(|resource| self.same_affixes(resource, false));
        }
        let Some(first) = found.first() else { return Ok(None) };
        let same = |other: &&Resource| match alike {
            Alike::Name => other.name() == first.name(),
            Alike::NameAndNamespace => other.name() == first.name() && other.namespace() == first.namespace(),
        };
        if found.iter().all(same) {
            return Ok(Some(first));
        }
        let list: Vec<_> = found.iter().map(|resource| resource.id().to_string()).collect();
        Err(format!("{name} could be {}", list.join(" or ")))
    }

    /// Group and kind of the role that a binding names.
    fn role(&self, place: &Spec) -> Option<(&'o str, &'o str)> {
        if !place.text().ends_with("roleRef/name") {
            return None;
        }
        let role = self.resource.node.get("roleRef")?;
        Some((role.get("apiGroup")?.text_or_empty(), role.get("kind")?.text_or_empty()))
    }

    fn is_near(&self, resource: &Resource) -> bool {
        let id = resource.id();
        self.id.cluster
            || id.cluster
            || id.gvk.kind == "ServiceAccount"
            || id.effective_namespace() == self.id.effective_namespace()
    }

    /// Whether both got the same prefixes and suffixes, as far as the shorter list says.
    fn same_affixes(&self, other: &Resource, allow_none: bool) -> bool {
        let (own, other) = (&self.resource.history, &other.history);
        let same = |a: &[_], b: &[_]| allow_none && (a.is_empty() || b.is_empty()) || same_ending(a, b);
        same(&own.prefixes, &other.prefixes) && same(&own.suffixes, &other.suffixes)
    }
}

fn same_ending<T: PartialEq>(a: &[T], b: &[T]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if short.is_empty() { long.is_empty() } else { long.ends_with(short) }
}

/// Whether a former identity fits.
fn was(resource: &Resource, fits: impl Fn(Gvk<'_>) -> bool) -> bool {
    resource.former_ids().any(|id| fits(id.gvk))
}

/// Kinds with a pod in them, and where it is.
const PODS: &[(&str, &str, &str)] = &[
    ("Pod", "v1", "spec"),
    ("PodTemplate", "", "template/spec"),
    ("Deployment", "", "spec/template/spec"),
    ("ReplicaSet", "", "spec/template/spec"),
    ("DaemonSet", "", "spec/template/spec"),
    ("StatefulSet", "", "spec/template/spec"),
    ("Job", "", "spec/template/spec"),
    ("CronJob", "", "spec/jobTemplate/spec/template/spec"),
];

/// The same for what only some kinds are looked at.
const SOME_PODS: &[(&str, &str)] = &[
    ("StatefulSet", "spec/template/spec"),
    ("Deployment", "spec/template/spec"),
    ("ReplicationController", "spec/template/spec"),
    ("CronJob", "spec/jobTemplate/spec/template/spec"),
    ("Job", "spec/template/spec"),
    ("DaemonSet", "spec/template/spec"),
];

fn spec(group: &str, kind: &str, path: &str) -> Spec {
    Spec::new(group, "", kind, path, false)
}

fn in_pods(paths: &[&str]) -> Vec<Spec> {
    let place = |(kind, version, root): &(&str, &str, &str), path: &str| {
        Spec::new("", version, kind, &format!("{root}/{path}"), false)
    };
    PODS.iter().flat_map(|pod| paths.iter().map(move |path| place(pod, path))).collect()
}

fn in_some_pods(path: &str) -> Vec<Spec> {
    std::iter::once(spec("", "Pod", &format!("spec/{path}")))
        .chain(SOME_PODS.iter().map(|(kind, root)| spec("", kind, &format!("{root}/{path}"))))
        .collect()
}

fn with(mut specs: Vec<Spec>, more: &[(&str, &str, &str)]) -> Vec<Spec> {
    specs.extend(more.iter().map(|(group, kind, path)| spec(group, kind, path)));
    specs
}

const RBAC: &str = "rbac.authorization.k8s.io";
const ADMISSION: &str = "admissionregistration.k8s.io";

/// kustomize 5.8.1's places, in its order. (Its rule for IngressClass names a group that does not exist.)
pub(crate) fn rules() -> Vec<Rule> {
    let rule = |group: &str, version: &str, kind: &str, places| Rule {
        group: group.to_owned(),
        version: version.to_owned(),
        kind: kind.to_owned(),
        places,
    };
    let scaled = || vec![spec("", "HorizontalPodAutoscaler", "spec/scaleTargetRef/name")];
    vec![
        rule(
            "storage.k8s.io",
            "v1",
            "StorageClass",
            with(
                Vec::new(),
                &[
                    ("", "PersistentVolume", "spec/storageClassName"),
                    ("", "PersistentVolumeClaim", "spec/storageClassName"),
                    ("", "StatefulSet", "spec/volumeClaimTemplates/spec/storageClassName"),
                ],
            ),
        ),
        rule(
            "",
            "v1",
            "ServiceAccount",
            with(
                in_some_pods("serviceAccountName"),
                &[(RBAC, "RoleBinding", "subjects"), (RBAC, "ClusterRoleBinding", "subjects")],
            ),
        ),
        rule(RBAC, "", "Role", vec![spec(RBAC, "RoleBinding", "roleRef/name")]),
        rule(
            RBAC,
            "",
            "ClusterRole",
            vec![spec(RBAC, "RoleBinding", "roleRef/name"), spec(RBAC, "ClusterRoleBinding", "roleRef/name")],
        ),
        rule("", "v1", "ConfigMap", config_map_places()),
        rule("", "v1", "Secret", secret_places()),
        rule("", "v1", "Service", service_places()),
        rule("scheduling.k8s.io", "v1", "PriorityClass", in_some_pods("priorityClassName")),
        rule(
            "",
            "v1",
            "PersistentVolume",
            with(
                Vec::new(),
                &[
                    ("", "PersistentVolumeClaim", "spec/volumeName"),
                    ("", "ClusterRole", "rules/resourceNames"),
                ],
            ),
        ),
        rule("", "v1", "PersistentVolumeClaim", in_some_pods("volumes/persistentVolumeClaim/claimName")),
        rule("", "", "Deployment", scaled()),
        rule("", "", "StatefulSet", scaled()),
        rule(
            ADMISSION,
            "",
            "ValidatingAdmissionPolicy",
            vec![spec(ADMISSION, "ValidatingAdmissionPolicyBinding", "spec/policyName")],
        ),
        rule("", "", "ReplicaSet", scaled()),
        rule("", "", "ReplicationController", scaled()),
    ]
}

fn config_map_places() -> Vec<Spec> {
    let specs = in_pods(&[
        "volumes/configMap/name",
        "containers/env/valueFrom/configMapKeyRef/name",
        "initContainers/env/valueFrom/configMapKeyRef/name",
        "containers/envFrom/configMapRef/name",
        "initContainers/envFrom/configMapRef/name",
        "volumes/projected/sources/configMap/name",
    ]);
    with(
        specs,
        &[
            ("", "Node", "spec/configSource/configMap"),
            ("", "Role", "rules/resourceNames"),
            ("", "ClusterRole", "rules/resourceNames"),
            ("", "Ingress", r"metadata/annotations/nginx.ingress.kubernetes.io\/fastcgi-params-configmap"),
        ],
    )
}

fn secret_places() -> Vec<Spec> {
    let specs = in_pods(&[
        "volumes/secret/secretName",
        "containers/env/valueFrom/secretKeyRef/name",
        "initContainers/env/valueFrom/secretKeyRef/name",
        "containers/envFrom/secretRef/name",
        "initContainers/envFrom/secretRef/name",
        "imagePullSecrets/name",
        "volumes/projected/sources/secret/name",
    ]);
    let mut specs = with(
        specs,
        &[
            ("", "Ingress", "spec/tls/secretName"),
            ("", "Ingress", r"metadata/annotations/ingress.kubernetes.io\/auth-secret"),
            ("", "Ingress", r"metadata/annotations/nginx.ingress.kubernetes.io\/auth-secret"),
            ("", "Ingress", r"metadata/annotations/nginx.ingress.kubernetes.io\/auth-tls-secret"),
            ("", "ServiceAccount", "imagePullSecrets/name"),
            ("", "StorageClass", "parameters/secretName"),
            ("", "StorageClass", "parameters/adminSecretName"),
            ("", "StorageClass", "parameters/userSecretName"),
            ("", "StorageClass", "parameters/secretRef"),
            ("", "Role", "rules/resourceNames"),
            ("", "ClusterRole", "rules/resourceNames"),
            ("", "PersistentVolume", "spec/azureFile/secretName"),
        ],
    );
    let knative = "spec/template/spec/containers/env/valueFrom/secretKeyRef/name";
    specs.push(Spec::new("serving.knative.dev", "v1", "Service", knative, false));
    specs
}

fn service_places() -> Vec<Spec> {
    with(
        Vec::new(),
        &[
            ("apps", "StatefulSet", "spec/serviceName"),
            ("", "Ingress", "spec/rules/http/paths/backend/serviceName"),
            ("", "Ingress", "spec/backend/serviceName"),
            ("", "Ingress", "spec/rules/http/paths/backend/service/name"),
            ("", "Ingress", "spec/defaultBackend/service/name"),
            ("apiregistration.k8s.io", "APIService", "spec/service/name"),
            (ADMISSION, "ValidatingWebhookConfiguration", "webhooks/clientConfig/service"),
            (ADMISSION, "MutatingWebhookConfiguration", "webhooks/clientConfig/service"),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::same_ending;

    #[test]
    fn endings() {
        assert!(same_ending(&["a", "b"], &["b"]) && same_ending::<&str>(&[], &[]));
        assert!(!same_ending(&["a", "b"], &["a"]) && !same_ending(&["a"], &[]));
    }
}
