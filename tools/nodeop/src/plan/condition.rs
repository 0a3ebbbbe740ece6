//! What must hold before or after a step. How each is observed is in `observe`.

use std::fmt;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Something that can be observed. Unless it names addresses, it is about the step's own machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "condition", rename_all = "kebab-case", rename_all_fields = "camelCase", deny_unknown_fields)]
pub(crate) enum Condition {
    /// The machine that answers at the address has the host name of the configuration.
    HostnameMatches,
    /// The machine is in this stage.
    MachineStage {
        /// The stage.
        stage: Stage,
    },
    /// The machine runs and says that it is ready.
    MachineReady,
    /// The machine has a configuration: it answers to the cluster's credentials.
    MachineConfigured,
    /// All controllers answer to the cluster's credentials, so that each can say whether it has etcd.
    ControllersConfigured {
        /// The controllers' addresses.
        controllers: Vec<String>,
    },
    /// The machine's configuration is the one of the file: sending it would change nothing.
    ConfigurationApplied {
        /// The configuration.
        file: PathBuf,
    },
    /// The machine runs this Talos, with this schematic where one is named.
    TalosVersion {
        /// The version, with its v.
        version: String,
        /// The schematic's ID.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        schematic: Option<String>,
    },
    /// Going to this Talos leaves out no minor version.
    TalosMinorStep {
        /// The version it goes to.
        version: String,
    },
    /// Going to this Kubernetes leaves out no minor version.
    KubernetesMinorStep {
        /// The version it goes to.
        version: String,
    },
    /// The Talos it goes to runs the Kubernetes of the machine.
    KubernetesFits {
        /// The version of Talos it goes to.
        talos: String,
    },
    /// The Talos of all these machines runs the Kubernetes it goes to.
    TalosFits {
        /// The machines' addresses.
        machines: Vec<String>,
        /// The version of Kubernetes it goes to.
        kubernetes: String,
    },
    /// etcd runs on all these machines and on no other; all are healthy, none is a learner, none has an alarm.
    EtcdHealthy {
        /// The controllers' addresses.
        controllers: Vec<String>,
    },
    /// As etcd-healthy, and etcd keeps its quorum while this machine is away. A single controller has none to keep.
    EtcdQuorumWithout {
        /// The controllers' addresses.
        controllers: Vec<String>,
    },
    /// etcd has members on one of these machines.
    EtcdBootstrapped {
        /// The controllers' addresses.
        controllers: Vec<String>,
    },
    /// The kubelets of all nodes run this version.
    KubeletVersion {
        /// The version, with its v.
        version: String,
    },
    /// The file is there and not empty.
    FileWritten {
        /// The file.
        path: PathBuf,
    },
    /// Every node is registered with Kubernetes: all are Ready, or all are not yet.
    NodesRegistered,
    /// The objects have their conditions.
    ObjectsReady {
        /// The objects.
        objects: Vec<Object>,
    },
    /// The namespace is there.
    NamespaceExists {
        /// Its name.
        name: String,
    },
}

/// An object of Kubernetes and the condition that is waited for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Object {
    /// Its kind, as kubectl names it.
    pub(crate) kind: String,
    /// Its name.
    pub(crate) name: String,
    /// Its namespace; none for objects of the whole cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) namespace: Option<String>,
    /// The type of the condition in its status: `Available`, `Established`, `Ready`.
    pub(crate) condition: String,
}

/// A stage of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Stage {
    /// Waits for a configuration; asked without credentials, for it knows none.
    Maintenance,
    /// Runs.
    Running,
}

impl Condition {
    /// Whether the API server is asked about it, and not a machine.
    pub(crate) fn asks_kubernetes(&self) -> bool {
        matches!(
            self,
            Self::KubeletVersion { .. }
                | Self::KubernetesMinorStep { .. }
                | Self::NodesRegistered
                | Self::ObjectsReady { .. }
                | Self::NamespaceExists { .. }
        )
    }

    /// The controllers it is about, where it is about etcd.
    pub(crate) fn controllers(&self) -> Option<&[String]> {
        match self {
            Self::EtcdHealthy { controllers } | Self::EtcdQuorumWithout { controllers } => Some(controllers),
            _ => None,
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HostnameMatches => write!(f, "the machine at the address is the one named"),
            Self::MachineStage { stage: Stage::Maintenance } => {
                write!(f, "the machine is in maintenance mode")
            }
            Self::MachineStage { stage: Stage::Running } => write!(f, "the machine runs"),
            Self::MachineReady => write!(f, "the machine runs and is ready"),
            Self::MachineConfigured => write!(f, "the machine has its configuration"),
            Self::ControllersConfigured { .. } => write!(f, "all controllers have their configuration"),
            Self::ConfigurationApplied { .. } => write!(f, "the machine's configuration is this one"),
            Self::TalosVersion { version, schematic: None } => write!(f, "Talos is {version}"),
            Self::TalosVersion { version, schematic: Some(schematic) } => {
                write!(f, "Talos is {version} with schematic {}", short(schematic))
            }
            Self::TalosMinorStep { version } => {
                write!(f, "no Talos minor is left out on the way to {version}")
            }
            Self::KubernetesMinorStep { version } => {
                write!(f, "no Kubernetes minor is left out on the way to {version}")
            }
            Self::KubernetesFits { talos } => write!(f, "Talos {talos} runs the machine's Kubernetes"),
            Self::TalosFits { kubernetes, .. } => {
                write!(f, "every machine's Talos runs Kubernetes {kubernetes}")
            }
            Self::EtcdHealthy { controllers } => {
                write!(f, "etcd is healthy with {} of {0} members", controllers.len())
            }
            Self::EtcdQuorumWithout { controllers } => {
                write!(f, "etcd is healthy and can spare one of {}", controllers.len())
            }
            Self::EtcdBootstrapped { .. } => write!(f, "etcd has members"),
            Self::KubeletVersion { version } => write!(f, "the kubelets of all nodes are {version}"),
            Self::FileWritten { path } => write!(f, "{} is there", path.display()),
            Self::NodesRegistered => write!(f, "all nodes are registered"),
            Self::ObjectsReady { objects } => {
                let names: Vec<_> = objects
                    .iter()
                    .map(|one| format!("{} {} {}", one.kind, one.name, one.condition))
                    .collect();
                write!(f, "{}", names.join(", "))
            }
            Self::NamespaceExists { name } => write!(f, "namespace {name} exists"),
        }
    }
}

/// Enough of an ID to tell it from another.
pub(crate) fn short(id: &str) -> &str {
    id.get(..12).unwrap_or(id)
}
