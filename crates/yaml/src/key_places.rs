//! Where the keys of a large mapping stand. Mappings keep their order in a list, and to look through the list is quickest
//! while it is short; of thousands of keys each would look through all others.

use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// The places of keys in a list of so many that it pays.
#[derive(Clone, Default)]
pub struct KeyPlaces {
    /// The hash of a key, and its place.
    table: HashTable<(u64, usize)>,
    state: RandomState,
}

impl KeyPlaces {
    /// How many keys a list has that needs one.
    pub const FROM: usize = 256;

    /// Those of keys that are texts, by their places.
    pub fn of<'k>(keys: impl Iterator<Item = (usize, &'k str)>) -> Self {
        let mut places = Self::default();
        for (place, key) in keys {
            places.add(key, place);
        }
        places
    }

    /// Adds a key.
    pub fn add(&mut self, key: &str, place: usize) {
        let hash = self.state.hash_one(key);
        self.table.insert_unique(hash, (hash, place), |(hash, _)| *hash);
    }

    /// The first place of a key; `is_there` says whether it stands at one.
    pub fn find(&self, key: &str, is_there: impl Fn(usize) -> bool) -> Option<usize> {
        let hash = self.state.hash_one(key);
        let places = self.table.iter_hash(hash).map(|(_, place)| *place);
        places.filter(|place| is_there(*place)).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_keys() {
        let keys: Vec<String> = (0..1000).map(|n| format!("k{}", n % 500)).collect();
        let places = KeyPlaces::of(keys.iter().map(String::as_str).enumerate());
        let find = |key: &str| places.find(key, |place| keys[place] == key);
        for (place, key) in keys.iter().take(500).enumerate() {
            assert_eq!(find(key), Some(place));
        }
        assert_eq!(find("k500"), None);
    }
}
