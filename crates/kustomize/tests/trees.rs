//! Small kustomizations under `trees/`, each built as its folder (or its folder `over`) and compared byte for byte
//! with `expected.yaml`, which kustomize 5.8.1 wrote, or with `expected.errors`, where kustomize fails, too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: a failure is the test's failure"
)]

mod support;

use std::path::{Path, PathBuf};

use support::{difference, told};

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
