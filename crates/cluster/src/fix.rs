//! Older names of keys, replaced in the text itself: everything else stays byte for byte.

use yaml::{Edits, Node, Pair};

use crate::input::{File, Inputs};
use crate::model::{Model, renamed};

/// A key that has another name now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rename {
    /// The line, from 1.
    pub line: usize,
    /// As it was written.
    pub old: String,
    /// As it is called now.
    pub new: String,
}

/// One input with its keys renamed. The text may hold secrets: no `Debug`.
pub struct Renamed {
    /// Which input, from 0.
    pub input: usize,
    /// The whole new text.
    pub text: String,
    /// What was renamed.
    pub renames: Vec<Rename>,
}

/// The inputs that hold keys by older names, with the names of today. A key whose name of today is given as well stays
/// as it is: which of the two counts is for a person to say.
pub fn renames(inputs: &Inputs, model: &Model) -> Vec<Renamed> {
    let merged = inputs.merged().0;
    let older = |key: &str, new: &str| renamed(&model.options, key).is_some_and(|(name, _)| name == new);
    let taken =
        |new: &str| merged.contains_key(new) || merged.keys().filter(|key| older(key, new)).count() > 1;
    let files = inputs.files().iter().enumerate();
    files.filter_map(|(input, file)| one(input, file, model, &taken)).collect()
}

fn one(input: usize, file: &File, model: &Model, taken: &dyn Fn(&str) -> bool) -> Option<Renamed> {
    let mut fixer = Fixer { file, edits: Edits::new(), renames: Vec::new() };
    for document in &file.stream.documents {
        let pairs = document.root.as_mapping().unwrap_or_default();
        fixer.mapping(pairs, |key| {
            let known = model.known_keys().any(|known| known == key);
            let new = (!known).then(|| renamed(&model.options, key)).flatten()?.0;
            (!taken(new)).then_some(new.as_str())
        });
        let nodes = pairs.iter().filter(|pair| pair.key.as_str() == Some("nodes"));
        for node in nodes.flat_map(|pair| pair.value.as_sequence().unwrap_or_default()) {
            fixer.node(node, model);
        }
    }
    let text = fixer.edits.apply(file.source.text()).filter(|_| !fixer.renames.is_empty())?;
    Some(Renamed { input, text, renames: fixer.renames })
}

struct Fixer<'f> {
    file: &'f File,
    edits: Edits,
    renames: Vec<Rename>,
}

impl Fixer<'_> {
    fn node(&mut self, node: &Node, model: &Model) {
        // What an alias stands for is written, and mended, somewhere else.
        if matches!(node.kind, yaml::Kind::Alias(_)) {
            return;
        }
        self.mapping(node.as_mapping().unwrap_or_default(), |key| {
            let new = model.node_field(key).is_none().then(|| renamed(&model.fields, key)).flatten()?.0;
            Some(new.as_str())
        });
    }

    fn mapping<'m>(&mut self, pairs: &[Pair], new_name: impl Fn(&str) -> Option<&'m str>) {
        let wanted: Vec<_> =
            pairs.iter().filter_map(|pair| Some((pair, new_name(pair.key.as_str()?)?))).collect();
        for (pair, new) in &wanted {
            let is_there = pairs.iter().any(|other| other.key.as_str() == Some(new));
            let wanted_twice = wanted.iter().filter(|(_, other)| other == new).count() > 1;
            if !is_there && !wanted_twice {
                self.rename(pair, new);
            }
        }
    }

    fn rename(&mut self, pair: &Pair, new: &str) {
        let (Some(old), span) = (pair.key.as_str(), pair.key.span) else { return };
        let written = self.file.source.text().get(span.range()).unwrap_or_default();
        // A key that is folded over lines, or has escapes in it, is not only its name.
        if written.trim_matches(['"', '\'']) != old {
            return;
        }
        self.edits.replace(span, new);
        let (line, _) = self.file.source.line_column(span.start);
        self.renames.push(Rename { line, old: old.to_owned(), new: new.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use cliutil::Source;

    use super::*;

    fn fixed(texts: &[&str]) -> Vec<(usize, String, usize)> {
        let sources = texts.iter().enumerate().map(|(n, text)| Source::new(format!("{n}.yaml"), *text));
        let inputs = Inputs::parse(sources.collect()).ok().unwrap();
        let model = Model::core("cluster-template").ok().unwrap();
        renames(&inputs, &model).into_iter().map(|one| (one.input, one.text, one.renames.len())).collect()
    }

    #[test]
    fn only_the_names_change() {
        let cluster = "# c\r\n\"node_network\" :  10.0.0.0/24   # n\r\n---\n{ vlan_tag: 5 }\n";
        let nodes = "nodes:\n- hostname: a # x\n  'ip' : 10.0.0.2\n- {controlPlane: true}\n";
        assert_eq!(
            fixed(&[cluster, nodes]),
            [
                (0, cluster.replace("\"node_network\"", "node_cidr").replace("vlan_tag", "node_vlan_tag"), 2),
                (
                    1,
                    nodes
                        .replace("hostname", "name")
                        .replace("'ip'", "address")
                        .replace("controlPlane", "controller"),
                    3
                ),
            ]
        );
    }

    #[test]
    fn what_would_be_given_twice_stays() {
        assert_eq!(fixed(&["node_network: a\nnode_cidr: b\n"]), []);
        assert_eq!(fixed(&["node_network: a\n", "node_cidr: b\n"]), []);
        assert_eq!(fixed(&["dns_servers: [a]\nbootstrap_dns_servers: [b]\n"]), []);
        assert_eq!(fixed(&["dns_servers: [a]\n", "bootstrap_dns_servers: [b]\n"]), []);
        assert_eq!(fixed(&["nodes: [{ip: a, ipAddress: b}]\n"]), []);
        assert_eq!(fixed(&["node_cidr: a\nunknown: b\n"]), []);
    }

    #[test]
    fn anchors_stay_and_aliases_are_mended_where_they_are_written() {
        assert_eq!(fixed(&["&a node_network: a\n"]), [(0, "&a node_cidr: a\n".to_owned(), 1)]);
        assert_eq!(fixed(&["x: &n {ip: a}\nnodes: [*n]\n"]), []);
    }
}
