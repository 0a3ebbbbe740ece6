//! What a template is made of.

use std::collections::HashMap;
use std::ops::Range;

/// A template and those it defines.
#[derive(Debug, Default)]
pub(super) struct Set {
    pub(super) main: Vec<Node>,
    pub(super) defined: HashMap<String, Vec<Node>>,
}

#[derive(Debug)]
pub(super) enum Node {
    Text(String),
    Action(Pipeline),
    If(Branch),
    With(Branch),
    Range(Branch),
    Template { name: String, data: Option<Pipeline>, place: Range<usize> },
    Break,
    Continue,
}

/// A condition or a source, what it governs, and what stands in for it.
#[derive(Debug)]
pub(super) struct Branch {
    pub(super) pipeline: Pipeline,
    pub(super) body: Vec<Node>,
    pub(super) otherwise: Vec<Node>,
}

/// Commands, each fed to the next; what comes out may be kept in variables.
#[derive(Debug)]
pub(super) struct Pipeline {
    pub(super) variables: Vec<String>,
    /// `=` instead of `:=`.
    pub(super) assign: bool,
    pub(super) commands: Vec<Command>,
    pub(super) place: Range<usize>,
}

/// Something and its arguments.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) words: Vec<Word>,
}

#[derive(Debug)]
pub(super) struct Word {
    pub(super) kind: WordKind,
    pub(super) place: Range<usize>,
}

#[derive(Debug)]
pub(super) enum WordKind {
    /// `.`
    Dot,
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    /// `.a.b`
    Field(Vec<String>),
    /// `$x.a.b`; the bare `$` has no name.
    Variable(String, Vec<String>),
    /// A function.
    Name(String),
    /// `(…).a.b`
    Group(Box<Pipeline>, Vec<String>),
}
