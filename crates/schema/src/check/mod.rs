//! The check of a value against a schema. All problems are reported, each with its place, the path to it and words
//! that say what was expected; a value itself is never shown.
//!
//! Why not the `jsonschema` crate: it works on `serde_json` values, without places, duplicate-free keys or a dialect,
//! it reads null and unknown fields differently from the API server, and its messages quote values. Structural schemas
//! are a small language; this walk over the tree needs no copy of it.

mod choice;
mod list;
mod object;
mod path;
mod placeholder;
mod scalar;

use yaml::Span;

use crate::bundle::Definitions;
use crate::data::{Tree, Value};
use crate::finding::Finding;
use crate::node::{Schema, Special, Types};
use path::Step;
pub use placeholder::StandIns;

/// More problems of one object are counted, not shown.
const MAX_FINDINGS: usize = 100;

/// Longer names are compared with nothing: they are no slip.
const MAX_NAME: usize = 100;

/// A schema and where its references lead.
#[derive(Clone, Copy)]
pub(crate) struct Scoped<'s> {
    pub(crate) schema: &'s Schema,
    pub(crate) definitions: &'s dyn Definitions,
}

impl<'s> Scoped<'s> {
    fn with(self, schema: &'s Schema) -> Self {
        Self { schema, ..self }
    }
}

/// What values may stand in for others.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Allowed {
    /// The object is encrypted by SOPS: `ENC[…]` is a value of the type it names.
    pub(crate) encrypted: bool,
    /// What else stands for a value.
    pub(crate) stand_ins: StandIns,
}

/// A check of one object.
pub(crate) struct Checker<'s, 'a> {
    /// The schema of metadata.
    metadata: Option<Scoped<'s>>,
    allowed: Allowed,
    path: Vec<Step<'a>>,
    /// The schemas around the current one, to tell where a misplaced field belongs.
    around: Vec<Scoped<'s>>,
    /// Where to point when a value has no place of its own.
    anchor: Span,
    findings: Vec<Finding>,
    /// How many problems there were, shown or not.
    problems: usize,
    /// Only whether there are problems counts.
    quiet: bool,
    /// The schemas that values are being checked against, one within the other; from `base` on of the current one.
    open: Vec<&'s Schema>,
    base: usize,
}

impl<'s, 'a> Checker<'s, 'a> {
    pub(crate) fn new(metadata: Option<Scoped<'s>>, allowed: Allowed, anchor: Span) -> Self {
        Self {
            metadata,
            allowed,
            path: Vec::new(),
            around: Vec::new(),
            anchor,
            findings: Vec::new(),
            problems: 0,
            quiet: false,
            open: Vec::new(),
            base: 0,
        }
    }

    /// The problems of an object, by place.
    pub(crate) fn run<T: Tree<'a>>(mut self, schema: Scoped<'s>, object: T) -> Vec<Finding> {
        self.check(schema, object);
        if self.problems > MAX_FINDINGS {
            let more = self.problems - MAX_FINDINGS;
            self.findings.push(Finding::error(
                "schema/many",
                format!("{more} more problems in this object"),
                self.anchor,
            ));
        }
        self.findings.sort_by_key(|finding| (finding.span.start, finding.span.end));
        self.findings
    }

    fn check<T: Tree<'a>>(&mut self, at: Scoped<'s>, value: T) {
        // A schema that refers to itself says nothing more of the same value.
        if !self.open[self.base..].iter().any(|one| std::ptr::eq(*one, at.schema)) {
            self.open.push(at.schema);
            self.check_nested(at, value);
            self.open.pop();
        }
    }

    fn check_nested<T: Tree<'a>>(&mut self, at: Scoped<'s>, value: T) {
        if let Some(reference) = at.schema.reference {
            let Some(target) = at.definitions.get(reference) else { return };
            self.check(at.with(target), value);
            if at.schema.is_alias {
                return;
            }
        }
        match at.schema.special {
            Special::Never => {
                return self.report("schema/forbidden", value.span(), |path| {
                    (format!("{path} is not allowed here"), None)
                });
            }
            Special::Metadata => {
                if let Some(metadata) = self.metadata {
                    self.check(metadata, value);
                }
            }
            Special::Embedded => self.embedded(value),
            Special::None => {}
        }
        self.value(at, value);
    }

    fn value<T: Tree<'a>>(&mut self, at: Scoped<'s>, value: T) {
        let schema = at.schema;
        let seen = value.value();
        let found = match &seen {
            Value::Null => Types::NULL,
            Value::Bool(_) => Types::BOOLEAN,
            Value::Int(_) => Types::INTEGER,
            Value::Float(float) if is_integer(*float) => Types::INTEGER,
            Value::Float(_) => Types::NUMBER,
            Value::Text(_) => Types::STRING,
            Value::List(_) => Types::ARRAY,
            Value::Map(_) => Types::OBJECT,
        };
        if let Value::Text(text) = seen
            && let Some(stands_for) = self.stands_for(text)
        {
            if !stands_for.is_any() && !schema.types.allow(stands_for) {
                self.wrong_type(schema, stands_for, value);
            }
            return;
        }
        if !schema.types.allow(found) {
            return self.wrong_type(schema, found, value);
        }
        if !schema.values.is_empty() {
            self.one_of_values(schema, &seen, value.span());
        }
        match seen {
            Value::Text(text) => self.text(schema, text, value.span()),
            Value::Int(int) => self.int(schema, int, value.span()),
            Value::Float(float) => self.float(schema, float, value.span()),
            Value::List(items) => self.list(at, items, value.span()),
            Value::Map(entries) => self.map(at, &entries, value.span()),
            Value::Null | Value::Bool(_) => {}
        }
        if let Some(rare) = &schema.rare {
            self.combined(at, rare, value);
        }
    }

    /// Reports a problem of the value at the current path. The words are made only when they are shown.
    fn report(
        &mut self,
        code: &'static str,
        span: Span,
        words: impl FnOnce(&str) -> (String, Option<String>),
    ) {
        self.problems += 1;
        if !self.is_shown() {
            return;
        }
        let path = path::text(&self.path);
        let shown = if path.is_empty() { "the object" } else { &path };
        let (message, help) = words(shown);
        let span = if span.is_empty() { self.anchor } else { span };
        let mut finding = Finding { help, ..Finding::error(code, message, span) };
        finding.path = path;
        finding.steps = path::segments(&self.path);
        self.findings.push(finding);
    }

    /// Whether a further problem is shown.
    fn is_shown(&self) -> bool {
        !self.quiet && self.findings.len() < MAX_FINDINGS
    }

    /// Checks a value one step further.
    fn step<T: Tree<'a>>(&mut self, step: Step<'a>, anchor: Span, at: Scoped<'s>, value: T) {
        let base = self.open.len();
        let before = (std::mem::replace(&mut self.anchor, anchor), std::mem::replace(&mut self.base, base));
        self.path.push(step);
        self.check(at, value);
        self.path.pop();
        (self.anchor, self.base) = before;
    }

    /// How many problems a value has with a schema; none of them is reported.
    fn count<T: Tree<'a>>(&mut self, at: Scoped<'s>, value: T) -> usize {
        let (quiet, problems) = (std::mem::replace(&mut self.quiet, true), self.problems);
        self.check(at, value);
        self.quiet = quiet;
        let found = self.problems - problems;
        self.problems = problems;
        found
    }
}

/// The name nearest to one that there is not.
fn near<'n>(name: &str, known: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    if name.len() > MAX_NAME { None } else { cliutil::did_you_mean(name, known) }
}

/// What JSON has no other form for: 1.0 is 1.
fn is_integer(float: f64) -> bool {
    float.is_finite() && float.fract() == 0.0
}
