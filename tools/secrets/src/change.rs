//! What the commands that change an encrypted file share: opening it, and writing it back.

use std::path::Path;
use std::sync::Arc;

use cliutil::{CommonArgs, Io, Outcome, Reporter, Severity, Source, WriteOptions};
use sops::{Encrypted, Environment, Keyring, Previous};

use crate::files;

/// An encrypted file, opened.
pub(crate) struct Opened {
    pub(crate) source: Arc<Source>,
    pub(crate) file: Previous,
}

/// Opens an encrypted file with the identities of the environment.
pub(crate) fn open(path: &Path, ignore_mac: bool) -> Outcome<Opened> {
    let source = files::secret(cliutil::read_file(path)?);
    let keyring = Keyring::new(Environment::of_process());
    let file = sops::open_to_change(source.text(), &keyring, ignore_mac)
        .map_err(|error| files::failure(&source, error))?;
    Ok(Opened { source, file })
}

/// Writes a text back to its file, when it differs from what is there. Whether it did.
pub(crate) fn write_back(path: &Path, source: &Source, text: &str) -> Outcome<bool> {
    if source.text() == text {
        return Ok(false);
    }
    cliutil::write_atomic(path, text.as_bytes(), WriteOptions::synced())?;
    Ok(true)
}

/// Encrypts the changed plain text of a file and writes it back. Whether the file changed.
pub(crate) fn encrypt_back(
    path: &Path,
    opened: Opened,
    plain: &str,
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<bool> {
    let Opened { source, file } = opened;
    let edited = files::secret(Source::new(source.name(), plain));
    let Encrypted { text, notes, .. } = file
        .encrypt_changed(plain, &crate::encrypt::now())
        .map_err(|error| files::failure(&edited, error))?;
    if !common.quiet {
        reporter.show(&files::notes(&edited, notes, Severity::Note), true, io);
    }
    write_back(path, &source, &text)
}
