//! The arguments of `validate manifests`.

use std::path::PathBuf;

/// Arguments of `validate manifests`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  validate manifests
  validate manifests --strict --format github
  validate manifests kubernetes/apps/default
  kustomize build kubernetes/apps | validate manifests -

Without arguments it checks kubernetes/, and bootstrap/ and talos/ where they are. Of other
files of the repository only what the checked ones refer to is looked at.
Exit codes: 0 nothing found, 1 problems (with --strict also warnings), 2 a file cannot be read.")]
pub(crate) struct ManifestsArgs {
    /// Folders, files, or - for a stream of manifests on standard input [default: kubernetes]
    #[arg(value_name = "DIR|FILE|-")]
    pub(crate) paths: Vec<PathBuf>,
    /// The repository's root, to which Flux paths are relative [default: the parent of kubernetes/, else of .git]
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// The folder Flux starts from, relative to the root
    #[arg(long, default_value = "kubernetes/flux/cluster", value_name = "DIR")]
    pub(crate) entry: PathBuf,
    /// Warnings fail the check too
    #[arg(long)]
    pub(crate) strict: bool,
    /// Standard input may be empty
    #[arg(long)]
    pub(crate) allow_empty: bool,
}
