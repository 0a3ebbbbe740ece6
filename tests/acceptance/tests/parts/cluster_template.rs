//! The parts of the system cluster-template.

use acceptance::Configuration;
use acceptance::parts::{Part, part};

/// The parts. One stands behind those that it wants.
pub(crate) const PARTS: &[Part] = &[
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

/// The smallest configuration, on machines with the labels that Proxmox wants.
pub(crate) fn base() -> Configuration {
    Configuration::example("envoy-ai").only(
        "---\nnode_cidr: 192.168.45.0/24\ncluster_api_addr: 192.168.45.10\ncluster_dns_gateway_addr: 192.168.45.51\ncluster_gateway_addr: 192.168.45.52\ncloudflare_gateway_addr: 192.168.45.53\nrepository_name: example/home-ops\ncloudflare_domain: example.com\ncloudflare_token: THROWAWAY-token\n",
    )
}
