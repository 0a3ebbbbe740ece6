//! `validate diff` between revisions of a git repository and its working tree.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: a failure is the test's failure"
)]

use std::path::Path;
use std::process::Command;

/// Neither may be seen in any output.
const OLD_SECRET: &str = "THROWAWAY-old-value";
const NEW_SECRET: &str = "THROWAWAY-new-value";

fn git(folder: &Path, args: &[&str]) {
    let output = Command::new("git")
        .args(["-c", "user.name=test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false"])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

/// A repository with two revisions, `before` and `after`, and a change on top that is not committed.
fn repository() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    git(root, &["init", "--quiet"]);
    write(
        root,
        "kubernetes/flux/cluster/ks.yaml",
        "apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 1h
  path: ./kubernetes/apps
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
  postBuild: {substituteFrom: [{kind: Secret, name: settings}]}
---
apiVersion: v1
kind: Secret
metadata: {name: settings, namespace: flux-system}
stringData: {DOMAIN: THROWAWAY-old-value}
",
    );
    write(root, "kubernetes/apps/kustomization.yaml", "resources: [map.yaml, secret.yaml, gone.yaml]\n");
    write(
        root,
        "kubernetes/apps/map.yaml",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings, namespace: default}\ndata: {host: 'app.${DOMAIN}', colour: blue}\n",
    );
    write(
        root,
        "kubernetes/apps/secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: login, namespace: default}\nstringData: {password: THROWAWAY-old-value}\n",
    );
    write(
        root,
        "kubernetes/apps/gone.yaml",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: gone, namespace: default}\n",
    );
    git(root, &["add", "."]);
    git(root, &["commit", "--quiet", "-m", "before"]);
    git(root, &["tag", "before"]);
    let swap = |name: &str| {
        let text = std::fs::read_to_string(root.join(name)).unwrap();
        write(root, name, &text.replace(OLD_SECRET, NEW_SECRET));
    };
    swap("kubernetes/flux/cluster/ks.yaml");
    swap("kubernetes/apps/secret.yaml");
    write(root, "kubernetes/apps/kustomization.yaml", "resources: [map.yaml, secret.yaml, new.yaml]\n");
    write(
        root,
        "kubernetes/apps/new.yaml",
        "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: new, namespace: default}\n",
    );
    git(root, &["add", "."]);
    git(root, &["commit", "--quiet", "-m", "after"]);
    git(root, &["tag", "after"]);
    let map = std::fs::read_to_string(root.join("kubernetes/apps/map.yaml")).unwrap();
    write(root, "kubernetes/apps/map.yaml", &map.replace("blue", "red"));
    folder
}

fn diff(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_validate"))
        .arg("diff")
        .args(args)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (out, err) = (text(output.stdout), text(output.stderr));
    for secret in [OLD_SECRET, NEW_SECRET] {
        assert!(!out.contains(secret) && !err.contains(secret), "{args:?}: {out}{err}");
    }
    (output.status.code().unwrap(), out, err)
}

#[test]
fn two_revisions() {
    let repository = repository();
    let (status, out, err) = diff(repository.path(), &["before", "after"]);
    assert_eq!(status, 1, "{out}{err}");
    for line in [
        "- ServiceAccount default/gone (before:kubernetes/apps/gone.yaml)",
        "+ ServiceAccount default/new (after:kubernetes/apps/new.yaml)",
        "~ Secret default/login (after:kubernetes/apps/secret.yaml)",
        "~ ConfigMap default/settings (after:kubernetes/apps/map.yaml)",
    ] {
        assert!(out.lines().any(|one| one == line), "{line}\n{out}");
    }
    assert_eq!(diff(repository.path(), &["after", "after"]).0, 0);
}

#[test]
fn a_revision_and_the_working_tree_as_markdown_and_json() {
    let repository = repository();
    let (status, out, _) = diff(repository.path(), &["after", ".", "--format", "markdown"]);
    assert_eq!(status, 1);
    assert!(out.starts_with("**1 changed**\n") && out.contains("-  colour: blue\n+  colour: red\n"), "{out}");
    let (status, out, _) = diff(repository.path(), &["before", ".", "--format", "json"]);
    assert_eq!(status, 1);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    let changes: Vec<_> = report["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            format!(
                "{} {}/{}",
                one["change"].as_str().unwrap(),
                one["kind"].as_str().unwrap(),
                one["name"].as_str().unwrap()
            )
        })
        .collect();
    assert!(changes.contains(&"changed ConfigMap/settings".to_owned()), "{changes:?}");
    assert!(changes.contains(&"removed ServiceAccount/gone".to_owned()), "{changes:?}");
}

#[test]
fn what_is_no_revision_is_said() {
    let repository = repository();
    for wrong in ["nothing-of-that-name", "--upload-pack=x", "before:kubernetes"] {
        let (status, out, err) = diff(repository.path(), &["--", wrong, "."]);
        assert_eq!((status, out.as_str()), (2, ""), "{wrong}: {err}");
        assert!(err.contains("diff/revision"), "{wrong}: {err}");
    }
}
