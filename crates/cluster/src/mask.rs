//! What of an input may be shown in an excerpt: keys, and values of keys that are declared and not secret. Comments
//! never: they may hold what was once a value.

use std::ops::Range;

use cliutil::Mask;
use yaml::{Comment, Kind, Node, Pair};

use crate::declaration::Declaration;
use crate::input::File;
use crate::model::Model;

/// The mask of one input. Text that holds one of the secrets is hidden wherever it stands.
pub(crate) fn mask(file: &File, model: &Model, secrets: &[String]) -> Mask {
    let text = file.source.text();
    let mut shown = Shown { ranges: Vec::new(), text, comments: &file.stream.comments };
    for document in &file.stream.documents {
        for pair in document.root.as_mapping().unwrap_or_default() {
            shown.key(pair);
            match pair.key.as_str() {
                Some("nodes") => shown.nodes(&pair.value, model),
                Some(key) if model.is_public_derived(key) => shown.value(None, &pair.value),
                Some(key) => shown.declared(model.option_meant(key), &pair.value),
                None => {}
            }
        }
    }
    let found: Vec<_> = secrets.iter().flat_map(|secret| occurrences(text, secret)).collect();
    let holds_none =
        |range: &Range<usize>| !found.iter().any(|at| range.start <= at.start && at.end <= range.end);
    shown.ranges.retain(|range| text.get(range.clone()).is_some() && holds_none(range));
    Mask::Except(shown.ranges)
}

/// Where a word stands in a text, overlapping itself or not.
fn occurrences(text: &str, word: &str) -> Vec<Range<usize>> {
    let (mut found, mut from) = (Vec::new(), 0);
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(word)) {
        found.push(from + at..from + at + word.len());
        from += at + text[from + at..].chars().next().map_or(1, char::len_utf8);
    }
    found
}

struct Shown<'t> {
    ranges: Vec<Range<usize>>,
    text: &'t str,
    comments: &'t [Comment],
}

impl Shown<'_> {
    /// A key with the colon behind it.
    fn key(&mut self, pair: &Pair) {
        let end = pair.key.span.end;
        let colon = usize::from(self.text.get(end..).is_some_and(|rest| rest.starts_with(':')));
        self.ranges.push(pair.key.span.start..end + colon);
    }

    fn nodes(&mut self, list: &Node, model: &Model) {
        let nodes = list.as_sequence().unwrap_or_default();
        if nodes.is_empty() && list.flow {
            self.ranges.push(list.span.range());
        }
        for pair in nodes.iter().flat_map(|node| node.as_mapping().unwrap_or_default()) {
            self.key(pair);
            match (pair.key.as_str(), &pair.value.kind) {
                // The name of an anchor.
                (Some("<<"), Kind::Alias(_)) => self.ranges.push(pair.value.span.range()),
                (key, _) => self.declared(key.and_then(|key| model.field_meant(key)), &pair.value),
            }
        }
    }

    /// A value whose key must be declared to be shown.
    fn declared(&mut self, declaration: Option<&Declaration>, node: &Node) {
        if declaration.is_some() {
            self.value(declaration, node);
        }
    }

    /// A value; what has no declaration of its own is part of something that may be shown.
    fn value(&mut self, declaration: Option<&Declaration>, node: &Node) {
        if declaration.is_some_and(|declaration| declaration.secret) {
            return;
        }
        self.ranges.extend(node.tag.iter().map(|tag| tag.span.range()));
        match &node.kind {
            _ if node.flow && !self.comments_in(node) && !declaration.is_some_and(holds_secret) => {
                self.ranges.push(node.span.range());
            }
            Kind::Sequence(items) => {
                let item = declaration.and_then(|declaration| declaration.items.as_deref());
                for node in items {
                    self.dash(node);
                    self.value(item, node);
                }
            }
            Kind::Mapping(pairs) => pairs.iter().for_each(|pair| self.entry(declaration, pair)),
            Kind::Scalar(..) | Kind::Alias(_) => self.ranges.push(node.span.range()),
        }
    }

    fn entry(&mut self, declaration: Option<&Declaration>, pair: &Pair) {
        self.key(pair);
        let fields = declaration.and_then(|declaration| declaration.properties.as_ref());
        if let Some(fields) = fields {
            self.declared(pair.key.as_str().and_then(|key| fields.get(key)).map(Box::as_ref), &pair.value);
        } else {
            let value = declaration.and_then(|declaration| declaration.additional_properties.as_deref());
            self.value(value, &pair.value);
        }
    }

    /// The dash before an entry that nothing is written behind.
    fn dash(&mut self, node: &Node) {
        let before = self.text.get(..node.span.start).unwrap_or_default();
        let line = before.rfind('\n').map_or(0, |at| at + 1);
        if node.is_missing() && before[line..].trim() == "-" {
            self.ranges.push(line..node.span.start);
        }
    }

    fn comments_in(&self, node: &Node) -> bool {
        let from = self.comments.partition_point(|comment| comment.span.start < node.span.start);
        self.comments.get(from).is_some_and(|comment| comment.span.start < node.span.end)
    }
}

fn holds_secret(declaration: &Declaration) -> bool {
    let parts = [&declaration.items, &declaration.additional_properties];
    declaration.secret
        || parts.into_iter().flatten().any(|part| holds_secret(part))
        || declaration.properties.iter().flatten().any(|(_, part)| holds_secret(part))
}

#[cfg(test)]
mod tests {
    use cliutil::Source;

    use super::*;
    use crate::Inputs;

    /// The text with everything hidden replaced by dots.
    fn visible(text: &str) -> String {
        let inputs = Inputs::parse(vec![Source::new("f", text)]).ok().unwrap();
        let model = Model::core("cluster-template").ok().unwrap();
        let sources = inputs.sources(|file| mask(file, &model, &["s3cret".to_owned()]));
        let Mask::Except(ranges) = sources[0].mask() else { unreachable!("a mask was set") };
        let shows = |at: usize| ranges.iter().any(|range| range.contains(&at));
        text.char_indices().map(|(at, c)| if c.is_whitespace() || shows(at) { c } else { '.' }).collect()
    }

    #[test]
    fn keys_and_public_values_only() {
        let text = "node_cidr: 10.0.0.0/8 # was s3\ncloudflare_token: abc\nunknown: abc\nnode_dns_servers:\n  - 1.1.1.1\n  -\n";
        let want = "node_cidr: 10.0.0.0/8 . ... ..\ncloudflare_token: ...\nunknown: ...\nnode_dns_servers:\n  . 1.1.1.1\n  -\n";
        assert_eq!(visible(text), want);
    }

    #[test]
    fn flow_style_is_shown_whole_unless_a_comment_or_a_secret_is_in_it() {
        assert_eq!(visible("node_dns_servers: [1.1.1.1, a]\n"), "node_dns_servers: [1.1.1.1, a]\n");
        assert_eq!(visible("node_dns_servers: [a, # b\n  c]\n"), "node_dns_servers: .a. . .\n  c.\n");
        assert_eq!(visible("node_dns_servers: [a, s3cret]\n"), "node_dns_servers: ... .......\n");
    }

    #[test]
    fn fields_of_nodes() {
        let text = "nodes:\n  - name: a\n    patches: [x]\n    oops: y\n    nodeLabels:\n      a b: c\n";
        let want = "nodes:\n  . name: a\n    patches: ...\n    oops: .\n    nodeLabels:\n      a b: c\n";
        assert_eq!(visible(text), want);
        assert_eq!(visible("nodes: []\n"), "nodes: []\n");
    }
}
