//! Regular expressions (RE2's syntax, which Rust's shares for all that is in use) and versions.

use regex::Regex;

use super::{int_at, text_at};
use crate::template::functions::Answer;
use crate::template::value::Val;

pub(super) fn call<'a>(name: &str, arguments: &[Val<'a>]) -> Option<Answer<'a>> {
    let text = |n| text_at(arguments, n);
    let regex = || Regex::new(&text(0)?).map_err(|_| "this is no regular expression".to_owned());
    let limit = |n| int_at(arguments, n).map(|n| usize::try_from(n).unwrap_or(usize::MAX));
    Some(match name {
        "regexMatch" => regex().and_then(|regex| Ok(Val::Bool(regex.is_match(&text(1)?)))),
        "regexFind" => {
            regex().and_then(|regex| Ok(Val::text(regex.find(&text(1)?).map_or("", |found| found.as_str()))))
        }
        "regexFindAll" => regex().and_then(|regex| {
            let subject = text(1)?;
            Ok(Val::list(
                regex.find_iter(&subject).take(limit(2)?).map(|found| Val::text(found.as_str())).collect(),
            ))
        }),
        "regexReplaceAll" => {
            regex().and_then(|regex| Ok(Val::text(regex.replace_all(&text(1)?, text(2)?.as_str()))))
        }
        "regexReplaceAllLiteral" => {
            regex().and_then(|regex| Ok(Val::text(regex.replace_all(&text(1)?, regex::NoExpand(&text(2)?)))))
        }
        "regexSplit" => regex().and_then(|regex| {
            let subject = text(1)?;
            let limit = limit(2)?;
            let parts: Vec<_> = if limit == usize::MAX {
                regex.split(&subject).collect()
            } else {
                regex.splitn(&subject, limit).collect()
            };
            Ok(Val::list(parts.into_iter().map(Val::text).collect()))
        }),
        "regexQuoteMeta" => text(0).map(|text| Val::text(regex::escape(&text))),
        _ => return None,
    })
}

/// Whether a version meets a constraint: comparisons with commas or blanks between, `~1.2`, `^1.2`.
pub(super) fn semver_compare(constraint: &str, version: &str) -> Result<bool, String> {
    let version = parts(version).ok_or("this is no version")?;
    let mut all = true;
    for term in constraint.split([',', ' ']).filter(|term| !term.is_empty()) {
        let (operator, wanted) =
            term.split_at(term.find(|c: char| c.is_ascii_digit() || c == 'v').unwrap_or(0));
        let given =
            wanted.trim_start_matches('v').split(['-', '+']).next().unwrap_or_default().split('.').count();
        let wanted = parts(wanted).ok_or("this is no constraint")?;
        all &= match operator {
            "" | "=" | "==" if given < 3 => version[..given] == wanted[..given],
            "" | "=" | "==" => version == wanted,
            "!=" => version != wanted,
            ">" => version > wanted,
            ">=" | "=>" => version >= wanted,
            "<" => version < wanted,
            "<=" | "=<" => version <= wanted,
            "~" | "~>" => version >= wanted && version[..given.min(2)] == wanted[..given.min(2)],
            "^" => {
                let fixed = wanted.iter().position(|part| *part > 0).unwrap_or(0);
                version >= wanted && version[..=fixed] == wanted[..=fixed]
            }
            _ => return Err("this is no constraint".to_owned()),
        };
    }
    Ok(all)
}

fn parts(version: &str) -> Option<[u64; 3]> {
    let core = version.trim_start_matches('v').split(['-', '+']).next()?;
    let mut out = [0; 3];
    for (n, part) in core.split('.').enumerate() {
        *out.get_mut(n)? = part.parse().ok()?;
    }
    Some(out)
}
