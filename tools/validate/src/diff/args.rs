//! The arguments of `validate diff`.

use std::path::PathBuf;

use cliutil::Format;

/// Arguments of `validate diff`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  validate diff main HEAD
  validate diff HEAD .
  validate diff ../before . --format markdown
  validate diff main . --strip-attr helm.sh/chart --strip-attr checksum/config

OLD and NEW are folders, or revisions of the git repository of the current folder. Each is built as Flux builds it, with
patches and variables; the values of Secrets, and what looks like one elsewhere, are compared and not shown. A repository
without Flux Kustomizations is compared by what its top-level kustomizations and files hold. What cannot be built before
and after is named and left out; what can be built in OLD only is an error, and the rest is shown all the same.
Exit codes: 0 nothing changes, 1 something does, 2 a part of NEW cannot be built that OLD could, or nothing can.")]
pub(crate) struct DiffArgs {
    /// The state before: a folder or a git revision
    #[arg(value_name = "OLD")]
    pub(crate) old: String,
    /// The state after: a folder or a git revision
    #[arg(value_name = "NEW", default_value = ".")]
    pub(crate) new: String,
    /// How it is shown
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Output", value_parser = Format::parser(FORMATS))]
    pub(crate) format: Format,
    /// A label or annotation to leave out of the comparison; repeatable
    #[arg(long = "strip-attr", value_name = "KEY")]
    pub(crate) strip_attrs: Vec<String>,
    /// The most bytes of a Markdown text; what is left out is counted
    #[arg(long, value_name = "BYTES", default_value_t = 60_000)]
    pub(crate) limit_bytes: usize,
    /// The repository's root inside of each side
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub(crate) root: PathBuf,
    /// The folder Flux starts from, relative to the root
    #[arg(long, default_value = "kubernetes/flux/cluster", value_name = "DIR")]
    pub(crate) entry: PathBuf,
}

/// How changes can be shown.
const FORMATS: &[(&str, Format, &str)] = &[
    ("human", Format::Human, "For people: object by object, as unified differences"),
    ("markdown", Format::Markdown, "For the comment of a pull request"),
    ("json", Format::Json, "One JSON document"),
];
