//! Lists and dicts as Python has them: objects that `append` and `update` change, printed as Python prints them.
//!
//! Those of the data are frozen: templates render in parallel and in no fixed order, so that a change of the data by
//! one of them must not reach another. A template that changes data takes a copy first (`x | list`, `dict(x)`).

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use indexmap::IndexMap;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};
use yaml::Mapping;

use super::containers;
use crate::to_jinja;

/// What a template hears that changes data.
pub(crate) const FROZEN: &str = "data cannot be changed by a template; change a copy of it";

/// A list.
pub(crate) struct PyList {
    items: RwLock<Vec<Value>>,
    frozen: bool,
}

/// A dict, in order of insertion.
pub(crate) struct PyDict {
    /// Made from `data`, where there is some, when they are first asked for all together.
    entries: OnceLock<RwLock<Entries>>,
    data: Option<Arc<Mapping>>,
    frozen: bool,
}

/// The entries of a dict.
pub(super) type Entries = IndexMap<Value, Value, KeyHash>;

/// Hashes keys as Python does as far as what is equal is concerned: the engine has `true == 1`, but other hashes for them.
#[derive(Default, Clone)]
pub(crate) struct KeyHash(RandomState);

/// See [`KeyHash`].
pub(crate) struct KeyHasher(<RandomState as BuildHasher>::Hasher);

impl BuildHasher for KeyHash {
    type Hasher = KeyHasher;

    fn build_hasher(&self) -> KeyHasher {
        KeyHasher(self.0.build_hasher())
    }
}

impl Hasher for KeyHasher {
    fn finish(&self) -> u64 {
        self.0.finish()
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0.write(bytes);
    }

    /// A boolean; an integer is written as an `i64`.
    fn write_u8(&mut self, byte: u8) {
        self.0.write_i64(byte.into());
    }
}

/// A fresh list that can be changed.
pub(crate) fn list(items: Vec<Value>) -> Value {
    Value::from_object(PyList { items: RwLock::new(items), frozen: false })
}

/// A fresh dict that can be changed.
pub(crate) fn dict(entries: impl IntoIterator<Item = (Value, Value)>) -> Value {
    Value::from_object(PyDict::of(entries, false))
}

impl PyList {
    pub(crate) fn frozen(items: impl IntoIterator<Item = Value>) -> Value {
        Value::from_object(Self { items: RwLock::new(items.into_iter().collect()), frozen: true })
    }

    fn lock(&self) -> &RwLock<Vec<Value>> {
        &self.items
    }
}

impl PyDict {
    fn of(entries: impl IntoIterator<Item = (Value, Value)>, frozen: bool) -> Self {
        let entries = OnceLock::from(RwLock::new(entries.into_iter().collect()));
        Self { entries, data: None, frozen }
    }

    pub(crate) fn frozen(entries: impl IntoIterator<Item = (Value, Value)>) -> Value {
        Value::from_object(Self::of(entries, true))
    }

    /// A frozen dict of data that others hold too. Of a thousand nodes a few fields each are asked for: only those are made.
    pub(crate) fn shared(data: Arc<Mapping>) -> Value {
        Value::from_object(Self { entries: OnceLock::new(), data: Some(data), frozen: true })
    }

    fn lock(&self) -> &RwLock<Entries> {
        self.entries.get_or_init(|| {
            let data = self.data.iter().flat_map(|data| data.iter());
            RwLock::new(data.map(|(key, value)| (to_jinja(key), to_jinja(value))).collect())
        })
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: &Value) -> Option<Value> {
        match key.as_str() {
            Some(text) => self.get_text(text, || key.clone()),
            None => self.read().get(key).cloned(),
        }
    }

    /// The value of a text; the key is made of it where it has to be.
    fn get_text(&self, text: &str, key: impl FnOnce() -> Value) -> Option<Value> {
        match &self.data {
            Some(data) if self.entries.get().is_none() => data.get(text).map(to_jinja),
            _ => self.read().get(&key()).cloned(),
        }
    }
}

/// Reading and changing under the lock. No code of a template runs while a lock is held, so a lock is never poisoned
/// half-way through a change.
macro_rules! guarded {
    ($type:ident, $inner:ty) => {
        impl $type {
            pub(crate) fn read(&self) -> RwLockReadGuard<'_, $inner> {
                self.lock().read().unwrap_or_else(PoisonError::into_inner)
            }

            pub(crate) fn write(&self) -> Result<RwLockWriteGuard<'_, $inner>, Error> {
                if self.frozen {
                    return Err(crate::error::own(ErrorKind::InvalidOperation, FROZEN));
                }
                Ok(self.lock().write().unwrap_or_else(PoisonError::into_inner))
            }
        }

        impl fmt::Debug for $type {
            /// Never the content: it may be secret.
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.debug_struct(stringify!($type)).finish_non_exhaustive()
            }
        }
    };
}

guarded!(PyList, Vec<Value>);
guarded!(PyDict, Entries);

impl Object for PyList {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.read().get(key.as_usize()?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.read().len())
    }

    fn call_method(
        self: &Arc<Self>,
        _: &mut State<'_, '_>,
        name: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        containers::list_method(self, name, args)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::repr(&Value::from_dyn_object(Arc::clone(self))))
    }
}

impl Object for PyDict {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get(key)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Value> {
        self.get_text(key, || Value::from(key))
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.read().keys().cloned().collect())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.read().len())
    }

    fn call_method(
        self: &Arc<Self>,
        state: &mut State<'_, '_>,
        name: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        containers::dict_method(state, self, name, args)
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&super::repr(&Value::from_dyn_object(Arc::clone(self))))
    }
}
