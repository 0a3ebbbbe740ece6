//! Every rule that others check has a test of ours, or a reason why it has no place here (rules.tsv).

#![allow(clippy::unwrap_used, reason = "help for tests")]

mod support;

use std::collections::BTreeSet;

use support::root;

/// The rules there are: letter, first and last number.
const RULES: [(char, usize, usize); 6] =
    [('C', 1, 21), ('N', 1, 8), ('D', 1, 19), ('D', 30, 39), ('H', 1, 24), ('R', 1, 14)];

#[test]
fn every_rule_has_a_test() {
    let table = include_str!("rules.tsv");
    let mut named = BTreeSet::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let (rule, proofs) = line.split_once('\t').unwrap();
        assert!(named.insert(rule.to_owned()), "{rule} stands there twice");
        match proofs.strip_prefix('-') {
            Some(reason) => assert!(reason.trim().len() > 10, "{rule}: no reason"),
            None => proofs.split(' ').for_each(|proof| exists(rule, proof)),
        }
    }
    let all =
        RULES.iter().flat_map(|(letter, first, last)| (*first..=*last).map(move |n| format!("{letter}{n}")));
    assert_eq!(named, all.collect());
}

fn exists(rule: &str, proof: &str) {
    let root = root();
    let (path, name) = proof.split_once("::").unwrap_or((proof, ""));
    let path = match path.split('/').next() {
        Some("corpus" | "shipped") => root.join("crates/cluster/tests").join(format!("{path}.yaml")),
        _ => root.join(path),
    };
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{rule}: {proof}: {error}"));
    assert!(text.contains(name), "{rule}: {} has no {name}", path.display());
}
