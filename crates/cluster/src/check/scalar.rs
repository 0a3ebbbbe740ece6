//! One scalar against its declaration.

use yaml::{Node, Scalar, ScalarStyle, Value};

use super::format::{Problem, normalize};
use super::{At, Checker, expected, hazards, how};
use crate::codes;
use crate::declaration::{Declaration, Format, Type};
use cliutil::did_you_mean;
use serde_json::Value as Json;

impl Checker<'_> {
    pub(super) fn scalar(&mut self, declaration: &Declaration, node: &Node, at: At) -> Option<Value> {
        let value = match yaml::to_value(node, crate::DIALECT) {
            Ok(value) => value,
            Err(error) => {
                self.findings.push(self.error(error.code, format!("{}: {}", at.name, error.message), at));
                return None;
            }
        };
        let types = declaration.types();
        let written = node.as_str().unwrap_or_default();
        let has = |wanted: Type| types.contains(&wanted);
        match &value {
            Value::Null => Some(Value::Null),
            Value::String(text) if text.trim().is_empty() => {
                self.empty(declaration, at);
                Some(Value::Null)
            }
            Value::String(text) if has(Type::String) => {
                let value = self.text(declaration, text, at)?;
                self.true_or_false(declaration, node, at);
                Some(value)
            }
            Value::String(text) if has(Type::Integer) && takes_digits(declaration) => {
                let digits = self.text(declaration, text, at)?;
                digits.as_str()?.parse::<i64>().ok().map(Value::from)
            }
            Value::Bool(_) if has(Type::Boolean) => self.chosen(declaration, value, written, at),
            Value::Int(number) if has(Type::Integer) || has(Type::Number) => {
                self.number(declaration, &value, as_float(*number), written, at)
            }
            Value::Float(number) if has(Type::Number) => {
                self.number(declaration, &value, *number, written, at)
            }
            Value::Int(_) | Value::Float(_) if takes_digits(declaration) => {
                self.digits(declaration, &value, written, at)
            }
            _ => self.wrong_scalar(declaration, &value, node, at),
        }
    }

    /// `on`, `no` and their kin without quotes are texts here, and true or false to readers of YAML 1.1.
    fn true_or_false(&mut self, declaration: &Declaration, node: &Node, at: At) {
        let plain = matches!(node.kind, yaml::Kind::Scalar(_, ScalarStyle::Plain)) && node.tag.is_none();
        let is_any_text = declaration.choices.is_empty() && !declaration.secret;
        let Some(text) = node.as_str().filter(|_| plain && is_any_text) else { return };
        if let Scalar::Bool(read) = yaml::resolve_plain(text, yaml::Dialect::PyYaml) {
            let message = format!("{}: {text} is {read} to readers of YAML 1.1", at.name);
            let finding = self.findings.warning(codes::AMBIGUOUS_TEXT, message, at.place);
            self.findings.push(finding.with_help(format!("put it in quotes: \"{text}\"")));
        }
    }

    /// An empty text counts as not given. That a required one is missing is said by whoever asks for it.
    pub(crate) fn empty(&mut self, declaration: &Declaration, at: At) {
        if !declaration.required {
            let finding = self.findings.warning(
                codes::EMPTY_VALUE,
                format!("{} is empty, which counts as not given", at.name),
                at.place,
            );
            let default = declaration.default.as_ref().map(|default| format!(" and {default} is used"));
            self.findings.push(
                finding.with_help(format!(
                    "remove the line; then it is not given{}",
                    default.unwrap_or_default()
                )),
            );
        }
    }

    /// A text: allowed, long enough, of the right form; in canonical form.
    pub(super) fn text(&mut self, declaration: &Declaration, text: &str, at: At) -> Option<Value> {
        if !declaration.choices.is_empty() {
            return self.chosen(declaration, Value::from(text), text, at);
        }
        if let Some(minimum) = declaration.min_length
            && text.chars().count() < minimum
        {
            let message = format!("{}: too short, at least {minimum} characters are needed", at.name);
            self.findings.push(self.error(codes::LENGTH, message, at).with_help("write a longer text"));
            return None;
        }
        if let Some(pattern) = &declaration.pattern
            && !super::matches(pattern, text)
        {
            let shown = shown(declaration, text);
            let message = format!("{}: {shown} does not have the form it should have", at.name);
            let help = format!("expected {}", declaration.expects.as_deref().unwrap_or(pattern));
            self.findings.push(self.error(codes::PATTERN, message, at).with_help(help));
            return None;
        }
        self.placeholder(declaration, text, at);
        let Some(format) = declaration.format else { return Some(Value::from(text)) };
        match normalize(format, text) {
            Ok(canonical) => Some(Value::String(canonical)),
            Err(problem) => self.wrong_form(declaration, format, problem, &shown(declaration, text), at),
        }
    }

    fn wrong_form(
        &mut self,
        declaration: &Declaration,
        format: Format,
        problem: Problem,
        shown: &str,
        at: At,
    ) -> Option<Value> {
        // What is said about a secret may not tell any of it.
        let (what, help) = if declaration.secret {
            (format!("is not {}", format.expects()), None)
        } else {
            (problem.what, problem.help)
        };
        let finding = self.error(problem.code, format!("{}: {shown} {what}", at.name), at);
        self.findings.push(match help {
            Some(help) => finding.with_help(help),
            None => finding,
        });
        problem.meant.map(Value::String)
    }

    fn chosen(&mut self, declaration: &Declaration, value: Value, written: &str, at: At) -> Option<Value> {
        let choices = &declaration.choices;
        if choices.is_empty() || choices.iter().any(|choice| Value::from(choice.clone()) == value) {
            return Some(value);
        }
        let words: Vec<_> = choices.iter().map(word).collect();
        let shown = shown(declaration, written);
        let finding =
            self.error(codes::CHOICE, format!("{}: {shown} is not {}", at.name, one_of(&words)), at);
        let guess = matches!(value, Value::String(_)) && !declaration.secret;
        let near = did_you_mean(written, words.iter().map(String::as_str)).filter(|_| guess);
        self.findings.push(match near {
            Some(near) => finding.with_help(format!("did you mean {near}?")),
            None => finding.with_help(format!("write {}", one_of(&words))),
        });
        None
    }

    fn number(
        &mut self,
        declaration: &Declaration,
        value: &Value,
        number: f64,
        written: &str,
        at: At,
    ) -> Option<Value> {
        if hazards::is_ambiguous(value, written) {
            return self.ambiguous(declaration, value, written, at);
        }
        let above = declaration.minimum.is_none_or(|minimum| number >= minimum);
        let below = declaration.maximum.is_none_or(|maximum| number <= maximum);
        if !above || !below {
            let range = match (declaration.minimum, declaration.maximum) {
                (Some(minimum), Some(maximum)) => format!("between {minimum} and {maximum}"),
                (Some(minimum), None) => format!("{minimum} or more"),
                (_, maximum) => format!("{} or less", maximum.unwrap_or_default()),
            };
            let message = format!("{}: {} is not {range}", at.name, shown_plain(declaration, written));
            let default = declaration.default.as_ref();
            let help = default.map_or("write a number in this range".to_owned(), |default| {
                format!("write a number in this range, or remove the line: {default} is used then")
            });
            self.findings.push(self.error(codes::RANGE, message, at).with_help(help));
            return None;
        }
        self.chosen(declaration, value.clone(), written, at)
    }

    /// A number where digits are expected as text: an AS number, a VLAN, a port.
    fn digits(&mut self, declaration: &Declaration, value: &Value, written: &str, at: At) -> Option<Value> {
        if matches!(value, Value::Int(_)) && hazards::is_ambiguous(value, written) {
            return self.ambiguous(declaration, value, written, at);
        }
        self.text(declaration, written, at)
    }

    fn ambiguous(
        &mut self,
        declaration: &Declaration,
        value: &Value,
        written: &str,
        at: At,
    ) -> Option<Value> {
        let shown = shown_plain(declaration, written);
        let message = format!("{}: {shown} is not a plain decimal number", at.name);
        let finding = self.error(codes::AMBIGUOUS_NUMBER, message, at);
        self.findings.push(match value {
            Value::Int(number) if !declaration.secret => {
                finding.with_help(format!("some readers take it for {number}; write the digits you mean"))
            }
            _ => finding.with_help("write the digits you mean"),
        });
        None
    }

    fn wrong_scalar(
        &mut self,
        declaration: &Declaration,
        value: &Value,
        node: &Node,
        at: At,
    ) -> Option<Value> {
        let found = match value {
            Value::Bool(_) => "a boolean",
            Value::Int(_) | Value::Float(_) => "a number",
            _ => "text",
        };
        let written = node.as_str().unwrap_or_default();
        let plain = matches!(node.kind, yaml::Kind::Scalar(_, ScalarStyle::Plain));
        let fits = declaration.format.is_none_or(|format| normalize(format, written).is_ok());
        let advice = hazards::advice(&declaration.types(), value, written, plain, declaration.secret);
        // Quotes around what is no address make it none.
        let help = advice.filter(|_| fits || matches!(value, Value::String(_)));
        let shown = match value {
            _ if declaration.secret => String::new(),
            Value::String(_) => format!(" ({})", shown(declaration, written)),
            _ => format!(" ({})", cut(written)),
        };
        let message = format!("{}: expected {}, found {found}{shown}", at.name, expected(declaration));
        let finding = self.error(codes::TYPE, message, at);
        self.findings.push(finding.with_help(help.unwrap_or_else(|| how(declaration))));
        None
    }

    /// What a sample puts where a real value belongs: words that say so in any text, words that may mean something
    /// only where a person must give a value, and the sample's own repository.
    fn placeholder(&mut self, declaration: &Declaration, text: &str, at: At) {
        let must_be_given = declaration.secret || declaration.required;
        let is_the_samples = declaration.format == Some(Format::Repository)
            && declaration.examples.iter().any(|example| example.as_str() == Some(text));
        let what = if is_the_samples {
            "is the value of the sample"
        } else if hazards::is_placeholder(text) || (must_be_given && hazards::may_be_placeholder(text)) {
            "looks like a placeholder"
        } else {
            return;
        };
        let finding = self.findings.warning(codes::PLACEHOLDER, format!("{} {what}", at.name), at.place);
        let what = declaration.description.as_deref().unwrap_or("the real value");
        self.findings.push(finding.with_help(format!("put the real value here: {what}")));
    }
}

fn takes_digits(declaration: &Declaration) -> bool {
    declaration.format.is_some_and(|format| format.range().is_some())
}

/// A text for a message: in quotes, cut where it is long, hidden where it is secret.
fn shown(declaration: &Declaration, text: &str) -> String {
    if declaration.secret {
        return "the value".to_owned();
    }
    format!("\"{}\"", cut(text))
}

fn shown_plain(declaration: &Declaration, text: &str) -> String {
    if declaration.secret { "the value".to_owned() } else { cut(text) }
}

fn cut(text: &str) -> String {
    const LONGEST: usize = 80;
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if one_line.chars().count() <= LONGEST {
        return one_line;
    }
    let begin: String = one_line.chars().take(LONGEST).collect();
    format!("{begin}…")
}

fn word(choice: &Json) -> String {
    choice.as_str().map_or_else(|| choice.to_string(), str::to_owned)
}

/// "a or b"; "one of a, b, c".
fn one_of(words: &[String]) -> String {
    match words {
        [one] => one.clone(),
        [one, other] => format!("{one} or {other}"),
        many => format!("one of {}", many.join(", ")),
    }
}

#[expect(clippy::cast_precision_loss, reason = "limits are far below 2^53")]
fn as_float(number: i128) -> f64 {
    number as f64
}
