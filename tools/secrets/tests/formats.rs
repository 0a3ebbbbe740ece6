//! Files of every format through the program, several at once, and what keeps plain text in its place.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may fail")]

mod common;

use common::{Ended, SECRET, SECRET_FILE, Sandbox};

const FILES: [(&str, &str); 4] = [
    ("talos/a.sops.yaml", "a: 1 # one\nb:\n    - x\n"),
    ("talos/a.sops.json", "{\n  \"a\": 1.50,\n  \"b\": [\"x\", null]\n}\n"),
    ("talos/a.sops.env", "# c\nA=1\nB=two words\n"),
    ("talos/a.sops.bin", "any \u{7f} bytes"),
];

/// One rule for all of them.
fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.write(".sops.yaml", &format!("creation_rules:\n  - age: {}\n", sandbox.recipient));
    for (name, text) in FILES {
        sandbox.write(name, text);
    }
    sandbox
}

#[test]
fn several_files_at_once_and_back() {
    let sandbox = sandbox();
    let names = FILES.map(|(name, _)| name);
    let with = |first: &[&'static str]| first.iter().copied().chain(names).collect::<Vec<_>>();
    sandbox.ok(&with(&["encrypt", "-i"]), "");
    let encrypted = names.map(|name| sandbox.read(name));
    for ((name, plain), text) in FILES.iter().zip(&encrypted) {
        assert!(text.contains("ENC[AES256_GCM") && !text.contains("two words"), "{name}");
        assert_eq!(sandbox.ok(&["decrypt", name], ""), *plain);
    }
    let listed = sandbox.ok(&["recipients", "talos"], "");
    assert_eq!(
        listed,
        format!("{0}\t{3}\n{1}\t{3}\n{2}\t{3}\n", names[2], names[1], names[0], sandbox.recipient)
    );
    // A new data key for all, then plain again.
    sandbox.ok(&with(&["rotate", "-i"]), "");
    names.iter().zip(&encrypted).for_each(|(name, text)| assert_ne!(sandbox.read(name), *text));
    sandbox.ok(&with(&["decrypt", "-i"]), "");
    for (name, plain) in FILES {
        assert_eq!(sandbox.read(name), plain);
    }
}

#[test]
fn one_bad_file_among_several_changes_none() {
    let sandbox = sandbox();
    sandbox.write("talos/bad.sops.yaml", "a: 1\na: 2\n");
    sandbox.write("talos/worse.sops.json", "{\"a\": 1");
    let ended = sandbox
        .run(&["encrypt", "-i", FILES[0].0, "talos/bad.sops.yaml", FILES[2].0, "talos/worse.sops.json"], "");
    assert_eq!(ended.code, Some(2));
    for code in ["yaml/duplicate-key", "sops/json"] {
        assert!(ended.stderr.contains(code), "{}", ended.stderr);
    }
    for (name, plain) in FILES {
        assert_eq!(sandbox.read(name), plain);
    }
    let ended = sandbox.run(&["encrypt", FILES[0].0, FILES[1].0], "");
    assert!(ended.code == Some(2) && ended.stderr.contains("usage/in-place"), "{}", ended.stderr);
}

#[test]
fn one_format_to_another() {
    let sandbox = sandbox();
    let sealed = sandbox.ok(&["encrypt", "--output-type", "json", "talos/a.sops.yaml"], "");
    assert!(sealed.starts_with('{'));
    let plain = sandbox.ok(&["decrypt", "--input-type", "json", "--filename-override", "x.json"], &sealed);
    assert_eq!(plain, "{\n\t\"a\": 1,\n\t\"b\": [\n\t\t\"x\"\n\t]\n}\n");
    sandbox.ok(&["encrypt", "-i", "talos/a.sops.json"], "");
    let yaml = sandbox.ok(&["decrypt", "--output-type", "yaml", "talos/a.sops.json"], "");
    assert!(yaml.contains("a: 1.5\n"), "{yaml}");
    assert_eq!(sandbox.ok(&["decrypt", "--extract", "[\"b\"][0]", "talos/a.sops.json"], ""), "x");
    let set = ["set", "talos/a.sops.json", "[\"b\"][1]", "\"new\""];
    sandbox.ok(&set, "");
    assert_eq!(sandbox.ok(&["decrypt", "talos/a.sops.json"], ""), FILES[1].1.replace("null", "\"new\""));
    sandbox.ok(&["encrypt", "-i", "talos/a.sops.env"], "");
    sandbox.ok(&["set", "talos/a.sops.env", "[\"A\"]", "\"l1\\nl2\""], "");
    assert_eq!(sandbox.ok(&["decrypt", "talos/a.sops.env"], ""), FILES[2].1.replace("A=1", "A=l1\\nl2"));
    let env = sandbox.ok(&["exec-env", "talos/a.sops.env", "printf %s \"$B\""], "");
    assert_eq!(env, "two words");
}

#[test]
fn a_line_that_is_no_variable_is_not_lost() {
    let sandbox = sandbox();
    let from =
        ["encrypt", "--input-type", "dotenv", "--output-type", "yaml", "--filename-override", FILES[0].0];
    let ended = sandbox.run(&from, "A=1\nb: 2\n");
    assert!(ended.code == Some(2) && ended.stderr.contains("line 2"), "{}", ended.stderr);
}

/// Values and line ends are those that sops 3.13.3 gives.
#[test]
fn parts_and_other_formats_are_as_of_sops() {
    let sandbox = sandbox();
    let text = "a: {b: x, c: 1.50}\nd: 2020-01-01\ne: True\nf: 0x1F\ng: !!binary aGk=\n";
    let file = "talos/b.sops.yaml";
    sandbox.write(file, text);
    sandbox.ok(&["encrypt", "-i", "--quiet", file], "");
    let part = |args: &[&str]| sandbox.ok(&[&["decrypt"], args, &[file]].concat(), "");
    assert_eq!(part(&["--extract", "[\"a\"]", "--output-type", "dotenv"]), "b=x\nc=1.5\n");
    assert_eq!(
        part(&["--extract", "[\"a\"]", "--output-type", "json"]),
        "{\n\t\"b\": \"x\",\n\t\"c\": 1.5\n}\n"
    );
    assert_eq!(part(&["--extract", ""]), part(&[]));
    let json = part(&["--output-type", "json"]);
    assert!(json.contains("\"d\": \"2020-01-01T00:00:00Z\",") && json.contains("\"g\": \"hi\""), "{json}");
    sandbox.ok(&["unset", file, "[\"a\"]"], "");
    let env = sandbox.ok(&["exec-env", file, "printf '%s ' \"$d\" \"$e\" \"$f\" \"$g\""], "");
    assert_eq!(env, "2020-01-01T00:00:00Z true 31 hi ");
    let made = sandbox.ok(&["exec-file", "--output-type", "dotenv", file, "cat {}"], "");
    assert!(made.contains("e=true\nf=31\n"), "{made}");
    sandbox.ok(&["set", file, "[\"f\"]", "-5"], "");
    assert_eq!(part(&["--extract", "[\"f\"]"]), "-5\n");
    sandbox.write("talos/x.sops", "bytes");
    sandbox.ok(&["encrypt", "-i", "talos/x.sops"], "");
    assert_eq!(sandbox.ok(&["decrypt", "--extract", "[\"data\"]", "talos/x.sops"], ""), "bytes");
}

#[test]
fn the_format_can_be_told() {
    let sandbox = sandbox();
    sandbox.ok(&["encrypt", "-i", FILES[2].0], "");
    std::fs::rename(sandbox.path(FILES[2].0), sandbox.path("talos/app.enc")).unwrap();
    let told = ["--input-type", "dotenv"];
    let run = |command: &[&str]| sandbox.ok(&[&command[..1], &told, &command[1..]].concat(), "");
    run(&["set", "talos/app.enc", "[\"A\"]", "\"new\""]);
    run(&["unset", "--idempotent", "talos/app.enc", "[\"NOT\"]"]);
    run(&["rotate", "-i", "talos/app.enc"]);
    assert_eq!(run(&["exec-env", "talos/app.enc", "printf %s \"$A\""]), "new");
    assert!(run(&["exec-file", "talos/app.enc", "cat {}"]).contains("A=new\n"));
}

#[test]
fn plain_text_stays_out_of_work_trees() {
    let sandbox = sandbox();
    sandbox.git(&["init", "--quiet"]);
    let name = FILES[0].0;
    sandbox.ok(&["encrypt", "-i", name], "");
    for args in [vec!["decrypt", "-i", name], vec!["decrypt", "--output", "talos/plain.yaml", name]] {
        let ended = sandbox.run(&args, "");
        assert!(ended.code == Some(2) && ended.stderr.contains("secrets/work-tree"), "{}", ended.stderr);
    }
    assert!(!sandbox.path("talos/plain.yaml").exists());
    sandbox.ok(&["decrypt", "-i", "--force", name], "");
    assert_eq!(sandbox.read(name), FILES[0].1);
}

#[test]
fn what_is_staged_is_checked() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "--quiet"]);
    sandbox.write(SECRET_FILE, SECRET);
    sandbox.git(&["add", SECRET_FILE]);
    let found = sandbox.run(&["check", "--staged"], "");
    assert!(found.code == Some(1) && found.stderr.contains("secrets/not-encrypted"), "{}", found.stderr);
    sandbox.ok(&["encrypt", "-i", SECRET_FILE], "");
    // What is staged counts, not what is on disk.
    assert_eq!(sandbox.run(&["check", "--staged"], "").code, Some(1));
    sandbox.git(&["add", SECRET_FILE]);
    let clean = sandbox.run(&["check", "--staged"], "");
    assert!(clean.code == Some(0) && clean.stderr.contains("1 encrypted file"), "{}", clean.stderr);
    sandbox.git(&["add", "-f", "age.key"]);
    let key = sandbox.run(&["check", "--staged"], "");
    assert!(key.code == Some(1) && key.stderr.contains("secrets/private-key"), "{}", key.stderr);
}

/// Names and rules are those of the repository, wherever the check is started.
#[test]
fn what_is_staged_is_checked_from_a_folder_below() {
    let sandbox = Sandbox::new();
    sandbox.git(&["init", "--quiet"]);
    sandbox.write("talos/a.sops.yaml", "a: 1\n");
    sandbox.write("talos/b.sops.yaml", "a: 1\n");
    sandbox.ok(&["encrypt", "-i", "talos/a.sops.yaml"], "");
    let other = sandbox.run(&["keygen", "-o", "other.key"], "");
    let other = other.stderr.trim().strip_prefix("Public key: ").unwrap().to_owned();
    sandbox
        .write(".sops.yaml", &format!("creation_rules:\n  - path_regex: ^talos/[^/]*$\n    age: {other}\n"));
    sandbox.git(&["add", "talos"]);
    let mut command = sandbox.command(&["check", "--staged"]);
    command.current_dir(sandbox.path("talos"));
    let found = Ended::of(command, "");
    assert!(
        found.code == Some(1) && found.stderr.contains("a.sops.yaml: error[secrets/recipients]"),
        "{}",
        found.stderr
    );
    assert!(found.stderr.contains("`secrets encrypt -i b.sops.yaml`"), "{}", found.stderr);
}

#[test]
fn a_check_looks_at_what_it_is_given() {
    let sandbox = Sandbox::new();
    // A named file, whatever its name.
    let key = sandbox.run(&["check", "age.key"], "");
    assert!(key.code == Some(1) && key.stderr.contains("secrets/private-key"), "{}", key.stderr);
    // A file that was encrypted, whatever its name: what is readable in it by now.
    sandbox.write("talos/a.sops.yaml", "a: 1\n");
    sandbox.ok(&["encrypt", "-i", "talos/a.sops.yaml"], "");
    let sealed = sandbox.read("talos/a.sops.yaml");
    sandbox.write("talos/a.enc.yaml", &format!("b: left\n{sealed}"));
    let plain = sandbox.run(&["check", "talos"], "");
    assert!(
        plain.code == Some(1) && plain.stderr.contains("a.enc.yaml:1:4: error[secrets/plain-text]"),
        "{}",
        plain.stderr
    );
    // A key in what an encrypted file leaves readable.
    let file = "kubernetes/a.sops.yaml";
    sandbox.write(file, &format!("# {}\ndata:\n  a: x\n", sandbox.read("age.key").lines().last().unwrap()));
    sandbox.ok(&["encrypt", "-i", file], "");
    let key = sandbox.run(&["check", file], "");
    assert!(key.code == Some(1) && key.stderr.contains("on line 1"), "{}", key.stderr);
    // INI files are sops's, but what is readable in them is seen.
    let block = "[sops]\nmac = m\nversion = 3.13.3\n";
    sandbox.write("a.sops.ini", &format!("[s]\na = ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]\n{block}"));
    sandbox.ok(&["check", "a.sops.ini"], "");
    let mut command = sandbox.command(&["check", "--decrypt", "a.sops.ini"]);
    command.env("PATH", sandbox.path("nowhere"));
    let ended = Ended::of(command, "");
    assert!(ended.code == Some(2) && ended.stderr.contains("install the sops program"), "{}", ended.stderr);
    sandbox.write("b.sops.ini", &format!("[s]\na = left\n{block}"));
    let plain = sandbox.run(&["check", "b.sops.ini"], "");
    assert!(plain.code == Some(1) && plain.stderr.contains("but s.a is readable"), "{}", plain.stderr);
    assert!(!plain.stderr.contains("left"));
}

#[test]
fn other_recipients_and_altered_files_are_found() {
    let sandbox = Sandbox::new();
    sandbox.write(SECRET_FILE, SECRET);
    sandbox.ok(&["encrypt", "-i", SECRET_FILE], "");
    sandbox.ok(&["check"], "");
    let other = sandbox.run(&["keygen", "-o", "other.key"], "");
    let other = other.stderr.trim().strip_prefix("Public key: ").unwrap().to_owned();
    let config = sandbox.read(".sops.yaml");
    sandbox.write(".sops.yaml", &config.replace(&sandbox.recipient, &other));
    let drift = sandbox.run(&["check", "kubernetes"], "");
    assert!(drift.code == Some(1) && drift.stderr.contains("secrets/recipients"), "{}", drift.stderr);
    sandbox.write(".sops.yaml", &config);
    let text = sandbox.read(SECRET_FILE);
    let kept: Vec<_> = text.lines().filter(|line| !line.contains("TOKEN")).collect();
    sandbox.write(SECRET_FILE, &format!("{}\n", kept.join("\n")));
    let altered = sandbox.run(&["check", "kubernetes"], "");
    assert!(altered.code == Some(1) && altered.stderr.contains("sops/mac-mismatch"), "{}", altered.stderr);
    // Without a key the same cannot be known, and is no finding.
    let mut command = sandbox.command(&["check", "kubernetes"]);
    command.env_remove("SOPS_AGE_KEY_FILE");
    assert_eq!(Ended::of(command, "").code, Some(0));
    sandbox.write(
        "talos/talsecret.yaml",
        "cluster: {id: x}\nsecrets: {bootstraptoken: t}\ntrustdinfo: {token: u}\ncerts: {}\n",
    );
    let bundle = sandbox.run(&["check", "talos"], "");
    assert!(bundle.code == Some(1) && bundle.stderr.contains("a Talos secrets bundle"), "{}", bundle.stderr);
}

#[test]
fn freshly_rendered_files_keep_what_another_folder_has() {
    let sandbox = sandbox();
    sandbox.ok(&["encrypt", "-i", FILES[0].0, FILES[1].0, FILES[3].0], "");
    for (name, plain) in FILES {
        sandbox.write(&format!("new/{name}"), plain);
    }
    let mut command = sandbox.command(&[
        "encrypt",
        "-i",
        "--reuse-from",
        "..",
        FILES[0].0,
        FILES[1].0,
        FILES[2].0,
        FILES[3].0,
    ]);
    command.current_dir(sandbox.path("new"));
    let ended = Ended::of(command, "");
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    // What was plain there is encrypted anew, the others are the same to the byte.
    for (number, (name, _)) in FILES.iter().enumerate() {
        assert_eq!(sandbox.read(&format!("new/{name}")) == sandbox.read(name), number != 2, "{name}");
    }
}

#[test]
fn post_quantum_keys_work_everywhere() {
    let sandbox = sandbox();
    let made = sandbox.run(&["keygen", "--pq", "-o", "pq.key"], "");
    let public = made.stderr.trim().strip_prefix("Public key: ").unwrap().to_owned();
    assert!(public.starts_with("age1pq1") && public.len() > 1900, "{public}");
    sandbox.write(".sops.yaml", &format!("creation_rules:\n  - age: {public}\n"));
    sandbox.ok(&["encrypt", "-i", FILES[0].0], "");
    let with = |args: &[&str]| {
        let mut command = sandbox.command(args);
        command.env("SOPS_AGE_KEY_FILE", sandbox.path("pq.key"));
        Ended::of(command, "")
    };
    assert_eq!(with(&["decrypt", FILES[0].0]).stdout, FILES[0].1);
    assert_eq!(sandbox.run(&["decrypt", FILES[0].0], "").code, Some(2));
    assert_eq!(with(&["rotate", "-i", FILES[0].0]).code, Some(0));
    assert_eq!(with(&["updatekeys", "-y", FILES[0].0]).code, Some(0));
    assert_eq!(with(&["check", "--decrypt", FILES[0].0]).code, Some(0));
}
