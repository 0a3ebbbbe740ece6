//! What kind of thing an operation is: its name, whether it changes or destroys, what it sends.

use std::path::Path;

use super::{Action, ApplyMode};
use crate::plan::Target;

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
    pub(in crate::plan) fn id(&self, node: Option<&Target>) -> String {
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
    pub(in crate::plan) fn texts(&self) -> Vec<&str> {
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
}
