//! Calls with one answer: versions, configurations, etcd, restarts. The answers are those of Talos 1.13.0's server.

use std::sync::Arc;

use prost::Message;
use tonic::{Code, Status};

use crate::api::unknown;
use crate::identity::Authority;
use crate::machine::{Stage, Wiping};
use crate::message::{
    Applied, ApplyRequest, ClientConfiguration, ClientRequest, EtcdAlarms, EtcdMember, EtcdMemberAlarm,
    EtcdMemberStatus, EtcdMembers, EtcdStatus, RebootRequest, ResetRequest, Started, UpgradeRequest,
    Upgraded, Version, VersionInfo,
};
use crate::serve::{self, Shared};
use crate::state::State;

/// The calls.
const KNOWN: [&str; 11] = [
    "Version",
    "ApplyConfiguration",
    "Bootstrap",
    "Reboot",
    "Shutdown",
    "Reset",
    "EtcdMemberList",
    "EtcdStatus",
    "EtcdAlarmList",
    "EtcdDefragment",
    "GenerateClientConfiguration",
];

/// Modes of `ApplyConfiguration` by their numbers.
const MODES: [&str; 5] = ["reboot", "auto", "no-reboot", "staged", "try"];

/// Whether it is one of these; the old `Upgrade` shares its name with the new one and is taken by its path.
pub(crate) fn is_known(name: &str) -> bool {
    KNOWN.contains(&name)
}

/// The answer of one machine.
pub(crate) fn answer(
    shared: &Arc<Shared>,
    name: &str,
    address: &str,
    body: &[u8],
) -> Result<Vec<u8>, Status> {
    match name {
        "Version" => shared.look(|state| version(state, address)),
        "ApplyConfiguration" => apply(shared, address, &read(body)?),
        "Bootstrap" => {
            shared.with(|state| {
                etcd_role(state, address)?;
                match state.machine(address).map(|machine| machine.stage) {
                    Some(Stage::Running) => state.bootstrap(address),
                    _ => Err(Status::failed_precondition("bootstrap is not available yet")),
                }
            })?;
            Ok(Vec::new())
        }
        "Reboot" => Ok(reboot(shared, address, &read(body)?)),
        "Shutdown" => {
            let actor = shared.with(|state| {
                state.done("shutdown", address, "");
                actor(state)
            });
            serve::shut_down(shared, address, &actor);
            Ok(Started { actor_id: actor }.encode_to_vec())
        }
        "Reset" => Ok(reset(shared, address, &read(body)?)),
        "EtcdDefragment" => shared.with(|state| {
            etcd_answers(state, address)?;
            state.done("defrag", address, "");
            Ok(Vec::new())
        }),
        "GenerateClientConfiguration" => client(shared, &read(body)?),
        "EtcdMemberList" => shared.look(|state| members(state, address)),
        "EtcdStatus" => shared.look(|state| status(state, address)),
        "EtcdAlarmList" => shared.look(|state| alarms(state, address)),
        _ => Err(unknown(name)),
    }
}

/// The old way to upgrade, with the check of etcd that it has on the server.
pub(crate) fn upgrade(shared: &Arc<Shared>, address: &str, body: &[u8]) -> Result<Vec<u8>, Status> {
    let request: UpgradeRequest = read(body)?;
    let actor = shared.with(|state| {
        let controller = state.machine(address).is_some_and(|machine| machine.controller);
        if controller && !request.force && state.members().len() == 2 {
            return Err(Status::failed_precondition(
                "etcd member count(2) is insufficient to maintain quorum if upgrade commences",
            ));
        }
        state.install(address, &request.image);
        Ok(actor(state))
    })?;
    serve::reboot(shared, address);
    Ok(Upgraded { ack: "Upgrade request received".to_owned(), actor_id: actor }.encode_to_vec())
}

/// A message as it was sent.
pub(crate) fn read<M: Message + Default>(body: &[u8]) -> Result<M, Status> {
    M::decode(body).map_err(|error| Status::invalid_argument(error.to_string()))
}

/// A name for what was begun.
fn actor(state: &mut State) -> String {
    format!("00000000-0000-4000-9000-{:012}", state.number() & 0xffff)
}

fn version(state: &mut State, address: &str) -> Result<Vec<u8>, Status> {
    let machine = state.machine(address).ok_or_else(gone)?;
    let version = Some(VersionInfo { tag: machine.running.version.clone() });
    Ok(Version { version }.encode_to_vec())
}

fn gone() -> Status {
    Status::unavailable("machine")
}

/// Takes a configuration: the first one makes a machine what it is.
fn apply(shared: &Arc<Shared>, address: &str, request: &ApplyRequest) -> Result<Vec<u8>, Status> {
    let text = std::str::from_utf8(&request.data)
        .map_err(|_| Status::invalid_argument("the configuration is no text"))?;
    let documents = yaml::load(text, yaml::Dialect::GoYamlV3)
        .map_err(|error| Status::invalid_argument(error.to_string()))?;
    let kind = documents.iter().find_map(|document| {
        document.get("machine")?.get("type")?.as_str().map(|kind| kind == "controlplane")
    });
    let Some(controller) = kind else {
        return Err(Status::invalid_argument("unknown keys found during decoding: no machine.type"));
    };
    let authority = Authority::of_configuration(text);
    let mode = MODES.get(usize::try_from(request.mode).unwrap_or(0)).copied().unwrap_or("reboot");
    if request.dry_run {
        let same = shared.look(|state| {
            state.machine(address).is_some_and(|machine| machine.config.as_ref() == Some(&request.data))
        });
        let diff =
            if same { "No changes.".to_owned() } else { format!("--- a\n+++ b\n@@ -0,0 +1 @@\n+{text}") };
        let details = format!(
            "Dry run summary:\nApplied configuration without a reboot (skipped in dry-run).\nConfig diff:\n\n{diff}"
        );
        return Ok(Applied { mode: request.mode, details }.encode_to_vec());
    }
    let reboots = shared.with(|state| {
        if state.authority.is_none() {
            state.authority = authority;
        }
        state.done("apply", address, mode);
        let machine = state.machine(address)?;
        let fresh = !machine.is_configured();
        if fresh {
            machine.controller = controller;
            machine.config = Some(request.data.clone());
            machine.stage = Stage::Running;
            // Its connections break: from now on it answers to the cluster's credentials only.
            machine.is_cut();
        } else if matches!(mode, "reboot" | "staged") {
            machine.staged = Some(request.data.clone());
        } else {
            machine.config = Some(request.data.clone());
        }
        state.join();
        Some(!fresh && mode == "reboot")
    });
    if reboots == Some(true) {
        serve::reboot(shared, address);
    }
    let details = if mode == "reboot" {
        "Applied configuration with a reboot"
    } else {
        "Applied configuration without a reboot"
    };
    Ok(Applied { mode: request.mode, details: details.to_owned() }.encode_to_vec())
}

/// An access file with a new certificate.
fn client(shared: &Arc<Shared>, request: &ClientRequest) -> Result<Vec<u8>, Status> {
    let authority = shared.look(|state| state.authority.clone()).ok_or_else(gone)?;
    let seconds = request.lifetime.clone().unwrap_or_default().seconds;
    let lifetime = std::time::Duration::from_secs(u64::try_from(seconds).unwrap_or(3600));
    let made = authority.talosconfig("kubernetes", &[], std::time::SystemTime::now(), lifetime);
    let talosconfig = made.map_err(|error| Status::internal(error.to_string()))?.into_bytes();
    Ok(ClientConfiguration { talosconfig }.encode_to_vec())
}

fn reboot(shared: &Arc<Shared>, address: &str, request: &RebootRequest) -> Vec<u8> {
    let actor = shared.with(|state| {
        state.done("reboot", address, request.mode.to_string());
        actor(state)
    });
    serve::reboot(shared, address);
    Started { actor_id: actor }.encode_to_vec()
}

fn reset(shared: &Arc<Shared>, address: &str, request: &ResetRequest) -> Vec<u8> {
    let labels: Vec<_> =
        request.partitions.iter().filter(|one| one.wipe).map(|one| one.label.as_str()).collect();
    let disk = labels.is_empty();
    let actor = shared.with(|state| {
        let detail = if disk { "the whole disk".to_owned() } else { labels.join(",") };
        state.done("reset", address, detail);
        let wiping = Wiping { graceful: request.graceful, state: labels.contains(&"STATE"), disk };
        if let Some(machine) = state.machine(address) {
            machine.wiping = Some(wiping);
        }
        actor(state)
    });
    if request.reboot {
        serve::reboot(shared, address);
    } else {
        serve::shut_down(shared, address, &actor);
    }
    Started { actor_id: actor }.encode_to_vec()
}

/// Only controllers know of etcd.
fn etcd_role(state: &mut State, address: &str) -> Result<(), Status> {
    let machine = state.machine(address).ok_or_else(gone)?;
    if machine.controller {
        return Ok(());
    }
    Err(Status::unimplemented("this call can only be performed on a control plane node"))
}

/// etcd on a machine must answer.
fn etcd_answers(state: &mut State, address: &str) -> Result<(), Status> {
    etcd_role(state, address)?;
    let answers = state.machine(address).is_some_and(|machine| machine.has_etcd());
    if answers {
        return Ok(());
    }
    Err(Status::new(Code::Unknown, "error building etcd client: context deadline exceeded"))
}

fn members(state: &mut State, address: &str) -> Result<Vec<u8>, Status> {
    etcd_answers(state, address)?;
    let member = |(id, hostname, is_learner): (u64, String, bool)| EtcdMember {
        id,
        peer_urls: vec![format!("https://{hostname}:2380")],
        client_urls: vec![format!("https://{hostname}:2379")],
        hostname,
        is_learner,
    };
    Ok(EtcdMembers { members: state.members().into_iter().map(member).collect() }.encode_to_vec())
}

fn status(state: &mut State, address: &str) -> Result<Vec<u8>, Status> {
    etcd_answers(state, address)?;
    let leader = state.leading();
    let member = state.machine(address).and_then(|machine| machine.member.clone()).ok_or_else(gone)?;
    let errors = if leader == 0 { vec!["etcdserver: no leader".to_owned()] } else { Vec::new() };
    let status = EtcdMemberStatus {
        protocol_version: "3.6.4".to_owned(),
        storage_version: "3.6.0".to_owned(),
        db_size: 2_600_000,
        db_size_in_use: 1_100_000,
        leader,
        raft_index: 1000,
        raft_term: 2,
        raft_applied_index: 1000,
        errors,
        is_learner: member.learner,
        member_id: member.id,
    };
    Ok(EtcdStatus { member: Some(status) }.encode_to_vec())
}

fn alarms(state: &mut State, address: &str) -> Result<Vec<u8>, Status> {
    etcd_answers(state, address)?;
    let alarm = |(member_id, alarm)| EtcdMemberAlarm { member_id, alarm };
    Ok(EtcdAlarms { alarms: state.alarm.map(alarm).into_iter().collect() }.encode_to_vec())
}
