//! PEM texts in base64, as Talos keeps certificates and keys in YAML.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use pki::Secret;
use zeroize::Zeroizing;

/// The base64 of a text.
pub(crate) fn encode(text: &str) -> String {
    STANDARD.encode(text)
}

/// The text of a base64; line breaks do not count.
pub(crate) fn decode(text: &str) -> Option<Secret> {
    let bytes = STANDARD.decode(bare(text).as_bytes()).ok()?;
    String::from_utf8(bytes).ok().map(Secret::new)
}

/// A base64 without its line breaks.
pub(crate) fn bare(text: &str) -> Zeroizing<String> {
    let breaks = memchr::memchr2(b'\n', b'\r', text.as_bytes()).is_some();
    Zeroizing::new(if breaks { text.replace(['\n', '\r'], "") } else { text.to_owned() })
}
