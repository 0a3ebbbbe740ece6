//! What is wrong with a configuration or a patch. Words never quote a value: there may be secrets in it.

use yaml::Span;

/// A problem and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The stable word code, such as `config/unknown-key`.
    pub code: &'static str,
    /// What is wrong: a lower-case fragment.
    pub message: String,
    /// The keys that lead to it, `machine.network.interfaces[0]`; empty where there is no such way.
    pub path: String,
    /// Its place in the text that was read.
    pub span: Option<Span>,
    /// How to mend it, where that is known.
    pub help: Option<String>,
}

impl Problem {
    /// A problem without a place.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), path: String::new(), span: None, help: None }
    }

    /// Adds its place in the text.
    #[must_use]
    pub fn at(mut self, span: Span) -> Self {
        self.span = Some(span);
        self
    }

    /// Adds the keys that lead to it.
    #[must_use]
    pub fn on(mut self, path: impl Into<String>) -> Self {
        self.path = path.into();
        self
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl From<yaml::Error> for Problem {
    fn from(error: yaml::Error) -> Self {
        Self {
            code: error.code,
            message: error.message,
            path: String::new(),
            span: Some(error.span),
            help: error.help,
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.path.is_empty() {
            f.write_str(&self.message)
        } else {
            write!(f, "{}: {}", self.path, self.message)
        }
    }
}

/// The problems of one text.
pub type Problems = Vec<Problem>;
