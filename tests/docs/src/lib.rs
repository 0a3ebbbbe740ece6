//! Everything that is generated and checked in: samples, schemas, man pages, completions and the references in docs/. One command
//! writes it (`cargo run -p clusterpipe-docs`), one test says when it is out of date.

mod codes;
mod completions;
mod man;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cliutil::{Exit, Io};
use cluster::{DEFAULT_SYSTEM, Model, SYSTEMS, reference};

/// The files by their path in the repository.
pub type Files = BTreeMap<PathBuf, String>;

/// What went wrong, in words.
pub type Result<T> = std::result::Result<T, String>;

/// What is run to write the files.
pub const COMMAND: &str = "cargo run -p clusterpipe-docs";

/// Folders in which every file is generated, so that one that no longer is is stale.
pub const OWN_FOLDERS: [&str; 2] = ["docs/completions", "docs/man"];

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Makes every file.
pub fn generate() -> Result<Files> {
    let templates = root().join("templates");
    let load = |system: &str| {
        Model::load(&templates, system).map_err(|failure| {
            failure.diagnostics.iter().map(|problem| problem.message.clone()).collect::<Vec<_>>().join("\n")
        })
    };
    let models = SYSTEMS.iter().map(|system| load(system)).collect::<Result<Vec<_>>>()?;
    let mut files = Files::new();
    man::pages(&mut files)?;
    completions::scripts(&mut files)?;
    for what in ["plan", "results"] {
        put(&mut files, &format!("schemas/{what}.schema.json"), nodeop(&["schema", what])?);
    }
    put(&mut files, "docs/codes.md", codes::page(&models)?);
    put(&mut files, "schemas/component.schema.json", validate(&["schema", "component"], &templates)?);
    for model in &models {
        of_system(&mut files, model, &templates)?;
    }
    Ok(files)
}

/// What is particular to a system. Its files have its name, but for the default one's.
fn of_system(files: &mut Files, model: &Model, templates: &Path) -> Result<()> {
    let system = model.system();
    let named = |mark: &str| if system == DEFAULT_SYSTEM { String::new() } else { format!("{mark}{system}") };
    put(files, &format!("docs/options{}.md", named("-")), reference::options(model));
    put(files, &format!("docs/catalogue{}.md", named("-")), reference::components(model));
    for (what, file) in [("config", "cluster"), ("nodes", "nodes"), ("context", "context")] {
        let path = format!("schemas/{file}{}.schema.json", named("."));
        put(files, &path, validate(&["schema", what, "--system", system], templates)?);
    }
    for (what, file) in [("config", "cluster"), ("nodes", "nodes")] {
        let path = format!("samples/{system}/{file}.yaml");
        put(files, &path, validate(&["sample", what, "--system", system], templates)?);
    }
    Ok(())
}

/// What is different on disk: files that are missing, out of date, or not generated any more.
pub fn stale(files: &Files) -> Vec<PathBuf> {
    let differs =
        |path: &&PathBuf| std::fs::read_to_string(root().join(path)).ok() != files.get(*path).cloned();
    let mut stale: Vec<_> = files.keys().filter(differs).cloned().collect();
    for folder in OWN_FOLDERS {
        let list = std::fs::read_dir(root().join(folder)).into_iter().flatten().flatten();
        let paths = list.map(|entry| Path::new(folder).join(entry.file_name()));
        stale.extend(paths.filter(|path| !files.contains_key(path)));
    }
    stale
}

/// Brings the files on disk up to date; gives those that were changed or removed.
pub fn write(files: &Files) -> Result<Vec<PathBuf>> {
    let stale = stale(files);
    for path in &stale {
        let full = root().join(path);
        let done = match files.get(path) {
            Some(text) => std::fs::create_dir_all(full.parent().unwrap_or(&full))
                .and_then(|()| std::fs::write(&full, text)),
            None => std::fs::remove_file(&full),
        };
        done.map_err(|error| format!("{}: {error}", path.display()))?;
    }
    Ok(stale)
}

fn put(files: &mut Files, path: &str, text: String) {
    files.insert(PathBuf::from(path), text);
}

/// What `validate` prints.
fn validate(words: &[&str], templates: &Path) -> Result<String> {
    let mut args: Vec<_> = std::iter::once("validate").chain(words.iter().copied()).map(Into::into).collect();
    args.extend(["--templates".into(), templates.into()]);
    captured(|io| validate::run(args, io))
}

/// What `nodeop` prints.
fn nodeop(words: &[&str]) -> Result<String> {
    let args = std::iter::once("nodeop").chain(words.iter().copied()).map(Into::into).collect();
    captured(|io| nodeop::run(args, io))
}

/// What a tool prints when it is run here, with nothing on its standard input and no terminal.
fn captured(run: impl FnOnce(&mut Io) -> Exit) -> Result<String> {
    let (mut stdin, mut out, mut err) = (std::io::empty(), Vec::new(), Vec::new());
    let mut io = Io::piped(&mut stdin, &mut out, &mut err);
    match run(&mut io) {
        Exit::Yes => String::from_utf8(out).map_err(|error| error.to_string()),
        _ => Err(String::from_utf8_lossy(&err).into_owned()),
    }
}
