//! The fields of a node and of its cluster that go into the v1alpha1 document.

use std::collections::BTreeMap;

use yaml::{Mapping, Value};

use crate::cluster::{Cluster, Fields as _, Node};
use crate::schematic::Schematic;
use crate::template::{self, Val};
use crate::{ImageSpec, Problem};

/// The value of a key, made a mapping where there is none yet, changed by `change`.
fn within<T>(value: &mut Value, key: &'static str, change: impl FnOnce(&mut Value) -> T) -> T {
    let mut inner = match value {
        Value::Mapping(mapping) => mapping.remove(key),
        _ => None,
    };
    let inner = inner.get_or_insert_with(|| Value::Mapping(Mapping::new()));
    let done = change(inner);
    let inner = std::mem::take(inner);
    set(value, key, Some(inner));
    done
}

fn set(value: &mut Value, key: &'static str, new: Option<Value>) {
    if let (Value::Mapping(mapping), Some(new)) = (value, new) {
        mapping.insert(key, new);
    }
}

/// Puts the fields in.
pub(super) fn apply(cluster: &Cluster, node: &Node, config: &mut Value) -> Result<(), Problem> {
    within(config, "machine", |machine| machine_fields(cluster, node, machine))?;
    templates(node, config)?;
    within(config, "cluster", |config| cluster_fields(cluster, config));
    Ok(())
}

fn machine_fields(cluster: &Cluster, node: &Node, machine: &mut Value) -> Result<(), Problem> {
    if !cluster.contract.network_documents() {
        within(machine, "network", |value| network(node, value));
    }
    within(machine, "install", |value| install(cluster, node, value))?;
    set(machine, "disks", list(node, "machineDisks"));
    set(machine, "files", list(node, "machineFiles").map(without_switch));
    if let Some(modules) = list(node, "kernelModules") {
        within(machine, "kernel", |kernel| set(kernel, "modules", Some(modules)));
    }
    let sans = [machine.items("certSANs"), node.items("certSANs")].concat();
    set(machine, "certSANs", (!sans.is_empty()).then_some(Value::Sequence(sans)));
    set(machine, "nodeAnnotations", node.value("nodeAnnotations").map(plain_entries));
    set(machine, "nodeLabels", node.value("nodeLabels").map(plain_entries));
    set(machine, "nodeTaints", node.value("nodeTaints").cloned());
    Ok(())
}

fn cluster_fields(cluster: &Cluster, config: &mut Value) {
    if let Some(cni) = cluster.root.get("cniConfig") {
        within(config, "network", |network| set(network, "cni", Some(cni.clone())));
    }
    let manifests = cluster.root.items("inlineManifests").to_vec();
    if !manifests.is_empty() {
        set(config, "inlineManifests", Some(without_switch(Value::Sequence(manifests))));
    }
}

fn list(node: &Node, key: &str) -> Option<Value> {
    node.value(key).filter(|value| value.as_sequence().is_some_and(|items| !items.is_empty())).cloned()
}

/// `skipEnvsubst` is talhelper's own.
fn without_switch(list: Value) -> Value {
    let Value::Sequence(mut items) = list else { return list };
    for item in &mut items {
        if let Value::Mapping(mapping) = item {
            mapping.remove("skipEnvsubst");
        }
    }
    Value::Sequence(items)
}

/// Up to Talos 1.11 the network stands in the v1alpha1 document.
fn network(node: &Node, network: &mut Value) {
    if !node.flag("ignoreHostname") {
        set(network, "hostname", Some(node.hostname().into()));
    }
    set(network, "nameservers", list(node, "nameservers"));
    set(network, "disableSearchDomain", node.flag("disableSearchDomain").then_some(Value::Bool(true)));
    set(network, "interfaces", list(node, "networkInterfaces"));
}

fn install(cluster: &Cluster, node: &Node, install: &mut Value) -> Result<(), Problem> {
    set(install, "disk", node.value("installDisk").cloned());
    set(install, "diskSelector", node.value("installDiskSelector").cloned());
    // A UKI has its arguments built in, and so has every image from Talos 1.12 on.
    let built_in = cluster.contract.image_kernel_arguments()
        || node.value("machineSpec").is_some_and(|spec| spec.flag("useUKI"));
    let arguments = node.value("schematic").and_then(|schematic| schematic.get("customization"));
    let arguments =
        arguments.and_then(|customization| customization.get("extraKernelArgs")).filter(|_| !built_in);
    set(install, "extraKernelArgs", arguments.cloned());
    set(install, "image", Some(installer(cluster, node)?.into()));
    Ok(())
}

/// The image that is installed: the node's own, else the factory's for its schematic.
fn installer(cluster: &Cluster, node: &Node) -> Result<String, Problem> {
    let version = cluster.talos_version();
    let own = node.text("talosImageURL");
    if !own.is_empty() {
        return Ok(format!("{own}:{version}"));
    }
    let id = Schematic::from_value(node.value("schematic")).id();
    cluster.factory().installer(&id, &version, &ImageSpec::of_node(node))
}

/// Labels and annotations that are no templates.
fn plain_entries(entries: &Value) -> Value {
    let entries = entries.as_mapping().into_iter().flat_map(Mapping::iter);
    let plain = entries.filter(|(_, value)| !value.as_str().is_some_and(template::is_template));
    Value::Mapping(plain.map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// Labels and annotations that are templates, over the configuration as it is before any of them.
fn templates(node: &Node, config: &mut Value) -> Result<(), Problem> {
    let mut rendered: BTreeMap<&'static str, Vec<(String, String)>> = BTreeMap::new();
    for key in ["nodeLabels", "nodeAnnotations"] {
        for (name, text) in node.entries(key) {
            let Some(text) = text.as_str().filter(|text| template::is_template(text)) else { continue };
            let data = Val::structure(config, "v1alpha1.Config");
            let done = template::render(text, &data).map_err(|error| {
                Problem::new("template/failed", error.message).on(format!("{key}.{name}"))
            })?;
            rendered.entry(key).or_default().push((name.to_owned(), done));
        }
    }
    within(config, "machine", |machine| {
        for (key, entries) in rendered {
            within(machine, key, |target| {
                if let Value::Mapping(mapping) = target {
                    for (name, text) in entries {
                        mapping.insert(name, text);
                    }
                }
            });
        }
    });
    Ok(())
}
