//! Upgrades of machines that answer, with the stand-in for talosctl.

mod cases;
mod first;

use machineapi::Talosctl;

#[test]
fn five_machines_go_up_one_controller_at_a_time_and_the_leader_last() {
    cases::leader_last(Talosctl::StandIn);
}

#[test]
fn workers_go_up_beside_each_other() {
    cases::workers_beside_each_other(Talosctl::StandIn);
}

#[test]
fn a_quorum_at_risk_stops_an_upgrade_before_it_is_sent() {
    cases::quorum_at_risk(Talosctl::StandIn);
}

#[test]
fn a_machine_that_went_back_has_failed() {
    cases::rolled_back(Talosctl::StandIn);
}

#[test]
fn a_lost_member_stops_the_rest() {
    cases::lost_member(Talosctl::StandIn);
}

#[test]
fn a_new_cluster_comes_up_and_its_bootstrap_goes_on_after_an_interruption() {
    cases::bootstrap(Talosctl::StandIn);
}

#[test]
fn bootstrap_ends_when_it_cannot_succeed() {
    cases::bootstrap_ends(Talosctl::StandIn);
}

#[test]
fn reset_wipes_what_was_said_and_reports_what_failed() {
    cases::reset(Talosctl::StandIn);
}

#[test]
fn shutdown_keeps_the_quorum_or_takes_the_whole_cluster() {
    cases::shutdown(Talosctl::StandIn);
}

#[test]
fn etcd_is_saved_and_nothing_is_overwritten() {
    cases::snapshot(Talosctl::StandIn, &b"THROWAWAY".repeat(100));
}

#[test]
fn a_configuration_takes_effect_as_its_mode_says() {
    cases::apply_modes(Talosctl::StandIn);
}

#[test]
fn kubernetes_goes_up_and_its_manifests_are_not_shown() {
    cases::upgrade_k8s(Talosctl::StandIn);
}

#[test]
fn access_files_drift_and_etcd() {
    cases::looking(Talosctl::StandIn);
}

#[test]
fn a_hundred_machines_have_a_status() {
    cases::hundred(Talosctl::StandIn);
}

#[test]
fn the_three_recipes_of_a_first_cluster() {
    first::three_recipes(Talosctl::StandIn);
}
