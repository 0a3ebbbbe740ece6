//! Which lines stand in one card. A namespace is a card; namespaces that wait for one another in a circle are taken apart
//! where they have to be, so that every card stands behind what it depends on.

use std::collections::{BTreeMap, BTreeSet};

use super::layout::{Before, CARD, Card, Row};

/// The cards, without places: as few as can be.
pub(super) fn cards(rows: BTreeMap<String, Vec<Row>>, needed: &Before) -> Vec<Card> {
    let home: BTreeMap<usize, &str> =
        rows.iter().flat_map(|(name, rows)| rows.iter().map(move |row| (row.node, name.as_str()))).collect();
    let mut links: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (node, first) in needed {
        for one in first {
            if let (Some(from), Some(to)) = (home.get(one), home.get(node))
                && from != to
            {
                links.entry(from).or_default().insert(to);
            }
        }
    }
    let knotted: BTreeSet<String> = rows.keys().filter(|name| reaches(&links, name, name)).cloned().collect();
    let (apart, whole): (BTreeMap<_, _>, BTreeMap<_, _>) =
        rows.into_iter().partition(|(name, _)| knotted.contains(name));
    let mut cards: Vec<Card> = whole.into_iter().map(|(name, rows)| card(name, rows)).collect();
    taken_apart(apart, needed, &mut cards);
    cards
}

fn card(name: String, rows: Vec<Row>) -> Card {
    Card { name, x: 0, y: 0, width: CARD, rows }
}

/// Whether a way leads from one to another, by at least one step.
fn reaches<K: Ord + Copy>(links: &BTreeMap<K, BTreeSet<K>>, from: K, to: K) -> bool {
    let (mut seen, mut open) = (BTreeSet::new(), vec![from]);
    while let Some(next) = open.pop() {
        for one in links.get(&next).into_iter().flatten() {
            if *one == to {
                return true;
            }
            if seen.insert(*one) {
                open.push(*one);
            }
        }
    }
    false
}

/// Each line, first to last, goes into the last card of its namespace that it makes no circle with, else into a new one.
fn taken_apart(apart: BTreeMap<String, Vec<Row>>, needed: &Before, cards: &mut Vec<Card>) {
    let depth = depths(needed);
    let mut lines: Vec<(String, Row)> = apart
        .into_iter()
        .flat_map(|(name, rows)| rows.into_iter().map(move |row| (name.clone(), row)))
        .collect();
    let deep = |row: &Row| depth.get(&row.node).copied().unwrap_or_default();
    lines.sort_by(|(name, one), (other, two)| {
        (deep(one), name, &one.name).cmp(&(deep(two), other, &two.name))
    });
    let mut place: BTreeMap<usize, usize> = BTreeMap::new();
    for (n, card) in cards.iter().enumerate() {
        place.extend(card.rows.iter().map(|row| (row.node, n)));
    }
    let mut links: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
    for (name, row) in lines {
        let first: BTreeSet<usize> =
            needed.get(&row.node).into_iter().flatten().filter_map(|one| place.get(one)).copied().collect();
        let fits = |n: &usize| first.iter().all(|one| one == n || !reaches(&links, *n, *one));
        let own = (0..cards.len()).rev().filter(|n| cards[*n].name == name);
        let at = own.into_iter().find(fits).unwrap_or_else(|| {
            cards.push(card(name, Vec::new()));
            cards.len() - 1
        });
        for one in first.into_iter().filter(|one| *one != at) {
            links.entry(one).or_default().insert(at);
        }
        place.insert(row.node, at);
        cards[at].rows.push(row);
    }
}

/// How long the longest chain before each is. A cycle ends somewhere.
fn depths(needed: &Before) -> BTreeMap<usize, usize> {
    let mut depths: BTreeMap<usize, usize> = needed.keys().map(|node| (*node, 0)).collect();
    for _ in 0..needed.len().min(50) {
        for (node, first) in needed {
            let deepest = first.iter().map(|one| depths.get(one).copied().unwrap_or_default() + 1).max();
            if let Some(depth) = depths.get_mut(node) {
                *depth = (*depth).max(deepest.unwrap_or_default()).min(needed.len());
            }
        }
    }
    depths
}
