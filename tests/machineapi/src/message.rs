//! The messages of the Machine API, the cluster API and the resource API that talosctl 1.13 sends or reads in the
//! commands nodeop uses: only those, with only the fields that matter. Names and numbers are those of Talos 1.13.0
//! (api/machine, api/common, api/cluster) and of COSI (api/v1alpha1). Replies hold one message a machine, each with its
//! metadata in field 1; those are put around it in `api`, so they do not stand here.

use prost::Message;

/// What a proxy adds to the answer of a machine.
#[derive(Clone, PartialEq, Message)]
pub struct Metadata {
    /// The machine, as it was called.
    #[prost(string, tag = "1")]
    pub hostname: String,
    /// Why it gave no answer.
    #[prost(string, tag = "2")]
    pub error: String,
    /// The same as a gRPC status.
    #[prost(message, optional, tag = "3")]
    pub status: Option<RpcStatus>,
}

/// `google.rpc.Status`
#[derive(Clone, PartialEq, Message)]
pub struct RpcStatus {
    /// A gRPC code.
    #[prost(int32, tag = "1")]
    pub code: i32,
    /// Its words.
    #[prost(string, tag = "2")]
    pub message: String,
}

/// `google.protobuf.Any`
#[derive(Clone, PartialEq, Message)]
pub struct Any {
    /// `talos/runtime/…`
    #[prost(string, tag = "1")]
    pub type_url: String,
    /// The message.
    #[prost(bytes = "vec", tag = "2")]
    pub value: Vec<u8>,
}

/// `common.Data`
#[derive(Clone, PartialEq, Message)]
pub struct Data {
    /// A part of a file.
    #[prost(bytes = "vec", tag = "2")]
    pub bytes: Vec<u8>,
}

/// `machine.Version`
#[derive(Clone, PartialEq, Message)]
pub struct Version {
    /// The version.
    #[prost(message, optional, tag = "2")]
    pub version: Option<VersionInfo>,
}

/// `machine.VersionInfo`
#[derive(Clone, PartialEq, Message)]
pub struct VersionInfo {
    /// `v1.13.0`
    #[prost(string, tag = "1")]
    pub tag: String,
}

/// `machine.ApplyConfigurationRequest`
#[derive(Clone, PartialEq, Message)]
pub struct ApplyRequest {
    /// The configuration.
    #[prost(bytes = "vec", tag = "1")]
    pub data: Vec<u8>,
    /// reboot, auto, no-reboot, staged, try.
    #[prost(int32, tag = "4")]
    pub mode: i32,
    /// Only say what would change.
    #[prost(bool, tag = "5")]
    pub dry_run: bool,
}

/// `machine.ApplyConfiguration`
#[derive(Clone, PartialEq, Message)]
pub struct Applied {
    /// The mode that was chosen.
    #[prost(int32, tag = "3")]
    pub mode: i32,
    /// What was done, in words.
    #[prost(string, tag = "4")]
    pub details: String,
}

/// `machine.RebootRequest`, `machine.ShutdownRequest`
#[derive(Clone, PartialEq, Message)]
pub struct RebootRequest {
    /// default, powercycle, force.
    #[prost(int32, tag = "1")]
    pub mode: i32,
}

/// `machine.Reboot`, `machine.Shutdown`, `machine.Reset`
#[derive(Clone, PartialEq, Message)]
pub struct Started {
    /// Which events belong to it.
    #[prost(string, tag = "2")]
    pub actor_id: String,
}

/// `machine.ResetRequest`
#[derive(Clone, PartialEq, Message)]
pub struct ResetRequest {
    /// Leave etcd before.
    #[prost(bool, tag = "1")]
    pub graceful: bool,
    /// Restart afterwards.
    #[prost(bool, tag = "2")]
    pub reboot: bool,
    /// Only these; none of them means the whole disk.
    #[prost(message, repeated, tag = "3")]
    pub partitions: Vec<Partition>,
}

/// `machine.ResetPartitionSpec`
#[derive(Clone, PartialEq, Message)]
pub struct Partition {
    /// `STATE`, `EPHEMERAL`
    #[prost(string, tag = "1")]
    pub label: String,
    /// Wipe it.
    #[prost(bool, tag = "2")]
    pub wipe: bool,
}

/// `machine.UpgradeRequest`: how machines before 1.13 are upgraded.
#[derive(Clone, PartialEq, Message)]
pub struct UpgradeRequest {
    /// The installer.
    #[prost(string, tag = "1")]
    pub image: String,
    /// Keep the data (the field that also skips the check of etcd in the newest servers).
    #[prost(bool, tag = "2")]
    pub preserve: bool,
    /// Skip the check of etcd.
    #[prost(bool, tag = "4")]
    pub force: bool,
}

/// `machine.Upgrade`
#[derive(Clone, PartialEq, Message)]
pub struct Upgraded {
    /// Words.
    #[prost(string, tag = "2")]
    pub ack: String,
    /// Which events belong to it.
    #[prost(string, tag = "3")]
    pub actor_id: String,
}

/// `machine.ReadRequest`
#[derive(Clone, PartialEq, Message)]
pub struct ReadRequest {
    /// The file.
    #[prost(string, tag = "1")]
    pub path: String,
}

/// `machine.GenerateClientConfigurationRequest`
#[derive(Clone, PartialEq, Message)]
pub struct ClientRequest {
    /// What it may do.
    #[prost(string, repeated, tag = "1")]
    pub roles: Vec<String>,
    /// How long its certificate lives.
    #[prost(message, optional, tag = "2")]
    pub lifetime: Option<Duration>,
}

/// `machine.GenerateClientConfiguration`
#[derive(Clone, PartialEq, Message)]
pub struct ClientConfiguration {
    /// The access file.
    #[prost(bytes = "vec", tag = "5")]
    pub talosconfig: Vec<u8>,
}

/// `machine.EtcdMembers`
#[derive(Clone, PartialEq, Message)]
pub struct EtcdMembers {
    /// The members.
    #[prost(message, repeated, tag = "3")]
    pub members: Vec<EtcdMember>,
}

/// `machine.EtcdMember`
#[derive(Clone, PartialEq, Message)]
pub struct EtcdMember {
    /// Its ID.
    #[prost(uint64, tag = "2")]
    pub id: u64,
    /// Its machine.
    #[prost(string, tag = "3")]
    pub hostname: String,
    /// Where the others reach it.
    #[prost(string, repeated, tag = "4")]
    pub peer_urls: Vec<String>,
    /// Where clients reach it.
    #[prost(string, repeated, tag = "5")]
    pub client_urls: Vec<String>,
    /// It has no vote yet.
    #[prost(bool, tag = "6")]
    pub is_learner: bool,
}

/// `machine.EtcdStatus`
#[derive(Clone, PartialEq, Message)]
pub struct EtcdStatus {
    /// The member on the machine.
    #[prost(message, optional, tag = "2")]
    pub member: Option<EtcdMemberStatus>,
}

/// `machine.EtcdMemberStatus`
#[derive(Clone, PartialEq, Message)]
pub struct EtcdMemberStatus {
    /// `3.6.4`
    #[prost(string, tag = "1")]
    pub protocol_version: String,
    /// Bytes.
    #[prost(int64, tag = "2")]
    pub db_size: i64,
    /// Bytes.
    #[prost(int64, tag = "3")]
    pub db_size_in_use: i64,
    /// The leader's ID; 0 when there is none.
    #[prost(uint64, tag = "4")]
    pub leader: u64,
    /// Counts up.
    #[prost(uint64, tag = "5")]
    pub raft_index: u64,
    /// Counts up.
    #[prost(uint64, tag = "6")]
    pub raft_term: u64,
    /// Counts up.
    #[prost(uint64, tag = "7")]
    pub raft_applied_index: u64,
    /// What is wrong.
    #[prost(string, repeated, tag = "8")]
    pub errors: Vec<String>,
    /// It has no vote yet.
    #[prost(bool, tag = "9")]
    pub is_learner: bool,
    /// Its ID.
    #[prost(uint64, tag = "10")]
    pub member_id: u64,
    /// `3.6.0`
    #[prost(string, tag = "11")]
    pub storage_version: String,
}

/// `machine.EtcdAlarm`
#[derive(Clone, PartialEq, Message)]
pub struct EtcdAlarms {
    /// The alarms.
    #[prost(message, repeated, tag = "2")]
    pub alarms: Vec<EtcdMemberAlarm>,
}

/// `machine.EtcdMemberAlarm`
#[derive(Clone, PartialEq, Message)]
pub struct EtcdMemberAlarm {
    /// Whose.
    #[prost(uint64, tag = "1")]
    pub member_id: u64,
    /// 1: no space, 2: corrupt.
    #[prost(int32, tag = "2")]
    pub alarm: i32,
}

/// `machine.EventsRequest`
#[derive(Clone, PartialEq, Message)]
pub struct EventsRequest {
    /// How many past events; a negative number means all.
    #[prost(int32, tag = "1")]
    pub tail_events: i32,
}

/// `machine.Event`
#[derive(Clone, PartialEq, Message)]
pub struct Event {
    /// What happened.
    #[prost(message, optional, tag = "2")]
    pub data: Option<Any>,
    /// Its ID.
    #[prost(string, tag = "3")]
    pub id: String,
    /// What it belongs to.
    #[prost(string, tag = "4")]
    pub actor_id: String,
}

/// `machine.MachineStatusEvent`
#[derive(Clone, PartialEq, Message)]
pub struct MachineStatusEvent {
    /// 1 booting, 3 maintenance, 4 running, 5 rebooting, 6 shutting down, 7 resetting.
    #[prost(int32, tag = "1")]
    pub stage: i32,
    /// Whether it is ready.
    #[prost(message, optional, tag = "2")]
    pub status: Option<MachineReadiness>,
}

/// `machine.MachineStatusEvent.MachineStatus`
#[derive(Clone, PartialEq, Message)]
pub struct MachineReadiness {
    /// Whether it is ready.
    #[prost(bool, tag = "1")]
    pub ready: bool,
}

/// `machine.TaskEvent`
#[derive(Clone, PartialEq, Message)]
pub struct TaskEvent {
    /// `stopAllServices`
    #[prost(string, tag = "1")]
    pub task: String,
    /// 0 begins, 1 ends.
    #[prost(int32, tag = "2")]
    pub action: i32,
}

/// `machine.ImageServicePullRequest`
#[derive(Clone, PartialEq, Message)]
pub struct PullRequest {
    /// The image.
    #[prost(string, tag = "3")]
    pub image_ref: String,
}

/// `machine.ImageServicePullResponse`, when it is done.
#[derive(Clone, PartialEq, Message)]
pub struct Pulled {
    /// The image.
    #[prost(string, tag = "1")]
    pub name: String,
}

/// `machine.LifecycleServiceUpgradeRequest`
#[derive(Clone, PartialEq, Message)]
pub struct InstallRequest {
    /// What to install.
    #[prost(message, optional, tag = "2")]
    pub source: Option<InstallSource>,
}

/// `machine.InstallArtifactsSource`
#[derive(Clone, PartialEq, Message)]
pub struct InstallSource {
    /// The installer.
    #[prost(string, tag = "1")]
    pub image_name: String,
}

/// `machine.LifecycleServiceUpgradeResponse`
#[derive(Clone, PartialEq, Message)]
pub struct Installed {
    /// How it goes.
    #[prost(message, optional, tag = "1")]
    pub progress: Option<InstallProgress>,
}

/// `machine.LifecycleServiceInstallProgress`
#[derive(Clone, PartialEq, Message)]
pub struct InstallProgress {
    /// One of two.
    #[prost(oneof = "Progress", tags = "1, 2")]
    pub response: Option<Progress>,
}

/// Words, or the end.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum Progress {
    /// What is being done.
    #[prost(string, tag = "1")]
    Message(String),
    /// How it ended.
    #[prost(int32, tag = "2")]
    ExitCode(i32),
}

/// `cluster.HealthCheckRequest`
#[derive(Clone, PartialEq, Message)]
pub struct HealthRequest {
    /// How long it may take.
    #[prost(message, optional, tag = "1")]
    pub wait: Option<Duration>,
    /// Which machines there are.
    #[prost(message, optional, tag = "2")]
    pub cluster: Option<ClusterInfo>,
}

/// `google.protobuf.Duration`
#[derive(Clone, PartialEq, Message)]
pub struct Duration {
    /// Whole seconds.
    #[prost(int64, tag = "1")]
    pub seconds: i64,
}

/// `cluster.ClusterInfo`
#[derive(Clone, PartialEq, Message)]
pub struct ClusterInfo {
    /// Addresses.
    #[prost(string, repeated, tag = "1")]
    pub controllers: Vec<String>,
    /// Addresses.
    #[prost(string, repeated, tag = "2")]
    pub workers: Vec<String>,
}

/// `cluster.HealthCheckProgress`
#[derive(Clone, PartialEq, Message)]
pub struct HealthProgress {
    /// Words.
    #[prost(string, tag = "2")]
    pub message: String,
}

/// `cosi.resource.GetRequest`, `ListRequest`
#[derive(Clone, PartialEq, Message)]
pub struct ResourceRequest {
    /// Its namespace.
    #[prost(string, tag = "1")]
    pub namespace: String,
    /// Its type.
    #[prost(string, tag = "2")]
    pub kind: String,
}

/// `cosi.resource.GetResponse`, `ListResponse`
#[derive(Clone, PartialEq, Message)]
pub struct ResourceReply {
    /// The resource.
    #[prost(message, optional, tag = "1")]
    pub resource: Option<Resource>,
}

/// `cosi.resource.Resource`
#[derive(Clone, PartialEq, Message)]
pub struct Resource {
    /// What it is.
    #[prost(message, optional, tag = "1")]
    pub metadata: Option<ResourceMetadata>,
    /// What it says.
    #[prost(message, optional, tag = "2")]
    pub spec: Option<ResourceSpec>,
}

/// `cosi.resource.Metadata`
#[derive(Clone, PartialEq, Message)]
pub struct ResourceMetadata {
    /// `runtime`
    #[prost(string, tag = "1")]
    pub namespace: String,
    /// `MachineStatuses.runtime.talos.dev`
    #[prost(string, tag = "2")]
    pub kind: String,
    /// `machine`
    #[prost(string, tag = "3")]
    pub id: String,
    /// Counts up from 1.
    #[prost(string, tag = "4")]
    pub version: String,
    /// Who writes it.
    #[prost(string, tag = "5")]
    pub owner: String,
    /// `running`
    #[prost(string, tag = "6")]
    pub phase: String,
    /// When it was made.
    #[prost(message, optional, tag = "7")]
    pub created: Option<Duration>,
    /// When it was changed.
    #[prost(message, optional, tag = "8")]
    pub updated: Option<Duration>,
}

/// `cosi.resource.Spec`
#[derive(Clone, PartialEq, Message)]
pub struct ResourceSpec {
    /// For programs.
    #[prost(bytes = "vec", tag = "1")]
    pub proto: Vec<u8>,
    /// For people.
    #[prost(string, tag = "2")]
    pub yaml: String,
}

/// `cosi.resource.meta.ResourceDefinitionSpec`
#[derive(Clone, PartialEq, Message)]
pub struct Definition {
    /// The type.
    #[prost(string, tag = "1")]
    pub kind: String,
    /// Its name in one.
    #[prost(string, tag = "2")]
    pub display: String,
    /// Where its resources are.
    #[prost(string, tag = "3")]
    pub namespace: String,
    /// Other names.
    #[prost(string, repeated, tag = "4")]
    pub aliases: Vec<String>,
    /// All other names.
    #[prost(string, repeated, tag = "5")]
    pub all_aliases: Vec<String>,
}

/// `talos.resource.definitions.k8s.NodenameSpec`
#[derive(Clone, PartialEq, Message)]
pub struct Nodename {
    /// The node's name.
    #[prost(string, tag = "1")]
    pub nodename: String,
}
