//! The arguments of `validate`.

use clap::{Parser, Subcommand};
use cliutil::{CommonArgs, DocsCommand};

use crate::build::BuildArgs;
use crate::config::{ConfigArgs, ExplainArgs, SampleArgs, SchemaArgs};
use crate::diff::DiffArgs;
use crate::graph::GraphArgs;
use crate::manifests::ManifestsArgs;
use crate::versions::VersionsArgs;

/// Check a cluster's configuration and its generated manifests
#[derive(Debug, Parser)]
#[command(name = "validate", version, propagate_version = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check cluster.yaml and nodes.yaml, and print the context that everything else is made from
    Config(ConfigArgs),
    /// Say what a key of cluster.yaml, a field of a node or a rule is
    Explain(ExplainArgs),
    /// Print the JSON Schema of one of our formats
    Schema(SchemaArgs),
    /// Print a commented cluster.yaml or nodes.yaml to fill in
    Sample(SampleArgs),
    /// Check the manifests of a generated repository
    Manifests(ManifestsArgs),
    /// Build a kustomization as kustomize does, and what Flux makes of it
    Build(BuildArgs),
    /// Draw what Flux applies and what depends on what
    Graph(GraphArgs),
    /// Show what changes in the cluster between two states of a repository
    Diff(DiffArgs),
    /// Print which versions go together, and check those of talenv.yaml
    Versions(VersionsArgs),
    #[command(flatten)]
    Docs(DocsCommand),
}
