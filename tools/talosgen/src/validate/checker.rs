//! What the rules share: the document, the findings, and ways to look at values.

use cliutil::Diagnostic;
use talos::{Document, Place};
use yaml::{Dialect, Node, Scalar, ScalarStyle};

/// A run of the rules over one talconfig.
pub(crate) struct Checker<'d> {
    pub(crate) document: &'d Document,
    pub(crate) findings: Vec<Diagnostic>,
}

impl<'d> Checker<'d> {
    pub(crate) fn new(document: &'d Document) -> Self {
        Self { document, findings: Vec::new() }
    }

    /// The fields.
    pub(crate) fn root(&self) -> &'d Node {
        self.document.root()
    }

    /// An error at a place.
    pub(crate) fn error(&mut self, code: &'static str, message: impl Into<String>, place: &impl Place) {
        self.findings.push(Diagnostic::error(code, message).at(self.document.location(place)));
    }

    /// As [`Self::error`], with how to mend it.
    pub(crate) fn error_help(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        place: &impl Place,
        help: impl Into<String>,
    ) {
        let place = self.document.location(place);
        self.findings.push(Diagnostic::error(code, message).at(place).with_help(help));
    }

    /// The items of a list; null is an empty one, anything else an error.
    pub(crate) fn list(&mut self, map: &'d Node, key: &str, name: &str) -> &'d [Node] {
        let Some(node) = map.get(key).filter(|node| !is_null(node)) else { return &[] };
        node.as_sequence().unwrap_or_else(|| {
            self.error("talos/type", format!("{name} must be a list, not {}", node.kind_name()), node);
            &[]
        })
    }
}

/// What a scalar means to talhelper.
fn resolve(node: &Node) -> Option<Scalar> {
    let plain = match &node.kind {
        yaml::Kind::Alias(target) => return resolve(target),
        yaml::Kind::Scalar(_, style) => *style == ScalarStyle::Plain,
        _ => return None,
    };
    let text = node.as_str()?;
    Some(if plain { yaml::resolve_plain(text, Dialect::GoYamlV3) } else { Scalar::String })
}

/// Whether a value is null.
fn is_null(node: &Node) -> bool {
    matches!(resolve(node), Some(Scalar::Null))
}

/// Whether a value is the boolean true.
pub(crate) fn is_true(node: Option<&Node>) -> bool {
    matches!(node.and_then(resolve), Some(Scalar::Bool(true)))
}
