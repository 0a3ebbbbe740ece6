//! INI files, as far as they can be judged without a key: the sops program reads and writes them, not this crate.

use yaml::Span;

use crate::audit::Plain;
use crate::cipher::Sealed;
use crate::metadata::KEY;
use crate::selector::{Selector, SelectorKind};
use crate::{Error, Result};

/// A line `key = value` or `key: value` of a section.
struct Entry<'t> {
    section: &'t str,
    key: &'t str,
    value: &'t str,
    span: Span,
}

fn entries(text: &str) -> Vec<Entry<'_>> {
    let (mut found, mut section, mut start) = (Vec::new(), "DEFAULT", 0);
    for whole in text.split_inclusive('\n') {
        let line = whole.trim();
        if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.split(']').next()) {
            section = name.trim();
        } else if !line.is_empty() && !line.starts_with(['#', ';']) {
            let (key, value) = line.split_once(['=', ':']).unwrap_or((line, ""));
            let (key, value) = (key.trim(), value.trim());
            let at = start + (whole.len() - whole.trim_start().len()) + line.len() - value.len();
            found.push(Entry { section, key, value, span: Span::new(at, at + value.len()) });
        }
        start += whole.len();
    }
    found
}

fn of_block<'t>(entries: &[Entry<'t>], key: &str) -> Option<&'t str> {
    let own = entries.iter().find(|entry| entry.section == KEY && entry.key == key);
    own.map(|entry| entry.value).filter(|value| !value.is_empty())
}

/// Whether the block has an integrity code and a version.
pub(crate) fn is_encrypted(text: &str) -> bool {
    let entries = entries(text);
    ["mac", "version"].iter().all(|key| of_block(&entries, key).is_some())
}

/// The values that the recorded rule chooses but that stand there in plain text.
///
/// # Errors
/// `sops/not-encrypted`, `sops/no-mac`, `sops/pattern`.
pub fn audit_ini(text: &str) -> Result<Vec<Plain>> {
    let entries = entries(text);
    if !entries.iter().any(|entry| entry.section == KEY) {
        return Err(Error::new("sops/not-encrypted", "the file has no sops block: it is not encrypted"));
    }
    if of_block(&entries, "mac").is_none() {
        return Err(Error::new("sops/no-mac", "the file has no integrity code (mac)"));
    }
    let fields: Vec<_> = SelectorKind::ALL
        .into_iter()
        .filter_map(|kind| Some((kind, of_block(&entries, kind.key())?.to_owned())))
        .collect();
    let selector = Selector::from_fields(&fields)?;
    if selector.by_comment() {
        return Ok(Vec::new());
    }
    let plain = entries.iter().filter(|entry| {
        let chosen = selector.chooses(selector.hits(entry.section) || selector.hits(entry.key));
        chosen && entry.section != KEY && !entry.value.is_empty() && Sealed::parse(entry.value).is_none()
    });
    let path = |entry: &Entry| format!("{}.{}", entry.section, entry.key);
    Ok(plain.map(|entry| Plain { path: path(entry), span: entry.span, bundle: false }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEALED: &str = "ENC[AES256_GCM,data:a,iv:b,tag:c,type:str]";

    #[test]
    fn plain_values_are_found() {
        let file = |own: &str, block: &str| {
            format!(
                "; c\nq = {SEALED}\n[s]\na_unencrypted = x\nc =\n{own}[sops]\nmac = m\nversion = 3\n{block}"
            )
        };
        let paths = |text: &str| {
            audit_ini(text).map(|plain| {
                plain.into_iter().map(|p| (p.path, text[p.span.range()].to_owned())).collect::<Vec<_>>()
            })
        };
        assert_eq!(paths(&file("", "")).unwrap(), []);
        assert_eq!(
            paths(&file("  d  :  left here \r\n", "")).unwrap(),
            [("s.d".to_owned(), "left here".to_owned())]
        );
        assert_eq!(paths(&file("d = 1\n", "encrypted_regex = ^e$\n")).unwrap(), []);
        assert_eq!(paths("[s]\na = 1\n").unwrap_err().code, "sops/not-encrypted");
        assert_eq!(paths("[sops]\nversion = 3\n").unwrap_err().code, "sops/no-mac");
    }
}
