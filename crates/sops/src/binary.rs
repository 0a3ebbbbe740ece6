//! Files of any bytes: encrypted they are a JSON object with the one value `data`. No rule chooses: all of it is
//! encrypted.

use zeroize::Zeroizing;

use crate::cipher::{Cipher, DataKey, Kind, Sealed};
use crate::config::Rule;
use crate::format::{Format, read};
use crate::json;
use crate::keys::Keyring;
use crate::mac::Mac;
use crate::metadata::{FORMAT_VERSION, KEY, Metadata};
use crate::open::{MAX_TEXT, check_mac, metadata_of};
use crate::reuse::same_recipients;
use crate::seal::new_metadata;
use crate::{Error, Result, Selector};

const DATA: &str = "data";
const AAD: &str = "data:";

/// An encrypted file of bytes, opened.
pub struct BinaryFile {
    text: String,
    metadata: Metadata,
    key: DataKey,
    plain: Zeroizing<Vec<u8>>,
}

/// Encrypts bytes with a new data key.
///
/// # Errors
/// As [`crate::encrypt`], for its recipients.
pub fn encrypt_binary(plain: &[u8], rule: &Rule, now: &str) -> Result<String> {
    if plain.len() > MAX_TEXT / 2 {
        return Err(Error::new("sops/size", format!("larger than {} MiB", (MAX_TEXT / 2) >> 20)));
    }
    let (mut metadata, key) = new_metadata(rule, now)?;
    metadata.selector = Selector::unrecorded();
    metadata.mac_only_encrypted = false;
    seal(plain, metadata, &key, rule.binary_indent)
}

/// Opens an encrypted file of bytes.
///
/// # Errors
/// Those of [`crate::decrypt`], and `sops/json`.
pub fn open_binary(text: &str, keyring: &Keyring, ignore_mac: bool) -> Result<BinaryFile> {
    let stream = read(text, Format::Json)?;
    let metadata = metadata_of(&stream)?;
    let root = &stream.documents[0].root;
    let sealed = root.get(DATA).and_then(yaml::Node::as_str).ok_or_else(|| {
        Error::new("sops/value", format!("the file has no text under {DATA:?}, where encrypted bytes stand"))
            .with_help("--input-type says that it is of another type than its name tells")
    })?;
    let key = keyring.data_key(&metadata)?;
    let cipher = Cipher::new(&key);
    let plain = if sealed.is_empty() { Zeroizing::default() } else { open_data(sealed, &cipher)? };
    if !ignore_mac {
        let mut mac = Mac::new(metadata.mac_only_encrypted);
        mac.add_bytes(&plain);
        check_mac(&metadata, &cipher, &mac.finish())?;
    }
    Ok(BinaryFile { text: text.to_owned(), metadata, key, plain })
}

fn open_data(text: &str, cipher: &Cipher) -> Result<Zeroizing<Vec<u8>>> {
    let sealed = Sealed::parse(text).filter(|sealed| matches!(sealed.kind, Kind::Str | Kind::Bytes));
    let sealed = sealed.ok_or_else(|| {
        Error::new("sops/value", format!("the value at {DATA} is not encrypted, or damaged"))
    })?;
    cipher.open(&sealed, AAD).ok_or_else(|| {
        Error::new("sops/tampered", format!("the value at {DATA} cannot be decrypted: it was altered"))
            .with_help("restore the file from version control")
    })
}

/// Writes the envelope. Empty input stays empty, as in sops.
fn seal(plain: &[u8], mut metadata: Metadata, key: &DataKey, indent: Option<usize>) -> Result<String> {
    let cipher = Cipher::new(key);
    let data = if plain.is_empty() { String::new() } else { cipher.seal(plain, AAD, Kind::Str)? };
    let mut mac = Mac::new(metadata.mac_only_encrypted);
    mac.add_bytes(plain);
    metadata.mac = cipher.seal(mac.finish().as_bytes(), &metadata.mac_aad(), Kind::Str)?;
    let pad = indent.map_or("\t".to_owned(), |indent| " ".repeat(indent));
    let block = json::write(&metadata.to_value(), Some(("\n", &pad)));
    Ok(format!("{{\n{pad}\"{DATA}\": \"{data}\",\n{pad}\"{KEY}\": {block}\n}}\n"))
}

impl BinaryFile {
    /// Its bytes.
    pub fn plain(&self) -> &[u8] {
        &self.plain
    }

    /// What its block says.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Encrypts changed bytes for the keys that the file records; equal bytes give the same file.
    ///
    /// # Errors
    /// `sops/random`.
    pub fn encrypt_changed(&self, plain: &[u8], now: &str) -> Result<String> {
        if plain == self.plain.as_slice() {
            return Ok(self.text.clone());
        }
        let mut metadata = self.metadata.clone();
        now.clone_into(&mut metadata.last_modified);
        FORMAT_VERSION.clone_into(&mut metadata.version);
        seal(plain, metadata, &self.key, self.indent())
    }

    /// Encrypts bytes by a rule, keeping the data key and what did not change where the recipients are the rule's.
    ///
    /// # Errors
    /// Those of [`encrypt_binary`].
    pub fn encrypt(&self, plain: &[u8], rule: &Rule, now: &str) -> Result<String> {
        let same = same_recipients(&self.metadata, rule) && self.indent() == rule.binary_indent;
        if same { self.encrypt_changed(plain, now) } else { encrypt_binary(plain, rule, now) }
    }

    /// The indentation of the envelope; none for a tab.
    pub(crate) fn indent(&self) -> Option<usize> {
        let line = self.text.split('\n').nth(1).unwrap_or_default();
        let blanks = line.len() - line.trim_start_matches(' ').len();
        (!line.starts_with('\t')).then_some(blanks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{Environment, generate_identity, parse_recipients};

    #[test]
    fn bytes_come_back() {
        let (secret, public) = generate_identity();
        let keyring = Keyring::new(Environment::of([("SOPS_AGE_KEY", secret.as_str())]));
        let rule = Rule { groups: vec![parse_recipients(&public)], ..Rule::default() };
        for bytes in [&b""[..], b"\x00\xff\xfe", b"text\n", &[7; 5000]] {
            let text = encrypt_binary(bytes, &rule, "2026-11-21T03:00:00Z").unwrap();
            assert!(!text.contains("unencrypted_suffix"));
            let file = open_binary(&text, &keyring, false).map_err(|e| e.message).unwrap();
            assert_eq!(file.plain(), bytes);
            assert_eq!(file.encrypt(bytes, &rule, "2027-01-01T00:00:00Z").unwrap(), text);
            assert_ne!(file.encrypt(b"other", &rule, "2027-01-01T00:00:00Z").unwrap(), text);
            let broken = text.replacen("data:", "data:AAAA", 1);
            if !bytes.is_empty() {
                assert_eq!(open_binary(&broken, &keyring, false).err().unwrap().code, "sops/tampered");
            }
        }
    }
}
