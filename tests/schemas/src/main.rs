//! Makes `schemas/` from what `generate.sh` fetched: `PINS CACHE OUT`. The same input gives the same bytes.
//!
//! [`swagger`] and [`types`] read Kubernetes itself, [`crds`] the custom resources; [`share`] writes what several places
//! of a source have in common once; [`write`] makes the files.

mod crds;
mod lifecycle;
mod pins;
mod share;
mod swagger;
mod types;
mod write;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use serde_json::Value as Json;

/// What went wrong, in words.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// The schemas of one project.
#[derive(Default)]
struct Source {
    /// Definitions by name; those of kinds are named `apps.v1.Deployment`.
    definitions: BTreeMap<String, Json>,
    /// Its kinds by `apps/v1/Deployment`: scope and flags.
    kinds: BTreeMap<String, [String; 2]>,
}

fn main() -> ExitCode {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [pins, cache, out] = &arguments[..] else {
        return fail("usage: clusterpipe-schemas PINS CACHE OUT");
    };
    match run(Path::new(pins), Path::new(cache), Path::new(out)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error.to_string()),
    }
}

#[expect(clippy::print_stderr, reason = "the words of a program")]
fn fail(words: &str) -> ExitCode {
    eprintln!("schemas: {words}");
    ExitCode::from(2)
}

fn run(pins: &Path, cache: &Path, out: &Path) -> Outcome<()> {
    let pins = pins::read(pins, cache)?;
    let mut sources: BTreeMap<&str, Source> = BTreeMap::new();
    let mut facts = BTreeMap::new();
    for pin in &pins {
        let source = sources.entry(&pin.source).or_default();
        match pin.input.as_str() {
            "swagger" => swagger::read(&pin.place, source)?,
            "types" => {
                types::add_values(&pin.place, source)?;
                facts.extend(lifecycle::read(&pin.place)?);
            }
            "crds" | "ours" => crds::read(&pin.place, source)?,
            "amend" => amend(&pin.place, source)?,
            "current" => current(&pin.place, source)?,
            other => return Err(format!("unknown kind of input: {other}").into()),
        }
    }
    for (name, source) in &mut sources {
        if !name.starts_with("kubernetes-") {
            share::share(&mut source.definitions);
        }
    }
    write::all(out, &sources, &facts, &pins)
}

/// Adds fields to definitions: objects are merged, anything else is replaced.
fn amend(file: &Path, source: &mut Source) -> Outcome<()> {
    let amendments: BTreeMap<String, Json> = serde_json::from_slice(&std::fs::read(file)?)?;
    for (name, amendment) in &amendments {
        let definition = source.definitions.get_mut(name).ok_or_else(|| format!("no definition {name}"))?;
        merge(definition, amendment);
    }
    Ok(())
}

/// Versions, a line each, that a later release than the one pinned in the catalogue calls deprecated: with the pinned one
/// they are not.
fn current(file: &Path, source: &mut Source) -> Outcome<()> {
    for version in std::fs::read_to_string(file)?.lines() {
        let mut found = false;
        for (key, [_, flags]) in &mut source.kinds {
            if key.starts_with(&format!("{version}/")) && flags == "deprecated" {
                flags.clear();
                found = true;
            }
        }
        if !found {
            return Err(format!("{version} is not deprecated").into());
        }
    }
    Ok(())
}

fn merge(into: &mut Json, from: &Json) {
    match (into, from) {
        (Json::Object(into), Json::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Json::Null), value);
            }
        }
        (into, from) => *into = from.clone(),
    }
}
