//! Where YAML says something other than its writer meant, and values that were meant to be replaced.

use yaml::{Node, Value};

use crate::declaration::Type;

/// Whether a number is written so that a reader of another YAML version takes it for another one: `0123`, `0x1F`,
/// `1_000`.
pub(super) fn is_ambiguous(value: &Value, written: &str) -> bool {
    match value {
        Value::Int(number) => written.trim_start_matches('+') != number.to_string(),
        Value::Float(_) => written.contains('_') || has_leading_zero(written),
        _ => false,
    }
}

fn has_leading_zero(written: &str) -> bool {
    let digits = written.trim_start_matches(['+', '-']);
    digits.len() > 1 && digits.starts_with('0') && !digits.starts_with("0.")
}

/// What a text that begins with `!` or `&` is taken for when it has no quotes: a tag that means nothing here, or the
/// anchor of nothing. Its words are not repeated, they may be a secret.
pub(super) fn stray_mark(node: &Node) -> Option<&'static str> {
    const KNOWN: [&str; 8] = ["str", "int", "float", "bool", "null", "seq", "map", "timestamp"];
    let foreign = |tag: &yaml::Tag| tag.full != "!" && tag.core().is_none_or(|name| !KNOWN.contains(&name));
    if node.tag.as_deref().is_some_and(foreign) {
        return Some("a tag");
    }
    (node.is_missing() && node.anchor.is_some()).then_some("an anchor")
}

/// How to write a scalar that has another type than it should. Nothing of a secret is repeated.
pub(super) fn advice(
    types: &[Type],
    value: &Value,
    written: &str,
    plain: bool,
    secret: bool,
) -> Option<String> {
    let lower = written.to_ascii_lowercase();
    match value {
        Value::String(_) if types.contains(&Type::Boolean) => match lower.as_str() {
            "true" | "false" if !plain => Some(format!("write {lower} without quotes")),
            "yes" | "on" | "y" | "1" => Some("write true".to_owned()),
            "no" | "off" | "n" | "0" => Some("write false".to_owned()),
            _ => Some("write true or false".to_owned()),
        },
        Value::Int(number) if types.contains(&Type::Boolean) => {
            Some(if *number == 0 { "write false" } else { "write true or false" }.to_owned())
        }
        Value::String(_) if takes_number(types) && !plain && written.parse::<f64>().is_ok() => {
            Some("write it without quotes".to_owned())
        }
        Value::Bool(_) | Value::Int(_) | Value::Float(_) if types.contains(&Type::String) => {
            Some(if secret {
                "put it in quotes".to_owned()
            } else {
                format!("put it in quotes: \"{written}\"")
            })
        }
        Value::String(_) if types == [Type::Array] && !secret && yaml::plain_is_safe(written) => {
            Some(format!("write a list: [{written}]"))
        }
        _ if types == [Type::Array] => Some("write a list, one value a line behind a dash".to_owned()),
        _ => None,
    }
}

fn takes_number(types: &[Type]) -> bool {
    types.contains(&Type::Integer) || types.contains(&Type::Number)
}

/// Whether a text says that it is to be replaced: `<…>`, `changeme`, `your-…`.
pub(super) fn is_placeholder(text: &str) -> bool {
    const WORDS: [&str; 8] =
        ["changeme", "change-me", "change_me", "change me", "replaceme", "replace-me", "replace_me", "fixme"];
    const BEGINNINGS: [&str; 3] = ["your-", "your_", "your "];
    let text = text.trim();
    let bracketed = text.starts_with('<') && text.ends_with('>');
    let begins = |word: &&str| text.get(..word.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(word));
    bracketed || is_one_of(&WORDS, text) || BEGINNINGS.iter().any(begins)
}

fn is_one_of(words: &[&str], text: &str) -> bool {
    words.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether a text is no value where one must be given: `todo`, `xxx`, `secret`.
pub(super) fn may_be_placeholder(text: &str) -> bool {
    const WORDS: [&str; 9] =
        ["todo", "tbd", "xxx", "placeholder", "secret", "token", "password", "example", "none"];
    let text = text.trim();
    let repeated = text.len() > 2 && text.chars().all(|c| matches!(c, 'x' | 'X' | '.' | '*'));
    repeated || is_one_of(&WORDS, text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use yaml::Dialect;

    #[test]
    fn numbers_that_readers_disagree_on() {
        for (text, ambiguous) in [
            ("100", false),
            ("+5", false),
            ("-7", false),
            ("0", false),
            ("0123", true),
            ("0x1F", true),
            ("1_000", true),
            ("0.5", false),
            ("0888", true),
        ] {
            let value = yaml::load_one(text, Dialect::GoYamlV3).unwrap();
            assert_eq!(is_ambiguous(&value, text), ambiguous, "{text}");
        }
    }

    #[test]
    fn placeholders() {
        for text in ["<token>", "changeme", "Change-Me", "your-token-here", "your_domain"] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in ["xxxx", "TODO", "...", "password"] {
            assert!(!is_placeholder(text) && may_be_placeholder(text), "{text}");
        }
        for text in ["THROWAWAY-0000-not-a-token", "a", "xylophone", "example/home-ops", "yours.example.com"]
        {
            assert!(!is_placeholder(text) && !may_be_placeholder(text), "{text}");
        }
    }
}
