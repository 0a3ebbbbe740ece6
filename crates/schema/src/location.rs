//! Where schemas come from besides the bundle: files of CustomResourceDefinitions, folders, and kubeconform's templates.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use serde_json::Value as Json;

use crate::crd::{CustomKind, custom_kinds};
use crate::external::{Files, Loaded, load};
use crate::finding::Type;
use crate::template::{Template, TemplateError};

/// How a folder that is no template is laid out: as kubeconform's default set, or as a catalogue of custom resources.
const LAYOUTS: [&str; 2] = [
    "{{ .NormalizedKubernetesVersion }}-standalone{{ .StrictSuffix }}/{{ .ResourceKind }}{{ .KindSuffix }}.json",
    "{{ .Group }}/{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json",
];

/// What is wrong with a location of schemas.
#[derive(Debug, thiserror::Error)]
pub enum LocationError {
    /// A network address.
    #[error("{0}: schemas are not fetched; name a file, a folder or a template of paths")]
    Address(String),
    /// Nothing is there.
    #[error("{0}: no such file or folder")]
    Missing(String),
    /// It holds nothing that is understood.
    #[error("{0}: holds no CustomResourceDefinition and no JSON Schema of a kind")]
    Nothing(String),
    /// It cannot be read.
    #[error("{0}: {1}")]
    Unreadable(String, String),
    /// The template is none.
    #[error("{0}: {1}")]
    Template(String, TemplateError),
}

/// A place of schemas, tried in the order in which they are given.
#[derive(Debug)]
pub(crate) enum Location {
    /// Those in the binary.
    Bundle,
    /// Those of files.
    Files(Box<Outside>),
}

/// What a search found.
#[derive(Debug, Clone)]
pub(crate) enum Found {
    /// No schema.
    Nothing,
    /// A schema.
    Schema(Arc<Loaded>),
    /// A file that is no schema: which, and why.
    Broken(Arc<(PathBuf, String)>),
}

/// Schemas outside of the binary.
#[derive(Debug, Default)]
pub(crate) struct Outside {
    custom: HashMap<String, CustomKind>,
    templates: Vec<Template>,
    files: Files,
    known: RwLock<HashMap<String, Found>>,
}

impl Location {
    /// The location that a person names.
    ///
    /// # Errors
    /// What cannot be used.
    pub(crate) fn named(text: &str) -> Result<Self, LocationError> {
        if text == "default" {
            return Ok(Self::Bundle);
        }
        if text.starts_with("http://") || text.starts_with("https://") {
            return Err(LocationError::Address(text.to_owned()));
        }
        let mut outside = Outside::default();
        let path = Path::new(text);
        if text.contains("{{") {
            outside.template(text, text)?;
        } else if path.is_dir() {
            outside.folder(path)?;
            for layout in LAYOUTS {
                outside.template(text, &format!("{}/{layout}", text.trim_end_matches('/')))?;
            }
        } else if path.is_file() {
            outside.file(path)?;
            if outside.custom.is_empty() {
                return Err(LocationError::Nothing(text.to_owned()));
            }
        } else {
            return Err(LocationError::Missing(text.to_owned()));
        }
        Ok(Self::Files(Box::new(outside)))
    }
}

impl Outside {
    fn template(&mut self, shown: &str, text: &str) -> Result<(), LocationError> {
        let mut template =
            Template::new(text).map_err(|error| LocationError::Template(shown.to_owned(), error))?;
        // As kubeconform does with a template that names a folder.
        if !text.ends_with("json") {
            let text = format!("{text}/{}", LAYOUTS[0]);
            template =
                Template::new(&text).map_err(|error| LocationError::Template(shown.to_owned(), error))?;
        }
        self.templates.push(template);
        Ok(())
    }

    /// The CustomResourceDefinitions in a folder. What is none, or no YAML, is left alone: it may be anything.
    fn folder(&mut self, folder: &Path) -> Result<(), LocationError> {
        for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
            let entry = entry.map_err(|error| unreadable(folder, &error))?;
            let extension = entry.path().extension().and_then(|extension| extension.to_str());
            if entry.file_type().is_file() && matches!(extension, Some("yaml" | "yml")) {
                let text = std::fs::read_to_string(entry.path())
                    .map_err(|error| unreadable(entry.path(), &error))?;
                if text.contains("CustomResourceDefinition") {
                    self.definitions(entry.path(), &text)?;
                }
            }
        }
        Ok(())
    }

    fn file(&mut self, path: &Path) -> Result<(), LocationError> {
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        self.definitions(path, &text)
    }

    fn definitions(&mut self, path: &Path, text: &str) -> Result<(), LocationError> {
        let documents =
            yaml::load(text, yaml::Dialect::Kubernetes).map_err(|error| unreadable(path, &error))?;
        for kind in documents.into_iter().flat_map(|document| custom_kinds(&Json::from(document))) {
            self.custom.insert(format!("{}/{}", kind.api_version, kind.kind), kind);
        }
        Ok(())
    }

    /// The schema of a kind.
    pub(crate) fn find(&self, what: &Type, version: &str) -> Found {
        let key = what.key();
        if let Some(known) = self.known.read().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return known.clone();
        }
        let found = self.search(&key, what, version);
        self.known.write().unwrap_or_else(PoisonError::into_inner).insert(key, found.clone());
        found
    }

    fn search(&self, key: &str, what: &Type, version: &str) -> Found {
        if let Some(kind) = self.custom.get(key) {
            return self.loaded(&Arc::new(kind.schema.clone()), Path::new(""));
        }
        for template in &self.templates {
            let Some(path) = template.path(what, version) else { continue };
            if path.is_file() {
                return match self.files.read(&path) {
                    Some(json) => self.loaded(&json, &path),
                    None => Found::Broken(Arc::new((path, "this is no JSON".to_owned()))),
                };
            }
        }
        Found::Nothing
    }

    fn loaded(&self, json: &Arc<Json>, path: &Path) -> Found {
        match load(json, path, &self.files) {
            Ok(loaded) => Found::Schema(Arc::new(loaded)),
            Err(error) => Found::Broken(Arc::new((path.to_path_buf(), error.to_string()))),
        }
    }
}

fn unreadable(path: &Path, error: &impl std::fmt::Display) -> LocationError {
    LocationError::Unreadable(path.display().to_string(), error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn what(api_version: &str, kind: &str) -> Type {
        Type { api_version: api_version.to_owned(), kind: kind.to_owned() }
    }

    fn find(location: &Location, api_version: &str, kind: &str) -> Found {
        let Location::Files(outside) = location else { panic!("files") };
        outside.find(&what(api_version, kind), "v1.34.0")
    }

    #[test]
    fn a_folder_holds_definitions_and_both_layouts() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write(
            "deep/crd.yaml",
            "kind: CustomResourceDefinition\nspec:\n  group: a.io\n  names: {kind: One}\n  versions: [{name: v1, schema: {openAPIV3Schema: {type: object}}}]\n",
        );
        write("deep/other.yaml", "a: [\n");
        write("b.io/two_v1.json", "{}");
        write("v1.34.0-standalone-strict/pod-v1.json", "{}");
        write("c.io/bad_v1.json", "{\"type\": ");
        let location = Location::named(folder.path().to_str().unwrap()).unwrap();
        assert!(matches!(find(&location, "a.io/v1", "One"), Found::Schema(_)));
        assert!(matches!(find(&location, "b.io/v1", "Two"), Found::Schema(_)));
        assert!(matches!(find(&location, "v1", "Pod"), Found::Schema(_)));
        assert!(matches!(find(&location, "c.io/v1", "Bad"), Found::Broken(_)));
        assert!(matches!(find(&location, "a.io/v2", "One"), Found::Nothing));
    }

    #[test]
    fn what_cannot_be_used_is_said() {
        let error = |text: &str| Location::named(text).unwrap_err().to_string();
        assert!(error("https://example.com/x.json").contains("not fetched"));
        assert!(error("/nowhere/at/all").contains("no such file"));
        assert!(error("x/{{ .Kind }}.json").contains("ResourceKind"));
        assert!(matches!(Location::named("default"), Ok(Location::Bundle)));
    }
}
