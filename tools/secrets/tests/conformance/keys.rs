//! Keys of every kind, made by the peers and by us, read by the other.

use std::process::Command;

use crate::common::{Ended, Sandbox};
use crate::{run, sops};

const PLAIN: &str = "a: 1\nb: secret # why\n";

fn both_ways(sandbox: &Sandbox, recipient: &str, variable: &str, file: &str) {
    let sops = sops().unwrap();
    sandbox.write("plain.yaml", PLAIN);
    let encrypt = ["encrypt", "--age", recipient, "plain.yaml"];
    let theirs = run(&sops, sandbox, &encrypt);
    assert_eq!(theirs.code, Some(0), "{}", theirs.stderr);
    sandbox.write("theirs.yaml", &theirs.stdout);
    sandbox.write("ours.yaml", &sandbox.ok(&encrypt, ""));
    for encrypted in ["theirs.yaml", "ours.yaml"] {
        let with = |mut command: Command| {
            command.env_remove("SOPS_AGE_KEY_FILE").env(variable, sandbox.path(file));
            Ended::of(command, "")
        };
        let ours = with(sandbox.command(&["decrypt", encrypted]));
        assert_eq!(ours.code, Some(0), "{encrypted}: {}", ours.stderr);
        assert!(ours.stdout.contains("b: secret"));
        let mut command = Command::new(&sops);
        command
            .args(["decrypt", encrypted])
            .current_dir(sandbox.folder())
            .env_clear()
            .env("HOME", sandbox.folder());
        let theirs = with(command);
        assert_eq!(theirs.code, Some(0), "{encrypted}: {}", theirs.stderr);
    }
}

fn public(sandbox: &Sandbox, file: &str) -> String {
    let text = sandbox.read(file);
    text.lines().find_map(|line| line.strip_prefix("# public key: ")).unwrap().to_owned()
}

#[test]
fn post_quantum_keys() {
    let Some(sops) = sops() else { return };
    let sandbox = Sandbox::new();
    std::fs::remove_file(sandbox.path(".sops.yaml")).unwrap();
    sandbox.ok(&["keygen", "--pq", "-o", "ours.key"], "");
    let made = run(&sops.with_file_name("age-keygen"), &sandbox, &["-pq", "-o", "theirs.key"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    for key in ["ours.key", "theirs.key"] {
        let recipient = public(&sandbox, key);
        assert!(recipient.starts_with("age1pq1"));
        let told = run(&sops.with_file_name("age-keygen"), &sandbox, &["-y", key]);
        assert_eq!(told.stdout.trim(), recipient);
        both_ways(&sandbox, &recipient, "SOPS_AGE_KEY_FILE", key);
    }
}

#[test]
fn ssh_keys() {
    if sops().is_none() || !std::path::Path::new("/usr/bin/ssh-keygen").exists() {
        return;
    }
    let sandbox = Sandbox::new();
    std::fs::remove_file(sandbox.path(".sops.yaml")).unwrap();
    for (kind, bits) in [("ed25519", "256"), ("rsa", "2048")] {
        let file = sandbox.path(kind);
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", kind, "-b", bits, "-N", "", "-f"])
            .arg(file)
            .status();
        assert!(made.unwrap().success());
        let recipient = sandbox.read(&format!("{kind}.pub"));
        both_ways(&sandbox, recipient.trim(), "SOPS_AGE_SSH_PRIVATE_KEY_FILE", kind);
    }
}

/// A data key in several parts is sops's: we hand such files over, and get the same.
#[test]
fn key_groups_are_handed_over() {
    let Some(sops) = sops() else { return };
    let sandbox = Sandbox::new();
    sandbox.ok(&["keygen", "-o", "second.key"], "");
    let second = public(&sandbox, "second.key");
    sandbox.write(
        ".sops.yaml",
        &format!("creation_rules:\n  - shamir_threshold: 2\n    key_groups: [{{age: [{}]}}, {{age: [{second}]}}]\n", sandbox.recipient),
    );
    sandbox.write("a.yaml", PLAIN);
    sandbox.write("both.key", &format!("{}{}", sandbox.read("age.key"), sandbox.read("second.key")));
    let with = |args: &[&str], peer: bool| {
        let mut command = sandbox.command(args);
        command.env("SOPS_AGE_KEY_FILE", sandbox.path("both.key"));
        let peers = sops.parent().unwrap().display();
        command.env("PATH", if peer { format!("{peers}:/usr/bin:/bin") } else { "/usr/bin:/bin".to_owned() });
        Ended::of(command, "")
    };
    let encrypted = with(&["encrypt", "-i", "a.yaml"], true);
    assert!(
        encrypted.code == Some(0) && encrypted.stderr.contains("handed to the sops program"),
        "{}",
        encrypted.stderr
    );
    assert!(sandbox.read("a.yaml").contains("key_groups:"));
    let decrypted = with(&["decrypt", "a.yaml"], true);
    assert!(decrypted.code == Some(0) && decrypted.stdout.contains("b: secret"), "{}", decrypted.stderr);
    let without = with(&["decrypt", "a.yaml"], false);
    assert!(without.code == Some(2) && without.stderr.contains("several key groups"), "{}", without.stderr);
}
