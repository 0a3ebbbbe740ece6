//! What can go wrong with keys and certificates. No variant holds key material.

/// A result of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// A problem with a key or a certificate; the words name no content.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// No PEM block, or one that is damaged.
    #[error("not a PEM block")]
    Pem,
    /// A certificate that cannot be read.
    #[error("not an X.509 certificate")]
    Certificate,
    /// A private key that cannot be read, or of a kind that is not used here.
    #[error("not a private key of a known kind (Ed25519, ECDSA or RSA)")]
    Key,
    /// A private key that only opens with a passphrase, which Talos has no place for.
    #[error("the key is protected by a passphrase; `openssl pkey -in KEY` writes it without")]
    Encrypted,
    /// What openssl writes in front of a key of an elliptic curve. Talos reads the first block alone.
    #[error("the key stands behind a block EC PARAMETERS, which has to go")]
    Parameters,
    /// A key that does not belong to the certificate beside it.
    #[error("the key does not belong to the certificate")]
    Mismatch,
    /// The backend refused to make a key or to sign.
    #[error("the cryptographic library failed: {0}")]
    Backend(&'static str),
    /// The operating system gave no random bytes.
    #[error("no random bytes from the operating system")]
    Random,
    /// A time outside of what certificates can hold.
    #[error("a time that no certificate can hold")]
    Time,
}
