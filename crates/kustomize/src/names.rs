//! Keys of mappings, each text kept once: ten thousand manifests have a few hundred different ones.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

use foldhash::fast::RandomState;

/// Longer keys, such as those of a ConfigMap's files, are hardly ever the same.
const MAX_LENGTH: usize = 48;

/// More different ones are not kept: then they are no names of fields.
const MAX_NAMES: usize = 4096;

thread_local! {
    static NAMES: RefCell<HashSet<Arc<str>, RandomState>> = RefCell::default();
}

/// The one copy of a key, of this thread.
pub(crate) fn shared(name: &str) -> Arc<str> {
    if name.len() > MAX_LENGTH {
        return name.into();
    }
    NAMES.with_borrow_mut(|names| {
        if let Some(known) = names.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        if names.len() < MAX_NAMES {
            names.insert(Arc::clone(&name));
        }
        name
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_kept_once() {
        let pair = |text: &str| (shared(text), shared(text));
        let (one, other) = pair("metadata");
        assert!(Arc::ptr_eq(&one, &other));
        let (one, other) = pair(&"x".repeat(MAX_LENGTH + 1));
        assert!(!Arc::ptr_eq(&one, &other) && one == other);
    }
}
