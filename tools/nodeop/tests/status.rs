//! `nodeop status` with stand-ins for talosctl and kubectl on PATH: scripts that write down how they were called and
//! then do what the test wants. Real machines are not needed for what is checked here.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

struct Bench {
    dir: tempfile::TempDir,
}

impl Bench {
    /// A repository with access files, and both programs.
    fn new() -> Self {
        let bench = Self { dir: tempfile::tempdir().unwrap() };
        let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/repo.in/talos");
        std::fs::create_dir_all(bench.path("repo/talos/clusterconfig")).unwrap();
        std::fs::create_dir_all(bench.path("bin")).unwrap();
        for name in ["talconfig.yaml", "talenv.yaml"] {
            std::fs::copy(from.join(name), bench.path("repo/talos").join(name)).unwrap();
        }
        std::fs::write(bench.path("repo/talos/clusterconfig/talosconfig"), "THROWAWAY-key\n").unwrap();
        std::fs::write(bench.path("repo/kubeconfig"), "THROWAWAY-key\n").unwrap();
        bench.program("talosctl", "echo \"$1 fine\"").program("kubectl", "echo 'NAME STATUS'")
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A program that records its arguments, one a line, and goes on with `then`. The record is one write: the parts are
    /// asked at once, and their records must not mix.
    fn program(self, name: &str, then: &str) -> Self {
        let log = self.path("calls");
        let script =
            format!("#!/bin/sh\nprintf '%s\\n' \"{name}\" \"$@\" '' >> '{}'\n{then}\n", log.display());
        let path = self.path("bin").join(name);
        std::fs::write(&path, script).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        self
    }

    fn status(&self, args: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_nodeop"))
            .arg("status")
            .args(args)
            .current_dir(self.path("repo"))
            .env_clear()
            .env("PATH", format!("{}:/usr/bin:/bin", self.path("bin").display()))
            .output()
            .unwrap()
    }

    fn calls(&self) -> String {
        std::fs::read_to_string(self.path("calls")).unwrap_or_default()
    }
}

fn words(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn documents(output: &Output) -> Vec<yaml::Value> {
    yaml::load(std::str::from_utf8(&output.stdout).unwrap(), yaml::Dialect::GoYamlV3).unwrap()
}

fn text<'v>(document: &'v yaml::Value, key: &str) -> &'v str {
    document.get(key).and_then(yaml::Value::as_str).unwrap_or_default()
}

fn oks(output: &Output) -> Vec<(String, bool)> {
    let ok = |document: &yaml::Value| document.get("ok").and_then(yaml::Value::as_bool).unwrap();
    documents(output).iter().map(|document| (text(document, "part").to_owned(), ok(document))).collect()
}

fn part(name: &str, ok: bool) -> (String, bool) {
    (name.to_owned(), ok)
}

// Acceptance 44; pipeline.md 3.3.
#[test]
fn exactly_the_nodes_of_the_configuration() {
    let bench = Bench::new();
    let output = bench.status(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    // The parts are asked at once, so their calls come in any order.
    let calls = bench.calls();
    let mut calls: Vec<_> = calls.trim().split("\n\n").collect();
    calls.sort_unstable();
    insta::assert_snapshot!(calls.join("\n\n"), @r"
    kubectl
    get
    --kubeconfig=kubeconfig
    --request-timeout=30s
    nodes
    --output=wide
    cp-0
    worker-0
    cp-1

    talosctl
    health
    --talosconfig=talos/clusterconfig/talosconfig
    --nodes=10.0.0.11
    --control-plane-nodes=10.0.0.11,10.0.0.12
    --worker-nodes=10.0.0.21
    --wait-timeout=60s

    talosctl
    version
    --talosconfig=talos/clusterconfig/talosconfig
    --nodes=10.0.0.11,10.0.0.21,10.0.0.12
    --short
    ");
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap());
}

#[test]
fn a_part_that_fails_does_not_stop_the_rest() {
    let bench = Bench::new()
        .program(
            "talosctl",
            "[ \"$1\" = health ] || { echo 'error: rpc: token: THROWAWAY-token' >&2; exit 7; }",
        )
        .program("kubectl", "echo half; echo 'not found: cp-1' >&2; exit 1");
    let output = bench.status(&[]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(oks(&output), [part("nodes", false), part("versions", false), part("health", true)]);
    assert_eq!(text(&documents(&output)[1], "reason"), "talosctl ended with code 7");
    assert!(!String::from_utf8_lossy(&output.stdout).contains("THROWAWAY"));
    insta::assert_snapshot!(words(&output));
}

#[test]
fn a_program_that_hangs_is_ended() {
    let bench = Bench::new().program("talosctl", "[ \"$1\" = health ] || { echo begun; sleep 3000; }");
    // What it said until then is kept; a busy machine may need more than a second for it to say it.
    for timeout in [1, 4, 16, 64] {
        let output = bench.status(&["--timeout", &timeout.to_string(), "--quiet"]);
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(oks(&output)[1..], [part("versions", false), part("health", true)]);
        let versions = &documents(&output)[1];
        let reason = format!("talosctl did not end within {timeout} s and was ended");
        assert_eq!(text(versions, "reason"), reason);
        if versions.get("output").unwrap().as_sequence().unwrap() == ["begun".into()] {
            assert_eq!(oks(&output)[0], part("nodes", true));
            return;
        }
    }
    panic!("what it said was not kept");
}

#[test]
fn everything_missing_is_named_and_nothing_runs() {
    let bench = Bench::new();
    std::fs::remove_file(bench.path("bin/talosctl")).unwrap();
    std::fs::remove_file(bench.path("repo/talos/clusterconfig/talosconfig")).unwrap();
    let output = bench.status(&[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stdout.is_empty() && bench.calls().is_empty());
    insta::assert_snapshot!(words(&output));
}

#[test]
fn without_a_kubeconfig_kubectl_is_not_needed() {
    let bench = Bench::new();
    std::fs::remove_file(bench.path("bin/kubectl")).unwrap();
    std::fs::remove_file(bench.path("repo/kubeconfig")).unwrap();
    let output = bench.status(&[]);
    assert_eq!(output.status.code(), Some(0), "{}", words(&output));
    assert_eq!(oks(&output), [part("versions", true), part("health", true)]);
    assert!(words(&output).contains("no kubeconfig"), "{}", words(&output));
}

#[test]
fn names_narrow_nodes_and_versions_but_not_health() {
    let bench = Bench::new();
    let output = bench.status(&["--node", "worker-0"]);
    assert_eq!(output.status.code(), Some(0));
    let calls = bench.calls();
    assert!(
        calls.contains("--nodes=10.0.0.21\n") && calls.contains("--output=wide\nworker-0\n\n"),
        "{calls}"
    );
    assert!(calls.contains("--control-plane-nodes=10.0.0.11,10.0.0.12\n"), "{calls}");
}

#[test]
fn a_dry_run_starts_nothing() {
    let bench = Bench::new();
    let output = bench.status(&["--dry-run"]);
    assert_eq!(output.status.code(), Some(0));
    assert!(bench.calls().is_empty());
    let argv = |document: &yaml::Value| document.get("argv").unwrap().as_sequence().unwrap()[0].clone();
    let programs: Vec<_> = documents(&output).iter().map(argv).collect();
    assert_eq!(programs, ["kubectl".into(), "talosctl".into(), "talosctl".into()]);
}
