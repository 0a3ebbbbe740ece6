//! Objects against their schemas: fields, types, values, and versions of APIs.

use std::collections::BTreeMap;
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
        let skip = args.skip.clone();
        Ok(Self { schemas, version, ignore_missing: args.ignore_missing_schemas, skip })
    }

    /// The findings in the files that are checked, and how many objects have no schema.
    pub(crate) fn run(&self, tree: &Tree) -> (Vec<Diagnostic>, usize) {
        let files: Vec<_> =
            manifests(tree).into_iter().map(|(file, _)| file).filter(|file| file.checked).collect();
        let verdicts: Vec<_> = files.par_iter().flat_map_iter(|file| self.file(file)).collect();
        let mut findings: Vec<_> = self.version.iter().cloned().collect();
        let mut missing: BTreeMap<Type, (Diagnostic, usize)> = BTreeMap::new();
        for (file, verdict) in verdicts {
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
        let without = missing.values().map(|(_, count)| count).sum();
        if !self.ignore_missing {
            findings.extend(missing.into_values().map(counted));
        }
        (findings, without)
    }

    fn file<'t>(&self, file: &'t File) -> Vec<(&'t File, Verdict)> {
        // What a kustomization names is read as kustomize does, anything else as the API server.
        let dialect = match file.area {
            Area::Kubernetes => Dialect::GoYamlV3,
            _ => Dialect::Kubernetes,
        };
        let wanted = file.objects.iter().filter(|object| !object.version.is_empty() && !self.skips(object));
        wanted.map(|object| (file, self.schemas.validate(&object.node, dialect))).collect()
    }

    fn skips(&self, object: &Object) -> bool {
        self.skip.iter().any(|skipped| match skipped.rsplit_once('/') {
            None => *skipped == object.kind,
            Some((api, kind)) => {
                let (group, version) = api.split_once('/').unwrap_or(("", api));
                kind == object.kind && group == object.group && version == object.version
            }
        })
    }
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
