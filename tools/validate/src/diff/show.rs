//! Changes for people, for pull requests and for programs.

use std::fmt::Write as _;

use serde_json::json;
use similar::{ChangeTag, TextDiff};

use super::compare::{Change, What};

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// The unified difference of an object, without a head.
fn difference(change: &Change) -> String {
    let mut out = String::new();
    let diff = TextDiff::from_lines(&change.old, &change.new);
    for (n, group) in diff.grouped_ops(CONTEXT).iter().enumerate() {
        if n > 0 {
            out.push_str("@@\n");
        }
        for change in group.iter().flat_map(|op| diff.iter_changes(op)) {
            let sign = match change.tag() {
                ChangeTag::Equal => ' ',
                ChangeTag::Delete => '-',
                ChangeTag::Insert => '+',
            };
            let _ = writeln!(out, "{sign}{}", change.value().trim_end_matches('\n'));
        }
    }
    out
}

fn counts(changes: &[Change]) -> String {
    let count = |what| changes.iter().filter(|change| change.what == what).count();
    let mut words = Vec::new();
    for what in [What::Added, What::Changed, What::Removed, What::Left] {
        match count(what) {
            0 => {}
            n => words.push(format!("{n} {}", what.word())),
        }
    }
    words.join(", ")
}

fn sign(what: What) -> char {
    match what {
        What::Added => '+',
        What::Changed => '~',
        What::Removed => '-',
        What::Left => '!',
    }
}

/// An object, and its cluster where there are several.
fn name(change: &Change) -> String {
    match &change.cluster {
        Some(cluster) => format!("{} of {cluster}", change.id),
        None => change.id.to_string(),
    }
}

/// What is said where some Kustomizations are not compared.
fn not_compared(left_out: &[&str]) -> String {
    match left_out {
        [] => String::new(),
        _ => format!("not compared, because it cannot be built: {}", left_out.join(", ")),
    }
}

/// Object by object.
pub(super) fn human(changes: &[Change], left_out: &[&str], colored: bool) -> String {
    let last = not_compared(left_out);
    let last = if last.is_empty() { last } else { last + "\n" };
    if changes.is_empty() {
        let rest = if left_out.is_empty() { "in the cluster" } else { "in what can be compared" };
        return format!("nothing changes {rest}\n{last}");
    }
    let paint = |text: &str, color: &str| {
        if colored { format!("\u{1b}[{color}m{text}\u{1b}[0m") } else { text.to_owned() }
    };
    let mut out = String::new();
    for change in changes {
        let mut head = format!("{} {} ({})", sign(change.what), name(change), change.file);
        if change.what == What::Left {
            head.push_str(": stays in the cluster, its Kustomization does not prune");
        }
        let _ = writeln!(out, "{}", paint(&head, "1"));
        for line in difference(change).lines() {
            let color = match line.as_bytes().first() {
                Some(b'+') => "32",
                Some(b'-') => "31",
                Some(b'@') => "36",
                _ => "0",
            };
            let _ = writeln!(out, "  {}", if color == "0" { line.to_owned() } else { paint(line, color) });
        }
    }
    let _ = writeln!(out, "{}", counts(changes));
    out + &last
}

/// A table, and a part to unfold for each object, at most so many bytes.
pub(super) fn markdown(changes: &[Change], left_out: &[&str], limit: usize) -> String {
    let first = match left_out {
        [] => String::new(),
        _ => format!("{}\n\n", capital(&html(&not_compared(left_out)))),
    };
    if changes.is_empty() {
        let rest = if left_out.is_empty() { "in the cluster" } else { "in what can be compared" };
        return format!("Nothing changes {rest}.\n\n{first}").trim_end().to_owned() + "\n";
    }
    let mut out = format!("**{}**\n\n{first}", counts(changes));
    let mut left = 0;
    out.push_str("| | object | file |\n|---|---|---|\n");
    for change in changes {
        let row = format!("| {} | {} | {} |\n", change.what.word(), cell(&name(change)), cell(&change.file));
        if out.len() + row.len() > limit / 2 {
            left += 1;
        } else {
            out.push_str(&row);
        }
    }
    if left > 0 {
        let _ = writeln!(out, "\n{left} more are not listed.");
    }
    left = 0;
    for change in changes {
        let text = difference(change);
        let fence = fence(&text);
        let part = format!(
            "\n<details><summary>{} {}</summary>\n\n{fence}diff\n{text}{fence}\n</details>\n",
            change.what.word(),
            html(&name(change))
        );
        if out.len() + part.len() > limit {
            left += 1;
        } else {
            out.push_str(&part);
        }
    }
    if left > 0 {
        let _ = writeln!(out, "\n{left} more are too long to be shown here.");
    }
    out
}

/// Longer than any row of backticks in the text.
fn fence(text: &str) -> String {
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    "`".repeat(longest.max(2) + 1)
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + letters.as_str())
        .unwrap_or_default()
}

fn cell(text: &str) -> String {
    html(text).replace('|', "\\|").replace('\n', " ")
}

fn html(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// For programs.
pub(super) fn json(changes: &[Change], left_out: &[&str]) -> String {
    let changes: Vec<_> = changes
        .iter()
        .map(|change| {
            let mut one = json!({
                "change": change.what.word(),
                "group": change.id.group,
                "kind": change.id.kind,
                "namespace": change.id.namespace,
                "name": change.id.name,
                "file": change.file,
                "diff": difference(change),
            });
            if let Some(cluster) = &change.cluster {
                one["cluster"] = json!(cluster);
            }
            one
        })
        .collect();
    let mut report = json!({ "changes": changes });
    if !left_out.is_empty() {
        report["notCompared"] = json!(left_out);
    }
    format!("{report:#}\n")
}
