//! `validate config` and `validate schema` on the command line, case by case (`config/*.toml`), and what only a
//! terminal shows.

use std::io::Read;

use cliutil::{Exit, Io};

#[test]
fn cases() {
    trycmd::TestCases::new().case("tests/config/*.toml").env("NO_COLOR", "1").env("COLUMNS", "100");
}

/// Runs the tool in this process on the repository of the cases.
fn run(args: &[&str], stdin: &mut dyn Read, terminals: bool) -> (Exit, String, String) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/config/repo.in");
    let args = args.iter().map(|arg| arg.replace("REPO", folder).into());
    let args = std::iter::once("validate".into()).chain(args).collect();
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut io = Io {
        stdin,
        stdout: &mut out,
        stderr: &mut err,
        stdin_is_terminal: terminals,
        stdout_is_terminal: terminals,
        stderr_is_terminal: false,
    };
    let exit = validate::run(args, &mut io);
    (exit, String::from_utf8_lossy(&out).into_owned(), String::from_utf8_lossy(&err).into_owned())
}

const FILES: [&str; 5] = ["config", "--templates", "REPO/templates", "REPO/cluster.yaml", "REPO/nodes.yaml"];

#[test]
fn secrets_are_shown_on_a_terminal_only_when_asked_for() {
    const SECRET: &str = "THROWAWAY-s3cr3t-t0ken";
    let nothing = &mut std::io::empty();
    let (exit, shown, _) = run(&FILES, nothing, true);
    assert_eq!(exit, Exit::Yes);
    assert!(!shown.contains(SECRET) && shown.contains("cloudflare_token: \"***\""), "{shown}");
    let revealed = run(&[&FILES[..], &["--reveal"]].concat(), nothing, true).1;
    let piped = run(&FILES, nothing, false).1;
    assert!(piped.contains(SECRET));
    assert_eq!(revealed, piped);
}

#[test]
fn the_context_of_a_context_is_itself() {
    let first = run(&FILES, &mut std::io::empty(), false).1;
    let mut input = first.as_bytes();
    let (exit, second, words) = run(&["config", "--templates", "REPO/templates", "-"], &mut input, false);
    assert_eq!((exit, words.as_str()), (Exit::Yes, ""));
    assert_eq!(first, second);
}

#[test]
fn a_terminal_is_no_input() {
    let (exit, shown, words) = run(&["config", "-"], &mut std::io::empty(), true);
    assert_eq!((exit, shown.as_str()), (Exit::Failed, ""));
    assert!(words.contains("io/terminal"), "{words}");
}
