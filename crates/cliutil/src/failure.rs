//! Why a tool could not do its work: one or more diagnostics. A failure always ends with exit code 2.

use crate::{Diagnostic, Location};

/// The result of a step that may be impossible.
pub type Outcome<T> = Result<T, Failure>;

/// One or more reasons why the work could not be done.
#[derive(Debug, Clone)]
pub struct Failure {
    /// The reasons; at least one.
    pub diagnostics: Vec<Diagnostic>,
}

impl Failure {
    /// A failure with one reason: its word code (`io/read`) and what is wrong, a lower-case fragment.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Diagnostic::error(code, message).into()
    }

    /// Adds how to mend it to the (last) reason.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        if let Some(last) = self.diagnostics.pop() {
            self.diagnostics.push(last.with_help(help));
        }
        self
    }

    /// Adds the place to the (last) reason.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        if let Some(last) = self.diagnostics.pop() {
            self.diagnostics.push(last.at(location));
        }
        self
    }
}

impl From<Diagnostic> for Failure {
    fn from(diagnostic: Diagnostic) -> Self {
        Self { diagnostics: vec![diagnostic] }
    }
}

impl From<Vec<Diagnostic>> for Failure {
    fn from(diagnostics: Vec<Diagnostic>) -> Self {
        Self { diagnostics }
    }
}
