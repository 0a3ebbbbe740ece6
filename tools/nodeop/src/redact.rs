//! Takes out of other programs' words what may be secret. Nothing that status runs prints secrets; an error message of
//! a later version might.

use std::sync::LazyLock;

use regex::Regex;

/// What stands for a secret.
const HIDDEN: &str = "***";

/// PEM blocks, age keys, bootstrap tokens, values of telling keys, long base64. Digests are hexadecimal and stay.
static SECRETS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?s)-----BEGIN [^-]*-----.*?(?:-----END [^-]*-----|\z)",
        r"AGE-SECRET-KEY-[A-Z0-9-]+",
        r"\b[a-z0-9]{6}\.[a-z0-9]{16}\b",
        r"(?i)\bbearer\s+\S+",
        r"[A-Za-z0-9+/]{64,}={0,2}",
    ]
    .iter()
    .filter_map(|pattern| Regex::new(pattern).ok())
    .collect()
});

/// `password: x`, `token=x` and their like: the value goes, the key stays.
static KEYED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?i)\b((?:password|passwd|secret|token|client-key-data|client-certificate-data)["']?\s*[:=]\s*)["']?[^\s"',}]+"#).ok()
});

/// The text without what looks secret.
pub(crate) fn redact(text: &str) -> String {
    let mut text = text.to_owned();
    for pattern in SECRETS.iter() {
        text = pattern
            .replace_all(&text, |found: &regex::Captures| {
                let is_digest = found[0].chars().all(|c| c.is_ascii_hexdigit()) && found[0].len() == 64;
                if is_digest { found[0].to_owned() } else { HIDDEN.to_owned() }
            })
            .into_owned();
    }
    match KEYED.as_ref() {
        Some(keyed) => keyed.replace_all(&text, format!("${{1}}{HIDDEN}")).into_owned(),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::redact;

    #[test]
    fn secrets_go_and_words_stay() {
        let key = "A".repeat(80);
        for secret in [
            "-----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----",
            "-----BEGIN EC PRIVATE KEY-----\nabc",
            "AGE-SECRET-KEY-1THROWAWAY",
            "abcdef.0123456789abcdef",
            "Authorization: Bearer abc.def",
            "token: abc",
            "{\"password\": \"abc\"}",
            key.as_str(),
        ] {
            let shown = redact(&format!("before {secret} after"));
            assert!(shown.contains("***") && !shown.contains("abc") && !shown.contains(&key), "{shown}");
            assert!(shown.starts_with("before"), "{shown}");
        }
        for plain in [
            "cp-0   Ready    control-plane   12d   v1.34.2   10.0.0.11   <none>   Talos (v1.11.5)",
            "image: ghcr.io/x/y@sha256:dee35a370a73ec9042e340bb074f921a2dd940f4cce2c2b1cdc1f2019c222b29",
            "waiting for all k8s nodes to report: OK",
        ] {
            assert_eq!(redact(plain), plain);
        }
    }
}
