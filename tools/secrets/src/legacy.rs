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
    let is_command = |word: &OsStr| {
        word == "help" || command.get_subcommands().any(|known| known.get_name() == word.to_string_lossy())
    };
    if let [program, file] = args.as_slice()
        && !is_command(file)
        && !file.to_string_lossy().starts_with('-')
        && std::path::Path::new(file).is_file()
    {
        return vec![program.clone(), "edit".into(), file.clone()];
    }
    for (at, word) in args.iter().enumerate().skip(1) {
        // Behind the first word that is neither a flag nor one's value all belongs to a command.
        if is_command(word) || (at == 1 && !word.to_string_lossy().starts_with('-')) {
            break;
        }
        let text = word.to_string_lossy();
        let (flag, value) = text.split_once('=').map_or((&*text, None), |(flag, value)| (flag, Some(value)));
        if let Some((_, command)) = FLAGS.iter().find(|(known, _)| *known == flag) {
            let value = value.map(OsString::from);
            return rewritten(args.clone(), at, command, value).unwrap_or(args);
        }
    }
    args
}

fn rewritten(
    mut args: Vec<OsString>,
    at: usize,
    command: &str,
    value: Option<OsString>,
) -> Option<Vec<OsString>> {
    args.remove(at);
    if command == "set" {
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
    args.insert(1, command.into());
    Some(args)
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
            // Nothing to be read from these: the usual error follows.
            ("s|--set|[\"a\"]|f.yaml", "s|--set|[\"a\"]|f.yaml"),
            ("s|--set", "s|--set"),
            // As they are.
            ("s", "s"),
            ("s|check|-d", "s|check|-d"),
            ("s|--quiet|decrypt|-d", "s|--quiet|decrypt|-d"),
            ("s|exec-env|f.yaml|sh|-e|x", "s|exec-env|f.yaml|sh|-e|x"),
            ("s|nosuch|-d", "s|nosuch|-d"),
            ("s|nosuch.yaml", "s|nosuch.yaml"),
            ("s|Cargo.toml", "s|edit|Cargo.toml"),
        ] {
            assert_eq!(of(given), want);
        }
    }
}
