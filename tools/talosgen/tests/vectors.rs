//! talconfigs that talhelper accepted or refused, and what `talosgen validate` says of them.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::path::Path;

use cliutil::{Exit, Io};

/// Exit code and findings, one a line.
fn validate(vector: &str) -> (Exit, String) {
    let file =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(vector).join("talconfig.yaml");
    let (mut stdin, mut out, mut err) = (std::io::empty(), Vec::new(), Vec::new());
    let mut io = Io::piped(&mut stdin, &mut out, &mut err);
    let args = vec!["talosgen".into(), "validate".into(), "--format=github".into(), file.into()];
    let exit = talosgen::run(args, &mut io);
    (exit, String::from_utf8(out).unwrap())
}

#[test]
fn what_talhelper_accepts() {
    assert_eq!(validate("v12-labels-templates-v1.13"), (Exit::Yes, String::new()));
    let (exit, findings) = validate("v17-ten-nodes");
    assert_eq!(exit, Exit::Yes);
    assert!(!findings.contains("::error"), "{findings}");
}

// The fields of expected/error.txt. Extensions are not checked: their list comes with the image factory.
#[test]
fn what_talhelper_refuses() {
    let (exit, findings) = validate("v18-fail-validation");
    assert_eq!(exit, Exit::No);
    for field in [
        "clusterName",
        "clusterPodNets",
        "domain",
        "endpoint",
        "nodes[0].hostname",
        "nodes[1].installDisk",
        "nodes[1].ipAddress",
        "nodes[1].machineSpec",
        "nodes[1].nameservers",
        "nodes[1].nodeLabels",
        "nodes[1].nodeTaints",
    ] {
        assert!(findings.contains(field), "{field} is not named:\n{findings}");
    }
    let (exit, findings) = validate("v19-fail-unset-variable");
    assert_eq!(exit, Exit::No);
    assert!(findings.contains("variable NOT_SET_ANYWHERE is not set"), "{findings}");
}
