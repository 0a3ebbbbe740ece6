//! Walks a file's values in the order sops does, with the place each is bound to and whether the selector chooses it.

use std::borrow::Cow;
use std::rc::Rc;

use yaml::{Document, Kind, Node, Span};

use crate::block;
use crate::commented::Plan;
use crate::comments::Levels;
use crate::format::Format;
use crate::splice::Wiped;
use crate::value::Scalar;
use crate::{Error, Result, Selector};

/// Deeper than any parsed text nests by itself; aliases can nest further.
const MAX_DEPTH: usize = 1000;

/// A scalar that is a value.
pub(crate) struct Leaf<'n, 'a> {
    /// The scalar as it is written, never an alias.
    pub(crate) node: &'n Node,
    /// What the encryption is bound to: the keys from the root, each followed by `:`.
    pub(crate) aad: &'a str,
    /// Whether the selector chooses it.
    pub(crate) chosen: bool,
    /// Whether it stands in a flow collection, where plain text is narrower.
    pub(crate) flow: bool,
    /// The outermost alias through which it was reached.
    pub(crate) alias: Option<&'n Node>,
    /// The list it is an item of.
    pub(crate) list: Option<&'n Node>,
    /// Column of the collection it stands in.
    pub(crate) column: usize,
}

impl Leaf<'_, '_> {
    /// Its path for messages: keys joined by dots.
    pub(crate) fn path(&self) -> String {
        path_of(self.aad)
    }
}

/// A bound place as a path for messages.
pub(crate) fn path_of(aad: &str) -> String {
    let path = aad.strip_suffix(':').unwrap_or(aad).replace(':', ".");
    if path.is_empty() { "the top level".to_owned() } else { path }
}

/// Calls `visit` for every value of the stream, in document order. `sops` blocks are left out. Gives the collections
/// that comments can belong to.
pub(crate) fn walk<'n>(
    stream: &'n Wiped,
    text: &str,
    selector: &Selector,
    visit: &mut dyn FnMut(Leaf<'n, '_>) -> Result<()>,
) -> Result<Levels> {
    if !selector.by_comment() {
        return walk_planned(stream, text, selector, None, visit);
    }
    // Where comments choose, they must be placed before anything is chosen.
    let mut levels = walk_planned(stream, text, selector, None, &mut |_| Ok(()))?;
    let plan = Plan::new(&levels, stream, text, selector);
    walk_planned(stream, text, selector, Some(&plan), visit)?;
    levels.chosen = Some(plan.chosen);
    Ok(levels)
}

fn walk_planned<'n>(
    stream: &'n Wiped,
    text: &str,
    selector: &Selector,
    plan: Option<&Plan>,
    visit: &mut dyn FnMut(Leaf<'n, '_>) -> Result<()>,
) -> Result<Levels> {
    let mut walker = Walker {
        text,
        selector,
        format: stream.format,
        plan,
        visit,
        aad: String::new(),
        levels: Levels::default(),
        alias: None,
        depth: 0,
    };
    for document in &stream.documents {
        walker.document(document)?;
    }
    Ok(walker.levels)
}

struct Walker<'n, 't, 'v> {
    text: &'t str,
    selector: &'t Selector,
    format: Format,
    /// What comments choose.
    plan: Option<&'t Plan>,
    visit: &'v mut dyn FnMut(Leaf<'n, '_>) -> Result<()>,
    aad: String,
    levels: Levels,
    alias: Option<&'n Node>,
    depth: usize,
}

/// What a node inherits from where it stands.
#[derive(Clone, Copy)]
struct Context<'n> {
    hit: bool,
    flow: bool,
    list: Option<&'n Node>,
    column: usize,
}

impl<'n> Walker<'n, '_, '_> {
    fn document(&mut self, document: &'n Document) -> Result<()> {
        let root = &document.root;
        self.levels.begin_document(document.span, Rc::from(":"), self.selector.chooses(false));
        if root.is_missing() {
            return Ok(());
        }
        if root.as_mapping().is_none() {
            return Err(Error::new(
                "sops/root",
                format!("the document is {}; only mappings can be encrypted", root.kind_name()),
            )
            .at(head(root.span, self.text)));
        }
        self.node(root, Context { hit: false, flow: false, list: None, column: 0 })
    }

    fn node(&mut self, node: &'n Node, context: Context<'n>) -> Result<()> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(
                Error::new("sops/depth", format!("nested deeper than {MAX_DEPTH} levels")).at(node.span)
            );
        }
        match &node.kind {
            Kind::Scalar(..) => self.leaf(node, context)?,
            Kind::Alias(target) => {
                let outer = self.alias;
                self.alias = outer.or(Some(node));
                self.node(target, context)?;
                self.alias = outer;
            }
            Kind::Sequence(items) => {
                let column = self.enter(node, context.hit);
                let inner = Context { flow: context.flow || node.flow, list: Some(node), column, ..context };
                for (number, item) in items.iter().enumerate() {
                    // A scalar and a flow collection are entries of their own accord.
                    if !node.flow {
                        let before = number.checked_sub(1).and_then(|before| items.get(before));
                        self.item(dash(self.text, node, before, item), item);
                    }
                    let hit = context.hit || self.planned(node, number);
                    self.node(item, Context { hit, ..inner })?;
                }
                self.leave();
            }
            Kind::Mapping(pairs) => {
                let column = self.enter(node, context.hit);
                let root = self.depth == 1;
                for (number, pair) in pairs.iter().enumerate() {
                    self.entry(pair.key.span.start);
                    let key = self.key(&pair.key)?;
                    if root && block::is_key(&key, self.format) {
                        continue;
                    }
                    let hit = context.hit || self.planned(node, number) || self.selector.hits(&key);
                    let length = self.aad.len();
                    self.aad.push_str(&key);
                    self.aad.push(':');
                    let flow = context.flow || node.flow;
                    self.node(&pair.value, Context { hit, flow, list: None, column })?;
                    self.aad.truncate(length);
                }
                self.leave();
            }
        }
        self.depth -= 1;
        Ok(())
    }

    fn leaf(&mut self, node: &'n Node, context: Context<'n>) -> Result<()> {
        if !node.is_missing() {
            self.entry(node.span.start);
        }
        (self.visit)(Leaf {
            node,
            aad: &self.aad,
            chosen: self.selector.chooses(context.hit),
            flow: context.flow,
            alias: self.alias,
            list: context.list,
            column: context.column,
        })
    }

    fn planned(&self, collection: &Node, entry: usize) -> bool {
        self.plan.is_some_and(|plan| plan.hits(collection.span, entry))
    }

    fn key(&self, node: &'n Node) -> Result<Cow<'n, str>> {
        let refuse = |what: &str| {
            Error::new("sops/key-type", format!("a key is {what}; sops knows keys that are text only"))
                .at(head(node.span, self.text))
                .with_help("put the key in quotes")
        };
        let Some(written) = node.as_str() else { return Err(refuse(node.kind_name())) };
        match Scalar::from_node(node)? {
            Scalar::Str(text) if text.as_str() == written => Ok(written.into()),
            Scalar::Str(text) => Ok(text.to_string().into()),
            Scalar::Null => Err(refuse("null")),
            Scalar::Int(_) | Scalar::Float(_) => Err(refuse("a number")),
            Scalar::Bool(_) => Err(refuse("a boolean")),
            Scalar::Time(_) => Err(refuse("a date")),
        }
    }

    /// Comments belong to collections as they are written, not to the copies that aliases stand for.
    fn enter(&mut self, node: &Node, hit: bool) -> usize {
        let column = column(self.text, node.span.start);
        if self.alias.is_none() {
            let aad = if self.aad.is_empty() { ":" } else { self.aad.as_str() };
            self.levels.enter(node, column, Rc::from(aad), self.selector.chooses(hit));
        }
        column
    }

    fn entry(&mut self, start: usize) {
        if self.alias.is_none() {
            self.levels.entry(start);
        }
    }

    fn item(&mut self, dash: usize, item: &Node) {
        if self.alias.is_none() && item.is_missing() {
            self.levels.empty_dash(dash);
        } else {
            self.entry(dash);
        }
    }

    fn leave(&mut self) {
        if self.alias.is_none() {
            self.levels.leave();
        }
    }
}

/// The dash of a list item in block style: the first one below the item before it.
fn dash(text: &str, list: &Node, before: Option<&Node>, item: &Node) -> usize {
    let Some(before) = before else { return list.span.start };
    let mut at = before.span.end;
    for line in text.get(at..item.span.start).unwrap_or_default().split_inclusive('\n') {
        let blanks = line.len() - line.trim_start().len();
        if line[blanks..].starts_with('-') && text[..at].ends_with('\n') {
            return at + blanks;
        }
        at += line.len();
    }
    item.span.start
}

/// Column of an offset, in characters from 0.
pub(crate) fn column(text: &str, offset: usize) -> usize {
    let line = text[..offset].rfind('\n').map_or(0, |at| at + 1);
    text[line..offset].trim_start_matches('\u{feff}').chars().count()
}

/// The first line of a span.
pub(crate) fn head(span: Span, text: &str) -> Span {
    let length = text[span.range()].find('\n').unwrap_or(span.end - span.start);
    Span::new(span.start, span.start + length)
}
