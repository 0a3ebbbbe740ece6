//! Objects are checked against their schemas as the cluster gets them: after kustomize, Flux's patches and variables.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: a failure is the test's failure"
)]

mod support;

use support::findings;

/// A Deployment without the selector that it must have.
const DEPLOYMENT: &str = "apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: default
spec:
  replicas: 1
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: 'nginx:1.27'}]}
";

const SELECTOR: &str = "  - patch: |-
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: web, namespace: default}
      spec: {selector: {matchLabels: {app: web}}}
";

fn flux(more: &str) -> String {
    format!(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: apps, namespace: flux-system}}
spec:
  interval: 1h
  path: ./kubernetes/apps
  prune: true
  sourceRef: {{kind: GitRepository, name: flux-system}}
{more}"
    )
}

fn of_flux(more: &str, deployment: &str) -> Vec<String> {
    let kustomization = format!("resources: [web.yaml]\npatches:\n{SELECTOR}");
    findings(&[
        ("kubernetes/flux/cluster/ks.yaml", &flux(more)),
        ("kubernetes/apps/kustomization.yaml", &kustomization),
        ("kubernetes/apps/web.yaml", deployment),
    ])
}

#[test]
fn what_a_patch_mends_is_fine() {
    let kustomization = format!("resources: [web.yaml]\npatches:\n{SELECTOR}");
    let alone = findings(&[
        ("kubernetes/apps/kustomization.yaml", "resources: [web.yaml]\n"),
        ("kubernetes/apps/web.yaml", DEPLOYMENT),
    ]);
    assert_eq!(alone, ["kubernetes/apps/web.yaml:6 schema/missing-field"]);
    let mended = findings(&[
        ("kubernetes/apps/kustomization.yaml", &kustomization),
        ("kubernetes/apps/web.yaml", DEPLOYMENT),
    ]);
    assert_eq!(mended, [""; 0]);
}

#[test]
fn what_a_patch_breaks_is_told_where_the_object_stands() {
    let kustomization = format!(
        "resources: [web.yaml]\npatches:\n{}",
        SELECTOR.replace("{selector", "{replicas: many, selector")
    );
    let found = findings(&[
        ("kubernetes/apps/kustomization.yaml", &kustomization),
        ("kubernetes/apps/web.yaml", DEPLOYMENT),
    ]);
    assert_eq!(found, ["kubernetes/apps/web.yaml:7 schema/type"]);
}

#[test]
fn patches_and_variables_of_flux() {
    assert_eq!(of_flux("", DEPLOYMENT), [""; 0]);
    let patch = "  patches: [{patch: \"apiVersion: apps/v1\\nkind: Deployment\\nmetadata: {name: web}\\nspec: {replica: 2}\", target: {kind: Deployment}}]\n";
    assert_eq!(of_flux(patch, DEPLOYMENT), ["kubernetes/apps/web.yaml:6 schema/unknown-field"]);
    let variable = DEPLOYMENT.replace("replicas: 1", "replicas: ${COUNT}");
    let build = |value: &str| format!("  postBuild: {{substitute: {{COUNT: \"{value}\"}}}}\n");
    assert_eq!(of_flux(&build("2"), &variable), [""; 0]);
    assert_eq!(of_flux(&build("two"), &variable), ["kubernetes/apps/web.yaml:7 schema/type"]);
    // Nothing is filled in, so that this is what the cluster gets.
    assert_eq!(of_flux("", &variable), ["kubernetes/apps/web.yaml:7 schema/type"]);
}

#[test]
fn values_that_nobody_knows_here_may_be_anything() {
    let variable = DEPLOYMENT.replace("replicas: 1", "replicas: ${COUNT}");
    let from = "  postBuild: {substituteFrom: [{kind: Secret, name: settings}]}\n";
    let found = of_flux(from, &variable);
    assert!(found.iter().all(|one| !one.contains("schema/")), "{found:?}");
}

/// Where Flux is started, in the three ways that repositories say it: the namespace of an app is made by the folder that
/// lists its Kustomization, which is no cluster of its own.
#[test]
fn the_folder_that_flux_is_started_with() {
    let flux_api = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n";
    let source = "sourceRef: {kind: GitRepository, name: flux-system}";
    let instance = "apiVersion: fluxcd.controlplane.io/v1\nkind: FluxInstance\nmetadata: {name: flux, namespace: flux-system}\nspec: {distribution: {version: 2.x, registry: ghcr.io/fluxcd}, sync: {kind: GitRepository, url: 'https://x.example/y.git', ref: refs/heads/main, path: kubernetes}}\n";
    let release = "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: flux-instance, namespace: flux-system}\nspec:\n  interval: 1h\n  chartRef: {kind: OCIRepository, name: flux-instance}\n  values: {instance: {sync: {path: ./kubernetes}}}\n";
    let bootstrapped = format!(
        "{flux_api}metadata: {{name: flux-system, namespace: flux-system}}\nspec: {{interval: 1h, prune: true, path: ./kubernetes, {source}}}\n"
    );
    let app = format!(
        "{flux_api}metadata: {{name: web, namespace: flux-system}}\nspec: {{interval: 1h, prune: true, path: ./kubernetes/web/app, targetNamespace: web, {source}}}\n"
    );
    let deployment = DEPLOYMENT
        .replace("namespace: default", "namespace: web")
        .replace("  replicas: 1\n", "  replicas: 1\n  selector: {matchLabels: {app: web}}\n");
    let with = |place: &str, start: &str, root: &str| {
        findings(&[
            (place, start),
            ("kubernetes/kustomization.yaml", root),
            ("kubernetes/web/ns.yaml", "apiVersion: v1\nkind: Namespace\nmetadata: {name: web}\n"),
            ("kubernetes/web/ks.yaml", &app),
            ("kubernetes/web/app/kustomization.yaml", "resources: [web.yaml]\n"),
            ("kubernetes/web/app/web.yaml", &deployment),
        ])
    };
    let root = "resources: [web/ns.yaml, web/ks.yaml]\n";
    for (place, start) in [
        ("kubernetes/flux/instance.yaml", instance),
        ("kubernetes/flux/release.yaml", release),
        ("kubernetes/flux-system/gotk-sync.yaml", bootstrapped.as_str()),
    ] {
        let found = with(place, start, root);
        assert!(found.iter().all(|finding| !finding.contains("missing-namespace")), "{place}: {found:?}");
        let found = with(place, start, "resources: [web/ks.yaml]\n");
        assert!(
            found.iter().any(|finding| finding.contains("graph/missing-namespace")),
            "{place}: {found:?}"
        );
    }
}

/// A cluster that nothing names is one beside those that are.
#[test]
fn a_cluster_beside_one_that_is_named() {
    let kustomization = |name: &str, path: &str| {
        format!(
            "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: {name}, namespace: flux-system}}\nspec: {{interval: 1h, prune: true, path: {path}, sourceRef: {{kind: GitRepository, name: flux-system}}}}\n"
        )
    };
    let found = findings(&[
        ("kubernetes/a/flux-system/gotk-sync.yaml", &kustomization("flux-system", "./kubernetes/a")),
        ("kubernetes/b/ks.yaml", &kustomization("web", "./kubernetes/web")),
        ("kubernetes/web/kustomization.yaml", "resources: [web.yaml]\n"),
        ("kubernetes/web/web.yaml", &DEPLOYMENT.replace("namespace: default", "namespace: nowhere")),
    ]);
    assert!(found.iter().any(|finding| finding.contains("graph/missing-namespace")), "{found:?}");
}
