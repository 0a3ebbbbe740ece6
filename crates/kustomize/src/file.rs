//! A file that was read: its text, and what was made of it, each made once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use cliutil::{Diagnostic, Location, Mask, Source};
use yaml::Span;

use crate::codes;
use crate::kustomization::Kustomization;
use crate::read::{self, Object};

/// The reasons why something cannot be built; at least one.
pub(crate) type Problems = Vec<Diagnostic>;

/// The result of a step of a build.
pub(crate) type Outcome<T> = Result<T, Problems>;

/// A file.
pub(crate) struct File {
    /// As a person would name it, relative to where the build was asked for.
    name: String,
    /// The content; of what is no text the bytes.
    content: Result<String, Vec<u8>>,
    /// The text with line feeds only, where it has other line breaks.
    unix: Option<Box<str>>,
    source: OnceLock<Arc<Source>>,
    objects: OnceLock<Outcome<Arc<[Object]>>>,
    kustomization: OnceLock<Outcome<Arc<Kustomization>>>,
}

impl File {
    pub(crate) fn new(name: &Path, bytes: Vec<u8>) -> Self {
        let content = String::from_utf8(bytes).map_err(std::string::FromUtf8Error::into_bytes);
        let unix = content.as_ref().ok().filter(|text| text.contains("\r\n"));
        Self {
            name: name.display().to_string(),
            unix: unix.map(|text| text.replace("\r\n", "\n").into()),
            content,
            source: OnceLock::new(),
            objects: OnceLock::new(),
            kustomization: OnceLock::new(),
        }
    }

    /// A text that is part of another file, such as an inline patch.
    pub(crate) fn inline(name: String, text: &str) -> Self {
        Self::new(&PathBuf::from(name), text.as_bytes().to_vec())
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        self.content.as_ref().map_or_else(Vec::as_slice, String::as_bytes)
    }

    /// The text, with line feeds only.
    pub(crate) fn text(&self) -> Outcome<&str> {
        match (&self.unix, &self.content) {
            (Some(text), _) => Ok(text),
            (None, Ok(text)) => Ok(text),
            (None, Err(bytes)) => {
                let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
                let line = 1 + String::from_utf8_lossy(&bytes[..valid]).matches('\n').count();
                let message = format!("{}: line {line} is not UTF-8 text", self.name);
                Err(vec![
                    Diagnostic::error(codes::ENCODING, message)
                        .in_file(&self.name)
                        .with_help("save the file as UTF-8; binary data belongs into a generator's files"),
                ])
            }
        }
    }

    /// The objects of the file, in order.
    pub(crate) fn objects(self: &Arc<Self>) -> Outcome<Arc<[Object]>> {
        self.objects.get_or_init(|| read::objects(self).map(Into::into)).clone()
    }

    /// The file as a kustomization.
    pub(crate) fn kustomization(self: &Arc<Self>) -> Outcome<Arc<Kustomization>> {
        self.kustomization.get_or_init(|| crate::kustomization::parse(self).map(Arc::new)).clone()
    }

    /// The text for excerpts. Values are hidden where the file may hold a secret.
    pub(crate) fn source(&self) -> Arc<Source> {
        let make = || {
            let text = self.text().unwrap_or_default();
            let secret = ["kind: Secret", "\nsops:", "secretGenerator", "stringData"];
            let masked = self.name.contains(".sops.") || secret.iter().any(|word| text.contains(word));
            let mask = if masked { Mask::Except(Vec::new()) } else { Mask::None };
            Arc::new(Source::new(&self.name, text).with_mask(mask))
        };
        Arc::clone(self.source.get_or_init(make))
    }

    /// A place in it.
    pub(crate) fn at(&self, span: Span) -> Location {
        Location::new(&self.source(), span.range())
    }

    /// An error at a place.
    pub(crate) fn error(&self, code: &'static str, message: impl Into<String>, span: Span) -> Diagnostic {
        Diagnostic::error(code, message).at(self.at(span))
    }
}

impl std::fmt::Debug for File {
    /// Never the text: it may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("File").field("name", &self.name).finish_non_exhaustive()
    }
}
