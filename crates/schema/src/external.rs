//! Schemas from files: JSON Schemas with what they refer to, put together for one kind at a time.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value as Json;

use crate::bundle::Definitions;
use crate::node::Schema;
use crate::read::{self, Context};

/// The schema of a kind with all that it refers to; the first definition is the kind's own.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    schemas: Vec<Schema>,
    /// Keywords that are not understood, sorted.
    pub(crate) unsupported: Vec<String>,
}

impl Definitions for Loaded {
    fn get(&self, index: usize) -> Option<&Schema> {
        self.schemas.get(index)
    }
}

/// Files that were read, kept for the next kind.
#[derive(Debug, Default)]
pub(crate) struct Files {
    read: Mutex<HashMap<PathBuf, Option<Arc<Json>>>>,
}

impl Files {
    /// The content of a file; none when there is no such file or no JSON in it.
    pub(crate) fn read(&self, path: &Path) -> Option<Arc<Json>> {
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = read.get(path) {
            return known.clone();
        }
        let json =
            std::fs::read(path).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).map(Arc::new);
        read.insert(path.to_path_buf(), json.clone());
        json
    }
}

/// Reads the schema in `json`, which stands in the file `path`.
///
/// # Errors
/// What is no schema, in the words of the JSON reader.
pub(crate) fn load(json: &Arc<Json>, path: &Path, files: &Files) -> Result<Loaded, serde_json::Error> {
    let mut queue = Queue {
        files,
        file: path.to_path_buf(),
        documents: HashMap::from([(path.to_path_buf(), Arc::clone(json))]),
        wanted: vec![(path.to_path_buf(), String::new())],
        unsupported: Vec::new(),
    };
    let mut loaded = Loaded::default();
    while let Some((file, pointer)) = queue.wanted.get(loaded.schemas.len()).cloned() {
        queue.file.clone_from(&file);
        let document = queue.documents.get(&file).cloned();
        let target =
            document.as_deref().and_then(|document| document.pointer(&pointer)).unwrap_or(&Json::Bool(true));
        loaded.schemas.push(read::schema(target, &mut queue)?);
    }
    queue.unsupported.sort_unstable();
    queue.unsupported.dedup();
    loaded.unsupported = queue.unsupported;
    Ok(loaded)
}

/// What is referred to and not read yet.
struct Queue<'f> {
    files: &'f Files,
    /// The file whose references are met.
    file: PathBuf,
    documents: HashMap<PathBuf, Arc<Json>>,
    wanted: Vec<(PathBuf, String)>,
    unsupported: Vec<String>,
}

impl Context for Queue<'_> {
    fn resolve(&mut self, reference: &str) -> Option<usize> {
        let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
        if file.contains("://") {
            return None;
        }
        let file = match file {
            "" => self.file.clone(),
            file => self.file.parent().unwrap_or(Path::new("")).join(file),
        };
        if !self.documents.contains_key(&file) {
            self.documents.insert(file.clone(), self.files.read(&file)?);
        }
        self.documents.get(&file)?.pointer(pointer)?;
        let target = (file, pointer.to_owned());
        Some(self.wanted.iter().position(|one| *one == target).unwrap_or_else(|| {
            self.wanted.push(target);
            self.wanted.len() - 1
        }))
    }

    fn unsupported(&mut self, keyword: &str) {
        self.unsupported.push(keyword.to_owned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_within_and_between_files_and_in_circles() {
        let folder = tempfile::tempdir().unwrap();
        let shared =
            r##"{"definitions":{"a":{"type":"object","properties":{"more":{"$ref":"#/definitions/a"}}}}}"##;
        std::fs::write(folder.path().join("shared.json"), shared).unwrap();
        let root = serde_json::json!({
            "properties": { "x": { "$ref": "shared.json#/definitions/a" }, "y": { "$ref": "nowhere.json#/a" } },
            "contains": {},
        });
        let loaded = load(&Arc::new(root), &folder.path().join("root.json"), &Files::default()).unwrap();
        assert_eq!(loaded.schemas.len(), 2);
        assert_eq!(loaded.get(0).unwrap().property("x").unwrap().reference, Some(1));
        assert_eq!(loaded.get(1).unwrap().property("more").unwrap().reference, Some(1));
        assert_eq!(loaded.unsupported, ["$ref nowhere.json#/a", "contains"]);
    }
}
