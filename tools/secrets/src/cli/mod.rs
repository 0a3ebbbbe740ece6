//! The arguments of `secrets`.

mod shared;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use cliutil::{CommonArgs, DocsCommand};

pub(crate) use shared::{FileArgs, KeptTypeArgs, PeerArgs, RuleArgs, TypeArgs};

/// Encrypt, decrypt and check secrets in the SOPS format with age keys
#[derive(Debug, Parser)]
#[command(name = "secrets", version, propagate_version = true)]
#[command(after_help = "Examples:
  secrets keygen -o age.key
  secrets encrypt -i kubernetes/apps/default/app/secret.sops.yaml
  secrets decrypt talos/talsecret.sops.yaml
  secrets check kubernetes talos bootstrap

The older flags of sops stand for commands: -e, -d, -r, --set 'PATH VALUE', and a FILE alone for edit. Its flags may stand before
the command too. Those that change nothing here are accepted (--verbose, --disable-version-check, --check-for-updates,
--decryption-order, --enable-local-keyservice); what is not built in (groups, publish, keyservice, and the flags for keys of other
kinds) is handed to the sops program, where it is installed.
Exit codes: 0 done, 1 findings (check), 2 not possible.")]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) common: CommonArgs,
    #[command(flatten)]
    _peer: PeerArgs,
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
    /// Make an encrypted Kubernetes Secret
    Create(CreateArgs),
    /// Edit an encrypted file in the editor
    Edit(EditArgs),
    /// Set one value of an encrypted file
    Set(SetArgs),
    /// Remove one value of an encrypted file
    Unset(UnsetArgs),
    /// Encrypt a file under a new data key
    Rotate(RotateArgs),
    /// Make the recipients of files what .sops.yaml says
    Updatekeys(UpdatekeysArgs),
    /// Tell whether a file is encrypted, as JSON
    Filestatus(FilestatusArgs),
    /// List who can read files
    Recipients(RecipientsArgs),
    /// Run a command with the decrypted values in its environment
    ExecEnv(ExecEnvArgs),
    /// Run a command with a private file of the decrypted text
    ExecFile(ExecFileArgs),
    /// Show what differs between two versions of an encrypted file
    Diff(DiffArgs),
    #[command(flatten)]
    Docs(DocsCommand),
}

/// Arguments of `secrets encrypt`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets encrypt -i kubernetes/apps/default/app/secret.sops.yaml
  secrets encrypt -i kubernetes/apps/*/*/*.sops.yaml
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
    #[arg(long, value_name = "FILE", conflicts_with_all = ["reuse_git", "reuse_from"])]
    pub(crate) reuse: Option<PathBuf>,
    /// Keep what did not change since the file of the same name below DIR (where it may be absent)
    #[arg(long, value_name = "DIR", conflicts_with = "reuse_git")]
    pub(crate) reuse_from: Option<PathBuf>,
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

Identities come from SOPS_AGE_KEY, SOPS_AGE_KEY_FILE, SOPS_AGE_KEY_CMD, sops/age/keys.txt in the user's configuration folder,
SOPS_AGE_SSH_PRIVATE_KEY_FILE, SOPS_AGE_SSH_PRIVATE_KEY_CMD and the SSH keys ~/.ssh/id_ed25519 and id_rsa; all of them are tried,
those that ask for a passphrase last. Plain text is not written into a git work tree without --force.
Exit codes: 0 done, 2 not possible: no identity fits, the integrity code is wrong, or the file is malformed.")]
pub(crate) struct DecryptArgs {
    #[command(flatten)]
    pub(crate) files: FileArgs,
    /// Print one part: keys in quotes and positions, each in brackets
    #[arg(long, value_name = "PATH", conflicts_with = "in_place")]
    pub(crate) extract: Option<String>,
    /// Write plain text even into a git work tree
    #[arg(long)]
    pub(crate) force: bool,
    /// Do not verify the integrity code
    #[arg(long)]
    pub(crate) ignore_mac: bool,
}

/// Arguments of `secrets check`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets check
  secrets check --format github kubernetes talos bootstrap
  secrets check --staged
  secrets check --decrypt kubernetes

Every file with .sops. in its name that ends in .yaml, .yml, .json, .env or .ini must be encrypted (.sops.yaml itself never
counts), for the recipients that .sops.yaml has for it, and so must every other file that has a sops block. No Kubernetes Secret,
Talos secrets bundle or private age key may stand in plain text in any file that is looked at. Where a fitting key is at hand,
integrity codes are verified too. --staged looks at what git would commit: made for a pre-commit hook. Files that are named are
looked at whatever they are called.
Exit codes: 0 nothing found, 1 findings, 2 a file cannot be read or, with --decrypt, no identity fits.")]
pub(crate) struct CheckArgs {
    /// Files and folders
    #[arg(default_value = ".", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Insist that every file can be decrypted
    #[arg(long)]
    pub(crate) decrypt: bool,
    /// Look at what is staged in git, in place of the files on disk
    #[arg(long)]
    pub(crate) staged: bool,
    /// The .sops.yaml whose recipients files must have [default: SOPS_CONFIG, else the first one found upward]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Arguments of `secrets keygen`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets keygen -o age.key
  secrets keygen --pq -o age.key
  secrets keygen --if-missing -o age.key --deploy-key github-deploy.key --token github-push-token.txt

Without a file, an age key is printed. Files with secrets are made with mode 0600; an existing file is never overwritten.
Exit codes: 0 done, 2 not possible.")]
pub(crate) struct KeygenArgs {
    /// Write an age key to a new file
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// Make a post-quantum age key (ML-KEM-768 with X25519, as age-keygen -pq)
    #[arg(long)]
    pub(crate) pq: bool,
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

/// Arguments of `secrets create`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets create app-secret default --prompt PASSWORD --output kubernetes/apps/default/app/secret.sops.yaml
  secrets create app-secret default --from-env TOKEN=APP_TOKEN
  printf %s value | secrets create app-secret default --from-file TOKEN=-

Values come from files, variables, standard input or the terminal, never from arguments, which every user of the machine can see.
Exit codes: 0 done, 2 not possible.")]
pub(crate) struct CreateArgs {
    /// The name of the Secret
    pub(crate) name: String,
    /// Its namespace
    pub(crate) namespace: String,
    /// Take a value from a file; - is standard input
    #[arg(long, value_name = "KEY=PATH")]
    pub(crate) from_file: Vec<String>,
    /// Take a value from a variable
    #[arg(long, value_name = "KEY=VARIABLE")]
    pub(crate) from_env: Vec<String>,
    /// Take values from a file of KEY=VALUE lines
    #[arg(long, value_name = "FILE")]
    pub(crate) from_env_file: Vec<PathBuf>,
    /// Ask for a value at the terminal, without showing it
    #[arg(long, value_name = "KEY")]
    pub(crate) prompt: Vec<String>,
    /// The type of the Secret
    #[arg(long = "type", value_name = "TYPE", default_value = "Opaque")]
    pub(crate) kind: String,
    /// Write to a new file
    #[arg(long, short = 'o', value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
    /// The name to choose the rule by [default: the output file, else NAME.sops.yaml]
    #[arg(long, value_name = "NAME")]
    pub(crate) filename_override: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

/// Arguments of `secrets edit`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets edit talos/talsecret.sops.yaml
  EDITOR='code --wait' secrets edit kubernetes/apps/default/app/secret.sops.yaml

The plain text is a private file in memory while the editor runs, and is wiped afterwards. Values that were not changed keep
their encrypted text. What cannot be encrypted is opened again; where nobody can be asked, it is kept, encrypted, in FILE.unsaved.
The editor is SOPS_EDITOR, EDITOR, else vim, nano or vi.
Exit codes: 0 done (or not changed), 2 not possible (the file stays as it was).")]
pub(crate) struct EditArgs {
    /// The file; it is made when it does not exist
    pub(crate) file: PathBuf,
    /// Do not verify the integrity code
    #[arg(long)]
    pub(crate) ignore_mac: bool,
    #[command(flatten)]
    pub(crate) types: TypeArgs,
    #[command(flatten)]
    pub(crate) kept: KeptTypeArgs,
    #[command(flatten)]
    pub(crate) rules: RuleArgs,
}

/// Arguments of `secrets set`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  printf '\"%s\"' \"$TOKEN\" | secrets set --value-stdin secret.sops.yaml '[\"stringData\"][\"TOKEN\"]'
  secrets set secret.sops.yaml '[\"metadata\"][\"name\"]' '\"app\"'

The value is JSON. What is given as an argument can be seen by every user of the machine: pipe secrets in with --value-stdin.
Exit codes: 0 done, 2 not possible.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a flag")]
pub(crate) struct SetArgs {
    /// The file
    pub(crate) file: PathBuf,
    /// The place: keys in quotes and positions, each in brackets
    pub(crate) path: String,
    /// The value, as JSON; with --value-file the file that holds it
    #[arg(required_unless_present = "value_stdin", conflicts_with = "value_stdin")]
    #[arg(allow_negative_numbers = true)]
    pub(crate) value: Option<String>,
    /// Read the value from standard input
    #[arg(long, conflicts_with = "value_file")]
    pub(crate) value_stdin: bool,
    /// Read the value from the file that VALUE names
    #[arg(long)]
    pub(crate) value_file: bool,
    /// Accepted for sops's sake: an equal value never changes the file
    #[arg(long)]
    pub(crate) idempotent: bool,
    /// Do not verify the integrity code
    #[arg(long)]
    pub(crate) ignore_mac: bool,
    /// Of one key group nothing depends on it.
    #[arg(long, hide = true)]
    shamir_secret_sharing_threshold: Option<u32>,
    #[command(flatten)]
    pub(crate) types: TypeArgs,
    #[command(flatten)]
    pub(crate) kept: KeptTypeArgs,
}

/// Arguments of `secrets unset`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets unset secret.sops.yaml '[\"stringData\"][\"OLD\"]'

Exit codes: 0 done, 2 not possible, or nothing stands at the path.")]
pub(crate) struct UnsetArgs {
    /// The file
    pub(crate) file: PathBuf,
    /// The place: keys in quotes and positions, each in brackets
    pub(crate) path: String,
    /// That nothing stands at the path is fine
    #[arg(long)]
    pub(crate) idempotent: bool,
    /// Do not verify the integrity code
    #[arg(long)]
    pub(crate) ignore_mac: bool,
    /// Of one key group nothing depends on it.
    #[arg(long, hide = true)]
    shamir_secret_sharing_threshold: Option<u32>,
    #[command(flatten)]
    pub(crate) types: TypeArgs,
    #[command(flatten)]
    pub(crate) kept: KeptTypeArgs,
}

/// Arguments of `secrets rotate`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets rotate -i talos/talsecret.sops.yaml
  secrets rotate -i --rm-age age1… kubernetes/apps/*/*/*.sops.yaml

Exit codes: 0 done, 2 not possible.")]
pub(crate) struct RotateArgs {
    /// The files
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
    /// Write the results back to their files: all of them, or none
    #[arg(long, short = 'i')]
    pub(crate) in_place: bool,
    /// Write the result to a file
    #[arg(long, value_name = "FILE", conflicts_with = "in_place")]
    pub(crate) output: Option<PathBuf>,
    /// The name to use for FILE: its format is chosen by it
    #[arg(long, value_name = "NAME")]
    pub(crate) filename_override: Option<PathBuf>,
    /// Recipients to add (comma separated)
    #[arg(long, value_name = "RECIPIENTS")]
    pub(crate) add_age: Option<String>,
    /// Recipients to remove (comma separated)
    #[arg(long, value_name = "RECIPIENTS")]
    pub(crate) rm_age: Option<String>,
    #[command(flatten)]
    pub(crate) types: TypeArgs,
    #[command(flatten)]
    pub(crate) kept: KeptTypeArgs,
}

/// Arguments of `secrets updatekeys`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets updatekeys --dry-run kubernetes talos
  secrets updatekeys -y talos/talsecret.sops.yaml

Folders stand for every *.sops.* file below them. All files are changed, or none. The data key stays: after removing a recipient,
`secrets rotate` gives a new one.
Exit codes: 0 done, 1 files would change (--dry-run), 2 not possible (nothing is written).")]
pub(crate) struct UpdatekeysArgs {
    /// Files and folders
    #[arg(required = true, value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    /// Change without asking
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
    /// Only show what would change
    #[arg(long)]
    pub(crate) dry_run: bool,
    #[command(flatten)]
    pub(crate) types: TypeArgs,
    /// The .sops.yaml to follow [default: SOPS_CONFIG, else the first one found upward from the working directory]
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

/// Arguments of `secrets filestatus`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets filestatus talos/talsecret.sops.yaml
  test \"$(secrets filestatus app.sops.yaml)\" = '{\"encrypted\":true}'

Prints {\"encrypted\":true} or {\"encrypted\":false}, as sops does: whether the file has a sops block with an integrity code. No
key is needed, and nothing is verified: `secrets check` looks for values that were left readable.
Exit codes: 0 done, 2 not possible.")]
pub(crate) struct FilestatusArgs {
    /// The file
    pub(crate) file: PathBuf,
    #[command(flatten)]
    pub(crate) types: TypeArgs,
}

/// Arguments of `secrets recipients`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets recipients talos/talsecret.sops.yaml
  secrets recipients kubernetes talos bootstrap | sort -u -k2

One line for each file and recipient, with a tab between them. Folders stand for every *.sops.* file below them. No key is
needed. `secrets check` says where they are not what .sops.yaml has.
Exit codes: 0 done, 2 not possible.")]
pub(crate) struct RecipientsArgs {
    /// Files and folders
    #[arg(default_value = ".", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
}

/// Arguments of `secrets exec-env`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets exec-env app.sops.yaml 'curl -H \"Authorization: Bearer $TOKEN\" https://example.com'
  secrets exec-env app.sops.yaml terraform plan

One word is run by sh -c; several are a program and its arguments. The command takes the place of secrets: its exit code and
signals are its own.")]
pub(crate) struct ExecEnvArgs {
    /// The file; its top-level values become variables
    pub(crate) file: PathBuf,
    /// The command
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) command: Vec<String>,
    /// Leave out all other variables
    #[arg(long)]
    pub(crate) pristine: bool,
    /// It always does.
    #[arg(long, hide = true)]
    same_process: bool,
    #[command(flatten)]
    pub(crate) types: TypeArgs,
}

/// Arguments of `secrets exec-file`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets exec-file talos/talsecret.sops.yaml 'talhelper genconfig -s {}'

One word is run by sh -c; several are a program and its arguments. {} becomes the path of a file that only its owner can read,
in memory where there is such a place; it is wiped when the command ends. The command's exit code is returned.")]
pub(crate) struct ExecFileArgs {
    /// The file
    pub(crate) file: PathBuf,
    /// The command
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) command: Vec<String>,
    /// The name of the decrypted file [default: that of FILE]
    #[arg(long, value_name = "NAME")]
    pub(crate) filename: Option<PathBuf>,
    /// Accepted for sops's sake: it is always a file
    #[arg(long)]
    pub(crate) no_fifo: bool,
    /// The format that the decrypted file is to have [default: by the name of FILE]
    #[arg(long, value_name = "TYPE")]
    pub(crate) output_type: Option<String>,
    #[command(flatten)]
    pub(crate) types: TypeArgs,
}

/// Arguments of `secrets diff`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  secrets diff old.sops.yaml new.sops.yaml
  git config diff.sops.textconv 'secrets diff' && echo '*.sops.yaml diff=sops' >> .gitattributes

With two files, the paths that differ are listed, without their values unless --reveal is given. With one file its plain text is
printed, or the file as it is when it is not encrypted: what git wants of a text conversion.
Exit codes: 0 no differences, 1 differences, 2 not possible.")]
pub(crate) struct DiffArgs {
    /// The old file, or the only one
    pub(crate) old: PathBuf,
    /// The new file
    pub(crate) new: Option<PathBuf>,
    /// Show the values too
    #[arg(long)]
    pub(crate) reveal: bool,
}
