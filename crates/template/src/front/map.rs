//! Where a place of the rewritten text was in the template.

use std::ops::Range;

/// Pieces of the rewritten text, in order, with what they come from.
#[derive(Debug, Default)]
pub(crate) struct SourceMap {
    pieces: Vec<Piece>,
}

#[derive(Debug)]
struct Piece {
    /// First byte in the rewritten text.
    out: usize,
    /// First byte in the template.
    source: usize,
    /// Bytes that were copied; none for inserted text.
    len: usize,
    /// How far behind `source` what the piece stands for ends.
    last: usize,
}

impl SourceMap {
    pub(super) fn copied(&mut self, out: usize, range: &Range<usize>) {
        if !range.is_empty() {
            self.pieces.push(Piece { out, source: range.start, len: range.len(), last: 0 });
        }
    }

    pub(super) fn inserted(&mut self, out: usize, at: usize) {
        self.pieces.push(Piece { out, source: at, len: 0, last: 0 });
    }

    /// Text that stands for a range of the template.
    pub(super) fn replaced(&mut self, out: usize, range: &Range<usize>) {
        self.pieces.push(Piece { out, source: range.start, len: 0, last: range.len().saturating_sub(1) });
    }

    /// The place in the template that belongs to a place in the rewritten text.
    pub(crate) fn source(&self, out: usize) -> usize {
        self.piece(out).map_or(0, |piece| piece.source + (out - piece.out).min(piece.len))
    }

    /// As [`SourceMap::source`]; of text that stands for several bytes the last of them.
    pub(crate) fn last(&self, out: usize) -> usize {
        self.source(out) + self.piece(out).map_or(0, |piece| piece.last)
    }

    fn piece(&self, out: usize) -> Option<&Piece> {
        let next = self.pieces.partition_point(|piece| piece.out <= out);
        next.checked_sub(1).and_then(|at| self.pieces.get(at))
    }
}
