//! Finds keys that a mapping gives twice. Every reader takes another one of the two, so all our tools refuse them.

use std::collections::HashMap;

use crate::node::{Kind, Node, ScalarStyle, Span, Stream};
use crate::{Dialect, Error};

/// Every duplicate key of a stream, in source order. `1` and `0x1` are the same key where the dialect says so;
/// `"1"` and `1` are not. Merge keys (`<<`) may stand several times.
pub fn check_duplicates(stream: &Stream, dialect: Dialect) -> Vec<Error> {
    let mut found = Vec::new();
    for document in &stream.documents {
        walk(&document.root, dialect, &mut found);
    }
    found
}

fn walk(node: &Node, dialect: Dialect, found: &mut Vec<Error>) {
    match &node.kind {
        // What an alias stands for was walked where it is written.
        Kind::Scalar(..) | Kind::Alias(_) => {}
        Kind::Sequence(items) => items.iter().for_each(|item| walk(item, dialect, found)),
        Kind::Mapping(pairs) => {
            let mut seen = Seen::with_capacity(pairs.len());
            for pair in pairs {
                if let Some(identity) = identity(&pair.key, dialect)
                    && let Some(first) = seen.insert(identity, pair.key.span)
                {
                    found.push(
                        Error::new("yaml/duplicate-key", "this key is given twice", pair.key.span)
                            .with_related(first, "first given here")
                            .with_help("remove one of the two; readers do not agree on which one counts"),
                    );
                }
                walk(&pair.key, dialect, found);
                walk(&pair.value, dialect, found);
            }
        }
    }
}

/// The keys of a mapping so far, each with where it stands last. Most mappings are small.
enum Seen<'n> {
    Few(Vec<(Identity<'n>, Span)>),
    Many(HashMap<Identity<'n>, Span>),
}

impl<'n> Seen<'n> {
    /// So many keys are compared with one another.
    const FEW: usize = 12;

    fn with_capacity(count: usize) -> Self {
        if count <= Self::FEW {
            Self::Few(Vec::with_capacity(count))
        } else {
            Self::Many(HashMap::with_capacity(count))
        }
    }

    /// Adds a key; where it stood before.
    fn insert(&mut self, key: Identity<'n>, place: Span) -> Option<Span> {
        match self {
            Self::Few(keys) => {
                if let Some((_, known)) = keys.iter_mut().find(|(known, _)| *known == key) {
                    return Some(std::mem::replace(known, place));
                }
                keys.push((key, place));
                None
            }
            Self::Many(keys) => keys.insert(key, place),
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
