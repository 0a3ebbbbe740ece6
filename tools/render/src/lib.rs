//! `render`: templates and data in, files out, as makejinja 2.8 does it.
//!
//! `render TEMPLATE` prints one template; `render tree` renders input folders into an output folder. The engine is
//! `crates/template`; here are the command line ([`cli`]), the settings of render.toml and makejinja.toml
//! ([`settings`]), the data ([`data`]) and the tree ([`tree`]).

mod cli;
mod command;
mod data;
mod hooks;
mod one;
mod settings;
mod tree;

use std::ffi::OsString;

use clap::CommandFactory as _;
use cliutil::{Exit, Io, Outcome, Reporter};

use cli::{Cli, Command};

/// The definition of the command line, for docs.
pub fn command() -> clap::Command {
    Cli::command()
}

/// Runs the tool.
pub fn run(args: Vec<OsString>, io: &mut Io) -> Exit {
    let cli: Cli = match cliutil::parse(args, io) {
        Ok(cli) => cli,
        Err(exit) => return exit,
    };
    let common = cli.common.clone();
    match dispatch(cli, io) {
        Ok(exit) => exit,
        Err(failure) => Reporter::new("render", &common, io).fail(&failure, io),
    }
}

fn dispatch(cli: Cli, io: &mut Io) -> Outcome<Exit> {
    match cli.command {
        Some(Command::Tree(args)) => tree::run(&args, &cli.common, io),
        Some(Command::Vars(args)) => tree::vars(&args, &cli.common, io),
        Some(Command::Docs(docs)) => cliutil::run_docs(&docs, command(), io).map(|()| Exit::Yes),
        None => one::run(&cli.one, io),
    }
}
