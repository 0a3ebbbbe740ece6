//! How a text may be written: which forms go-yaml's emitter allows it, and whether it would still be a string without
//! quotes.

use yaml::{Dialect, Scalar as Plain, is_word, resolve_plain};

/// Which forms a text may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Form {
    pub(crate) plain: bool,
    pub(crate) single: bool,
    pub(crate) block: bool,
}

/// What go-yaml's emitter finds out about a scalar.
pub(crate) fn analyze(text: &str) -> Form {
    // Nearly all texts are words, and each may be written in any form.
    if is_word(text) { Form { plain: true, single: true, block: true } } else { analyze_closely(text) }
}

fn analyze_closely(text: &str) -> Form {
    let mut form = Form { plain: true, single: true, block: true };
    let Some(first) = text.chars().next() else { return Form { plain: true, single: true, block: false } };
    if text.starts_with("---") || text.starts_with("...") {
        form.plain = false;
    }
    let second_blank = text[first.len_utf8()..].chars().next().is_none_or(is_blank);
    match first {
        '#' | ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%' | '@' | '`' => {
            form.plain = false;
        }
        '?' | ':' | '-' if second_blank => form.plain = false,
        _ => {}
    }
    let (mut previous_space, mut previous_break, mut after_white) = (false, false, false);
    let mut last = first;
    let mut chars = text.chars().peekable();
    let mut begin = true;
    while let Some(c) = chars.next() {
        let before_white = chars.peek().is_none_or(|next| is_blank(*next));
        if !begin && (c == ':' && before_white || c == '#' && after_white) {
            form.plain = false;
        }
        if !is_printable(c) {
            form = Form { plain: false, single: false, block: false };
        }
        if c == ' ' {
            if previous_break {
                (form.plain, form.single) = (false, false);
            }
            (previous_space, previous_break) = (true, false);
        } else if is_break(c) {
            form.plain = false;
            if previous_space {
                (form.single, form.block) = (false, false);
            }
            (previous_space, previous_break) = (false, true);
        } else {
            (previous_space, previous_break) = (false, false);
        }
        after_white = is_blank(c) || is_break(c) || c == '\0';
        begin = false;
        last = c;
    }
    if first == ' ' || last == ' ' {
        form.plain = false;
    }
    if last == ' ' {
        form.block = false;
    }
    form
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t')
}

/// A line break to YAML 1.1.
pub(crate) fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Printable to go-yaml: nothing beyond the basic plane, no tab.
pub(crate) fn is_printable(c: char) -> bool {
    matches!(c, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fefe}' | '\u{ff00}'..='\u{fffd}')
}

/// Whether the plain text is a string to go-yaml v2, which also keeps clear of base 60.
pub(crate) fn reads_as_string(text: &str) -> bool {
    if is_base60(text) {
        return false;
    }
    match resolve_plain(text, Dialect::Kubernetes) {
        Plain::String => true,
        Plain::Float(value) => value.is_infinite() && !text.ends_with(['f', 'F']),
        Plain::Timestamp => crate::time::parse(text).is_none(),
        _ => false,
    }
}

/// `[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?`
fn is_base60(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !digits.starts_with(|c: char| c.is_ascii_digit()) || !digits.contains(':') {
        return false;
    }
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let mut parts = whole.split(':');
    let first = parts.next().unwrap_or_default();
    first.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        && fraction.bytes().all(|b| b.is_ascii_digit() || b == b'_')
        && parts.all(|part| match part.as_bytes() {
            [one] => one.is_ascii_digit(),
            [ten, one] => (b'0'..=b'5').contains(ten) && one.is_ascii_digit(),
            _ => false,
        })
}

/// Whether a text is something other than a string to a YAML 1.1 reader that decodes it on its own: a number, but also
/// `a: b`. Base 60 and times are strings there.
pub(crate) fn is_yaml11_nonstring(text: &str) -> bool {
    if text.is_empty() || text.contains('\n') {
        return false;
    }
    if analyze(text).plain {
        let inf = |value: f64| value.is_infinite() && !text.ends_with(['f', 'F']);
        return match resolve_plain(text, Dialect::Kubernetes) {
            Plain::String | Plain::Timestamp => false,
            Plain::Float(value) => !inf(value),
            _ => true,
        };
    }
    match yaml::load(text, Dialect::Kubernetes) {
        Ok(documents) => !matches!(documents.first(), Some(yaml::Value::String(_))),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_may_have_any_form() {
        let parts = ["a", "Z", "0", "-", ".", "/", "_", ":", "#", " ", "\n", "\t", "\0", "é", "'", ""];
        let mut words = 0;
        for one in parts {
            for two in parts {
                for three in parts {
                    let text = format!("{one}{two}{three}");
                    assert_eq!(analyze(&text), analyze_closely(&text), "{text:?}");
                    words += usize::from(is_word(&text));
                }
            }
        }
        assert!(words > 100, "{words}");
    }

    /// Expectations from kyaml 0.21.1.
    #[test]
    fn what_yaml_11_reads_on_its_own() {
        for text in
            ["1", "1.5", "yes", "on", "null", "~", "a: b", "- a", "{}", "[a]", "#c", " 5", "0x1f", "1 # one"]
        {
            assert!(is_yaml11_nonstring(text), "{text}");
        }
        for text in ["", "a", "1:30", "2020-01-02", "a\nb", "[", "*a", "'1'", "a #b"] {
            assert!(!is_yaml11_nonstring(text), "{text}");
        }
        assert!(!reads_as_string("1:30"));
    }
}
