//! Writing as go-yaml v3 does: for the `sops` block, whose layout is a contract, and for single scalars.

use yaml::{Dialect, Mapping, Value};

/// A mapping in block style, as lines without line breaks. `indent` is `stores.yaml.indent`.
pub(crate) fn block(mapping: &Mapping, indent: usize) -> Vec<String> {
    // go-yaml's emitter falls back to 2 outside of 2 to 9.
    let indent = if (2..=9).contains(&indent) { indent } else { 2 };
    let mut emitter = Emitter { lines: Vec::new(), indent };
    emitter.mapping(mapping, 0, String::new());
    emitter.lines
}

/// A value on one line in flow style; also JSON.
pub(crate) fn flow(value: &Value) -> String {
    let list = |items: Vec<String>| items.join(", ");
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(value) => value.to_string(),
        Value::Int(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::String(text) => yaml::quoted(text),
        Value::Sequence(items) => format!("[{}]", list(items.iter().map(flow).collect())),
        Value::Mapping(mapping) => {
            let pair = |(key, value)| format!("{}: {}", flow(key), flow(value));
            format!("{{{}}}", list(mapping.iter().map(pair).collect()))
        }
    }
}

struct Emitter {
    lines: Vec<String>,
    indent: usize,
}

impl Emitter {
    /// `lead` is what stands before the first key when its line is already begun (`  - `).
    fn mapping(&mut self, mapping: &Mapping, column: usize, lead: String) {
        let mut lead = Some(lead);
        for (key, value) in mapping.iter() {
            let mut line = lead.take().filter(|lead| !lead.is_empty()).unwrap_or_else(|| " ".repeat(column));
            line.push_str(&one_line(key));
            line.push(':');
            match value {
                Value::Mapping(inner) if !inner.is_empty() => {
                    self.lines.push(line);
                    self.mapping(inner, self.next(column), String::new());
                }
                Value::Sequence(items) if !items.is_empty() => {
                    self.lines.push(line);
                    self.sequence(items, self.next(column));
                }
                scalar => self.scalar(line, scalar, self.next(column)),
            }
        }
    }

    fn sequence(&mut self, items: &[Value], column: usize) {
        for item in items {
            let lead = format!("{}- ", " ".repeat(column));
            match item {
                Value::Mapping(inner) if !inner.is_empty() => self.mapping(inner, column + 2, lead),
                scalar => self.scalar(lead.trim_end().to_owned(), scalar, self.next(column + 2)),
            }
        }
    }

    fn scalar(&mut self, mut line: String, value: &Value, column: usize) {
        line.push(' ');
        match value {
            Value::String(text) if text.contains('\n') && literal_lines(text).is_some() => {
                let body = literal_lines(text).unwrap_or_default();
                line.push_str(literal_header(text));
                self.lines.push(line);
                let pad = " ".repeat(column);
                self.lines.extend(
                    body.into_iter().map(|l| if l.is_empty() { l.to_owned() } else { format!("{pad}{l}") }),
                );
            }
            value => {
                line.push_str(&one_line(value));
                self.lines.push(line);
            }
        }
    }

    /// go-yaml aligns nested levels to multiples of the indent.
    fn next(&self, column: usize) -> usize {
        self.indent * ((column + self.indent) / self.indent)
    }
}

/// Header of the literal block for a text of several lines.
pub(crate) fn literal_header(text: &str) -> &'static str {
    match (text.ends_with('\n'), text.ends_with("\n\n") || text == "\n") {
        (_, true) => "|+",
        (true, false) => "|",
        (false, _) => "|-",
    }
}

/// The lines of a literal block; none when a block without indentation indicator cannot hold the text exactly.
pub(crate) fn literal_lines(text: &str) -> Option<Vec<&str>> {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let first = body.lines().find(|line| !line.is_empty())?;
    let fits = !first.starts_with([' ', '\t'])
        && !body.starts_with('\n')
        && body.split('\n').all(|line| !line.ends_with([' ', '\t']))
        && text.chars().all(|c| c == '\n' || c == '\t' || is_printable(c));
    fits.then(|| body.split('\n').collect())
}

fn one_line(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        other => flow(other),
    }
}

/// A text on one line as go-yaml writes it: plain, else single quotes for what only looks odd, double quotes for what
/// plain or in YAML 1.1 would be read as something else.
pub(crate) fn scalar(text: &str) -> String {
    let odd = text.is_empty() || !text.chars().all(is_printable);
    if odd || !is_text(text, Dialect::GoYamlV3) || is_ambiguous(text) {
        yaml::quoted(text)
    } else if plain_fits(text) {
        text.to_owned()
    } else {
        single_quoted(text)
    }
}

/// In single quotes.
pub(crate) fn single_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

/// Whether a text can stand as a plain scalar in block context, as far as the syntax goes.
pub(crate) fn plain_fits(text: &str) -> bool {
    const INDICATORS: &str = ",[]{}#&*!|>'\"%@`";
    if yaml::is_word(text) {
        return true;
    }
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return false };
    let second = chars.next();
    let blank = |c: Option<char>| c.is_none_or(|c| c == ' ' || c == '\t');
    if INDICATORS.contains(first) || ("-?:".contains(first) && blank(second)) {
        return false;
    }
    if text.trim_matches([' ', '\t']) != text || !text.chars().all(|c| c == '\t' || is_printable(c)) {
        return false;
    }
    let bytes = text.as_bytes();
    let mark = |at: usize| match bytes[at] {
        b':' => bytes.get(at + 1).is_none_or(|next| matches!(next, b' ' | b'\t')),
        b'#' => at > 0 && matches!(bytes[at - 1], b' ' | b'\t'),
        _ => false,
    };
    !(0..bytes.len()).any(mark)
}

/// Whether the plain text is text to a dialect.
pub(crate) fn is_text(text: &str, dialect: Dialect) -> bool {
    if yaml::is_name(text) {
        return true;
    }
    if dialect == Dialect::GoYamlV3 {
        return matches!(crate::value::plain(text), Some(crate::value::Scalar::Str(_)));
    }
    yaml::resolve_plain(text, dialect) == yaml::Scalar::String
}

/// Text to go-yaml v3 that other readers take for a boolean, a number or something else.
pub(crate) fn is_ambiguous(text: &str) -> bool {
    let others = [Dialect::Yaml12, Dialect::PyYaml, Dialect::Kubernetes];
    is_text(text, Dialect::GoYamlV3)
        && (text == "=" || others.into_iter().any(|dialect| !is_text(text, dialect)))
}

pub(crate) fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{feff}' | '\u{85}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_quoted_as_go_yaml_does() {
        for (text, want) in [
            ("3.13.3", "3.13.3"),
            ("^(data|stringData)$", "^(data|stringData)$"),
            ("ENC[AES256_GCM,data:x,type:str]", "ENC[AES256_GCM,data:x,type:str]"),
            ("2026-11-21T02:58:20Z", "\"2026-11-21T02:58:20Z\""),
            ("yes", "\"yes\""),
            ("1.10", "\"1.10\""),
            ("", "\"\""),
            ("[a]", "'[a]'"),
            ("a: b", "'a: b'"),
            ("it's: x", "'it''s: x'"),
            ("a\tb\u{7}", "\"a\\tb\\x07\""),
            ("_unencrypted", "_unencrypted"),
        ] {
            assert_eq!(scalar(text), want);
        }
    }

    #[test]
    fn nested_levels_align_to_the_indent() {
        let entry: Mapping =
            [("enc", Value::from("-----\nx\n")), ("recipient", Value::from("age1x"))].into_iter().collect();
        let inner: Mapping =
            [("age", Value::Sequence(vec![Value::Mapping(entry)])), ("version", Value::from("3.13.3"))]
                .into_iter()
                .collect();
        let outer: Mapping = [("sops", Value::Mapping(inner))].into_iter().collect();
        assert_eq!(
            block(&outer, 4).join("\n"),
            "sops:\n    age:\n        - enc: |\n            -----\n            x\n          recipient: age1x\n    version: 3.13.3"
        );
        assert_eq!(
            block(&outer, 2).join("\n"),
            "sops:\n  age:\n    - enc: |\n        -----\n        x\n      recipient: age1x\n  version: 3.13.3"
        );
    }
}
