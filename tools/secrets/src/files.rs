//! Reading and writing the files of a command, and turning the format crate's errors into diagnostics.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{
    Diagnostic, Failure, Io, Location, Mask, Outcome, ReadOptions, Severity, Source, WriteOptions,
};

use crate::cli::FileArgs;

/// Reads a command's input. What of it may be shown in messages is keys alone.
pub(crate) fn read(args: &FileArgs, io: &mut Io) -> Outcome<Arc<Source>> {
    if args.in_place && is_stdin(&args.file) {
        return Err(Failure::new(
            "usage/in-place",
            "--in-place needs a FILE; standard input cannot be written to",
        ));
    }
    let options = ReadOptions { allow_empty: args.allow_empty };
    let source = cliutil::read_input(io, &args.file, options)?;
    Ok(secret(source))
}

/// A source of which only keys are ever shown.
pub(crate) fn secret(source: Source) -> Arc<Source> {
    Arc::new(source.with_mask(Mask::Except(Vec::new())))
}

/// Whether a path is standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Writes a command's result where its arguments say. `private` is for plain text: a new file is for its owner only.
pub(crate) fn write(args: &FileArgs, source: &Source, text: &str, private: bool, io: &mut Io) -> Outcome<()> {
    let target =
        if args.in_place { Some(&args.file) } else { args.output.as_ref().filter(|path| !is_stdin(path)) };
    let Some(path) = target else { return io.write_out(text) };
    if args.in_place && source.text() == text {
        return Ok(());
    }
    let mode = (private && !path.exists()).then_some(0o600);
    cliutil::write_atomic(path, text.as_bytes(), WriteOptions { mode, ..WriteOptions::synced() })
}

/// An error of the format crate about a text.
pub(crate) fn failure(source: &Arc<Source>, error: sops::Error) -> Failure {
    diagnostic(source, error).into()
}

/// As [`failure`], as one diagnostic.
pub(crate) fn diagnostic(source: &Arc<Source>, error: sops::Error) -> Diagnostic {
    let mut diagnostic = Diagnostic::error(error.code, error.message);
    diagnostic = match error.span {
        Some(span) => diagnostic.at(Location::new(source, span.range())),
        None => diagnostic.in_file(source.name()),
    };
    if let Some((span, words)) = error.related.map(|related| *related) {
        diagnostic = diagnostic.with_related(Location::new(source, span.range()), words);
    }
    diagnostic.help = error.help;
    diagnostic
}

/// Notes of the format crate about a text.
pub(crate) fn notes(source: &Arc<Source>, notes: Vec<sops::Note>, severity: Severity) -> Vec<Diagnostic> {
    let place = |note: sops::Note| {
        Diagnostic::new(severity, note.code, note.message).at(Location::new(source, note.span.range()))
    };
    notes.into_iter().map(place).collect()
}

/// The working directory.
pub(crate) fn working_directory() -> Outcome<PathBuf> {
    std::env::current_dir().map_err(|error| {
        Failure::new("io/read", format!("the working directory cannot be determined: {error}"))
    })
}
