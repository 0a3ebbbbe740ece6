//! Strategic merge patches as kustomize applies them (kyaml's merge2 with items of patches first).
//!
//! The rules were read off the peer, oddities included: nulls without a text vanish from every mapping on the way,
//! items without the merge key push others out of their list, `$patch: replace` of an item does nothing. Where a node
//! of the patch is put into the object, the merge goes on with that node on both sides ([`Sides::Same`]), which takes
//! directives and nulls out of what is added.

mod list;
pub(crate) mod schema;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::node::{Map, Node, Scalar, Style, Tag};
use schema::{Field, Type};

/// The two sides of a merge.
pub(crate) enum Sides {
    /// The object's node and the patch's; either may be missing.
    Two(Option<Node>, Option<Node>),
    /// One node on both sides.
    Same(Node),
}

/// What a merge gives.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Merged {
    /// Nothing: the field or item goes.
    Gone,
    /// The object's node, changed or not.
    Kept(Node),
    /// A null that was written out and stays.
    KeptNull(Node),
    /// The patch's node.
    New(Node),
}

impl Merged {
    /// The node; null is as good as none.
    fn into_node(self) -> Option<Node> {
        match self {
            Self::Gone => None,
            Self::Kept(node) | Self::New(node) => (!node.is_null()).then_some(node),
            Self::KeptNull(node) => Some(node),
        }
    }
}

/// A merge in progress.
#[derive(Default)]
pub(crate) struct Merger {
    /// Values of the object that were overwritten and stand in several places.
    pub(crate) overwritten: Vec<Scalar>,
}

/// Merges a patch into an object; none when the patch deletes it.
pub(crate) fn merge(object: &Node, patch: &Node) -> Result<Option<Node>, String> {
    let mut merger = Merger::default();
    let merged = merger.walk(Sides::Two(Some(object.clone()), Some(patch.clone())), None)?;
    let mut node = match merged {
        Merged::Gone => return Ok(None),
        Merged::Kept(node) | Merged::New(node) | Merged::KeptNull(node) => node,
    };
    crate::shared::spread(&mut node, &merger.overwritten);
    Ok(Some(node))
}

/// A `$patch` directive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Directive {
    Merge,
    Replace,
    Delete,
}

impl Directive {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "merge" => Ok(Self::Merge),
            "replace" => Ok(Self::Replace),
            "delete" => Ok(Self::Delete),
            _ => Err("a $patch directive must be merge, replace or delete".to_owned()),
        }
    }
}

impl Merger {
    /// Merges two nodes, of which the field's description is known or not.
    pub(crate) fn walk(&mut self, sides: Sides, field: Option<Field>) -> Result<Merged, String> {
        let field = field.or_else(|| described_by_itself(&sides));
        match kind(&sides)? {
            Kind::Scalar => Ok(self.scalar(sides)),
            Kind::Map => {
                let known = match field {
                    Some(Field::Object(known)) => Some(known),
                    _ => None,
                };
                self.map(sides, known)
            }
            Kind::List => match field {
                Some(Field::List { keys, item }) => self.merged_list(sides, keys, item),
                _ => Ok(replaced(sides)),
            },
        }
    }

    fn scalar(&mut self, sides: Sides) -> Merged {
        match sides {
            Sides::Same(node) => Merged::New(node),
            Sides::Two(dest, None) => dest.map_or(Merged::Gone, Merged::Kept),
            Sides::Two(dest, Some(mut patch)) => {
                if let (Some(Node::Scalar(old)), Node::Scalar(new)) = (&dest, &mut patch)
                    && !new.is_null()
                {
                    *new = new.clone().in_place_of(old);
                    self.overwritten.extend((old.shared != 0).then(|| new.clone()));
                }
                Merged::New(patch)
            }
        }
    }

    fn map(&mut self, sides: Sides, known: Option<&'static Type>) -> Result<Merged, String> {
        match visit_map(sides)? {
            Visit::Done(merged) => Ok(merged),
            Visit::Same(node) => self.fields_of_same(node, known).map(Merged::New),
            Visit::Two(dest, patch) => self.fields(dest, patch.as_ref(), known).map(Merged::Kept),
        }
    }

    fn fields_of_same(&mut self, mut node: Node, known: Option<&'static Type>) -> Result<Node, String> {
        let Some(map) = node.as_map_mut() else { return Ok(node) };
        for name in sorted_names([&*map]) {
            let Some(child) = map.get(&name).cloned() else { continue };
            let field = known.and_then(|known| known.field(&name));
            let merged = self.walk(Sides::Same(child), field)?;
            set(map, &name, None, merged);
        }
        Ok(node)
    }

    fn fields(
        &mut self,
        mut dest: Node,
        patch: Option<&Node>,
        known: Option<&'static Type>,
    ) -> Result<Node, String> {
        let none = Map::default();
        let patch = patch.and_then(Node::as_map).unwrap_or(&none);
        // What was empty takes the form of the patch.
        if dest.is_empty_map()
            && let Some(map) = dest.as_map_mut()
        {
            map.flow = patch.flow;
        }
        let Some(current) = dest.as_map() else { return Ok(dest) };
        // Most of an object is not touched by a patch and need not be unshared.
        let names: Vec<Arc<str>> = sorted_names([current, patch])
            .into_iter()
            .filter(|name| {
                patch.contains(name) || current.get(name).is_some_and(|node| changes_alone(node, known, name))
            })
            .collect();
        if names.is_empty() {
            return Ok(dest);
        }
        let Some(map) = dest.as_map_mut() else { return Ok(dest) };
        for name in names {
            let (old, new) = (map.get(&name).cloned(), patch.get(&name).cloned());
            let field = known.and_then(|known| known.field(&name));
            let merged = self.walk(Sides::Two(old, new), field)?;
            set(map, &name, patch.key(&name), merged);
        }
        Ok(dest)
    }
}

/// Whether a field changes although the patch says nothing of it: nulls without a text go, merged lists are sorted
/// anew, text gets quotes.
fn changes_alone(node: &Node, known: Option<&'static Type>, name: &str) -> bool {
    let field = known.and_then(|known| known.field(name)).or_else(|| type_of(node).map(Field::Object));
    changes(node, field)
}

fn changes(node: &Node, field: Option<Field>) -> bool {
    match node {
        Node::Scalar(scalar) => scalar.is_null() || needs_quotes(scalar),
        Node::Seq(_) => matches!(field, Some(Field::List { .. })),
        Node::Map(map) => {
            let known = match field {
                Some(Field::Object(known)) => Some(known),
                _ => None,
            };
            map.iter().any(|(key, value)| changes_alone(value, known, &key.text))
        }
    }
}

fn sorted_names<'m>(maps: impl IntoIterator<Item = &'m Map>) -> BTreeSet<Arc<str>> {
    maps.into_iter().flat_map(Map::iter).map(|(key, _)| Arc::clone(&key.text)).collect()
}

/// Writes a merged field. A key that is new keeps the quotes it has in the patch.
fn set(map: &mut Map, name: &str, key: Option<&Scalar>, merged: Merged) {
    let kept = matches!(merged, Merged::Kept(_));
    match (merged.into_node(), map.get_mut(name)) {
        (Some(value), Some(old)) if kept => *old = quoted(value),
        (Some(value), Some(old)) => *old = value.in_form_of(old),
        (Some(value), None) => {
            let style = key.map_or(Style::Plain, |key| key.style);
            map.push(Scalar { style, ..Scalar::untagged(name) }, quoted(value));
        }
        (None, _) => {
            map.remove(name);
        }
    }
}

/// Text that YAML 1.1 reads as something else gets quotes when a field is written.
fn quoted(mut node: Node) -> Node {
    if let Node::Scalar(scalar) = &mut node
        && needs_quotes(scalar)
    {
        scalar.style = Style::DoubleQuoted;
    }
    node
}

fn needs_quotes(scalar: &Scalar) -> bool {
    matches!(scalar.tag, Tag::Str | Tag::Unset)
        && scalar.style == Style::Plain
        && !scalar.tagged
        && crate::form::is_yaml11_nonstring(&scalar.text)
}

enum Kind {
    Scalar,
    Map,
    List,
}

/// The kind of the first side that is not null; both must agree. Two nulls count as mappings.
fn kind(sides: &Sides) -> Result<Kind, String> {
    let nodes = match sides {
        Sides::Same(node) => [Some(node), None],
        Sides::Two(dest, patch) => [dest.as_ref(), patch.as_ref()],
    };
    let mut said = nodes.into_iter().flatten().filter(|node| !node.is_null());
    let Some(first) = said.next() else { return Ok(Kind::Map) };
    if let Some(second) = said.next()
        && std::mem::discriminant(first) != std::mem::discriminant(second)
    {
        return Err(format!(
            "the patch has {} where the object has {}",
            second.kind_name(),
            first.kind_name()
        ));
    }
    Ok(match first {
        Node::Scalar(_) => Kind::Scalar,
        Node::Map(_) => Kind::Map,
        Node::Seq(_) => Kind::List,
    })
}

/// A mapping that says its own apiVersion and kind is what they say.
fn described_by_itself(sides: &Sides) -> Option<Field> {
    let known = match sides {
        Sides::Same(node) => type_of(node),
        Sides::Two(dest, patch) => {
            dest.as_ref().and_then(type_of).or_else(|| patch.as_ref().and_then(type_of))
        }
    };
    known.map(Field::Object)
}

fn type_of(node: &Node) -> Option<&'static Type> {
    let text = |key| node.get(key).and_then(Node::text).filter(|text: &&str| !text.is_empty());
    schema::of(text("apiVersion")?, text("kind")?)
}

/// A list that is not merged: the patch's, where it has one.
fn replaced(sides: Sides) -> Merged {
    match sides {
        Sides::Same(node) | Sides::Two(_, Some(node)) => Merged::New(node),
        Sides::Two(Some(node), None) => Merged::Kept(node),
        Sides::Two(None, None) => Merged::Gone,
    }
}

/// What is to be done with a collection once its directive is known.
enum Visit {
    Done(Merged),
    Same(Node),
    Two(Node, Option<Node>),
}

fn visit_map(sides: Sides) -> Result<Visit, String> {
    let (dest, patch) = match sides {
        Sides::Same(mut node) => {
            if node.is_null() {
                return Ok(Visit::Done(Merged::New(node)));
            }
            return Ok(match map_directive(&mut node)? {
                Directive::Delete => Visit::Done(Merged::Gone),
                _ => Visit::Same(node),
            });
        }
        Sides::Two(dest, patch) => (dest, patch),
    };
    let dest = match dest {
        Some(dest) if !dest.is_null() => dest,
        dest => return Ok(add_map(dest, patch)),
    };
    let Some(mut patch) = patch else { return Ok(Visit::Two(dest, None)) };
    if patch.is_null() {
        return Ok(Visit::Done(Merged::Gone));
    }
    Ok(match map_directive(&mut patch)? {
        Directive::Delete => Visit::Done(Merged::Gone),
        Directive::Replace => Visit::Same(patch),
        Directive::Merge => Visit::Two(dest, Some(patch)),
    })
}

/// The object has nothing, or null, where the patch may have a mapping.
fn add_map(dest: Option<Node>, patch: Option<Node>) -> Visit {
    let Some(mut patch) = patch else {
        return Visit::Done(match dest {
            // A null that is spelled out stays.
            Some(null) if !null.text_or_empty().is_empty() => Merged::KeptNull(null),
            _ => Merged::Gone,
        });
    };
    if patch.is_null() {
        return Visit::Done(Merged::New(patch));
    }
    // An unknown directive is no error here.
    match map_directive(&mut patch) {
        Ok(Directive::Delete) => Visit::Done(Merged::Gone),
        _ => Visit::Same(patch),
    }
}

/// The directive of a mapping; it is taken out.
fn map_directive(patch: &mut Node) -> Result<Directive, String> {
    let Some(text) = patch.get("$patch").map(|node| node.text_or_empty().to_owned()) else {
        return Ok(Directive::Merge);
    };
    let directive = Directive::parse(&text)?;
    if let Some(map) = patch.as_map_mut() {
        map.remove("$patch");
    }
    Ok(directive)
}
