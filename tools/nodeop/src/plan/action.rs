//! What a step can do: the operation, its parameters, and the commands that follow from them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Access, Condition, Maker, Object, Retry, Role, Stage, Target, Timeout};
use crate::command::Command;

/// An operation with its parameters.
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

impl WipeLabel {
    fn word(self) -> &'static str {
        match self {
            Self::State => "STATE",
            Self::Ephemeral => "EPHEMERAL",
        }
    }
}

impl ApplyMode {
    fn word(self) -> &'static str {
        match self {
            Self::Auto => "auto",
            Self::NoReboot => "no-reboot",
            Self::Reboot => "reboot",
            Self::Staged => "staged",
            Self::Try => "try",
        }
    }
}

impl RebootMode {
    fn word(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Powercycle => "powercycle",
        }
    }
}

/// Field manager and way of `kubectl apply`, as the field does it.
const APPLY: [&str; 3] = ["--server-side", "--force-conflicts", "--filename=-"];

/// talosctl may take so much less than we allow it, so that its own words about it are heard.
const GRACE: u64 = 15;

impl Action {
    /// The operation's name.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Apply { .. } => "apply",
            Self::ApplyInsecure { .. } => "apply-insecure",
            Self::Reboot { .. } => "reboot",
            Self::Shutdown { .. } => "shutdown",
            Self::Upgrade { .. } => "upgrade",
            Self::UpgradeK8s { .. } => "upgrade-k8s",
            Self::Drift { .. } => "drift",
            Self::Talosconfig { .. } => "talosconfig",
            Self::Health { .. } => "health",
            Self::BootstrapEtcd => "bootstrap-etcd",
            Self::Kubeconfig { .. } => "kubeconfig",
            Self::Verify => "verify",
            Self::Reset { .. } => "reset",
            Self::EtcdSnapshot { .. } => "etcd-snapshot",
            Self::EtcdDefrag => "etcd-defrag",
            Self::EtcdMembers => "etcd-members",
            Self::EtcdStatus { .. } => "etcd-status",
            Self::WaitForNodes => "wait-for-nodes",
            Self::Namespace { .. } => "namespace",
            Self::ApplySecret { .. } => "apply-secret",
            Self::ApplyCrds { .. } => "apply-crds",
            Self::ApplyManifest { .. } => "apply-manifest",
            Self::ApplyFolder { .. } => "apply-folder",
            Self::SyncRelease { .. } => "sync-release",
            Self::WaitFor { .. } => "wait-for",
            Self::SyncReleases { .. } => "sync-releases",
            Self::Reconcile => "reconcile",
            Self::List { .. } => "list",
        }
    }

    /// The step's name.
    pub(super) fn id(&self, node: Option<&Target>) -> String {
        let of = match self {
            Self::Namespace { name } => Some(name.clone()),
            Self::List { kind } => Some(kind.clone()),
            Self::ApplyManifest { phase, source } => {
                Some(format!("{phase}-{}", source.rsplit('/').next().unwrap_or_default()))
            }
            Self::ApplyFolder { folder } => {
                folder.file_name().map(|name| name.to_string_lossy().into_owned())
            }
            Self::SyncRelease { release, .. } => Some(release.clone()),
            Self::WaitFor { phase, .. } => Some(phase.clone()),
            Self::ApplySecret { file, .. } => {
                file.file_name().map(|name| name.to_string_lossy().replace(".sops.yaml", ""))
            }
            _ => node.map(|node| node.hostname.clone()),
        };
        of.map_or_else(|| self.name().to_owned(), |of| format!("{}-{of}", self.name()))
    }

    /// Whether it is sent to one machine.
    pub(crate) fn needs_node(&self) -> bool {
        matches!(
            self,
            Self::Apply { .. }
                | Self::ApplyInsecure { .. }
                | Self::Reboot { .. }
                | Self::Shutdown { .. }
                | Self::Upgrade { .. }
                | Self::UpgradeK8s { .. }
                | Self::Drift { .. }
                | Self::Talosconfig { .. }
                | Self::Health { .. }
                | Self::BootstrapEtcd
                | Self::Kubeconfig { .. }
                | Self::Verify
                | Self::Reset { .. }
                | Self::EtcdSnapshot { .. }
                | Self::EtcdDefrag
                | Self::EtcdMembers
        )
    }

    /// Whether it changes machines or the cluster.
    pub(crate) fn changes(&self) -> bool {
        !matches!(
            self,
            Self::Health { .. }
                | Self::Drift { .. }
                | Self::Talosconfig { .. }
                | Self::Kubeconfig { .. }
                | Self::Verify
                | Self::EtcdSnapshot { .. }
                | Self::EtcdMembers
                | Self::EtcdStatus { .. }
                | Self::WaitForNodes
                | Self::WaitFor { .. }
                | Self::List { .. }
        )
    }

    /// Whether a person is asked before.
    pub(crate) fn asks(&self) -> bool {
        matches!(
            self,
            Self::Reboot { .. }
                | Self::Shutdown { .. }
                | Self::Upgrade { .. }
                | Self::UpgradeK8s { .. }
                | Self::EtcdDefrag
                | Self::Reset { .. }
        )
    }

    /// Whether the machine is away meanwhile, so that the etcd leader's turn comes last.
    pub(crate) fn leads_last(&self) -> bool {
        matches!(self, Self::Reboot { .. } | Self::Upgrade { .. } | Self::EtcdDefrag)
            || matches!(self, Self::Apply { mode: ApplyMode::Auto | ApplyMode::Reboot, .. })
    }

    /// Whether it destroys what cannot be made again.
    pub(crate) fn destroys(&self) -> bool {
        matches!(self, Self::Reset { .. })
    }

    /// Whether what follows may go on without it.
    pub(crate) fn is_optional(&self) -> bool {
        matches!(self, Self::List { .. } | Self::Drift { .. })
    }

    /// The file whose content it sends.
    pub(crate) fn file(&self) -> Option<&Path> {
        match self {
            Self::Apply { file, .. }
            | Self::ApplyInsecure { file }
            | Self::Drift { file }
            | Self::ApplySecret { file, .. }
            | Self::ApplyCrds { file }
            | Self::SyncRelease { file, .. }
            | Self::SyncReleases { file } => Some(file),
            _ => None,
        }
    }

    /// Parameters that are free text and end up in argv.
    pub(super) fn texts(&self) -> Vec<&str> {
        match self {
            Self::Upgrade { image, version, .. } => vec![image, version],
            Self::UpgradeK8s { to } => vec![to],
            Self::Talosconfig { role, .. } => vec![role],
            Self::Namespace { name } => vec![name],
            Self::ApplySecret { namespace, .. } => vec![namespace],
            Self::List { kind } => vec![kind],
            Self::ApplyManifest { phase, source } => vec![phase, source],
            Self::SyncRelease { release, .. } => vec![release],
            Self::WaitFor { objects, .. } => objects
                .iter()
                .flat_map(|one| {
                    [Some(&one.kind), Some(&one.name), Some(&one.condition), one.namespace.as_ref()]
                })
                .flatten()
                .map(String::as_str)
                .collect(),
            Self::Health { controllers, workers, .. } => {
                controllers.iter().chain(workers).map(String::as_str).collect()
            }
            Self::EtcdStatus { controllers } => controllers.iter().map(String::as_str).collect(),
            _ => Vec::new(),
        }
    }

    /// What to look at when it fails.
    pub(crate) fn remedy(&self) -> &'static str {
        match self {
            Self::Apply { .. } => {
                "look at the machine: talosctl dmesg; a machine in maintenance mode wants --insecure"
            }
            Self::ApplyInsecure { .. } => "is the machine on and in maintenance mode?",
            Self::Reboot { .. } | Self::Shutdown { .. } => {
                "look at the machine: talosctl dmesg, talosctl services"
            }
            Self::Upgrade { .. } => {
                "look at the machine: talosctl dmesg; it may be left cordoned (kubectl uncordon NODE). Talos goes back to the old version by itself when the new one does not boot"
            }
            Self::UpgradeK8s { .. } => "run it again: it goes on where it stopped",
            Self::Health { .. } | Self::Verify => {
                "look at the machines named above: talosctl dmesg, talosctl services"
            }
            Self::BootstrapEtcd => "run it again: it goes on where it stopped, and never bootstraps twice",
            Self::Drift { .. } => "apply sends the file; what should stay as it is belongs into a patch",
            Self::Talosconfig { .. } => {
                "where the old access file is refused, talosgen genconfig makes one from the secrets bundle"
            }
            Self::Kubeconfig { .. } => "is etcd up? nodeop etcd status",
            Self::Reset { .. } => "look at the machine's console; the others were not touched",
            Self::EtcdSnapshot { .. } | Self::EtcdDefrag | Self::EtcdMembers | Self::EtcdStatus { .. } => {
                "are the controllers on, and is the talosconfig the one of this cluster?"
            }
            Self::WaitForNodes => {
                "kubectl get nodes shows which are there; bootstrap talos must have finished"
            }
            Self::Namespace { .. } | Self::ApplySecret { .. } | Self::List { .. } => {
                "is the API server reachable, and is the kubeconfig the one of this cluster?"
            }
            Self::WaitFor { .. } => {
                "kubectl describe shows what the object waits for; run it again afterwards"
            }
            Self::ApplyCrds { .. }
            | Self::ApplyManifest { .. }
            | Self::ApplyFolder { .. }
            | Self::SyncRelease { .. }
            | Self::SyncReleases { .. } => "run it again: what is installed already stays",
            Self::Reconcile => "flux get sources git -A shows what Flux reads",
        }
    }

    /// How long it may take, and how often it is tried.
    pub(super) fn patience(&self) -> (Timeout, Retry) {
        let (before, command, after) = match self {
            Self::Apply { .. } => (30, 120, 900),
            Self::ApplyInsecure { .. } => (600, 120, 0),
            Self::Reboot { .. } => (60, 900, 900),
            Self::Shutdown { .. } => (60, 900, 0),
            Self::Upgrade { .. } => (120, 1800, 900),
            Self::UpgradeK8s { .. } => (60, 3600, 300),
            Self::Health { wait, .. } => (0, wait.saturating_add(GRACE), 0),
            Self::BootstrapEtcd => (900, 60, 300),
            Self::Verify => (0, 1, 900),
            Self::Reset { .. } => (60, 300, 900),
            Self::EtcdSnapshot { .. } => (0, 600, 10),
            Self::EtcdDefrag => (60, 600, 300),
            Self::WaitForNodes => (0, 1, 600),
            Self::ApplyCrds { .. } | Self::ApplyManifest { .. } | Self::ApplyFolder { .. } => (0, 300, 0),
            Self::WaitFor { seconds, .. } => (0, 1, *seconds),
            Self::SyncRelease { .. } | Self::SyncReleases { .. } => (0, 3600, 0),
            Self::Reconcile => (0, 600, 0),
            _ => (0, 60, 10),
        };
        let (attempts, delay) = match self {
            Self::BootstrapEtcd | Self::Kubeconfig { .. } => (30, 10),
            Self::Apply { .. }
            | Self::ApplyInsecure { .. }
            | Self::Namespace { .. }
            | Self::ApplySecret { .. }
            | Self::ApplyManifest { .. }
            | Self::ApplyFolder { .. }
            | Self::ApplyCrds { .. } => (3, 5),
            _ => (1, 0),
        };
        (Timeout { before, command, after }, Retry { attempts, delay })
    }

    /// When these hold there is nothing to do.
    pub(super) fn unless(&self, _node: Option<&Target>, maker: &Maker) -> Vec<Condition> {
        match self {
            Self::Apply { mode: ApplyMode::Reboot, .. } => Vec::new(),
            Self::Apply { file, .. } => vec![Condition::ConfigurationApplied { file: file.clone() }],
            Self::ApplyInsecure { .. } => vec![Condition::MachineConfigured],
            Self::Upgrade { version, schematic, .. } => {
                vec![Condition::TalosVersion { version: version.clone(), schematic: schematic.clone() }]
            }
            Self::BootstrapEtcd => vec![Condition::EtcdBootstrapped { controllers: maker.controllers() }],
            Self::Namespace { name } => vec![Condition::NamespaceExists { name: name.clone() }],
            Self::Reset { reboot: true, .. } => vec![Condition::MachineStage { stage: Stage::Maintenance }],
            _ => Vec::new(),
        }
    }

    /// What must hold before.
    pub(super) fn preconditions(&self, node: Option<&Target>, maker: &Maker) -> Vec<Condition> {
        let controllers = || maker.controllers();
        let mut conditions = vec![Condition::HostnameMatches];
        let controller = node.is_some_and(|node| node.role == Role::Controlplane);
        match self {
            Self::Apply { mode, .. } => {
                if controller && matches!(mode, ApplyMode::Auto | ApplyMode::Reboot) {
                    conditions.push(Condition::EtcdHealthy { controllers: controllers() });
                }
            }
            Self::ApplyInsecure { .. } => return vec![Condition::MachineStage { stage: Stage::Maintenance }],
            Self::BootstrapEtcd => {
                return vec![Condition::ControllersConfigured { controllers: controllers() }];
            }
            Self::Upgrade { version, accept_etcd_outage, .. } => {
                conditions.push(Condition::TalosMinorStep { version: version.clone() });
                conditions.push(Condition::KubernetesFits { talos: version.clone() });
                conditions.extend(quorum(controller, *accept_etcd_outage, controllers));
            }
            Self::Reboot { accept_etcd_outage, .. } | Self::Shutdown { accept_etcd_outage, .. } => {
                conditions.extend(quorum(controller, *accept_etcd_outage, controllers));
            }
            Self::Reset { whole_cluster, .. } if controller && !whole_cluster => {
                conditions.push(Condition::EtcdHealthy { controllers: controllers() });
            }
            Self::Reset { .. } | Self::Drift { .. } => {}
            Self::UpgradeK8s { to } => {
                conditions.push(Condition::KubernetesMinorStep { version: to.clone() });
                conditions.push(Condition::TalosFits { machines: maker.machines(), kubernetes: to.clone() });
                conditions.push(Condition::EtcdHealthy { controllers: controllers() });
            }
            Self::EtcdDefrag => conditions.push(Condition::EtcdHealthy { controllers: controllers() }),
            _ => return Vec::new(),
        }
        conditions
    }

    /// What must hold afterwards.
    pub(super) fn checks(&self, node: Option<&Target>, maker: &Maker) -> Vec<Condition> {
        let etcd = || {
            let controller = node.is_some_and(|node| node.role == Role::Controlplane);
            controller.then(|| Condition::EtcdHealthy { controllers: maker.controllers() })
        };
        let mut conditions = Vec::new();
        match self {
            Self::Apply { mode: ApplyMode::Staged, .. } => {}
            Self::Apply { .. } | Self::Verify => {
                conditions.push(Condition::MachineStage { stage: Stage::Running });
                conditions.extend(etcd());
            }
            Self::Reboot { .. } => {
                conditions.push(Condition::MachineReady);
                conditions.extend(etcd());
            }
            Self::Upgrade { version, schematic, .. } => {
                conditions
                    .push(Condition::TalosVersion { version: version.clone(), schematic: schematic.clone() });
                conditions.push(Condition::MachineReady);
                conditions.extend(etcd());
            }
            Self::UpgradeK8s { to } => conditions.push(Condition::KubeletVersion { version: to.clone() }),
            Self::BootstrapEtcd => {
                conditions.push(Condition::EtcdBootstrapped { controllers: maker.controllers() });
            }
            Self::EtcdDefrag => conditions.extend(etcd()),
            Self::Kubeconfig { path } | Self::Talosconfig { path, .. } | Self::EtcdSnapshot { path, .. } => {
                conditions.push(Condition::FileWritten { path: path.clone() });
            }
            Self::Reset { reboot: true, wipe, .. } if !wipe.is_empty() => {
                conditions.push(Condition::MachineStage { stage: Stage::Maintenance });
            }
            Self::WaitForNodes => conditions.push(Condition::NodesRegistered),
            Self::WaitFor { objects, .. } => {
                conditions.push(Condition::ObjectsReady { objects: objects.clone() });
            }
            Self::Namespace { name } => conditions.push(Condition::NamespaceExists { name: name.clone() }),
            _ => {}
        }
        conditions
    }

    /// The commands, each fed by the one before.
    pub(super) fn commands(&self, node: Option<&Target>, access: &Access, limit: u64) -> Vec<Command> {
        let timeout = Duration::from_secs(limit);
        let inner = format!("{}s", limit.saturating_sub(GRACE).max(1));
        let address = node.map_or("", |node| node.address.as_str());
        let talosctl =
            |verb: &str| Command::talosctl(verb, &access.talosconfig, timeout).flag("--nodes", address);
        let etcd = |verb: &str| {
            Command::bare("talosctl", timeout)
                .args(["etcd", verb])
                .path_arg("--talosconfig", &access.talosconfig)
        };
        let helmfile = || Command::bare("helmfile", timeout).variable("KUBECONFIG", &access.kubeconfig);
        let kubectl = |verb: &str| Command::kubectl(verb, &access.kubeconfig, timeout);
        let one = match self {
            Self::Apply { file, mode } => {
                talosctl("apply-config").path_arg("--file", file).flag("--mode", mode.word())
            }
            Self::ApplyInsecure { file } => Command::bare("talosctl", timeout)
                .args(["apply-config", "--insecure"])
                .flag("--nodes", address)
                .path_arg("--file", file),
            Self::Reboot { mode, .. } => {
                talosctl("reboot").flag("--mode", mode.word()).args(["--wait"]).flag("--timeout", &inner)
            }
            Self::Shutdown { force, .. } => {
                let command = talosctl("shutdown").args(["--wait"]).flag("--timeout", &inner);
                if *force { command.args(["--force"]) } else { command }
            }
            Self::Upgrade { image, .. } => {
                talosctl("upgrade").flag("--image", image).args(["--wait"]).flag("--timeout", &inner)
            }
            Self::UpgradeK8s { to } => {
                talosctl("upgrade-k8s").flag("--to", to).args(["--with-docs=false", "--with-examples=false"])
            }
            Self::Drift { .. } => Command::bare("talosctl", timeout)
                .args(["get", "machineconfig", "v1alpha1", "--output=yaml"])
                .path_arg("--talosconfig", &access.talosconfig)
                .flag("--nodes", address),
            Self::Talosconfig { path, role, hours } => Command::bare("talosctl", timeout)
                .args(["config", "new"])
                .path_arg("--talosconfig", &access.talosconfig)
                .flag("--nodes", address)
                .flag("--roles", role)
                .flag("--crt-ttl", &format!("{hours}h"))
                .args([positional(path)]),
            Self::Health { controllers, workers, wait } => {
                health(talosctl("health"), controllers, workers, *wait)
            }
            Self::BootstrapEtcd => talosctl("bootstrap"),
            Self::Kubeconfig { path } => {
                talosctl("kubeconfig").args(["--merge=false", "--force"]).args([positional(path)])
            }
            Self::Reset { graceful, reboot, wipe, .. } => talosctl("reset")
                .flag("--graceful", &graceful.to_string())
                .flag("--reboot", &reboot.to_string())
                .args(wipe.iter().map(|label| format!("--system-labels-to-wipe={}", label.word())))
                .args(["--wait=false"]),
            Self::EtcdSnapshot { path, .. } => {
                etcd("snapshot").flag("--nodes", address).args([positional(path)])
            }
            Self::EtcdDefrag => etcd("defrag").flag("--nodes", address),
            Self::EtcdMembers => etcd("members").flag("--nodes", address),
            Self::EtcdStatus { controllers } => etcd("status").flag("--nodes", &controllers.join(",")),
            Self::Namespace { name } => kubectl("create").args(["namespace"]).args([name]),
            Self::ApplySecret { namespace, .. } => {
                kubectl("apply").flag("--namespace", namespace).args(APPLY)
            }
            Self::ApplyCrds { file } => {
                let template = helmfile().path_arg("--file", file).args(["template", "--quiet"]);
                return vec![template, kubectl("apply").args(APPLY)];
            }
            Self::ApplyManifest { source, .. } => {
                kubectl("apply").args(&APPLY[..2]).flag("--filename", source)
            }
            Self::ApplyFolder { folder } => {
                kubectl("apply").args(&APPLY[..2]).path_arg("--kustomize", folder)
            }
            Self::SyncRelease { file, release } => helmfile()
                .path_arg("--file", file)
                .flag("--selector", &format!("name={release}"))
                .args(["sync", "--hide-notes"]),
            Self::SyncReleases { file } => helmfile().path_arg("--file", file).args(["sync", "--hide-notes"]),
            Self::Reconcile => {
                Command::bare("flux", timeout).path_arg("--kubeconfig", &access.kubeconfig).args([
                    "--namespace=flux-system",
                    "reconcile",
                    "kustomization",
                    "flux-system",
                    "--with-source",
                ])
            }
            Self::List { kind } => kubectl("get").args(["--all-namespaces"]).args([kind]),
            Self::Verify | Self::WaitForNodes | Self::WaitFor { .. } => return Vec::new(),
        };
        vec![one]
    }
}

/// A path that no program can take for a flag.
fn positional(path: &Path) -> PathBuf {
    if path.to_string_lossy().starts_with('-') { Path::new(".").join(path) } else { path.to_path_buf() }
}

/// etcd can spare the machine, or a person said that it need not.
fn quorum(controller: bool, outage: bool, controllers: impl Fn() -> Vec<String>) -> Option<Condition> {
    (controller && !outage).then(|| Condition::EtcdQuorumWithout { controllers: controllers() })
}

fn health(command: Command, controllers: &[String], workers: &[String], wait: u64) -> Command {
    let command = command.flag("--control-plane-nodes", &controllers.join(","));
    let command =
        if workers.is_empty() { command } else { command.flag("--worker-nodes", &workers.join(",")) };
    command.flag("--wait-timeout", &format!("{wait}s"))
}
