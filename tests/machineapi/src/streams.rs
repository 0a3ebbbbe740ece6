//! Calls with many answers: events, files, images, installation, snapshots, health.

use std::sync::Arc;
use std::time::{Duration, Instant};

use prost::Message as _;
use tokio::sync::mpsc;
use tonic::{Code, Status};

use crate::api::{Call, Channel, Messages, once, refused, unknown};
use crate::calls;
use crate::machine::Machine;
use crate::message::{
    Any, ClusterInfo, Data, Event, EventsRequest, HealthProgress, HealthRequest, InstallProgress,
    InstallRequest, Installed, Progress, PullRequest, Pulled, ReadRequest,
};
use crate::serve::Shared;
use crate::state::State;

/// The answer of one machine; `tag` is put in front of each message that has a place for it.
pub(crate) fn answer(
    call: &Call,
    name: &str,
    address: &str,
    body: &[u8],
    tag: Vec<u8>,
) -> Result<Messages, Status> {
    let shared = &call.shared;
    let version = shared.look(|state| state.machine(address).map(|machine| machine.running.version.clone()));
    let new = version.is_some_and(|version| at_least_1_13(&version));
    let tagged = |message: Vec<u8>| once([tag.clone(), message].concat());
    match name {
        "Upgrade" if !call.is_new_upgrade() => {
            let inner = calls::upgrade(shared, address, body)?;
            let message = [tag.clone(), inner].concat();
            let mut whole = Vec::new();
            prost::encoding::bytes::encode(1, &message, &mut whole);
            Ok(once(whole))
        }
        "Pull" | "Upgrade" if !new => Err(unknown(name)),
        "Pull" => {
            let request: PullRequest = calls::read(body)?;
            Ok(once(Pulled { name: request.image_ref }.encode_to_vec()))
        }
        "Upgrade" => {
            let request: InstallRequest = calls::read(body)?;
            shared.with(|state| state.install(address, &request.source.unwrap_or_default().image_name));
            let say = |response| {
                Installed { progress: Some(InstallProgress { response: Some(response) }) }.encode_to_vec()
            };
            let messages = [say(Progress::Message("installing".to_owned())), say(Progress::ExitCode(0))];
            Ok(Box::pin(tokio_stream::iter(messages.map(Ok))))
        }
        "Events" => Ok(events(shared, address, &calls::read(body)?, tag)),
        "Read" => {
            let request: ReadRequest = calls::read(body)?;
            if request.path != "/proc/sys/kernel/random/boot_id" {
                return Err(Status::not_found(request.path));
            }
            let id = shared.look(|state| state.machine(address).map(|machine| machine.boot_id()));
            Ok(tagged(Data { bytes: format!("{}\n", id.unwrap_or_default()).into_bytes() }.encode_to_vec()))
        }
        "Kubeconfig" => {
            if !shared.look(|state| state.machine(address).is_some_and(|machine| machine.controller)) {
                return Err(Status::unimplemented(
                    "kubeconfig can only be performed on a control plane node",
                ));
            }
            let bytes = archive("kubeconfig", kubeconfig(&shared.kubernetes).as_bytes());
            Ok(tagged(Data { bytes }.encode_to_vec()))
        }
        "EtcdSnapshot" => {
            if !shared.look(|state| state.machine(address).is_some_and(|machine| machine.has_etcd())) {
                return Err(Status::new(Code::Unknown, "etcd is not running"));
            }
            let bytes = shared.look(|state| state.snapshot.clone()).unwrap_or_else(snapshot);
            Ok(tagged(Data { bytes }.encode_to_vec()))
        }
        "HealthCheck" => {
            let request: HealthRequest = calls::read(body)?;
            let wait = request.wait.unwrap_or_default().seconds;
            let limit = Duration::from_secs(u64::try_from(wait).unwrap_or(0));
            Ok(health(shared, &request.cluster.unwrap_or_default(), limit, tag))
        }
        _ => Err(unknown(name)),
    }
}

/// Whether a machine has the upgrade of Talos 1.13.
fn at_least_1_13(version: &str) -> bool {
    let mut parts = version.trim_start_matches('v').split('.').map(str::parse::<u32>);
    matches!((parts.next(), parts.next()), (Some(Ok(1)), Some(Ok(minor))) if minor >= 13)
}

/// Somebody who listens for the events of a machine.
struct Listener {
    shared: Arc<Shared>,
    address: String,
}

impl Listener {
    fn new(shared: &Arc<Shared>, address: &str) -> Self {
        let new = Self { shared: Arc::clone(shared), address: address.to_owned() };
        new.count(|listeners| listeners + 1);
        new
    }

    fn count(&self, change: impl Fn(usize) -> usize) {
        let change = |machine: &mut Machine| machine.listeners = change(machine.listeners);
        self.shared.with(|state| state.machine(&self.address).map(change));
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.count(|listeners| listeners.saturating_sub(1));
    }
}

/// First an empty event, then past ones if they are asked for, then what happens, until the machine goes down.
fn events(shared: &Arc<Shared>, address: &str, request: &EventsRequest, tag: Vec<u8>) -> Messages {
    let (sender, receiver) = mpsc::channel(16);
    let (shared, address) = (Arc::clone(shared), address.to_owned());
    let seen = {
        let address = address.clone();
        move |state: &mut State| state.machine(&address).map(|one| (one.epoch, one.events.clone()))
    };
    // What is past is settled before anybody can know that there is a listener.
    let begun = shared.look(&seen);
    let past = request.tail_events < 0;
    let listener = Listener::new(&shared, &address);
    tokio::spawn(async move {
        let _listener = listener;
        let Some((epoch, events)) = begun else { return };
        let mut told = if past { 0 } else { events.len() };
        if sender.send(Ok([tag.clone(), Event::default().encode_to_vec()].concat())).await.is_err() {
            return;
        }
        loop {
            let Some((now, events)) = shared.look(&seen) else { return };
            if now != epoch {
                let _ = sender.send(Err(refused(&address))).await;
                return;
            }
            while let Some(event) = events.get(told) {
                told += 1;
                let any =
                    Any { type_url: format!("talos/runtime/{}", event.kind), value: event.value.clone() };
                let event = Event { data: Some(any), id: told.to_string(), actor_id: event.actor.clone() };
                if sender.send(Ok([tag.clone(), event.encode_to_vec()].concat())).await.is_err() {
                    return;
                }
            }
            let tell = |machine: &mut Machine| machine.told = machine.told.max(told);
            shared.with(|state| state.machine(&address).filter(|one| one.epoch == epoch).map(tell));
            let news = |state: &mut State| {
                state.machine(&address).is_none_or(|one| one.epoch != epoch || one.events.len() > told)
            };
            tokio::select! {
                () = shared.until(news) => {}
                () = sender.closed() => return,
            }
        }
    });
    Box::pin(Channel(receiver))
}

/// Waits until the cluster is as it should be, and says what it waits for.
fn health(shared: &Arc<Shared>, cluster: &ClusterInfo, limit: Duration, tag: Vec<u8>) -> Messages {
    let (sender, receiver) = mpsc::channel(16);
    let (shared, cluster) = (Arc::clone(shared), cluster.clone());
    tokio::spawn(async move {
        let begun = Instant::now();
        let say = |message: String| Ok([tag.clone(), HealthProgress { message }.encode_to_vec()].concat());
        let mut last = String::new();
        loop {
            let open = shared.look(|state| unhealthy(state, &cluster));
            let line = open.clone().unwrap_or_else(|| "OK".to_owned());
            if line != last && sender.send(say(format!("waiting for the cluster: {line}"))).await.is_err() {
                return;
            }
            last = line;
            if open.is_none() {
                return;
            }
            if begun.elapsed() >= limit {
                let _ = sender.send(Err(Status::deadline_exceeded("context deadline exceeded"))).await;
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    Box::pin(Channel(receiver))
}

fn unhealthy(state: &mut State, cluster: &ClusterInfo) -> Option<String> {
    for (role, addresses) in [(true, &cluster.controllers), (false, &cluster.workers)] {
        for address in addresses {
            let Some(machine) = state.machines.iter().find(|one| one.address == *address) else {
                return Some(format!("{address} is not there"));
            };
            if machine.controller != role || !state.is_ready(machine) {
                return Some(format!("{} is {}", machine.hostname, machine.stage.word()));
            }
        }
    }
    let expected = cluster.controllers.len() + cluster.workers.len();
    let there = state.machines.iter().filter(|machine| machine.is_configured()).count();
    (there != expected).then(|| format!("there are {there} machines, not {expected}"))
}

/// A kubeconfig for the Kubernetes API of this cluster.
pub(crate) fn kubeconfig(server: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Config\nclusters:\n- name: kubernetes\n  cluster:\n    server: {server}\nusers:\n- name: admin@kubernetes\n  user:\n    token: THROWAWAY-token\ncontexts:\n- name: admin@kubernetes\n  context:\n    cluster: kubernetes\n    namespace: default\n    user: admin@kubernetes\ncurrent-context: admin@kubernetes\n"
    )
}

/// What stands in for etcd's data: it must not be empty.
fn snapshot() -> Vec<u8> {
    b"THROWAWAY etcd snapshot\n".repeat(64)
}

/// A file in a tar archive in a gzip stream, as Talos sends it.
fn archive(name: &str, content: &[u8]) -> Vec<u8> {
    let mut header = [0_u8; 512];
    let mut put = |at: usize, text: &str| header[at..at + text.len()].copy_from_slice(text.as_bytes());
    put(0, name);
    put(100, "0000600\0");
    put(108, "0000000\0");
    put(116, "0000000\0");
    put(124, &format!("{:011o}\0", content.len()));
    put(136, "00000000000\0");
    put(148, "        ");
    put(156, "0");
    put(257, "ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut tar = header.to_vec();
    tar.extend_from_slice(content);
    tar.resize(tar.len().next_multiple_of(512) + 1024, 0);
    let mut gzip = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    gzip.extend(miniz_oxide::deflate::compress_to_vec(&tar, 6));
    gzip.extend(crc32(&tar).to_le_bytes());
    gzip.extend(u32::try_from(tar.len()).unwrap_or(0).to_le_bytes());
    gzip
}

/// CRC-32 as gzip wants it.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(
            crc ^ u32::from(*byte),
            |crc, _| if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 },
        )
    })
}
