//! Encrypting again without changing what did not change: the data key, the text of equal values and, when all are
//! equal, the whole block of a previous file are kept.

use std::collections::{HashMap, VecDeque};

use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::block::layout;
use crate::cipher::{Cipher, DataKey, Kind};
use crate::config::Rule;
use crate::format::{Format, read};
use crate::keys::{Keyring, MasterKey};
use crate::metadata::{KEY, Metadata};
use crate::open::{check_mac, metadata_in, metadata_of, open};
use crate::seal::{Encrypted, encrypt_stream, read_plain};
use crate::splice::Wiped;
use crate::value::Scalar;
use crate::walk::column;
use crate::{Result, encrypt_as};

/// The texts of a previous file's values, by place, type and value.
#[derive(Clone)]
pub(crate) struct Kept {
    texts: HashMap<[u8; 32], VecDeque<(Zeroizing<String>, String)>>,
    /// The integrity code over its values.
    pub(crate) mac: String,
    /// The time to record when anything changes.
    pub(crate) now: String,
}

impl Kept {
    /// Takes the text of an equal value, one in the same spelling first.
    pub(crate) fn take(&mut self, aad: &str, kind: Kind, value: &Scalar, plain: &str) -> Option<String> {
        let texts = self.texts.get_mut(&digest(aad, kind, value))?;
        let at = texts.iter().position(|(spelled, _)| spelled.as_str() == plain).unwrap_or(0);
        Some(texts.remove(at)?.1)
    }
}

/// A place, type and value as one key that holds no plain text.
fn digest(aad: &str, kind: Kind, value: &Scalar) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update((aad.len() as u64).to_be_bytes());
    hash.update(aad);
    hash.update([kind as u8]);
    hash.update(value.canonical().as_bytes());
    hash.finalize().into()
}

/// An encrypted version of a file, opened and verified.
pub struct Previous {
    pub(crate) text: String,
    pub(crate) stream: Wiped,
    pub(crate) metadata: Metadata,
    pub(crate) key: DataKey,
    pub(crate) plain: Zeroizing<String>,
    kept: Kept,
}

/// Opens a version of a file whose unchanged values are to be kept; none when it is not encrypted.
///
/// # Errors
/// Those of [`crate::decrypt`]: `sops/no-identity`, `sops/mac-mismatch` and the others.
pub fn open_previous(text: &str, format: Format, keyring: &Keyring) -> Result<Option<Previous>> {
    let stream = read(text, format.encrypted())?;
    metadata_in(&stream)?.map(|metadata| opened(text, stream, metadata, keyring, false)).transpose()
}

/// Opens an encrypted file to change it.
///
/// # Errors
/// Those of [`crate::decrypt`].
pub fn open_to_change(text: &str, format: Format, keyring: &Keyring, ignore_mac: bool) -> Result<Previous> {
    let stream = read(text, format.encrypted())?;
    let metadata = metadata_of(&stream)?;
    opened(text, stream, metadata, keyring, ignore_mac)
}

fn opened(
    text: &str,
    stream: Wiped,
    metadata: Metadata,
    keyring: &Keyring,
    ignore_mac: bool,
) -> Result<Previous> {
    let key = keyring.data_key(&metadata)?;
    let cipher = Cipher::new(&key);
    let mut texts: HashMap<_, VecDeque<_>> = HashMap::new();
    let opened = open(text, &stream, &metadata, &cipher, &mut |seen| {
        let kept = (seen.plain.clone(), seen.text.to_owned());
        texts.entry(digest(seen.aad, seen.kind, seen.value)).or_default().push_back(kept);
    })?;
    // A file whose integrity code is wrong, or not looked at, gets a new one.
    let mac = match check_mac(&metadata, &cipher, &opened.mac) {
        Ok(()) => opened.mac,
        Err(_) if ignore_mac => String::new(),
        Err(error) => return Err(error),
    };
    let kept = Kept { texts, mac, now: String::new() };
    Ok(Previous { text: text.to_owned(), stream, metadata, key, plain: opened.text, kept })
}

impl Previous {
    /// What its block says.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// Its plain text.
    pub fn plain(&self) -> &str {
        &self.plain
    }

    /// Encrypts a changed text by the rule and for the keys that the file records, keeping what did not change. A text
    /// that cannot be encrypted can be mended and tried again.
    ///
    /// # Errors
    /// Those of [`encrypt`].
    pub fn encrypt_changed(&self, text: &str, now: &str) -> Result<Encrypted> {
        let plain = read_plain(text, self.stream.format)?;
        let indent = layout(&self.text, &self.stream).step;
        let kept = Kept { now: now.to_owned(), ..self.kept.clone() };
        encrypt_stream(plain, indent, (self.metadata.clone(), self.key.clone()), Some(kept))
    }

    /// Encrypts a file, keeping what this version has already.
    ///
    /// The data key and texts are kept only when the recipients, threshold, selector, `mac_only_encrypted` and the
    /// store options are what `rule` says; else this is [`encrypt`]. The same value at the same path keeps its text;
    /// when all do, the integrity code and `lastmodified` stay as well.
    ///
    /// # Errors
    /// Those of [`encrypt`].
    pub fn encrypt(self, text: &str, rule: &Rule, now: &str) -> Result<Encrypted> {
        if !same_rule(&self.metadata, rule) || !self.same_store(rule) {
            return encrypt_as(text, self.stream.format, rule, now);
        }
        let plain = read_plain(text, self.stream.format)?;
        let kept = Kept { now: now.to_owned(), ..self.kept };
        encrypt_stream(plain, rule.indent, (self.metadata, self.key), Some(kept))
    }

    /// Store options are not recorded; they show in how the block is laid out.
    fn same_store(&self, rule: &Rule) -> bool {
        if self.stream.format != Format::Yaml {
            return true;
        }
        let block = self.metadata.to_block(rule.indent);
        self.stream.documents.iter().all(|document| {
            let Some(pair) = document.root.pair(KEY).filter(|_| !document.root.flow) else {
                return document.root.flow;
            };
            let column = column(&self.text, pair.key.span.start);
            let lines = self.text[pair.key.span.start..pair.value.span.end].lines().enumerate();
            let mut lines =
                lines.map(|(at, line)| if at == 0 { line } else { line.get(column..).unwrap_or(line) });
            block.iter().all(|line| lines.next() == Some(line)) && lines.next().is_none()
        })
    }
}

/// Whether the file was encrypted for whom and by what the rule says.
pub fn same_rule(metadata: &Metadata, rule: &Rule) -> bool {
    same_recipients(metadata, rule)
        && metadata.selector == rule.selector
        && metadata.mac_only_encrypted == rule.mac_only_encrypted
}

/// Whether the file was encrypted for whom the rule says, in the same order.
pub fn same_recipients(metadata: &Metadata, rule: &Rule) -> bool {
    let [recipients] = rule.groups.as_slice() else { return false };
    let same = metadata.extra.is_empty()
        && metadata.age.len() == recipients.len()
        && metadata
            .age
            .iter()
            .zip(recipients)
            .all(|(entry, key)| *key == MasterKey::Age(entry.recipient.clone()));
    same && metadata.shamir_threshold == rule.shamir_threshold
}
