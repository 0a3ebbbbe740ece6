//! The objects of a build, in the order they came in; each identity at most once.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use cliutil::Diagnostic;

use crate::codes;
use crate::file::{Outcome, Problems};
use crate::ids::Id;
use crate::resource::{Behavior, Resource};

/// The most objects a build may have: folders that take others in twice, several levels deep, grow without end.
const MAX_OBJECTS: usize = 500_000;

/// Objects.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    list: Vec<Resource>,
    /// Where each identity stands, by hash; none after a change that may have renamed objects.
    index: Option<HashMap<u64, Vec<usize>>>,
    hasher: RandomState,
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

    fn hash(&self, id: Id<'_>) -> u64 {
        self.hasher.hash_one(id.key())
    }

    /// Where the object with this identity stands.
    pub(crate) fn position(&mut self, id: Id<'_>) -> Option<usize> {
        if self.index.is_none() {
            let mut index: HashMap<u64, Vec<usize>> = HashMap::with_capacity(self.list.len());
            for (at, resource) in self.list.iter().enumerate() {
                index.entry(self.hash(resource.id())).or_default().push(at);
            }
            self.index = Some(index);
        }
        let hash = self.hash(id);
        let candidates = self.index.as_ref()?.get(&hash)?;
        candidates.iter().copied().find(|at| self.list[*at].id().same(id))
    }

    /// Adds an object.
    pub(crate) fn append(&mut self, resource: Resource) -> Outcome<()> {
        if let Some(at) = self.position(resource.id()) {
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
        let hash = self.hash(resource.id());
        if let Some(index) = &mut self.index {
            index.entry(hash).or_default().push(self.list.len());
        }
        self.list.push(resource);
        Ok(())
    }

    /// Adds objects; reports every one that is there already.
    pub(crate) fn append_all(&mut self, resources: impl IntoIterator<Item = Resource>) -> Outcome<()> {
        let mut problems = Problems::new();
        for resource in resources {
            if let Err(more) = self.append(resource) {
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
        let mut problems = Problems::new();
        let mut index: HashMap<u64, Vec<usize>> = HashMap::with_capacity(self.list.len());
        for (at, resource) in self.list.iter().enumerate() {
            let id = resource.id();
            let alike = index.entry(self.hash(id)).or_default();
            match alike.iter().find(|first| self.list[**first].id().same(id)) {
                Some(first) => problems.push(duplicate(&self.list[*first], resource)),
                None => alike.push(at),
            }
        }
        self.index = problems.is_empty().then_some(index);
        problems
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
