//! What a run makes: which input file becomes which output, by makejinja's rules (`handle_input_dir` of 2.8.1).

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Outcome, Severity};
use template::Bridge;
use yaml::Mapping;

use super::gate::Gate;
use super::pattern::Pattern;
use super::survey::{Entry, Found, Survey};
use crate::settings::Settings;

/// One output.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Planned {
    /// Its path below the output folder.
    pub(super) relative: PathBuf,
    /// The file it is made from.
    pub(super) input: PathBuf,
    /// The template's name, or none for a file that is copied.
    pub(super) template: Option<String>,
}

/// All outputs and folders.
#[derive(Debug, Default)]
pub(super) struct Plan {
    /// Outputs, in makejinja's order.
    pub(super) files: Vec<Planned>,
    /// Folders of the output, with those of the input they stand for; in the order of their paths.
    pub(super) folders: Vec<(PathBuf, PathBuf)>,
    /// Outputs that exist and are left alone because the run does not overwrite.
    pub(super) skipped: BTreeSet<PathBuf>,
    /// All files of the input folders, unless some are reached through links to folders.
    pub(super) index: Option<Index>,
}

/// The files of the input folders by the names that templates know them by.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// The names, sorted.
    pub(super) listing: Arc<BTreeSet<String>>,
    inputs: Vec<(PathBuf, Vec<String>)>,
}

impl Index {
    /// Each name with the file that it means: that of the first input.
    pub(super) fn files(&self) -> impl Iterator<Item = (String, PathBuf)> {
        // The later entry of a name replaces the earlier one where this is collected.
        self.inputs
            .iter()
            .rev()
            .flat_map(|(input, names)| names.iter().map(|name| (name.clone(), input.join(name))))
    }
}

/// Whether one input file is rendered to one output file.
pub(super) fn single_output(settings: &Settings, output: &Path) -> bool {
    settings.inputs.len() <= 1
        && !settings.inputs.iter().any(|input| input.is_dir())
        && (output == Path::new("/dev/stdout") || output.extension().is_some() || output.is_file())
        && !output.is_dir()
}

/// Makes the plan of what there is.
pub(super) fn make(
    settings: &Settings,
    data: &Mapping,
    survey: Survey,
    (output, single): (&Path, bool),
    bridge: Option<&Bridge>,
) -> Outcome<Plan> {
    if settings.inputs.is_empty() {
        let failure = Failure::new("render/usage", "no input is given");
        return Err(failure.with_help("give folders of templates with -i, or as inputs in render.toml"));
    }
    let mut inputs = Vec::new();
    let mut gate = settings.gate.as_deref().map(|file| Gate::new(file, data)).transpose()?;
    for (input, found) in survey.0 {
        match found {
            Found::Folder(listing) => {
                let entries = listing.through(&input, gate.as_mut())?;
                inputs.push((input, Some(entries)));
            }
            Found::File => inputs.push((input, None)),
            Found::Missing if settings.optional_inputs.contains(&input) => {}
            Found::Missing => {
                let failure = Failure::new("io/missing", format!("{}: no such input", input.display()));
                return Err(
                    failure.with_help("optional_inputs in render.toml lists inputs that may be missing")
                );
            }
        }
    }
    let nested = gate.as_ref().map(Gate::nested).unwrap_or_default();
    if !nested.is_empty() {
        return Err(nested.into());
    }
    let mut entries = inputs.iter().filter_map(|(_, entries)| entries.as_ref()).flatten();
    let index = (!entries.any(|entry| entry.is_link && entry.is_dir)).then(|| index(&inputs));
    let left_out = left_out(&inputs, bridge)?;
    let mut maker = Maker {
        settings,
        gate,
        output,
        single,
        left_out,
        exclude: settings.exclude_patterns.iter().map(|pattern| Pattern::new(pattern)).collect(),
        seen: HashSet::new(),
        plan: Plan { index, ..Plan::default() },
    };
    for (input, entries) in inputs {
        match entries {
            Some(entries) => maker.folder(&input, &entries),
            None => maker.file(&input),
        }
    }
    // The first input wins.
    maker.plan.folders.sort_by(|(one, _), (other, _)| one.cmp(other));
    maker.plan.folders.dedup_by(|(later, _), (first, _)| later == first);
    let problems = if single { Vec::new() } else { conflicts(&maker.plan.files, &settings.jinja_suffix) };
    if problems.is_empty() { Ok(maker.plan) } else { Err(problems.into()) }
}

/// Outputs that cannot be: a file where another output needs a folder, and what is no name of a file.
fn conflicts(files: &[Planned], suffix: &str) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    // As plain text: paths are compared and hashed part by part.
    let by_path: HashMap<&OsStr, &Planned> =
        files.iter().map(|file| (file.relative.as_os_str(), file)).collect();
    // Files of one folder share their ancestors: each is looked up once.
    let mut seen: HashSet<&OsStr> = HashSet::new();
    for file in files {
        let name = file.input.file_name().unwrap_or_default().to_string_lossy();
        if matches!(name.strip_suffix(suffix), Some("." | "..")) {
            let message = format!("{}: its output would have no name but dots", file.input.display());
            problems.push(Diagnostic::new(Severity::Error, "render/outside", message));
        }
        for folder in file.relative.ancestors().skip(1).take_while(|folder| seen.insert(folder.as_os_str())) {
            if let Some(other) = by_path.get(folder.as_os_str()) {
                let message = format!(
                    "{} would be a file (from {}) and a folder (for {})",
                    folder.display(),
                    other.input.display(),
                    file.input.display()
                );
                problems.push(Diagnostic::new(Severity::Error, "render/conflict", message));
            }
        }
    }
    problems
}

fn index(inputs: &[(PathBuf, Option<Vec<Entry>>)]) -> Index {
    let names = |entries: &Vec<Entry>| -> Vec<String> {
        entries.iter().filter(|entry| !entry.is_dir).map(|entry| entry.name.clone()).collect()
    };
    let inputs: Vec<_> = inputs
        .iter()
        .filter_map(|(input, entries)| Some((input.clone(), names(entries.as_ref()?))))
        .collect();
    let listing = inputs.iter().flat_map(|(_, names)| names.iter().cloned()).collect();
    Index { listing: Arc::new(listing), inputs }
}

/// Asks the path filters of plugins about all there is.
fn left_out(inputs: &[(PathBuf, Option<Vec<Entry>>)], bridge: Option<&Bridge>) -> Outcome<BTreeSet<PathBuf>> {
    let Some(bridge) = bridge else { return Ok(BTreeSet::new()) };
    let mut paths = Vec::new();
    for (input, entries) in inputs {
        let root = std::path::absolute(input).unwrap_or_else(|_| input.clone());
        paths.extend(entries.iter().flatten().map(|entry| root.join(&entry.relative)));
    }
    let keeps = bridge.keeps(&paths).map_err(|error| {
        Failure::new("render/plugin", format!("a path filter of a plugin failed: {error}"))
    })?;
    Ok(paths.into_iter().zip(keeps).filter(|(_, keep)| !keep).map(|(path, _)| path).collect())
}

struct Maker<'s> {
    settings: &'s Settings,
    gate: Option<Gate>,
    output: &'s Path,
    single: bool,
    /// What path filters of plugins leave out.
    left_out: BTreeSet<PathBuf>,
    /// What the settings leave out.
    exclude: Vec<Pattern>,
    seen: HashSet<OsString>,
    plan: Plan,
}

impl Maker<'_> {
    fn folder(&mut self, input: &Path, entries: &[Entry]) {
        let root = std::path::absolute(input).unwrap_or_else(|_| input.to_path_buf());
        let root = (root.as_path(), &*root.to_string_lossy());
        for pattern in &self.settings.include_patterns {
            // What nearly every run has takes all.
            let pattern = (pattern != "**/*").then(|| Pattern::new(pattern));
            for entry in entries.iter().filter(|entry| pattern.iter().all(|pattern| entry.taken_by(pattern)))
            {
                self.entry(input, root, entry);
            }
        }
    }

    fn entry(&mut self, input: &Path, root: (&Path, &str), entry: &Entry) {
        let gated = self
            .gate
            .as_ref()
            .is_some_and(|gate| gate.is_gate(&entry.relative) || gate.closed(&entry.relative));
        if gated || self.is_excluded(root, entry) {
            return;
        }
        let path = input.join(&entry.relative);
        let relative = self.output_path(&entry.relative, &entry.name);
        if entry.is_dir {
            self.plan.folders.push((relative, path));
        } else {
            let suffix = &self.settings.jinja_suffix;
            let template = suffix.is_empty() || suffix_of(&entry.name) == suffix.as_str();
            self.add(relative, path, template.then(|| entry.name.clone()));
        }
    }

    fn is_excluded(&self, (root, text): (&Path, &str), entry: &Entry) -> bool {
        self.exclude.iter().any(|pattern| pattern.matches(text, &entry.name))
            || !self.left_out.is_empty() && self.left_out.contains(&root.join(&entry.relative))
    }

    /// A single file is a template whatever its name.
    fn file(&mut self, input: &Path) {
        let name = PathBuf::from(input.file_name().unwrap_or_default());
        let text = name.to_string_lossy();
        let relative = if self.single { PathBuf::new() } else { self.output_path(&name, &text) };
        self.add(relative, input.to_path_buf(), Some(text.into_owned()));
    }

    /// The first input wins.
    fn add(&mut self, relative: PathBuf, input: PathBuf, template: Option<String>) {
        if !self.seen.insert(relative.clone().into_os_string()) {
            return;
        }
        let target = if self.single { self.output.to_path_buf() } else { self.output.join(&relative) };
        if !self.settings.force
            && !self.settings.clean
            && target.exists()
            && target != Path::new("/dev/stdout")
        {
            self.plan.skipped.insert(relative);
            return;
        }
        self.plan.files.push(Planned { relative, input, template });
    }

    /// The output of what is at `relative`, in text `name`.
    fn output_path(&self, relative: &Path, name: &str) -> PathBuf {
        let suffix = &self.settings.jinja_suffix;
        if !suffix.is_empty() && !self.settings.keep_jinja_suffix && suffix_of(name) == suffix.as_str() {
            relative.with_extension("")
        } else {
            relative.to_path_buf()
        }
    }
}

/// Python's `Path.suffix`: the last dot and what follows, unless the name begins or ends with it.
fn suffix_of(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or_default();
    match name.rfind('.') {
        Some(at) if at > 0 && at + 1 < name.len() => &name[at..],
        _ => "",
    }
}
