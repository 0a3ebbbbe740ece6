//! Reading the fields of one mapping: types as Go's JSON checks them, unknown fields with a suggestion, every problem
//! in one go.

use std::sync::Arc;

use cliutil::{Diagnostic, did_you_mean};
use yaml::{Dialect, Kind, Node, Scalar, ScalarStyle, Span, resolve_plain};

use super::Entry;
use crate::codes;
use crate::file::{File, Problems};

/// The fields of a mapping.
pub(crate) struct Fields<'p, 'n> {
    file: &'p Arc<File>,
    problems: &'p mut Problems,
    warnings: Vec<Diagnostic>,
    /// What is described, for messages: "a patch".
    what: &'p str,
    /// Name as it is known, the key's place, the value.
    given: Vec<(&'static str, Span, &'n Node)>,
    pairs: &'n [yaml::Pair],
    /// Whether there may be other fields, too.
    others: bool,
    pub(crate) span: Span,
}

impl<'p, 'n> Fields<'p, 'n> {
    /// The fields of `node`, which must be a mapping.
    pub(crate) fn new(
        file: &'p Arc<File>,
        node: &'n Node,
        what: &'p str,
        problems: &'p mut Problems,
    ) -> Self {
        let pairs = node.as_mapping();
        if pairs.is_none() && !is_null(node) {
            let message = format!("{what} must be a mapping, but is {}", kind_of(node));
            problems.push(file.error(codes::TYPE, message, node.span));
        }
        let pairs = pairs.unwrap_or_default();
        Self {
            file,
            problems,
            warnings: Vec::new(),
            what,
            given: Vec::new(),
            pairs,
            others: false,
            span: node.span,
        }
    }

    /// Says which fields there are; finds the ones that are given. Go compares names without case; of several that
    /// differ in case only, the last in the order of their bytes counts, and of equal ones the last.
    pub(crate) fn known(&mut self, names: &[&'static str]) -> &mut Self {
        let mut pairs: Vec<_> =
            self.pairs.iter().filter_map(|pair| Some((pair.key.as_str()?, pair))).collect();
        pairs.sort_by_key(|(text, _)| *text);
        for (text, pair) in pairs {
            let span = pair.key.span;
            let Some(name) = names.iter().find(|name| name.eq_ignore_ascii_case(text)) else {
                if !self.others {
                    self.unknown(text, span, names);
                }
                continue;
            };
            if *name != text {
                let warning = Diagnostic::warning(codes::FIELD_CASE, format!("this field is written {name}"));
                self.warnings.push(warning.at(self.file.at(span)));
            }
            if let Some(before) = self.given.iter_mut().find(|(given, ..)| given == name) {
                let first = before.1;
                *before = (name, span, &pair.value);
                self.warnings.push(
                    Diagnostic::warning(
                        "yaml/duplicate-key",
                        format!("{name} is given twice; only this one counts"),
                    )
                    .at(self.file.at(span))
                    .with_related(self.file.at(first), "this one is ignored")
                    .with_help("merge the two"),
                );
            } else {
                self.given.push((name, span, &pair.value));
            }
        }
        self
    }

    /// As [`Self::known`], where fields of other names are somebody else's matter.
    pub(crate) fn some(&mut self, names: &[&'static str]) -> &mut Self {
        self.others = true;
        self.known(names)
    }

    fn unknown(&mut self, text: &str, span: Span, names: &[&'static str]) {
        let message = format!("unknown field {text} in {}", self.what);
        let problem = self.file.error(codes::UNKNOWN_FIELD, message, span);
        let help = match did_you_mean(text, names.iter().copied()) {
            Some(near) => format!("did you mean {near}?"),
            None if names.len() < 16 => format!("known here: {}", names.join(", ")),
            None => "see https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/".to_owned(),
        };
        self.problems.push(problem.with_help(help));
    }

    /// What is worth a word although it is read; call it last.
    pub(crate) fn finish(self) -> Vec<Diagnostic> {
        self.warnings
    }

    /// Adds a problem.
    pub(crate) fn problem(&mut self, problem: Diagnostic) {
        self.problems.push(problem);
    }

    /// A problem in this file.
    pub(crate) fn error(&self, code: &'static str, message: impl Into<String>, span: Span) -> Diagnostic {
        self.file.error(code, message, span)
    }

    /// The names of the fields that are given.
    pub(crate) fn given(&self) -> impl Iterator<Item = &'static str> {
        // A null is as good as no field.
        self.given.iter().filter(|(.., value)| !is_null(value)).map(|(name, ..)| *name)
    }

    /// The place of a field's name, when it is given.
    pub(crate) fn span_of(&self, name: &str) -> Option<Span> {
        self.given.iter().find(|(given, ..)| *given == name).map(|(_, span, _)| *span)
    }

    /// A field's name and value as they are.
    pub(crate) fn any(&self, name: &str) -> Option<(Span, &'n Node)> {
        self.given.iter().find(|(given, ..)| *given == name).map(|(_, span, value)| (*span, *value))
    }

    fn value(&self, name: &str) -> Option<&'n Node> {
        self.any(name).map(|(_, value)| value).filter(|value| !is_null(value))
    }

    fn wrong(&mut self, name: &str, expected: &str, node: &Node) {
        let message = format!("{name} must be {expected}, but is {}", kind_of(node));
        let mut problem = self.file.error(codes::TYPE, message, node.span);
        if expected == "text" && !matches!(node.kind, Kind::Mapping(_) | Kind::Sequence(_)) {
            problem = problem.with_help("put it in quotes");
        }
        self.problems.push(problem);
    }

    /// A text; none when it is not given or null.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        self.entry(name).map(|entry| entry.text)
    }

    /// A text with its place.
    pub(crate) fn entry(&mut self, name: &str) -> Option<Entry> {
        let node = self.value(name)?;
        let entry = text_of(node);
        if entry.is_none() {
            self.wrong(name, "text", node);
        }
        entry
    }

    /// A boolean, false when it is not given.
    pub(crate) fn flag(&mut self, name: &str) -> bool {
        let Some(node) = self.value(name) else { return false };
        if let Some(Scalar::Bool(value)) = plain(node) {
            return value;
        }
        self.wrong(name, "true or false", node);
        false
    }

    /// An integer.
    pub(crate) fn int(&mut self, name: &str) -> Option<i64> {
        let node = self.value(name)?;
        let value = match plain(node) {
            Some(Scalar::Int(value)) => i64::try_from(value).ok(),
            // JSON writes 3.0 as 3.
            #[expect(clippy::cast_possible_truncation, reason = "whole and small")]
            Some(Scalar::Float(value)) if value.fract() == 0.0 && value.abs() < 9e18 => Some(value as i64),
            _ => None,
        };
        if value.is_none() {
            self.wrong(name, "a whole number", node);
        }
        value
    }

    /// A list of texts with their places.
    pub(crate) fn entries(&mut self, name: &str) -> Vec<Entry> {
        let mut entries = Vec::new();
        for node in self.items(name) {
            match text_of(node) {
                Some(entry) => entries.push(entry),
                // A null in a list of strings is an empty string to Go.
                None if is_null(node) => entries.push(Entry { text: String::new(), span: node.span }),
                None => self.wrong(&format!("an entry of {name}"), "text", node),
            }
        }
        entries
    }

    /// A mapping of texts, in the order of their keys.
    pub(crate) fn texts(&mut self, name: &str) -> Vec<(String, String)> {
        let Some(node) = self.value(name) else { return Vec::new() };
        let Some(pairs) = node.as_mapping() else {
            self.wrong(name, "a mapping", node);
            return Vec::new();
        };
        let mut texts: Vec<(String, String)> = Vec::new();
        for pair in pairs {
            let Some(key) = key_text(&pair.key) else {
                self.wrong(&format!("a key of {name}"), "text", &pair.key);
                continue;
            };
            let value = match text_of(&pair.value) {
                Some(entry) => entry.text,
                None if is_null(&pair.value) => String::new(),
                None => {
                    self.wrong(&format!("{name}.{key}"), "text", &pair.value);
                    continue;
                }
            };
            texts.retain(|(known, _)| *known != key);
            texts.push((key, value));
        }
        texts.sort();
        texts
    }

    /// A list, each item read by `read`.
    pub(crate) fn list<T>(
        &mut self,
        name: &str,
        read: impl Fn(&Arc<File>, &Node, &mut Problems) -> T,
    ) -> Vec<T> {
        self.items(name).iter().map(|node| read(self.file, node, self.problems)).collect()
    }

    /// A mapping, read by `read`.
    pub(crate) fn part<T>(
        &mut self,
        name: &str,
        read: impl Fn(&Arc<File>, &Node, &mut Problems) -> T,
    ) -> Option<T> {
        let node = self.value(name)?;
        Some(read(self.file, node, self.problems))
    }

    fn items(&mut self, name: &str) -> &'n [Node] {
        let Some(node) = self.value(name) else { return &[] };
        node.as_sequence().unwrap_or_else(|| {
            self.wrong(name, "a list", node);
            &[]
        })
    }
}

/// What a scalar without quotes is to sigs.k8s.io/yaml.
fn plain(node: &Node) -> Option<Scalar> {
    match &node.kind {
        Kind::Alias(target) => plain(target),
        Kind::Scalar(text, ScalarStyle::Plain) if node.tag.is_none() => {
            Some(resolve_plain(text, Dialect::Kubernetes))
        }
        _ => None,
    }
}

/// Whether a node is null.
pub(crate) fn is_null(node: &Node) -> bool {
    plain(node) == Some(Scalar::Null) || node.tag.as_ref().is_some_and(|tag| tag.core() == Some("null"))
}

fn text_of(node: &Node) -> Option<Entry> {
    match (&node.kind, plain(node)) {
        (Kind::Alias(target), _) => text_of(target),
        (Kind::Scalar(..), Some(Scalar::String | Scalar::Timestamp) | None) if !is_null(node) => {
            Some(Entry { text: node.as_str()?.to_owned(), span: node.span })
        }
        _ => None,
    }
}

/// The text of a key: a kustomization is read as YAML 1.1, where `n` and `yes` are booleans, and keys become text.
fn key_text(key: &Node) -> Option<String> {
    match plain(key) {
        Some(Scalar::Bool(value)) => Some(value.to_string()),
        _ => key.as_str().map(str::to_owned),
    }
}

/// What a node is, for messages.
fn kind_of(node: &Node) -> &'static str {
    match plain(node) {
        Some(Scalar::Null) => "null",
        Some(Scalar::Bool(_)) => "a boolean",
        Some(Scalar::Int(_) | Scalar::Float(_)) => "a number",
        Some(_) => "text",
        None if node.as_str().is_some() => "text",
        None => node.kind_name(),
    }
}
