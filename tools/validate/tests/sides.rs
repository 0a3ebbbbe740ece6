//! `validate diff` between two folders: what a cluster would see, and what nobody may see.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "helpers of tests: a failure is the test's failure"
)]

use std::path::Path;
use std::process::Command;

const FLUX: &str = "apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {name: apps, namespace: flux-system}
spec:
  interval: 1h
  path: ./kubernetes/apps
  prune: true
  sourceRef: {kind: GitRepository, name: flux-system}
";
const ENTRY: &str = "kubernetes/flux/cluster/ks.yaml";
const ACCOUNT: &str = "apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: one, namespace: default}\n";

type Files<'f> = &'f [(&'f str, String)];

fn write(root: &Path, files: Files<'_>) {
    std::fs::create_dir_all(root).unwrap();
    for (name, text) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
}

/// Exit code, and what is said on both ways.
fn diff(folder: &Path, args: &[&str]) -> (i32, String, String) {
    let mut validate = Command::new(env!("CARGO_BIN_EXE_validate"));
    let output = validate.arg("diff").args(args).current_dir(folder).env("NO_COLOR", "1").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn between(old: Files<'_>, new: Files<'_>) -> (i32, String, String) {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("old"), old);
    write(&folder.path().join("new"), new);
    diff(folder.path(), &["old", "new"])
}

/// A ConfigMap of the folder apps.
fn map(name: &str, data: &str) -> (&'static str, String) {
    (
        "kubernetes/apps/map.yaml",
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: '{name}', namespace: default}}\ndata: {data}\n"
        ),
    )
}

/// Flux's documentation of substitutions, and YAML's numbers: a value may stand in a name, a key or a number, or be changed
/// by an operator on its way.
#[test]
fn values_of_variables_are_hidden_whatever_becomes_of_them() {
    let flux = format!(
        "{FLUX}  postBuild:
    substitute: {{DB_PASSWORD: hunter-inline}}
    substituteFrom: [{{kind: Secret, name: settings}}]
  patches:
    - target: {{kind: Secret}}
      patch: |
        - {{op: add, path: /stringData/x, value: hunter-patched}}
---
apiVersion: v1
kind: Secret
metadata: {{name: settings, namespace: flux-system}}
stringData: {{DOMAIN: hunter.example.com, PIN: '0123456', KEY: hunter-key, OTHER: hunter-other}}
"
    );
    let thing = |field: &str| {
        let text = format!(
            "apiVersion: example.com/v1\nkind: Thing\nmetadata: {{name: one, namespace: default}}\nspec:\n  {field}: ${{PIN}}\n"
        );
        ("kubernetes/apps/thing.yaml", text)
    };
    let data = |more: &str| {
        format!(
            "{{a: 'x.${{DOMAIN/./-}}', b: '${{DOMAIN^^}}', c: '${{DOMAIN:0:9}}', d: 'me ${{DB_PASSWORD}}', e: '${{NONE:-${{KEY}}}}', '${{KEY}}': x{more}}}"
        )
    };
    let side =
        |more: &str, field: &str| [(ENTRY, flux.clone()), map("app-${KEY}", &data(more)), thing(field)];
    for (old, new) in [
        (side(", f: '${KEY}'", "pin").to_vec(), side(", f: '${OTHER}'", "code").to_vec()),
        (Vec::new(), side("", "pin").to_vec()),
        (side("", "pin").to_vec(), Vec::new()),
    ] {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("old"), &old);
        write(&folder.path().join("new"), &new);
        for format in ["human", "markdown", "json"] {
            let (status, out, err) = diff(folder.path(), &["old", "new", "--format", format]);
            assert_eq!(status, 1, "{out}{err}");
            // 0123456 is octal for Kubernetes.
            for secret in ["hunter", "HUNTER", "0123456", "42798"] {
                assert!(!out.contains(secret) && !err.contains(secret), "{secret}: {out}{err}");
            }
        }
    }
    let (_, out, _) = between(&side(", f: '${KEY}'", "pin"), &side(", f: '${OTHER}'", "pin"));
    assert!(out.contains("-  f: \"***\"") && out.contains("+  f: \"*** (changed)\""), "{out}");
}

/// Flux's documentation of prune, deletionPolicy, suspend and of what may be disabled by labels and annotations.
#[test]
fn what_is_deleted_and_what_is_left() {
    let account = ("kubernetes/apps/one.yaml", ACCOUNT.to_owned());
    let other = map("other", "{}");
    let marked = |key: &str, text: &str| {
        let text = ACCOUNT.replace("namespace: default", &format!("namespace: default, {key}: {{{text}}}"));
        ("kubernetes/apps/one.yaml", text)
    };
    let flux = |text: String| (ENTRY, text);
    let word = |old: Files<'_>, new: Files<'_>| {
        let (_, out, err) = between(old, new);
        let line = out.lines().find(|line| line.contains("ServiceAccount default/one"));
        line.unwrap_or_else(|| panic!("{out}{err}")).chars().next().unwrap()
    };
    let gone = [flux(FLUX.to_owned()), other.clone()];
    assert_eq!(word(&[flux(FLUX.to_owned()), account.clone(), other.clone()], &gone), '-');
    for (key, text) in [
        ("labels", "kustomize.toolkit.fluxcd.io/prune: disabled"),
        ("annotations", "kustomize.toolkit.fluxcd.io/prune: Disabled"),
        ("annotations", "kustomize.toolkit.fluxcd.io/reconcile: disabled"),
    ] {
        assert_eq!(word(&[flux(FLUX.to_owned()), marked(key, text), other.clone()], &gone), '!', "{text}");
    }
    // The Kustomization goes, too.
    for (more, expected) in [
        ("", '-'),
        ("  deletionPolicy: Orphan\n", '!'),
        ("  deletionPolicy: MirrorPrune\n", '-'),
        ("  suspend: true\n", '!'),
    ] {
        let old = [flux(format!("{FLUX}{more}")), account.clone()];
        assert_eq!(word(&old, &[("kubernetes/flux/cluster/x.yaml", map("x", "{}").1)]), expected, "{more}");
    }
    let keeps = FLUX.replace("prune: true", "prune: false\n  deletionPolicy: Delete");
    let old = [flux(keeps), account];
    assert_eq!(word(&old, &[("kubernetes/flux/cluster/x.yaml", map("x", "{}").1)]), '-');
}

#[test]
fn a_cluster_is_the_same_one_in_another_folder() {
    let account = ("kubernetes/apps/one.yaml", ACCOUNT.to_owned());
    let at = |path: &'static str, interval: &str| {
        [(path, FLUX.replace("interval: 1h", &format!("interval: {interval}"))), account.clone()]
    };
    for (old, new) in [(ENTRY, "clusters/one/ks.yaml"), ("clusters/one/ks.yaml", "clusters/two/ks.yaml")] {
        let (status, out, err) = between(&at(old, "1h"), &at(new, "1h"));
        assert_eq!((status, out.as_str()), (0, "nothing changes in the cluster\n"), "{err}");
        let (status, out, _) = between(&at(old, "1h"), &at(new, "2h"));
        assert!(status == 1 && out.contains("~ Kustomization flux-system/apps"), "{out}");
        assert!(out.ends_with("1 changed\n"), "{out}");
    }
}

/// What a Kustomization that cannot be read would apply is not known: it is named, and an error where it could be read.
#[test]
fn a_kustomization_that_cannot_be_read() {
    let wrong = format!("{FLUX}  postBuild: {{substitute: {{A: 1}}}}\n");
    let side = |flux: &str| [(ENTRY, flux.to_owned()), ("kubernetes/apps/one.yaml", ACCOUNT.to_owned())];
    let (status, out, _) = between(&side(&wrong), &side(&wrong));
    assert!(
        status == 0 && out.contains("not compared, because it cannot be built: flux-system/apps"),
        "{out}"
    );
    let (status, _, err) = between(&side(FLUX), &side(&wrong));
    assert_eq!(status, 2, "{err}");
}

fn git(folder: &Path, args: &[&str], input: &[u8]) -> String {
    use std::io::Write as _;
    let mut git = Command::new("git")
        .args(["-c", "user.name=test", "-c", "user.email=test@example.com"])
        .args(args)
        .current_dir(folder)
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_SYSTEM", "/dev/null")
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    git.stdin.take().unwrap().write_all(input).unwrap();
    let output = git.wait_with_output().unwrap();
    assert!(output.status.success(), "{args:?}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A tree that holds a link and, under the same name, a folder: no checkout of git's would follow the link.
#[cfg(unix)]
#[test]
fn a_revision_writes_nothing_outside_of_its_folder() {
    let folder = tempfile::tempdir().unwrap();
    let (root, outside) = (folder.path().join("repository"), folder.path().join("outside"));
    std::fs::create_dir_all(&root).unwrap();
    std::fs::create_dir_all(&outside).unwrap();
    git(&root, &["init", "--quiet"], b"");
    let link = git(&root, &["hash-object", "-w", "--stdin"], outside.display().to_string().as_bytes());
    let file = git(&root, &["hash-object", "-w", "--stdin"], b"x: 1\n");
    let inner = git(&root, &["mktree"], format!("100644 blob {file}\tx.yaml\n").as_bytes());
    let bytes = |id: &str| -> Vec<u8> {
        let byte = |at: usize| u8::from_str_radix(&id[at..at + 2], 16).unwrap();
        (0..id.len()).step_by(2).map(byte).collect()
    };
    let tree = [b"120000 a\0".to_vec(), bytes(&link), b"40000 a\0".to_vec(), bytes(&inner)].concat();
    let tree = git(&root, &["hash-object", "-w", "-t", "tree", "--literally", "--stdin"], &tree);
    let commit = git(&root, &["commit-tree", &tree, "-m", "x"], b"");
    let (status, out, err) = diff(&root, &[&commit, &commit]);
    assert_eq!(status, 0, "{out}{err}");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 0);
}
