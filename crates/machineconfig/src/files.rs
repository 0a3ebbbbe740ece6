//! Files that a talconfig names: patches, contents, manifests.

use std::path::{Path, PathBuf};

use crate::Problem;

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

/// Whether a file holds what its name says: talhelper, which looks for sops's metadata in it, reads no other.
///
/// `.yaml` and `.yml` hold documents that are mappings, `.json` begins with an object, `.env` has `NAME=value` lines. What
/// has another name is taken as it is.
pub(crate) fn check(path: &Path, text: &str) -> Result<(), Problem> {
    let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
    let wrong = |message: &str| {
        let help = "give it another ending, such as .txt, when it is to be taken as it stands";
        Err(Problem::new("talos/file", message).with_help(help))
    };
    match ending {
        "yaml" | "yml" => {
            let stream = yaml::parse(text).map_err(Problem::from)?;
            if let Some(error) = yaml::check_duplicates(&stream, yaml::Dialect::GoYamlV3).into_iter().next() {
                return Err(error.into());
            }
            let is_null = |node: &yaml::Node| {
                yaml::to_value(node, yaml::Dialect::GoYamlV3).is_ok_and(|value| value.is_null())
            };
            let fits = |root: &yaml::Node| root.as_mapping().is_some() || is_null(root);
            if stream.documents.iter().any(|document| !fits(&document.root)) {
                return wrong("a YAML file must hold mappings of keys");
            }
            if stream.documents.is_empty() && !text.is_empty() {
                return wrong("there is nothing in this YAML file");
            }
        }
        "json" => {
            let mut values = serde_json::Deserializer::from_str(text).into_iter::<serde_json::Map<_, _>>();
            if !matches!(values.next(), Some(Ok::<serde_json::Map<String, serde_json::Value>, _>(_))) {
                return wrong("a JSON file must hold an object");
            }
        }
        "env" => {
            let fits = |line: &str| line.is_empty() || line.starts_with('#') || line.contains('=');
            if !text.lines().all(fits) {
                return wrong("a line of this file of variables is not NAME=value");
            }
        }
        _ => {}
    }
    Ok(())
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

    // Tried with talhelper 3.1.16.
    #[test]
    fn what_files_must_hold() {
        for (name, text, fits) in [
            ("a.yaml", "a: b\n---\nc: d\n", true),
            ("a.yaml", "- a\n", false),
            ("a.yml", "words\n", false),
            ("a.yaml", "null\n", true),
            ("a.yaml", "# only this\n", false),
            ("a.yaml", "", true),
            ("a.yaml", "a: 1\na: 2\n", false),
            ("a.yaml", "a: [\n", false),
            ("a.YAML", "a: [\n", true),
            ("a.json", "{\"a\": 1} x", true),
            ("a.json", "[1]", false),
            ("a.json", "{a: b}", false),
            ("a.env", "A=b\n# c\n", true),
            ("a.env", "words\n", false),
            ("a.txt", "[", true),
        ] {
            assert_eq!(check(Path::new(name), text).is_ok(), fits, "{name}: {text:?}");
        }
    }

    #[test]
    fn encrypted_files_are_told_apart() {
        assert!(is_encrypted("a: ENC[x]\nsops:\n  mac: y\n"));
        assert!(!is_encrypted("a: sops\nsops: {}\n"));
        assert!(!is_encrypted("[sops"));
    }
}
