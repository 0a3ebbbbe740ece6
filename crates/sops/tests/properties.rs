//! Properties over generated files: decrypting undoes encrypting, edits never leave the chosen values, and no input makes
//! anything panic.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail")]

mod documents;

use std::sync::LazyLock;

use documents::document;

use proptest::prelude::*;
use sops::{Environment, Keyring, Rule, Selector, SelectorKind};

const NOW: &str = "2026-11-21T03:00:00Z";

/// One throwaway identity for all cases: wrapping keys is not what is tested here.
static KEY: LazyLock<(Keyring, String)> = LazyLock::new(|| {
    let (secret, public) = sops::generate_identity();
    (Keyring::new(Environment::of([("SOPS_AGE_KEY", secret.as_str())])), public)
});

fn rule(selector: &[(SelectorKind, String)], mac_only_encrypted: bool, indent: usize) -> Rule {
    Rule {
        groups: vec![sops::parse_recipients(&KEY.1)],
        shamir_threshold: None,
        selector: Selector::from_fields(selector).unwrap(),
        mac_only_encrypted,
        indent,
        binary_indent: None,
    }
}

fn any_rule() -> impl Strategy<Value = Rule> {
    let selector = prop_oneof![
        Just(Vec::new()),
        Just(vec![(SelectorKind::EncryptedRegex, "^(data|[a-c])$".to_owned())]),
        Just(vec![(SelectorKind::UnencryptedRegex, "^[a-c]$".to_owned())]),
        Just(vec![(SelectorKind::EncryptedSuffix, "a".to_owned())]),
        Just(vec![(SelectorKind::UnencryptedSuffix, "b".to_owned())]),
    ];
    (selector, any::<bool>(), 2usize..6).prop_map(|(selector, only, indent)| rule(&selector, only, indent))
}

/// The text with every encrypted value and the block cut out: what must be the very bytes of the source.
fn skeleton(text: &str) -> Vec<String> {
    let body = text.split("\nsops:\n").next().unwrap_or_default();
    body.split("ENC[AES256_GCM,")
        .map(|part| part.split_once(']').map_or(part, |(_, rest)| rest).to_owned())
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn decrypting_undoes_encrypting(text in document(), rule in any_rule()) {
        let encrypted = match sops::encrypt(&text, &rule, NOW) {
            Ok(encrypted) => encrypted,
            Err(error) => { prop_assert_eq!(error.code, "yaml/syntax", "{:?}", text); return Ok(()); }
        };
        let decrypted = sops::decrypt(&encrypted.text, &KEY.0, false).unwrap();
        prop_assert_eq!(&decrypted.notes, &[], "{}", encrypted.text);
        if encrypted.notes.is_empty() {
            prop_assert_eq!(decrypted.text.as_str(), &text);
        }
        let data = |text: &str| yaml::load(text, yaml::Dialect::GoYamlV3).unwrap();
        let (ours, theirs) = (data(&decrypted.text), data(&text));
        prop_assert_eq!(ours.len(), theirs.len());
        // The audit agrees that nothing chosen is readable.
        let (_, plain) = sops::audit(&encrypted.text, sops::Format::Yaml).unwrap();
        prop_assert_eq!(plain, vec![]);
        // Outside of the encrypted values, every byte of the result comes from the source, in order.
        let mut at = 0;
        for part in skeleton(&encrypted.text) {
            for line in part.lines().map(|line| line.trim_matches(['\'', '"'])).filter(|line| !line.trim().is_empty()) {
                // A block scalar that ended the text without a line break now ends with one, and its header says so.
                let chomped = || line.strip_suffix('-').filter(|_| !text.ends_with('\n'));
                let found = text[at..].find(line).or_else(|| text[at..].find(chomped()?));
                prop_assert!(found.is_some(), "{:?} is not in the source", line);
                at += found.unwrap_or_default();
            }
        }
    }

    #[test]
    fn encrypting_again_changes_nothing(text in document(), rule in any_rule()) {
        let Ok(first) = sops::encrypt(&text, &rule, NOW) else { return Ok(()) };
        let previous = sops::open_previous(&first.text, sops::Format::Yaml, &KEY.0).unwrap().unwrap();
        let second = previous.encrypt(&text, &rule, "2030-01-01T00:00:00Z").unwrap();
        prop_assert_eq!(second.reused, sops::Reused::All);
        prop_assert_eq!(second.text, first.text);
    }

    #[test]
    fn a_change_changes_its_own_value(text in document(), rule in any_rule()) {
        let text = format!("a: 1\nzz_b: first\n{text}").replace("\n---\n", "\n");
        let Ok(first) = sops::encrypt(&text, &rule, NOW) else { return Ok(()) };
        let previous = sops::open_previous(&first.text, sops::Format::Yaml, &KEY.0).unwrap().unwrap();
        let second = previous.encrypt(&text.replace("zz_b: first", "zz_b: second"), &rule, NOW).unwrap();
        let changed: Vec<_> = first.text.lines().zip(second.text.lines()).filter(|(a, b)| a != b).map(|(a, _)| a.trim()).collect();
        prop_assert!(changed.iter().all(|line| line.starts_with("zz_b:") || line.starts_with("mac:")), "{:?}", changed);
    }

    #[test]
    fn no_text_makes_anything_panic(text in "[ -~\n\té☃]{0,200}", lines in prop::collection::vec("(a:|- |  b: |sops:|  mac: x|\\{|\\]|&a |\\*a|!!str |'|\"|\\||> ?| ENC\\[AES256_GCM,data:aa==,iv:aa==,tag:aa==,type:str\\]|#|\\.\\.\\.|---| )*", 0..8)) {
        for text in [text, lines.join("\n")] {
            let rule = rule(&[], false, 2);
            let _ = sops::encrypt(&text, &rule, NOW);
            let _ = sops::decrypt(&text, &KEY.0, true);
            let _ = sops::inspect(&text, sops::Format::Yaml);
            let _ = sops::audit(&text, sops::Format::Yaml);
            let _ = sops::plain_secrets(&text);
            let _ = sops::Config::parse(&text, std::path::Path::new("/x/.sops.yaml"));
        }
    }
}

#[test]
fn hostile_sizes_are_bounded() {
    let deep = format!("a: {}1{}\n", "[".repeat(200), "]".repeat(200));
    let text = sops::encrypt(&deep, &rule(&[], false, 2), NOW).unwrap().text;
    assert_eq!(sops::decrypt(&text, &KEY.0, false).unwrap().text.as_str(), deep);
    let too_deep = format!("a: {}\n", "[".repeat(100_000));
    assert_eq!(sops::encrypt(&too_deep, &rule(&[], false, 2), NOW).unwrap_err().code, "yaml/syntax");
    let mut bomb = String::from("a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for n in 1..12 {
        let list = vec![format!("*a{}", n - 1); 10].join(",");
        bomb = format!("{bomb}a{n}: &a{n} [{list}]\n");
    }
    assert_eq!(sops::encrypt(&bomb, &rule(&[], false, 2), NOW).unwrap_err().code, "yaml/alias-bomb");
}
