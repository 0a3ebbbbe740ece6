//! A tree's Python plugins: which interpreter runs them, and what is said when it cannot.

use std::path::{Path, PathBuf};

use cliutil::{Failure, Outcome};
use template::{Bridge, BridgeError, BridgeSetup};
use yaml::Mapping;

use crate::cli::Loaders;
use crate::settings::Settings;

/// Extensions of Jinja2 that the engine has built in.
const BUILT_IN: [&str; 6] = [
    "jinja2.ext.do",
    "jinja2.ext.loopcontrols",
    "jinja2.ext.ExprStmtExtension",
    "jinja2.ext.LoopControlExtension",
    "jinja2.ext.autoescape",
    "jinja2.ext.with_",
];
/// Names the interpreter that plugins run in.
const VARIABLE: &str = "CLUSTERPIPE_PYTHON";

/// Loads the plugins and extensions of the settings; none when there are none, and then Python is not started.
pub(super) fn start(
    settings: &Settings,
    loaders: Option<Loaders>,
    data: &Mapping,
    looking: bool,
) -> Outcome<Option<Bridge>> {
    if !are_wanted(settings, loaders) {
        return Ok(None);
    }
    let setup = BridgeSetup { config: settings.for_plugins(), no_bytecode: looking };
    let mut first = None;
    for python in interpreters() {
        match Bridge::start(&python, &setup, data) {
            Ok(bridge) => return Ok(Some(bridge)),
            Err(error @ (BridgeError::Start(_) | BridgeError::Module { .. })) => {
                first.get_or_insert((python, error));
            }
            Err(error) => return Err(failed(&python, &error)),
        }
    }
    let (python, error) = first.unwrap_or_else(|| {
        (PathBuf::from("python3"), BridgeError::Start("python3 is not there, and plugins need it".to_owned()))
    });
    Err(failed(&python, &error))
}

/// Whether there is something to load.
pub(super) fn are_wanted(settings: &Settings, loaders: Option<Loaders>) -> bool {
    let foreign = settings.extensions.iter().any(|extension| !BUILT_IN.contains(&extension.as_str()));
    loaders != Some(Loaders::Native) && (foreign || !settings.plugins.is_empty())
}

/// Where plugins may run, best first: as the environment says; with makejinja, whose interpreter has what plugins
/// import; with the `python3` of the path.
fn interpreters() -> Vec<PathBuf> {
    if let Some(python) = std::env::var_os(VARIABLE).filter(|python| !python.is_empty()) {
        return vec![python.into()];
    }
    let found = |name: &str| cliutil::program::find(name, "it runs plugins").ok();
    let beside = found("makejinja").and_then(|script| interpreter_of(&script));
    let mut all: Vec<PathBuf> = beside.into_iter().chain(found("python3")).collect();
    all.dedup();
    all
}

/// What a script's first line says it runs in, if that is a Python that exists.
fn interpreter_of(script: &Path) -> Option<PathBuf> {
    use std::io::Read as _;
    let mut head = Vec::new();
    std::fs::File::open(script).ok()?.take(4096).read_to_end(&mut head).ok()?;
    let line = head.strip_prefix(b"#!")?.split(|byte| *byte == b'\n').next()?;
    let python = PathBuf::from(std::str::from_utf8(line).ok()?.trim());
    let is_python = python.file_name()?.to_string_lossy().starts_with("python");
    (is_python && python.is_file()).then_some(python)
}

fn failed(python: &Path, error: &BridgeError) -> Failure {
    let python = python.display();
    match error {
        BridgeError::Module { name, at } => {
            let who = if at.is_empty() { "a plugin" } else { at.as_str() };
            let message = format!("{who} needs the Python module {name}, which {python} does not have");
            Failure::new("render/plugin", message).with_help(format!(
                "install it there, or name an interpreter that has it in {VARIABLE}; --loaders native renders \
                 with the built-in filters and functions instead"
            ))
        }
        BridgeError::Start(_) => Failure::new("render/plugin", error.to_string()).with_help(format!(
            "install Python 3.11 or newer, or name it in {VARIABLE}; --loaders native renders with the built-in \
             filters and functions instead"
        )),
        BridgeError::Plugin { .. } => Failure::new("render/plugin", error.to_string())
            .with_help("import_paths lists the folders that plugins are found in; a plugin is MODULE:CLASS"),
        BridgeError::Raised { doing, .. } => Failure::new("render/plugin", format!("{doing}: {error}")),
    }
}
