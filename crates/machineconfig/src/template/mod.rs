//! Go templates with sprig's functions, as talhelper renders patches, labels and names: a small engine for what its
//! documentation, its examples and public talconfigs use.
//!
//! It knows actions, pipelines, variables, `if`, `range`, `with`, `define`, `template`, `block`, trim marks and comments.
//! It does not know methods of Go values, nor sprig's functions that give something else each time (random words, keys,
//! dates): those are errors that say so.

mod compare;
mod eval;
mod float;
mod format;
mod functions;
mod lex;
mod limits;
mod number;
mod parse;
mod print;
mod quote;
mod signature;
mod sprig;
mod tree;
mod value;

use std::ops::Range;

pub(crate) use value::Val;

/// What is wrong with a template, and where in its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Error {
    pub(crate) message: String,
    pub(crate) place: Range<usize>,
}

pub(crate) type Result<T> = std::result::Result<T, Error>;

/// Whether a text has a template in it, as talhelper tells: by its braces.
pub(crate) fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("}}")
}

/// Renders a template over `data`.
///
/// # Errors
/// When it cannot be read, names something that is not there, or a function fails. Words never quote data.
pub(crate) fn render(text: &str, data: &Val<'_>) -> Result<String> {
    if !text.contains("{{") {
        return Ok(text.to_owned());
    }
    let set = parse::parse(text)?;
    eval::run(&set, data)
}

#[cfg(test)]
mod tests;
