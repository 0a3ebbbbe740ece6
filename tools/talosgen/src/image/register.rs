//! `--register`: tells the image factory about schematics. Its answer must be the ID that was computed.
//!
//! curl does the sending: it knows the proxies and authorities of the machine it runs on, and is everywhere.

use std::collections::BTreeSet;
use std::path::Path;

use cliutil::{Failure, Io, Outcome, program};
use machineconfig::Schematic;
use yaml::Dialect;

/// Longest time for one schematic (seconds).
const PATIENCE: &str = "60";

/// Registers each schematic once.
pub(super) fn all<'s>(
    schematics: impl Iterator<Item = &'s Schematic>,
    url: &str,
    quiet: bool,
    io: &mut Io,
) -> Outcome<()> {
    let curl = program::find(
        "curl",
        "needed for --register; or POST what `talosgen image schematic` prints yourself",
    )?;
    let mut done = BTreeSet::new();
    for schematic in schematics {
        if done.insert(schematic.id()) {
            one(&curl, schematic, url)?;
            if !quiet {
                io.say(format!("registered {} at {url}", schematic.id()));
            }
        }
    }
    Ok(())
}

fn one(curl: &Path, schematic: &Schematic, url: &str) -> Outcome<()> {
    let args = [
        "--silent",
        "--show-error",
        "--fail",
        "--proto",
        "=http,https",
        "--max-time",
        PATIENCE,
        "--request",
        "POST",
        "--header",
        "Content-Type: application/yaml",
        "--data-binary",
        "@-",
        "--",
        url,
    ];
    let args: Vec<_> = args.iter().map(Into::into).collect();
    let ended = program::run(curl, &args, schematic.canonical().as_bytes(), None)?;
    let wrong = |why: String| Failure::new("talos/factory", format!("{url}: {why}"));
    if !ended.success {
        return Err(wrong(String::from_utf8_lossy(&ended.stderr).trim().to_owned()));
    }
    let answer = yaml::load_one(&String::from_utf8_lossy(&ended.stdout), Dialect::Yaml12).ok();
    let id = answer.as_ref().and_then(|answer| answer.get("id")).and_then(yaml::Value::as_str);
    match id {
        Some(id) if id == schematic.id() => Ok(()),
        Some(id) => Err(wrong(format!("the factory calls this schematic {id}, and not {}", schematic.id()))
            .with_help("it knows keys of the schematic otherwise than talosgen does: please report this")),
        None => Err(wrong("the answer is not that of an image factory".to_owned())),
    }
}
