//! Objects as the cluster gets them, after builds, patches and variables, against their schemas. What is wrong is told
//! at the place it comes from: of what stands in a file as it is applied the very field, of what a patch or a variable
//! brings the nearest field around it.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use cliutil::Diagnostic;
use rayon::prelude::*;
use schema::{Finding, Schemas, StandIns, Type};
use yaml::{Dialect, Node, Span};

use super::object::Object as Written;
use super::tree::{Area, File, Tree};
use crate::applied::{Cluster, Object};

/// What the schemas say of an object that is applied.
pub(super) struct Verdict<'t> {
    /// The file it comes from.
    pub(super) file: &'t File,
    /// The object as it is written; none of what a generator makes.
    pub(super) written: Option<&'t Written>,
    /// What it says it is; none when its fields were not checked.
    pub(super) what: Option<Type>,
    /// Whether there is a schema.
    pub(super) has_schema: bool,
    /// The findings with their codes and places.
    pub(super) findings: Vec<Diagnostic>,
}

/// An object of a cluster, with its number among all.
type Numbered<'o> = (usize, &'o Cluster, &'o Object);

/// The verdicts on everything in the clusters that comes from a file that is checked. `skips` says of which group,
/// version and kind nothing is said.
pub(super) fn check<'t>(
    tree: &'t Tree,
    clusters: &[Cluster],
    schemas: &Schemas,
    skips: &(dyn Fn(&str, &str, &str) -> bool + Sync),
) -> Vec<Verdict<'t>> {
    let wanted = |file: &&File| file.checked && file.area != Area::Stream;
    let files: HashMap<&str, &File> =
        tree.files.iter().filter(wanted).map(|file| (file.name(), file)).collect();
    let one = |origin: &Origin<'t>, cluster: &Cluster, object: &Object| {
        let file = origin.file;
        let written = origin.written(object);
        let (group, kind) = (object.id.group.as_str(), object.id.kind.as_str());
        let version = object.resource.api_version().rsplit('/').next().unwrap_or_default();
        let mut verdict = Verdict {
            file,
            written: written.map(|at| &file.objects[at]),
            what: None,
            has_schema: false,
            findings: Vec::new(),
        };
        if !super::schemas::is_of_the_cluster(group, version, kind) {
            verdict.has_schema = true;
            return verdict;
        }
        if skips(group, version, kind) {
            return verdict;
        }
        // Outside of Flux nobody knows what is filled in later; Flux has filled in what it will.
        let stand_ins = if object.owner.is_some() { StandIns::Placeholders } else { StandIns::Variables };
        // Kept for the rules: here it is made in parallel.
        let said = schemas.check_with(object.value(), stand_ins);
        let place = Places { cluster, object, origin, written, schemas };
        verdict.findings = place.all(said.findings);
        (verdict.what, verdict.has_schema) = (said.what, said.has_schema);
        verdict
    };
    // The objects of one file together, each with its number.
    let mut groups: HashMap<&str, (&File, Vec<Numbered>)> = HashMap::new();
    let all = clusters.iter().flat_map(|cluster| cluster.objects.iter().map(move |object| (cluster, object)));
    for (number, (cluster, object)) in all.enumerate() {
        if let Some(file) = object.resource.origin().file().to_str().and_then(|name| files.get(name)) {
            let (_, objects) = groups.entry(file.name()).or_insert_with(|| (file, Vec::new()));
            objects.push((number, cluster, object));
        }
    }
    let groups: Vec<_> = groups.into_values().collect();
    let of_file = |(file, objects): &(&'t File, Vec<Numbered>)| {
        let origin = Origin::new(file);
        let verdicts =
            objects.par_iter().map(|(number, cluster, object)| (*number, one(&origin, cluster, object)));
        verdicts.collect::<Vec<_>>()
    };
    let mut verdicts: Vec<_> = groups.par_iter().flat_map_iter(of_file).collect();
    verdicts.sort_unstable_by_key(|(number, _)| *number);
    verdicts.into_iter().map(|(_, verdict)| verdict).collect()
}

/// A file that applied objects come from. What is looked for in it is made once, for there may be as many objects in one file as
/// in all others.
struct Origin<'t> {
    file: &'t File,
    /// Its objects by where they stand; the first one counts.
    by_span: HashMap<Span, usize>,
    /// The same by kind and name.
    by_name: HashMap<(&'t str, &'t str), Vec<usize>>,
    /// What its objects hold, in their order; parsed again when something is wrong with one of them.
    nodes: OnceLock<Vec<Arc<Node>>>,
}

impl<'t> Origin<'t> {
    fn new(file: &'t File) -> Self {
        let mut origin =
            Self { file, by_span: HashMap::new(), by_name: HashMap::new(), nodes: OnceLock::new() };
        for (at, object) in file.objects.iter().enumerate() {
            origin.by_span.entry(object.span).or_insert(at);
            origin.by_name.entry((&object.kind, &object.name)).or_default().push(at);
        }
        origin
    }

    /// Which of its objects an applied one comes from.
    fn written(&self, object: &Object) -> Option<usize> {
        let span = object.resource.origin().span();
        let is_inside = |at: &&usize| {
            let one = self.file.objects[**at].span;
            span.start <= one.start && one.end <= span.end
        };
        self.by_span.get(&span).copied().or_else(|| {
            // An item of a list.
            let same = self.by_name.get(&(object.id.kind.as_str(), object.id.name.as_str()))?;
            same.iter().find(is_inside).copied()
        })
    }

    fn node(&self, at: usize) -> Option<&Arc<Node>> {
        self.nodes.get_or_init(|| self.file.nodes()).get(at)
    }
}

/// Where the findings on an applied object are shown.
struct Places<'p> {
    cluster: &'p Cluster,
    object: &'p Object,
    origin: &'p Origin<'p>,
    written: Option<usize>,
    schemas: &'p Schemas,
}

impl Places<'_> {
    fn all(&self, mut findings: Vec<Finding>) -> Vec<Diagnostic> {
        findings.retain(|finding| !super::schemas::is_shape(finding));
        if findings.is_empty() {
            return Vec::new();
        }
        // What is wrong in the file as it stands has exact places there.
        let node = self.written.and_then(|at| self.origin.node(at));
        let as_written = node.map(|node| {
            let written = schema::Yaml::new(node, Dialect::GoYamlV3);
            self.schemas.check_with(written, StandIns::Variables).findings
        });
        let mut as_written = as_written.unwrap_or_default();
        let one = |finding: Finding| {
            let same = |one: &Finding| {
                (one.code, &one.steps, &one.message) == (finding.code, &finding.steps, &finding.message)
            };
            match as_written.iter().position(same) {
                Some(at) => as_written.swap_remove(at).diagnostic(&self.origin.file.source),
                None => self.brought(finding),
            }
        };
        findings.into_iter().map(one).collect()
    }

    /// What is not so in the file itself.
    fn brought(&self, finding: Finding) -> Diagnostic {
        let mut steps: Vec<&str> = finding.steps.iter().map(String::as_str).collect();
        if steps.is_empty() {
            steps.push("kind");
        }
        let (place, _) = self.object.resource.origin().find(&steps);
        let by = match self.object.owner.map(|owner| &self.cluster.nodes[owner].kustomization) {
            Some(node) => format!("as Kustomization {}/{} applies it", node.namespace, node.name),
            None => "as it is built".to_owned(),
        };
        let message = format!("{}, {by}: {}", self.object.id, finding.message);
        let from = "a patch, a transformer, a generator or a variable brings this: it is not so in the file";
        let help = finding.help.map_or_else(|| from.to_owned(), |help| format!("{help}; {from}"));
        Diagnostic::new(finding.severity, finding.code, message).at(place).with_help(help)
    }
}
