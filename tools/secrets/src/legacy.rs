//! The older way to call sops, by flags where there are commands now (`-d FILE`, `--set 'PATH VALUE' FILE`, `FILE` alone
//! for edit): scripts still use it.

use std::ffi::{OsStr, OsString};

/// The flags that say what is to be done, and the commands they stand for.
const FLAGS: [(&str, &str); 7] = [
    ("-e", "encrypt"),
    ("--encrypt", "encrypt"),
    ("-d", "decrypt"),
    ("--decrypt", "decrypt"),
    ("-r", "rotate"),
    ("--rotate", "rotate"),
    ("--set", "set"),
];

/// The arguments as they are written today; those that are, unchanged.
pub(crate) fn modern(args: Vec<OsString>, command: &clap::Command) -> Vec<OsString> {
    match args.as_slice() {
        [program, flag] if flag == "-v" => return vec![program.clone(), "--version".into()],
        [program, word, shell] if word == "completion" => {
            return vec![program.clone(), "completions".into(), shell.clone()];
        }
        _ => {}
    }
    let is_command = |word: &OsStr| {
        word == "help" || command.get_subcommands().any(|known| known.get_name() == word.to_string_lossy())
    };
    let args = command_first(args, command);
    for (at, word) in args.iter().enumerate().skip(1) {
        // Behind the first word that is neither a flag nor one's value all belongs to a command.
        if is_command(word) || (at == 1 && !word.to_string_lossy().starts_with('-')) {
            break;
        }
        let text = word.to_string_lossy();
        let (flag, value) = text.split_once('=').map_or((&*text, None), |(flag, value)| (flag, Some(value)));
        if let Some((_, name)) = FLAGS.iter().find(|(known, _)| *known == flag) {
            let value = value.map(OsString::from);
            return rewritten(args.clone(), at, (name, command), value).unwrap_or(args);
        }
    }
    args
}

/// Flags of sops that may stand before its commands, and whether a value follows. A command that does not know one does
/// without it, as in sops.
const BEFORE: [(&str, bool); 24] = [
    ("--config", true),
    ("--age", true),
    ("-a", true),
    ("--in-place", false),
    ("-i", false),
    ("--extract", true),
    ("--input-type", true),
    ("--output-type", true),
    ("--add-age", true),
    ("--rm-age", true),
    ("--ignore-mac", false),
    ("--mac-only-encrypted", false),
    ("--unencrypted-suffix", true),
    ("--encrypted-suffix", true),
    ("--unencrypted-regex", true),
    ("--encrypted-regex", true),
    ("--unencrypted-comment-regex", true),
    ("--encrypted-comment-regex", true),
    ("--shamir-secret-sharing-threshold", true),
    ("--indent", true),
    ("--output", true),
    ("--filename-override", true),
    ("--show-master-keys", false),
    ("-s", false),
];

/// Those of all commands.
const EVERYWHERE: [(&str, bool); 9] = [
    ("--verbose", false),
    ("--disable-version-check", false),
    ("--check-for-updates", false),
    ("--enable-local-keyservice", false),
    ("--decryption-order", true),
    ("--quiet", false),
    ("-q", false),
    ("--color", true),
    ("--format", true),
];

/// Moves flags behind the command that they stand before; those of all commands may stand anywhere. A file alone is edited.
fn command_first(args: Vec<OsString>, command: &clap::Command) -> Vec<OsString> {
    let mut at = 1;
    while let Some(word) = args.get(at) {
        let word = word.to_string_lossy();
        if let Some((_, count)) = flag_of_sops(&word) {
            at += count;
            continue;
        }
        let name = match command.find_subcommand(&*word) {
            Some(_) if at == 1 => break,
            Some(target) => target.get_name(),
            None if at + 1 == args.len() && (is_file(&word) || is_typed(&args)) => "edit",
            None => break,
        };
        let behind = if name == word { at + 1 } else { at };
        let mut moved: Vec<_> = args.iter().take(1).cloned().collect();
        moved.push(name.into());
        let flags = args.get(1..at).unwrap_or_default().to_vec();
        moved.extend(taken(flags, (name, command)));
        moved.extend(args.iter().skip(behind).cloned());
        return moved;
    }
    args
}

/// Whether a word is a file, or would be one that sops makes: no command is called so.
fn is_file(word: &str) -> bool {
    let path = std::path::Path::new(word);
    let known = sops::Format::of_name(path) != sops::Format::Binary;
    !word.starts_with('-') && (path.is_file() || known)
}

/// Whether a flag says what type the file is of that follows.
fn is_typed(args: &[OsString]) -> bool {
    args.iter().any(|word| word.to_string_lossy().starts_with("--input-type"))
}

/// A flag's name, and how many words it is with its value.
fn flag_of_sops(word: &str) -> Option<(&'static str, usize)> {
    let (name, joined) = word.split_once('=').map_or((word, false), |(name, _)| (name, true));
    let (name, takes_value) = BEFORE.iter().chain(&EVERYWHERE).find(|(known, _)| *known == name)?;
    Some((name, if *takes_value && !joined { 2 } else { 1 }))
}

/// The words without the flags of sops that the command does not know.
fn taken(words: Vec<OsString>, (name, command): (&str, &clap::Command)) -> Vec<OsString> {
    let Some(target) = command.find_subcommand(name) else { return words };
    let takes = |flag: &str| match flag.strip_prefix("--") {
        _ if EVERYWHERE.iter().any(|(known, _)| *known == flag) => true,
        // For sops (`peer`).
        _ if name == "edit" && ["-s", "--show-master-keys"].contains(&flag) => true,
        Some(long) => target.get_arguments().any(|arg| arg.get_long() == Some(long)),
        None => target.get_arguments().any(|arg| arg.get_short() == flag.chars().nth(1)),
    };
    let (mut kept, mut words) = (Vec::new(), words.into_iter());
    while let Some(word) = words.next() {
        let Some((flag, count)) = flag_of_sops(&word.to_string_lossy()) else {
            kept.push(word);
            continue;
        };
        let value = if count == 2 { words.next() } else { None };
        if takes(flag) {
            kept.push(word);
            kept.extend(value);
        }
    }
    kept
}

fn rewritten(
    mut args: Vec<OsString>,
    at: usize,
    (name, command): (&str, &clap::Command),
    value: Option<OsString>,
) -> Option<Vec<OsString>> {
    args.remove(at);
    if name == "set" {
        let value = match value {
            Some(value) => value,
            None if at < args.len() => args.remove(at),
            None => return None,
        };
        let value = value.into_string().ok()?;
        // The path ends in the first bracket that a blank follows.
        let (path, value) = value.split_at(value.find("] ")? + 1);
        // sops writes the file back, with the flag or without it.
        args.retain(|word| word != "-i" && word != "--in-place");
        args.extend([path.into(), value.trim_start().into()]);
    }
    let mut modern: Vec<_> = args.drain(..1).collect();
    modern.push(name.into());
    modern.extend(taken(args, (name, command)));
    Some(modern)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> String {
        let args = line.split('|').map(OsString::from).collect();
        let made = modern(args, &crate::command());
        made.iter().map(|word| word.to_string_lossy()).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn flags_become_commands() {
        for (given, want) in [
            ("s|-d|f.yaml", "s|decrypt|f.yaml"),
            ("s|--in-place|--encrypt|f.yaml", "s|encrypt|--in-place|f.yaml"),
            ("s|--config|c.yaml|-e|f.yaml", "s|encrypt|--config|c.yaml|f.yaml"),
            ("s|--extract|[\"a\"]|-d|f.yaml", "s|decrypt|--extract|[\"a\"]|f.yaml"),
            ("s|-r|-i|--add-age|age1x|f.yaml", "s|rotate|-i|--add-age|age1x|f.yaml"),
            ("s|--set|[\"a\"][0] \"x] y\"|f.yaml", "s|set|f.yaml|[\"a\"][0]|\"x] y\""),
            ("s|-i|--set=[\"a\"] {\"b\": [1] }|f.yaml", "s|set|f.yaml|[\"a\"]|{\"b\": [1] }"),
            ("s|--config|c.yaml|encrypt|-i|f.yaml", "s|encrypt|--config|c.yaml|-i|f.yaml"),
            ("s|--indent=2|--mac-only-encrypted|encrypt|f", "s|encrypt|--indent=2|--mac-only-encrypted|f"),
            // sops's decryption has no use for it.
            ("s|--config|c.yaml|--ignore-mac|decrypt|f.yaml", "s|decrypt|--ignore-mac|f.yaml"),
            (
                "s|--verbose|--config=c|--decryption-order|age|rotate|f",
                "s|rotate|--verbose|--decryption-order|age|f",
            ),
            ("s|-i|nosuch|f.yaml", "s|-i|nosuch|f.yaml"),
            ("s|--config", "s|--config"),
            // Nothing to be read from these: the usual error follows.
            ("s|--set|[\"a\"]|f.yaml", "s|--set|[\"a\"]|f.yaml"),
            ("s|--set", "s|--set"),
            // As they are.
            ("s", "s"),
            ("s|check|-d", "s|check|-d"),
            ("s|--quiet|decrypt|-d", "s|decrypt|--quiet|-d"),
            ("s|exec-env|f.yaml|sh|-e|x", "s|exec-env|f.yaml|sh|-e|x"),
            ("s|nosuch|-d", "s|nosuch|-d"),
            ("s|nosuch.yaml", "s|edit|nosuch.yaml"),
            ("s|nosuch.txt", "s|nosuch.txt"),
            ("s|nosuch", "s|nosuch"),
            ("s|--age|a|--input-type=yaml|Cargo.toml", "s|edit|--age|a|--input-type=yaml|Cargo.toml"),
            ("s|--input-type|yaml|nosuch.txt", "s|edit|--input-type|yaml|nosuch.txt"),
            ("s|-s|a.yaml", "s|edit|-s|a.yaml"),
            ("s|--config|c|-d|--indent|2|f.yaml", "s|decrypt|f.yaml"),
            ("s|Cargo.toml", "s|edit|Cargo.toml"),
        ] {
            assert_eq!(of(given), want);
        }
    }
}
