//! Resources of a machine as talosctl reads them: their definitions, and each with a form for programs and one for
//! people.

use std::sync::Arc;

use prost::Message as _;
use tonic::Status;

use crate::api::{Messages, once};
use crate::machine::Machine;
use crate::message::{
    Definition, Duration, Nodename, Resource, ResourceMetadata, ResourceReply, ResourceRequest, ResourceSpec,
};
use crate::serve::Shared;

/// Type, namespace and another name of each resource that is played here.
const KINDS: [(&str, &str, &str); 7] = [
    ("HostnameStatuses.net.talos.dev", "network", "hostname"),
    ("MachineStatuses.runtime.talos.dev", "runtime", "machinestatus"),
    ("ExtensionStatuses.runtime.talos.dev", "runtime", "extensions"),
    ("MachineConfigs.config.talos.dev", "config", "machineconfig"),
    ("KubeletSpecs.kubernetes.talos.dev", "k8s", "kubeletspec"),
    ("Nodenames.kubernetes.talos.dev", "k8s", "nodename"),
    ("NodeStatuses.kubernetes.talos.dev", "k8s", "nodestatus"),
];

/// What defines the others.
const DEFINITIONS: &str = "ResourceDefinitions.meta.cosi.dev";

/// Whether it is a call for resources.
pub(crate) fn is_known(path: &str) -> bool {
    path.starts_with("/cosi.resource.State/")
}

/// The answer to `Get` or `List`.
pub(crate) fn answer(
    shared: &Arc<Shared>,
    name: &str,
    address: &str,
    body: &[u8],
) -> Result<Messages, Status> {
    let request: ResourceRequest = crate::calls::read(body)?;
    let found = if request.kind == DEFINITIONS {
        KINDS.iter().map(definition).collect()
    } else {
        shared.look(|state| {
            let ready = state
                .machines
                .iter()
                .find(|one| one.address == address)
                .is_some_and(|one| state.is_ready(one));
            let kubelet = state.kubelet.clone();
            let machine = state.machine(address);
            machine.map(|machine| resources(machine, ready, &kubelet, &request.kind)).unwrap_or_default()
        })
    };
    let reply = |resource| ResourceReply { resource: Some(resource) }.encode_to_vec();
    match name {
        "Get" => found
            .into_iter()
            .next()
            .map(|one| once(reply(one)))
            .ok_or_else(|| Status::not_found("resource doesn't exist")),
        "List" => Ok(Box::pin(tokio_stream::iter(found.into_iter().map(move |one| Ok(reply(one)))))),
        _ => Err(crate::api::unknown(name)),
    }
}

fn definition((kind, namespace, alias): &(&str, &str, &str)) -> Resource {
    let definition = Definition {
        kind: (*kind).to_owned(),
        display: (*alias).to_owned(),
        namespace: (*namespace).to_owned(),
        aliases: vec![(*alias).to_owned()],
        all_aliases: vec![(*alias).to_owned()],
    };
    resource(DEFINITIONS, "meta", &kind.to_lowercase(), definition.encode_to_vec(), String::new())
}

fn resources(machine: &Machine, ready: bool, kubelet: &str, kind: &str) -> Vec<Resource> {
    let Some((kind, namespace, alias)) = KINDS.iter().find(|one| one.0 == kind) else { return Vec::new() };
    let one = |id: &str, yaml: String| vec![resource(kind, namespace, id, Vec::new(), yaml)];
    match *alias {
        "hostname" => one("hostname", format!("hostname: {}\ndomainname: \"\"\n", machine.hostname)),
        "machinestatus" => {
            let unmet = if ready { "[]" } else { "[{name: nodeReady, reason: node not ready}]" };
            let stage = machine.stage.word();
            one(
                "machine",
                format!("stage: {stage}\nstatus:\n    ready: {ready}\n    unmetConditions: {unmet}\n"),
            )
        }
        "extensions" => {
            let text = |name: &str, version: &str| {
                format!(
                    "image: \"\"\nmetadata:\n    name: {name}\n    version: {version}\n    author: \"\"\n    description: \"\"\n"
                )
            };
            let mut all = one("0", text("qemu-guest-agent", "10.0.2"));
            all.extend(one("1", text("schematic", &machine.running.schematic)));
            all
        }
        "kubeletspec" => {
            one("kubelet", format!("image: ghcr.io/siderolabs/kubelet:{kubelet}\nconfig: {{}}\n"))
        }
        "nodestatus" => one(
            &machine.hostname,
            format!(
                "nodename: {}\nnodeReady: {ready}\nunschedulable: {}\nlabels: {{}}\nannotations: {{}}\n",
                machine.hostname, machine.cordoned
            ),
        ),
        "machineconfig" => {
            let Some(config) = &machine.config else { return Vec::new() };
            one("v1alpha1", String::from_utf8_lossy(config).into_owned())
        }
        _ => {
            let nodename = Nodename { nodename: machine.hostname.clone() };
            vec![resource(
                kind,
                namespace,
                "nodename",
                nodename.encode_to_vec(),
                format!("nodename: {}\n", machine.hostname),
            )]
        }
    }
}

fn resource(kind: &str, namespace: &str, id: &str, proto: Vec<u8>, yaml: String) -> Resource {
    let metadata = ResourceMetadata {
        namespace: namespace.to_owned(),
        kind: kind.to_owned(),
        id: id.to_owned(),
        version: "1".to_owned(),
        owner: String::new(),
        phase: "running".to_owned(),
        created: Some(Duration { seconds: 1_700_000_000 }),
        updated: Some(Duration { seconds: 1_700_000_000 }),
    };
    Resource { metadata: Some(metadata), spec: Some(ResourceSpec { proto, yaml }) }
}
