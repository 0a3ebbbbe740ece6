//! talosctl 1.13, as little of it as nodeop's commands need: the same calls in the same order, and the same words where
//! nodeop reads them.

use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use prost::Message;

use super::client::{Answers, Client, Failure, Nodes, decode};
use super::{Args, kubectl};
use crate::machine::TALOS;
use crate::message::{
    self, Any, ApplyRequest, Data, Definition, EtcdAlarms, EtcdMembers, EtcdStatus, Event, EventsRequest,
    HealthProgress, HealthRequest, InstallRequest, InstallSource, Installed, MachineStatusEvent, Metadata,
    Partition, Progress, PullRequest, ReadRequest, RebootRequest, ResetRequest, ResourceReply,
    ResourceRequest, Started, UpgradeRequest, Upgraded, Version,
};

/// How often a machine that reboots is looked at.
const TICK: Duration = Duration::from_millis(15);

/// A message of a reply, and whose it is.
struct Part<M> {
    node: String,
    answer: Result<M, String>,
}

/// A reply: field 1, repeated.
#[derive(Clone, PartialEq, Message)]
struct Reply {
    #[prost(bytes = "vec", repeated, tag = "1")]
    messages: Vec<Vec<u8>>,
}

/// Field 1 of a message.
#[derive(Clone, PartialEq, Message)]
struct Tagged {
    #[prost(message, optional, tag = "1")]
    metadata: Option<Metadata>,
}

/// Nothing.
#[derive(Clone, PartialEq, Message)]
struct Empty {}

struct Talosctl<'a> {
    args: &'a Args,
    client: Client,
    nodes: Vec<String>,
}

pub(super) fn run(args: &Args) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(command(args))
}

async fn command(args: &Args) -> Result<(), String> {
    if args.word(0) == "version" {
        say(&format!("Client:\n\tTalos {TALOS}"));
        if args.is_set("client") {
            return Ok(());
        }
        say("Server:");
    }
    let nodes: Vec<_> = args.all("nodes").iter().flat_map(|one| one.split(',')).map(str::to_owned).collect();
    let insecure = args.is_set("insecure");
    let client = if insecure {
        Client::insecure(nodes.clone())
    } else {
        Client::open(args.flag("talosconfig").unwrap_or("talosconfig"))?
    };
    let talosctl = Talosctl { args, client, nodes };
    match (args.word(0), args.word(1)) {
        ("version", _) => talosctl.version().await,
        ("get", kind) => talosctl.get(kind).await,
        ("apply-config", _) => talosctl.apply().await,
        ("bootstrap", _) => talosctl
            .reply::<Empty>("/machine.MachineService/Bootstrap", &Empty {})
            .await
            .map(drop)
            .map_err(|failure| format!("error executing bootstrap: {failure}")),
        ("kubeconfig", path) => talosctl.kubeconfig(path).await,
        ("reboot", _) => talosctl.reboot().await,
        ("shutdown", _) => {
            let started = "/machine.MachineService/Shutdown";
            talosctl
                .reply::<Started>(started, &RebootRequest::default())
                .await
                .map(drop)
                .map_err(|f| f.to_string())
        }
        ("reset", _) => talosctl.reset().await,
        ("upgrade", _) => talosctl.upgrade().await,
        ("upgrade-k8s", _) => talosctl.upgrade_k8s().await,
        ("health", _) => talosctl.health().await,
        ("etcd", "members") => talosctl.members().await,
        ("etcd", "status") => talosctl.status().await,
        ("etcd", "alarm") => talosctl.alarms().await,
        ("etcd", "defrag") => {
            let path = "/machine.MachineService/EtcdDefragment";
            talosctl.reply::<Empty>(path, &Empty {}).await.map(drop).map_err(|failure| failure.to_string())
        }
        ("config", "new") => talosctl.config_new(args.word(2)).await,
        ("etcd", "snapshot") => talosctl.snapshot(args.word(2)).await,
        (verb, _) => Err(format!("unknown command \"{verb}\" for \"talosctl\"")),
    }
}

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

fn warn(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

impl Talosctl<'_> {
    fn many(&self) -> Nodes {
        if self.args.is_set("insecure") { Nodes::Here } else { Nodes::Many(self.nodes.clone()) }
    }

    fn first(&self) -> Nodes {
        if self.args.is_set("insecure") {
            return Nodes::Here;
        }
        Nodes::One(self.nodes.first().cloned().unwrap_or_default())
    }

    fn deadline(&self) -> Instant {
        let text = self.args.flag("timeout").and_then(|text| text.trim_end_matches('s').parse().ok());
        Instant::now() + Duration::from_secs(text.unwrap_or(1800))
    }

    /// The answers of all machines. Those that failed are told of; all of them failed is a failure.
    async fn reply<M: Message + Default>(
        &self,
        path: &str,
        message: &impl Message,
    ) -> Result<Vec<Part<M>>, Failure> {
        let reply: Reply = self.client.one(path, &self.many(), message).await?;
        let mut parts = Vec::new();
        for bytes in &reply.messages {
            let tagged: Tagged = decode(bytes)?;
            let metadata = tagged.metadata.unwrap_or_default();
            let answer = if metadata.error.is_empty() { Ok(decode(bytes)?) } else { Err(metadata.error) };
            parts.push(Part { node: metadata.hostname, answer });
        }
        let errors: Vec<_> = parts
            .iter()
            .filter_map(|part| Some(format!("{}: {}", part.node, part.answer.as_ref().err()?)))
            .collect();
        if errors.is_empty() {
            return Ok(parts);
        }
        let words = format!("{} error occurred:\n\t* {}", errors.len(), errors.join("\n\t* "));
        if errors.len() == parts.len() {
            return Err(Failure { code: 2, words });
        }
        warn(&format!("WARNING: {words}"));
        parts.retain(|part| part.answer.is_ok());
        Ok(parts)
    }

    async fn version(&self) -> Result<(), String> {
        let parts = self.reply::<Version>("/machine.MachineService/Version", &Empty {}).await;
        for part in parts.map_err(|failure| format!("error getting version: {failure}"))? {
            let tag = part.answer.ok().and_then(|version| version.version).unwrap_or_default().tag;
            say(&format!(
                "\tNODE:        {}\n\tTag:         {tag}\n\tSHA:         \n\tEnabled:     RBAC",
                part.node
            ));
        }
        Ok(())
    }

    async fn get(&self, kind: &str) -> Result<(), String> {
        let listed = |kind: &str| ResourceRequest { namespace: String::new(), kind: kind.to_owned() };
        let definitions = self.list(&self.first(), &listed("ResourceDefinitions.meta.cosi.dev")).await;
        let definitions = definitions.map_err(|failure| failure.to_string())?;
        let definition = definitions.iter().find_map(|(_, proto, _)| {
            let definition = Definition::decode(proto.as_slice()).ok()?;
            let named = definition.kind.eq_ignore_ascii_case(kind)
                || definition.all_aliases.iter().any(|alias| alias == kind);
            named.then_some(definition)
        });
        let definition = definition.ok_or_else(|| format!("resource \"{kind}\" is not registered"))?;
        let insecure = self.args.is_set("insecure");
        let mut text = String::new();
        for node in &self.nodes {
            let whom = if insecure { Nodes::Here } else { Nodes::One(node.clone()) };
            let found =
                self.list(&whom, &listed(&definition.kind)).await.map_err(|failure| failure.to_string())?;
            for (id, _, yaml) in found {
                if !text.is_empty() {
                    text.push_str("---\n");
                }
                let shown = if insecure { "" } else { node };
                let spec = if definition.namespace == "config" { literal(&yaml) } else { indent(&yaml) };
                let _ = write!(
                    text,
                    "node: {shown}\nmetadata:\n    namespace: {}\n    type: {}\n    id: {id}\nspec:{spec}",
                    definition.namespace, definition.kind
                );
            }
        }
        say(text.trim_end());
        Ok(())
    }

    async fn list(
        &self,
        nodes: &Nodes,
        request: &ResourceRequest,
    ) -> Result<Vec<(String, Vec<u8>, String)>, Failure> {
        let mut answers = self.client.call("/cosi.resource.State/List", nodes, request).await?;
        let mut found = Vec::new();
        while let Some(bytes) = answers.next().await? {
            let reply: ResourceReply = decode(&bytes)?;
            let resource = reply.resource.unwrap_or_default();
            let spec = resource.spec.unwrap_or_default();
            found.push((resource.metadata.unwrap_or_default().id, spec.proto, spec.yaml));
        }
        Ok(found)
    }

    async fn apply(&self) -> Result<(), String> {
        let path = self.args.flag("file").unwrap_or_default();
        let data = std::fs::read(path)
            .map_err(|error| format!("failed to read configuration from \"{path}\": {error}"))?;
        let modes = ["reboot", "auto", "no-reboot", "staged", "try"];
        let wanted = self.args.flag("mode").unwrap_or("auto");
        let mode = modes.iter().position(|mode| *mode == wanted).ok_or("possible options are: auto")?;
        let mode = i32::try_from(mode).unwrap_or(1);
        let request = ApplyRequest { data, mode, dry_run: self.args.is_set("dry-run") };
        let parts =
            self.reply::<message::Applied>("/machine.MachineService/ApplyConfiguration", &request).await;
        for part in parts.map_err(|failure| format!("error applying new configuration: {failure}"))? {
            warn(&part.answer.map(|applied| applied.details).unwrap_or_default());
        }
        Ok(())
    }

    async fn file(&self, path: &str, message: &impl Message, nodes: &Nodes) -> Result<Vec<u8>, Failure> {
        let mut answers = self.client.call(path, nodes, message).await?;
        let mut bytes = Vec::new();
        while let Some(part) = answers.next().await? {
            bytes.extend(decode::<Data>(&part)?.bytes);
        }
        Ok(bytes)
    }

    async fn kubeconfig(&self, path: &str) -> Result<(), String> {
        let answered = self.file("/machine.MachineService/Kubeconfig", &Empty {}, &self.many()).await;
        let bytes = answered.map_err(|failure| format!("error copying: {failure}"))?;
        let inflated = miniz_oxide::inflate::decompress_to_vec(
            bytes.get(10..bytes.len().saturating_sub(8)).unwrap_or_default(),
        );
        let tar = inflated.map_err(|error| error.to_string())?;
        let size =
            tar.get(124..135).map(|text| String::from_utf8_lossy(text).into_owned()).unwrap_or_default();
        let size = usize::from_str_radix(&size, 8).map_err(|error| error.to_string())?;
        let content = tar.get(512..512 + size).ok_or("the archive is short")?;
        private(path, content)
    }

    async fn boot_id(&self, node: &str) -> Result<Vec<u8>, Failure> {
        let request = ReadRequest { path: "/proc/sys/kernel/random/boot_id".to_owned() };
        self.file("/machine.MachineService/Read", &request, &Nodes::One(node.to_owned())).await
    }

    /// Begins something on every machine and waits until each has booted anew and is ready.
    async fn track<M: Message + Default>(&self, path: &str, request: &impl Message) -> Result<(), String> {
        let deadline = self.deadline();
        for node in &self.nodes {
            let before = self.boot_id(node).await.map_err(|failure| failure.to_string())?;
            let whom = Nodes::One(node.clone());
            self.client.one::<M>(path, &whom, request).await.map_err(|failure| failure.to_string())?;
            loop {
                match self.came_back(node, &before).await {
                    Ok(true) => break,
                    Err(failure) if !failure.is_passing() => return Err(failure.to_string()),
                    _ if Instant::now() >= deadline => return Err("context deadline exceeded".to_owned()),
                    _ => tokio::time::sleep(TICK).await,
                }
            }
            warn(&format!("\"{node}\": post check passed"));
        }
        Ok(())
    }

    async fn came_back(&self, node: &str, before: &[u8]) -> Result<bool, Failure> {
        if self.boot_id(node).await? == before {
            return Ok(false);
        }
        let request = EventsRequest { tail_events: -1 };
        let whom = Nodes::One(node.to_owned());
        let answers = self.client.call("/machine.MachineService/Events", &whom, &request).await?;
        is_ready(answers).await
    }

    async fn reboot(&self) -> Result<(), String> {
        let mode = i32::from(self.args.flag("mode") == Some("powercycle"));
        self.track::<Empty>("/machine.MachineService/Reboot", &RebootRequest { mode }).await
    }

    async fn reset(&self) -> Result<(), String> {
        let labels = self.args.all("system-labels-to-wipe").into_iter();
        let request = ResetRequest {
            graceful: self.args.flag("graceful") != Some("false"),
            reboot: self.args.is_set("reboot"),
            partitions: labels.map(|label| Partition { label, wipe: true }).collect(),
        };
        let parts = self.reply::<Started>("/machine.MachineService/Reset", &request).await;
        parts.map(drop).map_err(|failure| format!("error executing reset: {failure}"))
    }

    /// As talosctl does it: pull, install, cordon, reboot, uncordon; by the one old call where a machine is older.
    async fn upgrade(&self) -> Result<(), String> {
        let image = self.args.flag("image").unwrap_or_default().to_owned();
        let versions = self.reply::<Version>("/machine.MachineService/Version", &Empty {}).await;
        let versions =
            versions.map_err(|failure| format!("error checking Talos version compatibility: {failure}"))?;
        let old = versions.iter().any(|part| {
            let tag =
                part.answer.as_ref().ok().and_then(|version| version.version.clone()).unwrap_or_default().tag;
            ["v1.11", "v1.12", "v1.10", "v1.9"].iter().any(|minor| tag.starts_with(minor))
        });
        if old {
            warn("New upgrade API is not available, falling back to legacy");
            let request = UpgradeRequest { image, preserve: false, force: false };
            return self.track::<Upgraded>("/machine.MachineService/Upgrade", &request).await;
        }
        for node in &self.nodes {
            let whom = Nodes::One(node.clone());
            let pull = PullRequest { image_ref: image.clone() };
            let mut pulled = self
                .client
                .call("/machine.ImageService/Pull", &whom, &pull)
                .await
                .map_err(|f| format!("error pulling upgrade image: {f}"))?;
            while pulled.next().await.map_err(|f| format!("error pulling upgrade image: {f}"))?.is_some() {}
            let request = InstallRequest { source: Some(InstallSource { image_name: image.clone() }) };
            let answers = self.client.call("/machine.LifecycleService/Upgrade", &whom, &request).await;
            installed(answers.map_err(|f| format!("error during upgrade: {f}"))?).await?;
        }
        self.cordon(true).await?;
        let rebooted = self.reboot().await.map_err(|words| format!("error during upgrade: {words}"));
        rebooted.and(self.cordon(false).await)
    }

    /// Cordons or uncordons, through the Kubernetes API that a controller names.
    async fn cordon(&self, on: bool) -> Result<(), String> {
        let answered = self.file("/machine.MachineService/Kubeconfig", &Empty {}, &Nodes::Here).await;
        let bytes =
            answered.map_err(|failure| format!("error creating Kubernetes client for drain: {failure}"))?;
        let tar = miniz_oxide::inflate::decompress_to_vec(
            bytes.get(10..bytes.len().saturating_sub(8)).unwrap_or_default(),
        );
        let text = String::from_utf8_lossy(&tar.map_err(|error| error.to_string())?).into_owned();
        let server = text
            .lines()
            .find_map(|line| line.trim().strip_prefix("server: http://"))
            .unwrap_or_default()
            .to_owned();
        for node in &self.nodes {
            let request = ResourceRequest {
                namespace: String::new(),
                kind: "Nodenames.kubernetes.talos.dev".to_owned(),
            };
            let found = self
                .list(&Nodes::One(node.clone()), &request)
                .await
                .map_err(|failure| failure.to_string())?;
            let name =
                found.first().and_then(|(_, proto, _)| message::Nodename::decode(proto.as_slice()).ok());
            let path = format!("/api/v1/nodes/{}", name.unwrap_or_default().nodename);
            kubectl::request(&server, "PATCH", &path, &format!("{{\"spec\":{{\"unschedulable\":{on}}}}}"))
                .map_err(|words| format!("error draining node: {words}"))?;
        }
        Ok(())
    }

    async fn upgrade_k8s(&self) -> Result<(), String> {
        let answered = self.file("/machine.MachineService/Kubeconfig", &Empty {}, &self.many()).await;
        let bytes = answered.map_err(|failure| failure.to_string())?;
        let tar = miniz_oxide::inflate::decompress_to_vec(
            bytes.get(10..bytes.len().saturating_sub(8)).unwrap_or_default(),
        );
        let text = String::from_utf8_lossy(&tar.map_err(|error| error.to_string())?).into_owned();
        let server =
            text.lines().find_map(|line| line.trim().strip_prefix("server: http://")).unwrap_or_default();
        let to = self.args.flag("to").unwrap_or_default();
        say("updating manifests\n+  token: THROWAWAY-manifest");
        kubectl::request(server, "POST", &format!("/standin/kubelet/{to}"), "").map(drop)
    }

    async fn health(&self) -> Result<(), String> {
        let split = |flag: &str| -> Vec<String> {
            self.args.all(flag).iter().flat_map(|one| one.split(',')).map(str::to_owned).collect()
        };
        let wait = self.args.flag("wait-timeout").and_then(|text| text.trim_end_matches('s').parse().ok());
        let request = HealthRequest {
            wait: Some(message::Duration { seconds: wait.unwrap_or(1200) }),
            cluster: Some(message::ClusterInfo {
                controllers: split("control-plane-nodes"),
                workers: split("worker-nodes"),
            }),
        };
        let answers = self.client.call("/cluster.ClusterService/HealthCheck", &self.many(), &request).await;
        let mut answers = answers.map_err(|failure| failure.to_string())?;
        while let Some(bytes) = answers.next().await.map_err(|failure| failure.to_string())? {
            warn(&decode::<HealthProgress>(&bytes).map_err(|failure| failure.to_string())?.message);
        }
        Ok(())
    }

    async fn members(&self) -> Result<(), String> {
        let parts = self.reply::<EtcdMembers>("/machine.MachineService/EtcdMemberList", &Empty {}).await;
        let mut rows = vec!["NODE\tID\tHOSTNAME\tPEER URLS\tCLIENT URLS\tLEARNER".to_owned()];
        for part in parts.map_err(|failure| format!("error getting members: {failure}"))? {
            for one in part.answer.unwrap_or_default().members {
                let (peers, clients) = (one.peer_urls.join(","), one.client_urls.join(","));
                rows.push(format!(
                    "{}\t{:016x}\t{}\t{peers}\t{clients}\t{}",
                    part.node, one.id, one.hostname, one.is_learner
                ));
            }
        }
        say(&table(&rows));
        Ok(())
    }

    async fn status(&self) -> Result<(), String> {
        let parts = self.reply::<EtcdStatus>("/machine.MachineService/EtcdStatus", &Empty {}).await;
        let mut rows = vec!["NODE\tMEMBER\tDB SIZE\tIN USE\tLEADER\tRAFT INDEX\tRAFT TERM\tRAFT APPLIED INDEX\tLEARNER\tPROTOCOL\tSTORAGE\tERRORS".to_owned()];
        for part in parts.map_err(|failure| format!("error getting status: {failure}"))? {
            let one = part.answer.unwrap_or_default().member.unwrap_or_default();
            rows.push(format!(
                "{}\t{:016x}\t2.6 MB\t1.1 MB (42.31%)\t{:016x}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
                part.node,
                one.member_id,
                one.leader,
                one.raft_index,
                one.raft_term,
                one.raft_applied_index,
                one.is_learner,
                one.protocol_version,
                one.storage_version,
                one.errors.join(", ")
            ));
        }
        say(&table(&rows));
        Ok(())
    }

    /// The header is printed only when the first machine has an alarm, as talosctl does it.
    async fn alarms(&self) -> Result<(), String> {
        let parts = self.reply::<EtcdAlarms>("/machine.MachineService/EtcdAlarmList", &Empty {}).await;
        let mut rows = Vec::new();
        for (at, part) in
            parts.map_err(|failure| format!("error getting alarms: {failure}"))?.into_iter().enumerate()
        {
            for alarm in part.answer.unwrap_or_default().alarms {
                if at == 0 && rows.is_empty() {
                    rows.push("NODE\tMEMBER\tALARM".to_owned());
                }
                let kind = if alarm.alarm == 1 { "NOSPACE" } else { "CORRUPT" };
                rows.push(format!("{}\t{:016x}\t{kind}", part.node, alarm.member_id));
            }
        }
        if !rows.is_empty() {
            say(&table(&rows));
        }
        Ok(())
    }

    async fn config_new(&self, path: &str) -> Result<(), String> {
        if std::path::Path::new(path).exists() {
            return Err(format!("talosconfig file already exists: \"{path}\""));
        }
        let hours = self.args.flag("crt-ttl").and_then(|text| text.trim_end_matches('h').parse::<i64>().ok());
        let request = message::ClientRequest {
            roles: self.args.all("roles"),
            lifetime: Some(message::Duration { seconds: hours.unwrap_or(1) * 3600 }),
        };
        let called = "/machine.MachineService/GenerateClientConfiguration";
        let parts = self.reply::<message::ClientConfiguration>(called, &request).await;
        let mut parts = parts.map_err(|failure| failure.to_string())?;
        let made = parts.pop().and_then(|part| part.answer.ok()).unwrap_or_default();
        private(path, &made.talosconfig)
    }

    async fn snapshot(&self, path: &str) -> Result<(), String> {
        let answered = self.file("/machine.MachineService/EtcdSnapshot", &Empty {}, &self.many()).await;
        private(path, &answered.map_err(|failure| format!("error reading: {failure}"))?)
    }
}

fn private(path: &str, content: &[u8]) -> Result<(), String> {
    use std::os::unix::fs::OpenOptionsExt as _;
    let file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path);
    file.and_then(|mut file| file.write_all(content)).map_err(|error| format!("{path}: {error}"))
}

/// Whether events say that a machine runs and is ready.
async fn is_ready(mut answers: Answers) -> Result<bool, Failure> {
    loop {
        let next = tokio::time::timeout(TICK * 10, answers.next()).await;
        let Ok(next) = next else { return Ok(false) };
        let Some(bytes) = next? else { return Ok(false) };
        let event: Event = decode(&bytes)?;
        let Any { type_url, value } = event.data.unwrap_or_default();
        if type_url.ends_with("MachineStatusEvent") {
            let status: MachineStatusEvent = decode(&value)?;
            if status.stage == 4 && status.status.unwrap_or_default().ready {
                return Ok(true);
            }
        }
    }
}

async fn installed(mut answers: Answers) -> Result<(), String> {
    while let Some(bytes) =
        answers.next().await.map_err(|failure| format!("error during upgrade: {failure}"))?
    {
        let installed: Installed = decode(&bytes).map_err(|failure| failure.to_string())?;
        match installed.progress.and_then(|progress| progress.response) {
            Some(Progress::ExitCode(0)) => return Ok(()),
            Some(Progress::ExitCode(code)) => return Err(format!("upgrade failed with exit code {code}")),
            _ => {}
        }
    }
    Err("error during upgrade: the stream ended".to_owned())
}

/// Columns three blanks apart, as Go's tabwriter aligns them.
fn table(rows: &[String]) -> String {
    let cells: Vec<Vec<&str>> = rows.iter().map(|row| row.split('\t').collect()).collect();
    let columns = cells.iter().map(Vec::len).max().unwrap_or(0);
    let width =
        |at: usize| cells.iter().filter_map(|row| row.get(at)).map(|cell| cell.len()).max().unwrap_or(0);
    let widths: Vec<_> = (0..columns).map(width).collect();
    let line = |row: &Vec<&str>| {
        let last = row.len().saturating_sub(1);
        row.iter().enumerate().fold(String::new(), |mut line, (at, cell)| {
            line.push_str(cell);
            if at < last {
                line.push_str(&" ".repeat(widths[at] - cell.len() + 3));
            }
            line
        })
    };
    cells.iter().map(line).collect::<Vec<_>>().join("\n")
}

fn indent(yaml: &str) -> String {
    yaml.lines().fold("\n".to_owned(), |text, line| format!("{text}    {line}\n"))
}

fn literal(yaml: &str) -> String {
    format!(" |{}", indent(yaml))
}
