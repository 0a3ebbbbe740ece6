//! `encrypt --reuse` and `--reuse-git`: what did not change keeps its bytes; what does not fit starts anew or is refused.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may fail")]

mod common;

use common::{SECRET, SECRET_FILE, Sandbox};

fn encrypted() -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    sandbox.write(SECRET_FILE, SECRET);
    sandbox.ok(&["encrypt", "-i", SECRET_FILE], "");
    let text = sandbox.read(SECRET_FILE);
    (sandbox, text)
}

fn again(sandbox: &Sandbox, plain: &str, more: &[&str]) -> common::Ended {
    let mut args = vec!["encrypt", "--filename-override", SECRET_FILE, "--reuse", SECRET_FILE];
    args.extend(more);
    sandbox.run(&args, plain)
}

fn lines_that_differ(a: &str, b: &str) -> Vec<String> {
    assert_eq!(a.lines().count(), b.lines().count());
    let pairs = a.lines().zip(b.lines()).filter(|(a, b)| a != b);
    pairs.map(|(a, _)| a.trim_start().split([':', ' ']).next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn nothing_changed_is_the_same_to_the_byte() {
    let (sandbox, text) = encrypted();
    let ended = again(&sandbox, SECRET, &[]);
    assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (Some(0), text.as_str(), ""));
}

#[test]
fn only_what_changed_changes() {
    let (sandbox, text) = encrypted();
    let ended = again(&sandbox, &SECRET.replace("s3cr3t-t0ken", "another"), &[]);
    let mut changed = lines_that_differ(&text, &ended.stdout);
    changed.retain(|key| key != "lastmodified"); // within the same second it stays
    assert_eq!(changed, ["TOKEN", "mac"]);
    sandbox.write(SECRET_FILE, &ended.stdout);
    assert_eq!(sandbox.ok(&["decrypt", SECRET_FILE], ""), SECRET.replace("s3cr3t-t0ken", "another"));
}

#[test]
fn what_is_not_encrypted_may_change_without_the_block() {
    let (sandbox, text) = encrypted();
    // The rule says mac_only_encrypted: a new name, another comment and order of plain keys leave the block as it is.
    let changed = SECRET.replace("name: cluster-secrets", "name: other # new");
    let ended = again(&sandbox, &changed, &[]);
    assert_eq!(ended.stdout, text.replace("name: cluster-secrets", "name: other # new"));
}

#[test]
fn a_value_keeps_its_text_by_path_and_type() {
    let (sandbox, text) = encrypted();
    // The same value below another key is another value.
    let ended = again(&sandbox, &SECRET.replace("TOKEN:", "TOKEN2:"), &[]);
    let token = |text: &str| {
        text.lines().find(|line| line.contains("TOKEN")).unwrap().split_once(": ").unwrap().1.to_owned()
    };
    assert_ne!(token(&text), token(&ended.stdout));
    // The number 1 is not the text "1".
    sandbox.write("talos/n.sops.yaml", "a: 1\n");
    sandbox.ok(&["encrypt", "-i", "talos/n.sops.yaml"], "");
    let args = ["encrypt", "--filename-override", "talos/n.sops.yaml", "--reuse", "talos/n.sops.yaml"];
    let first = sandbox.read("talos/n.sops.yaml");
    assert_eq!(lines_that_differ(&first, &sandbox.ok(&args, "a: \"1\"\n"))[0], "a");
    assert_eq!(sandbox.ok(&args, "a: 1\n"), first);
}

#[test]
fn other_recipients_or_rules_give_a_new_data_key() {
    let (sandbox, text) = encrypted();
    let entry = |text: &str| text.split("-----BEGIN").nth(1).unwrap().to_owned();
    let other = sandbox.run(&["keygen"], "");
    let other = other.stderr.trim().strip_prefix("Public key: ").unwrap().to_owned();
    let both = format!("{},{other}", sandbox.recipient);
    for more in [vec!["--age", &both], vec!["--encrypted-regex", "^stringData$"]] {
        let ended = again(&sandbox, SECRET, &more);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert_ne!(entry(&ended.stdout), entry(&text), "{more:?}");
        assert!(
            lines_that_differ(
                &text,
                &ended.stdout[..text.find("sops:").unwrap()]
                    .lines()
                    .chain(text[text.find("sops:").unwrap()..].lines())
                    .collect::<Vec<_>>()
                    .join("\n")
            )
            .contains(&"TOKEN".to_owned())
        );
    }
    // Store options show in the layout.
    sandbox.write(".sops.yaml", &sandbox.read(".sops.yaml").replace("indent: 2", "indent: 4"));
    assert_ne!(entry(&again(&sandbox, SECRET, &[]).stdout), entry(&text));
}

#[test]
fn absent_or_plain_files_give_a_fresh_one() {
    let sandbox = Sandbox::new();
    let ended = again(&sandbox, SECRET, &[]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert!(ended.stdout.contains("sops:"));
    sandbox.write(SECRET_FILE, SECRET);
    let ended = again(&sandbox, SECRET, &[]);
    assert_eq!(ended.code, Some(0));
    assert!(ended.stderr.contains("warning[sops/not-encrypted]"), "{}", ended.stderr);
}

#[test]
fn what_cannot_be_opened_is_refused_or_encrypted_anew() {
    let (sandbox, text) = encrypted();
    let token = text.lines().find(|line| line.contains("TOKEN")).unwrap();
    let broken = text.replace(&format!("{token}\n"), "");
    let refused = |name: &str, code: &str| {
        let ended = again(&sandbox, SECRET, &[]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{name}");
        assert!(ended.stderr.contains(code) && ended.stderr.contains("--reencrypt"), "{}", ended.stderr);
        let ended = again(&sandbox, SECRET, &["--reencrypt"]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(ended.stderr.contains("warning[") && ended.stdout.contains("sops:"), "{}", ended.stderr);
    };
    sandbox.write(SECRET_FILE, &broken);
    refused("bad mac", "sops/mac-mismatch");
    sandbox.write(SECRET_FILE, "a: [\n");
    refused("no YAML", "yaml/syntax");
    sandbox.write(SECRET_FILE, &text);
    std::fs::remove_file(sandbox.path("age.key")).unwrap();
    refused("no identity", "sops/no-identity");
}

#[test]
fn a_version_in_git_is_reused() {
    let (sandbox, text) = encrypted();
    let args = ["encrypt", "-i", "--reuse-git", "HEAD", SECRET_FILE];
    // Outside of a repository, before the first commit, and for a new file there is nothing to reuse.
    let plain_again = || sandbox.write(SECRET_FILE, SECRET);
    plain_again();
    let ended = sandbox.run(&args, "");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("secrets/no-repository"), "{}", ended.stderr);
    sandbox.git(&["init", "-q"]);
    plain_again();
    assert_eq!(sandbox.run(&args, "").stderr, "");
    sandbox.git(&["commit", "-q", "--allow-empty", "-m", "one"]);
    plain_again();
    assert_eq!(sandbox.run(&args, "").stderr, "");
    sandbox.write(SECRET_FILE, &text);
    sandbox.git(&["add", "."]);
    sandbox.git(&["commit", "-q", "-m", "two"]);
    plain_again();
    sandbox.ok(&args, "");
    assert_eq!(sandbox.read(SECRET_FILE), text);
    // From a folder below, and by another revision.
    plain_again();
    let mut below = sandbox.command(&[
        "encrypt",
        "-i",
        "--config",
        "../.sops.yaml",
        "--reuse-git",
        "main",
        "components/cluster-secrets.sops.yaml",
    ]);
    below.current_dir(sandbox.path("kubernetes"));
    assert_eq!(common::Ended::of(below, "").code, Some(0));
    assert_eq!(sandbox.read(SECRET_FILE), text);
    let ended = sandbox.run(&["encrypt", "--reuse-git", "nope", SECRET_FILE], "");
    assert_eq!(ended.code, Some(2));
    let ended = sandbox.run(&["encrypt", "--reuse-git=--output=x", SECRET_FILE], "");
    assert_eq!(ended.code, Some(2));
}

#[test]
fn lists_keep_what_stayed_when_items_move() {
    let sandbox = Sandbox::new();
    sandbox.write("talos/l.sops.yaml", "l:\n  - a\n  - b\n  - a\n");
    sandbox.ok(&["encrypt", "-i", "talos/l.sops.yaml"], "");
    let first = sandbox.read("talos/l.sops.yaml");
    let args = ["encrypt", "--filename-override", "talos/l.sops.yaml", "--reuse", "talos/l.sops.yaml"];
    assert_eq!(sandbox.ok(&args, "l:\n  - a\n  - b\n  - a\n"), first);
    let second = sandbox.ok(&args, "l:\n  - new\n  - a\n  - b\n  - a\n");
    let items = |text: &str| {
        text.lines().filter(|line| line.contains("- ENC")).map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(items(&second)[1..], items(&first)[..]);
}
