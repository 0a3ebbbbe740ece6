//! Parts of Kubernetes in documents of their own.

use yaml::Value;

use super::Wrong;
use crate::cluster::Fields as _;
use crate::typed::parse_prefix;

/// Arguments of the API server that have documents of their own.
const DENIED: [&str; 6] = [
    "anonymous-auth",
    "authentication-config",
    "authorization-config",
    "authorization-mode",
    "authorization-webhook-",
    "oidc-",
];

/// Checks a document when it is about Kubernetes.
pub(super) fn check(kind: &str, value: &Value, wrong: &mut Wrong) -> bool {
    let disabled = value.get("enabled") == Some(&Value::Bool(false));
    match kind {
        "KubeAPIServerConfig" => {
            image(value, wrong);
            for (name, _) in value.entries("extraArgs") {
                let denied = DENIED.iter().any(|denied| name.starts_with(denied));
                wrong.require(!denied, format!("extraArgs.{name} has a document of its own"));
            }
        }
        "KubeControllerManagerConfig" | "KubeSchedulerConfig" | "KubeProxyConfig" if disabled => return true,
        "KubeControllerManagerConfig" | "KubeSchedulerConfig" => image(value, wrong),
        "KubeProxyConfig" => {
            image(value, wrong);
            let known = matches!(value.text("mode"), "" | "nftables" | "iptables" | "ipvs");
            wrong.require(known, "mode must be one of nftables, iptables, ipvs");
        }
        "KubeFlannelCNIConfig" => {
            wrong.require(!value.text("backendType").is_empty(), "backendType is required");
        }
        "KubeNetworkConfig" => networks(value, wrong),
        "KubeAuthorizerConfig" => {
            let kind = value.text("type");
            wrong.require(is_authorizer(kind), "type must be one of Node, RBAC, Webhook");
            let webhook = kind != "Webhook" || has_entries(value.get("webhook"));
            wrong.require(webhook, "webhook is required for the type Webhook");
        }
        "KubeEtcdEncryptionConfig" => wrong.require(has_entries(value.get("config")), "config is required"),
        _ => return false,
    }
    if let Some(message) = resources(value.within("resources")) {
        wrong.add(message);
    }
    true
}

fn has_entries(value: Option<&Value>) -> bool {
    value.and_then(Value::as_mapping).is_some_and(|mapping| !mapping.is_empty())
}

fn image(value: &Value, wrong: &mut Wrong) {
    wrong.require(!value.text("image").is_empty(), "image is required");
}

/// Whether the API server knows an authorizer.
pub(in crate::check) fn is_authorizer(kind: &str) -> bool {
    matches!(kind, "Node" | "RBAC" | "Webhook")
}

/// What is wrong with the resources of a pod.
pub(in crate::check) fn resources(resources: &Value) -> Option<String> {
    let all = resources.entries("requests").into_iter().chain(resources.entries("limits"));
    let unknown = all.map(|(name, _)| name).find(|name| !matches!(*name, "cpu" | "memory"))?;
    Some(format!("resources: {unknown} is neither cpu nor memory"))
}

fn networks(value: &Value, wrong: &mut Wrong) {
    let (pods, services) = (value.texts("podSubnets"), value.texts("serviceSubnets"));
    for (key, nets) in [("podSubnets", &pods), ("serviceSubnets", &services)] {
        if let Some(message) = subnets(nets) {
            wrong.add(format!("{key}: {message}"));
        }
    }
    wrong.require(pods.len() == services.len(), "there must be as many podSubnets as serviceSubnets");
}

fn subnets(nets: &[&str]) -> Option<String> {
    if nets.is_empty() {
        return Some("at least one is required".to_owned());
    }
    let (v6, v4): (Vec<&str>, Vec<&str>) = nets.iter().partition(|net| net.contains(':'));
    if v4.len() > 1 || v6.len() > 1 {
        return Some("at most one of IPv4 and one of IPv6 may be given".to_owned());
    }
    let wrong = nets.iter().find(|net| !is_network(net))?;
    Some(format!("{wrong:?} is no network of at least 16 addresses"))
}

/// Whether a text is a network without host bits, of at least 16 addresses.
fn is_network(net: &str) -> bool {
    let Some(net) = parse_prefix(net) else { return false };
    let (address, bits) = net.split_once('/').unwrap_or((&net, "0"));
    let bits: u32 = bits.parse().unwrap_or(0);
    let (value, size) = match address.parse() {
        Ok(std::net::IpAddr::V4(address)) => (u128::from(address.to_bits()), 32),
        Ok(std::net::IpAddr::V6(address)) => (address.to_bits(), 128),
        Err(_) => return false,
    };
    let free = size - bits;
    free >= 4 && value.trailing_zeros() >= free
}

#[cfg(test)]
mod tests {
    use super::super::problems;
    use super::*;

    #[test]
    fn parts() {
        for (text, want) in [
            (
                "kind: KubeAPIServerConfig\nimage: x\nextraArgs: {oidc-issuer-url: x}\n",
                "oidc-issuer-url has a document",
            ),
            (
                "kind: KubeSchedulerConfig\nresources: {limits: {gpu: 1}}\n",
                "image is required; resources: gpu",
            ),
            ("kind: KubeSchedulerConfig\nenabled: false\n", ""),
            ("kind: KubeProxyConfig\nimage: x\nmode: magic\n", "nftables"),
            ("kind: KubeFlannelCNIConfig\n", "backendType"),
            ("kind: KubeNetworkConfig\npodSubnets: [10.0.0.0/8, 10.1.0.0/16]\n", "at most one of IPv4"),
            ("kind: KubeNetworkConfig\npodSubnets: [10.0.0.0/8]\nserviceSubnets: [10.1.0.0/16]\n", ""),
            ("kind: KubeAuthorizerConfig\nname: a\ntype: Webhook\n", "webhook is required"),
            ("kind: KubeEtcdEncryptionConfig\nconfig: {}\n", "config is required"),
        ] {
            let found = problems(&format!("apiVersion: v1alpha1\n{text}"));
            assert!(if want.is_empty() { found.is_empty() } else { found.contains(want) }, "{text}: {found}");
        }
    }

    #[test]
    fn networks() {
        for (net, right) in [
            ("10.0.0.0/8", true),
            ("10.0.0.1/8", false),
            ("10.0.0.0/28", true),
            ("10.0.0.0/29", false),
            ("0.0.0.0/0", true),
            ("fd00::/64", true),
            ("fd00::1/64", false),
            ("x", false),
        ] {
            assert_eq!(is_network(net), right, "{net}");
        }
    }
}
