//! Changes for people, for pull requests and for programs.

use std::fmt::Write as _;

use cliutil::tame;
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
        Some(cluster) => tame(&format!("{} of {cluster}", change.id), &[]).into_owned(),
        None => tame(&change.id.to_string(), &[]).into_owned(),
    }
}

/// What is said where some Kustomizations are not compared.
fn not_compared(left_out: &[&str]) -> String {
    match left_out {
        [] => String::new(),
        _ => format!("not compared, because it cannot be built: {}", tame(&left_out.join(", "), &[])),
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
        let mut head = format!("{} {} ({})", sign(change.what), name(change), tame(&change.file, &[]));
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

/// What the words about what is left out may take.
const LAST_WORDS: usize = 100;

/// A table, and a part to unfold for each object, at most so many bytes.
pub(super) fn markdown(changes: &[Change], left_out: &[&str], limit: usize) -> String {
    let first = match left_out {
        [] => String::new(),
        _ => format!("{}\n\n", capital(&html(&not_compared(left_out)))),
    };
    let first = if first.len() > limit / 4 {
        format!("{} Kustomizations are not compared, because they cannot be built.\n\n", left_out.len())
    } else {
        first
    };
    // The last words need room, too.
    let room = limit.saturating_sub(LAST_WORDS);
    if changes.is_empty() {
        let rest = if left_out.is_empty() { "in the cluster" } else { "in what can be compared" };
        return format!("Nothing changes {rest}.\n\n{first}").trim_end().to_owned() + "\n";
    }
    let mut out = format!("**{}**\n\n{first}", counts(changes));
    let mut left = 0;
    out.push_str("| | object | file |\n|---|---|---|\n");
    for change in changes {
        let row = format!("| {} | {} | {} |\n", change.what.word(), cell(&name(change)), cell(&change.file));
        if out.len() + row.len() > room / 2 {
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
        if out.len() + part.len() > room {
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
    html(&tame(text, &[])).replace('|', "\\|")
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::applied::Id;

    #[test]
    fn names_stay_on_their_line() {
        assert_eq!(tame("a/b-é", &[]), "a/b-é");
        assert_eq!(tame("a\n\u{1b}[31m", &[]), r"a\n\u{1b}[31m");
    }

    #[test]
    fn markdown_keeps_to_its_limit() {
        let change = |n: usize| Change {
            what: What::Added,
            id: Id::new("", "ConfigMap", "default", &format!("map-{n}")),
            cluster: None,
            file: "a.yaml".to_owned(),
            old: String::new(),
            new: "key: value\n".repeat(n),
        };
        let changes: Vec<Change> = (0..60).map(change).collect();
        let names: Vec<String> = (0..200).map(|n| format!("flux-system/app-{n}")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        for limit in 400..3000 {
            let text = markdown(&changes, &names, limit);
            assert!(text.len() <= limit, "{limit}: {}", text.len());
        }
        assert!(markdown(&changes, &names, 1_000_000).contains("map-59"));
    }
}
