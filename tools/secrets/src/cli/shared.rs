//! Arguments that several commands have, and those that all accept because sops does.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use clap::Args;
use cliutil::{Failure, Outcome};
use sops::Format;

/// Where the rules come from; the same for every command that encrypts.
#[derive(Debug, Clone, Args)]
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
    /// Encrypt what follows a comment that matches
    #[arg(long, value_name = "REGEX", help_heading = "Rules")]
    pub(crate) encrypted_comment_regex: Option<String>,
    /// Leave readable what follows a comment that matches
    #[arg(long, value_name = "REGEX", help_heading = "Rules")]
    pub(crate) unencrypted_comment_regex: Option<String>,
    /// Let the integrity code cover encrypted values only
    #[arg(long, help_heading = "Rules")]
    pub(crate) mac_only_encrypted: bool,
    /// Indentation of the sops block, in place of the configuration's
    #[arg(long, value_name = "BLANKS", help_heading = "Rules")]
    pub(crate) indent: Option<usize>,
    /// The threshold to record, in place of the configuration's
    #[arg(long, value_name = "COUNT", hide = true)]
    pub(crate) shamir_secret_sharing_threshold: Option<u32>,
}

/// Where data comes from and goes to.
#[derive(Debug, Args)]
pub(crate) struct FileArgs {
    /// The files; - is standard input
    #[arg(default_value = "-", value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Write the results back to their files: all of them, or none
    #[arg(long, short = 'i', conflicts_with = "output")]
    pub(crate) in_place: bool,
    /// Write the result to a file
    #[arg(long, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The name to use for FILE: rules are chosen by it
    #[arg(long, value_name = "NAME")]
    pub(crate) filename_override: Option<PathBuf>,
    /// The format of FILE: yaml, json, dotenv or binary [default: by its name]
    #[arg(long, value_name = "TYPE")]
    pub(crate) input_type: Option<String>,
    /// The format to write: yaml, json, dotenv or binary [default: by its name]
    #[arg(long, value_name = "TYPE")]
    pub(crate) output_type: Option<String>,
    /// Accept empty standard input, and give nothing for it
    #[arg(long)]
    pub(crate) allow_empty: bool,
}

/// The format of a file where its name does not say it.
#[derive(Debug, Clone, Args)]
pub(crate) struct TypeArgs {
    /// The format of FILE: yaml, json, dotenv or binary [default: by its name]
    #[arg(long, value_name = "TYPE")]
    pub(crate) input_type: Option<String>,
}

impl TypeArgs {
    /// As in sops a word that is not known says nothing.
    pub(crate) fn format(&self, path: &Path) -> Format {
        let told = self.input_type.as_deref().and_then(Format::of_word);
        told.unwrap_or_else(|| Format::of_name(path))
    }

    /// The same for the sops program.
    pub(crate) fn words(&self) -> Vec<OsString> {
        let told = self.input_type.iter();
        told.flat_map(|word| ["--input-type".into(), word.into()]).collect()
    }
}

/// sops can write a changed file in another format, under its name; here it keeps its own.
#[derive(Debug, Clone, Args)]
pub(crate) struct KeptTypeArgs {
    #[arg(long, hide = true, value_name = "TYPE")]
    output_type: Option<String>,
}

impl KeptTypeArgs {
    /// Refuses another format than the file's.
    pub(crate) fn check(&self, format: Format) -> Outcome<()> {
        let told = self.output_type.as_deref().and_then(Format::of_word);
        if told.is_none_or(|told| told == format) {
            return Ok(());
        }
        Err(Failure::new(
            "usage/output-type",
            format!("the file stays {}: it cannot be written as another type under its name", format.word()),
        )
        .with_help("decrypt it with --output-type, and encrypt the result"))
    }
}

/// What sops takes too, and what changes nothing here.
#[derive(Debug, Clone, Args)]
pub(crate) struct PeerArgs {
    #[arg(long, global = true, hide = true)]
    verbose: bool,
    #[arg(long, global = true, hide = true)]
    disable_version_check: bool,
    #[arg(long, global = true, hide = true)]
    check_for_updates: bool,
    /// All identities are age keys, and all are tried.
    #[arg(long, global = true, hide = true, value_name = "KINDS")]
    decryption_order: Option<String>,
    /// Without it the command line is for sops (`peer`).
    #[arg(long, global = true, hide = true, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    enable_local_keyservice: Option<bool>,
}
