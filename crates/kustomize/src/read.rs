//! From the text of a file to objects: documents, anchors and merge keys, lists of objects taken apart, and the checks
//! kustomize makes when it reads.

use std::collections::HashSet;
use std::sync::Arc;

use cliutil::Diagnostic;
use memchr::memmem;
use yaml::{Kind, Node as Parsed, Pair, ScalarStyle, Span, Stream};

use crate::codes;
use crate::file::{File, Outcome, Problems};
use crate::node::{Map, Node, Scalar, Seq, Style, Tag};
use crate::scalar::{self, tag_of_plain};

/// An object of a file.
#[derive(Debug, Clone)]
pub(crate) struct Object {
    pub(crate) node: Node,
    pub(crate) file: Arc<File>,
    /// Its document; of an item of a list, the list's.
    pub(crate) span: Span,
}

/// The objects of a file.
pub(crate) fn objects(file: &Arc<File>) -> Outcome<Vec<Object>> {
    let text = file.text()?;
    let separators = separators(file, text)?;
    let stream = yaml::parse(text).map_err(|error| vec![Diagnostic::from_yaml(&file.source(), error)])?;
    objects_in(file, &stream, &separators)
}

/// As [`objects`], of a text that is parsed already.
pub(crate) fn objects_of(file: &Arc<File>, stream: &Stream) -> Outcome<Vec<Object>> {
    let separators = separators(file, file.text()?)?;
    objects_in(file, stream, &separators)
}

fn objects_in(file: &Arc<File>, stream: &Stream, separators: &[usize]) -> Outcome<Vec<Object>> {
    let documents = documents(file, stream, separators)?;
    // A list is taken apart where nothing else is in the file.
    let alone = separators.is_empty();
    let mut problems = Vec::new();
    let mut read = Vec::new();
    for (node, span) in documents {
        match alone.then(|| unwrap_list(&node)).flatten() {
            Some(items) => read.extend(items.into_iter().map(|item| (item, span))),
            None => read.push((node, span)),
        }
    }
    read.retain(|(node, _)| !node.is_nothing());
    for (node, span) in &read {
        problems.extend(check(file, node, *span));
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    expand_lists(file, read)
}

/// The documents of a file that hold something.
///
/// kustomize cuts the text at lines that begin with `---` and reads one document of each piece; what follows `...` in
/// a piece is not seen.
fn documents(file: &Arc<File>, stream: &Stream, separators: &[usize]) -> Outcome<Vec<(Node, Span)>> {
    let mut problems = Vec::new();
    let mut documents = Vec::new();
    let mut last_piece = None;
    for document in &stream.documents {
        let piece = separators.partition_point(|at| *at <= document.span.start);
        if last_piece.replace(piece) == Some(piece) {
            continue;
        }
        let span = document.root.span;
        let node = convert(file, &document.root, Keys::Outermost, &mut problems);
        if !node.is_null() {
            documents.push((node, span));
        }
    }
    if problems.is_empty() { Ok(documents) } else { Err(problems) }
}

/// The offsets of the lines that separate documents. The first line of the text is none.
fn separators(file: &Arc<File>, text: &str) -> Outcome<Vec<usize>> {
    let mut found: Vec<usize> = Vec::new();
    let mut problems = Vec::new();
    // Where the last line ended that was looked at: its line break cannot begin the next separator, too.
    let mut seen = 0;
    for at in memmem::find_iter(text.as_bytes(), b"\n---") {
        let start = at + 1;
        let Some(length) = text[start..].find('\n') else { break };
        found.push(start);
        if start == seen {
            continue;
        }
        seen = start + length + 1;
        let rest = text[start + 3..start + length].trim();
        if !rest.is_empty() && !rest.starts_with('#') {
            let span = Span::new(start, start + length);
            problems.push(
                file.error(codes::SEPARATOR, "only a comment may follow a document separator", span)
                    .with_help("put what follows --- on a line of its own"),
            );
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

/// The tree of a parsed node: anchors and merge keys resolved.
pub(crate) fn convert(file: &Arc<File>, node: &Parsed, keys: Keys, problems: &mut Problems) -> Node {
    match &node.kind {
        Kind::Alias(target) => convert(file, target, keys, problems),
        Kind::Scalar(text, style) => Node::Scalar(scalar(text.as_str().into(), *style, node.tag.as_deref())),
        Kind::Sequence(items) => {
            let items = items.iter().map(|item| convert(file, item, keys.below(), problems)).collect();
            Node::Seq(Arc::new(Seq { items, flow: node.flow }))
        }
        Kind::Mapping(pairs) => {
            let mut map = mapping(file, pairs, keys, problems);
            map.flow = node.flow;
            Node::map(map)
        }
    }
}

/// What may be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    /// Anything, because the outermost keys of an object are read as text.
    Outermost,
    /// Text only.
    Text,
    /// Anything: the tree is not an object.
    Any,
}

impl Keys {
    fn below(self) -> Self {
        if self == Self::Outermost { Self::Text } else { self }
    }
}

fn own_tag(core: Option<&str>) -> Tag {
    match core {
        Some("str") => Tag::Str,
        Some("int") => Tag::Int,
        Some("float") => Tag::Float,
        Some("bool") => Tag::Bool,
        Some("null") => Tag::Null,
        Some("timestamp") => Tag::Timestamp,
        Some("binary") => Tag::Binary,
        _ => Tag::Other,
    }
}

fn scalar(text: Arc<str>, style: Style, tag: Option<&yaml::Tag>) -> Scalar {
    let (tag, tagged) = match tag.filter(|tag| tag.full != "!") {
        Some(tag) => (own_tag(tag.core()), true),
        None if style == ScalarStyle::Plain => (tag_of_plain(&text), false),
        None => (Tag::Str, false),
    };
    Scalar { style, tagged, ..Scalar::tagged(text, tag) }
}

/// The scalar that a key is, its text kept once.
fn key(node: &Parsed) -> Option<Scalar> {
    match &node.kind {
        Kind::Alias(target) => key(target),
        Kind::Scalar(text, style) => Some(scalar(crate::names::shared(text), *style, node.tag.as_deref())),
        Kind::Sequence(_) | Kind::Mapping(_) => None,
    }
}

fn mapping(file: &Arc<File>, pairs: &[Pair], keys: Keys, problems: &mut Problems) -> Map {
    duplicates(file, pairs, problems);
    let mut map = Map::with_capacity(pairs.len());
    let mut merges = Vec::new();
    for Pair { key: written, value } in pairs {
        if written.is_merge_key() {
            merges.push(value);
            continue;
        }
        let span = written.span;
        let Some(mut key) = key(written) else {
            problems.push(key_problem(file, span));
            continue;
        };
        match keys {
            Keys::Outermost => key.tag = Tag::Str,
            Keys::Text if !matches!(scalar::finish(&key, true), Ok(scalar::Final::Str(_))) => {
                problems.push(key_problem(file, span));
            }
            Keys::Text | Keys::Any => {}
        }
        let value = convert(file, value, keys.below(), problems);
        // kustomize takes a key written "<<" for a merge key that is done with.
        if &*key.text != "<<" || keys == Keys::Any {
            map.push(key, value);
        }
    }
    for value in merges {
        merge(file, &mut map, value, problems);
    }
    map
}

fn key_problem(file: &Arc<File>, span: Span) -> Diagnostic {
    file.error(codes::KEY, "a key must be text", span)
        .with_help("put the key in quotes: a number, true, false and null are not text in YAML")
}

/// What the mapping says itself wins over what is merged in, and the first of several wins over the next.
fn merge(file: &Arc<File>, map: &mut Map, value: &Parsed, problems: &mut Problems) {
    let span = value.span;
    let wrong = || file.error("yaml/merge", "only a mapping can be merged with <<", span);
    match &value.kind {
        Kind::Alias(target) if matches!(target.kind, Kind::Mapping(_)) => merge(file, map, target, problems),
        Kind::Sequence(items) => {
            for item in items {
                if matches!(item.kind, Kind::Sequence(_)) {
                    problems.push(wrong());
                    return;
                }
                merge(file, map, item, problems);
            }
        }
        Kind::Mapping(pairs) => {
            for (key, value) in mapping(file, pairs, Keys::Text, problems).iter() {
                if !map.contains(&key.text) {
                    map.push(key.clone(), value.clone());
                }
            }
        }
        _ => problems.push(wrong()),
    }
}

/// Keys that stand twice: go-yaml refuses them by their text, whatever their type.
fn duplicates(file: &Arc<File>, pairs: &[Pair], problems: &mut Problems) {
    let mut seen: HashSet<&str> = HashSet::new();
    let few = pairs.len() <= 12;
    for (n, pair) in pairs.iter().enumerate() {
        let Kind::Scalar(text, _) = &pair.key.kind else { continue };
        let twice = if few {
            pairs[..n].iter().any(|before| before.key.as_str() == Some(text))
        } else {
            !seen.insert(text)
        };
        if twice {
            let mut problem = file
                .error("yaml/duplicate-key", "this key is given twice", pair.key.span)
                .with_help("remove one of the two; readers do not agree on which one counts");
            if let Some(first) = pairs[..n].iter().find(|before| before.key.as_str() == Some(text)) {
                problem = problem.with_related(file.at(first.key.span), "first given here");
            }
            problems.push(problem);
        }
    }
}

/// The items of a `List` that is all there is in a file.
fn unwrap_list(node: &Node) -> Option<Vec<Node>> {
    let map = node.as_map()?;
    let kind = map.get("kind").and_then(Node::text)?;
    if !matches!(kind, "List" | "ResourceList") || !(map.contains("items") || map.contains("functionConfig"))
    {
        return None;
    }
    Some(map.get("items").and_then(Node::as_seq).unwrap_or_default().to_vec())
}

/// Every object needs a kind, and a name unless it is a list.
fn check(file: &Arc<File>, node: &Node, span: Span) -> Option<Diagnostic> {
    let said = |key| node.get(key).filter(|value| !value.is_nothing());
    let kind = said("kind").map(Node::text_or_empty).unwrap_or_default();
    let problem = if node.as_map().is_none() {
        format!("this document is {}, not a Kubernetes object", node.kind_name())
    } else if kind.is_empty() {
        "this object has no kind".to_owned()
    } else if kind.ends_with("List") {
        return None;
    } else if node
        .at(&["metadata", "name"])
        .filter(|name| !name.is_nothing())
        .is_none_or(|name| name.text_or_empty().is_empty())
    {
        format!("this {kind} has no metadata.name")
    } else {
        return None;
    };
    Some(file.error(codes::OBJECT, problem, first_line(file, span)).with_help(
        "every document of a resource file needs apiVersion, kind and metadata.name; other files belong elsewhere",
    ))
}

/// The first line of a span: enough to show where an object begins.
pub(crate) fn first_line(file: &File, span: Span) -> Span {
    let text = file.text().unwrap_or_default();
    let end = text.get(span.range()).and_then(|text| text.find('\n')).map_or(span.end, |at| span.start + at);
    Span::new(span.start, end)
}

/// Takes `FooList` objects with `items` apart; their items come after everything else.
fn expand_lists(file: &Arc<File>, read: Vec<(Node, Span)>) -> Outcome<Vec<Object>> {
    let mut problems = Vec::new();
    let mut objects = Vec::with_capacity(read.len());
    let mut queue: std::collections::VecDeque<_> = read.into();
    while let Some((node, span)) = queue.pop_front() {
        let is_list = node.get("kind").and_then(Node::text).is_some_and(|kind| kind.ends_with("List"));
        let Some(items) = node.get("items").filter(|_| is_list) else {
            objects.push(Object { node, file: Arc::clone(file), span });
            continue;
        };
        match items {
            Node::Seq(items) => {
                for item in items.iter().filter(|item| !item.is_nothing()) {
                    problems.extend(check(file, item, span));
                    queue.push_back((crate::json::requoted(item), span));
                }
            }
            items if items.is_null() => {}
            items => problems.push(file.error(
                codes::OBJECT,
                format!("items of a list must be a list, but is {}", items.kind_name()),
                first_line(file, span),
            )),
        }
    }
    if problems.is_empty() { Ok(objects) } else { Err(problems) }
}
