//! Documents with every type, style, layout and comment position, for each format. Each is tried with every rule.

use std::path::Path;

/// A name and a text.
pub(crate) type Document = (String, String);

/// YAML: those that the format crate has as vectors, and these.
pub(crate) fn yaml() -> Vec<Document> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/sops/tests/vectors");
    let mut found: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".plain.yaml"))
        .map(|path| {
            (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(path).unwrap())
        })
        .collect();
    found.extend(YAML.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
    found.extend(named("go-yaml", GO_READS));
    found.sort();
    found
}

/// JSON objects, and what is none.
pub(crate) fn json() -> Vec<Document> {
    named("json", JSON)
}

/// dotenv files.
pub(crate) fn dotenv() -> Vec<Document> {
    named("dotenv", DOTENV)
}

fn named(kind: &str, texts: &[&str]) -> Vec<Document> {
    texts.iter().enumerate().map(|(number, text)| (format!("{kind} {number}"), (*text).to_owned())).collect()
}

/// Bytes, which need not be text.
pub(crate) const BINARY: &[&[u8]] = &[
    b"",
    b"\x00\x01\xff\xfe",
    b"hello\n",
    b"{\"data\": \"x\"}",
    &[7; 3000],
    b"a: 1\nsops: x\n",
    b"\xef\xbb\xbfx",
];

const YAML: &[(&str, &str)] = &[
    (
        "styles",
        "a: 'single'\nb: \"double\"\nc: plain, with comma [x]\nd: 'it''s'\ne: >-\n  folded\n  text\n\n  more\nf: |2\n    lead\nl: |+\n  keep\n\n",
    ),
    (
        "words",
        "data: {a: \"yes\"}\ny: yes\nn: 'no'\nt: 10:20\nq: '10:20'\no: \"on\"\ne: =\nb: True\nf: FALSE\nm: '<<'\n",
    ),
    (
        "escapes",
        "a: \"tab\\there\"\nb: \"bell\\a\"\nc: \"\\u00e9\\u2028\"\nd: \"back\\\\slash\"\ne: 'quote '' and \"'\n",
    ),
    ("flow", "{\"a\": \"x\", \"b\": [1, null, \"\", {\"c\": 1.5}]}\n"),
    ("empties", "a: ~\nb: null\nc:\nd: \"\"\ne: ''\nf: {}\ng: []\nh: [[]]\n"),
    ("no-newline", "a: 1\nb: x"),
    ("markers", "---\na: 1\n...\n---\n# second\nb: 2\n---\nc: 3\n"),
    ("crlf", "a: 1\r\nb: |\r\n  x\r\n  y\r\nc: 'z'\r\n"),
    (
        "anchors",
        "base: &base\n  k: v\n  n: 1\nscalar: &s text\ncopy: *s\nmerged:\n  <<: *base\n  own: x\nlist: [*s, *base]\n",
    ),
    ("nested-lists", "l:\n- a\n- - b\n  - - c\n- k: v\n  w:\n  - z\n"),
    ("indented", "  a: 1\n  b:\n      c: x\n"),
    ("deep-keys", "\"a:b\":\n  \"c d\": 1\n  'é': 2\n  \"yes\": 3\n"),
    (
        "commented-list",
        "data:\n  # one\n  - a # two\n  # three\n  - b\n  # four\nstringData:\n  # five\n  k: v # six\n",
    ),
    (
        "long",
        "a: ENC is not [a, value]\nb: 0123456789abcdef\nc: 1e5x\nd: .e3\ne: 0x\nf: 0b12\ng: 1__0\nh: _1\n",
    ),
    ("types", "a: 1\nb: two\nc: 3.5\nd: true\ne: null\nf: \"\"\n"),
    ("secret", "data:\n  token: abc\n  n: 007\nname: x\n"),
    (
        "comments",
        "# head\n\na: 1 # inline\n# mid sops:enc\nb: two # sops:dec\n\nc:\n  # inner sops:enc\n  d: x\n  e: y # in\n  # foot\n# tail\n",
    ),
    ("commented-map", "# sops:enc\ndata:\n  x: 1\n  y:\n    - a\n    - b # sops:dec\n# after\nz: 1\n"),
    (
        "commented-items",
        "l:\n  # first sops:enc\n  - a\n  - b # sops:enc\n  # third\n  - k: v\n    w: z\n  # foot\nm: 1\n",
    ),
    ("suffixes", "a_secret: x\nb_plain: y\nc:\n  d_secret:\n    e: 1\n  f: 2\n"),
    (
        "blocks",
        "stringData:\n  multi: |\n    l1\n      l2\n\n    l3\n  fold: >-\n    some\n    folded\n\n    text\n  keep: |+\n    x\n\n  s: 'it''s'\n  d: \"a\\tb\"\n",
    ),
    ("flow-inside", "a: [1, two, {x: y}]\nb: {c: d, e: [f]}\nc: []\nd: {}\n"),
    ("two-documents", "---\na: 1\n---\nb: 2\n# c sops:enc\nc: 3\n"),
    (
        "spellings",
        "a: yes\nb: \"yes\"\nc: on\nd: ~\ne: 0x1F\nf: 0o17\ng: 017\nh: 1_000\ni: 1e3\nj: .inf\nk: -.inf\nl: .nan\nm: 2020-01-01\nn: 2020-01-01T10:00:00Z\no: +5\np: .5\nq: \"1\"\n",
    ),
    ("aliases", "x: &a 1\ny: *a\nz: &b {q: 1}\nw: *b\n"),
    ("merge", "base: &base\n  k: v\nd:\n  <<: *base\n  l: 1\n"),
    ("blanks", "a:   spaced   \nb:\t tab\n"),
    ("keys", "\"quoted key\": v\n'single': w\n? complex\n: val\n"),
    ("wide", "a: \"line1\\nline2\"\nb: \"\\u00e9\\x07\"\nc: é😀\n"),
    ("folds", "a: multi\n  line plain\nb: \"multi\n  line quoted\"\nc: 'multi\n\n  single'\n"),
    ("tags", "a: !!str 5\nb: !!int \"5\"\nc: !!binary aGVsbG8=\nd: !!float 3\n"),
    ("crlf-comments", "a: 1\r\nb: two # c\r\nc:\r\n  - x\r\n  - |\r\n    l1\r\n    l2\r\n"),
    ("end-plain", "a: x"),
    ("end-block", "a: |\n  no newline at end"),
    ("dashes", "l:\n- a\n- - b\n  - c\n-\n  - d\n"),
    ("scattered", "# only comment sops:dec\n\n# second\na:\n# weird\n  b: 1\n  # x\n\n  # y\nc: 2\n"),
    (
        "limits",
        "a: 123456789012345678\nb: 9223372036854775807\nc: -9223372036854775808\nd: 1.7976931348623157e308\ne: 5e-324\n",
    ),
    (
        "deep",
        "sub:\n    deep:\n        er:\n            - x: 1\n              # c sops:enc\n              y: 2\n",
    ),
    ("looks", "a: \"ENC[AES256_GCM,data:x]\"\nb: \"#nocomment\"\nc: \"- x\"\nd: \"a: b\"\n"),
    ("nulls", "n: null\nb: [null, ~, \"\"]\nc: {d: null}\n"),
    (
        "commented-nothing",
        "n:\n  a: 1\n  c:  # sops:enc\nl:\n  # sops:enc\n  -\n  - b\n  # x\n  -  # sops:dec\nx: 2\nm:\n- q\n- # sops:enc\nz: 3\n",
    ),
    (
        "commented-documents",
        "s: 1\n---\n# sops:enc\n# f\n\nc: 1\n---\n# sops:dec\nd: 1\n---\n\n# sops:enc\n\ne:\n",
    ),
    ("comment-runs", "# sops:dec\na: 1\nb: 2\n# sops:dec\n# sops:enc\nc:\n  d: 1\n  # sops:enc\n  e: 2\n"),
    ("floats", "a: -0.0\nb: 0.0\nc: 1.0\nd: 1.50\n"),
];

/// What go-yaml refuses although others read it, and what it reads that looks alike.
const GO_READS: &[&str] = &[
    "a: 1\n\t\nb: 2\n",
    "a: 1\n  \t\nb: 2\n",
    "a: 1\n\t# c\nb: 2\n",
    "a:\t1\nb: 2\t# c\n",
    "a:\n  -\tx\n",
    "a:\n \tb\n",
    "a: |\n  \tx\n",
    "a: |\n  x\n  \ty\n",
    "a: |\n  x\n \t\n",
    "a: >-\n  x\n  \n\t\n",
    "%YAML 1.1\n---\na: 1\n",
    "%YAML 1.2\n---\na: 1\n",
    "a: \"x\\/y\"\n",
    "a: \"\\uD83D\\uDE00\"\n",
    "a: &x.y 1\nb: 2\n",
    "a: &x_y-1 1\nb: 2\n",
    "a: {\"x\"\n  : 1}\n",
    "a: {\"x\":\n  1}\n",
    "a: [:x]\n",
    "a: [x:y, x::y, \":x\", 'a?b']\n",
    "a: [a?b]\n",
    "a: {a?: b}\n",
    "a: [http://x/?y=z]\n",
    "a: x?y\n",
    "{\"a\": \"x\", b: }\n",
    "{\"a\": \"x\", \"b\":}\n",
    "a: x\rb: 2\r",
    "k:\n  a:\n    # sops:enc\n    x\n  b: # c\n    # sops:dec\n    y\n  c: z\n",
];

const JSON: &[&str] = &[
    "{\"a\": 1, \"b\": \"two\", \"c\": 3.5, \"d\": true, \"e\": null, \"f\": \"\"}\n",
    "{\n  \"data\": {\n    \"token\": \"abc\",\n    \"n\": [1, 2.50, \"x\", false, null]\n  },\n  \"name\": \"x\"\n}\n",
    "{\n\t\"a\": {},\n\t\"b\": [],\n\t\"c\": {\"d\": {\"e\": [[1], [], {}]}}\n}",
    "{}\n",
    "{ }",
    "{\"a\":\"\\u00e9\\n\\t\\\"\\\\/\\ud83d\\ude00<>&\"}",
    "{\"a\": 12345678901234567890, \"b\": 1e3, \"c\": -0, \"d\": 1E400, \"e\": 9223372036854775807}",
    "{\"a\": 12345678901234567890, \"b\": 1e3, \"c\": -0, \"e\": 9223372036854775807, \"f\": 1.0, \"g\": 0.1, \"h\": -1.5e-7, \"i\":1e21}",
    "{\"a\": 1, \"a\": 2}",
    "{\"a_secret\": \"x\", \"b_plain\": {\"c\": 1}, \"b\": [{\"z\":1}]}",
    "{\"a\": 1,\r\n \"b\": \"x\"\r\n}\r\n",
    "{\n    \"a\": \"x\",\n    \"yes\": \"no\"\n}\n",
    "[1]",
    "\"x\"",
    "{\"a\":1",
    "{\"a\":1} {\"b\":2}",
    "",
    "  ",
    "{\"sops\": 1}",
    "{\"a\": \"\u{1}\"}",
    "{\"\": \"empty key\", \"k:l\": \"colon\", \"é\": \"u\"}",
];

const DOTENV: &[&str] = &[
    "A=1\nB=two\n# comment sops:enc\nC=three\n\nD=\nE=\"quoted\"\nexport F=x\n",
    "A_secret=x\nB_plain=y\nb=z\ndata=d\n#c\n#\n# ENC?\n",
    "A=a\\nb\nB=c=d\nC= spaced \n",
    "A=1",
    "",
    "\n\n",
    "# only\n",
    "nothing\n",
    "A=1\r\nB=2\r\n#c\r\n",
    "sops_x=1\n",
    "A=é😀\n",
    "A=1\nA=2\n",
    " # x\nA=1\n",
    "=v\n",
    "# sops:dec\nA=1\nB=2\n",
    "# sops:enc\n# two\nA=1\nB=2\n",
];
