//! The entries of a mapping: merge keys applied, keys as text.

use cliutil::Diagnostic;
use yaml::{Node, Span};

use crate::codes;
use crate::map::HashSet;

/// One entry.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry<'n> {
    pub(crate) key: &'n str,
    pub(crate) key_node: &'n Node,
    pub(crate) node: &'n Node,
}

/// What is wrong with a key, and where in its file.
pub(crate) type Wrong = (Diagnostic, Span);

/// The entries of a mapping, each key once, and what is wrong with keys. What the mapping says itself wins over what is
/// merged into it, as go-yaml and PyYAML have it.
pub(crate) fn entries(node: &Node) -> (Vec<Entry<'_>>, Vec<Wrong>) {
    let (mut list, mut problems) = (Vec::new(), Vec::new());
    collect(node, &mut list, &mut problems);
    (list, problems)
}

fn collect<'n>(node: &'n Node, list: &mut Vec<Entry<'n>>, problems: &mut Vec<Wrong>) {
    let Some(pairs) = node.as_mapping() else {
        problems.push((Diagnostic::error("yaml/merge", "only a mapping can be merged with <<"), node.span));
        return;
    };
    // A mapping gives each key once: only what it is merged into can have given it already.
    let given: HashSet<&str> = list.iter().map(|entry| entry.key).collect();
    for pair in pairs.iter().filter(|pair| !pair.key.is_merge_key()) {
        match pair.key.as_str() {
            Some(key) if !given.contains(key) => {
                list.push(Entry { key, key_node: &pair.key, node: &pair.value });
            }
            Some(_) => {}
            None => {
                let message = format!("{} stands where a key is expected", pair.key.kind_name());
                let problem = Diagnostic::error(codes::KEY_NOT_TEXT, message);
                let help = "put text that holds braces or brackets in quotes";
                problems.push((problem.with_help(help), pair.key.span));
            }
        }
    }
    for pair in pairs.iter().filter(|pair| pair.key.is_merge_key()) {
        match pair.value.as_sequence() {
            Some(items) => items.iter().for_each(|item| collect(item, list, problems)),
            None => collect(&pair.value, list, problems),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merged_entries_yield_to_written_ones() {
        let text = "x: &x {a: 1, b: 2}\ny: &y {b: 3, c: 4}\nz:\n  b: 9\n  <<: [*x, *y]\n";
        let stream = yaml::parse(text).unwrap();
        let node = stream.documents[0].root.get("z").unwrap();
        let (list, problems) = entries(node);
        let shown: Vec<_> = list.iter().map(|entry| (entry.key, entry.node.as_str().unwrap())).collect();
        assert_eq!(shown, [("b", "9"), ("a", "1"), ("c", "4")]);
        assert!(problems.is_empty());
    }

    #[test]
    fn keys_that_are_no_names() {
        let stream = yaml::parse("{{ a }}: 1\n").unwrap();
        let (list, problems) = entries(&stream.documents[0].root);
        assert!(list.is_empty());
        assert_eq!((problems[0].0.code, problems[0].1), ("config/key-not-text", Span::new(0, 7)));
    }
}
