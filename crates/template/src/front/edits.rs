//! Edits of a template, and the order of those at one place.

use std::ops::Range;

/// A replacement of a range of the template (empty for an insertion).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
}

/// Edits as they are found.
#[derive(Debug, Default)]
pub(super) struct Edits {
    /// Insertions before an operand: of those at one place, the one found last stands first.
    opening: Vec<Edit>,
    /// All other edits: of those at one place, the one found first stands first.
    other: Vec<Edit>,
}

impl Edits {
    /// An insertion before an operand that begins at `at`.
    pub(super) fn open(&mut self, at: usize, text: &str) {
        self.opening.push(Edit { range: at..at, text: text.to_owned() });
    }

    /// A replacement, or an insertion behind an operand.
    pub(super) fn add(&mut self, range: Range<usize>, text: impl Into<String>) {
        self.other.push(Edit { range, text: text.into() });
    }

    /// Where the finding of edits stands.
    pub(super) fn mark(&self) -> (usize, usize) {
        (self.opening.len(), self.other.len())
    }

    /// Forgets what was found since.
    pub(super) fn back_to(&mut self, (opening, other): (usize, usize)) {
        self.opening.truncate(opening);
        self.other.truncate(other);
    }

    /// All of them, in the order of the template. What lies within a replaced range is replaced with it.
    pub(super) fn in_order(self) -> Vec<Edit> {
        let opening = self.opening.into_iter().rev().map(|edit| (1, edit));
        // What is inserted behind an operand belongs to what ends there, and so before what begins there; the
        // replacement of a token comes after both.
        let other = self.other.into_iter().map(|edit| (if edit.range.is_empty() { 0 } else { 2 }, edit));
        let mut all: Vec<(u8, Edit)> = opening.chain(other).collect();
        all.sort_by_key(|(rank, edit)| (edit.range.start, *rank));
        let mut replaced = 0;
        let stays = |edit: &Edit| {
            let stays = edit.range.start >= replaced;
            replaced = replaced.max(edit.range.end);
            stays
        };
        all.into_iter().map(|(_, edit)| edit).filter(stays).collect()
    }
}
