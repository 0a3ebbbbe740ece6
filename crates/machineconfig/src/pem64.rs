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
    let bare = without_breaks(text);
    let bytes = STANDARD.decode(bare.as_ref().map_or(text, |bare| bare.as_str())).ok()?;
    String::from_utf8(bytes).ok().map(Secret::new)
}

/// A base64 without its line breaks, when it has some.
pub(crate) fn without_breaks(text: &str) -> Option<Zeroizing<String>> {
    memchr::memchr2(b'\n', b'\r', text.as_bytes())?;
    Some(Zeroizing::new(text.replace(['\n', '\r'], "")))
}
