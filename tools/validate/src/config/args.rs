//! The arguments of the commands about the configuration.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// Arguments of `validate config`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of the command line")]
#[command(after_help = "Examples:
  validate config
  validate config cluster.yaml nodes.yaml > context.yaml
  validate config --check --strict --format github
  cat cluster.yaml nodes.yaml | validate config -
  validate config --fix

Files may hold several documents. A later document or file replaces a key of an earlier one, whole.
On a terminal secret values are shown as ***. Notes are shown with --check only.
Exit codes: 0 fine, 1 problems (with --strict also warnings), 2 something cannot be read.")]
pub(crate) struct ConfigArgs {
    /// The files, in order; - is standard input. Without any: cluster.yaml and nodes.yaml
    #[arg(value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Check only, print no context
    #[arg(long)]
    pub(crate) check: bool,
    /// Give keys with an older name the name of today, in the files themselves, and check them then; no other byte changes
    #[arg(long)]
    pub(crate) fix: bool,
    /// With --fix: only say what would be renamed
    #[arg(long, requires = "fix")]
    pub(crate) dry_run: bool,
    /// The folder of the catalogue
    #[arg(long, value_name = "DIR", default_value = "templates")]
    pub(crate) templates: PathBuf,
    /// Warnings count as problems
    #[arg(long)]
    pub(crate) strict: bool,
    /// Show secret values on a terminal too
    #[arg(long)]
    pub(crate) reveal: bool,
}

/// Arguments of `validate explain`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  validate explain node_cidr
  validate explain nodes.mac_addr

Exit codes: 0 done, 2 there is no such key, or the catalogue cannot be read.")]
pub(crate) struct ExplainArgs {
    /// A key of cluster.yaml, a field of a node, a computed value, or a rule such as graph/two-owners
    pub(crate) key: String,
    /// The folder of the catalogue
    #[arg(long, value_name = "DIR", default_value = "templates")]
    pub(crate) templates: PathBuf,
    /// The system whose catalogue it is
    #[arg(long, value_name = "SYSTEM", default_value = cluster::DEFAULT_SYSTEM)]
    pub(crate) system: String,
}

/// Arguments of `validate schema`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  validate schema nodes
  validate schema config --templates templates > schemas/config.json
  validate schema import crds/*.yaml --output schemas/crds
  kubectl get crds -o yaml | validate schema import - --output schemas/crds

What import writes, GROUP/KIND_VERSION.json, is what --schema-location of validate manifests takes, and kubeconform with the template
schemas/crds/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json.
Exit codes: 0 done, 2 the catalogue or a definition cannot be read.")]
pub(crate) struct SchemaArgs {
    /// Of what
    pub(crate) what: What,
    /// For import: files with CustomResourceDefinitions; - is standard input
    #[arg(value_name = "CRD", required_if_eq("what", "import"))]
    pub(crate) files: Vec<PathBuf>,
    /// For import: where the schemas are written
    #[arg(long, short, value_name = "DIR", default_value = "schemas/crds")]
    pub(crate) output: PathBuf,
    /// The folder of the catalogue
    #[arg(long, value_name = "DIR", default_value = "templates")]
    pub(crate) templates: PathBuf,
    /// The system whose catalogue it is
    #[arg(long, value_name = "SYSTEM", default_value = cluster::DEFAULT_SYSTEM)]
    pub(crate) system: String,
}

/// What a schema can be printed of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum What {
    /// cluster.yaml
    Config,
    /// nodes.yaml
    Nodes,
    /// component.yaml of a component
    Component,
    /// What `validate config` prints
    Context,
    /// What `nodeop plan` writes and `nodeop run` reads
    Plan,
    /// What `nodeop run` writes: each document of the stream
    Results,
    /// Makes schemas of CustomResourceDefinitions
    Import,
}

/// Arguments of `validate sample`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  validate sample config > cluster.yaml
  validate sample nodes > nodes.yaml

Keys without # are to be filled in; `validate config` names those that are not yet.
Exit codes: 0 done, 2 the catalogue cannot be read.")]
pub(crate) struct SampleArgs {
    /// Of what
    pub(crate) what: Sample,
    /// The folder of the catalogue
    #[arg(long, value_name = "DIR", default_value = "templates")]
    pub(crate) templates: PathBuf,
    /// The system whose catalogue it is
    #[arg(long, value_name = "SYSTEM", default_value = cluster::DEFAULT_SYSTEM)]
    pub(crate) system: String,
}

/// What a sample can be printed of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Sample {
    /// cluster.yaml
    Config,
    /// nodes.yaml
    Nodes,
}
