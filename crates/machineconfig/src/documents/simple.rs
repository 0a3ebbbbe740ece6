//! Host name, resolvers, firewall, extension services and volumes.

use yaml::{Mapping, Value};

use super::document;
use crate::Problem;
use crate::cluster::{Fields as _, Node};
use crate::config::Document;
use crate::typed::parse_addr;

/// The resolvers, where the node says anything about them.
pub(super) fn resolver(node: &Node) -> Result<Vec<Document>, Problem> {
    let servers = node.texts("nameservers");
    let disable = node.flag("disableSearchDomain");
    if servers.is_empty() && !disable {
        return Ok(Vec::new());
    }
    let address = |text: &str| {
        let wrong = || Problem::new("talos/address", "nameservers must be IP addresses").on("nameservers");
        let address = parse_addr(text).ok_or_else(wrong)?;
        Ok(Value::Mapping([("address", address)].into_iter().collect()))
    };
    let servers = servers.into_iter().map(address).collect::<Result<Vec<Value>, Problem>>()?;
    let domains: Mapping = [("disableDefault", disable)].into_iter().collect();
    Ok(document(
        "ResolverConfig",
        [("nameservers", Some(Value::Sequence(servers))), ("searchDomains", Some(domains.into()))],
    ))
}

/// The host name; a node that ignores it gets a stable one.
pub(super) fn hostname(node: &Node) -> Vec<Document> {
    if node.flag("ignoreHostname") {
        return document("HostnameConfig", [("auto", Some(Value::from("stable")))]);
    }
    document(
        "HostnameConfig",
        [("auto", Some(Value::from("off"))), ("hostname", Some(Value::from(node.hostname())))],
    )
}

/// The firewall: what happens to everything else, then the rules.
pub(super) fn firewall(node: &Node) -> Vec<Document> {
    let Some(firewall) = node.value("ingressFirewall") else { return Vec::new() };
    let mut all =
        document("NetworkDefaultActionConfig", [("ingress", firewall.get("defaultAction").cloned())]);
    for rule in firewall.items("rules") {
        let field = |key| rule.get(key).cloned();
        all.extend(document(
            "NetworkRuleConfig",
            [("name", field("name")), ("portSelector", field("portSelector")), ("ingress", field("ingress"))],
        ));
    }
    all
}

/// Services of extensions.
pub(super) fn extension_services(node: &Node) -> Vec<Document> {
    let service = |service: &Value| {
        let field = |key| service.get(key).cloned();
        document(
            "ExtensionServiceConfig",
            [
                ("name", field("name")),
                ("configFiles", field("configFiles")),
                ("environment", field("environment")),
            ],
        )
    };
    node.items("extensionServices").iter().flat_map(service).collect()
}

/// System volumes and user volumes; names must differ.
pub(super) fn volumes(
    node: &Node,
    field: &'static str,
    kind: &'static str,
) -> Result<Vec<Document>, Problem> {
    let mut all = Vec::new();
    let mut names = Vec::new();
    for (at, volume) in node.items(field).iter().enumerate() {
        let name = volume.text("name");
        if names.contains(&name) {
            let message = format!("there are two of the name {name}");
            return Err(Problem::new("talos/volume-name", message).on(format!("{field}[{at}]")));
        }
        names.push(name);
        let part = |key| volume.get(key).cloned();
        all.extend(document(
            kind,
            [
                ("name", part("name")),
                ("volumeType", part("volumeType")),
                ("provisioning", part("provisioning")),
                ("filesystem", part("filesystem")),
                ("encryption", part("encryption")),
            ],
        ));
    }
    Ok(all)
}
