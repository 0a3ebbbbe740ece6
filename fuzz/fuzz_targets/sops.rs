//! Encrypted files: any text decrypts or says why not; what is encrypted decrypts to the same text, and nothing that
//! was chosen is readable in it. Texts of 32 bytes and more are taken in pieces here, as large ones are elsewhere.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use sops::{Environment, Format, Keyring, Rule, Selector};

const NOW: &str = "2026-01-01T00:00:00Z";

/// A THROWAWAY identity, another one in each process.
static KEY: LazyLock<(Keyring, Rule)> = LazyLock::new(|| {
    let (secret, public) = sops::generate_identity();
    let rule = Rule {
        groups: vec![sops::parse_recipients(&public)],
        shamir_threshold: None,
        selector: Selector::from_fields(&[]).unwrap_or_else(|_| panic!("no selector")),
        mac_only_encrypted: false,
        indent: 4,
        binary_indent: None,
    };
    (Keyring::new(Environment::of([("SOPS_AGE_KEY", secret.as_str())])), rule)
});

fuzz_target!(|text: &str| {
    let (keyring, rule) = &*KEY;
    for format in [Format::Yaml, Format::Json, Format::Dotenv] {
        let _ = sops::inspect(text, format);
        let _ = sops::decrypt_as(text, format, keyring, true);
        let _ = sops::audit(text, format);
        let Ok(encrypted) = sops::encrypt_as(text, format, rule, NOW) else { continue };
        match sops::decrypt_as(&encrypted.text, format, keyring, false) {
            // A note says that something was respelled.
            Ok(decrypted) if encrypted.notes.is_empty() => assert_eq!(decrypted.text.as_str(), text),
            Ok(_) => {}
            Err(error) => panic!("what was encrypted does not decrypt: {}", error.code),
        }
    }
    let _ = sops::open_binary(text, keyring, true);
});
