//! Finds keys that a mapping gives twice. Every reader takes another one of the two, so all our tools refuse them.

use std::collections::HashMap;

use crate::node::{Kind, Node, Pair, ScalarStyle, Span, Stream};
use crate::{Dialect, Error};

/// Every duplicate key of a stream, in source order. `1` and `0x1` are the same key where the dialect says so;
/// `"1"` and `1` are not. Merge keys (`<<`) may stand several times.
pub fn check_duplicates(stream: &Stream, dialect: Dialect) -> Vec<Error> {
    let mut finder = Finder { dialect, found: Vec::new(), keys: Vec::new() };
    for document in &stream.documents {
        finder.walk(&document.root);
    }
    finder.found
}

struct Finder<'n> {
    dialect: Dialect,
    found: Vec<Error>,
    /// The keys so far of small mappings that are not left yet, the innermost one's last, each with its place.
    keys: Vec<(Identity<'n>, Span)>,
}

impl<'n> Finder<'n> {
    /// Up to so many keys of a mapping are compared with one another, as in most.
    const FEW: usize = 12;

    fn walk(&mut self, node: &'n Node) {
        match &node.kind {
            // What an alias stands for was walked where it is written.
            Kind::Scalar(..) | Kind::Alias(_) => {}
            Kind::Sequence(items) => items.iter().for_each(|item| self.walk(item)),
            Kind::Mapping(pairs) if pairs.len() <= Self::FEW => {
                let first = self.keys.len();
                self.pairs(pairs, |finder, key, place| {
                    let mut known = finder.keys[first..].iter_mut();
                    if let Some((_, known)) = known.find(|(known, _)| *known == key) {
                        return Some(std::mem::replace(known, place));
                    }
                    finder.keys.push((key, place));
                    None
                });
                self.keys.truncate(first);
            }
            Kind::Mapping(pairs) => {
                let mut seen = HashMap::with_capacity(pairs.len());
                self.pairs(pairs, |_, key, place| seen.insert(key, place));
            }
        }
    }

    /// The entries of a mapping. `insert` remembers a key and gives the place where it stood before.
    fn pairs(
        &mut self,
        pairs: &'n [Pair],
        mut insert: impl FnMut(&mut Self, Identity<'n>, Span) -> Option<Span>,
    ) {
        for Pair { key, value } in pairs {
            if let Some(identity) = identity(key, self.dialect)
                && let Some(first) = insert(self, identity, key.span)
            {
                self.found.push(
                    Error::new("yaml/duplicate-key", "this key is given twice", key.span)
                        .with_related(first, "first given here")
                        .with_help("remove one of the two; readers do not agree on which one counts"),
                );
            }
            self.walk(key);
            self.walk(value);
        }
    }
}

/// What a scalar key is to a dialect.
#[derive(PartialEq, Eq, Hash)]
enum Identity<'n> {
    Text(&'n str),
    Other(String),
}

/// What a scalar key is to the dialect; collections as keys are not compared, nor are merge keys.
fn identity(key: &Node, dialect: Dialect) -> Option<Identity<'_>> {
    let Kind::Scalar(text, style) = &key.kind else { return None };
    if key.is_merge_key() {
        return None;
    }
    if *style == ScalarStyle::Plain && key.tag.is_none() {
        return Some(match crate::resolve_plain(text, dialect) {
            crate::Scalar::String | crate::Scalar::Timestamp => Identity::Text(text),
            other => Identity::Other(format!("{other:?}")),
        });
    }
    Some(Identity::Text(text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::parse;

    fn places(text: &str) -> Vec<(usize, usize)> {
        check_duplicates(&parse(text).unwrap(), Dialect::Yaml12)
            .iter()
            .map(|e| (e.related.as_ref().unwrap().0.start, e.span.start))
            .collect()
    }

    #[test]
    fn finds_every_duplicate_at_every_level() {
        assert_eq!(places("a: 1\nb: {c: 1, c: 2}\na: 2\n"), [(9, 15), (0, 21)]);
    }

    #[test]
    fn equal_text_of_another_type_is_another_key() {
        assert!(places("1: a\n\"1\": b\n").is_empty());
        assert_eq!(places("a: 1\n'a': 2\n").len(), 1);
        assert!(places("x: &x {a: 1}\ny:\n  <<: *x\n  <<: *x\n").is_empty());
    }
}
