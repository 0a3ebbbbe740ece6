//! Recipients: whom a data key is wrapped for. Kinds that are not built in are recognised and refused by name.

use std::str::FromStr as _;

use age::secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use crate::{Error, Result};

/// Keys that each wrap the whole data key (or the same part of it).
pub type KeyGroup = Vec<MasterKey>;

/// One key of a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MasterKey {
    /// An age recipient, as it was given.
    Age(String),
    /// A key of another kind (`pgp`, `kms`, …), which only the sops program can use.
    Other(&'static str),
}

/// A parsed age recipient.
pub struct Recipient {
    text: String,
    key: Box<dyn age::Recipient + Send + Sync>,
}

impl Recipient {
    /// Parses one recipient.
    ///
    /// # Errors
    /// `sops/recipient`; `sops/unsupported` for kinds that are known but not built in.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        if let Some(kind) = other_kind(text) {
            return Err(Error::new(
                "sops/unsupported",
                format!("{kind} recipients are not supported yet: {}", shorten(text)),
            )
            .with_help(
                "use the sops program for this file, or an age1… recipient made by `secrets keygen`",
            ));
        }
        let key = age::x25519::Recipient::from_str(text).map_err(|reason| {
            let hint = if text.starts_with("AGE-SECRET-KEY-") {
                "this is a secret key: a recipient is its public part, age1…".to_owned()
            } else {
                format!("{}: not an age recipient ({reason})", shorten(text))
            };
            Error::new("sops/recipient", hint)
                .with_help("a recipient is the line `# public key: age1…` of a key file")
        })?;
        Ok(Self { text: text.to_owned(), key: Box::new(key) })
    }

    /// As it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn key(&self) -> &dyn age::Recipient {
        self.key.as_ref()
    }
}

/// What kind of recipient this is, when it is one that is not built in.
pub(super) fn other_kind(text: &str) -> Option<&'static str> {
    if text.starts_with("age1pq1") {
        Some("post-quantum (age1pq1…)")
    } else if text.starts_with("age1") && text.matches('1').count() > 1 {
        Some("age plugin")
    } else if text.starts_with("ssh-") {
        Some("SSH")
    } else {
        None
    }
}

/// Enough of a text to recognise it; secret keys not at all.
fn shorten(text: &str) -> String {
    if text.to_ascii_uppercase().contains("SECRET") {
        return "(hidden)".to_owned();
    }
    let head: String = text.chars().take(24).collect();
    if head.len() < text.len() { format!("{head}…") } else { head }
}

/// A comma-separated list of recipients, as `--age` and SOPS_AGE_RECIPIENTS take it.
pub fn parse_recipients(text: &str) -> KeyGroup {
    text.split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(|text| MasterKey::Age(text.to_owned()))
        .collect()
}

/// A new X25519 identity: its secret text and its recipient.
pub fn generate_identity() -> (Zeroizing<String>, String) {
    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public().to_string();
    (Zeroizing::new(identity.to_string().expose_secret().to_owned()), recipient)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> (&'static str, String) {
        Recipient::parse(text).map_or_else(|error| (error.code, error.message), |_| ("ok", String::new()))
    }

    #[test]
    fn kinds_are_told_apart() {
        let (secret, public) = generate_identity();
        assert_eq!(code(&format!(" {public}\n")).0, "ok");
        assert_eq!(code("age1pq1xyz").0, "sops/unsupported");
        assert_eq!(code("age1yubikey1q2w3e").0, "sops/unsupported");
        assert_eq!(code("ssh-ed25519 AAAA").0, "sops/unsupported");
        assert_eq!(code("nonsense").0, "sops/recipient");
        let (kind, message) = code(&secret);
        assert_eq!(kind, "sops/recipient");
        assert!(!message.contains(&secret[20..]));
    }

    #[test]
    fn lists() {
        let keys = parse_recipients("age1a, age1b,\n,age1c,");
        let names = ["age1a", "age1b", "age1c"].map(|name| MasterKey::Age(name.to_owned()));
        assert_eq!(keys, names);
    }
}
