//! What only the sops program can do is handed to it, where it is installed: keys of clouds, PGP and Vault, and data keys
//! in several parts. It writes files in its own layout.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use cliutil::{Diagnostic, Exit, Failure, Outcome, program};
use sops::{Format, MasterKey, Rule};

use crate::cli::RuleArgs;
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

/// A text that is handed over: what it is called, what rules and formats go by, and the formats themselves.
pub(crate) struct Text<'t> {
    pub(crate) label: &'t str,
    pub(crate) name: Option<&'t Path>,
    pub(crate) input: Format,
    pub(crate) output: Format,
    pub(crate) bytes: &'t [u8],
}

impl<'t> Text<'t> {
    /// A text that keeps its format.
    pub(crate) fn new(label: &'t str, name: &'t Path, bytes: &'t [u8]) -> Self {
        let format = Format::of_name(name);
        Self { label, name: Some(name), input: format, output: format, bytes }
    }

    /// A job's.
    pub(crate) fn of(job: &'t Job, label: &'t str, bytes: &'t [u8]) -> Self {
        Self { label, name: job.name.as_deref(), input: job.input, output: job.output, bytes }
    }

    fn words(&self) -> Vec<OsString> {
        let name = self.name.unwrap_or(Path::new("stdin"));
        let mut all: Vec<OsString> = vec!["--filename-override".into(), name.into()];
        all.extend(words(&["--input-type", self.input.word(), "--output-type", self.output.word()]));
        all
    }
}

/// Encrypts with sops.
pub(crate) fn encrypt(rules: &RuleArgs, text: &Text) -> Outcome<Vec<u8>> {
    let mut args = words(&["--disable-version-check"]);
    if let Some(config) = &rules.config {
        args.extend(["--config".into(), config.into()]);
    }
    if rules.mac_only_encrypted {
        args.push("--mac-only-encrypted".into());
    }
    if let Some(indent) = rules.indent {
        args.extend(["--indent".into(), indent.to_string().into()]);
    }
    args.push("encrypt".into());
    args.extend(text.words());
    if let Some(threshold) = rules.shamir_secret_sharing_threshold {
        args.extend(["--shamir-secret-sharing-threshold".into(), threshold.to_string().into()]);
    }
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
    let why = "the rule has keys that are not built in (several key groups, KMS, PGP or Vault)";
    filter(&args, text, why)
}

/// Decrypts with sops: all of it, or what stands at a path.
pub(crate) fn decrypt(text: &Text, ignore_mac: bool, path: Option<&str>, why: &str) -> Outcome<Vec<u8>> {
    let mut words = words(&["--disable-version-check", "decrypt"]);
    if ignore_mac {
        words.push("--ignore-mac".into());
    }
    if let Some(path) = path {
        words.extend(["--extract".into(), path.into()]);
    }
    words.extend(text.words());
    filter(&words, text, why)
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

/// What a command of sops prints.
pub(crate) fn printed(args: Vec<OsString>, why: &str) -> Outcome<String> {
    let mut all = words(&["--disable-version-check"]);
    all.extend(args);
    let ended = program::run(&find(why)?, &all, &[], None)?;
    if ended.success {
        return crate::files::utf8(ended.stdout);
    }
    Err(failed(ended.code, &String::from_utf8_lossy(&ended.stderr)))
}

fn filter(args: &[OsString], text: &Text, why: &str) -> Outcome<Vec<u8>> {
    let ended = program::run(&find(&format!("{}: {why}", text.label))?, args, text.bytes, None)?;
    if ended.success {
        return Ok(ended.stdout);
    }
    Err(failed(ended.code, &String::from_utf8_lossy(&ended.stderr)))
}

/// Where it is.
pub(crate) fn find(why: &str) -> Outcome<PathBuf> {
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
