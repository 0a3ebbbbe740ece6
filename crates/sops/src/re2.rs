//! Patterns as Go reads them (RE2). Rust's crate has the same engine family; three things differ: Go's `\d \w \s \b`
//! are ASCII, its classes know no nesting or set operators, and `\Q…\E` quotes.

use regex::Regex;

use crate::{Error, Result};

/// Compiles a Go pattern.
///
/// # Errors
/// `sops/pattern`.
pub(crate) fn compile(pattern: &str) -> Result<Regex> {
    Regex::new(&translate(pattern)).map_err(|error| {
        let reason = error.to_string();
        let reason = reason.lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        Error::new("sops/pattern", format!("{pattern:?} is not a regular expression: {reason}"))
    })
}

fn translate(pattern: &str) -> String {
    let mut out = String::with_capacity(pattern.len() + 8);
    let mut rest = pattern;
    let mut class: Option<bool> = None;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        match (c, class) {
            ('\\', _) => rest = escape(rest, class.is_some(), &mut out),
            ('[', None) => {
                out.push('[');
                if let Some(after) = rest.strip_prefix('^') {
                    out.push('^');
                    rest = after;
                }
                class = Some(true);
            }
            // A bracket that comes first in a class is a member of it.
            (']', Some(true)) => {
                out.push_str("\\]");
                class = Some(false);
            }
            (']', Some(false)) => {
                out.push(']');
                class = None;
            }
            ('[', Some(_)) => {
                match rest.strip_prefix(':').and_then(|rest| rest.split_once(":]")) {
                    Some((name, after)) => {
                        out.push_str("[:");
                        out.push_str(name);
                        out.push_str(":]");
                        rest = after;
                    }
                    None => out.push_str("\\["),
                }
                class = Some(false);
            }
            ('&' | '~', Some(_)) => {
                out.push('\\');
                out.push(c);
                class = Some(false);
            }
            // `--` is a set operator in Rust; in Go the second dash ends a range or is itself.
            ('-', Some(_)) => {
                let plain = out.ends_with('[') || out.ends_with("[^") || rest.starts_with(']');
                out.push_str(if plain { "\\-" } else { "-" });
                if !plain && let Some(after) = rest.strip_prefix('-') {
                    out.push_str("\\-");
                    rest = after;
                }
                class = Some(false);
            }
            (c, Some(_)) => {
                out.push(c);
                class = Some(false);
            }
            (c, None) => out.push(c),
        }
    }
    out
}

/// Translates what follows a backslash and gives the rest.
fn escape<'p>(rest: &'p str, in_class: bool, out: &mut String) -> &'p str {
    let Some(c) = rest.chars().next() else {
        out.push('\\');
        return rest;
    };
    let after = &rest[c.len_utf8()..];
    let set = match c {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        's' => "[\\t\\n\\f\\r ]",
        'S' => "[^\\t\\n\\f\\r ]",
        'b' if !in_class => "(?-u:\\b)",
        'B' if !in_class => "(?-u:\\B)",
        'Q' if !in_class => {
            let (quoted, after) = after.split_once("\\E").unwrap_or((after, ""));
            out.push_str(&regex::escape(quoted));
            return after;
        }
        _ => {
            out.push('\\');
            out.push(c);
            return after;
        }
    };
    out.push_str(set);
    after
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn matches_as_go_does() {
        for (pattern, text, want) in [
            ("^(data|stringData)$", "data", true),
            ("^(data|stringData)$", "metadata", false),
            (r"talos/.*\.sops\.ya?ml", "talos/a.sops.yaml", true),
            (r"^\d+$", "٣", false),
            (r"^\w$", "é", false),
            (r"^[\w-]+$", "a-b", true),
            (r"^[]a]$", "]", true),
            (r"^[[a]$", "[", true),
            (r"^[a&&b]+$", "a&b", true),
            (r"^[[:alpha:]]+$", "ab", true),
            (r"\Qa.b\E$", "a.b", true),
            (r"\Qa.b\E$", "axb", false),
            (r"(?i)TOKEN", "my_token", true),
            (r"^[a-]$", "-", true),
            (r"^[-a]$", "-", true),
            (r"^[^]]$", "]", false),
        ] {
            assert_eq!(compile(pattern).unwrap().is_match(text), want, "{pattern} {text}");
        }
        assert_eq!(compile("(?=x)").unwrap_err().code, "sops/pattern");
    }
}
