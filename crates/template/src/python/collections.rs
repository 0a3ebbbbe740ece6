//! Lists and dicts as Python has them: objects that `append` and `update` change, printed as Python prints them.
//!
//! Those of the data are frozen: templates render in parallel and in no fixed order, so that a change of the data by
//! one of them must not reach another. A template that changes data takes a copy first (`x | list`, `dict(x)`).

use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use indexmap::IndexMap;
use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, State, Value};

use super::containers;

/// What a template hears that changes data.
pub(crate) const FROZEN: &str = "data cannot be changed by a template; change a copy of it";

/// A list.
pub(crate) struct PyList {
    items: RwLock<Vec<Value>>,
    frozen: bool,
}

/// A dict, in order of insertion.
pub(crate) struct PyDict {
    entries: RwLock<Entries>,
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
    Value::from_object(PyDict { entries: RwLock::new(entries.into_iter().collect()), frozen: false })
}

/// Reading and changing under the lock. No code of a template runs while a lock is held, so a lock is never poisoned
/// half-way through a change.
macro_rules! guarded {
    ($type:ident, $field:ident, $inner:ty) => {
        impl $type {
            pub(crate) fn frozen(items: impl IntoIterator<Item = <$inner as IntoIterator>::Item>) -> Value {
                Value::from_object(Self { $field: RwLock::new(items.into_iter().collect()), frozen: true })
            }

            pub(crate) fn read(&self) -> RwLockReadGuard<'_, $inner> {
                self.$field.read().unwrap_or_else(PoisonError::into_inner)
            }

            pub(crate) fn write(&self) -> Result<RwLockWriteGuard<'_, $inner>, Error> {
                if self.frozen {
                    return Err(crate::error::own(ErrorKind::InvalidOperation, FROZEN));
                }
                Ok(self.$field.write().unwrap_or_else(PoisonError::into_inner))
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

guarded!(PyList, items, Vec<Value>);
guarded!(PyDict, entries, Entries);

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
        self.read().get(key).cloned()
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
