//! The real talosctl 1.13.0 against the machines: the same cases as with the stand-in, so that what nodeop asks, sends
//! and reads is what the program does that people have. Run by `just conformance full`, which installs it.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

mod cases;
mod first;
mod matrix;

use std::path::Path;
use std::process::{Command, Stdio};

use machineapi::Talosctl;

/// Runs a case with the real talosctl, where it is installed.
fn real(case: impl FnOnce(Talosctl)) {
    match Talosctl::real() {
        Some(_) => case(Talosctl::Real),
        // `just conformance` without `full` does not install it; full does, and then it must be there.
        None => assert_ne!(
            std::env::var("CLUSTERPIPE_CONFORMANCE").as_deref(),
            Ok("full"),
            "talosctl 1.13.0 is not installed in CLUSTERPIPE_PEERS"
        ),
    }
}

#[test]
fn leader_last() {
    real(cases::leader_last);
}

#[test]
fn workers_beside_each_other() {
    real(cases::workers_beside_each_other);
}

#[test]
fn quorum_at_risk() {
    real(cases::quorum_at_risk);
}

#[test]
fn rolled_back() {
    real(cases::rolled_back);
}

#[test]
fn lost_member() {
    real(cases::lost_member);
}

#[test]
fn bootstrap() {
    real(cases::bootstrap);
}

#[test]
fn bootstrap_ends() {
    real(cases::bootstrap_ends);
}

#[test]
fn reset() {
    real(cases::reset);
}

#[test]
fn shutdown() {
    real(cases::shutdown);
}

#[test]
fn snapshot() {
    real(|talosctl| cases::snapshot(talosctl, &database()));
}

/// The database of an etcd that ran for a moment, and its digest, as etcd sends a snapshot.
fn database() -> Vec<u8> {
    use std::io::BufRead as _;
    let program = Path::new(&std::env::var_os("CLUSTERPIPE_PEERS").unwrap()).join("bin/etcd");
    let folder = tempfile::tempdir().unwrap();
    // Nobody needs to find it: each port is any that is free.
    let any = "http://127.0.0.1:0";
    let mut etcd = Command::new("timeout")
        .args(["--kill-after=10", "300"])
        .arg(program)
        .args([
            format!("--data-dir={}", folder.path().display()),
            format!("--listen-client-urls={any}"),
            format!("--advertise-client-urls={any}"),
            format!("--listen-peer-urls={any}"),
            format!("--initial-advertise-peer-urls={any}"),
            format!("--initial-cluster=default={any}"),
        ])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = std::io::BufReader::new(etcd.stderr.take().unwrap()).lines().map_while(Result::ok);
    assert!(lines.any(|line| line.contains("ready to serve client requests")), "etcd did not start");
    Command::new("kill").arg(etcd.id().to_string()).status().unwrap();
    lines.for_each(drop);
    etcd.wait().unwrap();
    let path = folder.path().join("member/snap/db");
    let digest = Command::new("sha256sum").arg(&path).output().unwrap().stdout;
    let digest = String::from_utf8(digest).unwrap();
    let byte = |at: usize| u8::from_str_radix(&digest[2 * at..2 * at + 2], 16).unwrap();
    let mut bytes = std::fs::read(path).unwrap();
    bytes.extend((0..32).map(byte));
    bytes
}

#[test]
fn apply_modes() {
    real(cases::apply_modes);
}

#[test]
fn upgrade_k8s() {
    real(cases::upgrade_k8s);
}

#[test]
fn looking() {
    real(cases::looking);
}

#[test]
fn three_recipes() {
    real(first::three_recipes);
}

#[test]
fn hundred() {
    real(cases::hundred);
}

#[test]
fn faults() {
    real(|talosctl| matrix::run(talosctl, &matrix::few()));
}
