//! The arguments of `nodeop`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use cliutil::{CommonArgs, DocsCommand};

use crate::operations::Operation;

/// The most workers that are worked on at once.
pub(crate) const MAX_PARALLEL: usize = 64;

/// The longest time a limit may be, in seconds.
pub(crate) const MAX_SECONDS: u64 = 86_400;

/// Operate the machines of a cluster
#[derive(Debug, Parser)]
#[command(name = "nodeop", version, propagate_version = true)]
#[command(after_help = "Examples:
  nodeop status
  nodeop plan upgrade > plan.yaml
  nodeop run plan.yaml
  nodeop apply worker-0 MODE=no-reboot")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show nodes, Talos versions and health of exactly the configured machines
    Status(StatusArgs),
    #[command(flatten)]
    Operation(Operation),
    /// Make a plan of an operation: what would be done, to which machine, in which order
    Plan(PlanArgs),
    /// Run a plan that was made before
    Run(RunPlanArgs),
    /// Print the JSON Schema of a format
    Schema(SchemaArgs),
    #[command(flatten)]
    Docs(DocsCommand),
}

/// Arguments of `nodeop status`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nodeop status
  nodeop status --node worker-0 --node 10.0.0.11
  nodeop status --dry-run

It runs `kubectl get nodes` (where there is a kubeconfig), `talosctl version` and
`talosctl health`. A part that fails does not stop the others. --node narrows nodes and
versions; health is always that of the whole cluster. Results are one YAML document a part
on standard output.
Exit codes: 0 every part succeeded, 1 a part failed, 2 a program or a file is missing.")]
pub(crate) struct StatusArgs {
    #[command(flatten)]
    pub(crate) files: FileArgs,
    /// Only this machine, by host name or address; may be given several times
    #[arg(long = "node", short = 'n', value_name = "NODE", value_delimiter = ',')]
    pub(crate) nodes: Vec<String>,
    /// How long health may take to become good, in seconds
    #[arg(long, default_value_t = 60, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86400))]
    pub(crate) wait_timeout: u64,
    /// How long any other command may take, in seconds
    #[arg(long, default_value_t = 30, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86400))]
    pub(crate) timeout: u64,
    /// Print the commands that would run, and run none
    #[arg(long, visible_alias = "dry")]
    pub(crate) dry_run: bool,
    /// How results are written: YAML documents or JSON lines
    #[arg(long, short = 'o', value_name = "FORM", default_value = "yaml")]
    pub(crate) output: OutputForm,
}

/// The files that say what the cluster is and how to reach it.
#[derive(Debug, Args)]
pub(crate) struct FileArgs {
    /// The configuration that names the machines
    #[arg(long, default_value = "talos/talconfig.yaml", value_name = "FILE")]
    pub(crate) talconfig: PathBuf,
    /// The file of variables [default: talenv.yaml beside the talconfig, where it is]
    #[arg(long, value_name = "FILE")]
    pub(crate) talenv: Option<PathBuf>,
    /// Access to the machines [default: $TALOSCONFIG, else talos/clusterconfig/talosconfig]
    #[arg(long, value_name = "FILE")]
    pub(crate) talosconfig: Option<PathBuf>,
    /// Access to Kubernetes [default: $KUBECONFIG, else kubeconfig, where it is]
    #[arg(long, value_name = "FILE")]
    pub(crate) kubeconfig: Option<PathBuf>,
}

/// Arguments of `nodeop plan`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nodeop plan upgrade > plan.yaml
  nodeop plan apply --role worker | nodeop run -

It reads the configuration only and starts no program. The plan is YAML on standard output.")]
pub(crate) struct PlanArgs {
    #[command(subcommand)]
    pub(crate) operation: Operation,
}

/// Arguments of `nodeop run`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nodeop run plan.yaml
  nodeop plan apply --role worker | nodeop run - --yes

A plan that was made for another cluster, version or configuration is refused, and so is one whose
argv is not what its typed fields say. Steps that hold already are skipped, so a plan can be run again
after it stopped. Results are one YAML document a step on standard output.
Exit codes: 0 every step is done, 1 a step failed or was stopped, 2 nothing was sent.")]
pub(crate) struct RunPlanArgs {
    /// The plan; - is standard input
    #[arg(default_value = "-", value_name = "PLAN")]
    pub(crate) plan: PathBuf,
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) run: RunArgs,
}

/// How a plan is run.
#[derive(Debug, Args)]
pub(crate) struct RunArgs {
    /// Answer yes to the question; what destroys wants --confirm
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
    /// The cluster's name: answers every question, also before what destroys
    #[arg(long, value_name = "CLUSTER")]
    pub(crate) confirm: Option<String>,
    /// How long one look at a machine or the API server may take, in seconds
    #[arg(long, default_value_t = 30, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86400))]
    pub(crate) question_timeout: u64,
    /// Print the plan, and start no program
    #[arg(long, visible_alias = "dry")]
    pub(crate) dry_run: bool,
    /// How results are written: YAML documents, or JSON lines with events of what steps are about
    #[arg(long, short = 'o', value_name = "FORM", default_value = "yaml")]
    pub(crate) output: OutputForm,
}

/// How results are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum OutputForm {
    /// A stream of documents
    Yaml,
    /// An object a line
    Json,
}

/// Arguments of `nodeop schema`.
#[derive(Debug, Args)]
pub(crate) struct SchemaArgs {
    /// The format
    #[arg(value_name = "FORMAT")]
    pub(crate) name: SchemaFormat,
}

/// A format with a schema.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum SchemaFormat {
    /// What plan writes and run reads
    Plan,
    /// What run writes: each document of the stream
    Results,
}
