//! What is wrong with a catalogue is said with its place, and all of it at once.

#![allow(clippy::unwrap_used, reason = "help for tests")]

mod support;

use std::path::Path;

use cluster::Model;
use support::report;

/// The report about a catalogue of these components (`namespace/app`, text).
fn errors(components: &[(&str, &str)]) -> String {
    let dir = tempfile::tempdir().unwrap();
    for (id, text) in components {
        let folder = dir.path().join("cluster-template/kubernetes/apps").join(id);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("component.yaml"), text).unwrap();
    }
    match Model::load(dir.path(), "cluster-template") {
        Ok(_) => "fine".to_owned(),
        Err(failure) => report(&failure.diagnostics).replace(&dir.path().display().to_string(), "TEMPLATES"),
    }
}

#[test]
fn a_component_needs_little() {
    assert_eq!(errors(&[("a/b", "description: d\nwhen: true\n")]), "fine");
}

#[test]
fn files_that_are_no_components() {
    insta::assert_snapshot!(errors(&[
        ("a/unknown-key", "description: d\nwhen: true\noptionz: {}\n"),
        ("a/unknown-word", "description: d\nwhen: true\noptions:\n  k: { type: string, formatt: ipv4 }\n"),
        ("a/unknown-format", "description: d\nwhen: true\noptions:\n  k: { type: string, format: ipv5 }\n"),
        ("a/no-when", "description: d\n"),
        ("a/when-a-list", "description: d\nwhen: [a]\n"),
        ("a/twice", "description: d\nwhen: true\nwhen: false\n"),
        ("a/syntax", "description: [\n"),
        ("a/empty", ""),
    ]));
}

#[test]
fn names_that_nothing_has() {
    insta::assert_snapshot!(errors(&[
        ("a/when", "description: d\nwhen: node_cird\n"),
        ("a/computed", "description: d\nwhen: true\ncomputed:\n  c: { type: bool, value: not whatever }\n"),
        ("a/requires", "description: d\nwhen: true\nrequires: [a/wehn]\n"),
        (
            "a/rules",
            "description: d\nwhen: true\nrules:\n  - { code: config/x, all_or_none: [node_cidr, nope] }\n  - { code: config/x, for: nodes, at: diks, assert: node.disk }\n",
        ),
        (
            "a/provides",
            "description: d\nwhen: true\nprovides:\n  s:\n    - { value: \"#{ nope }#\", when: nopes }\n"
        ),
    ]));
}

#[test]
fn keys_with_two_owners() {
    insta::assert_snapshot!(errors(&[
        ("a/core", "description: d\nwhen: true\noptions:\n  node_cidr: { type: string }\n"),
        ("a/first", "description: d\nwhen: true\noptions:\n  mine: { type: string }\n"),
        ("b/second", "description: d\nwhen: true\noptions:\n  mine: { type: string }\n"),
        ("a/derived", "description: d\nwhen: true\ncomputed:\n  components: { type: list, value: '[]' }\n"),
    ]));
    let both = [("a/b", "description: d\nwhen: true\n"), ("x/a/b", "description: d\nwhen: true\n")];
    insta::assert_snapshot!(errors(&both));
}

#[test]
fn components_in_the_folders_of_components() {
    let plain = "description: d\nwhen: true\n";
    let all = ["a/b", "a/b/c", "a/b/c/d", "a/b/e/f", "a/bc", "g/h"].map(|id| (id, plain));
    insta::assert_snapshot!(errors(&all));
}

#[test]
fn computed_values_that_need_each_other() {
    insta::assert_snapshot!(errors(&[(
        "a/b",
        "description: d\nwhen: true\ncomputed:\n  one: { type: bool, value: two }\n  two: { type: bool, value: three and node_cidr }\n  three: { type: bool, value: not one }\n",
    )]));
}

#[test]
fn rules_and_expressions_that_say_nothing() {
    insta::assert_snapshot!(errors(&[
        ("a/none", "description: d\nwhen: true\nrules:\n  - { code: config/x }\n"),
        (
            "a/two",
            "description: d\nwhen: true\nrules:\n  - { code: config/x, assert: node_cidr, unique: [node_cidr] }\n"
        ),
        ("a/code", "description: d\nwhen: true\nrules:\n  - { code: B1, assert: node_cidr }\n"),
        ("a/syntax", "description: d\nwhen: node_cidr and\n"),
        ("a/filter", "description: d\nwhen: node_cidr | nthost(1)\n"),
        ("a/pattern", "description: d\nwhen: true\noptions:\n  p: { type: string, pattern: '(' }\n"),
        (
            "a/default",
            "description: d\nwhen: true\noptions:\n  k: { type: string, format: cidr, default: 10.0.0.1/8 }\n  l: { enum: [a, b], examples: [c] }\n"
        ),
    ]));
}

#[test]
fn folders_that_are_no_catalogue() {
    let missing = Model::load(Path::new("/nonexistent"), "cluster-template").err().unwrap();
    let other = Model::load(&support::root().join("templates"), "no-such-system").err().unwrap();
    let shown = report(&[missing.diagnostics, other.diagnostics].concat());
    insta::assert_snapshot!(shown.replace(&support::root().display().to_string(), "ROOT"));
}
