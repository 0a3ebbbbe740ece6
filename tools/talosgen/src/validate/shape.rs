//! The fields of the whole cluster, and of its two roles.

use talos::fields;
use yaml::Node;

use super::checker::Checker;
use super::{network, nodes, text};

pub(crate) fn check(checker: &mut Checker) {
    let root = checker.root();
    checker.known_keys(root, "a talconfig", &[fields::CLUSTER]);
    checker.required(root, "clusterName", "clusterName");
    version(checker, "talosVersion", false);
    version(checker, "kubernetesVersion", true);
    endpoint(checker, root);
    if let Some(domain) = checker.text(root, "domain", "domain")
        && !text::is_domain(domain)
        && let Some(node) = root.get("domain")
    {
        checker.error("talos/domain", "domain is not a DNS name", node);
    }
    for key in ["clusterPodNets", "clusterSvcNets"] {
        network::each(checker, root, key, key, text::is_cidr, "a network such as 10.42.0.0/16");
    }
    checker.flag(root, "allowSchedulingOnControlPlanes", "allowSchedulingOnControlPlanes");
    if let Some(factory) = root.get("imageFactory") {
        checker.known_keys(factory, "imageFactory", &[fields::IMAGE_FACTORY]);
    }
    for role in ["controlPlane", "worker"] {
        if let Some(group) = root.get(role) {
            checker.known_keys(group, role, &[fields::ROLE]);
            nodes::common(checker, group, role);
        }
    }
}

/// talhelper takes its newest Talos when no version is given, so that one is not required there.
fn version(checker: &mut Checker, key: &str, required: bool) {
    let root = checker.root();
    let given = if required { checker.required(root, key, key) } else { checker.text(root, key, key) };
    match (given, root.get(key)) {
        (Some(version), Some(node)) if !text::is_version(version) => {
            checker.error_help(
                "talos/version",
                format!("{key} is no version"),
                node,
                "write it as v1.11.5; where it is a variable, mend it in talenv.yaml",
            );
        }
        (None, None) if !required => {
            let first = root.as_mapping().and_then(|pairs| pairs.first());
            let place = checker.document.location(first.map_or(root, |pair| &pair.key));
            checker.findings.push(
                cliutil::Diagnostic::warning("talos/version", format!("{key} is not given"))
                    .at(place)
                    .with_help("talhelper takes the newest it knows; name one, so that all take the same"),
            );
        }
        _ => {}
    }
}

fn endpoint<'d>(checker: &mut Checker<'d>, root: &'d Node) {
    if let Some(endpoint) = checker.required(root, "endpoint", "endpoint")
        && !text::is_endpoint(endpoint)
        && let Some(node) = root.get("endpoint")
    {
        checker.error_help(
            "talos/endpoint",
            "endpoint is not the URL of an API server",
            node,
            "write it as https://10.0.0.10:6443",
        );
    }
}
