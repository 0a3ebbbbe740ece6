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

/// A folder with a Flux Kustomization for each of some apps, each app with one ConfigMap.
fn apps(root: &Path, entry: &str, names: &[&str], colour: &str) {
    for name in names {
        write(
            root,
            &format!("{entry}/{name}.yaml"),
            &format!(
                "apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: {name}, namespace: flux-system}}
spec:
  interval: 1h
  path: ./apps/{name}
  prune: true
  sourceRef: {{kind: GitRepository, name: flux-system}}
  postBuild: {{substitute: {{COLOUR: {colour}}}}}
"
            ),
        );
        write(root, &format!("apps/{name}/kustomization.yaml"), "resources: [map.yaml]\n");
        write(
            root,
            &format!("apps/{name}/map.yaml"),
            &format!(
                "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, namespace: default}}\ndata: {{colour: '${{COLOUR}}'}}\n"
            ),
        );
    }
}

#[test]
fn what_cannot_be_built_is_left_out_and_the_rest_compared() {
    let remote = "resources: [map.yaml, 'https://example.com/remote.yaml']\n";
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    apps(old.path(), "kubernetes/flux/cluster", &["one", "two"], "blue");
    apps(new.path(), "kubernetes/flux/cluster", &["one", "two"], "red");
    for side in [&old, &new] {
        write(side.path(), "apps/two/kustomization.yaml", remote);
    }
    let sides = [old.path().to_str().unwrap(), new.path().to_str().unwrap()];
    let (status, out, err) = diff(old.path(), &sides);
    assert_eq!(status, 1, "{out}{err}");
    assert!(out.contains("~ ConfigMap default/one") && !out.contains("default/two ("), "{out}");
    assert!(out.ends_with("not compared, because it cannot be built: flux-system/two\n"), "{out}");
    assert!(err.contains("warning[diff/not-compared]: flux-system/two is not compared"), "{err}");
    let (_, out, _) = diff(old.path(), &[sides[0], sides[1], "--format", "json"]);
    let report: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(report["notCompared"], serde_json::json!(["flux-system/two"]));
    let (status, out, _) = diff(old.path(), &[sides[0], sides[0], "--format", "markdown"]);
    assert_eq!((status, out.lines().next().unwrap()), (0, "Nothing changes in what can be compared."));

    // What could be built before is a mistake of the new side, and nothing of it counts as removed.
    write(old.path(), "apps/two/kustomization.yaml", "resources: [map.yaml]\n");
    let (status, out, err) = diff(old.path(), &sides);
    assert_eq!(status, 2, "{out}{err}");
    assert!(out.contains("~ ConfigMap default/one") && !out.contains("- ConfigMap default/two"), "{out}");
    assert!(err.contains("error[kustomize/unsupported]"), "{err}");

    // Where nothing can be built there is nothing to say.
    for side in [&old, &new] {
        write(
            side.path(),
            "kubernetes/flux/cluster/kustomization.yaml",
            "resources: ['https://example.com/x.yaml']\n",
        );
    }
    let (status, out, _) = diff(old.path(), &sides);
    assert_eq!((status, out.as_str()), (2, ""));
}

#[test]
fn clusters_of_one_repository_are_compared_each() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (side, colours) in [(&old, ["blue", "blue"]), (&new, ["red", "blue"])] {
        for (cluster, colour) in ["clusters/production", "clusters/staging"].iter().zip(colours) {
            apps(side.path(), cluster, &["one"], colour);
        }
    }
    let sides = [old.path().to_str().unwrap(), new.path().to_str().unwrap()];
    let (status, out, err) = diff(old.path(), &sides);
    assert_eq!(status, 1, "{out}{err}");
    let changed: Vec<_> = out.lines().filter(|line| line.starts_with("~ ConfigMap")).collect();
    assert_eq!(changed.len(), 1, "{out}");
    assert!(changed[0].starts_with("~ ConfigMap default/one of ./clusters/production ("), "{out}");
}

#[test]
fn what_looks_like_a_secret_is_not_shown_where_no_secret_says_so() {
    let (old, new) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for (side, secret, image) in [(&old, OLD_SECRET, "1.0"), (&new, NEW_SECRET, "1.1")] {
        apps(side.path(), "kubernetes/flux/cluster", &["one"], "blue");
        write(
            side.path(),
            "apps/one/map.yaml",
            &format!(
                "apiVersion: apps/v1
kind: Deployment
metadata: {{name: one, namespace: default}}
spec:
  template:
    spec:
      containers:
        - name: one
          image: registry.example.com/one:{image}
          args: [--password={secret}]
          env:
            - {{name: API_TOKEN, value: {secret}}}
            - {{name: DATABASE, value: 'postgres://me:{secret}@db/one'}}
---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata: {{name: one, namespace: default}}
spec: {{interval: 1h, values: {{auth: {{adminPassword: {secret}}}, config: \"token: {secret}\\nlevel: info\\n\"}}}}
"
            ),
        );
    }
    let sides = [old.path().to_str().unwrap(), new.path().to_str().unwrap()];
    for format in ["human", "markdown", "json"] {
        let (status, out, err) = diff(old.path(), &[sides[0], sides[1], "--format", format]);
        assert_eq!(status, 1, "{out}{err}");
        assert!(out.contains("one:1.1") && out.matches("*** (changed)").count() >= 5, "{out}");
    }
}

#[test]
fn a_shallow_clone_is_said_to_be_one() {
    let repository = repository();
    let clone = tempfile::tempdir().unwrap();
    let from = format!("file://{}", repository.path().display());
    git(clone.path(), &["clone", "--quiet", "--depth=1", &from, "shallow"]);
    let (status, _, err) = diff(&clone.path().join("shallow"), &["HEAD~1", "HEAD"]);
    assert_eq!(status, 2);
    assert!(err.contains("git fetch --unshallow"), "{err}");
}

/// A file that nobody lists, in a folder that is applied: it is no part of the cluster, however the folder is named.
#[test]
fn a_folder_is_the_same_by_each_of_its_names() {
    let folder = tempfile::tempdir().unwrap();
    apps(folder.path(), "start", &["one"], "blue");
    let unused = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: unused, namespace: default}\n";
    write(folder.path(), "apps/one/unused.yaml", unused);
    let (status, out, err) = diff(folder.path(), &[folder.path().to_str().unwrap(), "."]);
    assert_eq!(status, 0, "{out}{err}");
}
