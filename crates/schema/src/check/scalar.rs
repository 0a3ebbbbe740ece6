//! Scalars: types, enumerations, patterns, lengths, limits and formats.

use yaml::{Scalar, Span};

use super::{Checker, near};
use crate::data::{Tree, Value};
use crate::finding::Finding;
use crate::format::Format;
use crate::node::{Bound, Literal, Rare, Schema, Types};

/// Patterns are shown up to this many characters.
const MAX_PATTERN: usize = 80;

/// Values of a list are named up to this many.
const MAX_NAMED: usize = 12;

impl<'a> Checker<'_, 'a> {
    /// A value of a type that is not allowed.
    pub(super) fn wrong_type<T: Tree<'a>>(&mut self, schema: &Schema, found: Types, value: T) {
        let expected = schema.types;
        if found == Types::NULL {
            return self.report("schema/null", value.span(), |path| {
                (
                    format!("{path} must be {}, not null", expected.words()),
                    Some("give it a value, or remove it".to_owned()),
                )
            });
        }
        let help = mend(expected, found, value);
        self.report("schema/type", value.span(), |path| {
            (format!("{path} must be {}, not {}", expected.words(), found.words()), help.map(str::to_owned))
        });
    }

    pub(super) fn one_of_values<M, L>(&mut self, schema: &Schema, seen: &Value<'_, M, L>, span: Span) {
        // What is not compared is allowed.
        let fits = |literal: &Literal| match (literal, seen) {
            (Literal::Other, Value::List(_) | Value::Map(_)) | (Literal::Null, Value::Null) => true,
            (Literal::Bool(one), Value::Bool(other)) => one == other,
            (Literal::Int(one), Value::Int(other)) => one == other,
            #[expect(clippy::cast_precision_loss, reason = "JSON has one kind of number")]
            (Literal::Int(one), Value::Float(other)) => (*one as f64).total_cmp(other).is_eq(),
            (Literal::Float(one), Value::Float(other)) => one.total_cmp(other).is_eq(),
            (Literal::Text(one), Value::Text(other)) => **one == **other,
            _ => false,
        };
        if schema.values.iter().any(fits) {
            return;
        }
        let near = match seen {
            Value::Text(text) if self.is_shown() => {
                near(text, schema.values.iter().filter_map(Literal::text))
            }
            _ => None,
        };
        let help = near.map(|near| format!("did you mean {near}?"));
        self.report("schema/enum", span, |path| (format!("{path} must be {}", named(&schema.values)), help));
    }

    pub(super) fn text(&mut self, schema: &Schema, text: &str, span: Span) {
        let Some(rare) = &schema.rare else { return };
        self.length(rare, text, span);
        if let Some(pattern) = &rare.pattern
            && pattern.regex().is_some_and(|regex| !regex.is_match(text))
        {
            self.wrong_pattern(pattern.text(), span);
        }
        if let Some(format) = rare.format
            && !format.fits(text)
        {
            self.wrong_format(format, span);
        }
    }

    /// Several patterns of one value say the same thing mostly: the first one is reported.
    fn wrong_pattern(&mut self, pattern: &str, span: Span) {
        let is_same = |finding: &Finding| {
            finding.code == "schema/pattern"
                && finding.span == span
                && finding.steps == super::path::segments(&self.path)
        };
        if self.is_shown() && self.findings.last().is_some_and(is_same) {
            return;
        }
        self.report("schema/pattern", span, |path| {
            let message = match pattern.char_indices().nth(MAX_PATTERN) {
                Some((end, _)) => format!("{path} must match {}…", &pattern[..end]),
                None => format!("{path} must match {pattern}"),
            };
            (message, example(pattern).map(str::to_owned))
        });
    }

    fn length(&mut self, rare: &Rare, text: &str, span: Span) {
        if rare.min_length.is_none() && rare.max_length.is_none() {
            return;
        }
        let length = text.chars().count();
        self.size(length, rare.min_length, rare.max_length, ["character", "characters"], span);
    }

    /// A size that must lie between two limits.
    pub(super) fn size(
        &mut self,
        size: usize,
        least: Option<usize>,
        most: Option<usize>,
        units: [&str; 2],
        span: Span,
    ) {
        let (limit, words) = match (least, most) {
            (Some(least), _) if size < least => (least, "at least"),
            (_, Some(most)) if size > most => (most, "at most"),
            _ => return,
        };
        let unit = units[usize::from(limit != 1)];
        self.report("schema/length", span, |path| {
            (format!("{path} must have {words} {limit} {unit}, not {size}"), None)
        });
    }

    pub(super) fn int(&mut self, schema: &Schema, int: i128, span: Span) {
        let Some(rare) = &schema.rare else { return };
        #[expect(clippy::cast_precision_loss, reason = "limits are far below what is lost")]
        self.limits(rare, int as f64, span);
        if let Some(format) = rare.format
            && !format.fits_int(int)
        {
            self.wrong_format(format, span);
        }
    }

    pub(super) fn float(&mut self, schema: &Schema, float: f64, span: Span) {
        if let Some(rare) = &schema.rare {
            self.limits(rare, float, span);
        }
    }

    fn limits(&mut self, rare: &Rare, number: f64, span: Span) {
        let below = |bound: &Bound| number < bound.value || (bound.exclusive && number <= bound.value);
        let above = |bound: &Bound| number > bound.value || (bound.exclusive && number >= bound.value);
        let words = if let Some(bound) = rare.minimum.filter(below) {
            format!("{} {}", if bound.exclusive { "more than" } else { "at least" }, bound.value)
        } else if let Some(bound) = rare.maximum.filter(above) {
            format!("{} {}", if bound.exclusive { "less than" } else { "at most" }, bound.value)
        } else if let Some(step) = rare.multiple_of.filter(|step| (number / step).fract() != 0.0) {
            format!("a multiple of {step}")
        } else {
            return;
        };
        self.report("schema/range", span, |path| (format!("{path} must be {words}"), None));
    }

    fn wrong_format(&mut self, format: Format, span: Span) {
        let (words, example) = format.words();
        let code = if format == Format::Quantity { "schema/quantity" } else { "schema/format" };
        self.report(code, span, |path| (format!("{path} must be {words}"), Some(example.to_owned())));
    }
}

impl Literal {
    fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) if !text.is_empty() => Some(text),
            _ => None,
        }
    }
}

/// An example of what the patterns of durations and quantities match.
fn example(pattern: &str) -> Option<&'static str> {
    let units = ["(ms|s|m|h)", "(h|m|s|ms)", "(h|m|s)"];
    if units.iter().any(|units| pattern.contains(units)) {
        return Some(Format::Duration.words().1);
    }
    pattern.contains("[numkMGTPE]").then_some(Format::Quantity.words().1)
}

/// `A`, `one of A, B`, with a word on how many more there are.
fn named(values: &[Literal]) -> String {
    let words: Vec<_> = values
        .iter()
        .filter_map(|value| match value {
            Literal::Text(text) if text.is_empty() => None,
            Literal::Text(text) => Some(text.to_string()),
            Literal::Int(int) => Some(int.to_string()),
            Literal::Float(float) => Some(float.to_string()),
            Literal::Bool(bool) => Some(bool.to_string()),
            Literal::Null | Literal::Other => None,
        })
        .collect();
    match &words[..] {
        [one] => one.clone(),
        words if words.len() > MAX_NAMED => {
            format!("one of {} and {} more", words[..MAX_NAMED].join(", "), words.len() - MAX_NAMED)
        }
        words => format!("one of {}", words.join(", ")),
    }
}

/// How a value of a wrong type becomes one of the right type, where that is plain.
fn mend<'a>(expected: Types, found: Types, value: impl Tree<'a>) -> Option<&'static str> {
    let scalar = [Types::BOOLEAN, Types::INTEGER, Types::NUMBER].contains(&found);
    if scalar && expected.names(Types::STRING) {
        return Some("put it in quotes");
    }
    if found == Types::STRING {
        let plain = match value.unquoted() {
            Some(Scalar::Bool(_)) => Types::BOOLEAN,
            Some(Scalar::Int(_)) => Types::INTEGER,
            Some(Scalar::Float(_)) => Types::NUMBER,
            _ => return expected.names(Types::ARRAY).then_some("begin each item with a dash: - item"),
        };
        return expected.allow(plain).then_some("remove the quotes");
    }
    if expected.names(Types::ARRAY) {
        return Some("begin each item with a dash: - item");
    }
    (found == Types::ARRAY && expected.names(Types::OBJECT)).then_some("remove the dash")
}
