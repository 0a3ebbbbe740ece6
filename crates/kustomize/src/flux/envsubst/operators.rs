//! What an expression makes of a variable's value.

use std::borrow::Cow;

use super::{MAX_TEXT, Why, glob};

/// The longest value that patterns are tried on: each of its beginnings is, one after the other.
const MAX_PATTERN_VALUE: usize = 16 << 10;

/// An operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    None,
    Length,
    LowerFirst,
    Lower,
    UpperFirst,
    Upper,
    /// Every form with a default, with or without a colon, and what is no operator: all stand in for empty text.
    Default,
    Part,
    Trim {
        end: bool,
        longest: bool,
    },
    ReplaceFirst,
    ReplaceAll,
    ReplaceStart,
    ReplaceEnd,
}

impl Operator {
    pub(super) fn apply<'t>(self, value: &'t str, arguments: &[Cow<'t, str>]) -> Result<Cow<'t, str>, Why> {
        let first = arguments.first().map(AsRef::as_ref).unwrap_or_default();
        let second = arguments.get(1).map(AsRef::as_ref);
        Ok(match self {
            Self::Length => value.len().to_string().into(),
            Self::Lower => value.chars().map(lower).collect(),
            Self::Upper => value.chars().map(upper).collect(),
            Self::LowerFirst => first_changed(value, lower).into(),
            Self::UpperFirst => first_changed(value, upper).into(),
            Self::Default if value.is_empty() => arguments.concat().into(),
            Self::None | Self::Default => value.into(),
            Self::Part => part(value, first, second)?.into(),
            Self::Trim { end, longest } => trim(value, first, end, longest)?,
            Self::ReplaceFirst => value.replacen(first, second.unwrap_or_default(), 1).into(),
            Self::ReplaceAll => replace_all(value, first, second.unwrap_or_default())?.into(),
            Self::ReplaceStart => match (value.strip_prefix(first), second) {
                (Some(rest), Some(new)) => format!("{new}{rest}").into(),
                _ => value.into(),
            },
            Self::ReplaceEnd => match (value.strip_suffix(first), second) {
                (Some(rest), Some(new)) => format!("{rest}{new}").into(),
                _ => value.into(),
            },
        })
    }
}

/// One character for one, as Go does.
fn lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        // The dotted capital i.
        (Some(one), Some(_)) if c == '\u{130}' => one,
        _ => c,
    }
}

fn upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    match (upper.next(), upper.next()) {
        (Some(one), None) => one,
        _ => c,
    }
}

fn first_changed(value: &str, change: fn(char) -> char) -> String {
    let mut chars = value.chars();
    chars.next().map(change).into_iter().chain(chars).collect()
}

/// Bytes from a start, counted from the end when negative. Numbers that are none leave the value as it is.
fn part<'v>(value: &'v str, start: &str, length: Option<&str>) -> Result<&'v str, Why> {
    let Ok(start) = start.parse::<i64>() else { return Ok(value) };
    let whole = i64::try_from(value.len()).map_err(|_| Why::Size)?;
    let start = if start < 0 { (whole + start).max(0) } else { start };
    let end = match length.map(str::parse::<i64>) {
        None => whole,
        Some(Ok(length)) if length < 0 => {
            start.checked_add(length).filter(|end| *end >= start).ok_or(Why::Length)?
        }
        Some(Ok(length)) => start.saturating_add(length).min(whole),
        Some(Err(_)) => return Ok(value),
    };
    if start >= whole {
        return Ok("");
    }
    let index = |at| usize::try_from(at).unwrap_or_default();
    value.get(index(start)..index(end)).ok_or(Why::Character)
}

/// Takes the shortest or longest beginning (or end) away that a pattern matches. Nothing is never the shortest.
fn trim<'v>(value: &'v str, pattern: &str, end: bool, longest: bool) -> Result<Cow<'v, str>, Why> {
    if value.len() > MAX_PATTERN_VALUE || pattern.len() > MAX_PATTERN_VALUE {
        return Err(Why::Size);
    }
    if !end {
        let rest = &value.as_bytes()[matched(value, pattern, longest)..];
        return std::str::from_utf8(rest).map(Cow::Borrowed).map_err(|_| Why::Character);
    }
    let reversed = |text: &str| text.chars().rev().collect::<String>();
    let backwards = reversed(value);
    let rest = &backwards.as_bytes()[matched(&backwards, &reversed(pattern), longest)..];
    // Turning the text around again makes a replacement character of a byte that is no character.
    Ok(reversed(&String::from_utf8_lossy(rest)).into())
}

/// How many bytes at the beginning a pattern matches.
fn matched(value: &str, pattern: &str, longest: bool) -> usize {
    let mut shortest = 0;
    for end in (1..=value.len()).rev() {
        match glob::matches(pattern.as_bytes(), &value.as_bytes()[..end]) {
            Err(glob::BadPattern) => return 0,
            Ok(true) if longest => return end,
            Ok(true) => shortest = end,
            Ok(false) => {}
        }
    }
    shortest
}

fn replace_all(value: &str, old: &str, new: &str) -> Result<String, Why> {
    let matches = if old.is_empty() { value.chars().count() + 1 } else { value.matches(old).count() };
    match matches.checked_mul(new.len()) {
        Some(added) if added <= MAX_TEXT => Ok(value.replace(old, new)),
        _ => Err(Why::Size),
    }
}
