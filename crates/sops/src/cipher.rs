//! The value cipher: AES-256-GCM with a 32-byte nonce, and the `ENC[…]` text that holds what it made.
//!
//! The nonce is longer than the 96 bits usual for GCM, so the counter block comes from GHASH (NIST SP 800-38D, 7.1).

use aes_gcm::aead::consts::{U12, U16, U32};
use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::aes::Aes256;
use aes_gcm::{AeadInOut, AesGcm, KeyInit, Nonce, Tag};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::sync::Mutex;
use zeroize::Zeroizing;

use crate::{Error, Result};

const PREFIX: &str = "ENC[AES256_GCM,data:";
const NONCE: usize = 32;

/// The key of one file: 32 random bytes. It is wiped when dropped and has no `Debug`.
#[derive(Clone)]
pub(crate) struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    /// A new key from the system's randomness.
    ///
    /// # Errors
    /// `sops/random` when the system gives none.
    pub(crate) fn generate() -> Result<Self> {
        let mut key = Zeroizing::new([0; 32]);
        fill_random(&mut *key)?;
        Ok(Self(key))
    }

    /// A key from its bytes; none when there are not 32 of them.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// The bytes, for wrapping them for a recipient.
    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The type tag of an encrypted value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// Text.
    Str,
    /// An integer that fits 64 bits.
    Int,
    /// A float.
    Float,
    /// A boolean.
    Bool,
    /// A date or time.
    Time,
    /// Bytes; only ever read.
    Bytes,
    /// A comment's text, without `#`.
    Comment,
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Str => "str",
            Self::Int => "int",
            Self::Float => "float",
            Self::Bool => "bool",
            Self::Time => "time",
            Self::Bytes => "bytes",
            Self::Comment => "comment",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Str, Self::Int, Self::Float, Self::Bool, Self::Time, Self::Bytes, Self::Comment]
            .into_iter()
            .find(|kind| kind.word() == word)
    }
}

/// A parsed `ENC[…]` text.
#[derive(Clone, Copy)]
pub(crate) struct Sealed<'t> {
    data: &'t str,
    iv: &'t str,
    tag: &'t str,
    /// Its type.
    pub(crate) kind: Kind,
    /// What stands behind the closing bracket: line breaks of a block scalar, else nothing.
    pub(crate) rest: &'t str,
}

impl<'t> Sealed<'t> {
    /// Reads the text; none when it is not of this form. As in sops the end is not anchored.
    pub(crate) fn parse(text: &'t str) -> Option<Self> {
        let (data, rest) = part(text.strip_prefix(PREFIX)?, ",iv:")?;
        let (iv, rest) = part(rest, ",tag:")?;
        let (tag, rest) = part(rest, ",type:")?;
        let (word, rest) = rest.split_once(']')?;
        if data.is_empty() || iv.is_empty() || tag.is_empty() {
            return None;
        }
        Some(Self { data, iv, tag, kind: Kind::from_word(word)?, rest })
    }

    /// The same value with something else behind it.
    pub(crate) fn before<'s>(self, rest: &'s str) -> Sealed<'s>
    where
        't: 's,
    {
        Sealed { rest, ..self }
    }

    /// Whether a text begins as an encrypted value does, so that it is meant to be one.
    pub(crate) fn looks_like(text: &str) -> bool {
        text.starts_with("ENC[AES256_GCM,")
    }
}

/// What stands before `next`, which begins with a comma, and behind it. Base64 has no commas, so it is nearly always the
/// first one.
fn part<'t>(text: &'t str, next: &str) -> Option<(&'t str, &'t str)> {
    let (before, behind) = text.split_at(memchr::memchr(b',', text.as_bytes())?);
    match behind.strip_prefix(next) {
        Some(rest) => Some((before, rest)),
        None => text.split_once(next),
    }
}

/// Seals and opens values with one data key.
pub(crate) struct Cipher {
    gcm: AesGcm<Aes256, U32>,
    key: DataKey,
    /// Random bytes for the next nonces, taken from the system in larger pieces: what is left of them.
    nonces: Mutex<Vec<u8>>,
}

impl Cipher {
    /// A cipher for `key`.
    pub(crate) fn new(key: &DataKey) -> Self {
        Self { gcm: AesGcm::new(key.bytes().into()), key: key.clone(), nonces: Mutex::default() }
    }

    /// Encrypts a value; `aad` is its place in the document.
    ///
    /// # Errors
    /// `sops/random`.
    pub(crate) fn seal(&self, plain: &[u8], aad: &str, kind: Kind) -> Result<String> {
        self.seal_with(plain, aad, kind, self.nonce()?)
    }

    fn nonce(&self) -> Result<[u8; NONCE]> {
        let mut nonce = [0; NONCE];
        let Ok(mut pool) = self.nonces.lock() else {
            return fill_random(&mut nonce).map(|()| nonce);
        };
        if pool.len() < NONCE {
            pool.resize(256 * NONCE, 0);
            if let Err(error) = fill_random(&mut pool) {
                // Bytes that are not random are never used.
                pool.clear();
                return Err(error);
            }
        }
        let rest = pool.len() - NONCE;
        nonce.copy_from_slice(&pool[rest..]);
        pool.truncate(rest);
        Ok(nonce)
    }

    fn seal_with(&self, plain: &[u8], aad: &str, kind: Kind, nonce: [u8; NONCE]) -> Result<String> {
        let mut data = Zeroizing::new(plain.to_vec());
        let tag = self
            .gcm
            .encrypt_inout_detached(&Nonce::from(nonce), aad.as_bytes(), InOutBuf::from(data.as_mut_slice()))
            .map_err(|_| Error::new("sops/size", "a value is too large to encrypt"))?;
        let mut out = String::with_capacity(PREFIX.len() + data.len() * 4 / 3 + 120);
        out.push_str(PREFIX);
        STANDARD.encode_string(data.as_slice(), &mut out);
        out.push_str(",iv:");
        STANDARD.encode_string(nonce, &mut out);
        out.push_str(",tag:");
        STANDARD.encode_string(tag, &mut out);
        out.push_str(",type:");
        out.push_str(kind.word());
        out.push(']');
        Ok(out)
    }

    /// Decrypts a value; none when it was altered, moved, or sealed with another key.
    pub(crate) fn open(&self, sealed: &Sealed, aad: &str) -> Option<Zeroizing<Vec<u8>>> {
        let mut data = Zeroizing::new(STANDARD.decode(sealed.data).ok()?);
        let (mut iv, mut tag) = ([0; 3 * NONCE], [0; 3 * NONCE]);
        let iv = decode_into(sealed.iv, &mut iv)?;
        let tag = Tag::try_from(decode_into(sealed.tag, &mut tag)?).ok()?;
        let buffer = InOutBuf::from(data.as_mut_slice());
        let aad = aad.as_bytes();
        // sops takes the nonce's length from the file. It has always written 32; the usual lengths are read too.
        let opened = match iv.len() {
            NONCE => self.gcm.decrypt_inout_detached(&Nonce::try_from(iv).ok()?, aad, buffer, &tag),
            16 => AesGcm::<Aes256, U16>::new(self.key.bytes().into()).decrypt_inout_detached(
                &Nonce::try_from(iv).ok()?,
                aad,
                buffer,
                &tag,
            ),
            12 => AesGcm::<Aes256, U12>::new(self.key.bytes().into()).decrypt_inout_detached(
                &Nonce::try_from(iv).ok()?,
                aad,
                buffer,
                &tag,
            ),
            _ => return None,
        };
        opened.ok().map(|()| data)
    }
}

/// Base64 of no more than `buffer` holds.
fn decode_into<'b>(text: &str, buffer: &'b mut [u8]) -> Option<&'b [u8]> {
    let length = STANDARD.decode_slice(text, buffer).ok()?;
    buffer.get(..length)
}

/// Random bytes from the system.
pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes)
        .map_err(|error| Error::new("sops/random", format!("no random bytes from the system: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn seals_what_it_opens_and_nothing_else() {
        let cipher = Cipher::new(&DataKey::from_bytes(&[7; 32]).unwrap());
        let text = cipher.seal(b"hello", "data:token:", Kind::Str).unwrap();
        let sealed = Sealed::parse(&text).unwrap();
        assert_eq!(cipher.open(&sealed, "data:token:").unwrap().as_slice(), b"hello");
        assert!(cipher.open(&sealed, "data:other:").is_none());
        let other = Cipher::new(&DataKey::from_bytes(&[8; 32]).unwrap());
        assert!(other.open(&sealed, "data:token:").is_none());
    }

    #[test]
    fn reads_as_sops_does() {
        assert!(Sealed::parse("ENC[AES256_GCM,data:aa==,iv:bb==,tag:cc==,type:str]").is_some());
        assert_eq!(Sealed::parse("ENC[AES256_GCM,data:a,iv:b,tag:c,type:int]\n\n").unwrap().rest, "\n\n");
        for text in [
            "",
            "ENC[AES256_GCM,data:,iv:b,tag:c,type:str]",
            "ENC[AES256_GCM,data:a,iv:b,tag:c,type:what]",
            " ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]",
            "ENC[AES256_GCM,data:a,iv:b,tag:c,type:str",
        ] {
            assert!(Sealed::parse(text).is_none(), "{text}");
        }
    }

    /// Nonces of 256 bits as sops writes them, and of the lengths that are read too.
    #[test]
    fn wycheproof() {
        use crate::wycheproof::{bytes, cases};
        let mut sealed_alike = 0;
        for case in cases("aes_256_gcm") {
            let field = |name| bytes(&case, name);
            let cipher = Cipher::new(&DataKey::from_bytes(&field("key")).unwrap());
            let aad = field("aad");
            // What sops binds values to is text.
            let Ok(aad) = std::str::from_utf8(&aad) else { continue };
            let [data, iv, tag] = ["ct", "iv", "tag"].map(|name| STANDARD.encode(field(name)));
            let sealed = Sealed { data: &data, iv: &iv, tag: &tag, kind: Kind::Str, rest: "" };
            let opened = cipher.open(&sealed, aad).map(|plain| plain.to_vec());
            let valid = case["result"] == "valid";
            assert_eq!(opened, valid.then(|| field("msg")), "{}", case["tcId"]);
            if let (true, Ok(nonce)) = (valid, <[u8; NONCE]>::try_from(field("iv"))) {
                let text = cipher.seal_with(&field("msg"), aad, Kind::Str, nonce).unwrap();
                assert_eq!(text, format!("{PREFIX}{data},iv:{iv},tag:{tag},type:str]"));
                sealed_alike += 1;
            }
        }
        assert_eq!(sealed_alike, 1);
    }

    proptest! {
        #[test]
        fn any_bytes_come_back(plain: Vec<u8>, aad in ".*", flip in 0usize..200) {
            let cipher = Cipher::new(&DataKey::from_bytes(&[1; 32]).unwrap());
            let text = cipher.seal(&plain, &aad, Kind::Str).unwrap();
            if plain.is_empty() {
                prop_assert!(Sealed::parse(&text).is_none());
                return Ok(());
            }
            let sealed = Sealed::parse(&text).unwrap();
            let opened = cipher.open(&sealed, &aad).unwrap();
            prop_assert_eq!(opened.as_slice(), plain.as_slice());
            let mut bytes = text.clone().into_bytes();
            let at = flip % bytes.len();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            // The last bits of base64 before padding carry nothing; all else is noticed.
            if let Some(sealed) = Sealed::parse(&changed) {
                prop_assert!(cipher.open(&sealed, &aad).is_none());
            }
        }
    }
}
