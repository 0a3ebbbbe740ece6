//! The tree a build works on. It keeps of each scalar what decides its type when it is written at last: the text,
//! the tag it was read with and its quotes. kustomize changes texts and tags separately, so a type is settled only
//! at the end (see [`crate::scalar`]).
//!
//! Collections are shared until they are changed: a file that is read once can be part of many builds.

use std::sync::Arc;

use yaml::KeyPlaces;

/// The tag a scalar carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tag {
    /// None: a value that a transformer wrote; its text decides when it is written out.
    Unset,
    Str,
    Int,
    Float,
    Bool,
    Null,
    Timestamp,
    Binary,
    /// Any other, such as `!vault`: a string to everybody.
    Other,
}

pub(crate) use yaml::ScalarStyle as Style;

/// A scalar.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Scalar {
    pub(crate) text: Arc<str>,
    pub(crate) tag: Tag,
    pub(crate) style: Style,
    /// Whether the tag is written out, and stays.
    pub(crate) tagged: bool,
    /// Scalars of one resource with the same number, other than 0, are one value in several places: kustomize's
    /// label and annotation transformers put the very same node wherever they create an entry, so a later change of
    /// one changes all. See [`crate::shared`].
    pub(crate) shared: u32,
}

impl Scalar {
    /// A string, whatever its text looks like.
    pub(crate) fn string(text: impl Into<Arc<str>>) -> Self {
        Self::tagged(text, Tag::Str)
    }

    /// A scalar whose text decides its type.
    pub(crate) fn untagged(text: impl Into<Arc<str>>) -> Self {
        Self::tagged(text, Tag::Unset)
    }

    /// A scalar of a type.
    pub(crate) fn tagged(text: impl Into<Arc<str>>, tag: Tag) -> Self {
        Self { text: text.into(), tag, style: Style::Plain, tagged: false, shared: 0 }
    }

    /// The scalar in the place of another one: quotes, and a tag that is written out, stay.
    #[must_use]
    pub(crate) fn in_place_of(mut self, old: &Scalar) -> Self {
        self.style = old.style;
        self.tagged = old.tagged;
        self.shared = old.shared;
        self
    }

    pub(crate) fn is_null(&self) -> bool {
        self.tag == Tag::Null
    }
}

/// A node.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Node {
    Scalar(Scalar),
    Map(Arc<Map>),
    Seq(Arc<Seq>),
}

/// A list.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Seq {
    pub(crate) items: Vec<Node>,
    /// Written in brackets.
    pub(crate) flow: bool,
}

impl std::ops::Deref for Seq {
    type Target = [Node];

    fn deref(&self) -> &[Node] {
        &self.items
    }
}

/// A mapping, in order; keys are scalars and compared by their text, as kustomize does.
#[derive(Clone, Default)]
pub(crate) struct Map {
    entries: Vec<(Scalar, Node)>,
    places: KeyPlaces,
    /// Written in braces. kustomize writes and reads its objects once in between, and scalars in braces and brackets
    /// are quoted by other rules.
    pub(crate) flow: bool,
}

impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries && self.flow == other.flow
    }
}

impl Eq for Map {}

impl Map {
    pub(crate) fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), ..Self::default() }
    }

    fn place(&self, key: &str) -> Option<usize> {
        let is_there = |at: usize| self.entries.get(at).is_some_and(|(known, _)| &*known.text == key);
        self.places.find(key, self.entries.len(), is_there)
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.place(key).and_then(|at| self.entries.get(at)).map(|(_, value)| value)
    }

    pub(crate) fn get_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.place(key).and_then(|at| self.entries.get_mut(at)).map(|(_, value)| value)
    }

    /// The key as it is written.
    pub(crate) fn key(&self, key: &str) -> Option<&Scalar> {
        self.place(key).and_then(|at| self.entries.get(at)).map(|(key, _)| key)
    }

    pub(crate) fn contains(&self, key: &str) -> bool {
        self.place(key).is_some()
    }

    /// Sets a key: its value is replaced in place, or the entry is appended.
    pub(crate) fn insert(&mut self, key: &str, value: Node) {
        match self.get_mut(key) {
            Some(old) => *old = value,
            None => self.push(Scalar::untagged(key), value),
        }
    }

    /// Appends an entry whose key the caller knows to be new.
    pub(crate) fn push(&mut self, key: Scalar, value: Node) {
        self.entries.push((key, value));
        self.places.appended(self.entries.len(), |at| Some(&self.entries.get(at)?.0.text));
    }

    pub(crate) fn remove(&mut self, key: &str) -> Option<Node> {
        let at = self.place(key)?;
        self.places.forget();
        Some(self.entries.remove(at).1)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = (&Scalar, &Node)> + Clone {
        self.entries.iter().map(|(k, v)| (k, v))
    }

    pub(crate) fn values_mut(&mut self) -> impl Iterator<Item = (&Scalar, &mut Node)> {
        self.entries.iter_mut().map(|(k, v)| (&*k, v))
    }

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl Node {
    pub(crate) fn string(text: impl Into<Arc<str>>) -> Self {
        Self::Scalar(Scalar::string(text))
    }

    pub(crate) fn untagged(text: impl Into<Arc<str>>) -> Self {
        Self::Scalar(Scalar::untagged(text))
    }

    pub(crate) fn null() -> Self {
        Self::Scalar(Scalar::tagged("null", Tag::Null))
    }

    pub(crate) fn map(map: Map) -> Self {
        Self::Map(Arc::new(map))
    }

    pub(crate) fn empty_map() -> Self {
        Self::map(Map::default())
    }

    pub(crate) fn seq(items: Vec<Node>) -> Self {
        Self::Seq(Arc::new(Seq { items, flow: false }))
    }

    pub(crate) fn is_null(&self) -> bool {
        matches!(self, Self::Scalar(scalar) if scalar.is_null())
    }

    pub(crate) fn is_empty_map(&self) -> bool {
        matches!(self, Self::Map(map) if map.is_empty())
    }

    /// Null, `{}` or `[]`.
    pub(crate) fn is_nothing(&self) -> bool {
        match self {
            Self::Scalar(scalar) => scalar.is_null(),
            Self::Map(map) => map.is_empty(),
            Self::Seq(items) => items.is_empty(),
        }
    }

    pub(crate) fn as_scalar(&self) -> Option<&Scalar> {
        match self {
            Self::Scalar(scalar) => Some(scalar),
            _ => None,
        }
    }

    /// The text of a scalar; none for collections.
    pub(crate) fn text(&self) -> Option<&str> {
        self.as_scalar().map(|scalar| &*scalar.text)
    }

    /// The text of a scalar, empty for collections: what kustomize sees as the value of any node.
    pub(crate) fn text_or_empty(&self) -> &str {
        self.text().unwrap_or_default()
    }

    pub(crate) fn as_map(&self) -> Option<&Map> {
        match self {
            Self::Map(map) => Some(map),
            _ => None,
        }
    }

    pub(crate) fn as_seq(&self) -> Option<&[Node]> {
        match self {
            Self::Seq(items) => Some(items),
            _ => None,
        }
    }

    /// The mapping, to change it: what is shared is copied (one level).
    pub(crate) fn as_map_mut(&mut self) -> Option<&mut Map> {
        match self {
            Self::Map(map) => Some(Arc::make_mut(map)),
            _ => None,
        }
    }

    /// The list, to change it.
    pub(crate) fn as_seq_mut(&mut self) -> Option<&mut Vec<Node>> {
        match self {
            Self::Seq(items) => Some(&mut Arc::make_mut(items).items),
            _ => None,
        }
    }

    /// The value of a key of a mapping; none for anything else.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.get(key)
    }

    /// What stands at a path of keys.
    pub(crate) fn at(&self, path: &[&str]) -> Option<&Node> {
        path.iter().try_fold(self, |node, key| node.get(key))
    }

    /// A collection in the place of another node: written in braces or brackets when that was.
    #[must_use]
    pub(crate) fn in_form_of(mut self, old: &Self) -> Self {
        let flow = match old {
            Self::Map(old) => old.flow,
            Self::Seq(old) => old.flow,
            Self::Scalar(_) => false,
        };
        match &mut self {
            Self::Map(map) if map.flow != flow => Arc::make_mut(map).flow = flow,
            Self::Seq(seq) if seq.flow != flow => Arc::make_mut(seq).flow = flow,
            _ => {}
        }
        self
    }

    /// What kind of node it is, in the words of messages.
    pub(crate) fn kind_name(&self) -> &'static str {
        match self {
            Self::Scalar(scalar) if scalar.is_null() => "null",
            Self::Scalar(_) => "a scalar",
            Self::Map(_) => "a mapping",
            Self::Seq(_) => "a list",
        }
    }

    /// The mapping under `key` of a mapping, created when it is missing or null. None when something else is there.
    pub(crate) fn map_under(&mut self, key: &str) -> Option<&mut Map> {
        let map = self.as_map_mut()?;
        if map.get(key).is_none_or(Node::is_null) {
            map.insert(key, Node::empty_map());
        }
        map.get_mut(key)?.as_map_mut()
    }
}

impl std::fmt::Debug for Node {
    /// Never a value: it may be a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.kind_name())
    }
}
