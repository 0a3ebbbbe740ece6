//! Which mapping or list a comment belongs to: the place its text is bound to, and whether it is encrypted at all.
//!
//! sops takes this from go-yaml v3 (go.yaml.in/yaml/v3 3.0.4), which ties comments to nodes by rules of its own. They are
//! followed here for the lines of comments between two entries (a "gap"):
//! - lines form one group, blank lines included, until something splits it;
//! - a blank line behind a group that follows the entry before it at once, or that stands left of the current block,
//!   makes the group a foot; so does a next line that is left of the current block and not in the group's column;
//! - a foot belongs to the entry before the gap, or, standing left of it, to the block that ends in its column;
//! - what is left is a head and belongs to the entry behind the gap.

use std::rc::Rc;

use yaml::{Comment, Node, Span};

/// A collection as it is written.
struct Level {
    start: usize,
    end: usize,
    /// Column of its entries; for one in flow style that of the block around it.
    column: usize,
    flow: bool,
    kind: Kind,
    aad: Rc<str>,
    chosen: bool,
    parent: Option<usize>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Mapping,
    List,
    /// A list whose dashes stand in the column of its key.
    IndentlessList,
}

/// All collections of a stream, and where their entries begin.
#[derive(Default)]
pub(crate) struct Levels {
    /// For each comment of the text whether it is encrypted, where comments choose.
    pub(crate) chosen: Option<Vec<bool>>,
    all: Vec<Level>,
    open: Vec<usize>,
    /// Begin of each entry (and value) with its level, in document order.
    entries: Vec<(usize, usize)>,
    /// Dashes without an item: they take no comment, what stands above them goes on to the entry that follows.
    dashes: Vec<usize>,
    /// Each document with the level that stands for its top.
    documents: Vec<(Span, usize)>,
}

/// The place a comment is bound to.
#[derive(Clone, Copy)]
pub(crate) struct Home<'l> {
    /// The collection; none at the top of a document without one.
    pub(crate) place: Span,
    pub(crate) aad: &'l str,
    pub(crate) chosen: bool,
    /// It ends a block inside of a list's item, where go-yaml has no place for it: it comes up again one entry later.
    pub(crate) is_late: bool,
}

impl Levels {
    pub(crate) fn begin_document(&mut self, span: Span, aad: Rc<str>, chosen: bool) {
        self.open.clear();
        self.documents.push((span, self.all.len()));
        let Span { start, end } = span;
        self.push(Level {
            start,
            end,
            column: 0,
            flow: false,
            kind: Kind::Mapping,
            aad,
            chosen,
            parent: None,
        });
    }

    pub(crate) fn enter(&mut self, node: &Node, column: usize, aad: Rc<str>, chosen: bool) {
        let parent = self.open.last().copied();
        let Span { start, end } = node.span;
        let around = parent.map(|parent| &self.all[parent]);
        let flow = node.flow || around.is_some_and(|around| around.flow);
        let column = around.filter(|_| flow).map_or(column, |around| around.column);
        let with_key = around.is_some_and(|around| around.parent.is_some() && around.column == column);
        let kind = match node.as_sequence() {
            None => Kind::Mapping,
            Some(_) if with_key && !flow => Kind::IndentlessList,
            Some(_) => Kind::List,
        };
        self.push(Level { start, end, column, flow, kind, aad, chosen, parent });
        if flow {
            self.entry(start);
        }
    }

    pub(crate) fn leave(&mut self) {
        if let Some(level) = self.open.pop()
            && self.all[level].flow
        {
            self.entries.push((self.all[level].end.saturating_sub(1), level));
        }
    }

    pub(crate) fn entry(&mut self, start: usize) {
        if let Some(level) = self.open.last() {
            self.entries.push((start, *level));
        }
    }

    pub(crate) fn empty_dash(&mut self, start: usize) {
        self.dashes.push(start);
    }

    fn dashes_before(&self, offset: usize) -> usize {
        self.dashes.partition_point(|dash| *dash < offset)
    }

    fn push(&mut self, level: Level) {
        self.open.push(self.all.len());
        self.all.push(level);
    }

    /// Where each comment belongs. With `block_follows` every document is taken to end in one more top-level entry, as it
    /// will once the `sops` block is appended.
    pub(crate) fn homes(
        &self,
        comments: &[Comment],
        text: &str,
        block_follows: bool,
    ) -> Vec<Option<Home<'_>>> {
        let mut homes: Vec<_> = comments.iter().map(|_| None).collect();
        let home = |level: usize, is_late: bool| {
            let found = &self.all[level];
            // At the top of a document comments are those of its mapping.
            let own = match self.all.get(level + 1) {
                Some(root) if found.parent.is_none() && root.parent == Some(level) => root,
                _ => found,
            };
            Some(Home {
                place: Span::new(own.start, own.end),
                aad: &found.aad,
                chosen: found.chosen,
                is_late,
            })
        };
        let mut at = 0;
        while at < comments.len() {
            let comment = &comments[at];
            let around = self.around(comment, text);
            if is_inline(comment, text) || around.is_some_and(|level| self.all[level].flow) {
                homes[at] = around.and_then(|level| home(level, false));
                at += 1;
                continue;
            }
            let index = self.index(comment);
            let rest = &comments[at..];
            let length = rest
                .iter()
                .take_while(|c| {
                    !is_inline(c, text) && self.index(c) == index && self.same_document(comment, c)
                })
                .count();
            let levels = Gap::new(self, &rest[..length], index, text, block_follows).levels();
            for (home_of, (level, is_late)) in homes[at..].iter_mut().zip(levels) {
                *home_of = home(level, is_late);
            }
            at += length;
        }
        for (home, chosen) in homes.iter_mut().zip(self.chosen.iter().flatten()) {
            if let Some(home) = home {
                home.chosen = *chosen;
            }
        }
        homes
    }

    /// Every place near a comment that it could be bound to: the rules change between versions of sops.
    pub(crate) fn candidates(&self, comment: &Comment, text: &str) -> Vec<&str> {
        let index = self.index(comment);
        let near =
            [self.around(comment, text), self.level_at(index.checked_sub(1)), self.level_at(Some(index))];
        let mut found: Vec<&str> = Vec::new();
        for start in near.into_iter().flatten() {
            for level in self.chain(start) {
                if !found.contains(&&*self.all[level].aad) {
                    found.push(&self.all[level].aad);
                }
            }
        }
        found
    }

    /// The innermost collection around a comment: around what stands before it on its line, for an inline one.
    fn around(&self, comment: &Comment, text: &str) -> Option<usize> {
        let start = comment.span.start;
        let offset = if is_inline(comment, text) { last_of_entry(&text[..start]) } else { start };
        let last = self.all.partition_point(|level| level.start <= offset).checked_sub(1)?;
        // Levels nest and stand in the order of their begin: one that is around the offset is around the last one begun.
        self.chain(last).find(|level| offset < self.all[*level].end || self.all[*level].parent.is_none())
    }

    fn index(&self, comment: &Comment) -> usize {
        self.entries.partition_point(|(start, _)| *start < comment.span.start)
    }

    fn level_at(&self, index: Option<usize>) -> Option<usize> {
        Some(self.entries.get(index?)?.1)
    }

    fn document(&self, offset: usize) -> usize {
        self.documents.partition_point(|(span, _)| span.start <= offset).saturating_sub(1)
    }

    fn same_document(&self, a: &Comment, b: &Comment) -> bool {
        self.document(a.span.start) == self.document(b.span.start)
    }

    fn chain(&self, from: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(from), |level| self.all[*level].parent)
    }
}

/// Whether a comment is one of the entry on its line. Behind a dash that has no item it is as if it stood on a line of its
/// own.
pub(crate) fn is_inline(comment: &Comment, text: &str) -> bool {
    let before = text[..comment.span.start].trim_end();
    let line = &before[before.rfind('\n').map_or(0, |at| at + 1)..];
    let is_dash = line == "-" || line.ends_with(" -");
    comment.inline && !is_dash
}

/// Where the text of an entry ends that a comment stands behind. Of a key without a value that is the key: the colon
/// behind it lies outside of the mapping when it is the last one.
fn last_of_entry(before: &str) -> usize {
    let before = before.trim_end();
    before.strip_suffix(':').unwrap_or(before).trim_end().len().saturating_sub(1)
}

/// Lines of comments between two entries of block style.
struct Gap<'g> {
    levels: &'g Levels,
    comments: &'g [Comment],
    text: &'g str,
    /// The level of what stands before it, and after it with its column.
    last: Option<usize>,
    next: Option<(usize, usize, usize)>,
    /// Whether a dash without an item stands between what is before it and its comments.
    behind_dash: bool,
    top: usize,
}

/// A group of lines: begin and end among the gap's comments, and what it is.
struct Group {
    lines: std::ops::Range<usize>,
    tie: Tie,
}

#[derive(Clone, Copy, PartialEq)]
enum Tie {
    /// A foot of the entry before.
    Before,
    /// A foot that finds its block by its column.
    Column,
    /// A head of the entry behind.
    Behind,
}

impl<'g> Gap<'g> {
    fn new(
        levels: &'g Levels,
        comments: &'g [Comment],
        index: usize,
        text: &'g str,
        block_follows: bool,
    ) -> Self {
        let document = levels.document(comments[0].span.start);
        let (span, top) = levels.documents.get(document).copied().unwrap_or((Span::new(0, text.len()), 0));
        let own = |index: Option<usize>| {
            let (start, level) = *levels.entries.get(index?)?;
            (levels.document(start) == document).then_some((start, level))
        };
        let last = own(index.checked_sub(1)).map(|(_, level)| level);
        let root = levels.all.get(top + 1).filter(|level| level.parent == Some(top));
        let next = own(Some(index)).map(|(start, level)| (start, level, crate::walk::column(text, start)));
        let end = span.end.min(text.len());
        let more = block_follows || levels.documents.len() > document + 1;
        let mut next = next.or_else(|| more.then(|| (end, top, root.map_or(0, |root| root.column))));
        let first = levels.dashes_before(comments[0].span.start);
        let previous =
            index.checked_sub(1).and_then(|last| levels.entries.get(last)).map_or(0, |(start, _)| *start);
        let behind_dash = levels.dashes[..first].last().is_some_and(|dash| *dash > previous.max(span.start));
        if let (Some((start, _, column)), Some(dash)) = (&mut next, levels.dashes.get(first))
            && *dash < *start
        {
            *column = crate::walk::column(text, *dash);
        }
        Self { levels, comments, text, last, next, behind_dash, top }
    }

    /// The level of each comment, and whether it is late.
    fn levels(&self) -> Vec<(usize, bool)> {
        let Some(last) = self.last else {
            let mut found = vec![(self.behind(), false); self.comments.len()];
            if let Some((before, lines)) = self.foot_of_the_document_before() {
                found[..lines].fill((before, false));
            }
            return found;
        };
        let groups = self.groups(self.levels.all[last].column);
        // Below a key whose value is still to come nothing has ended: all of it goes into that value.
        let opens = self
            .next
            .is_some_and(|(_, next, _)| next != last && self.levels.chain(next).any(|level| level == last));
        let mut found = vec![(self.top, false); self.comments.len()];
        for (number, group) in groups.iter().enumerate() {
            let level = match group.tie {
                _ if opens => (self.behind(), false),
                // The foot of a flow collection is that of its key.
                Tie::Before => {
                    let block = self.levels.chain(last).find(|level| !self.levels.all[*level].flow);
                    (block.unwrap_or(self.top), false)
                }
                Tie::Column => match self.by_column(last, &groups, number) {
                    Some(level) => (level, false),
                    None => (self.behind(), self.is_in_list()),
                },
                Tie::Behind => (self.behind(), false),
            };
            found[group.lines.clone()].fill(level);
        }
        found
    }

    /// The top of the document before, and how many lines right below the mark `---` are its foot: those up to a blank line.
    fn foot_of_the_document_before(&self) -> Option<(usize, usize)> {
        let document = self.levels.document(self.comments[0].span.start);
        let (_, before) = *self.levels.documents.get(document.checked_sub(1)?)?;
        let (is_adjacent, _) = self.before();
        let lines = (0..self.comments.len()).find(|line| self.blank_after(*line))? + 1;
        (is_adjacent && self.next.is_some()).then_some((before, lines))
    }

    fn behind(&self) -> usize {
        self.next.map_or(self.top, |(_, level, _)| level)
    }

    /// Whether what follows is an item of a list in block style.
    fn is_in_list(&self) -> bool {
        let level = &self.levels.all[self.behind()];
        level.kind != Kind::Mapping && !level.flow
    }

    fn groups(&self, indent: usize) -> Vec<Group> {
        let column = |line: usize| self.comments[line].column;
        let mut groups: Vec<Group> = Vec::new();
        let mut begin = 0;
        let (adjacent, after_colon) = self.before();
        // What begins behind a dash without an item ends no entry: there is none before it.
        let behind_dash = self.behind_dash;
        let mut first_blank = adjacent && !behind_dash;
        for line in 0..self.comments.len() {
            let blank = self.blank_after(line);
            let next_column =
                self.comments.get(line + 1).map(|c| c.column).or(self.next.map(|(_, _, column)| column));
            let mut foot = None;
            if blank {
                let close = begin == 0 && adjacent && !after_colon;
                if first_blank && (close || column(begin) < indent) {
                    foot = Some(if column(begin) < indent { Tie::Column } else { Tie::Before });
                }
                first_blank = false;
            }
            if foot.is_none()
                && let Some(next) = next_column
                && next < indent
                && next != column(begin)
                && !(behind_dash && begin == 0)
            {
                // Once one group was split off, the next ones find their block by themselves.
                foot = Some(if begin == 0 { Tie::Before } else { Tie::Column });
            }
            if let Some(tie) = foot {
                groups.push(Group { lines: begin..line + 1, tie });
                begin = line + 1;
            }
        }
        if begin < self.comments.len() {
            groups.push(Group { lines: begin..self.comments.len(), tie: Tie::Behind });
        }
        groups
    }

    /// The first block that ends here and in whose column a group at or behind this one stands.
    fn by_column(&self, last: usize, groups: &[Group], number: usize) -> Option<usize> {
        let next = self.next.map(|(_, level, _)| level);
        let ending = self.levels.chain(last).take_while(|level| Some(*level) != next);
        let mut mark = None;
        for level in ending {
            let block = &self.levels.all[level];
            if block.flow || block.kind == Kind::IndentlessList || block.parent.is_none() {
                continue;
            }
            let first =
                groups.iter().position(|group| self.comments[group.lines.start].column == block.column);
            mark = first.or(mark);
            // The end of a list takes no comment: what it meets goes on to the mapping around it.
            if block.kind == Kind::Mapping && mark.is_some_and(|mark| mark >= number) {
                return Some(level);
            }
        }
        None
    }

    /// Whether the gap begins on the line right below what stands before it, and whether that is a key's colon.
    fn before(&self) -> (bool, bool) {
        let before = &self.text[..self.comments[0].span.start];
        let breaks = before[before.trim_end().len()..].matches('\n').count();
        let line = before.trim_end();
        let line = &line[line.rfind('\n').map_or(0, |at| at + 1)..];
        let content = line.split_once(" #").map_or(line, |(content, _)| content);
        (breaks <= 1, content.trim_end().ends_with(':'))
    }

    /// Whether a blank line, or the end of the text, follows a comment.
    fn blank_after(&self, line: usize) -> bool {
        let end = self.comments[line].span.end;
        let rest = &self.text[end..];
        let blank = &rest[..rest.len() - rest.trim_start().len()];
        let at_end = blank.len() == rest.len() && self.next.is_none();
        at_end || blank.matches('\n').count() > 1
    }
}
