//! Checks manifests against the schemas in the binary: `check FILE…`, exit 1 when something is wrong.

use std::process::ExitCode;
use std::sync::Arc;

use cliutil::{Severity, Source};
use rayon::prelude::*;
use schema::{Finding, Schemas};

fn main() -> ExitCode {
    let files: Vec<_> = std::env::args().skip(1).collect();
    let schemas = Schemas::bundled();
    let found: Vec<_> = files.par_iter().flat_map(|file| check(&schemas, file)).collect();
    let failed = found.iter().any(|(severity, _)| *severity == Severity::Error);
    for (_, line) in found {
        #[expect(clippy::print_stdout, reason = "what the example is for")]
        {
            println!("{line}");
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn check(schemas: &Schemas, file: &str) -> Vec<(Severity, String)> {
    let Ok(text) = std::fs::read_to_string(file) else {
        return vec![(Severity::Error, format!("{file}: unreadable"))];
    };
    let source = Arc::new(Source::new(file, text));
    let stream = match yaml::parse(source.text()) {
        Ok(stream) => stream,
        Err(error) => return vec![(Severity::Error, format!("{file}: {error}"))],
    };
    let objects = stream.documents.iter().map(|document| &document.root).filter(|root| !root.is_missing());
    let findings = objects.flat_map(|root| schemas.validate(root, yaml::Dialect::Kubernetes).findings);
    findings.map(|finding| (finding.severity, shown(finding, &source))).collect()
}

fn shown(finding: Finding, source: &Arc<Source>) -> String {
    let finding = finding.diagnostic(source);
    let (line, column) = finding.location.as_ref().map_or((1, 1), cliutil::Location::line_column);
    let help = finding.help.map(|help| format!(" ({help})")).unwrap_or_default();
    format!(
        "{}:{line}:{column}: {}[{}]: {}{help}",
        source.name(),
        finding.severity.word(),
        finding.code,
        finding.message
    )
}
