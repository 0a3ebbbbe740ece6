//! What came out object by object, as CI and the users of kubeconform want it: counts, and JSON, JUnit and TAP.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cliutil::{Diagnostic, Severity};
use serde_json::{Value as Json, json};

use super::schemas::Unchecked;
use super::tree::{File, Tree};

/// What became of an object; in kubeconform's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    Valid,
    Invalid,
    /// No object, or a file that cannot be read.
    Error,
    /// Without schema, or left out on request.
    Skipped,
}

impl Status {
    fn word(self) -> &'static str {
        match self {
            Self::Valid => "statusValid",
            Self::Invalid => "statusInvalid",
            Self::Error => "statusError",
            Self::Skipped => "statusSkipped",
        }
    }
}

/// One object, or what of a file is about no object.
struct Result<'t> {
    kind: &'t str,
    version: String,
    namespace: &'t str,
    name: &'t str,
    status: Status,
    problems: Vec<&'t Diagnostic>,
}

/// All that was checked, by file.
pub(super) struct Results<'t> {
    files: BTreeMap<&'t str, Vec<Result<'t>>>,
    count: usize,
}

impl<'t> Results<'t> {
    /// Puts findings to the objects that they stand in.
    pub(super) fn new(tree: &'t Tree, findings: &'t [Diagnostic], unchecked: &Unchecked) -> Self {
        let mut by_file: BTreeMap<&str, Vec<&Diagnostic>> = BTreeMap::new();
        for finding in findings {
            by_file.entry(finding.file().unwrap_or_default()).or_default().push(finding);
        }
        let mut files: BTreeMap<&str, Vec<Result>> = BTreeMap::new();
        let mut count = 0;
        for file in tree.files.iter().filter(|file| file.checked) {
            let found = by_file.remove(file.name()).unwrap_or_default();
            let results = of_file(file, found, unchecked);
            count += file.objects.len();
            if !results.is_empty() {
                files.insert(file.name(), results);
            }
        }
        // Files that are no part of the tree, because they cannot be read.
        for (name, problems) in by_file {
            files.insert(name, of_rest(problems).into_iter().collect());
        }
        Self { files, count }
    }

    fn all(&self) -> impl Iterator<Item = (&'t str, &Result<'t>)> {
        self.files.iter().flat_map(|(file, results)| results.iter().map(move |result| (*file, result)))
    }

    fn counts(&self) -> [(&'static str, usize); 4] {
        let count = |status| self.all().filter(|(_, result)| result.status == status).count();
        [
            ("valid", count(Status::Valid)),
            ("invalid", count(Status::Invalid)),
            ("errors", count(Status::Error)),
            ("skipped", count(Status::Skipped)),
        ]
    }

    /// kubeconform's line.
    pub(super) fn summary(&self, files: usize) -> String {
        let [(_, valid), (_, invalid), (_, errors), (_, skipped)] = self.counts();
        let plural =
            |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
        format!(
            "Summary: {} found in {} - Valid: {valid}, Invalid: {invalid}, Errors: {errors}, Skipped: {skipped}",
            plural(self.count, "resource"),
            plural(files, "file")
        )
    }

    /// Adds kubeconform's fields to the report: the counts, and with `verbose` each object.
    pub(super) fn add_to(&self, report: &mut Json, verbose: bool) {
        let counts: serde_json::Map<String, Json> =
            self.counts().iter().map(|(word, count)| ((*word).to_owned(), json!(count))).collect();
        report["summary"] = Json::Object(counts);
        if !verbose {
            return;
        }
        let resources: Vec<Json> = self
            .all()
            .map(|(file, result)| {
                let messages: Vec<&str> = result.problems.iter().map(|one| one.message.as_str()).collect();
                json!({
                    "filename": file,
                    "kind": result.kind,
                    "name": result.name,
                    "version": result.version,
                    "status": result.status.word(),
                    "msg": messages.join("; "),
                })
            })
            .collect();
        report["resources"] = Json::Array(resources);
    }

    /// JUnit XML: a suite a file, a case an object.
    pub(super) fn junit(&self) -> String {
        let [_, (_, invalid), (_, errors), (_, skipped)] = self.counts();
        let tests = self.all().count();
        let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        let _ = writeln!(
            out,
            "<testsuites name=\"validate manifests\" tests=\"{tests}\" failures=\"{invalid}\" errors=\"{errors}\" skipped=\"{skipped}\">"
        );
        for (file, results) in &self.files {
            let count = |status| results.iter().filter(|result| result.status == status).count();
            let _ = writeln!(
                out,
                "  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" errors=\"{}\" skipped=\"{}\">",
                xml(file),
                results.len(),
                count(Status::Invalid),
                count(Status::Error),
                count(Status::Skipped)
            );
            for result in results {
                junit_case(result, &mut out);
            }
            out.push_str("  </testsuite>\n");
        }
        out.push_str("</testsuites>\n");
        out
    }

    /// TAP 13, the plan last.
    pub(super) fn tap(&self) -> String {
        let mut out = String::from("TAP version 13\n");
        let mut n = 0;
        for (file, result) in self.all() {
            n += 1;
            let ok = if matches!(result.status, Status::Invalid | Status::Error) { "not ok" } else { "ok" };
            let what = format!("{}/{}/{}/{}", result.version, result.kind, result.namespace, result.name);
            let what = if result.kind.is_empty() { String::new() } else { format!(" ({what})") };
            let skip = if result.status == Status::Skipped { " # skip" } else { "" };
            let _ = writeln!(out, "{ok} {n} - {}{}{skip}", line(file), line(&what));
            for problem in &result.problems {
                let place = problem.location.as_ref().map(cliutil::Location::line_column);
                let place = place.map_or_else(String::new, |(line, column)| format!("{line}:{column}: "));
                let _ = writeln!(
                    out,
                    "# {place}{}[{}]: {}",
                    problem.severity.word(),
                    problem.code,
                    line(&problem.message)
                );
            }
        }
        let _ = writeln!(out, "1..{n}");
        out
    }
}

fn of_file<'t>(file: &'t File, mut found: Vec<&'t Diagnostic>, unchecked: &Unchecked) -> Vec<Result<'t>> {
    let mut results = Vec::new();
    for object in &file.objects {
        let inside = |finding: &&Diagnostic| {
            let span = object.span;
            let start = finding.location.as_ref().map(|place| place.range.start);
            start.is_some_and(|start| span.start <= start && start < span.end.max(span.start + 1))
        };
        let (problems, others): (Vec<_>, Vec<_>) = found.into_iter().partition(inside);
        found = others;
        let has_error = problems.iter().any(|problem| problem.severity == Severity::Error);
        let status = if has_error {
            Status::Invalid
        } else if unchecked.holds(file.name(), object.span.start) {
            Status::Skipped
        } else {
            Status::Valid
        };
        let version = match object.group.as_str() {
            "" => object.version.clone(),
            group => format!("{group}/{}", object.version),
        };
        let namespace = object.namespace.as_deref().unwrap_or_default();
        results.push(Result { kind: &object.kind, version, namespace, name: &object.name, status, problems });
    }
    results.extend(of_rest(found));
    results
}

/// What is about no object: an error when it says something is wrong, else nothing.
fn of_rest(problems: Vec<&Diagnostic>) -> Option<Result<'_>> {
    let has_error = problems.iter().any(|problem| problem.severity == Severity::Error);
    has_error.then(|| Result {
        kind: "",
        version: String::new(),
        namespace: "",
        name: "",
        status: Status::Error,
        problems,
    })
}

fn junit_case(result: &Result<'_>, out: &mut String) {
    let (class, name) = if result.kind.is_empty() {
        ("file".to_owned(), "file".to_owned())
    } else {
        let name = match result.namespace {
            "" => result.name.to_owned(),
            namespace => format!("{namespace}/{}", result.name),
        };
        (format!("{}@{}", result.kind, result.version), name)
    };
    let _ = write!(out, "    <testcase name=\"{}\" classname=\"{}\"", xml(&name), xml(&class));
    let words: Vec<String> = result.problems.iter().map(|problem| said(problem)).collect();
    let worst = result.problems.iter().min_by_key(|problem| problem.severity);
    let first = worst.map(|problem| problem.message.as_str()).unwrap_or_default();
    let element = match result.status {
        Status::Invalid => "failure",
        Status::Error => "error",
        Status::Skipped => {
            out.push_str(">\n      <skipped/>\n    </testcase>\n");
            return;
        }
        Status::Valid => {
            out.push_str("/>\n");
            return;
        }
    };
    let _ = writeln!(
        out,
        ">\n      <{element} message=\"{}\">{}</{element}>\n    </testcase>",
        xml(first),
        xml(&words.join("\n"))
    );
}

/// A problem on one line.
fn said(problem: &Diagnostic) -> String {
    let place = problem.location.as_ref().map(cliutil::Location::line_column);
    let place = place.map_or_else(String::new, |(line, column)| format!("{line}:{column}: "));
    let help = problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
    format!("{place}{}[{}]: {}{help}", problem.severity.word(), problem.code, problem.message)
}

/// Text for TAP: one line, no mark that means something there.
fn line(text: &str) -> String {
    text.replace(['\n', '\r'], " ").replace('#', "\\#")
}

/// Text for XML; characters that it does not know are left out.
fn xml(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}
