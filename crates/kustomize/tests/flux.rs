//! Flux Kustomizations under `flux/`: `ks.yaml` is the object, `repo` its source, `sources.yaml` the ConfigMaps and
//! Secrets of the cluster. What is built is compared with `expected.yaml`, which the controller's own libraries wrote
//! (see `tests/conformance/flux-peer`; they are asked again when `CLUSTERPIPE_PEERS` names a folder with `bin/flux-peer`), or with
//! `expected.errors`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: a failure is the test's failure"
)]

mod support;

use std::path::{Path, PathBuf};

use cliutil::Diagnostic;
use kustomize::flux::{self, Kustomization, Options, Sources};
use support::{copy, difference, peer, told};

fn cases() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/flux");
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    cases
}

fn options(case: &Path) -> Options {
    Options { strict: !case.ends_with("lenient"), ..Options::default() }
}

fn build(case: &Path) -> Result<String, Vec<Diagnostic>> {
    let loader = kustomize::Loader::new(&kustomize::Disk);
    let mut sources = Sources::new();
    if case.join("sources.yaml").exists() {
        kustomize::read(&loader, &case.join("sources.yaml"))?.iter().for_each(|source| sources.add(source));
    }
    let object = kustomize::read(&loader, &case.join("ks.yaml"))?;
    let built =
        flux::build(&loader, &case.join("repo"), &Kustomization::read(&object[0])?, &sources, options(case));
    built.map(|build| kustomize::to_yaml(&build.resources))
}

/// What the controller's libraries make of it; none when they are not there.
fn theirs(case: &Path) -> Option<Result<String, String>> {
    let copied = tempfile::tempdir().unwrap();
    copy(&case.join("repo"), copied.path());
    let kustomization = std::fs::read_to_string(case.join("ks.yaml")).unwrap();
    let path = kustomization.lines().find_map(|line| line.trim().strip_prefix("path: ")).unwrap();
    let sources = std::fs::read_to_string(case.join("sources.yaml")).unwrap_or_default();
    let request = serde_json::json!({
        "kustomization": kustomization,
        "dir": copied.path().join(path.trim_start_matches('/')),
        "sources": sources.split("---\n").filter(|text| !text.is_empty()).collect::<Vec<_>>(),
        "strict": options(case).strict,
    });
    let answer = peer("flux-peer", &[request])?.remove(0);
    Some(answer["out"].as_str().map(str::to_owned).ok_or_else(|| answer["err"].to_string()))
}

#[test]
fn kustomizations_build_as_the_controller_builds_them() {
    let mut failures = Vec::new();
    let bless = std::env::var_os("KUSTOMIZE_TREES_BLESS").is_some();
    for case in cases() {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let (file, got) = match build(&case) {
            Ok(text) => ("expected.yaml", text),
            Err(problems) => ("expected.errors", told(&problems, &case)),
        };
        match theirs(&case) {
            Some(Ok(text)) if bless => std::fs::write(case.join("expected.yaml"), text).unwrap(),
            Some(Err(_)) if bless && file == "expected.errors" => {
                std::fs::write(case.join(file), &got).unwrap();
            }
            Some(Err(why)) if file == "expected.yaml" => {
                failures.push(format!("{name}: the peer refuses: {why}"));
            }
            Some(Ok(_)) if file == "expected.errors" => {
                failures.push(format!("{name}: the peer builds it; {got}"));
            }
            _ => {}
        }
        let expected = std::fs::read_to_string(case.join(file)).ok();
        if expected.as_deref() != Some(&got) {
            failures.push(format!("{name}: {}", difference(expected.as_deref().unwrap_or("(none)"), &got)));
        }
    }
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}
