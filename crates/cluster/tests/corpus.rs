//! The corpus: each file in `corpus/` is read after a valid cluster.yaml and nodes.yaml, and says in its first line
//! which codes it must cause. What a person sees is a snapshot.
//!
//! Names: `peer-` are the invalid fixtures of the present onedr0p/cluster-template, `seed-` what the template of
//! December 2025 accepted wrongly, `spec-` the rules of the specification by their ids, `ok-` is valid, `warn-` is
//! valid with a warning.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "help for tests")]

mod support;

use std::path::{Path, PathBuf};

use cliutil::Severity;
use cluster::Model;
use support::{base, check, report, shipped, test_model};

fn expected(text: &str) -> Vec<&str> {
    let first = text.lines().next().unwrap_or_default();
    let codes = first.strip_prefix("# expect: ").expect("a corpus file begins with what is expected");
    codes.split_whitespace().filter(|code| *code != "nothing").collect()
}

#[test]
fn every_file_causes_its_findings_and_no_others() {
    findings_of("corpus", &test_model());
}

/// The rules of the shipped components.
#[test]
fn files_for_the_shipped_catalogue_cause_theirs() {
    findings_of("shipped", &shipped());
}

fn findings_of(folder: &str, model: &Model) {
    let anchors = cluster::reference::options(model);
    let mut wrong = Vec::new();
    for path in files(folder) {
        let text = std::fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let checked = check(model, &[&base("cluster.yaml"), &base("nodes.yaml"), &text]);
        let mut codes: Vec<_> = checked.findings.iter().map(|finding| finding.code).collect();
        codes.sort_unstable();
        let errors = checked.findings.iter().filter(|finding| finding.severity == Severity::Error).count();
        let is_valid = name.starts_with("ok-") || name.starts_with("warn-");
        let placed = checked.findings.iter().all(|finding| finding.location.is_some());
        let shown = report(&checked.findings);
        // Every value in the corpus that is secret, or stands under a key that is not known, begins like this.
        let leaks = shown.contains("THROWAWAY");
        // What a finding links to is there.
        let links =
            checked.findings.iter().filter_map(|finding| finding.reference.as_deref()?.split('#').nth(1));
        let dangling: Vec<_> =
            links.filter(|id| !anchors.contains(&format!("<a id=\"{id}\"></a>"))).collect();
        let leaks = leaks || !dangling.is_empty();
        let right = (errors == 0, checked.context.is_some()) == (is_valid, is_valid);
        if codes != expected(&text) || !right || !placed || leaks {
            wrong.push(format!("== {name}: {codes:?}, leaks: {leaks}\n{shown}\n"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
}

#[test]
fn what_a_person_sees() {
    let model = test_model();
    insta::glob!("corpus/*.yaml", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let checked = check(&model, &[&base("cluster.yaml"), &base("nodes.yaml"), &text]);
        if !checked.findings.is_empty() {
            insta::assert_snapshot!(report(&checked.findings));
        }
    });
}

#[test]
fn what_a_person_sees_of_the_shipped_catalogue() {
    let model = shipped();
    insta::glob!("shipped/*.yaml", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let checked = check(&model, &[&base("cluster.yaml"), &base("nodes.yaml"), &text]);
        if !checked.findings.is_empty() {
            insta::assert_snapshot!(report(&checked.findings));
        }
    });
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(folder);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

#[test]
fn the_context_of_a_context_is_itself() {
    let model = test_model();
    insta::glob!("corpus/{ok,warn}-*.yaml", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let checked = check(&model, &[&base("cluster.yaml"), &base("nodes.yaml"), &text]);
        let context = checked.context.unwrap().to_yaml();
        let again = check(&model, &[&context]);
        let errors: Vec<_> =
            again.findings.into_iter().filter(|finding| finding.severity == Severity::Error).collect();
        assert_eq!(report(&errors), "");
        assert_eq!(again.context.unwrap().to_yaml(), context);
    });
}
