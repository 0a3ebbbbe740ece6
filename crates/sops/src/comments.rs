//! Which mapping or list a comment belongs to. sops takes this from go-yaml v3, which ties each comment to a node; the
//! collection decides the place a comment's text is bound to, and whether it is encrypted at all.

use std::rc::Rc;

use yaml::{Comment, Node, Span};

/// A collection as it is written.
struct Level {
    start: usize,
    end: usize,
    column: usize,
    flow: bool,
    aad: Rc<str>,
    chosen: bool,
    parent: Option<usize>,
}

/// All collections of a stream, and where their entries begin.
#[derive(Default)]
pub(crate) struct Levels {
    levels: Vec<Level>,
    open: Vec<usize>,
    /// Begin of each entry with its level, in document order.
    entries: Vec<(usize, usize)>,
    /// Begin of each document with the level that stands for its top.
    documents: Vec<(Span, usize)>,
}

/// The place a comment is bound to.
pub(crate) struct Home<'l> {
    pub(crate) aad: &'l str,
    pub(crate) chosen: bool,
}

impl Levels {
    pub(crate) fn begin_document(&mut self, span: Span, aad: Rc<str>, chosen: bool) {
        self.open.clear();
        self.documents.push((span, self.levels.len()));
        self.push(Level {
            start: span.start,
            end: span.end,
            column: 0,
            flow: false,
            aad,
            chosen,
            parent: None,
        });
    }

    pub(crate) fn enter(&mut self, node: &Node, column: usize, aad: Rc<str>, chosen: bool) {
        let parent = self.open.last().copied();
        let Span { start, end } = node.span;
        self.push(Level { start, end, column, flow: node.flow, aad, chosen, parent });
    }

    pub(crate) fn leave(&mut self) {
        self.open.pop();
    }

    pub(crate) fn entry(&mut self, start: usize) {
        if let Some(level) = self.open.last() {
            self.entries.push((start, *level));
        }
    }

    fn push(&mut self, level: Level) {
        self.open.push(self.levels.len());
        self.levels.push(level);
    }

    /// Where a comment belongs; none outside of all documents.
    pub(crate) fn home(&self, comment: &Comment, text: &str) -> Option<Home<'_>> {
        let level = &self.levels[self.level_of(comment, text)?];
        Some(Home { aad: &level.aad, chosen: level.chosen })
    }

    /// Every place near a comment that it could be bound to, the likeliest first.
    pub(crate) fn candidates(&self, comment: &Comment, text: &str) -> Vec<&str> {
        let at = self.entries.partition_point(|(start, _)| *start < comment.span.start);
        let near = [
            self.level_of(comment, text),
            before(&self.entries, at),
            self.entries.get(at).map(|(_, level)| *level),
        ];
        let mut found: Vec<&str> = Vec::new();
        for start in near.into_iter().flatten() {
            for level in self.chain(start) {
                if !found.contains(&&*self.levels[level].aad) {
                    found.push(&self.levels[level].aad);
                }
            }
        }
        found
    }

    fn level_of(&self, comment: &Comment, text: &str) -> Option<usize> {
        let at = comment.span.start;
        let document =
            self.documents.partition_point(|(span, _)| span.start <= at).checked_sub(1).unwrap_or(0);
        let (span, top) = *self.documents.get(document)?;
        let inside = |offset: usize| offset >= span.start.min(at) && offset < span.end.max(at);
        if comment.inline {
            let token = text[..at].trim_end().len().saturating_sub(1);
            return Some(self.deepest_around(token, top));
        }
        let index = self.entries.partition_point(|(start, _)| *start < at);
        let next = self.entries.get(index).filter(|(start, _)| inside(*start)).map(|(_, level)| *level);
        let last = before(&self.entries[..], index).filter(|_| inside(self.entries[index - 1].0));
        if let Some(flow) =
            last.and_then(|last| self.chain(last).find(|l| self.levels[*l].flow && self.levels[*l].end > at))
        {
            return Some(flow);
        }
        let deepest = |from: usize, least: usize| {
            self.chain(from).find(|l| self.levels[*l].column <= comment.column || *l == least).unwrap_or(top)
        };
        Some(match (last, next) {
            (None, None) => top,
            (None, Some(next)) => next,
            (Some(last), None) => deepest(last, top),
            (Some(last), Some(next)) => {
                let dedent = self.chain(last).skip(1).any(|level| level == next);
                if dedent && comment.column > self.levels[next].column { deepest(last, next) } else { next }
            }
        })
    }

    fn deepest_around(&self, offset: usize, top: usize) -> usize {
        let found = self.levels.iter().enumerate().skip(top).take_while(|(_, level)| level.start <= offset);
        found
            .filter(|(index, level)| offset < level.end || *index == top)
            .last()
            .map_or(top, |(index, _)| index)
    }

    fn chain(&self, from: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(from), |level| self.levels[*level].parent)
    }
}

fn before(entries: &[(usize, usize)], index: usize) -> Option<usize> {
    Some(entries.get(index.checked_sub(1)?)?.1)
}
