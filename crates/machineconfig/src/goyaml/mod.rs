//! YAML as go-yaml writes it, to the byte: schematics are hashed in that form, and files that a talconfig names go
//! through it before they become the content of a machine's file or of a manifest.
//!
//! Two versions are followed: the factory hashes what go-yaml v4 writes, talhelper hands files on as v3 writes them.
//!
//! This is not the emitter our own documents are written with.

mod analyze;
mod emit;
mod tree;

use emit::Version;
use yaml::Value;

/// A value in block style, as v4's `yaml.Marshal` writes it with this indent.
pub(crate) fn marshal(value: &Value, indent: usize) -> String {
    emit::documents(&[tree::from_value(value)], indent, Version::V4)
}

/// A text read and written again without its comments, as talhelper does before it substitutes variables. Styles of
/// scalars and collections stay, layout does not.
///
/// # Errors
/// When it is not YAML.
pub(crate) fn without_comments(text: &str) -> yaml::Result<String> {
    let stream = yaml::parse(text)?;
    let documents: Vec<_> =
        stream.documents.iter().map(|document| tree::from_node(&document.root, text)).collect();
    Ok(emit::documents(&documents, 2, Version::V3))
}

#[cfg(test)]
mod tests;
