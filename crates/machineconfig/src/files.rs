//! Files that a talconfig names: patches, contents, manifests.

use std::path::{Path, PathBuf};

/// How files are read. The tool decides what encrypted ones become.
pub trait Files: Sync {
    /// The text of a file, decrypted where it is encrypted.
    ///
    /// # Errors
    /// Why it cannot be read, in words that quote no content.
    fn text(&self, path: &Path) -> Result<String, String>;
}

/// Files as they are on the disk. An encrypted one is an error.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainFiles;

impl Files for PlainFiles {
    fn text(&self, path: &Path) -> Result<String, String> {
        let text = std::fs::read_to_string(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => "no such file".to_owned(),
            std::io::ErrorKind::InvalidData => "not UTF-8 text".to_owned(),
            _ => format!("cannot be read: {error}"),
        })?;
        if is_encrypted(&text) { Err("this file is encrypted".to_owned()) } else { Ok(text) }
    }
}

/// Whether a text is a YAML mapping that sops has encrypted.
pub fn is_encrypted(text: &str) -> bool {
    // A quick look first: most files do not even have the word.
    text.contains("sops")
        && yaml::parse(text).is_ok_and(|stream| {
            stream.documents.iter().any(|document| {
                document
                    .root
                    .get("sops")
                    .is_some_and(|sops| sops.as_mapping().is_some_and(|pairs| !pairs.is_empty()))
            })
        })
}

/// The path behind `@`, from the folder of the talconfig; none when the text is no such reference.
pub(crate) fn reference(text: &str, folder: &Path) -> Option<PathBuf> {
    let path = text.strip_prefix('@')?.trim();
    (!path.is_empty()).then(|| clean(&folder.join(path)))
}

/// A path without `.` parts, so that messages show it as people write it.
pub(crate) fn clean(path: &Path) -> PathBuf {
    path.components().filter(|part| !matches!(part, std::path::Component::CurDir)).collect()
}

/// Whether a file of this name must be YAML or JSON to be read at all.
pub(crate) fn is_data(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ending| ["yaml", "yml", "json"].iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references() {
        let folder = Path::new("talos");
        assert_eq!(reference("@./patches/a.yaml", folder), Some(PathBuf::from("talos/patches/a.yaml")));
        assert_eq!(reference("@ /etc/x", folder), Some(PathBuf::from("/etc/x")));
        assert_eq!(reference("@", folder), None);
        assert_eq!(reference("machine: {}", folder), None);
    }

    #[test]
    fn encrypted_files_are_told_apart() {
        assert!(is_encrypted("a: ENC[x]\nsops:\n  mac: y\n"));
        assert!(!is_encrypted("a: sops\nsops: {}\n"));
        assert!(!is_encrypted("[sops"));
    }
}
