//! One value against its declaration: what it is in canonical form, or every reason why it is none.

mod format;
mod hazards;
mod scalar;

use std::cell::RefCell;
use std::fmt;

use cliutil::{Diagnostic, did_you_mean};
use regex_automata::nfa::thompson;
use regex_automata::nfa::thompson::pikevm::{Cache, PikeVM};
use yaml::{Kind, Mapping, Node, Value};

use crate::codes;
use crate::declaration::{Declaration, Declarations, Type};
use crate::entries::{Entry, entries};
use crate::findings::{Findings, Place};
use crate::link;
use crate::map::{HashMap, HashSet};

/// What a value is called in a message: `nodes[2].address`.
#[derive(Clone, Copy)]
pub(crate) enum Name<'a> {
    Key(&'a str),
    Item(&'a Name<'a>, usize),
    Field(&'a Name<'a>, &'a str),
}

impl fmt::Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => f.write_str(key),
            Self::Item(list, index) => write!(f, "{list}[{index}]"),
            Self::Field(mapping, key) => write!(f, "{mapping}.{key}"),
        }
    }
}

/// Where a value stands, and what it is called.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    pub(crate) name: Name<'a>,
    pub(crate) place: Place,
}

/// Checks values; the findings go where it was told.
pub(crate) struct Checker<'f> {
    pub(crate) findings: &'f mut Findings,
}

impl Checker<'_> {
    /// The value in canonical form: null when it is not given, none when it is not what it should be.
    pub(crate) fn value(&mut self, declaration: &Declaration, node: &Node, at: At) -> Option<Value> {
        if let Some(mark) = hazards::stray_mark(node) {
            let message = format!("{}: this is read as {mark} and not as a value", at.name);
            let help = "put a text that begins with ! or & in quotes";
            self.findings.push(self.error(codes::TYPE, message, at).with_help(help));
            return None;
        }
        match &node.kind {
            // The place stays that of the alias, which is what the reader of a message looks for.
            Kind::Alias(target) => self.value(declaration, target, at),
            Kind::Scalar(..) => self.scalar(declaration, node, at),
            Kind::Sequence(items) if declaration.types().contains(&Type::Array) => {
                self.list(declaration, items, at)
            }
            Kind::Mapping(_) if declaration.types().contains(&Type::Object) => {
                self.mapping(declaration, node, at)
            }
            Kind::Sequence(items) => {
                let help = (items.len() == 1).then_some("write the value without the dash or the brackets");
                self.wrong_type(declaration, "a list", help, at)
            }
            Kind::Mapping(_) => self.wrong_type(declaration, "a mapping", None, at),
        }
    }

    fn wrong_type(
        &mut self,
        declaration: &Declaration,
        found: &str,
        help: Option<&str>,
        at: At,
    ) -> Option<Value> {
        let finding = self.error(
            codes::TYPE,
            format!("{}: expected {}, found {found}", at.name, expected(declaration)),
            at,
        );
        self.findings.push(finding.with_help(help.map_or_else(|| how(declaration), str::to_owned)));
        None
    }

    fn error(&self, code: &'static str, message: String, at: At) -> Diagnostic {
        self.findings.error(code, message, at.place)
    }

    fn list(&mut self, declaration: &Declaration, items: &[Node], at: At) -> Option<Value> {
        let minimum = declaration.min_items.unwrap_or_default();
        if items.len() < minimum {
            let message = format!("{}: at least {minimum} must be listed", at.name);
            self.findings.push(self.error(codes::LENGTH, message, at).with_help("add to the list"));
            return None;
        }
        let mut values = Vec::with_capacity(items.len());
        let mut texts = HashSet::default();
        let mut is_new = |values: &[Value], value: &Value| match value {
            Value::String(text) => texts.insert(text.clone()),
            other => !values.contains(other),
        };
        let mut complete = true;
        for (index, node) in items.iter().enumerate() {
            let place = Place::new(at.place.source, node.span);
            let at = At { name: Name::Item(&at.name, index), place };
            let value = match &declaration.items {
                Some(item) => self.member(item, node, at),
                None => self.free(node, at),
            };
            match value {
                Some(value) if declaration.unique_items && !is_new(&values, &value) => {
                    self.listed_twice(at);
                    complete = false;
                }
                Some(value) => values.push(value),
                None => complete = false,
            }
        }
        complete.then_some(Value::Sequence(values))
    }

    fn listed_twice(&mut self, at: At) {
        let finding =
            self.error(codes::LISTED_TWICE, format!("{}: this stands in the list already", at.name), at);
        self.findings.push(finding.with_help("remove one of the two"));
    }

    /// A value inside a list or a free mapping: it cannot be "not given".
    fn member(&mut self, declaration: &Declaration, node: &Node, at: At) -> Option<Value> {
        let is_text = || {
            hazards::stray_mark(node).is_none()
                && matches!(yaml::to_value(node, crate::DIALECT), Ok(Value::String(_)))
        };
        let blank = node.as_str().filter(|text| text.trim().is_empty() && is_text());
        let is_any_text = declaration.format.is_none()
            && declaration.min_length.is_none()
            && declaration.pattern.is_none()
            && declaration.choices.is_empty();
        let value = match blank {
            // Of blanks alone any text may consist, and no form does.
            Some(blank) if declaration.types().contains(&Type::String) => {
                return if is_any_text {
                    Some(Value::from(blank))
                } else {
                    self.text(declaration, blank, at)
                };
            }
            Some(_) => Value::Null,
            None => self.value(declaration, node, at)?,
        };
        if value.is_null() {
            let finding = self.error(codes::TYPE, format!("{}: nothing is written here", at.name), at);
            self.findings
                .push(finding.with_help(format!("write {}, or remove the entry", expected(declaration))));
            return None;
        }
        Some(value)
    }

    fn mapping(&mut self, declaration: &Declaration, node: &Node, at: At) -> Option<Value> {
        let (list, problems) = entries(node);
        let mut complete = problems.is_empty();
        for (problem, span) in problems {
            let place = Place::new(at.place.source, span);
            self.findings.push(problem.at(self.findings.location(place)));
        }
        if let Some(fields) = &declaration.properties {
            return self.fields(fields, &list, at).filter(|_| complete);
        }
        let mut mapping = Mapping::new();
        for entry in list {
            match self.free_entry(declaration, &entry, at) {
                Some(value) => drop(mapping.insert(entry.key, value)),
                None => complete = false,
            }
        }
        complete.then_some(Value::Mapping(mapping))
    }

    fn free_entry(&mut self, declaration: &Declaration, entry: &Entry, at: At) -> Option<Value> {
        let name = Name::Field(&at.name, entry.key);
        let key_at = At { name, place: Place::new(at.place.source, entry.key_node.span) };
        let value_at = At { name, place: Place::new(at.place.source, entry.node.span) };
        let key = match &declaration.property_names {
            Some(names) => self.text(names, entry.key, key_at).map(drop),
            None => Some(()),
        };
        let value = match &declaration.additional_properties {
            Some(value) => self.member(value, entry.node, value_at),
            None => self.free(entry.node, value_at),
        };
        key.and(value)
    }

    /// A value whose shape is not ours to know.
    fn free(&mut self, node: &Node, at: At) -> Option<Value> {
        match yaml::to_value(node, crate::DIALECT) {
            Ok(value) => Some(value),
            Err(error) => {
                self.findings.push(self.error(error.code, format!("{}: {}", at.name, error.message), at));
                None
            }
        }
    }

    /// The fields of a mapping with a closed set of keys.
    fn fields(&mut self, fields: &Declarations, given: &[Entry], at: At) -> Option<Value> {
        let mut complete = true;
        for entry in given.iter().filter(|entry| !fields.contains_key(entry.key)) {
            let place = Place::new(at.place.source, entry.key_node.span);
            let message = format!("{}: no such key", Name::Field(&at.name, entry.key));
            let finding = self.findings.error(codes::UNKNOWN_KEY, message, place);
            let near = did_you_mean(entry.key, fields.keys().map(String::as_str));
            let known: Vec<_> = fields.keys().map(String::as_str).collect();
            let help = near.map_or_else(
                || format!("the keys are {}", known.join(", ")),
                |near| format!("did you mean {near}?"),
            );
            self.findings.push(finding.with_help(help));
            complete = false;
        }
        let mut mapping = Mapping::new();
        for (key, declaration) in fields {
            let name = Name::Field(&at.name, key);
            let entry = given.iter().find(|entry| entry.key == key);
            let place = entry.map_or(at.place, |entry| Place::new(at.place.source, entry.node.span));
            let value = match entry {
                Some(entry) => self.value(declaration, entry.node, At { name, place }),
                None => Some(Value::Null),
            };
            match value {
                Some(Value::Null) if declaration.required => {
                    self.required(declaration, entry.is_some(), At { name, place });
                    complete = false;
                }
                Some(Value::Null) => mapping.push(key.as_str(), default(declaration)),
                Some(value) => mapping.push(key.as_str(), value),
                None => complete = false,
            }
        }
        complete.then_some(Value::Mapping(mapping))
    }

    /// Says that a required value is missing, or given with nothing in it; the place is where it would stand.
    pub(crate) fn required(&mut self, declaration: &Declaration, given: bool, at: At) {
        let what = if given { "is required, and nothing is written here" } else { "is required" };
        let finding = self.error(codes::REQUIRED, format!("{} {what}", at.name), at);
        let what = declaration.description.clone();
        let cluster = declaration.inherits.as_deref();
        let cluster = cluster.map(|key| format!("set it here, or {key} in cluster.yaml for all nodes"));
        let example = declaration.example().map(|example| format!("for example {example}"));
        let help: Vec<_> = [what, cluster, example].into_iter().flatten().collect();
        let finding = if help.is_empty() { finding } else { finding.with_help(help.join("; ")) };
        self.findings.push(match at.name {
            Name::Key(key) => finding.with_reference(link::option(key)),
            Name::Field(Name::Item(Name::Key("nodes"), _), field) => {
                finding.with_reference(link::field(field))
            }
            _ => finding,
        });
    }
}

/// The default of a declaration, as plain data.
pub(crate) fn default(declaration: &Declaration) -> Value {
    declaration.default.clone().map_or(Value::Null, Value::from)
}

/// What a declaration takes, for messages.
pub(crate) fn expected(declaration: &Declaration) -> String {
    if let Some(words) = &declaration.expects {
        return words.clone();
    }
    let types = declaration.types();
    let mut nouns: Vec<String> = Vec::new();
    for one in types.iter() {
        nouns.push(match (one, declaration.format) {
            (Type::String, Some(format)) => format.expects().to_owned(),
            (one, _) => one.noun().to_owned(),
        });
    }
    nouns.join(" or ")
}

/// How to write a value of the right type.
fn how(declaration: &Declaration) -> String {
    if let Some(example) = declaration.example() {
        return format!("for example {example}");
    }
    match (declaration.types().first(), declaration.format) {
        (Some(Type::Array), _) => "write a list, one value a line behind a dash".to_owned(),
        (Some(Type::Object), _) => "write keys with their values, one a line, below it".to_owned(),
        (Some(Type::Boolean), _) => "write true or false".to_owned(),
        (Some(Type::Integer | Type::Number), _) => {
            let default = default(declaration);
            let number = default.as_int().map(|number| number.to_string());
            number.map_or("write a number in digits".to_owned(), |number| {
                format!("write a number in digits, such as {number}")
            })
        }
        (_, Some(format)) => format!("write {}", format.expects()),
        _ => "write the value behind the colon, on the same line".to_owned(),
    }
}

/// A pattern that was read, and what it takes to ask it.
struct Pattern {
    engine: PikeVM,
    room: Cache,
}

impl Pattern {
    /// The most memory that one may take.
    const LIMIT: usize = 10 << 20;

    /// None where it cannot be read.
    fn new(pattern: &str) -> Option<Self> {
        // Values are short: the plainest engine is the one that is ready first.
        let limits = thompson::Config::new().nfa_size_limit(Some(Self::LIMIT));
        let engine = PikeVM::builder().thompson(limits).build(pattern).ok()?;
        Some(Self { room: engine.create_cache(), engine })
    }
}

/// Whether it can be read.
pub(crate) fn is_pattern(pattern: &str) -> bool {
    Pattern::new(pattern).is_some()
}

/// Whether the whole pattern is found in the text. Patterns are compiled once; a pattern that is none matches
/// nothing (the catalogue is checked for those when it is read).
pub(crate) fn matches(pattern: &str, text: &str) -> bool {
    thread_local! {
        static COMPILED: RefCell<HashMap<String, Option<Pattern>>> = RefCell::default();
    }
    COMPILED.with_borrow_mut(|compiled| {
        if !compiled.contains_key(pattern) {
            compiled.insert(pattern.to_owned(), Pattern::new(pattern));
        }
        let known = compiled.get_mut(pattern).and_then(Option::as_mut);
        known.is_some_and(|known| known.engine.is_match(&mut known.room, text))
    })
}
