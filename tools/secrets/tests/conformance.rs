//! The real sops must decrypt what we write, and we what it writes. Needs the environment variable CLUSTERPIPE_PEERS: a
//! folder with `bin/sops` (`just conformance` installs it). Without it nothing is compared, and the test says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may fail")]

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Ended, Sandbox};
use yaml::{Dialect::GoYamlV3, Value};

fn sops() -> Option<PathBuf> {
    let peers = std::env::var_os("CLUSTERPIPE_PEERS").map(PathBuf::from);
    let program = peers.map(|peers| peers.join("bin/sops"));
    if program.as_ref().is_none_or(|program| !program.is_file()) {
        eprintln!("skipped: CLUSTERPIPE_PEERS names no folder with bin/sops");
        return None;
    }
    program
}

fn run(program: &Path, sandbox: &Sandbox, args: &[&str]) -> Ended {
    let mut command = Command::new(program);
    command.args(args).current_dir(sandbox.folder()).env_clear().env("HOME", sandbox.folder());
    command.env("SOPS_AGE_KEY_FILE", sandbox.path("age.key")).env("SOPS_DISABLE_VERSION_CHECK", "1");
    Ended::of(command, "")
}

/// Documents with every type, style and comment position; each is tried with every rule.
fn documents() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/sops/tests/vectors");
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".plain.yaml"))
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
        })
        .collect();
    let more = [
        (
            "styles",
            "a: 'single'\nb: \"double\"\nc: plain, with comma [x]\nd: 'it''s'\ne: >-\n  folded\n  text\n\n  more\nf: |2\n    lead\nl: |+\n  keep\n\n",
        ),
        (
            "words",
            "data: {a: \"yes\"}\ny: yes\nn: 'no'\nt: 10:20\nq: '10:20'\no: \"on\"\ne: =\nb: True\nf: FALSE\nm: '<<'\n",
        ),
        (
            "escapes",
            "a: \"tab\\there\"\nb: \"bell\\a\"\nc: \"\\u00e9\\u2028\"\nd: \"back\\\\slash\"\ne: 'quote '' and \"'\n",
        ),
        ("flow", "{\"a\": \"x\", \"b\": [1, null, \"\", {\"c\": 1.5}]}\n"),
        ("empties", "a: ~\nb: null\nc:\nd: \"\"\ne: ''\nf: {}\ng: []\nh: [[]]\n"),
        ("no-newline", "a: 1\nb: x"),
        ("markers", "---\na: 1\n...\n---\n# second\nb: 2\n---\nc: 3\n"),
        ("crlf", "a: 1\r\nb: |\r\n  x\r\n  y\r\nc: 'z'\r\n"),
        (
            "anchors",
            "base: &base\n  k: v\n  n: 1\nscalar: &s text\ncopy: *s\nmerged:\n  <<: *base\n  own: x\nlist: [*s, *base]\n",
        ),
        ("nested-lists", "l:\n- a\n- - b\n  - - c\n- k: v\n  w:\n  - z\n"),
        ("indented", "  a: 1\n  b:\n      c: x\n"),
        ("deep-keys", "\"a:b\":\n  \"c d\": 1\n  'é': 2\n  \"yes\": 3\n"),
        (
            "commented-list",
            "data:\n  # one\n  - a # two\n  # three\n  - b\n  # four\nstringData:\n  # five\n  k: v # six\n",
        ),
        (
            "long",
            "a: ENC is not [a, value]\nb: 0123456789abcdef\nc: 1e5x\nd: .e3\ne: 0x\nf: 0b12\ng: 1__0\nh: _1\n",
        ),
    ];
    found.extend(more.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    found.sort();
    found
}

const RULES: [&[&str]; 6] = [
    &[],
    &["--mac-only-encrypted"],
    &["--encrypted-regex", "^(data|stringData|b|nested)$"],
    &["--unencrypted-regex", "^(a|metadata|string)$"],
    &["--encrypted-suffix", "a"],
    &["--unencrypted-suffix", "c"],
];

/// sops takes this flag before its subcommand only.
fn sops_args<'a>(rule: &[&'a str]) -> Vec<&'a str> {
    let (global, own): (Vec<_>, Vec<_>) = rule.iter().partition(|arg| **arg == "--mac-only-encrypted");
    global.into_iter().chain(["encrypt"]).chain(own).collect()
}

fn data(text: &str) -> Vec<Value> {
    yaml::load(text, GoYamlV3).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

#[test]
fn each_reads_what_the_other_writes() {
    let Some(sops) = sops() else { return };
    let sandbox = Sandbox::new();
    std::fs::remove_file(sandbox.path(".sops.yaml")).unwrap();
    let mut compared = 0;
    for (name, text) in documents() {
        for rule in RULES {
            sandbox.write("plain.yaml", &text);
            let mut theirs_args = sops_args(rule);
            theirs_args.extend(["--age", &sandbox.recipient, "plain.yaml"]);
            let theirs = run(&sops, &sandbox, &theirs_args);
            let mut ours_args = vec!["encrypt", "--age", &sandbox.recipient];
            ours_args.extend(rule);
            ours_args.push("plain.yaml");
            let ours = sandbox.run(&ours_args, "");
            let case = format!("{name} {rule:?}");
            assert_eq!(
                (theirs.code, ours.code),
                (Some(0), Some(0)),
                "{case}: {}{}",
                theirs.stderr,
                ours.stderr
            );
            sandbox.write("theirs.sops.yaml", &theirs.stdout);
            sandbox.write("ours.sops.yaml", &ours.stdout);
            let theirs_of_theirs = run(&sops, &sandbox, &["decrypt", "theirs.sops.yaml"]);
            let theirs_of_ours = run(&sops, &sandbox, &["decrypt", "ours.sops.yaml"]);
            assert_eq!(theirs_of_ours.code, Some(0), "{case}: {}\n{}", theirs_of_ours.stderr, ours.stdout);
            assert_eq!(theirs_of_ours.stderr, "", "{case}\n{}", ours.stdout);
            let ours_of_theirs = sandbox.run(&["decrypt", "theirs.sops.yaml"], "");
            if theirs_of_theirs.code != Some(0) {
                // sops cannot read its own file where -0.0 stays readable: it writes -0, another value. Nor can ours.
                assert!(
                    theirs_of_theirs.code == Some(51) && text.contains("-0.0"),
                    "{case}: {}",
                    theirs_of_theirs.stderr
                );
                assert!(
                    ours_of_theirs.stderr.contains("sops/mac-mismatch"),
                    "{case}: {}",
                    ours_of_theirs.stderr
                );
                continue;
            }
            assert_eq!(
                (ours_of_theirs.code, ours_of_theirs.stderr.as_str()),
                (Some(0), ""),
                "{case}\n{}",
                theirs.stdout
            );
            let want = data(&theirs_of_theirs.stdout);
            assert_eq!(data(&theirs_of_ours.stdout), want, "{case}: sops of ours");
            assert_eq!(without_negative_zero(&ours_of_theirs.stdout), want, "{case}: ours of sops");
            compared += 1;
        }
    }
    assert!(compared >= 100, "only {compared} compared");
    eprintln!("{compared} files compared both ways");
}

/// sops turns -0.0 into the integer 0; ours stays what it was.
fn without_negative_zero(text: &str) -> Vec<Value> {
    data(&text.replace(": -0.0\n", ": -0\n"))
}

#[test]
fn unchanged_files_are_in_order_for_sops_too() {
    let Some(sops) = sops() else { return };
    let sandbox = Sandbox::new();
    sandbox.write(common::SECRET_FILE, common::SECRET);
    sandbox.ok(&["encrypt", "-i", common::SECRET_FILE], "");
    // An edit by sops, then our --reuse over its result.
    let set = run(&sops, &sandbox, &["set", common::SECRET_FILE, r#"["stringData"]["TOKEN"]"#, "\"new\""]);
    assert_eq!(set.code, Some(0), "{}", set.stderr);
    let by_sops = sandbox.read(common::SECRET_FILE);
    let plain = sandbox.ok(&["decrypt", common::SECRET_FILE], "");
    assert!(plain.contains("TOKEN: new"), "{plain}");
    let again = sandbox
        .ok(&["encrypt", "--filename-override", common::SECRET_FILE, "--reuse", common::SECRET_FILE], &plain);
    // sops writes every value plain; ours carries the block it decrypted to. The texts themselves are the same.
    assert_eq!(again.replace("LINES: |\n    ENC[", "LINES: ENC["), by_sops);
    let status = run(&sops, &sandbox, &["filestatus", common::SECRET_FILE]);
    assert_eq!(status.stdout.trim(), "{\"encrypted\":true}");
}
