//! `nodeop`: operations on the machines of a cluster, through the real talosctl and kubectl. They are found on PATH
//! and started without a shell.

mod cli;
mod command;
mod files;
mod inventory;
mod redact;
mod runner;
mod status;

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
        cli::Command::Docs(docs) => cliutil::run_docs(docs, command(), io).map(|()| Exit::Yes),
    };
    outcome.unwrap_or_else(|failure| reporter.fail(&failure, io))
}
