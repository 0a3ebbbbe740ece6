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
  cd talos && talosgen genconfig
  talosgen image installer --node cp-0
  talosgen patch controlplane.yaml --patch @patch.yaml
  talosgen diff clusterconfig.old clusterconfig")]
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
    /// Check a talconfig.yaml with its variables put in, or machine configurations
    #[command(visible_alias = "check")]
    Validate(ValidateArgs),
    /// Print a new secrets bundle for a cluster
    Gensecret(GensecretArgs),
    /// Write the machine configurations of all nodes and the client configuration
    Genconfig(GenconfigArgs),
    /// Apply patches to a machine configuration
    Patch(PatchArgs),
    /// Print what machines boot from and install: schematics, their IDs, URLs of images, values for META
    Image(ImageArgs),
    /// Show what differs between two outputs, document by document, without secrets
    Diff(DiffArgs),
    /// Print the JSON Schema of talconfig.yaml or of machine configurations
    Schema(SchemaArgs),
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
  talosgen validate talos/clusterconfig --mode metal
  talosgen validate controlplane.yaml --schema v1.13_config.schema.json --with talosctl

What stands in the file decides how it is checked: a talconfig as talhelper checks it, a machine configuration as Talos
does. In a folder every .yaml file is a machine configuration. What the Talos of its installer's tag
cannot read yet is a warning.
Exit codes: 0 nothing found, 1 problems (with --strict also warnings), 2 a file cannot be read.")]
pub(crate) struct ValidateArgs {
    /// A talconfig, machine configurations, or a folder of those; - is standard input
    #[arg(default_value = "talos/talconfig.yaml", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// The file of variables [default: talenv.yaml beside the talconfig, where it is]
    #[arg(long, short = 'e', value_name = "FILE")]
    pub(crate) talenv: Option<PathBuf>,
    /// Warnings fail the check too
    #[arg(long)]
    pub(crate) strict: bool,
    /// What the machines run on, for machine configurations
    #[arg(long, short = 'm', default_value = "metal", value_parser = ["metal", "cloud", "container"], value_name = "MODE")]
    pub(crate) mode: String,
    /// Talos's JSON Schema, against which machine configurations are checked too
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Option<PathBuf>,
    /// A program that checks machine configurations too
    #[arg(long, value_parser = ["talosctl"], value_name = "PROGRAM")]
    pub(crate) with: Option<String>,
}

/// Arguments of `talosgen patch`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  talosgen patch controlplane.yaml --patch @vip.yaml --patch 'machine: {sysctls: {net.core.somaxconn: 65535}}'
  talosgen patch - -p '[{op: add, path: /machine/certSANs/-, value: 10.0.0.1}]' < worker.yaml
  talosgen patch worker.yaml -p @disk.yaml --output worker.yaml

A patch is a part of a document (strategic merge, $patch: delete included) or a list of JSON patch operations (RFC 6902).
Exit codes: 0 done, 2 not possible.")]
pub(crate) struct PatchArgs {
    /// The machine configuration; - is standard input
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// A patch, or @FILE with one; several are applied in order
    #[arg(long = "patch", short = 'p', value_name = "PATCH", required = true, allow_hyphen_values = true)]
    pub(crate) patches: Vec<String>,
    /// Write to a private FILE (0600) instead of standard output
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// Arguments of `talosgen diff`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  talosgen diff clusterconfig.old clusterconfig
  talosgen diff a.yaml b.yaml

Exit codes: 0 no difference, 1 differences, 2 a file cannot be read.")]
pub(crate) struct DiffArgs {
    /// A machine configuration, or a folder of them
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,
    /// What it is compared with
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,
}

/// Arguments of `talosgen schema`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  talosgen schema > talconfig.schema.json
  talosgen schema machine

Exit codes: 0 done, 2 not possible.")]
pub(crate) struct SchemaArgs {
    /// What is described
    #[arg(default_value = "talconfig", value_parser = ["talconfig", "machine"], value_name = "WHAT")]
    pub(crate) what: String,
}

/// What `talosgen image` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Wanted {
    /// The ID of the schematic
    Id,
    /// The schematic itself, as it is hashed and registered
    Schematic,
    /// The image that is installed and upgraded to
    Installer,
    /// The CD image
    Iso,
    /// The disk image (--suffix qcow2, raw.xz, …)
    Disk,
    /// The script for iPXE
    Pxe,
    /// The image of the node's bootMethod
    Boot,
    /// The network settings for META key 10
    Meta,
    /// All of them, as YAML
    All,
}

/// Arguments of `talosgen image`; the names are those of talhelper's `genurl`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  talosgen image installer
  talosgen image disk --node pve-1 --suffix qcow2 --network-meta --link eth0 --register
  talosgen image id --extension siderolabs/qemu-guest-agent --kernel-arg net.ifnames=0
  talosgen image iso --schematic schematic.yaml --talos-version v1.13.0 --mode nocloud --arch arm64
  talosgen image id --schematic - --meta 10=@network.yaml < schematic.yaml

Without a schematic, extensions, kernel arguments or a talconfig.yaml it is the image without additions. IDs are computed;
the factory answers 404 for a schematic that nobody has registered, and --register does that (with curl).
With several nodes each line begins with the node's name. Exit codes: 0 done, 2 not possible.")]
#[expect(clippy::struct_excessive_bools, reason = "flags of a command line")]
pub(crate) struct ImageArgs {
    /// What to print
    #[arg(value_enum, default_value = "all", value_name = "WHAT")]
    pub(crate) what: Wanted,
    /// The talconfig whose nodes are meant, where it is there
    #[arg(long, short = 'c', default_value = "talconfig.yaml", value_name = "FILE")]
    pub(crate) config_file: PathBuf,
    /// Files with variables for it; all that are there are read, a later one wins
    #[arg(
        long,
        value_delimiter = ',',
        value_name = "FILE",
        default_value = "talenv.yaml,talenv.sops.yaml,talenv.yml,talenv.sops.yml"
    )]
    pub(crate) env_file: Vec<PathBuf>,
    /// Only this node: its host name or address
    #[arg(long, short = 'n', value_name = "NODE")]
    pub(crate) node: Option<String>,
    /// A schematic instead of a talconfig's; - is standard input
    #[arg(long, visible_alias = "customization-file", value_name = "FILE")]
    pub(crate) schematic: Option<PathBuf>,
    /// A system extension, instead of a talconfig
    #[arg(long, short = 'e', value_delimiter = ',', conflicts_with = "schematic", value_name = "NAME")]
    pub(crate) extension: Vec<String>,
    /// A kernel argument, instead of a talconfig
    #[arg(long, short = 'k', conflicts_with = "schematic", allow_hyphen_values = true, value_name = "ARG")]
    pub(crate) kernel_arg: Vec<String>,
    /// A value for META, or @FILE with one; key 10 is the network
    #[arg(long, value_parser = meta_value, value_name = "KEY=VALUE")]
    pub(crate) meta: Vec<(u8, String)>,
    /// META key 10 from each node's own interfaces, routes, host name and nameservers
    #[arg(long)]
    pub(crate) network_meta: bool,
    /// The name of the interface that a talconfig finds by a selector
    #[arg(long, value_name = "NAME")]
    pub(crate) link: Option<String>,
    /// The Talos version [default: the talconfig's, or the newest known]
    #[arg(long, short = 'v', value_name = "VERSION")]
    pub(crate) talos_version: Option<String>,
    /// The platform: metal, nocloud, …
    #[arg(long, short = 'm', visible_alias = "talos-mode", value_name = "MODE")]
    pub(crate) mode: Option<String>,
    /// The architecture
    #[arg(long, short = 'a', value_parser = ["amd64", "arm64"], value_name = "ARCH")]
    pub(crate) arch: Option<String>,
    /// Images for Secure Boot
    #[arg(long, visible_alias = "secureboot")]
    pub(crate) secure_boot: bool,
    /// With Secure Boot: the unified kernel image in place of the CD image
    #[arg(long)]
    pub(crate) use_uki: bool,
    /// The ending of a disk image
    #[arg(long, value_parser = ["raw.zst", "raw.xz", "raw.gz", "raw.tar.gz", "vhd.xz", "ova", "qcow2", "iso"], value_name = "ENDING")]
    pub(crate) suffix: Option<String>,
    /// The host of the image factory
    #[arg(long, short = 'r', value_name = "HOST")]
    pub(crate) registry_url: Option<String>,
    /// Register the schematics with the factory, and check that it gives the same IDs
    #[arg(long)]
    pub(crate) register: bool,
    /// Accepted for talhelper's sake: without --register no network is used
    #[arg(long, conflicts_with = "register")]
    pub(crate) offline_mode: bool,
}

/// `10=TEXT` or `0x0a=@FILE`.
fn meta_value(text: &str) -> Result<(u8, String), String> {
    let (key, value) = text.split_once('=').ok_or("KEY=VALUE is expected")?;
    let number = match key.strip_prefix("0x") {
        Some(digits) => u8::from_str_radix(digits, 16),
        None => key.parse(),
    };
    let number = number.map_err(|_| format!("the key {key:?} is not a number from 0 to 255"))?;
    Ok((number, value.to_owned()))
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
What talosVersion cannot read yet is a warning: the machine would refuse it.
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
