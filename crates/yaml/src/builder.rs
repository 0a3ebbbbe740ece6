//! The tree of documents as it grows, from whichever reader finds its parts ([`crate::parse`], `plain.rs`).

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use zeroize::Zeroize;

use crate::node::{Comment, Document, Kind, Node, Pair, ScalarStyle, Span, Stream, Tag};
use crate::{Error, Result};

/// How many nodes all aliases of a text may stand for together.
const MAX_ALIAS_NODES: usize = 1_000_000;

/// A collection whose end was not seen yet.
struct Open {
    /// All but its content.
    node: Node,
    is_mapping: bool,
    /// Where its content begins among the nodes.
    first: usize,
    anchor_id: usize,
}

/// Takes the parts of a text in source order.
pub(crate) struct Builder<'t> {
    text: &'t str,
    /// Whether what is left over is wiped.
    secret: bool,
    open: Vec<Open>,
    /// What is complete and waits for the end of its collection, in source order; keys and values by turns. In one list
    /// for all collections, so that each gets exactly the room it needs.
    nodes: Vec<Node>,
    /// Whether the last node that began is a collection.
    opened: bool,
    anchors: HashMap<usize, Node>,
    alias_budget: usize,
    documents: Vec<Document>,
    comments: Vec<Comment>,
    document_start: usize,
    explicit_start: bool,
}

impl<'t> Builder<'t> {
    /// For a text; `secret` says that what is left over must be wiped.
    pub(crate) fn new(text: &'t str, secret: bool) -> Self {
        Self {
            text,
            secret,
            open: Vec::new(),
            nodes: Vec::new(),
            opened: false,
            anchors: HashMap::new(),
            alias_budget: MAX_ALIAS_NODES,
            documents: Vec::new(),
            comments: Vec::new(),
            document_start: 0,
            explicit_start: false,
        }
    }

    /// What was read.
    pub(crate) fn finish(mut self) -> Stream {
        let (documents, comments) = (std::mem::take(&mut self.documents), std::mem::take(&mut self.comments));
        Stream { documents, comments }
    }

    /// A document begins, with its marker (`explicit`) or before its first part. One that has a marker begins at `start`.
    pub(crate) fn start_document(&mut self, explicit: bool, start: usize) {
        self.explicit_start = explicit;
        self.forget_anchors();
        if explicit {
            self.close_span(start);
        }
    }

    pub(crate) fn scalar(
        &mut self,
        text: Cow<'_, str>,
        style: ScalarStyle,
        span: Span,
        tag: Option<Box<Tag>>,
    ) {
        let kind = Kind::Scalar(self.own(text), style);
        self.place(Node { kind, span, tag, anchor: None, flow: false });
    }

    /// The text of a scalar, without room to grow; one that may be secret is not moved, which would leave a copy behind.
    fn own(&self, text: Cow<'_, str>) -> String {
        let mut text = text.into_owned();
        if !self.secret {
            text.shrink_to_fit();
        }
        text
    }

    fn forget_anchors(&mut self) {
        if self.secret {
            self.anchors.values_mut().for_each(Zeroize::zeroize);
        }
        self.anchors.clear();
    }

    /// The anchor of the node that began last.
    pub(crate) fn anchor(&mut self, id: usize, span: Span) {
        let open = self.open.last_mut().filter(|_| self.opened).map(|open| &mut open.node);
        let Some(node) = open.or(self.nodes.last_mut()) else { return };
        node.anchor = Some(Box::new(span));
        if !self.opened {
            self.anchors.insert(id, node.clone());
        }
    }

    pub(crate) fn comment(&mut self, text: &str, range: Range<usize>, column: usize) {
        let line_start = self.text[..range.start].rfind('\n').map_or(0, |at| at + 1);
        let before = self.text[line_start..range.start].trim_start_matches('\u{feff}');
        self.comments.push(Comment {
            text: text.to_owned(),
            span: Span::new(range.start, range.end),
            column,
            inline: !before.trim().is_empty(),
        });
    }

    /// The comments seen so far.
    pub(crate) fn comments(&self) -> &[Comment] {
        &self.comments
    }

    /// The key, if one is the last thing seen, and waits for its value.
    pub(crate) fn waiting_key(&self) -> Option<&Node> {
        let mapping = self.open.last().filter(|open| open.is_mapping)?;
        let nodes = &self.nodes[mapping.first..];
        nodes.last().filter(|_| nodes.len() % 2 == 1)
    }

    fn place(&mut self, node: Node) {
        self.opened = false;
        self.nodes.push(node);
    }

    /// A collection begins; `anchor_id` is 0 where it has no anchor.
    pub(crate) fn start_collection(
        &mut self,
        is_mapping: bool,
        start: usize,
        flow: bool,
        tag: Option<Box<Tag>>,
        anchor_id: usize,
    ) {
        self.opened = true;
        let node =
            Node { kind: Kind::Sequence(Vec::new()), span: Span::new(start, start), tag, anchor: None, flow };
        self.open.push(Open { node, is_mapping, first: self.nodes.len(), anchor_id });
    }

    pub(crate) fn alias(&mut self, id: usize, span: Span) -> Result<()> {
        let Some(target) = self.anchors.get(&id) else {
            return Err(Error::new(
                "yaml/recursive-alias",
                "this alias stands inside what it refers to",
                span,
            ));
        };
        let size = count(target);
        if size > self.alias_budget {
            return Err(Error::new(
                "yaml/alias-bomb",
                format!("aliases stand for more than {MAX_ALIAS_NODES} nodes"),
                span,
            ));
        }
        self.alias_budget -= size;
        let kind = Kind::Alias(Box::new(target.clone()));
        self.place(Node { kind, span, tag: None, anchor: None, flow: false });
        Ok(())
    }

    /// The innermost collection ends; `end` counts for flow collections.
    pub(crate) fn end_collection(&mut self, end: usize) {
        let Some(Open { mut node, is_mapping, first, anchor_id }) = self.open.pop() else { return };
        // A value that is missing may stand before the end of its key.
        let last = self.nodes[first..].iter().rev().take(if is_mapping { 2 } else { 1 });
        let last = last.map(|node| node.span.end).max();
        node.kind = if is_mapping {
            let mut pairs = Vec::with_capacity((self.nodes.len() - first) / 2);
            let mut nodes = self.nodes.drain(first..);
            while let (Some(key), Some(value)) = (nodes.next(), nodes.next()) {
                pairs.push(Pair { key, value });
            }
            Kind::Mapping(pairs)
        } else {
            Kind::Sequence(self.nodes.split_off(first))
        };
        node.span.end = if node.flow { end } else { last.unwrap_or(node.span.start) }.max(node.span.start);
        if anchor_id != 0 {
            self.anchors.insert(anchor_id, node.clone());
        }
        self.place(node);
    }

    pub(crate) fn end_document(&mut self, end: usize) {
        let root = self.nodes.pop().unwrap_or_else(|| missing(end));
        let span = Span::new(self.document_start, end);
        self.documents.push(Document { root, span, explicit_start: self.explicit_start });
        self.document_start = end;
    }

    /// The document before ends where an explicit start begins, and so does the text between them.
    fn close_span(&mut self, start: usize) {
        if let Some(last) = self.documents.last_mut() {
            last.span.end = start.max(last.span.end);
        }
        self.document_start = start;
    }
}

impl Drop for Builder<'_> {
    fn drop(&mut self) {
        if !self.secret {
            return;
        }
        self.forget_anchors();
        self.nodes.iter_mut().for_each(Zeroize::zeroize);
        self.documents.iter_mut().for_each(|document| document.root.zeroize());
        self.comments.iter_mut().for_each(Zeroize::zeroize);
    }
}

fn count(node: &Node) -> usize {
    match &node.kind {
        Kind::Scalar(..) => 1,
        Kind::Sequence(items) => 1 + items.iter().map(count).sum::<usize>(),
        Kind::Mapping(pairs) => 1 + pairs.iter().map(|p| count(&p.key) + count(&p.value)).sum::<usize>(),
        Kind::Alias(node) => count(node),
    }
}

fn missing(at: usize) -> Node {
    Node {
        kind: Kind::Scalar(String::new(), ScalarStyle::Plain),
        span: Span::new(at, at),
        tag: None,
        anchor: None,
        flow: false,
    }
}
