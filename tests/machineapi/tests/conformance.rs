//! The real talosctl 1.13.0 against the machines: the same cases as with the stand-in, so that what nodeop asks, sends
//! and reads is what the program does that people have. Run by `just conformance full`, which installs it.

mod cases;
mod matrix;

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
fn looking() {
    real(cases::looking);
}

#[test]
fn hundred() {
    real(cases::hundred);
}

#[test]
fn faults() {
    real(|talosctl| matrix::run(talosctl, &matrix::few()));
}
