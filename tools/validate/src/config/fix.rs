//! `validate config --fix`: keys by older names get the names of today, in the files.

use std::path::{Path, PathBuf};

use cliutil::{CommonArgs, Failure, Io, Outcome, Source, WriteOptions, write_all};
use cluster::{Inputs, Model, Renamed};

use super::args::ConfigArgs;

/// Whether these are files that can be rewritten. A pipe cannot, and reading it first might wait for ever.
///
/// # Errors
/// `usage/fix` for standard input, and whatever else is no regular file.
pub(crate) fn check_paths(paths: &[PathBuf]) -> Outcome<()> {
    let is_file = |path: &PathBuf| std::fs::metadata(path).is_ok_and(|data| data.is_file());
    // That there is nothing is said by whoever reads it.
    let is_other = |path: &&PathBuf| *path == Path::new("-") || (path.exists() && !is_file(path));
    match paths.iter().find(is_other) {
        None => Ok(()),
        Some(path) => {
            Err(Failure::new("usage/fix", format!("--fix rewrites files, and {} is none", path.display()))
                .with_help("name the files"))
        }
    }
}

/// Renames, says what was renamed, and gives the inputs as they are then.
///
/// # Errors
/// When a file cannot be written; all are then as they were.
pub(crate) fn run(
    args: &ConfigArgs,
    common: &CommonArgs,
    inputs: Inputs,
    model: &Model,
    io: &mut Io,
) -> Outcome<Inputs> {
    let paths = super::paths(args);
    let renamed = cluster::renames(&inputs, model);
    if !args.dry_run {
        let files = renamed.iter().map(|one| (paths[one.input].as_path(), one.text.as_bytes()));
        write_all(&files.collect::<Vec<_>>(), WriteOptions::synced())?;
    }
    if !common.quiet || args.dry_run {
        for one in &renamed {
            say(one, &paths[one.input], args.dry_run, io);
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
