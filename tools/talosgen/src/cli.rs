//! The arguments of `talosgen`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use cliutil::{CommonArgs, DocsCommand};

/// Make and check the Talos configuration of a cluster
#[derive(Debug, Parser)]
#[command(name = "talosgen", version, propagate_version = true)]
#[command(after_help = "Examples:
  validate config | talosgen talconfig --output talos/talconfig.yaml
  talosgen validate talos/talconfig.yaml")]
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
