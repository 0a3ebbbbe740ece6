//! The operations and their arguments.

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
Controllers come first, one at a time, while etcd is healthy before and after each and can spare one;
then the workers. The first failure stops the rest.
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

impl Operation {
    /// The files it reads.
    pub(crate) fn files(&self) -> &FileArgs {
        match self {
            Self::Apply(args) => &args.files,
            Self::Kubeconfig(args) => &args.files,
            Self::Reboot(args) => &args.files,
            Self::Shutdown(args) => &args.files,
            Self::Upgrade(args) => &args.files,
            Self::UpgradeK8s(args) => &args.files,
            Self::Health(args) => &args.files,
        }
    }

    /// How its plan is run.
    pub(crate) fn run(&self) -> &RunArgs {
        match self {
            Self::Apply(args) => &args.run,
            Self::Kubeconfig(args) => &args.run,
            Self::Reboot(args) => &args.run,
            Self::Shutdown(args) => &args.run,
            Self::Upgrade(args) => &args.run,
            Self::UpgradeK8s(args) => &args.run,
            Self::Health(args) => &args.run,
        }
    }
}
