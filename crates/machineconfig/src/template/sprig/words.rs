//! Texts: questions about them, and splitting them.

use std::collections::BTreeMap;

use super::{int_at, strings, text_at};
use crate::template::functions::Answer;
use crate::template::value::{Of, Val};

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    let text = |n| text_at(arguments, n);
    let asked = |ask: fn(&str, &str) -> bool| text(0).and_then(|part| Ok(Val::Bool(ask(&text(1)?, &part))));
    let first = || arguments.first().unwrap_or(&Val::Nil);
    Some(match name {
        "contains" => asked(|whole, part| whole.contains(part)),
        "hasPrefix" => asked(|whole, part| whole.starts_with(part)),
        "hasSuffix" => asked(|whole, part| whole.ends_with(part)),
        "split" => text(0).and_then(|separator| Ok(numbered(&parts(&text(1)?, &separator, -1)))),
        "splitn" => {
            text(0).and_then(|separator| Ok(numbered(&parts(&text(2)?, &separator, int_at(arguments, 1)?))))
        }
        "splitList" => text(0).and_then(|separator| Ok(Val::texts(parts(&text(1)?, &separator, -1)))),
        "toStrings" => Ok(Val::texts(strings(first()))),
        "sortAlpha" => Ok(sorted(first())),
        _ => return None,
    })
}

/// The parts of a text; without a separator its characters. No more than `most`, unless that is negative.
fn parts(text: &str, separator: &str, most: i64) -> Vec<String> {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    if !separator.is_empty() {
        return text.splitn(most, separator).map(str::to_owned).collect();
    }
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next().filter(|_| parts.len() < most) {
        let end = if parts.len() + 1 == most { rest.len() } else { c.len_utf8() };
        parts.push(rest[..end].to_owned());
        rest = &rest[end..];
    }
    parts
}

/// `_0`, `_1`, … as sprig names the parts.
fn numbered<'a>(parts: &[String]) -> Val<'a> {
    let entries: BTreeMap<_, _> =
        parts.iter().enumerate().map(|(n, part)| (format!("_{n}"), Val::text(part))).collect();
    Val::map_of_texts(entries)
}

/// The texts of a list in order; what is no list is a text of its own, even nothing.
fn sorted<'a>(value: &Val<'_>) -> Val<'a> {
    let mut texts = if value.items().is_some() { strings(value) } else { vec![super::string(value)] };
    texts.sort();
    Val::list_of(texts.iter().map(Val::text).collect(), Of::Texts)
}
