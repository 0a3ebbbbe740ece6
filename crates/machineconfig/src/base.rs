//! The configuration a node begins with: what `talosctl gen config` would write for its role.

use pki::{KeyPair, Secret};
use yaml::{Dialect, Mapping, Value};

use crate::config::Document;
use crate::url::Url;
use crate::{Contract, Secrets, pem64};

/// The label that keeps load balancers away from control planes.
const NO_LOAD_BALANCER: &str = "node.kubernetes.io/exclude-from-external-load-balancers";

/// The pod security defaults of Talos.
const POD_SECURITY: &str = "
- name: PodSecurity
  configuration:
    apiVersion: pod-security.admission.config.k8s.io/v1alpha1
    kind: PodSecurityConfiguration
    defaults:
      enforce: baseline
      enforce-version: latest
      audit: restricted
      audit-version: latest
      warn: restricted
      warn-version: latest
    exemptions: {usernames: [], runtimeClasses: [], namespaces: [kube-system]}
";

/// The audit policy of Talos.
const AUDIT_POLICY: &str = "{apiVersion: audit.k8s.io/v1, kind: Policy, rules: [{level: Metadata}]}";

/// What the configurations of a cluster have in common.
pub(crate) struct Base<'a> {
    pub(crate) contract: Contract,
    pub(crate) secrets: &'a Secrets,
    pub(crate) cluster_name: &'a str,
    /// The URL of the Kubernetes API.
    pub(crate) endpoint: &'a str,
    /// Without `v`.
    pub(crate) kubernetes: &'a str,
    pub(crate) domain: &'a str,
    pub(crate) pod_nets: Value,
    pub(crate) service_nets: Value,
    pub(crate) machine_sans: Option<&'a Value>,
    pub(crate) api_sans: &'a [Value],
    pub(crate) schedule_on_control_planes: bool,
}

/// A mapping of what there is.
fn mapping<const N: usize>(entries: [(&'static str, Option<Value>); N]) -> Value {
    Value::Mapping(entries.into_iter().filter_map(|(key, value)| Some((key, value?))).collect())
}

#[expect(clippy::unnecessary_wraps, reason = "an entry that is always there")]
fn some(value: impl Into<Value>) -> Option<Value> {
    Some(value.into())
}

fn switch(on: bool) -> Option<Value> {
    on.then_some(Value::Bool(true))
}

fn data(text: &str) -> Option<Value> {
    yaml::load_one(text, Dialect::GoYamlV3).ok()
}

fn secret(secret: &Secret) -> Option<Value> {
    (!secret.is_empty()).then(|| Value::from(secret.expose()))
}

/// A certificate, with its key where the node may have that.
#[expect(clippy::unnecessary_wraps, reason = "an entry that is always there")]
fn certificate(pair: &KeyPair, with_key: bool) -> Option<Value> {
    let key = if with_key { pem64::encode(pair.key.expose()) } else { String::new() };
    Some(mapping([("crt", some(pem64::encode(&pair.certificate))), ("key", some(key))]))
}

impl Base<'_> {
    /// The documents of a control plane or a worker.
    pub(crate) fn documents(&self, control_plane: bool) -> Vec<Document> {
        let fields = [
            ("version", some("v1alpha1")),
            ("debug", some(false)),
            ("persist", some(true)),
            ("machine", Some(self.machine(control_plane))),
            ("cluster", Some(self.cluster(control_plane))),
        ];
        let schema = crate::schema::Schema::get();
        let first = schema.document("").map(|kind| Document { kind, value: mapping(fields) });
        let hostname = self
            .contract
            .network_documents()
            .then(|| Document::new("HostnameConfig", [("auto", Value::from("stable"))]));
        first.into_iter().chain(hostname.flatten()).collect()
    }

    fn machine(&self, control_plane: bool) -> Value {
        let labels = control_plane.then(|| mapping([(NO_LOAD_BALANCER, some(""))]));
        let kubelet = mapping([
            ("image", some(format!("ghcr.io/siderolabs/kubelet:v{}", self.kubernetes))),
            ("defaultRuntimeSeccompProfileEnabled", some(true)),
            ("disableManifestsDirectory", some(true)),
        ]);
        let install = mapping([
            ("wipe", some(false)),
            ("grubUseUKICmdline", switch(self.contract.image_kernel_arguments())),
        ]);
        mapping([
            ("type", some(if control_plane { "controlplane" } else { "worker" })),
            ("token", secret(&self.secrets.trustd_token)),
            ("ca", certificate(&self.secrets.os, control_plane)),
            ("certSANs", self.machine_sans.cloned()),
            ("kubelet", Some(kubelet)),
            ("network", self.contract.empty_network().then(|| Mapping::new().into())),
            ("install", Some(install)),
            ("features", Some(self.features())),
            ("nodeLabels", labels),
        ])
    }

    fn features(&self) -> Value {
        let legacy = switch(self.contract.legacy_switches());
        mapping([
            ("rbac", legacy.clone()),
            ("stableHostname", legacy.clone()),
            ("apidCheckExtKeyUsage", legacy),
            ("diskQuotaSupport", some(true)),
            ("kubePrism", Some(mapping([("enabled", some(true)), ("port", some(7445_i64))]))),
            ("hostDNS", Some(mapping([("enabled", some(true)), ("forwardKubeDNSToHost", some(true))]))),
        ])
    }

    fn cluster(&self, control_plane: bool) -> Value {
        let secrets = self.secrets;
        let network = mapping([
            ("dnsDomain", some(self.domain)),
            ("podSubnets", Some(self.pod_nets.clone())),
            ("serviceSubnets", Some(self.service_nets.clone())),
        ]);
        let kubernetes_only = mapping([("disabled", some(true))]);
        let discovery = mapping([
            ("enabled", some(true)),
            ("registries", Some(mapping([("kubernetes", Some(kubernetes_only))]))),
        ]);
        let endpoint =
            Url::parse(self.endpoint).map_or_else(|_| self.endpoint.to_owned(), |url| url.to_string());
        let only = |value: Option<Value>| value.filter(|_| control_plane);
        let image = |name: &str| only(Some(mapping([("image", some(self.image(name)))])));
        let account = mapping([("key", some(pem64::encode(secrets.service_account.expose())))]);
        mapping([
            ("id", secret(&secrets.cluster_id)),
            ("secret", secret(&secrets.cluster_secret)),
            ("controlPlane", Some(mapping([("endpoint", some(endpoint))]))),
            ("clusterName", some(self.cluster_name)),
            ("network", Some(network)),
            ("token", secret(&secrets.bootstrap_token)),
            // talhelper gives an AES-CBC secret to every role where there is one.
            ("aescbcEncryptionSecret", secret(&secrets.aes_cbc)),
            ("secretboxEncryptionSecret", only(secret(&secrets.secretbox))),
            ("ca", certificate(&secrets.kubernetes, control_plane)),
            ("aggregatorCA", only(certificate(&secrets.aggregator, true))),
            ("serviceAccount", only(Some(account))),
            ("apiServer", only(Some(self.api_server()))),
            ("controllerManager", image("kube-controller-manager")),
            ("proxy", image("kube-proxy")),
            ("scheduler", image("kube-scheduler")),
            ("discovery", Some(discovery)),
            ("etcd", only(Some(mapping([("ca", certificate(&secrets.etcd, true))])))),
            ("allowSchedulingOnControlPlanes", only(switch(self.schedule_on_control_planes))),
        ])
    }

    fn image(&self, name: &str) -> String {
        format!("registry.k8s.io/{name}:v{}", self.kubernetes)
    }

    fn api_server(&self) -> Value {
        let host = Url::parse(self.endpoint).ok().filter(|_| self.contract.endpoint_in_sans());
        let host = host.map(|url| Value::from(url.hostname()));
        let sans: Vec<Value> = host.into_iter().chain(self.api_sans.iter().cloned()).collect();
        mapping([
            ("image", some(self.image("kube-apiserver"))),
            ("certSANs", (!sans.is_empty()).then_some(Value::Sequence(sans))),
            ("disablePodSecurityPolicy", switch(self.contract.legacy_switches())),
            ("admissionControl", data(POD_SECURITY)),
            ("auditPolicy", data(AUDIT_POLICY)),
        ])
    }
}
