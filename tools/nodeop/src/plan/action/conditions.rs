//! What must hold: when there is nothing to do, before anything is sent, and afterwards.

use super::{Action, ApplyMode};
use crate::plan::{Condition, Maker, Role, Stage, Target};

impl Action {
    /// When these hold there is nothing to do.
    pub(in crate::plan) fn unless(&self, _node: Option<&Target>, maker: &Maker) -> Vec<Condition> {
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
    pub(in crate::plan) fn preconditions(&self, node: Option<&Target>, maker: &Maker) -> Vec<Condition> {
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
    pub(in crate::plan) fn checks(&self, node: Option<&Target>, maker: &Maker) -> Vec<Condition> {
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
}

/// etcd can spare the machine, or a person said that it need not.
fn quorum(controller: bool, outage: bool, controllers: impl Fn() -> Vec<String>) -> Option<Condition> {
    (controller && !outage).then(|| Condition::EtcdQuorumWithout { controllers: controllers() })
}
