//! What a check sees of an object: values with places, whatever tree they stand in. [`Yaml`] is the view of a parsed
//! text in a dialect; a build's own tree can be seen the same way by implementing [`Tree`].

use std::rc::Rc;

use yaml::{Dialect, Kind, Node, Pair, Scalar, ScalarStyle, Span};

/// A node of a tree of values.
pub trait Tree<'a>: Copy {
    /// The entries of a mapping.
    type Entries: Iterator<Item = (Key<'a>, Self)> + Clone;
    /// The items of a list.
    type Items: Iterator<Item = Self> + Clone;

    /// What it is.
    fn value(self) -> Value<'a, Self::Entries, Self::Items>;

    /// Where it stands in its text; empty where there is none.
    fn span(self) -> Span;

    /// What the text of a quoted scalar would be without the quotes.
    fn unquoted(self) -> Option<Scalar> {
        None
    }
}

/// The key of an entry.
#[derive(Debug, Clone, Copy)]
pub struct Key<'a> {
    /// Its text; of keys that are no text the one they become in JSON.
    pub text: &'a str,
    /// Where it stands.
    pub span: Span,
}

/// What a node is.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a, M, L> {
    /// Null, or nothing at all.
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i128),
    /// A number that is none.
    Float(f64),
    /// Text.
    Text(&'a str),
    /// A list.
    List(L),
    /// A mapping.
    Map(M),
}

/// A node of a YAML text, in the dialect of whoever reads it.
#[derive(Debug, Clone, Copy)]
pub struct Yaml<'a> {
    node: &'a Node,
    dialect: Dialect,
}

impl<'a> Yaml<'a> {
    /// The view of a node.
    pub fn new(node: &'a Node, dialect: Dialect) -> Self {
        Self { node, dialect }
    }

    fn with(self, node: &'a Node) -> Self {
        Self { node, dialect: self.dialect }
    }

    /// The value of the entry `key` of a mapping.
    pub fn get(self, key: &str) -> Option<Self> {
        let Value::Map(mut entries) = self.value() else { return None };
        entries.find(|(one, _)| one.text == key).map(|(_, value)| value)
    }

    /// The text, if it is text.
    pub fn text(self) -> Option<&'a str> {
        match self.value() {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl<'a> Tree<'a> for Yaml<'a> {
    type Entries = Entries<'a>;
    type Items = Items<'a>;

    fn value(self) -> Value<'a, Entries<'a>, Items<'a>> {
        match &self.node.kind {
            Kind::Alias(target) => self.with(target).value(),
            Kind::Sequence(items) => Value::List(Items { items: items.iter(), of: self }),
            Kind::Mapping(pairs) => Value::Map(Entries::new(pairs, self)),
            Kind::Scalar(text, style) => scalar(self.node, text, *style, self.dialect),
        }
    }

    fn span(self) -> Span {
        self.node.span
    }

    fn unquoted(self) -> Option<Scalar> {
        match &self.node.kind {
            Kind::Alias(target) => self.with(target).unquoted(),
            Kind::Scalar(text, ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted) => {
                Some(yaml::resolve_plain(text, self.dialect))
            }
            _ => None,
        }
    }
}

fn scalar<'a, M, L>(node: &Node, text: &'a str, style: ScalarStyle, dialect: Dialect) -> Value<'a, M, L> {
    if node.tag.is_some() {
        return tagged(node, text, dialect);
    }
    if style != ScalarStyle::Plain {
        return Value::Text(text);
    }
    match yaml::resolve_plain(text, dialect) {
        Scalar::Null => Value::Null,
        Scalar::Bool(value) => Value::Bool(value),
        Scalar::Int(value) => Value::Int(value),
        Scalar::Float(value) => Value::Float(value),
        Scalar::Timestamp | Scalar::String => Value::Text(text),
    }
}

/// A scalar with an explicit tag. One that is not what its tag says is reported by whoever loads the text.
fn tagged<'a, M, L>(node: &Node, text: &'a str, dialect: Dialect) -> Value<'a, M, L> {
    match yaml::to_value(node, dialect) {
        Ok(yaml::Value::Null) => Value::Null,
        Ok(yaml::Value::Bool(value)) => Value::Bool(value),
        Ok(yaml::Value::Int(value)) => Value::Int(value),
        Ok(yaml::Value::Float(value)) => Value::Float(value),
        _ => Value::Text(text),
    }
}

/// Data without places: findings have the path only.
impl<'a> Tree<'a> for &'a yaml::Value {
    type Entries = DataEntries<'a>;
    type Items = std::slice::Iter<'a, yaml::Value>;

    fn value(self) -> Value<'a, DataEntries<'a>, Self::Items> {
        match self {
            yaml::Value::Null => Value::Null,
            yaml::Value::Bool(value) => Value::Bool(*value),
            yaml::Value::Int(value) => Value::Int(*value),
            yaml::Value::Float(value) => Value::Float(*value),
            yaml::Value::String(text) => Value::Text(text),
            yaml::Value::Sequence(items) => Value::List(items.iter()),
            yaml::Value::Mapping(mapping) => {
                Value::Map(DataEntries { entries: mapping.iter().collect(), at: 0 })
            }
        }
    }

    fn span(self) -> Span {
        NOWHERE
    }
}

/// The place of what has none.
const NOWHERE: Span = Span { start: 0, end: 0 };

/// The entries of a mapping of data.
#[derive(Debug, Clone)]
pub struct DataEntries<'a> {
    entries: Rc<[(&'a yaml::Value, &'a yaml::Value)]>,
    at: usize,
}

impl<'a> Iterator for DataEntries<'a> {
    type Item = (Key<'a>, &'a yaml::Value);

    fn next(&mut self) -> Option<Self::Item> {
        let (key, value) = *self.entries.get(self.at)?;
        self.at += 1;
        Some((Key { text: key.as_str().unwrap_or_default(), span: NOWHERE }, value))
    }
}

/// The entries of a YAML mapping, merge keys applied.
#[derive(Debug, Clone)]
pub struct Entries<'a> {
    pairs: Pairs<'a>,
    of: Yaml<'a>,
}

#[derive(Debug, Clone)]
enum Pairs<'a> {
    /// As written: the usual case.
    Written(std::slice::Iter<'a, Pair>),
    /// Put together from several mappings.
    Merged(std::vec::IntoIter<&'a Pair>),
}

impl<'a> Entries<'a> {
    fn new(pairs: &'a [Pair], of: Yaml<'a>) -> Self {
        let pairs = if pairs.iter().any(|pair| pair.key.is_merge_key()) {
            Pairs::Merged(merged(pairs).into_iter())
        } else {
            Pairs::Written(pairs.iter())
        };
        Self { pairs, of }
    }
}

impl<'a> Iterator for Entries<'a> {
    type Item = (Key<'a>, Yaml<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let pair = match &mut self.pairs {
            Pairs::Written(pairs) => pairs.next(),
            Pairs::Merged(pairs) => pairs.next(),
        }?;
        let key = Key { text: pair.key.as_str().unwrap_or_default(), span: pair.key.span };
        Some((key, self.of.with(&pair.value)))
    }
}

/// What is written wins, then the earlier of several merged mappings.
fn merged(pairs: &[Pair]) -> Vec<&Pair> {
    let mut all: Vec<&Pair> = pairs.iter().filter(|pair| !pair.key.is_merge_key()).collect();
    for pair in pairs.iter().filter(|pair| pair.key.is_merge_key()) {
        let from = pair.value.as_sequence().unwrap_or(std::slice::from_ref(&pair.value));
        for pair in from.iter().flat_map(|mapping| merged(mapping.as_mapping().unwrap_or_default())) {
            if !all.iter().any(|one| one.key.as_str() == pair.key.as_str()) {
                all.push(pair);
            }
        }
    }
    all
}

/// The items of a YAML list.
#[derive(Debug, Clone)]
pub struct Items<'a> {
    items: std::slice::Iter<'a, Node>,
    of: Yaml<'a>,
}

impl<'a> Iterator for Items<'a> {
    type Item = Yaml<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        self.items.next().map(|node| self.of.with(node))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.items.size_hint()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merge_keys_and_dialects() {
        let text = "x: &x {a: 1, b: yes}\ny:\n  b: '2'\n  <<: *x\n";
        let root = &yaml::parse(text).unwrap().documents[0].root;
        let y = Yaml::new(root, Dialect::Kubernetes).get("y").unwrap();
        let Value::Map(entries) = y.value() else { panic!("a mapping") };
        assert_eq!(entries.map(|(key, _)| key.text).collect::<Vec<_>>(), ["b", "a"]);
        assert!(matches!(y.get("a").unwrap().value(), Value::Int(1)));
        assert_eq!(y.get("b").unwrap().text(), Some("2"));
        assert_eq!(y.get("b").unwrap().unquoted(), Some(Scalar::Int(2)));
        let x = |dialect| Yaml::new(root, dialect).get("x").unwrap().get("b").unwrap();
        assert!(matches!(x(Dialect::Kubernetes).value(), Value::Bool(true)));
        assert!(matches!(x(Dialect::GoYamlV3).value(), Value::Text("yes")));
    }
}
