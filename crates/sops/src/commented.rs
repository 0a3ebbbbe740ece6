//! Rules that choose by comments: a value, and all below it, is meant when a comment since the entry before it matches,
//! or one in front of a collection around it.
//!
//! As in sops the comment on an entry's own line counts for that entry, and a later comment of the same run is chosen as
//! well. With `encrypted_comment_regex` the matching comment itself stays readable.

use std::collections::{HashMap, HashSet};

use yaml::{Comment, Kind, Node, Span};

use crate::block;
use crate::comments::{self, Levels};
use crate::splice::Wiped;
use crate::{Selector, SelectorKind};

/// What the comments of a text choose.
pub(crate) struct Plan {
    /// Entries (collection and position) that a comment speaks of.
    hits: HashSet<(Span, usize)>,
    /// For each comment whether it is encrypted itself.
    pub(crate) chosen: Vec<bool>,
}

impl Plan {
    /// Reads the comments of a text, whose homes are known.
    pub(crate) fn new(levels: &Levels, stream: &Wiped, text: &str, selector: &Selector) -> Self {
        let block_follows = stream
            .documents
            .first()
            .is_none_or(|first| block::entries(&first.root, stream.format).is_empty());
        let homes = levels.homes(&stream.comments, text, block_follows);
        let mut by_place: HashMap<Span, Vec<usize>> = HashMap::new();
        let late = homes.iter().map(|home| home.is_some_and(|home| home.is_late)).collect();
        for (number, home) in homes.iter().enumerate() {
            if let Some(home) = home {
                by_place.entry(home.place).or_default().push(number);
            }
        }
        let mut planner = Planner {
            stream,
            text,
            selector,
            by_place,
            late,
            plan: Self { hits: HashSet::new(), chosen: vec![selector.chooses(false); stream.comments.len()] },
        };
        for document in &stream.documents {
            planner.node(&document.root, false, false, &[]);
        }
        planner.plan
    }

    /// Whether a comment speaks of an entry of a collection.
    pub(crate) fn hits(&self, collection: Span, entry: usize) -> bool {
        self.hits.contains(&(collection, entry))
    }
}

struct Planner<'s> {
    stream: &'s Wiped,
    text: &'s str,
    selector: &'s Selector,
    by_place: HashMap<Span, Vec<usize>>,
    /// Of each comment whether it comes up one entry later than it stands.
    late: Vec<bool>,
    plan: Plan,
}

impl Planner<'_> {
    fn is_inline(&self, comment: &Comment) -> bool {
        comments::is_inline(comment, self.text)
    }

    /// `around` says whether a comment speaks of a collection around this node, `item` whether it is an item of a list;
    /// `late` are comments from above it that come behind its first entry.
    fn node(&mut self, node: &Node, around: bool, item: bool, late: &[usize]) {
        let (starts, inner): (Vec<usize>, Vec<&Node>) = match &node.kind {
            Kind::Scalar(..) | Kind::Alias(_) => return,
            Kind::Sequence(items) => items.iter().map(|item| (item.span.start, item)).unzip(),
            Kind::Mapping(pairs) => pairs.iter().map(|pair| (pair.key.span.start, &pair.value)).unzip(),
        };
        let list = node.as_sequence().is_some();
        let mut comments = self.comments(node, &starts, item);
        let mut inner_late = HashMap::new();
        if list && !node.flow {
            inner_late = self.take_late(&inner, &mut comments);
        }
        comments.extend(late.iter().map(|number| (1, *number)));
        comments.sort_by_key(|(entry, _)| *entry);
        let mut comments = comments.into_iter().peekable();
        for (number, value) in inner.into_iter().enumerate() {
            let mut run = Vec::new();
            while let Some((_, comment)) = comments.next_if(|(entry, _)| *entry <= number) {
                run.push(comment);
            }
            let hit = self.choose(&run, around);
            if hit {
                self.plan.hits.insert((node.span, number));
            }
            let late = inner_late.remove(&number).unwrap_or_default();
            self.node(value, around || hit, list && !node.flow, &late);
        }
        let rest: Vec<_> = comments.map(|(_, comment)| comment).collect();
        self.choose(&rest, around);
    }

    /// Late comments of a list come behind the item that follows: behind its first entry where it is a block of its own.
    /// Takes those out, by item.
    fn take_late(&self, items: &[&Node], comments: &mut Vec<(usize, usize)>) -> HashMap<usize, Vec<usize>> {
        let mut found: HashMap<usize, Vec<usize>> = HashMap::new();
        let is_block = |item: &Node| !item.flow && !matches!(item.kind, Kind::Scalar(..) | Kind::Alias(_));
        comments.retain_mut(|(entry, number)| {
            if !self.late[*number] {
                return true;
            }
            if items.get(*entry).is_some_and(|item| is_block(item)) {
                found.entry(*entry).or_default().push(*number);
                return false;
            }
            *entry += 1;
            true
        });
        found
    }

    /// The comments of a collection, each with the entry it stands before, in sops's order.
    fn comments(&self, node: &Node, starts: &[usize], item: bool) -> Vec<(usize, usize)> {
        let none = Vec::new();
        let at = |place: Span| self.by_place.get(&place).unwrap_or(&none).iter().copied();
        // Behind its closing bracket a comment is that of the whole; an item's belongs to the list around it.
        let closing = |place: &Node, number: usize| {
            let comment = &self.stream.comments[number];
            place.flow && self.is_inline(comment) && comment.span.start >= place.span.end
        };
        let items = node.as_sequence().filter(|_| !node.flow).unwrap_or_default().iter().enumerate();
        let is_missing =
            |at: usize| node.as_sequence().and_then(|items| items.get(at)).is_some_and(Node::is_missing);
        let of_items = items.flat_map(|(position, item)| {
            at(item.span)
                .filter(move |number| closing(item, *number))
                .map(move |number| (position, true, number))
        });
        // Between a key and its value it speaks of the two, wherever its line begins.
        let pairs = node.as_mapping().unwrap_or_default();
        let of_key = |behind: usize, comment: &Comment| {
            let pair = behind.checked_sub(1).and_then(|last| pairs.get(last));
            pair.is_some_and(|pair| comment.span.start < pair.value.span.start && !pair.value.is_missing())
        };
        let mut placed: Vec<_> = at(node.span)
            .filter(|number| !(item && closing(node, *number)))
            .map(|number| {
                let comment = &self.stream.comments[number];
                let behind = starts.partition_point(|start| *start < comment.span.start);
                let entry = match self.is_inline(comment) {
                    true if closing(node, number) => 0,
                    true => behind.saturating_sub(1),
                    false if of_key(behind, comment) => behind - 1,
                    // A dash without an item takes no comment.
                    false => (behind..starts.len()).find(|at| !is_missing(*at)).unwrap_or(starts.len()),
                };
                // Behind the begin of its entry it comes after those above it.
                (entry, entry < behind, number)
            })
            .chain(of_items)
            .collect();
        placed.sort_unstable();
        placed.into_iter().map(|(entry, _, number)| (entry, number)).collect()
    }

    /// Chooses the comments of one run; whether it speaks of what follows.
    fn choose(&mut self, run: &[usize], around: bool) -> bool {
        let mut hit = false;
        for number in run {
            let matches = self.selector.matches(self.stream.comments[*number].text.trim_end_matches('\r'));
            let itself = self.selector.kind() == SelectorKind::UnencryptedCommentRegex && matches;
            self.plan.chosen[*number] = self.selector.chooses(around || hit || itself);
            hit |= matches;
        }
        hit
    }
}
