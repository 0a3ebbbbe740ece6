//! The rules of the other systems: each file in `systems/NAME/` is read after that system's example, and says in its
//! first line which codes it must cause. And of all catalogues: no rule without a case that breaks it.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "help for tests")]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cliutil::Severity;
use cluster::Model;
use support::{check, report, root};

fn here(folder: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder)
}

/// The files of a folder with their names, sorted.
fn files(folder: &Path) -> Vec<(String, String)> {
    let found = std::fs::read_dir(folder).unwrap().flatten().map(|entry| entry.path());
    let mut files: Vec<_> = found
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml"))
        .map(|path| {
            let text = std::fs::read_to_string(&path).unwrap();
            (path.file_stem().unwrap().to_string_lossy().into_owned(), text)
        })
        .collect();
    files.sort();
    files
}

/// The codes that a file says it causes.
fn expected(text: &str) -> Vec<&str> {
    let first = text.lines().next().and_then(|line| line.strip_prefix("# expect: "));
    first.expect("a file begins with what is expected").split(' ').filter(|code| *code != "nothing").collect()
}

fn causes_its_findings(system: &str) {
    let model = Model::load(&root().join("templates"), system).unwrap();
    let example =
        |name: &str| std::fs::read_to_string(root().join("examples").join(system).join(name)).unwrap();
    let mut wrong = Vec::new();
    let cases = files(&here("systems").join(system));
    assert!(cases.len() > 5, "{system}");
    for (name, text) in cases {
        let mut checked = check(&model, &[&example("cluster.yaml"), &example("nodes.yaml"), &text]);
        // What is only said of the example itself.
        checked.findings.retain(|finding| finding.severity != Severity::Note);
        let mut codes: Vec<_> = checked.findings.iter().map(|finding| finding.code).collect();
        codes.sort_unstable();
        let errors = checked.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        let is_valid = name.starts_with("ok-");
        let shown = report(&checked.findings);
        let placed = checked.findings.iter().all(|finding| finding.location.is_some());
        let right = (errors == 0, checked.context.is_some()) == (is_valid, is_valid) && placed;
        if codes != expected(&text) || !right || shown.contains("THROWAWAY") {
            wrong.push(format!("== {name}: {codes:?}\n{shown}\n"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

#[test]
fn files_for_proxmox_cause_theirs() {
    causes_its_findings("proxmox");
}

#[test]
fn files_for_olm_cause_theirs() {
    causes_its_findings("olm");
}

/// Every `code:` of a rule in a declaration: the components', the core's, the nodes' and the systems'.
fn declared() -> BTreeSet<String> {
    let sources = [root().join("templates"), root().join("crates/cluster/src")];
    let all = sources.iter().flat_map(|folder| walkdir::WalkDir::new(folder).into_iter().flatten());
    let declarations = all.filter(|entry| {
        let path = entry.path();
        let is_yaml = path.extension().is_some_and(|end| end == "yaml");
        path.ends_with("component.yaml") || path.starts_with(&sources[1]) && is_yaml
    });
    let mut codes = BTreeSet::new();
    for entry in declarations {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        let lines = text.lines().filter_map(|line| line.trim_start().strip_prefix("- code: "));
        codes.extend(lines.map(|code| code.trim().to_owned()));
    }
    assert!(codes.len() > 25, "{codes:?}");
    codes
}

#[test]
fn every_rule_has_a_case_that_breaks_it() {
    let folders = ["corpus", "shipped", "systems/proxmox", "systems/olm"];
    let cases: Vec<_> = folders.iter().flat_map(|folder| files(&here(folder))).collect();
    let broken: BTreeSet<_> = cases.iter().flat_map(|(_, text)| expected(text)).map(str::to_owned).collect();
    let never: Vec<_> = declared().into_iter().filter(|code| !broken.contains(code)).collect();
    assert!(never.is_empty(), "no case breaks {never:?}");
}
