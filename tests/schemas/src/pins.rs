//! What to make the schemas from.

use std::path::{Path, PathBuf};

use crate::Outcome;

/// A line of `pins.tsv`.
pub(crate) struct Pin {
    /// The source it becomes, or becomes a part of.
    pub(crate) source: String,
    /// `swagger`, `types`, `crds`; `ours` is a file of CustomResourceDefinitions here, `amend` one of fields to add; `current` one of
    /// versions that are not deprecated in the release which the catalogue pins.
    pub(crate) input: String,
    /// `-` for our own.
    pub(crate) module: String,
    pub(crate) version: String,
    /// The path in the module.
    pub(crate) path: String,
    pub(crate) licence: String,
    /// Whose schemas these are.
    pub(crate) project: String,
    /// Where its files are.
    pub(crate) place: PathBuf,
}

/// Reads the pins; their files are in `cache`, ours beside the pins.
pub(crate) fn read(file: &Path, cache: &Path) -> Outcome<Vec<Pin>> {
    let text = std::fs::read_to_string(file)?;
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let ours = file.parent().unwrap_or(Path::new(""));
    lines.map(|line| pin(line, cache, ours)).collect()
}

fn pin(line: &str, cache: &Path, ours: &Path) -> Outcome<Pin> {
    let cells: Vec<_> = line.split('\t').collect();
    let [source, input, module, version, path, licence, project] = cells[..] else {
        return Err(format!("not seven cells: {line}").into());
    };
    let place = match (module, path) {
        ("-", path) => ours.join(path),
        (_, ".") => cache.join(format!("{module}@{version}/all")),
        (_, path) => cache.join(format!("{module}@{version}")).join(path),
    };
    Ok(Pin {
        source: source.to_owned(),
        input: input.to_owned(),
        module: module.to_owned(),
        version: version.to_owned(),
        path: path.to_owned(),
        licence: licence.to_owned(),
        project: project.to_owned(),
        place,
    })
}

/// The files of an input, sorted by path.
pub(crate) fn files(place: &Path) -> Outcome<Vec<PathBuf>> {
    if place.is_file() {
        return Ok(vec![place.to_path_buf()]);
    }
    let mut found = Vec::new();
    for entry in std::fs::read_dir(place)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
