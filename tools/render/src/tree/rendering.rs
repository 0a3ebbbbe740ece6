//! Rendering what is planned, on all cores; every problem of every template is reported.

use std::collections::{HashMap, HashSet};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Outcome, parallel, unreadable};
use template::{Bridge, Engine, FunctionContext, Options};
use yaml::Mapping;

use super::plan::{Index, Plan, Planned};
use crate::data;
use crate::settings::Settings;

/// An output, ready to be written.
pub(super) struct File {
    /// Its path below the output folder.
    pub(super) relative: PathBuf,
    /// Its content. May be secret: no `Debug`.
    pub(super) bytes: Vec<u8>,
    /// The file whose mode and times it takes; none leaves them to the system.
    pub(super) metadata_of: Option<PathBuf>,
    /// The mode it must have, if any.
    pub(super) mode: Option<u32>,
    /// Whether a filter made it: its content is not to be shown.
    pub(super) filtered: bool,
}

/// The engine for a run.
pub(super) fn engine(
    plan: &Plan,
    settings: &Settings,
    data: Mapping,
    bridge: Option<Bridge>,
    mutable: bool,
) -> Outcome<Engine> {
    let (folders, files): (Vec<&PathBuf>, Vec<&PathBuf>) =
        settings.inputs.iter().partition(|input| input.is_dir());
    let named =
        |path: &PathBuf| (path.file_name().unwrap_or_default().to_string_lossy().into_owned(), path.clone());
    // Single files come before the folders.
    let mut known: HashMap<String, PathBuf> = plan.index.iter().flat_map(Index::files).collect();
    known.extend(files.into_iter().map(named));
    let options = Options {
        syntax: settings.syntax(),
        undefined: settings.undefined()?,
        folders: folders.into_iter().chain(&settings.import_paths).cloned().collect(),
        files: known,
        autoescape: settings.autoescape,
        functions: Some(FunctionContext {
            working_dir: PathBuf::new(),
            inputs: settings.inputs.clone(),
            listing: plan.index.as_ref().map(|index| Arc::clone(&index.listing)),
        }),
        commands: crate::hooks::functions(settings)?,
        bridge,
        mutable,
    };
    Engine::new(options, data).map_err(|error| error.to_diagnostic().into())
}

/// Renders and reads all outputs; those that are blank are left out.
pub(super) fn render(
    plan: &Plan,
    settings: &Settings,
    data: Mapping,
    bridge: Option<Bridge>,
) -> Outcome<Vec<File>> {
    let in_order = |engine: &Engine| plan.files.iter().map(|file| one(file, settings, engine)).collect();
    let mut results: Vec<Result<Option<File>, Problem>>;
    if bridge.is_some() {
        // Plugins may remember what they were asked: they are asked in makejinja's order.
        results = in_order(&engine(plan, settings, data, bridge, true)?);
    } else {
        let shared = engine(plan, settings, data.clone(), None, false)?;
        results = parallel::map(&plan.files, |planned| one(planned, settings, &shared));
        if results.iter().any(|result| matches!(result, Err(Problem::ChangeOfData(_)))) {
            // What one template changes the next one sees, as in makejinja.
            results = in_order(&engine(plan, settings, data, None, true)?);
        }
    }
    let mut files = Vec::with_capacity(results.len());
    let mut problems: Vec<Diagnostic> = Vec::new();
    for result in results {
        match result {
            Ok(Some(file)) => files.push(file),
            Ok(None) => {}
            Err(Problem::Other(failure) | Problem::ChangeOfData(failure)) => {
                problems.extend(failure.diagnostics);
            }
        }
    }
    if !problems.is_empty() {
        return Err(once(problems).into());
    }
    Ok(files)
}

/// Problems at the same place, reached by several templates, once.
fn once(problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let key = |d: &Diagnostic| {
        let place = d.location.as_ref().map(|l| (l.source.name().to_owned(), l.range.clone()));
        (place, d.message.clone())
    };
    let mut seen = HashSet::new();
    problems.into_iter().filter(|problem| problem.location.is_none() || seen.insert(key(problem))).collect()
}

/// Why an output cannot be made.
enum Problem {
    /// A template changes data, which it cannot while others are rendered beside it.
    ChangeOfData(Failure),
    Other(Failure),
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        Self::Other(failure)
    }
}

fn one(planned: &Planned, settings: &Settings, engine: &Engine) -> Result<Option<File>, Problem> {
    let Some(name) = &planned.template else { return Ok(Some(copy(planned)?)) };
    let extra = file_data(name, settings)?;
    let text = engine.render_telling_all(name, extra.as_ref()).map_err(|errors| {
        let failure = Failure::from(errors.iter().map(template::Error::to_diagnostic).collect::<Vec<_>>());
        let change = errors.iter().any(template::Error::is_change_of_data);
        if change { Problem::ChangeOfData(failure) } else { Problem::Other(failure) }
    })?;
    if text.chars().all(template::is_space) && !settings.keep_empty {
        return Ok(None);
    }
    let metadata_of = settings.copy_metadata.then(|| planned.input.clone());
    let mode = match &metadata_of {
        Some(path) => Some(mode(path)?),
        None => None,
    };
    Ok(Some(File {
        relative: planned.relative.clone(),
        bytes: text.into_bytes(),
        metadata_of,
        mode,
        filtered: false,
    }))
}

fn copy(planned: &Planned) -> Outcome<File> {
    let bytes = std::fs::read(&planned.input).map_err(|error| unreadable(&planned.input, &error))?;
    let mode = Some(mode(&planned.input)?);
    let metadata_of = Some(planned.input.clone());
    Ok(File { relative: planned.relative.clone(), bytes, metadata_of, mode, filtered: false })
}

fn mode(path: &Path) -> Outcome<u32> {
    let meta = std::fs::metadata(path).map_err(|error| unreadable(path, &error))?;
    Ok(meta.mode() & 0o7777)
}

/// The data for one template alone; files that are missing or no data are passed over, as makejinja does.
fn file_data(name: &str, settings: &Settings) -> Outcome<Option<Mapping>> {
    let mut all: Option<Mapping> = None;
    for (_, paths) in settings.file_data.iter().filter(|(template, _)| template == name) {
        for path in paths.iter().filter(|path| path.exists()) {
            for (key, value) in data::file(path)?.unwrap_or_default() {
                all.get_or_insert_default().insert(key, value);
            }
        }
    }
    Ok(all)
}
