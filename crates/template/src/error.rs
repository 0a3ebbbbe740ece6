//! What went wrong in a template, with the place, and never with a value of the data.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

use cliutil::{Diagnostic, Location, Source};
use minijinja::ErrorKind;

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// A problem in a template or expression.
#[derive(Debug, Clone)]
pub struct Error(Box<Report>);

#[derive(Debug, Clone)]
struct Report {
    code: &'static str,
    message: String,
    help: Option<String>,
    place: Option<Place>,
    callers: Vec<Place>,
}

/// A place in a template.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) source: Arc<Source>,
    pub(crate) range: Range<usize>,
}

impl Error {
    pub(crate) fn new(code: &'static str, message: impl Into<String>, place: Option<Place>) -> Self {
        Self(Box::new(Report { code, message: message.into(), help: None, place, callers: Vec::new() }))
    }

    pub(crate) fn with_help(mut self, help: Option<String>) -> Self {
        self.0.help = help;
        self
    }

    pub(crate) fn with_callers(mut self, callers: Vec<Place>) -> Self {
        self.0.callers = callers;
        self
    }

    /// What Python said while it rendered a template.
    pub(crate) fn python(error: &crate::BridgeError) -> Self {
        Self::new("template/operation", error.to_string(), None)
    }

    /// The name that is undefined, with the attributes that lead to it: `a`, `a.b`.
    pub(crate) fn undefined_path(&self) -> Option<&str> {
        if !matches!(self.code(), "template/undefined" | "template/unknown-method") {
            return None;
        }
        let (before, rest) = self.message().split_once('`')?;
        let (path, after) = rest.split_once('`')?;
        let says_so =
            after.starts_with(" is undefined") && (before.is_empty() || before.starts_with("undefined "));
        let name = |part: &str| {
            part.starts_with(|c: char| c == '_' || c.is_alphabetic())
                && part.chars().all(|c| c == '_' || c.is_alphanumeric())
        };
        (says_so && path.split('.').all(name)).then_some(path)
    }

    /// Whether a template was refused a change of the data, which it would get from a mutable engine.
    pub fn is_change_of_data(&self) -> bool {
        self.message() == crate::python::FROZEN
    }

    /// The stable word code, such as `template/undefined`.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// What is wrong: a lower-case fragment without any value of the data.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// How to mend it, where that is known.
    pub fn help(&self) -> Option<&str> {
        self.0.help.as_deref()
    }

    /// The byte range in the template or expression (line breaks normalised) it is about.
    pub fn range(&self) -> Option<Range<usize>> {
        self.0.place.as_ref().map(|place| place.range.clone())
    }

    /// For showing to a person.
    pub fn to_diagnostic(&self) -> Diagnostic {
        let mut diagnostic = Diagnostic::error(self.0.code, self.0.message.clone());
        if let Some(place) = &self.0.place {
            diagnostic = diagnostic.at(Location::new(&place.source, place.range.clone()));
        }
        for place in &self.0.callers {
            diagnostic = diagnostic
                .with_related(Location::new(&place.source, place.range.clone()), "reached from here");
        }
        diagnostic.help.clone_from(&self.0.help);
        diagnostic
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = &self.0.place {
            let (line, column) = place.source.line_column(place.range.start);
            write!(f, "{}:{line}:{column}: ", place.source.name())?;
        }
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Error {}

/// Marks a message as written here: known to hold no value of the data.
const OWN: char = '\u{1}';

/// An engine error whose message is ours and may be shown.
pub(crate) fn own(kind: ErrorKind, message: impl Into<std::borrow::Cow<'static, str>>) -> minijinja::Error {
    minijinja::Error::new(kind, format!("{OWN}{}", message.into()))
}

/// The code and message for an engine error: its own words only where they are known to quote no data.
pub(crate) fn describe(error: &minijinja::Error) -> (&'static str, String) {
    let detail = error.detail().unwrap_or_default();
    let code = code(error.kind());
    if let Some(own) = detail.strip_prefix(OWN) {
        return (code, own.to_owned());
    }
    let safe = match error.kind() {
        ErrorKind::InvalidOperation => operation(detail),
        ErrorKind::TemplateNotFound
        | ErrorKind::BadSerialization
        | ErrorKind::NonKey
        | ErrorKind::NonPrimitive => None,
        _ => Some(detail.to_owned()).filter(|detail| !detail.is_empty()),
    };
    let words = match error.kind() {
        ErrorKind::TemplateNotFound => "this template is not in any input",
        ErrorKind::UndefinedError => "an undefined value is used",
        ErrorKind::MissingArgument => "an argument is missing",
        ErrorKind::TooManyArguments => "there are too many arguments",
        ErrorKind::InvalidOperation => "this operation is not possible with these values",
        ErrorKind::UnknownMethod => "this value has no such method",
        ErrorKind::BadEscape => "a string has an escape that is not allowed",
        ErrorKind::CannotUnpack => "a value cannot be unpacked",
        _ => "this cannot be rendered",
    };
    (code, safe.unwrap_or_else(|| words.to_owned()))
}

fn code(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::SyntaxError | ErrorKind::BadEscape | ErrorKind::InvalidDelimiter => "template/syntax",
        ErrorKind::UndefinedError => "template/undefined",
        ErrorKind::UnknownFilter => "template/unknown-filter",
        ErrorKind::UnknownTest => "template/unknown-test",
        ErrorKind::UnknownFunction => "template/unknown-function",
        ErrorKind::UnknownMethod => "template/unknown-method",
        ErrorKind::TemplateNotFound => "template/not-found",
        ErrorKind::MissingArgument | ErrorKind::TooManyArguments => "template/arguments",
        _ => "template/operation",
    }
}

/// Messages of the engine about operations that name types and nothing else.
fn operation(detail: &str) -> Option<String> {
    const KNOWN: [&str; 22] = [
        "tried to use ",
        "value of type ",
        "cannot calculate length of value of type ",
        "can only assign to namespaces",
        "object is not callable",
        "recursion limit exceeded",
        "cannot recurse",
        "strings can only be multiplied",
        "repeated s",
        "cannot slice by step size of 0",
        "super() takes",
        "no parent block",
        "cannot super",
        "tried to extend a second time",
        "template name was not a string",
        "can only sum numbers",
        "cannot get absolute value",
        "invalid value to autoescape",
        "attempted to apply keyword arguments from non map",
        "cannot call this macro",
        "loop() takes",
        "cannot convert ",
    ];
    if detail.starts_with("unable to calculate ") {
        return Some("this calculation has no result: a division by zero, or a number too large".to_owned());
    }
    if detail.starts_with("cycle in template inheritance") {
        return Some("this template extends itself, by itself or through others".to_owned());
    }
    KNOWN.iter().any(|known| detail.starts_with(known)).then(|| detail.to_owned())
}
