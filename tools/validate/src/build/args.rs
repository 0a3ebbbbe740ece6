//! The arguments of `validate build`.

use std::path::PathBuf;

use clap::ValueEnum;

/// Arguments of `validate build`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  validate build kubernetes/apps/default
  validate build kubernetes/apps/default | validate manifests -
  validate build --flux
  validate build --kustomization default/echo

A folder's kustomization is built as kustomize 5.8 does, byte for byte, files outside of it allowed. With --flux, and for
a folder that has no kustomization and holds Flux Kustomizations, the output is what the cluster gets: every Flux
Kustomization with its patches, components, namespace and variables, in the order in which one brings about the other.
Encrypted values stay encrypted; a variable whose value is encrypted becomes placeholder-NAME.
Charts, plugins and remote bases are refused by name: --with kustomize leaves the work to that program.
Exit codes: 0 built, 2 it cannot be built.")]
pub(crate) struct BuildArgs {
    /// The folder of the kustomization; with --flux the repository, or the folder Flux starts from
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// Follow Flux from its entry to everything it applies
    #[arg(long)]
    pub(crate) flux: bool,
    /// Only what this Flux Kustomization applies: NAMESPACE/NAME, or NAME
    #[arg(long, value_name = "NAME")]
    pub(crate) kustomization: Option<String>,
    /// A variable without a value becomes empty text, as before Flux 2.9
    #[arg(long)]
    pub(crate) lenient: bool,
    /// Leave out the labels that name the Kustomization an object belongs to
    #[arg(long)]
    pub(crate) no_owner_labels: bool,
    /// Who builds
    #[arg(long, value_name = "PROGRAM", default_value = "ours")]
    pub(crate) with: With,
    /// A flag for kustomize, such as --enable-helm; repeatable
    #[arg(long, value_name = "FLAG", allow_hyphen_values = true, requires = "with")]
    pub(crate) kustomize_flag: Vec<String>,
    /// The repository's root, to which Flux paths are relative [default: the parent of kubernetes/, else of .git]
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// The folder Flux starts from, relative to the root
    #[arg(long, default_value = "kubernetes/flux/cluster", value_name = "DIR")]
    pub(crate) entry: PathBuf,
}

/// A builder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum With {
    /// The one in this program
    Ours,
    /// kustomize, which must be installed
    Kustomize,
}
