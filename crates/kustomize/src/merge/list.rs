//! Lists that are merged item by item. The steps, and their order, are those of kyaml's associative lists.

use std::sync::Arc;

use super::{Directive, Merged, Merger, Sides, Visit};
use crate::merge::schema::{Field, Type};
use crate::node::{Map, Node, Scalar, Seq};
use crate::resource::key_scalar;

/// The values of the merge keys of an item.
type Values = Vec<String>;

impl Merger {
    pub(super) fn merged_list(
        &mut self,
        sides: Sides,
        keys: &[&str],
        item: Option<&'static Type>,
    ) -> Result<Merged, String> {
        let (dest, patch, new) = match visit_list(sides)? {
            Visit::Done(merged) => return Ok(merged),
            Visit::Same(node) => (node, None, true),
            Visit::Two(dest, patch) => (dest, patch, false),
        };
        // What was empty takes the form of the patch.
        let flow = match (&dest, &patch) {
            (Node::Seq(dest), Some(Node::Seq(patch))) if dest.is_empty() => patch.flow,
            (Node::Seq(dest), _) => dest.flow,
            _ => false,
        };
        let dest = dest.as_seq().unwrap_or_default().to_vec();
        let patch = patch.as_ref().map(|patch| patch.as_seq().unwrap_or_default());
        let items = self.items(dest, patch, new, keys, item)?;
        let list = Node::Seq(Arc::new(Seq { items, flow }));
        Ok(if new { Merged::New(list) } else { Merged::Kept(list) })
    }

    /// `new`: both sides are the patch's list.
    fn items(
        &mut self,
        mut dest: Vec<Node>,
        patch: Option<&[Node]>,
        new: bool,
        keys: &[&str],
        item: Option<&'static Type>,
    ) -> Result<Vec<Node>, String> {
        let plain = keys.is_empty();
        let keys: &[&str] = if plain { &[""] } else { keys };
        let mut wanted = Vec::new();
        for list in [patch, Some(&dest[..])].into_iter().flatten() {
            for node in list {
                let values: Values = keys.iter().map(|key| key_value(node, key)).collect();
                if !wanted.contains(&values) {
                    wanted.push(values);
                }
            }
        }
        if keys.len() > 1 {
            unite(&mut wanted);
        }
        let mut added: Vec<Node> = Vec::new();
        let mut valid_keys: Vec<&str> = keys.to_vec();
        for values in &wanted {
            let (present, valid_values) = valid(&wanted, values, keys);
            valid_keys = present;
            let (find_keys, find_values) =
                valid(std::slice::from_ref(&valid_values), &valid_values, &valid_keys);
            let at = find(&dest, &find_keys, &find_values);
            let own = at.map(|at| dest[at].clone());
            let sides = if new {
                match own {
                    Some(node) => Sides::Same(node),
                    None => Sides::Two(None, None),
                }
            } else {
                let from_patch =
                    patch.and_then(|patch| Some(patch[find(patch, &find_keys, &find_values)?].clone()));
                Sides::Two(own, from_patch)
            };
            let merged = self.walk(sides, item.map(Field::Object))?;
            let kept = new || matches!(merged, Merged::Kept(_) | Merged::KeptNull(_));
            let node = match merged {
                Merged::Gone => None,
                Merged::Kept(node) | Merged::New(node) | Merged::KeptNull(node) => {
                    (!node.is_null() && !node.is_empty_map()).then_some(node)
                }
            };
            let Some(mut node) = node else {
                set_element(&mut dest, None, &valid_keys, &valid_values)?;
                continue;
            };
            complete(&mut node, &valid_keys, &valid_values);
            // The object's own item is changed where it stands.
            if let Some(at) = at
                && kept
            {
                dest[at] = node.clone();
            }
            set_element(&mut added, Some(node), &valid_keys, &valid_values)?;
        }
        if wanted.is_empty() {
            return Ok(dest);
        }
        append_all(&mut added, dest, &valid_keys)?;
        Ok(added)
    }
}

fn visit_list(sides: Sides) -> Result<Visit, String> {
    let (dest, patch) = match sides {
        Sides::Same(mut node) => {
            return Ok(match list_directive(&mut node)? {
                Directive::Delete => Visit::Done(Merged::Gone),
                _ => Visit::Same(node),
            });
        }
        Sides::Two(dest, patch) => (dest, patch),
    };
    let Some(dest) = dest.filter(|dest| !dest.is_null()) else {
        return Ok(patch.map_or(Visit::Done(Merged::Gone), Visit::Same));
    };
    let Some(mut patch) = patch else { return Ok(Visit::Two(dest, None)) };
    if patch.is_null() {
        return Ok(Visit::Done(Merged::Gone));
    }
    Ok(match list_directive(&mut patch)? {
        Directive::Delete => Visit::Done(Merged::Gone),
        Directive::Replace => Visit::Same(patch),
        Directive::Merge => Visit::Two(dest, Some(patch)),
    })
}

/// The directive of a list: an item that is nothing but `$patch`. It is taken out.
fn list_directive(patch: &mut Node) -> Result<Directive, String> {
    let has_directive = |item: &Node| item.as_map().is_some_and(|map| map.contains("$patch"));
    let first = patch.as_seq().into_iter().flatten().find(|item| has_directive(item)).and_then(Node::as_map);
    let Some(map) = first.filter(|map| map.len() == 1) else { return Ok(Directive::Merge) };
    let text = map.get("$patch").map(Node::text_or_empty).unwrap_or_default().to_owned();
    let directive = Directive::parse(&text)?;
    if let Some(items) = patch.as_seq_mut() {
        set_element(items, None, &["$patch"], &[text])?;
    }
    Ok(directive)
}

/// A key's value in an item, as text; empty when it is missing. The key without a name is the item itself.
fn key_value(node: &Node, key: &str) -> String {
    if key.is_empty() {
        return node.text_or_empty().to_owned();
    }
    node.get(key).filter(|value| !value.is_nothing()).map(Node::text_or_empty).unwrap_or_default().to_owned()
}

/// Items that differ only where one says nothing are one: each takes over what the other says.
fn unite(wanted: &mut [Values]) {
    for i in 0..wanted.len() {
        // The values are those of the beginning of the round, as in the peer.
        let first = wanted[i].clone();
        for j in 0..wanted.len() {
            let Some(united) = united(&first, &wanted[j]) else { continue };
            wanted[i].clone_from(&united);
            wanted[j] = united;
        }
    }
}

fn united(a: &[String], b: &[String]) -> Option<Values> {
    let mut common = false;
    let mut out = Vec::with_capacity(a.len());
    for (x, y) in a.iter().zip(b) {
        if x == y {
            common = true;
        } else if !x.is_empty() && !y.is_empty() {
            return None;
        }
        out.push(if x.is_empty() { y.clone() } else { x.clone() });
    }
    common.then_some(out)
}

/// The keys that any item has, and an item's values for them; all keys when no item has any.
fn valid<'k>(all: &[Values], values: &[String], keys: &[&'k str]) -> (Vec<&'k str>, Values) {
    let has = |n: usize| all.iter().any(|values| values.get(n).is_some_and(|value| !value.is_empty()));
    if !(0..keys.len()).any(has) {
        return (keys.to_vec(), values.to_vec());
    }
    let valid_keys = keys.iter().enumerate().filter(|(n, _)| has(*n)).map(|(_, key)| *key).collect();
    let valid_values = values
        .iter()
        .enumerate()
        .filter(|(n, value)| !value.is_empty() || has(*n))
        .map(|(_, value)| value.clone());
    (valid_keys, valid_values.collect())
}

/// The first item with these values.
fn find(items: &[Node], keys: &[&str], values: &[String]) -> Option<usize> {
    if keys.first().is_none_or(|key| key.is_empty()) {
        let value = values.first()?;
        return items.iter().position(|item| item.text_or_empty() == value);
    }
    if keys.len() != values.len() {
        return None;
    }
    items.iter().position(|item| {
        let Some(map) = item.as_map() else { return false };
        keys.iter()
            .zip(values)
            .all(|(key, value)| map.get(key).is_some_and(|node| node.text_or_empty() == value))
    })
}

/// Puts the keys into an item that lacks them.
fn complete(node: &mut Node, keys: &[&str], values: &[String]) {
    for (key, value) in keys.iter().zip(values) {
        if value.is_empty() || node.get(key).is_some() {
            continue;
        }
        match node {
            Node::Scalar(scalar) => *scalar = Scalar::untagged(value.as_str()).in_place_of(scalar),
            Node::Map(_) => {
                if let Some(map) = node.as_map_mut() {
                    set_new(map, key, value);
                }
            }
            Node::Seq(_) => {}
        }
    }
}

fn set_new(map: &mut Map, key: &str, value: &str) {
    let mut scalar = Scalar::untagged(value);
    if crate::form::is_yaml11_nonstring(value) {
        scalar.style = crate::node::Style::DoubleQuoted;
    }
    map.push(key_scalar(key), Node::Scalar(scalar));
}

/// Replaces every item with these values, or appends the element; without an element the items are deleted. Nulls and
/// empty mappings go; without values every other item goes, too.
fn set_element(
    items: &mut Vec<Node>,
    element: Option<Node>,
    keys: &[&str],
    values: &[String],
) -> Result<(), String> {
    let of_mappings = keys.first().is_some_and(|key| !key.is_empty())
        && values.first().is_some_and(|value| !value.is_empty());
    let mut kept = Vec::with_capacity(items.len() + 1);
    let mut found_any = false;
    for item in items.drain(..) {
        if item.is_null() || item.is_empty_map() {
            continue;
        }
        if item.as_map().is_none() && of_mappings {
            kept.push(item);
            continue;
        }
        if !matches(&item, keys, values)? {
            if !values.is_empty() {
                kept.push(item);
            }
            continue;
        }
        found_any = true;
        kept.extend(element.clone());
    }
    *items = kept;
    if let Some(element) = element.filter(|element| !element.is_null() && !found_any) {
        items.push(element);
    }
    Ok(())
}

fn matches(item: &Node, keys: &[&str], values: &[String]) -> Result<bool, String> {
    // The value last found counts for keys that have none of their own.
    let mut last = false;
    for (n, key) in keys.iter().enumerate() {
        if let Some(value) = values.get(n) {
            last = match (key.is_empty(), item) {
                (true, Node::Scalar(scalar)) => *scalar.text == **value,
                (true, other) => {
                    return Err(format!("{} is an item of a list of plain values", other.kind_name()));
                }
                (false, Node::Map(map)) => {
                    map.get(key).is_some_and(|node| value.is_empty() || node.text_or_empty() == value)
                }
                (false, other) => {
                    return Err(format!("{} is an item of a list of mappings", other.kind_name()));
                }
            };
        }
        if !last {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The object's items behind the patch's: each replaces the one with its values, or is appended.
fn append_all(added: &mut Vec<Node>, dest: Vec<Node>, keys: &[&str]) -> Result<(), String> {
    for item in dest {
        if keys.first().is_none_or(|key| key.is_empty()) {
            let value = item.text_or_empty().to_owned();
            set_element(added, Some(item), &[""], &[value])?;
            continue;
        }
        let mut values = Vec::new();
        for key in keys {
            match &item {
                Node::Map(map) => match map.get(key) {
                    Some(value) => values.push(value.text_or_empty().to_owned()),
                    None => added.push(item.clone()),
                },
                other if other.is_null() => added.push(item.clone()),
                other => return Err(format!("{} is an item of a list of mappings", other.kind_name())),
            }
        }
        if keys.len() > 1 {
            set_element(added, None, keys, &values)?;
        }
        set_element(added, Some(item), keys, &values)?;
    }
    Ok(())
}
