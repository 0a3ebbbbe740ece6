//! The versions of a talenv.yaml, and whether this Talos runs this Kubernetes.

use std::sync::Arc;

use cliutil::{Diagnostic, Failure, Location, Mask, Outcome, Source};
use talos::Talenv;
use talos::compatibility::{Talos, Version, matrix};

const TALOS: &str = "talosVersion";
const KUBERNETES: &str = "kubernetesVersion";

/// Other variables of the file may be secret: only the versions are shown.
fn masked(source: Source) -> Source {
    let stream = yaml::parse(source.text()).ok();
    let root = stream.as_ref().and_then(|stream| Some(&stream.documents.first()?.root));
    let shown = [TALOS, KUBERNETES].iter().filter_map(|name| Some(root?.get(name)?.span.range())).collect();
    source.with_mask(Mask::Except(shown))
}

/// A version of a talenv.yaml.
pub(super) struct Given {
    /// The variable that gives it.
    pub(super) variable: &'static str,
    pub(super) version: Version,
    pub(super) place: Option<Location>,
}

/// The versions that a talenv.yaml gives, and what is wrong with them.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read(source: Option<Source>) -> Outcome<(Vec<Given>, Vec<Diagnostic>)> {
    let Some(source) = source.map(|source| Arc::new(masked(source))) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let env = Talenv::parse(&source).map_err(Failure::from)?;
    let mut findings = Vec::new();
    let mut given = Vec::new();
    for variable in [TALOS, KUBERNETES] {
        if let Some(version) = version(&env, variable, &source, &mut findings) {
            given.push(Given { variable, version, place: env.place(variable) });
        }
    }
    let of = |name: &str| given.iter().find(|one| one.variable == name).map(|one| one.version);
    if let Some(talos) = of(TALOS) {
        findings.extend(together(&env, talos, of(KUBERNETES)));
    }
    Ok((given, findings))
}

/// What is wrong with a version of Talos, by itself or with one of Kubernetes.
fn together(env: &Talenv, talos: Version, kubernetes: Option<Version>) -> Option<Diagnostic> {
    let Some(row) = Talos::of(talos) else {
        let message = format!("Talos {talos} is not a version that is known here");
        let finding = at(Diagnostic::error("versions/talos-unknown", message), env, TALOS);
        let (Some(first), Some(last)) = (matrix().first(), matrix().last()) else { return Some(finding) };
        return Some(
            finding.with_help(format!("the versions from 1.{} to 1.{} are", first.minor, last.minor)),
        );
    };
    let kubernetes = kubernetes.filter(|kubernetes| !row.runs(*kubernetes))?;
    let message = format!("Talos {talos} does not run Kubernetes {kubernetes}");
    let help = format!("it runs Kubernetes 1.{} to 1.{}", row.kubernetes.0, row.kubernetes.1);
    let finding = at(Diagnostic::error("versions/unsupported", message), env, KUBERNETES).with_help(help);
    Some(match env.place(TALOS) {
        Some(place) => finding.with_related(place, "for this version of Talos"),
        None => finding,
    })
}

/// The version that a variable of the file gives; what is wrong with it is a finding.
fn version(env: &Talenv, name: &str, source: &Source, findings: &mut Vec<Diagnostic>) -> Option<Version> {
    let Some(text) = env.own(name) else {
        let message = format!("{name} is not given");
        let finding = Diagnostic::error("versions/missing", message).in_file(source.name());
        findings.push(finding.with_help(format!("add a line such as {name}: {}", example(name))));
        return None;
    };
    let version = Version::parse(text);
    if version.is_none() {
        let finding = Diagnostic::error("versions/form", format!("{name} is not a version"));
        findings.push(at(finding, env, name).with_help(format!("write it as in {}", example(name))));
    }
    version
}

fn example(name: &str) -> &'static str {
    if name == TALOS { "v1.11.5" } else { "v1.34.2" }
}

fn at(finding: Diagnostic, env: &Talenv, name: &str) -> Diagnostic {
    match env.place(name) {
        Some(place) => finding.at(place),
        None => finding,
    }
}
