//! Field paths of replacements: `spec.containers.[name=web].image`, `data.0`, `metadata.annotations.[a.b/c]`, `*`.

use crate::fieldspec::split;
use crate::node::{Map, Node, Scalar, Style, Tag};

/// The kind of node that is created where a path leads nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaf {
    Scalar,
    Map,
    Seq,
}

impl Leaf {
    /// The kind of a value that is to be put there.
    pub(crate) fn of(node: &Node) -> Self {
        match node {
            Node::Scalar(_) => Self::Scalar,
            Node::Map(_) => Self::Map,
            Node::Seq(_) => Self::Seq,
        }
    }

    /// An empty one.
    pub(crate) fn node(self) -> Node {
        match self {
            Self::Scalar => Node::untagged(""),
            Self::Map => Node::empty_map(),
            Self::Seq => Node::seq(Vec::new()),
        }
    }
}

/// Cuts a path at dots that stand outside of brackets and not behind a backslash. Brackets without `=` only protect
/// dots and are taken off.
pub(crate) fn parse(path: &str) -> Vec<String> {
    let parts = split(path, '.');
    let mut out = Vec::new();
    let mut parts = parts.into_iter();
    while let Some(part) = parts.next() {
        if !part.starts_with('[') || part.ends_with(']') {
            out.push(part);
            continue;
        }
        let mut whole = part;
        for more in parts.by_ref() {
            whole.push('.');
            whole.push_str(&more);
            if more.ends_with(']') {
                break;
            }
        }
        out.push(if whole.contains('=') { whole } else { whole.trim_matches(['[', ']']).to_owned() });
    }
    out
}

/// What a path leads to; none when it leads nowhere.
pub(crate) fn lookup<'n>(node: &'n Node, path: &[String]) -> Result<Option<&'n Node>, String> {
    let mut node = node;
    for part in path.iter().map(|part| part.trim()).filter(|part| !part.is_empty()) {
        let next = if let Ok(index) = part.parse::<i64>() {
            let index = usize::try_from(index).map_err(|_| "an index cannot be negative".to_owned())?;
            items(node, part)?.get(index)
        } else if part == "-" {
            items(node, part)?.last()
        } else if part == "*" {
            return Err("* cannot be used here".to_owned());
        } else if let Some((key, value)) = element(part)? {
            items(node, part)?.iter().find(|item| is_element(item, key, value))
        } else {
            field(node, part)?
        };
        match next {
            Some(next) => node = next,
            None => return Ok(None),
        }
    }
    Ok(Some(node))
}

pub(crate) fn items<'n>(node: &'n Node, part: &str) -> Result<&'n [Node], String> {
    match node {
        Node::Seq(items) => Ok(items),
        node if node.is_null() => Ok(&[]),
        node => Err(format!("{part} needs a list, but there is {}", node.kind_name())),
    }
}

pub(crate) fn field<'n>(node: &'n Node, name: &str) -> Result<Option<&'n Node>, String> {
    match node {
        Node::Map(map) => Ok(map.get(name)),
        node if node.is_null() => Ok(None),
        node => Err(format!("{name} needs a mapping, but there is {}", node.kind_name())),
    }
}

/// Key and value of `[key=value]`; the key may be empty.
pub(crate) fn element(part: &str) -> Result<Option<(&str, &str)>, String> {
    let Some(inner) = part.strip_prefix('[').and_then(|part| part.strip_suffix(']')) else { return Ok(None) };
    inner.split_once('=').map(Some).ok_or_else(|| format!("{part} must be of the form [key=value]"))
}

pub(crate) fn is_element(item: &Node, key: &str, value: &str) -> bool {
    if key.is_empty() {
        return item.text_or_empty() == value;
    }
    item.get(key).is_some_and(|node| node.text_or_empty() == value)
}

/// Changes what a path leads to.
pub(crate) type Change<'c> = dyn FnMut(&mut Node) -> Result<(), String> + 'c;

/// Calls `change` for everything a path leads to and says how many that was. With `create`, what is missing is made.
pub(crate) fn change(
    node: &mut Node,
    path: &[String],
    create: Option<Leaf>,
    change: &mut Change<'_>,
) -> Result<usize, String> {
    let Some((part, rest)) = path.split_first() else {
        change(node)?;
        return Ok(1);
    };
    if node.is_null() && create.is_some() && part != "*" {
        // kustomize puts what is missing below the null itself, where nothing is ever read.
        let mut lost = part_kind(Some(part), Leaf::Map).node();
        return self::change(&mut lost, path, create, change);
    }
    if let Some(index) = part.parse::<usize>().ok().filter(|_| !part.starts_with('+')) {
        return change_index(node, index, rest, create, change);
    }
    if let Some((key, pattern)) = element(part)? {
        return change_elements(node, part, (key, pattern), rest, create, change);
    }
    if part == "*" {
        items(node, part)?;
        let mut found = 0;
        for item in node.as_seq_mut().into_iter().flatten() {
            found += self::change(item, rest, create, change)?;
        }
        return Ok(found);
    }
    change_field(node, part, rest, create, change)
}

fn change_field(
    node: &mut Node,
    name: &str,
    rest: &[String],
    create: Option<Leaf>,
    change: &mut Change<'_>,
) -> Result<usize, String> {
    let found = field(node, name)?;
    let scalar_on_the_way = found.is_some_and(|field| field.as_scalar().is_some()) && !rest.is_empty();
    if scalar_on_the_way {
        return Err(format!("{name} is a text, and what is written in it has no such field"));
    }
    if found.is_none() {
        let Some(leaf) = create else { return Ok(0) };
        let made = part_kind(rest.first(), leaf).node();
        node.as_map_mut().into_iter().for_each(|map| map.push(Scalar::untagged(name), made.clone()));
    }
    match node.as_map_mut().and_then(|map| map.get_mut(name)) {
        Some(field) => self::change(field, rest, create, change),
        None => Ok(0),
    }
}

fn change_index(
    node: &mut Node,
    index: usize,
    rest: &[String],
    create: Option<Leaf>,
    change: &mut Change<'_>,
) -> Result<usize, String> {
    let len = items(node, &index.to_string())?.len();
    let Some(list) = node.as_seq_mut() else { return Ok(0) };
    if let Some(leaf) = create
        && index == len
    {
        list.push(part_kind(rest.first(), leaf).node());
    }
    match list.get_mut(index) {
        Some(item) => self::change(item, rest, create, change),
        None => Err(format!("there is no item {index}, only {len}")),
    }
}

/// The value is a pattern that may match anywhere in the element's text.
fn change_elements(
    node: &mut Node,
    part: &str,
    (key, pattern): (&str, &str),
    rest: &[String],
    create: Option<Leaf>,
    change: &mut Change<'_>,
) -> Result<usize, String> {
    let regex = goregex::compile(pattern)
        .map_err(|why| format!("{pattern} is no valid regular expression: {why}"))?;
    items(node, part)?;
    let fits = |item: &Node| match (key, item) {
        ("", Node::Scalar(scalar)) => regex.is_match(&written(scalar)),
        ("", _) => false,
        (key, item) => {
            item.get(key).and_then(Node::as_scalar).is_some_and(|scalar| regex.is_match(&written(scalar)))
        }
    };
    if let Some(_leaf) = create
        && !node.as_seq().into_iter().flatten().any(fits)
    {
        let made = if key.is_empty() { Node::untagged(pattern) } else { single(key, pattern) };
        node.as_seq_mut().into_iter().for_each(|list| list.push(made.clone()));
    }
    let mut found = 0;
    for item in node.as_seq_mut().into_iter().flatten().filter(|item| fits(item)) {
        // What follows a plain item is not looked at.
        let rest = if key.is_empty() { &[][..] } else { rest };
        found += self::change(item, rest, create, change)?;
    }
    Ok(found)
}

fn single(key: &str, value: &str) -> Node {
    let mut map = Map::default();
    map.insert(key, Node::untagged(value));
    Node::map(map)
}

/// The kind of node that has `next` below it.
pub(crate) fn part_kind(next: Option<&String>, leaf: Leaf) -> Leaf {
    match next {
        None => leaf,
        Some(next) if next.is_empty() => leaf,
        Some(next) if next.starts_with('[') && next.ends_with(']') => Leaf::Seq,
        Some(next) if next.parse::<usize>().is_ok() => Leaf::Seq,
        Some(_) => Leaf::Map,
    }
}

/// A scalar as it would be written, with its quotes.
fn written(scalar: &Scalar) -> String {
    let text = &*scalar.text;
    let needs_quotes = scalar.tag == Tag::Str
        && (!crate::scalar::plain_allowed(text) || crate::scalar::tag_of_plain(text) != Tag::Str);
    match scalar.style {
        Style::SingleQuoted => format!("'{}'", text.replace('\'', "''")),
        Style::DoubleQuoted => yaml::quoted(text),
        Style::Plain if needs_quotes => yaml::quoted(text),
        _ => text.trim().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        let parts = |path: &str| parse(path).join("|");
        assert_eq!(parts("spec.data.[name=first].key"), "spec|data|[name=first]|key");
        assert_eq!(parts("spec.data.[name=f.i.r.s.t.].key"), "spec|data|[name=f.i.r.s.t.]|key");
        assert_eq!(parts(r"a\.b.c"), "a.b|c");
        assert_eq!(parts("metadata.annotations.[a.b.c/d.e]"), "metadata|annotations|a.b.c/d.e");
        assert_eq!(parts("x.[name=f.[r.key"), "x|[name=f.[r.key");
    }

    fn object() -> Node {
        let text = "{spec: {c: [{name: web, image: a}, {name: webby, image: b}], l: [x, y]}}";
        crate::jsonpatch::node_of(&yaml::load_one(text, yaml::Dialect::GoYamlV3).unwrap())
    }

    #[test]
    fn reading() {
        let object = object();
        let at = |path: &str| {
            lookup(&object, &parse(path)).map(|node| node.map(|node| node.text_or_empty().to_owned()))
        };
        assert_eq!(at("spec.c.[name=webby].image"), Ok(Some("b".to_owned())));
        assert_eq!(at("spec.c.0.image"), Ok(Some("a".to_owned())));
        assert_eq!(at("spec.l.-"), Ok(Some("y".to_owned())));
        assert_eq!(at("spec.z.q"), Ok(None));
        assert!(at("spec.l.q").is_err() && at("spec.*").is_err() && at("spec.c.[name]").is_err());
    }

    #[test]
    fn writing() {
        let mut node = object();
        let mut set = |node: &mut Node| {
            *node = Node::string("new");
            Ok(())
        };
        assert_eq!(change(&mut node, &parse("spec.c.[name=web].image"), None, &mut set), Ok(2));
        assert_eq!(change(&mut node, &parse("spec.c.*.image"), None, &mut set), Ok(2));
        assert_eq!(change(&mut node, &parse("spec.z"), None, &mut set), Ok(0));
        assert_eq!(change(&mut node, &parse("spec.z.[a=b].q.0"), Some(Leaf::Scalar), &mut set), Ok(1));
        assert_eq!(lookup(&node, &parse("spec.z.0.q.0")).unwrap().unwrap().text(), Some("new"));
        assert!(change(&mut node, &parse("spec.l.7"), None, &mut set).is_err());
    }
}
