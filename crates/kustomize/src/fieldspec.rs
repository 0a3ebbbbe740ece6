//! Finding the fields a transformer changes: a kind and a path of keys, through every item of the lists on the way.

use crate::ids::Gvk;
use crate::kustomization::FieldSpec;
use crate::node::{Map, Node, Scalar, Tag};

/// Where a transformer finds a field, ready for use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spec {
    group: String,
    version: String,
    kind: String,
    path: Vec<String>,
    /// As it was written; equal paths are compared by it.
    text: String,
    pub(crate) create: bool,
}

/// What is made of a field that is missing, where the specification allows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Create {
    Nothing,
    Scalar(Tag),
    Map,
}

/// Changes a field.
pub(crate) type Setter<'s> = dyn FnMut(&mut Node) -> Result<(), String> + 's;

impl Spec {
    /// A specification; `path` is cut at slashes, of which `\/` is none.
    pub(crate) fn new(group: &str, version: &str, kind: &str, path: &str, create: bool) -> Self {
        Self {
            group: group.to_owned(),
            version: version.to_owned(),
            kind: kind.to_owned(),
            path: split(path, '/'),
            text: path.to_owned(),
            create,
        }
    }

    pub(crate) fn of(spec: &FieldSpec) -> Self {
        Self::new(&spec.group, &spec.version, &spec.kind, &spec.path, spec.create)
    }

    /// Whether it is about RoleBindings or ClusterRoleBindings.
    pub(crate) fn is_of_binding(&self) -> bool {
        matches!(self.kind.as_str(), "RoleBinding" | "ClusterRoleBinding")
    }

    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// Whether it is about objects of this kind.
    pub(crate) fn selects(&self, gvk: Gvk<'_>) -> bool {
        gvk.is_selected(&self.group, &self.version, &self.kind)
    }

    /// Whether `other` selects no less, for the same path. (That the wider one counts as known when the narrower one is
    /// there is what kustomize does.)
    fn is_covered_by(&self, other: &Spec) -> bool {
        let gvk = Gvk { group: &self.group, version: &self.version, kind: &self.kind };
        other.selects(gvk) && self.text == other.text
    }

    /// Adds a specification to a list, unless it is known. An error when the two disagree about creating the field.
    pub(crate) fn merge_into(self, list: &mut Vec<Spec>) -> Result<(), ()> {
        match list.iter().find(|known| known.is_covered_by(&self)) {
            Some(known) if known.create == self.create => Ok(()),
            Some(_) => Err(()),
            None => {
                list.push(self);
                Ok(())
            }
        }
    }

    /// Calls `set` for every field of an object that the path leads to.
    pub(crate) fn apply(
        &self,
        object: &mut Node,
        create: Create,
        set: &mut Setter<'_>,
    ) -> Result<(), String> {
        if !self.selects(Gvk::of(object)) {
            return Ok(());
        }
        let create = if self.create { create } else { Create::Nothing };
        // What cannot be there need not be unshared.
        if create == Create::Nothing && !reaches(object, &self.path) {
            return Ok(());
        }
        walk(object, &self.path, create, set).map_err(|why| format!("{}: {why}", self.text))
    }

    /// As [`Spec::apply`], of whatever kind the object is now.
    pub(crate) fn apply_ungrouped(
        &self,
        object: &mut Node,
        create: Create,
        set: &mut Setter<'_>,
    ) -> Result<(), String> {
        walk(object, &self.path, create, set).map_err(|why| format!("{}: {why}", self.text))
    }

    /// Whether `wanted` is true of any field the path leads to, or something else than expected is on the way.
    pub(crate) fn any_ungrouped(&self, object: &Node, wanted: &mut dyn FnMut(&Node) -> bool) -> bool {
        any(object, &self.path, wanted)
    }
}

/// Whether changing fields along the path could do anything, an error included.
fn reaches(node: &Node, path: &[String]) -> bool {
    let Some(part) = path.first() else { return true };
    match node {
        Node::Seq(items) => items.iter().any(|item| reaches(item, path)),
        Node::Map(_) if is_of_lists(part) => true,
        Node::Map(map) => map.get(part.strip_suffix("[]").unwrap_or(part)).is_some_and(|node| {
            // A null list becomes an empty one.
            node.is_null() && part.ends_with("[]") || reaches(node, &path[1..])
        }),
        Node::Scalar(scalar) => !scalar.is_null(),
    }
}

/// Whether a part of a path is an item of a list to kustomize. Lists are gone through item by item, so that a mapping
/// is what stands there, and an error comes of it.
fn is_of_lists(part: &str) -> bool {
    let part = part.strip_suffix("[]").unwrap_or(part);
    match part.as_bytes() {
        [b'0'..=b'9' | b'+' | b'-', ..] => part == "-" || part.parse::<i64>().is_ok(),
        [b'*'] | [b'[', .., b']'] => true,
        _ => false,
    }
}

fn any(node: &Node, path: &[String], wanted: &mut dyn FnMut(&Node) -> bool) -> bool {
    let Some(part) = path.first() else { return wanted(node) };
    match node {
        Node::Seq(items) => items.iter().any(|item| any(item, path, wanted)),
        Node::Map(_) if is_of_lists(part) => true,
        Node::Map(map) => {
            map.get(part.strip_suffix("[]").unwrap_or(part)).is_some_and(|node| any(node, &path[1..], wanted))
        }
        Node::Scalar(scalar) => !scalar.is_null(),
    }
}

fn walk(node: &mut Node, path: &[String], create: Create, set: &mut Setter<'_>) -> Result<(), String> {
    let Some(part) = path.first() else { return set(node) };
    match node {
        Node::Scalar(scalar) if scalar.is_null() => Ok(()),
        Node::Scalar(_) => Err(format!("{} stands where a mapping or a list must be", "a scalar")),
        Node::Seq(_) => {
            let mut items = node.as_seq_mut().into_iter().flatten();
            items.try_for_each(|item| walk(item, path, create, set))
        }
        Node::Map(_) => node.as_map_mut().map_or(Ok(()), |map| walk_map(map, part, &path[1..], create, set)),
    }
}

fn walk_map(
    map: &mut Map,
    part: &str,
    rest: &[String],
    create: Create,
    set: &mut Setter<'_>,
) -> Result<(), String> {
    let (name, is_list) = part.strip_suffix("[]").map_or((part, false), |name| (name, true));
    if name.is_empty() {
        return Err("a field without a name cannot be set".to_owned());
    }
    if is_of_lists(name) {
        return Err(format!("{name} would need a list, but there is a mapping"));
    }
    let creates = create != Create::Nothing && !is_list;
    let empty = if rest.is_empty() { create } else { Create::Map };
    if creates && !map.contains(name) {
        map.push(Scalar::untagged(name), new_node(empty));
    }
    let Some(field) = map.get_mut(name) else { return Ok(()) };
    if field.is_null() {
        // A null turns into what is expected there.
        if is_list {
            *field = Node::seq(Vec::new());
        } else if creates {
            *field = new_node(empty);
        }
    }
    walk(field, rest, create, set)
}

fn new_node(create: Create) -> Node {
    match create {
        Create::Map => Node::empty_map(),
        Create::Scalar(tag) => Node::Scalar(Scalar::tagged("", tag)),
        Create::Nothing => Node::null(),
    }
}

/// Cuts a path at a delimiter, of which one behind a backslash is none. A leading delimiter is allowed.
pub(crate) fn split(path: &str, delimiter: char) -> Vec<String> {
    let mut parts: Vec<&str> = path.split(delimiter).collect();
    if parts.len() > 1 && parts[0].is_empty() {
        parts.remove(0);
    }
    let mut out: Vec<String> = Vec::new();
    for part in parts {
        match out.last_mut() {
            Some(last) if last.ends_with('\\') => {
                last.pop();
                last.push(delimiter);
                last.push_str(part);
            }
            _ => out.push(part.to_owned()),
        }
    }
    out
}

/// Sets a scalar: the new one takes the quotes of the old one. Null counts as a scalar.
pub(crate) fn set_scalar(node: &mut Node, text: &str, tag: Tag) -> Result<(), String> {
    let Node::Scalar(old) = node else {
        return Err(format!("{} stands where a scalar must be", node.kind_name()));
    };
    *old = Scalar::tagged(text, tag).in_place_of(old);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut() {
        assert_eq!(split("a/b[]/c", '/'), ["a", "b[]", "c"]);
        assert_eq!(split("/a/b", '/'), ["a", "b"]);
        assert_eq!(split(r"a/x.io\/y/c", '/'), ["a", "x.io/y", "c"]);
        assert_eq!(split("", '/'), [""]);
    }

    #[test]
    fn parts_that_are_items_of_lists() {
        assert!(["0", "-1", "+2", "-", "*", "[a=b]", "*[]"].iter().all(|part| is_of_lists(part)));
        assert!(
            !["a", "", "0a", "-a", "[", "a[]", "**", "99999999999999999999"]
                .iter()
                .any(|part| is_of_lists(part))
        );
    }

    #[test]
    fn a_wider_specification_counts_as_known() {
        let mut list = vec![Spec::new("apps", "", "Deployment", "a/b", true)];
        assert_eq!(Spec::new("", "", "", "a/b", true).merge_into(&mut list), Ok(()));
        assert_eq!(list.len(), 1);
        assert_eq!(Spec::new("apps", "", "", "a/b", false).merge_into(&mut list), Err(()));
        assert_eq!(Spec::new("", "", "Job", "a/b", false).merge_into(&mut list), Ok(()));
        assert_eq!(list.len(), 2);
    }
}
