//! `labels`, `commonLabels` and `commonAnnotations`.

use crate::codes;
use crate::config::Config;
use crate::fieldspec::{Create, Spec};
use crate::file::{Outcome, Problems};
use crate::kustomization::{Kustomization, Label};
use crate::node::{Node, Scalar};
use crate::objects::Objects;
use crate::resource::{Resource, key_scalar};
use crate::shared;

/// Labels and where they go.
pub(crate) struct Rule {
    pairs: Vec<(String, String)>,
    specs: Vec<Spec>,
}

/// Labels of objects and of the objects they make: kustomize 5.8.1's places.
pub(crate) fn places(leaf: &str) -> Vec<Spec> {
    let in_template = format!("spec/template/metadata/{leaf}");
    let labels = leaf == "labels";
    let mut specs = vec![
        Spec::new("", "", "", &format!("metadata/{leaf}"), true),
        Spec::new("", "v1", "ReplicationController", &in_template, true),
        Spec::new("", "", "Deployment", &in_template, true),
        Spec::new("", "", "ReplicaSet", &in_template, true),
        Spec::new("", "", "DaemonSet", &in_template, true),
        Spec::new(if labels { "apps" } else { "" }, "", "StatefulSet", &in_template, true),
        Spec::new("batch", "", "Job", &in_template, true),
        Spec::new("batch", "", "CronJob", &format!("spec/jobTemplate/metadata/{leaf}"), true),
        Spec::new("batch", "", "CronJob", &format!("spec/jobTemplate/spec/template/metadata/{leaf}"), true),
    ];
    if labels {
        specs.push(Spec::new("apps", "", "StatefulSet", "spec/volumeClaimTemplates[]/metadata/labels", true));
    }
    specs
}

/// Labels with selectors.
pub(crate) fn common_places() -> Vec<Spec> {
    let mut specs = vec![
        Spec::new("", "v1", "Service", "spec/selector", true),
        Spec::new("", "v1", "ReplicationController", "spec/selector", true),
        Spec::new("", "", "Deployment", "spec/selector/matchLabels", true),
        Spec::new("", "", "ReplicaSet", "spec/selector/matchLabels", true),
        Spec::new("", "", "DaemonSet", "spec/selector/matchLabels", true),
        Spec::new("apps", "", "StatefulSet", "spec/selector/matchLabels", true),
        Spec::new("batch", "", "Job", "spec/selector/matchLabels", false),
        Spec::new("batch", "", "CronJob", "spec/jobTemplate/spec/selector/matchLabels", false),
        Spec::new("policy", "", "PodDisruptionBudget", "spec/selector/matchLabels", false),
        Spec::new("networking.k8s.io", "", "NetworkPolicy", "spec/podSelector/matchLabels", false),
        Spec::new(
            "networking.k8s.io",
            "",
            "NetworkPolicy",
            "spec/ingress/from/podSelector/matchLabels",
            false,
        ),
        Spec::new("networking.k8s.io", "", "NetworkPolicy", "spec/egress/to/podSelector/matchLabels", false),
    ];
    for kind in ["Deployment", "StatefulSet"] {
        for path in [
            "affinity/podAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector",
            "affinity/podAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector",
            "affinity/podAntiAffinity/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm/labelSelector",
            "affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution/labelSelector",
            "topologySpreadConstraints/labelSelector",
        ] {
            specs.push(Spec::new("apps", "", kind, &format!("spec/template/spec/{path}/matchLabels"), false));
        }
    }
    specs.extend(places("labels"));
    specs
}

/// The rules of a kustomization: each entry of `labels`, then `commonLabels`.
pub(crate) fn rules(kustomization: &Kustomization, config: &Config) -> Outcome<Vec<Rule>> {
    let mut problems = Problems::new();
    let mut rules = Vec::new();
    for label in &kustomization.labels {
        match specs(label, config) {
            Ok(specs) => rules.push(Rule { pairs: label.pairs.clone(), specs }),
            Err(path) => problems.push(
                kustomization
                    .file
                    .error(
                        codes::LABELS,
                        format!("{path} is given with another create than it has"),
                        label.span,
                    )
                    .with_help("leave the field out, or write the create that the built-in one has"),
            ),
        }
    }
    if !kustomization.common_labels.is_empty() {
        rules.push(Rule { pairs: kustomization.common_labels.clone(), specs: config.common_labels.clone() });
    }
    if problems.is_empty() { Ok(rules) } else { Err(problems) }
}

/// Where an entry's labels go; the path of a field that contradicts a built-in one.
fn specs(label: &Label, config: &Config) -> Result<Vec<Spec>, String> {
    let mut specs: Vec<Spec> = label.fields.iter().map(Spec::of).collect();
    let own = [Spec::new("", "", "", "metadata/labels", true)];
    let lists: &[&[Spec]] = match (label.include_selectors, label.include_templates) {
        (true, _) => &[&config.labels, &config.common_labels],
        (false, true) => &[&config.labels, &config.template_labels, &own],
        (false, false) => &[&config.labels, &own],
    };
    for spec in lists.iter().copied().flatten() {
        spec.clone().merge_into(&mut specs).map_err(|()| spec.text().to_owned())?;
    }
    Ok(specs)
}

impl Rule {
    pub(crate) fn new(pairs: Vec<(String, String)>, specs: Vec<Spec>) -> Self {
        Self { pairs, specs }
    }

    pub(crate) fn apply(&self, objects: &mut Objects) -> Outcome<()> {
        set_all(objects, &self.pairs, &self.specs, "labels")
    }
}

/// Sets `commonAnnotations`.
pub(crate) fn annotate(objects: &mut Objects, pairs: &[(String, String)], places: &[Spec]) -> Outcome<()> {
    set_all(objects, pairs, places, "annotations")
}

fn set_all(objects: &mut Objects, pairs: &[(String, String)], specs: &[Spec], what: &str) -> Outcome<()> {
    let mut problems = Problems::new();
    for resource in objects.list_mut() {
        if let Err(why) = set(resource, pairs, specs) {
            let message = format!("{what} of {} cannot be set: {why}", resource.id());
            problems.push(resource.origin.error(codes::FIELD_PATH, message));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// The entries of one key that are created in several places are one node to kustomize.
fn set(resource: &mut Resource, pairs: &[(String, String)], specs: &[Spec]) -> Result<(), String> {
    for (key, text) in pairs {
        let number = shared::next();
        let mut overwritten = Vec::new();
        for spec in specs {
            spec.apply(&mut resource.node, Create::Map, &mut |node| {
                let kind = node.kind_name();
                let Some(map) = node.as_map_mut() else {
                    return Err(format!("{kind} stands where a mapping must be"));
                };
                let mut scalar = Scalar::string(text.as_str());
                match map.get_mut(key) {
                    Some(old) => {
                        if let Node::Scalar(old) = old {
                            scalar = scalar.in_place_of(old);
                            overwritten.extend((old.shared != 0).then(|| scalar.clone()));
                        }
                        *old = Node::Scalar(scalar);
                    }
                    None => map.push(key_scalar(key), Node::Scalar(Scalar { shared: number, ..scalar })),
                }
                Ok(())
            })?;
        }
        shared::spread(&mut resource.node, &overwritten);
    }
    Ok(())
}
