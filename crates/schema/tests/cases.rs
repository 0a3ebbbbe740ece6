//! The cases of `tests/cases` give what is expected of them: codes, places, words.

mod corpus;

use cliutil::Severity;
use rayon::prelude::*;
use schema::{Finding, Schemas};
use yaml::Dialect;

#[test]
fn cases_give_what_is_expected() {
    let schemas = Schemas::bundled();
    let mut wrong = Vec::new();
    for case in corpus::cases() {
        let root = &yaml::parse(&case.text).unwrap().documents[0].root;
        let findings = schemas.validate(root, Dialect::Kubernetes).findings;
        if !is_expected(&case.expected, &findings) {
            let shown: Vec<_> = findings.iter().map(shown).collect();
            wrong.push(format!("{}\n  expected {:?}\n  found    {shown:?}", case.name, case.expected));
        }
        for finding in &findings {
            let marked = &case.text[finding.span.range()];
            assert!(!marked.is_empty(), "{}: {finding:?} marks nothing", case.name);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// One set of schemas serves many threads, and what they find does not depend on who was first.
#[test]
fn the_order_of_objects_does_not_matter() {
    let cases = corpus::cases();
    let validate = |schemas: &Schemas, case: &corpus::Case| {
        schemas.validate(&yaml::parse(&case.text).unwrap().documents[0].root, Dialect::Kubernetes)
    };
    let schemas = Schemas::bundled();
    let forward: Vec<_> = cases.iter().map(|case| validate(&schemas, case)).collect();
    let parallel: Vec<_> = cases.par_iter().rev().map(|case| validate(&schemas, case)).collect();
    assert!(forward.iter().eq(parallel.iter().rev()));
}

fn shown(finding: &Finding) -> String {
    let severity = match finding.severity {
        Severity::Error => String::new(),
        other => format!("{} ", other.word()),
    };
    let path = if finding.path.is_empty() { "-" } else { &finding.path };
    let help = finding.help.as_deref().unwrap_or_default();
    format!("{severity}{} {path} / {} / {help}", finding.code, finding.message)
}

/// Each expectation holds of one finding, and there is no further one.
fn is_expected(expected: &[String], findings: &[Finding]) -> bool {
    if expected == ["valid"] {
        return findings.is_empty();
    }
    let fits = |expectation: &String, finding: &Finding| {
        let shown = shown(finding);
        let mut parts = expectation.split(" / ");
        let head = format!("{} / ", parts.next().unwrap_or_default());
        shown.starts_with(&head) && parts.all(|part| shown.contains(part))
    };
    let met = |expectation: &String| findings.iter().any(|finding| fits(expectation, finding));
    expected.len() == findings.len() && expected.iter().all(met)
}
