//! What is written: a tree with styles, made from a parsed text or from data.

use yaml::{Dialect, Kind, Mapping, Node, ScalarStyle, Value, resolve_plain};

use crate::typed::format_float;

/// A node to write.
pub(super) struct Tree {
    pub(super) kind: TreeKind,
    /// What stands before it: an anchor, a tag.
    pub(super) properties: String,
}

pub(super) enum TreeKind {
    Scalar(String, ScalarStyle),
    Sequence(Vec<Tree>, bool),
    Mapping(Vec<(Tree, Tree)>, bool),
    /// `*name`
    Alias(String),
}

fn bare(kind: TreeKind) -> Tree {
    Tree { kind, properties: String::new() }
}

/// The tree of a parsed node. `source` is the text it came from.
pub(super) fn from_node(node: &Node, source: &str) -> Tree {
    let kind = match &node.kind {
        Kind::Alias(_) => return bare(TreeKind::Alias(source[node.span.range()].trim().to_owned())),
        Kind::Scalar(text, style) => {
            let style = if *style == ScalarStyle::Plain && text.contains('\n') {
                ScalarStyle::Literal
            } else {
                *style
            };
            TreeKind::Scalar(text.clone(), style)
        }
        Kind::Sequence(items) => {
            TreeKind::Sequence(items.iter().map(|item| from_node(item, source)).collect(), node.flow)
        }
        Kind::Mapping(pairs) => {
            let pair = |pair: &yaml::Pair| (from_node(&pair.key, source), from_node(&pair.value, source));
            TreeKind::Mapping(pairs.iter().map(pair).collect(), node.flow)
        }
    };
    let mut properties = Vec::new();
    properties.extend(node.anchor.as_ref().map(|span| source[span.range()].to_owned()));
    if let Some(tag) = node.tag.as_ref().filter(|tag| tag.full != "!") {
        let short = tag.core().map_or_else(|| tag.full.clone(), |core| format!("!!{core}"));
        properties.push(short);
    }
    // go-yaml shows the tag of a merge key.
    if node.tag.is_none() && matches!(&kind, TreeKind::Scalar(text, ScalarStyle::Plain) if text == "<<") {
        properties.push("!!merge".to_owned());
    }
    Tree { kind, properties: properties.join(" ") }
}

/// The tree of data, as go-yaml lays it out.
pub(super) fn from_value(value: &Value) -> Tree {
    bare(match value {
        Value::Null => plain("null"),
        Value::Bool(value) => plain(if *value { "true" } else { "false" }),
        Value::Int(value) => plain(&value.to_string()),
        Value::Float(value) => plain(&format_float(*value)),
        Value::String(text) => TreeKind::Scalar(text.clone(), style(text)),
        Value::Sequence(items) => TreeKind::Sequence(items.iter().map(from_value).collect(), false),
        Value::Mapping(mapping) => TreeKind::Mapping(pairs(mapping), false),
    })
}

fn pairs(mapping: &Mapping) -> Vec<(Tree, Tree)> {
    mapping.iter().map(|(key, value)| (from_value(key), from_value(value))).collect()
}

fn plain(text: &str) -> TreeKind {
    TreeKind::Scalar(text.to_owned(), ScalarStyle::Plain)
}

/// How a text is written: so that it is read as a text again, also by YAML 1.1.
fn style(text: &str) -> ScalarStyle {
    if text.contains('\n') {
        // What has blanks only would be lost in a block.
        let blank = text.chars().all(char::is_whitespace);
        if blank { ScalarStyle::DoubleQuoted } else { ScalarStyle::Literal }
    } else if resolve_plain(text, Dialect::GoYamlV3) != yaml::Scalar::String {
        ScalarStyle::DoubleQuoted
    } else if is_old_bool(text) || is_base_60(text) || text == "<<" {
        ScalarStyle::SingleQuoted
    } else {
        ScalarStyle::Plain
    }
}

/// Booleans of YAML 1.1.
fn is_old_bool(text: &str) -> bool {
    matches!(
        text,
        "y" | "Y"
            | "yes"
            | "Yes"
            | "YES"
            | "on"
            | "On"
            | "ON"
            | "n"
            | "N"
            | "no"
            | "No"
            | "NO"
            | "off"
            | "Off"
            | "OFF"
    )
}

/// Numbers of YAML 1.1 such as `12:30` and `1:30.5`.
fn is_base_60(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut parts = whole.split(':');
    let first = parts.next().unwrap_or_default();
    let number = |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_digit() || c == '_');
    let minutes: Vec<_> = parts.collect();
    first.starts_with(|c: char| c.is_ascii_digit())
        && number(first)
        && !minutes.is_empty()
        && minutes
            .iter()
            .all(|part| part.len() <= 2 && number(part) && part.parse::<u8>().is_ok_and(|part| part < 60))
        && fraction.chars().all(|c| c.is_ascii_digit() || c == '_')
}
