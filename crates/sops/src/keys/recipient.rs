//! Recipients: whom a data key is wrapped for. Kinds that are not built in are recognised and refused by name.

use std::str::FromStr as _;

use age::secrecy::ExposeSecret as _;
use zeroize::Zeroizing;

use crate::keys::ask::ForPlugins;
use crate::keys::pq;
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
    /// Parses one recipient: X25519 (`age1…`), post-quantum (`age1pq1…`), of a plugin (`age1NAME1…`) or SSH.
    ///
    /// # Errors
    /// `sops/recipient`.
    pub fn parse(text: &str) -> Result<Self> {
        let text = text.trim();
        Ok(Self { text: text.to_owned(), key: parse_key(text).map_err(|reason| malformed(text, &reason))? })
    }

    /// As it was given.
    pub fn text(&self) -> &str {
        &self.text
    }

    pub(crate) fn key(&self) -> &dyn age::Recipient {
        self.key.as_ref()
    }
}

fn parse_key(text: &str) -> std::result::Result<Box<dyn age::Recipient + Send + Sync>, String> {
    if text.starts_with(pq::RECIPIENT) {
        let key = pq::Recipient::parse(text).ok_or("malformed post-quantum recipient")?;
        return Ok(Box::new(key));
    }
    if text.starts_with("ssh-") {
        let key = age::ssh::Recipient::from_str(text).map_err(|error| match error {
            age::ssh::ParseRecipientKeyError::Unsupported(kind) => {
                format!("{kind} keys cannot be used with age")
            }
            age::ssh::ParseRecipientKeyError::RsaModulusTooSmall => {
                "RSA keys need 2048 bits or more".to_owned()
            }
            age::ssh::ParseRecipientKeyError::RsaModulusTooLarge => "the RSA key is too large".to_owned(),
            _ => "malformed SSH public key".to_owned(),
        })?;
        return Ok(Box::new(key));
    }
    if text.starts_with("age1") && text.matches('1').count() > 1 {
        let recipient = age::plugin::Recipient::from_str(text)?;
        let name = recipient.plugin().to_owned();
        let plugin = age::plugin::RecipientPluginV1::new(&name, &[recipient], &[], ForPlugins);
        return Ok(Box::new(
            plugin.map_err(|_| format!("the plugin age-plugin-{name} was not found on PATH"))?,
        ));
    }
    Ok(Box::new(age::x25519::Recipient::from_str(text)?))
}

fn malformed(text: &str, reason: &str) -> Error {
    let message = if text.starts_with("AGE-SECRET-KEY-") {
        "this is a secret key: a recipient is its public part, age1…".to_owned()
    } else {
        format!("{}: not an age recipient ({reason})", shorten(text))
    };
    Error::new("sops/recipient", message)
        .with_help("a recipient is the line `# public key: age1…` of a key file")
}

/// Enough of a text to recognise it; secret keys not at all.
pub fn shorten(text: &str) -> String {
    if text.to_ascii_uppercase().contains("SECRET") {
        return "(hidden)".to_owned();
    }
    // An X25519 recipient has 62 characters and is shown whole; a post-quantum one has 1960.
    let head: String = text.chars().take(if text.len() > 100 { 32 } else { 100 }).collect();
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

/// A new post-quantum identity: its secret text and its recipient.
///
/// # Errors
/// `sops/random`.
pub fn generate_pq_identity() -> Result<(Zeroizing<String>, String)> {
    pq::Identity::generate()
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
        assert_eq!(code(&generate_pq_identity().unwrap().1).0, "ok");
        assert!(code("age1pq1xyz").1.contains("post-quantum"));
        assert!(code("age1yubikey1q2w3e").1.contains("not an age recipient"));
        assert!(code("ssh-ed25519 AAAA").1.contains("SSH"));
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
