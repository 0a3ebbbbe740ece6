//! Where a JSON text may be cut: at any comma between entries, but not inside the `sops` block nor before it.

use super::Piece;
use crate::metadata::KEY;

struct Open<'t> {
    object: bool,
    /// The key of the entry, quotes included.
    key: &'t str,
    /// Whether a string would be a key.
    before_key: bool,
}

/// The pieces; none where brackets do not fit.
pub(super) fn cut(text: &str, size: usize) -> Option<Vec<Piece>> {
    let bytes = text.as_bytes();
    let (mut pieces, mut open) = (Vec::new(), Vec::<Open>::new());
    let (mut start, mut header) = (0, String::new());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => {
                let end = string_end(bytes, at)?;
                if let Some(last) = open.last_mut().filter(|last| last.before_key) {
                    last.key = &text[at..end];
                    last.before_key = false;
                }
                at = end;
                continue;
            }
            b'{' | b'[' => {
                let object = *byte == b'{';
                if open.len() == 1 && is_block(open[0].key) {
                    break;
                }
                open.push(Open { object, key: "", before_key: object });
            }
            b'}' | b']' => {
                open.pop().filter(|last| last.object == (*byte == b'}'))?;
            }
            b',' => {
                let level = open.len();
                let last = open.last_mut()?;
                last.before_key = last.object;
                if level == 1 && is_block(text[at + 1..].trim_start()) {
                    break;
                }
                if at - start >= size {
                    pieces.push(Piece {
                        header,
                        range: start..at,
                        between: ",",
                        footer: closing(&open),
                        depth: 0,
                    });
                    header = opening(&open);
                    start = at + 1;
                }
            }
            _ => {}
        }
        at += 1;
    }
    pieces.push(Piece { header, range: start..text.len(), between: "", footer: String::new(), depth: 0 });
    Some(pieces)
}

fn is_block(key: &str) -> bool {
    key.strip_prefix('"').and_then(|key| key.strip_prefix(KEY)).is_some_and(|rest| rest.starts_with('"'))
}

/// The offset behind a string.
fn string_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
        if bytes[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

fn opening(open: &[Open]) -> String {
    let mut header = String::new();
    for (number, level) in open.iter().enumerate() {
        header.push(if level.object { '{' } else { '[' });
        if level.object && number + 1 < open.len() {
            header.extend([level.key, ":"]);
        }
    }
    header
}

fn closing(open: &[Open]) -> String {
    open.iter().rev().map(|level| if level.object { '}' } else { ']' }).collect()
}
