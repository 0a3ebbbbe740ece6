//! Small kustomizations under `trees/`, each built as its folder (or its folder `over`) and compared byte for byte
//! with `expected.yaml`, which kustomize 5.8.1 wrote, or with `expected.errors`, where kustomize fails, too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: a failure is the test's failure"
)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cliutil::Diagnostic;

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/trees");
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn root(case: &Path) -> PathBuf {
    let over = case.join("over");
    if over.is_dir() { over } else { case.to_path_buf() }
}

/// What a person is told, without the folder of this checkout.
fn told(problems: &[Diagnostic], case: &Path) -> String {
    let mut out = String::new();
    let prefix = format!("{}/", case.display());
    for problem in problems {
        let (line, column) =
            problem.location.as_ref().map(cliutil::Location::line_column).unwrap_or_default();
        let file = problem.file().unwrap_or_default().replace(&prefix, "");
        let message = problem.message.replace(&prefix, "");
        writeln!(out, "{file}:{line}:{column}: {}: {message}", problem.code).unwrap();
        for (place, words) in &problem.related {
            let (line, column) = place.line_column();
            writeln!(out, "  {}:{line}:{column}: {words}", place.source.name().replace(&prefix, "")).unwrap();
        }
        if let Some(help) = &problem.help {
            writeln!(out, "  help: {help}").unwrap();
        }
    }
    out
}

#[test]
fn trees_build_as_kustomize_builds_them() {
    let mut failures = Vec::new();
    let cases = cases();
    assert!(cases.len() > 20, "the trees are missing");
    let bless = std::env::var_os("KUSTOMIZE_TREES_BLESS").is_some();
    for case in cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let loader = kustomize::Loader::new(&kustomize::Disk);
        let built = kustomize::build(&loader, &root(&case));
        let (file, got) = match &built {
            Ok(build) => ("expected.yaml", kustomize::to_yaml(&build.resources)),
            Err(problems) => ("expected.errors", told(problems, &case)),
        };
        let expected = std::fs::read_to_string(case.join(file)).ok();
        // Only errors are ours to word; what is built is what the peer wrote.
        if bless && built.is_err() && !case.join("expected.yaml").exists() {
            std::fs::write(case.join(file), &got).unwrap();
        } else if expected.as_deref() != Some(&got) {
            failures.push(format!("{name}: {}", difference(expected.as_deref().unwrap_or("(none)"), &got)));
        }
    }
    assert!(failures.is_empty(), "{} trees differ:\n{}", failures.len(), failures.join("\n"));
}

/// The first line that differs, with a few around it.
fn difference(expected: &str, got: &str) -> String {
    let (want, have): (Vec<_>, Vec<_>) = (expected.lines().collect(), got.lines().collect());
    let at = want.iter().zip(&have).take_while(|(a, b)| a == b).count();
    let part = |lines: &[&str]| {
        lines.iter().skip(at.saturating_sub(2)).take(6).copied().collect::<Vec<_>>().join("\n    ")
    };
    format!("line {}\n  expected\n    {}\n  got\n    {}", at + 1, part(&want), part(&have))
}
