//! What can be wrong with an encrypted file, its rules or its keys.

use yaml::Span;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// A problem. Neither the message nor the help ever holds a value of a document or a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
#[non_exhaustive]
pub struct Error {
    /// The stable word code, such as `sops/mac-mismatch`.
    pub code: &'static str,
    /// What is wrong: a lower-case fragment.
    pub message: String,
    /// Where in the text that was given, if it is about a place.
    pub span: Option<Span>,
    /// A second place that belongs to it, with its own words.
    pub related: Option<Box<(Span, String)>>,
    /// How to mend it, where that is known.
    pub help: Option<String>,
}

impl Error {
    /// A problem.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), span: None, related: None, help: None }
    }

    /// Adds the place.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<yaml::Error> for Error {
    fn from(error: yaml::Error) -> Self {
        Self {
            code: error.code,
            message: error.message,
            span: Some(error.span),
            related: error.related.map(Box::new),
            help: error.help,
        }
    }
}
