//! The objects of a build, in the order they came in; each identity at most once.

use std::hash::BuildHasher as _;
use std::sync::LazyLock;

use cliutil::Diagnostic;
use foldhash::fast::RandomState;
use hashbrown::HashTable;

use crate::file::{Outcome, Problems};
use crate::ids::Id;
use crate::resource::{Behavior, Resource};
use crate::{codes, parallel};

/// The most objects a build may have: folders that take others in twice, several levels deep, grow without end.
const MAX_OBJECTS: usize = 500_000;

/// Objects.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    list: Vec<Resource>,
    /// Where each identity stands; none after a change that may have renamed objects.
    index: Option<Index>,
}

/// Where each identity stands.
#[derive(Debug, Default)]
struct Index {
    /// The hash of each object's identity.
    hashes: Vec<u64>,
    /// Places in the list.
    places: HashTable<usize>,
}

impl Index {
    /// Of a list, with the places of objects whose identity one before them has.
    fn of(list: &[Resource]) -> (Self, Vec<(usize, usize)>) {
        let hashes = parallel::map(list, parallel::OBJECTS, |resource| hash(resource.id()));
        let mut index = Self { places: HashTable::with_capacity(list.len()), hashes };
        let mut again = Vec::new();
        for (at, resource) in list.iter().enumerate() {
            match index.position(list, index.hashes[at], resource) {
                Some(first) => again.push((first, at)),
                None => index.insert(at),
            }
        }
        (index, again)
    }

    /// Where an object with the identity of `resource` stands.
    fn position(&self, list: &[Resource], hash: u64, resource: &Resource) -> Option<usize> {
        let is_same = |at: usize| self.hashes[at] == hash && list[at].id().same(resource.id());
        self.places.find(hash, |at| is_same(*at)).copied()
    }

    /// Notes a place whose hash is there.
    fn insert(&mut self, at: usize) {
        let hashes = &self.hashes;
        self.places.insert_unique(hashes[at], at, |at| hashes[*at]);
    }
}

fn hash(id: Id<'_>) -> u64 {
    static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::default);
    HASHER.hash_one(id.key())
}

impl Objects {
    pub(crate) fn list(&self) -> &[Resource] {
        &self.list
    }

    pub(crate) fn into_list(self) -> Vec<Resource> {
        self.list
    }

    /// The objects, to change them.
    pub(crate) fn list_mut(&mut self) -> &mut Vec<Resource> {
        self.index = None;
        &mut self.list
    }

    fn indexed(&mut self) -> &mut Index {
        self.index.get_or_insert_with(|| Index::of(&self.list).0)
    }

    /// Does now what will be needed when they are taken into others.
    pub(crate) fn prepare(&mut self) {
        self.indexed();
    }

    /// Adds an object.
    pub(crate) fn append(&mut self, resource: Resource) -> Outcome<()> {
        let hash = hash(resource.id());
        self.append_hashed(resource, hash)
    }

    fn append_hashed(&mut self, resource: Resource, hash: u64) -> Outcome<()> {
        self.indexed();
        let Some(index) = &mut self.index else { return Ok(()) };
        if let Some(at) = index.position(&self.list, hash, &resource) {
            return Err(vec![duplicate(&self.list[at], &resource)]);
        }
        if self.list.len() >= MAX_OBJECTS {
            let message = format!("more than {MAX_OBJECTS} objects");
            return Err(vec![
                resource
                    .origin
                    .error(codes::TOO_LARGE, message)
                    .with_help("does a folder take in another one twice, on several levels?"),
            ]);
        }
        index.hashes.push(hash);
        index.insert(self.list.len());
        self.list.push(resource);
        Ok(())
    }

    /// Adds objects; reports every one that is there already.
    pub(crate) fn append_all(&mut self, resources: impl IntoIterator<Item = Resource>) -> Outcome<()> {
        self.append_each(resources.into_iter().map(|resource| (hash(resource.id()), resource)))
    }

    /// Adds all of others; as [`append_all`](Self::append_all).
    pub(crate) fn take_in(&mut self, mut others: Self) -> Outcome<()> {
        let hashes = std::mem::take(&mut others.indexed().hashes);
        self.append_each(hashes.into_iter().zip(others.list))
    }

    fn append_each(&mut self, resources: impl Iterator<Item = (u64, Resource)>) -> Outcome<()> {
        self.list.reserve(resources.size_hint().0);
        let mut problems = Problems::new();
        for (hash, resource) in resources {
            if let Err(more) = self.append_hashed(resource, hash) {
                let fatal = more.iter().any(|problem| problem.code == codes::TOO_LARGE);
                problems.extend(more);
                if fatal {
                    break;
                }
            }
        }
        if problems.is_empty() { Ok(()) } else { Err(problems) }
    }

    /// Objects whose identity another one has, too.
    pub(crate) fn conflicts(&mut self) -> Problems {
        let (index, again) = Index::of(&self.list);
        self.index = again.is_empty().then_some(index);
        let problem = |(first, second): (usize, usize)| duplicate(&self.list[first], &self.list[second]);
        again.into_iter().map(problem).collect()
    }

    /// Takes a generated object in: a new one, or what it changes.
    pub(crate) fn absorb(&mut self, mut resource: Resource) -> Outcome<()> {
        let id = resource.id();
        let matches: Vec<usize> =
            (0..self.list.len()).filter(|at| self.list[*at].any_id().any(|other| other.same(id))).collect();
        let behavior = resource.history.behavior;
        let wrong = |message: String, help: &str| {
            Err(vec![resource.origin.error(codes::GENERATOR, message).with_help(help)])
        };
        match (&matches[..], behavior) {
            ([], Behavior::Merge | Behavior::Replace) => wrong(
                format!("there is no {id} to merge with or replace"),
                "behavior: create makes a new one; merge and replace change one that resources brings in",
            ),
            ([], _) => self.append(resource),
            ([at], Behavior::Merge | Behavior::Replace) => {
                let at = *at;
                let old = &self.list[at];
                let told = std::mem::take(&mut resource.history.told);
                take_identity(&mut resource, old);
                if behavior == Behavior::Replace {
                    resource.history.told.replacing(&told);
                } else {
                    for key in ["data", "binaryData"] {
                        crate::generate::merge_data(&mut resource.node, &old.node, key);
                    }
                }
                self.list_mut()[at] = resource;
                Ok(())
            }
            ([_], _) => wrong(
                format!("{id} is there already"),
                "say behavior: merge or behavior: replace to change it, or use another name",
            ),
            _ => wrong(
                format!("{id} could be several objects"),
                "give the generator the namespace of the one that is meant",
            ),
        }
    }

    /// Takes out what a patch emptied.
    pub(crate) fn drop_empty(&mut self) {
        if self.list.iter().any(|resource| resource.node.is_nothing()) {
            self.list_mut().retain(|resource| !resource.node.is_nothing());
        }
    }
}

/// Labels and annotations of both (the new ones win), name, namespace and history of the old one.
pub(crate) fn take_identity(new: &mut Resource, old: &Resource) {
    for key in ["labels", "annotations"] {
        let mut texts = old.metadata_texts(key);
        for (name, text) in new.metadata_texts(key) {
            match texts.iter_mut().find(|(known, _)| *known == name) {
                Some((_, known)) => *known = text,
                None => texts.push((name, text)),
            }
        }
        texts.sort();
        new.set_metadata_texts(key, &texts);
    }
    let needs_hash = new.history.needs_hash && old.history.needs_hash;
    new.history = old.history.clone();
    new.history.needs_hash = needs_hash;
    let id = old.id();
    let (name, namespace) = (id.name.to_owned(), id.namespace.to_owned());
    new.set_metadata("name", &name);
    if namespace.is_empty() {
        new.clear_metadata("namespace");
    } else {
        new.set_metadata("namespace", &namespace);
    }
}

fn duplicate(first: &Resource, second: &Resource) -> Diagnostic {
    second
        .origin
        .error(codes::DUPLICATE_ID, format!("{} is defined twice", second.id()))
        .with_related(first.origin.location(), "first defined here")
        .with_help("remove one of them, or give it another name; is the same file or folder listed twice?")
}
