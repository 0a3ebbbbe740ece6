//! The inner lexer: what stands inside a tag, as far as the front needs to tell it apart.

use std::ops::Range;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenKind {
    /// A name or keyword.
    Name,
    /// An integer or float.
    Number,
    /// A quoted string.
    String,
    /// `(`, `[`, `{`
    Open,
    /// `)`, `]`, `}`
    Close,
    /// Any other operator.
    Operator,
    /// A character that has no meaning here; the engine reports it.
    Unknown,
}

/// A token and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    pub(crate) range: Range<usize>,
}

/// The token at or behind `at`; blanks are skipped. None at the end of the text, and for a string that never ends.
pub(super) fn next_token(source: &str, at: usize) -> Option<Token> {
    let rest = source.get(at..)?;
    let first = rest.chars().next()?;
    if super::scan::is_space(first) {
        // One at a time: an end token may follow any of them.
        return Some(Token { kind: TokenKind::Unknown, range: at..at + first.len_utf8() });
    }
    let (kind, len) = match first {
        '"' | '\'' => (TokenKind::String, string_len(rest, first)?),
        '0'..='9' => (TokenKind::Number, number_len(rest)),
        '(' | '[' | '{' => (TokenKind::Open, 1),
        ')' | ']' | '}' => (TokenKind::Close, 1),
        c if c == '_' || c.is_alphabetic() => (TokenKind::Name, name_len(rest)),
        _ => operator(rest),
    };
    Some(Token { kind, range: at..at + len })
}

/// Letters, digits and `_`, which are nearly always of ASCII.
fn name_len(rest: &str) -> usize {
    let ascii = rest.bytes().take_while(|byte| *byte == b'_' || byte.is_ascii_alphanumeric()).count();
    if rest.as_bytes().get(ascii).is_none_or(u8::is_ascii) {
        return ascii;
    }
    rest.find(|c: char| c != '_' && !c.is_alphanumeric()).unwrap_or(rest.len())
}

fn operator(rest: &str) -> (TokenKind, usize) {
    const LONG: [&str; 6] = ["//", "**", "==", "!=", ">=", "<="];
    if LONG.iter().any(|operator| rest.starts_with(operator)) {
        return (TokenKind::Operator, 2);
    }
    match rest.chars().next() {
        Some(c) if "+-/*%~.:|,;<>=".contains(c) => (TokenKind::Operator, 1),
        Some(c) => (TokenKind::Unknown, c.len_utf8()),
        None => (TokenKind::Unknown, 0),
    }
}

fn string_len(rest: &str, quote: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// Digits, a fraction and an exponent; `1.foo` is a number, a dot and a name, and so is the end of `1..2`.
fn number_len(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let word =
        |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_alphanumeric() || **b == b'_').count();
    let mut len = word(0);
    let radix = bytes.len() > 1 && bytes[0] == b'0' && bytes[1].is_ascii_alphabetic();
    if !radix && bytes.get(len) == Some(&b'.') && bytes.get(len + 1).is_some_and(u8::is_ascii_digit) {
        len += 1 + word(len + 1);
    }
    let exponent = matches!(bytes[len - 1], b'e' | b'E') && !radix;
    if exponent
        && matches!(bytes.get(len), Some(b'+' | b'-'))
        && bytes.get(len + 1).is_some_and(u8::is_ascii_digit)
    {
        len += 1 + word(len + 1);
    }
    len
}

/// Whether a text is a name with attributes, of ASCII letters: `a.b_1`.
pub(super) fn is_dotted_name(text: &str) -> bool {
    text.split('.').all(|name| {
        let mut bytes = name.bytes();
        bytes.next().is_some_and(|first| first == b'_' || first.is_ascii_alphabetic())
            && bytes.all(|byte| byte == b'_' || byte.is_ascii_alphanumeric())
    })
}

/// All tokens of a range, without blanks. Stops early at a string that never ends.
pub(crate) fn tokens(source: &str, range: Range<usize>) -> Vec<Token> {
    let text = &source[..range.end];
    let mut all = Vec::new();
    let mut at = range.start;
    loop {
        at += text[at..].bytes().take_while(|byte| *byte == b' ').count();
        let Some(token) = next_token(text, at) else { return all };
        at = token.range.end;
        // Other blanks are tokens of their own.
        if token.kind != TokenKind::Unknown || !text[token.range.clone()].chars().all(super::scan::is_space) {
            all.push(token);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_apart() {
        let source = r#"aé_1.é.b[1:2]|f('x\'y') ~ 1.5e+3 // 1.x != "z" 0x1f"#;
        let texts: Vec<_> = tokens(source, 0..source.len()).into_iter().map(|t| &source[t.range]).collect();
        let want = [
            "aé_1", ".", "é", ".", "b", "[", "1", ":", "2", "]", "|", "f", "(", r"'x\'y'", ")", "~",
            "1.5e+3", "//", "1", ".", "x", "!=", "\"z\"", "0x1f",
        ];
        assert_eq!(texts, want);
    }
}
