//! What can be wrong with a YAML text, with the place.

use crate::Span;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// A problem in a YAML text. Positions are byte offsets into the text that was parsed.
///
/// The message never quotes a value of the document, so that it can be shown for secret files too.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct Error {
    /// The stable word code, such as `yaml/syntax` or `yaml/duplicate-key`.
    pub code: &'static str,
    /// What is wrong: a lower-case fragment.
    pub message: String,
    /// Where.
    pub span: Span,
    /// A second place that belongs to it, with its own words ("first given here").
    pub related: Option<(Span, String)>,
    /// How to mend it, where that is known.
    pub help: Option<String>,
}

impl Error {
    /// A problem at `span`.
    pub fn new(code: &'static str, message: impl Into<String>, span: Span) -> Self {
        Self { code, message: message.into(), span, related: None, help: None }
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Adds a second place.
    #[must_use]
    pub fn with_related(mut self, span: Span, words: impl Into<String>) -> Self {
        self.related = Some((span, words.into()));
        self
    }
}
