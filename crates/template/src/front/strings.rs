//! Python's string escapes, written so that the engine reads the same text.

/// The engine's form of a Jinja2 string literal (quotes included), or none when both read it alike.
///
/// Jinja2 decodes with Python's `unicode-escape`: an unknown escape keeps its backslash, and line breaks in the
/// literal become the newline sequence.
pub(super) fn rewritten(literal: &str, newline: &str) -> Option<String> {
    let inner = &literal[1..literal.len() - 1];
    let breaks = newline != "\n" && inner.contains('\n');
    if !inner.contains('\\') && !breaks {
        return None;
    }
    let inner = if breaks { inner.replace('\n', newline) } else { inner.to_owned() };
    Some(quoted(&decoded(&inner)))
}

fn decoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let (c, len) = escape(&rest[at..]);
        match c {
            Some(c) => out.push(c),
            None if rest[at..].starts_with("\\\n") => {}
            None => out.push_str(&rest[at..at + len]),
        }
        rest = &rest[at + len..];
    }
    out.push_str(rest);
    out
}

/// The character an escape stands for, and its length; no character for one that stands for itself.
fn escape(text: &str) -> (Option<char>, usize) {
    let Some(kind) = text[1..].chars().next() else { return (None, 1) };
    let hex = |digits: usize| {
        let code = text.get(2..2 + digits).and_then(|hex| u32::from_str_radix(hex, 16).ok());
        (code.and_then(char::from_u32), 2 + digits)
    };
    match kind {
        '\\' | '\'' | '"' => (Some(kind), 2),
        'a' => (Some('\u{7}'), 2),
        'b' => (Some('\u{8}'), 2),
        'f' => (Some('\u{c}'), 2),
        'n' => (Some('\n'), 2),
        'r' => (Some('\r'), 2),
        't' => (Some('\t'), 2),
        'v' => (Some('\u{b}'), 2),
        'x' => whole(hex(2)),
        'u' => whole(hex(4)),
        'U' => whole(hex(8)),
        '0'..='7' => {
            let digits = text[1..].bytes().take(3).take_while(|b| (b'0'..=b'7').contains(b)).count();
            (u32::from_str_radix(&text[1..=digits], 8).ok().and_then(char::from_u32), 1 + digits)
        }
        other => (None, 1 + other.len_utf8()),
    }
}

/// An escape that is no character (too short, a surrogate) stays as it is written.
fn whole((c, len): (Option<char>, usize)) -> (Option<char>, usize) {
    if c.is_some() { (c, len) } else { (None, 2) }
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if (c as u32) < 0x20 || c == '\u{7f}' => {
                use std::fmt::Write as _;
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expectations: `Environment().from_string("{{ … }}").render()` of Jinja2 3.1.6.
    #[test]
    fn escapes_are_pythons() {
        for (literal, text) in [
            (r"'a\.b'", r"a\.b"),
            (r"'a\nb'", "a\nb"),
            (r"'\x41\u00e9\101'", "Aé\u{41}"),
            (r"'it\'s'", "it's"),
            (r"'\d+\\'", r"\d+\"),
            ("'a\\\nb'", "ab"),
        ] {
            assert_eq!(rewritten(literal, "\n"), Some(quoted(text)), "{literal}");
        }
        assert_eq!(rewritten("'plain'", "\n"), None);
    }
}
