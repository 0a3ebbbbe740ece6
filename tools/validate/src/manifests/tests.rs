//! Trees of manifests, and what is found in them: a good one, and one change to it for each finding.

use std::collections::BTreeMap;
use std::path::Path;

use cliutil::{Diagnostic, Io};

use super::args::{ManifestsArgs, SchemaArgs};
use super::scope::Scope;
use super::tree::Tree;

/// A repository of two namespaces as the catalogue makes it (catalogue.md, section 2).
const GOOD: &[(&str, &str)] = &[
    (
        "kubernetes/flux/cluster/ks.yaml",
        "---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: cluster-apps\n  namespace: flux-system\nspec:\n  path: ./kubernetes/apps\n  prune: true\n  sourceRef:\n    kind: GitRepository\n    name: flux-system\n    namespace: flux-system\n",
    ),
    (
        "kubernetes/components/sops/kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources:\n  - ./cluster-secrets.sops.yaml\n",
    ),
    ("kubernetes/components/sops/cluster-secrets.sops.yaml", SECRET),
    (
        "kubernetes/apps/default/kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: default\ncomponents:\n  - ../../components/sops\nresources:\n  - ./namespace.yaml\n  - ./echo/ks.yaml\n",
    ),
    (
        "kubernetes/apps/default/namespace.yaml",
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: default\n",
    ),
    (
        "kubernetes/apps/default/echo/ks.yaml",
        "---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: echo\nspec:\n  dependsOn:\n    - name: cilium\n      namespace: kube-system\n  path: ./kubernetes/apps/default/echo/app\n  postBuild:\n    substituteFrom:\n      - kind: Secret\n        name: cluster-secrets\n  sourceRef:\n    kind: GitRepository\n    name: flux-system\n    namespace: flux-system\n  targetNamespace: default\n",
    ),
    (
        "kubernetes/apps/default/echo/app/kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n  - ./helmrelease.yaml\n  - ./ocirepository.yaml\n",
    ),
    (
        "kubernetes/apps/default/echo/app/helmrelease.yaml",
        "apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata:\n  name: echo\nspec:\n  chartRef:\n    kind: OCIRepository\n    name: echo\n",
    ),
    (
        "kubernetes/apps/default/echo/app/ocirepository.yaml",
        "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata:\n  name: echo\nspec:\n  url: oci://ghcr.io/example/echo\n",
    ),
    (
        "kubernetes/apps/kube-system/kustomization.yaml",
        "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: kube-system\nresources:\n  - ./namespace.yaml\n  - ./cilium/ks.yaml\n",
    ),
    (
        "kubernetes/apps/kube-system/namespace.yaml",
        "apiVersion: v1\nkind: Namespace\nmetadata:\n  name: kube-system\n",
    ),
    (
        "kubernetes/apps/kube-system/cilium/ks.yaml",
        "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata:\n  name: cilium\nspec:\n  path: ./kubernetes/apps/kube-system/cilium/app\n  sourceRef:\n    kind: GitRepository\n    name: flux-system\n    namespace: flux-system\n  targetNamespace: kube-system\n",
    ),
    ("kubernetes/apps/kube-system/cilium/app/kustomization.yaml", "resources:\n  - ./networks.yaml\n"),
    (
        "kubernetes/apps/kube-system/cilium/app/networks.yaml",
        "apiVersion: cilium.io/v2\nkind: CiliumLoadBalancerIPPool\nmetadata:\n  name: pool\n",
    ),
    ("bootstrap/sops-age.sops.yaml", SECRET),
    (
        "talos/talsecret.sops.yaml",
        "cluster:\n  id: ENC[AES256_GCM,data:x]\nsops:\n  mac: ENC[x]\n  version: 3.11.0\n",
    ),
    ("talos/patches/global/a.yaml", "machine:\n  files: []\n"),
    ("talos/patches/global/template.yaml", "machine: {{ .x }\n"),
];

/// What sops makes of a Secret, with nothing in it.
const SECRET: &str = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: cluster-secrets\nstringData:\n  SECRET_DOMAIN: ENC[AES256_GCM,data:x,type:str]\n  EMPTY: \"\"\nsops:\n  mac: ENC[AES256_GCM,data:y,type:str]\n  encrypted_regex: ^(data|stringData)$\n  version: 3.11.0\n";

const ECHO: &str = "kubernetes/apps/default/echo/ks.yaml";
const RELEASE: &str = "kubernetes/apps/default/echo/app/helmrelease.yaml";
const APP: &str = "kubernetes/apps/default/echo/app/kustomization.yaml";
const CILIUM: &str = "kubernetes/apps/kube-system/cilium/ks.yaml";
const SECRETS: &str = "kubernetes/components/sops/cluster-secrets.sops.yaml";

/// A tree that is changed, written and checked.
struct Repository(BTreeMap<String, String>);

impl Repository {
    fn good() -> Self {
        Self(GOOD.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
    }

    fn replace(mut self, path: &str, from: &str, to: &str) -> Self {
        let text = self.0.get_mut(path).unwrap();
        assert!(text.contains(from), "{path} has no {from}");
        *text = text.replace(from, to);
        self
    }

    fn file(mut self, path: &str, text: &str) -> Self {
        self.0.insert(path.to_owned(), text.to_owned());
        self
    }

    fn without(mut self, path: &str) -> Self {
        self.0.remove(path).unwrap();
        self
    }

    fn write(&self) -> tempfile::TempDir {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in &self.0 {
            let path = dir.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        dir
    }

    /// The findings, one a line, in the order in which they are shown.
    fn findings(&self) -> String {
        let dir = self.write();
        let args = ManifestsArgs { root: Some(dir.path().to_path_buf()), ..arguments(&[]) };
        lines(&check(&args), dir.path())
    }
}

fn arguments(paths: &[&Path]) -> ManifestsArgs {
    ManifestsArgs {
        paths: paths.iter().map(|path| path.to_path_buf()).collect(),
        root: None,
        entry: "kubernetes/flux/cluster".into(),
        strict: false,
        allow_empty: false,
        format: cliutil::Format::Human,
        summary: false,
        verbose: false,
        ignore_filename_pattern: Vec::new(),
        schemas: SchemaArgs::default(),
    }
}

fn check(args: &ManifestsArgs) -> Vec<Diagnostic> {
    let scope = Scope::new(args).unwrap();
    let (mut stdin, mut out, mut err) = (std::io::empty(), Vec::new(), Vec::new());
    let mut io = Io::piped(&mut stdin, &mut out, &mut err);
    let mut tree = Tree::load(&scope, false, &mut io).unwrap();
    let (mut findings, foreseen) = super::all_findings(&tree, &scope, &super::files::manifests(&tree));
    let loader = kustomize::Loader::new(crate::applied::DISK).with_parsed(tree.take_parsed());
    let starts = super::built::starts(&tree, &scope, &loader);
    let clusters = super::built::clusters(&tree, &scope, &loader, starts, &foreseen);
    let built = super::built::unknown(&tree, super::built::check(&tree, &clusters), &findings);
    findings
        .extend(built.into_iter().filter(|one| one.code.starts_with("flux/") && one.code != "flux/source"));
    findings
}

fn lines(findings: &[Diagnostic], dir: &Path) -> String {
    let mut lines: Vec<_> = findings
        .iter()
        .map(|one| {
            let (line, column) = one.location.as_ref().map_or((0, 0), cliutil::Location::line_column);
            let help = one.help.as_deref().unwrap_or("-");
            let file = one.file().unwrap_or("-");
            format!(
                "{file}:{line}:{column} {}[{}] {}\n    {help}\n",
                one.severity.word(),
                one.code,
                one.message
            )
        })
        .collect();
    lines.sort();
    let canonical = std::fs::canonicalize(dir).unwrap();
    lines
        .concat()
        .replace(&format!("{}/", canonical.display()), "")
        .replace(&canonical.display().to_string(), "ROOT")
        .replace(&format!("{}/", dir.display()), "")
}

#[test]
fn a_good_repository_has_no_findings() {
    assert_eq!(Repository::good().findings(), "");
}

#[test]
fn yaml_and_objects() {
    let found = Repository::good()
        .replace(RELEASE, "kind: HelmRelease\n", "kind: HelmRelease\nkind: HelmRelease\n")
        .replace("kubernetes/apps/default/namespace.yaml", "  name: default\n", "  labels: {}\n")
        .replace("kubernetes/apps/kube-system/namespace.yaml", "apiVersion: v1\n", "")
        .file("kubernetes/apps/kube-system/cilium/app/networks.yaml", "- a\n---\na: 1\n---\napiVersion: v1\nkind: List\nitems:\n  - kind: ConfigMap\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: 1, namespace: on}\n")
        .file("kubernetes/apps/values.yaml", "a: [1\n")
        .file("talos/patches/cp-0/b.yaml", "a: 1\na: 2\n")
        .findings();
    insta::assert_snapshot!(found);
}

#[test]
fn kustomizations() {
    let found = Repository::good()
        .file(APP, "kind: Kustomization\napiVersion: kustomize.config.k8s.io/v1\nnamespace: n\nresource: []\nbases: []\nResources: []\nresources:\n  - ./helmrelase.yaml\n  - ./ocirepository.yaml\n  - ocirepository.yaml\n  - ./empty\n  - ../../../../components/sops\n  - ..\n  - https://example.com/x.yaml\n  - \"\"\n  - /etc/x.yaml\ncomponents:\n  - ../../../kube-system/cilium/app\n  - ./helmrelease.yaml\npatches:\n  - path: ./none.yaml\nconfigMapGenerator:\n  - name: x\n    files: [a=b.txt, ./helmrelease.yaml]\n")
        .file("kubernetes/apps/default/echo/app/empty/.keep", "")
        .file("kubernetes/apps/kube-system/cilium/app/kustomization.yml", "resources: x\nkind: Foo\n")
        .file("kubernetes/apps/kube-system/cilium/app/Kustomization", "kind: Kustomization\nresources:\n---\na: b\n")
        .findings();
    insta::assert_snapshot!(found);
}

#[test]
fn identities_that_clash() {
    let found = Repository::good()
        .file("kubernetes/apps/kube-system/cilium/app/networks.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: b}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, namespace: b}\n")
        // Two namespaces become one.
        .file(APP, "namespace: default\nresources:\n  - ./helmrelease.yaml\n  - ./ocirepository.yaml\n  - ./more\n")
        .file("kubernetes/apps/default/echo/app/more/kustomization.yaml", "resources: [a.yaml, ../helmrelease.yaml]\n")
        .file("kubernetes/apps/default/echo/app/more/a.yaml", "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: echo, namespace: other}\n")
        .findings();
    insta::assert_snapshot!(found);
}

// Acceptance 67 and 68.
#[test]
fn dependencies_in_the_namespace_they_live_in() {
    let found = Repository::good().replace(ECHO, "      namespace: kube-system\n", "").findings();
    insta::assert_snapshot!(found, @r"
    kubernetes/apps/default/echo/ks.yaml:8:13 error[flux/missing-dependency] Kustomization echo depends on default/cilium, which is not there
        it lives in namespace kube-system: add namespace: kube-system
    ");
    let misspelt = Repository::good().replace(ECHO, "name: cilium", "name: cillium").findings();
    assert!(misspelt.contains("did you mean cilium?"), "{misspelt}");
}

#[test]
fn cycles_are_shown_as_a_chain() {
    let found = Repository::good()
        .replace(CILIUM, "spec:\n", "spec:\n  dependsOn:\n    - {name: echo, namespace: default}\n")
        .findings();
    insta::assert_snapshot!(found, @r"
    kubernetes/apps/default/echo/ks.yaml:8:7 error[flux/dependency-cycle] Kustomizations wait for each other: default/echo -> kube-system/cilium -> default/echo
        remove one of these dependencies: none of them would ever be applied
    ");
    let itself = Repository::good()
        .replace(ECHO, "name: cilium\n      namespace: kube-system", "name: echo")
        .findings();
    assert!(itself.contains("default/echo -> default/echo"), "{itself}");
}

// Acceptance 69, 70, 71.
#[test]
fn paths_sources_and_values() {
    let found = Repository::good()
        .replace(CILIUM, "kube-system/cilium/app", "kube-system/cillium/app")
        .replace(ECHO, "name: cluster-secrets", "name: cluster-secret")
        .replace(RELEASE, "    name: echo\n", "    name: ecko\n  valuesFrom:\n    - {kind: ConfigMap, name: values}\n    - {kind: ConfigMap, name: values, optional: true}\n")
        .findings();
    insta::assert_snapshot!(found);
}

// What a Kustomization without its source would apply is not looked at.
#[test]
fn a_source_that_nothing_makes() {
    let found = Repository::good()
        .replace(ECHO, "name: flux-system\n    namespace: flux-system", "name: home-ops")
        .findings();
    insta::assert_snapshot!(found, @r"
    kubernetes/apps/default/echo/ks.yaml:17:11 error[flux/missing-source] Kustomization echo takes GitRepository default/home-ops, which is not there
        define it, or remove the reference; known are flux-system/flux-system
    ");
}

// The Flux operator names the source and its Kustomization as its instance says.
#[test]
fn sources_that_the_operator_makes() {
    let instance = |kind: &str, spec: &str| {
        format!(
            "apiVersion: {kind}\nmetadata: {{name: flux-instance, namespace: flux-system}}\nspec: {spec}\n"
        )
    };
    let sync = "{kind: GitRepository, name: home-ops, url: 'https://example.com/x', ref: refs/heads/main, path: kubernetes/flux/cluster}";
    for instance in [
        instance("fluxcd.controlplane.io/v1\nkind: FluxInstance", &format!("{{sync: {sync}}}")),
        instance(
            "helm.toolkit.fluxcd.io/v2\nkind: HelmRelease",
            &format!(
                "{{chartRef: {{kind: GitRepository, name: home-ops}}, values: {{instance: {{sync: {sync}}}}}}}"
            ),
        ),
    ] {
        let found = Repository::good()
            .replace(
                ECHO,
                "name: flux-system\n    namespace: flux-system",
                "name: home-ops\n    namespace: kube-system",
            )
            .file("kubernetes/apps/kube-system/cilium/app/networks.yaml", &instance)
            .findings();
        assert_eq!(found, "");
    }
}

// Acceptance 70: the namespace that counts is the one after targetNamespace.
#[test]
fn a_source_in_another_namespace_is_not_found() {
    let found = Repository::good()
        .replace(RELEASE, "    name: echo\n", "    name: shared\n")
        .file("kubernetes/apps/kube-system/cilium/app/networks.yaml", "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: shared, namespace: default}\n")
        .findings();
    insta::assert_snapshot!(found, @r"
    kubernetes/apps/default/echo/app/helmrelease.yaml:8:11 error[flux/missing-source] HelmRelease echo takes OCIRepository default/shared, which is not there
        it lives in namespace kube-system: add namespace: kube-system
    ");
}

#[test]
fn other_sources_are_known() {
    let found = Repository::good()
        .file("kubernetes/apps/kube-system/cilium/app/networks.yaml", "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: gateway-api}\n---\napiVersion: source.extensions.fluxcd.io/v1beta1\nkind: ArtifactGenerator\nmetadata: {name: g}\nspec: {artifacts: [{name: split}]}\n---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: crds}\nspec:\n  path: ./config/crd\n  sourceRef: {kind: GitRepository, name: gateway-api}\n---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: split}\nspec:\n  path: ./x\n  sourceRef: {kind: ExternalArtifact, name: split}\n---\napiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: e}\nspec: {target: {name: made}}\n---\napiVersion: notification.toolkit.fluxcd.io/v1\nkind: Receiver\nmetadata: {name: r}\nspec: {secretRef: {name: made}}\n")
        .findings();
    assert_eq!(found, "");
}

#[test]
fn flux_objects_need_a_namespace() {
    let found = Repository::good()
        .replace(
            "kubernetes/flux/cluster/ks.yaml",
            "  name: cluster-apps\n  namespace: flux-system\n",
            "  name: cluster-apps\n",
        )
        .findings();
    insta::assert_snapshot!(found, @r"
    kubernetes/flux/cluster/ks.yaml:5:9 error[flux/no-namespace] Kustomization cluster-apps is given no namespace
        set metadata.namespace, or namespace in the kustomization that lists it
    ");
}

#[test]
fn a_chart_is_named_once() {
    let none = Repository::good()
        .replace(RELEASE, "  chartRef:\n    kind: OCIRepository\n    name: echo\n", "  values: {}\n")
        .findings();
    assert!(none.contains("error[flux/chart] HelmRelease echo has neither chart nor chartRef"), "{none}");
}

#[test]
fn encryption() {
    let found = Repository::good()
        .replace(SECRETS, "  EMPTY: \"\"\n", "  EMPTY: hunter2\n")
        .file("bootstrap/sops-age.sops.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: sops-age}\nstringData: {age.agekey: hunter2}\n")
        .replace("talos/talsecret.sops.yaml", "id: ENC[AES256_GCM,data:x]", "id: hunter2")
        .file("talos/more.sops.yaml", "a: ENC[x]\nsops: {version: 3.11.0}\n")
        .file("talos/empty.sops.yaml", "")
        .file("talos/b.sops.env", "A=hunter2\n")
        .file("talos/c.sops.env", "A=ENC[x]\nsops_mac=ENC[x]\nsops_version=3.11.0\n")
        .file("kubernetes/components/sops/.sops.yaml", "creation_rules: []\n")
        .file("kubernetes/apps/kube-system/cilium/app/networks.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\ndata: {k: hunter2}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: b}\nstringData: {k: \"${FROM_FLUX}\"}\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: c}\ntype: kubernetes.io/service-account-token\n")
        .replace("kubernetes/apps/kube-system/cilium/app/kustomization.yaml", "resources:\n", "secretGenerator:\n  - name: g\n    literals: [p=hunter2]\nresources:\n")
        .findings();
    assert!(!found.contains("hunter2"), "no value is shown: {found}");
    insta::assert_snapshot!(found);
}

#[test]
fn no_value_of_a_secret_file_is_shown_with_its_place() {
    let dir = Repository::good()
        .file("kubernetes/broken.sops.yaml", "stringData:\n  a: [hunter2\n  b: hunter2\n")
        .replace(SECRETS, "  EMPTY: \"\"\n", "  EMPTY: hunter2\n")
        .write();
    let args = vec!["validate".into(), "manifests".into(), "--root".into(), dir.path().into()];
    let (mut out, mut err) = (Vec::new(), Vec::new());
    for format in ["human", "json", "sarif", "github"] {
        let mut args: Vec<std::ffi::OsString> = args.clone();
        args.extend(["--format".into(), format.into()]);
        let mut stdin = std::io::empty();
        let mut io = Io::piped(&mut stdin, &mut out, &mut err);
        assert_eq!(crate::run(args, &mut io), cliutil::Exit::No);
    }
    let shown = format!("{}{}", String::from_utf8_lossy(&out), String::from_utf8_lossy(&err));
    assert!(shown.contains("secrets/plain-value") && !shown.contains("hunter2"), "{shown}");
}

// Acceptance 73: the entry leads to kubernetes/apps; what it does not lead to is a warning.
#[test]
fn what_nothing_refers_to() {
    let found = Repository::good()
        .file("kubernetes/apps/default/old/ks.yaml", "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: old}\nspec:\n  path: ./kubernetes/apps/default/old/app\n  sourceRef: {kind: GitRepository, name: flux-system, namespace: flux-system}\n")
        .file("kubernetes/apps/default/old/app/kustomization.yaml", "resources: [a.yaml]\n")
        .file("kubernetes/apps/default/old/app/a.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
        .file("kubernetes/apps/default/echo/app/values.yaml", "data: true\n")
        .file("kubernetes/components/old/kustomization.yaml", "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\nresources: []\n")
        .findings();
    insta::assert_snapshot!(found);
}

// Flux makes a kustomization where there is none.
#[test]
fn folders_without_a_kustomization() {
    let without = |list: &str| Repository::good().without(list);
    let found = without("kubernetes/apps/kube-system/cilium/app/kustomization.yaml").findings();
    assert_eq!(found, "");
    let found = without("kubernetes/apps/kube-system/cilium/app/kustomization.yaml")
        .file("kubernetes/apps/kube-system/cilium/app/values.yaml", "a: 1\n")
        .findings();
    insta::assert_snapshot!(found, @r"
    kubernetes/apps/kube-system/cilium/app/values.yaml:1:1 error[manifest/missing-field] this object has no apiVersion and no kind and no metadata.name
        -
    ");
}

#[test]
fn a_part_is_checked_with_the_rest_in_mind() {
    let dir = Repository::good()
        .replace(CILIUM, "cilium/app", "none")
        .replace(ECHO, "name: echo", "name: 1")
        .write();
    let part = dir.path().join("kubernetes/apps/default");
    let found = lines(&check(&arguments(&[&part])), dir.path());
    insta::assert_snapshot!(found, @r"
    kubernetes/apps/default/echo/ks.yaml:5:9 error[manifest/type] metadata.name must be text
        put it in quotes
    ");
    let file = dir.path().join(CILIUM);
    let found = lines(&check(&arguments(&[&file])), dir.path());
    assert!(found.contains("flux/missing-path"), "{found}");
}

#[test]
fn cyclic_kustomizations_end() {
    let found = Repository::good()
        .file(APP, "resources: [./helmrelease.yaml, ./ocirepository.yaml, ./a]\n")
        .file("kubernetes/apps/default/echo/app/a/kustomization.yaml", "resources: [../b]\n")
        .file("kubernetes/apps/default/echo/app/b/kustomization.yaml", "resources: [../a]\n")
        .findings();
    insta::assert_snapshot!(found);
}

#[test]
fn a_stream() {
    let text = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n---\n- x\n---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {name: elsewhere}\nspec: {interval: 1h, prune: true, sourceRef: {kind: GitRepository, name: flux-system}, path: ./nowhere}\n";
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut run = |stdin: &str| {
        let mut stdin = stdin.as_bytes();
        let mut io = Io::piped(&mut stdin, &mut out, &mut err);
        let args = ["validate", "manifests", "-"].iter().map(Into::into).collect();
        crate::run(args, &mut io)
    };
    assert_eq!(run(""), cliutil::Exit::Failed, "the stage before failed");
    assert_eq!(run("apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: a}\n"), cliutil::Exit::Yes);
    assert_eq!(run(text), cliutil::Exit::No);
    insta::assert_snapshot!(String::from_utf8(err).unwrap());
}
