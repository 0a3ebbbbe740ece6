//! Makes plans out of operations: from the configuration alone, so that the same files give the same plan.

mod apps;
mod chain;
mod cluster;
mod machines;
mod upgrade;

use std::path::PathBuf;

use clap::ValueEnum;
use cliutil::{Failure, Outcome, did_you_mean};
use talos::Machine;

use crate::cli::FileArgs;
use crate::inventory::Cluster;
use crate::operations::{Bootstrap, Etcd, Operation, Selectors};
use crate::plan::{Access, Identity, Maker, PLAN_VERSION, Plan, Role, Step};
use crate::{files, inventory};

/// The plan of an operation.
///
/// # Errors
/// What is wrong with the configuration, the selectors or the options.
pub(crate) fn plan(operation: &Operation) -> Outcome<Plan> {
    let builder = Builder::new(operation.files())?;
    match operation {
        Operation::Apply(args) => builder.apply(args),
        Operation::Kubeconfig(args) => builder.kubeconfig(args),
        Operation::Talosconfig(args) => builder.talosconfig(args),
        Operation::Drift(args) => builder.drift(args),
        Operation::Reboot(args) => builder.reboot(args),
        Operation::Shutdown(args) => builder.shutdown(args),
        Operation::Upgrade(args) => builder.upgrade(args),
        Operation::UpgradeK8s(args) => builder.upgrade_k8s(args),
        Operation::Health(args) => builder.health(args),
        Operation::Bootstrap(Bootstrap::Talos(args)) => builder.bootstrap_talos(args),
        Operation::Bootstrap(Bootstrap::Apps(_)) => builder.bootstrap_apps(),
        Operation::Reset(args) => builder.reset(args),
        Operation::Etcd(Etcd::Snapshot(args)) => builder.etcd_snapshot(args),
        Operation::Etcd(Etcd::Defrag(args)) => builder.etcd_defrag(args),
        Operation::Etcd(Etcd::Members(_)) => builder.etcd_members(),
        Operation::Etcd(Etcd::Status(_)) => builder.etcd_status(),
        Operation::Reconcile(_) => builder.reconcile(),
        Operation::Debug(_) => builder.debug(),
    }
}

/// What plans are made from.
struct Builder {
    cluster: Cluster,
    access: Access,
}

impl Builder {
    fn new(args: &FileArgs) -> Outcome<Self> {
        let environment = |name: &str| std::env::var_os(name);
        Ok(Self {
            cluster: inventory::cluster(args)?,
            access: Access {
                talosconfig: files::talosconfig(args, &environment),
                kubeconfig: files::kubeconfig_path(args, &environment),
            },
        })
    }

    fn maker(&self) -> Maker<'_> {
        Maker { inventory: &self.cluster.inventory, access: &self.access }
    }

    /// The machines that are selected: controllers first, each in the configuration's order.
    fn selected(&self, selectors: &Selectors, names: &[String]) -> Outcome<Vec<&Machine>> {
        let mut machines = inventory::select(&self.cluster.inventory, names)?;
        machines.retain(|machine| {
            selectors.role.is_none_or(|role| machine.control_plane == (role == Role::Controlplane))
        });
        if machines.is_empty() {
            return Err(Failure::new("nodeop/nothing-selected", "no machine is selected")
                .with_help("--node and --role must leave at least one"));
        }
        machines.sort_by_key(|machine| !machine.control_plane);
        Ok(machines)
    }

    /// Whether the machines are the whole cluster.
    fn is_whole(&self, machines: &[&Machine]) -> bool {
        machines.len() == self.cluster.inventory.machines.len()
    }

    /// Puts steps into a plan that depends on the files they send.
    fn finish(&self, operation: impl Into<String>, parallel: usize, steps: Vec<Step>) -> Outcome<Plan> {
        self.finish_with(operation, parallel, steps, &[])
    }

    /// As `finish`, with more files that the plan depends on.
    fn finish_with(
        &self,
        operation: impl Into<String>,
        parallel: usize,
        steps: Vec<Step>,
        more: &[PathBuf],
    ) -> Outcome<Plan> {
        let mut used: Vec<PathBuf> = Vec::new();
        let more = more.iter().map(PathBuf::as_path);
        for file in more.chain(steps.iter().filter_map(|step| step.action.file())) {
            if !used.iter().any(|one| one == file) {
                used.push(file.to_path_buf());
            }
        }
        let cluster = Identity::of(&self.cluster, &used).map_err(|failure| {
            failure.with_help("make the machines' configurations with talosgen genconfig")
        })?;
        Ok(Plan {
            version: PLAN_VERSION,
            operation: operation.into(),
            cluster,
            access: self.access.clone(),
            parallel,
            steps,
        })
    }
}

/// A mode by its name.
fn mode<T: ValueEnum>(given: Option<T>, word: Option<&str>, default: T) -> Outcome<T> {
    let Some(word) = word else { return Ok(given.unwrap_or(default)) };
    if given.is_some() {
        return Err(Failure::new("usage/word", "the mode is given twice"));
    }
    T::from_str(word, false).map_err(|_| {
        let names: Vec<_> = T::value_variants()
            .iter()
            .filter_map(|one| one.to_possible_value().map(|value| value.get_name().to_owned()))
            .collect();
        let help = did_you_mean(word, names.iter().map(String::as_str)).map_or_else(
            || format!("it may be {}", names.join(", ")),
            |near| format!("did you mean {near}?"),
        );
        Failure::new("usage/word", format!("MODE={word} is no mode")).with_help(help)
    })
}
