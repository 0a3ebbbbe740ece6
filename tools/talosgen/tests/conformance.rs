//! talosgen beside talhelper and talosctl: `tests/conformance/talos.py` makes random talconfigs and patches, gives them to
//! both, and compares. Needs `CLUSTERPIPE_PEERS` (see `just conformance`); without it these tests say that they were
//! skipped, as in the quick set where talhelper is not built.

#![expect(clippy::unwrap_used, reason = "a test may fail")]
#![expect(clippy::print_stdout, reason = "a test that is skipped says so")]

use std::path::{Path, PathBuf};
use std::process::Command;

/// Runs a part of the comparison; `quick` and `full` are how many cases it takes in each set.
fn compare(part: &str, needs: &[&str], quick: usize, full: usize) {
    let Some(peers) = std::env::var_os("CLUSTERPIPE_PEERS").map(PathBuf::from) else {
        println!("SKIPPED: no CLUSTERPIPE_PEERS; run `just conformance`");
        return;
    };
    let deep = std::env::var("CLUSTERPIPE_CONFORMANCE").is_ok_and(|set| set == "full");
    if let Some(missing) = needs.iter().find(|name| !peers.join("bin").join(name).exists()) {
        assert!(!deep, "{missing} is not there: run `just conformance full`");
        println!("SKIPPED: {missing} is of the full set");
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let tool = Path::new(env!("CARGO_BIN_EXE_talosgen"));
    let output = Command::new(peers.join("venv/bin/python3"))
        .arg(root.join("tests/conformance/talos.py"))
        .arg(part)
        .arg("--peers")
        .arg(&peers)
        .arg("--bin")
        .arg(tool.parent().unwrap())
        .args(["--count", &if deep { full } else { quick }.to_string()])
        .output()
        .unwrap();
    let said =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    assert!(output.status.success(), "{part}:\n{said}");
}

/// The same documents as talhelper writes, or a refusal that names the same fields.
#[test]
fn random_talconfigs() {
    compare("genconfig", &["talhelper"], 24, 300);
}

/// Templates with sprig's functions in a patch: the same text, or a refusal by both.
#[test]
fn random_templates() {
    compare("templates", &["talhelper"], 150, 1500);
}

/// What `talosctl machineconfig patch` makes of the same configurations and patches.
#[test]
fn random_patches() {
    compare("patch", &["talosctl-1.13.0"], 30, 200);
}

/// What `talosctl gen config --with-secrets` writes for the plain case of each minor.
#[test]
fn plain_cases_of_every_minor() {
    compare("contract", &["talosctl-1.11.5", "talosctl-1.12.0", "talosctl-1.13.0"], 1, 1);
}

/// `talosctl validate --strict` accepts what is written, and Talos's own library reads it.
#[test]
fn what_talos_makes_of_it() {
    let needs = ["talosctl-1.11.5", "talosctl-1.12.0", "talosctl-1.13.0", "machinery-1.13.0"];
    compare("accept", &needs, 10, 60);
}

/// What is put into META for machines without DHCP, as Talos's own library reads it.
#[test]
fn the_network_in_meta() {
    compare("meta", &["machinery-1.13.0"], 4, 60);
}

/// `talosgen validate --with talosctl` starts the real one: what it accepts, what it refuses, and no value in its words.
#[test]
fn validation_with_talosctl() {
    let Some(peers) = std::env::var_os("CLUSTERPIPE_PEERS").map(PathBuf::from) else {
        println!("SKIPPED: no CLUSTERPIPE_PEERS; run `just conformance`");
        return;
    };
    let talosctl = peers.join("bin/talosctl-1.13.0");
    if !talosctl.exists() {
        let deep = std::env::var("CLUSTERPIPE_CONFORMANCE").is_ok_and(|set| set == "full");
        assert!(!deep, "talosctl-1.13.0 is not there: run `just conformance full`");
        println!("SKIPPED: talosctl is of the full set");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::os::unix::fs::symlink(talosctl.canonicalize().unwrap(), path("talosctl")).unwrap();
    let vector = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../crates/machineconfig/tests/vectors/v01-minimal-v1.13/expected");
    let good = std::fs::read_dir(vector).unwrap().map(|entry| entry.unwrap().path());
    let good = good.filter(|path| !path.to_string_lossy().contains("talosconfig")).min().unwrap();
    let text = std::fs::read_to_string(good).unwrap();
    let validate = |text: &str| {
        std::fs::write(path("machine.yaml"), text).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_talosgen"));
        command.args(["validate", "machine.yaml", "--with", "talosctl", "--mode", "metal", "--strict"]);
        let output = command.current_dir(folder.path()).env("PATH", folder.path()).output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), said)
    };
    let (code, said) = validate(&text);
    assert_eq!(code, Some(0), "{said}");
    // Talos refuses a machine without a disk to install to.
    let (code, said) = validate(&text.replace("    disk: /dev/sda\n", ""));
    assert!(code == Some(1) && said.contains("error[talos/talosctl]: talosctl: "), "{said}");
    let unknown = text.replace("  token: ", "  tokn: THROWAWAY-s3cr3t\n  token: ");
    let (code, said) = validate(&unknown);
    assert!(code == Some(1) && said.contains("talos/talosctl") && said.contains("tokn"), "{said}");
    assert!(!said.contains("THROWAWAY-s3cr3t"), "{said}");
}
