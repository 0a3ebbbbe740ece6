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
    collected: Collected,
    only_encrypted: bool,
}

#[derive(Clone)]
enum Collected {
    Hash(Sha512),
    /// The values of a part of a text, as they are hashed.
    Values(Zeroizing<Vec<u8>>),
}

/// What the values of a text should come to.
#[derive(Clone, Copy)]
pub(crate) enum Expected<'e> {
    /// The integrity code, in upper-case hex.
    Code(&'e str),
    /// The values themselves.
    Values(&'e [u8]),
}

impl Mac {
    pub(crate) fn new(only_encrypted: bool) -> Self {
        let mut hash = Sha512::new();
        if only_encrypted {
            hash.update(ONLY_ENCRYPTED);
        }
        Self { collected: Collected::Hash(hash), only_encrypted }
    }

    /// One that keeps what it is given, some `length` bytes, for the integrity code of a larger text.
    pub(crate) fn recording(only_encrypted: bool, length: usize) -> Self {
        let values = Zeroizing::new(Vec::with_capacity(length));
        Self { collected: Collected::Values(values), only_encrypted }
    }

    /// One to be [compared](Self::comes_to) in the end.
    pub(crate) fn expecting(expected: Expected, only_encrypted: bool) -> Self {
        match expected {
            Expected::Code(_) => Self::new(only_encrypted),
            Expected::Values(values) => Self::recording(only_encrypted, values.len()),
        }
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
        match &mut self.collected {
            Collected::Hash(hash) => hash.update(bytes),
            Collected::Values(values) => extend(values, bytes),
        }
    }

    /// What was added, if it was kept.
    pub(crate) fn into_values(self) -> Zeroizing<Vec<u8>> {
        match self.collected {
            Collected::Hash(_) => Zeroizing::default(),
            Collected::Values(values) => values,
        }
    }

    /// Whether this is what was expected when it [began](Self::expecting).
    pub(crate) fn comes_to(self, expected: Expected) -> bool {
        match (self.collected, expected) {
            (Collected::Hash(hash), Expected::Code(code)) => hex(hash) == code,
            (Collected::Values(values), Expected::Values(expected)) => values.as_slice() == expected,
            _ => false,
        }
    }

    /// The code of what was added, in upper-case hex.
    pub(crate) fn finish(self) -> String {
        match self.collected {
            Collected::Hash(hash) => hex(hash),
            Collected::Values(values) => {
                let mut mac = Self::new(self.only_encrypted);
                mac.add_bytes(&values);
                mac.finish()
            }
        }
    }
}

fn hex(hash: Sha512) -> String {
    let digest = hash.finalize();
    let mut hex = String::with_capacity(digest.len() * 2);
    for byte in digest {
        let _ = write!(hex, "{byte:02X}");
    }
    hex
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
