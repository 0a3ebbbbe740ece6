//! Objects against their schemas: fields, types, values, and versions of APIs. What some build takes in is checked as the
//! cluster gets it (see [`super::applied`]), the rest as it stands.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use cliutil::{Diagnostic, Failure, Outcome};
use rayon::prelude::*;
use schema::{Finding, KubernetesVersion, Schemas, Type, Verdict, VersionError};
use yaml::{Dialect, Node};

use super::applied;
use super::args::SchemaArgs;
use super::object::{Object, place_of, text};
use super::scope::Scope;
use super::tree::{Area, File, Tree};
use crate::applied::Cluster;

/// Where the cluster's version of Kubernetes stands, relative to the root.
const TALENV: &str = "talos/talenv.yaml";

/// The code of the note that there is no schema.
const MISSING: &str = "schema/missing";

/// The check of a run.
pub(crate) struct Check {
    schemas: Schemas,
    /// What was wrong with the version of Kubernetes.
    version: Option<Diagnostic>,
    ignore_missing: bool,
    skip: Vec<String>,
    reject: Vec<String>,
}

/// The objects whose fields were not checked.
#[derive(Default)]
pub(super) struct Unchecked {
    /// How many have no schema.
    pub(super) without_schema: usize,
    /// File and offset of each, and of those that are skipped on request.
    places: BTreeSet<(String, usize)>,
}

impl Unchecked {
    /// Whether the object that begins there is one.
    pub(super) fn holds(&self, file: &str, start: usize) -> bool {
        !self.places.is_empty() && self.places.contains(&(file.to_owned(), start))
    }
}

impl Check {
    /// The schemas that the arguments name, for the cluster's version of Kubernetes.
    ///
    /// # Errors
    /// A location that cannot be used; a version that was asked for and is not there.
    pub(crate) fn new(args: &SchemaArgs, scope: &Scope) -> Outcome<Self> {
        let locations = args.schema_location.iter().map(String::as_str);
        let schemas = Schemas::bundled()
            .with_locations(locations)
            .map_err(|error| Failure::new("schema/location", error.to_string()))?
            .with_substitutions(true);
        let (schemas, version) = match &args.kubernetes_version {
            Some(version) if version == "master" => (schemas, None),
            Some(version) => (schemas.for_kubernetes(version).map_err(|error| no_version(&error))?, None),
            None => of_cluster(schemas, &scope.root)?,
        };
        let (skip, reject) = (args.skip.clone(), args.reject.clone());
        Ok(Self { schemas, version, ignore_missing: args.ignore_missing_schemas, skip, reject })
    }

    /// The findings on what is applied, and on what stands in the files and no build takes in; and which objects have
    /// no verdict.
    pub(super) fn run(
        &self,
        tree: &Tree,
        manifests: &[usize],
        clusters: &[Cluster],
    ) -> (Vec<Diagnostic>, Unchecked) {
        let skips = |group: &str, version: &str, kind: &str| is_named(&self.skip, (group, version, kind));
        let applied = applied::check(tree, clusters, &self.schemas, &skips);
        let mut sum = Sum::default();
        let mut covered = HashSet::new();
        let mut told = HashSet::new();
        for verdict in applied {
            // What several builds take in is counted once.
            let is_first =
                verdict.written.is_none_or(|one| covered.insert((verdict.file.name(), one.span.start)));
            let place = verdict.written.map(|one| one.span.start);
            sum.unchecked(verdict.file, place.filter(|_| !verdict.has_schema));
            for finding in verdict.findings {
                let start = finding.location.as_ref().map(|place| place.range.start);
                let is_missing = finding.code == MISSING;
                if is_missing && is_first
                    || !is_missing
                        && told.insert((verdict.file.name(), start, finding.code, finding.message.clone()))
                {
                    sum.add(verdict.what.as_ref(), finding);
                }
            }
        }
        let files: Vec<_> = manifests.iter().map(|at| &tree.files[*at]).filter(|file| file.checked).collect();
        let verdicts: Vec<_> = files.par_iter().flat_map_iter(|file| self.file(file, &covered)).collect();
        for (file, object, verdict) in verdicts {
            let has_schema = verdict.as_ref().is_some_and(|verdict| verdict.has_schema);
            sum.unchecked(file, Some(object.span.start).filter(|_| !has_schema));
            let Some(verdict) = verdict else { continue };
            for finding in verdict.findings.into_iter().filter(|finding| !is_shape(finding)) {
                sum.add(verdict.what.as_ref(), finding.diagnostic(&file.source));
            }
        }
        let Sum { mut findings, missing, mut unchecked } = sum;
        findings.splice(0..0, self.version.iter().cloned());
        for file in files.iter().filter(|_| !self.reject.is_empty()) {
            findings.extend(self.rejected(file));
        }
        unchecked.without_schema = missing.values().map(|(_, count)| count).sum();
        if !self.ignore_missing {
            findings.extend(missing.into_values().map(counted));
        }
        (findings, unchecked)
    }

    /// Objects of kinds that must not be there.
    fn rejected(&self, file: &File) -> Vec<Diagnostic> {
        let is_wrong = |object: &Object| is_named(&self.reject, named(object));
        if !file.objects.iter().any(is_wrong) {
            return Vec::new();
        }
        let wrong = file.objects.iter().zip(file.nodes()).filter(|(object, _)| is_wrong(object));
        wrong
            .map(|(object, node)| {
                let message = format!("{} {} is of a kind that must not be here", object.kind, object.name);
                Diagnostic::error("manifest/rejected", message)
                    .at(file.place(place_of(&node)))
                    .with_help("remove it, or take the kind out of --reject")
            })
            .collect()
    }

    /// The verdict on each object of a file that no build takes in; none for those that are skipped.
    fn file<'t>(
        &self,
        file: &'t File,
        covered: &HashSet<(&str, usize)>,
    ) -> Vec<(&'t File, &'t Object, Option<Verdict>)> {
        // What a kustomization names is read as kustomize does, anything else as the API server.
        let dialect = match file.area {
            Area::Kubernetes => Dialect::GoYamlV3,
            _ => Dialect::Kubernetes,
        };
        let is_wanted = |object: &Object| {
            is_of_the_cluster(&object.group, &object.version, &object.kind)
                && !covered.contains(&(file.name(), object.span.start))
        };
        if !file.objects.iter().any(is_wanted) {
            return Vec::new();
        }
        let all = file.objects.iter().zip(file.nodes());
        all.filter(|(object, node)| is_wanted(object) && !is_local(node))
            .map(|(object, node)| {
                let is_skipped = is_named(&self.skip, named(object));
                let verdict = (!is_skipped).then(|| self.schemas.validate(&node, dialect));
                (file, object, verdict)
            })
            .collect()
    }
}

/// Whether an object is one that a cluster gets: no configuration of a transformer of kustomize's, and not encrypted as a
/// whole.
pub(super) fn is_of_the_cluster(group: &str, version: &str, kind: &str) -> bool {
    let is_builtin = group.is_empty() && version == "builtin";
    !version.is_empty() && !is_builtin && !kind.starts_with("ENC[")
}

/// Whether kustomize leaves an object out, because an annotation says that it is for its own use.
fn is_local(node: &Node) -> bool {
    let annotations = node.get("metadata").and_then(|metadata| metadata.get("annotations"));
    annotations.and_then(|all| text(all, "config.kubernetes.io/local-config")) == Some("true")
}

/// That the name and namespace must be text is said with the shape of objects.
pub(super) fn is_shape(finding: &Finding) -> bool {
    finding.code == "schema/type" && matches!(finding.path.as_str(), "metadata.name" | "metadata.namespace")
}

/// What the verdicts come to.
#[derive(Default)]
struct Sum {
    findings: Vec<Diagnostic>,
    /// One note a type that has no schema, with the number of objects.
    missing: BTreeMap<Type, (Diagnostic, usize)>,
    unchecked: Unchecked,
}

impl Sum {
    fn add(&mut self, what: Option<&Type>, finding: Diagnostic) {
        match what {
            Some(what) if finding.code == MISSING => {
                self.missing.entry(what.clone()).or_insert((finding, 0)).1 += 1;
            }
            _ => self.findings.push(finding),
        }
    }

    /// Notes an object that was not checked, by the place it begins at.
    fn unchecked(&mut self, file: &File, start: Option<usize>) {
        if let Some(start) = start {
            self.unchecked.places.insert((file.name().to_owned(), start));
        }
    }
}

/// Group, version and kind.
fn named(object: &Object) -> (&str, &str, &str) {
    (&object.group, &object.version, &object.kind)
}

/// Whether one of the names, `Kind` or `group/version/Kind`, is that group, version and kind.
fn is_named(names: &[String], (group, version, kind): (&str, &str, &str)) -> bool {
    names.iter().any(|name| match name.rsplit_once('/') {
        None => *name == kind,
        Some((api, name)) => {
            let api = api.split_once('/').unwrap_or(("", api));
            name == kind && api == (group, version)
        }
    })
}

/// The note on a kind without schema, with how many objects there are of it.
fn counted((mut note, count): (Diagnostic, usize)) -> Diagnostic {
    if count > 1 {
        note.message = format!("{} ({count} objects)", note.message);
    }
    note
}

/// The schemas for the version that talenv.yaml names; the nearest there are, with a warning. What is no version there is
/// reported by `validate versions`.
fn of_cluster(schemas: Schemas, root: &Path) -> Outcome<(Schemas, Option<Diagnostic>)> {
    let Some(version) = talenv_version(&root.join(TALENV)) else { return Ok((schemas, None)) };
    let Ok(wanted) = version.parse::<KubernetesVersion>() else { return Ok((schemas, None)) };
    let distance = |known: &KubernetesVersion| known.minor.abs_diff(wanted.minor);
    let Some(nearest) = Schemas::kubernetes_versions().min_by_key(distance) else {
        return Ok((schemas, None));
    };
    if nearest == wanted {
        return Ok((schemas.for_kubernetes(&version).map_err(|error| no_version(&error))?, None));
    }
    let message = format!("there are no schemas of Kubernetes {wanted}: those of {nearest} are taken");
    let warning = Diagnostic::warning("schema/kubernetes-version", message).in_file(TALENV);
    let schemas = schemas.for_kubernetes(&nearest.to_string()).map_err(|error| no_version(&error))?;
    Ok((schemas, Some(warning.with_help("name one with --kubernetes-version"))))
}

fn no_version(error: &VersionError) -> Failure {
    Failure::new("schema/kubernetes-version", error.to_string())
}

/// `kubernetesVersion` of a talenv.yaml, if there is one.
fn talenv_version(path: &Path) -> Option<String> {
    let source = cliutil::read_file(path).ok()?;
    let stream = yaml::parse(source.text()).ok()?;
    text(&stream.documents.first()?.root, "kubernetesVersion").map(str::to_owned)
}
