//! The graph for Graphviz.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::model::{Graph, Kind, Node, Relation};

/// One digraph, a cluster a namespace.
pub(crate) fn draw(graphs: &[Graph]) -> String {
    let mut out = String::from(
        "digraph cluster {\n  rankdir=LR;\n  node [shape=box, style=rounded, fontname=\"Helvetica\"];\n  edge [fontname=\"Helvetica\", fontsize=10];\n",
    );
    for (n, graph) in graphs.iter().enumerate() {
        let mut homes: BTreeMap<&str, Vec<(usize, &Node)>> = BTreeMap::new();
        for (at, node) in graph.drawn() {
            homes.entry(&node.home).or_default().push((at, node));
        }
        for (m, (home, nodes)) in homes.iter().enumerate() {
            let home = if home.is_empty() { "cluster" } else { home };
            let label = if graphs.len() > 1 { format!("{} {home}", graph.name) } else { (*home).to_owned() };
            let _ = writeln!(
                out,
                "  subgraph cluster_{n}_{m} {{\n    label={};\n    color=gray;",
                quoted(&label)
            );
            for (at, node) in nodes {
                let _ = writeln!(out, "    n{n}_{at} [{}];", attributes(node));
            }
            out.push_str("  }\n");
        }
        for edge in graph.drawn_edges() {
            let style = match edge.relation {
                Relation::Before => "",
                Relation::Applies => " [style=dashed, color=gray]",
                Relation::Source | Relation::Values => " [color=gray, arrowhead=none]",
                Relation::Listens | Relation::SendsTo => " [color=steelblue]",
            };
            let _ = writeln!(out, "  n{n}_{} -> n{n}_{}{style};", edge.from, edge.to);
        }
    }
    out.push_str("}\n");
    out
}

fn attributes(node: &Node) -> String {
    let mut lines = vec![];
    if node.kind != Kind::Kustomization {
        lines.push(node.id.kind.clone());
    }
    lines.push(node.id.name.clone());
    lines.extend(node.version.clone());
    if node.missing {
        lines.push("missing".to_owned());
    }
    let color = if node.missing || node.failed { ", color=red, fontcolor=red" } else { "" };
    format!("label={}{color}", quoted(&lines.join("\n")))
}

/// A quoted string of DOT whose text is shown as it is: in labels a backslash begins an escape, and an ampersand the name
/// of a character. Control characters, NUL among them, are none that Graphviz can show.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::quoted;

    /// Graphviz, "The DOT Language" and the type escString: only `\"` is an escape of the string, the others are the
    /// label's, and so are HTML's names of characters.
    #[test]
    fn texts_are_shown_as_they_are() {
        assert_eq!(quoted("a\"b\\N"), r#""a\"b\\N""#);
        assert_eq!(quoted("a&lt;\nb"), r#""a&amp;lt;\nb""#);
        assert_eq!(quoted("a\u{0}\rb\\"), r#""a  b\\""#);
    }
}
