//! The document tree: nodes with their place in the source text.

use std::ops::Range;

/// A byte range of the source text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
}

impl Span {
    /// The range `start..end`; an end before the start is taken as empty.
    pub fn new(start: usize, end: usize) -> Self {
        Self { start, end: end.max(start) }
    }

    /// As a range, for slicing.
    pub fn range(self) -> Range<usize> {
        self.start..self.end
    }

    /// Whether it covers no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }
}

/// How a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ScalarStyle {
    /// No quotes; the only style whose meaning depends on the dialect.
    Plain,
    /// `'…'`
    SingleQuoted,
    /// `"…"`
    DoubleQuoted,
    /// `|`
    Literal,
    /// `>`
    Folded,
}

/// An explicit tag such as `!!str` or `!vault`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// The tag resolved to its full form, for example `tag:yaml.org,2002:str`.
    pub full: String,
    /// The tag token in the source.
    pub span: Span,
}

impl Tag {
    /// The name of a tag of the core schema (`str` for `!!str`), else none.
    pub fn core(&self) -> Option<&str> {
        self.full.strip_prefix("tag:yaml.org,2002:")
    }
}

/// A node of a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node {
    /// What it is.
    pub kind: Kind,
    /// Where it stands. A block scalar's span begins at its header (`|`, `>`) and ends with its last line that is
    /// not blank, without the line break; a block collection's begins at its first entry and ends with its last
    /// one; an empty (missing) value has an empty span. Tags and anchors are not part of it.
    pub span: Span,
    /// The explicit tag. In a box, for hardly any node has one.
    pub tag: Option<Box<Tag>>,
    /// Span of the anchor token `&name`.
    pub anchor: Option<Box<Span>>,
    /// Written in flow style (`{…}`, `[…]`); scalars: false.
    pub flow: bool,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A scalar: its text after escapes and folding. What it means is the dialect's business. A missing value
    /// is a plain scalar with empty text.
    Scalar(String, ScalarStyle),
    /// A list.
    Sequence(Vec<Node>),
    /// A mapping, in source order, duplicates included.
    Mapping(Vec<Pair>),
    /// An alias `*name`, already replaced by a copy of what it stands for (bounded, see [`crate::parse`]).
    Alias(Box<Node>),
}

/// One entry of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// The key.
    pub key: Node,
    /// The value.
    pub value: Node,
}

impl Node {
    /// Whether it is the key `<<` that merges: plain, or tagged `!!merge` as yq and sops write it (go-yaml v3, `isMerge`).
    pub fn is_merge_key(&self) -> bool {
        let Kind::Scalar(text, style) = &self.kind else { return false };
        let merges =
            self.tag.as_ref().map_or(*style == ScalarStyle::Plain, |tag| tag.core() == Some("merge"));
        text == "<<" && merges
    }

    /// The text of a scalar (through an alias too).
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar(text, _) => Some(text),
            Kind::Alias(node) => node.as_str(),
            _ => None,
        }
    }

    /// The entries of a mapping (through an alias too).
    pub fn as_mapping(&self) -> Option<&[Pair]> {
        match &self.kind {
            Kind::Mapping(pairs) => Some(pairs),
            Kind::Alias(node) => node.as_mapping(),
            _ => None,
        }
    }

    /// The items of a list (through an alias too).
    pub fn as_sequence(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::Sequence(items) => Some(items),
            Kind::Alias(node) => node.as_sequence(),
            _ => None,
        }
    }

    /// The value of the first entry whose key is the scalar `key`.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.pair(key).map(|pair| &pair.value)
    }

    /// The first entry whose key is the scalar `key`.
    pub fn pair(&self, key: &str) -> Option<&Pair> {
        self.as_mapping()?.iter().find(|pair| pair.key.as_str() == Some(key))
    }

    /// Whether it is a missing value (`key:` with nothing behind it), which every dialect reads as null.
    pub fn is_missing(&self) -> bool {
        matches!(&self.kind, Kind::Scalar(text, ScalarStyle::Plain) if text.is_empty())
    }

    /// What kind of node it is, for messages: "a mapping", "a list", "a scalar".
    pub fn kind_name(&self) -> &'static str {
        match &self.kind {
            Kind::Mapping(_) => "a mapping",
            Kind::Sequence(_) => "a list",
            Kind::Alias(node) => node.kind_name(),
            Kind::Scalar(..) => "a scalar",
        }
    }
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// The text behind `#`.
    pub text: String,
    /// The whole comment, `#` included, without the line break.
    pub span: Span,
    /// Column of the `#` in characters, from 0.
    pub column: usize,
    /// Whether something else stands before it on its line.
    pub inline: bool,
}

/// One document of a stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// The content; an empty document has a missing value here.
    pub root: Node,
    /// From its `---` (or the end of the document before) up to the next document's start, `...` included.
    pub span: Span,
    /// Whether it begins with `---`.
    pub explicit_start: bool,
}

/// A parsed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stream {
    /// Its documents; a text of only blanks and comments has none.
    pub documents: Vec<Document>,
    /// Its comments, in source order.
    pub comments: Vec<Comment>,
}
