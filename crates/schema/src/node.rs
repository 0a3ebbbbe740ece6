//! A schema as the check reads it: a structural schema of Kubernetes, and what else JSON Schemas of manifests use.

use std::sync::OnceLock;

use regex::{Regex, RegexBuilder};

use crate::format::Format;

/// A schema.
#[derive(Debug, Default)]
pub(crate) struct Schema {
    /// A definition of the same source that holds too.
    pub(crate) reference: Option<usize>,
    /// The reference is all there is.
    pub(crate) is_alias: bool,
    /// What the value may be.
    pub(crate) types: Types,
    /// Rules of its own.
    pub(crate) special: Special,
    /// Fields, sorted by name.
    pub(crate) properties: Vec<(Box<str>, Schema)>,
    /// Fields that must be there.
    pub(crate) required: Vec<Box<str>>,
    /// Fields that have no schema of their own.
    pub(crate) additional: Additional,
    /// Items of a list.
    pub(crate) items: Option<Box<Schema>>,
    /// What makes items of a list the same.
    pub(crate) identity: Identity,
    /// The only values allowed; empty means any.
    pub(crate) values: Vec<Literal>,
    /// What few schemas have.
    pub(crate) rare: Option<Box<Rare>>,
}

/// Fields that a schema does not name.
#[derive(Debug, Default)]
pub(crate) enum Additional {
    /// May be anything.
    #[default]
    Any,
    /// Are unknown.
    Forbidden,
    /// Follow a schema.
    Of(Box<Schema>),
}

/// Rules that a schema stands for.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Special {
    /// None.
    #[default]
    None,
    /// Nothing is allowed here.
    Never,
    /// The metadata of an object.
    Metadata,
    /// A whole object.
    Embedded,
}

/// What makes two items of a list the same one.
#[derive(Debug, Default)]
pub(crate) enum Identity {
    /// Nothing.
    #[default]
    None,
    /// Being equal.
    Value,
    /// Equal fields, each with the value that counts where it is left out.
    Fields(Vec<(Box<str>, Option<Box<str>>)>),
}

/// Rules that few schemas have.
#[derive(Debug, Default)]
pub(crate) struct Rare {
    pub(crate) pattern: Option<Pattern>,
    pub(crate) format: Option<Format>,
    pub(crate) minimum: Option<Bound>,
    pub(crate) maximum: Option<Bound>,
    pub(crate) multiple_of: Option<f64>,
    pub(crate) min_length: Option<usize>,
    pub(crate) max_length: Option<usize>,
    pub(crate) min_items: Option<usize>,
    pub(crate) max_items: Option<usize>,
    pub(crate) min_properties: Option<usize>,
    pub(crate) max_properties: Option<usize>,
    pub(crate) pattern_properties: Vec<(Pattern, Schema)>,
    pub(crate) property_names: Option<Schema>,
    pub(crate) all_of: Vec<Schema>,
    pub(crate) any_of: Vec<Schema>,
    pub(crate) one_of: Vec<Schema>,
    pub(crate) not: Option<Schema>,
}

/// A limit of numbers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Bound {
    pub(crate) value: f64,
    /// The limit itself is not allowed.
    pub(crate) exclusive: bool,
}

/// A value that a schema names.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Literal {
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(Box<str>),
    /// A list or mapping: not compared.
    Other,
}

/// A regular expression, compiled when it is first needed.
#[derive(Debug)]
pub(crate) struct Pattern {
    text: Box<str>,
    compiled: OnceLock<Option<Regex>>,
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        Self { text: text.into(), compiled: OnceLock::new() }
    }

    /// As it is written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The expression; none when it cannot be compiled.
    pub(crate) fn regex(&self) -> Option<&Regex> {
        let compile = || RegexBuilder::new(&ascii_classes(&self.text)).size_limit(1 << 26).build().ok();
        self.compiled.get_or_init(compile).as_ref()
    }
}

/// Go's `\d`, `\w` and `\s` are of ASCII.
fn ascii_classes(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut chars = pattern.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            in_class = if in_class { c != ']' } else { c == '[' };
            out.push(c);
            continue;
        }
        let escaped = chars.next().unwrap_or('\\');
        let class = match escaped {
            'd' => "0-9",
            'w' => "0-9A-Za-z_",
            's' => "\\t\\n\\f\\r ",
            _ => {
                out.push('\\');
                out.push(escaped);
                continue;
            }
        };
        if in_class {
            out.push_str(class);
        } else {
            out.push('[');
            out.push_str(class);
            out.push(']');
        }
    }
    out
}

/// A set of JSON types; the empty set stands for all of them.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Types(u8);

impl Types {
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOLEAN: Self = Self(2);
    pub(crate) const INTEGER: Self = Self(4);
    pub(crate) const NUMBER: Self = Self(8);
    pub(crate) const STRING: Self = Self(16);
    pub(crate) const ARRAY: Self = Self(32);
    pub(crate) const OBJECT: Self = Self(64);

    const WORDS: [(Self, &'static str); 7] = [
        (Self::STRING, "a string"),
        (Self::INTEGER, "an integer"),
        (Self::NUMBER, "a number"),
        (Self::BOOLEAN, "a boolean"),
        (Self::OBJECT, "a mapping"),
        (Self::ARRAY, "a list"),
        (Self::NULL, "null"),
    ];

    /// The type of a JSON Schema's name for it.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "null" => Self::NULL,
            "boolean" => Self::BOOLEAN,
            "integer" => Self::INTEGER,
            "number" => Self::NUMBER,
            "string" => Self::STRING,
            "array" => Self::ARRAY,
            "object" => Self::OBJECT,
            _ => return None,
        })
    }

    pub(crate) fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether it names no type at all, which allows every one.
    pub(crate) fn is_any(self) -> bool {
        self.0 == 0
    }

    /// Whether a value of the single type `one` is allowed.
    pub(crate) fn allow(self, one: Self) -> bool {
        self.is_any() || self.0 & one.0 != 0 || (one == Self::INTEGER && self.0 & Self::NUMBER.0 != 0)
    }

    /// Whether it names `one`.
    pub(crate) fn names(self, one: Self) -> bool {
        self.0 & one.0 != 0
    }

    /// In words: `a string or an integer`. That null is allowed too is not worth a word.
    pub(crate) fn words(self) -> String {
        let named: Vec<_> =
            Self::WORDS.iter().filter(|(one, _)| self.names(*one)).map(|(_, words)| *words).collect();
        let shown = named.strip_suffix(&["null"]).filter(|rest| !rest.is_empty()).unwrap_or(&named);
        shown.join(" or ")
    }
}

impl Schema {
    /// The schema of a field.
    pub(crate) fn property(&self, name: &str) -> Option<&Self> {
        let at = self.properties.binary_search_by(|(one, _)| (**one).cmp(name)).ok()?;
        self.properties.get(at).map(|(_, schema)| schema)
    }

    /// Whether a field must be there.
    pub(crate) fn requires(&self, name: &str) -> bool {
        self.required.iter().any(|one| **one == *name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_those_of_go() {
        assert_eq!(ascii_classes(r"^\d+[\w.-]\\d\.$"), r"^[0-9]+[0-9A-Za-z_.-]\\d\.$");
        assert!(!Pattern::new(r"^\d$").regex().unwrap().is_match("\u{0663}"));
        assert!(Pattern::new("(").regex().is_none());
    }

    #[test]
    fn types_in_words() {
        let types = Types::STRING.with(Types::NULL).with(Types::INTEGER);
        assert_eq!(types.words(), "a string or an integer");
        assert_eq!(Types::NULL.words(), "null");
        assert!(Types::NUMBER.allow(Types::INTEGER) && !Types::INTEGER.allow(Types::NUMBER));
        assert!(Types::default().allow(Types::NULL));
    }
}
