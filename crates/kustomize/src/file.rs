//! A file that was read: its text, and what was made of it, each made once.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use cliutil::{Diagnostic, Location, Mask, Source};
use memchr::memmem;
use yaml::{Span, Stream};

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
    content: Content,
    /// The text with line feeds only, where it has other line breaks.
    unix: Option<Box<str>>,
    source: OnceLock<Arc<Source>>,
    objects: OnceLock<Outcome<Arc<[Object]>>>,
    kustomization: OnceLock<Outcome<Arc<Kustomization>>>,
}

/// What is in a file.
enum Content {
    Text(String),
    /// A text that somebody else holds, too.
    Shared(Arc<Source>),
    /// What is no text.
    Bytes(Vec<u8>),
}

/// A file that was read and parsed by whoever builds, for other purposes: a loader need not do it again.
#[derive(Clone)]
pub struct Parsed(pub(crate) Arc<File>);

impl Parsed {
    /// A file by its name, as a person would give it, with its text and the documents of that text.
    pub fn new(name: &Path, source: &Arc<Source>, stream: &Stream) -> Self {
        let file = Arc::new(File::with(name, Content::Shared(Arc::clone(source))));
        // Places are those of the text with line feeds only, so that other texts are parsed again.
        if file.unix.is_none() {
            file.objects.get_or_init(|| read::objects_of(&file, stream).map(Into::into));
        }
        Self(file)
    }
}

impl std::fmt::Debug for Parsed {
    /// Never the text: it may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl Content {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Shared(source) => Some(source.text()),
            Self::Bytes(_) => None,
        }
    }
}

impl File {
    pub(crate) fn new(name: &Path, bytes: Vec<u8>) -> Self {
        let content = match String::from_utf8(bytes) {
            Ok(text) => Content::Text(text),
            Err(error) => Content::Bytes(error.into_bytes()),
        };
        Self::with(name, content)
    }

    fn with(name: &Path, content: Content) -> Self {
        let unix = content.text().filter(|text| memmem::find(text.as_bytes(), b"\r\n").is_some());
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
        match &self.content {
            Content::Text(text) => text.as_bytes(),
            Content::Shared(source) => source.text().as_bytes(),
            Content::Bytes(bytes) => bytes,
        }
    }

    /// The text, with line feeds only.
    pub(crate) fn text(&self) -> Outcome<&str> {
        match (&self.unix, &self.content) {
            (Some(text), _) => Ok(text),
            (None, Content::Text(text)) => Ok(text),
            (None, Content::Shared(source)) => Ok(source.text()),
            (None, Content::Bytes(bytes)) => {
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
