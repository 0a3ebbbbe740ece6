//! `secrets`: a repository's secrets in the SOPS format with age keys. Encrypts and decrypts without touching anything
//! else in a file, checks that nothing was left readable, and makes keys.

mod ask;
mod change;
mod check;
mod cli;
mod convert;
mod create;
mod decrypt;
mod diff;
mod edit;
mod encrypt;
mod exec;
mod extract;
mod files;
mod filestatus;
mod guard;
mod hand_over;
mod harden;
mod keygen;
mod legacy;
mod patch;
mod peer;
mod previous;
mod private;
mod recipients;
mod rotate;
mod rules;
mod session;
mod set;
mod updatekeys;
mod worktree;

pub use harden::harden;

use std::ffi::OsString;

use clap::CommandFactory as _;
use cliutil::{Exit, Io, Reporter};

/// The command line, for help, completions and man pages.
pub fn command() -> clap::Command {
    cli::Cli::command()
}

/// Runs the tool.
pub fn run(args: Vec<OsString>, io: &mut Io) -> Exit {
    let args = legacy::modern(args, &command());
    if let Some(why) = peer::reason(&args) {
        return peer::run(args, &why, io);
    }
    let cli: cli::Cli = match cliutil::parse(args, io) {
        Ok(cli) => cli,
        Err(exit) => return exit,
    };
    ask::answer_questions();
    let reporter = Reporter::new("secrets", &cli.common, io);
    let outcome = match &cli.command {
        cli::Command::Encrypt(args) => encrypt::run(args, &cli.common, &reporter, io),
        cli::Command::Decrypt(args) => decrypt::run(args, &cli.common, &reporter, io),
        cli::Command::Check(args) => check::run(args, &cli.common, &reporter, io),
        cli::Command::Keygen(args) => keygen::run(args, &cli.common, io),
        cli::Command::Create(args) => create::run(args, &cli.common, &reporter, io),
        cli::Command::Edit(args) => edit::run(args, &cli.common, &reporter, io),
        cli::Command::Set(args) => set::run_set(args, &cli.common, &reporter, io),
        cli::Command::Unset(args) => set::run_unset(args, &cli.common, &reporter, io),
        cli::Command::Rotate(args) => rotate::run(args, io),
        cli::Command::Updatekeys(args) => updatekeys::run(args, &cli.common, &reporter, io),
        cli::Command::Filestatus(args) => filestatus::run(args, io),
        cli::Command::Recipients(args) => recipients::run(args, io),
        cli::Command::ExecEnv(args) => exec::run_env(args, io),
        cli::Command::ExecFile(args) => exec::run_file(args),
        cli::Command::Diff(args) => diff::run(args, io),
        cli::Command::Docs(docs) => cliutil::run_docs(docs, command(), io).map(|()| Exit::Yes),
    };
    outcome.unwrap_or_else(|failure| reporter.fail(&failure, io))
}
