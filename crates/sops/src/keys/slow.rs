//! Identities that ask before they open anything: passphrase-protected files and SSH keys. Each asks only when a file
//! is met that it may fit, and only once.

use std::sync::{Mutex, OnceLock};

use age::{DecryptError, Identity};
use age_core::format::{FileKey, Stanza};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::ask;
use super::identity::Identities;

/// Scrypt's work factor beyond which an identity file is refused, as age does.
const MAX_WORK_FACTOR: u8 = 22;
/// The most an identity file may hold (bytes), as in sops.
pub(super) const MAX_FILE: usize = 1 << 24;

type Unwrapped = Option<Result<FileKey, DecryptError>>;

/// An age file, protected by a passphrase, that holds identities.
pub(super) struct ProtectedFile {
    contents: Zeroizing<Vec<u8>>,
    origin: String,
    opened: OnceLock<Result<Identities, DecryptError>>,
}

impl ProtectedFile {
    /// Whether a text or file begins as an age file does, armored or not.
    pub(super) fn looks_like(contents: &[u8]) -> bool {
        contents.starts_with(b"age-encryption") || contents.starts_with(b"-----BEGIN AGE")
    }

    pub(super) fn new(contents: Zeroizing<Vec<u8>>, origin: &str) -> Self {
        Self { contents, origin: origin.to_owned(), opened: OnceLock::new() }
    }

    fn open(&self) -> Result<Identities, DecryptError> {
        let question = format!("Enter passphrase for identity '{}': ", self.origin);
        let passphrase = ask::passphrase(&question).ok_or(DecryptError::KeyDecryptionFailed)?;
        let mut key = age::scrypt::Identity::new(passphrase);
        key.set_max_work_factor(MAX_WORK_FACTOR);
        let armored = age::armor::ArmoredReader::new(self.contents.as_slice());
        let decryptor = age::Decryptor::new_buffered(armored)?;
        let reader =
            decryptor.decrypt(std::iter::once(&key as &dyn Identity)).map_err(|error| match error {
                DecryptError::NoMatchingKeys | DecryptError::DecryptionFailed => {
                    DecryptError::KeyDecryptionFailed
                }
                other => other,
            })?;
        // Larger than what it can hold, so that no copies are left behind by growing.
        let mut plain = Zeroizing::new(Vec::with_capacity(self.contents.len()));
        std::io::Read::read_to_end(&mut std::io::Read::take(reader, MAX_FILE as u64), &mut plain)?;
        let text = std::str::from_utf8(&plain).map_err(|_| DecryptError::KeyDecryptionFailed)?;
        Ok(Identities::from_text(text, &self.origin))
    }
}

impl Identity for ProtectedFile {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Unwrapped {
        match self.opened.get_or_init(|| self.open()) {
            Ok(identities) => identities.all().find_map(|key| key.unwrap_stanza(stanza)),
            Err(error) => Some(Err(error.clone())),
        }
    }
}

/// A private SSH key with a passphrase.
pub(super) struct ProtectedSsh {
    key: age::ssh::EncryptedKey,
    /// What stanzas for it are marked with.
    tag: String,
    origin: String,
    opened: Mutex<Option<Result<age::ssh::Identity, DecryptError>>>,
}

impl ProtectedSsh {
    /// None where the key's public half cannot be read from `pem`.
    pub(super) fn new(key: age::ssh::EncryptedKey, pem: &str, origin: &str) -> Option<Self> {
        let public = ssh_key::PrivateKey::from_openssh(pem).ok()?.public_key().to_bytes().ok()?;
        let tag = STANDARD_NO_PAD.encode(&Sha256::digest(public)[..4]);
        Some(Self { key, tag, origin: origin.to_owned(), opened: Mutex::new(None) })
    }

    fn open(&self) -> Result<age::ssh::Identity, DecryptError> {
        let question = format!("Enter passphrase for {}: ", self.origin);
        let passphrase = ask::passphrase(&question).ok_or(DecryptError::KeyDecryptionFailed)?;
        self.key.decrypt(passphrase).map(age::ssh::Identity::from)
    }
}

impl Identity for ProtectedSsh {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Unwrapped {
        let fits = matches!(stanza.tag.as_str(), "ssh-ed25519" | "ssh-rsa")
            && stanza.args.first() == Some(&self.tag);
        if !fits {
            return None;
        }
        let mut opened = self.opened.lock().ok()?;
        match opened.get_or_insert_with(|| self.open()) {
            Ok(key) => key.unwrap_stanza(stanza),
            Err(error) => Some(Err(error.clone())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::ask::{Ask, set_ask};
    use age::secrecy::SecretString;

    struct Typed;
    impl Ask for Typed {
        fn secret(&self, question: &str) -> Option<Zeroizing<String>> {
            assert!(question.contains("the file"));
            Some(Zeroizing::new("correct horse".to_owned()))
        }
        fn line(&self, _: &str) -> Option<String> {
            None
        }
        fn say(&self, _: &str) {}
    }

    fn protected(text: &str, passphrase: &str) -> ProtectedFile {
        let mut recipient = age::scrypt::Recipient::new(SecretString::from(passphrase));
        recipient.set_work_factor(2);
        let file = age::encrypt(&recipient, text.as_bytes()).unwrap();
        assert!(ProtectedFile::looks_like(&file));
        ProtectedFile::new(Zeroizing::new(file), "the file")
    }

    #[test]
    fn a_passphrase_opens_the_identities_of_a_file() {
        set_ask(Box::new(Typed));
        let (secret, public) = crate::generate_identity();
        let recipient: age::x25519::Recipient = public.parse().unwrap();
        let sealed = age::encrypt(&recipient, b"data key").unwrap();
        let open = |identity: &ProtectedFile| decrypt(identity, &sealed);
        assert_eq!(open(&protected(&secret, "correct horse")).unwrap(), b"data key");
        assert!(open(&protected(&secret, "wrong")).is_err());
        let (other, _) = crate::generate_identity();
        assert!(open(&protected(&other, "correct horse")).is_err());
    }

    fn decrypt(identity: &dyn Identity, file: &[u8]) -> Result<Vec<u8>, DecryptError> {
        let mut plain = Vec::new();
        let mut reader = age::Decryptor::new(file)?.decrypt(std::iter::once(identity))?;
        std::io::Read::read_to_end(&mut reader, &mut plain)?;
        Ok(plain)
    }
}
