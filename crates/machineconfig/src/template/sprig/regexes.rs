//! Regular expressions.

use regex::{NoExpand, Regex};

use super::{int_at, text_at};
use crate::template::functions::Answer;
use crate::template::limits;
use crate::template::value::{Of, Val};

/// `must` tells `regexMatch` to complain about an expression that is none.
pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>], must: bool) -> Option<Answer<'a>> {
    let text = |n| text_at(arguments, n);
    let regex = || compiled(&text(0)?);
    let most = |n| int_at(arguments, n).map(|n| usize::try_from(n).unwrap_or(usize::MAX));
    Some(match name {
        "regexMatch" => match (regex(), must) {
            (Err(_), false) => Ok(Val::Bool(false)),
            (regex, _) => regex.and_then(|regex| Ok(Val::Bool(regex.is_match(&text(1)?)))),
        },
        "regexFind" => {
            regex().and_then(|regex| Ok(Val::text(regex.find(&text(1)?).map_or("", |found| found.as_str()))))
        }
        "regexFindAll" => regex().and_then(|regex| {
            let subject = text(1)?;
            let found = regex.find_iter(&subject).take(most(2)?).map(|found| found.as_str());
            Ok(made(found.collect()))
        }),
        "regexReplaceAll" => regex().and_then(|regex| replaced(&regex, &text(1)?, &text(2)?)),
        "regexReplaceAllLiteral" => regex().and_then(|regex| {
            let (subject, new) = (text(1)?, text(2)?);
            limits::fits(regex.find_iter(&subject).count(), new.len(), subject.len())?;
            Ok(Val::text(regex.replace_all(&subject, NoExpand(&new))))
        }),
        "regexSplit" => regex().and_then(|regex| Ok(split(&regex, &text(1)?, int_at(arguments, 2)?))),
        "regexQuoteMeta" => text(0).map(|text| Val::text(quoted(&text))),
        _ => return None,
    })
}

fn compiled(pattern: &str) -> Result<Regex, String> {
    goregex::compile_with_groups(pattern).map_err(|why| format!("this is no regular expression: {why}"))
}

/// What was found; of nothing no list is made.
fn made<'a>(texts: Vec<&str>) -> Val<'a> {
    if texts.is_empty() { Val::no_list(Of::Texts) } else { Val::texts(texts) }
}

fn replaced<'a>(regex: &Regex, subject: &str, new: &str) -> Answer<'a> {
    // What stands for each match may hold the match itself, once for each sign.
    let signs = new.matches('$').count();
    let matched: usize = regex.find_iter(subject).map(|found| found.len()).sum();
    limits::fits(signs, matched, subject.len())?;
    limits::fits(regex.find_iter(subject).count(), new.len(), subject.len())?;
    Ok(Val::text(regex.replace_all(subject, new)))
}

fn split<'a>(regex: &Regex, subject: &str, most: i64) -> Val<'a> {
    if most == 0 {
        return made(Vec::new());
    }
    if !regex.as_str().is_empty() && subject.is_empty() {
        return Val::texts([""]);
    }
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let (mut parts, mut begin, mut end) = (Vec::new(), 0, 0);
    for found in regex.find_iter(subject).take(most) {
        if parts.len() + 1 == most {
            break;
        }
        end = found.start();
        if found.end() != 0 {
            parts.push(&subject[begin..end]);
        }
        begin = found.end();
    }
    if end != subject.len() {
        parts.push(&subject[begin..]);
    }
    made(parts)
}

fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$".contains(c) {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
