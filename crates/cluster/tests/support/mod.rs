//! Runs the check on texts, with a catalogue of the test's own or the shipped one.
#![allow(dead_code, clippy::unwrap_used, reason = "help for tests, of which each file uses a part")]

use std::path::{Path, PathBuf};

use cliutil::{CommonArgs, Diagnostic, Io, Reporter, Source};
use cluster::{Checked, Inputs, Model};

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The shipped catalogue of cluster-template.
pub(crate) fn shipped() -> Model {
    Model::load(&root().join("templates"), "cluster-template")
        .unwrap_or_else(|failure| panic!("{}", report(&failure.diagnostics)))
}

/// Findings as a person sees them.
pub(crate) fn report(findings: &[Diagnostic]) -> String {
    let (mut stdin, mut out, mut err) = (std::io::empty(), Vec::new(), Vec::new());
    let io = Io::piped(&mut stdin, &mut out, &mut err);
    let common = CommonArgs { color: clap::ColorChoice::Never, quiet: false, format: cliutil::Format::Human };
    Reporter::new("validate", &common, &io).render(findings)
}

/// Checks texts, named cluster.yaml, nodes.yaml, 3.yaml, …
pub(crate) fn check(model: &Model, texts: &[&str]) -> Checked {
    let names = ["cluster.yaml", "nodes.yaml", "3.yaml", "4.yaml"];
    let sources = texts.iter().zip(names).map(|(text, name)| Source::new(name, *text)).collect();
    let inputs = Inputs::parse(sources).unwrap_or_else(|failure| panic!("{}", report(&failure.diagnostics)));
    cluster::check(&inputs, model).unwrap_or_else(|failure| panic!("{}", report(&failure.diagnostics)))
}

/// The catalogue of the tests.
pub(crate) fn test_model() -> Model {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/catalogue");
    Model::load(&folder, "cluster-template")
        .unwrap_or_else(|failure| panic!("{}", report(&failure.diagnostics)))
}

/// A file of the valid base.
pub(crate) fn base(name: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/base").join(name)).unwrap()
}
