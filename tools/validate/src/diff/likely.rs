//! What looks like a secret where no Secret says so: values whose key is a password's or a token's, in environment
//! variables, values of charts, arguments and the texts of ConfigMaps; tokens by their form; passwords in addresses.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::{Captures, Regex};
use yaml::Value;

use super::redact::{CHANGED, HIDDEN};
use crate::rules::hide_tokens;

/// Hides them in both sides of an object. What only the new side has is marked, so that a change stays one.
pub(super) fn hide(old: &mut Value, new: &mut Value) {
    let mut before = BTreeSet::new();
    let is_added = matches!(old, Value::Null);
    in_value(old, 0, &mut |secret| {
        before.insert(secret.to_owned());
        HIDDEN
    });
    in_value(new, 0, &mut |secret| if is_added || before.contains(secret) { HIDDEN } else { CHANGED });
}

/// Those of an object that stand for themselves anywhere: long and mixed, so that no other text is hidden by chance.
pub(super) fn distinct(value: &Value, found: &mut BTreeSet<String>) {
    in_value(&mut value.clone(), 0, &mut |secret| {
        let has = |is: fn(char) -> bool| secret.chars().any(is);
        let is_mixed = has(|c| c.is_ascii_digit()) && has(|c| c.is_ascii_alphabetic());
        if secret.len() >= 12 && is_mixed && !has(char::is_whitespace) {
            found.insert(secret.to_owned());
        }
        HIDDEN
    });
}

/// What stands for a secret.
type Mark<'m> = dyn FnMut(&str) -> &'static str + 'm;

/// Deeper ones are no objects.
const MAX_DEPTH: usize = 200;

fn in_value(value: &mut Value, depth: usize, mark: &mut Mark<'_>) {
    match value {
        Value::String(text) => in_text(text, mark),
        Value::Sequence(items) if depth < MAX_DEPTH => {
            for item in items {
                in_value(item, depth + 1, mark);
            }
        }
        Value::Mapping(map) if depth < MAX_DEPTH => {
            let text = |key: &str| map.get(key).and_then(Value::as_str).map(str::to_owned);
            // An entry of a list such as `env`.
            let entry = text("name").or_else(|| text("key")).is_some_and(|name| is_secret_name(&name));
            // Names of keys, as an ExternalSecret has them.
            let is_reference = ["remoteRef", "sourceRef"].iter().any(|key| map.contains_key(key));
            let keys: Vec<String> =
                map.iter().filter_map(|(key, _)| Some(key.as_str()?.to_owned())).collect();
            for key in keys {
                let Some(value) = map.get_mut(&key) else { continue };
                let is_secret = key == "value" && entry || is_secret_name(&key) && !is_reference;
                if is_secret && !matches!(value, Value::Sequence(_) | Value::Mapping(_)) {
                    scalar(value, mark);
                } else {
                    in_value(value, depth + 1, mark);
                }
            }
        }
        _ => {}
    }
}

fn scalar(value: &mut Value, mark: &mut Mark<'_>) {
    let text = match value {
        Value::Null | Value::Bool(_) => return,
        Value::String(text) if is_pointer(text) => return in_text(text, mark),
        Value::String(text) => text.clone(),
        ref other => yaml::emit(other, yaml::EmitOptions::default()).trim().to_owned(),
    };
    *value = Value::from(mark(&text));
}

/// Whether a value only says where the secret is: a template, a variable, a path, or nothing.
fn is_pointer(text: &str) -> bool {
    let text = text.trim().trim_matches(['"', '\'']);
    ["{{", "$", "/", "placeholder-", "ref+", "vault:", "file:", "***", "|", ">", "&", "*"]
        .iter()
        .any(|begin| text.starts_with(begin))
        || ["", "true", "false", "null", "~", "{}", "[]"].contains(&text)
}

/// `key: value` and `KEY=value`, as a line of a text or as an argument.
#[expect(clippy::unwrap_used, reason = "the pattern is a constant that a test builds")]
static LINE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?m)^(?P<before>[\s#;-]*(?:export\s+)?["']?(?P<key>[A-Za-z][A-Za-z0-9_.-]*)["']?\s*[:=]\s*)(?P<value>[^\r\n]+)"#)
        .unwrap()
});

/// The password of an address.
#[expect(clippy::unwrap_used, reason = "the pattern is a constant that a test builds")]
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?P<before>[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@"']*:)(?P<value>[^@/\s"']+)@"#).unwrap()
});

/// A value that SOPS encrypted, in the text of a file that a ConfigMap holds: it differs each time.
#[expect(clippy::unwrap_used, reason = "the pattern is a constant that a test builds")]
static ENCRYPTED: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"ENC\[AES256_GCM,[^\]]*\]").unwrap());

fn in_text(text: &mut String, mark: &mut Mark<'_>) {
    if text.contains("ENC[") {
        *text = ENCRYPTED.replace_all(text, |found: &Captures<'_>| mark(&found[0])).into_owned();
    }
    if text.contains([':', '=']) {
        let lines = LINE.replace_all(text, |found: &Captures<'_>| {
            let value = found["value"].trim_end_matches(',');
            if !is_secret_name(&found["key"]) || is_pointer(value) {
                return found[0].to_owned();
            }
            format!("{}{}", &found["before"], mark(value))
        });
        let addresses = ADDRESS.replace_all(&lines, |found: &Captures<'_>| {
            if is_pointer(&found["value"]) {
                return found[0].to_owned();
            }
            format!("{}{}@", &found["before"], mark(&found["value"]))
        });
        if *addresses != *text {
            *text = addresses.into_owned();
        }
    }
    if let Some(hidden) = hide_tokens(text, mark) {
        *text = hidden;
    }
}

/// Words that end the name of a secret.
const LAST: &[&str] =
    &["password", "passwd", "passphrase", "pwd", "token", "apikey", "credential", "credentials", "psk"];

/// What comes before `key` in such a name; other keys are names of entries.
const KEYS: &[&str] = &[
    "api",
    "private",
    "secret",
    "access",
    "encryption",
    "signing",
    "master",
    "auth",
    "license",
    "shared",
    "preshared",
    "app",
    "account",
    "storage",
    "pre",
];

/// What comes before `secret` where the words are written together; others name an object.
const SECRETS: &[&str] = &[
    "client",
    "app",
    "consumer",
    "shared",
    "webhook",
    "jwt",
    "cookie",
    "session",
    "hmac",
    "oidc",
    "oauth",
    "api",
    "encryption",
    "signing",
    "user",
];

/// Whether that is what somebody calls a secret. `existingSecret`, `secretName` and `passwordKey` name where one is.
pub(super) fn is_secret_name(name: &str) -> bool {
    let words = words(name);
    let mut last = words.iter().rev().map(String::as_str);
    let (Some(end), before) = (last.next(), last.next()) else { return false };
    let is_snake = !name.contains(|c: char| c.is_ascii_lowercase()) || name.contains('_');
    match end {
        end if LAST.contains(&end) => true,
        "pass" => before.is_some() && is_snake,
        "key" => before.is_some_and(|before| KEYS.contains(&before)),
        "secret" => before.is_none_or(|before| {
            SECRETS.contains(&before) || is_snake && !["existing", "pull", "tls"].contains(&before)
        }),
        _ => false,
    }
}

/// The words of a name in any of the usual ways to write one, in lower case.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![String::new()];
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() {
            words.push(String::new());
        } else if c.is_ascii_uppercase() && was_lower {
            words.push(c.to_ascii_lowercase().to_string());
        } else if let Some(word) = words.last_mut() {
            word.push(c.to_ascii_lowercase());
        }
        was_lower = c.is_ascii_lowercase() || c.is_ascii_digit();
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        yaml::load_one(text, yaml::Dialect::Kubernetes).unwrap()
    }

    #[test]
    fn names_of_secrets_and_names_of_where_they_are() {
        for name in [
            "password",
            "adminPassword",
            "DB_PASS",
            "API_TOKEN",
            "apiKey",
            "api-key",
            "APP_SECRET",
            "secret",
            "clientSecret",
            "client_secret",
            "SECRET_KEY",
            "smtp.password",
            "AWS_SECRET_ACCESS_KEY",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in [
            "secretName",
            "existingSecret",
            "passwordKey",
            "tokenSecretRef",
            "imagePullSecret",
            "key",
            "name",
            "EXISTING_SECRET",
            "bypass",
            "tokens",
            "tlsSecret",
            "monkey",
            "",
            "é",
            "maxTokens",
        ] {
            assert!(!is_secret_name(name), "{name}");
        }
    }

    #[test]
    fn they_are_hidden_wherever_they_stand() {
        let old = "env:
- {name: LOG, value: debug}
- {name: API_TOKEN, value: hunter-1}
- {name: PIN_TOKEN, value: 123456}
values: {adminPassword: hunter-2, existingSecret: login, replicas: 2, token: '{{ .token }}'}
args: [--password=hunter-3, --secret-file=/run/x, --verbose]
data:
  app.ini: |
    [db]
    password = hunter-4
    url = postgres://me:hunter-5@db/x
    level = info
  config.yaml: |
    token: hunter-6
    cipher: ENC[AES256_GCM,data:hunter,iv:a,tag:b,type:str]
    other: $(TOKEN)
";
        let (mut one, mut other) = (value(old), value(&old.replace("hunter-4", "hunter-7")));
        hide(&mut one, &mut other);
        let shown = format!("{one:?}{other:?}");
        assert!(!shown.contains("hunter") && !shown.contains("123456"), "{shown}");
        for kept in [
            "debug",
            "login",
            "{{ .token }}",
            "--secret-file=/run/x",
            "level = info",
            "$(TOKEN)",
            "me:***@db",
        ] {
            assert!(shown.contains(kept), "{kept}: {shown}");
        }
        assert!(!format!("{one:?}").contains("changed"));
        assert_eq!(format!("{other:?}").matches("*** (changed)").count(), 1, "{other:?}");
    }

    #[test]
    fn an_external_secret_names_keys() {
        let mut one = value("data: [{secretKey: password-of-it, remoteRef: {key: a}}]\n");
        let before = one.clone();
        hide(&mut one, &mut Value::Null);
        assert_eq!(one, before);
    }

    #[test]
    fn only_what_is_long_and_mixed_is_looked_for_elsewhere() {
        let mut found = BTreeSet::new();
        distinct(&value("{password: postgres, token: a1b2c3d4e5f6a7}"), &mut found);
        assert_eq!(found.into_iter().collect::<Vec<_>>(), ["a1b2c3d4e5f6a7"]);
    }
}
