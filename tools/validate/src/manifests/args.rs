//! The arguments of `validate manifests`.

use std::path::PathBuf;

use cliutil::Format;

/// Arguments of `validate manifests`.
#[expect(clippy::struct_excessive_bools, reason = "they are switches")]
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  validate manifests
  validate manifests --strict --format github
  validate manifests kubernetes/apps/default
  kustomize build kubernetes/apps | validate manifests -
  validate manifests --schema-location default --schema-location crds/

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
    /// How findings are written
    #[arg(long, value_name = "FORMAT", default_value = "human", help_heading = "Output", value_parser = Format::parser(FORMATS))]
    pub(crate) format: Format,
    /// Count as kubeconform does: valid, invalid, errors, skipped; JSON always has the counts
    #[arg(long, help_heading = "Output")]
    pub(crate) summary: bool,
    /// With JSON every object, not only what is wrong
    #[arg(long, help_heading = "Output")]
    pub(crate) verbose: bool,
    /// Files to leave out: a regular expression for their paths; repeatable
    #[arg(long, value_name = "REGEX")]
    pub(crate) ignore_filename_pattern: Vec<String>,
    #[command(flatten)]
    pub(crate) schemas: SchemaArgs,
}

/// The common formats, and those that CI reads.
const FORMATS: &[(&str, Format, &str)] = &[
    ("human", Format::Human, "For people: place, message, source line, help"),
    ("json", Format::Json, "One JSON document, with kubeconform's counts"),
    ("junit", Format::Junit, "JUnit XML, a case an object"),
    ("tap", Format::Tap, "TAP 13, a line an object"),
    ("github", Format::Github, "GitHub workflow annotations"),
    ("sarif", Format::Sarif, "SARIF 2.1.0"),
];

/// What objects are checked against.
#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Schemas")]
pub(crate) struct SchemaArgs {
    /// The version of Kubernetes [default: that of talos/talenv.yaml, else that of the catalogue]
    #[arg(long, value_name = "VERSION")]
    pub(crate) kubernetes_version: Option<String>,
    /// Where schemas are, tried in order: default (those in the program), a file or folder of CustomResourceDefinitions,
    /// a folder of JSON Schemas, or a template such as crds/{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json
    #[arg(long, value_name = "LOCATION", default_value = "default")]
    pub(crate) schema_location: Vec<String>,
    /// Say nothing of kinds without schema
    #[arg(long)]
    pub(crate) ignore_missing_schemas: bool,
    /// Kinds whose fields are not checked: Kind or group/version/Kind
    #[arg(long, value_name = "KIND,…", value_delimiter = ',')]
    pub(crate) skip: Vec<String>,
    /// Kinds that must not be there: Kind or group/version/Kind
    #[arg(long, value_name = "KIND,…", value_delimiter = ',')]
    pub(crate) reject: Vec<String>,
}
