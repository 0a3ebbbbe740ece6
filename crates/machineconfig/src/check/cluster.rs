//! The section `cluster` of a machine configuration.

use yaml::Value;

use super::documents::{is_authorizer, resources};
use super::machine::{is_subnet, subnets};
use super::{Findings, names, talconfig};
use crate::cluster::Fields as _;
use crate::url::Url;

/// Checks the section `cluster`.
pub(super) fn cluster(cluster: &Value, control_plane: bool, findings: &mut Findings) {
    match cluster.get("controlPlane").map(|control_plane| control_plane.text("endpoint")) {
        None | Some("") => findings.required("cluster.controlPlane.endpoint"),
        Some(endpoint) => {
            if let Err(why) = talconfig::endpoint(endpoint) {
                findings.add("cluster.controlPlane.endpoint", format!("this is no URL of an API: {why}"));
            }
        }
    }
    if let Some(network) = cluster.get("network") {
        let domain = network.text("dnsDomain");
        findings.require(
            domain.is_empty() || names::is_domain(domain),
            "cluster.network.dnsDomain",
            "this is no domain name",
        );
        if let Some(cni) = network.get("cni").filter(|_| control_plane) {
            findings.all("cluster.network.cni", talconfig::cni_problems(cni));
        }
    }
    match cluster.get("etcd") {
        Some(_) if !control_plane => findings.add("cluster.etcd", "this is for control planes only"),
        Some(etcd) => {
            findings.require(etcd.get("ca").is_some(), "cluster.etcd.ca", "this is required");
            let once = etcd.text("subnet").is_empty() || etcd.items("advertisedSubnets").is_empty();
            findings.require(once, "cluster.etcd", "only one of subnet and advertisedSubnets may be given");
            let subnet = etcd.text("subnet");
            let fits = subnet.is_empty() || is_subnet(subnet);
            findings.require(fits, "cluster.etcd.subnet", "this is neither a CIDR nor an IP address");
            subnets(etcd, "advertisedSubnets", "cluster.etcd", findings);
            subnets(etcd, "listenSubnets", "cluster.etcd", findings);
        }
        None => {}
    }
    let key = cluster.get("ca").is_some_and(|ca| !ca.text("key").is_empty());
    findings.require(control_plane || !key, "cluster.ca", "a worker must not have the authority's key");
    cloud_provider(cluster.within("externalCloudProvider"), findings);
    discovery(cluster, findings);
    api_server(cluster.within("apiServer"), findings);
    for pod in ["apiServer", "controllerManager", "scheduler"] {
        let path = format!("cluster.{pod}.resources");
        findings.all(&path, resources(cluster.within(pod).within("resources")));
    }
    let manifests = talconfig::inline_manifests(cluster.items("inlineManifests"));
    findings.all("cluster.inlineManifests", manifests);
}

fn cloud_provider(provider: &Value, findings: &mut Findings) {
    const PATH: &str = "cluster.externalCloudProvider";
    let manifests = provider.texts("manifests");
    if !provider.flag("enabled") {
        findings.require(manifests.is_empty(), PATH, "manifests are of no use while it is disabled");
        return;
    }
    for manifest in manifests {
        if let Err(why) = talconfig::endpoint(manifest) {
            findings.add(PATH, format!("manifests: {manifest:?} is no URL: {why}"));
        }
    }
}

fn discovery(cluster: &Value, findings: &mut Findings) {
    const PATH: &str = "cluster.discovery";
    let discovery = cluster.within("discovery");
    let service = discovery.within("registries").within("service");
    if !discovery.flag("enabled") || service.flag("disabled") {
        return;
    }
    for key in ["id", "secret"] {
        findings.require(!cluster.text(key).is_empty(), PATH, format!("the service needs cluster.{key}"));
    }
    let endpoint = service.text("endpoint");
    if endpoint.is_empty() {
        return;
    }
    let absolute = endpoint.starts_with('/') || endpoint.contains(':');
    match Url::parse(endpoint) {
        Ok(url) if absolute => {
            let bare = matches!(url.path(), "" | "/");
            findings.require(bare, PATH, "the endpoint of the service must have no path");
        }
        _ => findings.add(PATH, "the endpoint of the service is no URL"),
    }
}

fn api_server(server: &Value, findings: &mut Findings) {
    const PATH: &str = "cluster.apiServer.authorizationConfig";
    let authorizers = server.items("authorizationConfig");
    for (n, authorizer) in authorizers.iter().enumerate() {
        let at = format!("{PATH}[{n}]");
        findings.require(!authorizer.text("name").is_empty(), &at, "name is required");
        let known = is_authorizer(authorizer.text("type"));
        findings.require(known, &at, "type must be one of Node, RBAC, Webhook");
    }
    let clash = |name: &str| name == "authorization-mode" || name.starts_with("authorization-webhook-");
    for (name, _) in server.entries("extraArgs").into_iter().filter(|(name, _)| clash(name)) {
        findings.require(authorizers.is_empty(), PATH, format!("it cannot be used together with {name}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(text: &str) -> String {
        let value = yaml::load_one(text, yaml::Dialect::GoYamlV3).unwrap();
        let mut findings = Findings::default();
        cluster(&value, true, &mut findings);
        findings.into_problems().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn what_is_wrong() {
        let base = "controlPlane: {endpoint: 'https://x:6443'}\n";
        assert_eq!(problems(base), "");
        for (text, want) in [
            ("externalCloudProvider: {manifests: [x]}\n", "while it is disabled"),
            ("externalCloudProvider: {enabled: true, manifests: ['a b']}\n", "no URL"),
            (
                "discovery: {enabled: true}\n",
                "cluster.id; cluster.discovery: the service needs cluster.secret",
            ),
            (
                "id: a\nsecret: b\ndiscovery: {enabled: true, registries: {service: {endpoint: 'https://x/y'}}}\n",
                "no path",
            ),
            ("etcd: {ca: {crt: x}, subnet: x}\n", "cluster.etcd.subnet"),
            ("apiServer: {resources: {requests: {disk: 1}}}\n", "disk is neither"),
            (
                "apiServer: {authorizationConfig: [{type: None}]}\n",
                "name is required; cluster.apiServer.authorizationConfig[0]: type",
            ),
            (
                "apiServer: {authorizationConfig: [{type: Node, name: n}], extraArgs: {authorization-mode: Node}}\n",
                "together with authorization-mode",
            ),
        ] {
            let found = problems(&format!("{base}{text}"));
            assert!(found.contains(want), "{text}: {found}");
        }
    }
}
