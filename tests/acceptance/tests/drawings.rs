//! The drawings of each example are what `validate graph` makes of it now: the picture beside its README, and for olm the
//! Mermaid graph in it. `just docs` draws them anew.
#![allow(clippy::unwrap_used, reason = "helpers of tests: a failure is the test's failure")]

use std::path::Path;

use acceptance::Configuration;
use pipeline::{Repository, root, text};

/// Where the Mermaid graph stands in a README.
const FENCE: (&str, &str) = ("```mermaid\n", "```\n");

/// Where Flux begins, as arguments.
fn entry(repository: &Repository) -> Vec<&'static str> {
    let entries = ["k8s/flux", "kubernetes/clusters/main"];
    let other = entries.into_iter().find(|entry| repository.path().join(entry).exists());
    other.map_or(Vec::new(), |entry| vec!["--root", ".", "--entry", entry])
}

fn draw(repository: &Repository, format: &str) -> String {
    let drawn =
        repository.run("validate", &[&["graph", "--format", format], entry(repository).as_slice()].concat());
    assert!(drawn.status.success(), "{}", text(&drawn));
    String::from_utf8(drawn.stdout).unwrap()
}

/// Whether a file holds this, after it was brought up to date if that is asked for.
fn is_current(file: &Path, content: &str) -> bool {
    if std::fs::read_to_string(file).ok().as_deref() == Some(content) {
        return true;
    }
    let update = std::env::var_os("CLUSTERPIPE_UPDATE").is_some();
    if update {
        std::fs::write(file, content).unwrap();
    }
    update
}

#[test]
fn drawings_are_current() {
    let mut stale = Vec::new();
    for name in pipeline::examples() {
        let repository = Configuration::example(&name).configured();
        let folder = root().join("examples").join(&name);
        let drawing = draw(&repository, "svg");
        assert!(drawing.starts_with("<svg") && drawing.contains("cilium"), "{name}: {drawing}");
        let readme = std::fs::read_to_string(folder.join("README.md")).unwrap();
        assert!(readme.contains("(graph.svg)"), "{name}: its README shows the drawing");
        assert!(readme.contains(&format!("./justw demo {name}\n")), "{name}: its README says how to run it");
        assert!(readme.lines().count() <= 60, "{name}: its README is one screen");
        if !is_current(&folder.join("graph.svg"), &drawing) {
            stale.push(format!("{name}/graph.svg"));
        }
        if let Some((before, rest)) = readme.split_once(FENCE.0) {
            let (_, after) = rest.split_once(FENCE.1).unwrap();
            let mermaid = draw(&repository, "mermaid");
            let new = [before, FENCE.0, &mermaid, FENCE.1, after].concat();
            if !is_current(&folder.join("README.md"), &new) {
                stale.push(format!("{name}/README.md"));
            }
        }
    }
    assert!(stale.is_empty(), "out of date: {stale:?}; draw them anew with: just docs");
}
