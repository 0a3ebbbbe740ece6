//! Just enough DER to move a private key between its forms: PKCS#8, which the backend speaks, and the older ones that
//! Talos writes (SEC 1 for ECDSA, PKCS#1 for RSA).

use zeroize::Zeroizing;

use crate::{Error, Result};

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;
/// `[n]`, constructed.
pub(crate) const CONTEXT_0: u8 = 0xa0;
pub(crate) const CONTEXT_1: u8 = 0xa1;

/// One element: tag, length, content.
pub(crate) fn element(tag: u8, parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut out = Zeroizing::new(Vec::with_capacity(length + 6));
    out.push(tag);
    let bytes = length.to_be_bytes();
    let significant: &[u8] = &bytes[bytes.iter().take_while(|byte| **byte == 0).count()..];
    if length < 0x80 {
        #[expect(clippy::cast_possible_truncation, reason = "checked on the line above")]
        out.push(length as u8);
    } else {
        #[expect(clippy::cast_possible_truncation, reason = "a usize has at most eight bytes")]
        out.push(0x80 | significant.len() as u8);
        out.extend_from_slice(significant);
    }
    for part in parts {
        out.extend_from_slice(part);
    }
    out
}

/// Reads elements one after the other.
pub(crate) struct Reader<'d>(&'d [u8]);

impl<'d> Reader<'d> {
    pub(crate) fn new(bytes: &'d [u8]) -> Self {
        Self(bytes)
    }

    /// The tag of the next element.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The content of the next element, which must have this tag.
    pub(crate) fn take(&mut self, tag: u8) -> Result<&'d [u8]> {
        let (&found, rest) = self.0.split_first().ok_or(Error::Key)?;
        let (&first, rest) = rest.split_first().ok_or(Error::Key)?;
        let (length, rest) = if first < 0x80 { (usize::from(first), rest) } else { long(first, rest)? };
        if found != tag || rest.len() < length {
            return Err(Error::Key);
        }
        let (content, rest) = rest.split_at(length);
        self.0 = rest;
        Ok(content)
    }
}

fn long(first: u8, rest: &[u8]) -> Result<(usize, &[u8])> {
    let count = usize::from(first & 0x7f);
    if count == 0 || count > 4 || rest.len() < count {
        return Err(Error::Key);
    }
    let (bytes, rest) = rest.split_at(count);
    Ok((bytes.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_in_all_forms() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let bytes = element(OCTET_STRING, &[&vec![9; length]]);
            let mut reader = Reader::new(&bytes);
            assert_eq!(reader.peek(), Some(OCTET_STRING));
            assert_eq!(reader.take(OCTET_STRING).unwrap().len(), length);
            assert_eq!(reader.peek(), None);
        }
    }

    #[test]
    fn damaged_input_is_an_error() {
        for bytes in [&[][..], &[4], &[4, 5, 1], &[4, 0x85, 1, 1, 1, 1, 1], &[4, 0x80], &[2, 1, 1]] {
            assert!(Reader::new(bytes).take(OCTET_STRING).is_err(), "{bytes:?}");
        }
    }
}
