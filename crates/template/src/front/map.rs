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
}

impl SourceMap {
    pub(super) fn copied(&mut self, out: usize, range: &Range<usize>) {
        if !range.is_empty() {
            self.pieces.push(Piece { out, source: range.start, len: range.len() });
        }
    }

    pub(super) fn inserted(&mut self, out: usize, at: usize) {
        self.pieces.push(Piece { out, source: at, len: 0 });
    }

    /// The place in the template that belongs to a place in the rewritten text.
    pub(crate) fn source(&self, out: usize) -> usize {
        let next = self.pieces.partition_point(|piece| piece.out <= out);
        let Some(piece) = next.checked_sub(1).and_then(|at| self.pieces.get(at)) else { return 0 };
        piece.source + (out - piece.out).min(piece.len)
    }
}
