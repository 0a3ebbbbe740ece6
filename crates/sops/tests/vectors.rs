//! Files made by the real sops must be read, and read the same. How they were made: `vectors/README.md`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, reason = "a test may fail")]

use std::path::{Path, PathBuf};

use sops::{Environment, Keyring};
use yaml::Dialect::GoYamlV3;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors")
}

fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap()
}

fn keyring() -> Keyring {
    Keyring::new(Environment::of([("SOPS_AGE_KEY_FILE", folder().join("THROWAWAY.age.key"))]))
}

fn names() -> Vec<String> {
    let entries =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<_> =
        entries.filter_map(|name| Some(name.strip_suffix(".sops.yaml")?.to_owned())).collect();
    names.sort();
    names
}

#[test]
fn what_sops_encrypted_is_decrypted_to_the_same_data() {
    let names = names();
    assert!(names.len() >= 12, "{names:?}");
    for name in names {
        let decrypted = sops::decrypt(&read(&format!("{name}.sops.yaml")), &keyring(), false)
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(decrypted.notes, [], "{name}");
        let ours = yaml::load(&decrypted.text, GoYamlV3).unwrap();
        // sops turns -0.0 into -0, which is the integer 0; ours stays what it was.
        let theirs =
            read(&format!("{name}.out.yaml")).replace("negative_zero: -0\n", "negative_zero: -0.0\n");
        let theirs = yaml::load(&theirs, GoYamlV3).unwrap();
        assert_eq!(ours, theirs, "{name}");
        // Comments are part of it, though not of the data.
        let comments = |text: &str| {
            let mut texts: Vec<_> = yaml::parse(text).unwrap().comments.into_iter().map(|c| c.text).collect();
            texts.sort();
            texts
        };
        assert_eq!(comments(&decrypted.text), comments(&read(&format!("{name}.out.yaml"))), "{name}");
    }
}

#[test]
fn what_was_decrypted_is_encrypted_and_decrypted_again() {
    for name in names() {
        let text = read(&format!("{name}.sops.yaml"));
        let metadata = sops::inspect(&text, sops::Format::Yaml).unwrap().unwrap();
        let plain = sops::decrypt(&text, &keyring(), false).unwrap().text;
        let rule = sops::Rule {
            groups: vec![metadata.recipients().map(|r| sops::MasterKey::Age(r.to_owned())).collect()],
            shamir_threshold: None,
            selector: metadata.selector.clone(),
            mac_only_encrypted: metadata.mac_only_encrypted,
            indent: 4,
            binary_indent: None,
        };
        let again = sops::encrypt(&plain, &rule, "2026-11-21T00:00:00Z").unwrap();
        assert_eq!(
            sops::decrypt(&again.text, &keyring(), false).unwrap().text.as_str(),
            plain.as_str(),
            "{name}"
        );
    }
}

#[test]
fn any_change_is_noticed() {
    let text = read("secret.sops.yaml");
    let code = |text: String| sops::decrypt(&text, &keyring(), false).err().map(|error| error.code);
    assert_eq!(code(text.clone()), None);
    // Another key, a value moved, a value taken away, the time, the selector.
    assert_eq!(code(text.replace("TOKEN:", "TOKEM:")), Some("sops/tampered"));
    let lines: Vec<_> = text.lines().collect();
    let at = |key: &str| lines.iter().position(|line| line.trim_start().starts_with(key)).unwrap();
    let value = |key: &str| lines[at(key)].split_once(": ").unwrap().1;
    let swapped = text.replace(value("TOKEN"), "X").replace(value("SECRET_DOMAIN"), value("TOKEN"));
    assert_eq!(code(swapped), Some("sops/tampered"));
    assert_eq!(code(text.replace(&format!("{}\n", lines[at("TOKEN")]), "")), Some("sops/mac-mismatch"));
    assert_eq!(code(text.replace("lastmodified: \"20", "lastmodified: \"21")), Some("sops/mac-mismatch"));
    assert_eq!(
        code(text.replace("mac_only_encrypted: true\n", "mac_only_encrypted: false\n")),
        Some("sops/mac-mismatch")
    );
    assert_eq!(code(text.replace("^(data|stringData)$", "^(data)$")), Some("sops/mac-mismatch"));
    assert_eq!(code(text.replace(value("TOKEN"), "plain")), Some("sops/value"));
    assert_eq!(code(text.replace(",type:str]\n    TOKEN", ",type:int]\n    TOKEN")), Some("sops/value"));
    assert_eq!(code(text.replace("mac: ENC", "mac: XNC")), Some("sops/mac-mismatch"));
    assert_eq!(
        code({
            let lines: Vec<_> = text.lines().filter(|line| !line.trim_start().starts_with("mac: ")).collect();
            lines.join(
                "
",
            )
        }),
        Some("sops/no-mac")
    );
    // Keys outside of what is encrypted may change: only encrypted values count here.
    assert_eq!(code(text.replace("name: cluster-secrets", "name: other")), None);
    let whole = read("secret-full-mac.sops.yaml");
    assert_eq!(code(whole.replace("name: cluster-secrets", "name: other")), Some("sops/mac-mismatch"));
}

#[test]
fn malformed_blocks_are_refused() {
    let text = read("secret.sops.yaml");
    let code = |text: String| sops::decrypt(&text, &keyring(), false).err().map(|error| error.code);
    let version = text.lines().last().unwrap().to_owned();
    assert_eq!(code(text.replace(&version, "    version: \"\"")), Some("sops/metadata"));
    let time = text.lines().find(|line| line.contains("lastmodified")).unwrap().to_owned();
    assert_eq!(code(text.replace(&time, &time.replace('"', ""))), Some("sops/metadata"));
    assert_eq!(code(text.replace(&time, "    lastmodified: \"now\"")), Some("sops/metadata"));
    assert_eq!(code("a: 1\nsops: x\n".to_owned()), Some("sops/metadata"));
    assert_eq!(
        code("a: 1\nsops: {version: 3.13.3, lastmodified: '2020-01-01T00:00:00Z', mac: x}\n".to_owned()),
        Some("sops/metadata")
    );
    assert_eq!(code("a: 1\n".to_owned()), Some("sops/not-encrypted"));
    assert_eq!(code("- a\n".to_owned()), Some("sops/not-encrypted"));
    assert_eq!(code("a: 1\na: 2\n".to_owned()), Some("yaml/duplicate-key"));
    assert_eq!(code(text.replace("BEGIN AGE", "BEGIN XXX")), Some("sops/metadata"));
    assert_eq!(
        code(text.replace("    encrypted_regex", "    encrypted_suffix: x\n    encrypted_regex")),
        Some("sops/selector")
    );
    let groups = "a: 1\nsops: {version: 3.13.3, lastmodified: '2020-01-01T00:00:00Z', mac: x, key_groups: [{age: []}, {age: []}]}\n";
    assert_eq!(code(groups.to_owned()), Some("sops/other-keys"));
    let pgp = "a: 1\nsops: {version: 3.13.3, lastmodified: '2020-01-01T00:00:00Z', mac: x, pgp: [{fp: X, enc: y, created_at: z}]}\n";
    assert_eq!(code(pgp.to_owned()), Some("sops/other-keys"));
}
