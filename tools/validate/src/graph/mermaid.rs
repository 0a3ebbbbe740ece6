//! The graph as a Mermaid flowchart, which GitHub and GitLab draw in Markdown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::model::{Graph, Kind, Node, Relation};

/// What Mermaid draws at most where nobody has set it otherwise, as on GitHub: `maxEdges` and `maxTextSize` of its
/// configuration, which a diagram cannot change.
const MAX_EDGES: usize = 500;
const MAX_TEXT: usize = 50_000;

/// Why most who draw Mermaid will refuse the text.
pub(crate) fn too_large(graphs: &[Graph], text: &str) -> Option<String> {
    let edges: usize = graphs.iter().map(|graph| graph.drawn_edges().count()).sum();
    let letters = text.chars().count();
    let is_too_large = edges > MAX_EDGES || letters > MAX_TEXT;
    is_too_large.then(|| {
        format!(
            "the drawing has {edges} arrows and {letters} characters, and Mermaid on GitHub draws at most {MAX_EDGES} and {MAX_TEXT}"
        )
    })
}

/// One flowchart, a subgraph a namespace; several clusters are several subgraphs around them.
pub(crate) fn draw(graphs: &[Graph]) -> String {
    let mut out = String::from("flowchart LR\n");
    for (n, graph) in graphs.iter().enumerate() {
        let mut homes: BTreeMap<&str, Vec<(usize, &Node)>> = BTreeMap::new();
        for (at, node) in graph.drawn() {
            homes.entry(&node.home).or_default().push((at, node));
        }
        if graphs.len() > 1 {
            let _ = writeln!(out, "  subgraph c{n}[\"{}\"]", escape(&graph.name));
        }
        for (m, (home, nodes)) in homes.iter().enumerate() {
            let home = if home.is_empty() { "cluster" } else { home };
            let _ = writeln!(out, "  subgraph c{n}s{m}[\"{}\"]", escape(home));
            for (at, node) in nodes {
                let _ = writeln!(out, "    c{n}n{at}{}", shape(node));
            }
            out.push_str("  end\n");
        }
        if graphs.len() > 1 {
            out.push_str("  end\n");
        }
        for edge in graph.drawn_edges() {
            let arrow = match edge.relation {
                Relation::Before => "-->",
                Relation::Applies => "-.->",
                _ => "---",
            };
            let _ = writeln!(out, "  c{n}n{} {arrow} c{n}n{}", edge.from, edge.to);
        }
        let wrong: Vec<String> = graph
            .drawn()
            .filter(|(_, node)| node.missing || node.failed)
            .map(|(at, _)| format!("c{n}n{at}"))
            .collect();
        if !wrong.is_empty() {
            let _ = writeln!(out, "  class {} wrong", wrong.join(","));
        }
    }
    out.push_str("  classDef wrong stroke:#d1242f,stroke-width:2px,stroke-dasharray:4 3\n");
    out
}

fn shape(node: &Node) -> String {
    let name = escape(&node.id.name);
    let version =
        node.version.as_deref().map(|version| format!("<br/>{}", escape(version))).unwrap_or_default();
    let missing = if node.missing { "<br/>missing" } else { "" };
    let words = match node.kind {
        Kind::Kustomization => format!("{name}{version}{missing}"),
        _ => format!("{}<br/>{name}{version}{missing}", escape(&node.id.kind)),
    };
    match node.kind {
        Kind::Kustomization | Kind::Route | Kind::Service => format!("[\"{words}\"]"),
        Kind::HelmRelease | Kind::Gateway => format!("([\"{words}\"])"),
        Kind::Source | Kind::Secret | Kind::ConfigMap => format!("[(\"{words}\")]"),
    }
}

/// Text inside of quotes, so that Mermaid shows it as it is. What means something to it there is written as an entity:
/// the end of the text, marks of HTML, a backtick at the start (Markdown), a backslash (`\n` is a line break), and the
/// percent signs around a directive, which it looks for everywhere.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '&' => out.push_str("#amp;"),
            '#' => out.push_str("#35;"),
            '%' => out.push_str("#37;"),
            '\\' => out.push_str("#92;"),
            '`' => out.push_str("#96;"),
            c if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::model::{Edge, of_nodes};
    use super::*;

    /// Mermaid's documentation, "Entity codes to escape characters", "Markdown Strings" and "Directives".
    #[test]
    fn what_means_something_to_mermaid_is_an_entity() {
        assert_eq!(escape("a\"b<c>&d#e"), "a#quot;b#lt;c#gt;#amp;d#35;e");
        assert_eq!(escape("`a` \\n %%{init: {}}%%"), "#96;a#96; #92;n #37;#37;{init: {}}#37;#37;");
        assert_eq!(escape("a\nb\u{0}c\u{2028}d-é"), "a b c d-é");
    }

    #[test]
    fn what_mermaid_refuses_for_its_size() {
        let node = |name: String| Node {
            kind: Kind::Kustomization,
            id: crate::applied::Id::new("", "Kustomization", "a", &name),
            home: "a".to_owned(),
            version: None,
            objects: 1,
            has_chart: false,
            has_secret: false,
            missing: false,
            failed: false,
            is_root: false,
            path: String::new(),
            place: None,
        };
        let graph = |count: usize| {
            let edges = (1..=count).map(|to| Edge { from: 0, to, relation: Relation::Before });
            of_nodes((0..=count).map(|n| node(format!("n{n}"))).collect(), edges.collect())
        };
        assert_eq!(too_large(&[graph(500)], ""), None);
        assert!(too_large(&[graph(501)], "").is_some_and(|why| why.contains("501 arrows")));
        assert!(too_large(&[graph(1)], &"x".repeat(50_001)).is_some());
    }
}
