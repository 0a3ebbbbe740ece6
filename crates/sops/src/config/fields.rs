//! The fields of a configuration, read as sops's YAML library (go-yaml v3) reads them into its types.

use yaml::{Dialect, Node, Scalar, Span, resolve_plain};

use crate::{Error, Result};

/// How deep mappings may be merged into one another.
const MAX_MERGES: usize = 20;

/// The value of a field: what is written wins over what is merged with `<<`, and of that the first.
pub(super) fn field<'n>(node: &'n Node, name: &str) -> Option<&'n Node> {
    field_at(node, name, 0)
}

fn field_at<'n>(node: &'n Node, name: &str, depth: usize) -> Option<&'n Node> {
    if depth > MAX_MERGES {
        return None;
    }
    if let Some(items) = node.as_sequence().filter(|_| depth > 0) {
        return items.iter().find_map(|item| field_at(item, name, depth + 1));
    }
    let merged = node.as_mapping().into_iter().flatten().filter(|pair| pair.key.is_merge_key());
    node.get(name).or_else(|| merged.into_iter().find_map(|pair| field_at(&pair.value, name, depth + 1)))
}

/// The items of a list of mappings; those that are null are none.
pub(super) fn items<'n>(node: &'n Node, what: &str) -> Result<Vec<&'n Node>> {
    let items =
        node.as_sequence().ok_or_else(|| config_error(&format!("{what} must be a list"), node.span))?;
    Ok(items.iter().filter(|item| !is_null(item)).collect())
}

/// The indentation of a store; none where it is not given, or, for JSON, a tab (-1).
pub(super) fn indent(root: &Node, store: &str) -> Result<Option<usize>> {
    let Some(value) = field(root, "stores").and_then(|stores| field(field(stores, store)?, "indent")) else {
        return Ok(None);
    };
    match value.as_str().and_then(|text| text.parse::<i64>().ok()) {
        Some(-1) if store != "yaml" => Ok(None),
        Some(number) => usize::try_from(number)
            .map(Some)
            .map_err(|_| config_error(&format!("stores.{store}.indent must not be negative"), value.span)),
        None => Err(config_error(&format!("stores.{store}.indent must be a number"), value.span)),
    }
}

pub(super) fn threshold(node: &Node) -> Result<Option<u32>> {
    let Some(value) = field(node, "shamir_threshold").filter(|value| !is_null(value)) else {
        return Ok(None);
    };
    let number = value.as_str().and_then(|text| text.parse().ok());
    let number = number.ok_or_else(|| config_error("shamir_threshold must be a number", value.span))?;
    Ok(Some(number).filter(|number| *number != 0))
}

pub(super) fn boolean(node: &Node, name: &str) -> Result<bool> {
    let Some(value) = field(node, name) else { return Ok(false) };
    let wrong = || config_error(&format!("{name} must be true or false"), value.span);
    match yaml::to_value(value, Dialect::GoYamlV3)? {
        yaml::Value::Null => Ok(false),
        yaml::Value::Bool(value) => Ok(value),
        // The words of YAML 1.1 count, in quotes too, where a boolean is expected.
        yaml::Value::String(text) => {
            match [Dialect::GoYamlV3, Dialect::Kubernetes].map(|dialect| resolve_plain(&text, dialect)) {
                [Scalar::String, Scalar::Bool(value)] => Ok(value),
                _ => Err(wrong()),
            }
        }
        _ => Err(wrong()),
    }
}

pub(super) fn text(node: &Node, name: &str) -> Result<Option<(String, Span)>> {
    match field(node, name) {
        None => Ok(None),
        Some(value) if is_null(value) => Ok(None),
        Some(value) => match value.as_str() {
            Some(text) => Ok(Some((text.to_owned(), value.span))),
            None => Err(config_error(&format!("{name} must be text"), value.span)),
        },
    }
}

pub(super) fn is_null(node: &Node) -> bool {
    matches!(yaml::to_value(node, Dialect::GoYamlV3), Ok(yaml::Value::Null))
}

pub(super) fn is_nothing(node: &Node) -> bool {
    is_null(node) || node.as_str() == Some("") || node.as_sequence().is_some_and(<[Node]>::is_empty)
}

pub(super) fn config_error(what: &str, span: Span) -> Error {
    Error::new("sops/config", what).at(span)
}
