//! From a field of an object back to its place in the file it was read from.

use std::sync::Arc;

use cliutil::Location;
use yaml::{Node, Span};

use crate::file::File;

/// The deepest part of `path` that the document at `span` has, and whether that is all of it. None when the file has no
/// such document, or nothing of the path.
pub(crate) fn field(file: &Arc<File>, span: Span, path: &[&str]) -> Option<(Location, bool)> {
    let (root, from) = document(file.text().ok()?, span)?;
    let mut place = None;
    let mut node = &root;
    let mut is_all = true;
    for segment in path {
        let Some((span, next)) = step(node, segment) else {
            is_all = false;
            break;
        };
        place = Some(span);
        node = next;
        if matches!(node.kind, yaml::Kind::Scalar(..)) {
            place = Some(node.span);
        }
    }
    place.map(|span| {
        let span = Span::new(from + span.start, from + span.end);
        (file.at(crate::read::first_line(file, span)), is_all)
    })
}

/// The document that stands at `span`, and where the text begins that its places count from. Only its own lines are parsed, for
/// there may be a finding in each of a file's ten thousand documents; all of the text where they cannot be read alone.
fn document(text: &str, span: Span) -> Option<(Node, usize)> {
    let from = text.get(..span.start)?.rfind('\n').map_or(0, |at| at + 1);
    let alone = yaml::parse(text.get(from..span.end)?).ok().and_then(|stream| {
        let mut roots = stream.documents.into_iter().map(|document| document.root);
        roots.find(|root| from + root.span.start == span.start)
    });
    alone.map(|root| (root, from)).or_else(|| {
        let mut roots = yaml::parse(text).ok()?.documents.into_iter().map(|document| document.root);
        Some((roots.find(|root| root.span == span)?, 0))
    })
}

fn step<'n>(node: &'n Node, segment: &str) -> Option<(Span, &'n Node)> {
    if let Some(pair) = node.pair(segment) {
        return Some((pair.key.span, &pair.value));
    }
    let item = node.as_sequence()?.get(segment.parse::<usize>().ok()?)?;
    Some((item.span, item))
}

/// The keys and indices that lead to what stands at an offset.
pub(crate) fn path(root: &Node, offset: usize) -> Vec<String> {
    let mut path = Vec::new();
    let mut node = root;
    loop {
        let around = |span: Span| span.start <= offset && offset <= span.end;
        let next = if let Some(pairs) = node.as_mapping() {
            let pair = pairs.iter().rfind(|pair| {
                pair.key.span.start <= offset && around(Span::new(pair.key.span.start, pair.value.span.end))
            });
            pair.map(|pair| (pair.key.as_str().unwrap_or_default().to_owned(), &pair.value))
        } else {
            let items = node.as_sequence().unwrap_or_default();
            items.iter().rposition(|item| around(item.span)).map(|at| (at.to_string(), &items[at]))
        };
        let Some((segment, inner)) = next else { return path };
        path.push(segment);
        node = inner;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of each document, alone and among all others, every node stands at the same place.
    #[test]
    fn documents_are_read_alone_as_among_others() {
        let text = "# c\n--- {a: [1, {b: 2}]}\n---\n  a: |+\n    x\n\n  b: &x [1]\n  c: *x\n---\n- a: 'x\n    y'\n-\n  - b\n...\n%TAG !e! tag:e,2000:\n--- !e!m\na: !e!x 1\n";
        let stream = yaml::parse(text).unwrap();
        assert_eq!(stream.documents.len(), 4);
        for one in &stream.documents {
            let (root, from) = document(text, one.root.span).unwrap();
            assert_eq!(places(&root, from), places(&one.root, 0));
        }
        assert!(document(text, Span::new(3, 4)).is_none());
    }

    fn places(node: &Node, from: usize) -> Vec<(usize, String)> {
        let mut all = vec![(from + node.span.start, node.as_str().unwrap_or_default().to_owned())];
        for pair in node.as_mapping().unwrap_or_default() {
            all.extend(places(&pair.key, from).into_iter().chain(places(&pair.value, from)));
        }
        for item in node.as_sequence().unwrap_or_default() {
            all.extend(places(item, from));
        }
        all
    }
}
