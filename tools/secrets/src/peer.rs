//! Command lines that only the sops program can carry out: keys of clouds, PGP and Vault, key services, key groups, and
//! what an encrypted file's editor shows of its keys. They are handed to it as they are.

use std::ffi::OsString;

use cliutil::{CommonArgs, Diagnostic, Exit, Io, Reporter, Severity};

use crate::hand_over;

/// Commands that are not ours, and say enough by their names.
const COMMANDS: [&str; 3] = ["groups", "keyservice", "publish"];
/// Our commands whose flags of sops's are looked for.
const SHARED: [&str; 10] = [
    "encrypt",
    "decrypt",
    "rotate",
    "edit",
    "set",
    "unset",
    "updatekeys",
    "exec-env",
    "exec-file",
    "filestatus",
];
/// Kinds of keys that are not built in, as flags name them.
const KINDS: [&str; 6] = ["kms", "pgp", "gcp-kms", "hckms", "azure-kv", "hc-vault-transit"];
const FLAGS: [&str; 10] = [
    "-k",
    "-p",
    "-s",
    "--show-master-keys",
    "--aws-profile",
    "--encryption-context",
    "--keyservice",
    "--enable-local-keyservice=false",
    "--background",
    "--user",
];

/// Why a command line is for the sops program; none when it is ours.
pub(crate) fn reason(args: &[OsString]) -> Option<String> {
    let mut words = args.iter().skip(1).map(|word| word.to_string_lossy());
    let command = words.find(|word| !word.starts_with('-'))?;
    if COMMANDS.contains(&&*command) {
        return Some(format!("`{command}` is not built in"));
    }
    if !SHARED.contains(&&*command) {
        return None;
    }
    let mut words = words.take_while(|word| word != "--");
    // What is run by exec-env and exec-file has flags of its own.
    let found = if command.starts_with("exec-") {
        words.by_ref().take_while(|word| word.starts_with('-')).find(|word| is_flag(word))
    } else {
        words.find(|word| is_flag(word))
    };
    found.map(|word| format!("`{}` is not built in", word.split('=').next().unwrap_or_default()))
}

fn is_flag(word: &str) -> bool {
    let name = word.split('=').next().unwrap_or_default();
    let kind = name
        .strip_prefix("--")
        .map(|name| name.strip_prefix("add-").or_else(|| name.strip_prefix("rm-")).unwrap_or(name));
    FLAGS.contains(&word) || FLAGS.contains(&name) || kind.is_some_and(|kind| KINDS.contains(&kind))
}

/// Hands a command line to sops.
pub(crate) fn run(args: Vec<OsString>, why: &str, io: &mut Io) -> Exit {
    // Its own flags, such as --format, would be unknown to sops.
    let common = CommonArgs { color: clap::ColorChoice::Auto, quiet: false, format: cliutil::Format::Human };
    let reporter = Reporter::new("secrets", &common, io);
    let handed = hand_over::find(why).and_then(|_| {
        let words = format!("handed to the sops program: {why}");
        reporter.show(&[Diagnostic::new(Severity::Note, "secrets/handed-over", words)], true, io);
        hand_over::run(args.into_iter().skip(1).collect(), why)
    });
    handed.unwrap_or_else(|failure| reporter.fail(&failure, io))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_built_in_is_known_by_its_words() {
        for (line, flag) in [
            ("s encrypt --pgp F f.yaml", "--pgp"),
            ("s encrypt -p F f.yaml", "-p"),
            ("s encrypt --kms=arn f.yaml", "--kms"),
            ("s rotate -i --add-hc-vault-transit u f.yaml", "--add-hc-vault-transit"),
            ("s rotate -i --rm-azure-kv u f.yaml", "--rm-azure-kv"),
            ("s edit -s f.yaml", "-s"),
            ("s decrypt --keyservice tcp://x f.yaml", "--keyservice"),
            ("s decrypt --enable-local-keyservice=false f.yaml", "--enable-local-keyservice"),
            ("s exec-env --user nobody f.yaml id", "--user"),
            ("s groups add -f f.yaml --age x", "groups"),
            ("s publish f.yaml", "publish"),
        ] {
            let args: Vec<_> = line.split(' ').map(OsString::from).collect();
            assert_eq!(reason(&args), Some(format!("`{flag}` is not built in")), "{line}");
        }
        for line in [
            "s encrypt f.yaml",
            "s encrypt -- -p",
            "s exec-env f.yaml sh -s --user x",
            "s rotate --add-age x f.yaml",
            "s decrypt --enable-local-keyservice f.yaml",
            "s check -s",
            "s",
        ] {
            let args: Vec<_> = line.split(' ').map(OsString::from).collect();
            assert_eq!(reason(&args), None, "{line}");
        }
    }
}
