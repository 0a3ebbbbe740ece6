//! How templates are read: delimiters, whitespace, and what an undefined name does. Names and defaults are
//! makejinja's.

/// The tokens that mark template code, and how whitespace around them is treated.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "switches of the settings")]
pub struct Syntax {
    /// Start and end of a block tag.
    pub block: (String, String),
    /// Start and end of a printed expression.
    pub variable: (String, String),
    /// Start and end of a comment; both may be the same token.
    pub comment: (String, String),
    /// A line that begins with this token (and blanks) is a block tag.
    pub line_statement: Option<String>,
    /// What follows this token on its line is a comment.
    pub line_comment: Option<String>,
    /// The line break after a block tag or comment is dropped.
    pub trim_blocks: bool,
    /// Blanks before a block tag or comment that begins its line are dropped.
    pub lstrip_blocks: bool,
    /// The last line break of a template is kept.
    pub keep_trailing_newline: bool,
    /// What a line break of the template becomes in the output.
    pub newline_sequence: String,
    /// A printed name that is undefined prints itself; an engine sets it for [`Undefined::Debug`].
    pub show_undefined: bool,
}

impl Default for Syntax {
    /// Jinja2's delimiters with makejinja's whitespace settings.
    fn default() -> Self {
        let pair = |start: &str, end: &str| (start.to_owned(), end.to_owned());
        Self {
            block: pair("{%", "%}"),
            variable: pair("{{", "}}"),
            comment: pair("{#", "#}"),
            line_statement: None,
            line_comment: None,
            trim_blocks: true,
            lstrip_blocks: true,
            keep_trailing_newline: true,
            newline_sequence: "\n".to_owned(),
            show_undefined: false,
        }
    }
}

/// What using an undefined name does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Undefined {
    /// It prints as nothing and is false; reading an attribute of it is an error.
    #[default]
    Default,
    /// As default, and attributes of it are undefined again.
    Chainable,
    /// As default; printed alone it prints the expression that is undefined.
    Debug,
    /// Any use of it is an error, except to ask whether it is defined.
    Strict,
}

impl Undefined {
    pub(crate) fn behavior(self) -> minijinja::UndefinedBehavior {
        match self {
            Self::Default | Self::Debug => minijinja::UndefinedBehavior::Lenient,
            Self::Chainable => minijinja::UndefinedBehavior::Chainable,
            Self::Strict => minijinja::UndefinedBehavior::Strict,
        }
    }
}
