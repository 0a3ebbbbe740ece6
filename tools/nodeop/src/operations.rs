//! The operations and their arguments.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum as _};
use cliutil::{Failure, Outcome};

use crate::cli::{FileArgs, RunArgs};
use crate::plan::{ApplyMode, RebootMode, Role};

#[derive(Debug, Subcommand)]
pub(crate) enum Operation {
    /// Send machines their configuration
    Apply(ApplyArgs),
    /// Write the access file of Kubernetes
    Kubeconfig(WholeArgs),
    /// Write an access file of Talos with a new certificate
    Talosconfig(TalosconfigArgs),
    /// Show what differs between the generated configurations and the machines'
    Drift(DriftArgs),
    /// Restart machines
    Reboot(RebootArgs),
    /// Turn machines off
    Shutdown(ShutdownArgs),
    /// Upgrade Talos to the version of the configuration
    Upgrade(UpgradeArgs),
    /// Upgrade Kubernetes to the version of the configuration
    #[command(name = "upgrade-k8s")]
    UpgradeK8s(WholeArgs),
    /// Ask whether the cluster is healthy
    Health(HealthArgs),
    /// Bring up a new cluster
    #[command(subcommand)]
    Bootstrap(Bootstrap),
    /// Take machines out of the cluster, back to maintenance mode
    Reset(ResetArgs),
    /// Look at etcd, or save its data
    #[command(subcommand)]
    Etcd(Etcd),
    /// Have Flux read the repository now
    Reconcile(WholeArgs),
    /// List what shows where a cluster is stuck: certificates, sources, releases, routes, nodes, pods
    Debug(WholeArgs),
}

/// The two halves of a first start.
#[derive(Debug, Subcommand)]
pub(crate) enum Bootstrap {
    /// Configure the machines in maintenance mode, start etcd once, write the kubeconfig
    #[command(after_help = "Examples:
  nodeop bootstrap talos
  nodeop plan bootstrap talos

Each machine in maintenance mode gets its configuration; one that has it is skipped. etcd is started
on the first controller, and only when every controller answers and none has etcd. Nodes stay NotReady
until bootstrap apps. Run it again after a failure: it goes on where it stopped. In maintenance mode
nothing proves which machine answers.
Exit codes: 0 every step is done, 1 a step failed or was stopped, 2 nothing was sent.")]
    Talos(WholeArgs),
    /// Install what must be there before Flux: namespaces, secrets, CRDs, CNI, DNS, Flux
    #[command(after_help = "Examples:
  nodeop bootstrap apps
  nodeop bootstrap apps --dry-run

Stages: all nodes registered; a namespace for each folder of kubernetes/apps; the secrets of bootstrap/
and kubernetes/components/sops, decrypted into a pipe; the CustomResourceDefinitions of
bootstrap/helmfile.d/00-crds.yaml; the releases of bootstrap/helmfile.d/01-apps.yaml. Where there is a
bootstrap/chain.yaml (the olm system) its phases come instead, each when the one before is ready.
Exit codes: 0 every step is done, 1 a step failed or was stopped, 2 nothing was sent.")]
    Apps(WholeArgs),
}

/// What is asked of etcd.
#[derive(Debug, Subcommand)]
pub(crate) enum Etcd {
    /// Save etcd's data to a file
    Snapshot(SnapshotArgs),
    /// List etcd's members
    Members(WholeArgs),
    /// Show the state of etcd on every controller
    Status(WholeArgs),
    /// Give the space that etcd no longer uses back to the disk, one controller after the other
    Defrag(DefragArgs),
}

/// Which machines.
#[derive(Debug, Args)]
pub(crate) struct Selectors {
    /// Machines by host name or address; also IP=10.0.0.1, and MODE=auto where there are modes
    #[arg(value_name = "NODE|KEY=VALUE")]
    pub(crate) words: Vec<String>,
    /// Only this machine, by host name or address; may be given several times
    #[arg(long = "node", short = 'n', value_name = "NODE", value_delimiter = ',')]
    pub(crate) nodes: Vec<String>,
    /// Only machines of this role
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Option<Role>,
}

/// What the words say.
pub(crate) struct Words {
    /// Names of machines.
    pub(crate) nodes: Vec<String>,
    /// The value of `MODE=`.
    pub(crate) mode: Option<String>,
}

impl Selectors {
    /// The words taken apart.
    ///
    /// # Errors
    /// `usage/word` for a key that the operation does not know.
    pub(crate) fn words(&self, modes: bool) -> Outcome<Words> {
        let mut words = Words { nodes: self.nodes.clone(), mode: None };
        for word in &self.words {
            match word.split_once('=') {
                None if modes && words.mode.is_none() && is_mode(word) => words.mode = Some(word.clone()),
                None => words.nodes.push(word.clone()),
                Some(("IP" | "ip" | "NODE" | "node", node)) => {
                    words.nodes.extend(node.split(',').map(str::to_owned));
                }
                Some(("MODE" | "mode", mode)) if modes => words.mode = Some(mode.to_owned()),
                Some((key, _)) => {
                    let known = if modes { "IP= and MODE= are" } else { "IP= is" };
                    return Err(Failure::new("usage/word", format!("{key}= is not known here"))
                        .with_help(format!("{known}; a machine may also be named alone")));
                }
            }
        }
        if words.nodes.iter().any(String::is_empty) {
            return Err(Failure::new("usage/word", "a machine's name is empty")
                .with_help("name it by host name or address, or leave it out for all"));
        }
        Ok(words)
    }
}

/// Whether a word alone is a mode: `apply 10.0.0.1 staged`.
fn is_mode(word: &str) -> bool {
    ApplyMode::from_str(word, false).is_ok() || RebootMode::from_str(word, false).is_ok()
}

/// Limits of a run.
#[derive(Debug, Args)]
pub(crate) struct Limits {
    /// How many workers may be worked on at once; controllers are worked on alone
    #[arg(long, default_value_t = 1, value_name = "COUNT", value_parser = parallel)]
    pub(crate) parallel: usize,
    /// How long a command on one machine may take, in seconds [default: as the operation needs]
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86400))]
    pub(crate) timeout: Option<u64>,
}

fn parallel(text: &str) -> Result<usize, String> {
    let range = 1..=crate::cli::MAX_PARALLEL;
    text.parse()
        .ok()
        .filter(|count| range.contains(count))
        .ok_or_else(|| format!("must be from 1 to {}", range.end()))
}

/// Arguments of `nodeop apply`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nodeop apply
  nodeop apply worker-0 --mode no-reboot
  nodeop apply IP=10.0.0.21 MODE=staged
  nodeop apply --role worker --parallel 3 --yes

Each machine gets talos/clusterconfig/CLUSTER-HOST.yaml. One whose configuration is that already is
skipped. Controllers come first, one at a time; a failure stops the rest.
Exit codes: 0 every step is done, 1 a step failed or was stopped, 2 nothing was sent.")]
pub(crate) struct ApplyArgs {
    #[command(flatten)]
    pub(crate) selectors: Selectors,
    /// How the configuration takes effect [default: auto]
    #[arg(long, short = 'm', value_name = "MODE")]
    pub(crate) mode: Option<ApplyMode>,
    /// To machines in maintenance mode, whose identity nothing proves yet
    #[arg(long, short = 'i', conflicts_with = "mode")]
    pub(crate) insecure: bool,
    #[command(flatten)]
    pub(crate) limits: Limits,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Arguments of `nodeop drift`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nodeop drift
  nodeop drift --role worker
  nodeop drift IP=10.0.0.21 --output json

Each machine is asked for its configuration, which is compared with talos/clusterconfig/CLUSTER-HOST.yaml
by data. Secrets are not shown. Nothing is changed.
Exit codes: 0 all are as generated, 1 a machine differs or does not answer, 2 nothing was asked.")]
pub(crate) struct DriftArgs {
    #[command(flatten)]
    pub(crate) selectors: Selectors,
    #[command(flatten)]
    pub(crate) limits: Limits,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Arguments of `nodeop talosconfig`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nodeop talosconfig
  nodeop talosconfig reader.talosconfig --for os:reader --hours 24

A controller signs a new certificate; the access file that is used for it stays as it is. Where that one
has ended already, talosgen genconfig makes one from the secrets bundle.
Exit codes: 0 written, 1 no controller made one, 2 nothing was sent.")]
pub(crate) struct TalosconfigArgs {
    /// The file; nothing may be there yet
    #[arg(default_value = "talosconfig", value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// What it may do: os:admin, os:operator, os:reader, os:etcd:backup
    #[arg(long = "for", default_value = "os:admin", value_name = "ROLE", value_parser = ["os:admin", "os:operator", "os:reader", "os:etcd:backup"])]
    pub(crate) role: String,
    /// How long its certificate lives, in hours
    #[arg(long, default_value_t = 8760, value_name = "HOURS", value_parser = clap::value_parser!(u64).range(1..=87600))]
    pub(crate) hours: u64,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Arguments of `nodeop etcd defrag`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nodeop etcd defrag cp-0
  nodeop etcd defrag --yes

Without a machine all controllers, one at a time, the leader last, while etcd is healthy.
Exit codes: 0 every step is done, 1 a step failed or was stopped, 2 nothing was sent.")]
pub(crate) struct DefragArgs {
    /// Controllers by host name or address; also IP=10.0.0.11
    #[arg(value_name = "NODE|IP=ADDRESS")]
    pub(crate) words: Vec<String>,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Arguments of operations on the whole cluster.
#[derive(Debug, Args)]
pub(crate) struct WholeArgs {
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Arguments of `nodeop reboot`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nodeop reboot worker-0
  nodeop reboot --role worker --parallel 2 --yes
  nodeop reboot IP=10.0.0.11 MODE=powercycle

Controllers come first, one at a time, and only while etcd can spare one. After each machine it is
waited until it is ready again.
Exit codes: 0 every step is done, 1 a step failed or was stopped, 2 nothing was sent.")]
pub(crate) struct RebootArgs {
    #[command(flatten)]
    pub(crate) selectors: Selectors,
    /// How it restarts [default: default]
    #[arg(long, short = 'm', value_name = "MODE")]
    pub(crate) mode: Option<RebootMode>,
    /// Go on although etcd cannot spare a controller
    #[arg(long)]
    pub(crate) accept_etcd_outage: bool,
    #[command(flatten)]
    pub(crate) limits: Limits,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Arguments of `nodeop shutdown`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nodeop shutdown worker-0
  nodeop shutdown --yes

Without a machine the whole cluster is turned off, workers first. A single controller is turned off
only while etcd can spare it.
Exit codes: 0 every step is done, 1 a step failed or was stopped, 2 nothing was sent.")]
pub(crate) struct ShutdownArgs {
    #[command(flatten)]
    pub(crate) selectors: Selectors,
    /// Without cordon and drain
    #[arg(long)]
    pub(crate) force: bool,
    /// Go on although etcd cannot spare a controller
    #[arg(long)]
    pub(crate) accept_etcd_outage: bool,
    #[command(flatten)]
    pub(crate) limits: Limits,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Arguments of `nodeop upgrade`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nodeop upgrade
  nodeop upgrade worker-0
  nodeop upgrade --role worker --parallel 3 --yes
  nodeop plan upgrade > plan.yaml

The image is the machine's talosImageURL and the talosVersion. A machine that runs it already is
skipped; a way that leaves out a minor version of Talos is refused before anything is sent.
Controllers come first, one at a time, the etcd leader last, while etcd is healthy before and after each
and can spare one; then the workers. Talos must run the Kubernetes that is there. The first failure stops
the rest.
Exit codes: 0 every step is done, 1 a step failed or was stopped, 2 nothing was sent.")]
pub(crate) struct UpgradeArgs {
    #[command(flatten)]
    pub(crate) selectors: Selectors,
    /// Go on although etcd cannot spare a controller
    #[arg(long)]
    pub(crate) accept_etcd_outage: bool,
    #[command(flatten)]
    pub(crate) limits: Limits,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Arguments of `nodeop health`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nodeop health
  nodeop health --wait-timeout 600

Exit codes: 0 healthy, 1 not healthy in time, 2 nothing was asked.")]
pub(crate) struct HealthArgs {
    /// How long it may take to become good, in seconds
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=80000))]
    pub(crate) wait_timeout: u64,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Arguments of `nodeop reset`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nodeop reset worker-0
  nodeop reset --confirm kubernetes
  nodeop reset worker-0 --wipe-disk --confirm kubernetes

Without a machine the whole cluster is reset, workers first. One controller may go alone while etcd is
healthy; several go only with the whole cluster. The partitions STATE and EPHEMERAL are wiped, so that
the machine comes back in maintenance mode. The secrets bundle, the machines\' configurations and the
kubeconfig stay.
Exit codes: 0 every step is done, 1 a step failed or was stopped, 2 nothing was sent.")]
pub(crate) struct ResetArgs {
    #[command(flatten)]
    pub(crate) selectors: Selectors,
    /// Cordon, drain and leave etcd before [default: true, but false for the whole cluster]
    #[arg(long, value_name = "BOOL")]
    pub(crate) graceful: Option<bool>,
    /// Turn it off afterwards instead of restarting it
    #[arg(long)]
    pub(crate) shutdown: bool,
    /// Wipe the whole system disk: a machine that cannot boot from the network does not come back
    #[arg(long)]
    pub(crate) wipe_disk: bool,
    #[command(flatten)]
    pub(crate) limits: Limits,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// Arguments of `nodeop etcd snapshot`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nodeop etcd snapshot
  nodeop etcd snapshot before-upgrade.db --node cp-1

Without FILE the newest --keep snapshots of backups/etcd stay, this one among them; what is removed is
named. With FILE nothing is removed.")]
pub(crate) struct SnapshotArgs {
    /// The file [default: backups/etcd/etcd-DATE-TIME.db]
    #[arg(value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// How many snapshots stay in backups/etcd
    #[arg(long, default_value_t = 7, value_name = "COUNT", value_parser = clap::value_parser!(u16).range(1..))]
    pub(crate) keep: u16,
    /// The controller it is taken from [default: the first]
    #[arg(long = "node", short = 'n', value_name = "NODE")]
    pub(crate) node: Option<String>,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

impl Operation {
    /// The files it reads.
    pub(crate) fn files(&self) -> &FileArgs {
        self.common().0
    }

    /// How its plan is run.
    pub(crate) fn run(&self) -> &RunArgs {
        self.common().1
    }

    fn common(&self) -> (&FileArgs, &RunArgs) {
        match self {
            Self::Apply(ApplyArgs { files, run, .. })
            | Self::Reboot(RebootArgs { files, run, .. })
            | Self::Shutdown(ShutdownArgs { files, run, .. })
            | Self::Upgrade(UpgradeArgs { files, run, .. })
            | Self::Health(HealthArgs { files, run, .. })
            | Self::Drift(DriftArgs { files, run, .. })
            | Self::Talosconfig(TalosconfigArgs { files, run, .. })
            | Self::Reset(ResetArgs { files, run, .. })
            | Self::Etcd(
                Etcd::Snapshot(SnapshotArgs { files, run, .. })
                | Etcd::Defrag(DefragArgs { files, run, .. })
                | Etcd::Members(WholeArgs { files, run })
                | Etcd::Status(WholeArgs { files, run }),
            )
            | Self::Bootstrap(
                Bootstrap::Talos(WholeArgs { files, run }) | Bootstrap::Apps(WholeArgs { files, run }),
            )
            | Self::Kubeconfig(WholeArgs { files, run })
            | Self::UpgradeK8s(WholeArgs { files, run })
            | Self::Reconcile(WholeArgs { files, run })
            | Self::Debug(WholeArgs { files, run }) => (files, run),
        }
    }
}
