//! Documents that do not go together with the v1alpha1 one, and what only all documents together can tell.

use yaml::Value;

use super::{Findings, Mode};
use crate::cluster::Fields as _;
use crate::config::Config;

/// Things that are said twice: in the v1alpha1 document and in one of their own.
pub(super) fn with_documents(config: &Config, v1alpha1: &Value, findings: &mut Findings) {
    for document in config.documents() {
        if let Some(path) = said(document.kind.kind, &document.value, v1alpha1) {
            findings.add(path, format!("{} says this too", document.label()));
        }
    }
}

/// Where the v1alpha1 document says what a document of this kind says.
fn said(kind: &str, document: &Value, v1alpha1: &Value) -> Option<&'static str> {
    let (machine, cluster) = (v1alpha1.within("machine"), v1alpha1.within("cluster"));
    let (network, features) = (machine.within("network"), machine.within("features"));
    let server = cluster.within("apiServer");
    let controllers = machine.within("controlPlane");
    let rules: Vec<(&'static str, bool)> = match kind {
        "HostnameConfig" => vec![
            ("machine.network.hostname", !network.text("hostname").is_empty()),
            ("machine.features.stableHostname", features.flag("stableHostname")),
        ],
        "ResolverConfig" => vec![
            ("machine.network.nameservers", !network.items("nameservers").is_empty()),
            ("machine.network.searchDomains", network.get("searchDomains").is_some()),
            ("machine.network.disableSearchDomain", network.flag("disableSearchDomain")),
            (
                "machine.features.hostDNS",
                document.get("hostDNS").is_some() && features.get("hostDNS").is_some(),
            ),
        ],
        "KubeSpanConfig" => vec![("machine.network.kubespan", network.get("kubespan").is_some())],
        "TimeSyncConfig" => {
            let time = machine.within("time");
            vec![
                ("machine.time.disabled", time.flag("disabled")),
                ("machine.time.servers", !time.items("servers").is_empty()),
                ("machine.time.bootTimeout", time.get("bootTimeout").is_some()),
            ]
        }
        "ImageCacheConfig" => vec![("machine.features.imageCache", features.get("imageCache").is_some())],
        "VolumeConfig" => {
            let encrypted = document.get("encryption").is_some();
            let legacy = machine.within("systemDiskEncryption");
            match document.text("name") {
                "STATE" => {
                    vec![("machine.systemDiskEncryption.state", encrypted && legacy.get("state").is_some())]
                }
                "EPHEMERAL" => {
                    vec![(
                        "machine.systemDiskEncryption.ephemeral",
                        encrypted && legacy.get("ephemeral").is_some(),
                    )]
                }
                _ => Vec::new(),
            }
        }
        "DiscoveryServiceConfig" => vec![("cluster.discovery", cluster.get("discovery").is_some())],
        "KubeNetworkConfig" | "KubeFlannelCNIConfig" => {
            vec![("cluster.network", cluster.get("network").is_some())]
        }
        "KubeAPIServerConfig" => vec![
            ("cluster.apiServer", cluster.get("apiServer").is_some()),
            (
                "cluster.controlPlane.localAPIServerPort",
                cluster.within("controlPlane").number("localAPIServerPort") != 0,
            ),
        ],
        "KubeAuditPolicyConfig" => {
            let policy = server.within("auditPolicy").as_mapping().is_some_and(|policy| !policy.is_empty());
            vec![("cluster.apiServer.auditPolicy", policy)]
        }
        "KubeAdmissionControlConfig" | "KubeAuthorizerConfig" => {
            vec![("cluster.apiServer.admissionControl", !server.items("admissionControl").is_empty())]
        }
        "KubeControllerManagerConfig" => vec![
            ("cluster.controllerManager", cluster.get("controllerManager").is_some()),
            ("machine.controlPlane.controllerManager", controllers.get("controllerManager").is_some()),
        ],
        "KubeSchedulerConfig" => vec![
            ("cluster.scheduler", cluster.get("scheduler").is_some()),
            ("machine.controlPlane.scheduler", controllers.get("scheduler").is_some()),
        ],
        "KubeProxyConfig" => vec![("cluster.proxy", cluster.get("proxy").is_some())],
        "KubeEtcdEncryptionConfig" => vec![("cluster.secretboxEncryptionSecret", has_etcd_secret(cluster))],
        _ => Vec::new(),
    };
    rules.into_iter().find(|(_, given)| *given).map(|(path, _)| path)
}

fn has_etcd_secret(cluster: &Value) -> bool {
    ["secretboxEncryptionSecret", "aescbcEncryptionSecret"].iter().any(|key| !cluster.text(key).is_empty())
}

/// Rules for all documents together.
pub(super) fn together(config: &Config, control_plane: bool, mode: Mode, findings: &mut Findings) {
    let document = |kind: &str| config.documents().iter().find(|document| document.kind.kind == kind);
    let v1alpha1 = config.v1alpha1().unwrap_or(&Value::Null);
    let resolver = document("ResolverConfig").map_or(&Value::Null, |document| &document.value);
    let mut dns = resolver.within("hostDNS");
    if !dns.flag("enabled") {
        dns = v1alpha1.within("machine").within("features").within("hostDNS");
    }
    if mode == Mode::Container {
        let both = dns.flag("enabled") && dns.flag("forwardKubeDNSToHost");
        findings.require(
            both,
            "machine.features.hostDNS",
            "in a container enabled and forwardKubeDNSToHost must be on",
        );
    }
    let encrypted =
        resolver.items("nameservers").iter().any(|server| matches!(server.text("protocol"), "DoT" | "DoH"));
    findings.require(
        !encrypted || dns.flag("enabled"),
        "machine.features.hostDNS",
        "DoT and DoH need enabled",
    );
    let etcd = document("KubeEtcdEncryptionConfig").is_some();
    if control_plane {
        let key = "cluster.secretboxEncryptionSecret";
        let given = etcd || has_etcd_secret(v1alpha1.within("cluster"));
        findings.require(given, key, "a control plane needs a key for etcd's content");
    } else {
        findings.require(!etcd, "KubeEtcdEncryptionConfig", "this is for control planes only");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(documents: &str) -> String {
        let text = format!("version: v1alpha1\n{documents}");
        let config = Config::load(&text).unwrap();
        let mut findings = Findings::default();
        with_documents(&config, config.v1alpha1().unwrap(), &mut findings);
        together(&config, false, Mode::Metal, &mut findings);
        findings.into_problems().iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn what_is_said_twice() {
        let resolver = "---\napiVersion: v1alpha1\nkind: ResolverConfig\n";
        let hostname = "---\napiVersion: v1alpha1\nkind: HostnameConfig\nauto: stable\n";
        let kube = |kind: &str| format!("---\napiVersion: v1alpha1\nkind: {kind}\nname: x\n");
        for (text, want) in [
            (
                format!("machine: {{network: {{hostname: a}}}}\n{hostname}"),
                "machine.network.hostname: HostnameConfig",
            ),
            (format!("machine: {{network: {{nameservers: [1.1.1.1]}}}}\n{resolver}"), "nameservers"),
            (format!("machine: {{features: {{hostDNS: {{enabled: true}}}}}}\n{resolver}"), ""),
            (format!("machine: {{}}\n{resolver}nameservers: [{{address: 1.1.1.1, protocol: DoT}}]\n"), "DoT"),
            (
                format!(
                    "cluster: {{apiServer: {{admissionControl: [{{name: a}}]}}}}\n{}",
                    kube("KubeAuthorizerConfig")
                ),
                "admissionControl",
            ),
            (
                "cluster: {}\n---\napiVersion: v1alpha1\nkind: KubeEtcdEncryptionConfig\nconfig: {a: b}\n"
                    .to_owned(),
                "control planes only",
            ),
            (
                "cluster: {proxy: {}}\n---\napiVersion: v1alpha1\nkind: KubeProxyConfig\n".to_owned(),
                "cluster.proxy",
            ),
        ] {
            let found = problems(&text);
            assert!(if want.is_empty() { found.is_empty() } else { found.contains(want) }, "{text}: {found}");
        }
    }
}
