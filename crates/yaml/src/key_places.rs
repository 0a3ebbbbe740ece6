//! Where the keys of a large mapping stand. Mappings keep their order in a list, and to look through the list is quickest
//! while it is short; of thousands of keys each would look through all others.

use std::hash::BuildHasher as _;

use foldhash::fast::RandomState;
use hashbrown::HashTable;

/// The places of the keys of a list: none as long as it is short.
#[derive(Clone, Default)]
pub struct KeyPlaces(Option<Box<Table>>);

#[derive(Clone, Default)]
struct Table {
    /// The hash of a key, and its place.
    places: HashTable<(u64, usize)>,
    state: RandomState,
}

/// A list of so many entries is long.
const LONG: usize = 256;

impl KeyPlaces {
    /// The first place of a key in a list of so many entries; `is_there` says whether it stands at one.
    pub fn find(&self, key: &str, length: usize, is_there: impl Fn(usize) -> bool) -> Option<usize> {
        let Some(table) = &self.0 else { return (0..length).find(|place| is_there(*place)) };
        let places = table.places.iter_hash(table.state.hash_one(key)).map(|(_, place)| *place);
        places.filter(|place| is_there(*place)).min()
    }

    /// To be told of each entry that was appended to the list, which has so many with it; `key` says which key stands at a
    /// place, if it is a text.
    pub fn appended<'k>(&mut self, length: usize, key: impl Fn(usize) -> Option<&'k str>) {
        let from = match &self.0 {
            None if length < LONG => return,
            None => 0,
            Some(_) => length - 1,
        };
        let table = self.0.get_or_insert_default();
        for place in from..length {
            if let Some(key) = key(place) {
                let hash = table.state.hash_one(key);
                table.places.insert_unique(hash, (hash, place), |(hash, _)| *hash);
            }
        }
    }

    /// To be told when an entry leaves the list: the places of others change.
    pub fn forget(&mut self) {
        self.0 = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_equal_keys() {
        let keys: Vec<String> = (0..1000).map(|n| format!("k{}", n % 500)).collect();
        let mut places = KeyPlaces::default();
        for length in 1..=keys.len() {
            places.appended(length, |place| Some(&keys[place]));
        }
        let find = |key: &str| places.find(key, keys.len(), |place| keys[place] == key);
        for (place, key) in keys.iter().take(500).enumerate() {
            assert_eq!(find(key), Some(place));
        }
        assert_eq!(find("k500"), None);
    }
}
