//! The graph for programs.

use serde_json::{Value, json};

use super::model::{Graph, Node};

/// Clusters with nodes and edges; edges name nodes by `id`.
pub(crate) fn draw(graphs: &[Graph]) -> String {
    let clusters: Vec<Value> = graphs
        .iter()
        .map(|graph| {
            let nodes: Vec<Value> = graph.nodes.iter().map(node).collect();
            let edges: Vec<Value> = graph
                .edges
                .iter()
                .map(|edge| {
                    json!({
                        "from": name(&graph.nodes[edge.from]),
                        "to": name(&graph.nodes[edge.to]),
                        "relation": edge.relation.word(),
                    })
                })
                .collect();
            json!({ "name": graph.name, "nodes": nodes, "edges": edges })
        })
        .collect();
    format!("{:#}\n", json!({ "clusters": clusters }))
}

/// What an edge calls a node.
fn name(node: &Node) -> String {
    format!("{}/{}/{}", node.id.kind, node.id.namespace, node.id.name)
}

fn node(node: &Node) -> Value {
    let mut value = json!({
        "id": name(node),
        "kind": node.id.kind,
        "namespace": node.id.namespace,
        "name": node.id.name,
    });
    if let Some((file, line)) = &node.place {
        value["file"] = json!(file);
        value["line"] = json!(line);
    }
    if let Some(version) = &node.version {
        value["version"] = json!(version);
    }
    if node.objects > 0 {
        value["objects"] = json!(node.objects);
        value["home"] = json!(node.home);
    }
    for (key, holds) in [("missing", node.missing), ("failed", node.failed), ("encrypted", node.has_secret)] {
        if holds {
            value[key] = json!(true);
        }
    }
    value
}
