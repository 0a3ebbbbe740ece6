//! Texts: questions about them, their case, and splitting them.

use std::collections::BTreeMap;

use super::{list_at, size_at, string, text_at};
use crate::template::functions::Answer;
use crate::template::value::Val;

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    let text = |n| text_at(arguments, n);
    let cased = |form: fn(&str) -> String| text(0).map(|text| Val::text(form(&text)));
    let asked = |ask: fn(&str, &str) -> bool| text(0).and_then(|part| Ok(Val::Bool(ask(&text(1)?, &part))));
    Some(match name {
        "contains" => asked(|whole, part| whole.contains(part)),
        "hasPrefix" => asked(|whole, part| whole.starts_with(part)),
        "hasSuffix" => asked(|whole, part| whole.ends_with(part)),
        "title" => cased(|text| first_of_words(text, true)),
        "untitle" => cased(|text| first_of_words(text, false)),
        "initials" => cased(|text| text.split_whitespace().filter_map(|word| word.chars().next()).collect()),
        "swapcase" => cased(swapped),
        "snakecase" => cased(|text| separated(text, '_')),
        "kebabcase" => cased(|text| separated(text, '-')),
        "camelcase" => cased(camel),
        "split" => text(0).and_then(|separator| Ok(numbered(text(1)?.split(separator.as_str())))),
        "splitn" => text(0)
            .and_then(|separator| Ok(numbered(text(2)?.splitn(size_at(arguments, 1)?, separator.as_str())))),
        "splitList" => text(0)
            .and_then(|separator| Ok(Val::list(text(1)?.split(separator.as_str()).map(Val::text).collect()))),
        "toStrings" => strings(arguments).map(|texts| Val::list(texts.iter().map(Val::text).collect())),
        "sortAlpha" => strings(arguments).map(|mut texts| {
            texts.sort();
            Val::list(texts.iter().map(Val::text).collect())
        }),
        _ => return None,
    })
}

/// The items of a list as texts, but for those that are nothing.
fn strings(arguments: &[Val<'_>]) -> Result<Vec<String>, String> {
    if matches!(arguments, [Val::Nil]) {
        return Ok(Vec::new());
    }
    let items = list_at(arguments, 0)?;
    Ok(items.iter().filter(|item| !matches!(item, Val::Nil)).map(string).collect())
}

/// `_0`, `_1`, … as sprig names the parts.
fn numbered<'a, 't>(parts: impl Iterator<Item = &'t str>) -> Val<'a> {
    let entries: BTreeMap<_, _> =
        parts.enumerate().map(|(n, part)| (format!("_{n}"), Val::text(part))).collect();
    Val::map(entries)
}

fn first_of_words(text: &str, upper: bool) -> String {
    let mut start = true;
    let change = |c: char| {
        let out: String = match (start, upper) {
            (true, true) => c.to_uppercase().collect(),
            (true, false) => c.to_lowercase().collect(),
            _ => c.to_string(),
        };
        start = !(c.is_alphanumeric() || c == '_' || c == '\'');
        out
    };
    text.chars().map(change).collect()
}

fn swapped(text: &str) -> String {
    text.chars()
        .map(
            |c| {
                if c.is_lowercase() {
                    c.to_uppercase().collect::<String>()
                } else {
                    c.to_lowercase().collect()
                }
            },
        )
        .collect()
}

/// The words of a text in any of the usual spellings.
fn parts(text: &str) -> Vec<String> {
    let mut out = vec![String::new()];
    let chars: Vec<char> = text.chars().collect();
    for (n, c) in chars.iter().enumerate() {
        let previous = n.checked_sub(1).map(|n| chars[n]);
        let next = chars.get(n + 1);
        let separator = matches!(c, '_' | '-' | ' ' | '.');
        let begins = c.is_uppercase()
            && previous.is_some_and(|p| {
                p.is_lowercase() || p.is_numeric() || next.is_some_and(|next| next.is_lowercase())
            });
        if separator || begins {
            out.push(String::new());
        }
        if !separator && let Some(last) = out.last_mut() {
            last.push(*c);
        }
    }
    out.into_iter().filter(|part| !part.is_empty()).collect()
}

fn separated(text: &str, separator: char) -> String {
    parts(text).iter().map(|part| part.to_lowercase()).collect::<Vec<_>>().join(&separator.to_string())
}

fn camel(text: &str) -> String {
    parts(text)
        .iter()
        .map(|part| {
            let mut chars = part.chars();
            chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
        })
        .collect()
}
