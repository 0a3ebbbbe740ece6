//! Plans for a cluster's beginning and end, and for etcd.

use std::path::PathBuf;

use cliutil::{Failure, Outcome};
use talos::Machine;

use super::Builder;
use crate::operations::{DefragArgs, ResetArgs, Selectors, SnapshotArgs, WholeArgs};
use crate::plan::{Action, Plan, WipeLabel};
use crate::{files, inventory};

impl Builder {
    /// Configures, starts etcd once, fetches the kubeconfig, and looks whether all run. Readiness is not looked at: it
    /// comes with the CNI.
    pub(super) fn bootstrap_talos(&self, args: &WholeArgs) -> Outcome<Plan> {
        let first = self.cluster.first_controller()?;
        let mut machines = inventory::select(&self.cluster.inventory, &[])?;
        machines.sort_by_key(|machine| !machine.control_plane);
        let maker = self.maker();
        let mut steps = Vec::new();
        for machine in &machines {
            let file = self.cluster.configuration(machine);
            let reason = format!("send it {} in maintenance mode", file.display());
            steps.push(maker.on(machine, Action::ApplyInsecure { file }, reason));
        }
        steps.push(maker.on(first, Action::BootstrapEtcd, "start etcd, once in the cluster's life"));
        let path = files::kubeconfig_target(&args.files);
        let reason = format!("write {}", path.display());
        steps.push(maker.on(first, Action::Kubeconfig { path }, reason));
        for machine in &machines {
            steps.push(maker.on(machine, Action::Verify, "look whether it runs"));
        }
        self.finish("bootstrap talos", 1, steps)
    }

    pub(super) fn reset(&self, args: &ResetArgs) -> Outcome<Plan> {
        let words = args.selectors.words(false)?;
        let mut machines = self.selected(&args.selectors, &words.nodes)?;
        let whole = self.is_whole(&machines);
        if !whole {
            self.spare_controllers(&machines)?;
        }
        machines.sort_by_key(|machine| machine.control_plane);
        let wipe = if args.wipe_disk { vec![] } else { vec![WipeLabel::State, WipeLabel::Ephemeral] };
        let what = if args.wipe_disk { "wipe its WHOLE system disk" } else { "wipe STATE and EPHEMERAL" };
        let then = if args.shutdown { "turn it off" } else { "restart it" };
        let maker = self.maker();
        let steps = machines.iter().map(|machine| {
            let action = Action::Reset {
                graceful: args.graceful.unwrap_or(!whole),
                reboot: !args.shutdown,
                wipe: wipe.clone(),
                whole_cluster: whole,
            };
            maker.on(machine, action, format!("{what}, {then}")).within(args.limits.timeout, &self.access)
        });
        self.finish("reset", args.limits.parallel, steps.collect())
    }

    /// Several controllers, or the only one, go with the whole cluster or not at all: etcd would be gone.
    fn spare_controllers(&self, machines: &[&Machine]) -> Outcome<()> {
        let going = machines.iter().filter(|machine| machine.control_plane).count();
        let all = self.cluster.inventory.controllers().count();
        if going == 0 || (going == 1 && all > 1) {
            return Ok(());
        }
        let message = format!("resetting {going} of {all} controllers would end etcd");
        Err(Failure::new("nodeop/quorum", message)
            .with_help("reset one controller at a time, or name no machine to reset the whole cluster"))
    }

    pub(super) fn etcd_snapshot(&self, args: &SnapshotArgs) -> Outcome<Plan> {
        let machine = match &args.node {
            None => self.cluster.first_controller()?,
            Some(name) => {
                let found = inventory::select(&self.cluster.inventory, std::slice::from_ref(name))?;
                match found.first().copied() {
                    Some(machine) if machine.control_plane => machine,
                    _ => {
                        let message = format!("{name} is a worker: it has no etcd");
                        return Err(Failure::new("nodeop/not-a-controller", message));
                    }
                }
            }
        };
        let path = args.file.clone().unwrap_or_else(|| {
            let now = jiff::Timestamp::now().strftime("%Y%m%d-%H%M%S");
            PathBuf::from(format!("backups/etcd/etcd-{now}.db"))
        });
        let reason = format!("save etcd's data to {}; it holds secrets", path.display());
        let keep = args.file.is_none().then_some(usize::from(args.keep));
        let step = self.maker().on(machine, Action::EtcdSnapshot { path, keep }, reason);
        self.finish("etcd snapshot", 1, vec![step])
    }

    pub(super) fn etcd_defrag(&self, args: &DefragArgs) -> Outcome<Plan> {
        let selectors = Selectors { words: args.words.clone(), nodes: Vec::new(), role: None };
        let words = selectors.words(false)?;
        let named = inventory::select(&self.cluster.inventory, &words.nodes)?;
        let worker = named.iter().find(|machine| !machine.control_plane && !words.nodes.is_empty());
        if let Some(worker) = worker {
            let message = format!("{} is a worker: it has no etcd", worker.hostname);
            return Err(Failure::new("nodeop/not-a-controller", message));
        }
        self.cluster.first_controller()?;
        let maker = self.maker();
        let controllers = named.into_iter().filter(|machine| machine.control_plane);
        let reason = "give unused space back; etcd on it does not answer meanwhile";
        let steps = controllers.map(|machine| maker.on(machine, Action::EtcdDefrag, reason));
        self.finish("etcd defrag", 1, steps.collect())
    }

    pub(super) fn etcd_members(&self) -> Outcome<Plan> {
        let first = self.cluster.first_controller()?;
        let step = self.maker().on(first, Action::EtcdMembers, "list etcd's members");
        self.finish("etcd members", 1, vec![step])
    }

    pub(super) fn etcd_status(&self) -> Outcome<Plan> {
        self.cluster.first_controller()?;
        let action = Action::EtcdStatus { controllers: self.maker().controllers() };
        let step = self.maker().whole(action, "ask every controller for etcd");
        self.finish("etcd status", 1, vec![step])
    }
}
