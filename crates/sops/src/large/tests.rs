//! Pieces must come to what the whole text comes to.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

#[path = "../../tests/documents/mod.rs"]
mod documents;

use std::sync::LazyLock;

use super::*;
use crate::{Environment, SelectorKind, decrypt_as, encrypt_as, parse_recipients};

const NOW: &str = "2026-11-21T03:00:00Z";

static KEY: LazyLock<(Keyring, String)> = LazyLock::new(|| {
    let (secret, public) = crate::generate_identity();
    (Keyring::new(Environment::of([("SOPS_AGE_KEY", secret.as_str())])), public)
});

fn rule(selector: &[(SelectorKind, &str)], mac_only_encrypted: bool) -> Rule {
    let fields: Vec<_> = selector.iter().map(|(kind, text)| (*kind, (*text).to_owned())).collect();
    Rule {
        groups: vec![parse_recipients(&KEY.1)],
        shamir_threshold: None,
        selector: crate::Selector::from_fields(&fields).unwrap(),
        mac_only_encrypted,
        indent: 2,
        binary_indent: None,
    }
}

/// The text with what differs from run to run cut out.
fn shape(text: &str) -> String {
    let mut out = String::new();
    for (number, part) in text.split("ENC[AES256_GCM,").enumerate() {
        let rest = if number == 0 { Some(part) } else { part.split_once(",type:").map(|(_, rest)| rest) };
        out.push_str(rest.unwrap_or_default());
    }
    let lines = out
        .lines()
        .filter(|line| !line.trim().chars().all(|c| c.is_ascii_alphanumeric() || "+/=".contains(c)));
    lines.map(|line| if line.contains("AGE ENCRYPTED") { "enc" } else { line }).collect::<Vec<_>>().join("\n")
}

/// Encrypts and decrypts in pieces of every size given, beside the whole. How often there were pieces.
fn compare(text: &str, format: Format, rule: &Rule, sizes: &[usize]) -> (usize, usize) {
    let whole = encrypt_as(text, format, rule, NOW);
    let (mut sealed, mut opened) = (0, 0);
    for size in sizes {
        let mut made = Vec::new();
        let notes = encrypt(text, format, rule, NOW, (&mut made, *size)).unwrap();
        let Some(notes) = notes else { continue };
        sealed += 1;
        let whole = whole.as_ref().unwrap();
        let made = String::from_utf8(made).unwrap();
        assert_eq!(shape(&made), shape(&whole.text), "{size}: {text}");
        assert_eq!(notes, whole.notes, "{size}: {text}");
        let again = decrypt_as(&made, format, &KEY.0, false).unwrap();
        let plain = decrypt_as(&whole.text, format, &KEY.0, false).unwrap();
        assert_eq!(again.text, plain.text, "{size}: {text}");
    }
    let Ok(whole) = whole else { return (sealed, opened) };
    let plain = decrypt_as(&whole.text, format, &KEY.0, false).unwrap();
    for size in sizes {
        let Some(again) = decrypt(&whole.text, format, &KEY.0, false, *size).unwrap() else { continue };
        opened += 1;
        assert_eq!((again.text, again.notes), (plain.text.clone(), plain.notes.clone()), "{size}: {text}");
    }
    (sealed, opened)
}

fn rules() -> [Rule; 4] {
    [
        rule(&[], false),
        rule(&[(SelectorKind::EncryptedRegex, "^(data|[a-c])$")], true),
        rule(&[(SelectorKind::UnencryptedRegex, "^[a-c]$")], false),
        rule(&[(SelectorKind::EncryptedSuffix, "a")], false),
    ]
}

#[test]
fn generated_texts() {
    use proptest::test_runner::{Config, TestRunner};
    // Eighty cases gave 40 to 80 texts that can be cut.
    let mut runner = TestRunner::new(Config { cases: 160, failure_persistence: None, ..Config::default() });
    let counts = std::cell::Cell::new((0, 0));
    let cases = (documents::document(), 0..4usize);
    let result = runner.run(&cases, |(text, number)| {
        let (sealed, opened) = compare(&text, Format::Yaml, &rules()[number], &[1, 40, 200]);
        let so_far = counts.get();
        counts.set((so_far.0 + sealed, so_far.1 + opened));
        Ok(())
    });
    result.unwrap();
    // Texts that end without a line break are never cut, nor are those of one entry.
    assert!(counts.get().0 > 40 && counts.get().1 > 40, "{:?}", counts.get());
}

#[test]
fn texts_that_lines_do_not_tell_all_about() {
    let cases = [
        ("a: \"x\nb: y\"\nc: z\nd: w\n", true),
        ("a: |\n  k: v\n  k: v\nb: 1\nc: 2\n", true),
        ("a: >+\n  k: v\n\n\nb: 1\nc: 2\n", true),
        ("a: [1,\n2,\nb: 3\n]\nc: 4\nd: 5\n", false),
        ("a: {\n  b: 1,\n  c: 2\n}\nd: 3\ne: 4\n", true),
        ("a: &x 1\nb: *x\nc: 2\nd: 3\n", false),
        ("a: 1\nb: 2\n---\nc: 3\nd: 4\n", false),
        ("%YAML 1.2\n---\na: 1\nb: 2\n", false),
        ("---\na: 1\nb: 2\nc: 3\n", true),
        ("a: 1\nb: 2\nc: 3\n...\n", false),
        ("? a\n: 1\nb: 2\nc: 3\n? d\n: 4\n", true),
        ("a:\n- 1\n- 2\n- 3\nb:\n- x: 1\n  y: 2\n- x: 3\n  y: 4\n", true),
        ("a:\n- - 1\n  - 2\n- - 3\n  - 4\n", true),
        ("a:\n  - b:\n      c: 1\n      d: 2\n      e: 3\n    f: 4\n  - g: 5\n", true),
        ("\"a b\":\n  'c d': 1\n  'e f': 2\n\"g\": 3\n", true),
        ("a: plain\n  goes on\nb: 1\nc: 2\n", true),
        ("a: !!map\n  b: 1\n  c: 2\n  d: 3\ne: 4\n", false),
        ("a: 1\r\nb:\r\n  c: 2\r\n  d: 3\r\ne: 4\r\n", true),
        ("  a: 1\n  b: 2\n  c: 3\n", true),
        ("a:\n  x: 1\n\n# of b\nb:\n  y: 2\n  z: 3\n# end\n", true),
        ("a: |2\n    k: v\n   l: w\nb: 1\nc: 2\n", true),
        ("a: 1 # |\nb: 2\nc: 3\n", true),
    ];
    for (text, cut) in cases {
        for rule in &rules() {
            let (sealed, opened) = compare(text, Format::Yaml, rule, &[1, 8]);
            assert!((sealed > 0) == cut && (opened > 0 || !cut), "{sealed} {opened} {text}");
        }
    }
}

#[test]
fn a_key_given_twice_is_seen_across_pieces() {
    for text in [
        "a: 1\nb: 2\nc: 3\na: 4\n",
        "a:\n  x: 1\n  y: 2\n  z: 3\n  x: 4\nb: 5\n",
        "a:\n  x: 1\nb: 2\na:\n  y: 3\n  z: 4\n",
    ] {
        let whole = encrypt_as(text, Format::Yaml, &rule(&[], false), NOW);
        assert_eq!(whole.unwrap_err().code, "yaml/duplicate-key");
        let made = encrypt(text, Format::Yaml, &rule(&[], false), NOW, (&mut Vec::new(), 1));
        assert!(made.unwrap().is_none(), "{text}");
    }
    // The same keys in other mappings are no second ones.
    let text = "a:\n  x: 1\n  y: 2\nb:\n  x: 1\n  y: 2\nc:\n- x: 1\n  y: 2\n- x: 1\n  y: 2\n";
    assert!(compare(text, Format::Yaml, &rule(&[], false), &[1]).0 > 0);
}

#[test]
fn json() {
    let text = "{\n\t\"a\": {\"b\": [1, 2.5, {\"c\": \"x,}\\\"\"}, true, null], \"a_unencrypted\": \"p\"},\n\t\"d\": {\n\t\t\"e\": {\"f\": \"g\", \"h\": \"i\"}\n\t},\n\t\"j\": [[1, 2], [3, 4]],\n\t\"k\": \"l\"\n}\n";
    for rule in &rules() {
        for text in [text, &text.replace(['\n', '\t'], "")] {
            let (sealed, opened) = compare(text, Format::Json, rule, &[1, 10, 50]);
            assert_eq!((sealed, opened > 0), (3, true), "{text}");
        }
    }
    for text in [
        "{\"a\": [1, 2}",
        "{\"a\": 1, \"b\": 2",
        "{\"a\": 1, \"b\": 2} x",
        "[1, 2, 3]",
        "{\"a\": 1, \"sops\": {\"x\": 1, \"y\": 2}}",
    ] {
        assert_eq!(compare(text, Format::Json, &rule(&[], false), &[1]), (0, 0), "{text}");
    }
}

#[test]
fn what_was_altered_is_refused_as_a_whole_is() {
    let text = "a: 1\nb:\n  c: two\n  d: three\n  e: [four, five]\nf: six\n";
    let sealed = encrypt_as(text, Format::Yaml, &rule(&[], false), NOW).unwrap().text;
    let lines: Vec<_> = sealed.lines().collect();
    let swapped = sealed.replacen(lines[0], lines[5], 1).replacen("f: ENC", "x: ENC", 1);
    let cut = sealed.replacen(&format!("{}\n", lines[2]), "", 1);
    let altered = sealed.replacen("c: ENC[AES256_GCM,data:", "c: ENC[AES256_GCM,data:A", 1);
    for text in [swapped, cut, altered] {
        let pieces = decrypt(&text, Format::Yaml, &KEY.0, false, 1);
        // Either the pieces tell, or the whole is read for its error.
        assert!(!matches!(pieces, Ok(Some(_))), "{text}");
        assert!(decrypt_as(&text, Format::Yaml, &KEY.0, false).is_err());
    }
    // The removed value alone is noticed by the integrity code over all pieces.
    let cut = sealed.replacen(&format!("{}\n", lines[2]), "", 1);
    let error = decrypt(&cut, Format::Yaml, &KEY.0, false, 1).err().map(|error| error.code);
    assert_eq!(error, Some("sops/mac-mismatch"));
    assert!(decrypt(&cut, Format::Yaml, &KEY.0, true, 1).unwrap().is_some());
}

/// A plain value or a key may look like what stands for an encrypted one while a piece is read.
#[test]
fn what_looks_like_a_mark_stays() {
    let text = "a: ENC[0]\nb:\n  c_unencrypted: ENC[1]\n  d: two\nENC[2]: three\ne: ENC[9]x\nf: four\n";
    for rule in [rule(&[], false), rule(&[(SelectorKind::EncryptedRegex, "^[bf]$")], true)] {
        let (sealed, opened) = compare(text, Format::Yaml, &rule, &[1, 20]);
        assert!(sealed > 0 && opened > 0);
    }
    let comments = "a: 1\n# ENC[0]\nb:\n  # three\n  c: two # ENC[1] and more\n  d: three\nf: four\n";
    assert!(compare(comments, Format::Yaml, &rule(&[], false), &[1, 20]).1 > 0);
}
