//! The data key inside one armored age file per recipient.

use std::io::{Read as _, Write as _};

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use zeroize::Zeroizing;

use crate::cipher::DataKey;
use crate::keys::Recipient;
use crate::keys::recipient::shorten;
use crate::metadata::AgeEntry;
use crate::{Error, Result};

/// The most an entry may hold: an age file of 32 bytes for one recipient is far smaller.
const MAX_ENTRY: usize = 64 << 10;

/// Wraps a data key for one recipient.
pub(crate) fn wrap(key: &DataKey, recipient: &Recipient) -> Result<AgeEntry> {
    let failed = |reason: String| {
        Error::new(
            "sops/recipient",
            format!(
                "{}: the data key cannot be encrypted for it: {}",
                shorten(recipient.text()),
                one_line(&reason)
            ),
        )
    };
    let encryptor = age::Encryptor::with_recipients(std::iter::once(recipient.key()))
        .map_err(|error| failed(error.to_string()))?;
    let mut file = Vec::new();
    let write = || -> std::io::Result<()> {
        let mut writer = encryptor.wrap_output(ArmoredWriter::wrap_output(&mut file, Format::AsciiArmor)?)?;
        writer.write_all(key.bytes())?;
        writer.finish()?.finish()?;
        Ok(())
    };
    write().map_err(|error| failed(error.to_string()))?;
    let mut enc = String::from_utf8(file).map_err(|_| failed("the armor is not text".to_owned()))?;
    if !enc.ends_with('\n') {
        enc.push('\n');
    }
    Ok(AgeEntry { recipient: recipient.text().to_owned(), enc })
}

/// What trying identities on an entry gave.
pub(super) enum Unwrapped {
    /// The data key.
    Key(DataKey),
    /// No identity fits.
    NoneFits,
    /// One may fit, but could not be used: why.
    Refused(String),
}

/// Opens an entry with the first identity that fits.
///
/// # Errors
/// `sops/metadata` when the entry is no age file or holds no data key.
pub(super) fn unwrap<'i>(
    entry: &AgeEntry,
    identities: impl Iterator<Item = &'i dyn age::Identity>,
) -> Result<Unwrapped> {
    let broken = |what: &str| {
        Error::new("sops/metadata", format!("the age entry of {} {what}", shorten(&entry.recipient)))
    };
    if entry.enc.len() > MAX_ENTRY {
        return Err(broken("is too large"));
    }
    let decryptor = age::Decryptor::new_buffered(ArmoredReader::new(entry.enc.as_bytes()))
        .map_err(|_| broken("is not an age file"))?;
    let mut reader = match decryptor.decrypt(identities) {
        Ok(reader) => reader,
        Err(age::DecryptError::NoMatchingKeys) => return Ok(Unwrapped::NoneFits),
        Err(age::DecryptError::KeyDecryptionFailed) => {
            return Ok(Unwrapped::Refused(
                "the passphrase of an identity was wrong, or could not be asked for".to_owned(),
            ));
        }
        Err(age::DecryptError::ExcessiveWork { .. }) => {
            return Ok(Unwrapped::Refused("an identity's passphrase needs too much work".to_owned()));
        }
        Err(error @ (age::DecryptError::Plugin(_) | age::DecryptError::PluginResolve(_))) => {
            return Ok(Unwrapped::Refused(format!("a plugin failed: {}", one_line(&error.to_string()))));
        }
        Err(_) => return Err(broken("was altered")),
    };
    // One byte more than a key, in one piece, so that nothing is left behind by growing.
    let mut bytes = Zeroizing::new([0_u8; 33]);
    let mut length = 0;
    while length < bytes.len() {
        match reader.read(&mut bytes[length..]) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(_) => return Err(broken("was altered")),
        }
    }
    let key = DataKey::from_bytes(&bytes[..length]);
    key.map(Unwrapped::Key).ok_or_else(|| broken("does not hold a data key of 32 bytes"))
}

/// Several lines of another program as one.
fn one_line(text: &str) -> String {
    // age puts names in marks that keep their direction of writing.
    let plain: String = text.chars().filter(|c| !matches!(c, '\u{2066}'..='\u{2069}')).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
