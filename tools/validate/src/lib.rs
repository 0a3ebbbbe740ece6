//! `validate`: checks the configuration and gives the context; checks the manifests of a generated repository.

mod applied;
mod build;
mod cli;
mod config;
mod diff;
mod graph;
mod manifests;
mod place;
mod rules;
mod versions;

use std::ffi::OsString;

use clap::CommandFactory as _;
use cliutil::{Exit, Io, Reporter};

/// The command line, for help, completions and man pages.
pub fn command() -> clap::Command {
    cli::Cli::command()
}

/// Runs the tool.
pub fn run(args: Vec<OsString>, io: &mut Io) -> Exit {
    let cli: cli::Cli = match cliutil::parse(args, io) {
        Ok(cli) => cli,
        Err(exit) => return exit,
    };
    let outcome = match &cli.command {
        cli::Command::Config(args) => config::run(args, &cli.common, io),
        cli::Command::Explain(args) => config::run_explain(args, io),
        cli::Command::Schema(args) => config::run_schema(args, io),
        cli::Command::Sample(args) => config::run_sample(args, io),
        cli::Command::Manifests(args) => manifests::run(args, &cli.common, io),
        cli::Command::Build(args) => build::run(args, &cli.common, io),
        cli::Command::Graph(args) => graph::run(args, &cli.common, io),
        cli::Command::Diff(args) => diff::run(args, &cli.common, io),
        cli::Command::Versions(args) => versions::run(args, &cli.common, io),
        cli::Command::Docs(docs) => cliutil::run_docs(docs, command(), io).map(|()| Exit::Yes),
    };
    outcome.unwrap_or_else(|failure| Reporter::new("validate", &cli.common, io).fail(&failure, io))
}
