//! Objects against their schemas: fields, types, values, and versions of APIs.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use cliutil::{Diagnostic, Failure, Outcome};
use rayon::prelude::*;
use schema::{KubernetesVersion, Schemas, Type, Verdict, VersionError};
use yaml::Dialect;

use super::args::SchemaArgs;
use super::files::manifests;
use super::object::{Object, text};
use super::scope::Scope;
use super::tree::{Area, File, Tree};

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

    /// The findings in the files that are checked, and which objects were not.
    pub(super) fn run(&self, tree: &Tree) -> (Vec<Diagnostic>, Unchecked) {
        let files: Vec<_> =
            manifests(tree).into_iter().map(|(file, _)| file).filter(|file| file.checked).collect();
        let verdicts: Vec<_> = files.par_iter().flat_map_iter(|file| self.file(file)).collect();
        let mut findings: Vec<_> = self.version.iter().cloned().collect();
        let mut missing: BTreeMap<Type, (Diagnostic, usize)> = BTreeMap::new();
        let mut unchecked = Unchecked::default();
        for (file, object, verdict) in verdicts {
            let Some(verdict) = verdict else {
                unchecked.places.insert((file.name().to_owned(), object.node.span.start));
                continue;
            };
            if !verdict.has_schema {
                unchecked.places.insert((file.name().to_owned(), object.node.span.start));
            }
            for finding in verdict.findings {
                // That the name and namespace must be text is said with the shape of objects.
                if finding.code == "schema/type"
                    && matches!(finding.path.as_str(), "metadata.name" | "metadata.namespace")
                {
                    continue;
                }
                let finding = finding.diagnostic(&file.source);
                match &verdict.what {
                    Some(what) if finding.code == MISSING => {
                        missing.entry(what.clone()).or_insert((finding, 0)).1 += 1;
                    }
                    _ => findings.push(finding),
                }
            }
        }
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
    fn rejected<'f>(&'f self, file: &'f File) -> impl Iterator<Item = Diagnostic> + 'f {
        let wrong = file.objects.iter().filter(|object| is_named(&self.reject, object));
        wrong.map(|object| {
            let message = format!("{} {} is of a kind that must not be here", object.kind, object.name);
            Diagnostic::error("manifest/rejected", message)
                .at(file.place(object.place()))
                .with_help("remove it, or take the kind out of --reject")
        })
    }

    /// The verdict on each object of a file; none for those that are skipped.
    fn file<'t>(&self, file: &'t File) -> Vec<(&'t File, &'t Object, Option<Verdict>)> {
        // What a kustomization names is read as kustomize does, anything else as the API server.
        let dialect = match file.area {
            Area::Kubernetes => Dialect::GoYamlV3,
            _ => Dialect::Kubernetes,
        };
        let wanted = file.objects.iter().filter(|object| !object.version.is_empty());
        wanted
            .map(|object| {
                let is_skipped = is_named(&self.skip, object);
                let verdict = (!is_skipped).then(|| self.schemas.validate(&object.node, dialect));
                (file, object, verdict)
            })
            .collect()
    }
}

/// Whether one of the names, `Kind` or `group/version/Kind`, is the object's kind.
fn is_named(names: &[String], object: &Object) -> bool {
    names.iter().any(|name| match name.rsplit_once('/') {
        None => *name == object.kind,
        Some((api, kind)) => {
            let (group, version) = api.split_once('/').unwrap_or(("", api));
            kind == object.kind && group == object.group && version == object.version
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
