//! Comments that silence a finding in place: `# validate:ignore CODE[, CODE…]: REASON` on the line of the finding, on
//! the lines of comments just above it, or above the first key of its document for the whole document.

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use cliutil::{Diagnostic, Location, Source};
use memchr::memmem;
use rayon::prelude::*;

use super::{SILENCE_REASON, SILENCE_UNUSED};

/// What such a comment begins with.
const MARK: &str = "validate:ignore";

/// Codes that no comment silences: what cannot be read, and what would show a secret to everybody.
const LOUD: [&str; 6] =
    ["io/", "yaml/", "secrets/", "graph/plain-token", "graph/silence-reason", "graph/silence-unused"];

/// One comment.
struct Silence {
    codes: Vec<String>,
    /// The comment's bytes.
    at: Range<usize>,
    /// The bytes of the lines it is about.
    covers: Range<usize>,
    has_reason: bool,
    used: bool,
}

/// Takes out the findings that a comment silences; adds findings about comments without a reason or use. `sources` are
/// the texts whose comments count.
pub(crate) fn silence<'s>(
    findings: Vec<Diagnostic>,
    sources: impl IntoParallelIterator<Item = &'s Arc<Source>>,
) -> Vec<Diagnostic> {
    let mut silences: BTreeMap<String, (Arc<Source>, Vec<Silence>)> = BTreeMap::new();
    let mark = memmem::Finder::new(MARK);
    let marked = sources.into_par_iter().filter(|source| mark.find(source.text().as_bytes()).is_some());
    for source in marked.collect::<Vec<_>>() {
        silences.insert(source.name().to_owned(), (Arc::clone(source), read(source.text())));
    }
    if silences.is_empty() {
        return findings;
    }
    let mut kept: Vec<_> =
        findings.into_iter().filter(|finding| !is_silenced(finding, &mut silences)).collect();
    for (source, comments) in silences.values() {
        for comment in comments {
            let place = Location::new(source, comment.at.clone());
            if !comment.has_reason {
                let message = "this comment silences a finding and gives no reason".to_owned();
                kept.push(
                    Diagnostic::error(SILENCE_REASON.id, message)
                        .at(place)
                        .with_help(format!("write # {MARK} CODE: why this is meant")),
                );
            } else if !comment.used {
                let message = format!("nothing is found here of {}", comment.codes.join(", "));
                kept.push(
                    Diagnostic::warning(SILENCE_UNUSED.id, message).at(place).with_help("remove the comment"),
                );
            }
        }
    }
    kept
}

fn is_silenced(finding: &Diagnostic, silences: &mut BTreeMap<String, (Arc<Source>, Vec<Silence>)>) -> bool {
    if LOUD.iter().any(|code| finding.code.starts_with(code)) {
        return false;
    }
    let Some(place) = &finding.location else { return false };
    let Some((_, comments)) = silences.get_mut(place.source.name()) else { return false };
    let start = place.range.start;
    let silencing = comments.iter_mut().find(|comment| {
        comment.has_reason
            && (comment.covers.start..=comment.covers.end).contains(&start)
            && comment.codes.iter().any(|code| code == finding.code)
    });
    silencing.is_some_and(|comment| {
        comment.used = true;
        true
    })
}

/// The comments of a text. What only looks like one, in quotes or in a text of several lines, is none.
fn read(text: &str) -> Vec<Silence> {
    // Of what cannot be read as YAML another finding tells, which no comment silences.
    let Ok(stream) = yaml::parse(text) else { return Vec::new() };
    let lines: Vec<(usize, &str)> = lines(text).collect();
    let mut silences = Vec::new();
    for comment in stream.comments {
        let Some((codes, has_reason)) = parse(&comment.text) else { continue };
        let n = lines.partition_point(|(start, _)| *start <= comment.span.start).saturating_sub(1);
        let Some((start, line)) = lines.get(n) else { continue };
        let covers = if comment.inline { *start..start + line.len() } else { covered(&lines, n, text.len()) };
        silences.push(Silence { codes, at: comment.span.range(), covers, has_reason, used: false });
    }
    silences
}

fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

/// The codes a comment names, and whether it gives a reason.
fn parse(comment: &str) -> Option<(Vec<String>, bool)> {
    let rest = comment.trim().strip_prefix(MARK)?;
    let (codes, reason) = rest.split_once(": ").unwrap_or((rest.trim_end_matches(':'), ""));
    let codes = codes.split([',', ' ']).map(str::trim).filter(|code| !code.is_empty());
    Some((codes.map(str::to_owned).collect(), !reason.trim().is_empty()))
}

/// The lines that a comment of its own is about: the next one that is no comment, or its whole document when it stands
/// above everything in it.
fn covered(lines: &[(usize, &str)], at: usize, end: usize) -> Range<usize> {
    let says = |line: &str| {
        let line = line.trim();
        !(line.is_empty() || line.starts_with('#') || line.starts_with('%'))
    };
    let is_break = |line: &str| line.starts_with("---") || line.starts_with("...");
    let before = lines[..at].iter().rev().find(|(_, line)| says(line) || is_break(line));
    if before.is_none_or(|(_, line)| is_break(line)) {
        let next = lines[at..].iter().find(|(_, line)| is_break(line));
        return lines[at].0..next.map_or(end, |(start, _)| start.saturating_sub(1));
    }
    match lines[at..].iter().find(|(_, line)| says(line)) {
        Some((start, line)) => *start..start + line.len(),
        None => lines[at].0..end,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(source: &Arc<Source>, words: &str) -> Diagnostic {
        let at = source.text().find(words).unwrap();
        Diagnostic::warning("graph/latest-image", words).at(Location::new(source, at..at + words.len()))
    }

    fn left(text: &str) -> Vec<String> {
        let source = Arc::new(Source::new("a.yaml", text));
        let findings = ["one", "two"].iter().filter(|words| text.contains(*words));
        let findings = findings.map(|words| finding(&source, words)).collect();
        silence(findings, [&source])
            .iter()
            .map(|finding| format!("{} {}", finding.code, finding.message))
            .collect()
    }

    #[test]
    fn on_the_line_above_it_and_for_a_document() {
        assert!(left("a: one # validate:ignore graph/latest-image: a mirror pins it\n").is_empty());
        assert!(
            left("b: x\n# validate:ignore graph/latest-image: a mirror pins it\n# more words\na: one\n")
                .is_empty()
        );
        let document = "---\n# validate:ignore graph/latest-image, a/b: a mirror\nx: one\ny: two\n";
        assert!(left(document).is_empty());
        assert_eq!(left(&document.replace("y: two", "---\ny: two")), ["graph/latest-image two"]);
    }

    /// YAML 1.2.2, 6.6: a comment begins with a # behind white space, and never inside of a scalar.
    #[test]
    fn a_comment_is_what_yaml_says_is_one() {
        let why = "# validate:ignore graph/latest-image: a mirror pins it";
        assert!(left(&format!("a: 'one # x' {why}\n")).is_empty());
        assert!(left(&format!("a: one#x {why}\n")).is_empty());
        for text in [format!("a: one\nb: |\n  {why}\n  two\n"), format!("b: \"one {why}\"\n")] {
            let found = left(&text);
            assert!(
                !found.is_empty() && !found.iter().any(|one| one.starts_with("graph/silence")),
                "{found:?}"
            );
        }
    }

    #[test]
    fn a_comment_needs_a_reason_and_a_use() {
        let found = left("b: x\n# validate:ignore graph/latest-image\na: one\n");
        assert_eq!(found.len(), 2);
        assert!(found[1].starts_with("graph/silence-reason"), "{found:?}");
        let found = left("b: x\n# validate:ignore graph/no-pods: both are meant\na: one\n");
        assert!(found[1].starts_with("graph/silence-unused"), "{found:?}");
        assert_eq!(left("b: x\n# validate:ignore graph/latest-image: why\nc: d\na: one\n").len(), 2);
    }
}
