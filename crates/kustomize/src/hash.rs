//! The suffix that a generated object's name gets from its content.

use sha2::{Digest as _, Sha256};

use crate::codes;
use crate::file::{Outcome, Problems};
use crate::json;
use crate::node::{Map, Node, Scalar};
use crate::objects::Objects;
use crate::scalar::Unwritable;

/// Generated objects get the hash of their content behind their name.
pub(crate) fn rename(objects: &mut Objects) -> Outcome<()> {
    if !objects.list().iter().any(|resource| resource.history.needs_hash) {
        return Ok(());
    }
    let mut problems = Problems::new();
    for resource in objects.list_mut().iter_mut().filter(|resource| resource.history.needs_hash) {
        match suffix(&resource.node) {
            Ok(suffix) => {
                resource.remember();
                let name = format!("{}-{suffix}", resource.name());
                resource.set_metadata("name", &name);
            }
            Err(why) => problems.push(resource.origin.error(codes::VALUE, why.message())),
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems) }
}

/// The ten letters and digits for an object.
pub(crate) fn suffix(node: &Node) -> Result<String, Unwritable> {
    let mut text = String::new();
    json::write(&hashed(node), &mut text)?;
    Ok(encode(&Sha256::digest(text.as_bytes())))
}

/// The part of the object that counts. (kustomize means to take the name in, and takes an empty text.)
fn hashed(node: &Node) -> Node {
    let secret = node.get("kind").and_then(Node::text) == Some("Secret");
    let mut map = Map::default();
    map.insert("kind", Node::string(if secret { "Secret" } else { "ConfigMap" }));
    map.insert("name", Node::string(""));
    map.insert("data", said(node.get("data")));
    if secret {
        map.insert("type", said(node.get("type")));
    }
    let more = if secret { "stringData" } else { "binaryData" };
    if let Some(data @ Node::Map(_)) = node.get(more) {
        map.insert(more, floats(data));
    }
    Node::map(map)
}

fn said(node: Option<&Node>) -> Node {
    match node {
        None => Node::string(""),
        Some(Node::Scalar(scalar)) => Node::string(&*scalar.text),
        Some(other) => floats(other),
    }
}

/// Go reads the values back from JSON before it writes them for the hash.
fn floats(node: &Node) -> Node {
    match node {
        Node::Scalar(scalar) if scalar.is_null() => Node::Scalar(Scalar::clone(scalar)),
        other => json::floated(other),
    }
}

/// The first ten hexadecimal digits, with those that could spell a word replaced.
fn encode(digest: &[u8]) -> String {
    let digits = digest.iter().take(5).flat_map(|byte| [byte >> 4, byte & 15]);
    digits
        .map(|digit| match digit {
            0 => 'g',
            1 => 'h',
            3 => 'k',
            10 => 'm',
            14 => 't',
            digit => char::from_digit(digit.into(), 16).unwrap_or('x'),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expectation from kustomize 5.8.1: a generator without sources.
    #[test]
    fn an_empty_config_map() {
        let mut map = Map::default();
        map.insert("kind", Node::string("ConfigMap"));
        assert_eq!(suffix(&Node::map(map)).unwrap(), "6ct58987ht");
    }
}
