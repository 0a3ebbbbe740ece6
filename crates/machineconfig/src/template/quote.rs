//! Texts and characters as Go writes them in its source code.

use std::fmt::Write as _;

/// A text or a character in quotes; `ascii` escapes all else.
pub(super) fn quoted(text: &str, quote: char, ascii: bool) -> String {
    let mut out = String::from(quote);
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            c if c == quote => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{7}' => out.push_str("\\a"),
            '\u{8}' => out.push_str("\\b"),
            '\u{b}' => out.push_str("\\v"),
            '\u{c}' => out.push_str("\\f"),
            c if printable(c) && (c.is_ascii() || !ascii) => out.push(c),
            c => match u32::from(c) {
                code @ ..0x80 => drop(write!(out, "\\x{code:02x}")),
                code @ ..0x1_0000 => drop(write!(out, "\\u{code:04x}")),
                code => drop(write!(out, "\\U{code:08x}")),
            },
        }
    }
    out.push(quote);
    out
}

/// Whether Go takes a character for one that can be seen; of the blanks only the usual one.
pub(super) fn printable(c: char) -> bool {
    match c {
        ' '..='~' => true,
        c if c.is_control() || c.is_whitespace() => false,
        // What the standard library escapes for itself; a letter before keeps marks from being escaped for being the first.
        c => format!("a{c}").escape_debug().to_string().chars().nth(1) == Some(c),
    }
}

/// Whether a text can stand between back quotes.
pub(super) fn back_quotable(text: &str) -> bool {
    text.chars().all(|c| c == '\t' || !(c.is_ascii_control() || matches!(c, '`' | '\u{feff}')))
}
