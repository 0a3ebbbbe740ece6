//! Plans for machines that are in the cluster: apply, drift, reboot, shutdown; and the access files.

use cliutil::{Failure, Outcome};

use super::{Builder, mode};
use crate::files;
use crate::operations::{ApplyArgs, DriftArgs, RebootArgs, ShutdownArgs, TalosconfigArgs, WholeArgs};
use crate::plan::{Action, ApplyMode, Plan, RebootMode};

impl Builder {
    pub(super) fn apply(&self, args: &ApplyArgs) -> Outcome<Plan> {
        let words = args.selectors.words(true)?;
        if args.insecure && words.mode.is_some() {
            return Err(Failure::new("usage/word", "--insecure has no mode"));
        }
        let mode = mode(args.mode, words.mode.as_deref(), ApplyMode::Auto)?;
        let machines = self.selected(&args.selectors, &words.nodes)?;
        let maker = self.maker();
        let steps = machines.iter().map(|machine| {
            let file = self.cluster.configuration(machine);
            let reason = format!("send it {}", file.display());
            let action =
                if args.insecure { Action::ApplyInsecure { file } } else { Action::Apply { file, mode } };
            maker.on(machine, action, reason).within(args.limits.timeout, &self.access)
        });
        self.finish("apply", args.limits.parallel, steps.collect())
    }

    pub(super) fn kubeconfig(&self, args: &WholeArgs) -> Outcome<Plan> {
        let path = files::kubeconfig_target(&args.files);
        let reason = format!("write {}", path.display());
        let first = self.cluster.first_controller()?;
        let step = self.maker().on(first, Action::Kubeconfig { path }, reason);
        self.finish("kubeconfig", 1, vec![step])
    }

    pub(super) fn talosconfig(&self, args: &TalosconfigArgs) -> Outcome<Plan> {
        let first = self.cluster.first_controller()?;
        let reason = format!("write {}: {} for {} hours", args.file.display(), args.role, args.hours);
        let action =
            Action::Talosconfig { path: args.file.clone(), role: args.role.clone(), hours: args.hours };
        self.finish("talosconfig", 1, vec![self.maker().on(first, action, reason)])
    }

    pub(super) fn drift(&self, args: &DriftArgs) -> Outcome<Plan> {
        let words = args.selectors.words(false)?;
        let machines = self.selected(&args.selectors, &words.nodes)?;
        let maker = self.maker();
        let steps = machines.iter().map(|machine| {
            let file = self.cluster.configuration(machine);
            let reason = format!("compare it with {}", file.display());
            maker.on(machine, Action::Drift { file }, reason).within(args.limits.timeout, &self.access)
        });
        self.finish("drift", args.limits.parallel, steps.collect())
    }

    pub(super) fn reboot(&self, args: &RebootArgs) -> Outcome<Plan> {
        let words = args.selectors.words(true)?;
        let mode = mode(args.mode, words.mode.as_deref(), RebootMode::Default)?;
        let machines = self.selected(&args.selectors, &words.nodes)?;
        let maker = self.maker();
        let steps = machines.iter().map(|machine| {
            let action = Action::Reboot { mode, accept_etcd_outage: args.accept_etcd_outage };
            maker
                .on(machine, action, "restart it, and wait until it is ready")
                .within(args.limits.timeout, &self.access)
        });
        self.finish("reboot", args.limits.parallel, steps.collect())
    }

    pub(super) fn shutdown(&self, args: &ShutdownArgs) -> Outcome<Plan> {
        let words = args.selectors.words(false)?;
        let mut machines = self.selected(&args.selectors, &words.nodes)?;
        // Workers first: while they drain, the API server must be there.
        machines.sort_by_key(|machine| machine.control_plane);
        let whole = self.is_whole(&machines);
        let reason = if whole { "turn it off with the whole cluster" } else { "turn it off" };
        let maker = self.maker();
        let steps = machines.iter().map(|machine| {
            let accept_etcd_outage = args.accept_etcd_outage || whole;
            let action = Action::Shutdown { force: args.force, accept_etcd_outage };
            maker.on(machine, action, reason).within(args.limits.timeout, &self.access)
        });
        self.finish("shutdown", args.limits.parallel, steps.collect())
    }
}
