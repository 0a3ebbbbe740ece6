//! The kinds of files (sops calls them stores) and how each is read into the one shape that the rest works on: a stream
//! of nodes with their places in the text.

use std::path::Path;

use yaml::Stream;
use zeroize::Zeroizing;

use crate::open::MAX_TEXT;
use crate::splice::Wiped;
use crate::{Error, Result, dotenv, json};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Format {
    /// Documents of mappings, with comments.
    #[default]
    Yaml,
    /// One object.
    Json,
    /// `KEY=VALUE` lines and `#` comments.
    Dotenv,
    /// Anything at all; encrypted it is a JSON object with one value.
    Binary,
    /// Known to sops, not read here.
    Ini,
}

impl Format {
    /// The format of a file by the end of its name, as sops has it: what is not known is binary.
    pub fn of_name(name: &Path) -> Self {
        let name = name.as_os_str().to_string_lossy();
        let ends = |suffixes: &[&str]| suffixes.iter().any(|suffix| name.ends_with(suffix));
        match () {
            () if ends(&[".yaml", ".yml"]) => Self::Yaml,
            () if ends(&[".json"]) => Self::Json,
            () if ends(&[".env"]) => Self::Dotenv,
            () if ends(&[".ini"]) => Self::Ini,
            () => Self::Binary,
        }
    }

    /// The format that sops knows under a word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Yaml, Self::Json, Self::Dotenv, Self::Binary, Self::Ini]
            .into_iter()
            .find(|format| format.word() == word)
    }

    /// Its name.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yaml => "yaml",
            Self::Json => "json",
            Self::Dotenv => "dotenv",
            Self::Binary => "binary",
            Self::Ini => "ini",
        }
    }

    /// What an encrypted file of this format is written in.
    pub(crate) fn encrypted(self) -> Self {
        if self == Self::Binary { Self::Json } else { self }
    }
}

/// Parses a text and refuses what no reader agrees on.
pub(crate) fn read(text: &str, format: Format) -> Result<Wiped> {
    if text.len() > MAX_TEXT {
        return Err(Error::new("sops/size", format!("larger than {} MiB", MAX_TEXT >> 20)));
    }
    let stream = match format {
        Format::Yaml => return read_yaml(text),
        Format::Json | Format::Binary => json::parse(text)?,
        Format::Dotenv => dotenv::parse(text)?,
        Format::Ini => return Err(ini()),
    };
    Ok(Wiped::new(stream, format))
}

/// As [`read`], for a text that was made here of one that was checked: its keys are the same.
pub(crate) fn read_again(text: &str, format: Format) -> Result<Wiped> {
    match format {
        Format::Yaml => Ok(Wiped::new(yaml::parse_secret(text)?, format)),
        _ => read(text, format),
    }
}

fn read_yaml(text: &str) -> Result<Wiped> {
    let stream = Wiped::new(yaml::parse_secret(text)?, Format::Yaml);
    match yaml::check_duplicates(&stream, yaml::Dialect::GoYamlV3).into_iter().next() {
        Some(error) => Err(error.into()),
        None => Ok(stream),
    }
}

fn ini() -> Error {
    Error::new("sops/ini", "INI files are not read by secrets")
        .with_help("use the sops program for this file")
}

/// A stream of one document.
pub(crate) fn single(root: yaml::Node, comments: Vec<yaml::Comment>, length: usize) -> Zeroizing<Stream> {
    let span = yaml::Span::new(0, length);
    let documents = vec![yaml::Document { root, span, explicit_start: false }];
    Zeroizing::new(Stream { documents, comments })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_words() {
        for (name, format) in [
            ("a.sops.yaml", Format::Yaml),
            ("a.yml", Format::Yaml),
            ("dir.yaml/a.json", Format::Json),
            (".env", Format::Dotenv),
            ("app.env", Format::Dotenv),
            ("a.ini", Format::Ini),
            ("key.pem", Format::Binary),
            ("a.YAML", Format::Binary),
            ("yaml", Format::Binary),
        ] {
            assert_eq!(Format::of_name(Path::new(name)), format, "{name}");
            assert_eq!(Format::of_word(format.word()), Some(format));
        }
        assert_eq!(Format::of_word("env"), None);
        assert_eq!(read("[a]\n", Format::Ini).err().unwrap().code, "sops/ini");
    }
}
