//! `validate config` and `validate schema` on the command line, case by case (`config/*.toml`), and what only a
//! terminal shows.

#![allow(clippy::unwrap_used, reason = "help for tests")]

use std::io::Read;

use cliutil::{Exit, Io};

#[test]
fn cases() {
    trycmd::TestCases::new().case("tests/config/*.toml").env("NO_COLOR", "1").env("COLUMNS", "100");
}

/// Runs the tool in this process on the repository of the cases.
fn run(args: &[&str], stdin: &mut dyn Read, terminals: bool) -> (Exit, String, String) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/config/repo.in");
    let args = args.iter().map(|arg| arg.replace("REPO", folder).into());
    let args = std::iter::once("validate".into()).chain(args).collect();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut io = Io {
        stdin,
        stdout: &mut out,
        stderr: &mut err,
        stdin_is_terminal: terminals,
        stdout_is_terminal: terminals,
        stderr_is_terminal: false,
    };
    let exit = validate::run(args, &mut io);
    (exit, String::from_utf8_lossy(&out).into_owned(), String::from_utf8_lossy(&err).into_owned())
}

const FILES: [&str; 5] = ["config", "--templates", "REPO/templates", "REPO/cluster.yaml", "REPO/nodes.yaml"];

#[test]
fn secrets_are_shown_on_a_terminal_only_when_asked_for() {
    const SECRET: &str = "THROWAWAY-s3cr3t-t0ken";
    let nothing = &mut std::io::empty();
    let (exit, shown, _) = run(&FILES, nothing, true);
    assert_eq!(exit, Exit::Yes);
    assert!(!shown.contains(SECRET) && shown.contains("cloudflare_token: \"***\""), "{shown}");
    let revealed = run(&[&FILES[..], &["--reveal"]].concat(), nothing, true).1;
    let piped = run(&FILES, nothing, false).1;
    assert!(piped.contains(SECRET));
    assert_eq!(revealed, piped);
}

#[test]
fn the_context_of_a_context_is_itself() {
    let first = run(&FILES, &mut std::io::empty(), false).1;
    let mut input = first.as_bytes();
    let (exit, second, words) = run(&["config", "--templates", "REPO/templates", "-"], &mut input, false);
    assert_eq!((exit, words.as_str()), (Exit::Yes, ""));
    assert_eq!(first, second);
}

#[test]
fn a_terminal_is_no_input() {
    let (exit, shown, words) = run(&["config", "-"], &mut std::io::empty(), true);
    assert_eq!((exit, shown.as_str()), (Exit::Failed, ""));
    assert!(words.contains("io/terminal"), "{words}");
}

/// A folder with older names in both files.
fn older() -> (tempfile::TempDir, [String; 2], [String; 2]) {
    let repo = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/config/repo.in"));
    let read = |name: &str| std::fs::read_to_string(repo.join(name)).unwrap();
    let new = [format!("# mine\n{}# end", read("cluster.yaml")), read("nodes.yaml").replace('\n', "\r\n")];
    let old = [
        new[0]
            .replace("node_cidr:", "'node_network' :")
            .replace("cluster_gateway_addr", "cluster_ingress_addr"),
        new[1].replace("address:", "ipAddress:"),
    ];
    // Quotes around a key are a part of it: they go with the old name.
    let new = [new[0].replace("node_cidr:", "node_cidr :"), new[1].clone()];
    let temp = tempfile::tempdir().unwrap();
    std::fs::write(temp.path().join("cluster.yaml"), &old[0]).unwrap();
    std::fs::write(temp.path().join("nodes.yaml"), &old[1]).unwrap();
    (temp, old, new)
}

fn fix(folder: &std::path::Path, flags: &[&str]) -> (Exit, String, String) {
    let file = |name: &str| folder.join(name).display().to_string();
    let files = [file("cluster.yaml"), file("nodes.yaml")];
    let args = ["config", "--templates", "REPO/templates", "--fix"].into_iter().chain(flags.iter().copied());
    let args: Vec<_> = args.chain(files.iter().map(String::as_str)).collect();
    run(&args, &mut std::io::empty(), false)
}

#[test]
fn older_names_are_replaced_and_nothing_else() {
    use std::os::unix::fs::PermissionsExt as _;
    let (temp, old, new) = older();
    let path = |name: &str| temp.path().join(name);
    let texts = || ["cluster.yaml", "nodes.yaml"].map(|name| std::fs::read_to_string(path(name)).unwrap());
    std::fs::set_permissions(path("cluster.yaml"), std::fs::Permissions::from_mode(0o600)).unwrap();

    let (exit, out, words) = fix(temp.path(), &["--dry-run"]);
    assert_eq!((exit, out.as_str()), (Exit::No, ""), "{words}");
    assert!(words.contains("node_network would be renamed to node_cidr"), "{words}");
    assert_eq!(texts(), old);

    let (exit, out, words) = fix(temp.path(), &[]);
    assert_eq!((exit, out.as_str()), (Exit::Yes, ""), "{words}");
    let lines: Vec<_> =
        words.lines().map(|line| line.rsplit_once('/').map_or(line, |(_, rest)| rest)).collect();
    assert_eq!(
        lines[..3],
        [
            "cluster.yaml:2: node_network renamed to node_cidr",
            "cluster.yaml:5: cluster_ingress_addr renamed to cluster_gateway_addr",
            "nodes.yaml:3: ipAddress renamed to address",
        ]
    );
    assert_eq!(texts(), new);
    assert_eq!(std::fs::metadata(path("cluster.yaml")).unwrap().permissions().mode() & 0o777, 0o600);

    let (exit, _, words) = fix(temp.path(), &["--quiet"]);
    assert_eq!((exit, words.as_str()), (Exit::Yes, ""));
    assert_eq!(texts(), new);
}

#[test]
fn standard_input_cannot_be_rewritten() {
    let (exit, out, words) = run(&["config", "--fix", "-"], &mut &b"node_network: a\n"[..], false);
    assert_eq!((exit, out.as_str()), (Exit::Failed, ""));
    assert!(words.contains("usage/fix"), "{words}");
}

/// A pipe would be gone, and a file in its place.
#[cfg(unix)]
#[test]
fn what_is_no_file_is_not_replaced_by_one() {
    use std::os::unix::fs::FileTypeExt as _;
    let temp = tempfile::tempdir().unwrap();
    let pipe = temp.path().join("cluster.yaml");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let link = temp.path().join("link.yaml");
    std::os::unix::fs::symlink(&pipe, &link).unwrap();
    for path in [&pipe, &link] {
        let path = path.display().to_string();
        let (exit, out, words) = run(&["config", "--fix", &path], &mut std::io::empty(), false);
        assert_eq!((exit, out.as_str()), (Exit::Failed, ""));
        assert!(words.contains("usage/fix"), "{words}");
    }
    assert!(std::fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
}

#[test]
fn versions_of_the_catalogue_that_do_not_go_together() {
    let temp = tempfile::tempdir().unwrap();
    let repo = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/config/repo.in"));
    let talos = temp.path().join("cluster-template/talos");
    std::fs::create_dir_all(&talos).unwrap();
    std::fs::write(talos.join("talenv.yaml"), "talosVersion: v1.11.5\nkubernetesVersion: v1.36.0\n").unwrap();
    let file = |name: &str| repo.join(name).display().to_string();
    let templates = temp.path().display().to_string();
    let args = ["config", "--templates", &templates, &file("cluster.yaml"), &file("nodes.yaml")];
    let (exit, out, words) = run(&args, &mut std::io::empty(), false);
    assert_eq!((exit, out.as_str()), (Exit::No, ""));
    assert!(words.contains("Talos 1.11 does not run Kubernetes 1.36"), "{words}");
}

#[test]
fn a_private_repository_needs_its_key() {
    let temp = tempfile::tempdir().unwrap();
    let repo = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/config/repo.in"));
    let path = |name: &str| temp.path().join(name).display().to_string();
    let cluster = std::fs::read_to_string(repo.join("cluster.yaml")).unwrap();
    std::fs::write(path("cluster.yaml"), format!("{cluster}repository_visibility: private\n")).unwrap();
    std::fs::copy(repo.join("nodes.yaml"), path("nodes.yaml")).unwrap();
    let check = || {
        let args = [
            "config",
            "--check",
            "--templates",
            "REPO/templates",
            &path("cluster.yaml"),
            &path("nodes.yaml"),
        ];
        let (exit, _, words) = run(&args, &mut std::io::empty(), false);
        (exit, words)
    };
    // Before `just init` it is a hint, afterwards an error.
    let (exit, words) = check();
    assert!(exit == Exit::Yes && words.contains("note[config/deploy-key]"), "{words}");
    std::fs::write(path("age.key"), "").unwrap();
    let (exit, words) = check();
    assert!(exit == Exit::No && words.contains("error[config/deploy-key]"), "{words}");
    assert!(words.contains("github-deploy.key"), "{words}");
    std::fs::write(path("github-deploy.key"), "").unwrap();
    let (exit, words) = check();
    assert!(exit == Exit::Yes && !words.contains("config/deploy-key"), "{words}");
}

#[test]
fn plain_secrets_in_a_tracked_file() {
    let temp = tempfile::tempdir().unwrap();
    let repo = std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/config/repo.in"));
    let cluster = std::fs::read_to_string(repo.join("cluster.yaml")).unwrap();
    // What is marked as a throwaway is none.
    let secret = "not-a-real-token-either";
    let cluster = cluster.replace("THROWAWAY-s3cr3t-t0ken", secret);
    assert!(cluster.contains(secret));
    std::fs::write(temp.path().join("cluster.yaml"), cluster).unwrap();
    std::fs::copy(repo.join("nodes.yaml"), temp.path().join("nodes.yaml")).unwrap();
    let path = |name: &str| temp.path().join(name).display().to_string();
    let check = || {
        let args = [
            "config",
            "--check",
            "--strict",
            "--templates",
            "REPO/templates",
            &path("cluster.yaml"),
            &path("nodes.yaml"),
        ];
        run(&args, &mut std::io::empty(), false)
    };
    let git = |args: &[&str]| {
        let mut git = std::process::Command::new("git");
        git.args(args)
            .current_dir(temp.path())
            .env("GIT_CONFIG_NOSYSTEM", "1")
            .env("GIT_CONFIG_GLOBAL", "/dev/null");
        assert!(git.stdin(std::process::Stdio::null()).status().unwrap().success());
    };
    assert_eq!(check().0, Exit::Yes);
    git(&["init", "--quiet"]);
    git(&["add", "nodes.yaml"]);
    assert_eq!(check().0, Exit::Yes);
    git(&["add", "cluster.yaml"]);
    let (exit, _, words) = check();
    assert_eq!(exit, Exit::No);
    assert!(words.contains("config/tracked-secret") && !words.contains(secret), "{words}");
}
