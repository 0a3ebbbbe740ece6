//! What the data-driven tests share.

use std::fmt::Write as _;
use std::path::Path;

use cliutil::Diagnostic;

#[allow(dead_code, reason = "not every test needs it")]
/// What a person is told, without the folder of this checkout.
pub(crate) fn told(problems: &[Diagnostic], case: &Path) -> String {
    let mut out = String::new();
    let prefix = format!("{}/", case.display());
    for problem in problems {
        let (line, column) =
            problem.location.as_ref().map(cliutil::Location::line_column).unwrap_or_default();
        let file = problem.file().unwrap_or_default().replace(&prefix, "");
        let message = problem.message.replace(&prefix, "");
        writeln!(out, "{file}:{line}:{column}: {}: {message}", problem.code).unwrap();
        for (place, words) in &problem.related {
            let (line, column) = place.line_column();
            writeln!(out, "  {}:{line}:{column}: {words}", place.source.name().replace(&prefix, "")).unwrap();
        }
        if let Some(help) = &problem.help {
            writeln!(out, "  help: {help}").unwrap();
        }
    }
    out
}

#[allow(dead_code, reason = "not every test needs it")]
/// The first line that differs, with a few around it.
pub(crate) fn difference(expected: &str, got: &str) -> String {
    let (want, have): (Vec<_>, Vec<_>) = (expected.lines().collect(), got.lines().collect());
    let at = want.iter().zip(&have).take_while(|(a, b)| a == b).count();
    let part = |lines: &[&str]| {
        lines.iter().skip(at.saturating_sub(2)).take(6).copied().collect::<Vec<_>>().join("\n    ")
    };
    format!("line {}\n  expected\n    {}\n  got\n    {}", at + 1, part(&want), part(&have))
}

/// Copies a folder.
#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to.join(entry.file_name()));
        } else {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// The answers of a program that reads and writes a line of JSON a request. None when it is not there.
#[allow(dead_code, reason = "not every test needs it")]
pub(crate) fn peer(name: &str, requests: &[serde_json::Value]) -> Option<Vec<serde_json::Value>> {
    use std::io::Write as _;
    use std::process::{Command, Stdio};
    let program = Path::new(&std::env::var_os("CLUSTERPIPE_PEERS")?).join("bin").join(name);
    if !program.exists() {
        return None;
    }
    let mut child = Command::new(program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = String::new();
    for request in requests {
        writeln!(lines, "{request}").unwrap();
    }
    let writer = std::thread::spawn(move || stdin.write_all(lines.as_bytes()));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    Some(answers.lines().map(|line| serde_json::from_str(line).unwrap()).collect())
}
