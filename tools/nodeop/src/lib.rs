//! `nodeop`: operations on the machines of a cluster, through the real talosctl, kubectl, helmfile and flux. They are
//! found on PATH and started without a shell.
//!
//! An operation ([`operations`]) is made into a [`plan`], which [`execute`] runs; [`observe`] looks at the cluster.

mod access;
mod build;
mod cli;
mod command;
mod execute;
mod files;
mod inventory;
mod known;
mod observe;
mod operations;
mod plan;
mod redact;
mod runner;
mod schema;
mod status;
mod stop;

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
    let reporter = Reporter::new("nodeop", &cli.common, io);
    let outcome = match &cli.command {
        cli::Command::Status(args) => status::run(args, &cli.common, &reporter, io),
        cli::Command::Operation(operation) => operate(operation, &cli.common, &reporter, io),
        cli::Command::Plan(args) => {
            build::plan(&args.operation).and_then(|plan| io.write_out(plan.to_yaml()?)).map(|()| Exit::Yes)
        }
        cli::Command::Run(args) => execute::run_plan(args, &cli.common, &reporter, io),
        cli::Command::Schema(args) => {
            schema::print(args.name).and_then(|text| io.write_out(text)).map(|()| Exit::Yes)
        }
        cli::Command::Docs(docs) => cliutil::run_docs(docs, command(), io).map(|()| Exit::Yes),
    };
    outcome.unwrap_or_else(|failure| reporter.fail(&failure, io))
}

/// Plan and run in one.
fn operate(
    operation: &operations::Operation,
    common: &cliutil::CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> cliutil::Outcome<Exit> {
    let plan = build::plan(operation)?;
    execute::run(&plan, operation.files(), operation.run(), common, reporter, io)
}
