//! Filters: outputs that pass through a program on their way to the disk. Their plaintext never touches it.

use std::path::Path;
use std::time::Duration;

use cliutil::{Diagnostic, Failure, Outcome, parallel};
use globset::{GlobBuilder, GlobMatcher};

use super::rendering::File;
use crate::command::Command;

/// How many outputs are named that have the same problem as another one.
const NAMED: usize = 3;

/// A filter of the command line or the settings.
pub(super) struct Filter {
    glob: GlobMatcher,
    /// Whether the glob names `.sops.yaml` itself.
    names_sops_config: bool,
    command: Command,
}

/// Reads `GLOB=COMMAND`; the program must be there.
pub(super) fn parse(filters: &[String], seconds: u64) -> Outcome<Vec<Filter>> {
    filters.iter().map(|filter| one(filter, Duration::from_secs(seconds))).collect()
}

fn one(filter: &str, limit: Duration) -> Outcome<Filter> {
    let wrong = |message: String| {
        Failure::new("render/filter", message)
            .with_help("write it as --filter 'GLOB=COMMAND', with {} for the path")
    };
    let (glob, command) =
        filter.split_once('=').ok_or_else(|| wrong(format!("the filter {filter:?} has no command")))?;
    let matcher = GlobBuilder::new(glob)
        .literal_separator(true)
        .build()
        .map_err(|error| wrong(format!("the filter's glob {glob:?} is not valid: {}", error.kind())))?;
    let command = Command::parse(command, "it is the command of a --filter", limit)?
        .ok_or_else(|| wrong(format!("the filter {filter:?} has no command, or quotes that do not match")))?;
    Ok(Filter {
        glob: matcher.compile_matcher(),
        names_sops_config: glob.ends_with(".sops.yaml") && !glob.ends_with("*.sops.yaml"),
        command,
    })
}

impl Filter {
    fn takes(&self, relative: &Path) -> bool {
        let sops_config = relative.file_name().is_some_and(|name| name == ".sops.yaml");
        self.glob.is_match(relative) && (!sops_config || self.names_sops_config)
    }

    fn run(&self, relative: &Path, input: &[u8], folder: &Path) -> Outcome<Vec<u8>> {
        let path = relative.display().to_string();
        self.command.run(input, Some(&path), Some(folder))?.map_err(|words| {
            Failure::new("render/filter", format!("{path}: the filter {} {words}", self.command.name))
                .with_help("nothing was written")
        })
    }
}

/// Passes the outputs through the filters that take them, in order; several outputs at a time.
pub(super) fn apply(filters: &[Filter], files: &mut [File], output: &Path) -> Outcome<()> {
    if !files.iter().any(|file| filters.iter().any(|filter| filter.takes(&file.relative))) {
        return Ok(());
    }
    let folder = Folder::make(output)?;
    let taken: Vec<usize> = (0..files.len())
        .filter(|at| filters.iter().any(|filter| filter.takes(&files[*at].relative)))
        .collect();
    let shared = &*files;
    let results = parallel::map_long(&taken, |at| {
        let file = &shared[*at];
        let mut bytes: Option<Vec<u8>> = None;
        for filter in filters.iter().filter(|filter| filter.takes(&file.relative)) {
            let input = bytes.as_deref().unwrap_or(&file.bytes);
            bytes = Some(filter.run(&file.relative, input, folder.path)?);
        }
        Ok(bytes)
    });
    let mut problems = Vec::new();
    for (at, result) in taken.into_iter().zip(results) {
        let result: Outcome<Option<Vec<u8>>> = result;
        match result {
            Ok(Some(bytes)) => {
                files[at].bytes = bytes;
                files[at].filtered = true;
            }
            Ok(None) => {}
            Err(failure) => {
                let path = files[at].relative.display().to_string();
                problems.extend(failure.diagnostics.into_iter().map(|problem| (path.clone(), problem)));
            }
        }
    }
    let problems = told_once(problems);
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

/// What is wrong with several outputs in the same words (a missing key is) is said of the first one, which names the others.
fn told_once(problems: Vec<(String, Diagnostic)>) -> Vec<Diagnostic> {
    let mut told: Vec<(String, Diagnostic, Vec<String>)> = Vec::new();
    for (path, problem) in problems {
        let words = problem.message.replace(&path, "{}");
        match told.iter_mut().find(|(other, ..)| *other == words) {
            Some((.., others)) => others.push(path),
            None => told.push((words, problem, Vec::new())),
        }
    }
    let told = told.into_iter().map(|(_, mut problem, others)| {
        let shown = others.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = match others.len().saturating_sub(NAMED) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        if !others.is_empty() {
            problem.message = format!("{}; the same for {shown}{more}", problem.message);
        }
        problem
    });
    told.collect()
}

/// The folder filters run in. One that had to be made is taken away again when nothing came to be written in it.
struct Folder<'p> {
    path: &'p Path,
    made: bool,
}

impl<'p> Folder<'p> {
    fn make(path: &'p Path) -> Outcome<Self> {
        let made = !path.exists();
        std::fs::create_dir_all(path).map_err(|error| {
            Failure::new("io/write", format!("{}: cannot be made: {error}", path.display()))
        })?;
        Ok(Self { path, made })
    }
}

impl Drop for Folder<'_> {
    fn drop(&mut self) {
        if self.made {
            // Writing makes it again; a folder that is not empty stays.
            let _ = std::fs::remove_dir(self.path);
        }
    }
}
