//! Stand-ins for the programs nodeop works through, for machines where the real ones are not installed: one program that
//! is what it is called. They take the arguments nodeop gives, write them down, and do the least that counts.

mod client;
mod kubectl;
mod talosctl;

use std::io::Write as _;

/// Runs the stand-in that `args[0]` names. Gives its exit code.
pub fn run(args: &[String]) -> u8 {
    let name = args.first().and_then(|path| path.rsplit('/').next()).unwrap_or_default().to_owned();
    record(&name, args.get(1..).unwrap_or_default());
    let args = Args::new(args.get(1..).unwrap_or_default());
    let outcome = match name.as_str() {
        "talosctl" => talosctl::run(&args),
        "kubectl" => kubectl::run(&args),
        "helmfile" => kubectl::helmfile(&args),
        "flux" => Ok(()),
        _ => Err(format!("{name} is not played here")),
    };
    match outcome {
        Ok(()) => 0,
        Err(words) => {
            let _ = writeln!(std::io::stderr(), "{words}");
            1
        }
    }
}

/// Writes a call down in one go, for calls run side by side.
fn record(name: &str, args: &[String]) {
    let Some(path) = std::env::var_os("STANDIN_CALLS") else { return };
    let line = format!("{name} {}\n", args.join(" "));
    let file = std::fs::OpenOptions::new().append(true).create(true).open(path);
    let _ = file.and_then(|mut file| file.write_all(line.as_bytes()));
}

/// Arguments: words, and flags with their values.
pub(crate) struct Args {
    words: Vec<String>,
    flags: Vec<(String, String)>,
}

impl Args {
    fn new(args: &[String]) -> Self {
        let mut taken = Self { words: Vec::new(), flags: Vec::new() };
        for arg in args {
            match arg.strip_prefix("--") {
                None => taken.words.push(arg.clone()),
                Some(flag) => {
                    let (name, value) = flag.split_once('=').unwrap_or((flag, "true"));
                    taken.flags.push((name.to_owned(), value.to_owned()));
                }
            }
        }
        taken
    }

    pub(crate) fn word(&self, at: usize) -> &str {
        self.words.get(at).map_or("", String::as_str)
    }

    pub(crate) fn flag(&self, name: &str) -> Option<&str> {
        self.flags.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn all(&self, name: &str) -> Vec<String> {
        self.flags.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect()
    }

    pub(crate) fn is_set(&self, name: &str) -> bool {
        self.flag(name).is_some_and(|value| value != "false")
    }
}
