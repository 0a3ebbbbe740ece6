//! The data key inside one armored age file per recipient.

use std::io::{Read as _, Write as _};

use age::armor::{ArmoredReader, ArmoredWriter, Format};
use zeroize::Zeroizing;

use crate::cipher::DataKey;
use crate::keys::Recipient;
use crate::metadata::AgeEntry;
use crate::{Error, Result};

/// The most an entry may hold: an age file of 32 bytes for one recipient is far smaller.
const MAX_ENTRY: usize = 64 << 10;

/// Wraps a data key for one recipient.
pub(crate) fn wrap(key: &DataKey, recipient: &Recipient) -> Result<AgeEntry> {
    let failed = |reason: String| {
        Error::new(
            "sops/recipient",
            format!("{}: the data key cannot be encrypted for it: {reason}", recipient.text()),
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

/// Opens an entry with the first identity that fits; none when none does.
///
/// # Errors
/// `sops/metadata` when the entry is no age file or holds no data key.
pub(crate) fn unwrap<'i>(
    entry: &AgeEntry,
    identities: impl Iterator<Item = &'i dyn age::Identity>,
) -> Result<Option<DataKey>> {
    let broken =
        |what: &str| Error::new("sops/metadata", format!("the age entry of {} {what}", entry.recipient));
    if entry.enc.len() > MAX_ENTRY {
        return Err(broken("is too large"));
    }
    let decryptor = age::Decryptor::new_buffered(ArmoredReader::new(entry.enc.as_bytes()))
        .map_err(|_| broken("is not an age file"))?;
    let mut reader = match decryptor.decrypt(identities) {
        Ok(reader) => reader,
        Err(age::DecryptError::NoMatchingKeys) => return Ok(None),
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
    key.map(Some).ok_or_else(|| broken("does not hold a data key of 32 bytes"))
}
