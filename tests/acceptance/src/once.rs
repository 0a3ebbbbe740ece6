//! Work that is done once in a run, by what it is done for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Results by their key. Two that ask for the same one at the same time wait for the one who makes it.
pub(crate) struct Once<T>(Mutex<HashMap<String, Arc<OnceLock<T>>>>);

impl<T> Default for Once<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Once<T> {
    /// The result for a key, made if need be.
    pub(crate) fn get(&self, key: &str, make: impl FnOnce() -> T) -> T {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let once = Arc::clone(known.entry(key.to_owned()).or_default());
        drop(known);
        once.get_or_init(make).clone()
    }
}
