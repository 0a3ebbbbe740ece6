//! Which charts bring the definitions of a group of custom resources. A chart is known by the last part of its name or
//! address. Sources: the charts' own `crds/` folders and templates, or for charts of definitions only their names.

use crate::applied::{Cluster, Id, Object};

/// Groups, and the charts that define them.
const CHARTS: &[(&[&str], &[&str])] = &[
    (&["cert-manager.io", "acme.cert-manager.io"], &["cert-manager"]),
    (&["cilium.io"], &["cilium"]),
    (&["postgresql.cnpg.io"], &["cloudnative-pg"]),
    (&["gateway.envoyproxy.io"], &["gateway-helm", "gateway-crds-helm", "envoy-gateway"]),
    (&["aigateway.envoyproxy.io"], &["ai-gateway-helm", "ai-gateway-crds-helm"]),
    (&["externaldns.k8s.io"], &["external-dns"]),
    (&["external-secrets.io", "generators.external-secrets.io"], &["external-secrets"]),
    (&["snapshot.storage.k8s.io", "groupsnapshot.storage.k8s.io"], &["snapshot-controller"]),
    (&["fluxcd.controlplane.io"], &["flux-operator"]),
    (&["gateway.kgateway.dev"], &["kgateway-crds"]),
    (&["agentgateway.dev"], &["agentgateway-crds", "kgateway-crds"]),
    (&["metallb.io"], &["metallb"]),
    (
        &["monitoring.coreos.com"],
        &["kube-prometheus-stack", "prometheus-operator-crds", "prometheus-operator"],
    ),
    (&["bitnami.com"], &["sealed-secrets"]),
    (&["infra.contrib.fluxcd.io"], &["tofu-controller", "tf-controller"]),
    (&["longhorn.io"], &["longhorn"]),
    (&["ceph.rook.io"], &["rook-ceph"]),
    (&["kyverno.io"], &["kyverno"]),
    (&["keda.sh"], &["keda"]),
    (&["volsync.backube"], &["volsync"]),
    (&["grafana.integreatly.org"], &["grafana-operator"]),
    (&["traefik.io"], &["traefik", "traefik-crds"]),
    (&["velero.io"], &["velero"]),
    (&["tailscale.com"], &["tailscale-operator"]),
    (&["k8s.mariadb.com"], &["mariadb-operator", "mariadb-operator-crds"]),
    (&["dragonflydb.io"], &["dragonfly-operator"]),
    (&["trust.cert-manager.io"], &["trust-manager"]),
];

/// The charts that define a group; none when that is not known.
pub(super) fn of(group: &str) -> &'static [&'static str] {
    CHARTS.iter().find(|(groups, _)| groups.contains(&group)).map_or(&[], |(_, charts)| *charts)
}

/// The name of the chart that a HelmRelease installs, as far as its source is there.
pub(super) fn chart<'c>(cluster: &'c Cluster, release: &'c Object) -> Option<&'c str> {
    if let Some(chart) = release.text(&["spec", "chart", "spec", "chart"]) {
        return Some(last(chart));
    }
    let text = |key| release.text(&["spec", "chartRef", key]);
    let (kind, name) = (text("kind")?, text("name")?);
    let namespace = text("namespace").unwrap_or(&release.id.namespace);
    let id = Id::new("source.toolkit.fluxcd.io", kind, namespace, name);
    let source = cluster.objects.iter().find(|object| object.id == id)?;
    source.text(&["spec", "chart"]).or_else(|| source.text(&["spec", "url"])).map(last)
}

fn last(chart: &str) -> &str {
    chart.trim_end_matches('/').rsplit('/').next().unwrap_or(chart)
}
