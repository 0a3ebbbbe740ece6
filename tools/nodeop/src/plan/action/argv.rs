//! The commands of an operation, from its parameters alone.

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{Action, ApplyMode, RebootMode, WipeLabel};
use crate::command::Command;
use crate::plan::{Access, Target};

/// Field manager and way of `kubectl apply`, as the field does it.
const APPLY: [&str; 3] = ["--server-side", "--force-conflicts", "--filename=-"];

/// talosctl may take so much less than we allow it, so that its own words about it are heard.
pub(super) const GRACE: u64 = 15;

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

impl Action {
    /// The commands, each fed by the one before.
    pub(in crate::plan) fn commands(
        &self,
        node: Option<&Target>,
        access: &Access,
        limit: u64,
    ) -> Vec<Command> {
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

fn health(command: Command, controllers: &[String], workers: &[String], wait: u64) -> Command {
    let command = command.flag("--control-plane-nodes", &controllers.join(","));
    let command =
        if workers.is_empty() { command } else { command.flag("--worker-nodes", &workers.join(",")) };
    command.flag("--wait-timeout", &format!("{wait}s"))
}
