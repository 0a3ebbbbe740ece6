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
    let bare: Zeroizing<String> =
        Zeroizing::new(text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect());
    let bytes = STANDARD.decode(bare.as_bytes()).ok()?;
    String::from_utf8(bytes).ok().map(Secret::new)
}
