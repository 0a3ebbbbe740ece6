//! The real sops must decrypt what we write, and we what it writes. Needs the environment variable CLUSTERPIPE_PEERS: a
//! folder with `bin/sops` (`just conformance` installs it). Without it nothing is compared, and the test says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may fail")]

mod commands;
#[path = "../common/mod.rs"]
mod common;
mod documents;
mod keys;
mod random;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{Ended, Sandbox};
use documents::Document;
use sops::{Encrypted, Format, Keyring, Rule, Selector, SelectorKind};
use yaml::Dialect::GoYamlV3;

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

const RULES: [&[&str]; 11] = [
    &[],
    &["--mac-only-encrypted"],
    &["--encrypted-regex", "^(data|stringData|b|nested)$"],
    &["--encrypted-regex", "^(data|stringData|b|nested)$", "--mac-only-encrypted"],
    &["--unencrypted-regex", "^(a|metadata|string)$"],
    &["--encrypted-suffix", "a"],
    &["--unencrypted-suffix", "c"],
    &["--encrypted-comment-regex", "sops:enc"],
    &["--encrypted-comment-regex", "sops:enc", "--mac-only-encrypted"],
    &["--unencrypted-comment-regex", "sops:dec"],
    &["--unencrypted-comment-regex", "sops:dec", "--mac-only-encrypted"],
];

/// sops takes one flag before its subcommand only, and those for comments in its old form alone.
fn sops_args<'a>(rule: &[&'a str]) -> Vec<&'a str> {
    if rule.iter().any(|arg| arg.ends_with("comment-regex")) {
        return rule.iter().copied().chain(["--encrypt"]).collect();
    }
    let (global, own): (Vec<_>, Vec<_>) = rule.iter().partition(|arg| **arg == "--mac-only-encrypted");
    global.into_iter().chain(["encrypt"]).chain(own).collect()
}

/// What a comparison came to.
#[derive(Default, Debug)]
struct Tally {
    /// Files that both wrote and each read.
    compared: usize,
    /// Inputs that both refuse.
    refused: usize,
    /// What differs by design (COMPATIBILITY.md).
    by_design: usize,
}

/// A folder, a key and both sides. Ours is the library that the program is made of, which saves half of the processes.
struct Both<'s> {
    sops: &'s Path,
    sandbox: &'s Sandbox,
    keyring: Keyring,
}

impl<'s> Both<'s> {
    fn new(sops: &'s Path, sandbox: &'s Sandbox) -> Self {
        let _ = std::fs::remove_file(sandbox.path(".sops.yaml"));
        let keyring = Keyring::of(sops::Identities::from_text(&sandbox.read("age.key"), "age.key"));
        Self { sops, sandbox, keyring }
    }

    fn encrypt(&self, format: Format, text: &str, rule: &[&str]) -> sops::Result<Encrypted> {
        let kinds = SelectorKind::ALL.into_iter().filter_map(|kind| {
            let flag = format!("--{}", kind.key().replace('_', "-"));
            let at = rule.iter().position(|arg| *arg == flag)?;
            Some((kind, rule[at + 1].to_owned()))
        });
        let rule = Rule {
            groups: vec![sops::parse_recipients(&self.sandbox.recipient)],
            selector: Selector::from_fields(&kinds.collect::<Vec<_>>())?,
            mac_only_encrypted: rule.contains(&"--mac-only-encrypted"),
            ..Rule::default()
        };
        sops::encrypt_as(text, format, &rule, "2026-11-21T03:00:00Z")
    }

    fn decrypt(&self, format: Format, text: &str) -> sops::Result<String> {
        let opened = sops::decrypt_as(text, format, &self.keyring, false)?;
        assert!(opened.notes.is_empty(), "{:?}", opened.notes);
        Ok(opened.text.to_string())
    }

    /// Encrypts a document by both, has each read what the other wrote, and wants the plain bytes back.
    fn compare(&self, tally: &mut Tally, end: &str, (name, text): &Document, rule: &[&str]) {
        let (sops, sandbox) = (self.sops, self.sandbox);
        let case = format!("{name} {rule:?}");
        let format = Format::of_name(Path::new(&format!("x.{end}")));
        let (plain, theirs_file, ours_file) =
            (format!("plain.{end}"), format!("theirs.{end}"), format!("ours.{end}"));
        sandbox.write(&plain, text);
        let mut theirs_args = sops_args(rule);
        theirs_args.extend(["--age", &sandbox.recipient, &plain]);
        let theirs = run(sops, sandbox, &theirs_args);
        let ours = match (theirs.code, self.encrypt(format, text, rule)) {
            (Some(0), Ok(ours)) => ours,
            (Some(0), Err(error)) if refused_by_design(format, error.code) => return tally.by_design += 1,
            (Some(0), Err(error)) => panic!("{case}: refused: {error:?}\n{text}"),
            (code, Ok(_)) => panic!("{case}: sops refuses it ({code:?}): {}\n{text}", theirs.stderr),
            (_, Err(_)) => return tally.refused += 1,
        };
        sandbox.write(&theirs_file, &theirs.stdout);
        sandbox.write(&ours_file, &ours.text);
        let ours_of_ours =
            self.decrypt(format, &ours.text).unwrap_or_else(|e| panic!("{case}: {e:?}\n{}", ours.text));
        let named = ours.notes.iter().any(|note| note.code == "sops/respelled");
        assert!(ours_of_ours == *text || named, "{case}: not the same bytes\n{text}\n{ours_of_ours}");
        let theirs_of_ours = run(sops, sandbox, &["decrypt", &ours_file]);
        assert_eq!(theirs_of_ours.code, Some(0), "{case}: {}\n{text}\n{}", theirs_of_ours.stderr, ours.text);
        assert_eq!(theirs_of_ours.stderr, "", "{case}\n{text}\n{}", ours.text);
        let theirs_of_theirs = run(sops, sandbox, &["decrypt", &theirs_file]);
        if theirs_of_theirs.code != Some(0) {
            // sops cannot read its own file where -0.0 stays readable (it writes -0, another value), nor always where
            // comments choose in lists. Neither can ours then.
            let known = text.contains("-0.0") || rule.iter().any(|arg| arg.ends_with("comment-regex"));
            assert!(known, "{case}: {}\n{text}", theirs_of_theirs.stderr);
            return tally.by_design += 1;
        }
        let ours_of_theirs = self.decrypt(format, &theirs.stdout);
        let ours_of_theirs =
            ours_of_theirs.unwrap_or_else(|e| panic!("{case}: {e:?}\n{text}\n{}", theirs.stdout));
        let want = data(format, &theirs_of_theirs.stdout);
        assert_eq!(data(format, &theirs_of_ours.stdout), want, "{case}: sops of ours\n{text}\n{}", ours.text);
        let ours_of_theirs = without_negative_zero(&ours_of_theirs);
        assert_eq!(data(format, &ours_of_theirs), want, "{case}: ours of sops\n{text}\n{}", theirs.stdout);
        tally.compared += 1;
    }
}

/// JSON that is cut off or goes on after its end is cut by sops, half of a surrogate pair is replaced, and a date tag or
/// an alias may lose or show a value: errors here.
fn refused_by_design(format: Format, code: &str) -> bool {
    match format {
        Format::Json => code == "sops/json",
        _ => matches!(code, "sops/alias" | "sops/tag"),
    }
}

/// A text as data, in words: NaN is equal to itself there.
fn data(format: Format, text: &str) -> String {
    match format {
        Format::Yaml => {
            format!("{:?}", yaml::load(text, GoYamlV3).unwrap_or_else(|error| panic!("{error}\n{text}")))
        }
        Format::Json => format!("{:?}", serde_json::from_str::<serde_json::Value>(text).unwrap()),
        _ => text.to_owned(),
    }
}

/// sops turns -0.0 into the integer 0; ours stays what it was.
fn without_negative_zero(text: &str) -> String {
    text.replace(": -0.0\n", ": -0\n")
}

fn everything(end: &str, documents: &[Document], at_least: usize) {
    let Some(sops) = sops() else { return };
    let sandbox = Sandbox::new();
    let both = Both::new(&sops, &sandbox);
    let mut tally = Tally::default();
    for document in documents {
        for rule in RULES {
            both.compare(&mut tally, end, document, rule);
        }
    }
    assert!(tally.compared >= at_least, "{tally:?}");
    eprintln!("{end}: {tally:?}");
}

#[test]
fn yaml_files() {
    everything("yaml", &documents::yaml(), 300);
}

#[test]
fn json_files() {
    everything("json", &documents::json(), 100);
}

#[test]
fn dotenv_files() {
    everything("env", &documents::dotenv(), 100);
}

#[test]
fn random_files() {
    let Some(sops) = sops() else { return };
    let sandbox = Sandbox::new();
    let both = Both::new(&sops, &sandbox);
    let full = std::env::var_os("CLUSTERPIPE_CONFORMANCE").is_some_and(|set| set == "full");
    let seed = std::env::var("CLUSTERPIPE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(11);
    let mut random = random::Random::new(seed);
    let mut tally = Tally::default();
    let count = std::env::var("CLUSTERPIPE_CASES").ok().and_then(|count| count.parse().ok());
    for number in 0..count.unwrap_or(if full { 1500 } else { 60 }) {
        let (end, text) = random.document();
        let rule = RULES[random.below(RULES.len())];
        both.compare(&mut tally, end, &(format!("random {seed}/{number}"), text), rule);
    }
    eprintln!("random: {tally:?}");
}

#[test]
fn files_of_bytes() {
    let Some(sops) = sops() else { return };
    let sandbox = Sandbox::new();
    std::fs::remove_file(sandbox.path(".sops.yaml")).unwrap();
    for bytes in documents::BINARY {
        std::fs::write(sandbox.path("plain.bin"), bytes).unwrap();
        let theirs = run(&sops, &sandbox, &["encrypt", "--age", &sandbox.recipient, "plain.bin"]);
        sandbox.write("theirs.bin", &theirs.stdout);
        sandbox.write("ours.bin", &sandbox.ok(&["encrypt", "--age", &sandbox.recipient, "plain.bin"], ""));
        for file in ["theirs.bin", "ours.bin"] {
            let sops = run(&sops, &sandbox, &["decrypt", "--output", "out.sops", file]);
            assert_eq!((sops.code, sops.stderr.as_str()), (Some(0), ""));
            sandbox.ok(&["decrypt", "--output", "out.ours", file], "");
            for out in ["out.sops", "out.ours"] {
                assert_eq!(std::fs::read(sandbox.path(out)).unwrap(), *bytes, "{file}");
            }
        }
    }
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
