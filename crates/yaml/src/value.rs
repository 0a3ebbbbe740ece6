//! Plain data: what a document says once a dialect has been applied.

use crate::KeyPlaces;

/// A value.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Value {
    /// Null.
    #[default]
    Null,
    /// A boolean.
    Bool(bool),
    /// An integer.
    Int(i128),
    /// A float.
    Float(f64),
    /// A string. Timestamps are strings, as written.
    String(String),
    /// A list.
    Sequence(Vec<Value>),
    /// A mapping, in order.
    Mapping(Mapping),
}

/// A mapping that keeps its order; keys are unique.
#[derive(Clone, Default)]
pub struct Mapping {
    entries: Vec<(Value, Value)>,
    places: KeyPlaces,
}

impl Mapping {
    /// An empty mapping.
    pub fn new() -> Self {
        Self::default()
    }

    /// An empty mapping with room for so many entries.
    pub fn with_capacity(capacity: usize) -> Self {
        Self { entries: Vec::with_capacity(capacity), ..Self::default() }
    }

    /// The value of a string key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.place(key).and_then(|at| self.entries.get(at)).map(|(_, value)| value)
    }

    /// The value of a string key, to change it.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        self.place(key).and_then(|at| self.entries.get_mut(at)).map(|(_, value)| value)
    }

    fn place(&self, key: &str) -> Option<usize> {
        let is_there = |at: usize| self.entries.get(at).is_some_and(|(known, _)| known.as_str() == Some(key));
        self.places.find(key, self.entries.len(), is_there)
    }

    /// Whether the string key is there.
    pub fn contains_key(&self, key: &str) -> bool {
        self.place(key).is_some()
    }

    /// Sets a key: replaces its value in place, or appends the entry.
    pub fn insert(&mut self, key: impl Into<Value>, value: impl Into<Value>) -> Option<Value> {
        let (key, value) = (key.into(), value.into());
        let known = match &key {
            Value::String(text) => self.get_mut(text),
            key => self.entries.iter_mut().find(|(k, _)| k == key).map(|(_, v)| v),
        };
        if let Some(old) = known {
            return Some(std::mem::replace(old, value));
        }
        self.push(key, value);
        None
    }

    /// Appends an entry whose key the caller knows to be new: no other is looked at.
    pub fn push(&mut self, key: impl Into<Value>, value: impl Into<Value>) {
        self.entries.push((key.into(), value.into()));
        self.places.appended(self.entries.len(), |at| self.entries.get(at)?.0.as_str());
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let at = self.place(key)?;
        self.places.forget();
        Some(self.entries.remove(at).1)
    }

    /// The entries, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Value, &Value)> {
        self.entries.iter().map(|(k, v)| (k, v))
    }

    /// The entries, to change them.
    pub(crate) fn entries_mut(&mut self) -> impl Iterator<Item = &mut (Value, Value)> {
        self.entries.iter_mut()
    }

    /// The number of entries.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }
}

impl PartialEq for Mapping {
    fn eq(&self, other: &Self) -> bool {
        self.entries == other.entries
    }
}

impl std::fmt::Debug for Mapping {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Mapping").field(&self.entries).finish()
    }
}

impl IntoIterator for Mapping {
    type Item = (Value, Value);
    type IntoIter = std::vec::IntoIter<(Value, Value)>;
    fn into_iter(self) -> Self::IntoIter {
        self.entries.into_iter()
    }
}

impl<K: Into<Value>, V: Into<Value>> FromIterator<(K, V)> for Mapping {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(iter: I) -> Self {
        let mut mapping = Self::new();
        for (key, value) in iter {
            mapping.insert(key, value);
        }
        mapping
    }
}

impl Value {
    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The integer.
    pub fn as_int(&self) -> Option<i128> {
        match self {
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The mapping.
    pub fn as_mapping(&self) -> Option<&Mapping> {
        match self {
            Self::Mapping(mapping) => Some(mapping),
            _ => None,
        }
    }

    /// The list.
    pub fn as_sequence(&self) -> Option<&[Value]> {
        match self {
            Self::Sequence(items) => Some(items),
            _ => None,
        }
    }

    /// The value of a key of a mapping; none for anything else.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_mapping()?.get(key)
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}
impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value.into())
    }
}
impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Int(value as i128)
    }
}
impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::String(value.to_owned())
    }
}
impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::String(value)
    }
}
impl From<Mapping> for Value {
    fn from(value: Mapping) -> Self {
        Self::Mapping(value)
    }
}
impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Self::Sequence(values.into_iter().map(Into::into).collect())
    }
}
impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_no_larger_than_its_texts() {
        assert_eq!(size_of::<Value>(), 32);
    }

    #[test]
    fn a_large_mapping_is_as_a_small_one() {
        let mut mapping = Mapping::new();
        for n in 0..300_i64 {
            assert!(mapping.insert(format!("k{n}"), n).is_none());
            assert!(mapping.insert(n, n).is_none(), "a number is another key than a text");
        }
        assert_eq!(mapping.insert("k7", "seven"), Some(Value::from(7_i64)));
        assert_eq!(mapping.insert(8_i64, "eight"), Some(Value::from(8_i64)));
        assert_eq!((mapping.len(), mapping.get("k7")), (600, Some(&Value::from("seven"))));
        assert_eq!(mapping.remove("k0"), Some(Value::from(0_i64)));
        assert_eq!((mapping.get("k0"), mapping.get("k299")), (None, Some(&Value::from(299_i64))));
        mapping.insert("k0", "again");
        assert_eq!(mapping.iter().next_back(), Some((&Value::from("k0"), &Value::from("again"))));
        for n in 1..300_i64 {
            assert!(mapping.get_mut(&format!("k{n}")).is_some() && !mapping.contains_key(&n.to_string()));
        }
        assert_eq!(mapping, mapping.clone().into_iter().collect());
    }
}
