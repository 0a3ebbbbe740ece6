//! `replicas`.

use crate::codes;
use crate::fieldspec::{Create, Spec, set_scalar};
use crate::file::{File, Outcome, Problems};
use crate::kustomization::Replica;
use crate::node::Tag;
use crate::objects::Objects;

/// kustomize 5.8.1's places.
pub(crate) fn places() -> Vec<Spec> {
    ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"]
        .map(|kind| Spec::new("", "", kind, "spec/replicas", true))
        .into()
}

/// Sets the replicas of every object that has, or had, the name.
pub(crate) fn apply(objects: &mut Objects, file: &File, replica: &Replica, places: &[Spec]) -> Outcome<()> {
    let mut problems = Problems::new();
    let mut found = false;
    let count = replica.count.to_string();
    let is_meant = |spec: &Spec, name: &str, gvk| name == replica.name && spec.selects(gvk);
    let meant: Vec<(usize, &Spec)> = places
        .iter()
        .flat_map(|spec| objects.list().iter().enumerate().map(move |(n, resource)| (n, resource, spec)))
        .filter(|(_, resource, spec)| resource.any_id().any(|id| is_meant(spec, id.name, id.gvk)))
        .map(|(n, _, spec)| (n, spec))
        .collect();
    for (n, spec) in meant {
        found = true;
        let resource = &mut objects.list_mut()[n];
        let mut set = |node: &mut crate::node::Node| set_scalar(node, &count, Tag::Int);
        if let Err(why) = spec.apply(&mut resource.node, Create::Scalar(Tag::Int), &mut set) {
            problems.push(resource.origin.error(codes::FIELD_PATH, why));
        }
    }
    if !found {
        let message = format!("no object named {} has replicas", replica.name);
        problems.push(file.error(codes::REPLICAS, message, replica.span).with_help(
            "name a Deployment, StatefulSet, ReplicaSet or ReplicationController, without prefix and suffix",
        ));
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}
