//! What a step can do: the operations and their parameters. What follows from them has a room of its own: what kind of
//! thing it is ([`facts`]), the commands ([`argv`]), what must hold ([`conditions`]), how long it may take and what helps
//! when it fails ([`patience`]).

mod argv;
mod conditions;
mod facts;
mod patience;

use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Object;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    tag = "operation",
    content = "parameters",
    rename_all = "kebab-case",
    rename_all_fields = "camelCase",
    deny_unknown_fields
)]
pub(crate) enum Action {
    /// Sends the machine its configuration.
    Apply {
        /// The configuration.
        file: PathBuf,
        /// How it takes effect.
        mode: ApplyMode,
    },
    /// Sends its configuration to a machine in maintenance mode, whose identity nothing proves yet.
    ApplyInsecure {
        /// The configuration.
        file: PathBuf,
    },
    /// Restarts the machine.
    Reboot {
        /// How.
        mode: RebootMode,
        /// etcd may lose its quorum meanwhile.
        accept_etcd_outage: bool,
    },
    /// Turns the machine off.
    Shutdown {
        /// Without cordon and drain.
        force: bool,
        /// etcd may lose its quorum by it.
        accept_etcd_outage: bool,
    },
    /// Installs a Talos image and restarts into it.
    Upgrade {
        /// The installer's image with its tag.
        image: String,
        /// The version that runs afterwards.
        version: String,
        /// The schematic that runs afterwards, where the image names one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        schematic: Option<String>,
        /// etcd may lose its quorum meanwhile.
        accept_etcd_outage: bool,
    },
    /// Upgrades Kubernetes on all machines.
    UpgradeK8s {
        /// The version, with its v.
        to: String,
    },
    /// Compares the machine's configuration with the file.
    Drift {
        /// The configuration.
        file: PathBuf,
    },
    /// Makes an access file of Talos with a new certificate.
    Talosconfig {
        /// Where to; nothing is there yet.
        path: PathBuf,
        /// What it may do: `os:admin`, `os:operator`, `os:reader`, `os:etcd:backup`.
        role: String,
        /// How long its certificate lives.
        hours: u64,
    },
    /// Asks whether the cluster is healthy.
    Health {
        /// The controllers' addresses.
        controllers: Vec<String>,
        /// The workers' addresses.
        workers: Vec<String>,
        /// How long it may take to become so, in seconds.
        wait: u64,
    },
    /// Starts etcd for the first time, on one controller, once in a cluster's life.
    BootstrapEtcd,
    /// Writes the access file of Kubernetes.
    Kubeconfig {
        /// Where to.
        path: PathBuf,
    },
    /// Looks whether the checks hold, and does nothing.
    Verify,
    /// Takes the machine out of the cluster and wipes it.
    Reset {
        /// Cordon, drain and leave etcd before.
        graceful: bool,
        /// Restart afterwards, into maintenance mode; else it is turned off.
        reboot: bool,
        /// Only these partitions; none of them means the whole system disk.
        wipe: Vec<WipeLabel>,
        /// The whole cluster goes: there is no quorum to keep.
        whole_cluster: bool,
    },
    /// Saves etcd's data to a file.
    EtcdSnapshot {
        /// The file.
        path: PathBuf,
        /// How many snapshots stay in its folder, this one among them; without it all do.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        keep: Option<usize>,
    },
    /// Gives the space that etcd no longer uses back to the disk; etcd on the machine does not answer meanwhile.
    EtcdDefrag,
    /// Lists etcd's members.
    EtcdMembers,
    /// Shows the state of etcd on the controllers.
    EtcdStatus {
        /// The controllers' addresses.
        controllers: Vec<String>,
    },
    /// Waits until every node is registered with Kubernetes.
    WaitForNodes,
    /// Makes a namespace.
    Namespace {
        /// Its name.
        name: String,
    },
    /// Decrypts a file into a pipe and applies it.
    ApplySecret {
        /// The encrypted file.
        file: PathBuf,
        /// Where its objects go.
        namespace: String,
    },
    /// Applies the CustomResourceDefinitions of a helmfile.
    ApplyCrds {
        /// The helmfile.
        file: PathBuf,
    },
    /// Applies what a file or an address holds.
    ApplyManifest {
        /// The phase it belongs to.
        phase: String,
        /// The file or address.
        source: String,
    },
    /// Builds a folder with kustomize and applies it.
    ApplyFolder {
        /// The folder.
        folder: PathBuf,
    },
    /// Installs one release of a helmfile.
    SyncRelease {
        /// The helmfile.
        file: PathBuf,
        /// The release.
        release: String,
    },
    /// Waits until objects have their conditions, and does nothing.
    WaitFor {
        /// The phase they belong to.
        phase: String,
        /// The objects.
        objects: Vec<Object>,
        /// How long it may take, in seconds.
        seconds: u64,
    },
    /// Installs the releases of a helmfile.
    SyncReleases {
        /// The helmfile.
        file: PathBuf,
    },
    /// Has Flux read the repository now.
    Reconcile,
    /// Lists objects of all namespaces.
    List {
        /// The kind, as kubectl names it.
        kind: String,
    },
}

/// How a configuration takes effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ApplyMode {
    /// Talos decides whether it must restart
    Auto,
    /// At once; refused when a restart is needed
    NoReboot,
    /// With a restart
    Reboot,
    /// With the next restart
    Staged,
    /// At once, and undone after a minute
    Try,
}

/// How a machine restarts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RebootMode {
    /// By kexec where it can
    Default,
    /// Through the firmware
    Powercycle,
}

/// A system partition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) enum WipeLabel {
    /// The machine's configuration and identity.
    #[serde(rename = "STATE")]
    State,
    /// Everything else that a running machine wrote, etcd's data included.
    #[serde(rename = "EPHEMERAL")]
    Ephemeral,
}
