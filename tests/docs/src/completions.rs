//! Completions of the tools, for the shells that people use.

use std::path::Path;

use cliutil::Exit;

use crate::{Files, Result, captured};

/// What a tool's file is called.
type Name = fn(&str) -> String;

/// The shells, each with what its files are called.
const SHELLS: [(&str, Name); 3] = [
    ("bash", |tool| format!("{tool}.bash")),
    ("fish", |tool| format!("{tool}.fish")),
    ("zsh", |tool| format!("_{tool}")),
];

/// A tool's `run`.
type Run = fn(Vec<std::ffi::OsString>, &mut cliutil::Io) -> Exit;

/// Makes `docs/completions/*`: what `TOOL completions SHELL` prints.
pub(crate) fn scripts(files: &mut Files) -> Result<()> {
    let tools: [(&str, Run); 5] = [
        ("nodeop", nodeop::run),
        ("render", render::run),
        ("secrets", secrets::run),
        ("talosgen", talosgen::run),
        ("validate", validate::run),
    ];
    for (tool, run) in tools {
        for (shell, name) in SHELLS {
            let args = [tool, "completions", shell].map(Into::into).to_vec();
            files.insert(Path::new("docs/completions").join(name(tool)), captured(|io| run(args, io))?);
        }
    }
    Ok(())
}
