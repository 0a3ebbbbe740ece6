//! The arguments of `validate graph`.

use std::path::PathBuf;

use clap::ValueEnum;
use cliutil::Format;

/// Arguments of `validate graph`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  validate graph
  validate graph --format svg > docs/cluster.svg
  validate graph kubernetes/apps --format json
  validate graph --all --format dot | dot -Tpdf > cluster.pdf

An arrow leads from what is applied first to what waits for it. The SVG follows the reader's light or dark mode.
Exit codes: 0 drawn, 1 drawn but something cannot be built, 2 there is nothing to draw.")]
pub(crate) struct GraphArgs {
    /// The repository, or the folder that holds the first Flux Kustomizations
    #[arg(value_name = "DIR", default_value = ".")]
    pub(crate) folder: PathBuf,
    /// How it is drawn
    #[arg(long, value_name = "FORMAT", default_value = "mermaid", help_heading = "Output", value_parser = Format::parser(FORMATS))]
    pub(crate) format: Format,
    /// HelmReleases, sources, Secrets, Gateways and routes, too; JSON always has them
    #[arg(long)]
    pub(crate) all: bool,
    /// The colours of the SVG
    #[arg(long, value_name = "THEME", default_value = "auto")]
    pub(crate) theme: Theme,
    /// The repository's root, to which Flux paths are relative [default: the parent of kubernetes/, else of .git]
    #[arg(long, value_name = "DIR")]
    pub(crate) root: Option<PathBuf>,
    /// The folder Flux starts from, relative to the root
    #[arg(long, default_value = "kubernetes/flux/cluster", value_name = "DIR")]
    pub(crate) entry: PathBuf,
}

/// Languages of drawings.
const FORMATS: &[(&str, Format, &str)] = &[
    ("mermaid", Format::Mermaid, "For Markdown on GitHub and GitLab"),
    ("dot", Format::Dot, "For Graphviz"),
    ("svg", Format::Svg, "A picture for a README"),
    ("json", Format::Json, "For programs: nodes and edges, with places"),
];

/// Colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Theme {
    /// As whoever looks at it has set
    Auto,
    /// Dark on light
    Light,
    /// Light on dark
    Dark,
}
