//! How wide text is, about, in the fonts the picture asks for.

/// About the width in pixels at a size.
pub(super) fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| relative(c) * size).sum()
}

/// As [`width`], in whole pixels.
pub(super) fn pixels(text: &str, size: f64) -> i32 {
    #[expect(clippy::cast_possible_truncation, reason = "it is between 0 and 1000")]
    let pixels = width(text, size).ceil().clamp(0.0, 1000.0) as i32;
    pixels
}

/// Shares of the size, after Helvetica.
fn relative(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.26,
        ' ' | 'f' | 't' | 'r' | '/' | '-' | '(' | ')' | '[' | ']' => 0.34,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.88,
        'A'..='Z' => 0.69,
        c if c.is_ascii() => 0.57,
        _ => 1.0,
    }
}

/// The text, cut so that it fits.
pub(super) fn fit(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let mut out = String::new();
    let mut used = relative('m') * size;
    for c in text.chars() {
        used += relative(c) * size;
        if used > room {
            break;
        }
        out.push(c);
    }
    format!("{}…", out.trim_end_matches(['-', '.', ' ']))
}

/// Text inside of an element. Characters that XML does not know are left out.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}') => {}
            c => out.push(c),
        }
    }
    out
}
