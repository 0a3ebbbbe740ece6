//! Splits a template into text and the tokens of its actions.

use std::ops::Range;

use super::number::{self, Number};
use super::{Error, Result};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Text(String),
    /// `{{`
    Open,
    /// `}}`
    Close,
    Name(String),
    /// `.name`; `attached` when nothing stands between it and what is before.
    Field {
        name: String,
        attached: bool,
    },
    Dot,
    Variable(String),
    Int(i64),
    Float(f64),
    String(String),
    Pipe,
    LeftParen,
    RightParen,
    Comma,
    Declare,
    Assign,
}

pub(super) struct Spanned {
    pub(super) token: Token,
    pub(super) place: Range<usize>,
}

const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// All tokens of a template.
pub(super) fn tokens(text: &str) -> Result<Vec<Spanned>> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut trim_next = false;
    while at < text.len() {
        let open = text[at..].find("{{").map(|offset| at + offset);
        let mut piece = &text[at..open.unwrap_or(text.len())];
        if trim_next {
            piece = piece.trim_start_matches(BLANKS);
        }
        let Some(open) = open else {
            push_text(&mut out, piece, at..text.len());
            break;
        };
        let mut inside = open + 2;
        let marked = text[inside..].strip_prefix('-').is_some_and(|rest| rest.starts_with(BLANKS));
        if marked {
            piece = piece.trim_end_matches(BLANKS);
            inside += 1;
        }
        push_text(&mut out, piece, at..open);
        // Behind a trim mark is one blank; before a comment there is no other.
        if text[inside + usize::from(marked)..].starts_with("/*") {
            (at, trim_next) = comment(text, open, inside)?;
            continue;
        }
        out.push(Spanned { token: Token::Open, place: open..inside });
        (at, trim_next) = action(text, inside, open, &mut out)?;
    }
    Ok(out)
}

fn push_text(out: &mut Vec<Spanned>, piece: &str, place: Range<usize>) {
    if !piece.is_empty() {
        out.push(Spanned { token: Token::Text(piece.to_owned()), place });
    }
}

fn comment(text: &str, open: usize, inside: usize) -> Result<(usize, bool)> {
    let wrong = |message: &str| Error { message: message.to_owned(), place: open..open + 2 };
    let end = text[inside..]
        .find("*/")
        .map(|offset| inside + offset + 2)
        .ok_or_else(|| wrong("this comment has no end"))?;
    let rest = &text[end..];
    if rest.starts_with("}}") {
        return Ok((end + 2, false));
    }
    let trimmed = rest.trim_start_matches(BLANKS);
    if trimmed.len() < rest.len() && trimmed.starts_with("-}}") {
        return Ok((end + (rest.len() - trimmed.len()) + 3, true));
    }
    Err(wrong("a comment must end with its action"))
}

/// The tokens up to the end of an action; gives where it ends and whether the text behind is trimmed.
fn action(text: &str, mut at: usize, open: usize, out: &mut Vec<Spanned>) -> Result<(usize, bool)> {
    let mut attached = false;
    loop {
        let rest = &text[at..];
        let Some(c) = rest.chars().next() else {
            return Err(Error { message: "this action has no end".to_owned(), place: open..open + 2 });
        };
        if rest.starts_with("}}") {
            out.push(Spanned { token: Token::Close, place: at..at + 2 });
            return Ok((at + 2, false));
        }
        if BLANKS.contains(&c) {
            let trimmed = rest.trim_start_matches(BLANKS);
            at += rest.len() - trimmed.len();
            if trimmed.starts_with("-}}") {
                out.push(Spanned { token: Token::Close, place: at..at + 3 });
                return Ok((at + 3, true));
            }
            attached = false;
            continue;
        }
        let (token, length) =
            token(rest, attached).map_err(|message| Error { message, place: at..at + c.len_utf8() })?;
        out.push(Spanned { token, place: at..at + length });
        at += length;
        attached = true;
    }
}

fn token(rest: &str, attached: bool) -> std::result::Result<(Token, usize), String> {
    let bytes = rest.as_bytes();
    let second = bytes.get(1).copied().unwrap_or(b' ');
    match bytes[0] {
        b'|' => Ok((Token::Pipe, 1)),
        b'(' => Ok((Token::LeftParen, 1)),
        b')' => Ok((Token::RightParen, 1)),
        b',' => Ok((Token::Comma, 1)),
        b':' if second == b'=' => Ok((Token::Declare, 2)),
        b'=' => Ok((Token::Assign, 1)),
        b'"' => quoted(rest),
        b'`' => match rest[1..].find('`') {
            Some(end) => Ok((Token::String(rest[1..=end].replace('\r', "")), end + 2)),
            None => Err("this text has no end".to_owned()),
        },
        b'\'' => character(rest),
        b'$' => {
            let length = word_length(&rest[1..]);
            ended(&rest[1 + length..])?;
            Ok((Token::Variable(rest[1..=length].to_owned()), length + 1))
        }
        b'.' if second.is_ascii_digit() => number(rest),
        b'.' => match word_length(&rest[1..]) {
            0 => ended(&rest[1..]).map(|()| (Token::Dot, 1)),
            length => {
                ended(&rest[1 + length..])?;
                Ok((Token::Field { name: rest[1..=length].to_owned(), attached }, length + 1))
            }
        },
        b'0'..=b'9' | b'+' | b'-' => number(rest),
        _ => match word_length(rest) {
            0 => Err("this character has no meaning here".to_owned()),
            length => ended(&rest[length..]).map(|()| (Token::Name(rest[..length].to_owned()), length)),
        },
    }
}

/// A name ends before a blank, the end of the action, or one of a few signs.
fn ended(behind: &str) -> std::result::Result<(), String> {
    let signs = ['.', ',', '|', ':', ')', '('];
    if behind.is_empty()
        || behind.starts_with(BLANKS)
        || behind.starts_with(signs)
        || behind.starts_with("}}")
    {
        return Ok(());
    }
    Err("a name ends here, and what follows does not belong to it".to_owned())
}

fn word_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_alphanumeric() || c == '_')).unwrap_or(text.len())
}

fn quoted(rest: &str) -> std::result::Result<(Token, usize), String> {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => break,
            '\\' if !escaped => escaped = true,
            '"' if !escaped => return Ok((Token::String(unescape(&rest[1..at], '"')?), at + 1)),
            _ => escaped = false,
        }
    }
    Err("this text has no end".to_owned())
}

/// The escapes of Go's literals in `quote`s.
fn unescape(text: &str, quote: char) -> std::result::Result<String, String> {
    let mut out = Vec::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.extend(c.encode_utf8(&mut [0; 4]).bytes());
            continue;
        }
        let escape = chars.next().ok_or("an escape is cut off")?;
        let mut code = |digits: usize, base: u32| {
            let text: String = chars.by_ref().take(digits).collect();
            let whole = text.len() == digits && text.chars().all(|c| c.is_digit(base));
            whole
                .then(|| u32::from_str_radix(&text, base).ok())
                .flatten()
                .ok_or("this escape is not complete")
        };
        let character = |code: u32| char::from_u32(code).ok_or("this escape is no character");
        let plain = match escape {
            'n' => '\n',
            't' => '\t',
            'r' => '\r',
            'a' => '\u{7}',
            'b' => '\u{8}',
            'f' => '\u{c}',
            'v' => '\u{b}',
            'u' => character(code(4, 16)?)?,
            'U' => character(code(8, 16)?)?,
            // These two are bytes.
            'x' => {
                out.push(u8::try_from(code(2, 16)?).unwrap_or_default());
                continue;
            }
            '0'..='7' => {
                let first = escape.to_digit(8).unwrap_or_default() * 64;
                let byte = u8::try_from(first + code(2, 8)?);
                out.push(byte.map_err(|_| "this escape is no byte")?);
                continue;
            }
            '\\' => '\\',
            _ if escape == quote => quote,
            _ => return Err("this escape is not known".to_owned()),
        };
        out.extend(plain.encode_utf8(&mut [0; 4]).bytes());
    }
    String::from_utf8(out).map_err(|_| "these bytes are no text".to_owned())
}

fn character(rest: &str) -> std::result::Result<(Token, usize), String> {
    let mut escaped = false;
    let end = rest.char_indices().skip(1).find(|(_, c)| {
        let found = *c == '\'' && !escaped;
        escaped = *c == '\\' && !escaped;
        found
    });
    let (end, _) = end.ok_or("this character has no end")?;
    let mut chars = unescape(&rest[1..end], '\'')?;
    let c = chars.pop().filter(|_| chars.is_empty()).ok_or("a single character is expected in '…'")?;
    Ok((Token::Int(i64::from(u32::from(c))), end + 1))
}

fn number(rest: &str) -> std::result::Result<(Token, usize), String> {
    let wrong = || "this is not a number".to_owned();
    let length = number::length(rest).ok_or_else(wrong)?;
    let token = match number::literal(&rest[..length]).ok_or_else(wrong)? {
        Number::Int(value) => Token::Int(value),
        Number::Float(value) => Token::Float(value),
    };
    Ok((token, length))
}
