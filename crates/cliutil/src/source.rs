//! A text that diagnostics point into, and what of it may be shown.

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use zeroize::Zeroize as _;

/// What stands for hidden text in an excerpt; its length says nothing about what it hides.
const HIDDEN: &str = "***";

/// How much of a text an excerpt may show.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Mask {
    /// All of it: templates, generated manifests.
    #[default]
    None,
    /// Only keys and the given ranges: configuration, secret bundles, decrypted files. Everything else is hidden,
    /// comments and broken lines too.
    Except(Vec<Range<usize>>),
}

/// A named text.
#[derive(Clone)]
pub struct Source {
    name: String,
    text: Cow<'static, str>,
    mask: Mask,
    /// Where lines begin; made when a place is first asked for.
    line_starts: OnceLock<Vec<usize>>,
}

impl Drop for Source {
    /// A text that may not be shown is not left in memory either.
    fn drop(&mut self) {
        if let Cow::Owned(text) = &mut self.text
            && self.mask != Mask::None
        {
            text.zeroize();
        }
    }
}

impl std::fmt::Debug for Source {
    /// Never the text: it may be secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("name", &self.name).finish_non_exhaustive()
    }
}

impl Source {
    /// A text that may be shown.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self::with(name.into(), Cow::Owned(text.into()))
    }

    /// A text that is part of the program.
    pub fn of_program(name: impl Into<String>, text: &'static str) -> Self {
        Self::with(name.into(), Cow::Borrowed(text))
    }

    fn with(name: String, text: Cow<'static, str>) -> Self {
        Self { name, text, mask: Mask::None, line_starts: OnceLock::new() }
    }

    /// Hides everything but keys and the ranges of `mask`.
    #[must_use]
    pub fn with_mask(mut self, mask: Mask) -> Self {
        self.mask = mask;
        self
    }

    /// The name shown in diagnostics: a path as the user gave it, or `<stdin>`.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What may be shown.
    pub fn mask(&self) -> &Mask {
        &self.mask
    }

    fn line_starts(&self) -> &[usize] {
        let text = self.text();
        self.line_starts.get_or_init(|| {
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
        })
    }

    /// Line and column, from 1, of a byte offset; columns count characters.
    pub fn line_column(&self, offset: usize) -> (usize, usize) {
        let line = self.line_of(offset);
        let start = self.line_starts()[line];
        let column = self.text.get(start..offset.min(self.text.len())).map_or(0, |part| part.chars().count());
        (line + 1, column + 1)
    }

    /// Index, from 0, of the line that holds a byte offset.
    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.line_starts().partition_point(|start| *start <= offset).saturating_sub(1)
    }

    /// The byte range of a line (index from 0), without its line break.
    pub(crate) fn line_range(&self, line: usize) -> Range<usize> {
        let start = self.line_starts()[line];
        let end = self.line_starts().get(line + 1).map_or(self.text.len(), |next| next - 1);
        let end = if self.text[start..end].ends_with('\r') { end - 1 } else { end };
        start..end
    }

    /// Lines `first..=last` (from 0) as they may be shown, and the byte offset in that excerpt for each of `offsets`.
    pub(crate) fn excerpt(&self, first: usize, last: usize, offsets: &[usize]) -> (String, Vec<usize>) {
        let mut shown = String::new();
        let mut mapped = vec![0; offsets.len()];
        for line in first..=last.min(self.line_starts().len() - 1) {
            let range = self.line_range(line);
            for piece in self.pieces(range.clone()) {
                let begin = shown.len();
                let text = if piece.hidden { HIDDEN } else { &self.text[piece.range.clone()] };
                shown.push_str(text);
                for (offset, place) in offsets.iter().zip(&mut mapped) {
                    if piece.range.contains(offset) {
                        *place = if piece.hidden { begin } else { begin + offset - piece.range.start };
                    }
                }
            }
            for (offset, place) in offsets.iter().zip(&mut mapped) {
                if *offset >= range.end && self.line_of(*offset) == line {
                    *place = shown.len();
                }
            }
            shown.push('\n');
        }
        (shown, mapped)
    }

    fn pieces(&self, line: Range<usize>) -> Vec<Piece> {
        let Mask::Except(shown) = &self.mask else { return vec![Piece { range: line, hidden: false }] };
        let text = &self.text[line.clone()];
        let value_at = line.start + visible_prefix(text);
        let mut pieces = vec![Piece { range: line.start..value_at, hidden: false }];
        let mut at = value_at;
        let mut ranges: Vec<_> =
            shown.iter().filter(|range| range.start < line.end && range.end > value_at).collect();
        ranges.sort_by_key(|range| range.start);
        for range in ranges {
            let (start, end) = (range.start.max(at), range.end.min(line.end));
            if start >= end {
                continue;
            }
            self.push_hidden(&mut pieces, at..start);
            pieces.push(Piece { range: start..end, hidden: false });
            at = end;
        }
        self.push_hidden(&mut pieces, at..line.end);
        pieces
    }

    /// Blanks at the edges of hidden text stay, so that nothing is shown for text that is only blank.
    fn push_hidden(&self, pieces: &mut Vec<Piece>, range: Range<usize>) {
        let text = &self.text[range.clone()];
        let trimmed = text.trim();
        if trimmed.is_empty() {
            pieces.push(Piece { range, hidden: false });
            return;
        }
        let start = range.start + (text.len() - text.trim_start().len());
        let end = start + trimmed.len();
        pieces.push(Piece { range: range.start..start, hidden: false });
        pieces.push(Piece { range: start..end, hidden: true });
        pieces.push(Piece { range: end..range.end, hidden: false });
    }
}

/// A longer word before a colon may be a secret.
const LONGEST_KEY: usize = 63;

struct Piece {
    range: Range<usize>,
    hidden: bool,
}

/// The length of what a line of a secret text may always show: indentation, list dashes and a key.
fn visible_prefix(line: &str) -> usize {
    let mut rest = line.trim_start();
    while let Some(item) = rest.strip_prefix('-').filter(|item| item.starts_with(char::is_whitespace)) {
        rest = item.trim_start();
    }
    line.len() - rest.len() + key_length(rest)
}

/// The length of a key as our formats have them, with the blank behind its colon. What is no such key may be part of a value.
fn key_length(text: &str) -> usize {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || "_./-".contains(c);
    let name = text.find(|c| !is_inner(c)).unwrap_or(text.len());
    let is_name = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name <= LONGEST_KEY;
    match text[name..].strip_prefix(':').filter(|_| is_name).map(|behind| behind.chars().next()) {
        Some(None) => name + 1,
        Some(Some(blank)) if blank.is_whitespace() => name + 1 + blank.len_utf8(),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_one_in_characters() {
        let source = Source::new("x", "a\nbé c\n");
        assert_eq!(source.line_column(0), (1, 1));
        assert_eq!(source.line_column(5), (2, 3));
        assert_eq!(source.line_column(8), (3, 1));
    }

    #[test]
    fn a_mask_hides_all_but_keys_and_what_is_given() {
        let text = "token: s3cret # note\naddr: 10.0.0.1\nlist:\n  - hidden\nbroken s3cret\npem: |\n  Proc: key\n  c2VjcmV0\n";
        let at = text.find("10.0").unwrap();
        let source = Source::new("c", text).with_mask(Mask::Except(std::iter::once(at..at + 8).collect()));
        let (shown, offsets) = source.excerpt(0, 7, &[at, at + 8, 7]);
        assert_eq!(shown, "token: ***\naddr: 10.0.0.1\nlist:\n  - ***\n***\npem: ***\n  Proc: ***\n  ***\n");
        assert_eq!(&shown[offsets[0]..offsets[1]], "10.0.0.1");
        assert_eq!(offsets[2], 7);
        assert!(!shown.contains("s3cret") && !shown.contains("c2Vj"));
    }

    #[test]
    fn what_a_line_always_shows() {
        let long = "k".repeat(LONGEST_KEY);
        for (line, shown) in [
            ("", ""),
            ("  - - a.b/c-d_1: x", "  - - a.b/c-d_1: "),
            ("\u{a0}-\u{2003}key:\u{a0}x", "\u{a0}-\u{2003}key:\u{a0}"),
            ("key:", "key:"),
            ("key:x", ""),
            ("-key: x", ""),
            (" - -x", " - "),
            ("- -", "- "),
            ("1key: x", ""),
            ("é: x", ""),
            ("ké: x", ""),
            ("c2VjcmV0", ""),
            ("http://x: y", ""),
            (&format!("{long}: x"), &format!("{long}: ")),
            (&format!("{long}k: x"), ""),
        ] {
            assert_eq!(&line[..visible_prefix(line)], shown, "{line:?}");
        }
    }
}
