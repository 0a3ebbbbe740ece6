//! docs/codes.md: every code of a finding or failure, with what it means.
//!
//! Meanings come from the tables of the crates that have one, from the rules of the catalogue, and for the rest from
//! `codes.txt` beside this file. The codes themselves are looked up in the sources, so none can be missing: one
//! without a meaning is listed with the file it stands in.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use cluster::{Model, reference};
use regex::Regex;
use walkdir::WalkDir;

use crate::{Result, root};

/// What codes begin with, what that is about, and how a command ends that reports one.
const AREAS: [(&str, &str, &str); 23] = [
    ("api", "Versions of the Kubernetes API", "1"),
    ("build", "Building for the standard output", "2"),
    ("catalogue", "The catalogue of components", "2"),
    ("config", "cluster.yaml and nodes.yaml; documents of a machine configuration", "1"),
    ("context", "The context that another tool reads", "2"),
    ("diff", "Comparing two states", "2"),
    ("flux", "What Flux would make of the manifests", "1"),
    ("graph", "How the objects fit together: the rules of docs/rules", "1, nothing to draw 2"),
    ("io", "Reading and writing", "2"),
    ("kustomize", "Building a kustomization", "1"),
    ("manifest", "One manifest", "1"),
    ("manifests", "The manifests as a whole", "2"),
    ("nodeop", "Operations on machines", "1 where a machine or step failed, else 2"),
    ("patch", "Patches of a machine configuration", "1 in a check, 2 where the patch is to be applied"),
    ("program", "Other programs", "2"),
    ("render", "Rendering a tree", "1 for differences (changed, mode, new, stale), else 2"),
    ("schema", "Objects against their schemas", "1"),
    ("secrets", "Encrypted files and secrets", "1 in a check, else 2"),
    ("sops", "The format of encrypted files", "1 in a check, else 2"),
    ("talos", "talconfig.yaml, talenv.yaml and what is made from them", "1 in a check, else 2"),
    ("template", "Templates and expressions", "2"),
    ("usage", "The command line", "2"),
    ("versions", "Versions that go together", "1"),
];
/// `yaml/…` stands apart: it is found by whoever reads YAML.
const YAML: (&str, &str, &str) = ("yaml", "YAML", "1 where files are checked (validate manifests), else 2");

/// Texts of that form that are none.
const NOT_CODES: [&str; 2] = ["template/spec", "flux/apps"];

/// The meanings of codes whose crates have no table.
const MEANINGS: &str = include_str!("codes.txt");

/// The page.
pub(crate) fn page(models: &[Model]) -> Result<String> {
    let found = sources()?;
    let mut meanings: BTreeMap<String, String> = BTreeMap::new();
    for line in MEANINGS.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (code, meaning) = line.split_once(' ').unwrap_or((line, ""));
        meanings.insert(code.to_owned(), meaning.trim().to_owned());
    }
    let unknown: Vec<_> = meanings.keys().filter(|code| !found.contains_key(*code)).collect();
    if !unknown.is_empty() {
        return Err(format!("tests/docs/src/codes.txt has codes that no source has: {unknown:?}"));
    }
    for (code, meaning) in cluster::CODES.iter().chain(kustomize::CODES) {
        meanings.insert((*code).to_owned(), (*meaning).to_owned());
    }
    for (code, message) in models.iter().flat_map(reference::rule_codes) {
        meanings.entry(code.to_owned()).or_insert(message);
    }
    let mut text = String::from(
        "# Codes\n\nEvery finding and every failure has a code, a word that stays the same from version to version. \
         Exit codes are three: 0 done, and the answer is yes; 1 done, and the answer is no (findings, differences, a \
         machine that failed); 2 could not do it. A warning changes that only with `--strict`. \
         `secrets exec-env` and `exec-file` end with the code of the program they start.\n",
    );
    for (area, about, exit) in AREAS.into_iter().chain([YAML]) {
        section(&mut text, area, about, exit, &meanings, &found);
    }
    Ok(text)
}

fn section(
    text: &mut String,
    area: &str,
    about: &str,
    exit: &str,
    meanings: &BTreeMap<String, String>,
    found: &BTreeMap<String, String>,
) {
    let of_area = |code: &&String| code.split_once('/').is_some_and(|(start, _)| start == area);
    let mut codes: Vec<_> = meanings.keys().chain(found.keys()).filter(of_area).collect();
    codes.sort();
    codes.dedup();
    if codes.is_empty() {
        return;
    }
    let _ = writeln!(text, "\n## {area}\n\n{about}. Exit code: {exit}.\n\n| code | meaning |\n|---|---|");
    for code in codes {
        // Two codes of `config` stand for an input that is none, and not for something wrong in it.
        let exit = if ["config/empty", "config/not-a-mapping"].contains(&code.as_str()) {
            " (exit code 2)"
        } else {
            ""
        };
        let meaning = meanings.get(code).cloned();
        let meaning =
            meaning.or_else(|| found.get(code).map(|file| format!("see {file}"))).unwrap_or_default();
        let _ = writeln!(text, "| `{code}` | {}{exit} |", meaning.replace('|', "\\|").replace('<', "\\<"));
    }
}

/// The codes in the sources, with the first file each stands in. Tests at the end of a file do not count.
fn sources() -> Result<BTreeMap<String, String>> {
    let areas: Vec<_> = AREAS.iter().chain([&YAML]).map(|(area, ..)| *area).collect();
    let code = Regex::new(&format!("\"((?:{})/[a-z][a-z0-9-]+)\"", areas.join("|")))
        .map_err(|error| error.to_string())?;
    let mut found = BTreeMap::new();
    for folder in ["crates", "tools"] {
        for entry in WalkDir::new(root().join(folder)).sort_by_file_name() {
            let entry = entry.map_err(|error| error.to_string())?;
            let path = entry.path().strip_prefix(root()).unwrap_or(entry.path());
            if !is_source(path) {
                continue;
            }
            let text = std::fs::read_to_string(entry.path())
                .map_err(|error| format!("{}: {error}", path.display()))?;
            let product = text.split("#[cfg(test)]").next().unwrap_or_default();
            for found_code in code.captures_iter(product).map(|captures| captures[1].to_owned()) {
                if !NOT_CODES.contains(&found_code.as_str()) {
                    found.entry(found_code).or_insert_with(|| path.display().to_string());
                }
            }
        }
    }
    Ok(found)
}

fn is_source(path: &Path) -> bool {
    let parts: Vec<_> = path.iter().filter_map(|part| part.to_str()).collect();
    path.extension().is_some_and(|extension| extension == "rs")
        && parts.contains(&"src")
        && !parts.iter().any(|part| ["tests", "tests.rs", "benches", "examples"].contains(part))
}
