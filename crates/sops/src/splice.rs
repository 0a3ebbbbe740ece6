//! Replacements in a text that may be secret: like `yaml::Edits`, but everything is wiped when dropped.

use yaml::{Span, Stream};
use zeroize::Zeroizing;

use crate::format::Format;

/// Replacements, given in any order and made at once.
#[derive(Default)]
pub(crate) struct Splices(Vec<(Span, Zeroizing<String>)>);

impl Splices {
    pub(crate) fn replace(&mut self, span: Span, text: impl Into<String>) {
        self.0.push((span, Zeroizing::new(text.into())));
    }

    pub(crate) fn insert(&mut self, at: usize, text: impl Into<String>) {
        self.replace(Span::new(at, at), text);
    }

    pub(crate) fn delete(&mut self, span: Span) {
        self.replace(span, "");
    }

    /// The new text; none when two replacements overlap, which would be a bug.
    pub(crate) fn apply(mut self, source: &str) -> Option<Zeroizing<String>> {
        self.0.sort_by_key(|(span, _)| (span.start, span.end));
        let added: usize = self.0.iter().map(|(_, text)| text.len()).sum();
        // Large enough from the start: a buffer that grows leaves copies behind.
        let mut out = Zeroizing::new(String::with_capacity(source.len() + added));
        let mut at = 0;
        for (span, text) in &self.0 {
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

/// A parsed text, with its format. Its scalars and comments are wiped when it is dropped.
pub(crate) struct Wiped {
    stream: Zeroizing<Stream>,
    pub(crate) format: Format,
}

impl Wiped {
    pub(crate) fn new(stream: Zeroizing<Stream>, format: Format) -> Self {
        Self { stream, format }
    }
}

impl std::ops::Deref for Wiped {
    type Target = Stream;
    fn deref(&self) -> &Stream {
        &self.stream
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn applies_in_order_and_refuses_overlaps() {
        let mut splices = Splices::default();
        splices.replace(Span::new(3, 4), "22");
        splices.insert(0, "# x\n");
        splices.delete(Span::new(5, 10));
        assert_eq!(splices.apply("a: 1\nb: 2\nc: 3\n").unwrap().as_str(), "# x\na: 22\nc: 3\n");
        let mut overlap = Splices::default();
        overlap.delete(Span::new(0, 3));
        overlap.delete(Span::new(2, 4));
        assert!(overlap.apply("abcdef").is_none());
    }
}
