//! Ways through an object. A path is words: keys, or numbers for places in a list (`spec listeners 0 name`).

use yaml::{Dialect, Value};

/// The one document of a YAML text, read as the API server reads it.
pub fn yaml(text: &str) -> Value {
    let mut documents = yaml::load(text, Dialect::Kubernetes).unwrap();
    assert_eq!(documents.len(), 1, "one document: {text}");
    documents.remove(0)
}

/// What tests ask of a value.
pub trait Look {
    /// What is at a path, if anything.
    fn find(&self, path: &str) -> Option<&Value>;

    /// What is at a path.
    ///
    /// # Panics
    /// When nothing is.
    fn at(&self, path: &str) -> &Value;

    /// The text at a path.
    ///
    /// # Panics
    /// When there is none.
    fn text(&self, path: &str) -> &str {
        let found = self.at(path);
        found.as_str().unwrap_or_else(|| panic!("{path} is no text: {found:?}"))
    }

    /// The whole number at a path.
    ///
    /// # Panics
    /// When there is none.
    fn number(&self, path: &str) -> i128 {
        let found = self.at(path);
        found.as_int().unwrap_or_else(|| panic!("{path} is no number: {found:?}"))
    }

    /// The list at a path; none where nothing is.
    ///
    /// # Panics
    /// When it is something else.
    fn list(&self, path: &str) -> &[Value] {
        let found = self.find(path);
        found.map_or(&[], |found| {
            found.as_sequence().unwrap_or_else(|| panic!("{path} is no list: {found:?}"))
        })
    }

    /// The texts in the list at a path.
    fn texts(&self, path: &str) -> Vec<&str> {
        self.list(path).iter().map(|item| item.text("")).collect()
    }

    /// The text at `key` of each item of the list at a path.
    fn each(&self, path: &str, key: &str) -> Vec<&str> {
        self.list(path).iter().map(|item| item.text(key)).collect()
    }

    /// The item of the list at a path whose `key` is `value`.
    ///
    /// # Panics
    /// When there is none, or more than one.
    fn item(&self, path: &str, key: &str, value: &str) -> &Value {
        let list = self.list(path);
        let mut found = list.iter().filter(|item| item.find(key).and_then(Value::as_str) == Some(value));
        let item = found.next().unwrap_or_else(|| panic!("{path}: nothing with {key} {value}: {list:?}"));
        assert!(found.next().is_none(), "{path}: {key} {value} more than once: {list:?}");
        item
    }
}

impl Look for Value {
    fn find(&self, path: &str) -> Option<&Value> {
        path.split_whitespace().try_fold(self, |value, word| match value {
            Value::Sequence(items) => items.get(word.parse::<usize>().ok()?),
            _ => value.get(word),
        })
    }

    fn at(&self, path: &str) -> &Value {
        self.find(path).unwrap_or_else(|| panic!("nothing at {path:?} of {self:?}"))
    }
}
