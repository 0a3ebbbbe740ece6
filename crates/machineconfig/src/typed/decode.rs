//! From a YAML node to data of a type, as go-yaml decodes into Go's structures.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use yaml::{Dialect, Kind, Mapping, Node, Pair, ScalarStyle, Span, Value, resolve_plain};

use super::quantity;
use super::scalar::{self, Wrong};
use crate::Problem;
use crate::schema::{Scalar, Schema, StructId, Type};

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reading {
    /// As Talos reads machine configurations: unknown keys are errors, scalars are taken as written.
    Machine,
    /// As talhelper reads talconfig.yaml: unknown keys are warnings, and numbers have been read and written once
    /// before (`0x1F` is "31").
    Talconfig,
}

/// Reads nodes; keeps the problems it finds.
pub(crate) struct Decoder {
    schema: &'static Schema,
    reading: Reading,
    /// From the root to where it is.
    path: Vec<Step>,
    /// What does not fit.
    pub(crate) errors: Vec<Problem>,
    /// Keys that are not known, when that is no error.
    pub(crate) unknown: Vec<Problem>,
}

/// A step down.
enum Step {
    Key(Cow<'static, str>),
    Item(usize),
}

/// A scalar: what is written and what that means.
pub(super) struct Plain<'n> {
    pub(super) text: Cow<'n, str>,
    pub(super) meaning: yaml::Scalar,
}

impl Decoder {
    pub(crate) fn new(reading: Reading) -> Self {
        let schema = Schema::get();
        Self { schema, reading, path: Vec::new(), errors: Vec::new(), unknown: Vec::new() }
    }

    /// The structure `id` from a node; absent when the node holds nothing for it.
    pub(crate) fn structure(&mut self, node: &Node, id: StructId) -> Option<Value> {
        match &node.kind {
            Kind::Alias(target) => self.structure(target, id),
            Kind::Mapping(pairs) => Some(Value::Mapping(self.fields(pairs, id))),
            _ => {
                if !is_null(node) {
                    self.wrong(node, &Wrong::expected("a mapping"));
                }
                None
            }
        }
    }

    fn fields(&mut self, pairs: &[Pair], id: StructId) -> Mapping {
        self.no_merge_key(pairs, false);
        let mut mapping = Mapping::new();
        for (pair, merged) in merged(pairs) {
            let key = pair.key.as_str().unwrap_or_default();
            if merged && mapping.contains_key(key) {
                continue;
            }
            let Some(field) = self.schema.structure(id).field(key) else {
                self.unknown_key(pair, id);
                continue;
            };
            self.path.push(Step::Key(Cow::Borrowed(field.key)));
            if let Some(value) = self.value(&pair.value, &field.kind) {
                mapping.insert(field.key, value);
            }
            self.path.pop();
        }
        mapping
    }

    /// Talos does not look into what `<<` brings, and refuses it; but in a map (of free keys) it takes one alias.
    fn no_merge_key(&mut self, pairs: &[Pair], in_map: bool) {
        if self.reading != Reading::Machine {
            return;
        }
        let is_taken = |value: &Node| matches!(value.kind, Kind::Alias(_)) && value.as_mapping().is_some();
        let mut merges = pairs.iter().filter(|pair| pair.key.is_merge_key());
        if let Some(pair) = merges.next() {
            if in_map && merges.next().is_none() && is_taken(&pair.value) {
                return;
            }
            let message = if in_map {
                "Talos reads a merge key (<<) here only once and with an alias of a mapping"
            } else {
                "Talos reads no merge keys (<<) here"
            };
            let message = message.to_owned();
            let problem = self.problem("config/merge-key", message, pair.key.span);
            self.errors.push(problem.with_help("write out what it brings"));
        }
    }

    fn unknown_key(&mut self, pair: &Pair, id: StructId) {
        let Some(key) = pair.key.as_str() else {
            self.key(&pair.key);
            return;
        };
        // What begins with x- is a person's own.
        if self.reading == Reading::Talconfig && key.starts_with("x-") {
            return;
        }
        let keys = self.schema.structure(id).fields.iter().map(|field| field.key);
        let help = cliutil::did_you_mean(key, keys).map(|near| format!("did you mean {near}?"));
        let mut problem = self.problem("config/unknown-key", format!("{key} is no key here"), pair.key.span);
        problem.help = help;
        match self.reading {
            Reading::Machine => self.errors.push(problem),
            Reading::Talconfig => self.unknown.push(problem),
        }
    }

    /// A value of a type; absent when it is the type's zero value.
    pub(crate) fn value(&mut self, node: &Node, kind: &Type) -> Option<Value> {
        if let Kind::Alias(target) = &node.kind {
            return self.value(target, kind);
        }
        match kind {
            Type::Pointer(_) | Type::List(..) | Type::Map(_) | Type::Object | Type::Any if is_null(node) => {
                None
            }
            Type::Pointer(inner) => Some(self.pointee(node, inner)?),
            Type::Struct(id) => {
                self.structure(node, *id).filter(|value| value.as_mapping().is_none_or(|m| !m.is_empty()))
            }
            Type::List(item, _) => self.list(node, item),
            Type::Map(item) => self.map(node, item),
            Type::Object => match &node.kind {
                Kind::Mapping(pairs) if pairs.is_empty() => None,
                Kind::Mapping(pairs) => self.object(node, pairs),
                _ => self.wrong(node, &Wrong::expected("a mapping")),
            },
            Type::Any => self.any(node),
            Type::String | Type::Bool | Type::Int(..) | Type::Duration | Type::Scalar(_) => {
                let counts =
                    |value: &Value| scalar::is_bytes(kind) || !scalar::is_zero(value, kind, self.schema);
                self.leaf(node, kind).filter(counts)
            }
        }
    }

    /// What a pointer points to: there, even at its zero value.
    fn pointee(&mut self, node: &Node, kind: &Type) -> Option<Value> {
        match kind {
            Type::Struct(id) => self.structure(node, *id),
            Type::String | Type::Bool | Type::Int(..) | Type::Duration | Type::Scalar(_) => {
                self.leaf(node, kind)
            }
            _ => self.value(node, kind),
        }
    }

    fn list(&mut self, node: &Node, item: &Type) -> Option<Value> {
        let Kind::Sequence(items) = &node.kind else {
            return self.wrong(node, &Wrong::expected("a list"));
        };
        let mut values = Vec::with_capacity(items.len());
        for (n, node) in items.iter().enumerate() {
            self.path.push(Step::Item(n));
            // An item that is null is dropped; one that is at its zero value is not.
            if !is_null(node) {
                values.extend(self.item(node, item));
            }
            self.path.pop();
        }
        Some(Value::Sequence(values))
    }

    /// An item of a list or a map: there, even at its zero value.
    fn item(&mut self, node: &Node, kind: &Type) -> Option<Value> {
        match kind {
            Type::Pointer(inner) => self.pointee(node, inner),
            Type::Object => self.value(node, kind).or(Some(Value::Mapping(Mapping::new()))),
            kind => self.pointee(node, kind),
        }
    }

    fn map(&mut self, node: &Node, item: &Type) -> Option<Value> {
        let Kind::Mapping(pairs) = &node.kind else {
            return self.wrong(node, &Wrong::expected("a mapping"));
        };
        self.no_merge_key(pairs, true);
        let mut mapping = Mapping::new();
        for (pair, from_merge) in merged(pairs) {
            let Some(key) = self.key(&pair.key) else { continue };
            if from_merge && mapping.contains_key(&key) {
                continue;
            }
            self.path.push(Step::Key(Cow::Owned(key.clone())));
            if is_null(&pair.value) {
                mapping.insert(key, null_item(item));
            } else if let Some(value) = self.item(&pair.value, item) {
                mapping.insert(key, value);
            }
            self.path.pop();
        }
        Some(Value::Mapping(mapping))
    }

    fn key(&mut self, node: &Node) -> Option<String> {
        let plain = plain(node, self.reading);
        if plain.is_none() {
            let problem = self.problem("config/type", "a key must be a text".to_owned(), node.span);
            self.errors.push(problem);
        }
        plain.map(|plain| plain.text.into_owned())
    }

    /// Data whose own keys are texts, as they are written (`000`); further down they are what they mean.
    fn object(&mut self, node: &Node, pairs: &[Pair]) -> Option<Value> {
        let is_text = |pair: &Pair| {
            matches!(plain(&pair.key, self.reading), Some(Plain { meaning: yaml::Scalar::String, .. }))
        };
        if pairs.iter().any(|pair| pair.key.is_merge_key()) || pairs.iter().all(is_text) {
            return self.any(node);
        }
        let mut mapping = Mapping::new();
        for pair in pairs {
            let (key, value) = (self.key(&pair.key)?, self.any(&pair.value)?);
            mapping.insert(key, value);
        }
        Some(Value::Mapping(mapping))
    }

    fn any(&mut self, node: &Node) -> Option<Value> {
        match &node.kind {
            Kind::Alias(target) => return self.any(target),
            Kind::Sequence(items) => {
                return Some(Value::Sequence(items.iter().filter_map(|item| self.any(item)).collect()));
            }
            Kind::Mapping(pairs) if !pairs.iter().any(|pair| pair.key.is_merge_key()) => {
                let mut mapping = Mapping::new();
                for pair in pairs {
                    let (key, value) = (self.any(&pair.key)?, self.any(&pair.value)?);
                    mapping.insert(key, value);
                }
                return Some(Value::Mapping(mapping));
            }
            _ => {}
        }
        if is_tagged(node, "binary") {
            return match plain(node, Reading::Machine) {
                Some(plain) => Some(Value::String(plain.text.into_owned())),
                None => self.mistagged(node),
            };
        }
        // A time is written as one.
        if let Some(Plain { text, meaning: yaml::Scalar::Timestamp }) = plain(node, Reading::Machine) {
            return Some(Value::String(quantity::timestamp(&text)));
        }
        match yaml::to_value(node, Dialect::GoYamlV3) {
            Ok(value) => Some(value),
            Err(error) => {
                let problem = self.problem(error.code, error.message, error.span);
                self.errors.push(problem);
                None
            }
        }
    }

    fn leaf(&mut self, node: &Node, kind: &Type) -> Option<Value> {
        match kind {
            Type::Scalar(scalar @ (Scalar::Certificate | Scalar::CertificateAndKey | Scalar::Key)) => {
                return self.certificate(node, *scalar);
            }
            Type::Scalar(Scalar::ArgValue) => return self.argument(node),
            _ => {}
        }
        let Some(plain) = plain(node, self.reading) else {
            if is_mistagged(node) {
                return self.mistagged(node);
            }
            return self.wrong(node, &Wrong::expected(scalar::noun(kind)));
        };
        // Null leaves what was there: the zero value.
        if plain.meaning == yaml::Scalar::Null {
            return None;
        }
        if matches!(kind, Type::String) && self.is_stray_time(&plain) {
            return self.wrong(node, &Wrong::expected("a text (in quotes, for it is read as a time)"));
        }
        // The only number that Talos takes for a duration.
        let is_no_time = matches!(kind, Type::Duration) && plain.meaning == yaml::Scalar::Int(0);
        if self.reading == Reading::Machine && is_no_time {
            return Some(Value::from("0s"));
        }
        match scalar::read(&plain, kind, self.schema) {
            Ok(value) => Some(value),
            Err(wrong) => self.wrong(node, &wrong),
        }
    }

    /// Talos takes no time for a text.
    fn is_stray_time(&self, plain: &Plain<'_>) -> bool {
        self.reading == Reading::Machine && plain.meaning == yaml::Scalar::Timestamp
    }

    /// A text or a list of texts.
    fn argument(&mut self, node: &Node) -> Option<Value> {
        match &node.kind {
            Kind::Sequence(_) => self.list(node, &Type::String),
            _ => match plain(node, self.reading) {
                Some(plain) if !self.is_stray_time(&plain) => Some(Value::String(plain.text.into_owned())),
                _ => self.wrong(node, &Wrong::expected("a text or a list of texts")),
            },
        }
    }

    /// `crt` and `key`, both there and both base64.
    fn certificate(&mut self, node: &Node, scalar: Scalar) -> Option<Value> {
        let Some(pairs) = node.as_mapping() else {
            return self.wrong(node, &Wrong::expected("a mapping with crt and key"));
        };
        let keys = scalar::certificate_keys(scalar);
        let mut found = Mapping::new();
        for pair in pairs {
            let key = pair.key.as_str().unwrap_or_default();
            let Some(key) = keys.iter().find(|known| **known == key) else {
                let problem =
                    self.problem("config/unknown-key", format!("{key} is no key here"), pair.key.span);
                self.errors.push(problem);
                continue;
            };
            self.path.push(Step::Key(Cow::Borrowed(*key)));
            let text = plain(&pair.value, self.reading).map(|plain| plain.text.into_owned());
            match text.as_deref().ok_or(Wrong::expected("base64")).and_then(scalar::base64) {
                Ok(text) => drop(found.insert(*key, text)),
                Err(wrong) => drop(self.wrong(&pair.value, &wrong)),
            }
            self.path.pop();
        }
        let whole = keys.iter().map(|key| (*key, found.remove(key).unwrap_or_else(|| "".into())));
        Some(Value::Mapping(whole.collect()))
    }

    fn mistagged(&mut self, node: &Node) -> Option<Value> {
        let message = "this value is not what its tag says".to_owned();
        let problem = self.problem("yaml/tag", message, node.span);
        self.errors.push(problem);
        None
    }

    fn wrong(&mut self, node: &Node, wrong: &Wrong) -> Option<Value> {
        let problem = self.problem("config/type", wrong.message(node.kind_name()), node.span);
        self.errors.push(problem);
        None
    }

    fn problem(&self, code: &'static str, message: String, span: Span) -> Problem {
        Problem { code, message, path: join(&self.path), span: Some(span), help: None }
    }
}

fn join(path: &[Step]) -> String {
    let mut out = String::new();
    for step in path {
        match step {
            Step::Item(n) => drop(write!(out, "[{n}]")),
            Step::Key(key) => {
                if !out.is_empty() {
                    out.push('.');
                }
                out.push_str(key);
            }
        }
    }
    out
}

/// What a null is in a map.
fn null_item(item: &Type) -> Value {
    match item {
        Type::String => Value::from(""),
        Type::Bool => Value::Bool(false),
        _ => Value::Null,
    }
}

/// The entries of a mapping, those of merged ones (`<<`) behind, marked.
fn merged(pairs: &[Pair]) -> impl Iterator<Item = (&Pair, bool)> {
    let own = pairs.iter().filter(|pair| !pair.key.is_merge_key()).map(|pair| (pair, false));
    own.chain(pairs.iter().filter(|pair| pair.key.is_merge_key()).flat_map(brought))
}

/// What a merge key brings.
fn brought(pair: &Pair) -> Vec<(&Pair, bool)> {
    let sources = pair.value.as_sequence().unwrap_or(std::slice::from_ref(&pair.value));
    let entries = sources.iter().flat_map(|source| source.as_mapping().into_iter().flat_map(merged));
    entries.map(|(pair, _)| (pair, true)).collect()
}

fn is_null(node: &Node) -> bool {
    matches!(plain(node, Reading::Machine), Some(Plain { meaning: yaml::Scalar::Null, .. }))
}

fn plain(node: &Node, reading: Reading) -> Option<Plain<'_>> {
    let (text, style) = match &node.kind {
        Kind::Alias(target) => return plain(target, reading),
        Kind::Scalar(text, style) => (text, *style),
        _ => return None,
    };
    let tagged = node.tag.as_deref().and_then(yaml::Tag::core);
    let meaning = match tagged {
        Some("binary") => {
            let bare: String = text.chars().filter(|c| !matches!(c, '\n' | '\r')).collect();
            let text = String::from_utf8(STANDARD.decode(bare).ok()?).ok()?;
            return Some(Plain { text: Cow::Owned(text), meaning: yaml::Scalar::String });
        }
        Some("str") => yaml::Scalar::String,
        _ if style != ScalarStyle::Plain && tagged.is_none() => yaml::Scalar::String,
        _ => resolve_plain(text, Dialect::GoYamlV3),
    };
    if tagged.is_some_and(|tag| !fits(tag, meaning)) {
        return None;
    }
    let text = match reading {
        Reading::Talconfig => rewritten(text, meaning),
        Reading::Machine => Cow::Borrowed(text.as_str()),
    };
    Some(Plain { text, meaning })
}

/// Whether a scalar is what its tag says.
fn fits(tag: &str, meaning: yaml::Scalar) -> bool {
    match tag {
        "int" => matches!(meaning, yaml::Scalar::Int(_)),
        "float" => matches!(meaning, yaml::Scalar::Int(_) | yaml::Scalar::Float(_)),
        "bool" => matches!(meaning, yaml::Scalar::Bool(_)),
        "null" => meaning == yaml::Scalar::Null,
        _ => true,
    }
}

fn is_tagged(node: &Node, wanted: &str) -> bool {
    match &node.kind {
        Kind::Alias(target) => is_tagged(target, wanted),
        _ => node.tag.as_deref().and_then(yaml::Tag::core) == Some(wanted),
    }
}

/// Whether it is a scalar that is not what its tag says.
fn is_mistagged(node: &Node) -> bool {
    match &node.kind {
        Kind::Alias(target) => is_mistagged(target),
        Kind::Scalar(..) => plain(node, Reading::Machine).is_none(),
        _ => false,
    }
}

/// The text of a scalar after it was read without a type and written again.
fn rewritten(text: &str, meaning: yaml::Scalar) -> Cow<'_, str> {
    match meaning {
        yaml::Scalar::Int(value) => Cow::Owned(value.to_string()),
        yaml::Scalar::Float(value) => Cow::Owned(quantity::format_float(value)),
        yaml::Scalar::Bool(value) => Cow::Borrowed(if value { "true" } else { "false" }),
        yaml::Scalar::Timestamp => Cow::Owned(quantity::timestamp(text)),
        yaml::Scalar::Null => Cow::Borrowed("null"),
        yaml::Scalar::String => Cow::Borrowed(text),
    }
}
