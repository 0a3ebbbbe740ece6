//! `validate config --fix`: keys by older names get the names of today, in the files.

use std::path::{Path, PathBuf};

use cliutil::{CommonArgs, Failure, Io, Outcome, Source, WriteOptions, write_atomic};
use cluster::{Inputs, Model, Renamed};

use super::args::ConfigArgs;

/// Whether these are files that can be rewritten.
///
/// # Errors
/// `usage/fix` for standard input.
pub(crate) fn check_paths(paths: &[PathBuf]) -> Outcome<()> {
    if paths.iter().all(|path| path != Path::new("-")) {
        return Ok(());
    }
    Err(Failure::new("usage/fix", "--fix rewrites files, and - is none").with_help("name the files"))
}

/// Renames, says what was renamed, and gives the inputs as they are then.
///
/// # Errors
/// When a file cannot be written; those after it are as they were.
pub(crate) fn run(
    args: &ConfigArgs,
    common: &CommonArgs,
    inputs: Inputs,
    model: &Model,
    io: &mut Io,
) -> Outcome<Inputs> {
    let paths = super::paths(args);
    let renamed = cluster::renames(&inputs, model);
    for one in &renamed {
        let path = &paths[one.input];
        if !args.dry_run {
            write_atomic(path, one.text.as_bytes(), WriteOptions::synced())?;
        }
        if !common.quiet || args.dry_run {
            say(one, path, args.dry_run, io);
        }
    }
    if renamed.is_empty() || args.dry_run {
        return Ok(inputs);
    }
    let mut sources: Vec<_> = inputs.into_sources();
    for one in renamed {
        sources[one.input] = Source::new(paths[one.input].display().to_string(), one.text);
    }
    Inputs::parse(sources)
}

fn say(renamed: &Renamed, path: &Path, dry_run: bool, io: &mut Io) {
    let words = if dry_run { "would be renamed to" } else { "renamed to" };
    for rename in &renamed.renames {
        let line = format!("{}:{}: {} {words} {}\n", path.display(), rename.line, rename.old, rename.new);
        // That nobody reads it is no reason to stop half way.
        let _ = io.stderr.write_all(line.as_bytes());
    }
}
