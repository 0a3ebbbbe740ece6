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

/// A plugin on the reference library: each side wraps and opens through it.
#[test]
fn plugin_keys() {
    let Some(sops) = sops() else { return };
    let plugin = sops.with_file_name("age-plugin-wrapped");
    if !plugin.is_file() {
        eprintln!("skipped: CLUSTERPIPE_PEERS has no bin/age-plugin-wrapped");
        return;
    }
    let sandbox = Sandbox::new();
    std::fs::remove_file(sandbox.path(".sops.yaml")).unwrap();
    let made = run(&plugin, &sandbox, &["keygen"]);
    sandbox.write("plugin.key", &made.stdout);
    let recipient = public(&sandbox, "plugin.key");
    assert!(recipient.starts_with("age1wrapped1"), "{recipient}");
    let with = |mut command: Command, peer: bool| {
        let peers = plugin.parent().unwrap().display().to_string();
        command.env("SOPS_AGE_KEY_FILE", sandbox.path("plugin.key"));
        command.env("PATH", if peer { format!("{peers}:/usr/bin:/bin") } else { "/usr/bin:/bin".to_owned() });
        Ended::of(command, "")
    };
    let theirs = |args: &[&str]| {
        let mut command = Command::new(&sops);
        command.args(args).current_dir(sandbox.folder()).env_clear().env("HOME", sandbox.folder());
        command
    };
    sandbox.write("plain.yaml", PLAIN);
    let encrypt = ["encrypt", "--age", recipient.as_str(), "plain.yaml"];
    for (name, ended) in
        [("ours.yaml", with(sandbox.command(&encrypt), true)), ("theirs.yaml", with(theirs(&encrypt), true))]
    {
        assert_eq!(ended.code, Some(0), "{name}: {}", ended.stderr);
        sandbox.write(name, &ended.stdout);
    }
    for name in ["ours.yaml", "theirs.yaml"] {
        let args = ["decrypt", name];
        for ended in [with(sandbox.command(&args), true), with(theirs(&args), true)] {
            assert!(ended.code == Some(0) && ended.stdout.contains("b: secret"), "{name}: {}", ended.stderr);
        }
    }
    // Without the plugin the error names it, and shows nothing of the key.
    for args in [&["decrypt", "ours.yaml"][..], &encrypt] {
        let ended = with(sandbox.command(args), false);
        assert!(ended.code == Some(2) && ended.stderr.contains("age-plugin-wrapped"), "{}", ended.stderr);
        assert!(!ended.stderr.contains("AGE-PLUGIN-WRAPPED-1"));
    }
}

/// Runs a program at a terminal of its own and types the answer wherever it is asked for a passphrase: not before the
/// program has turned the echo off, which it does just after it asked.
const AT_A_TERMINAL: &str = r#"
import os, pty, sys, termios, time
pid, terminal = pty.fork()
if pid == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
seen, line = b"", b""
while True:
    try:
        data = os.read(terminal, 4096)
    except OSError:
        break
    if not data:
        break
    seen += data
    line = (line + data).split(b"\n")[-1]
    if b"passphrase" in line and line.rstrip().endswith(b":"):
        line = b""
        until = time.monotonic() + 10
        while termios.tcgetattr(terminal)[3] & termios.ECHO and time.monotonic() < until:
            time.sleep(0.005)
        os.write(terminal, sys.argv[1].encode() + b"\n")
sys.stdout.buffer.write(seen)
sys.stdout.flush()
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"#;

/// A file of identities that the real `age -p` protected with a passphrase.
#[test]
fn identity_files_with_a_passphrase() {
    let Some(sops) = sops() else { return };
    let sandbox = Sandbox::new();
    std::fs::remove_file(sandbox.path(".sops.yaml")).unwrap();
    let age = sops.with_file_name("age").display().to_string();
    let at_a_terminal = |answer: &str, words: &[&str]| {
        let mut command = Command::new("python3");
        command.args(["-c", AT_A_TERMINAL, answer]).args(words).current_dir(sandbox.folder()).env_clear();
        command.env("HOME", sandbox.folder()).env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("SOPS_AGE_KEY_FILE", sandbox.path("protected.age"));
        Ended::of(command, "")
    };
    for armor in [&["-a"][..], &[]] {
        std::fs::remove_file(sandbox.path("protected.age")).ok();
        let mut words = vec![age.as_str(), "-p"];
        words.extend(armor);
        words.extend(["-o", "protected.age", "age.key"]);
        let made = at_a_terminal("correct horse", &words);
        assert_eq!(made.code, Some(0), "{}", made.stdout);
        sandbox.write("plain.yaml", PLAIN);
        sandbox.ok(&["encrypt", "--age", &sandbox.recipient, "--output", "sealed.yaml", "plain.yaml"], "");
        for program in [env!("CARGO_BIN_EXE_secrets"), &sops.display().to_string()] {
            std::fs::remove_file(sandbox.path("opened.yaml")).ok();
            let decrypt = [program, "decrypt", "--output", "opened.yaml", "sealed.yaml"];
            let wrong = at_a_terminal("battery staple", &decrypt);
            assert!(
                wrong.code != Some(0) && !sandbox.path("opened.yaml").exists(),
                "{program}: {}",
                wrong.stdout
            );
            let opened = at_a_terminal("correct horse", &decrypt);
            assert_eq!(opened.code, Some(0), "{program}: {}", opened.stdout);
            assert!(sandbox.read("opened.yaml").contains("b: secret"));
            // What was typed is not shown, nor is what it opens.
            assert!(!opened.stdout.contains("correct horse") && !opened.stdout.contains("AGE-SECRET-KEY"));
        }
        // Nobody there to ask: an error, not a hang.
        let mut command = Command::new("setsid");
        command.arg("-w").arg(env!("CARGO_BIN_EXE_secrets")).args(["decrypt", "sealed.yaml"]);
        command
            .current_dir(sandbox.folder())
            .env("HOME", sandbox.folder())
            .env("SOPS_AGE_KEY_FILE", "protected.age");
        let ended = Ended::of(command, "");
        assert!(ended.code == Some(2) && ended.stderr.contains("sops/no-identity"), "{}", ended.stderr);
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
    // Every command that opens or writes a file does the same.
    let ok = |args: &[&str]| {
        let ended = with(args, true);
        assert_eq!(ended.code, Some(0), "{args:?}: {}", ended.stderr);
        ended.stdout
    };
    assert_eq!(ok(&["decrypt", "--extract", "[\"b\"]", "a.yaml"]), "secret");
    ok(&["set", "a.yaml", "[\"b\"]", "\"changed\""]);
    assert!(ok(&["exec-env", "a.yaml", "echo $b"]).contains("changed"));
    assert!(ok(&["exec-file", "a.yaml", "cat {}"]).contains("b: changed"));
    ok(&["unset", "a.yaml", "[\"a\"]"]);
    assert!(ok(&["diff", "a.yaml"]).contains("b: changed"));
    assert_eq!(ok(&["-d", "--extract", "[\"b\"]", "a.yaml"]), "changed");
    let before = sandbox.read("a.yaml");
    ok(&["rotate", "-i", "a.yaml"]);
    assert!(sandbox.read("a.yaml") != before && ok(&["decrypt", "a.yaml"]).contains("b: changed"));
    ok(&["updatekeys", "-y", "a.yaml"]);
    assert!(ok(&["recipients", "a.yaml"]).contains("(key_groups)"));
    // One of ours among them: both are rotated.
    sandbox.write("own/b.yaml", PLAIN);
    ok(&["encrypt", "-i", "--age", &sandbox.recipient, "own/b.yaml"]);
    let (first, other) = (sandbox.read("a.yaml"), sandbox.read("own/b.yaml"));
    ok(&["rotate", "-i", "a.yaml", "own/b.yaml"]);
    assert!(sandbox.read("a.yaml") != first && sandbox.read("own/b.yaml") != other);
    sandbox.write("value", "made");
    ok(&["create", "made", "default", "--from-file", "V=value", "--output", "made.sops.yaml"]);
    let made = sandbox.read("made.sops.yaml");
    assert!(made.contains("key_groups:") && made.contains("kind: Secret"), "{made}");
    assert!(ok(&["decrypt", "made.sops.yaml"]).contains("V: made"));
    ok(&["check", "--decrypt", "made.sops.yaml"]);
    sandbox.write("editor", "#!/bin/sh\nprintf 'k: edited\\n' >\"$1\"\n");
    std::fs::set_permissions(sandbox.path("editor"), std::os::unix::fs::PermissionsExt::from_mode(0o755))
        .unwrap();
    for file in ["a.yaml", "new.yaml"] {
        let mut command = sandbox.command(&["edit", file]);
        command.env("SOPS_AGE_KEY_FILE", sandbox.path("both.key")).env("EDITOR", sandbox.path("editor"));
        command.env("PATH", format!("{}:/usr/bin:/bin", sops.parent().unwrap().display()));
        let edited = Ended::of(command, "");
        assert_eq!(edited.code, Some(0), "{}", edited.stderr);
        assert!(sandbox.read(file).contains("key_groups:"));
        assert_eq!(ok(&["decrypt", file]), "k: edited\n");
    }
    // Without the program every one says so, and changes nothing.
    let before = sandbox.read("a.yaml");
    for args in [
        &["set", "a.yaml", "[\"b\"]", "\"x\""][..],
        &["unset", "a.yaml", "[\"k\"]"],
        &["rotate", "-i", "a.yaml", "own/b.yaml"],
        &["updatekeys", "-y", "a.yaml"],
        &["diff", "a.yaml"],
        &["check", "--decrypt", "made.sops.yaml"],
        &["exec-env", "a.yaml", "true"],
        &["exec-file", "a.yaml", "true"],
        &["create", "x", "default", "--from-file", "V=value", "--output", "x.sops.yaml"],
    ] {
        let ended = with(args, false);
        assert!(ended.code != Some(0) && ended.stderr.contains("sops"), "{args:?}: {}", ended.stderr);
    }
    assert!(sandbox.read("a.yaml") == before && !sandbox.path("x.sops.yaml").exists());
}
