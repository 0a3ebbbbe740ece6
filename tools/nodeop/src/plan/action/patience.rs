//! How long an operation may take, how often it is tried, and what helps when it fails.

use super::Action;
use super::argv::GRACE;
use crate::plan::{Retry, Timeout};

impl Action {
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
    pub(in crate::plan) fn patience(&self) -> (Timeout, Retry) {
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
}
