//! Patterns as Go reads them, with an error of our own.

use regex::Regex;

use crate::{Error, Result};

/// Compiles a Go pattern.
///
/// # Errors
/// `sops/pattern`.
pub(crate) fn compile(pattern: &str) -> Result<Regex> {
    goregex::compile(pattern)
        .map_err(|why| Error::new("sops/pattern", format!("{pattern:?} is not a regular expression: {why}")))
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
