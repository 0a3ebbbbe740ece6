//! Values that are one node in several places. kustomize's label and annotation transformers create an entry with the
//! same node everywhere (labels, selector, template); when a patch or another transformer later changes one of them in
//! place, all of them change. People rely on what comes out, so it is done here, too.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::node::{Node, Scalar};

static LAST: AtomicU32 = AtomicU32::new(0);

/// A number no other group of places has. (Numbers are compared inside of one object only, so that even after four
/// billion of them a wrong match would need the same object.)
pub(crate) fn next() -> u32 {
    loop {
        let number = LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        if number != 0 {
            return number;
        }
    }
}

/// Writes each changed value to all of its places; the last change wins.
pub(crate) fn spread(node: &mut Node, changed: &[Scalar]) {
    if !changed.is_empty() {
        walk(node, changed);
    }
}

fn walk(node: &mut Node, changed: &[Scalar]) {
    if !concerns(node, changed) {
        return;
    }
    match node {
        Node::Scalar(scalar) => {
            if let Some(new) = changed.iter().rev().find(|new| new.shared == scalar.shared) {
                *scalar = new.clone();
            }
        }
        Node::Seq(_) => node.as_seq_mut().into_iter().flatten().for_each(|item| walk(item, changed)),
        Node::Map(_) => {
            let map = node.as_map_mut();
            map.into_iter()
                .flat_map(crate::node::Map::values_mut)
                .for_each(|(_, value)| walk(value, changed));
        }
    }
}

fn concerns(node: &Node, changed: &[Scalar]) -> bool {
    match node {
        Node::Scalar(scalar) => scalar.shared != 0 && changed.iter().any(|new| new.shared == scalar.shared),
        Node::Seq(items) => items.iter().any(|item| concerns(item, changed)),
        Node::Map(map) => map.iter().any(|(_, value)| concerns(value, changed)),
    }
}
