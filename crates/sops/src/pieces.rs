//! A large text in pieces that are texts of their own, so that its nodes need not all be in memory and all cores can work
//! on it.
//!
//! A piece is a run of whole entries together with the keys and dashes that they stand below (its header; in JSON also
//! what closes them, its footer), so that reading it alone gives the same values at the same places. Where to cut is found
//! by looking at lines, which can be mistaken. So nothing is believed: every piece is read by the parser, and [`Joints`]
//! compares how one ends with how the next begins. Where that does not fit, the text is taken as a whole.

mod json;
mod yaml;

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::ops::Range;

use ::yaml::{Kind, Node, Span};
use zeroize::Zeroizing;

use crate::format::Format;
use crate::splice::Wiped;
use crate::walk::column;

/// How large a piece is at least, but for the last one (bytes). Fuzzing has only small texts.
pub(crate) const PIECE: usize = if cfg!(fuzzing) { 8 } else { 64 << 10 };
/// How large a text is at least that is taken in pieces (bytes).
pub const LARGE: usize = 4 * PIECE;

/// A part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Piece {
    /// What opens the collections around it.
    pub(crate) header: String,
    /// Where it stands in the text.
    pub(crate) range: Range<usize>,
    /// What stands between it and the next one.
    pub(crate) between: &'static str,
    /// What closes the collections that are open at its end.
    pub(crate) footer: String,
    /// How many collections are open at its begin, without the one that its entries belong to.
    depth: usize,
}

impl Piece {
    /// The piece as a text of its own.
    pub(crate) fn text(&self, source: &str) -> Zeroizing<String> {
        let body = &source[self.range.clone()];
        let mut text =
            Zeroizing::new(String::with_capacity(self.header.len() + body.len() + self.footer.len()));
        text.push_str(&self.header);
        text.push_str(body);
        text.push_str(&self.footer);
        text
    }

    /// Where what stands for the piece is in what was made of its [`text`](Self::text); none when header or footer were
    /// changed.
    pub(crate) fn body(&self, made: &str) -> Option<Range<usize>> {
        let body = made.strip_prefix(self.header.as_str())?.strip_suffix(self.footer.as_str())?;
        Some(self.header.len()..self.header.len() + body.len())
    }

    /// A place in [`text`](Self::text) as one of the whole.
    pub(crate) fn outer(&self, span: Span) -> Span {
        let outer = |at: usize| (at + self.range.start).saturating_sub(self.header.len());
        Span::new(outer(span.start), outer(span.end))
    }
}

/// Cuts a text into pieces of at least `size` bytes; none where it has no places for that.
pub(crate) fn cut(text: &str, format: Format, size: usize) -> Option<Vec<Piece>> {
    let pieces = match format {
        Format::Yaml => yaml::cut(text, size)?,
        Format::Json => json::cut(text, size)?,
        _ => return None,
    };
    (pieces.len() > 1).then_some(pieces)
}

/// A collection on the edge of a piece.
struct Level {
    start: usize,
    column: usize,
    list: bool,
    /// The key of the entry on the edge.
    key: String,
    /// Hashes of its keys, in order.
    keys: Vec<u64>,
}

/// What the two edges of a piece look like.
pub(crate) struct Seam {
    depth: usize,
    left: Vec<Level>,
    right: Vec<Level>,
}

/// Compares pieces in their order.
#[derive(Default)]
pub(crate) struct Joints {
    hasher: RandomState,
    /// The collections that are open behind the last piece: a number for each, and what stands on its right edge.
    open: Vec<(u64, usize, bool, String)>,
    opened: u64,
    /// Collections with their keys.
    keys: HashSet<u64>,
}

impl Joints {
    /// For hashing keys.
    pub(crate) fn hasher(&self) -> RandomState {
        self.hasher.clone()
    }

    /// Whether a piece goes on where the one before ended, and gives no key a second time.
    pub(crate) fn join(&mut self, seam: &Seam) -> bool {
        let first = self.opened == 0;
        if first {
            if seam.depth != 0 {
                return false;
            }
            self.open.push((0, 0, false, String::new()));
            self.opened = 1;
        }
        let depth = seam.depth;
        if self.open.len() <= depth || seam.left.len() <= depth {
            return false;
        }
        let fits = |(number, level): (usize, &Level)| {
            let (_, column, list, key) = &self.open[number];
            level.column == *column && level.list == *list && (number == depth || level.key == *key)
        };
        if !first && !seam.left.iter().take(depth + 1).enumerate().all(fits) {
            return false;
        }
        self.take(seam)
    }

    fn take(&mut self, seam: &Seam) -> bool {
        let shared = |number: usize, level: &Level| {
            number <= seam.depth && seam.left.get(number).is_some_and(|left| left.start == level.start)
        };
        // The first key of a collection around the piece is the header's, and was seen before.
        for (number, level) in seam.left.iter().take(seam.depth + 1).enumerate() {
            let own = &level.keys[usize::from(number < seam.depth).min(level.keys.len())..];
            if !self.remember(self.open[number].0, own) {
                return false;
            }
        }
        let mut open = Vec::with_capacity(seam.right.len());
        for (number, level) in seam.right.iter().enumerate() {
            let id = if shared(number, level) {
                self.open[number].0
            } else {
                let id = self.opened;
                self.opened += 1;
                if !self.remember(id, &level.keys) {
                    return false;
                }
                id
            };
            open.push((id, level.column, level.list, level.key.clone()));
        }
        self.open = open;
        true
    }

    /// Equal hashes need not be equal keys; reading the whole text tells.
    fn remember(&mut self, id: u64, keys: &[u64]) -> bool {
        keys.iter().all(|key| self.keys.insert(self.hasher.hash_one((id, key))))
    }
}

/// The edges of a piece that was read; none when it is not of the kind that can be joined: anchors and aliases reach
/// beyond it, and collections with tags cannot be opened again.
pub(crate) fn seam(stream: &Wiped, text: &str, piece: &Piece, hasher: &RandomState) -> Option<Seam> {
    let [document] = stream.documents.as_slice() else { return None };
    if !is_simple(&document.root) {
        return None;
    }
    if stream.format != Format::Yaml {
        // Brackets leave no doubt, and keys may repeat.
        return Some(Seam { depth: 0, left: vec![flat()], right: vec![flat()] });
    }
    let left = edge(&document.root, text, hasher, <[_]>::first, <[_]>::first);
    let right = edge(&document.root, text, hasher, <[_]>::last, <[_]>::last);
    Some(Seam { depth: piece.depth, left, right })
}

fn flat() -> Level {
    Level { start: 0, column: 0, list: false, key: String::new(), keys: Vec::new() }
}

fn edge(
    root: &Node,
    text: &str,
    hasher: &RandomState,
    pair: fn(&[::yaml::Pair]) -> Option<&::yaml::Pair>,
    item: fn(&[Node]) -> Option<&Node>,
) -> Vec<Level> {
    let mut levels = Vec::new();
    let mut next = Some(root);
    while let Some(node) = next.filter(|node| !node.flow) {
        let start = node.span.start;
        let level = |list, key: String, keys| Level { start, column: column(text, start), list, key, keys };
        next = match &node.kind {
            Kind::Mapping(pairs) => {
                let own = pair(pairs);
                let key = own.and_then(|pair| pair.key.as_str()).unwrap_or_default().to_owned();
                let keys = pairs.iter().map(|pair| hasher.hash_one(pair.key.as_str())).collect();
                levels.push(level(false, key, keys));
                own.map(|pair| &pair.value)
            }
            Kind::Sequence(items) => {
                levels.push(level(true, String::new(), Vec::new()));
                item(items)
            }
            Kind::Scalar(..) | Kind::Alias(_) => None,
        };
    }
    levels
}

fn is_simple(node: &Node) -> bool {
    if node.anchor.is_some() {
        return false;
    }
    match &node.kind {
        Kind::Scalar(..) => true,
        Kind::Alias(_) => false,
        Kind::Sequence(items) => node.tag.is_none() && items.iter().all(is_simple),
        Kind::Mapping(pairs) => {
            let simple = |pair: &::yaml::Pair| {
                matches!(pair.key.kind, Kind::Scalar(..)) && is_simple(&pair.key) && is_simple(&pair.value)
            };
            node.tag.is_none() && pairs.iter().all(simple)
        }
    }
}
