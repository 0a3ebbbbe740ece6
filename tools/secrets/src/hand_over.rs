//! What only the sops program can do is handed to it, where it is installed: keys of clouds, PGP and Vault, and data keys
//! in several parts. It writes files in its own layout.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use cliutil::{Diagnostic, Exit, Failure, Outcome, program};
use sops::{MasterKey, Rule};

use crate::cli::{DecryptArgs, RuleArgs};
use crate::files::Job;

/// Whether a rule has keys that are not built in.
pub(crate) fn is_needed(rule: &Rule) -> bool {
    rule.groups.len() > 1 || rule.groups.iter().flatten().any(|key| matches!(key, MasterKey::Other(_)))
}

/// What is said when it happened.
pub(crate) fn note(file: &str) -> Diagnostic {
    Diagnostic::new(
        cliutil::Severity::Note,
        "secrets/handed-over",
        "handed to the sops program, for keys that are not built in",
    )
    .in_file(file)
}

/// Encrypts with sops.
pub(crate) fn encrypt(rules: &RuleArgs, job: &Job, name: &Path, plain: &[u8]) -> Outcome<Vec<u8>> {
    let mut args = words(&["--disable-version-check"]);
    if let Some(config) = &rules.config {
        args.extend(["--config".into(), config.into()]);
    }
    if rules.mac_only_encrypted {
        args.push("--mac-only-encrypted".into());
    }
    args.push("encrypt".into());
    args.extend(["--filename-override".into(), name.into()]);
    args.extend(words(&["--input-type", job.input.word(), "--output-type", job.output.word()]));
    let flags = [
        ("--age", &rules.age),
        ("--encrypted-regex", &rules.encrypted_regex),
        ("--unencrypted-regex", &rules.unencrypted_regex),
        ("--encrypted-suffix", &rules.encrypted_suffix),
        ("--unencrypted-suffix", &rules.unencrypted_suffix),
    ];
    for (flag, value) in flags {
        if let Some(value) = value {
            args.extend([flag.into(), value.into()]);
        }
    }
    filter(
        &args,
        plain,
        &job.label(),
        "the rule has keys that are not built in (several key groups, KMS, PGP or Vault)",
    )
}

/// Decrypts with sops.
pub(crate) fn decrypt(args: &DecryptArgs, job: &Job, text: &[u8], why: &str) -> Outcome<Vec<u8>> {
    let mut words = words(&["--disable-version-check", "decrypt"]);
    if args.ignore_mac {
        words.push("--ignore-mac".into());
    }
    if let Some(path) = &args.extract {
        words.extend(["--extract".into(), path.into()]);
    }
    let name = job.name.clone().unwrap_or_else(|| PathBuf::from("stdin"));
    words.extend(["--filename-override".into(), name.into()]);
    words.extend(self::words(&["--input-type", job.input.word(), "--output-type", job.output.word()]));
    filter(&words, text, &job.label(), why)
}

/// Runs a command of sops on a file, with the terminal it may ask at.
pub(crate) fn run(args: Vec<OsString>, why: &str) -> Outcome<Exit> {
    let sops = find(why)?;
    let mut all = words(&["--disable-version-check"]);
    all.extend(args);
    let status = duct::cmd(sops, all).unchecked().run();
    let status =
        status.map_err(|error| Failure::new("program/start", format!("sops: cannot be started: {error}")))?;
    if status.status.success() { Ok(Exit::Yes) } else { Err(failed(status.status.code(), "")) }
}

fn filter(args: &[OsString], input: &[u8], file: &str, why: &str) -> Outcome<Vec<u8>> {
    let ended = program::run(&find(&format!("{file}: {why}"))?, args, input, None)?;
    if ended.success {
        return Ok(ended.stdout);
    }
    Err(failed(ended.code, &String::from_utf8_lossy(&ended.stderr)))
}

fn find(why: &str) -> Outcome<PathBuf> {
    which::which("sops").map_err(|_| {
        Failure::new("sops/other-keys", why)
            .with_help("install the sops program: files with such keys are handed to it")
    })
}

fn failed(code: Option<i32>, stderr: &str) -> Failure {
    let code = code.map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"));
    let words: Vec<_> = stderr.split_whitespace().collect();
    let words = if words.is_empty() { String::new() } else { format!(": {}", words.join(" ")) };
    Failure::new("secrets/sops", format!("the sops program failed ({code}){words}"))
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}
