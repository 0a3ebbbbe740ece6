//! What a person typed into the editor is saved, or kept encrypted, and never stays behind readable.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may fail")]

mod common;

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{Ended, Sandbox};

const FILE: &str = "talos/a.sops.yaml";

/// A folder with an encrypted file, an empty folder for private files, and an editor that is a script.
fn sandbox(editor: &str) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(FILE, "a: one\n");
    sandbox.ok(&["encrypt", "-i", FILE], "");
    std::fs::create_dir(sandbox.path("private")).unwrap();
    sandbox.write("editor", &format!("#!/bin/sh\n{editor}\n"));
    std::fs::set_permissions(sandbox.path("editor"), std::fs::Permissions::from_mode(0o755)).unwrap();
    sandbox
}

/// A program in a session of its own (so without a terminal), with the tool's environment.
fn detached(sandbox: &Sandbox, args: &[&str]) -> Command {
    let tool = sandbox.command(args);
    let mut command = Command::new("setsid");
    command.arg("-w").arg(tool.get_program()).args(tool.get_args());
    environment(sandbox, &tool, &mut command);
    command
}

fn environment(sandbox: &Sandbox, tool: &Command, command: &mut Command) {
    command.current_dir(sandbox.folder()).env_clear();
    command.envs(tool.get_envs().filter_map(|(key, value)| Some((key, value?))));
    command.env("EDITOR", sandbox.path("editor")).env("XDG_RUNTIME_DIR", sandbox.path("private"));
}

fn is_clean(sandbox: &Sandbox) -> bool {
    std::fs::read_dir(sandbox.path("private")).unwrap().next().is_none()
}

#[test]
fn what_cannot_be_encrypted_is_kept_encrypted() {
    for (change, code) in [
        ("echo 'b: [' >> \"$1\"", "secrets/edit"),
        // Only encrypting finds these.
        ("echo 'b: !mine x' >> \"$1\"", "sops/tag"),
        ("echo 'b: 2' >> \"$1\"; echo >> talos/a.sops.yaml", "secrets/changed-meanwhile"),
        ("echo 'b: 2' >> \"$1\"; kill -9 $$", "secrets/editor"),
    ] {
        let sandbox = sandbox(change);
        let ended = Ended::of(detached(&sandbox, &["edit", FILE]), "");
        assert!(ended.code == Some(2) && ended.stderr.contains(code), "{change}: {}", ended.stderr);
        assert!(ended.stderr.contains("talos/a.sops.yaml.unsaved"), "{}", ended.stderr);
        assert_eq!(sandbox.ok(&["decrypt", FILE], "").trim_end(), "a: one");
        let kept = sandbox.ok(&["decrypt", "talos/a.sops.yaml.unsaved"], "");
        assert!(kept.starts_with("a: one\nb: "), "{kept}");
        assert_eq!(sandbox.mode("talos/a.sops.yaml.unsaved"), 0o600);
        assert!(is_clean(&sandbox));
        // The next one does not take its place.
        assert_eq!(Ended::of(detached(&sandbox, &["edit", FILE]), "").code, Some(2));
        assert!(sandbox.path("talos/a.sops.yaml.unsaved-2").exists());
    }
}

#[test]
fn a_last_line_without_an_end_stays_a_line() {
    let sandbox = sandbox("echo 'b: 2' >> \"$1\"");
    sandbox.write(FILE, sandbox.read(FILE).trim_end());
    assert_eq!(sandbox.ok(&["decrypt", FILE], ""), "a: one");
    assert_eq!(Ended::of(detached(&sandbox, &["edit", FILE]), "").code, Some(0));
    assert_eq!(sandbox.ok(&["decrypt", FILE], ""), "a: one\nb: 2\n");
}

#[test]
fn what_was_given_up_is_not_kept() {
    for change in ["echo 'b: 2' >> \"$1\"; exit 1", "rm \"$1\""] {
        let sandbox = sandbox(change);
        assert_eq!(Ended::of(detached(&sandbox, &["edit", FILE]), "").code, Some(2));
        assert!(is_clean(&sandbox) && !sandbox.path("talos/a.sops.yaml.unsaved").exists(), "{change}");
    }
}

#[test]
fn a_new_file_that_cannot_be_made_is_kept_too() {
    let sandbox = sandbox("echo 'b: !mine x' > \"$1\"");
    let ended = Ended::of(detached(&sandbox, &["edit", "talos/new.sops.yaml"]), "");
    assert!(ended.code == Some(2) && !sandbox.path("talos/new.sops.yaml").exists(), "{}", ended.stderr);
    assert_eq!(sandbox.ok(&["decrypt", "talos/new.sops.yaml.unsaved"], ""), "b: !mine x\n");
}

/// At a terminal, which `script` makes, a mistake is opened again.
#[test]
fn a_mistake_can_be_mended() {
    if !std::path::Path::new("/usr/bin/script").exists() {
        eprintln!("skipped: no script program");
        return;
    }
    let change =
        "if [ -e once ]; then sed -i 's/!mine //' \"$1\"; else touch once; echo 'b: !mine x' >> \"$1\"; fi";
    for (answer, plain) in [("\n", "a: one\nb: x\n"), ("q\n", "a: one\n")] {
        let sandbox = sandbox(change);
        let tool = sandbox.command(&["edit", FILE]);
        let mut command = Command::new("script");
        let line = format!("'{}' edit {FILE}", tool.get_program().display());
        command.args(["-q", "-e", "-c", &line, "/dev/null"]);
        environment(&sandbox, &tool, &mut command);
        let ended = Ended::of(command, answer);
        assert!(ended.stdout.contains("line 2: values tagged !mine"), "{}", ended.stdout);
        assert_eq!(sandbox.ok(&["decrypt", FILE], ""), plain);
        assert!(is_clean(&sandbox) && !sandbox.path("talos/a.sops.yaml.unsaved").exists());
    }
}

/// A signal to the tool ends the program that works on the plain text, and the plain text.
#[test]
fn signals_leave_nothing_readable() {
    for signal in ["TERM", "HUP"] {
        for edit in [true, false] {
            let sandbox = sandbox("echo 'b: 2' >> \"$1\"; touch ready; exec sleep 60");
            let file = ["exec-file", FILE, "touch ready; exec sleep 60"];
            let mut command = if edit { sandbox.command(&["edit", FILE]) } else { sandbox.command(&file) };
            command.env("EDITOR", sandbox.path("editor")).env("XDG_RUNTIME_DIR", sandbox.path("private"));
            command.stderr(Stdio::piped()).stdin(Stdio::null());
            let child = command.spawn().unwrap();
            let begun = Instant::now();
            while !sandbox.path("ready").exists() {
                assert!(begun.elapsed() < Duration::from_mins(1), "the program did not start");
                std::thread::sleep(Duration::from_millis(10));
            }
            assert!(!is_clean(&sandbox));
            let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status();
            assert!(sent.unwrap().success());
            let output = child.wait_with_output().unwrap();
            assert!(!output.status.success() && begun.elapsed() < Duration::from_secs(50));
            assert!(is_clean(&sandbox));
            assert_eq!(sandbox.path("talos/a.sops.yaml.unsaved").exists(), edit);
        }
    }
}
