//! PEM blocks (RFC 7468): one block a text, lines of 64 characters.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use zeroize::Zeroizing;

use crate::{Error, Result};

pub(crate) const CERTIFICATE: &str = "CERTIFICATE";

/// A block: its label and what it holds.
pub(crate) struct Block {
    pub(crate) label: String,
    pub(crate) bytes: Zeroizing<Vec<u8>>,
}

/// Writes a block.
pub(crate) fn encode(label: &str, bytes: &[u8]) -> String {
    let body = Zeroizing::new(STANDARD.encode(bytes));
    let mut out = String::with_capacity(body.len() + body.len() / 64 + 2 * label.len() + 40);
    out.push_str("-----BEGIN ");
    out.push_str(label);
    out.push_str("-----\n");
    let mut rest = body.as_str();
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(64));
        out.push_str(line);
        out.push('\n');
        rest = tail;
    }
    out.push_str("-----END ");
    out.push_str(label);
    out.push_str("-----\n");
    out
}

/// Reads the first block of a text.
pub(crate) fn decode(text: &str) -> Result<Block> {
    let start = text.find("-----BEGIN ").ok_or(Error::Pem)? + "-----BEGIN ".len();
    let (label, rest) = text[start..].split_once("-----").ok_or(Error::Pem)?;
    let end = rest.find(&format!("-----END {label}-----")).ok_or(Error::Pem)?;
    let mut body = Zeroizing::new(String::with_capacity(end));
    body.extend(rest[..end].split_ascii_whitespace());
    let bytes = STANDARD.decode(body.as_bytes()).map_err(|_| Error::Pem)?;
    Ok(Block { label: label.to_owned(), bytes: Zeroizing::new(bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn written_and_read_back() {
        let text = encode("THROWAWAY", &[7; 100]);
        assert!(text.lines().all(|line| line.len() <= 64));
        let block = decode(&text).unwrap();
        assert_eq!((block.label.as_str(), block.bytes.as_slice()), ("THROWAWAY", [7; 100].as_slice()));
    }

    #[test]
    fn what_is_no_block() {
        for text in [
            "",
            "-----BEGIN X-----",
            "-----BEGIN X-----\n!\n-----END X-----\n",
            "-----BEGIN X-----\nAA==\n-----END Y-----\n",
        ] {
            assert_eq!(decode(text).err(), Some(Error::Pem), "{text}");
        }
    }
}
