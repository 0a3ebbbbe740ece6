//! Findings as SARIF beside SARIF's own schema. Runs with the full set of peers (`just conformance full`). What cue says
//! of the corpus is in tests/acceptance.

#![allow(clippy::unwrap_used, reason = "help for tests")]

mod support;

use std::path::PathBuf;

use cliutil::{CommonArgs, Format, Io, Reporter};
use support::{base, check, root, test_model};

/// A peer of the full set; none where only the quick one was asked for. One that is missing then is a failure.
fn peer(name: &str) -> Option<PathBuf> {
    let folder = PathBuf::from(std::env::var_os("CLUSTERPIPE_PEERS")?);
    if std::env::var("CLUSTERPIPE_CONFORMANCE").as_deref() != Ok("full") {
        return None;
    }
    let path = folder.join("bin").join(name);
    assert!(path.exists(), "{} is missing: tests/conformance/install-peers.sh full", path.display());
    Some(path)
}

fn corpus() -> Vec<(String, String)> {
    let mut files: Vec<_> = std::fs::read_dir(root().join("crates/cluster/tests/corpus"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (path.file_stem().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    files
}

#[test]
fn findings_are_valid_sarif() {
    let Some(schema) = peer("sarif-schema") else { return eprintln!("skipped: no full set of peers") };
    let mut schema: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(schema).unwrap()).unwrap();
    // A pattern with a stray bracket, which only ECMAScript reads; we write no `language`.
    for part in ["run", "toolComponent"] {
        schema["definitions"][part]["properties"]["language"].as_object_mut().unwrap().remove("pattern");
    }
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let (mut stdin, mut out, mut err) = (std::io::empty(), Vec::new(), Vec::new());
    let io = Io::piped(&mut stdin, &mut out, &mut err);
    let common = CommonArgs { color: clap::ColorChoice::Never, quiet: false, format: Format::Sarif };
    let reporter = Reporter::new("validate", &common, &io);
    let model = test_model();
    let mut findings = Vec::new();
    for (name, text) in corpus() {
        let checked = check(&model, &[&base("cluster.yaml"), &base("nodes.yaml"), &text]);
        let log: serde_json::Value = serde_json::from_str(&reporter.render(&checked.findings)).unwrap();
        let errors: Vec<_> = validator.iter_errors(&log).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{name}: {errors:?}");
        assert_eq!(log["runs"][0]["results"].as_array().unwrap().len(), checked.findings.len(), "{name}");
        findings.extend(checked.findings);
    }
    assert!(findings.len() > 150);
    // A name that is no URI as it stands.
    let odd = cliutil::Diagnostic::error("x/y", "m").in_file("<my> files/ä:1.yaml");
    let log = serde_json::from_str(&reporter.render(&[odd])).unwrap();
    assert!(validator.is_valid(&log), "{log}");
    // The judge judges.
    let wrong = serde_json::json!({ "version": "2.1.0", "runs": [{ "results": [] }] });
    assert!(!validator.is_valid(&wrong));
}
