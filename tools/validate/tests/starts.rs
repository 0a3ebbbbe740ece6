//! Where clusters begin in repositories of other people's layouts, and what is no object of a cluster. Each layout is one of
//! a public repository, made small.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: a failure is the test's failure"
)]

mod support;

use support::findings;

/// An object that is wrong, and wrong only where it is really built: a namespace that nothing makes.
const LOST: &str = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: lost, namespace: nowhere}\n";

/// What is found of it.
fn lost(file: &str) -> String {
    format!("{file}:3 graph/missing-namespace")
}

fn kustomization(name: &str, spec: &str) -> String {
    format!(
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: {name}, namespace: flux-system}}\nspec: {{interval: 1h, prune: true, {spec}}}\n"
    )
}

fn of_flux_system(name: &str, path: &str) -> String {
    kustomization(name, &format!("path: {path}, sourceRef: {{kind: GitRepository, name: flux-system}}"))
}

/// As older versions of cluster-template had it: the Kustomization is listed by a kustomization, its source stands beside it.
#[test]
fn a_kustomization_that_applies_the_folder_around_it() {
    let source = "sourceRef: {kind: GitRepository, name: home}";
    let cluster = format!(
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {{name: home, namespace: flux-system}}\nspec: {{interval: 1h, url: 'https://example.com/home'}}\n---\n{}",
        kustomization("cluster", &format!("path: ./kubernetes/flux, {source}"))
    );
    let found = findings(&[
        ("kubernetes/flux/config/cluster.yaml", &cluster),
        ("kubernetes/flux/config/kustomization.yaml", "resources: [cluster.yaml]\n"),
        ("kubernetes/flux/apps.yaml", &kustomization("apps", &format!("path: ./kubernetes/apps, {source}"))),
        ("kubernetes/apps/lost.yaml", LOST),
    ]);
    assert_eq!(found, [lost("kubernetes/apps/lost.yaml")]);
}

/// The Kustomization of a tenant gets its path from a patch, and its files from another repository.
#[test]
fn a_kustomization_that_an_overlay_completes() {
    let tenant = format!(
        "apiVersion: v1\nkind: Namespace\nmetadata: {{name: flux-system}}\n---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {{name: tenant, namespace: flux-system}}\nspec: {{interval: 1h, url: 'https://example.com/tenant'}}\n---\n{}",
        kustomization("tenant", "sourceRef: {kind: GitRepository, name: tenant}")
    );
    let patch = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: tenant, namespace: flux-system}\nspec: {path: ./staging}\n";
    let found = findings(&[
        (
            "kubernetes/clusters/staging/tenants.yaml",
            &of_flux_system("tenants", "./kubernetes/tenants/staging"),
        ),
        ("kubernetes/tenants/base/sync.yaml", &tenant),
        ("kubernetes/tenants/base/kustomization.yaml", "resources: [sync.yaml]\n"),
        ("kubernetes/tenants/staging/patch.yaml", patch),
        (
            "kubernetes/tenants/staging/kustomization.yaml",
            "resources: [../base]\npatches: [{path: patch.yaml}]\n",
        ),
    ]);
    // That its files come from elsewhere is said, and nothing else.
    assert_eq!(found, ["kubernetes/tenants/base/sync.yaml:13 flux/source"]);
}

/// What starts the cluster is not in the repository: the outermost kustomization is what it applies.
#[test]
fn a_cluster_that_is_started_from_elsewhere() {
    let app = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: app, namespace: flux-system}\nspec: {interval: 1h, path: ./kubernetes/apps/app}\n";
    let patch = "- {op: add, path: /spec/prune, value: true}\n- {op: add, path: /spec/sourceRef, value: {kind: GitRepository, name: flux-system}}\n";
    let found = findings(&[
        (
            "kubernetes/clusters/dev/kustomization.yaml",
            "resources: [../../apps/ks.yaml]\npatches: [{path: ../../apps/patch.yaml, target: {kind: Kustomization}}]\n",
        ),
        ("kubernetes/apps/ks.yaml", app),
        ("kubernetes/apps/patch.yaml", patch),
        ("kubernetes/apps/app/kustomization.yaml", "resources: [lost.yaml]\n"),
        ("kubernetes/apps/app/lost.yaml", LOST),
    ]);
    assert_eq!(found, [lost("kubernetes/apps/app/lost.yaml")]);
}

/// Files that the cluster puts together, and folders that only it can name, are not looked for.
#[test]
fn folders_that_are_not_in_the_repository() {
    let artifact =
        kustomization("artifact", "path: ./staging, sourceRef: {kind: ExternalArtifact, name: apps}");
    let generator = "apiVersion: source.extensions.fluxcd.io/v1beta1\nkind: ArtifactGenerator\nmetadata: {name: g, namespace: flux-system}\nspec:\n  sources: [{alias: repo, kind: GitRepository, name: flux-system}]\n  artifacts: [{name: apps, originRevision: '@repo', copy: [{from: '@repo/apps/**', to: '@artifact/'}]}]\n";
    let found = findings(&[
        ("kubernetes/clusters/a/apps.yaml", &artifact),
        ("kubernetes/clusters/a/generator.yaml", generator),
        ("kubernetes/clusters/a/variable.yaml", &of_flux_system("variable", "'./apps/${ENVIRONMENT}'")),
    ]);
    assert_eq!(found, [""; 0]);
}

/// Two objects of one name, of which a patch takes one away.
#[test]
fn what_a_patch_removes_clashes_with_nothing() {
    let namespace = "apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n";
    let files = |patches: &str| {
        findings(&[
            ("kubernetes/kustomization.yaml", "resources: [base, ns.yaml]\n"),
            ("kubernetes/ns.yaml", namespace),
            ("kubernetes/base/ns.yaml", namespace),
            ("kubernetes/base/kustomization.yaml", &format!("resources: [ns.yaml]\n{patches}")),
        ])
    };
    let delete =
        "patches: [{patch: '{apiVersion: v1, kind: Namespace, metadata: {name: a}, $patch: delete}'}]\n";
    assert_eq!(files(delete), [""; 0]);
    assert_eq!(files(""), ["kubernetes/ns.yaml:3 kustomize/clash"]);
}

/// Configuration of kustomize's own, what it keeps for itself, and what SOPS encrypted as a whole.
#[test]
fn what_is_no_object_of_the_cluster() {
    let found = findings(&[
        ("kubernetes/kustomization.yaml", "resources: [local.yaml]\ntransformers: [t]\n"),
        ("kubernetes/t/kustomization.yaml", "resources: [../labels.yaml]\n"),
        (
            "kubernetes/labels.yaml",
            "apiVersion: builtin\nkind: LabelTransformer\nmetadata: {name: l}\nlabels: {a: b}\nfieldSpecs: [{path: metadata/labels, create: true}]\n",
        ),
        (
            "kubernetes/local.yaml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: l, annotations: {config.kubernetes.io/local-config: 'true'}}\ndata: {a: {b: 1}}\n",
        ),
        (
            "kubernetes/whole.sops.yaml",
            "apiVersion: ENC[AES256_GCM,data:EY8=,iv:xp=,tag:Dh==,type:str]\nkind: ENC[AES256_GCM,data:EY8=,iv:xp=,tag:Dh==,type:str]\nmetadata:\n    name: ENC[AES256_GCM,data:EY8=,iv:xp=,tag:Dh==,type:str]\nsops:\n    age: []\n    lastmodified: '2026-01-01T00:00:00Z'\n    mac: ENC[AES256_GCM,data:aa,iv:b=,tag:c==,type:str]\n    version: 3.13.3\n",
        ),
    ]);
    assert_eq!(found, [""; 0]);
}

/// Secrets and ConfigMaps that something in the cluster makes.
#[test]
fn what_the_cluster_makes() {
    let of = |name: &str, kind: &str| {
        kustomization(
            name,
            &format!(
                "path: ./kubernetes/b, sourceRef: {{kind: GitRepository, name: flux-system}}, postBuild: {{substituteFrom: [{{kind: {kind}, name: {name}}}]}}"
            ),
        )
    };
    let makers = [
        "apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: external, namespace: flux-system}\nspec: {secretStoreRef: {kind: ClusterSecretStore, name: s}, dataFrom: [{extract: {key: k}}]}\n",
        "apiVersion: external-secrets.io/v1\nkind: ClusterExternalSecret\nmetadata: {name: everywhere}\nspec: {namespaceSelectors: [{matchLabels: {}}], externalSecretSpec: {secretStoreRef: {kind: ClusterSecretStore, name: s}, dataFrom: [{extract: {key: k}}]}}\n",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: copied, namespace: default, annotations: {reflector.v1.k8s.emberstack.com/reflection-auto-enabled: 'true'}}\n",
        "apiVersion: objectbucket.io/v1alpha1\nkind: ObjectBucketClaim\nmetadata: {name: bucket, namespace: flux-system}\nspec: {generateBucketName: b, storageClassName: s}\n",
    ];
    let users =
        [("external", "Secret"), ("everywhere", "Secret"), ("copied", "Secret"), ("bucket", "ConfigMap")];
    let users: Vec<_> = users.iter().map(|(name, kind)| of(name, kind)).collect();
    let check = |makers: &[&str]| {
        let found = findings(&[
            ("kubernetes/flux/cluster/users.yaml", &users.join("---\n")),
            ("kubernetes/flux/cluster/makers.yaml", &makers.join("---\n")),
            (
                "kubernetes/b/a.yaml",
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: flux-system}\n",
            ),
        ]);
        let missing =
            |one: &&String| one.contains("flux/missing-reference") || one.contains("flux/substitute-from");
        found.iter().filter(missing).count()
    };
    assert_eq!(check(&makers), 0);
    assert_eq!(check(&makers[..3]), 1);
    assert_eq!(check(&[]), 4);
}

/// A file outside of any repository is looked at with those beside it; what lies below is none of its business.
#[test]
fn a_single_file_anywhere() {
    let service = |name: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata: {{name: {name}, namespace: default, annotations: {{lbipam.cilium.io/ips: 192.168.1.9}}}}\nspec: {{type: LoadBalancer, ports: [{{port: 80}}]}}\n"
        )
    };
    let codes = |other: &str| {
        let folder = tempfile::tempdir().unwrap();
        let (one, two) = (service("one"), service("two"));
        support::write(folder.path(), &[("x.yaml", one.as_bytes()), (other, two.as_bytes())]);
        let file = folder.path().join("x.yaml").display().to_string();
        let (_, report) = support::run(&["manifests", "--format", "json", &file]);
        let report: serde_json::Value = serde_json::from_str(&report).unwrap();
        let codes =
            report["findings"].as_array().unwrap().iter().map(|one| one["code"].as_str().unwrap().to_owned());
        codes.collect::<Vec<_>>()
    };
    assert_eq!(codes("a.yaml"), ["graph/address-twice"]);
    assert_eq!(codes("below/a.yaml"), [""; 0]);
}
