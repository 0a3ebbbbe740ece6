//! JSON as Python's `json` reads it: integers of any length, `NaN` and `Infinity`, `-0` as an integer.
//!
//! Such numbers are rare. Where a text has one, it is given to the reader of JSON as a marked string.

use yaml::{Mapping, Value};

/// Before a number that is given as a string. No text of a file begins so.
const MARK: &str = "\u{0}number:";

/// The value of a text, or where it is wrong and whether it ended too early.
pub(super) fn read(text: &str) -> Result<Value, (usize, bool)> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let numbers = special(text);
    if numbers.is_empty() {
        return serde_json::from_str::<serde_json::Value>(text)
            .map(Value::from)
            .map_err(|error| place(text, &error));
    }
    let mut marked = String::with_capacity(text.len() + numbers.len() * 16);
    let mut from = 0;
    for range in &numbers {
        marked.push_str(&text[from..range.start]);
        marked.push_str("\"\\u0000number:");
        marked.push_str(&text[range.clone()]);
        marked.push('"');
        from = range.end;
    }
    marked.push_str(&text[from..]);
    match serde_json::from_str::<serde_json::Value>(&marked) {
        Ok(value) => Ok(unmarked(Value::from(value))),
        Err(error) => {
            let (at, early) = place(&marked, &error);
            // Each mark before it made the text longer.
            let longer =
                numbers.iter().enumerate().filter(|(n, range)| range.end + (n + 1) * 15 <= at).count() * 15;
            Err((at.saturating_sub(longer).min(text.len()), early))
        }
    }
}

/// The numbers that the reader would refuse or round.
fn special(text: &str) -> Vec<std::ops::Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        match bytes[at] {
            b'"' => at = behind_string(bytes, at + 1),
            b'-' | b'0'..=b'9' | b'N' | b'I' => {
                let word = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
                let end = at + bytes[at..].iter().take_while(word).count();
                if is_special(&text[at..end]) {
                    found.push(at..end);
                }
                at = end;
            }
            _ => at += 1,
        }
    }
    found
}

fn behind_string(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    at
}

fn is_special(word: &str) -> bool {
    if matches!(word, "NaN" | "Infinity" | "-Infinity" | "-0") {
        return true;
    }
    let digits = word.strip_prefix('-').unwrap_or(word);
    // What is no number of JSON is left to the reader, which says so.
    let is_number =
        digits.starts_with(|c: char| c.is_ascii_digit()) && !(digits.len() > 1 && digits.starts_with('0'));
    if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return is_number && digits.len() > 18;
    }
    is_number && serde_json::from_str::<f64>(word).is_err() && word.parse::<f64>().is_ok_and(f64::is_infinite)
}

fn unmarked(value: Value) -> Value {
    match value {
        Value::String(text) => match text.strip_prefix(MARK) {
            Some(number) => self::number(number),
            None => Value::String(text),
        },
        Value::Sequence(items) => Value::Sequence(items.into_iter().map(unmarked).collect()),
        Value::Mapping(mapping) => Value::Mapping(
            mapping.into_iter().map(|(key, value)| (key, unmarked(value))).collect::<Mapping>(),
        ),
        value => value,
    }
}

fn number(text: &str) -> Value {
    match text {
        "NaN" => Value::Float(f64::NAN),
        "Infinity" => Value::Float(f64::INFINITY),
        "-Infinity" => Value::Float(f64::NEG_INFINITY),
        _ => text.parse().map_or_else(|_| Value::Float(text.parse().unwrap_or(f64::NAN)), Value::Int),
    }
}

fn place(text: &str, error: &serde_json::Error) -> (usize, bool) {
    (offset(text, error.line(), error.column()), error.is_eof())
}

/// The byte offset of a line and column counted from 1, as serde_json counts them.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    let mut at = (start + column.saturating_sub(1)).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expectations: `json.loads` of CPython 3.11.
    #[test]
    fn numbers_are_pythons() {
        let read = |text: &str| read(text).unwrap();
        for (text, want) in [
            ("-0", Value::Int(0)),
            ("-0.0", Value::Float(-0.0)),
            ("12345678901234567890123", Value::Int(12_345_678_901_234_567_890_123)),
            ("-9223372036854775809", Value::Int(-9_223_372_036_854_775_809)),
            ("18446744073709551615", Value::Int(18_446_744_073_709_551_615)),
            ("1234567890123456789", Value::Int(1_234_567_890_123_456_789)),
            ("1e400", Value::Float(f64::INFINITY)),
            ("-Infinity", Value::Float(f64::NEG_INFINITY)),
            ("\u{feff}1", Value::Int(1)),
            ("\"NaN -0\"", Value::from("NaN -0")),
        ] {
            assert_eq!(read(text), want, "{text}");
        }
        assert!(matches!(read("NaN"), Value::Float(value) if value.is_nan()));
        let inside = read("{\"a\\\"\": [-0, {\"b\": 12345678901234567890123}, \"-0\"]}");
        let number = Mapping::from_iter([(Value::from("b"), Value::Int(12_345_678_901_234_567_890_123))]);
        let list = Value::Sequence(vec![Value::Int(0), Value::Mapping(number), Value::from("-0")]);
        assert_eq!(inside, Value::Mapping(Mapping::from_iter([(Value::from("a\""), list)])));
    }

    #[test]
    fn what_is_no_json_stays_so() {
        for (text, at) in [
            ("[nan]", 2),
            ("[-NaN]", 2),
            ("[00000000000000000001]", 2),
            ("[-0, x]", 5),
            ("[12345678901234567890123 1]", 25),
        ] {
            let (got, early) = read(text).unwrap_err();
            assert!(!early && got + 1 >= at && got <= at, "{text} {got}");
        }
        assert!(read("[-0, ").unwrap_err().1);
    }
}
