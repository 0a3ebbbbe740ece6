//! What a check found.

use std::sync::Arc;

use cliutil::{Diagnostic, Location, Severity, Source};
use yaml::Span;

/// A problem of an object. Messages never hold a value of it: it may be secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// How bad.
    pub severity: Severity,
    /// The stable word code, such as `schema/unknown-field`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where in the object: `spec.containers[0].image`; empty for the object itself.
    pub path: String,
    /// The same as keys, and indices of lists.
    pub steps: Vec<String>,
    /// Where in the text; empty where the object has none.
    pub span: Span,
    /// How to mend it.
    pub help: Option<String>,
}

impl Finding {
    pub(crate) fn error(code: &'static str, message: impl Into<String>, span: Span) -> Self {
        let message = message.into();
        let (path, steps) = (String::new(), Vec::new());
        Self { severity: Severity::Error, code, message, path, steps, span, help: None }
    }

    pub(crate) fn warning(code: &'static str, message: impl Into<String>, span: Span) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, message, span) }
    }

    pub(crate) fn note(code: &'static str, message: impl Into<String>, span: Span) -> Self {
        Self { severity: Severity::Note, ..Self::error(code, message, span) }
    }

    #[must_use]
    pub(crate) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The finding as all tools report them, in the text that the object stands in.
    pub fn diagnostic(self, source: &Arc<Source>) -> Diagnostic {
        let mut diagnostic = Diagnostic::new(self.severity, self.code, self.message)
            .at(Location::new(source, self.span.range()));
        diagnostic.help = self.help;
        diagnostic
    }
}

/// What an object says it is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Type {
    /// `apiVersion`
    pub api_version: String,
    /// `kind`
    pub kind: String,
}

impl Type {
    /// The group; empty for the core one.
    pub fn group(&self) -> &str {
        self.api_version.split_once('/').map_or("", |(group, _)| group)
    }

    /// The version without the group.
    pub fn version(&self) -> &str {
        self.api_version.rsplit('/').next().unwrap_or_default()
    }

    /// As schemas are listed: `apps/v1/Deployment`.
    pub(crate) fn key(&self) -> String {
        format!("{}/{}", self.api_version, self.kind)
    }
}

impl std::fmt::Display for Type {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({})", self.kind, self.api_version)
    }
}

/// What came out for an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// What the object says it is; none when it does not say.
    pub what: Option<Type>,
    /// Whether there was a schema. Without one nothing is known about its fields, and a note says so.
    pub has_schema: bool,
    /// The problems, by place.
    pub findings: Vec<Finding>,
}

impl Verdict {
    /// Whether nothing is wrong, as far as schemas say: warnings and notes are allowed.
    pub fn is_valid(&self) -> bool {
        self.findings.iter().all(|finding| finding.severity != Severity::Error)
    }
}
