//! Texts: upper and lower case, and the spellings of names.

use super::text_at;
use crate::template::functions::Answer;
use crate::template::value::Val;

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    let cased = |form: fn(&str) -> String| text_at(arguments, 0).map(|text| Val::text(form(&text)));
    Some(match name {
        "upper" => cased(|text| text.chars().map(upper).collect()),
        "lower" => cased(|text| text.chars().map(lower).collect()),
        "title" => cased(title),
        "untitle" => cased(untitle),
        "swapcase" => cased(|text| text.chars().map(swapped).collect()),
        "nospace" => cased(|text| text.chars().filter(|c| !c.is_whitespace()).collect()),
        "initials" => cased(|text| text.split_whitespace().filter_map(|word| word.chars().next()).collect()),
        "snakecase" => cased(|text| separated(text, '_')),
        "kebabcase" => cased(|text| separated(text, '-')),
        "camelcase" => cased(camel),
        _ => return None,
    })
}

/// One character for one, as Go maps them.
fn upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    upper.next().filter(|_| upper.next().is_none()).unwrap_or(c)
}

fn lower(c: char) -> char {
    c.to_lowercase().next().unwrap_or(c)
}

fn swapped(c: char) -> char {
    if c.is_uppercase() {
        lower(c)
    } else if c.is_lowercase() {
        upper(c)
    } else {
        c
    }
}

/// Each letter behind something that is none, no digit and no underscore.
fn title(text: &str) -> String {
    let mut start = true;
    let change = |c: char| {
        let out = if start { upper(c) } else { c };
        start = if c.is_ascii() { !(c.is_ascii_alphanumeric() || c == '_') } else { c.is_whitespace() };
        out
    };
    text.chars().map(change).collect()
}

/// The first letter of each word; blanks are between words.
fn untitle(text: &str) -> String {
    let mut start = true;
    let change = |c: char| {
        let blank = c.is_whitespace();
        let out = if start && !blank { lower(c) } else { c };
        start = blank;
        out
    };
    text.chars().map(change).collect()
}

/// What a part of a name is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Word {
    Number,
    /// One with a capital at its begin, or only capitals.
    Capital,
    Small,
    Gap,
    Sign,
    Other,
}

fn gap(c: char) -> bool {
    c == '-' || c == '_' || c.is_whitespace()
}

/// Punctuation; of the signs beyond ASCII those that are in names now and then.
fn sign(c: char) -> bool {
    match c {
        '$' | '+' | '<' | '=' | '>' | '^' | '`' | '|' | '~' => false,
        c if c.is_ascii() => c.is_ascii_punctuation(),
        '\u{a1}' | '\u{a7}' | '\u{ab}' | '\u{b6}' | '\u{b7}' | '\u{bb}' | '\u{bf}' => true,
        c => ('\u{2010}'..='\u{2027}').contains(&c) || ('\u{2030}'..='\u{205e}').contains(&c),
    }
}

fn kind(c: char) -> Word {
    match c {
        c if gap(c) => Word::Gap,
        c if sign(c) => Word::Sign,
        c if c.is_uppercase() => Word::Capital,
        c if c.is_alphabetic() => Word::Small,
        c if c.is_numeric() => Word::Number,
        _ => Word::Other,
    }
}

/// Where the first word of a name ends.
fn first_word(text: &[char]) -> usize {
    let Some(first) = text.first() else { return 0 };
    let run = |from: usize, of: Word| from + text[from..].iter().take_while(|c| kind(**c) == of).count();
    match kind(*first) {
        Word::Capital => match text.get(1).map(|c| kind(*c)) {
            Some(Word::Capital) => {
                let end = run(1, Word::Capital);
                // The last capital belongs to the small letters that follow it.
                if text.get(end).is_some_and(|c| kind(*c) == Word::Small) { end - 1 } else { end }
            }
            Some(Word::Small) => run(1, Word::Small),
            _ => 1,
        },
        // Here the separators that are signs do not separate.
        Word::Sign => 1 + text[1..].iter().take_while(|c| sign(**c) || matches!(c, '-' | '_')).count(),
        other => run(1, other),
    }
}

/// The words of a name, each with what it is.
fn words(text: &str) -> Vec<(Word, String)> {
    let chars: Vec<char> = text.chars().collect();
    let (mut rest, mut out) = (chars.as_slice(), Vec::new());
    while let Some(first) = rest.first() {
        let (word, behind) = rest.split_at(first_word(rest));
        out.push((kind(*first), word.iter().collect()));
        rest = behind;
    }
    out
}

/// A name in small letters with a separator between its words. Digits belong to the word before them, unless small letters
/// follow: then they begin a word.
fn separated(text: &str, separator: char) -> String {
    let words = words(text);
    let kind = |at: usize| words.get(at).map(|(word, _)| *word);
    let mut out = String::new();
    let mut at = 0;
    while let Some((word, text)) = words.get(at) {
        put(&mut out, *word, text, separator);
        at += 1;
        match word {
            Word::Gap | Word::Sign => continue,
            Word::Number => at = put_run(&mut out, &words, at, separator),
            // Digits at the end just follow.
            _ if kind(at) == Some(Word::Number) && kind(at + 1).is_none() => continue,
            _ if kind(at) == Some(Word::Number) && kind(at + 1) == Some(Word::Small) => {
                out.push(separator);
                at = put_run(&mut out, &words, at, separator);
            }
            _ if kind(at) == Some(Word::Number) => {
                out.push_str(&words[at].1);
                at += 1;
            }
            _ => {}
        }
        if kind(at).is_some_and(|next| !matches!(next, Word::Gap | Word::Sign)) {
            out.push(separator);
        }
    }
    out
}

/// Digits and small letters that follow each other; gives where they end.
fn put_run(out: &mut String, words: &[(Word, String)], mut at: usize, separator: char) -> usize {
    while let Some((word @ (Word::Small | Word::Number), text)) = words.get(at) {
        put(out, *word, text, separator);
        at += 1;
    }
    at
}

fn put(out: &mut String, word: Word, text: &str, separator: char) {
    match word {
        Word::Gap => out.extend(text.chars().map(|_| separator)),
        Word::Capital => out.extend(text.chars().map(lower)),
        _ => out.push_str(text),
    }
}

/// Words with a capital each, and nothing between them but where two separators are.
fn camel(text: &str) -> String {
    let mut out = String::new();
    let mut chars = text.chars();
    let mut before = '\0';
    let mut capital = false;
    // Separators at the begin stay.
    for c in chars.by_ref() {
        if !gap(c) {
            (before, capital) = (upper(c), c.is_uppercase());
            break;
        }
        out.push(c);
    }
    if chars.as_str().is_empty() {
        // Go's function gives the last one twice.
        out.extend(if before == '\0' { text.chars().last() } else { Some(before) });
        return out;
    }
    for c in chars {
        let mut next = c;
        if gap(c) && gap(before) {
            out.push(before);
            before = c;
            continue;
        }
        if gap(before) {
            capital = c.is_uppercase();
            next = upper(c);
        } else {
            if capital && c.is_uppercase() {
                next = lower(c);
            } else if capital {
                capital = false;
            }
            out.push(before);
        }
        before = next;
    }
    out.push(before);
    out
}
