//! The arguments of `secrets`.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use cliutil::{CommonArgs, DocsCommand};

/// Encrypt, decrypt and check secrets in the SOPS format with age keys
#[derive(Debug, Parser)]
#[command(name = "secrets", version, propagate_version = true)]
#[command(after_help = "Examples:
  secrets keygen -o age.key
  secrets encrypt -i kubernetes/apps/default/app/secret.sops.yaml
  secrets decrypt talos/talsecret.sops.yaml
  secrets check kubernetes talos bootstrap

Exit codes: 0 done, 1 findings (check), 2 not possible.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Encrypt the values that .sops.yaml chooses
    Encrypt(EncryptArgs),
    /// Decrypt a file and verify its integrity code
    Decrypt(DecryptArgs),
    /// Find files that are not encrypted but should be
    Check(CheckArgs),
    /// Make an age key, a deploy key or a token
    Keygen(KeygenArgs),
    #[command(flatten)]
    Docs(DocsCommand),
}

/// Where the rules come from; the same for every command that encrypts.
#[derive(Debug, Args)]
pub(crate) struct RuleArgs {
    /// The .sops.yaml to follow [default: SOPS_CONFIG, else the first one found upward from the working directory]
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub(crate) config: Option<PathBuf>,
    /// Encrypt for these recipients (comma separated) in place of the configuration's [default: SOPS_AGE_RECIPIENTS]
    #[arg(long, short = 'a', value_name = "RECIPIENTS", help_heading = "Rules")]
    pub(crate) age: Option<String>,
    /// Encrypt what is below keys that match
    #[arg(long, value_name = "REGEX", help_heading = "Rules")]
    pub(crate) encrypted_regex: Option<String>,
    /// Leave readable what is below keys that match
    #[arg(long, value_name = "REGEX", help_heading = "Rules")]
    pub(crate) unencrypted_regex: Option<String>,
    /// Encrypt what is below keys that end so
    #[arg(long, value_name = "SUFFIX", help_heading = "Rules")]
    pub(crate) encrypted_suffix: Option<String>,
    /// Leave readable what is below keys that end so
    #[arg(long, value_name = "SUFFIX", help_heading = "Rules")]
    pub(crate) unencrypted_suffix: Option<String>,
    /// Let the integrity code cover encrypted values only
    #[arg(long, help_heading = "Rules")]
    pub(crate) mac_only_encrypted: bool,
}

/// Where data comes from and goes to.
#[derive(Debug, Args)]
pub(crate) struct FileArgs {
    /// The file; - is standard input
    #[arg(default_value = "-", value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Write the result back to FILE
    #[arg(long, short = 'i', conflicts_with = "output")]
    pub(crate) in_place: bool,
    /// Write the result to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The name to use for FILE: rules are chosen by it
    #[arg(long, value_name = "NAME")]
    pub(crate) filename_override: Option<PathBuf>,
    /// Accept empty standard input, and give nothing for it
    #[arg(long)]
    pub(crate) allow_empty: bool,
}

/// Arguments of `secrets encrypt`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets encrypt -i kubernetes/apps/default/app/secret.sops.yaml
  secrets encrypt --age age1… secret.yaml > secret.sops.yaml
  secrets encrypt --filename-override talos/talsecret.sops.yaml < talsecret.yaml
  secrets encrypt --reuse out.sops.yaml --filename-override out.sops.yaml < new.yaml

Only values change; comments, order, quoting and blank lines stay as they are. With --reuse, values that did not change keep
their encrypted text, and a file in which nothing changed stays the same to the byte. With the plain text on standard input,
--filename-override says which rule applies.
Exit codes: 0 done, 2 not possible (nothing is written).")]
pub(crate) struct EncryptArgs {
    #[command(flatten)]
    pub(crate) files: FileArgs,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
    /// Keep what did not change since this encrypted file (which may be absent)
    #[arg(long, value_name = "FILE", conflicts_with = "reuse_git")]
    pub(crate) reuse: Option<PathBuf>,
    /// Keep what did not change since the file's version in a git revision (in which it may be absent)
    #[arg(long, value_name = "REV")]
    pub(crate) reuse_git: Option<String>,
    /// Encrypt anew where the file to reuse cannot be decrypted or was altered
    #[arg(long)]
    pub(crate) reencrypt: bool,
}

/// Arguments of `secrets decrypt`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets decrypt talos/talsecret.sops.yaml
  secrets decrypt --extract '[\"data\"][\"token\"]' secret.sops.yaml
  SOPS_AGE_KEY_FILE=age.key secrets decrypt < secret.sops.yaml

Identities come from SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, SOPS_AGE_KEY_CMD and sops/age/keys.txt in the user's configuration
folder; all of them are tried.
Exit codes: 0 done, 2 not possible: no identity fits, the integrity code is wrong, or the file is malformed.")]
pub(crate) struct DecryptArgs {
    #[command(flatten)]
    pub(crate) files: FileArgs,
    /// Print one part: ['\"key\"'] and [index] after another
    #[arg(long, value_name = "PATH", conflicts_with = "in_place")]
    pub(crate) extract: Option<String>,
    /// Do not verify the integrity code
    #[arg(long)]
    pub(crate) ignore_mac: bool,
}

/// Arguments of `secrets check`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets check
  secrets check --format github kubernetes talos bootstrap
  secrets check --decrypt kubernetes

Every file with .sops. in its name that ends in .yaml, .yml or .json must be encrypted (.sops.yaml itself never counts), and
no Kubernetes Secret may stand in plain text in any other YAML or JSON file.
Exit codes: 0 nothing found, 1 findings, 2 a file cannot be read or, with --decrypt, no identity fits.")]
pub(crate) struct CheckArgs {
    /// Files and folders
    #[arg(default_value = ".", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Also decrypt every file and verify its integrity code
    #[arg(long)]
    pub(crate) decrypt: bool,
}

/// Arguments of `secrets keygen`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets keygen -o age.key
  secrets keygen --if-missing -o age.key --deploy-key github-deploy.key --token github-push-token.txt

Without a file, an age key is printed. Files with secrets are made with mode 0600; an existing file is never overwritten.
Exit codes: 0 done, 2 not possible.")]
pub(crate) struct KeygenArgs {
    /// Write an age key to a new file
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Write an SSH key pair (Ed25519, no passphrase) to the new files FILE and FILE.pub
    #[arg(long, value_name = "FILE")]
    pub(crate) deploy_key: Option<PathBuf>,
    /// Write 32 random hexadecimal characters to a new file
    #[arg(long, value_name = "FILE")]
    pub(crate) token: Option<PathBuf>,
    /// Leave files that exist as they are
    #[arg(long)]
    pub(crate) if_missing: bool,
}
