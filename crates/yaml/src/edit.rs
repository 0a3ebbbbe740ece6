//! Edits by splicing: what is not edited is the source text itself.

use crate::node::Span;

/// A set of edits to one text, given in any order and applied at once.
#[derive(Debug, Default)]
pub struct Edits {
    edits: Vec<(Span, String)>,
}

impl Edits {
    /// No edits.
    pub fn new() -> Self {
        Self::default()
    }

    /// Replaces a span.
    pub fn replace(&mut self, span: Span, text: impl Into<String>) {
        self.edits.push((span, text.into()));
    }

    /// Inserts at a byte offset. Several insertions at one place keep the order they were given in.
    pub fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(Span::new(at, at), text);
    }

    /// Deletes a span.
    pub fn delete(&mut self, span: Span) {
        self.replace(span, "");
    }

    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty()
    }

    /// The text with all edits made.
    ///
    /// # Errors
    /// None is returned when two edits overlap or one lies outside the text or inside a character, which is a bug
    /// of the caller; nothing is changed then.
    pub fn apply(mut self, source: &str) -> Option<String> {
        self.edits.sort_by_key(|(span, _)| (span.start, span.end));
        let added: usize = self.edits.iter().map(|(_, text)| text.len()).sum();
        let mut out = String::with_capacity(source.len() + added);
        let mut at = 0;
        for (span, text) in &self.edits {
            if span.start < at {
                return None;
            }
            out.push_str(source.get(at..span.start)?);
            out.push_str(text);
            source.get(span.range())?;
            at = span.end;
        }
        out.push_str(source.get(at..)?);
        Some(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_touch_only_their_span() {
        let mut edits = Edits::new();
        edits.replace(Span::new(3, 4), "22");
        edits.insert(0, "# x\n");
        edits.delete(Span::new(5, 10));
        assert_eq!(edits.apply("a: 1\nb: 2\nc: 3\n").unwrap(), "# x\na: 22\nc: 3\n");
    }

    #[test]
    fn overlapping_edits_are_refused() {
        let mut edits = Edits::new();
        edits.delete(Span::new(0, 3));
        edits.delete(Span::new(2, 4));
        assert_eq!(edits.apply("abcdef"), None);
        let mut outside = Edits::new();
        outside.delete(Span::new(0, 9));
        assert_eq!(outside.apply("abc"), None);
    }
}
