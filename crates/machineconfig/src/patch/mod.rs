//! Patches to machine configurations: strategic merges (documents like the ones they change) and JSON patches
//! (RFC 6902, in JSON or YAML), in the order they are given.

mod data;
mod json;

use std::borrow::Cow;

use yaml::Value;

pub(crate) use json::Operation;

use crate::config::{self, Document, Identity, Part};
use crate::schema::Type;
use crate::selector::Applied;
use crate::typed::merge;
use crate::{Config, Problem, Problems};

/// A patch that has been read.
pub struct Patch(Kind);

enum Kind {
    Strategic(Vec<Part>),
    Json(Vec<Operation>),
}

/// A configuration while patches are applied: after a JSON patch it is data without types until the next merge.
#[derive(Clone)]
pub enum Patched {
    /// Documents.
    Typed(Config),
    /// The only document, as a JSON patch left it.
    Raw(Value),
}

impl Default for Patched {
    /// No documents.
    fn default() -> Self {
        Self::Typed(Config::default())
    }
}

impl Patch {
    /// Reads a patch: documents, else a list of JSON patch operations.
    ///
    /// # Errors
    /// What is wrong with it, as the form that it looks most like.
    pub fn load(text: &str) -> Result<Self, Problems> {
        let problems = match config::load(text, true) {
            // What has no document may be a list of no operations; Talos reads nothing at all as one, too.
            Ok(parts) if parts.is_empty() => {
                vec![Problem::new("patch/empty", "there is nothing in this patch")]
            }
            Ok(parts) => return Ok(Self(Kind::Strategic(order(parts)))),
            Err(problems) => problems,
        };
        match json::operations(text) {
            Some(Ok(operations)) => Ok(Self(Kind::Json(operations))),
            Some(Err(problems)) => Err(problems),
            None => Err(problems),
        }
    }

    /// A patch of documents that are known already.
    pub(crate) fn strategic(parts: Vec<Part>) -> Self {
        Self(Kind::Strategic(order(parts)))
    }

    /// Whether it is a list of JSON patch operations.
    pub fn is_json(&self) -> bool {
        matches!(self.0, Kind::Json(_))
    }

    /// Applies the patch.
    ///
    /// # Errors
    /// When it does not fit the configuration.
    pub fn apply(&self, to: Patched) -> Result<Patched, Problems> {
        match &self.0 {
            Kind::Strategic(parts) => {
                strategic(to.into_config()?, parts).map(Patched::Typed).map_err(|problem| vec![problem])
            }
            Kind::Json(operations) => {
                let mut value = to.into_single()?;
                for operation in operations {
                    operation.apply(&mut value).map_err(|problem| vec![problem])?;
                }
                Ok(Patched::Raw(value))
            }
        }
    }
}

impl Patched {
    /// Reads a configuration that is to be patched. A JSON patch changes what is written, whatever it means (`raw`).
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn load(text: &str, raw: bool) -> Result<Self, Problems> {
        if !raw {
            let config = Config::load(text)?;
            return if config.documents().is_empty() {
                Err(vec![nothing()])
            } else {
                Ok(Self::Typed(config))
            };
        }
        let documents = yaml::load(text, yaml::Dialect::Kubernetes).map_err(|error| vec![error.into()])?;
        single(documents).map(Self::Raw).map_err(|problem| vec![problem])
    }

    /// The configuration with types.
    ///
    /// # Errors
    /// When a JSON patch left something that is none.
    pub fn into_config(self) -> Result<Config, Problems> {
        match self {
            Self::Typed(config) => Ok(config),
            Self::Raw(value) => Config::of_values(std::slice::from_ref(&value)),
        }
    }

    /// As [`Self::into_config`], for a look.
    ///
    /// # Errors
    /// As [`Self::into_config`].
    pub(crate) fn config(&self) -> Result<Cow<'_, Config>, Problems> {
        match self {
            Self::Typed(config) => Ok(Cow::Borrowed(config)),
            Self::Raw(value) => Config::of_values(std::slice::from_ref(value)).map(Cow::Owned),
        }
    }

    /// The documents as they are written.
    pub fn to_values(&self) -> Vec<Value> {
        match self {
            Self::Typed(config) => config.to_values(),
            Self::Raw(value) => vec![value.clone()],
        }
    }

    fn into_single(self) -> Result<Value, Problems> {
        match self {
            Self::Raw(value) => Ok(value),
            Self::Typed(config) => single(config.to_values()).map_err(|problem| vec![problem]),
        }
    }
}

/// The only document, as a JSON patch sees it.
fn single(mut documents: Vec<Value>) -> Result<Value, Problem> {
    let Some(value) = documents.pop() else { return Err(nothing()) };
    if !documents.is_empty() {
        return Err(Problem::new(
            "patch/json-multi-document",
            "JSON patches are not supported for a machine configuration of several documents",
        )
        .with_help("write it as a strategic merge patch: a part of the document with the new values"));
    }
    match data::through_json(value)? {
        value @ (Value::Mapping(_) | Value::Sequence(_) | Value::Null) => Ok(value),
        _ => Err(Problem::new("config/not-a-document", "a document is a mapping of keys")),
    }
}

fn nothing() -> Problem {
    Problem::new("config/empty", "there is no document in this configuration")
}

/// What deletes from the v1alpha1 document goes first, then that document, then the rest as it stands.
fn order(parts: Vec<Part>) -> Vec<Part> {
    let rank = |part: &Part| match part {
        Part::Delete(selector) if selector.target.kind.is_empty() => 0,
        Part::Document(document) if document.kind.kind.is_empty() => 1,
        _ => 2,
    };
    let mut parts = parts;
    parts.sort_by_key(rank);
    parts
}

fn strategic(config: Config, parts: &[Part]) -> Result<Config, Problem> {
    let mut documents: Vec<(Identity, Document)> =
        config.into_documents().into_iter().map(|document| (document.identity(), document)).collect();
    let mut known = documents.len();
    for part in parts {
        match part {
            Part::Document(patch) => {
                let identity = patch.identity();
                // Only documents that were there before are merged into; the rest stands behind them.
                match documents.iter_mut().take(known).find(|(id, _)| *id == identity) {
                    Some((_, document)) => merge_document(document, patch)?,
                    None => documents.push((identity, patch.clone())),
                }
            }
            Part::Delete(selector) => {
                let Some(at) = documents.iter().take(known).position(|(id, _)| *id == selector.target) else {
                    continue;
                };
                if let Applied::Document = selector.apply(&mut documents[at].1)? {
                    documents.remove(at);
                    known -= 1;
                }
            }
        }
    }
    Config::new(documents.into_iter().map(|(_, document)| document).collect())
}

fn merge_document(document: &mut Document, patch: &Document) -> Result<(), Problem> {
    let left = std::mem::take(&mut document.value);
    let merged = merge(Some(left), Some(&patch.value), &Type::Struct(document.kind.id)).map_err(|error| {
        Problem::new("patch/merge", format!("in {}, {}", document.label(), error.reason))
            .on(error.path.join("."))
    })?;
    document.value = merged.unwrap_or_default();
    Ok(())
}
