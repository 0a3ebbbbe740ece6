//! Every optional part of the catalogue on, off, alone, and in random combinations: what `just configure` makes of them
//! is checked by `validate manifests` without a finding. Each thread configures one repository again and again, so that
//! what is switched off has to go, too.
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "helpers of tests: a failure is the test's failure"
)]

use std::sync::atomic::{AtomicUsize, Ordering};

use acceptance::Configuration;
use pipeline::{Repository, full, text};

/// An optional part: its name, what it adds to the configuration, and the parts that it wants or that cannot be with it.
struct Part {
    name: &'static str,
    lines: &'static str,
    wants: &'static [&'static str],
    not_with: &'static [&'static str],
}

const fn part(name: &'static str, lines: &'static str) -> Part {
    Part { name, lines, wants: &[], not_with: &[] }
}

impl Part {
    const fn wants(mut self, wants: &'static [&'static str]) -> Self {
        self.wants = wants;
        self
    }

    const fn not_with(mut self, not_with: &'static [&'static str]) -> Self {
        self.not_with = not_with;
        self
    }
}

/// The parts. One stands behind those that it wants.
const PARTS: &[Part] = &[
    part("bgp", "cilium_bgp_router_addr: 192.168.45.1\ncilium_bgp_router_asn: 64513\ncilium_bgp_node_asn: 64514\n"),
    part("snat", "cilium_loadbalancer_mode: snat\n"),
    part("vlan", "node_vlan_tag: 100\n"),
    part("two domains", "cloudflare_domains: [example.com, example.net]\n"),
    part("private", "repository_visibility: private\n"),
    part("sans", "cluster_api_tls_sans: [k8s.example.com]\n"),
    part("observability", "observability_enabled: true\n"),
    part(
        "proxmox",
        "proxmox_api_url: https://pve.example.com:8006/api2/json\nproxmox_region: home\nproxmox_csi_token_id: csi@pve!csi\nproxmox_csi_token_secret: THROWAWAY-proxmox\n",
    ),
    part(
        "external secrets",
        "external_secrets_enabled: true\nonepassword_credentials_json: '{\"THROWAWAY\": true}'\nonepassword_connect_token: THROWAWAY-connect\n",
    ),
    part("cloudnative-pg", "cloudnative_pg_enabled: true\n"),
    part("kgateway", "agentgateway_addr: 192.168.45.56\n"),
    part("no metrics", "agentgateway_observability_enabled: false\n").wants(&["kgateway"]),
    part("no limits", "agentgateway_rate_limit_enabled: false\n").wants(&["kgateway"]),
    part("otlp", "otel_collector_endpoint: otel-collector.monitoring:4317\n").wants(&["kgateway"]),
    part(
        "legacy azure",
        "azure_openai_api_key: THROWAWAY-azure\nazure_openai_resource_name: legacy\nazure_openai_deployment_name: gpt-4.1\n",
    )
    .wants(&["kgateway"]),
    part(
        "eastus2",
        "azure_openai_eastus2_api_key: THROWAWAY-eastus2\nazure_openai_eastus2_resource_name: eastus2\nazure_openai_eastus2_responses_deployment_name: gpt-5.1\nazure_openai_eastus2_audio_deployment_name: gpt-audio\n",
    )
    .wants(&["kgateway"]),
    part(
        "eastus",
        "azure_openai_eastus_api_key: THROWAWAY-eastus\nazure_openai_eastus_resource_name: eastus\nazure_openai_eastus_embeddings_deployment_name: text-embedding-3-small\n",
    )
    .wants(&["kgateway"]),
    part("anthropic", "azure_anthropic_api_key: THROWAWAY-anthropic\nazure_anthropic_resource_name: foundry\n")
        .wants(&["kgateway"]),
    part("cohere", "azure_cohere_rerank_api_key: THROWAWAY-cohere\nazure_cohere_rerank_host: rerank.example.com\n")
        .wants(&["kgateway"]),
    part("envoy ai", "envoy_ai_gateway_enabled: true\nenvoy_ai_gateway_addr: 192.168.45.54\n").not_with(&["kgateway"]),
    part(
        "us-east",
        "azure_openai_us_east_api_key: THROWAWAY-us-east\nazure_openai_us_east_resource_name: us-east\n",
    )
    .wants(&["envoy ai"]),
    part(
        "us-east2",
        "azure_openai_us_east2_api_key: THROWAWAY-us-east2\nazure_openai_us_east2_resource_name: us-east2\n",
    )
    .wants(&["envoy ai"]),
    part(
        "entra id for azure",
        "azure_tenant_id: 00000000-0000-4000-8000-000000000001\nazure_client_id: 00000000-0000-4000-8000-000000000002\nazure_client_secret: THROWAWAY-client\n",
    )
    .wants(&["us-east"]),
    part(
        "mcp",
        "mcp_gateway_enabled: true\nmcp_gateway_addr: 192.168.45.55\nmcp_session_encryption_seed: THROWAWAY-0123456789abcdef\n",
    )
    .wants(&["envoy ai"]),
    part(
        "keycloak",
        "keycloak_enabled: true\nkeycloak_admin_password: THROWAWAY-admin\nkeycloak_db_password: THROWAWAY-database\nkeycloak_oidc_client_secret: THROWAWAY-client\n",
    ),
    part("no realm", "keycloak_realm_config_enabled: false\n").wants(&["keycloak"]),
    part(
        "entra id",
        "keycloak_entra_id_enabled: true\nkeycloak_entra_id_tenant_id: 00000000-0000-4000-8000-000000000001\nkeycloak_entra_id_client_id: 00000000-0000-4000-8000-000000000002\nkeycloak_entra_id_client_secret: THROWAWAY-entra\n",
    )
    .wants(&["keycloak"]),
    part("mcp oauth", "agentgateway_enabled: true\nagentgateway_addr: 192.168.45.57\n")
        .wants(&["keycloak"])
        .not_with(&["kgateway"]),
    part(
        "obot",
        "obot_enabled: true\nobot_entra_tenant_id: 00000000-0000-4000-8000-000000000001\nobot_entra_client_id: 00000000-0000-4000-8000-000000000003\nobot_entra_client_secret: THROWAWAY-entra\nobot_postgres_password: THROWAWAY-database\nobot_cookie_secret: THROWAWAY-cookie\n",
    ),
    part("obot elsewhere", "obot_postgres_host: postgres.example.com\n").wants(&["obot"]),
    part("onedev", "onedev_enabled: true\nonedev_admin_password: THROWAWAY-onedev\n"),
    part(
        "onedev elsewhere",
        "onedev_database_type: postgresql\nonedev_database_host: postgres.example.com\nonedev_database_password: THROWAWAY-database\n",
    )
    .wants(&["onedev"]),
];

/// The parts that can be on together, of those that `choose` wants, in their order.
fn chosen(mut choose: impl FnMut(&Part) -> bool) -> Vec<&'static Part> {
    let mut on: Vec<&Part> = Vec::new();
    for part in PARTS {
        let is_on = |name: &&str| on.iter().any(|one| one.name == *name);
        if choose(part) && part.wants.iter().all(&is_on) && !part.not_with.iter().any(is_on) {
            on.push(part);
        }
    }
    on
}

/// A part with all that it wants.
fn alone(part: &'static Part) -> Vec<&'static Part> {
    let mut names = vec![part.name];
    for other in PARTS.iter().rev() {
        if names.contains(&other.name) {
            names.extend(other.wants);
        }
    }
    chosen(|other| names.contains(&other.name))
}

/// The smallest configuration, on machines with the labels that Proxmox wants.
fn base() -> Configuration {
    Configuration::example("envoy-ai").only(
        "---\nnode_cidr: 192.168.45.0/24\ncluster_api_addr: 192.168.45.10\ncluster_dns_gateway_addr: 192.168.45.51\ncluster_gateway_addr: 192.168.45.52\ncloudflare_gateway_addr: 192.168.45.53\nrepository_name: example/home-ops\ncloudflare_domain: example.com\ncloudflare_token: THROWAWAY-token\n",
    )
}

/// Configures a repository with these parts; gives what was found, if anything.
fn findings(repository: &Repository, parts: &[&Part]) -> Option<String> {
    let names: Vec<_> = parts.iter().map(|part| part.name).collect();
    let mut configuration = base();
    for part in parts {
        configuration = configuration.with(part.lines.trim_end());
    }
    configuration.write(repository);
    let done = repository.just(&["configure", "--yes"]);
    let said = text(&done);
    // The bundle has Envoy AI Gateway's schemas of 1.0.0, which call the version that the pinned 0.5.0 serves
    // deprecated; and what is odd about a configuration is said before.
    let expected = |line: &&str| {
        line.contains("warning[config/")
            || (line.contains("api/deprecated") && line.contains("(aigateway.envoyproxy.io/v1alpha1)"))
    };
    let odd: Vec<_> = said
        .lines()
        .filter(|line| line.contains("warning[") || line.contains("error["))
        .filter(|line| !expected(line))
        .collect();
    if done.status.success() && odd.is_empty() && said.contains("objects: ") {
        return None;
    }
    Some(format!("{names:?}: {}", if odd.is_empty() { said.clone() } else { odd.join("\n") }))
}

/// Configures all of these, on two threads.
fn all_pass(combinations: &[Vec<&'static Part>]) {
    let (next, wrong) = (AtomicUsize::new(0), std::sync::Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let repository = base().repository();
                while let Some(parts) = combinations.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(found) = findings(&repository, parts) {
                        wrong.lock().unwrap().push(found);
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), combinations.len(), wrong.join("\n"));
}

#[test]
fn all_none_and_each_alone() {
    let mut combinations = vec![chosen(|_| true), chosen(|part| part.name != "kgateway"), vec![]];
    combinations.extend(PARTS.iter().map(alone));
    // Nothing that is wanted may be lost on the way.
    for (part, parts) in PARTS.iter().zip(&combinations[3..]) {
        assert!(parts.iter().any(|one| one.name == part.name), "{} is not on", part.name);
    }
    all_pass(&combinations);
}

/// 200 in the full conformance run, a few otherwise; the same ones each time.
#[test]
fn random_combinations() {
    let count = if full() { 200 } else { 8 };
    let mut state = 0x5eed_u64;
    let mut coin = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) & 1 == 1
    };
    let combinations: Vec<_> = (0..count).map(|_| chosen(|_| coin())).collect();
    all_pass(&combinations);
    println!("{count} combinations");
}
