//! Texts into tokens.

use super::types::Type;

/// A token.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Name(String),
    Literal(Type),
    Sign(&'static str),
}

const SIGNS: [&str; 24] = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "+", "-", "*", "/", "%", "!", "?", ":", "(", ")", "[", "]",
    "{", "}", ",", ".",
];

/// The tokens of an expression.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = skip_blank(rest);
        let Some(first) = rest.chars().next() else { return Ok(tokens) };
        let (token, length) = if let Some((kind, length)) = string(rest)? {
            (Token::Literal(kind), length)
        } else if first.is_ascii_digit()
            || (first == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit()))
        {
            number(rest)?
        } else if first.is_ascii_alphabetic() || first == '_' {
            let length = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
            (word(&rest[..length]), length)
        } else if let Some(quoted) = rest.strip_prefix('`') {
            let end = quoted.find('`').ok_or("a name in it has no end")?;
            (Token::Name(quoted[..end].to_owned()), end + 2)
        } else {
            let sign = SIGNS.iter().find(|sign| rest.starts_with(**sign));
            let sign = sign.ok_or_else(|| format!("the character {first:?} means nothing in it"))?;
            (Token::Sign(sign), sign.len())
        };
        tokens.push(token);
        rest = &rest[length..];
    }
}

fn skip_blank(text: &str) -> &str {
    let mut rest = text.trim_start_matches(['\t', ' ', '\r', '\n', '\u{c}']);
    while let Some(comment) = rest.strip_prefix("//") {
        rest = comment.find('\n').map_or("", |end| &comment[end..]);
        rest = rest.trim_start_matches(['\t', ' ', '\r', '\n', '\u{c}']);
    }
    rest
}

fn word(text: &str) -> Token {
    match text {
        "in" => Token::Sign("in"),
        "true" | "false" => Token::Literal(Type::Bool),
        "null" => Token::Literal(Type::Null),
        name => Token::Name(name.to_owned()),
    }
}

fn number(text: &str) -> Result<(Token, usize), String> {
    let wrong = |_| "a number in it is too large".to_owned();
    let digits = |text: &str| text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let unsigned = |text: &str, at: usize| text[at..].starts_with(['u', 'U']);
    if let Some(hex) = text.strip_prefix("0x") {
        let length = hex.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(hex.len());
        if length > 0 {
            let value = u64::from_str_radix(&hex[..length], 16).map_err(wrong)?;
            return integer(value, unsigned(hex, length), length + 2);
        }
    }
    let whole = digits(text);
    let mut end = whole;
    if text[end..].starts_with('.') && digits(&text[end + 1..]) > 0 {
        end += 1 + digits(&text[end + 1..]);
    }
    if text[end..].starts_with(['e', 'E']) {
        let sign = usize::from(text[end + 1..].starts_with(['+', '-']));
        let exponent = digits(&text[end + 1 + sign..]);
        end += if exponent > 0 { 1 + sign + exponent } else { 0 };
    }
    if end > whole {
        return Ok((Token::Literal(Type::Double), end));
    }
    integer(text[..whole].parse().map_err(wrong)?, unsigned(text, whole), whole)
}

fn integer(value: u64, unsigned: bool, length: usize) -> Result<(Token, usize), String> {
    if unsigned {
        return Ok((Token::Literal(Type::Uint), length + 1));
    }
    // One more than the largest is the smallest with a minus before it.
    if value > 1 << 63 {
        return Err("a number in it is too large".to_owned());
    }
    Ok((Token::Literal(Type::Int), length))
}

/// A text or bytes at the beginning: what it is and how long; none when there is neither.
fn string(text: &str) -> Result<Option<(Type, usize)>, String> {
    let letters = text.chars().take_while(|c| "rRbB".contains(*c)).count();
    let prefix = &text[..letters];
    let (kind, raw) = match prefix.to_ascii_lowercase().as_str() {
        "" => (Type::Text, false),
        "r" => (Type::Text, true),
        "b" => (Type::Bytes, false),
        "br" => (Type::Bytes, true),
        _ => return Ok(None),
    };
    let body = &text[letters..];
    let Some(quote) = body.chars().next().filter(|c| matches!(c, '"' | '\'')) else { return Ok(None) };
    let triple: String = std::iter::repeat_n(quote, 3).collect();
    let long = body.starts_with(&triple);
    let quotes = if long { &triple[..] } else { &triple[..1] };
    let mut at = quotes.len();
    loop {
        let rest = &body[at..];
        if rest.starts_with(quotes) {
            return Ok(Some((kind, letters + at + quotes.len())));
        }
        match rest.chars().next() {
            None => return Err("a text in it has no end".to_owned()),
            Some('\n' | '\r') if !long => return Err("a text in it has no end on its line".to_owned()),
            Some('\\') if !raw => at += escape(rest).ok_or("a text in it has an escape that is not known")?,
            Some(c) => at += c.len_utf8(),
        }
    }
}

/// The length of an escape, the backslash included.
fn escape(text: &str) -> Option<usize> {
    let hex = |count: usize| {
        let digits = text.get(2..2 + count)?;
        digits.chars().all(|c| c.is_ascii_hexdigit()).then_some(count + 2)
    };
    match text.chars().nth(1)? {
        'a' | 'b' | 'f' | 'n' | 'r' | 't' | 'v' | '"' | '\'' | '\\' | '?' | '`' => Some(2),
        'x' | 'X' => hex(2),
        'u' => hex(4),
        'U' => hex(8),
        '0'..='3' => {
            let digits = text.get(2..4)?;
            digits.chars().all(|c| ('0'..='7').contains(&c)).then_some(4)
        }
        _ => None,
    }
}
