//! Encrypting and decrypting gives the same bytes, and touches nothing else on the way.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may fail")]

use clusterpipe_tests::*;

mod clusterpipe_tests {
    use sops::{Environment, Keyring, Rule, Selector, SelectorKind, generate_identity, parse_recipients};

    pub(crate) const NOW: &str = "2026-11-21T03:00:00Z";

    pub(crate) fn keys() -> (Keyring, String) {
        let (secret, public) = generate_identity();
        (Keyring::new(Environment::of([("SOPS_AGE_KEY", secret.as_str())])), public)
    }

    pub(crate) fn rule(public: &str, selector: &[(SelectorKind, &str)], mac_only_encrypted: bool) -> Rule {
        let fields: Vec<_> = selector.iter().map(|(kind, text)| (*kind, (*text).to_owned())).collect();
        Rule {
            groups: vec![parse_recipients(public)],
            shamir_threshold: None,
            selector: Selector::from_fields(&fields).unwrap(),
            mac_only_encrypted,
            indent: 2,
            binary_indent: None,
        }
    }
}

fn round(text: &str) {
    let (keyring, public) = keys();
    for (selector, mac_only) in [
        (vec![], false),
        (vec![], true),
        (vec![(sops::SelectorKind::EncryptedRegex, "^(data|stringData|b)$")], true),
        (vec![(sops::SelectorKind::EncryptedRegex, "^(data|stringData|b)$")], false),
    ] {
        let rule = rule(&public, &selector, mac_only);
        let encrypted = sops::encrypt(text, &rule, NOW).unwrap_or_else(|error| panic!("{error:?}\n{text}"));
        assert_eq!(encrypted.notes, [], "{text}");
        let decrypted = sops::decrypt(&encrypted.text, &keyring, false)
            .unwrap_or_else(|error| panic!("{error:?}\n{}", encrypted.text));
        assert_eq!(decrypted.text.as_str(), text, "{}", encrypted.text);
    }
}

#[test]
fn every_style_comes_back_to_the_byte() {
    for text in [
        "a: 1\n",
        "a: b",
        "---\na: b\n...\n",
        "# head\n\na:   x   # inline\n\n\nb:\n    - 1\n    - two # c\n    # foot\n\n# tail\n",
        "a: 'single'\nb: \"double\"\nc: plain text, with comma [x]\nd: 'it''s'\n",
        "yes: yes\nb: 'yes'\nc: \"yes\"\nd: [\"a\", \"b\"]\ne: 10:20\nf: '10:20'\n",
        "n: 007\nf: 1.10\ne: 1e3\np: +5\nd: .5\nt: TRUE\nz: -0.0\n",
        "x: ~\nb: null\nc:\nd: \"\"\ne: ''\nf: {}\ng: []\n",
        "a: |\n  one\n\n   two\n  three  \nb: |-\n  x\nc: |+\n  y\n\nd: >\n  folded\n\n  text\ne: |2\n    lead\n",
        "a: | # note\n  text\nb: x\n",
        "- x: 1\n".replace("- x", "l:\n- x").as_str(),
        "l:\n- a\n- - b\n  - c\n- k: v\n  w: z\n",
        "a: &anchor v\nb: x\n",
        "a: 1\n---\nb: 2\n# between\n---\nb: {b: \"x\"}\n",
        "{\"a\": \"x\", \"b\": [\"1\", null]}\n",
        "{}\n",
        "{\"a\": \"x\", b: }\n",
        "{\"a\": \"x\", \"b\":}\n",
        "{\n\"a\":\"x\",\n\"b\" :\n}\n",
        "{\"a\": \"x\", b}\n",
        "---\n",
        "  a: 1\n  b: x\n",
        "a: 1\r\nb: |\r\n  x\r\n  y\r\nc: 'z'\r\n",
        "a: 1\rb: x\r",
        "a: 1\rb: x",
        "a: 1 # c\r\n# d\r\nb: x\r\n\r\n# e\r\n",
        "%YAML 1.1\n---\na: 1\n...\n# tail\n",
        "a: 1\n---\n# only a comment\n---\nb: x\n",
        "# c\n---\n# d\na: 1\n# e\n---\n# f\nb: x\n...\n",
        "a:\n  - x\n\n\n\n",
        "a: True\nb: False\nc: [True]\n",
        "base: &base {k: 1}\nb: \"x\"\n",
        "a_unencrypted: &u {k: v}\nb_unencrypted: *u\nc_unencrypted:\n  <<: *u\n",
        "a: ''\nb: |-\n\n\nc: x\n",
        "\"quoted key\": x\n'single': y\n? a\n: z\n",
        "b: 'two words' # with a # in it\nc: a#b\n",
        "\u{feff}a: 1\n",
        "a: !!map {}\nb: \"\\n\"\n",
        "data: {a: 'b'}\n",
    ] {
        round(text);
    }
}

/// sops writes every value plain; a text of several lines, with a comment behind it, has to come back on one line.
#[test]
fn lines_with_a_comment_behind_them() {
    let (keyring, public) = keys();
    let text = "a: \"x\\ny\" # in\nb: 1\n";
    let ours = sops::encrypt(text, &rule(&public, &[], false), NOW).unwrap().text;
    let as_sops = ours.replacen("a: \"ENC", "a: ENC", 1).replacen("type:str]\" #", "type:str] #", 1);
    assert_ne!(as_sops, ours);
    assert_eq!(sops::decrypt(&as_sops, &keyring, false).unwrap().text.as_str(), text);
}

/// Of `{}` sops 3.13.3 writes the block alone (ours, which keeps every byte, a mapping with it inside).
#[test]
fn an_empty_mapping_of_sops_is_none_of_nothing() {
    round("---\n");
    round("{}\n");
    let (keyring, public) = keys();
    let sealed = sops::encrypt("---\n", &rule(&public, &[], false), NOW).unwrap().text;
    let alone = sealed.strip_prefix("---\n").unwrap();
    for (text, plain) in [
        (alone.to_owned(), "{}\n"),
        (format!("# x\n{alone}"), "# x\n{}\n"),
        (format!("# x\n{}", alone.trim_end()), "# x\n{}"),
        (alone.replace('\n', "\r\n"), "{}\r\n"),
    ] {
        let opened = sops::decrypt(&text, &keyring, false).map(|opened| opened.text.to_string());
        assert_eq!(opened.unwrap_or_else(|error| panic!("{error:?} {text}")), plain);
    }
}

/// Such a comment speaks of the value that it stands before, for sops too.
#[test]
fn comments_between_a_key_and_its_value() {
    let (keyring, public) = keys();
    let rule = rule(&public, &[(sops::SelectorKind::EncryptedCommentRegex, "enc")], false);
    for text in [
        "a: # enc\n  hidden\nb: y\n",
        "a:\n  # enc\n  hidden\nb: y\n",
        "a: # x\n  # enc\n  hidden\nb: y\n",
        "k:\n  a:\n    # enc\n\n    'hidden'\n  b: y\n",
        "a:\n  # enc\n  |\n  hidden\nb: y\n",
        "a:\n  # enc\n  c: hidden\nb: y\n",
    ] {
        let sealed = sops::encrypt(text, &rule, NOW).unwrap().text;
        assert!(!sealed.contains("hidden") && sealed.contains("b: y\n"), "{sealed}");
        assert_eq!(sops::decrypt(&sealed, &keyring, false).unwrap().text.as_str(), text);
    }
}

/// Keys are never encrypted: one that stands for an encrypted value would show it.
#[test]
fn aliases_as_keys() {
    let (_, public) = keys();
    let error = sops::encrypt("name: &app web\nb:\n  *app: 80\n", &rule(&public, &[], false), NOW);
    assert_eq!(error.unwrap_err().code, "sops/alias");
    let by_name = rule(&public, &[(sops::SelectorKind::EncryptedRegex, "^b$")], false);
    let sealed = sops::encrypt("name: &app web\nb:\n  *app: 80\nc: {*app: 1}\n", &by_name, NOW).unwrap();
    assert!(
        sealed.text.contains("\n  *app: ENC[") && sealed.text.contains("c: {*app: 1}\n"),
        "{}",
        sealed.text
    );
}
