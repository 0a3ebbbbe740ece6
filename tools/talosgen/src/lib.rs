//! `talosgen`: Talos configuration. Makes talconfig.yaml from the context that `validate config` gives, checks a
//! talconfig.yaml as talhelper would, and makes secrets bundles and machine configurations.

mod cli;
mod context;
mod diff;
mod genconfig;
mod gensecret;
mod image;
mod inputs;
mod patch;
mod patches;
mod schema;
mod talconfig;
mod validate;

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
    let reporter = Reporter::new("talosgen", &cli.common, io);
    let outcome = match &cli.command {
        cli::Command::Talconfig(args) => talconfig::run(args, &cli.common, &reporter, io),
        cli::Command::Validate(args) => validate::run(args, &cli.common, &reporter, io),
        cli::Command::Gensecret(args) => gensecret::run(args, io),
        cli::Command::Genconfig(args) => genconfig::run(args, &cli.common, &reporter, io),
        cli::Command::Patch(args) => patch::run(args, io),
        cli::Command::Image(args) => image::run(args, &cli.common, &reporter, io),
        cli::Command::Diff(args) => diff::run(args, io),
        cli::Command::Schema(args) => schema::run(args, io),
        cli::Command::Docs(docs) => cliutil::run_docs(docs, command(), io).map(|()| Exit::Yes),
    };
    outcome.unwrap_or_else(|failure| reporter.fail(&failure, io))
}
