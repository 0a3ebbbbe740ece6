//! The integrity code over a file's values: SHA-512 over their canonical texts in document order.

use std::fmt::Write as _;

use sha2::{Digest as _, Sha512};
use zeroize::Zeroizing;

use crate::value::Scalar;

/// SHA-256 of "sops": what the hash begins with when only encrypted values count, so that the two ways never agree.
const ONLY_ENCRYPTED: [u8; 32] = [
    0x8a, 0x3f, 0xd2, 0xad, 0x54, 0xce, 0x66, 0x52, 0x7b, 0x10, 0x34, 0xf3, 0xd1, 0x47, 0xbe, 0x0b, 0x0b,
    0x97, 0x5b, 0x3b, 0xf4, 0x4f, 0x72, 0xc6, 0xfd, 0xad, 0xec, 0x81, 0x76, 0xf2, 0x7d, 0x69,
];

/// Collects values in document order. Comments are never given to it.
#[derive(Clone)]
pub(crate) struct Mac {
    hash: Sha512,
    only_encrypted: bool,
    /// What was added, where it is asked for.
    record: Option<Zeroizing<Vec<u8>>>,
}

impl Mac {
    pub(crate) fn new(only_encrypted: bool) -> Self {
        let mut hash = Sha512::new();
        if only_encrypted {
            hash.update(ONLY_ENCRYPTED);
        }
        Self { hash, only_encrypted, record: None }
    }

    /// One that also keeps what it is given, of a text of this length.
    pub(crate) fn recording(only_encrypted: bool, length: usize) -> Self {
        Self { record: Some(Zeroizing::new(Vec::with_capacity(length))), ..Self::new(only_encrypted) }
    }

    /// Adds a value; `chosen` says whether the selector picks it for encryption.
    pub(crate) fn add(&mut self, value: &Scalar, chosen: bool) {
        if chosen || !self.only_encrypted {
            match value {
                Scalar::Str(text) => self.add_bytes(text.as_bytes()),
                value => self.add_bytes(value.canonical().as_bytes()),
            }
        }
    }

    /// Adds bytes that are encrypted.
    pub(crate) fn add_bytes(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        if let Some(record) = &mut self.record {
            extend(record, bytes);
        }
    }

    /// What was added, and as [`finish`](Self::finish).
    pub(crate) fn finish_recorded(mut self) -> (Zeroizing<Vec<u8>>, String) {
        (self.record.take().unwrap_or_default(), self.finish())
    }

    /// Upper-case hex.
    pub(crate) fn finish(self) -> String {
        let digest = self.hash.finalize();
        let mut hex = String::with_capacity(digest.len() * 2);
        for byte in digest {
            let _ = write!(hex, "{byte:02X}");
        }
        hex
    }
}

/// A buffer that grows by itself would leave copies behind.
fn extend(record: &mut Zeroizing<Vec<u8>>, bytes: &[u8]) {
    if record.capacity() - record.len() < bytes.len() {
        let mut larger = Zeroizing::new(Vec::with_capacity(2 * (record.len() + bytes.len())));
        larger.extend_from_slice(record);
        *record = larger;
    }
    record.extend_from_slice(bytes);
}

/// Compares without telling by its time where the first difference is.
pub(crate) fn equal(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (x, y)| difference | (x ^ y)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::Sha256;

    #[test]
    fn the_constant_is_the_hash_of_its_word() {
        assert_eq!(Sha256::digest(b"sops").as_slice(), ONLY_ENCRYPTED);
    }

    #[test]
    fn an_empty_file_has_the_hash_of_nothing() {
        assert!(Mac::new(false).finish().starts_with("CF83E1357EEFB8BD"));
        assert_ne!(Mac::new(true).finish(), Mac::new(false).finish());
        assert!(equal(b"ab", b"ab") && !equal(b"ab", b"ac") && !equal(b"ab", b"abc"));
    }
}
