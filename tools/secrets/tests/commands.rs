//! The commands that change or use encrypted files.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may fail")]

mod common;

use std::os::unix::fs::PermissionsExt as _;

use common::{Ended, SECRET, SECRET_FILE, Sandbox};

fn encrypted() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(SECRET_FILE, SECRET);
    sandbox.ok(&["encrypt", "-i", SECRET_FILE], "");
    sandbox
}

fn plain(sandbox: &Sandbox) -> String {
    sandbox.ok(&["decrypt", SECRET_FILE], "")
}

fn script(sandbox: &Sandbox, name: &str, text: &str) -> String {
    sandbox.write(name, &format!("#!/bin/sh\n{text}\n"));
    std::fs::set_permissions(sandbox.path(name), std::fs::Permissions::from_mode(0o755)).unwrap();
    sandbox.path(name).display().to_string()
}

#[test]
fn set_and_unset_change_one_value() {
    let sandbox = encrypted();
    let before = sandbox.read(SECRET_FILE);
    let token = r#"["stringData"]["TOKEN"]"#;
    sandbox.ok(&["set", "--value-stdin", SECRET_FILE, token], "\"n3w\"");
    assert_eq!(plain(&sandbox), SECRET.replace("s3cr3t-t0ken", "n3w"));
    let domain = |text: &str| text.lines().find(|line| line.contains("SECRET_DOMAIN")).unwrap().to_owned();
    assert_eq!(domain(&sandbox.read(SECRET_FILE)), domain(&before));
    // The same value again changes nothing at all.
    let after = sandbox.read(SECRET_FILE);
    sandbox.ok(&["set", SECRET_FILE, token, "\"n3w\""], "");
    assert_eq!(sandbox.read(SECRET_FILE), after);
    sandbox.ok(&["unset", SECRET_FILE, token], "");
    assert_eq!(plain(&sandbox), SECRET.replace("    TOKEN: s3cr3t-t0ken\n", ""));
    let missing = sandbox.run(&["unset", SECRET_FILE, token], "");
    assert!(missing.code == Some(2) && missing.stderr.contains("--idempotent"), "{}", missing.stderr);
    sandbox.ok(&["unset", "--idempotent", SECRET_FILE, token], "");
    let no_json = sandbox.run(&["set", "--value-stdin", SECRET_FILE, token], "s3cr3t");
    assert!(no_json.code == Some(2) && !no_json.stderr.contains("s3cr3t"), "{}", no_json.stderr);
    assert_eq!(sandbox.run(&["set", SECRET_FILE, token], "").code, Some(2));
}

#[test]
fn edit_runs_the_editor_on_a_private_file() {
    let sandbox = encrypted();
    let editor = script(
        &sandbox,
        "editor",
        r#"stat -c %a "$2" > mode; echo "$2" > path; cp "$2" seen; sed -i "$1" "$2""#,
    );
    let edit = |change: &str| {
        let mut command = sandbox.command(&["edit", SECRET_FILE]);
        command.env("EDITOR", format!("'{editor}' '{change}'"));
        Ended::of(command, "")
    };
    let before = sandbox.read(SECRET_FILE);
    let unchanged = edit("");
    assert_eq!(
        (unchanged.code, unchanged.stderr.contains("not changed")),
        (Some(0), true),
        "{}",
        unchanged.stderr
    );
    assert_eq!(sandbox.read(SECRET_FILE), before);
    assert_eq!((sandbox.read("seen").as_str(), sandbox.read("mode").trim()), (SECRET, "600"));
    let path = sandbox.read("path");
    assert!(path.trim().ends_with("/cluster-secrets.sops.yaml"));
    assert!(!std::path::Path::new(path.trim()).parent().unwrap().exists());
    let changed = edit("s/s3cr3t-t0ken/other/");
    assert_eq!((changed.code, changed.stderr.as_str()), (Some(0), ""));
    assert_eq!(plain(&sandbox), SECRET.replace("s3cr3t-t0ken", "other"));
    let same = |text: &str| {
        text.lines()
            .filter(|line| line.contains("LINES") || line.contains("SECRET_DOMAIN"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(same(&sandbox.read(SECRET_FILE)), same(&before));
    // Broken YAML without a person to ask: refused, and nothing changed.
    let before = sandbox.read(SECRET_FILE);
    let mut command = sandbox.command(&["edit", SECRET_FILE]);
    command.env("SOPS_EDITOR", format!("'{editor}' 's/stringData:/stringData: [/'"));
    // A terminal to ask at is taken away with the session.
    let mut detached = std::process::Command::new("setsid");
    detached
        .arg("-w")
        .arg(command.get_program())
        .args(command.get_args())
        .current_dir(sandbox.folder())
        .env_clear();
    detached.envs(command.get_envs().filter_map(|(key, value)| Some((key, value?))));
    let broken = Ended::of(detached, "");
    assert!(broken.code == Some(2) && broken.stderr.contains("secrets/edit"), "{}", broken.stderr);
    assert_eq!(sandbox.read(SECRET_FILE), before);
    let failing = script(&sandbox, "failing", "exit 3");
    let mut command = sandbox.command(&["edit", SECRET_FILE]);
    command.env("EDITOR", failing);
    assert_eq!(Ended::of(command, "").code, Some(2));
    assert_eq!(sandbox.read(SECRET_FILE), before);
}

#[test]
fn edit_makes_new_files() {
    let sandbox = Sandbox::new();
    let editor = script(&sandbox, "editor", r#"printf 'a: secret\n' > "$1""#);
    std::fs::create_dir(sandbox.path("talos")).unwrap();
    let mut command = sandbox.command(&["edit", "talos/new.sops.yaml"]);
    command.env("EDITOR", &editor);
    let made = Ended::of(command, "");
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    assert!(sandbox.read("talos/new.sops.yaml").starts_with("a: ENC["));
    assert_eq!(sandbox.ok(&["decrypt", "talos/new.sops.yaml"], ""), "a: secret\n");
}

#[test]
fn rotate_gives_a_new_data_key() {
    let sandbox = encrypted();
    let before = sandbox.read(SECRET_FILE);
    let printed = sandbox.ok(&["rotate", SECRET_FILE], "");
    assert_eq!(sandbox.read(SECRET_FILE), before);
    assert!(!printed.lines().zip(before.lines()).any(|(a, b)| a == b && a.contains("ENC[")));
    let other = sandbox.run(&["keygen", "-o", "other.key"], "").stderr;
    let other = other.trim().strip_prefix("Public key: ").unwrap();
    sandbox.ok(&["rotate", "-i", "--add-age", other, "--rm-age", &sandbox.recipient, SECRET_FILE], "");
    assert_eq!(sandbox.run(&["decrypt", SECRET_FILE], "").code, Some(2));
    let mut command = sandbox.command(&["decrypt", SECRET_FILE]);
    command.env("SOPS_AGE_KEY_FILE", sandbox.path("other.key"));
    assert_eq!(Ended::of(command, "").stdout, SECRET);
    let mut last = sandbox.command(&["rotate", "--rm-age", other, SECRET_FILE]);
    last.env("SOPS_AGE_KEY_FILE", sandbox.path("other.key"));
    assert!(Ended::of(last, "").stderr.contains("sops/no-recipients"));
}

#[test]
fn updatekeys_follows_the_configuration() {
    let sandbox = encrypted();
    sandbox.write("talos/t.sops.yaml", "a: 1\n");
    sandbox.ok(&["encrypt", "-i", "talos/t.sops.yaml"], "");
    let all = ["updatekeys", "-y", "kubernetes", "talos"];
    let current = sandbox.run(&all, "");
    assert_eq!((current.code, current.stderr.matches("already up to date").count()), (Some(0), 2));
    let other = sandbox.run(&["keygen", "-o", "other.key"], "").stderr;
    let other = other.trim().strip_prefix("Public key: ").unwrap().to_owned();
    let both = format!("{},{other}", sandbox.recipient);
    sandbox.write(".sops.yaml", &sandbox.read(".sops.yaml").replace(&sandbox.recipient, &both));
    let before = (sandbox.read(SECRET_FILE), sandbox.read("talos/t.sops.yaml"));
    let dry = sandbox.run(&["updatekeys", "--dry-run", "kubernetes", "talos"], "");
    assert!(dry.code == Some(1) && dry.stderr.contains(&format!("+ {other}")), "{}", dry.stderr);
    // All or none: one file that cannot be opened stops all.
    sandbox.write("talos/x.sops.yaml", "a: 1\n");
    let refused = sandbox.run(&all, "");
    assert!(refused.code == Some(2) && refused.stderr.contains("sops/not-encrypted"), "{}", refused.stderr);
    assert_eq!((sandbox.read(SECRET_FILE), sandbox.read("talos/t.sops.yaml")), before);
    std::fs::remove_file(sandbox.path("talos/x.sops.yaml")).unwrap();
    assert_eq!(sandbox.run(&all, "").code, Some(0));
    let mut command = sandbox.command(&["decrypt", SECRET_FILE]);
    command.env("SOPS_AGE_KEY_FILE", sandbox.path("other.key"));
    assert_eq!(Ended::of(command, "").stdout, SECRET);
    // Values, mac and lastmodified stay.
    let values = |text: &str| {
        text.lines()
            .filter(|l| l.contains("ENC[") || l.contains("lastmodified"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(values(&sandbox.read(SECRET_FILE)), values(&before.0));
}

#[test]
fn create_writes_no_plain_text() {
    let sandbox = Sandbox::new();
    sandbox.write("value.bin", "file value");
    std::fs::write(sandbox.path("raw.bin"), [0xff, 0, 1]).unwrap();
    sandbox.write("vars.env", "# comment\nFROM_FILE=a=b\n\n  SPACED=x y\n");
    let out = "kubernetes/apps/default/app/secret.sops.yaml";
    std::fs::create_dir_all(sandbox.path("kubernetes/apps/default/app")).unwrap();
    let mut command = sandbox.command(&[
        "create",
        "app-secret",
        "default",
        "--output",
        out,
        "--from-file",
        "FILE=value.bin",
        "--from-file",
        "RAW=raw.bin",
        "--from-file",
        "PIPED=-",
        "--from-env",
        "ENVIRONMENT=MY_VALUE",
        "--from-env-file",
        "vars.env",
    ]);
    command.env("MY_VALUE", "from env");
    let made = Ended::of(command, "piped value");
    assert_eq!((made.code, made.stderr.as_str()), (Some(0), ""));
    let text = sandbox.read(out);
    for value in ["file value", "piped value", "from env", "a=b", "x y", "/wAB"] {
        assert!(!text.contains(value));
    }
    assert_eq!(
        sandbox.ok(&["decrypt", out], ""),
        "apiVersion: v1\nkind: Secret\nmetadata:\n  name: app-secret\n  namespace: default\ntype: Opaque\ndata:\n  RAW: /wAB\nstringData:\n  FILE: file value\n  PIPED: piped value\n  ENVIRONMENT: from env\n  FROM_FILE: a=b\n  SPACED: x y\n"
    );
    let again =
        sandbox.run(&["create", "app-secret", "default", "-o", out, "--from-file", "A=value.bin"], "");
    assert!(again.code == Some(2) && again.stderr.contains("io/exists"), "{}", again.stderr);
    for (args, code) in [
        (vec!["create", "Bad_Name", "default", "--from-file", "A=value.bin"], "usage/name"),
        (vec!["create", "a", "default", "--age", "X"], "usage/value"),
        (vec!["create", "a", "default", "--age", "X", "--from-env", "A=UNSET"], "usage/value"),
        (vec!["create", "a", "default", "--age", "X", "--from-file", "A=nope"], "io/missing"),
        (vec!["create", "a", "default", "--age", "X", "--from-file", "b/d=value.bin"], "usage/key"),
        (
            vec![
                "create",
                "a",
                "default",
                "--age",
                "X",
                "--from-file",
                "A=value.bin",
                "--from-file",
                "A=value.bin",
            ],
            "usage/key",
        ),
        (vec!["create", "a", "default", "--age", "X", "--from-env", "s3cret"], "usage/value"),
    ] {
        std::fs::remove_file(sandbox.path(".sops.yaml")).ok();
        let refused = sandbox.run(&args, "");
        assert!(refused.code == Some(2) && refused.stderr.contains(code), "{args:?}: {}", refused.stderr);
        assert!(!refused.stderr.contains("s3cret"));
    }
    // Without a configuration the fields of a Secret are chosen.
    let text = sandbox
        .ok(&["create", "a", "default", "--age", &sandbox.recipient, "--from-file", "A=value.bin"], "");
    assert!(text.contains("encrypted_regex: ^(data|stringData)$") && text.contains("kind: Secret"));
    // A rule that would leave the values readable is refused.
    let args = [
        "create",
        "a",
        "b",
        "--age",
        &sandbox.recipient,
        "--encrypted-regex",
        "^x$",
        "--from-file",
        "A=value.bin",
    ];
    assert!(sandbox.run(&args, "").stderr.contains("secrets/plain-text"));
}

#[test]
fn commands_get_the_values() {
    let sandbox = Sandbox::new();
    sandbox.write("talos/app.sops.yaml", "TOKEN: s3cret\nPORT: 8080\nRATE: 1.0\nON: true\nNONE: null\n");
    sandbox.ok(&["encrypt", "-i", "talos/app.sops.yaml"], "");
    let file = "talos/app.sops.yaml";
    assert_eq!(
        sandbox.ok(&["exec-env", file, "echo $TOKEN $PORT $RATE $ON [$NONE]"], ""),
        "s3cret 8080 1.0 true []\n"
    );
    assert_eq!(sandbox.ok(&["exec-env", file, "printenv", "TOKEN"], ""), "s3cret\n");
    assert_eq!(sandbox.run(&["exec-env", file, "exit 7"], "").code, Some(7));
    assert_eq!(
        sandbox.run(&["exec-env", "--pristine", file, "/bin/sh", "-c", "echo ${HOME-none}"], "").stdout,
        "none\n"
    );
    let killed = sandbox.command(&["exec-env", file, "kill -TERM $$"]).output().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&killed.status), Some(15));
    assert_eq!(
        sandbox.ok(&["exec-file", file, "cat {}; stat -c %a {}; echo {} > path"], ""),
        format!("{}600\n", sandbox.ok(&["decrypt", file], ""))
    );
    assert!(!std::path::Path::new(sandbox.read("path").trim()).exists());
    assert!(sandbox.read("path").trim().ends_with("/app.sops.yaml"));
    assert_eq!(sandbox.ok(&["exec-file", "--filename", "x.json", file, "basename", "{}"], ""), "x.json\n");
    assert_eq!(sandbox.run(&["exec-file", file, "exit 9"], "").code, Some(9));
    let killed = sandbox.command(&["exec-file", file, "kill -TERM $$"]).output().unwrap();
    assert_eq!(std::os::unix::process::ExitStatusExt::signal(&killed.status), Some(15));
    sandbox.write("talos/deep.sops.yaml", "m: {a: 1}\n");
    sandbox.ok(&["encrypt", "-i", "talos/deep.sops.yaml"], "");
    let deep = sandbox.run(&["exec-env", "talos/deep.sops.yaml", "true"], "");
    assert!(deep.code == Some(2) && deep.stderr.contains("complex value"), "{}", deep.stderr);
}

#[test]
fn diff_names_paths_and_not_values() {
    let sandbox = encrypted();
    std::fs::copy(sandbox.path(SECRET_FILE), sandbox.path("old.sops.yaml")).unwrap();
    let same = sandbox.run(&["diff", "old.sops.yaml", SECRET_FILE], "");
    assert_eq!((same.code, same.stdout.as_str()), (Some(0), ""));
    sandbox.ok(&["set", SECRET_FILE, r#"["stringData"]["TOKEN"]"#, "\"n3w\""], "");
    sandbox.ok(&["set", SECRET_FILE, r#"["stringData"]["MORE"]"#, "1"], "");
    let changed = sandbox.run(&["diff", "old.sops.yaml", SECRET_FILE], "");
    assert_eq!(
        (changed.code, changed.stdout.as_str()),
        (Some(1), "+ [\"stringData\"][\"MORE\"]\n~ [\"stringData\"][\"TOKEN\"]\n")
    );
    let shown = sandbox.run(&["diff", "--reveal", "old.sops.yaml", SECRET_FILE], "");
    assert!(shown.stdout.contains("-    TOKEN: s3cr3t-t0ken\n+    TOKEN: n3w\n"), "{}", shown.stdout);
    assert_eq!(sandbox.ok(&["diff", "old.sops.yaml"], ""), SECRET);
    sandbox.write("plain.yaml", "a: 1\n");
    assert_eq!(sandbox.ok(&["diff", "plain.yaml"], ""), "a: 1\n");
}

#[test]
fn decrypted_parts() {
    let sandbox = encrypted();
    assert_eq!(
        sandbox.ok(&["decrypt", "--extract", r#"["stringData"]["TOKEN"]"#, SECRET_FILE], ""),
        "s3cr3t-t0ken"
    );
    assert_eq!(
        sandbox.ok(&["decrypt", "--extract", r#"["metadata"]"#, SECRET_FILE], ""),
        "name: cluster-secrets\n"
    );
    assert_eq!(sandbox.run(&["decrypt", "--extract", r#"["nope"]"#, SECRET_FILE], "").code, Some(2));
}

#[test]
fn help_is_the_manual() {
    let sandbox = Sandbox::new();
    for command in [
        "encrypt",
        "decrypt",
        "check",
        "keygen",
        "create",
        "edit",
        "set",
        "unset",
        "rotate",
        "updatekeys",
        "filestatus",
        "exec-env",
        "exec-file",
        "diff",
    ] {
        let help = sandbox.ok(&[command, "--help"], "");
        assert!(help.contains("Examples:"), "{command}");
    }
    assert!(sandbox.ok(&["completions", "bash"], "").contains("_secrets"));
    assert!(sandbox.ok(&["man"], "").contains(".TH secrets"));
    assert_eq!(sandbox.run(&["nope"], "").code, Some(2));
}

/// Of a hundred files that cannot be opened each is named, and the way out is told once.
#[test]
fn a_missing_identity_is_said_of_each_file_and_explained_once() {
    let sandbox = encrypted();
    let files = ["kubernetes/a.sops.yaml", "kubernetes/b.sops.yaml", "kubernetes/c.sops.yaml"];
    for file in files {
        sandbox.write(file, &sandbox.read(SECRET_FILE));
    }
    let before: Vec<_> = files.map(|file| sandbox.read(file)).into();
    for command in [&["decrypt", "-i", "--force"][..], &["rotate", "-i"]] {
        let mut command = sandbox.command(&[command, &files[..]].concat());
        command.env_remove("SOPS_AGE_KEY_FILE");
        let ended = Ended::of(command, "");
        assert_eq!(ended.code, Some(2));
        for file in files {
            assert!(ended.stderr.contains(&format!("{file}: error[sops/no-identity]")), "{}", ended.stderr);
        }
        assert_eq!(ended.stderr.matches("help: set SOPS_AGE_KEY_FILE").count(), 1, "{}", ended.stderr);
        assert_eq!(files.map(|file| sandbox.read(file)).as_slice(), before);
    }
}
