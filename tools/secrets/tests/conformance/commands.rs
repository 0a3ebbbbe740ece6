//! Commands around the encrypted file, run by both: what they say of it, who can read it afterwards.

use std::path::Path;

use crate::common::{Ended, Sandbox};
use crate::{run, sops};

const PLAIN: &str = "a: one\nb: two\n";

/// A folder with a second key, `other.key`, and its recipient.
fn two_keys() -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    let made = sandbox.run(&["keygen", "-o", "other.key"], "");
    let other = made.stderr.trim().strip_prefix("Public key: ").unwrap().to_owned();
    std::fs::remove_file(sandbox.path(".sops.yaml")).unwrap();
    (sandbox, other)
}

/// What a file decrypts to with each of the two keys; none where a key does not open it.
fn readers(sops: &Path, sandbox: &Sandbox, file: &str) -> [Option<String>; 2] {
    ["age.key", "other.key"].map(|key| {
        let mut command = std::process::Command::new(sops);
        command.args(["decrypt", file]).current_dir(sandbox.folder()).env_clear();
        command.env("HOME", sandbox.folder()).env("SOPS_AGE_KEY_FILE", sandbox.path(key));
        let ended = Ended::of(command, "");
        (ended.code == Some(0)).then_some(ended.stdout)
    })
}

/// Both run the same command on the same encrypted file; the result must be for the same readers.
fn compare(sops: &Path, sandbox: &Sandbox, what: &str, args: &[&str]) {
    let before = sandbox.read("a.yaml");
    let theirs = run(sops, sandbox, args);
    let after = readers(sops, sandbox, "a.yaml");
    let changed = sandbox.read("a.yaml") != before;
    sandbox.write("a.yaml", &before);
    let ours = sandbox.run(args, "");
    assert_eq!(theirs.code == Some(0), ours.code == Some(0), "{what}: {}{}", theirs.stderr, ours.stderr);
    assert_eq!(after, readers(sops, sandbox, "a.yaml"), "{what}");
    assert_eq!(changed, sandbox.read("a.yaml") != before, "{what}");
    sandbox.write("a.yaml", &before);
}

#[test]
fn filestatus_agrees() {
    let Some(sops) = sops() else { return };
    let (sandbox, _) = two_keys();
    let recipient = sandbox.recipient.clone();
    let encrypted = |name: &str, plain: &str| {
        sandbox.write(name, plain);
        run(&sops, &sandbox, &["encrypt", "--age", &recipient, name]).stdout
    };
    let yaml = encrypted("p.yaml", PLAIN);
    let without = |key: &str| {
        yaml.lines().filter(|line| !line.trim_start().starts_with(key)).collect::<Vec<_>>().join("\n")
    };
    for (name, text) in [
        ("a.yaml", yaml.clone()),
        ("a.json", encrypted("p.json", "{\"a\": 1}\n")),
        ("a.env", encrypted("p.env", "A=1\n")),
        ("a.ini", encrypted("p.ini", "[s]\na = 1\n")),
        ("a.bin", encrypted("p.bin", "bytes")),
        ("p.yaml", PLAIN.to_owned()),
        ("p.json", "{}\n".to_owned()),
        ("p.env", "A=1\n".to_owned()),
        ("p.ini", "[s]\na = 1\n".to_owned()),
        ("p.bin", "bytes".to_owned()),
        ("empty.yaml", String::new()),
        ("empty.json", String::new()),
        ("null.yaml", "null\n".to_owned()),
        ("list.yaml", "- a\n".to_owned()),
        ("broken.yaml", "a: [\n".to_owned()),
        ("no-mac.yaml", without("mac:")),
        ("second.yaml", format!("{PLAIN}---\n{yaml}")),
        ("nested.yaml", "a:\n  sops: {mac: x}\n".to_owned()),
        ("null-block.yaml", "a: 1\nsops:\n".to_owned()),
    ] {
        sandbox.write(name, &text);
        let (theirs, ours) =
            (run(&sops, &sandbox, &["filestatus", name]), sandbox.run(&["filestatus", name], ""));
        assert_eq!(theirs.stdout, ours.stdout, "{name}: {}{}", theirs.stderr, ours.stderr);
        assert_eq!(theirs.code == Some(0), ours.code == Some(0), "{name}");
    }
}

#[test]
fn updatekeys_follows_rules_of_every_form() {
    let Some(sops) = sops() else { return };
    let (sandbox, two) = two_keys();
    let one = sandbox.recipient.clone();
    sandbox.write("a.yaml", PLAIN);
    let made = run(&sops, &sandbox, &["encrypt", "-i", "--age", &one, "a.yaml"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    for rule in [
        format!("creation_rules:\n  - age: {one},{two}\n"),
        format!("creation_rules:\n  - age: \"{one} , {two},\"\n"),
        format!("creation_rules:\n  - age: >-\n      {one},\n      {two}\n"),
        format!("creation_rules:\n  - age: [{one}, {two}]\n"),
        format!("creation_rules:\n  - age: [{one}, {one}]\n"),
        format!("creation_rules:\n  - key_groups:\n      - age: [{two}, {one}]\n"),
        format!("creation_rules:\n  - key_groups: [{{age: {one}}}]\n"),
        format!("creation_rules:\n  - key_groups:\n      - merge: [{{age: [{one}]}}, {{age: [{two}]}}]\n"),
        format!("creation_rules:\n  -\n  - age: {two}\n"),
        format!(
            "k: &k {{age: {two}, mac_only_encrypted: yes}}\ncreation_rules:\n  - <<: *k\n    encrypted_regex: x\n"
        ),
        format!("k: &k [{{age: {two}}}]\ncreation_rules: *k\n"),
        format!("creation_rules:\n  - path_regex: ^a\\.yaml$\n    age: {two}\n  - age: {one}\n"),
        format!("creation_rules:\n  - path_regex: nope\n    age: {two}\n"),
        format!("creation_rules:\n  - age: {two}\n    mac_only_encrypted: on\n"),
        format!("creation_rules:\n  - age: {two}\n    mac_only_encrypted: \"true\"\n"),
        format!("creation_rules:\n  - age: {two}\n    encrypted_regex: a\n    encrypted_suffix: b\n"),
        "creation_rules:\n  - path_regex: .*\n".to_owned(),
        "creation_rules: []\n".to_owned(),
        "creation_rules:\n".to_owned(),
    ] {
        sandbox.write(".sops.yaml", &rule);
        compare(&sops, &sandbox, &rule, &["updatekeys", "-y", "a.yaml"]);
    }
}

#[test]
fn rotate_is_for_the_same_readers() {
    let Some(sops) = sops() else { return };
    let (sandbox, two) = two_keys();
    let one = sandbox.recipient.clone();
    sandbox.write("a.yaml", PLAIN);
    let made = run(&sops, &sandbox, &["encrypt", "-i", "--age", &one, "a.yaml"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    let both = format!("{two},{one}");
    for args in [
        &["rotate", "-i", "a.yaml"][..],
        &["rotate", "-i", "--add-age", &two, "a.yaml"],
        &["rotate", "-i", "--add-age", &both, "a.yaml"],
        &["rotate", "-i", "--add-age", &two, "--rm-age", &one, "a.yaml"],
        &["rotate", "-i", "--add-age", &two, "--rm-age", &two, "a.yaml"],
        &["rotate", "-i", "--rm-age", &two, "a.yaml"],
        &["rotate", "-i", "--rm-age", &one, "a.yaml"],
        &["rotate", "-i", "--rm-age", "age1typo", "a.yaml"],
        &["rotate", "-i", "--add-age", "age1typo", "a.yaml"],
        &["rotate", "-i", "--add-age", "", "a.yaml"],
        &["-r", "-i", "--add-age", &two, "a.yaml"],
        &["--ignore-mac", "rotate", "-i", "a.yaml"],
    ] {
        compare(&sops, &sandbox, &args.join(" "), args);
    }
}
