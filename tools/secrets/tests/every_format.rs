//! What changes and compares encrypted files, for files that are not YAML; many files at once; and sops's older flags.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may fail")]

mod common;

use std::os::unix::fs::PermissionsExt as _;

use common::{Ended, Sandbox};

/// One rule for all files, and these files encrypted.
fn encrypted(files: &[(&str, &str)]) -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(".sops.yaml", &format!("creation_rules:\n  - age: {}\n", sandbox.recipient));
    for (name, text) in files {
        sandbox.write(name, text);
        sandbox.ok(&["encrypt", "-i", name], "");
    }
    sandbox
}

/// Runs an editor that changes the file with sed.
fn edit(sandbox: &Sandbox, file: &str, change: &str) -> Ended {
    sandbox.write("editor", "#!/bin/sh\ncp \"$2\" seen\nsed -i \"$1\" \"$2\"\n");
    std::fs::set_permissions(sandbox.path("editor"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = sandbox.command(&["edit", file]);
    command.env("EDITOR", format!("'{}' '{change}'", sandbox.path("editor").display()));
    Ended::of(command, "")
}

const JSON: &str = "{\n  \"a\": \"first\",\n  \"b\": [1.50, null],\n  \"c\": \"third\"\n}\n";
const DOTENV: &str = "# of a\nA=first\nB=second\n\nC=third\n";
const BINARY: &str = "first\u{1}\nsecond\n";

#[test]
fn edit_of_every_format_keeps_what_was_not_changed() {
    let files = [("x.json", JSON), ("x.env", DOTENV), ("x.bin", BINARY)];
    let sandbox = encrypted(&files);
    for (file, plain) in files {
        let before = sandbox.read(file);
        let unchanged = edit(&sandbox, file, "");
        assert!(
            unchanged.code == Some(0) && unchanged.stderr.contains("not changed"),
            "{}",
            unchanged.stderr
        );
        assert_eq!((sandbox.read("seen").as_str(), sandbox.read(file)), (plain, before.clone()));
        let changed = edit(&sandbox, file, "s/first/other/");
        assert_eq!((changed.code, changed.stderr.as_str()), (Some(0), ""), "{file}");
        assert_eq!(sandbox.ok(&["decrypt", file], ""), plain.replace("first", "other"));
        let values = |text: &str| {
            text.lines().filter(|line| line.contains("ENC[")).map(str::to_owned).collect::<Vec<_>>()
        };
        let (old, new) = (values(&before), values(&sandbox.read(file)));
        let kept = old.iter().zip(&new).filter(|(old, new)| old == new).count();
        // The value and the integrity code are new.
        assert_eq!((new.len(), kept), (old.len(), old.len() - 2), "{file}");
    }
}

#[test]
fn edit_refuses_what_the_format_does_not_allow() {
    let files = [("x.json", JSON), ("x.env", DOTENV)];
    let sandbox = encrypted(&files);
    for (file, change) in [("x.json", "s/}/,/"), ("x.env", "s/=/ /")] {
        let before = sandbox.read(file);
        edit(&sandbox, file, "");
        let mut command = std::process::Command::new("setsid");
        let editor = format!("'{}' '{change}'", sandbox.path("editor").display());
        // Without a session there is no terminal to ask at.
        command
            .arg("-w")
            .arg(env!("CARGO_BIN_EXE_secrets"))
            .args(["edit", file])
            .current_dir(sandbox.folder());
        command
            .env("SOPS_AGE_KEY_FILE", sandbox.path("age.key"))
            .env("HOME", sandbox.folder())
            .env("EDITOR", editor);
        let refused = Ended::of(command, "");
        assert!(refused.code == Some(2) && refused.stderr.contains("secrets/edit"), "{}", refused.stderr);
        assert!(!refused.stderr.contains("first"), "{}", refused.stderr);
        assert_eq!(sandbox.read(file), before);
    }
}

#[test]
fn edit_makes_new_files_of_every_format() {
    let sandbox = encrypted(&[]);
    for file in ["new.json", "new.env", "new.bin"] {
        let made = edit(&sandbox, file, "s/Welcome/Hello/");
        assert_eq!(made.code, Some(0), "{}", made.stderr);
        let text = sandbox.read(file);
        assert!(text.contains("ENC[AES256_GCM") && !text.contains("Hello"), "{file}");
        assert!(sandbox.ok(&["decrypt", file], "").contains("Hello"), "{file}");
    }
}

#[test]
fn diff_of_every_format() {
    let files = [("x.json", JSON), ("x.env", DOTENV), ("x.bin", BINARY)];
    let sandbox = encrypted(&files);
    for (file, said) in
        [("x.json", "~ [\"a\"]\n"), ("x.env", "~ [\"A\"]\n"), ("x.bin", "the contents differ\n")]
    {
        let old = format!("old-{file}");
        std::fs::copy(sandbox.path(file), sandbox.path(&old)).unwrap();
        // Another data key, the same content.
        sandbox.ok(&["rotate", "-i", file], "");
        let same = sandbox.run(&["diff", &old, file], "");
        assert_eq!((same.code, same.stdout.as_str()), (Some(0), ""), "{file}");
        edit(&sandbox, file, "s/first/other/");
        let changed = sandbox.run(&["diff", &old, file], "");
        assert_eq!((changed.code, changed.stdout.as_str()), (Some(1), said), "{file}");
    }
    // Bytes that are no text, encrypted and not.
    let bytes = [0xff, 0, 1, b'\n'];
    std::fs::write(sandbox.path("raw.bin"), bytes).unwrap();
    std::fs::copy(sandbox.path("raw.bin"), sandbox.path("plain-raw.bin")).unwrap();
    sandbox.ok(&["encrypt", "-i", "raw.bin"], "");
    assert_eq!(sandbox.command(&["diff", "raw.bin"]).output().unwrap().stdout, bytes);
    assert_eq!(sandbox.run(&["diff", "plain-raw.bin", "raw.bin"], "").code, Some(0));
    std::fs::write(sandbox.path("plain-raw.bin"), [0xff, 0, 2]).unwrap();
    assert_eq!(sandbox.run(&["diff", "plain-raw.bin", "raw.bin"], "").code, Some(1));
}

#[test]
fn updatekeys_takes_a_whole_tree() {
    let names: Vec<_> = (0..40)
        .map(|number| {
            let end = ["yaml", "json", "env"][number % 3];
            format!("tree/{}/{number}.sops.{end}", number % 7)
        })
        .collect();
    let text = |name: &str| match name.rsplit('.').next() {
        Some("json") => JSON,
        Some("env") => DOTENV,
        _ => "a: first # of a\nb: [\"x\", \"y\"]\n",
    };
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), text(name))).collect();
    let sandbox = Sandbox::new();
    sandbox.write(".sops.yaml", &format!("creation_rules:\n  - age: {}\n", sandbox.recipient));
    for (name, text) in &files {
        sandbox.write(name, text);
    }
    let mut all = vec!["encrypt", "-i"];
    all.extend(files.iter().map(|(name, _)| *name));
    sandbox.ok(&all, "");
    let other = sandbox.run(&["keygen", "-o", "other.key"], "").stderr;
    let other = other.trim().strip_prefix("Public key: ").unwrap().to_owned();
    sandbox.write(".sops.yaml", &format!("creation_rules:\n  - age: {other}\n"));
    let before: Vec<_> = names.iter().map(|name| sandbox.read(name)).collect();
    let dry = sandbox.run(&["updatekeys", "--dry-run", "tree"], "");
    assert_eq!(
        (dry.code, dry.stderr.matches(&format!("+ {other}")).count()),
        (Some(1), 40),
        "{}",
        dry.stderr
    );
    assert!(names.iter().zip(&before).all(|(name, before)| sandbox.read(name) == *before));
    // Twice the same words in the same order, however the work is spread.
    assert_eq!(sandbox.run(&["updatekeys", "--dry-run", "tree"], "").stderr, dry.stderr);
    assert_eq!(sandbox.run(&["updatekeys", "-y", "tree"], "").code, Some(0));
    for (name, text) in &files {
        let mut command = sandbox.command(&["decrypt", name]);
        command.env("SOPS_AGE_KEY_FILE", sandbox.path("other.key"));
        assert_eq!(Ended::of(command, "").stdout, *text);
        assert_eq!(sandbox.run(&["decrypt", name], "").code, Some(2));
    }
}

#[test]
fn the_older_flags_of_sops() {
    let sandbox = encrypted(&[("x.yaml", "a: first # of a\nb: [\"x\", \"y\"]\n")]);
    let sealed = sandbox.read("x.yaml");
    assert_eq!(sandbox.ok(&["-d", "x.yaml"], ""), "a: first # of a\nb: [\"x\", \"y\"]\n");
    assert_eq!(sandbox.ok(&["--extract", "[\"b\"][1]", "-d", "x.yaml"], ""), "y");
    sandbox.ok(&["--set", "[\"a\"] \"other] one\"", "x.yaml"], "");
    assert_eq!(sandbox.ok(&["--decrypt", "x.yaml"], ""), "a: \"other] one\" # of a\nb: [\"x\", \"y\"]\n");
    sandbox.ok(&["-r", "-i", "x.yaml"], "");
    assert!(sandbox.read("x.yaml").lines().all(|line| !line.contains("ENC[") || !sealed.contains(line)));
    sandbox.ok(&["-d", "-i", "x.yaml"], "");
    assert_eq!(sandbox.read("x.yaml"), "a: \"other] one\" # of a\nb: [\"x\", \"y\"]\n");
    let sealed = sandbox.ok(&["--encrypt", "--filename-override", "x.yaml", "/dev/stdin"], "a: piped\n");
    assert_eq!(sandbox.ok(&["-d"], &sealed), "a: piped\n");
    sandbox.ok(&["-e", "-i", "x.yaml"], "");
    // A file alone is edited.
    sandbox.write("editor", "#!/bin/sh\nsed -i s/other/third/ \"$1\"\n");
    std::fs::set_permissions(sandbox.path("editor"), std::fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = sandbox.command(&["x.yaml"]);
    command.env("EDITOR", sandbox.path("editor"));
    assert_eq!(Ended::of(command, "").code, Some(0));
    assert_eq!(sandbox.ok(&["-d", "x.yaml"], ""), "a: \"third] one\" # of a\nb: [\"x\", \"y\"]\n");
}
