//! `$patch: delete`: taken out of a patch as it is read, applied to a document later.
//!
//! Inside of a list it stands in an item, whose first other key says which item of the target is meant.

use yaml::{Kind, Node, Pair, Value};

use crate::Problem;
use crate::config::{Document, Identity, text_of};
use crate::schema::Type;
use crate::typed::{Item, RemoveError, remove};

/// What is to be taken out of which document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Selector {
    /// The document; the v1alpha1 one has neither kind nor name.
    pub(crate) target: Identity,
    path: Vec<String>,
    key: String,
    value: String,
}

/// The selectors of a document.
pub(crate) struct Found {
    pub(crate) selectors: Vec<Selector>,
}

/// What applying a selector came to.
pub(crate) enum Applied {
    /// The document has changed.
    Changed,
    /// The document itself is to go.
    Document,
}

/// The key and the value that name an item of a list.
type Named = (String, String);

struct Extraction {
    found: Vec<(Vec<String>, Option<Named>)>,
}

/// Takes the selectors out of a document; mappings and lists that have nothing else go with them.
pub(crate) fn extract(root: &mut Node) -> Result<Found, Problem> {
    let original = root.clone();
    let mut extraction = Extraction { found: Vec::new() };
    let emptied = extraction.walk(root, false, &mut Vec::new())?;
    if !extraction.found.is_empty() && original.as_mapping().is_none() {
        let message = "$patch: delete stands in a document, which is a mapping of keys";
        return Err(Problem::new("patch/delete-place", message).at(original.span));
    }
    let target = extraction.found.iter().map(|(path, item)| {
        let target = identity(&original, path.is_empty())?;
        let (key, value) = item.clone().unwrap_or_default();
        Ok(Selector { target, path: path.clone(), key, value })
    });
    let selectors = target.collect::<Result<Vec<_>, Problem>>()?;
    if emptied || is_bare(root) {
        root.kind = Kind::Mapping(Vec::new());
    }
    Ok(Found { selectors })
}

/// Whether nothing is left of a document.
pub(crate) fn is_emptied(root: &Node) -> bool {
    matches!(&root.kind, Kind::Mapping(pairs) if pairs.is_empty())
}

/// Whether a document has nothing but what names it.
fn is_bare(root: &Node) -> bool {
    let Kind::Mapping(pairs) = &root.kind else { return false };
    pairs.iter().all(|pair| {
        matches!(pair.key.as_str(), Some("version" | "kind" | "name"))
            && matches!(pair.value.kind, Kind::Scalar(..))
    })
}

fn identity(root: &Node, whole: bool) -> Result<Identity, Problem> {
    let (version, kind) = (text_of(root, "apiVersion"), text_of(root, "kind"));
    let name = text_of(root, "name");
    match (version.is_empty(), kind.is_empty()) {
        (true, true) if !whole => Ok(Identity { kind: String::new(), name }),
        (false, false) if version == "v1alpha1" => Ok(Identity { kind, name }),
        // Of another version than any document there is: it finds none.
        (false, false) => Ok(Identity { kind: format!("{kind} {version}"), name }),
        _ => Err(Problem::new(
            "patch/delete-target",
            "a document with $patch: delete needs kind and apiVersion",
        )
        .at(root.span)),
    }
}

impl Extraction {
    /// Whether the node itself is to go. `item`: it stands in a list.
    fn walk(&mut self, node: &mut Node, item: bool, path: &mut Vec<String>) -> Result<bool, Problem> {
        let span = node.span;
        match &mut node.kind {
            Kind::Mapping(pairs) => {
                if pairs.iter().any(is_delete) {
                    self.select(pairs, item, path)
                        .map_err(|message| Problem::new("patch/delete-place", message).at(span))?;
                    return Ok(true);
                }
                let mut at = 0;
                while at < pairs.len() {
                    path.push(pairs[at].key.as_str().unwrap_or_default().to_owned());
                    let gone = self.walk(&mut pairs[at].value, false, path)?;
                    path.pop();
                    if gone {
                        pairs.remove(at);
                        if pairs.is_empty() {
                            return Ok(true);
                        }
                    } else {
                        at += 1;
                    }
                }
                Ok(false)
            }
            Kind::Sequence(items) => {
                let mut at = 0;
                while at < items.len() {
                    path.push(format!("[{at}]"));
                    let gone = self.walk(&mut items[at], true, path)?;
                    path.pop();
                    if gone {
                        items.remove(at);
                        if items.is_empty() {
                            return Ok(true);
                        }
                    } else {
                        at += 1;
                    }
                }
                Ok(false)
            }
            Kind::Scalar(..) | Kind::Alias(_) => Ok(false),
        }
    }

    fn select(&mut self, pairs: &[Pair], item: bool, path: &[String]) -> Result<(), String> {
        if !item {
            if path.iter().any(|part| part.starts_with('[')) {
                return Err(format!("a key inside of a list ({}) cannot be deleted", path.join(".")));
            }
            self.found.push((path.to_vec(), None));
            return Ok(());
        }
        let other = pairs.iter().find(|pair| !is_delete(pair));
        let other =
            other.ok_or("the item to delete is not named: give one of its keys beside $patch: delete")?;
        let text = |node: &Node| node.as_str().unwrap_or_default().to_owned();
        self.found.push((path.to_vec(), Some((text(&other.key), text(&other.value)))));
        Ok(())
    }
}

fn is_delete(pair: &Pair) -> bool {
    pair.key.as_str() == Some("$patch")
        && matches!(&pair.value.kind, Kind::Scalar(text, _) if text == "delete")
}

impl Selector {
    /// Takes the path out of a document.
    pub(crate) fn apply(&self, document: &mut Document) -> Result<Applied, Problem> {
        if self.path.is_empty() {
            return Ok(Applied::Document);
        }
        if !self.target.name.is_empty() && !document.kind.named {
            let message = format!("{} has no name, but the patch gives one", document.label());
            return Err(Problem::new("patch/delete-target", message));
        }
        let item = Item { key: &self.key, value: &self.value };
        let value: &mut Value = &mut document.value;
        remove(value, &self.path, &Type::Struct(document.kind.id), &item).map_err(|error| {
            let path = self.path.join(".");
            let message = match error {
                RemoveError::NotFound => {
                    format!("there is nothing to delete at {path} of {}", document.label())
                }
                RemoveError::InList => format!("{path}: nothing can be deleted inside of a list item"),
            };
            Problem::new("patch/delete-missing", message).on(path)
        })?;
        Ok(Applied::Changed)
    }
}
