//! What scripts that were written for sops do.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may fail")]

mod common;

use common::{Ended, Sandbox};

const FILE: &str = "talos/a.sops.yaml";

fn encrypted() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(FILE, "a: one\nb: two\n");
    sandbox.ok(&["encrypt", "-i", FILE], "");
    sandbox
}

fn other_recipient(sandbox: &Sandbox) -> String {
    let made = sandbox.run(&["keygen", "-o", "other.key"], "");
    made.stderr.trim().strip_prefix("Public key: ").unwrap().to_owned()
}

#[test]
fn filestatus_prints_what_sops_prints() {
    let sandbox = encrypted();
    sandbox.write("plain.yaml", "a: 1\n");
    sandbox.write(
        "no-mac.yaml",
        &sandbox.read(FILE).replace("    mac: ", "    other: ").replace("  mac: ", "  other: "),
    );
    sandbox.write("copy.conf", &sandbox.read(FILE));
    for (args, printed) in [
        (&["filestatus", FILE][..], "{\"encrypted\":true}\n"),
        (&["filestatus", "plain.yaml"], "{\"encrypted\":false}\n"),
        (&["filestatus", "no-mac.yaml"], "{\"encrypted\":false}\n"),
        (&["filestatus", "--input-type", "yaml", "copy.conf"], "{\"encrypted\":true}\n"),
    ] {
        assert_eq!(sandbox.ok(args, ""), printed, "{args:?}");
    }
    for args in [&["filestatus"][..], &["filestatus", "missing.yaml"], &["filestatus", "copy.conf"]] {
        let ended = sandbox.run(args, "");
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{args:?}");
    }
}

#[test]
fn flags_may_stand_before_the_command() {
    let sandbox = encrypted();
    sandbox.write(
        "other.yaml",
        &format!("creation_rules:\n  - age: {}\n    encrypted_regex: ^a$\n", sandbox.recipient),
    );
    sandbox.write("p.yaml", "a: one\nb:\n    c: two\n");
    let made = sandbox
        .ok(&["--disable-version-check", "--config", "other.yaml", "--indent", "2", "encrypt", "p.yaml"], "");
    assert!(made.contains("c: two") && made.contains("a: ENC[") && made.contains("\n  age:\n"), "{made}");
    let args = ["--verbose", "--decryption-order", "age,pgp", "--config=other.yaml", "decrypt", FILE];
    assert_eq!(sandbox.ok(&args, ""), "a: one\nb: two\n");
    assert_eq!(sandbox.ok(&["decrypt", "--enable-local-keyservice", FILE], ""), "a: one\nb: two\n");
    assert_eq!(sandbox.ok(&["-v"], ""), sandbox.ok(&["--version"], ""));
}

#[test]
fn what_only_sops_can_do_is_said() {
    let sandbox = encrypted();
    let before = sandbox.read(FILE);
    let lines: [&[&str]; 7] = [
        &["encrypt", "--pgp", "F", FILE],
        &["rotate", "-i", "--add-kms", "arn", FILE],
        &["edit", "--show-master-keys", FILE],
        &["decrypt", "--keyservice", "tcp://localhost:1", FILE],
        &["exec-env", "--user", "nobody", FILE, "id"],
        &["groups", "delete", "0", "-f", FILE],
        &["publish", FILE],
    ];
    for args in lines {
        let mut command = sandbox.command(args);
        command.env("PATH", sandbox.path("nowhere"));
        let ended = Ended::of(command, "");
        assert!(
            ended.code == Some(2) && ended.stderr.contains("is not built in"),
            "{args:?}: {}",
            ended.stderr
        );
        assert!(ended.stderr.contains("install the sops program"), "{}", ended.stderr);
    }
    // The environment names keys too.
    let mut command = sandbox.command(&["encrypt", "--filename-override", FILE, "-"]);
    command.env("PATH", sandbox.path("nowhere")).env("SOPS_PGP_FP", "F");
    let ended = Ended::of(command, "a: 1\n");
    assert!(ended.code == Some(2) && ended.stderr.contains("sops/other-keys"), "{}", ended.stderr);
    let other_type = sandbox.run(&["set", "--output-type", "json", FILE, "[\"a\"]", "1"], "");
    assert!(
        other_type.code == Some(2) && other_type.stderr.contains("usage/output-type"),
        "{}",
        other_type.stderr
    );
    assert_eq!(sandbox.read(FILE), before);
}

#[test]
fn rotate_takes_all_flags() {
    let sandbox = encrypted();
    let before = sandbox.read(FILE);
    sandbox.ok(&["rotate", "--output", "out.yaml", FILE], "");
    assert_eq!(
        (sandbox.ok(&["decrypt", "out.yaml"], "").as_str(), sandbox.read(FILE)),
        ("a: one\nb: two\n", before.clone())
    );
    // A misspelled recipient is not passed over; one that is added and removed is out.
    let typo = sandbox.run(&["rotate", "-i", "--rm-age", "age1typo", FILE], "");
    assert!(typo.code == Some(2) && typo.stderr.contains("sops/recipient"), "{}", typo.stderr);
    assert_eq!(sandbox.read(FILE), before);
    let other = other_recipient(&sandbox);
    sandbox.ok(&["rotate", "-i", "--add-age", &other, "--rm-age", &other, FILE], "");
    assert!(!sandbox.read(FILE).contains(&other));
    sandbox.write("copy.conf", &sandbox.read(FILE));
    sandbox.ok(&["rotate", "-i", "--filename-override", FILE, "copy.conf"], "");
    assert_eq!(
        sandbox.ok(&["decrypt", "--input-type", "yaml", "--output-type", "yaml", "copy.conf"], ""),
        "a: one\nb: two\n"
    );
}

#[test]
fn values_come_from_files() {
    let sandbox = encrypted();
    sandbox.write("value.json", "\"three\"");
    sandbox.ok(&["set", "--value-file", FILE, "[\"a\"]", "value.json"], "");
    assert_eq!(sandbox.ok(&["decrypt", FILE], ""), "a: three\nb: two\n");
}

/// As in sops another order of the same recipients is no change.
#[test]
fn updatekeys_compares_sets() {
    let sandbox = encrypted();
    let other = other_recipient(&sandbox);
    let config = |list: &[&str]| {
        sandbox.write(".sops.yaml", &format!("creation_rules:\n  - age: [{}]\n", list.join(", ")));
    };
    config(&[&sandbox.recipient, &other]);
    sandbox.ok(&["updatekeys", "-y", "--input-type", "yaml", FILE], "");
    let both = sandbox.read(FILE);
    assert!(both.contains(&other));
    for list in [[&other, &sandbox.recipient], [&sandbox.recipient, &other]] {
        config(&[list[0], list[1], list[0]]);
        let same = sandbox.run(&["updatekeys", "--dry-run", FILE], "");
        assert!(same.code == Some(0) && same.stderr.contains("already up to date"), "{}", same.stderr);
    }
    assert_eq!(sandbox.read(FILE), both);
}
