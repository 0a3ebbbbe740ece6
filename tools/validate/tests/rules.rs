//! Rules about objects, where a page of docs/rules has no room for all cases.
#![allow(clippy::unwrap_used, reason = "helpers of tests: a failure is the test's failure")]

mod support;

use support::findings;

const FLUX: &str = "apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: NAME, namespace: flux-system}
spec: {interval: 1h, path: ./kubernetes/NAME, prune: true, sourceRef: {kind: GitRepository, name: flux-system}}
";

/// The codes of what is found where one Kustomization applies some text, and another one perhaps more.
fn codes(one: &str, two: &str) -> Vec<String> {
    let flux = [FLUX.replace("NAME", "one"), FLUX.replace("NAME", "two")];
    let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: two, namespace: default}\n---\n";
    let two = format!("{account}{two}");
    let found = findings(&[
        ("kubernetes/flux/cluster/one.yaml", &flux[0]),
        ("kubernetes/flux/cluster/two.yaml", &flux[1]),
        ("kubernetes/one/a.yaml", one),
        ("kubernetes/two/a.yaml", &two),
    ]);
    let code = |line: String| line.rsplit(' ').next().unwrap_or_default().to_owned();
    found.into_iter().map(code).collect()
}

/// fluxcd/pkg/ssa, `AnyInMetadata`: labels and annotations, and the case of letters does not count.
#[test]
fn objects_that_may_be_shared() {
    let map = |metadata: &str| {
        format!("apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: a, namespace: default, {metadata}}}\n")
    };
    let plain = map("labels: {a: b}");
    assert_eq!(codes(&plain, &plain), ["graph/two-owners"]);
    for shared in [
        "annotations: {kustomize.toolkit.fluxcd.io/ssa: IfNotPresent}",
        "annotations: {kustomize.toolkit.fluxcd.io/ssa: merge}",
        "labels: {kustomize.toolkit.fluxcd.io/ssa: Ignore}",
        "labels: {kustomize.toolkit.fluxcd.io/reconcile: disabled}",
    ] {
        assert!(codes(&map(shared), &map(shared)).is_empty(), "{shared}");
        assert_eq!(codes(&map(shared), &plain), ["graph/two-owners"], "{shared}");
    }
}

/// The API of Ingress: a port is named by its number or by its name.
#[test]
fn ports_of_backends_by_name() {
    let objects = |port: &str, ports: &str| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: {{name: web, namespace: default}}\nspec: {{defaultBackend: {{service: {{name: web, port: {{{port}}}}}}}}}\n---\napiVersion: v1\nkind: Service\nmetadata: {{name: web, namespace: default}}\nspec: {{ports: [{ports}]}}\n"
        )
    };
    let named = "{name: http, port: 80}, {name: alt, port: 81}";
    for (port, ports) in [("name: http", named), ("name: alt", named), ("number: 81", named)] {
        assert!(codes(&objects(port, ports), "").is_empty(), "{port}");
    }
    for (port, ports) in [("name: web", named), ("name: http", "{port: 80}"), ("number: 82", named)] {
        assert_eq!(codes(&objects(port, ports), ""), ["graph/missing-backend"], "{port}");
    }
}

/// Cilium's and MetalLB's documentation of addresses, the Gateway API's `spec.addresses`, and the text forms of IPv6.
#[test]
fn addresses_that_two_ask_for() {
    let service = |name: &str, annotations: &str, more: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: default, annotations: {{{annotations}}}}}\nspec: {{ports: [{{port: 80}}], {more}}}\n"
        )
    };
    let balancer = |name: &str, annotations: &str| service(name, annotations, "type: LoadBalancer");
    let metallb = "metallb.io/loadBalancerIPs: 'fd00:0:0::1'";
    let cilium = "lbipam.cilium.io/ips: '10.0.0.1, FD00::1'";
    let key = |key: &str| format!("{cilium}, lbipam.cilium.io/sharing-key: {key}");
    let gateway = "apiVersion: gateway.networking.k8s.io/v1\nkind: Gateway\nmetadata: {name: g, namespace: default}\nspec: {gatewayClassName: x, addresses: [{type: IPAddress, value: 10.0.0.1}], listeners: [{name: http, protocol: HTTP, port: 80}]}\n";
    for (one, two) in [
        (balancer("a", cilium), balancer("b", metallb)),
        (balancer("a", &key("x")), balancer("b", &key("y"))),
        (balancer("a", &key("x")), balancer("b", cilium)),
        (balancer("a", cilium), gateway.to_owned()),
        (balancer("a", cilium), service("b", "", "type: LoadBalancer, loadBalancerIP: 10.0.0.1")),
    ] {
        let found = codes(&one, &two);
        assert!(
            !found.is_empty() && found.iter().all(|code| code == "graph/address-twice"),
            "{found:?}\n{one}{two}"
        );
    }
    for (one, two) in [
        (balancer("a", &key("x")), balancer("b", &key("x"))),
        (balancer("a", cilium), service("b", cilium, "type: ClusterIP")),
        (balancer("a", cilium), balancer("b", "metallb.io/loadBalancerIPs: 10.0.0.2")),
    ] {
        assert_eq!(codes(&one, &two), [""; 0], "{one}{two}");
    }
}

/// What may be missing is not drawn as missing, unless somebody else cannot do without it.
#[test]
fn values_that_may_be_missing() {
    let flux = |name: &str, optional: bool| {
        let from =
            format!("postBuild: {{substituteFrom: [{{kind: ConfigMap, name: a, optional: {optional}}}]}}}}");
        FLUX.replace("NAME", name).replace("name: flux-system}}", &format!("name: flux-system}}, {from}"))
    };
    for (one, two, missing) in [(true, true, false), (true, false, true), (false, true, true)] {
        let folder = tempfile::tempdir().unwrap();
        let account = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: a, namespace: default}\n";
        let (one, two) = (flux("one", one), flux("two", two));
        support::write(
            folder.path(),
            &[
                ("kubernetes/flux/cluster/one.yaml", one.as_bytes()),
                ("kubernetes/flux/cluster/two.yaml", two.as_bytes()),
                ("kubernetes/one/a.yaml", account.as_bytes()),
                ("kubernetes/two/a.yaml", account.replace("name: a", "name: b").as_bytes()),
            ],
        );
        let root = folder.path().display().to_string();
        let (_, out) = support::run(&["graph", &root, "--format", "json"]);
        let graph: serde_json::Value = serde_json::from_str(&out).unwrap();
        let nodes = graph["clusters"][0]["nodes"].as_array().unwrap();
        let node = nodes.iter().find(|node| node["id"] == "ConfigMap/flux-system/a").unwrap();
        assert_eq!(node["missing"] == true, missing, "{one}{two}");
    }
}
