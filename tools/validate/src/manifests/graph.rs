//! Cycles in a graph of names.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Edges from each node, both by key.
pub(crate) type Edges<K> = BTreeMap<K, Vec<K>>;

/// Cycles, each once: the nodes in order, the first one (the smallest) repeated at the end. Every node that takes part
/// in some cycle is in at least one of them.
pub(crate) fn cycles<K: Ord + Clone>(edges: &Edges<K>) -> Vec<Vec<K>> {
    let mut found = BTreeSet::new();
    let mut done = BTreeSet::new();
    let mut order = Vec::new();
    for start in edges.keys() {
        walk(edges, start, &mut done, &mut order, &mut found);
    }
    let mut covered: BTreeSet<K> = found.iter().flatten().cloned().collect();
    for knot in knots(edges, &order) {
        for node in &knot {
            if !covered.contains(node)
                && let Some(around) = shortest(edges, node, &knot)
            {
                covered.extend(around.iter().cloned());
                found.insert(cycle(around));
            }
        }
    }
    found.into_iter().collect()
}

/// The sets of several nodes of which each can be reached from each: against the edges, from the node that a walk along
/// them left last (Kosaraju).
fn knots<K: Ord + Clone>(edges: &Edges<K>, order: &[K]) -> Vec<BTreeSet<K>> {
    let mut back: BTreeMap<&K, Vec<&K>> = BTreeMap::new();
    for (from, targets) in edges {
        for to in targets {
            back.entry(to).or_default().push(from);
        }
    }
    let mut seen = BTreeSet::new();
    let mut knots = Vec::new();
    for start in order.iter().rev() {
        if !seen.insert(start) {
            continue;
        }
        let (mut knot, mut open) = (BTreeSet::from([start.clone()]), vec![start]);
        while let Some(node) = open.pop() {
            for from in back.get(node).into_iter().flatten() {
                if seen.insert(from) {
                    knot.insert((*from).clone());
                    open.push(from);
                }
            }
        }
        if knot.len() > 1 {
            knots.push(knot);
        }
    }
    knots
}

/// A shortest way from a node of a knot back to it.
fn shortest<K: Ord + Clone>(edges: &Edges<K>, start: &K, knot: &BTreeSet<K>) -> Option<Vec<K>> {
    let mut before: BTreeMap<&K, &K> = BTreeMap::new();
    let mut open = VecDeque::from([start]);
    while let Some(node) = open.pop_front() {
        for target in edges.get(node).into_iter().flatten().filter(|target| knot.contains(*target)) {
            if target == start {
                let way = std::iter::successors(Some(node), |node| before.get(node).copied());
                let mut way: Vec<K> = way.cloned().collect();
                way.reverse();
                return Some(way);
            }
            if !before.contains_key(target) {
                before.insert(target, node);
                open.push_back(target);
            }
        }
    }
    None
}

/// Depth first without recursion: a chain may be as long as the repository is large. `order` gets the nodes as they are
/// left.
fn walk<K: Ord + Clone>(
    edges: &Edges<K>,
    start: &K,
    done: &mut BTreeSet<K>,
    order: &mut Vec<K>,
    found: &mut BTreeSet<Vec<K>>,
) {
    if done.contains(start) {
        return;
    }
    let mut stack = vec![(start.clone(), 0)];
    let mut open = BTreeMap::from([(start.clone(), 0)]);
    while let Some((node, next)) = stack.last_mut() {
        let Some(target) = edges.get(node).and_then(|targets| targets.get(*next)) else {
            open.remove(node);
            done.insert(node.clone());
            order.push(node.clone());
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

    /// A way back that only leads through what was walked before.
    #[test]
    fn every_node_of_a_cycle_is_in_one() {
        assert_eq!(found("ab bc ca ad dc"), ["abca", "adca"]);
        // All graphs of four nodes, against the definition: a node is in a cycle when a way leads back to it.
        for bits in 0_u32..1 << 12 {
            let names = ["a", "b", "c", "d"];
            let pairs = names.iter().flat_map(|from| names.iter().map(move |to| (*from, *to)));
            let pairs = pairs.filter(|(from, to)| from != to).enumerate();
            let mut edges = Edges::new();
            for (_, (from, to)) in pairs.filter(|(n, _)| bits >> n & 1 == 1) {
                edges.entry(from).or_insert_with(Vec::new).push(to);
            }
            let covered: BTreeSet<&str> = cycles(&edges).into_iter().flatten().collect();
            let mut reach: BTreeSet<(&str, &str)> =
                edges.iter().flat_map(|(from, all)| all.iter().map(move |to| (*from, *to))).collect();
            for _ in 0..3 {
                let steps: Vec<_> = reach
                    .iter()
                    .flat_map(|(a, b)| reach.iter().filter(move |(c, _)| b == c).map(move |(_, d)| (*a, *d)))
                    .collect();
                reach.extend(steps);
            }
            let expected: BTreeSet<&str> =
                names.into_iter().filter(|name| reach.contains(&(*name, *name))).collect();
            assert_eq!(covered, expected, "{edges:?}");
        }
    }

    #[test]
    fn a_long_chain_needs_no_deep_stack() {
        let edges: Edges<usize> = (0..200_000).map(|n| (n, vec![n + 1])).collect();
        assert!(cycles(&edges).is_empty());
    }
}
