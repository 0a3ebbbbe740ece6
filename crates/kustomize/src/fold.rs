//! Folded block scalars (`>`). kustomize writes and reads its objects once in between, and go-yaml v3 writes folded
//! text with one line break too many where a line is indented further: the text changes on the way. What comes back
//! is computed here.

use crate::form::{analyze, is_break};

/// The text after being written as a folded scalar and read again; none where nothing changes because go-yaml chooses
/// double quotes.
pub(crate) fn again(text: &str) -> Option<String> {
    if text.is_empty() || !analyze(text).block {
        return None;
    }
    Some(read(&write(text), text))
}

/// The lines as go-yaml v3.0.3 writes them, without their indentation.
fn write(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    // Whether the first character that is no line break is neither blank nor the end. (That the first one counts,
    // and not the one that follows, is what go-yaml does.)
    let begins = text.trim_start_matches(is_break);
    let begins_with_text = !begins.is_empty() && !begins.starts_with([' ', '\t']);
    let (mut breaks, mut leading_spaces) = (true, true);
    for c in text.chars() {
        if is_break(c) {
            if !breaks && !leading_spaces && c == '\n' && begins_with_text {
                out.push('\n');
            }
            out.push(c);
            breaks = true;
        } else {
            if breaks {
                leading_spaces = matches!(c, ' ' | '\t');
            }
            out.push(c);
            breaks = false;
        }
    }
    out
}

/// Reads the lines of a folded scalar; `text` decides how line breaks at the end are kept.
fn read(written: &str, text: &str) -> String {
    let mut rest = written;
    let mut out = String::with_capacity(written.len());
    let mut trailing = take_breaks(&mut rest);
    let (mut leading, mut leading_blank) = (String::new(), false);
    while !rest.is_empty() {
        let blank = rest.starts_with([' ', '\t']);
        if leading.starts_with('\n') && !leading_blank && !blank {
            if trailing.is_empty() {
                out.push(' ');
            }
        } else {
            out.push_str(&leading);
        }
        out.push_str(&trailing);
        leading_blank = blank;
        let end = rest.find(is_break).unwrap_or(rest.len());
        out.push_str(&rest[..end]);
        rest = &rest[end..];
        let first = rest.chars().next().map_or(0, char::len_utf8);
        rest[..first].clone_into(&mut leading);
        rest = &rest[first..];
        trailing = take_breaks(&mut rest);
    }
    let mut ends = text.chars().rev();
    let (last, before) = (ends.next().is_some_and(is_break), ends.next().is_none_or(is_break));
    if last {
        out.push_str(&leading);
        if before {
            out.push_str(&trailing);
        }
    }
    out
}

fn take_breaks(rest: &mut &str) -> String {
    let end = rest.find(|c| !is_break(c)).unwrap_or(rest.len());
    let (breaks, after) = rest.split_at(end);
    *rest = after;
    breaks.to_owned()
}

#[cfg(test)]
mod tests {
    use super::again;

    /// Expectations from kustomize 5.8.1.
    #[test]
    fn folded_text_changes_as_in_go() {
        assert_eq!(again("one two\n").as_deref(), Some("one two\n"));
        assert_eq!(again("one\n\n  two\nthree\n").as_deref(), Some("one\n\n\n  two\nthree\n"));
        assert_eq!(again("a \nb"), None);
    }
}
