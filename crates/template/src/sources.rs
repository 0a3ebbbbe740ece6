//! Where templates come from: folders, single files and texts, searched in order as Jinja2's loaders are.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use cliutil::Source;
use minijinja::ErrorKind;

use crate::error::own;
use crate::front::{self, FrontError, SourceMap};
use crate::{Syntax, error::Place};

/// A template that was read, for places in errors.
pub(crate) struct Loaded {
    pub(crate) source: Arc<Source>,
    pub(crate) map: SourceMap,
    /// Where the reading ended too early.
    pub(crate) error: Option<FrontError>,
}

impl Loaded {
    /// The place where the reading ended, and why.
    pub(crate) fn broken(&self) -> Option<(&FrontError, Place)> {
        let error = self.error.as_ref()?;
        Some((error, Place { source: Arc::clone(&self.source), range: error.at..error.at }))
    }

    /// A place in the rewritten text as one in the template.
    pub(crate) fn place(&self, range: &std::ops::Range<usize>) -> Place {
        // The engine's places are not always between characters.
        let text = self.source.text();
        let start = boundary(text, self.map.source(range.start));
        let last = boundary(text, self.map.last(range.end.saturating_sub(1).max(range.start)));
        let len = text.get(last..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
        let range = start..(last + len).max(start);
        Place { source: Arc::clone(&self.source), range }
    }
}

/// The nearest place at or before `at` where a character begins.
fn boundary(text: &str, at: usize) -> usize {
    let at = at.min(text.len());
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}

/// The templates of a run.
pub(crate) struct Sources {
    syntax: Syntax,
    folders: Vec<PathBuf>,
    files: HashMap<String, PathBuf>,
    loaded: Mutex<HashMap<String, Arc<Loaded>>>,
}

impl Sources {
    pub(crate) fn new(syntax: Syntax, folders: Vec<PathBuf>, files: HashMap<String, PathBuf>) -> Self {
        Self { syntax, folders, files, loaded: Mutex::default() }
    }

    /// How templates are read.
    pub(crate) fn syntax(&self) -> &Syntax {
        &self.syntax
    }

    /// What the engine reads for a template name; none when there is no such template.
    pub(crate) fn load(&self, name: &str) -> Result<Option<String>, minijinja::Error> {
        let Some((path, bytes)) = self.find(name)? else { return Ok(None) };
        let shown = path.display().to_string();
        let text = String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            let line = String::from_utf8_lossy(&error.as_bytes()[..at]).matches('\n').count() + 1;
            own(ErrorKind::InvalidOperation, format!("{shown}:{line}: not UTF-8 text (byte {at})"))
        })?;
        self.rewrite(name, &shown, &text).map(Some)
    }

    /// Rewrites a text for the engine and remembers it under its name.
    pub(crate) fn rewrite(&self, name: &str, shown: &str, text: &str) -> Result<String, minijinja::Error> {
        let text = front::normalize_newlines(text);
        let (rewritten, error) = match front::rewrite(&text, &self.syntax) {
            Ok(rewritten) => (Some(rewritten), None),
            Err(error) => (front::rewrite_before(&text, &error, &self.syntax), Some(error)),
        };
        let (text_for_engine, map) = match rewritten {
            Some(rewritten) => (Some(rewritten.text), rewritten.map),
            None => (None, SourceMap::default()),
        };
        let loaded = Loaded { source: Arc::new(Source::new(shown, text)), map, error };
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), Arc::new(loaded));
        // The words are put together when the error is shown.
        text_for_engine.ok_or_else(|| own(ErrorKind::SyntaxError, format!("{FRONT}{name}")))
    }

    /// A template that was read; one that was forgotten is read again.
    pub(crate) fn loaded(&self, name: &str) -> Option<Arc<Loaded>> {
        let known = || self.loaded.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned();
        known().or_else(|| {
            // Whether it can be read is all the same: either way it is known afterwards, or is no template.
            let _ = self.load(name);
            known()
        })
    }

    /// Lets go of the text of a template.
    pub(crate) fn forget(&self, name: &str) {
        self.loaded.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }

    /// Single files first, then the folders; a name never leads out of a folder.
    fn find(&self, name: &str) -> Result<Option<(PathBuf, Vec<u8>)>, minijinja::Error> {
        if let Some(path) = self.files.get(name) {
            return read(path);
        }
        let mut relative = PathBuf::new();
        for part in name.split('/').filter(|part| !part.is_empty() && *part != ".") {
            if part == ".." || part.contains('\\') || part.contains('\0') {
                return Ok(None);
            }
            relative.push(part);
        }
        for folder in &self.folders {
            if let Some(found) = read(&folder.join(&relative))? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }
}

/// A file; none where there is no file of this name.
fn read(path: &Path) -> Result<Option<(PathBuf, Vec<u8>)>, minijinja::Error> {
    use std::io::ErrorKind::{IsADirectory, NotADirectory, NotFound};
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some((path.to_path_buf(), bytes))),
        Err(error) if matches!(error.kind(), NotFound | IsADirectory | NotADirectory) => Ok(None),
        Err(error) => {
            let message = format!("{}: cannot be read ({})", path.display(), error.kind());
            Err(own(ErrorKind::InvalidOperation, message))
        }
    }
}

/// In the message of an engine error: the template that the front could not read.
pub(crate) const FRONT: &str = "front:";
