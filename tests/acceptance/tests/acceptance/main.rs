//! The acceptance statements, a module for each section of the list, a test `sNNN_…` for each number.
#![allow(clippy::unwrap_used, reason = "helpers of tests: a failure is the test's failure")]

mod a_configuration;
mod b_rendering;
mod c_pipeline;
mod catalogue;
mod d_secrets;
mod e_layout;
mod f_network;
mod facts;
mod g_kgateway;
mod h_envoy_ai;
mod i_mcp;
mod j_proxmox;
mod k_olm;
mod l_external_secrets;
mod systems;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use acceptance::{Configuration, statements};
use pipeline::{Repository, text};

/// Two domains, five nodes, BGP, a public repository, nothing optional.
fn core() -> Configuration {
    Configuration::example("cluster-template")
}

/// The core without a key of its own that is optional: one domain, no BGP, every default.
fn plain() -> Configuration {
    let bgp = ["cilium_bgp_router_addr", "cilium_bgp_router_asn", "cilium_bgp_node_asn"];
    let defaults = ["cloudflare_domains", "allow_scheduling_on_control_planes", "cilium_loadbalancer_mode"];
    core().without(&bgp).without(&defaults).with("cloudflare_domain: example.com")
}

/// The AI gateway of kgateway with all that belongs to it.
fn kgateway() -> Configuration {
    Configuration::example("ai-gateway")
}

/// Envoy AI Gateway, the MCP OAuth proxy, Keycloak, obot and the rest.
fn envoy_ai() -> Configuration {
    Configuration::example("envoy-ai")
}

/// External Secrets with 1Password.
fn external_secrets() -> Configuration {
    Configuration::example("external-secrets")
}

/// Machines on Proxmox and everything of that system.
fn proxmox() -> Configuration {
    Configuration::example("proxmox")
}

/// Flux by way of OLM v1.
fn olm() -> Configuration {
    Configuration::example("olm")
}

/// Configures a repository, which must be refused with these words and must leave every file as it was.
fn refused(repository: &Repository, configuration: &Configuration, words: &[&str]) {
    configuration.write(repository);
    let before = repository.snapshot();
    let done = repository.just(&["configure", "--yes"]);
    let said = text(&done);
    assert!(!done.status.success(), "{words:?} was not refused: {said}");
    for word in words {
        assert!(said.contains(word), "{word:?} is not in: {said}");
    }
    assert_eq!(changed(&before, &repository.snapshot()), Vec::<PathBuf>::new(), "{words:?}");
}

/// The files that differ between two looks at a folder.
fn changed(before: &BTreeMap<PathBuf, Vec<u8>>, after: &BTreeMap<PathBuf, Vec<u8>>) -> Vec<PathBuf> {
    let keys: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    keys.into_iter().filter(|key| before.get(*key) != after.get(*key)).cloned().collect()
}

/// The names of this program's own tests: all, or the ignored ones.
fn tests(ignored: bool) -> Vec<String> {
    let mut list = Command::new(std::env::current_exe().unwrap());
    list.args(["--list", "--format", "terse"]);
    if ignored {
        list.arg("--ignored");
    }
    let listed = String::from_utf8(list.output().unwrap().stdout).unwrap();
    listed.lines().filter_map(|line| line.strip_suffix(": test")).map(str::to_owned).collect()
}

#[test]
fn every_statement_has_a_test_or_an_owner() {
    let problems = statements::problems(statements::LIST, &tests(false), &tests(true));
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
