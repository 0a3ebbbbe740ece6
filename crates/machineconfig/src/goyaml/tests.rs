//! What go-yaml wrote for the same input: the vectors of schematics and files hold more.

use yaml::{Dialect, load_one};

use super::{marshal, without_comments};

#[test]
fn data_with_an_indent_of_four() {
    let value = load_one(
        "{a: {b: [1, {c: d, e: [f]}]}, s: \"yes\", t: \"1.0\", u: '', v: \"x\\ny\", w: ['12:30', \"a: b\", \"a\\tb\", \"e \\U0001F600\"], o: [], m: {}}",
        Dialect::GoYamlV3,
    )
    .unwrap();
    let want = "a:\n    b:\n        - 1\n        - c: d\n          e:\n            - f\ns: 'yes'\nt: \"1.0\"\nu: \"\"\nv: |-\n    x\n    y\nw:\n    - '12:30'\n    - 'a: b'\n    - \"a\\tb\"\n    - \"e \\U0001F600\"\no: []\nm: {}\n";
    assert_eq!(marshal(&value, 4), want);
}

#[test]
fn comments_go_and_styles_stay() {
    let text = "# gone\ntop:\n    # gone\n    a: 1   # gone\n    b: [x,   y]\n    c: \"${SUFFIX}\"\n    d: 'q'\n    e: |\n      # kept\n      text\n\n\nf: &x {k: v}\ng: *x\nh:\ni:\n- j\n-   - k\n    - l\n---\nm: !!str 5\n";
    let want = "top:\n  a: 1\n  b: [x, y]\n  c: \"${SUFFIX}\"\n  d: 'q'\n  e: |\n    # kept\n    text\nf: &x {k: v}\ng: *x\nh:\ni:\n  - j\n  - - k\n    - l\n---\nm: !!str 5\n";
    assert_eq!(without_comments(text).unwrap(), want);
}

#[test]
fn a_script_is_one_plain_scalar() {
    assert_eq!(
        without_comments("#!/bin/sh\necho one ${VIP}\necho two\n").unwrap(),
        "echo one ${VIP} echo two\n"
    );
    assert_eq!(without_comments("# only a comment\n").unwrap(), "");
}

// Each as talhelper 3.1.16 wrote it.
#[test]
fn folded_text_keeps_its_lines() {
    for (text, want) in [
        ("a: >\n  b c\n  d\n\n  e\n", "a: >\n  b c d\n\n  e\n\n"),
        ("a: >-\n  b\n", "a: >-\n  b\n"),
        ("b: >\n  x\n  y\nc: 2\n", "b: >\n  x y\n\nc: 2\n"),
        ("b: >+\n  x\n\nc: 2\n", "b: >+\n  x\n\n\nc: 2\n"),
        ("l:\n- >\n  x\n- b\n", "l:\n  - >\n    x\n\n  - b\n"),
    ] {
        assert_eq!(without_comments(text).unwrap(), want, "{text}");
    }
}

// As gopkg.in/yaml.v3 3.0.1 wrote it.
#[test]
fn line_breaks_in_quotes() {
    for (text, want) in [
        ("a: 'x\n\n  '\nb: 1\n", "a: 'x\n\n'\nb: 1\n"),
        ("l:\n- 'x\n\n\n  y\n\n  '\n", "l:\n  - 'x\n\n\n    y\n\n'\n"),
        ("a: \"x\\ry\"\n", "a: \"x\\ry\"\n"),
    ] {
        assert_eq!(without_comments(text).unwrap(), want, "{text:?}");
    }
}

#[test]
fn merge_keys_show_their_tag() {
    assert_eq!(
        without_comments("a: &x {b: c}\nd:\n  <<: *x\ne: '<<'\n").unwrap(),
        "a: &x {b: c}\nd:\n  !!merge <<: *x\ne: '<<'\n"
    );
}
