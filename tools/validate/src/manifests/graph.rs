//! Cycles in a graph of names.

use std::collections::{BTreeMap, BTreeSet};

/// Edges from each node, both by key.
pub(crate) type Edges<K> = BTreeMap<K, Vec<K>>;

/// Cycles, each once: the nodes in order, the first one (the smallest) repeated at the end. Every node that takes part
/// in some cycle is in at least one of them.
pub(crate) fn cycles<K: Ord + Clone>(edges: &Edges<K>) -> Vec<Vec<K>> {
    let mut found = BTreeSet::new();
    let mut done = BTreeSet::new();
    for start in edges.keys() {
        walk(edges, start, &mut done, &mut found);
    }
    found.into_iter().collect()
}

/// Depth first without recursion: a chain may be as long as the repository is large.
fn walk<K: Ord + Clone>(edges: &Edges<K>, start: &K, done: &mut BTreeSet<K>, found: &mut BTreeSet<Vec<K>>) {
    if done.contains(start) {
        return;
    }
    let mut stack = vec![(start.clone(), 0)];
    let mut open = BTreeMap::from([(start.clone(), 0)]);
    while let Some((node, next)) = stack.last_mut() {
        let Some(target) = edges.get(node).and_then(|targets| targets.get(*next)) else {
            open.remove(node);
            done.insert(node.clone());
            stack.pop();
            continue;
        };
        *next += 1;
        if let Some(at) = open.get(target) {
            found.insert(cycle(stack[*at..].iter().map(|(node, _)| node.clone()).collect()));
        } else if !done.contains(target) {
            open.insert(target.clone(), stack.len());
            stack.push((target.clone(), 0));
        }
    }
}

/// Turned so that it begins, and ends, with its smallest node.
fn cycle<K: Ord + Clone>(mut nodes: Vec<K>) -> Vec<K> {
    let smallest = nodes.iter().enumerate().min_by_key(|(_, node)| *node).map_or(0, |(at, _)| at);
    nodes.rotate_left(smallest);
    let first = nodes[0].clone();
    nodes.push(first);
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(text: &str) -> Edges<String> {
        let mut edges = Edges::new();
        for edge in text.split_whitespace() {
            let (from, to) = edge.split_at(1);
            edges.entry(from.to_owned()).or_insert_with(Vec::new).push(to.to_owned());
        }
        edges
    }

    fn found(text: &str) -> Vec<String> {
        cycles(&graph(text)).iter().map(|cycle| cycle.concat()).collect()
    }

    #[test]
    fn cycles_once_and_turned() {
        assert!(found("ab bc ac cd").is_empty());
        assert_eq!(found("ab bc ca da"), ["abca"]);
        assert_eq!(found("aa"), ["aa"]);
        assert_eq!(found("zb bz cd dc"), ["bzb", "cdc"]);
        assert_eq!(found("ab ba ac ca"), ["aba", "aca"]);
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let edges: Edges<usize> = (0..200_000).map(|n| (n, vec![n + 1])).collect();
        assert!(cycles(&edges).is_empty());
    }
}
