//! Anchors before values that are no keys, and aliases that are values.

use super::Reader;
use super::inline::Scalar;
use crate::node::Span;

/// An anchor whose node was not seen yet.
pub(super) struct Anchor {
    id: usize,
    span: Span,
}

impl<'t> Reader<'t> {
    /// `&name` and the blanks behind it.
    pub(super) fn anchor(&mut self) -> Option<()> {
        if self.anchor.is_some() {
            return None;
        }
        let (name, span) = self.name()?;
        self.anchor_id += 1;
        self.anchors.insert(name, self.anchor_id);
        self.anchor = Some(Anchor { id: self.anchor_id, span });
        self.skip_spaces();
        Some(())
    }

    /// `*name`
    pub(super) fn alias(&mut self) -> Option<()> {
        if self.anchor.is_some() {
            return None;
        }
        let (name, span) = self.name()?;
        let id = *self.anchors.get(name)?;
        self.builder.alias(id, span).ok()
    }

    /// Gives a scalar, with its anchor, to the builder.
    pub(super) fn place(&mut self, scalar: Scalar<'_>) {
        self.builder.scalar(scalar.text, scalar.style, scalar.span, None);
        self.place_anchor();
    }

    /// A collection begins, with its anchor.
    pub(super) fn start(&mut self, is_mapping: bool, start: usize, flow: bool) {
        let id = self.anchor.as_ref().map_or(0, |anchor| anchor.id);
        self.builder.start_collection(is_mapping, start, flow, None, id);
        self.place_anchor();
    }

    fn place_anchor(&mut self) {
        if let Some(anchor) = self.anchor.take() {
            self.builder.anchor(anchor.id, anchor.span);
        }
    }

    /// The name behind `&` or `*`, and the place of both.
    fn name(&mut self) -> Option<(&'t str, Span)> {
        let start = self.at;
        self.at += 1;
        while self.peek().is_some_and(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            self.at += 1;
        }
        let name = &self.text[start + 1..self.at];
        (!name.is_empty() && self.is_blank(0)).then(|| (name, Span::new(start, self.at)))
    }
}
