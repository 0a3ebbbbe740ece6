//! What the commands that change an encrypted file share: opening it, and writing it back.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cliutil::{CommonArgs, Diagnostic, Failure, Io, Outcome, Reporter, Severity, Source, WriteOptions};
use sops::{BinaryFile, Environment, Format, KeyGroup, Keyring, Previous};
use zeroize::Zeroizing;

use crate::decrypt::utf8;
use crate::files;

/// An encrypted file, opened.
pub(crate) struct Opened {
    pub(crate) path: PathBuf,
    pub(crate) format: Format,
    source: Arc<Source>,
    content: Content,
}

enum Content {
    Text(Box<Previous>),
    Binary(Box<BinaryFile>),
}

/// Opens an encrypted file with the identities of the environment.
pub(crate) fn open(path: &Path, format: Format, ignore_mac: bool) -> Outcome<Opened> {
    open_with(path, format, &Keyring::new(Environment::of_process()), ignore_mac)
}

/// As [`open`], with a keyring that is used for several files.
pub(crate) fn open_with(path: &Path, format: Format, keyring: &Keyring, ignore_mac: bool) -> Outcome<Opened> {
    let source = files::secret(cliutil::read_file(path)?);
    let fail = |error| files::failure(&source, error);
    let content = if format == Format::Binary {
        Content::Binary(Box::new(sops::open_binary(source.text(), keyring, ignore_mac).map_err(fail)?))
    } else {
        let opened = sops::open_to_change(source.text(), format, keyring, ignore_mac).map_err(fail)?;
        Content::Text(Box::new(opened))
    };
    Ok(Opened { path: path.to_path_buf(), format, source, content })
}

impl Opened {
    /// Its plain bytes.
    pub(crate) fn plain(&self) -> &[u8] {
        match &self.content {
            Content::Text(file) => file.plain().as_bytes(),
            Content::Binary(file) => file.plain(),
        }
    }

    /// Whether the file still is what was opened: a person may take an hour over it.
    pub(crate) fn is_unchanged_on_disk(&self) -> bool {
        cliutil::read_file(&self.path).is_ok_and(|now| now.text() == self.source.text())
    }

    /// Who can read the file.
    pub(crate) fn group(&self) -> KeyGroup {
        let inspected = sops::inspect(self.source.text(), self.format).ok().flatten();
        let recipients = inspected.iter().flat_map(sops::Metadata::recipients);
        recipients.map(|recipient| sops::MasterKey::Age(recipient.to_owned())).collect()
    }

    /// Its plain text.
    pub(crate) fn text(&self) -> Outcome<&str> {
        utf8(self.plain())
    }

    /// The file under a new data key.
    pub(crate) fn rotated(&self, add: &KeyGroup, remove: &KeyGroup, now: &str) -> Outcome<String> {
        let made = match &self.content {
            Content::Text(file) => file.rotated(add, remove, now).map(|made| made.text),
            Content::Binary(file) => file.rotated(add, remove, now),
        };
        made.map_err(|error| files::failure(&self.source, error))
    }

    /// The encrypted file for changed plain bytes, and what is worth saying about them.
    pub(crate) fn encrypt_changed(&self, plain: &[u8]) -> Outcome<(String, Vec<Diagnostic>)> {
        let now = crate::encrypt::now();
        match &self.content {
            Content::Binary(file) => {
                let made = file.encrypt_changed(plain, &now);
                Ok((made.map_err(|error| files::failure(&self.source, error))?, Vec::new()))
            }
            Content::Text(file) => {
                let edited = files::text(self.source.name(), Zeroizing::new(plain.to_vec()))?;
                let made = file
                    .encrypt_changed(edited.text(), &now)
                    .map_err(|error| files::failure(&edited, error))?;
                Ok((made.text, files::notes(&edited, made.notes, Severity::Note)))
            }
        }
    }
}

/// Encrypts the changed plain text of a file and writes it back, when it differs from what is there.
pub(crate) fn encrypt_back(
    opened: &Opened,
    plain: &[u8],
    common: &CommonArgs,
    reporter: &Reporter,
    io: &mut Io,
) -> Outcome<()> {
    let (text, notes) = opened.encrypt_changed(plain)?;
    if !common.quiet {
        reporter.show(&notes, true, io);
    }
    if opened.source.text() == text {
        return Ok(());
    }
    cliutil::write_atomic(&opened.path, text.as_bytes(), WriteOptions::synced())
}

/// Whether a failure says that only the sops program can do it; its words then.
pub(crate) fn for_sops(failure: &Failure) -> Option<String> {
    failure.diagnostics.iter().find(|d| d.code == "sops/other-keys").map(|d| d.message.clone())
}
