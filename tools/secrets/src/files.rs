//! Reading and writing the files of a command, and turning the format crate's errors into diagnostics.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{
    Body, Diagnostic, Failure, Io, Location, Mask, Outcome, ReadOptions, Severity, Source, WriteOptions,
};
use rayon::prelude::*;
use sops::Format;
use zeroize::Zeroizing;

use crate::cli::FileArgs;

/// A file that a command works on.
pub(crate) struct Job {
    /// Where it is; `-` is standard input.
    pub(crate) path: PathBuf,
    /// What it is called for rules and formats; none for standard input without a name.
    pub(crate) name: Option<PathBuf>,
    /// The format it is in.
    pub(crate) input: Format,
    /// The format the result is to have.
    pub(crate) output: Format,
}

impl Job {
    /// The name for messages.
    pub(crate) fn label(&self) -> String {
        if is_stdin(&self.path) { "<stdin>".to_owned() } else { self.path.display().to_string() }
    }
}

/// The files that the arguments name.
pub(crate) fn jobs(args: &FileArgs) -> Outcome<Vec<Job>> {
    let several = args.files.len() > 1;
    if args.in_place && args.files.iter().any(|file| is_stdin(file)) {
        return Err(Failure::new(
            "usage/in-place",
            "--in-place needs a FILE; standard input cannot be written to",
        ));
    }
    if several && !args.in_place {
        return Err(Failure::new(
            "usage/in-place",
            "several files are written back with --in-place, not to one output",
        ));
    }
    if several && args.filename_override.is_some() {
        return Err(Failure::new(
            "usage/filename-override",
            "--filename-override names one file, not several",
        ));
    }
    Ok(args.files.iter().map(|path| job(path, args)).collect())
}

fn job(path: &Path, args: &FileArgs) -> Job {
    let own = (!is_stdin(path) && !is_device(path)).then(|| path.to_path_buf());
    let name = args.filename_override.clone().or(own);
    let by_name = name.as_deref().map_or(Format::Yaml, Format::of_name);
    // As in sops a word that is not known says nothing.
    let chosen = |word: &Option<String>| word.as_deref().and_then(Format::of_word).unwrap_or(by_name);
    Job { path: path.to_path_buf(), name, input: chosen(&args.input_type), output: chosen(&args.output_type) }
}

/// What a shell puts in the place of a file has no name that says anything.
fn is_device(path: &Path) -> bool {
    path.starts_with("/dev") || path.starts_with("/proc")
}

/// Reads a file's bytes; they are wiped when dropped.
pub(crate) fn read(path: &Path, allow_empty: bool, io: &mut Io) -> Outcome<Zeroizing<Vec<u8>>> {
    cliutil::read_bytes(io, path, ReadOptions { allow_empty }).map(Zeroizing::new)
}

/// What stood on standard input, for the one job that takes it.
#[derive(Default)]
pub(crate) struct Stdin(std::sync::Mutex<Option<Zeroizing<Vec<u8>>>>);

impl Stdin {
    pub(crate) fn new(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(std::sync::Mutex::new(Some(bytes)))
    }
}

/// The bytes of a job's file.
pub(crate) fn of_job(job: &Job, stdin: &Stdin) -> Outcome<Zeroizing<Vec<u8>>> {
    let given = stdin.0.lock().ok().and_then(|mut stdin| stdin.take());
    given.map_or_else(|| cliutil::read_file_bytes(&job.path).map(Zeroizing::new), Ok)
}

/// Bytes as a text of which only keys are ever shown.
pub(crate) fn text(name: &str, bytes: Zeroizing<Vec<u8>>) -> Outcome<Arc<Source>> {
    let mut bytes = bytes;
    cliutil::decode(name, std::mem::take(&mut *bytes)).map(secret)
}

/// What the sops program wrote, which is text.
pub(crate) fn utf8(bytes: Vec<u8>) -> Outcome<String> {
    String::from_utf8(bytes).map_err(|_| Failure::new("io/encoding", "sops wrote what is not UTF-8 text"))
}

/// A source of which only keys are ever shown.
pub(crate) fn secret(source: Source) -> Arc<Source> {
    Arc::new(source.with_mask(Mask::Except(Vec::new())))
}

/// Whether a path is standard input.
pub(crate) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Does the same with every file, on all cores; every problem is told.
pub(crate) fn each<'j, J: Sync, T: Send>(
    jobs: &'j [J],
    work: impl Fn(&'j J) -> Outcome<T> + Sync + Send,
) -> Outcome<Vec<T>> {
    if let [job] = jobs {
        return work(job).map(|done| vec![done]);
    }
    let done: Vec<_> = jobs.par_iter().map(work).collect();
    let (mut results, mut problems) = (Vec::new(), Vec::new());
    for outcome in done {
        match outcome {
            Ok(result) => results.push(result),
            Err(failure) => problems.extend(failure.diagnostics),
        }
    }
    if problems.is_empty() { Ok(results) } else { Err(problems.into()) }
}

/// What a command made of a file.
pub(crate) struct Made {
    /// Whether it differs from what was there.
    pub(crate) changed: bool,
    /// What is to be there.
    pub(crate) after: Content,
    /// What is worth saying.
    pub(crate) notes: Vec<Diagnostic>,
}

/// What a command made.
pub(crate) enum Content {
    /// In memory; wiped when dropped.
    Bytes(Zeroizing<Vec<u8>>),
    /// In a file without a name: large, and encrypted.
    File(std::fs::File),
}

impl Content {
    /// Bytes, and whether they differ from these.
    pub(crate) fn compared(after: Zeroizing<Vec<u8>>, before: &[u8]) -> (bool, Self) {
        (after.as_slice() != before, Self::Bytes(after))
    }

    fn body(&self) -> Body<'_> {
        match self {
            Self::Bytes(bytes) => Body::Bytes(bytes),
            Self::File(file) => Body::File(file),
        }
    }
}

/// Writes a command's results where its arguments say, all or none. `private` is for plain text: a new file is for its
/// owner only.
pub(crate) fn write(args: &FileArgs, jobs: &[Job], made: &[Made], private: bool, io: &mut Io) -> Outcome<()> {
    if args.in_place {
        let changed = jobs.iter().zip(made).filter(|(_, made)| made.changed);
        let files: Vec<_> = changed.map(|(job, made)| (job.path.as_path(), made.after.body())).collect();
        return cliutil::write_all(&files, WriteOptions::synced());
    }
    let Some(made) = made.first() else { return Ok(()) };
    let Some(path) = args.output.as_ref().filter(|path| !is_stdin(path)) else {
        return io.write_body(made.after.body());
    };
    let mode = (private && !path.exists()).then_some(0o600);
    cliutil::write_atomic(path, made.after.body(), WriteOptions { mode, ..WriteOptions::synced() })
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

/// An error of the format crate about bytes that are no text.
pub(crate) fn plain_failure(name: &str, error: sops::Error) -> Failure {
    let mut diagnostic = Diagnostic::error(error.code, error.message).in_file(name);
    diagnostic.help = error.help;
    diagnostic.into()
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
