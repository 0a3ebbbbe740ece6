//! age's post-quantum keys, for which the age crate has no type: HPKE (RFC 9180, base mode) over X-Wing (ML-KEM-768 and
//! X25519), HKDF-SHA256 and ChaCha20-Poly1305, with age's label and stanza `mlkem768x25519` (age 1.3).

use std::collections::HashSet;

use age::{DecryptError, EncryptError};
use age_core::format::{FILE_KEY_BYTES, FileKey, Stanza};
use age_core::primitives::{bech32_decode, bech32_encode, hpke_open, hpke_seal};
use age_core::secrecy::ExposeSecret as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use bech32::Hrp;
use hpke::rand_core::OsRng;
use hpke::{Deserializable as _, Kem as _, Serializable as _};
use zeroize::Zeroizing;

use super::xwing::XWing;
use crate::cipher::fill_random;
use crate::{Error, Result};

const LABEL: &[u8] = b"age-encryption.org/mlkem768x25519";
const STANZA: &str = "mlkem768x25519";
/// What a file key's seal adds.
const TAG_BYTES: usize = 16;
/// The secret seed.
const SEED_BYTES: usize = 32;

/// How recipients of this kind begin.
pub(crate) const RECIPIENT: &str = "age1pq1";
/// How identities of this kind begin.
pub(crate) const IDENTITY: &str = "AGE-SECRET-KEY-PQ-1";
const RECIPIENT_HRP: Hrp = Hrp::parse_unchecked("age1pq");
const IDENTITY_HRP: Hrp = Hrp::parse_unchecked("age-secret-key-pq-");

type PublicKey = <XWing as hpke::Kem>::PublicKey;
type PrivateKey = <XWing as hpke::Kem>::PrivateKey;
type EncappedKey = <XWing as hpke::Kem>::EncappedKey;

/// A recipient `age1pq1…`.
pub(crate) struct Recipient(PublicKey);

/// An identity `AGE-SECRET-KEY-PQ-1…`. Its key is wiped when dropped.
pub(crate) struct Identity(PrivateKey);

impl Recipient {
    /// Reads the text form; none when it is malformed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = decode(text, RECIPIENT_HRP)?;
        PublicKey::from_bytes(&bytes).ok().map(Self)
    }
}

impl Identity {
    /// Reads the text form; none when it is malformed.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = decode(text, IDENTITY_HRP)?;
        PrivateKey::from_bytes(&bytes).ok().map(Self)
    }

    /// A new one: its secret text and its recipient.
    ///
    /// # Errors
    /// `sops/random`.
    pub(crate) fn generate() -> Result<(Zeroizing<String>, String)> {
        let mut seed = Zeroizing::new([0; SEED_BYTES]);
        fill_random(&mut *seed)?;
        let key = PrivateKey::from_bytes(&*seed)
            .map_err(|_| Error::new("sops/internal", "a new key cannot be used"))?;
        let lower = Zeroizing::new(bech32_encode(IDENTITY_HRP, &*seed));
        let secret = Zeroizing::new(lower.to_ascii_uppercase());
        Ok((secret, bech32_encode(RECIPIENT_HRP, &XWing::sk_to_pk(&key).to_bytes())))
    }
}

fn decode(text: &str, hrp: Hrp) -> Option<Zeroizing<Vec<u8>>> {
    bech32_decode(
        text,
        |_| (),
        |found| if found == hrp { Ok(()) } else { Err(()) },
        |_, bytes| Ok(Zeroizing::new(bytes.collect())),
    )
    .ok()
}

impl age::Recipient for Recipient {
    fn wrap_file_key(
        &self,
        file_key: &FileKey,
    ) -> std::result::Result<(Vec<Stanza>, HashSet<String>), EncryptError> {
        let (enc, body) = hpke_seal::<XWing, _>(&self.0, LABEL, file_key.expose_secret(), &mut OsRng);
        let args = vec![STANDARD_NO_PAD.encode(enc.to_bytes())];
        let stanza = Stanza { tag: STANZA.to_owned(), args, body };
        Ok((vec![stanza], HashSet::from(["postquantum".to_owned()])))
    }
}

impl age::Identity for Identity {
    fn unwrap_stanza(&self, stanza: &Stanza) -> Option<std::result::Result<FileKey, DecryptError>> {
        if stanza.tag != STANZA {
            return None;
        }
        let [enc] = stanza.args.as_slice() else { return Some(Err(DecryptError::InvalidHeader)) };
        let enc = STANDARD_NO_PAD.decode(enc).ok().and_then(|enc| EncappedKey::from_bytes(&enc).ok());
        let Some(enc) = enc.filter(|_| stanza.body.len() == FILE_KEY_BYTES + TAG_BYTES) else {
            return Some(Err(DecryptError::InvalidHeader));
        };
        // A key that does not fit shows only here: the mechanism rejects implicitly.
        let opened = hpke_open::<XWing>(&enc, &self.0, LABEL, &stanza.body);
        let opened = Zeroizing::new(opened.ok()?);
        Some(Ok(FileKey::init_with_mut(|key| key.copy_from_slice(&opened))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use age::{Identity as _, Recipient as _};

    #[test]
    fn a_file_key_comes_back_to_its_identity_alone() {
        let (secret, public) = Identity::generate().unwrap();
        assert!(secret.starts_with(IDENTITY) && public.starts_with(RECIPIENT));
        let (recipient, identity) = (Recipient::parse(&public).unwrap(), Identity::parse(&secret).unwrap());
        let key = FileKey::init_with_mut(|key| key.fill(7));
        let (stanzas, labels) = recipient.wrap_file_key(&key).unwrap();
        assert!(labels.contains("postquantum"));
        let back = identity.unwrap_stanza(&stanzas[0]).unwrap().map_err(|error| error.to_string()).unwrap();
        assert_eq!(back.expose_secret(), key.expose_secret());
        let (other, _) = Identity::generate().unwrap();
        assert!(Identity::parse(&other).unwrap().unwrap_stanza(&stanzas[0]).is_none());
        let Stanza { tag, args, mut body } = stanzas.into_iter().next().unwrap();
        body[3] ^= 1;
        let mut altered = Stanza { tag, args, body };
        assert!(identity.unwrap_stanza(&altered).is_none());
        for broken in [vec![], vec!["AAAA".to_owned()], vec!["!".to_owned()]] {
            altered.args = broken;
            assert!(identity.unwrap_stanza(&altered).unwrap().is_err());
        }
    }

    /// age's published vectors, where a folder of them is named in CLUSTERPIPE_AGE_VECTORS (the Go module
    /// c2sp.org/CCTV/age, testdata). Each tells an identity and whether its file opens.
    #[test]
    fn published_vectors() {
        let Some(folder) = std::env::var_os("CLUSTERPIPE_AGE_VECTORS") else { return };
        let mut seen = 0;
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let bytes = std::fs::read(&path).unwrap();
            let head_end = bytes.windows(2).position(|two| two == b"\n\n").unwrap();
            let head = String::from_utf8_lossy(&bytes[..head_end]).into_owned();
            let field = |key: &str| head.lines().find_map(|line| line.strip_prefix(key)).map(str::trim);
            let Some(identity) =
                field("identity: AGE-SECRET-KEY-PQ-1").filter(|_| name.starts_with("hybrid"))
            else {
                continue;
            };
            if field("compressed:").is_some() {
                continue;
            }
            let text = format!("{IDENTITY}{identity}");
            let identity = Identity::parse(&text).unwrap();
            let opened = age::Decryptor::new(&bytes[head_end + 2..]).and_then(|file| {
                let mut plain = Vec::new();
                let mut reader = file.decrypt(std::iter::once(&identity as &dyn age::Identity))?;
                std::io::Read::read_to_end(&mut reader, &mut plain)?;
                Ok(plain)
            });
            let wanted = field("expect:").unwrap() == "success";
            assert_eq!(opened.is_ok(), wanted, "{name}: {:?}", opened.err().map(|error| error.to_string()));
            seen += 1;
        }
        assert!(seen >= 10, "{seen} vectors");
    }

    #[test]
    fn text_forms_are_checked() {
        let (secret, public) = Identity::generate().unwrap();
        assert!(Recipient::parse(&secret).is_none() && Identity::parse(&public).is_none());
        assert!(Recipient::parse(&public[..public.len() - 1]).is_none());
        assert!(Identity::parse(&secret.replace('Q', "P")).is_none());
        assert!(Recipient::parse("age1pq1").is_none());
    }
}
