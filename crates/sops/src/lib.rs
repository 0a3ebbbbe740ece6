//! The SOPS file format for YAML, JSON, dotenv and plain bytes with age keys, both ways with the real sops (format as of 3.13).
//!
//! Lossless: [`encrypt`] splices `ENC[…]` in place of each chosen value and appends the `sops` block; [`decrypt`] splices
//! the values back and removes it. Every other byte stays as it is.
//!
//! Keys and plain text are wiped when dropped, never have a `Debug`, and never stand in an error.

mod audit;
mod binary;
mod block;
mod change;
mod cipher;
mod commented;
mod comments;
pub mod config;
mod dotenv;
mod error;
mod format;
mod go_emit;
mod go_reads;
mod go_time;
mod ini;
mod json;
mod keys;
mod large;
mod mac;
mod marks;
mod metadata;
mod open;
mod pieces;
mod re2;
mod reuse;
mod seal;
mod selector;
mod splice;
mod style;
mod value;
mod walk;
#[cfg(test)]
mod wycheproof;

pub use audit::{Plain, audit, is_encrypted, plain_secrets};
pub use binary::{BinaryFile, encrypt_binary, open_binary};
pub use change::{Envelope, RecipientChange};
pub use config::{Config, Rule};
pub use error::{Error, Result};
pub use format::Format;
pub use ini::audit_ini;
pub use keys::{
    Ask, Environment, Identities, KeyGroup, Keyring, MasterKey, Recipient, generate_identity,
    generate_pq_identity, parse_recipients, set_ask, shorten,
};
pub use metadata::{AgeEntry, FORMAT_VERSION, Metadata};
pub use open::{Decrypted, MAX_TEXT, decrypt, decrypt_as, inspect};
pub use pieces::LARGE;
pub use reuse::{Previous, open_previous, open_to_change, same_recipients, same_rule};
pub use seal::{Encrypted, Reused, check_plain, encrypt, encrypt_as, encrypt_to};
pub use selector::{DEFAULT_UNENCRYPTED_SUFFIX, Selector, SelectorKind};
pub use value::{for_other_formats, variable_float, variable_text};

/// Something worth saying about a place in a text, without its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The stable word code.
    pub code: &'static str,
    /// The place.
    pub span: yaml::Span,
    /// The words: a lower-case fragment.
    pub message: String,
}
