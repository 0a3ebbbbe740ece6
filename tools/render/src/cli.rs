//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use cliutil::{CommonArgs, DocsCommand};

use crate::settings::SettingsArgs;

const EXAMPLES: &str = "\
Examples:
  echo 'Hello {{ name }}' | render - -v name=World
  render motd.j2 -d cluster.yaml -d overrides.toml
  validate config | render tree -d -
  render tree -i templates -o out -d data.yaml --jinja-suffix .j2 --check
  validate config | render tree -d - --filter '**/*.sops.*=secrets encrypt --filename-override {}'";

/// Render Jinja templates: one to standard output, or a tree of them as makejinja does
#[derive(Debug, Parser)]
#[command(name = "render", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
#[command(subcommand_negates_reqs = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
    #[command(flatten)]
    pub(crate) one: OneArgs,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

/// What to do instead of rendering one template.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Render input folders into an output folder, as makejinja does
    Tree(Box<TreeArgs>),
    /// List the variables that templates read, and where
    Vars(Box<VarsArgs>),
    #[command(flatten)]
    Docs(DocsCommand),
}

/// One template.
#[derive(Debug, Args)]
pub(crate) struct OneArgs {
    /// The template; - is standard input
    #[arg(required = true, value_name = "TEMPLATE")]
    pub(crate) template: Option<PathBuf>,
    /// Data: a YAML, JSON or TOML file, or - for YAML or JSON on standard input; of several the later wins
    #[arg(short, long, value_name = "DATA")]
    pub(crate) data: Vec<PathBuf>,
    /// A variable; KEY may be dotted, VALUE is a string
    #[arg(short = 'v', long = "var", value_name = "KEY=VALUE")]
    pub(crate) vars: Vec<String>,
    /// Take delimiters, whitespace, undefined mode and import folders from render.toml or makejinja.toml
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// What undefined names do: default, chainable, debug or strict
    #[arg(long, value_name = "MODE")]
    pub(crate) undefined: Option<String>,
    /// A folder that templates are included and imported from, besides the template's own
    #[arg(long = "import-path", value_name = "DIR")]
    pub(crate) import_paths: Vec<PathBuf>,
    /// Blank data on standard input is no error
    #[arg(long)]
    pub(crate) allow_empty: bool,
}

/// The variables of a tree.
#[derive(Debug, Args)]
#[command(after_help = VARS_EXAMPLES)]
pub(crate) struct VarsArgs {
    /// The settings file (default: render.toml, else makejinja.toml, in the current folder)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    /// A JSON Schema (- is standard input): report the variables that it does not have
    #[arg(long, value_name = "FILE")]
    pub(crate) schema: Option<PathBuf>,
}

const VARS_EXAMPLES: &str = "\
Examples:
  render vars
  render vars --format json | jq keys
  validate schema context | render vars --schema -";

/// A tree.
#[derive(Debug, Args)]
#[command(after_help = TREE_EXAMPLES)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub(crate) struct TreeArgs {
    /// The settings file (default: render.toml, else makejinja.toml, in the current folder)
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    /// Write nothing; exit 1 when something would change, naming each file
    #[arg(long)]
    pub(crate) check: bool,
    /// Write nothing; print what would change as a unified diff; exit 1 when something would
    #[arg(long)]
    pub(crate) diff: bool,
    /// Write nothing; say what would be written
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Render nothing; print each output, the file it is made from, and the variables its template reads
    #[arg(long, conflicts_with_all = ["check", "diff", "dry_run"])]
    pub(crate) list: bool,
    /// Delete files that an earlier run wrote and this one does not, unless they were changed since
    #[arg(long)]
    pub(crate) prune: bool,
    /// Ask before overwriting a file that was changed since the last run
    #[arg(long)]
    pub(crate) protect: bool,
    /// Answer yes to what --protect asks
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Pass outputs whose path matches GLOB through COMMAND; {} is the path (repeatable, in order)
    #[arg(long = "filter", value_name = "GLOB=COMMAND")]
    pub(crate) filters: Vec<String>,
    /// What stands for the Python plugins a makejinja.toml names
    #[arg(long, value_name = "KIND", value_enum)]
    pub(crate) loaders: Option<Loaders>,
    /// Sync what was written to the disk before the run ends
    #[arg(long)]
    pub(crate) sync: bool,
    /// Blank data on standard input is no error
    #[arg(long)]
    pub(crate) allow_empty: bool,
}

const TREE_EXAMPLES: &str = "\
Examples:
  validate config | render tree -d -                  as render.toml says
  validate config | render tree -d - --check          is the tree on disk up to date?
  render tree -i templates -o out -d data.yaml --jinja-suffix .j2 --force
  render tree -d context.yaml --filter '{bootstrap,kubernetes,talos}/**/*.sops.*=secrets encrypt --filename-override {}'";

/// What plugins are replaced by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Loaders {
    /// The built-in filters and functions
    Native,
}
