//! The graph as a Mermaid flowchart, which GitHub and GitLab draw in Markdown.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::model::{Graph, Kind, Node, Relation};

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

/// Text inside of quotes.
fn escape(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '"' => out.push_str("#quot;"),
            '<' => out.push_str("#lt;"),
            '>' => out.push_str("#gt;"),
            '#' => out.push_str("#35;"),
            '\n' | '\r' => out.push(' '),
            c => out.push(c),
        }
    }
    out
}
