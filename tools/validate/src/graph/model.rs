//! What is drawn: nodes and edges, from what a cluster gets.

use std::collections::{BTreeMap, BTreeSet};

use crate::applied::{Cluster, Id, Object, flag, items, text};
use crate::place::Place;
use crate::rules::release_namespace;

/// What a node is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Kustomization,
    HelmRelease,
    Source,
    Secret,
    ConfigMap,
    Gateway,
    Route,
    Service,
}

/// What an edge says of the first to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Relation {
    /// It makes the second.
    Applies,
    /// It must be ready before the second.
    Before,
    /// The second takes files or a chart from it.
    Source,
    /// The second takes values from it.
    Values,
    /// The second is a route of it.
    Listens,
    /// It sends to the second.
    SendsTo,
}

impl Relation {
    /// The word for it in drawings and JSON.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Applies => "applies",
            Self::Before => "before",
            Self::Source => "source",
            Self::Values => "values",
            Self::Listens => "listens",
            Self::SendsTo => "sends-to",
        }
    }
}

/// A node.
#[expect(clippy::struct_excessive_bools, reason = "each says one thing that is drawn")]
#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) kind: Kind,
    pub(crate) id: Id,
    /// The namespace its objects are in, which is where it is drawn.
    pub(crate) home: String,
    /// A version, of charts.
    pub(crate) version: Option<String>,
    /// How many objects it applies.
    pub(crate) objects: usize,
    /// It applies a chart.
    pub(crate) has_chart: bool,
    /// It applies something encrypted.
    pub(crate) has_secret: bool,
    /// It is referred to, and not there.
    pub(crate) missing: bool,
    /// It cannot be built.
    pub(crate) failed: bool,
    /// It applies other Kustomizations.
    pub(crate) is_root: bool,
    /// The folder a Kustomization applies.
    pub(crate) path: String,
    /// The file and line it stands in.
    pub(crate) place: Option<(String, usize)>,
}

/// An edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Edge {
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) relation: Relation,
}

/// A cluster's graph.
#[derive(Debug, Default)]
pub(crate) struct Graph {
    pub(crate) name: String,
    /// Whether more than Kustomizations is to be drawn.
    pub(crate) is_full: bool,
    pub(crate) nodes: Vec<Node>,
    pub(crate) edges: Vec<Edge>,
    index: BTreeMap<Id, usize>,
}

const KUSTOMIZE: &str = "kustomize.toolkit.fluxcd.io";
const HELM: &str = "helm.toolkit.fluxcd.io";
const SOURCE: &str = "source.toolkit.fluxcd.io";
const GATEWAY: &str = "gateway.networking.k8s.io";

impl Graph {
    /// The graph of a cluster.
    pub(crate) fn of(name: &str, cluster: &Cluster, is_full: bool) -> Self {
        let mut graph = Self { name: name.to_owned(), is_full, ..Self::default() };
        graph.kustomizations(cluster);
        graph.releases(cluster);
        graph.sources(cluster);
        graph.routes(cluster);
        graph.edges.sort_unstable();
        graph.edges.dedup();
        graph
    }

    /// What stands in the named folder or is applied from it, and what that has to do with directly.
    pub(crate) fn part(mut self, place: &Place) -> Self {
        if place.is_whole {
            return self;
        }
        let file = |node: &Node| node.place.as_ref().map(|(file, _)| file.clone()).unwrap_or_default();
        let own: BTreeSet<usize> = (0..self.nodes.len())
            .filter(|at| {
                let node = &self.nodes[*at];
                node.place.is_some() && place.holds(&file(node), &node.path)
            })
            .collect();
        let near = self.edges.iter().filter(|edge| own.contains(&edge.from) || own.contains(&edge.to));
        let kept: BTreeSet<usize> =
            near.flat_map(|edge| [edge.from, edge.to]).chain(own.iter().copied()).collect();
        let new: BTreeMap<usize, usize> = kept.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        self.nodes = kept.iter().map(|at| self.nodes[*at].clone()).collect();
        self.edges = self
            .edges
            .iter()
            .filter_map(|edge| {
                let (from, to) = (*new.get(&edge.from)?, *new.get(&edge.to)?);
                Some(Edge { from, to, relation: edge.relation })
            })
            .collect();
        self.index.clear();
        self
    }

    /// Whether there is nothing to draw.
    pub(crate) fn is_empty(&self) -> bool {
        self.nodes.iter().all(|node| node.place.is_none())
    }

    /// Whether nothing of what is there is drawn.
    pub(crate) fn draws_nothing(&self) -> bool {
        self.drawn().all(|(_, node)| node.place.is_none())
    }

    /// The nodes that are drawn.
    pub(crate) fn drawn(&self) -> impl Iterator<Item = (usize, &Node)> {
        let full = self.is_full;
        self.nodes.iter().enumerate().filter(move |(_, node)| full || node.kind == Kind::Kustomization)
    }

    /// The edges that are drawn: those between drawn nodes.
    pub(crate) fn drawn_edges(&self) -> impl Iterator<Item = &Edge> {
        let drawn: BTreeSet<usize> = self.drawn().map(|(n, _)| n).collect();
        self.edges.iter().filter(move |edge| drawn.contains(&edge.from) && drawn.contains(&edge.to))
    }

    fn node(&mut self, kind: Kind, id: Id) -> usize {
        if let Some(at) = self.index.get(&id) {
            return *at;
        }
        let at = self.nodes.len();
        self.nodes.push(Node {
            kind,
            home: id.namespace.clone(),
            id: id.clone(),
            version: None,
            objects: 0,
            has_chart: false,
            has_secret: false,
            missing: true,
            failed: false,
            is_root: false,
            path: String::new(),
            place: None,
        });
        self.index.insert(id, at);
        at
    }

    /// A Secret or ConfigMap of values. It is missing only where somebody cannot do without it.
    fn values(&mut self, id: Id, optional: bool) -> usize {
        let kind = if id.kind == "Secret" { Kind::Secret } else { Kind::ConfigMap };
        let is_new = !self.index.contains_key(&id);
        let at = self.node(kind, id);
        self.nodes[at].missing = !optional || !is_new && self.nodes[at].missing;
        at
    }

    fn object(&mut self, kind: Kind, object: &Object) -> usize {
        let at = self.node(kind, object.id.clone());
        let place = object.place(&["metadata", "name"]);
        self.nodes[at].missing = false;
        self.nodes[at].place = Some((place.source.name().to_owned(), place.line_column().0));
        at
    }

    fn edge(&mut self, from: usize, to: usize, relation: Relation) {
        self.edges.push(Edge { from, to, relation });
    }

    fn kustomizations(&mut self, cluster: &Cluster) {
        let id = |namespace: &str, name: &str| Id::new(KUSTOMIZE, "Kustomization", namespace, name);
        let places: Vec<usize> = cluster
            .nodes
            .iter()
            .map(|node| {
                let flux = &node.kustomization;
                let at = self.node(Kind::Kustomization, id(&flux.namespace, &flux.name));
                let place = flux.origin().locate(&["metadata", "name"]);
                let one = &mut self.nodes[at];
                one.missing = false;
                one.place = Some((place.source.name().to_owned(), place.line_column().0));
                one.failed = node.build.is_err();
                one.path.clone_from(&flux.path);
                at
            })
            .collect();
        for (n, node) in cluster.nodes.iter().enumerate() {
            if let Some(parent) = node.parent {
                self.nodes[places[parent]].is_root = true;
                self.edge(places[parent], places[n], Relation::Applies);
            }
            for needed in &node.kustomization.depends_on {
                let needed = self.node(Kind::Kustomization, id(&needed.namespace, &needed.name));
                self.edge(needed, places[n], Relation::Before);
            }
            let source = &node.kustomization.source;
            if !source.name.is_empty() {
                let source =
                    self.node(Kind::Source, Id::new(SOURCE, &source.kind, &source.namespace, &source.name));
                self.edge(source, places[n], Relation::Source);
            }
            for (from, optional) in node.kustomization.variable_sources() {
                let from = self.values(Id::new("", &from.kind, &from.namespace, &from.name), optional);
                self.edge(from, places[n], Relation::Values);
            }
            self.contents(cluster, n, places[n]);
        }
    }

    /// What a Kustomization's objects say of it.
    fn contents(&mut self, cluster: &Cluster, owner: usize, at: usize) {
        let mut homes: BTreeMap<&str, usize> = BTreeMap::new();
        let node = &mut self.nodes[at];
        for object in cluster.objects.iter().filter(|object| object.owner == Some(owner)) {
            node.objects += 1;
            node.has_secret |= object.at(&["sops"]).is_some();
            node.has_chart |= object.is(HELM, "HelmRelease");
            if !object.id.namespace.is_empty() && object.id.group != KUSTOMIZE {
                *homes.entry(&object.id.namespace).or_default() += 1;
            }
        }
        // The namespace of most of them; the first by name when two are equal.
        let most = homes.iter().max_by(|one, other| one.1.cmp(other.1).then(other.0.cmp(one.0)));
        if let Some((home, _)) = most {
            (*home).clone_into(&mut node.home);
        }
        let versions: BTreeSet<String> = cluster
            .objects
            .iter()
            .filter(|object| object.owner == Some(owner) && object.is(HELM, "HelmRelease"))
            .filter_map(|release| chart_version(cluster, release))
            .collect();
        if versions.len() == 1 {
            node.version = versions.into_iter().next();
        }
    }

    fn owner(&self, cluster: &Cluster, object: &Object) -> Option<usize> {
        let flux = &cluster.nodes.get(object.owner?)?.kustomization;
        self.index.get(&Id::new(KUSTOMIZE, "Kustomization", &flux.namespace, &flux.name)).copied()
    }

    fn releases(&mut self, cluster: &Cluster) {
        for release in cluster.of(HELM, "HelmRelease") {
            let at = self.object(Kind::HelmRelease, release);
            self.nodes[at].version = chart_version(cluster, release);
            self.nodes[at].has_chart = true;
            release_namespace(release).clone_into(&mut self.nodes[at].home);
            if let Some(owner) = self.owner(cluster, release) {
                self.edge(owner, at, Relation::Applies);
            }
            if let Some(source) = source_of(release) {
                let source = self.node(Kind::Source, source);
                self.edge(source, at, Relation::Source);
            }
            let own = release.id.namespace.as_str();
            for needed in release.items(&["spec", "dependsOn"]) {
                let Some(name) = text(needed, &["name"]) else { continue };
                let namespace = text(needed, &["namespace"]).unwrap_or(own);
                let needed = self.node(Kind::HelmRelease, Id::new(HELM, "HelmRelease", namespace, name));
                self.edge(needed, at, Relation::Before);
            }
            for from in release.items(&["spec", "valuesFrom"]) {
                let Some(name) = text(from, &["name"]) else { continue };
                let word = text(from, &["kind"]).unwrap_or("Secret");
                let optional = flag(from, &["optional"]);
                let from = self.values(Id::new("", word, own, name), optional);
                self.edge(from, at, Relation::Values);
            }
        }
    }

    /// Sources, Secrets and ConfigMaps that something above refers to are there when they are applied.
    fn sources(&mut self, cluster: &Cluster) {
        for object in &cluster.objects {
            let kind = match (object.id.group.as_str(), object.id.kind.as_str()) {
                (SOURCE, _) => Kind::Source,
                ("", "Secret") => Kind::Secret,
                ("", "ConfigMap") => Kind::ConfigMap,
                _ => continue,
            };
            if kind == Kind::Source || self.index.contains_key(&object.id) {
                let at = self.object(kind, object);
                self.nodes[at].has_secret = object.at(&["sops"]).is_some();
                if let Some(owner) = self.owner(cluster, object) {
                    self.edge(owner, at, Relation::Applies);
                }
            }
        }
        // What Flux is started with stands in no file.
        for node in self.nodes.iter_mut().filter(|node| node.id.name == "flux-system") {
            node.missing = false;
        }
    }

    fn routes(&mut self, cluster: &Cluster) {
        for gateway in cluster.of(GATEWAY, "Gateway") {
            let at = self.object(Kind::Gateway, gateway);
            if let Some(owner) = self.owner(cluster, gateway) {
                self.edge(owner, at, Relation::Applies);
            }
        }
        for object in cluster.objects.iter().filter(|object| object.id.group == GATEWAY) {
            if !object.id.kind.ends_with("Route") {
                continue;
            }
            let at = self.object(Kind::Route, object);
            if let Some(owner) = self.owner(cluster, object) {
                self.edge(owner, at, Relation::Applies);
            }
            let own = object.id.namespace.as_str();
            for parent in object.items(&["spec", "parentRefs"]) {
                let Some(name) = text(parent, &["name"]) else { continue };
                if text(parent, &["kind"]).is_some_and(|kind| kind != "Gateway") {
                    continue;
                }
                let namespace = text(parent, &["namespace"]).unwrap_or(own);
                let gateway = self.node(Kind::Gateway, Id::new(GATEWAY, "Gateway", namespace, name));
                self.edge(gateway, at, Relation::Listens);
            }
            for rule in object.items(&["spec", "rules"]) {
                for backend in items(rule, &["backendRefs"]) {
                    let Some(name) = text(backend, &["name"]) else { continue };
                    if text(backend, &["kind"]).is_some_and(|kind| kind != "Service") {
                        continue;
                    }
                    let namespace = text(backend, &["namespace"]).unwrap_or(own);
                    let id = Id::new("", "Service", namespace, name);
                    let service = self.node(Kind::Service, id);
                    // A chart may make it.
                    self.nodes[service].missing = false;
                    self.edge(at, service, Relation::SendsTo);
                }
            }
        }
    }
}

/// The source a HelmRelease takes its chart from.
fn source_of(release: &Object) -> Option<Id> {
    let chart_ref = release.at(&["spec", "chartRef"]);
    let reference = chart_ref.or_else(|| release.at(&["spec", "chart", "spec", "sourceRef"]))?;
    let kind = text(reference, &["kind"]).unwrap_or("HelmRepository");
    let namespace = text(reference, &["namespace"]).unwrap_or(&release.id.namespace);
    Some(Id::new(SOURCE, kind, namespace, text(reference, &["name"])?))
}

/// The version of its chart.
fn chart_version(cluster: &Cluster, release: &Object) -> Option<String> {
    if let Some(version) = release.text(&["spec", "chart", "spec", "version"]) {
        return Some(version.to_owned());
    }
    let source = source_of(release)?;
    let source = cluster.objects.iter().find(|object| object.id == source)?;
    let at = |key| source.text(&["spec", "ref", key]);
    at("tag").or_else(|| at("semver")).or_else(|| source.text(&["spec", "version"])).map(str::to_owned)
}

#[cfg(test)]
pub(crate) fn of_nodes(nodes: Vec<Node>, edges: Vec<Edge>) -> Graph {
    Graph { name: "./cluster".to_owned(), nodes, edges, ..Graph::default() }
}
