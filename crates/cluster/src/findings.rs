//! Where findings are gathered: places in the input, severity, and the last look that no secret is in them.

use std::sync::Arc;

use cliutil::{Diagnostic, Location, Severity, Source};
use yaml::Span;

/// A place in one of the inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    /// Which input.
    pub(crate) source: usize,
    /// Where in it.
    pub(crate) span: Span,
}

impl Place {
    pub(crate) fn new(source: usize, span: Span) -> Self {
        Self { source, span }
    }
}

/// What stands for a secret in a message.
pub(crate) const HIDDEN: &str = "***";

/// The findings of a run.
pub(crate) struct Findings {
    sources: Vec<Arc<Source>>,
    list: Vec<Diagnostic>,
}

impl Findings {
    pub(crate) fn new(sources: Vec<Arc<Source>>) -> Self {
        Self { sources, list: Vec::new() }
    }

    /// A finding under construction; give it to [`Findings::push`].
    pub(crate) fn error(&self, code: &'static str, message: impl Into<String>, place: Place) -> Diagnostic {
        Diagnostic::error(code, message).at(self.location(place))
    }

    pub(crate) fn warning(&self, code: &'static str, message: impl Into<String>, place: Place) -> Diagnostic {
        Diagnostic::warning(code, message).at(self.location(place))
    }

    pub(crate) fn note(&self, code: &'static str, message: impl Into<String>, place: Place) -> Diagnostic {
        Diagnostic::new(Severity::Note, code, message).at(self.location(place))
    }

    pub(crate) fn push(&mut self, diagnostic: Diagnostic) {
        self.list.push(diagnostic);
    }

    pub(crate) fn location(&self, place: Place) -> Location {
        Location::new(&self.sources[place.source], place.span.range())
    }

    /// "cluster.yaml:41", for a message that refers to another place.
    pub(crate) fn reference(&self, place: Place) -> String {
        let source = &self.sources[place.source];
        format!("{}:{}", source.name(), source.line_column(place.span.start).0)
    }

    /// Whether there are so many that nobody reads them all, and what costs much is left out of the rest.
    pub(crate) fn are_many(&self) -> bool {
        const MANY: usize = 1000;
        self.list.len() >= MANY
    }

    pub(crate) fn has_errors(&self) -> bool {
        self.list.iter().any(|finding| finding.severity == Severity::Error)
    }

    /// The findings, with every secret that got into one (a token pasted as the value of another key, an alias of
    /// one) replaced.
    pub(crate) fn finish(self, secrets: &[String]) -> Vec<Diagnostic> {
        let mut list = self.list;
        for finding in &mut list {
            scrub(&mut finding.message, secrets);
            finding.help.iter_mut().for_each(|text| scrub(text, secrets));
            finding.label.iter_mut().for_each(|text| scrub(text, secrets));
            finding.related.iter_mut().for_each(|(_, words)| scrub(words, secrets));
        }
        list
    }
}

/// Replaces every secret in a text.
pub(crate) fn scrub(text: &mut String, secrets: &[String]) {
    for secret in secrets {
        if text.contains(secret.as_str()) {
            *text = text.replace(secret.as_str(), HIDDEN);
        }
    }
}
