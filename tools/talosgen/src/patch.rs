//! `talosgen patch`: patches applied to a machine configuration, as `talosctl machineconfig patch` does it.

use std::path::Path;
use std::sync::Arc;

use cliutil::{Diagnostic, Exit, Failure, Io, Location, Mask, Outcome, ReadOptions, Source, WriteOptions};
use machineconfig::{Patch, Patched, Problem};

use crate::cli::PatchArgs;

const EXPECTED: &str = "a patch, or @FILE with one, is expected";

pub(crate) fn run(args: &PatchArgs, io: &mut Io) -> Outcome<Exit> {
    // A machine configuration is full of secrets, and so may a patch be: nothing of them is quoted.
    let source = cliutil::read_input(io, &args.file, ReadOptions::default())?;
    let source = Arc::new(source.with_mask(Mask::Except(Vec::new())));
    let patches =
        args.patches.iter().enumerate().map(|(n, text)| load(n, text)).collect::<Outcome<Vec<_>>>()?;
    let json_first = patches.first().is_some_and(|(patch, _)| patch.is_json());
    let start = Patched::load(source.text(), json_first);
    let mut state = start.map_err(|problems| placed(&source, problems))?;
    for (patch, text) in &patches {
        state = patch.apply(state).map_err(|problems| placed(text, problems))?;
    }
    let text = stream(&state.to_values());
    match &args.output {
        Some(path) => {
            make_folder(path)?;
            let options = WriteOptions { mode: Some(0o600), sync: true, ..WriteOptions::default() };
            cliutil::write_atomic(path, text.as_bytes(), options)?;
        }
        None => io.write_out(&text)?,
    }
    Ok(Exit::Yes)
}

/// The folder that a file is to stand in, which talosctl makes too.
fn make_folder(path: &Path) -> Outcome<()> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    std::fs::create_dir_all(folder)
        .map_err(|error| Failure::new("io/write", format!("{}: cannot be made: {error}", folder.display())))
}

/// A patch and where it was read from.
fn load(n: usize, text: &str) -> Outcome<(Patch, Arc<Source>)> {
    let mask = || Mask::Except(Vec::new());
    if matches!(text, "" | "@") {
        let empty = Failure::new("patch/empty", format!("--patch {} is empty", n + 1));
        return Err(empty.with_help(EXPECTED));
    }
    let source = match text.strip_prefix('@') {
        Some(path) => cliutil::read_file(Path::new(path))?.with_mask(mask()),
        None if is_name(text) => named(text)?.with_mask(mask()),
        None => Source::new(format!("--patch {}", n + 1), text).with_mask(mask()),
    };
    let source = Arc::new(source);
    let patch = Patch::load(source.text()).map_err(|problems| placed(&source, problems))?;
    Ok((patch, source))
}

/// What holds no patch is the name of a file, as talosctl takes it.
fn is_name(text: &str) -> bool {
    !text.contains(['\n', ' ']) && !text.starts_with(['[', '{'])
}

fn named(text: &str) -> Outcome<Source> {
    cliutil::read_file(Path::new(text)).map_err(|failure| failure.with_help(EXPECTED))
}

/// Problems with their places.
pub(crate) fn placed(source: &Arc<Source>, problems: Vec<Problem>) -> Failure {
    let place = |problem: Problem| {
        let mut diagnostic = Diagnostic::error(problem.code, problem.to_string());
        diagnostic.help.clone_from(&problem.help);
        match problem.span {
            Some(span) => diagnostic.at(Location::new(source, span.range())),
            None => diagnostic.in_file(source.name()),
        }
    };
    problems.into_iter().map(place).collect::<Vec<_>>().into()
}

/// Documents as one stream.
pub(crate) fn stream(documents: &[yaml::Value]) -> String {
    let texts: Vec<_> =
        documents.iter().map(|document| yaml::emit(document, yaml::EmitOptions::default())).collect();
    texts.join("---\n")
}
