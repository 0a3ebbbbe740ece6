//! The arguments of `talosgen`.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};
use cliutil::{CommonArgs, DocsCommand};

/// Make and check the Talos configuration of a cluster
#[derive(Debug, Parser)]
#[command(name = "talosgen", version, propagate_version = true)]
#[command(after_help = "Examples:
  validate config | talosgen talconfig --output talos/talconfig.yaml
  talosgen validate talos/talconfig.yaml
  talosgen gensecret | secrets encrypt --filename-override talos/talsecret.sops.yaml > talos/talsecret.sops.yaml
  cd talos && talosgen genconfig")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print talconfig.yaml, made from the context on standard input
    Talconfig(TalconfigArgs),
    /// Check a talconfig.yaml with its variables put in
    #[command(visible_alias = "check")]
    Validate(ValidateArgs),
    /// Print a new secrets bundle for a cluster
    Gensecret(GensecretArgs),
    /// Write the machine configurations of all nodes and the client configuration
    Genconfig(GenconfigArgs),
    #[command(flatten)]
    Docs(DocsCommand),
}

/// Arguments of `talosgen talconfig`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  validate config | talosgen talconfig > talos/talconfig.yaml
  talosgen talconfig --patches talos/patches context.yaml

The patch folder holds global/, controller/, worker/ and one folder per node name.
Files that are not there or blank are not listed, so run it after render.
Exit codes: 0 done, 2 not possible.")]
pub(crate) struct TalconfigArgs {
    /// The context that `validate config` prints; - is standard input
    #[arg(default_value = "-", value_name = "CONTEXT")]
    pub(crate) context: PathBuf,
    /// The folder of patches; its parent is where talconfig.yaml belongs
    #[arg(long, default_value = "talos/patches", value_name = "DIR")]
    pub(crate) patches: PathBuf,
    /// The file with talosVersion and kubernetesVersion
    #[arg(long, default_value = "talos/talenv.yaml", value_name = "FILE")]
    pub(crate) talenv: PathBuf,
    /// Write to FILE instead of standard output; a FILE that is right already is not touched
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Arguments of `talosgen validate`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  talosgen validate
  talosgen validate talos/talconfig.yaml --talenv talos/talenv.yaml
  talosgen validate --format github --strict

Exit codes: 0 nothing found, 1 problems (with --strict also warnings), 2 a file cannot be read.")]
pub(crate) struct ValidateArgs {
    /// The talconfig; - is standard input (patch paths are then relative to the current folder)
    #[arg(default_value = "talos/talconfig.yaml", value_name = "TALCONFIG")]
    pub(crate) talconfig: PathBuf,
    /// The file of variables [default: talenv.yaml beside the talconfig, where it is]
    #[arg(long, short = 'e', value_name = "FILE")]
    pub(crate) talenv: Option<PathBuf>,
    /// Warnings fail the check too
    #[arg(long)]
    pub(crate) strict: bool,
}

/// Arguments of `talosgen gensecret`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  talosgen gensecret | secrets encrypt --filename-override talos/talsecret.sops.yaml > talos/talsecret.sops.yaml
  talosgen gensecret --from-configfile controlplane.yaml
  talosgen gensecret --from-kubernetes-pki /etc/kubernetes/pki

The bundle is everything the cluster keeps secret: encrypt it before it reaches a file that is committed.
Exit codes: 0 done, 2 not possible.")]
pub(crate) struct GensecretArgs {
    /// Take the secrets out of a control plane's machine configuration
    #[arg(long, short = 'f', visible_alias = "from-controlplane-config", value_name = "FILE")]
    pub(crate) from_configfile: Option<PathBuf>,
    /// Keep the authorities of a cluster that kubeadm made; KUBERNETES_BOOTSTRAP_TOKEN may hold its token
    #[arg(long, conflicts_with = "from_configfile", value_name = "DIR")]
    pub(crate) from_kubernetes_pki: Option<PathBuf>,
    /// Write to a new private FILE (0600) instead of standard output
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Arguments of `talosgen genconfig`; the names are talhelper's.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  cd talos && talosgen genconfig
  talosgen genconfig -c talos/talconfig.yaml -s talos/talsecret.sops.yaml -e talos/talenv.yaml -o talos/clusterconfig
  talosgen genconfig --dry-run
  talosgen genconfig --stdout | less

Nothing is written unless the configurations of all nodes could be made. No network is used: the IDs of
schematics are computed. Encrypted files are opened with the identities that SOPS_AGE_KEY_FILE and the like name.
Exit codes: 0 done, 2 not possible.")]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct GenconfigArgs {
    /// The talconfig; - is standard input (its paths are then relative to the current folder)
    #[arg(long, short = 'c', default_value = "talconfig.yaml", value_name = "FILE")]
    pub(crate) config_file: PathBuf,
    /// Files with the secrets bundle; the last one that is there is taken
    #[arg(
        long,
        short = 's',
        value_delimiter = ',',
        value_name = "FILE",
        default_value = "talsecret.yaml,talsecret.sops.yaml,talsecret.yml,talsecret.sops.yml"
    )]
    pub(crate) secret_file: Vec<PathBuf>,
    /// Files with variables; all that are there are read, a later one wins
    #[arg(
        long,
        short = 'e',
        value_delimiter = ',',
        value_name = "FILE",
        default_value = "talenv.yaml,talenv.sops.yaml,talenv.yml,talenv.sops.yml"
    )]
    pub(crate) env_file: Vec<PathBuf>,
    /// Where to write
    #[arg(long, short = 'o', default_value = "./clusterconfig", value_name = "DIR")]
    pub(crate) out_dir: PathBuf,
    /// What the machines run on, for the checks
    #[arg(long, short = 'm', default_value = "metal", value_parser = ["metal", "cloud", "container"], value_name = "MODE")]
    pub(crate) talos_mode: String,
    /// Do not write .gitignore
    #[arg(long)]
    pub(crate) no_gitignore: bool,
    /// Write nothing; show what would change, without secrets
    #[arg(long, short = 'n', conflicts_with = "stdout")]
    pub(crate) dry_run: bool,
    /// Print one stream of all documents instead of writing files
    #[arg(long)]
    pub(crate) stdout: bool,
    /// Do not list the nodes in talosconfig
    #[arg(long)]
    pub(crate) disable_nodes_section: bool,
    /// How long the client certificate lives
    #[arg(long, default_value = "8760h", value_parser = lifetime, value_name = "DURATION")]
    pub(crate) crt_ttl: Duration,
    /// The role the client certificate gives
    #[arg(long, default_value = "os:admin", value_parser = ["os:admin", "os:operator", "os:reader", "os:etcd:backup"], value_name = "ROLE")]
    pub(crate) role: String,
    /// Accepted for talhelper's sake: no network is ever used
    #[arg(long)]
    pub(crate) offline_mode: bool,
}

/// A duration such as `8760h` or `30m`.
fn lifetime(text: &str) -> Result<Duration, String> {
    let ns = machineconfig::parse_duration(text).ok_or("a duration such as 8760h is expected")?;
    u64::try_from(ns)
        .ok()
        .filter(|ns| *ns > 0)
        .map(Duration::from_nanos)
        .ok_or_else(|| "a duration above zero is expected".to_owned())
}
