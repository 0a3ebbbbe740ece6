//! Man pages of the tools and of each of their subcommands.

use std::path::Path;

use clap::Command;

use crate::{Files, Result};

/// Makes `docs/man/*.1`.
pub(crate) fn pages(files: &mut Files) -> Result<()> {
    for command in
        [nodeop::command(), render::command(), secrets::command(), talosgen::command(), validate::command()]
    {
        let mut command = command.disable_help_subcommand(true);
        // Gives each subcommand its full name and the arguments it takes over.
        command.build();
        let source = format!("{} {}", command.get_name(), env!("CARGO_PKG_VERSION"));
        page(&command, &source, files)?;
    }
    Ok(())
}

fn page(command: &Command, source: &str, files: &mut Files) -> Result<()> {
    let man = clap_mangen::Man::new(command.clone()).source(source);
    let name = man.get_filename();
    let mut text = Vec::new();
    man.render(&mut text).map_err(|error| format!("{name}: {error}"))?;
    let text = String::from_utf8(text).map_err(|error| format!("{name}: {error}"))?;
    files.insert(Path::new("docs/man").join(name), text);
    command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .try_for_each(|command| page(command, source, files))
}
