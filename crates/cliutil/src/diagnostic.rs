//! A problem as a person needs it: how bad, where, what, and how to mend it.

use std::ops::Range;
use std::sync::Arc;

use crate::Source;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The work or the checked thing is wrong.
    Error,
    /// Worth a look; fails a check only with `--strict`.
    Warning,
    /// For information.
    Note,
}

impl Severity {
    /// The word printed for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

/// A place in a source text.
#[derive(Debug, Clone)]
pub struct Location {
    /// The text.
    pub source: Arc<Source>,
    /// Byte range in it; empty ranges are allowed.
    pub range: Range<usize>,
}

impl Location {
    /// A place.
    pub fn new(source: &Arc<Source>, range: Range<usize>) -> Self {
        Self { source: Arc::clone(source), range }
    }

    /// Line and column, from 1, of the first character; columns count characters.
    pub fn line_column(&self) -> (usize, usize) {
        self.source.line_column(self.range.start)
    }
}

/// A finding or the reason of a failure. Messages are lower-case fragments and never hold a secret value.
#[derive(Debug, Clone)]
pub struct Diagnostic {
    /// How bad.
    pub severity: Severity,
    /// The stable word code, such as `config/cidr-overlap`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// Where, if it is in a text.
    pub location: Option<Location>,
    /// A file it is about, where no text can be shown.
    pub path: Option<String>,
    /// Words at the mark.
    pub label: Option<String>,
    /// Other places that belong to it, with words.
    pub related: Vec<(Location, String)>,
    /// How to mend it.
    pub help: Option<String>,
    /// Where more is written about it: a page and a section of it.
    pub reference: Option<String>,
}

impl Diagnostic {
    /// A finding of any severity.
    pub fn new(severity: Severity, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            severity,
            code,
            message: message.into(),
            location: None,
            path: None,
            label: None,
            related: Vec::new(),
            help: None,
            reference: None,
        }
    }

    /// An error.
    pub fn error(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Error, code, message)
    }

    /// A warning.
    pub fn warning(code: &'static str, message: impl Into<String>) -> Self {
        Self::new(Severity::Warning, code, message)
    }

    /// Adds the place.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// Adds the file it is about.
    #[must_use]
    pub fn in_file(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Adds words at the mark.
    #[must_use]
    pub fn with_label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// Adds another place.
    #[must_use]
    pub fn with_related(mut self, location: Location, words: impl Into<String>) -> Self {
        self.related.push((location, words.into()));
        self
    }

    /// Adds where more is written about it.
    #[must_use]
    pub fn with_reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Adds how to mend it.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A problem found by the YAML reader in `source`.
    pub fn from_yaml(source: &Arc<Source>, error: yaml::Error) -> Self {
        let mut diagnostic =
            Self::error(error.code, error.message).at(Location::new(source, error.span.range()));
        if let Some((span, words)) = error.related {
            diagnostic = diagnostic.with_related(Location::new(source, span.range()), words);
        }
        diagnostic.help = error.help;
        diagnostic
    }

    /// The file it is about, by its place or path.
    pub fn file(&self) -> Option<&str> {
        self.location.as_ref().map(|location| location.source.name()).or(self.path.as_deref())
    }

    /// Sort key: file, place, code.
    pub(crate) fn order(&self) -> (String, usize, &'static str) {
        let start = self.location.as_ref().map_or(0, |location| location.range.start);
        (self.file().unwrap_or_default().to_owned(), start, self.code)
    }
}
