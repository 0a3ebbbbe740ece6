//! The pages of the rules are their tests: what a page calls wrong is found, by its rule and no other; what it calls
//! right is not.

use std::collections::BTreeSet;
use std::path::Path;

use cliutil::Io;

use super::RULES;

/// The YAML block of a section of a page.
fn block<'p>(page: &'p str, section: &str) -> &'p str {
    let from = page.split(&format!("## {section}\n\n```yaml\n")).nth(1).expect("the section is there");
    from.split("```").next().expect("the block ends")
}

/// Writes a block as a repository; `# FILE path` begins another file.
fn write(block: &str, root: &Path) {
    let mut path = root.join("kubernetes/flux/cluster/all.yaml");
    let mut text = String::new();
    let save = |path: &Path, text: &str| {
        if !text.trim().is_empty() {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
    };
    for line in block.lines() {
        if let Some(next) = line.strip_prefix("# FILE ") {
            save(&path, &text);
            (path, text) = (root.join(next), String::new());
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    save(&path, &text);
}

/// The codes of what `validate manifests` finds.
fn codes(block: &str) -> BTreeSet<String> {
    let folder = tempfile::tempdir().unwrap();
    write(block, folder.path());
    let kubernetes = folder.path().join("kubernetes").display().to_string();
    let args = ["validate", "manifests", "--format", "json", "--ignore-missing-schemas", &kubernetes];
    let (mut stdin, mut out, mut err) = (std::io::empty(), Vec::new(), Vec::new());
    let mut io = Io::piped(&mut stdin, &mut out, &mut err);
    crate::run(args.iter().map(Into::into).collect(), &mut io);
    let report: serde_json::Value = serde_json::from_slice(&out)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&err)));
    let findings = report["findings"].as_array().unwrap().iter();
    findings
        .map(|finding| {
            assert!(finding["line"].is_u64(), "a finding without a place: {finding}");
            finding["code"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn pages_are_true() {
    let mut wrong = Vec::new();
    for rule in RULES {
        let found = codes(block(rule.page, "Wrong"));
        // A comment that gives no reason silences nothing.
        let mut expected = BTreeSet::from([rule.id.to_owned()]);
        if rule.id == "graph/silence-reason" {
            expected.insert("graph/latest-image".to_owned());
        }
        if found != expected {
            wrong.push(format!("{}, wrong: {found:?}", rule.id));
        }
        let found = codes(block(rule.page, "Right"));
        if !found.is_empty() {
            wrong.push(format!("{}, right: {found:?}", rule.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pages_say_what_the_rules_are() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/rules");
    let index = std::fs::read_to_string(folder.join("README.md")).unwrap();
    for rule in RULES {
        assert!(rule.page.starts_with(&format!("# {}\n", rule.id)), "{}", rule.id);
        let severity = format!("Severity: {}.", rule.severity.word());
        assert!(rule.page.contains(&severity), "{}: {severity}", rule.id);
        let line = format!("| [{0}]({0}.md) | {1} |", rule.id, rule.severity.word());
        assert!(index.contains(&line), "README.md has no line {line}");
    }
    let pages = std::fs::read_dir(folder.join("graph")).unwrap().count();
    assert_eq!(pages, RULES.len(), "a page without a rule");
}

/// A Flux Kustomization of a name, with what it depends on.
fn kustomization(name: &str, depends: &str) -> String {
    format!(
        "---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nmetadata: {{name: {name}, namespace: flux-system}}\nspec: {{interval: 1h, path: ./kubernetes/{name}, prune: true, sourceRef: {{kind: GitRepository, name: flux-system}}, dependsOn: [{depends}]}}\n"
    )
}

const RELEASE: &str = "apiVersion: source.toolkit.fluxcd.io/v1
kind: OCIRepository
metadata: {name: cm, namespace: flux-system}
spec: {interval: 1h, url: 'oci://quay.io/jetstack/charts/cert-manager', ref: {tag: v1.19.1}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {name: cm, namespace: flux-system}
spec: {interval: 1h, chartRef: {kind: OCIRepository, name: cm}}
";

const ISSUER: &str = "---
apiVersion: cert-manager.io/v1
kind: Issuer
metadata: {name: own, namespace: flux-system}
spec: {selfSigned: {}}
";

#[test]
fn definitions_that_charts_bring() {
    let order = BTreeSet::from(["graph/crd-order".to_owned()]);
    let apart = |depends: &str| {
        let flux = kustomization("one", "") + &kustomization("two", depends);
        format!("{flux}# FILE kubernetes/one/a.yaml\n{RELEASE}# FILE kubernetes/two/b.yaml\n{ISSUER}")
    };
    assert_eq!(codes(&apart("")), order);
    assert!(codes(&apart("{name: one}")).is_empty());
    let together = format!("{}# FILE kubernetes/one/a.yaml\n{RELEASE}{ISSUER}", kustomization("one", ""));
    assert_eq!(codes(&together), order);
    // What is installed before Flux is there.
    let helmfile = "# FILE bootstrap/helmfile.yaml\nreleases: [{name: cm, chart: jetstack/cert-manager}]\n";
    assert!(codes(&format!("{together}{helmfile}")).is_empty());
    // Nothing is known of where the definition comes from.
    let alone = format!("{}# FILE kubernetes/two/b.yaml\n{ISSUER}", kustomization("two", ""));
    assert!(codes(&alone).is_empty());
}
