//! The one emitter: block style, stable, and safe for every reader. A string is written plain only when no dialect
//! takes it for anything else.

use std::fmt::Write as _;

use crate::{Dialect, Mapping, Scalar, Value, resolve_plain};

/// The longest text that is written without quotes, in bytes.
const LONGEST_PLAIN: usize = 1000;

/// The longest key that is written without `?`, in bytes: readers look no further than 1,024 characters for its colon.
const LONGEST_KEY: usize = 1000;

/// How data is laid out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmitOptions {
    /// Blanks a level, 2 to 9.
    pub indent: usize,
    /// Whether the items of a list under a key are indented (`key:\n  - a`) or not (`key:\n- a`, as kustomize).
    pub indent_sequences: bool,
}

impl Default for EmitOptions {
    fn default() -> Self {
        Self { indent: 2, indent_sequences: true }
    }
}

/// One document, without `---`, ending in a line break.
pub fn emit(value: &Value, options: EmitOptions) -> String {
    let mut emitter = Emitter { out: String::with_capacity(room(value, 0, options)), options };
    emitter.top(value);
    emitter.out
}

/// About how many bytes a value takes as text: what grows as it is written is copied, and a thousand machines are a million bytes.
fn room(value: &Value, column: usize, options: EmitOptions) -> usize {
    // Quotes, or the colon, the blank and the line break.
    const AROUND: usize = 4;
    match value {
        Value::String(text) => text.len() + AROUND,
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) => 2 * AROUND,
        Value::Sequence(items) => {
            let deeper = column + options.indent;
            items.iter().map(|item| column + AROUND + room(item, deeper, options)).sum::<usize>() + AROUND
        }
        Value::Mapping(mapping) => {
            let deeper = column + options.indent;
            let entry = |(key, value)| column + room(key, deeper, options) + room(value, deeper, options);
            mapping.iter().map(entry).sum::<usize>() + AROUND
        }
    }
}

/// A stream: `---` before each document.
pub fn emit_stream(values: &[Value], options: EmitOptions) -> String {
    let mut out = String::new();
    for value in values {
        out.push_str("---\n");
        out.push_str(&emit(value, options));
    }
    out
}

struct Emitter {
    out: String,
    options: EmitOptions,
}

impl Emitter {
    fn top(&mut self, value: &Value) {
        match value {
            Value::Mapping(mapping) if !mapping.is_empty() => self.mapping(mapping, 0, false),
            Value::Sequence(items) if !items.is_empty() => self.sequence(items, 0, false),
            other => {
                self.scalar(other, 0);
                self.out.push('\n');
            }
        }
    }

    /// `inline`: the first entry stands on the line that is already begun (behind `- `).
    fn mapping(&mut self, mapping: &Mapping, column: usize, inline: bool) {
        for (n, (key, value)) in mapping.iter().enumerate() {
            if n > 0 || !inline {
                self.pad(column);
            }
            self.key(key, column);
            self.out.push(':');
            match value {
                Value::Mapping(inner) if !inner.is_empty() => {
                    self.out.push('\n');
                    self.mapping(inner, column + self.options.indent, false);
                }
                Value::Sequence(items) if !items.is_empty() => {
                    self.out.push('\n');
                    let deeper = if self.options.indent_sequences { self.options.indent } else { 0 };
                    self.sequence(items, column + deeper, false);
                }
                scalar => {
                    self.out.push(' ');
                    self.scalar(scalar, column + self.options.indent);
                    self.out.push('\n');
                }
            }
        }
    }

    fn sequence(&mut self, items: &[Value], column: usize, inline: bool) {
        for (n, item) in items.iter().enumerate() {
            if n > 0 || !inline {
                self.pad(column);
            }
            self.out.push_str("- ");
            match item {
                Value::Mapping(inner) if !inner.is_empty() => self.mapping(inner, column + 2, true),
                Value::Sequence(inner) if !inner.is_empty() => self.sequence(inner, column + 2, true),
                scalar => {
                    self.scalar(scalar, column + 2);
                    self.out.push('\n');
                }
            }
        }
    }

    fn key(&mut self, key: &Value, column: usize) {
        match key {
            Value::String(text) if text.len() <= LONGEST_KEY => self.inline(text),
            Value::String(_) | Value::Mapping(_) | Value::Sequence(_) => {
                self.out.push_str("? ");
                self.flow(key);
                self.out.push('\n');
                self.pad(column);
            }
            scalar => self.scalar(scalar, column),
        }
    }

    /// A value on the line that is begun, in brackets: keys that are collections have no other form.
    fn flow(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.out.push_str(&quoted(text)),
            Value::Sequence(items) => {
                self.out.push('[');
                for (n, item) in items.iter().enumerate() {
                    self.out.push_str(if n > 0 { ", " } else { "" });
                    self.flow(item);
                }
                self.out.push(']');
            }
            Value::Mapping(mapping) => {
                self.out.push('{');
                for (n, (key, value)) in mapping.iter().enumerate() {
                    self.out.push_str(if n > 0 { ", ? " } else { "? " });
                    self.flow(key);
                    self.out.push_str(" : ");
                    self.flow(value);
                }
                self.out.push('}');
            }
            scalar => self.scalar(scalar, 0),
        }
    }

    fn scalar(&mut self, value: &Value, column: usize) {
        match value {
            Value::Null => self.out.push_str("null"),
            Value::Bool(value) => self.out.push_str(if *value { "true" } else { "false" }),
            Value::Int(value) => {
                let _ = write!(self.out, "{value}");
            }
            Value::Float(value) => self.out.push_str(&float_text(*value)),
            Value::String(text) => self.string(text, column),
            Value::Sequence(_) => self.out.push_str("[]"),
            Value::Mapping(_) => self.out.push_str("{}"),
        }
    }

    fn string(&mut self, text: &str, column: usize) {
        if !is_block_text(text) {
            self.inline(text);
            return;
        }
        let chomp = match (text.ends_with('\n'), text.ends_with("\n\n")) {
            (_, true) => "|+",
            (true, false) => "|",
            (false, _) => "|-",
        };
        self.out.push_str(chomp);
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            self.out.push('\n');
            if !line.is_empty() {
                self.pad(column.max(1));
                self.out.push_str(line);
            }
        }
    }

    /// A text on the line that is begun.
    fn inline(&mut self, text: &str) {
        if plain_is_safe(text) {
            self.out.push_str(text);
        } else {
            self.out.push_str(&quoted(text));
        }
    }

    fn pad(&mut self, column: usize) {
        const BLANKS: &str = "                                                                ";
        let mut left = column;
        while left > 0 {
            let part = left.min(BLANKS.len());
            self.out.push_str(&BLANKS[..part]);
            left -= part;
        }
    }
}

/// Whether a string is best written as a literal block: several lines, and nothing a block cannot hold exactly.
fn is_block_text(text: &str) -> bool {
    let Some(body) = text.strip_suffix('\n').or(Some(text)).filter(|_| text.contains('\n')) else {
        return false;
    };
    let printable = text.chars().all(|c| c == '\n' || c == '\t' || is_printable(c));
    let first_plain = !text.starts_with([' ', '\n', '\t', '#']);
    // Lines of blanks only, or with blanks at their end, are easily damaged by editors: quoted form keeps them.
    let no_trailing_blanks = body.split('\n').all(|line| !line.ends_with([' ', '\t']));
    printable && first_plain && no_trailing_blanks && !text.starts_with("---")
}

fn is_printable(c: char) -> bool {
    !c.is_control() && !matches!(c, '\u{feff}' | '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}')
}

/// The text as a plain scalar where that is safe for every dialect, else in double quotes.
pub fn quote_if_needed(text: &str) -> String {
    if plain_is_safe(text) { text.to_owned() } else { quoted(text) }
}

/// Whether `text`, written plain in block or flow context, as key or value, is that very string to every dialect.
pub fn plain_is_safe(text: &str) -> bool {
    if is_name(text) || is_unbroken(text) || is_dotted_number(text) {
        return true;
    }
    if text.len() > LONGEST_PLAIN {
        return false;
    }
    let [first, rest @ ..] = text.as_bytes() else { return false };
    let second_blank = rest.first().is_none_or(|second| *second == b' ');
    if is_indicator(*first)
        || (*first == b'-' && second_blank)
        || text.starts_with("---")
        || text.starts_with("...")
    {
        return false;
    }
    if text != text.trim() || text.ends_with(':') {
        return false;
    }
    // Keys and certificates are long and have no blank.
    let bytes = text.as_bytes();
    if bytes.contains(&b' ') && bytes.windows(2).any(|pair| matches!(pair, b": " | b" #")) {
        return false;
    }
    let is_bracket = |byte: u8| matches!(byte, b',' | b'[' | b']' | b'{' | b'}');
    let is_usual = |byte: u8| matches!(byte, b' '..=b'~') && !is_bracket(byte);
    if !text.bytes().all(is_usual) && (text.bytes().any(is_bracket) || !text.chars().all(is_printable)) {
        return false;
    }
    if is_no_word_or_number(text) {
        return true;
    }
    text != "<<"
        && [Dialect::Yaml12, Dialect::PyYaml, Dialect::GoYamlV3, Dialect::Kubernetes]
            .iter()
            .all(|dialect| resolve_plain(text, *dialect) == Scalar::String)
}

fn is_indicator(byte: u8) -> bool {
    matches!(
        byte,
        b'?' | b':'
            | b','
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'#'
            | b'&'
            | b'*'
            | b'!'
            | b'|'
            | b'>'
            | b'\''
            | b'"'
            | b'%'
            | b'@'
            | b'`'
            | b'='
    )
}

/// Whether a text is a name, a number, a path or a version, as nearly all are: letters, digits and `_-./` behind a letter or
/// a digit. It may be written in any form, though plain it need not be text.
pub fn is_word(text: &str) -> bool {
    text.as_bytes().first().is_some_and(u8::is_ascii_alphanumeric) && text.bytes().all(is_word_part)
}

fn is_word_part(byte: u8) -> bool {
    // Every byte of nearly every text is asked for: a table is several times quicker.
    const WORD: [bool; 256] = {
        let mut table = [false; 256];
        let mut at = 0_u8;
        while at < 128 {
            table[at as usize] = at.is_ascii_alphanumeric() || matches!(at, b'_' | b'-' | b'.' | b'/');
            at += 1;
        }
        table
    };
    WORD[usize::from(byte)]
}

/// The longest word that some dialect reads as something else, in bytes.
const LONGEST_WORD: usize = 5;

/// Whether a text is longer than every word that means something and begins as no number does, or has in it what no number and
/// no date has.
fn is_no_word_or_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    match bytes.first() {
        Some(first) if first.is_ascii_alphabetic() => bytes.len() > LONGEST_WORD,
        Some(first) if first.is_ascii_digit() => !bytes.iter().all(|byte| may_be_in_number(*byte)),
        _ => false,
    }
}

/// Digits of any base with its mark, signs, exponents, and what parts hours and years.
fn may_be_in_number(byte: u8) -> bool {
    byte.is_ascii_hexdigit() || b"xXoO_.+-: \ttTzZ".contains(&byte)
}

/// Whether a text is long, begins with a letter, and has nothing in it that could end a plain text or begin a comment: a key or a
/// certificate in base64, as a rule.
fn is_unbroken(text: &str) -> bool {
    // What can be seen, without # , : [ ] { and }.
    let is_inner = |byte: u8| matches!(byte, b'!' | b'"' | b'$'..=b'+' | b'-'..=b'9' | b';'..=b'Z' | b'\\' | b'^'..=b'z' | b'|' | b'~');
    (BLOCK..=LONGEST_PLAIN).contains(&text.len())
        && text.as_bytes()[0].is_ascii_alphabetic()
        && all_bytes(text, is_inner)
}

/// So many bytes are looked at together.
const BLOCK: usize = 64;

/// Whether something holds for all bytes. Keys and certificates are long: many bytes are asked for at once.
fn all_bytes(text: &str, holds: impl Fn(u8) -> bool) -> bool {
    text.as_bytes().chunks(BLOCK).all(|some| some.iter().fold(true, |all, byte| all & holds(*byte)))
}

/// Whether a text is what nearly every key and many a value is, text to every dialect in any form: letters, digits and
/// `_-./` behind a letter, and none of the words that some dialect reads as something else.
pub fn is_name(text: &str) -> bool {
    const WORDS: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_alphabetic)
        && bytes.len() <= LONGEST_PLAIN
        && text.bytes().all(is_word_part)
        && (bytes.len() > LONGEST_WORD || !WORDS.iter().any(|word| word.eq_ignore_ascii_case(text)))
}

/// An address or a version: digits with two dots or more between them are no number to anybody.
fn is_dotted_number(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(u8::is_ascii_digit)
        && bytes.len() <= LONGEST_PLAIN
        && bytes.iter().all(|byte| byte.is_ascii_digit() || *byte == b'.')
        && bytes.iter().filter(|byte| **byte == b'.').nth(1).is_some()
        && !bytes.windows(2).any(|pair| pair == b"..")
        && !text.ends_with('.')
}

/// The text in double quotes, on one line.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    // Long texts, as keys and certificates are, have nothing to escape.
    if all_bytes(text, |byte| matches!(byte, b' ' | b'!' | b'#'..=b'[' | b']'..=b'~')) {
        out.push_str(text);
        out.push('"');
        return out;
    }
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push_str("\\0"),
            c if is_printable(c) => out.push(c),
            c if u32::from(c) <= 0xff => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

/// A float so that it is read as a float again.
pub(crate) fn float_text(value: f64) -> String {
    if value.is_nan() {
        ".nan".to_owned()
    } else if value.is_infinite() {
        if value > 0.0 { ".inf" } else { "-.inf" }.to_owned()
    } else if value.abs() >= 1e16 || (value != 0.0 && value.abs() < 1e-5) {
        // The exponent needs a dot before and a sign behind it for PyYAML.
        let text = format!("{value:e}");
        let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let dot = if mantissa.contains('.') { "" } else { ".0" };
        let sign = if exponent.starts_with('-') { "" } else { "+" };
        format!("{mantissa}{dot}e{sign}{exponent}")
    } else {
        format!("{value:?}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load_one;
    use proptest::prelude::*;

    #[test]
    fn keys_that_are_no_short_texts() {
        let long = "k".repeat(LONGEST_KEY + 1);
        for text in [
            "? {a: {b: 1}, [c, ~]: [2, {d: 'x?y'}]}\n: v\n",
            "? [1, '1', true, .inf, [], {}]\n: {? {x: y} : z}\n",
            &format!("a:\n  ? {long}\n  : b\n"),
        ] {
            let value = load_one(text, Dialect::GoYamlV3).unwrap();
            let written = emit(&value, EmitOptions::default());
            assert_eq!(load_one(&written, Dialect::GoYamlV3).unwrap(), value, "{written}");
            assert!(written.contains("? "), "{written}");
        }
    }

    #[test]
    fn block_style_by_two() {
        let text = "a: 1\nb:\n  - x\n  - k: v\n    l:\n      - 1\n  - - w\n    - z\nc: {}\nd: []\ne: null\nf: |\n  one\n  two\ng: \"yes\"\nh: \"1.10\"\ni: 1.5\n";
        let value = load_one(text, Dialect::Yaml12).unwrap();
        assert_eq!(emit(&value, EmitOptions::default()), text);
    }

    #[test]
    fn lists_need_not_be_indented() {
        let value = load_one("a: [1, {b: [2]}]", Dialect::Yaml12).unwrap();
        let options = EmitOptions { indent_sequences: false, ..EmitOptions::default() };
        assert_eq!(emit(&value, options), "a:\n- 1\n- b:\n  - 2\n");
    }

    #[test]
    fn plain_only_where_every_dialect_agrees() {
        for text in [
            "a",
            "10.0.0.0/24",
            "a b",
            "http://x/y?z",
            "-x",
            "a:b",
            "x#y",
            "v1.34.2",
            "é",
            "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJQekNCOHFBREFnRUNBaEVBK/==",
            "abcdefghijklmnopqrstuvwxyz-abcdefghijklmnopqrstuvwxyz-abcdefghij~|'\\\"",
        ] {
            assert!(plain_is_safe(text), "{text}");
        }
        for text in [
            "",
            "yes",
            "y",
            "NO",
            "1",
            "0x1F",
            "1_0",
            "1:30",
            "null",
            "~",
            "- a",
            "-",
            "a: b",
            "a #b",
            "a:",
            " a",
            "&a",
            "*a",
            "!a",
            "|",
            "{",
            "a,b",
            "---",
            "2020-01-01",
            "<<",
            "=",
            "@a",
            "`a",
            "a\tb",
            "12e03",
            ".5",
            "1e3",
        ] {
            assert!(!plain_is_safe(text), "{text}");
        }
    }

    proptest! {
        /// The short cuts say nothing that asking the dialects would not.
        #[test]
        fn short_cuts_agree_with_the_dialects(text in "[a-zA-Z0-9_./-]{1,7}|[0-9.]{1,12}|(?i:y|n|yes|no|on|off|true|false|null)|[a-zA-Z][ -~]{5,12}|[a-zA-Z][0-9a-fA-F_:.+-]{5,9}|[0-9][0-9a-fA-FxoTtZz_:.+/ -]{2,9}|[0-9][ -~]{1,9}") {
            if is_name(&text) || is_dotted_number(&text) || is_no_word_or_number(&text) {
                for dialect in [Dialect::Yaml12, Dialect::PyYaml, Dialect::GoYamlV3, Dialect::Kubernetes] {
                    prop_assert_eq!(resolve_plain(&text, dialect), Scalar::String, "{} {:?}", text, dialect);
                }
            }
        }
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::Bool),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_filter("NaN is not equal to itself", |f| !f.is_nan()).prop_map(Value::Float),
            ".*".prop_map(Value::String),
            "[ -~\n\t]{0,20}".prop_map(Value::String),
            "(yes|0[0-7]{2}|1e3|[0-9:._-]{1,8}| x|x |\n\nx|# a\nb)".prop_map(Value::String),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::Sequence),
                prop::collection::vec(("[ -~]{0,8}", inner), 0..5)
                    .prop_map(|pairs| Value::Mapping(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(value in any_value(), indent in 2usize..5, indent_sequences: bool) {
            let text = emit(&value, EmitOptions { indent, indent_sequences });
            for dialect in [Dialect::Yaml12, Dialect::PyYaml, Dialect::GoYamlV3, Dialect::Kubernetes] {
                prop_assert_eq!(&load_one(&text, dialect).unwrap(), &value, "{}", text);
                // And the node that is made of it says what the text does.
                prop_assert_eq!(&crate::to_value(&crate::to_node(&value), dialect).unwrap(), &value);
            }
        }
    }
}
