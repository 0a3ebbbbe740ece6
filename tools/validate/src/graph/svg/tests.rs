use std::collections::BTreeSet;

use super::super::args::Theme;
use super::super::model::{Edge, Graph, Kind, Node, Relation, of_nodes};
use super::draw;
use crate::applied::Id;

fn node(namespace: &str, name: &str) -> Node {
    Node {
        kind: Kind::Kustomization,
        id: Id::new("kustomize.toolkit.fluxcd.io", "Kustomization", namespace, name),
        home: namespace.to_owned(),
        version: Some("1.2.3".to_owned()),
        objects: 3,
        has_chart: true,
        has_secret: name.len().is_multiple_of(2),
        missing: false,
        failed: false,
        is_root: false,
        path: String::new(),
        place: Some(("ks.yaml".to_owned(), 1)),
    }
}

fn graph(nodes: Vec<Node>, edges: &[(usize, usize)]) -> Graph {
    let edges = edges.iter().map(|(from, to)| Edge { from: *from, to: *to, relation: Relation::Before });
    of_nodes(nodes, edges.collect())
}

/// The rectangles of cards.
fn cards(svg: &str) -> Vec<[i32; 4]> {
    svg.lines()
        .filter(|line| line.starts_with("<rect class=\"card\""))
        .map(|line| {
            ["x", "y", "width", "height"].map(|key| {
                let start = line.find(&format!(" {key}=\"")).unwrap() + key.len() + 3;
                line[start..].split('"').next().unwrap().parse().unwrap()
            })
        })
        .collect()
}

fn is_well_formed(svg: &str) {
    // Every element is closed on its line or by its own tag.
    let count = |what: &str| svg.matches(what).count();
    assert_eq!(count("<g "), count("</g>"));
    assert_eq!(count("<text"), count("</text>"));
    assert_eq!(count("<svg"), count("</svg>"));
    let cards = cards(svg);
    for (n, [x, y, w, h]) in cards.iter().enumerate() {
        for [x2, y2, w2, h2] in &cards[n + 1..] {
            assert!(x + w <= *x2 || x2 + w2 <= *x || y + h <= *y2 || y2 + h2 <= *y, "cards overlap");
        }
    }
}

#[test]
fn what_depends_stands_to_the_right() {
    let nodes = vec![
        node("kube-system", "cilium"),
        node("storage", "csi"),
        node("apps", "db"),
        node("other", "echo"),
    ];
    let svg = draw(&[graph(nodes, &[(0, 1), (1, 2), (0, 2)])], Theme::Auto);
    is_well_formed(&svg);
    let columns: BTreeSet<i32> = cards(&svg).iter().map(|card| card[0]).collect();
    assert_eq!(columns.len(), 3);
    // What follows from the rest is not drawn: two curves, and the one of the legend.
    assert_eq!(svg.matches("<path class=\"edge\"").count(), 3);
    assert!(svg.contains("prefers-color-scheme:dark"));
}

#[test]
fn cycles_missing_ones_and_odd_names() {
    let mut nodes = vec![node("a", "x"), node("b", "y"), node("b", "<&\">\u{1}")];
    nodes[2].missing = true;
    nodes[2].place = None;
    let svg = draw(&[graph(nodes, &[(0, 1), (1, 0), (0, 0), (2, 1)])], Theme::Dark);
    is_well_formed(&svg);
    assert!(svg.contains("edge wrong") && svg.contains("&lt;&amp;&quot;&gt;") && !svg.contains('\u{1}'));
    assert!(!svg.contains("prefers-color-scheme"));
}

#[test]
fn many_of_everything() {
    let nodes: Vec<Node> = (0..600).map(|n| node(&format!("ns{}", n % 60), &format!("app-{n}"))).collect();
    let edges: Vec<_> = (1..600).map(|n| (n / 2, n)).collect();
    is_well_formed(&draw(&[graph(nodes, &edges)], Theme::Light));
}

/// Namespaces that wait for one another, as where all Kustomizations live in one namespace: the chain reads from left to
/// right all the same.
#[test]
fn namespaces_in_a_circle_are_taken_apart() {
    let nodes = vec![
        node("a", "one"),
        node("b", "two"),
        node("a", "three"),
        node("b", "four"),
        node("a", "beside-one"),
    ];
    let svg = draw(&[graph(nodes, &[(0, 1), (1, 2), (2, 3)])], Theme::Light);
    is_well_formed(&svg);
    let mut columns: Vec<i32> = cards(&svg).iter().map(|[x, ..]| *x).collect();
    assert_eq!(columns.len(), 4, "a, b, a, b");
    columns.sort_unstable();
    columns.dedup();
    assert_eq!(columns.len(), 4, "each behind the one before");
    assert!(svg.contains("5 apps in 2 namespaces"), "{svg}");
}

/// The right end of the words of the legend, about.
fn legend_end(svg: &str) -> i32 {
    let line = svg.lines().find(|line| line.contains("not buildable")).unwrap();
    let x: i32 = line.split("translate(").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    x + 14 + super::text::pixels("missing, cyclic or not buildable", 11.0)
}

#[test]
fn the_legend_stands_inside_of_a_small_picture() {
    let mut nodes = vec![node("a", "x"), node("a", "y")];
    nodes[1].failed = true;
    let svg = draw(&[graph(nodes, &[(0, 1)])], Theme::Light);
    let width: i32 = svg.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap();
    assert!(legend_end(&svg) + 20 < width, "{} of {width}", legend_end(&svg));
}

#[test]
fn long_names_make_cards_wider_and_longer_ones_are_cut() {
    let long = "actions-runner-controller-runners-one";
    let svg = draw(&[graph(vec![node("a", long)], &[])], Theme::Light);
    assert!(svg.contains(long) && !svg.contains('…'), "{svg}");
    let longer = format!("{long}-{long}-{long}");
    let svg = draw(&[graph(vec![node("a", &longer)], &[])], Theme::Light);
    is_well_formed(&svg);
    assert!(svg.contains("…") && svg.contains(&format!("<title>{longer}</title>")), "{svg}");
}
