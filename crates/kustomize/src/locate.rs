//! From a field of an object back to its place in the file it was read from.

use std::sync::Arc;

use cliutil::Location;
use yaml::{Node, Span};

use crate::file::File;

/// The deepest part of `path` that the document at `span` has, and whether that is all of it. None when the file has no
/// such document, or nothing of the path.
pub(crate) fn field(file: &Arc<File>, span: Span, path: &[&str]) -> Option<(Location, bool)> {
    let stream = yaml::parse(file.text().ok()?).ok()?;
    let document = stream.documents.iter().find(|document| document.root.span == span)?;
    let mut place = None;
    let mut node = &document.root;
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
    place.map(|span| (file.at(crate::read::first_line(file, span)), is_all))
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
