//! Completions and man pages, made from the same definition as `--help`.

use clap::{Command, Subcommand};
use clap_complete::Shell;

use crate::{Failure, Io, Outcome};

/// The two subcommands every tool has. Flatten it into the tool's subcommands.
#[derive(Debug, Clone, Subcommand)]
pub enum DocsCommand {
    /// Print shell completions
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the man page
    Man,
}

/// Prints completions or the man page of `command`.
///
/// # Errors
/// As [`Io::write_out`].
pub fn run_docs(docs: &DocsCommand, mut command: Command, io: &mut Io) -> Outcome<()> {
    let mut text = Vec::new();
    match docs {
        DocsCommand::Completions { shell } => {
            let name = command.get_name().to_owned();
            clap_complete::generate(*shell, &mut command, name, &mut text);
        }
        DocsCommand::Man => clap_mangen::Man::new(command)
            .render(&mut text)
            .map_err(|error| Failure::new("io/write", format!("cannot write the man page: {error}")))?,
    }
    io.write_out(text)
}
