//! Types without a schema: whether there cannot be such a type, or nothing is known about it.

use cliutil::did_you_mean;
use yaml::Span;

use crate::bundle::BUNDLE;
use crate::finding::{Finding, Type};
use crate::lifecycle;
use crate::version::KubernetesVersion;

/// The finding for a type that no location has a schema of.
pub(crate) fn finding(
    what: &Type,
    version: KubernetesVersion,
    kubernetes: usize,
    has_bundle: bool,
    place: Span,
) -> Finding {
    if has_bundle {
        if let Some(finding) = not_of_this_version(what, version, place) {
            return finding;
        }
        if is_closed(what, kubernetes) {
            return no_such_kind(what, version, kubernetes, place);
        }
    }
    let note =
        Finding::note("schema/missing", format!("{what} has no schema: its fields are not checked"), place);
    let help = match other_versions(what, kubernetes).filter(|_| has_bundle) {
        Some(versions) => format!("known of it: {versions}"),
        None if has_bundle => {
            "name its CustomResourceDefinition: --schema-location default --schema-location FILE".to_owned()
        }
        None => "add --schema-location default for the built-in schemas".to_owned(),
    };
    note.with_help(help)
}

/// A type that other versions of Kubernetes have.
fn not_of_this_version(what: &Type, version: KubernetesVersion, place: Span) -> Option<Finding> {
    let key = what.key();
    let facts = lifecycle::of(&key).unwrap_or_default();
    if let Some(removed) = facts.removed.filter(|removed| *removed <= version) {
        let message = format!("{what} is not served since Kubernetes {removed}");
        let finding = Finding::error("api/removed", message, place);
        return Some(match facts.replacement {
            "" => finding,
            replacement => finding.with_help(format!("use {replacement}")),
        });
    }
    let others = BUNDLE.versions_with(&key);
    let introduced = facts.introduced.or_else(|| others.first().copied()).filter(|first| *first > version);
    if let Some(first) = introduced {
        let message = format!("{what} is not in Kubernetes {version}: it comes with {first}");
        return Some(Finding::error("api/not-yet", message, place));
    }
    let last = others.into_iter().rfind(|other| *other < version)?;
    let message = format!("{what} is not in Kubernetes {version}: {last} was the last one known to have it");
    Some(Finding::error("api/removed", message, place))
}

/// Whether the API server itself has all types of a group.
fn is_closed(what: &Type, kubernetes: usize) -> bool {
    BUNDLE.kinds(kubernetes).any(|(key, is_own)| is_own && split(key).0 == what.group())
}

fn no_such_kind(what: &Type, version: KubernetesVersion, kubernetes: usize, place: Span) -> Finding {
    let kinds: Vec<_> = BUNDLE.kinds(kubernetes).map(|(key, _)| split(key)).collect();
    let message = format!("Kubernetes {version} has no {} in {}", what.kind, what.api_version);
    let finding = Finding::error("schema/unknown-kind", message, place);
    let same_kind = |kind: &str| {
        let mut found: Vec<_> =
            kinds.iter().filter(|one| one.2 == kind).map(|one| api_version(*one)).collect();
        found.sort_unstable();
        found
    };
    let elsewhere = same_kind(&what.kind);
    if !elsewhere.is_empty() {
        return finding.with_help(format!("{} is in {}", what.kind, elsewhere.join(", ")));
    }
    let here = kinds.iter().filter(|one| api_version(**one) == what.api_version).map(|one| one.2);
    if let Some(near) = did_you_mean(&what.kind, here) {
        return finding.with_help(format!("did you mean {near}?"));
    }
    match did_you_mean(&what.kind, kinds.iter().map(|one| one.2)) {
        Some(near) => finding.with_help(format!("did you mean {near} of {}?", same_kind(near).join(", "))),
        None => finding,
    }
}

/// The versions of a group that have a kind, the type's own left out.
pub(crate) fn other_versions(what: &Type, kubernetes: usize) -> Option<String> {
    let mut found: Vec<_> = BUNDLE
        .kinds(kubernetes)
        .map(|(key, _)| split(key))
        .filter(|(group, version, kind)| {
            *group == what.group() && *kind == what.kind && *version != what.version()
        })
        .map(api_version)
        .collect();
    found.sort_unstable();
    (!found.is_empty()).then(|| found.join(", "))
}

/// Group, version and kind of `apps/v1/Deployment`.
fn split(key: &str) -> (&str, &str, &str) {
    let (api_version, kind) = key.rsplit_once('/').unwrap_or(("", key));
    let (group, version) = api_version.split_once('/').unwrap_or(("", api_version));
    (group, version, kind)
}

fn api_version((group, version, _): (&str, &str, &str)) -> String {
    if group.is_empty() { version.to_owned() } else { format!("{group}/{version}") }
}
