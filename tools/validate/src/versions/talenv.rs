//! The versions of a talenv.yaml, or of the talconfig.yaml beside it, and whether this Talos runs this Kubernetes.

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

/// The versions that a talenv.yaml gives, and what is wrong with them. One that it does not give may stand in the
/// talconfig.yaml beside it: not everybody makes a variable of it.
///
/// # Errors
/// When it cannot be read.
pub(super) fn read(
    source: Option<Source>,
    talconfig: Option<Source>,
) -> Outcome<(Vec<Given>, Vec<Diagnostic>)> {
    let Some(source) = source.map(|source| Arc::new(masked(source))) else {
        return Ok((Vec::new(), Vec::new()));
    };
    let env = Talenv::parse(&source).map_err(Failure::from)?;
    let talconfig = talconfig.map(|source| Arc::new(masked(source)));
    let mut findings = Vec::new();
    let mut given = Vec::new();
    for variable in [TALOS, KUBERNETES] {
        let own = env.own(variable).map(|text| (text.to_owned(), env.place(variable)));
        let Some((text, place)) = own.or_else(|| written(talconfig.as_ref()?, variable)) else {
            findings.push(missing(variable, &source));
            continue;
        };
        match Version::parse(&text) {
            Some(version) => given.push(Given { variable, version, place }),
            None => findings.push(malformed(variable, place)),
        }
    }
    let of = |name: &str| given.iter().find(|one| one.variable == name);
    if let Some(talos) = of(TALOS) {
        findings.extend(together(talos, of(KUBERNETES)));
    }
    Ok((given, findings))
}

/// A version that a talconfig.yaml gives itself, not by a variable.
fn written(source: &Arc<Source>, name: &str) -> Option<(String, Option<Location>)> {
    let stream = yaml::parse(source.text()).ok()?;
    let node = stream.documents.first()?.root.get(name)?;
    let text = node.as_str().filter(|text| !text.contains("${"))?;
    Some((text.to_owned(), Some(Location::new(source, node.span.range()))))
}

/// What is wrong with a version of Talos, by itself or with one of Kubernetes.
fn together(talos: &Given, kubernetes: Option<&Given>) -> Option<Diagnostic> {
    let Some(row) = Talos::of(talos.version) else {
        let message = format!("Talos {} is not a version that is known here", talos.version);
        let finding = at(Diagnostic::error("versions/talos-unknown", message), talos.place.clone());
        let (Some(first), Some(last)) = (matrix().first(), matrix().last()) else { return Some(finding) };
        return Some(
            finding.with_help(format!("the versions from 1.{} to 1.{} are", first.minor, last.minor)),
        );
    };
    let kubernetes = kubernetes.filter(|kubernetes| !row.runs(kubernetes.version))?;
    let message = format!("Talos {} does not run Kubernetes {}", talos.version, kubernetes.version);
    let help = format!("it runs Kubernetes 1.{} to 1.{}", row.kubernetes.0, row.kubernetes.1);
    let finding = Diagnostic::error("versions/unsupported", message);
    let finding = at(finding, kubernetes.place.clone()).with_help(help);
    Some(match talos.place.clone() {
        Some(place) => finding.with_related(place, "for this version of Talos"),
        None => finding,
    })
}

fn missing(name: &str, source: &Source) -> Diagnostic {
    let finding = Diagnostic::error("versions/missing", format!("{name} is not given"));
    finding.in_file(source.name()).with_help(format!("add a line such as {name}: {}", example(name)))
}

fn malformed(name: &str, place: Option<Location>) -> Diagnostic {
    let finding = Diagnostic::error("versions/form", format!("{name} is not a version"));
    at(finding, place).with_help(format!("write it as in {}", example(name)))
}

fn example(name: &str) -> &'static str {
    if name == TALOS { "v1.11.5" } else { "v1.34.2" }
}

fn at(finding: Diagnostic, place: Option<Location>) -> Diagnostic {
    match place {
        Some(place) => finding.at(place),
        None => finding,
    }
}
