//! The maps of this crate. A run looks thousands of keys up that its own files hold: a hash that is quick serves it best.

pub(crate) use foldhash::fast::RandomState;

/// A map in the order of insertion.
pub type IndexMap<K, V> = indexmap::IndexMap<K, V, RandomState>;

/// A set in no order.
pub(crate) type HashSet<T> = std::collections::HashSet<T, RandomState>;

/// A map in no order.
pub(crate) type HashMap<K, V> = std::collections::HashMap<K, V, RandomState>;
