//! What the rules share: the document, the findings, and ways to look at values.

use cliutil::{Diagnostic, did_you_mean};
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

    /// A warning for each key of `map` that talhelper does not know.
    pub(crate) fn known_keys(&mut self, map: &Node, what: &str, known: &[&[&str]]) {
        for pair in map.as_mapping().unwrap_or_default() {
            let Some(key) = pair.key.as_str() else { continue };
            // A merge key is no field; what begins with x- is a person's own.
            if key == "<<" || key.starts_with("x-") || known.iter().any(|names| names.contains(&key)) {
                continue;
            }
            let near = did_you_mean(key, known.iter().copied().flatten().copied());
            let help = near.map_or_else(
                || "talhelper ignores it; begin its name with x- if that is meant".to_owned(),
                |near| format!("did you mean {near}?"),
            );
            let place = self.document.location(&pair.key);
            self.findings.push(
                Diagnostic::warning("talos/unknown-field", format!("{key} is no field of {what}"))
                    .at(place)
                    .with_help(help),
            );
        }
    }

    /// The text of a scalar that is set; anything but a scalar is an error.
    pub(crate) fn text(&mut self, map: &'d Node, key: &str, name: &str) -> Option<&'d str> {
        let node = map.get(key)?;
        match node.as_str() {
            None => {
                self.error("talos/type", format!("{name} must be text, not {}", node.kind_name()), node);
                None
            }
            Some(text) => (!is_null(node) && !text.is_empty()).then_some(text),
        }
    }

    /// As [`Self::text`]; missing or empty is an error.
    pub(crate) fn required(&mut self, map: &'d Node, key: &str, name: &str) -> Option<&'d str> {
        let before = self.findings.len();
        let text = self.text(map, key, name);
        if text.is_none() && self.findings.len() == before {
            match map.pair(key) {
                Some(pair) => self.error("talos/required", format!("{name} must not be empty"), &pair.key),
                None => self.error("talos/required", format!("{name} is required"), &first_of(map)),
            }
        }
        text
    }

    /// The items of a list; null is an empty one, anything else an error.
    pub(crate) fn list(&mut self, map: &'d Node, key: &str, name: &str) -> &'d [Node] {
        let Some(node) = map.get(key).filter(|node| !is_null(node)) else { return &[] };
        node.as_sequence().unwrap_or_else(|| {
            self.error("talos/type", format!("{name} must be a list, not {}", node.kind_name()), node);
            &[]
        })
    }

    /// A field that must be `true` or `false`.
    pub(crate) fn flag(&mut self, map: &Node, key: &str, name: &str) {
        if let Some(node) = map.get(key)
            && !is_null(node)
            && !matches!(resolve(node), Some(Scalar::Bool(_)))
        {
            self.error("talos/type", format!("{name} must be true or false"), node);
        }
    }

    /// A field that must be a whole number in `range`.
    pub(crate) fn number(
        &mut self,
        map: &Node,
        key: &str,
        name: &str,
        range: std::ops::RangeInclusive<i128>,
    ) {
        if let Some(node) = map.get(key)
            && !matches!(resolve(node), Some(Scalar::Int(number)) if range.contains(&number))
        {
            let (from, to) = range.into_inner();
            self.error("talos/type", format!("{name} must be a number from {from} to {to}"), node);
        }
    }
}

/// The place that stands for a whole mapping: its first key.
fn first_of(map: &Node) -> yaml::Span {
    map.as_mapping().and_then(|pairs| pairs.first()).map_or(map.span, |pair| pair.key.span)
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
pub(crate) fn is_null(node: &Node) -> bool {
    matches!(resolve(node), Some(Scalar::Null))
}

/// Whether a value is the boolean true.
pub(crate) fn is_true(node: Option<&Node>) -> bool {
    matches!(node.and_then(resolve), Some(Scalar::Bool(true)))
}
