//! Values inside of texts that are JSON or YAML themselves, such as a ConfigMap's `config.json`: a replacement's path
//! may go on in them.

use std::sync::Arc;

use crate::file::File;
use crate::json;
use crate::node::Node;
use crate::path::{self, Leaf};
use crate::read::Keys;

/// Whether a path led into a text.
pub(crate) enum Outcome {
    Done,
    /// The path is to be followed in the object itself.
    NotEmbedded,
}

/// Sets a field of a text in an object, where the path leads into one.
pub(crate) fn set(
    object: &mut Node,
    path: &[String],
    value: &Node,
    create: Option<Leaf>,
) -> Result<Outcome, String> {
    let Some((text_path, rest, text)) = find(object, path) else { return Ok(Outcome::NotEmbedded) };
    let file = Arc::new(File::inline("text".to_owned(), &text));
    if is_null(&file) {
        // kustomize makes what is missing below the null, and writes the null back.
        let made = path::change(&mut Node::null(), rest, create, &mut |_| Ok(()));
        return Ok(if matches!(made, Ok(1..)) { Outcome::Done } else { Outcome::NotEmbedded });
    }
    let Some(mut inner) = parse(&file) else { return Ok(Outcome::NotEmbedded) };
    let found =
        path::change(&mut inner, rest, create, &mut |node| crate::replacement::put(node, value, None));
    if !matches!(found, Ok(1..)) {
        return Ok(Outcome::NotEmbedded);
    }
    let Some(written) = write(&inner, &text)? else { return Ok(Outcome::NotEmbedded) };
    path::change(object, text_path, None, &mut |node| {
        if let Node::Scalar(scalar) = node {
            scalar.text = written.as_str().into();
        }
        Ok(())
    })?;
    Ok(Outcome::Done)
}

/// The first text on the way that can be read as YAML: the path to it, the rest of the path, the text.
fn find<'p>(object: &Node, path: &'p [String]) -> Option<(&'p [String], &'p [String], String)> {
    if path.len() < 2 {
        return None;
    }
    for at in 1..path.len() {
        let (head, rest) = path.split_at(at);
        let Ok(Some(Node::Scalar(scalar))) = path::lookup(object, head) else { continue };
        let file = Arc::new(File::inline("text".to_owned(), &scalar.text));
        if yaml::parse(file.text().ok()?).is_ok() {
            return Some((head, rest, scalar.text.to_string()));
        }
    }
    None
}

/// Whether a text says null; an empty one says nothing.
fn is_null(file: &Arc<File>) -> bool {
    let Ok(stream) = file.text().map_err(drop).and_then(|text| yaml::parse(text).map_err(drop)) else {
        return false;
    };
    let root = stream.documents.first().map(|document| &document.root);
    root.is_some_and(|root| {
        root.as_str().is_some_and(|text| !text.is_empty()) && crate::kustomization::is_null(root)
    })
}

fn parse(file: &Arc<File>) -> Option<Node> {
    let stream = yaml::parse(file.text().ok()?).ok()?;
    let mut problems = Vec::new();
    let root = &stream.documents.first()?.root;
    let node = crate::read::convert(file, root, Keys::Any, &mut problems);
    (problems.is_empty() && node.as_scalar().is_none()).then_some(node)
}

/// The text with the change: JSON as JSON, anything else as YAML.
fn write(node: &Node, before: &str) -> Result<Option<String>, String> {
    let trimmed = before.trim_start();
    if trimmed.starts_with(['{', '[']) {
        let mut compact = String::new();
        if json::write(node, &mut compact).is_err() {
            return Ok(None);
        }
        let pretty = before.contains('\n') && before.contains("  ");
        return Ok(Some(if pretty { json::indented(node) } else { compact }));
    }
    let stream = yaml::parse(before).map_err(|error| error.message)?;
    if !stream.comments.is_empty() {
        return Err("the text it would change is YAML with comments, which is not supported; take them out, or build with --with kustomize".to_owned());
    }
    Ok(Some(crate::restyle::write(node, &stream.documents[0].root)?))
}
